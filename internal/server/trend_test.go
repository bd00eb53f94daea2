package server

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/store/storetest"
)

// closedRound is a closed round of a board, to which its members answered one
// after the other 1, 2 and 3, and so many levels more.
func (s *site) closedRound(b storetest.Board, title string, more int) (uuid.UUID, string) {
	s.t.Helper()
	least := assessment.Choice(1 + more)
	return s.closeRound(b, title, least, least+1, least+2)
}

func TestTrendFromNothingToTwoRounds(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	trend := "/trusts/" + b.ODS + "/trend"
	observer := s.as(b.Observer)
	observer.get(trend).wants(http.StatusOK).says("main", "No round has closed yet")
	observer.get(trend + "/charts/trend.csv").wants(http.StatusNotFound)
	first, firstPath := s.closedRound(b, "Spring", 0)
	observer.get(trend).wants(http.StatusOK).says("main", "1 round has closed")
	second, _ := s.closedRound(b, "Autumn", 1)
	got := observer.get(trend).wants(http.StatusOK)
	got.says("main table", "Spring").says("main table", "Autumn").says("main table", "The same as before").says("main table", "12 of 12")
	page := got.page()
	if n := page.Find(".app-chart__panel").Length(); n != 8 {
		t.Errorf("%d small drawings, want one an element", n)
	}
	change := trend + "/" + first.String() + "/" + second.String()
	if page.Find(`a[href="`+change+`"]`).Length() == 0 || page.Find(`a[href="`+firstPath+`/report"]`).Length() == 0 {
		t.Error("the page does not lead to the change and to the reports")
	}
	if page.Find(`a[href$="/trend/notes"]`).Length() > 0 {
		t.Error("an observer is led to the notes")
	}
	observer.get("/trusts/"+b.ODS).says("main", "How scores have changed")
	observer.get(firstPath+"/report").says("main", "How this has changed")
	csv := observer.get(trend + "/charts/trend.csv").wants(http.StatusOK).body
	if lines := strings.Split(strings.TrimSpace(csv), "\r\n"); len(lines) != 1+8*2 || !strings.HasPrefix(lines[0], "Element,Round,Closed,Questions,Score") {
		t.Errorf("the file has %d lines: %.200s", len(lines), csv)
	}
}

func TestTwoRoundsBesideEachOther(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	first, _ := s.closedRound(b, "Spring", 0)
	second, _ := s.closedRound(b, "Autumn", 1)
	third, _ := s.closedRound(b, "Winter", 1)
	trend, member := "/trusts/"+b.ODS+"/trend", s.as(b.Members[3])
	got := member.get(trend + "/" + first.String() + "/" + second.String()).wants(http.StatusOK)
	got.says("h1", "Spring and Autumn").says("main", "8 elements moved up").says("main", "the stronger test").says("main table", "+1.0")
	got.says("main", "People asked: the same as before")
	far := member.get(trend + "/" + first.String() + "/" + third.String()).wants(http.StatusOK)
	far.says("main", "there were others between these two").says("main", "weaker")
	still := member.get(trend + "/" + second.String() + "/" + third.String()).wants(http.StatusOK)
	still.says("main", "No element clearly moved")
	for path, rows := range map[string]int{".csv": 1 + 8 + 24, "/charts/slope.csv": 1 + 8} {
		csv := member.get(trend + "/" + first.String() + "/" + second.String() + path).wants(http.StatusOK).body
		if lines := strings.Split(strings.TrimSpace(csv), "\r\n"); len(lines) != rows || !strings.Contains(csv, "Moved up") {
			t.Errorf("%s has %d lines, want %d: %.300s", path, len(lines), rows, csv)
		}
	}
	for _, path := range []string{"/" + second.String() + "/" + first.String(), "/" + first.String() + "/" + first.String(), "/x/y", "/" + first.String() + "/" + uuid.NewString()} {
		member.get(trend + path).wants(http.StatusNotFound)
	}
	// Whichever is named first, the earlier stands first.
	for _, query := range []string{"?from=" + first.String() + "&to=" + third.String(), "?from=" + third.String() + "&to=" + first.String()} {
		member.get(trend + "/compare" + query).leads(trend + "/" + first.String() + "/" + third.String())
	}
	member.get(trend+"/compare?from="+first.String()+"&to="+first.String()).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "two different rounds")
	member.get(trend+"/compare").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Select two rounds")
	member.get(trend + "?page=99").wants(http.StatusOK)
	member.get(trend + "?page=x").wants(http.StatusOK)
}

func TestLeadKeepsTheTimeLine(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	s.closedRound(b, "Spring", 0)
	trend := "/trusts/" + b.ODS + "/trend"
	lead, member := s.as(b.Lead), s.as(b.Members[0])
	lead.get(trend).says("main", "Add or change notes")
	day := []string{"on-day", "3", "on-month", "2", "on-year", "2099"}
	lead.post(trend+"/notes", append(day, "text", nasty)...).leads(trend + "/notes?done=added")
	got := member.get(trend).wants(http.StatusOK).says("main", nasty).says("main", "3 February 2099")
	if d := got.page(); d.Find("main script, main img").Length() > 0 {
		t.Error("a note is taken for more than words")
	}
	lead.post(trend+"/notes", "text", "", "on-day", "31", "on-month", "2", "on-year", "2026").wants(http.StatusUnprocessableEntity).
		says(".nhsuk-error-summary", "Enter what happened").says(".nhsuk-error-summary", "There is no such day")
	lead.post(trend+"/notes", append(day, "text", strings.Repeat("x", 121))...).wants(http.StatusUnprocessableEntity).says("main", "120 characters or fewer")
	href, _ := lead.get(trend+"/notes?done=added").says("main", "The note is on the time line").page().Find(`main a[href*="/trend/notes/"]`).Attr("href")
	lead.get(href).wants(http.StatusOK)
	lead.post(href, append(day, "text", " ")...).wants(http.StatusUnprocessableEntity)
	lead.post(href, append(day, "text", "New chair")...).leads(trend + "/notes?done=changed")
	member.get(trend).says("main", "New chair")
	for path, status := range map[string]int{trend + "/notes": http.StatusForbidden, href: http.StatusForbidden} {
		member.get(path).wants(status)
		member.post(path, append(day, "text", "mine")...).wants(status)
	}
	member.post(href + "/remove").wants(http.StatusForbidden)
	lead.post(href + "/remove").leads(trend + "/notes?done=removed")
	lead.post(href + "/remove").leads(trend + "/notes?done=removed")
	lead.get(href).wants(http.StatusNotFound)
	lead.get(trend + "/notes/x").wants(http.StatusNotFound)
	if words := member.get(trend).page().Find("main").Text(); strings.Contains(words, "New chair") {
		t.Error("a note that was removed still shows")
	}
	lead.get("/trusts/"+b.ODS+"/audit").says("main", "put a note on the time line").says("main", "took a note off the time line")
}
