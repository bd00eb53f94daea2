package server

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/logbook"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// clock is the time of a site, which a test can turn.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) turn(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// clockedSite is a site whose time stands still unless the test turns it.
func clockedSite(t *testing.T, change ...func(*Options)) (*site, *clock) {
	t.Helper()
	c := &clock{at: time.Now()}
	log := &logbook.Book{}
	o := Options{
		DB: storetest.New(t), Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now: c.now, Measured: NewMetrics(),
	}
	for _, f := range change {
		f(&o)
	}
	s := New(o)
	return &site{t: t, db: o.DB, server: s, routes: s.Routes(), log: log}, c
}

// keep puts the cookie that came with an answer into the browser.
func (b *browser) keep(r reply) reply {
	b.site.t.Helper()
	for _, line := range r.header.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			b.site.t.Fatal(err)
		}
		b.cookie = c.Name + "=" + c.Value
	}
	return r
}

// emailOf is the address of somebody that storetest made.
func emailOf(person uuid.UUID) string { return person.String() + "@example.org" }

// ask asks for a code.
func (b *browser) ask(email string) reply {
	b.site.t.Helper()
	return b.keep(b.post("/sign-in", "email", email))
}

// letter is the code that the newest letter brings, "" if there is none.
func (s *site) letter() string {
	s.t.Helper()
	var id uuid.UUID
	err := storetest.Owner(s.t, s.db).QueryRow(s.t.Context(), `
		SELECT (args->>'code')::uuid FROM river.river_job WHERE args ? 'code' ORDER BY id DESC LIMIT 1`).Scan(&id)
	if err != nil {
		s.t.Fatal(err)
	}
	_, code, _, err := s.db.CodeToSend(s.t.Context(), id, s.server.now())
	if err != nil {
		s.t.Fatal(err)
	}
	return code
}

// otherCode is six digits that are not the code.
func otherCode(code string) string {
	if code == "111111" {
		return "222222"
	}
	return "111111"
}

func TestSignInByCode(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	n := s.nobody()
	n.get("/trusts/" + b.ODS + "?page=2").leads("/sign-in?to=" + url.QueryEscape("/trusts/"+b.ODS+"?page=2"))
	n.get("/sign-in?to=/trusts/"+b.ODS).wants(http.StatusOK).says("main", "the page you asked for")
	n.keep(n.post("/sign-in", "email", "  "+strings.ToUpper(emailOf(b.Lead))+" ", "to", "/trusts/"+b.ODS)).leads("/sign-in/code")
	page := n.get("/sign-in/code").wants(http.StatusOK).says("main", emailOf(b.Lead)).page()
	for attribute, want := range map[string]string{"autocomplete": "one-time-code", "inputmode": "numeric"} {
		if got := page.Find("#code").AttrOr(attribute, ""); got != want {
			t.Errorf("%s is %q", attribute, got)
		}
	}
	code := s.letter()
	n.keep(n.post("/sign-in/code", "code", "Your code: "+code[:3]+" "+code[3:]+"\n")).leads("/trusts/" + b.ODS)
	n.get("/trusts/"+b.ODS).wants(http.StatusOK).says("h1", b.Name)
	n.get("/sign-in?to=/sessions").leads("/sessions")
	if log := s.log.String(); strings.Contains(log, code) || strings.Contains(log, emailOf(b.Lead)) {
		t.Error("the log names the code or the address")
	}
}

// TestNobodyLearnsWhoHasAnAccount: what is answered is the same, byte for byte,
// for an address that somebody has and one that nobody has.
func TestNobodyLearnsWhoHasAnAccount(t *testing.T) {
	t.Parallel()
	s, _ := clockedSite(t)
	emails := [2]string{emailOf(storetest.Person(t, s.db, "Ada")), emailOf(uuid.New())}
	var seen [2][]string
	for i, email := range emails {
		b := s.nobody()
		see := func(r reply) {
			body := strings.ReplaceAll(r.body, email, "(address)")
			header := r.header.Clone()
			header.Del("Set-Cookie")
			var all []string
			for name, values := range header {
				all = append(all, name+": "+strings.Join(values, ", "))
			}
			slices.Sort(all)
			seen[i] = append(seen[i], r.what+"\n"+http.StatusText(r.status)+"\n"+strings.Join(all, "\n")+"\n\n"+body)
		}
		see(b.ask(email))
		see(b.get("/sign-in/code"))
		code := s.letter()
		if (code == "") != (i == 1) {
			t.Fatalf("%s: the letter's code is %q", email, code)
		}
		see(b.post("/sign-in/code", "code", "12"))
		for range store.CodeTries + 1 {
			see(b.post("/sign-in/code", "code", otherCode(code)))
		}
		for range asksOfAddress {
			see(b.ask(email))
		}
	}
	if !slices.Equal(seen[0], seen[1]) {
		for i := range seen[0] {
			if seen[0][i] != seen[1][i] {
				t.Errorf("known:\n%s\n\nunknown:\n%s", seen[0][i], seen[1][i])
			}
		}
	}
	if last := seen[0][len(seen[0])-1]; !strings.Contains(last, "Retry-After") {
		t.Errorf("no limit was met:\n%s", last)
	}
}

// TestCodeIsRefusedAlike: a code that is wrong, old, replaced, used or another
// browser's gets the same words, and stands in the field again.
func TestCodeIsRefusedAlike(t *testing.T) {
	t.Parallel()
	s, clock := clockedSite(t)
	person := storetest.Person(t, s.db, "Ada")
	refused := func(b *browser, code string) {
		t.Helper()
		r := b.post("/sign-in/code", "code", code).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "This code is not right, or it no longer works")
		if got := r.page().Find("#code").AttrOr("value", ""); got != code {
			t.Errorf("the field holds %q", got)
		}
		b.get("/").says("main", "Octant asks each member")
	}
	one, other := s.nobody(), s.nobody()
	one.ask(emailOf(person))
	first := s.letter()
	refused(&one, otherCode(first))
	one.ask(emailOf(person))
	second := s.letter()
	if first != second {
		refused(&one, first) // replaced by the second
	}
	other.ask(emailOf(storetest.Person(t, s.db, "Bea")))
	if s.letter() != second {
		refused(&other, second) // another browser's
	}
	clock.turn(store.CodeLife)
	refused(&one, second) // too old
	one.ask(emailOf(person))
	third := s.letter()
	copied := one
	one.keep(one.post("/sign-in/code", "code", third)).leads("/")
	copied.post("/sign-in/code", "code", third).leads("/sign-in") // its session went with the token
}

func TestFiveTries(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := s.nobody()
	b.ask(emailOf(storetest.Person(t, s.db, "Ada")))
	code := s.letter()
	b.post("/sign-in/code", "code", "1234").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Enter the 6 digits") // no try
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { b.post("/sign-in/code", "code", otherCode(code)) })
	}
	all.Wait()
	b.post("/sign-in/code", "code", code).wants(http.StatusUnprocessableEntity)
	var tries int
	if err := storetest.Owner(t, s.db).QueryRow(t.Context(), `SELECT tries FROM sign_in_codes`).Scan(&tries); err != nil || tries != store.CodeTries {
		t.Errorf("%d tries counted, %v", tries, err)
	}
}

func TestBadAddressIsMended(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	for _, typed := range []string{"", "ada", "ada@", "@example.org", "ada@example", "ada@b@example.org", "ada bea@example.org", "ada@example.org,bea@example.org", "<script>@example.org", strings.Repeat("a", 250) + "@example.org", "a\x00da@example.org"} {
		b := s.nobody()
		r := b.ask(typed).wants(http.StatusUnprocessableEntity)
		if r.page().Find(".nhsuk-error-summary a[href='#email']").Length() != 1 || r.header.Get("Set-Cookie") != "" {
			t.Errorf("%q: no fault named, or a session begun", typed)
		}
		if got := r.page().Find("#email").AttrOr("value", ""); got != strings.ReplaceAll(typed, "\x00", "") {
			t.Errorf("%q stands again as %q", typed, got)
		}
	}
	var asked int
	if err := storetest.Owner(t, s.db).QueryRow(t.Context(), `SELECT count(*) FROM sign_in_codes`).Scan(&asked); err != nil || asked != 0 {
		t.Errorf("%d codes made, %v", asked, err)
	}
}

// TestAskingHasLimits: by address, and for nobody for good.
func TestAskingHasLimits(t *testing.T) {
	t.Parallel()
	s, clock := clockedSite(t)
	email := emailOf(storetest.Person(t, s.db, "Ada"))
	for range asksOfAddress {
		b := s.nobody()
		b.ask(email).leads("/sign-in/code")
	}
	b := s.nobody()
	r := b.ask(email).wants(http.StatusTooManyRequests).says("main", "Wait 60 minutes, then try again.")
	if got := r.header.Get("Retry-After"); got != "3600" {
		t.Errorf("Retry-After is %q", got)
	}
	b.ask(emailOf(uuid.New())).leads("/sign-in/code") // others are let be
	clock.turn(time.Hour)
	b.ask(email).leads("/sign-in/code")
}

// TestSessionHasLimits: one browser cannot ask for everybody's codes.
func TestSessionHasLimits(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := s.nobody()
	for range asksOfSession + 1 { // the first begins the session
		b.ask(emailOf(uuid.New())).leads("/sign-in/code")
	}
	b.ask(emailOf(uuid.New())).wants(http.StatusTooManyRequests)
	other := s.nobody()
	other.ask(emailOf(uuid.New())).leads("/sign-in/code")
}

func TestTriesHaveLimits(t *testing.T) {
	t.Parallel()
	s, clock := clockedSite(t)
	email := emailOf(storetest.Person(t, s.db, "Ada"))
	b := s.nobody()
	b.ask(email)
	for range triesOfAddress {
		b.post("/sign-in/code", "code", otherCode("")).wants(http.StatusUnprocessableEntity)
	}
	b.post("/sign-in/code", "code", otherCode("")).wants(http.StatusTooManyRequests).says("main", "24 hours")
	clock.turn(24 * time.Hour)
	n := s.nobody()
	n.ask(email).leads("/sign-in/code")
	n.keep(n.post("/sign-in/code", "code", s.letter())).leads("/")
}

// TestNetworkAddress: a header counts only where the operator named it.
func TestNetworkAddress(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ header, want string }{
		{"", "192.0.2.1"}, {"X-Real-Ip", "203.0.113.9"}, {"X-Forwarded-For", "203.0.113.7"},
	} {
		s, _ := clockedSite(t, func(o *Options) { o.ProxyHeader = c.header })
		var got string
		h := s.server.fromWhere(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = s.server.network(r) }))
		r := newRequest(t, "192.0.2.1:4711")
		r.Header.Set("X-Real-Ip", "203.0.113.9")
		r.Header.Set("X-Forwarded-For", "198.51.100.1, 203.0.113.7")
		h.ServeHTTP(nil, r)
		if got != c.want {
			t.Errorf("%q: %s, want %s", c.header, got, c.want)
		}
	}
	s, _ := clockedSite(t)
	var got string
	s.server.fromWhere(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = s.server.network(r) })).
		ServeHTTP(nil, newRequest(t, "[2001:db8:1:2:3:4:5:6]:4711"))
	if got != "2001:db8:1:2::/64" {
		t.Errorf("the new kind of address: %s", got)
	}
}

func newRequest(t *testing.T, from string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.RemoteAddr = from
	return r
}

// TestNoOpenRedirect: sign-in leads to a page of this site and to no other.
func TestNoOpenRedirect(t *testing.T) {
	t.Parallel()
	for to, want := range map[string]string{
		"/": "/", "/trusts/R9A": "/trusts/R9A", "/trusts/R9A/rounds/x?page=2#top": "/trusts/R9A/rounds/x?page=2#top",
		"/trusts/R9A?to=https://evil.example": "/trusts/R9A?to=https://evil.example",
		"":                                    "/", "trusts": "/", "//evil.example": "/", "///evil.example": "/", `/\evil.example`: "/", `\/evil.example`: "/",
		"https://evil.example": "/", "HTTPS:evil.example": "/", "javascript:alert(1)": "/", "/%2F/evil.example": "/", "/%5cevil.example": "/",
		"/\tevil": "/", "/\n//evil.example": "/", "/a\r\nSet-Cookie: x=y": "/", "/%zz": "/", " /trusts": "/", "/a b": "/", "/\u00e9": "/",
		"/.//evil.example": "/.//evil.example", "//user@evil.example": "/", "/" + strings.Repeat("a", maxPath): "/",
	} {
		if got := localPath(to); got != want {
			t.Errorf("%q leads to %q, want %q", to, got, want)
		}
	}
	s := startSite(t)
	b := s.nobody()
	b.keep(b.post("/sign-in", "email", emailOf(storetest.Person(t, s.db, "Ada")), "to", "//evil.example"))
	b.keep(b.post("/sign-in/code", "code", s.letter())).leads("/")
}

// TestHostHeader: no answer repeats the host that a request names.
func TestHostHeader(t *testing.T) {
	t.Parallel()
	s, _ := clockedSite(t, func(o *Options) { o.Origin = "https://octant.example.org" })
	b := storetest.Trust(t, s.db)
	header := http.Header{"X-Forwarded-Host": {"evil.example"}, "Forwarded": {"host=evil.example"}}
	for _, path := range []string{"/", "/sign-in", "/trusts/" + b.ODS} {
		r := s.nobody().do(http.MethodGet, "https://evil.example"+path, "", header)
		if strings.Contains(r.body, "evil.example") || strings.Contains(r.header.Get("Location"), "evil.example") {
			t.Errorf("%s repeats the host: %s", path, r.header.Get("Location"))
		}
	}
}
