package server

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"octant/internal/access"
	"octant/internal/store/storetest"
)

// TestKeptPagesFollowReaderDayAndAddress: roles that are given and taken, a day
// that begins, and each page of several are shown as they are when asked for.
func TestKeptPagesFollowReaderDayAndAddress(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b, other := storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	_, path := s.closedRound(b, "Round 1", 0)
	for _, title := range []string{"Round 2", "Round 3", "Round 4", "Round 5", "Round 6", "Round 7"} {
		s.closedRound(b, title, 0)
	}
	s.closedRound(other, "Of the other", 3)
	trend := "/trusts/" + b.ODS + "/trend"
	pool := storetest.Owner(t, s.db)
	sql := func(statement string, args ...any) {
		t.Helper()
		if _, err := pool.Exec(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	member := s.as(b.Members[0])
	sees := func(address, selector string, want int) {
		t.Helper()
		for range 2 { // as it is made, and as it is kept
			if n := member.get(address).wants(http.StatusOK).page().Find(selector).Length(); n != want {
				t.Errorf("%s: %d of %s, want %d", address, n, selector, want)
			}
		}
	}
	notes, disclosure := `a[href$="/trend/notes"]`, `a[href="`+path+`/report/disclosure"]`
	sees(trend, notes, 0)
	sees(path+"/report", disclosure, 0)
	storetest.Join(t, s.db, b.ODS, b.Members[0], access.Lead)
	sees(trend, notes, 1)
	sees(path+"/report", disclosure, 1)
	sql(`DELETE FROM memberships WHERE ods = $1 AND person_id = $2 AND role = 'lead'`, b.ODS, b.Members[0])
	sees(trend, notes, 0)
	sees(path+"/report", disclosure, 0)

	row := func(title string) string {
		return `main table th:contains("` + title + `"), main table td:contains("` + title + `")`
	}
	for range 2 {
		member.get(trend).says("main table", "Round 7")
		member.get(trend+"?page=2").says("main table", "Round 1")
	}
	if member.get(trend).page().Find(row("Round 1")).Length() != 0 || member.get(trend+"?page=2").page().Find(row("Round 7")).Length() != 0 {
		t.Error("one page of rounds is shown for another")
	}

	storetest.Join(t, s.db, other.ODS, b.Viewer, access.Viewer)
	viewer := s.as(b.Viewer)
	first := func(address string) string {
		t.Helper()
		return strings.TrimSpace(viewer.get(address).wants(http.StatusOK).page().Find("#matrix tbody tr").First().Find("a").First().Text())
	}
	for range 2 {
		if byScore := first("/compare?order=1"); !strings.Contains(byScore, other.Name) {
			t.Errorf("by score the first is %q", byScore)
		}
		viewer.get("/compare?order=1").says("main", "This is no league table")
		if got := viewer.get("/compare"); strings.Contains(got.body, "This is no league table") {
			t.Error("by name it is said to be sorted by score")
		}
	}
	if another := s.as(other.Lead).get("/compare"); another.status != http.StatusNotFound {
		t.Errorf("who looks after one trust sees it compared: %d", another.status)
	}

	sql(`INSERT INTO organisations (code, opened, closed, seen_on) VALUES ($1, '2000-01-01', NULL, '2026-01-01'), ('ZZ9', '2000-01-01', NULL, '2026-01-01')`, b.ODS)
	sql(`INSERT INTO organisation_names (code, name, from_on, seen_from, seen_to) SELECT c, 'NAME OF ' || c, '2000-01-01', '2026-01-01', '2026-01-01' FROM unnest(ARRAY[$1, 'ZZ9']::text[]) AS c`, b.ODS)
	sql(`INSERT INTO successions (from_code, to_code, effective, kind, source) VALUES ($1, 'ZZ9', $2, 'acquisition', 'ods')`, b.ODS, time.Now().AddDate(0, 0, 2))
	sees(trend, ".nhsuk-inset-text", 0)
	s.turn()(3 * 24 * time.Hour)
	member = s.as(b.Members[0])
	sees(trend, ".nhsuk-inset-text", 1)
}
