package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"octant/internal/access"
	"octant/internal/store/storetest"
	"octant/web/chart"
)

// TestSuccessorShowsItsPredecessorsLine by the pages alone: one line each, never
// pooled and never compared, and only to whom it may be shown.
func TestSuccessorShowsItsPredecessorsLine(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	old, heir, part := storetest.Trust(t, s.db), storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	before, _ := s.closedRound(old, "Spring of the old", 0)
	s.closedRound(part, "Spring of the part", 1)
	after, _ := s.closedRound(heir, "Autumn of the new", 2)
	pool := storetest.Owner(t, s.db)
	for _, statement := range []string{
		`INSERT INTO organisations (code, opened, closed, seen_on) VALUES ($1, '2000-01-01', current_date - 3, '2026-01-01'), ($3, '2000-01-01', current_date - 3, '2026-01-01'), ($2, '2000-01-01', NULL, '2026-01-01')`,
		`INSERT INTO organisation_names (code, name, from_on, seen_from, seen_to) SELECT c, 'NAME OF ' || c, '2000-01-01', '2026-01-01', '2026-01-01' FROM unnest(ARRAY[$1, $2, $3]::text[]) AS c`,
		`INSERT INTO successions (from_code, to_code, effective, kind, source) VALUES ($1, $2, current_date - 2, 'acquisition', 'ods'), ($3, $2, current_date - 2, 'split', 'ods')`,
	} {
		if _, err := pool.Exec(t.Context(), statement, old.ODS, heir.ODS, part.ODS); err != nil {
			t.Fatal(err)
		}
	}
	trend := "/trusts/" + heir.ODS + "/trend"
	lead, member := s.as(heir.Lead), s.as(heir.Members[0])
	none := lead.get(trend).wants(http.StatusOK).says("main", "The register names 2 trusts that came before this one").says(`main a[href="/register/`+heir.ODS+`"]`, "Who came before")
	if none.page().Find("#chart-lines").Length() != 0 || strings.Contains(none.body, "Spring of the") {
		t.Error("what was not shared is shown")
	}
	lead.get(trend + "/charts/lines.csv").wants(http.StatusNotFound)
	s.rung(old, access.InCircle)
	s.rung(part, access.Public)
	shown := lead.get(trend).wants(http.StatusOK).says("#chart-lines", old.ODS+"), before").says("main", "Nothing is added up").says("main", "joined").
		says("main", "Show its scores")
	if strings.Contains(shown.body, "Spring of the part") {
		t.Error("a trust that was split is drawn without being asked for")
	}
	if n := shown.page().Find("#chart-lines .app-chart__panel").First().Find("polyline").Length(); n != 0 {
		t.Errorf("%d lines join the rounds of two trusts", n)
	}
	lead.get(trend+"?with="+part.ODS).says("#chart-lines", "Spring of the part").says("main", "Hide its scores")
	csv := lead.get(trend + "/charts/lines.csv").wants(http.StatusOK).body
	if n := strings.Count(csv, "\r\n"); n != 1+3*8 || !strings.Contains(csv, "Spring of the old") {
		t.Errorf("the file has %d lines", n)
	}
	lead.get("/trusts/"+heir.ODS+"/audit").says("main", "CSV of scores of trusts before this one")
	for who, b := range map[string]browser{"a member": member, "a viewer": s.as(heir.Viewer)} {
		if got := b.get(trend + "?with=" + part.ODS).wants(http.StatusOK); strings.Contains(got.body, "Spring of the") {
			t.Errorf("%s sees what was shared with leads", who)
		}
		b.get(trend + "/charts/lines.csv").wants(http.StatusNotFound)
	}
	// A merger begins a new series: two rounds of two trusts are never compared.
	lead.get(trend + "/" + before.String() + "/" + after.String()).wants(http.StatusNotFound)
	lead.get("/trusts/" + old.ODS + "/trend").wants(http.StatusNotFound)
	s.as(old.Lead).get("/trusts/"+old.ODS+"/trend").says(".nhsuk-inset-text", "joined").says(".nhsuk-inset-text", "The scores of this trust end there")
	s.rung(old, access.Private)
	if got := lead.get(trend); strings.Contains(got.body, "Spring of the old") {
		t.Error("what was taken back still shows")
	}
}

// TestTooManyTrustsBefore: what the chart leaves out, the page says.
func TestTooManyTrustsBefore(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	heir := storetest.Trust(t, s.db)
	var old []string
	for i := range chart.MostLines {
		b := storetest.Trust(t, s.db)
		s.closedRound(b, fmt.Sprint("Spring ", i), 0)
		s.rung(b, access.InCircle)
		old = append(old, b.ODS)
	}
	pool := storetest.Owner(t, s.db)
	for _, statement := range []string{
		`INSERT INTO organisations (code, opened, closed, seen_on) SELECT c, '2000-01-01', CASE WHEN c <> $1::text THEN current_date - 3 END, '2026-01-01' FROM unnest(array_prepend($1::text, $2::text[])) AS c`,
		`INSERT INTO successions (from_code, to_code, effective, kind, source) SELECT c, $1, current_date - 2, 'merger', 'ods' FROM unnest($2::text[]) AS c`,
	} {
		if _, err := pool.Exec(t.Context(), statement, heir.ODS, old); err != nil {
			t.Fatal(err)
		}
	}
	page := s.as(heir.Lead).get("/trusts/"+heir.ODS+"/trend").says("main", "The register names 6 trusts").says("main", "leave out 1 more trust before this one")
	if n := strings.Count(page.page().Find("#chart-lines .app-chart__key").Text(), ", before"); n != chart.MostLines-1 {
		t.Errorf("%d lines are drawn", n)
	}
}
