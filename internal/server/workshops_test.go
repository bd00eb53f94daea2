package server

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/internal/workshop"
)

// workshopIn makes a workshop that has not begun, and gives its id.
func (s *site) workshopIn(board storetest.Board) string {
	s.t.Helper()
	lead, err := s.db.Enter(s.t.Context(), board.Lead, board.ODS)
	if err != nil {
		s.t.Fatal(err)
	}
	id, err := lead.CreateWorkshop(s.t.Context(), store.NewWorkshop{Title: "Prepared", Length: workshop.Short}, time.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	return id.String()
}

// room is a workshop with whoever runs it and those who take part.
type room struct {
	site   *site
	board  storetest.Board
	desk   browser
	path   string
	code   string
	phones []browser
}

// openLobby makes a workshop without a round, opens its lobby and seats so many
// devices.
func (s *site) openLobby(devices int) *room {
	s.t.Helper()
	b := storetest.Trust(s.t, s.db)
	r := &room{site: s, board: b, desk: s.as(b.Facilitator)}
	made := r.desk.post("/trusts/"+b.ODS+"/workshops", "title", "Board workshop", "round", "none", "length", "short").wants(http.StatusSeeOther)
	r.path = strings.TrimSuffix(made.header.Get("Location"), "/agenda?done=proposed")
	r.press("begin")
	r.code = strings.TrimSpace(r.desk.get(r.path).wants(http.StatusOK).page().Find(".app-join-code").First().Text())
	for range devices {
		r.phones = append(r.phones, r.seated())
	}
	return r
}

// seated is a new device that has joined.
func (r *room) seated() browser {
	r.site.t.Helper()
	return r.site.nobody().joins(r.code, "voter")
}

// joins asks for the way in, as a browser does that keeps its cookies, and takes
// it.
func (b browser) joins(code, as string) browser {
	b.site.t.Helper()
	b = b.keeping(b.get("/join"))
	return b.keeping(b.post("/join", "code", code, "as", as).leads("/join/" + code))
}

// keeping is the browser with the cookies that came back.
func (b browser) keeping(got reply) browser {
	for _, c := range (&http.Response{Header: got.header}).Cookies() {
		if b.cookie != "" {
			b.cookie += "; "
		}
		b.cookie += c.Name + "=" + c.Value
	}
	return b
}

// phone is the address of a device's page.
func (r *room) phone() string { return "/join/" + r.code }

// press posts to the console with the step that it shows.
func (r *room) press(what string, fields ...string) reply {
	r.site.t.Helper()
	step, _ := r.desk.get(r.path).wants(http.StatusOK).page().Find("input[name=step]").First().Attr("value")
	return r.desk.post(r.path+"/"+what, append([]string{"step", step}, fields...)...)
}

// next presses the one button that comes next and says which it was.
func (r *room) next() string {
	r.site.t.Helper()
	form := r.desk.get(r.path).wants(http.StatusOK).page().Find("#next").Closest("form")
	value := func(name string) string {
		v, _ := form.Find("[name=" + name + "]").Attr("value")
		return v
	}
	r.desk.post(r.path+"/move", "step", value("step"), "item", value("item"), "move", value("move")).wants(http.StatusSeeOther)
	return strings.TrimSpace(form.Find("#next").Text())
}

// upTo presses next until the button with these words has been pressed.
func (r *room) upTo(words string) {
	r.site.t.Helper()
	for range 40 {
		if strings.HasPrefix(r.next(), words) {
			return
		}
	}
	r.site.t.Fatalf("there is never a button that says %q", words)
}

// vote sends a device's choice in the vote that its page shows.
func (r *room) vote(b browser, choice string) reply {
	r.site.t.Helper()
	d := b.get(r.phone()).wants(http.StatusOK).page()
	item, _ := d.Find("input[name=item]").Attr("value")
	number, _ := d.Find("input[name=vote]").Attr("value")
	return b.post(r.phone()+"/vote", "item", item, "vote", number, "choice", choice)
}

// TestWorkshopCycle: one item from its question to what is agreed, on the console,
// the projector and phones.
func TestWorkshopCycle(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(8)
	r.phones[0].get(r.phone()).says("main", "You are in")
	r.desk.get(r.path+"/projector").says("main", r.code)
	r.upTo("Open the vote")
	for i, p := range r.phones {
		r.vote(p, strconv.Itoa(1+i%2*3)).leads(r.phone())
		p.get(r.phone()).says("[data-state=saved]", "Your vote is in. You can change it until voting closes.")
	}
	r.desk.get(r.path).says("main", "8 of 8 have voted")
	r.vote(r.phones[0], "dk").leads(r.phone())
	r.desk.get(r.path).says("main", "8 of 8 have voted")
	late := r.phones[1].get(r.phone()).page()
	item, _ := late.Find("input[name=item]").Attr("value")

	r.upTo("Close the vote")
	refused := r.phones[1].post(r.phone()+"/vote", "item", item, "vote", "1", "choice", "5").wants(http.StatusConflict)
	refused.says("[role=alert]", "Voting had closed")
	refused.says("[role=alert]", "You chose:")
	r.phones[1].get(r.phone()).says("main", "Your vote is in.")

	r.upTo("Show the result")
	for _, p := range []reply{r.phones[0].get(r.phone()), r.desk.get(r.path + "/projector"), r.desk.get(r.path)} {
		p.says(".app-votes", "I do not know")
	}
	newcomer := r.seated()
	newcomer.get(r.phone()).says(".app-votes", "I do not know")
	r.upTo("Open the second vote")
	newcomer.get(r.phone()).says("main", "You have no vote here")
	for _, p := range r.phones {
		r.vote(p, "4").leads(r.phone())
	}
	r.upTo("Show what has moved")
	r.desk.get(r.path+"/projector").says("main", "The second vote")

	r.press("agree", "item", item, "level", "4", "reason", "").wants(http.StatusUnprocessableEntity).says("main", "Enter why the board agrees")
	r.press("agree", "item", item, "level", "4", "reason", "We looked at it together", "dissent", "It is still early").wants(http.StatusSeeOther)
	r.phones[2].get(r.phone()).says("main", "Agreed: level 4.")
	r.press("actions", "what", "Ask patients twice a year", "name", "Jo Bloggs", "due-day", "3", "due-month", "3", "due-year", "2099").wants(http.StatusSeeOther)
	r.press("actions", "what", "", "due-day", "3", "due-month", "3", "due-year", "2099").wants(http.StatusUnprocessableEntity).says("main", "Enter what will be done")

	step, _ := r.desk.get(r.path + "/end").page().Find("input[name=step]").Attr("value")
	r.desk.post(r.path+"/end", "step", step).leads(r.path + "/record")
	record := s.as(r.board.Members[3]).get(r.path + "/record").wants(http.StatusOK)
	for _, words := range []string{"Agreed: level 4.", "We looked at it together", "It is still early", "Ask patients twice a year", "9 people took part"} {
		record.says("main", words)
	}
	s.as(r.board.Members[3]).get("/trusts/"+r.board.ODS+"/actions").says("main", "Jo Bloggs")
	r.phones[0].get(r.phone()+"/now").wants(http.StatusOK).says("[data-live-over]", "The session has ended")
	r.phones[0].get(r.phone()).says("main", "This device is in no session now")
}

// TestTwoPressAtOnce: of two who move the session on at once one does, and the
// other is told where it stands.
func TestTwoPressAtOnce(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(0)
	r.upTo("Show: What digital means")
	form := r.desk.get(r.path).page().Find("#next").Closest("form")
	var fields []string
	for _, name := range []string{"step", "item", "move"} {
		v, _ := form.Find("[name=" + name + "]").Attr("value")
		fields = append(fields, name, v)
	}
	chair := s.as(r.board.Chair)
	chair.post(r.path+"/move", fields...).leads(r.path)
	r.desk.post(r.path+"/move", fields...).wants(http.StatusConflict).says("[role=alert]", "Somebody else moved the session on")
}

// TestVoteBeginsAgain: only with a reason, which the console keeps.
func TestVoteBeginsAgain(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(1)
	r.upTo("Show: What digital means")
	r.upTo("Show: ")
	r.upTo("Open the vote")
	r.vote(r.phones[0], "2").leads(r.phone())
	item, _ := r.phones[0].get(r.phone()).page().Find("input[name=item]").Attr("value")
	r.press("restart", "item", item, "reason", " ").wants(http.StatusUnprocessableEntity).says("main", "Enter why the vote starts again")
	r.press("restart", "item", item, "reason", "The question was misread").leads(r.path)
	r.desk.get(r.path).says("main", "The question was misread")
	r.upTo("Open the vote")
	if n := r.phones[0].get(r.phone()).page().Find("input[name=choice][checked]").Length(); n != 0 {
		t.Error("the device still shows the vote that was erased")
	}
}

// TestVotesFromCards: a vote that was taken with cards takes the place of what
// devices sent.
func TestVotesFromCards(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(1)
	r.upTo("Open the vote")
	r.vote(r.phones[0], "2").leads(r.phone())
	d := r.desk.get(r.path + "/tally").wants(http.StatusOK).page()
	item, _ := d.Find("input[name=item]").Attr("value")
	step, _ := d.Find("input[name=step]").Attr("value")
	keyed := []string{"item", item, "step", step, "level-1", "3", "level-2", "4", "level-4", "2", "level-dk", "1"}
	r.desk.post(r.path+"/tally", "item", item, "step", step, "level-1", "x").wants(http.StatusUnprocessableEntity).says("main", "as a number")
	r.desk.post(r.path+"/tally", "item", item, "step", step).wants(http.StatusUnprocessableEntity).says("main", "at least one kind")
	r.desk.post(r.path+"/tally", keyed...).wants(http.StatusSeeOther)
	stale := append([]string{"item", item, "step", "0"}, keyed[4:]...) // somebody else was quicker
	late := r.desk.post(r.path+"/tally", stale...).wants(http.StatusConflict).says(".nhsuk-error-summary", "Somebody else moved the session on")
	if got := fieldIn(late, "input[name=level-2]"); got != "4" {
		t.Errorf("the cards with 2 are %q now", got)
	}
	r.upTo("Show the result")
	r.phones[0].get(r.phone()).says("main", "Counted from cards.")
	r.desk.post(r.path+"/tally", keyed...).wants(http.StatusConflict).says(".nhsuk-error-summary", "You wrote: “Cards with 1: 3. Cards with 2: 4.")
	r.upTo("Open the vote")
	r.desk.post(r.path+"/tally", append(keyed, "level-3", "x")...).wants(http.StatusConflict).says(".nhsuk-error-summary", "Cards with 3: x.")
}

// TestAgenda: what is proposed can be put in another order, added to and cut.
func TestAgenda(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	desk := s.as(b.Lead)
	all := "/trusts/" + b.ODS + "/workshops"
	desk.post(all, "title", "", "round", "none", "length", "short").wants(http.StatusUnprocessableEntity).says("main", "Enter a title")
	desk.post(all, "title", "One", "round", uuid.NewString(), "length", "short").wants(http.StatusUnprocessableEntity).says("main", "Select a round")
	path := strings.TrimSuffix(desk.post(all, "title", "One", "round", "none", "length", "sittings").wants(http.StatusSeeOther).header.Get("Location"), "/agenda?done=proposed")
	titles := func() (out []string) {
		for _, h := range desk.get(path + "/agenda").wants(http.StatusOK).page().Find("main .nhsuk-card h2").EachIter() {
			_, title, _ := strings.Cut(strings.TrimSpace(h.Text()), ". ")
			out = append(out, title)
		}
		return out
	}
	before := titles()
	item := func(n int) string {
		id, _ := desk.get(path + "/agenda").page().Find("main .nhsuk-card").Eq(n).Attr("id")
		return path + "/agenda/" + strings.TrimPrefix(id, "item-")
	}
	desk.post(item(0) + "/down").wants(http.StatusSeeOther)
	if after := titles(); after[0] != before[1] || after[1] != before[0] {
		t.Errorf("moved down: %q after %q", after, before)
	}
	desk.post(item(0) + "/drop").wants(http.StatusSeeOther)
	desk.post(path+"/agenda", "question", "8.1", "minutes", "12", "sitting", "2", "notes", "Ask the chair first").leads(path + "/agenda?done=added")
	desk.post(path+"/agenda", "question", "8.1", "minutes", "12").wants(http.StatusUnprocessableEntity)
	desk.post(path+"/agenda", "question", "talk", "minutes", "900", "title", "").wants(http.StatusUnprocessableEntity).says("main", "Enter a title")
	desk.get(path+"/agenda").says("main", "Ask the chair first")
	over := fieldIn(desk.get(item(0)), "input[name=over]")
	desk.post(item(0), "over", over, "title", "Renamed", "minutes", "7", "sitting", "1").leads(path + "/agenda?done=changed")
	desk.get(path+"/agenda").says("main", "Renamed")
	desk.get(path+"/brief").says("main", "Renamed")
	desk.get(path+"/kit").says("main", "Voting cards")
	desk.post(path + "/delete").wants(http.StatusSeeOther)
	desk.get(path).wants(http.StatusNotFound)
}

// TestJoinIsNoOracle: every code that does not lead in is answered alike, and a
// device that goes on trying is stopped.
func TestJoinIsNoOracle(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(1)
	old := r.code
	r.press("code").leads(r.path + "?done=code")
	r.phones[0].get(r.phone()).says("main", "You are in")
	guess := s.nobody()
	guess = guess.keeping(guess.get("/join"))
	same := regexp.MustCompile(`value="[^"]*"`)
	var first string
	for i, code := range []string{old, "ZZZ-ZZZ", "zzzzzz", "nonsense that is no code", "222-222", "A", "B", "C", "D", "E"} {
		got := guess.post("/join", "code", code, "as", "voter").wants(http.StatusUnprocessableEntity)
		body := same.ReplaceAllString(got.body, "")
		if i == 0 {
			first = body
		} else if body != first {
			t.Errorf("the code %q is answered otherwise", code)
		}
	}
	guess.post("/join", "code", "ZZZ-ZZZ", "as", "voter").wants(http.StatusTooManyRequests)
	if strings.Contains(s.log.String(), old) {
		t.Error("the log holds a code")
	}
}

// TestObserversAndMembers: who watches has no vote, and a member has one on all
// their devices.
func TestObserversAndMembers(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(0)
	watching := s.nobody().joins(r.code, "observer")
	r.upTo("Open the vote")
	item, _ := r.desk.get(r.path).page().Find("input[name=item]").First().Attr("value")
	watching.get(r.phone()).says("main", "You are watching")
	watching.post(r.phone()+"/vote", "item", item, "vote", "1", "choice", "3").wants(http.StatusConflict).says("[role=alert]", "You are watching")
	member := s.as(r.board.Members[0])
	here, there := member.joins(r.code, "member"), member.joins(r.code, "member")
	r.vote(here, "2").leads(r.phone())
	r.vote(there, "4").leads(r.phone())
	r.desk.get(r.path).says("main", "1 of 1 have voted")
	if chosen, _ := here.get(r.phone()).page().Find("input[name=choice][checked]").Attr("value"); chosen != "4" {
		t.Errorf("the first device shows %q, not the member's newest vote", chosen)
	}
	s.as(r.board.Lead).joins(r.code, "member").get(r.phone()).says("main", "You are watching")
}

// TestParkingLot: anybody parks, anybody votes it up once, and the desk settles it.
func TestParkingLot(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(2)
	r.phones[0].post(r.phone()+"/park", "words", "Who pays?").leads(r.phone())
	r.phones[0].post(r.phone()+"/park", "words", strings.Repeat("x", 201)).wants(http.StatusConflict).says("main", "Write up to 200 characters.")
	up, _ := r.phones[1].get(r.phone()).page().Find("#parking form").First().Attr("action")
	for range 2 {
		r.phones[1].post(up, "up", "yes").leads(r.phone())
	}
	r.phones[0].get(r.phone()).says("#parking", "Who pays? (1 vote)")
	settle, _ := r.desk.get(r.path).page().Find("form[action*='/parked/']").Attr("action")
	r.desk.post(settle, "done", "yes").leads(r.path)
	r.phones[0].get(r.phone()).says("#parking", "settled")
}

// TestFragment: a page that has the newest state is told so in one line.
func TestFragment(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(1)
	for path, b := range map[string]browser{r.phone() + "/now": r.phones[0], r.path + "/now": r.desk, r.path + "/projector/now": r.desk} {
		got := b.get(path).wants(http.StatusOK)
		if strings.Contains(got.body, "<html") || got.page().Find("#part-stage, #part-next").Length() != 1 {
			t.Errorf("%s is no fragment: %.200s", path, got.body)
		}
		b.do(http.MethodGet, path, "", http.Header{"If-None-Match": {got.header.Get("ETag")}}).wants(http.StatusNotModified)
	}
}
