package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/store/storetest"
)

func TestAnswerIsSavedAndLeadsOn(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.openRound(b, "Autumn")
	me := s.as(b.Members[0])
	me.post(path+"/questions/1.1", "choice", "3", "comment", "Two briefings", "revision", "0", "action", "continue").leads(path + "/questions/1.2")
	shown := me.get(path + "/questions/1.1").wants(http.StatusOK)
	if got, _ := shown.page().Find("input[name=choice][checked]").Attr("value"); got != "3" {
		t.Errorf("chosen is %q, want 3", got)
	}
	shown.says("textarea[name=comment]", "Two briefings").says("[data-octant-status]", "Saved at")
	if got, _ := shown.page().Find("input[name=revision]").Attr("value"); got != "1" {
		t.Errorf("revision is %q, want 1", got)
	}
	me.get(path+"/questions").says("main", "1 of 24")
	me.get(path+"/questions/1.2").says("[data-octant-status]", "saved at")
}

func TestAnswerWaysOn(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.openRound(b, "Autumn")
	me := s.as(b.Members[0])
	me.post(path+"/questions/1.1", "choice", "dk", "action", "later").leads(path + "/questions?saved=1")
	me.post(path+"/questions/1.1", "choice", "2", "revision", "1", "check", "1", "action", "continue").leads(path + "/answers")
	me.post(path+"/questions/8.5", "choice", "rns", "action", "continue").leads(path + "/answers")
	me.post(path+"/questions/1.2", "action", "later").leads(path + "/questions")
	me.post(path+"/questions/1.2", "comment", "to do", "action", "later").leads(path + "/questions?saved=1")
	me.get(path+"/questions/1.2").says("textarea[name=comment]", "to do")
	me.post(path+"/questions/1.3", "action", "continue").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", saysChoose)
	me.post(path+"/questions/1.4", "choice", "3").wants(http.StatusNotFound) // not asked in the core form
	me.get(path + "/questions/9.9").wants(http.StatusNotFound)
	me.get("/trusts/" + b.ODS + "/rounds/not-a-round").wants(http.StatusNotFound)
}

func TestAnswerSavedByScript(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.openRound(b, "Autumn")
	me := s.as(b.Members[0])
	me.json = true
	first := me.post(path+"/questions/1.1", "choice", "4", "revision", "0").wants(http.StatusOK)
	if !strings.Contains(first.body, `"revision":1`) || !strings.Contains(first.body, `"saved":"`) {
		t.Errorf("acknowledged with %s", first.body)
	}
	me.post(path+"/questions/1.1", "choice", "2", "revision", "0").wants(http.StatusConflict)
	me.post(path+"/questions/1.1", "choice", "8", "revision", "1").wants(http.StatusUnprocessableEntity)
	anon := s.nobody()
	anon.json = true
	anon.post(path+"/questions/1.1", "choice", "2", "revision", "1").wants(http.StatusUnauthorized)
}

func TestStaleAnswerShowsBoth(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.openRound(b, "Autumn")
	me := s.as(b.Members[0])
	me.post(path+"/questions/1.1", "choice", "4", "comment", "from the tablet", "revision", "0", "action", "continue").wants(http.StatusSeeOther)
	both := me.post(path+"/questions/1.1", "choice", "2", "comment", "from the laptop", "revision", "0", "action", "continue").wants(http.StatusConflict)
	both.says("main", "from the tablet").says("main", "from the laptop")
	if got, _ := both.page().Find("form input[name=revision]").Attr("value"); got != "1" {
		t.Errorf("keeping the new answer would send revision %q, want 1", got)
	}
	me.get(path+"/questions/1.1").says("textarea[name=comment]", "from the tablet")
	me.post(path+"/questions/1.1", "choice", "2", "comment", "from the laptop", "revision", "1", "action", "continue").wants(http.StatusSeeOther)
	me.get(path+"/questions/1.1").says("textarea[name=comment]", "from the laptop")
}

func TestRoundClosedMeanwhile(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	round, path := s.openRound(b, "Autumn")
	for _, m := range b.Members[:8] {
		s.answerAll(b, round, m, 4)
	}
	late := s.as(b.Members[9])
	late.post(path+"/questions/1.1", "choice", "4", "comment", "kept", "revision", "0", "action", "continue").wants(http.StatusSeeOther)
	s.as(b.Lead).post(path+"/close", "confirm", "yes").leads(path + "/manage?done=closed")
	refused := late.post(path+"/questions/1.2", "choice", "2", "comment", "typed too late", "revision", "0", "action", "continue").wants(http.StatusConflict)
	refused.says("main", "closed").says("main", "typed too late")
	late.get(path+"/questions/1.1").wants(http.StatusOK).says("main", "kept")
	late.get(path+"/answers.csv").wants(http.StatusOK).says("body", "kept")
	late.post(path+"/answers", "missing", "confirm").wants(http.StatusConflict)
	s.as(b.Members[0]).get(path+"/report").wants(http.StatusOK).says("h1", "")
	s.as(b.Members[0]).get(path + "/mine").wants(http.StatusOK)
}

func TestSignedOutKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.openRound(b, "Autumn")
	r := s.nobody().post(path+"/questions/1.1", "choice", "4", "comment", "long and careful", "revision", "0").wants(http.StatusUnauthorized)
	r.says("textarea[name=comment]", "long and careful")
	if got, _ := r.page().Find("form input[name=choice]").Attr("value"); got != "4" {
		t.Errorf("choice given back is %q, want 4", got)
	}
}

func TestOversizedAnswerComesBack(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.openRound(b, "Autumn")
	me := s.as(b.Members[0])
	long := strings.Repeat("word ", maxForm/4)
	r := me.post(path+"/questions/1.1", "choice", "4", "comment", long).wants(http.StatusRequestEntityTooLarge)
	r.says(".nhsuk-error-summary", "2,000 characters")
	if got := r.page().Find("textarea[name=comment]").Text(); len(got) < len(long) {
		t.Errorf("%d of %d characters came back", len(got), len(long))
	}
	me.post(path+"/questions/1.1", "choice", "4", "comment", strings.Repeat("x", keepForm)).wants(http.StatusRequestEntityTooLarge)
	me.do(http.MethodPost, path+"/questions/1.1", `{"choice":3}`, http.Header{"Content-Type": {"application/json"}}).wants(http.StatusUnsupportedMediaType)
	me.get(path+"/questions").says("main", "0 of 24")
}

func TestCheckAndSubmit(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.openRound(b, "Autumn")
	me := s.as(b.Members[0])
	me.post(path+"/answers", "missing", "confirm").wants(http.StatusUnprocessableEntity)
	me.post(path+"/questions/1.1", "choice", "4", "revision", "0", "action", "continue").wants(http.StatusSeeOther)
	me.post(path+"/answers").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "confirm")
	s.as(b.Lead).get(path+"/manage").says("main", "0 of 12")
	me.post(path+"/answers", "missing", "confirm").leads(path + "/sent")
	me.get(path + "/sent").wants(http.StatusOK)
	s.as(b.Lead).get(path+"/manage").says("main", "1 of 12")
	me.post(path+"/questions/1.1", "choice", "5", "revision", "1", "action", "continue").wants(http.StatusSeeOther)
	csv := me.get(path + "/answers.csv").wants(http.StatusOK)
	if !strings.HasPrefix(csv.body, "question,element,text,answer,comment,evidence\n1.1,") {
		t.Errorf("file begins %.100s", csv.body)
	}
}

func TestTrustPageOffersOnlyRoundsOneIsAskedIn(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	round, path := s.openRound(b, "Autumn")
	late := storetest.Trust(t, s.db).Members[0]
	storetest.Join(t, s.db, b.ODS, late, access.Chair)
	if s.as(b.Members[0]).get("/trusts/"+b.ODS).page().Find(`main a[href="`+path+`"]`).Length() != 1 {
		t.Error("a member who is asked finds no way to answer")
	}
	for who, person := range map[string]uuid.UUID{"chair who is not asked": late, "lead": b.Lead, "observer": b.Observer} {
		if s.as(person).get("/trusts/"+b.ODS).page().Find(`main a[href="`+path+`"]`).Length() != 0 {
			t.Errorf("%s is led to answer round %s", who, round)
		}
	}
}

func TestOwnAnswersAreNoFormulas(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.openRound(b, "Autumn")
	me := s.as(b.Members[0])
	me.post(path+"/questions/1.1", "choice", "4", "comment", "=1+1", "revision", "0", "action", "continue").wants(http.StatusSeeOther)
	if body := me.get(path + "/answers.csv").body; !strings.Contains(body, "'=1+1") {
		t.Errorf("file says %.300s", body)
	}
}

// TestNobodySeesAnothersAnswers: nothing that one member can open holds what
// another one wrote, and neither does anything a lead can.
func TestNobodySeesAnothersAnswers(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	round, path := s.openRound(b, "Autumn")
	const secret = "a remark of my own"
	s.as(b.Members[0]).post(path+"/questions/1.1", "choice", "1", "comment", secret, "evidence", secret, "revision", "0").wants(http.StatusSeeOther)
	for _, m := range b.Members {
		for _, c := range []assessment.Choice{3} {
			if m != b.Members[0] {
				s.answerAll(b, round, m, c)
			}
		}
	}
	s.as(b.Members[0]).post(path+"/answers", "missing", "confirm").wants(http.StatusSeeOther)
	look := func() {
		for _, who := range []browser{s.as(b.Lead), s.as(b.Chair), s.as(b.Facilitator), s.as(b.Members[6]), s.as(b.Viewer)} {
			for _, p := range []string{"", "/questions", "/questions/1.1", "/answers", "/answers.csv", "/manage", "/people", "/report", "/report.json", "/report.csv", "/mine", "/report/charts/answers-1.csv"} {
				if got := who.get(path + p); strings.Contains(got.body, secret) {
					t.Errorf("%s shows what somebody else wrote", got.what)
				}
			}
		}
	}
	look()
	s.as(b.Lead).post(path+"/close", "confirm", "yes").wants(http.StatusSeeOther)
	look()
	if strings.Contains(s.log.String(), secret) {
		t.Error("the log holds what somebody wrote")
	}
}

func TestRoundFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	lead, path := s.as(b.Lead), "/trusts/"+b.ODS+"/rounds"
	r := lead.post(path, "title", "", "form", "core", "opens-day", "31", "opens-month", "2", "opens-year", "2027",
		"closes-day", "1", "closes-month", "3", "closes-year", "2027").wants(http.StatusUnprocessableEntity)
	r.says(".nhsuk-error-summary", "Enter a title").says(".nhsuk-error-summary", "no such day")
	if got, _ := r.page().Find("input[name=opens-day]").Attr("value"); got != "31" {
		t.Errorf("day given back is %q", got)
	}
	made := lead.post(path, "title", "Spring", "form", "core", "opens-day", "1", "opens-month", "3", "opens-year", "2027",
		"closes-day", "20", "closes-month", "3", "closes-year", "2027").wants(http.StatusSeeOther).header.Get("Location")
	round := strings.TrimSuffix(made, "/people")
	lead.post(made).wants(http.StatusUnprocessableEntity)
	lead.post(made, "person", b.Members[0].String(), "person", b.Members[1].String()).leads(round + "/manage?done=people")
	lead.post(round+"/open").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "five")
	var fields []string
	for _, m := range b.Members[:6] {
		fields = append(fields, "person", m.String())
	}
	lead.post(made, fields...).leads(round + "/manage?done=people")
	lead.post(made, "person", b.Facilitator.String()).wants(http.StatusUnprocessableEntity)
	lead.post(round + "/open").leads(round + "/manage?done=open")
	lead.get(round + "/edit").wants(http.StatusConflict)
	s.as(b.Members[0]).get("/").says("main", "Spring")
}
