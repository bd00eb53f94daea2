package server

import (
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/audit"
	"octant/internal/questionnaire"
	"octant/internal/store/storetest"
)

// journey takes a board through a whole round by the pages: made, planned anew,
// opened, answered with the given choice and words, closed, read and exported.
func (s *site) journey(b storetest.Board, choice assessment.Choice, words string) {
	s.t.Helper()
	lead := s.as(b.Lead)
	plan := []string{"title", "Autumn", "form", "core"}
	for name, day := range map[string]time.Time{"opens": time.Now(), "closes": time.Now().AddDate(0, 0, 14)} {
		for part, layout := range map[string]string{"day": "2", "month": "1", "year": "2006"} {
			plan = append(plan, name+"-"+part, day.Format(layout))
		}
	}
	made := lead.post("/trusts/"+b.ODS+"/rounds", plan...).wants(http.StatusSeeOther).header.Get("Location")
	path := strings.TrimSuffix(made, "/people")
	lead.post(path+"/edit", plan...).wants(http.StatusSeeOther)
	var asked []string
	for _, m := range b.Members {
		asked = append(asked, "person", m.String())
	}
	lead.post(path+"/people", asked...).wants(http.StatusSeeOther)
	lead.post(path + "/open").wants(http.StatusSeeOther)
	round := uuid.MustParse(path[strings.LastIndex(path, "/")+1:])
	before := s.entries(b)
	for _, m := range b.Members {
		s.as(m).post(path+"/questions/1.1", "choice", "2", "comment", words, "evidence", words, "action", "continue").wants(http.StatusSeeOther)
		s.answerRest(b, round, m, choice)
	}
	if after := s.entries(b); after != before {
		s.t.Errorf("answering left %d entries", after-before)
	}
	lead.post(path+"/close", "confirm", "yes").wants(http.StatusSeeOther)
	for _, file := range []string{"/report.json", "/report.csv", "/report/charts/profile.csv"} {
		s.as(b.Observer).get(path + file).wants(http.StatusOK)
		s.as(b.Observer).do(http.MethodHead, path+file, "", nil).wants(http.StatusOK)
	}
	s.as(b.Observer).get(path + "/report/charts/none.csv").wants(http.StatusNotFound)
}

// answerRest answers every question but the first, and submits.
func (s *site) answerRest(b storetest.Board, round, member uuid.UUID, choice assessment.Choice) {
	s.t.Helper()
	v, err := questionnaire.Load(questionnaire.Latest())
	if err != nil {
		s.t.Fatal(err)
	}
	path := "/trusts/" + b.ODS + "/rounds/" + round.String()
	for _, q := range v.Questions(questionnaire.Core)[1:] {
		if _, err := s.db.SaveAnswer(s.t.Context(), member, b.ODS, round, assessment.Answer{Question: q.Key, Choice: choice}, time.Now()); err != nil {
			s.t.Fatal(err)
		}
	}
	s.as(member).post(path+"/answers", "action", "submit").wants(http.StatusSeeOther)
}

// entries counts a trust's record.
func (s *site) entries(b storetest.Board) (n int) {
	s.t.Helper()
	if err := storetest.Owner(s.t, s.db).QueryRow(s.t.Context(), `SELECT count(*) FROM audit WHERE ods = $1`, b.ODS).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// exportedRecord is the record as a spreadsheet has it.
func (b browser) exportedRecord(ods string) [][]string {
	b.site.t.Helper()
	r := b.get("/trusts/" + ods + "/audit.csv").wants(http.StatusOK)
	if got := r.header.Get("Content-Disposition"); !strings.HasPrefix(got, "attachment;") {
		b.site.t.Errorf("the record comes as %q", got)
	}
	rows, err := csv.NewReader(strings.NewReader(r.body)).ReadAll()
	if err != nil {
		b.site.t.Fatal(err)
	}
	return rows[1:]
}

// TestRecordTellsTheJourneyAndNoAnswer: two boards go the same way and answer
// differently. Their records differ in nothing but who they are.
func TestRecordTellsTheJourneyAndNoAnswer(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	one, two := storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	s.journey(one, 5, "We are splendid at this, zebra")
	s.journey(two, 1, "Nobody knows, walrus")
	told := func(b storetest.Board) (all []string) {
		for _, row := range s.as(b.Lead).exportedRecord(b.ODS) {
			all = append(all, strings.ReplaceAll(strings.Join(row[2:3], " ")+" "+strings.Join(row[4:9], " "), b.ODS, "CODE"))
		}
		slices.Sort(all[1:14]) // the order in which people are put on a list is nobody's
		return all
	}
	first, second := told(one), told(two)
	if !slices.Equal(first, second) {
		t.Errorf("the records differ:\n%s\n\n%s", strings.Join(first, "\n"), strings.Join(second, "\n"))
	}
	all := strings.Join(first, "\n")
	for _, want := range []string{
		"lead of CODE made the round ‘Autumn’", "lead of CODE changed the plan of the round ‘Autumn’", "put Member 07 of CODE on the list",
		"lead of CODE opened the round ‘Autumn’", "lead of CODE closed the round ‘Autumn’",
		"observer of CODE exported the report of the round ‘Autumn’ (JSON)", "(CSV of the chart profile)", "lead of CODE exported this record",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the record does not say %q:\n%s", want, all)
		}
	}
	if n := strings.Count(all, "exported the report of the round ‘Autumn’ ("); n != 3 {
		t.Errorf("three files were taken, and %d are recorded", n)
	}
	for _, b := range []storetest.Board{one, two} {
		page := s.as(b.Lead).get("/trusts/" + b.ODS + "/audit").wants(http.StatusOK)
		if strings.Contains(page.body, "zebra") || strings.Contains(page.body, "walrus") {
			t.Error("the record says what somebody wrote")
		}
		page.says("main", "lead of "+b.ODS+" opened the round ‘Autumn’").says("main", "Checked: no entry on this page was altered")
	}
}

func TestRecordOnThePage(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	lead := s.as(b.Lead)
	path := "/trusts/" + b.ODS + "/audit"
	lead.get("/trusts/"+b.ODS).says("main", "Record of what was done")
	lead.get(path).wants(http.StatusOK).says("main", "Nothing has been recorded yet")
	for n := range 5 {
		s.openRound(b, fmt.Sprintf("Round <b>%d</b>", n)) // fourteen entries each
	}
	page := lead.get(path).wants(http.StatusOK)
	if rows := page.page().Find("tbody tr"); rows.Length() != 50 || strings.Join(strings.Fields(rows.First().Find("th").Text()), " ") != "Entry 70" {
		t.Errorf("the page has %d rows and begins with %q", rows.Length(), rows.First().Find("th").Text())
	}
	page.says("tbody tr:first-child", "opened the round ‘Round <b>4</b>’")
	older, there := page.page().Find("a[rel=next]").Attr("href")
	if !there || page.page().Find("a[rel=prev]").Length() != 0 {
		t.Fatal("the newest page does not lead to the older alone")
	}
	second := lead.get(older).wants(http.StatusOK)
	if n := second.page().Find("tbody tr").Length(); n != 20 {
		t.Errorf("the last page has %d rows", n)
	}
	newer, _ := second.page().Find("a[rel=prev]").Attr("href")
	if back := lead.get(newer).wants(http.StatusOK); back.page().Find("tbody").Text() != page.page().Find("tbody").Text() {
		t.Error("the way back leads to another page")
	}
	rounds := lead.get(path + "?kind=" + string(audit.Rounds)).wants(http.StatusOK)
	if n := rounds.page().Find("tbody tr").Length(); n != 10 || rounds.page().Find("option[selected]").AttrOr("value", "") != "rounds" {
		t.Errorf("%d entries about rounds, want 10", n)
	}
	lead.get(path+"?kind=clearing").wants(http.StatusOK).says("main", "There is no entry of this kind")
	for _, odd := range []string{"?before=x", "?before=-4", "?after=999", "?kind=%27", "?before=1", "?before=99999999999999999999", "?before=5&after=5"} {
		lead.get(path + odd).wants(http.StatusOK)
	}
}

func TestAlteredRecordShowsOnThePage(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	s.openRound(b, "Autumn")
	storetest.Change(t, s.db, `UPDATE audit SET actor = $2 WHERE ods = $1 AND seq = 14`, b.ODS, b.Chair)
	page := s.as(b.Lead).get("/trusts/"+b.ODS+"/audit").wants(http.StatusOK).
		says("main", "This record has been altered").says("main", "1 entry on this page does not fit").says("tbody tr:first-child", "Does not fit")
	if strings.Contains(page.body, "Checked: no entry") {
		t.Error("it is said to hold all the same")
	}
}

// TestExportedRecordCanBeChecked: what is in the file is enough to compute every
// digest again, and nothing in it runs in a spreadsheet.
func TestExportedRecordCanBeChecked(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	s.openRound(b, "=HYPERLINK(1)")
	lead := s.as(b.Lead)
	lead.do(http.MethodHead, "/trusts/"+b.ODS+"/audit.csv", "", nil).wants(http.StatusOK)
	rows := lead.exportedRecord(b.ODS)
	if len(rows) != 15 {
		t.Fatalf("%d rows, want 14 and the export itself", len(rows))
	}
	id := func(text string) uuid.UUID {
		if text == "" {
			return uuid.Nil
		}
		return uuid.MustParse(text)
	}
	var chain audit.Chain
	for i, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") {
				t.Errorf("row %d has a formula: %q", i, cell)
			}
		}
		at, err := time.Parse(time.RFC3339Nano, row[3])
		if err != nil {
			t.Fatal(err)
		}
		e := audit.Entry{
			ODS: b.ODS, Seq: int64(i + 1), At: at, Deed: audit.Deed(row[5]), Detail: strings.TrimPrefix(row[8], "'"),
			Actor: id(row[9]), Person: id(row[10]), Round: id(row[11]),
		}
		raw, err := hex.DecodeString(row[12])
		if err != nil || len(raw) != 32 {
			t.Fatalf("digest %q: %v", row[12], err)
		}
		if err := chain.Add(e, audit.Digest(raw)); err != nil {
			t.Errorf("row %d: %v", i, err)
		}
	}
}

func TestRecordIsForTheLead(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	s.openRound(b, "Autumn")
	before := s.entries(b)
	for _, person := range []uuid.UUID{b.Chair, b.Facilitator, b.Members[0], b.Observer, b.Viewer} {
		for _, path := range []string{"/audit", "/audit.csv"} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				s.as(person).do(method, "/trusts/"+b.ODS+path, "", nil).wants(http.StatusForbidden)
			}
		}
	}
	if after := s.entries(b); after != before {
		t.Errorf("those who were refused left %d entries", after-before)
	}
}
