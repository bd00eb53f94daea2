package server

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/store/storetest"
)

// secondRound is an open round of a board that has closed one, and the closed one.
func (s *site) secondRound(b storetest.Board) (path, before string) {
	s.t.Helper()
	_, before = s.closeRound(b, "Last year", 3, 4)
	_, path = s.openRound(b, "This year")
	return path, before
}

// chosen is what the page shows as chosen for an element, and at which revision.
func (r reply) chosen(element string) (choice, revision string) {
	doc := r.page()
	choice, _ = doc.Find(`input[name="back.` + element + `"][checked]`).Attr("value")
	revision, _ = doc.Find(`input[name="back.` + element + `.revision"]`).Attr("value")
	return choice, revision
}

func TestFirstRoundDoesNotLookBack(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.openRound(b, "Autumn")
	me := s.as(b.Members[0])
	me.get(path + "/looking-back").wants(http.StatusNotFound)
	me.post(path+"/looking-back", "back.1", "3", "back.1.revision", "0").wants(http.StatusNotFound)
	me.post(path+"/questions/8.5", "choice", "3", "action", "continue").leads(path + "/answers")
	for _, page := range []string{"", "/questions", "/answers", "/answers.csv"} {
		if body := me.get(path + page).wants(http.StatusOK).body; strings.Contains(strings.ToLower(body), "look back") || strings.Contains(body, "ooking back") {
			t.Errorf("%q of a first round looks back", page)
		}
	}
}

func TestLookBackIsAskedLastAndOptional(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	path, _ := s.secondRound(b)
	me := s.as(b.Members[0])
	me.get(path).says("main", "24 questions and a short page").says("main", "11 to 14 minutes")
	me.get(path+"/questions").says("main", "Looking back").says("main", "Optional").says("main", "0 of 24")
	me.post(path+"/questions/8.5", "choice", "3", "action", "continue").leads(path + "/looking-back")
	shown := me.get(path+"/looking-back").wants(http.StatusOK).says("main", "Last year").says("main", "Knowing what you know now")
	if n := shown.page().Find("fieldset").Length(); n != 8 {
		t.Errorf("%d elements are asked about, want 8", n)
	}
	me.post(path+"/looking-back", "action", "continue").leads(path + "/answers")
	me.get(path+"/questions").says("main", "1 of 24")
	me.post(path+"/looking-back", "back.1", "2", "back.1.revision", "0", "back.8", "rns", "back.8.revision", "0", "action", "later").leads(path + "/questions?saved=1")
	me.get(path+"/questions").says("main", "2 of 8 answered").says("main", "1 of 24")
	check := me.get(path+"/answers").says("main", "Starting").says("main", "Not on the board then").says("main", "left out 23 questions")
	if n := check.page().Find(`a[href^="` + path + `/looking-back#back-"]`).Length(); n != 8 {
		t.Errorf("%d ways lead back to the rows, want 8", n)
	}
	if csv := me.get(path + "/answers.csv").body; !strings.Contains(csv, "\nback.1,") || !strings.Contains(csv, "Starting") {
		t.Errorf("the file lacks the look back: %s", csv)
	}
	me.get("/me/data").says("main", "Knowing what you know now")
	if s.as(b.Members[1]).get(path+"/looking-back").page().Find("main [checked]").Length() != 0 {
		t.Error("somebody else's choice is shown")
	}
}

// TestLookBackAloneIsNoAnswer: nothing is submitted by it.
func TestLookBackAloneIsNoAnswer(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	path, _ := s.secondRound(b)
	me := s.as(b.Members[0])
	me.post(path+"/looking-back", "back.1", "2", "back.1.revision", "0").leads(path + "/answers")
	me.post(path+"/answers", "missing", "confirm").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "at least one question")
}

func TestLookBackKeepsEveryRowByItself(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	path, _ := s.secondRound(b)
	address := path + "/looking-back"
	me, script := s.as(b.Members[0]), s.as(b.Members[0])
	script.json = true
	first := script.post(address, "back.1", "4", "back.1.revision", "0", "back.2", "", "back.2.revision", "0").wants(http.StatusOK)
	if !strings.Contains(first.body, `"revisions":{"back.1.revision":1}`) || !strings.Contains(first.body, `"saved":"`) {
		t.Errorf("acknowledged with %s", first.body)
	}
	again := script.post(address, "back.1", "4", "back.1.revision", "0", "back.2", "dk", "back.2.revision", "0").wants(http.StatusOK)
	if !strings.Contains(again.body, `{"back.1.revision":1,"back.2.revision":1}`) {
		t.Errorf("the same again is acknowledged with %s", again.body)
	}
	// A page from before, in which the first row says something else: the third row
	// is kept, the first is not.
	script.post(address, "back.1", "1", "back.1.revision", "0", "back.3", "5", "back.3.revision", "0").wants(http.StatusConflict)
	stale := me.post(address, "back.1", "1", "back.1.revision", "0", "back.3", "5", "back.3.revision", "0", "back.2", "", "back.2.revision", "0", "action", "continue").
		wants(http.StatusConflict).says(".nhsuk-error-summary", "Working well")
	for element, want := range map[string][2]string{"1": {"1", "1"}, "2": {"dk", "1"}, "3": {"5", "1"}, "4": {"", "0"}} {
		if choice, revision := stale.chosen(element); choice != want[0] || revision != want[1] {
			t.Errorf("element %s shows %q at revision %s, want %v", element, choice, revision, want)
		}
	}
	me.post(address, "back.1", "1", "back.1.revision", "1", "action", "continue").leads(path + "/answers")
	if choice, revision := me.get(address).chosen("1"); choice != "1" || revision != "2" {
		t.Errorf("then it is %q at revision %s", choice, revision)
	}
}

func TestLookBackRefusesWhatIsNoAnswer(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	path, _ := s.secondRound(b)
	me := s.as(b.Members[0])
	wrong := me.post(path+"/looking-back", "back.1", "9", "back.1.revision", "0", "back.2", "3", "back.2.revision", "0").
		wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "elect one of the answers")
	if choice, _ := wrong.chosen("2"); choice != "3" {
		t.Errorf("what was chosen beside the fault is gone: %q", choice)
	}
	me.post(path+"/looking-back", "back.1", "2", "back.1.revision", "-1").wants(http.StatusUnprocessableEntity)
	me.post(path+"/looking-back", "back.1", "2", "back.1", "3", "back.1.revision", "0").wants(http.StatusUnprocessableEntity)
	me.post(path+"/looking-back", "x", strings.Repeat("x", maxForm)).wants(http.StatusBadRequest)
	if choice, revision := me.get(path + "/looking-back").chosen("2"); choice != "" || revision != "0" {
		t.Errorf("with a fault beside it, %q is kept at %s", choice, revision)
	}
	for who, person := range map[string]browser{"lead": s.as(b.Lead), "chair": s.as(b.Chair)} {
		if got := person.get(path + "/looking-back").status; got != http.StatusForbidden {
			t.Errorf("%s: %d", who, got)
		}
	}
}

// TestLookBackIsTold follows ten people's look back from the page to the report
// and all that is made of it.
func TestLookBackIsTold(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	path, before := s.secondRound(b)
	for i, m := range b.Members {
		me := s.as(m)
		fields := []string{"back.1", strconv.Itoa(1 + i%3), "back.1.revision", "0"}
		if i < 4 {
			fields = append(fields, "back.2", "3", "back.2.revision", "0")
		}
		me.post(path+"/looking-back", fields...).leads(path + "/answers")
	}
	round := strings.TrimPrefix(path, "/trusts/"+b.ODS+"/rounds/")
	for i, m := range b.Members {
		s.answerAll(b, uuid.MustParse(round), m, assessment.Choice(3+i%2))
	}
	late := s.as(b.Members[0])
	s.as(b.Lead).post(path+"/close", "confirm", "yes").wants(http.StatusSeeOther)
	late.get(path + "/looking-back").leads(path + "/answers")
	late.post(path+"/looking-back", "back.1", "5", "back.1.revision", "1", "action", "continue").wants(http.StatusConflict).says("main", "not kept")
	late.get(path+"/answers").says("main", "Not yet")
	late.get(path+"/mine").says("main", "You: not yet. The board: 2.0 of 5.")
	trust := "/trusts/" + b.ODS
	lead := s.as(b.Lead)
	lead.get(path+"/report").says("#looking-back", "Looking back").says("main", "Last year").says("main", "fewer than 5 people looked back")
	lead.get(path+"/report/disclosure").says("main", "Looking back")
	lead.get(path+"/report.json").says("body", `"lookBack":{"round":`)
	lead.get(path+"/report.csv").says("body", "look back,1,,,score as judged now,2.0")
	if body := lead.get(before + "/report").body; strings.Contains(body, "ooking back") {
		t.Error("the first report looks back")
	}
	lead.get(trust+"/trend").says("main", "diamond")
	lead.get(trust+"/trend/charts/trend.csv").says("body", "As judged in the next round").says("body", ",12,2.0")
	two := trust + "/trend/" + strings.TrimPrefix(before, trust+"/rounds/") + "/" + round
	lead.get(two).says("main", "knowing what they know now").says("main", "half a level or more lower on 1 of 1 element")
	lead.get(two+".csv").says("body", "as judged in the later round")
}
