package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"octant/internal/questionnaire"
	"octant/internal/store/storetest"
)

// onPaper is a site with an open round, members of which answer on paper.
type onPaper struct {
	invited
	lead  browser
	codes []string // of the sheets, executives first
}

func startOnPaper(t *testing.T, members ...int) onPaper {
	t.Helper()
	p := onPaper{invited: startInvited(t)}
	p.lead = p.as(p.board.Lead)
	p.mark(members...).leads(p.path + "/paper?done=people")
	sheets := p.lead.post(p.path + "/paper/sheets").wants(http.StatusOK)
	sheets.page().Find(".app-paper").Each(func(_ int, sheet *goquery.Selection) {
		p.codes = append(p.codes, strings.TrimSpace(sheet.Find(".app-paper__code").Text()))
	})
	if len(p.codes) != len(members) {
		t.Fatalf("%d sheets for %d people", len(p.codes), len(members))
	}
	return p
}

func (p onPaper) mark(members ...int) reply {
	p.t.Helper()
	var fields []string
	for _, m := range members {
		fields = append(fields, "person", p.board.Members[m].String())
	}
	return p.lead.post(p.path+"/paper", fields...)
}

// form is the address of the form of a sheet.
func (p onPaper) form(sheet int) string {
	p.t.Helper()
	r := p.lead.post(p.path+"/paper/find", "code", strings.ToLower(p.codes[sheet])).wants(http.StatusSeeOther)
	return r.header.Get("Location")
}

// ticked is a whole sheet with the same box ticked everywhere.
func ticked(choice string) (fields []string) {
	v, _ := questionnaire.Load(questionnaire.Latest())
	for _, q := range v.Questions(questionnaire.Core) {
		fields = append(fields, "q-"+q.Key, choice)
	}
	return fields
}

// TestPaperFromListToReport: marked, printed, keyed in and counted.
func TestPaperFromListToReport(t *testing.T) {
	t.Parallel()
	p := startOnPaper(t, 0, 1, 6)
	p.nobody().get(p.link).wants(http.StatusNotFound)
	p.lead.get(p.path+"/paper").says("main", "Only 1 person on the non-executive side").says("table", "Keyed in")
	p.lead.get(p.path+"/manage").says("main", "3 people answer on paper, and 0 of their sheets")
	for i, m := range p.board.Members {
		if i != 0 && i != 1 && i != 6 {
			p.answerAll(p.board, p.round, m, 3)
		}
	}
	p.lead.get(p.path+"/manage").says("main", "9 of 12").says("main", "Executives: 4 of 6. Non-executives: 5 of 6.")
	for i := range p.codes {
		p.lead.post(p.form(i), ticked("4")...).leads(p.path + "/paper?done=keyed")
	}
	p.lead.get(p.path+"/paper?done=keyed").says(".nhsuk-notification-banner", "saved and counts").says("main", "There is no sheet to print")
	manage := p.lead.get(p.path+"/manage").says("main", "12 of 12").says("main", "Executives: 6 of 6. Non-executives: 6 of 6.").says("main", "3 of their sheets have been keyed in")
	if strings.Contains(manage.page().Find("main").Text(), "Still to finish") {
		t.Error("somebody on paper is listed as still to finish")
	}
	p.lead.post(p.path+"/close", "confirm", "yes").wants(http.StatusSeeOther)
	p.lead.get(p.path+"/report").wants(http.StatusOK).says("main", "12 of 12")
	p.lead.get(p.path+"/paper").says("main", "The round has closed")
	p.lead.post(p.path + "/paper/sheets").wants(http.StatusConflict)
	p.mark(2).wants(http.StatusConflict)
}

// TestSheetPrintsEverything: what stands on a sheet is the whole questionnaire and
// nobody's name.
func TestSheetPrintsEverything(t *testing.T) {
	t.Parallel()
	p := startOnPaper(t, 0, 6)
	sheets := p.lead.post(p.path + "/paper/sheets").wants(http.StatusOK)
	all := sheets.page().Find(".app-paper")
	if all.Length() != 2 || all.Find(".app-paper__question").Length() != 48 || all.Find(".app-paper__box").Length() != 48*7 || all.Find(".app-paper__comment").Length() != 48 {
		t.Errorf("%d sheets, %d questions, %d boxes", all.Length(), all.Find(".app-paper__question").Length(), all.Find(".app-paper__box").Length())
	}
	sheets.says(".app-paper:first-of-type", "Executive side").says(".app-paper:last-of-type", "Non-executive side").
		says(".app-paper", "Do not write your name").says(".app-paper", "I do not know").says(".app-paper", "Rather not say")
	if strings.Contains(all.Text(), "Member") {
		t.Error("a sheet names somebody")
	}
	v, _ := questionnaire.Load(questionnaire.Latest())
	for _, q := range v.Questions(questionnaire.Core) {
		sheets.says(".app-paper:first-of-type", q.Text).says(".app-paper:first-of-type", q.Anchors[4])
	}
}

// TestKeyedSheetIsNotShown: what was keyed in is on no page, and can be replaced
// as a whole.
func TestKeyedSheetIsNotShown(t *testing.T) {
	t.Parallel()
	p := startOnPaper(t, 0, 1)
	form := p.form(0)
	fields := append(ticked("2"), "c-1.1", "A comment that stands out")
	p.lead.post(form, fields...).wants(http.StatusSeeOther)
	again := p.lead.get(form).wants(http.StatusOK).says("main", "this sheet has been keyed in before")
	if strings.Contains(again.body, "stands out") || again.page().Find("input[checked]").Length() != 0 {
		t.Error("the form shows what was keyed in")
	}
	p.lead.post(form, ticked("5")...).wants(http.StatusSeeOther)
	if n := p.count(`SELECT count(*) FROM answers WHERE choice = 5 AND comment = ''`); n != 24 {
		t.Errorf("%d answers kept of the second keying", n)
	}
	if n := p.count(`SELECT count(*) FROM responses`); n != 1 {
		t.Errorf("%d responses of one sheet", n)
	}
	if n := p.count(`SELECT count(*) FROM audit WHERE deed = 'paper sheet keyed in' AND person_id IS NULL`); n != 2 {
		t.Errorf("%d records", n)
	}
}

// TestKeyingFaults: what was typed is kept and what is wrong is named; what is
// missing is asked about once.
func TestKeyingFaults(t *testing.T) {
	t.Parallel()
	p := startOnPaper(t, 0, 1)
	form := p.form(0)
	p.lead.get(form).wants(http.StatusOK).says("h1", p.codes[0]).says("h1", "Executive side")
	p.lead.post(form).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "at least one question")
	half := ticked("3")[:20]
	half = append(half, "q-3.1", leftEmpty)
	asked := p.lead.post(form, half...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Confirm that the sheet leaves these questions empty")
	if asked.page().Find("input[value='3'][checked]").Length() != 10 {
		t.Error("what was keyed in is not kept on the form")
	}
	wrong := p.lead.post(form, append(ticked("3")[2:], "q-1.1", "9", "c-1.1", strings.Repeat("x", 2001))...).wants(http.StatusUnprocessableEntity)
	wrong.says(".nhsuk-error-summary", "Choose one of the answers to question 1").says(".nhsuk-error-summary", "must be 2,000 characters or fewer")
	if href, _ := wrong.page().Find(".nhsuk-error-summary a").First().Attr("href"); wrong.page().Find(href).Length() != 1 {
		t.Errorf("the summary leads to %s, which is not there", href)
	}
	p.lead.post(form, append(ticked("3"), "q-1.1", "4")...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "sent twice")
	p.lead.do(http.MethodPost, form, "q-1.1=3&c-1.1="+strings.Repeat("x", maxForm), nil).wants(http.StatusUnprocessableEntity)
	if n := p.count(`SELECT count(*) FROM responses`); n != 0 {
		t.Errorf("%d responses after faults alone", n)
	}
	p.lead.post(form, append(half, "missing", "confirm")...).leads(p.path + "/paper?done=keyed")
	for _, c := range [][2]string{{"", "Enter the code"}, {"2222-2222", "no sheet with this code"}, {"<b>", "no sheet"}} {
		p.lead.post(p.path+"/paper/find", "code", c[0]).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", c[1])
	}
	p.lead.get(p.path + "/paper/" + uuid.NewString()).wants(http.StatusNotFound)
	p.lead.get(p.path + "/paper/x").wants(http.StatusNotFound)
	p.mark(0).leads(p.path + "/paper?done=people")
	p.lead.post(p.form(1), ticked("2")...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "As many sheets of this side")
	p.mark().wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "As many sheets of a side")
}

// TestOnPaperCannotAnswerOnline: every page of answering says so.
func TestOnPaperCannotAnswerOnline(t *testing.T) {
	t.Parallel()
	p := startOnPaper(t, 0)
	member := p.as(p.member)
	for _, path := range []string{"", "/questions", "/questions/1.1", "/answers"} {
		member.get(p.path+path).wants(http.StatusConflict).says("h1", "You are down to answer on paper")
	}
	member.post(p.path+"/questions/1.1", "choice", "3").wants(http.StatusConflict)
	member.post(p.path+"/answers", "missing", "confirm").wants(http.StatusConflict)
	member.json = true
	member.post(p.path+"/questions/1.1", "choice", "3").wants(http.StatusConflict)
	p.lead.get(p.path+"/links").says("main", "Answers on paper")
	p.lead.post(p.path+"/links", "person", p.member.String(), "action", "new").leads(p.path + "/links")
	p.lead.post(p.path+"/code-letters", "person", p.member.String()).wants(http.StatusUnprocessableEntity)
	p.answerAll(p.board, p.round, p.board.Members[1], 3)
	p.mark(0, 1).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "submitted online meanwhile")
	p.lead.post(p.path+"/paper", "person", "x").wants(http.StatusUnprocessableEntity)
}

// TestPaperIsForThoseWhoManage: nobody else comes near a sheet.
func TestPaperIsForThoseWhoManage(t *testing.T) {
	t.Parallel()
	p := startOnPaper(t, 0)
	form := p.form(0)
	other := storetest.Trust(t, p.db)
	for who, want := range map[uuid.UUID]int{
		p.board.Chair: http.StatusForbidden, p.board.Facilitator: http.StatusForbidden, p.board.Members[3]: http.StatusForbidden,
		p.board.Observer: http.StatusForbidden, other.Lead: http.StatusNotFound,
	} {
		b := p.as(who)
		for _, r := range []reply{
			b.get(p.path + "/paper"), b.get(form), b.post(form, ticked("1")...), b.post(p.path + "/paper/sheets"),
			b.post(p.path+"/paper/find", "code", p.codes[0]), b.post(p.path + "/paper"),
		} {
			r.wants(want)
		}
	}
}

// TestSheetLooksBack: a sheet of a second round asks on paper what is asked on
// screen, and its answers need not be given.
func TestSheetLooksBack(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	path, _ := s.secondRound(b)
	lead := s.as(b.Lead)
	lead.post(path+"/paper", "person", b.Members[0].String()).leads(path + "/paper?done=people")
	sheet := lead.post(path+"/paper/sheets").wants(http.StatusOK).says(".app-paper", "Knowing what you know now").says(".app-paper", "Last year, which closed on").says(".app-paper", "32. Technology we can rely on")
	if n := sheet.page().Find(".app-paper__box").Length(); n != (24+8)*7 {
		t.Errorf("%d boxes", n)
	}
	code := strings.TrimSpace(sheet.page().Find(".app-paper__code").Text())
	form := lead.post(path+"/paper/find", "code", code).wants(http.StatusSeeOther).header.Get("Location")
	lead.get(form).wants(http.StatusOK).says("main", "This part is optional").says("main", "25. Seeing what is changing")
	lead.post(form, append(ticked("3"), "q-back.1", "9")...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "answers to question 25")
	lead.post(form, "q-back.1", "2").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "at least one question")
	half := lead.post(form, append(ticked("3")[2:], "q-back.1", "2")...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "key them in: question 1")
	if half.page().Find("input[name='q-back.1'][value='2'][checked]").Length() != 1 {
		t.Error("what was keyed in is not kept on the form")
	}
	lead.post(form, append(ticked("3"), "q-back.1", "2")...).leads(path + "/paper?done=keyed")
	var kept int
	err := storetest.Owner(t, s.db).QueryRow(t.Context(), `SELECT count(*) FROM answers WHERE question = 'back.1' AND choice = 2`).Scan(&kept)
	if err != nil || kept != 1 {
		t.Errorf("%d answers that look back, %v", kept, err)
	}
}
