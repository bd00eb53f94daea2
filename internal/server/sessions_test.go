package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store/storetest"
)

// arriveBy is a browser in which the person has signed in by this way.
func (s *site) arriveBy(person uuid.UUID, way access.Way, ods string) *browser {
	s.t.Helper()
	b := s.nobody()
	var cookie string
	h := s.server.sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.server.signIn(r, arrival{person, "Somebody", way, ods}); err != nil {
			s.t.Error(err)
		}
		w.WriteHeader(http.StatusNoContent)
		cookie, _, _ = strings.Cut(w.Header().Get("Set-Cookie"), ";")
	}))
	welcome(h).ServeHTTP(httptest.NewRecorder(), newRequest(s.t, "192.0.2.1:4711"))
	b.cookie = cookie
	return &b
}

// TestSessionIsRenewedAtSignIn: a session that somebody planted in a browser is
// worth nothing once its owner has signed in, and holds nothing of theirs.
func TestSessionIsRenewedAtSignIn(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	person := storetest.Person(t, s.db, "Ada")
	b := s.nobody()
	b.ask(emailOf(person))
	planted := b
	b.keep(b.post("/sign-in/code", "code", s.letter())).leads("/")
	if planted.cookie == b.cookie {
		t.Fatal("the token is the same")
	}
	planted.get("/sessions").leads("/sign-in?to=%2Fsessions")
	b.get("/sessions").wants(http.StatusOK)
	made := s.nobody()
	made.cookie = s.server.sessions.Cookie.Name + "=chosen-by-somebody"
	r := made.ask(emailOf(person))
	if strings.Contains(r.header.Get("Set-Cookie"), "chosen-by-somebody") {
		t.Error("a token that the program did not make is taken")
	}
}

func TestCookie(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string][]string{
		"http://127.0.0.1:8080":      {"octant=", "Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=3600"},
		"https://octant.example.org": {"__Host-octant=", "Path=/", "HttpOnly", "SameSite=Lax", "Secure"},
	} {
		s, _ := clockedSite(t, func(o *Options) { o.Origin = origin })
		b := s.nobody()
		got := b.ask("ada@example.org").header.Get("Set-Cookie")
		for _, part := range want {
			if !strings.Contains(got, part) {
				t.Errorf("%s: no %s in %s", origin, part, got)
			}
		}
		if strings.Contains(got, "Domain=") {
			t.Errorf("%s: the cookie has a domain: %s", origin, got)
		}
	}
}

// TestSessionEnds holds how long each kind of session lasts: unused, and however
// much it is used.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	s, clock := clockedSite(t)
	b := storetest.Trust(t, s.db)
	admin := storetest.Person(t, s.db, "Admin")
	storetest.Change(t, s.db, `UPDATE people SET admin = true WHERE id = $1`, admin)
	for name, c := range map[string]struct {
		person uuid.UUID
		way    access.Way
		ods    string
		page   string
	}{
		"lead":                {b.Lead, access.ByCode, "", "/trusts/" + b.ODS},
		"administrator":       {admin, access.ByOIDC, "", "/sessions"},
		"chair":               {b.Chair, access.ByCode, "", "/trusts/" + b.ODS},
		"member":              {b.Members[0], access.ByCode, "", "/trusts/" + b.ODS},
		"member by letter":    {b.Members[0], access.ByLetter, b.ODS, "/trusts/" + b.ODS},
		"nobody in any trust": {storetest.Person(t, s.db, "Ada"), access.ByCode, "", "/sessions"},
	} {
		limit := map[string]access.SessionLimit{
			"lead":          access.SessionLimits(access.ByCode, access.Roles{access.Lead}, false),
			"administrator": access.SessionLimits(access.ByCode, nil, true),
			"chair":         access.SessionLimits(access.ByCode, access.Roles{access.Chair}, false),
		}[name]
		if limit.Idle == 0 {
			limit = access.SessionLimits(access.ByLink, nil, false)
		}
		idle, busy := s.arriveBy(c.person, c.way, c.ods), s.arriveBy(c.person, c.way, c.ods)
		clock.turn(limit.Idle - time.Second)
		idle.get(c.page).wants(http.StatusOK)
		busy.get(c.page).wants(http.StatusOK)
		for spent := limit.Idle - time.Second; spent < limit.Most-limit.Idle; spent += limit.Idle / 2 {
			clock.turn(limit.Idle / 2)
			busy.get(c.page).wants(http.StatusOK)
		}
		if got := idle.get(c.page); limit.Most > 2*limit.Idle && got.status != http.StatusSeeOther {
			t.Errorf("%s: unused for longer than allowed: %d", name, got.status)
		}
		clock.turn(limit.Idle)
		if got := busy.get(c.page).status; got != http.StatusSeeOther {
			t.Errorf("%s: after the longest time there is: %d", name, got)
		}
	}
}

// TestRoleGivenLaterShortensTheStay: who becomes a lead while signed in as a
// member does not stay as long as a member.
func TestRoleGivenLaterShortensTheStay(t *testing.T) {
	t.Parallel()
	s, clock := clockedSite(t)
	b := storetest.Trust(t, s.db)
	member := s.arriveBy(b.Members[0], access.ByCode, "")
	storetest.Join(t, s.db, b.ODS, b.Members[0], access.Lead)
	clock.turn(20 * time.Minute)
	member.get("/trusts/" + b.ODS).wants(http.StatusOK)
	clock.turn(31 * time.Minute)
	member.get("/trusts/" + b.ODS).leads("/sign-in?to=%2Ftrusts%2F" + b.ODS)
	member.get("/trusts/" + b.ODS).leads("/sign-in?to=%2Ftrusts%2F" + b.ODS)
	busy := s.arriveBy(b.Members[1], access.ByCode, "")
	storetest.Join(t, s.db, b.ODS, b.Members[1], access.Lead)
	for range 23 {
		clock.turn(20 * time.Minute)
		busy.get("/trusts/" + b.ODS).wants(http.StatusOK)
	}
	clock.turn(21 * time.Minute)
	busy.get("/trusts/" + b.ODS).wants(http.StatusSeeOther)
}

// TestTypedTextOutlivesTheSession: a lead whose session ran out in the middle of
// a form gets their words back and a way to sign in beside them.
func TestTypedTextOutlivesTheSession(t *testing.T) {
	t.Parallel()
	s, clock := clockedSite(t)
	b := storetest.Trust(t, s.db)
	lead := s.arriveBy(b.Lead, access.ByCode, "")
	clock.turn(time.Hour)
	fields := []string{"title", "A long title", "form", "core"}
	r := lead.post("/trusts/"+b.ODS+"/rounds", fields...).wants(http.StatusUnauthorized)
	page := r.page()
	if got := page.Find("textarea[name=title]").Text(); got != "A long title" {
		t.Errorf("the title came back as %q", got)
	}
	if got := page.Find("input[name=form]").AttrOr("value", ""); got != "core" {
		t.Errorf("the form came back as %q", got)
	}
	if page.Find("main a[href='/sign-in'][target=_blank]").Length() != 1 {
		t.Error("no way to sign in in another tab")
	}
	if got := page.Find("main form").AttrOr("action", ""); got != "/trusts/"+b.ODS+"/rounds" {
		t.Errorf("the form leads to %q", got)
	}
}

// TestUseIsNotedOnceAMinute: within a minute a request writes no session.
func TestUseIsNotedOnceAMinute(t *testing.T) {
	t.Parallel()
	s, clock := clockedSite(t)
	b := s.arriveBy(storetest.Person(t, s.db, "Ada"), access.ByCode, "")
	version := func() (v string) {
		t.Helper()
		if err := storetest.Owner(t, s.db).QueryRow(t.Context(), `SELECT xmin::text FROM sessions`).Scan(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	before := version()
	clock.turn(touchInterval - time.Second)
	b.get("/sessions").wants(http.StatusOK)
	if version() != before {
		t.Error("written within the minute")
	}
	clock.turn(time.Second)
	b.get("/sessions").wants(http.StatusOK)
	if version() == before {
		t.Error("not written after a minute")
	}
}

func TestSessionsAreListedAndEnded(t *testing.T) {
	t.Parallel()
	s, clock := clockedSite(t)
	trust := storetest.Trust(t, s.db)
	ada, bea := trust.Members[0], trust.Members[1]
	here, there, letter, hers := s.arriveBy(ada, access.ByCode, ""), s.arriveBy(ada, access.ByOIDC, ""),
		s.arriveBy(ada, access.ByLetter, trust.ODS), s.arriveBy(bea, access.ByCode, "")
	clock.turn(2 * time.Minute)
	page := here.get("/sessions").wants(http.StatusOK).page()
	if got := page.Find(".nhsuk-card").Length(); got != 3 {
		t.Errorf("%d sessions are listed", got)
	}
	first := page.Find(".nhsuk-card").First().Text()
	for _, words := range []string{"(this one)", "Code by email"} {
		if !strings.Contains(first, words) && !strings.Contains(page.Find(".nhsuk-card").Text(), words) {
			t.Errorf("%q is not said", words)
		}
	}
	if strings.Contains(page.Find(".nhsuk-card").Text(), strings.SplitN(here.cookie, "=", 2)[1]) {
		t.Error("a token is shown")
	}
	var ofOIDC, ofHers string
	for way, id := range map[string]*string{"oidc": &ofOIDC, "": &ofHers} {
		err := storetest.Owner(t, s.db).QueryRow(t.Context(), `
			SELECT id::text FROM sessions WHERE way = $1 OR $1 = '' AND person_id = $2`, way, bea).Scan(id)
		if err != nil {
			t.Fatal(err)
		}
	}
	here.post("/sessions/" + ofHers + "/end").wants(http.StatusNotFound)
	hers.get("/sessions").wants(http.StatusOK)
	here.post("/sessions/" + ofOIDC + "/end").leads("/sessions?ended=1")
	here.get("/sessions?ended=1").wants(http.StatusOK).says("main", "You are signed out there")
	there.get("/sessions").wants(http.StatusSeeOther)
	letter.get("/sessions").wants(http.StatusForbidden)
	letter.post("/sessions/end").wants(http.StatusForbidden)
	again := s.arriveBy(ada, access.ByCode, "")
	here.post("/sessions/end").leads("/")
	for name, b := range map[string]*browser{"this one": here, "another": again, "the letter's": letter} {
		if got := b.get("/trusts/" + trust.ODS).status; got != http.StatusSeeOther {
			t.Errorf("%s is still signed in: %d", name, got)
		}
	}
	hers.get("/sessions").wants(http.StatusOK)
}

// TestEndedSessionStaysEnded: a request that was on its way when its session was
// ended does not bring it back.
func TestEndedSessionStaysEnded(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	ada := storetest.Person(t, s.db, "Ada")
	b := s.arriveBy(ada, access.ByCode, "")
	inside, ended := make(chan struct{}), make(chan struct{})
	h := welcome(s.server.sessions.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.server.sessions.Put(r.Context(), sessionTo, "/")
		close(inside)
		<-ended
		w.WriteHeader(http.StatusNoContent)
	})))
	var slow sync.WaitGroup
	slow.Go(func() {
		r := newRequest(t, "192.0.2.1:4711")
		r.Header.Set("Cookie", b.cookie)
		h.ServeHTTP(httptest.NewRecorder(), r)
	})
	<-inside
	if err := s.server.stays.EndAll(t.Context(), ada); err != nil {
		t.Error(err)
	}
	close(ended)
	slow.Wait()
	b.get("/sessions").wants(http.StatusSeeOther)
}

// TestPersonalLinkLeadsNoFurther: who came by a link or a letter is in one trust,
// is told so, and gets nowhere else.
func TestPersonalLinkLeadsNoFurther(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b, other := storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	ada := b.Members[0]
	storetest.Join(t, s.db, b.ODS, ada, access.Lead)
	storetest.Join(t, s.db, other.ODS, ada, access.Lead)
	storetest.Change(t, s.db, `UPDATE people SET admin = true WHERE id = $1`, ada)
	_, open := s.openRound(b, "Autumn")
	for _, way := range []access.Way{access.ByLink, access.ByLetter} {
		n := s.arriveBy(ada, way, b.ODS)
		home := n.get("/").wants(http.StatusOK).says("header", "Somebody (to answer only)").says("main", "so you can answer for this trust and no more")
		if strings.Contains(home.body, other.Name) || strings.Contains(home.body, "/admin") {
			t.Errorf("%s: the home page shows more than the one trust", way)
		}
		home.says("main", "You are here as: board member.")
		n.get(open + "/questions").wants(http.StatusOK)
		n.get(open + "/manage").wants(http.StatusForbidden)
		for _, path := range []string{"/trusts/" + other.ODS, "/sessions"} {
			r := n.get(path).wants(http.StatusForbidden).says("h1", "Your personal link does not lead here")
			if r.page().Find("main a[href='/sign-in']").Length() != 1 {
				t.Errorf("%s: no way to sign in from %s", way, path)
			}
		}
		n.get("/sign-in").wants(http.StatusOK).says("h1", "Sign in")
		n.ask(emailOf(ada)).leads("/sign-in/code")
		n.keep(n.post("/sign-in/code", "code", s.letter())).leads("/")
		n.get(open + "/manage").wants(http.StatusOK)
		n.get("/trusts/" + other.ODS).wants(http.StatusOK)
	}
}

func TestDeviceIsNamed(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"": "Unknown browser", "curl/8.5.0": "Unknown browser",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36":                            "Chrome on Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0":              "Edge on Windows",
		"Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Mobile/15E148 Safari/604.1":             "Safari on iPad",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/131.0 Mobile/15E148 Safari/604.1":     "Chrome on iPhone",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:132.0) Gecko/20100101 Firefox/132.0":                                                       "Firefox on Mac",
		"Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/26.0 Chrome/122.0.0.0 Mobile Safari/537.36": "Samsung Internet on Android",
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36":                              "Chrome on Linux",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)":                                                   "Browser on Mac",
		"<script>alert(1)</script>" + strings.Repeat("x", 4000):                                                                                      "Unknown browser",
		"Mozilla/5.0 Firefox/132.0": "Firefox",
	} {
		if got := deviceOf(agent); got != want {
			t.Errorf("%.60s: %s, want %s", agent, got, want)
		}
	}
}
