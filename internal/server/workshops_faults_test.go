package server

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"octant/internal/store"
	"octant/internal/store/storetest"
)

// turn gives the site a clock of its own and the way to turn it on.
func (s *site) turn() func(time.Duration) {
	now := time.Now()
	s.server.now = func() time.Time { return now }
	return func(by time.Duration) { now = now.Add(by) }
}

// TestPhoneAsleepForAnHour: however long a device slept, it is who it was, its
// vote is kept, and it shows where the session is now.
func TestPhoneAsleepForAnHour(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	sleep := s.turn()
	r := s.openLobby(8)
	r.upTo("Open the vote")
	for _, p := range r.phones {
		r.vote(p, "3").leads(r.phone())
	}
	phone := r.phones[0]
	mine := func(want string) {
		t.Helper()
		if got, _ := phone.get(r.phone()).wants(http.StatusOK).page().Find("input[name=choice][checked]").Attr("value"); got != want {
			t.Errorf("after its sleep the device shows the vote %q, want %q", got, want)
		}
	}
	since := func() http.Header {
		return http.Header{"If-None-Match": {phone.get(r.phone() + "/now").wants(http.StatusOK).header.Get("ETag")}}
	}

	before := since()
	sleep(time.Hour)
	phone.do(http.MethodGet, r.phone()+"/now", "", before).wants(http.StatusNotModified)
	mine("3")
	r.vote(phone, "4").leads(r.phone())
	mine("4")
	stale := phone.get(r.phone()).page()
	item, _ := stale.Find("input[name=item]").Attr("value")

	before = since()
	r.upTo("Close the vote")
	sleep(time.Hour)
	woken := phone.do(http.MethodGet, r.phone()+"/now", "", before).wants(http.StatusOK)
	woken.says("#part-own", "Your vote is in.")
	woken.says("#part-own", "You chose:")
	late := phone.post(r.phone()+"/vote", "item", item, "vote", "1", "choice", "5").wants(http.StatusConflict)
	late.says("[role=alert]", "Voting had closed before this arrived")
	r.upTo("Show the result")
	phone.get(r.phone()+"/now").says("#part-stage", "This is how the vote fell.")

	before = since()
	r.upTo("Open the second vote")
	sleep(time.Hour)
	phone.do(http.MethodGet, r.phone()+"/now", "", before).wants(http.StatusOK).says("#part-stage", "The second vote is open.")
	mine("4")
	phone.post(r.phone()+"/vote", "item", item, "vote", "1", "choice", "5").wants(http.StatusConflict)
	mine("4")
	r.vote(phone, "2").leads(r.phone())
	mine("2")

	before = since()
	sleep(store.JoinLife) // longer than any code lives: only those who are not in yet need one
	phone.do(http.MethodGet, r.phone()+"/now", "", before).wants(http.StatusNotModified)
	mine("2")
}

// TestDeviceKeepsItsSeatForADay: what makes a device who it is lasts, and no other
// page or script can read it.
func TestDeviceKeepsItsSeatForADay(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(0)
	b := s.nobody()
	joined := b.keeping(b.get("/join")).post("/join", "code", r.code, "as", "voter").leads(r.phone())
	for _, c := range (&http.Response{Header: joined.header}).Cookies() {
		if c.Name != cookieSeat {
			continue
		}
		if c.MaxAge < int(time.Hour.Seconds())*12 || !c.HttpOnly || c.Path != "/join" || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("the seat's cookie is %s", c)
		}
		return
	}
	t.Fatal("there is no cookie of the seat")
}

// answersAlike are the parts of an answer by which a code that leads nowhere could
// be told from another.
func (r reply) answersAlike(code string) string {
	header := r.header.Clone()
	header.Del("Set-Cookie")
	header.Del("Content-Length")
	header.Del("Etag")
	body := regexp.MustCompile(`value="[^"]*"`).ReplaceAllString(strings.ReplaceAll(r.body, code, "CODE"), "")
	var head strings.Builder
	_ = header.Write(&head) // to a builder it never fails
	return http.StatusText(r.status) + head.String() + body
}

// TestCodesThatLeadNowhereAreAlike: one that has expired, was replaced, belongs to
// a session that has ended or was never given is answered with the same bytes; and
// what lies behind a code that does lead somewhere is hidden without a seat.
func TestCodesThatLeadNowhereAreAlike(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	later := s.turn()
	expired := s.openLobby(0).code
	later(store.JoinLife + time.Second)
	ended := s.openLobby(0)
	step, _ := ended.desk.get(ended.path + "/end").page().Find("input[name=step]").Attr("value")
	ended.desk.post(ended.path+"/end", "step", step).leads(ended.path + "/record")
	r := s.openLobby(0)
	replaced := r.code
	r.press("code").leads(r.path + "?done=code")
	right := strings.TrimSpace(r.desk.get(r.path).page().Find(".app-join-code").First().Text())

	guess := s.nobody()
	guess = guess.keeping(guess.get("/join"))
	const never = "222-222"
	want := guess.post("/join", "code", never, "as", "voter").wants(http.StatusUnprocessableEntity).answersAlike(never)
	for what, code := range map[string]string{"expired": expired, "of an ended session": ended.code, "replaced": replaced} {
		if got := guess.post("/join", "code", code, "as", "voter").answersAlike(code); got != want {
			t.Errorf("a code that is %s is answered otherwise: %s", what, firstDifference(got, want))
		}
	}
	for _, path := range []string{"", "/now", "/events"} {
		want := guess.get("/join/" + never + path).answersAlike(never)
		for what, code := range map[string]string{"right": right, "expired": expired, "replaced": replaced} {
			if got := guess.get("/join/" + code + path).answersAlike(code); got != want {
				t.Errorf("without a seat %s is answered otherwise for a code that is %s: %s", path, what, firstDifference(got, want))
			}
		}
	}
	for _, path := range []string{"/vote", "/card", "/park"} {
		want := guess.post("/join/"+never+path, "choice", "1").answersAlike(never)
		if got := guess.post("/join/"+right+path, "choice", "1").answersAlike(right); got != strings.ReplaceAll(want, never, right) && got != want {
			t.Errorf("without a seat %s is answered otherwise: %s", path, firstDifference(got, want))
		}
	}
	for _, code := range []string{expired, ended.code, replaced, right} {
		if strings.Contains(s.log.String(), code) {
			t.Error("the log holds a code")
		}
	}
}

// TestGuessingOneWorkshopIsLimited: a network that tries many codes is stopped
// though it comes as a new device each time, and with it the right code; who is
// in is not.
func TestGuessingOneWorkshopIsLimited(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	later := s.turn()
	r := s.openLobby(1)
	const many = 5000
	storetest.Change(t, s.db, `UPDATE rate_limits SET uses = $1`, many)
	for _, code := range []string{"222-222", r.code} {
		b := s.nobody()
		stopped := b.keeping(b.get("/join")).post("/join", "code", code, "as", "voter").wants(http.StatusTooManyRequests)
		if stopped.header.Get("Retry-After") == "" {
			t.Error("nobody is told when to come back")
		}
	}
	r.phones[0].get(r.phone()).says("main", "You are in")
	later(10 * time.Minute)
	r.seated().get(r.phone()).says("main", "You are in")
}
