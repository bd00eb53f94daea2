package server

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/store/storetest"
)

// closed makes a round to which the whole board gave one level, and closes it.
func (s *site) closed(b storetest.Board, level assessment.Choice) uuid.UUID {
	s.t.Helper()
	round, _ := s.closeRound(b, "Round of "+b.ODS, level)
	return round
}

// rung sets how far a trust shares, by its own page.
func (s *site) rung(b storetest.Board, rung access.Rung) {
	s.t.Helper()
	now := time.Now().UTC()
	s.as(b.Lead).post("/trusts/"+b.ODS+"/sharing", "rung", string(rung), "from-day", now.Format("2"), "from-month", now.Format("1"), "from-year", now.Format("2006")).
		leads("/trusts/" + b.ODS + "/sharing?done=saved")
}

func TestCompareShowsTrustsThatNamedTheViewer(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	one, two, other := storetest.Trust(t, s.db), storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	round := s.closed(one, 4)
	s.closed(two, 2)
	s.closed(other, 5)
	storetest.Join(t, s.db, two.ODS, one.Viewer, access.Viewer)
	b := s.as(one.Viewer)
	r := b.get("/compare").wants(http.StatusOK).says("main", one.Name).says("main", two.Name).says("main", "4.0").says("main", "2.0")
	if strings.Contains(r.body, other.Name) || strings.Contains(r.body, other.ODS) {
		t.Error("a trust that named nobody is shown")
	}
	if href, _ := r.page().Find("#matrix a").First().Attr("href"); href != "/trusts/"+one.ODS+"/rounds/"+round.String()+"/report" {
		t.Errorf("leads to %q", href)
	}
	b.get("/trusts/" + one.ODS + "/rounds/" + round.String() + "/report").wants(http.StatusOK)
	names := func(path string) (all []string) {
		for _, n := range b.get(path).wants(http.StatusOK).page().Find("#matrix tbody th a").EachIter() {
			all = append(all, n.Text())
		}
		return all
	}
	if got := names("/compare"); strings.Join(got, ",") != one.Name+","+two.Name {
		t.Errorf("by name: %v", got)
	}
	if got := names("/compare?order=1"); strings.Join(got, ",") != one.Name+","+two.Name {
		t.Errorf("by score: %v", got)
	}
	b.get("/compare?order=1").says("main", "This is no league table")
	if r := b.get("/compare"); strings.Contains(r.body, "league") {
		t.Error("sorted without having been asked")
	}
	b.get("/compare?type=Ambulance").says("main", "No trust fits what you chose")
	b.get("/compare?at-day=31&at-month=2&at-year=2026").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "There is no such day")
	b.get("/compare?page=9").says("main", "No trust fits")
	b.get("/").says("main", "Compare your trusts")
}

func TestCompareAsAFileSaysWhatThePageSays(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	one, two := storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	s.closed(one, 4)
	s.closed(one, 3)
	storetest.Join(t, s.db, two.ODS, one.Viewer, access.Viewer)
	r := s.as(one.Viewer).get("/compare.csv").wants(http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(r.body)).ReadAll()
	if err != nil || len(rows) != 1+2*8 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if got := strings.Join(rows[1], "|"); !strings.HasPrefix(got, one.Name+"|"+one.ODS+"|Round of "+one.ODS) || !strings.Contains(got, "|3.0|") || !strings.Contains(got, "1.0 lower since") {
		t.Errorf("row %q", got)
	}
	if rows[9][0] != two.Name || rows[9][5] != "No closed round" {
		t.Errorf("row %q", rows[9])
	}
	s.as(one.Lead).get("/trusts/"+one.ODS+"/audit").says("main", "downloaded a comparison of trusts")
	s.as(two.Lead).get("/trusts/"+two.ODS+"/audit").says("main", "downloaded a comparison of trusts")
}

func TestOverTime(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	one, two, other := storetest.Trust(t, s.db), storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	s.closed(one, 2)
	s.closed(one, 3)
	s.closed(two, 4)
	storetest.Join(t, s.db, two.ODS, one.Viewer, access.Viewer)
	b := s.as(one.Viewer)
	b.get("/compare/over-time").wants(http.StatusOK).says("main", "Choose two to six")
	path := "/compare/over-time?trust=" + one.ODS
	b.get(path).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Choose two to six trusts")
	r := b.get(path + "&trust=" + two.ODS).wants(http.StatusOK)
	cells := r.page().Find("table").First().Find("td").Text()
	if !strings.Contains(cells, "2.0") || strings.Index(cells, "2.0") > strings.Index(cells, "3.0") || !strings.Contains(cells, "4.0") {
		t.Errorf("cells %q", cells)
	}
	b.get(path + "&trust=" + other.ODS).wants(http.StatusNotFound)
	csvPath := strings.Replace(path, "over-time", "over-time.csv", 1)
	if got := b.get(csvPath + "&trust=" + two.ODS).wants(http.StatusOK).body; strings.Count(got, one.Name) != 2*8 || strings.Count(got, two.Name) != 8 {
		t.Errorf("file %q", got)
	}
	b.get(csvPath).wants(http.StatusUnprocessableEntity)
}

// TestCompareIsPaged: many trusts stand on pages, and the last page is short.
func TestCompareIsPaged(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	first := storetest.Trust(t, s.db)
	for range trustsPerPage + 1 {
		storetest.Join(t, s.db, storetest.Trust(t, s.db).ODS, first.Viewer, access.Viewer)
	}
	b := s.as(first.Viewer)
	for path, want := range map[string]int{"/compare": trustsPerPage, "/compare?page=2": 2} {
		if got := b.get(path).page().Find("#matrix tbody tr").Length(); got != want {
			t.Errorf("%s: %d rows, want %d", path, got, want)
		}
	}
	if href, _ := b.get("/compare?order=2").page().Find(".nhsuk-pagination a").First().Attr("href"); href != "/compare?order=2&page=2" {
		t.Errorf("next page is %q", href)
	}
}
