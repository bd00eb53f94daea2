package server

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"octant/internal/access"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// filled is what an administrator types to set up a provider.
func filledProvider(issuer string) []string {
	return []string{"issuer", issuer, "client-id", testClient, "client-secret", testSecret, "domains", "@Example.org\nsecond.example.org, example.org"}
}

func TestProviderIsSetUp(t *testing.T) {
	t.Parallel()
	s, _ := clockedSite(t, onOurs(store.Provider{}))
	b, p := storetest.Trust(t, s.db), startSigner(t)
	admin, lead := s.as(s.administrator().ID), s.as(b.Lead)
	path := "/trusts/" + b.ODS + "/sign-in"

	admin.get(path).wants(http.StatusOK).says("main", ours+"/sign-in/oidc/callback")
	lead.get(path).wants(http.StatusOK).says("main", "no sign-in of its own")
	admin.post(path, filledProvider(p.server.URL+wellKnown)...).leads(path + "?done=saved")
	kept, err := s.db.SignInProvider(t.Context(), b.ODS)
	if err != nil || kept.Issuer != p.server.URL || kept.ClientID != testClient || kept.Secret != testSecret || !slices.Equal(kept.Domains, []string{"example.org", "second.example.org"}) {
		t.Errorf("kept %+v, %v", kept, err)
	}
	for who, r := range map[string]reply{"administrator": admin.get(path + "?done=saved"), "lead": lead.get(path)} {
		r.wants(http.StatusOK)
		if strings.Contains(r.body, testSecret) || !strings.Contains(r.body, p.server.URL) || !strings.Contains(r.body, "second.example.org") {
			t.Errorf("to the %s: %.900s", who, r.page().Find("main").Text())
		}
		if forms := r.page().Find("main form").Length(); forms != map[string]int{"administrator": 2}[who] {
			t.Errorf("the %s has %d forms", who, forms)
		}
	}
	// The secret stays while its provider does.
	change := filledProvider(p.server.URL)
	change[5], change[7] = "", "third.example.org"
	admin.post(path, change...).leads(path + "?done=saved")
	if kept, err := s.db.SignInProvider(t.Context(), b.ODS); err != nil || kept.Secret != testSecret || !slices.Equal(kept.Domains, []string{"third.example.org"}) {
		t.Errorf("then kept %+v, %v", kept, err)
	}
	admin.post(path + "/remove").leads(path + "?done=removed")
	admin.post(path + "/remove").leads(path + "?done=removed")
	if _, err := s.db.SignInProvider(t.Context(), b.ODS); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after its end: %v", err)
	}
	s.logsNone(testSecret, testClient)
}

// TestProviderFormSaysWhatIsWrong at the field that is, and keeps what was typed
// but for the secret.
func TestProviderFormSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	s, _ := clockedSite(t, onOurs(store.Provider{}))
	b, other, p := storetest.Trust(t, s.db), storetest.Trust(t, s.db), startSigner(t)
	s.setProvider(other, "https://id.example.org", "taken.example.org")
	another := startSigner(t)
	another.set(func() { another.about = func(d map[string]any) { d["issuer"] = "https://elsewhere.example" } })
	admin, path := s.as(s.administrator().ID), "/trusts/"+b.ODS+"/sign-in"
	for _, c := range []struct{ field, value, says string }{
		{"issuer", "", "Enter the issuer"},
		{"issuer", "login.example.org", "must begin with https://"},
		{"issuer", "http://login.example.org", "must begin with https://"},
		{"issuer", "https://user:password@login.example.org", "must begin with https://"},
		{"issuer", "https://login.example.org?a=b", "as an address"},
		{"issuer", "https://login example.org", "as an address"},
		{"issuer", "https://login.example.org/" + strings.Repeat("x", 250), "250 characters or fewer"},
		{"issuer", "https://10.0.0.1", "no provider at this address"},
		{"issuer", "http://127.0.0.1:1", "no provider at this address"},
		{"issuer", another.server.URL, "calls itself by another issuer"},
		{"issuer", "https://169.254.169.254/latest\x00", "characters that cannot be kept"},
		{"client-id", " ", "Enter the client ID"},
		{"client-id", strings.Repeat("x", 251), "250 characters or fewer"},
		{"client-secret", "", "Enter the client secret"},
		{"client-secret", strings.Repeat("x", 501), "500 characters or fewer"},
		{"domains", "", "at least one"},
		{"domains", "nhs", "in the right form"},
		{"domains", "example.org somebody@example.org", "in the right form"},
		{"domains", "*.example.org", "in the right form"},
		{"domains", "exampl\u212a.org", "in the right form"},
		{"domains", strings.Repeat("a", 60) + strings.Repeat(".example", 30), "in the right form"},
		{"domains", "a.example b.example c.example d.example e.example f.example g.example h.example i.example j.example k.example l.example m.example n.example o.example p.example q.example r.example s.example t.example u.example", "20 email domains or fewer"},
		{"domains", "example.org taken.example.org", "taken.example.org belongs to the sign-in of the trust " + other.ODS},
	} {
		typed := filledProvider(p.server.URL)
		typed[slices.Index(typed, c.field)+1] = c.value
		r := admin.post(path, typed...).wants(http.StatusUnprocessableEntity)
		field := r.page().Find(`[name="` + c.field + `"]`)
		if said := r.page().Find("#" + c.field + "-error").Text(); !strings.Contains(said, c.says) {
			t.Errorf("%s %.40q: says %q, want %q", c.field, c.value, said, c.says)
		}
		if got := field.AttrOr("value", field.Text()); c.field != "client-secret" && strings.TrimSpace(got) != strings.TrimSpace(strings.TrimRight(c.value, "\x00")) {
			t.Errorf("%s: %.40q became %.40q", c.field, c.value, got)
		}
		if strings.Contains(r.body, testSecret) {
			t.Errorf("%s %.40q: the secret is on the page", c.field, c.value)
		}
		r.says(".nhsuk-error-summary", "There is a problem")
	}
	if _, err := s.db.SignInProvider(t.Context(), b.ODS); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("something was kept: %v", err)
	}
	s.setProvider(b, p.server.URL, "example.org")
	moved := filledProvider(startSigner(t).server.URL)
	moved[5] = ""
	admin.post(path, moved...).wants(http.StatusUnprocessableEntity).says("#client-secret-error", "Enter the client secret")
}

// TestProviderIsForAdministrators: nobody of the trust sets up who may call
// themselves what, and nobody outside learns that there is a trust.
func TestProviderIsForAdministrators(t *testing.T) {
	t.Parallel()
	s, _ := clockedSite(t, onOurs(store.Provider{}))
	b, other, p := storetest.Trust(t, s.db), storetest.Trust(t, s.db), startSigner(t)
	path := "/trusts/" + b.ODS + "/sign-in"
	admin := s.administrator().ID
	storetest.Join(t, s.db, b.ODS, admin, access.Lead)
	for who, c := range map[string]struct {
		b            browser
		reads, posts int
	}{
		"lead":                            {s.as(b.Lead), http.StatusOK, http.StatusForbidden},
		"chair":                           {s.as(b.Chair), http.StatusForbidden, http.StatusForbidden},
		"member":                          {s.as(b.Members[0]), http.StatusForbidden, http.StatusForbidden},
		"other lead":                      {s.as(other.Lead), http.StatusNotFound, http.StatusNotFound},
		"nobody":                          {s.nobody(), http.StatusSeeOther, http.StatusUnauthorized},
		"administrator":                   {s.as(admin), http.StatusOK, http.StatusSeeOther},
		"administrator by their own link": {*s.arriveBy(admin, access.ByLink, b.ODS), http.StatusForbidden, http.StatusForbidden},
	} {
		if got := c.b.get(path).status; got != c.reads {
			t.Errorf("%s reads: %d, want %d", who, got, c.reads)
		}
		if got := c.b.post(path, filledProvider(p.server.URL)...).status; got != c.posts {
			t.Errorf("%s sets: %d, want %d", who, got, c.posts)
		}
		if got := c.b.post(path + "/remove").status; got != c.posts {
			t.Errorf("%s removes: %d, want %d", who, got, c.posts)
		}
	}
	nowhere := s.as(admin)
	nowhere.get("/trusts/ZZZ/sign-in").wants(http.StatusNotFound)
	nowhere.post("/trusts/ZZZ/sign-in", filledProvider(p.server.URL)...).wants(http.StatusNotFound)
	nowhere.post("/trusts/ZZZ/sign-in/remove").wants(http.StatusNotFound)
}

// TestProvidersArePublic: a server that people reach from elsewhere asks nobody
// on its own machine or in its own network, whatever name leads there.
func TestProvidersArePublic(t *testing.T) {
	t.Parallel()
	p := startSigner(t)
	for _, public := range []string{"https://octant.example.org", ""} {
		s, _ := clockedSite(t, func(o *Options) { o.Origin = public })
		b := storetest.Trust(t, s.db)
		s.as(s.administrator().ID).post("/trusts/"+b.ODS+"/sign-in", filledProvider(p.server.URL)...).
			wants(http.StatusUnprocessableEntity).says("#issuer-error", "must begin with https://")
		s.setProvider(b, strings.Replace(p.server.URL, "http:", "https:", 1), "example.org")
		s.nobody().post("/sign-in/oidc/" + b.ODS).wants(http.StatusServiceUnavailable)
		if !strings.Contains(s.log.String(), errNotPublic.Error()) {
			t.Error("the address on this machine was dialled")
		}
	}
	if len(p.asked) > 0 {
		t.Errorf("the provider was asked for %q", p.asked)
	}
	everywhere, here := newProviders(false), newProviders(true)
	for address, want := range map[string]bool{
		"192.0.2.1:443": true, "[2a00:1450::1]:443": true,
		"127.0.0.1:443": false, "[::1]:443": false, "[::ffff:127.0.0.1]:443": false, "10.1.2.3:443": false, "172.16.0.1:443": false,
		"192.168.0.1:443": false, "169.254.169.254:80": false, "[fe80::1]:443": false, "[fd00::1]:443": false, "0.0.0.0:443": false,
		"[::]:443": false, "100.64.0.1:443": false, "[64:ff9b::a00:1]:443": false, "[2002:a00:1::]:443": false, "255.255.255.255:443": false,
		"224.0.0.1:443": false, "nonsense": false,
	} {
		if got := everywhere.mayDial(address) == nil; got != want {
			t.Errorf("dials %s: %v, want %v", address, got, want)
		}
		on := strings.Contains(address, "127.0.0.1") || strings.HasPrefix(address, "[::1]")
		if got := here.mayDial(address) == nil; got != (want || on) {
			t.Errorf("on loopback, dials %s: %v, want %v", address, got, want || on)
		}
	}
	for address, want := range map[string][2]bool{ // where Octant is public, and on loopback
		"https://example.org": {true, true}, "http://example.org": {false, false}, "http://localhost:1": {false, true}, "http://127.0.0.1:1": {false, true},
		"http://[::1]:1": {false, true}, "http://localhost.example.org": {false, false}, "https://a@example.org": {false, false},
		"ftp://127.0.0.1": {false, false}, "https:": {false, false}, "javascript:alert(1)": {false, false}, "//example.org": {false, false},
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := [2]bool{everywhere.mayAsk(u), here.mayAsk(u)}; got != want {
			t.Errorf("asks %s: %v, want %v", address, got, want)
		}
	}
}
