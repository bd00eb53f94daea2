package server

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store/storetest"
	"octant/web/page"
)

// planned makes a draft that asks so many of the board, from so many days from
// now for a fortnight, and gives its address.
func (s *site) planned(b storetest.Board, asked, days int) (uuid.UUID, string) {
	s.t.Helper()
	now := time.Now()
	lead := storetest.Enter(s.t, s.db, b.Lead, b.ODS)
	r, err := lead.CreateRound(s.t.Context(), assessment.Round{
		Title: "Spring", Form: questionnaire.Core, Questionnaire: questionnaire.Latest(),
		OpensOn: assessment.Today(now).AddDate(0, 0, days), ClosesOn: assessment.Today(now).AddDate(0, 0, days+14),
	}, now)
	if err == nil {
		err = lead.SetAsked(s.t.Context(), r.ID, b.Members[:asked], now)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return r.ID, "/trusts/" + b.ODS + "/rounds/" + r.ID.String()
}

// meddle alters a round behind the program's back, as time would.
func (s *site) meddle(round uuid.UUID, set string, args ...any) {
	s.t.Helper()
	storetest.Change(s.t, s.db, `UPDATE rounds SET `+set+` WHERE id = $1`, append([]any{round}, args...)...)
}

// date is a day as a form sends it.
func date(name string, day time.Time) []string {
	return []string{name + "-day", strconv.Itoa(day.Day()), name + "-month", strconv.Itoa(int(day.Month())), name + "-year", strconv.Itoa(day.Year())}
}

func TestLeadLetsARoundOpenByItself(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.planned(b, 12, 5)
	lead, opens := s.as(b.Lead), page.Day(assessment.Today(time.Now()).AddDate(0, 0, 5))
	lead.get(path+"/manage").wants(http.StatusOK).says("button", "Open it by itself on "+opens+" at 8am").says("main", "take that back")
	lead.post(path+"/clock", "clock", "yes").leads(path + "/manage?done=timed")
	lead.get(path+"/manage?done=timed").says("main", "The round opens by itself on "+opens+" at 8am").
		says(".nhsuk-notification-banner", "will open by itself").says("button", "Do not open it by itself")
	s.as(b.Chair).get(path + "/manage").wants(http.StatusNotFound) // a draft is for the lead
	lead.get("/trusts/"+b.ODS).says("main", "Opens by itself on "+opens)
	lead.post(path+"/clock", "clock", "no").leads(path + "/manage?done=untimed")
	lead.get(path+"/manage").says("main", "Planned to open")
	lead.post(path+"/clock").wants(http.StatusUnprocessableEntity).says("main", "Choose whether")
	s.as(b.Members[0]).post(path+"/clock", "clock", "yes").wants(http.StatusForbidden)
}

func TestRoundThatCannotOpenByItselfSaysWhy(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	lead := s.as(b.Lead)
	few, fewPath := s.planned(b, 4, 5)
	if lead.get(fewPath+"/manage").page().Find("form[action$='/clock'], [formaction$='/clock']").Length() != 0 {
		t.Error("a round that asks four people is offered to open by itself")
	}
	lead.post(fewPath+"/clock", "clock", "yes").wants(http.StatusUnprocessableEntity).says("main", "at least five people")
	s.meddle(few, `by_clock = true`)
	lead.get(fewPath+"/manage").says("main", "only if at least 5 people are asked by then").says("button", "Do not open it by itself")
	_, late := s.planned(b, 12, -1)
	lead.get(late+"/manage").says("main", "cannot open by itself any more").says("button", "Open it now")
	lead.post(late+"/clock", "clock", "yes").wants(http.StatusUnprocessableEntity).says("main", "has passed")
	_, over := s.planned(b, 12, -20)
	if lead.get(over+"/manage").says("main", "is over").page().Find("form[action$='/open']").Length() != 0 {
		t.Error("a round whose last day is over has a button that opens it")
	}
	lead.post(over+"/open").wants(http.StatusUnprocessableEntity).says("main", "The last day to answer is over")
	_, open := s.openRound(b, "Open")
	lead.post(open+"/clock", "clock", "no").leads(open + "/manage")
}

func TestOpenRoundClosesByItselfAndCanBePutOff(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	round, path := s.planned(b, 12, 0)
	lead, closes := s.as(b.Lead), assessment.Today(time.Now()).AddDate(0, 0, 14)
	lead.post(path + "/open").leads(path + "/manage?done=open")
	lead.get(path+"/manage").says("main", "closes by itself at the end of "+page.Day(closes))
	s.as(b.Chair).get(path+"/manage").wants(http.StatusOK).says("main", "closes by itself")
	if s.as(b.Chair).get(path+"/manage").page().Find("a[href*='/asked/'], a[href$='/closing-day'], main form").Length() != 0 {
		t.Error("the chair is offered what only the lead can do")
	}
	form := path + "/closing-day"
	lead.get(form).wants(http.StatusOK).says("main", page.Day(closes))
	lead.post(form, date("closes", closes)...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "must be after "+page.Day(closes))
	wrong := lead.post(form, "closes-day", "31", "closes-month", "2", "closes-year", "2027").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "no such day")
	if got := wrong.page().Find("input[name=closes-day]").AttrOr("value", ""); got != "31" {
		t.Errorf("what was typed comes back as %q", got)
	}
	later := closes.AddDate(0, 0, 7)
	lead.post(form, date("closes", later)...).leads(path + "/manage?done=closing-day")
	lead.get(path+"/manage").says("main", "closes by itself at the end of "+page.Day(later))
	s.as(b.Members[0]).get(path).says("main", "You can answer until the end of "+page.Day(later))
	for _, who := range []uuid.UUID{b.Chair, b.Members[0]} {
		s.as(who).get(form).wants(http.StatusForbidden)
		s.as(who).post(form, date("closes", later.AddDate(0, 0, 1))...).wants(http.StatusForbidden)
	}
	s.meddle(round, `by_clock = false`)
	lead.get(path+"/manage").says("main", "until you close it")
	lead.post(path+"/close", "confirm", "yes").wants(http.StatusSeeOther)
	lead.get(form).wants(http.StatusConflict)
	lead.post(form, date("closes", later.AddDate(0, 0, 1))...).wants(http.StatusConflict)
}

func TestMoreTimeAndAway(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	round, path := s.openRound(b, "Autumn")
	lead, closes := s.as(b.Lead), assessment.Today(time.Now()).AddDate(0, 0, 14)
	one := path + "/asked/" + b.Members[0].String()
	lead.get(path+"/manage").says("main dl a", "Change the time that Member 01")
	lead.get(one).wants(http.StatusOK).says("h1", "Member 01").says("main", "up to 28 days more")
	lead.post(one+"/time", date("until", closes.AddDate(0, 0, 29))...).wants(http.StatusUnprocessableEntity).
		says(".nhsuk-error-summary", "no later than "+page.Day(closes.AddDate(0, 0, 28)))
	lead.post(one+"/time", date("until", closes)...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "must be after")
	lead.post(one+"/time").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Enter a day")
	until := closes.AddDate(0, 0, 3)
	lead.post(one+"/time", date("until", until)...).leads(path + "/manage?done=time")
	lead.get(path+"/manage").says("main", "Has until "+page.Day(until)).says("main", "Only those with more time can answer after "+page.Day(closes))
	s.as(b.Members[0]).get(path).says("main", "You can answer until the end of "+page.Day(until))
	s.as(b.Members[1]).get(path).says("main", "You can answer until the end of "+page.Day(closes))
	lead.get(one).says("main", "has until "+page.Day(until)).says("button", "Take back the extra time")
	lead.post(one+"/time", "action", "end").leads(path + "/manage?done=time-ended")
	s.as(b.Members[0]).get(path).says("main", "You can answer until the end of "+page.Day(closes))

	lead.post(one+"/away", "away", "yes").leads(path + "/manage?done=away")
	lead.get(path+"/manage").says("main", "Away: gets no reminders").says("main", "0 of 12")
	lead.get(one).says("button", "Mark as back")
	lead.post(one+"/away", "away", "no").leads(path + "/manage?done=back")
	lead.post(one + "/away").wants(http.StatusUnprocessableEntity)

	for _, address := range []string{path + "/asked/" + b.Observer.String(), path + "/asked/" + uuid.NewString(), path + "/asked/x"} {
		lead.get(address).wants(http.StatusNotFound)
		lead.post(address+"/time", date("until", until)...).wants(http.StatusNotFound)
		lead.post(address+"/away", "away", "yes").wants(http.StatusNotFound)
	}
	for _, who := range []uuid.UUID{b.Chair, b.Facilitator, b.Members[0]} {
		s.as(who).get(one).wants(http.StatusForbidden)
		s.as(who).post(one+"/time", date("until", until)...).wants(http.StatusForbidden)
		s.as(who).post(one+"/away", "away", "yes").wants(http.StatusForbidden)
	}
	s.meddle(round, `by_clock = false`)
	lead.get(one).says("main", "nobody needs more time")
	lead.post(one+"/time", date("until", until)...).wants(http.StatusConflict)
	lead.post(path+"/close", "confirm", "yes").wants(http.StatusSeeOther)
	lead.get(one).wants(http.StatusConflict)
	lead.post(one+"/away", "away", "yes").wants(http.StatusConflict)
}

// TestWhoseTimeIsOverIsToldWhenItEnded, and keeps what they typed in sight.
func TestWhoseTimeIsOverIsToldWhenItEnded(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	round, path := s.openRound(b, "Autumn")
	late, begun, sent, fresh := b.Members[0], s.as(b.Members[1]), s.as(b.Members[2]), s.as(b.Members[3])
	begun.post(path+"/questions/1.1", "choice", "3").wants(http.StatusSeeOther)
	s.answerAll(b, round, b.Members[2], 4)
	yesterday := assessment.Today(time.Now()).AddDate(0, 0, -1)
	s.as(b.Lead).post(path+"/asked/"+late.String()+"/time", date("until", yesterday.AddDate(0, 0, 20))...).wants(http.StatusSeeOther)
	s.meddle(round, `opens_on = $2, closes_on = $3`, yesterday.AddDate(0, 0, -14), yesterday)
	ended := "Your time to answer ended at the end of " + page.Day(yesterday)

	for _, address := range []string{path, path + "/questions", path + "/questions/1.1"} {
		begun.get(address).leads(path + "/answers")
	}
	begun.get(path+"/answers").says("main", ended+" before you submitted").says("h1", "Your answers")
	sent.get(path+"/answers").says("main", ended+". You submitted these answers")
	fresh.get(path+"/answers").says("main", ended)
	for _, p := range []browser{begun, sent, fresh} {
		if p.get(path+"/answers").page().Find("main form, main dd a").Length() != 0 {
			t.Error("somebody whose time is over is offered to change or submit answers")
		}
		p.post(path+"/answers", "missing", "confirm").wants(http.StatusConflict).says("main", "Your last day was "+page.Day(yesterday))
	}
	late409 := begun.post(path+"/questions/1.2", "choice", "2", "comment", "typed too late").wants(http.StatusConflict)
	late409.says("main", ended).says("main", "typed too late")
	if strings.Contains(late409.body, path+"/mine") {
		t.Error("a report is promised that there is not")
	}
	script := begun
	script.json = true
	if got := script.post(path+"/questions/1.2", "choice", "2").wants(http.StatusConflict).body; !strings.Contains(got, "ended on "+page.Day(yesterday)) {
		t.Errorf("the page's script is told %s", got)
	}
	if strings.Contains(begun.get("/").body, path) {
		t.Error("the home page says that the round waits")
	}
	s.as(late).get("/").says("main", "Autumn")
	s.as(late).post(path+"/questions/1.1", "choice", "3").wants(http.StatusSeeOther)
	s.meddle(round, `by_clock = false`)
	begun.post(path+"/questions/1.2", "choice", "2", "revision", "0").wants(http.StatusSeeOther)
}
