package server

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/store/storetest"
)

// TestWhatChangesWhileAPageIsMadeIsNotKept has a trust share its scores, and take
// that back, while the page of its successor is being made: after its stamp was
// read and before its figures are. Nobody sees them once they are taken back. A
// note that was changed and changed back likewise.
func TestWhatChangesWhileAPageIsMadeIsNotKept(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	old, heir := storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	s.closedRound(old, "Spring of the old", 0)
	s.closedRound(heir, "Autumn of the new", 2)
	pool := storetest.Owner(t, s.db)
	for _, statement := range []string{
		`INSERT INTO organisations (code, opened, closed, seen_on) VALUES ($1, '2000-01-01', current_date - 3, '2026-01-01'), ($2, '2000-01-01', NULL, '2026-01-01')`,
		`INSERT INTO organisation_names (code, name, from_on, seen_from, seen_to) SELECT c, 'NAME OF ' || c, '2000-01-01', '2026-01-01', '2026-01-01' FROM unnest(ARRAY[$1, $2]::text[]) AS c`,
		`INSERT INTO successions (from_code, to_code, effective, kind, source) VALUES ($1, $2, current_date - 2, 'acquisition', 'ods')`,
	} {
		if _, err := pool.Exec(t.Context(), statement, old.ODS, heir.ODS); err != nil {
			t.Fatal(err)
		}
	}
	trend := "/trusts/" + heir.ODS + "/trend"
	lead := s.as(heir.Lead)
	note := []string{"on-day", "3", "on-month", "2", "on-year", "2099", "text"}
	lead.post(trend+"/notes", append(note, "As it was")...).leads(trend + "/notes?done=added")
	href, _ := lead.get(trend + "/notes").page().Find(`main a[href*="/trend/notes/"]`).Attr("href")

	held, err := pgx.Connect(t.Context(), storetest.OwnerURL(t, s.db))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = held.Close(context.WithoutCancel(t.Context())) })
	tx, err := held.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `LOCK TABLE changes IN ACCESS EXCLUSIVE MODE`); err != nil { // what the figures need, and the stamp does not
		t.Fatal(err)
	}
	made := make(chan reply)
	go func() { made <- lead.get(trend) }()
	for waits := false; !waits; {
		err := pool.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'changes'::regclass AND NOT granted)`).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
	}
	s.rung(old, access.InCircle)
	lead.post(href, append(note, "As it was for a moment")...).leads(trend + "/notes?done=changed")
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	between := <-made
	between.wants(http.StatusOK).says("main", "Spring of the old")
	s.rung(old, access.Private)
	lead.post(href, append(note, "As it was")...).leads(trend + "/notes?done=changed")
	for range 2 {
		got := lead.get(trend).wants(http.StatusOK).says("main", "As it was")
		if strings.Contains(got.body, "Spring of the old") || strings.Contains(got.body, "for a moment") {
			t.Fatal("what was taken back is still shown")
		}
	}
}
