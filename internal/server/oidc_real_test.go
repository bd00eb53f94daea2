package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/store"
	"octant/internal/store/storetest"
)

// TestProviderChangesItsKeys: with a real provider that starts again with others.
func TestProviderChangesItsKeys(t *testing.T) {
	t.Parallel()
	s, _ := clockedSite(t, onOurs(store.Provider{}))
	b, p := storetest.Trust(t, s.db), startProvider(t, nil)
	s.setProvider(b, p.issuer, "example.org")
	for i, key := range []string{"first", "second", "second"} { // the last has the same name and is another
		if i > 0 {
			p.again(key)
		}
		visitor := s.nobody()
		back := p.signIn(visitor.depart("/sign-in/oidc/"+b.ODS), emailOf(b.Members[i]))
		visitor.keep(visitor.get(back)).leads("/")
		if visitor.who() != b.Members[i] {
			t.Errorf("with key %s: signed in as %v", key, visitor.who())
		}
	}
}

// TestRealProviderIsRefused: the refusals that a real provider can bring
// about.
func TestRealProviderIsRefused(t *testing.T) {
	t.Parallel()
	s, _ := clockedSite(t, onOurs(store.Provider{}))
	b, other := storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	p := startProvider(t, map[string]any{"unverified": []string{emailOf(b.Lead)}})
	s.setProvider(b, p.issuer, "example.org")
	for who, c := range map[string]struct{ email, logs string }{
		"unverified":       {emailOf(b.Lead), "has not verified"},
		"unknown":          {"nobody@example.org", "nobody here has the address"},
		"of another trust": {emailOf(other.Lead), "nobody here has the address"},
		"another domain":   {"lead@example.net", "may not speak for"},
	} {
		visitor := s.nobody()
		back := p.signIn(visitor.depart("/sign-in/oidc/"+b.ODS), c.email)
		visitor.get(back).wants(http.StatusForbidden).says("h1", "We could not sign you in")
		if !strings.Contains(s.log.String(), c.logs) {
			t.Errorf("%s: the log does not say %q", who, c.logs)
		}
	}
	// Without the verifier of this browser's own sign-in the code is worth nothing.
	visitor, thief := s.nobody(), s.nobody()
	stolen := query(t, p.signIn(visitor.depart("/sign-in/oidc/"+b.ODS), emailOf(b.Chair)))
	own := query(t, p.signIn(thief.depart("/sign-in/oidc/"+b.ODS), "nobody@example.org"))
	own.Set("code", stolen.Get("code"))
	thief.get("/sign-in/oidc/callback?" + own.Encode()).wants(http.StatusForbidden)
	if !strings.Contains(s.log.String(), "did not take the code: invalid_grant") {
		t.Error("a stolen code was not refused by the provider")
	}
}

// TestProgramsProvider signs in the people of trusts without their own.
func TestProgramsProvider(t *testing.T) {
	t.Parallel()
	p, rogue := startSigner(t), startSigner(t)
	s, _ := clockedSite(t, onOurs(store.Provider{Issuer: p.server.URL, ClientID: testClient, Secret: testSecret}))
	own, none, admin := storetest.Trust(t, s.db), storetest.Trust(t, s.db), s.administrator()
	move := func(person uuid.UUID) string { // to an address of no trust's own provider
		email := person.String() + "@free.example"
		storetest.Change(t, s.db, `UPDATE people SET email = $2 WHERE id = $1`, person, email)
		return email
	}
	s.setProvider(own, rogue.server.URL, "example.org")
	for _, c := range []struct {
		email, way string
		want       uuid.UUID
	}{
		{move(none.Lead), "octant", none.Lead},
		{move(none.Chair), none.ODS, none.Chair},
		{move(admin.ID), "octant", admin.ID},
		{move(own.Lead), "octant", uuid.Nil},
		{emailOf(none.Members[0]), "octant", uuid.Nil}, // its domain is the other's
	} {
		p.set(func() { p.spoil = func(claims map[string]any) { claims["email"] = c.email } })
		visitor := s.nobody()
		q := p.back(visitor.depart("/sign-in/oidc/" + c.way))
		got := visitor.keep(visitor.get("/sign-in/oidc/callback?" + q.Encode()))
		if visitor.who() != c.want {
			t.Errorf("%.3s… by %s: %d, signed in as %v, want %v", c.email, c.way, got.status, visitor.who(), c.want)
		}
	}
	without, _ := clockedSite(t, onOurs(store.Provider{}))
	for _, way := range []string{"octant", "ZZZ", "nonsense", storetest.Trust(t, without.db).ODS} {
		without.nobody().post("/sign-in/oidc/" + way).wants(http.StatusNotFound)
	}
}

// TestProviderIsDown: a provider that cannot be used is told as that, with the
// other way in.
func TestProviderIsDown(t *testing.T) {
	t.Parallel()
	s, _ := clockedSite(t, onOurs(store.Provider{}))
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(elsewhere.Close)
	fails := func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "somebody@example.org", http.StatusBadGateway)
	}
	hangs := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	down := func(r reply, what, logs string) {
		t.Helper()
		if r.status != http.StatusServiceUnavailable || r.page().Find(`main a[href="/sign-in"]`).Length() == 0 {
			t.Errorf("%s: %d\n%.300s", what, r.status, r.page().Find("main").Text())
		}
		if !strings.Contains(s.log.String(), logs) {
			t.Errorf("%s: the log does not say %q", what, logs)
		}
	}
	for what, c := range map[string]struct {
		answer http.HandlerFunc
		about  func(map[string]any)
		logs   string
	}{
		"failing":           {answer: fails, logs: "did not answer as a provider does"},
		"hanging":           {answer: hangs, logs: "exceeded"}, // of which clock, differs
		"leading elsewhere": {answer: http.RedirectHandler(elsewhere.URL, http.StatusFound).ServeHTTP, logs: errElsewhere.Error()},
		"leading round":     {answer: http.RedirectHandler(wellKnown, http.StatusFound).ServeHTTP, logs: errElsewhere.Error()},
		"talking for ever": {answer: func(w http.ResponseWriter, _ *http.Request) {
			for range 3 {
				_, _ = w.Write([]byte(strings.Repeat(" ", providerSays/2)))
			}
		}, logs: "did not answer as a provider does"},
		"of another name":       {about: func(d map[string]any) { d["issuer"] = "https://elsewhere.example" }, logs: otherIssuer},
		"sending people away":   {about: func(d map[string]any) { d["authorization_endpoint"] = "javascript:alert(1)" }, logs: "not https"},
		"with keys in clear":    {about: func(d map[string]any) { d["jwks_uri"] = "http://192.0.2.1/keys" }, logs: "not https"},
		"without a token place": {about: func(d map[string]any) { delete(d, "token_endpoint") }, logs: "not https"},
	} {
		t.Run(what, func(t *testing.T) {
			b, p := storetest.Trust(t, s.db), startSigner(t)
			if err := s.db.SetProvider(t.Context(), s.administrator(), store.Provider{
				ODS: b.ODS, Issuer: p.server.URL, ClientID: testClient, Secret: testSecret, Domains: []string{strings.ToLower(b.ODS) + ".example"},
			}, time.Now()); err != nil {
				t.Fatal(err)
			}
			p.set(func() { p.answer[wellKnown], p.about = c.answer, c.about })
			down(s.nobody().post("/sign-in/oidc/"+b.ODS), what, c.logs)
		})
	}
	b, p := storetest.Trust(t, s.db), startSigner(t)
	s.setProvider(b, p.server.URL, "example.org")
	for _, path := range []string{"/token", "/keys"} {
		p.set(func() { p.answer = map[string]http.HandlerFunc{path: fails} })
		visitor := s.nobody()
		q := p.back(visitor.depart("/sign-in/oidc/" + b.ODS))
		down(visitor.get("/sign-in/oidc/callback?"+q.Encode()), path, "identity provider: it")
	}
	visitor := s.nobody()
	q := p.back(visitor.depart("/sign-in/oidc/" + b.ODS))
	p.server.Close()
	down(visitor.get("/sign-in/oidc/callback?"+q.Encode()), "gone meanwhile", "connection refused")
	down(s.nobody().post("/sign-in/oidc/"+b.ODS), "gone", "connection refused")
	s.logsNone("somebody@example.org", "@")
}

// TestStartsHaveLimits: nobody can make us ask a provider for ever.
func TestStartsHaveLimits(t *testing.T) {
	t.Parallel()
	s, _ := clockedSite(t, onOurs(store.Provider{}))
	b, p := storetest.Trust(t, s.db), startSigner(t)
	s.setProvider(b, p.server.URL, "example.org")
	visitor := s.nobody()
	visitor.depart("/sign-in/oidc/" + b.ODS)
	for range startsOfSession {
		visitor.keep(visitor.post("/sign-in/oidc/" + b.ODS)).wants(http.StatusOK)
	}
	visitor.post("/sign-in/oidc/" + b.ODS).wants(http.StatusTooManyRequests)
	s.nobody().post("/sign-in/oidc/" + b.ODS).wants(http.StatusOK)
}
