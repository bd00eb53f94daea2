package server

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// administrator makes a platform administrator.
func (s *site) administrator() access.Person {
	s.t.Helper()
	id := storetest.Person(s.t, s.db, "Ada Okafor")
	storetest.Change(s.t, s.db, `UPDATE people SET admin = true WHERE id = $1`, id)
	return access.Person{ID: id, Admin: true}
}

// who is the person as whom the browser is signed in.
func (b *browser) who() uuid.UUID {
	b.site.t.Helper()
	_, token, _ := strings.Cut(b.cookie, "=")
	ctx, err := b.site.server.sessions.Load(b.site.t.Context(), token)
	if err != nil {
		b.site.t.Fatal(err)
	}
	id, _ := uuid.Parse(b.site.server.sessions.GetString(ctx, sessionPerson))
	return id
}

// logsNone fails the test if the log holds any of what nobody may find there.
func (s *site) logsNone(secrets ...string) {
	s.t.Helper()
	for _, secret := range secrets {
		if secret != "" && strings.Contains(s.log.String(), secret) {
			s.t.Errorf("the log holds %q", secret)
		}
	}
}

// TestSignInByProvider goes all the way through a real provider: out, through its
// pages, and back. Its address comes from where the protocol has it, or in the ID
// token.
func TestSignInByProvider(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]map[string]any{
		"address on asking": nil, "address in the token": {"inToken": true}, "secret in the body": {"secretBy": "client_secret_post"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := clockedSite(t, onOurs(store.Provider{}))
			b, p := storetest.Trust(t, s.db), startProvider(t, config)
			s.setProvider(b, p.issuer, "example.org")
			member := b.Members[0]
			visitor := s.nobody()
			start := visitor.depart("/sign-in/oidc/" + b.ODS)
			q := query(t, start)
			if q.Get("code_challenge_method") != "S256" || len(q.Get("nonce")) < 20 || len(q.Get("state")) < 20 || q.Get("redirect_uri") != ours+providerCallback {
				t.Errorf("it asks for %v", q)
			}
			planted := visitor.cookie
			back := p.signIn(start, emailOf(member))
			visitor.keep(visitor.get(back)).leads("/")
			if visitor.who() != member || visitor.cookie == planted {
				t.Errorf("signed in as %v, want %v; the session is renewed: %v", visitor.who(), member, visitor.cookie != planted)
			}
			visitor.get("/").says("main", b.Name)
			var way string
			err := storetest.Owner(t, s.db).QueryRow(t.Context(), `SELECT way FROM sign_ins WHERE person_id = $1`, member).Scan(&way)
			if err != nil || way != string(access.ByOIDC) {
				t.Errorf("recorded as %q, %v", way, err)
			}
			again := s.nobody()
			again.get(back).wants(http.StatusForbidden)
			visitor.get(back).wants(http.StatusForbidden)
			came := query(t, back)
			s.logsNone(emailOf(member), came.Get("code"), came.Get("state"), q.Get("nonce"), q.Get("code_challenge"), testSecret)
		})
	}
}

func query(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query()
}

// TestProviderLeadsOn: who was on the way to a page gets there.
func TestProviderLeadsOn(t *testing.T) {
	t.Parallel()
	s, _ := clockedSite(t, onOurs(store.Provider{}))
	b, p := storetest.Trust(t, s.db), startSigner(t)
	s.setProvider(b, p.server.URL, "example.org")
	p.set(func() { p.spoil = func(c map[string]any) { c["email"] = emailOf(b.Lead) } })
	visitor := s.nobody()
	visitor.keep(visitor.post("/sign-in", "email", emailOf(b.Lead), "to", "/trusts/"+b.ODS+"/rounds/new")).leads("/sign-in/code")
	start := visitor.depart(visitor.get("/sign-in/code").page().Find(`form[action^="/sign-in/oidc/"]`).AttrOr("action", "nowhere"))
	visitor.get("/sign-in/oidc/callback?" + p.back(start).Encode()).leads("/trusts/" + b.ODS + "/rounds/new")
	if p.trusted != url.QueryEscape(testSecret) {
		t.Errorf("the provider was shown the secret %q", p.trusted)
	}
}

// TestProviderIsOffered for an address by its domain alone, whether or not
// anybody has it.
func TestProviderIsOffered(t *testing.T) {
	t.Parallel()
	for elsewhere, programs := range map[string]store.Provider{
		"": {}, "/sign-in/oidc/octant": {Issuer: "https://id.example.net", ClientID: "octant", Secret: "x"},
	} {
		s, _ := clockedSite(t, onOurs(programs))
		b := storetest.Trust(t, s.db)
		s.setProvider(b, "https://id.example.org", "example.org")
		for email, offered := range map[string]string{
			emailOf(b.Lead): "/sign-in/oidc/" + b.ODS, "nobody@example.org": "/sign-in/oidc/" + b.ODS, "nobody@elsewhere.example": elsewhere,
		} {
			visitor := s.nobody()
			visitor.ask(email)
			form := visitor.get("/sign-in/code").wants(http.StatusOK).page().Find(`form[action^="/sign-in/oidc/"]`)
			if got := form.AttrOr("action", ""); got != offered {
				t.Errorf("%s: offered %q, want %q", email, got, offered)
			}
		}
	}
}

var reference = regexp.MustCompile(`<strong>[0-9A-F]{8}</strong>`)

// TestProviderIsRefused spoils one thing at a time. The person is told the same
// whatever it was; the log says which, and no more.
func TestProviderIsRefused(t *testing.T) {
	t.Parallel()
	s, clock := clockedSite(t, onOurs(store.Provider{}))
	b, other, p := storetest.Trust(t, s.db), storetest.Trust(t, s.db), startSigner(t)
	s.setProvider(b, p.server.URL, "example.org")
	admin := s.administrator()
	storetest.Join(t, s.db, b.ODS, admin.ID, access.Lead)
	email := emailOf(b.Lead)
	stranger := newKey()
	claim := func(name string, value any) func(map[string]any) {
		return func(c map[string]any) { c[name] = value }
	}
	var first string
	for _, c := range []struct {
		what  string
		spoil func(map[string]any)
		forge func(string) string
		comes func(url.Values, *browser)
		logs  string
	}{
		{what: "expired", spoil: claim("exp", time.Now().Add(-time.Minute).Unix()), logs: "has expired"},
		{what: "without an end", spoil: func(c map[string]any) { delete(c, "exp") }, logs: "has expired"},
		{what: "not valid yet", spoil: claim("nbf", time.Now().Add(time.Hour).Unix()), logs: "not a sound one"},
		{what: "wrong audience", spoil: claim("aud", "somebody-else"), logs: "made for another client"},
		{what: "another's, and ours among others", spoil: claim("aud", []string{testClient, "somebody-else"}), logs: "made for somebody else as well"},
		{what: "wrong issuer", spoil: claim("iss", "https://elsewhere.example"), logs: "made by another provider"},
		{what: "wrong nonce", spoil: claim("nonce", "another"), logs: "another nonce"},
		{what: "no nonce", spoil: func(c map[string]any) { delete(c, "nonce") }, logs: "another nonce"},
		{what: "unverified address", spoil: claim("email_verified", false), logs: "has not verified"},
		{what: "address said to be verified in no clear way", spoil: claim("email_verified", "perhaps"), logs: "has not verified"},
		{what: "nothing said about the address", spoil: func(c map[string]any) { delete(c, "email_verified") }, logs: "has not verified"},
		{what: "no address", spoil: func(c map[string]any) { delete(c, "email") }, logs: "gives no email address"},
		{what: "several addresses", spoil: claim("email", []string{email}), logs: "cannot be read"},
		{what: "two addresses in one", spoil: claim("email", "a@example.org,"+email), logs: "in no usual form"},
		{what: "another alphabet", spoil: claim("email", strings.Replace(email, "@example", "@exampl\u212a", 1)), logs: "in no usual form"},
		{what: "domain of another", spoil: claim("email", "lead@example.net"), logs: "may not speak for"},
		{what: "domain below ours", spoil: claim("email", "lead@sub.example.org"), logs: "may not speak for"},
		{what: "unknown person", spoil: claim("email", "nobody@example.org"), logs: "nobody here has the address"},
		{what: "person of another trust", spoil: claim("email", emailOf(other.Lead)), logs: "nobody here has the address"},
		{what: "platform administrator", spoil: claim("email", emailOf(admin.ID)), logs: "nobody here has the address"},
		{what: "tampered", forge: func(token string) string {
			parts := strings.Split(token, ".")
			parts[1] = part(t, map[string]any{"iss": p.server.URL, "aud": testClient, "email": emailOf(b.Lead), "email_verified": true})
			return strings.Join(parts, ".")
		}, logs: "signature is not the provider's"},
		{what: "signed by a stranger", forge: func(token string) string {
			parts := strings.Split(sign(t, stranger, p.kid, map[string]any{}), ".")
			kept := strings.Split(token, ".")
			return kept[0] + "." + kept[1] + "." + parts[2]
		}, logs: "signature is not the provider's"},
		{what: "not signed", forge: func(token string) string {
			return part(t, map[string]any{"alg": "none"}) + "." + strings.Split(token, ".")[1] + "."
		}, logs: "not a sound one"},
		{what: "no token at all", forge: func(string) string { return "" }, logs: "not a sound one"},
		{what: "wrong state", comes: func(q url.Values, _ *browser) { q.Set("state", "another") }, logs: "another state"},
		{what: "no state", comes: func(q url.Values, _ *browser) { q.Del("state") }, logs: "another state"},
		{what: "another browser", comes: func(_ url.Values, v *browser) { v.cookie = "" }, logs: "no sign-in was begun"},
		{what: "another provider's answer", comes: func(q url.Values, _ *browser) { q.Set("iss", "https://elsewhere.example") }, logs: "another provider sent it"},
		{what: "the provider says no", comes: func(q url.Values, _ *browser) { q.Set("error", "access_denied") }, logs: "the provider refused: access_denied"},
		{what: "the provider says no with an address", comes: func(q url.Values, _ *browser) { q.Set("error", email) }, logs: "the provider refused: without a known word"},
		{what: "too late", comes: func(url.Values, *browser) { clock.turn(11 * time.Minute) }, logs: "took too long"},
	} {
		p.set(func() {
			p.forge = c.forge
			p.spoil = func(claims map[string]any) {
				claims["email"] = email
				claims["exp"] = clock.now().Add(time.Minute).Unix()
				if c.spoil != nil {
					c.spoil(claims)
				}
			}
		})
		visitor := s.nobody()
		q := p.back(visitor.depart("/sign-in/oidc/" + b.ODS))
		if c.comes != nil {
			c.comes(q, &visitor)
		}
		before := len(s.log.String())
		got := visitor.keep(visitor.get("/sign-in/oidc/callback?" + q.Encode()))
		said := reference.ReplaceAllString(got.body, "")
		if first == "" {
			first = said
		}
		if got.status != http.StatusForbidden || said != first || said == got.body {
			t.Errorf("%s: %d, as the others: %v\n%.300s", c.what, got.status, said == first, got.page().Find("main").Text())
		}
		if visitor.cookie != "" && visitor.who() != uuid.Nil {
			t.Errorf("%s: signed in as %v", c.what, visitor.who())
		}
		logged := s.log.String()[before:]
		if strings.Count(logged, "request refused") != 1 || !strings.Contains(logged, c.logs) {
			t.Errorf("%s is logged as %s, want %q", c.what, logged, c.logs)
		}
	}
	s.logsNone("@", email, b.Lead.String(), "a code of the signer", testSecret, "elsewhere.example")

	// Nothing is wrong with the provider itself.
	p.set(func() {
		p.forge, p.spoil = nil, func(c map[string]any) { c["email"], c["exp"] = email, clock.now().Add(time.Minute).Unix() }
	})
	visitor := s.nobody()
	q := p.back(visitor.depart("/sign-in/oidc/" + b.ODS))
	visitor.keep(visitor.get("/sign-in/oidc/callback?" + q.Encode())).leads("/")
	if visitor.who() != b.Lead {
		t.Errorf("signed in as %v, want the lead", visitor.who())
	}
}

// TestProviderAnswersOnce: who comes back with the same answer again is refused,
// and a second sign-in in the same browser ends the first.
func TestProviderAnswersOnce(t *testing.T) {
	t.Parallel()
	s, _ := clockedSite(t, onOurs(store.Provider{}))
	b, p := storetest.Trust(t, s.db), startSigner(t)
	s.setProvider(b, p.server.URL, "example.org")
	p.set(func() { p.spoil = func(c map[string]any) { c["email"] = emailOf(b.Lead) } })
	visitor := s.nobody()
	old := p.back(visitor.depart("/sign-in/oidc/" + b.ODS))
	q := p.back(visitor.depart("/sign-in/oidc/" + b.ODS))
	if got := visitor.get("/sign-in/oidc/callback?" + old.Encode()); got.status != http.StatusForbidden {
		t.Errorf("the earlier of two: %d", got.status)
	}
	visitor.get("/sign-in/oidc/callback?" + q.Encode()).wants(http.StatusForbidden) // it ended with the other
	q = p.back(visitor.depart("/sign-in/oidc/" + b.ODS))
	stolen := visitor
	visitor.keep(visitor.get("/sign-in/oidc/callback?" + q.Encode())).leads("/")
	stolen.get("/sign-in/oidc/callback?" + q.Encode()).wants(http.StatusForbidden)
	visitor.get("/sign-in/oidc/callback?" + q.Encode()).wants(http.StatusForbidden)
	if visitor.who() != b.Lead {
		t.Error("a replayed answer ended the session")
	}
}

// TestProviderChangedMeanwhile: an answer of the provider that was, is none of
// the one that is.
func TestProviderChangedMeanwhile(t *testing.T) {
	t.Parallel()
	s, _ := clockedSite(t, onOurs(store.Provider{}))
	b, p := storetest.Trust(t, s.db), startSigner(t)
	s.setProvider(b, p.server.URL, "example.org")
	visitor := s.nobody()
	q := p.back(visitor.depart("/sign-in/oidc/" + b.ODS))
	s.setProvider(b, "https://id.example.org", "example.org")
	visitor.get("/sign-in/oidc/callback?" + q.Encode()).wants(http.StatusForbidden)
	if !strings.Contains(s.log.String(), "changed meanwhile") {
		t.Error("the log does not say why")
	}
}
