package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// record is a trust's whole record, oldest first, page by page from the end.
func record(t *testing.T, lead *store.Trust, deeds ...audit.Deed) []store.AuditEntry {
	t.Helper()
	var all []store.AuditEntry
	q := store.AuditQuery{Deeds: deeds}
	for {
		page, err := lead.Audit(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Entries...)
		if !page.Older {
			slices.Reverse(all)
			return all
		}
		q.Before = page.Entries[len(page.Entries)-1].Seq
	}
}

// told is a record in sentences.
func told(entries []store.AuditEntry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, e.Tell(e.Names))
	}
	return out
}

func TestRoundsLeaveARecord(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board, other := storetest.Trust(t, db), storetest.Trust(t, db)
	storetest.ClosedRound(t, db, other, questionnaire.Core)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	draft := storetest.Draft(t, db, board, questionnaire.Core)
	draft.Title = "Winter 2026"
	for _, err := range []error{
		lead.SetAsked(t.Context(), draft.ID, board.Members[:6], storetest.Now),
		lead.SetAsked(t.Context(), draft.ID, board.Members[1:6], storetest.Now),
		lead.ChangeRound(t.Context(), draft, storetest.Now),
		lead.OpenRound(t.Context(), draft.ID, storetest.Now.Add(time.Hour)),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := lead.SetAsked(t.Context(), draft.ID, board.Members[:2], storetest.Now); err == nil {
		t.Fatal("an open round let somebody go")
	}
	if err := lead.CloseRound(t.Context(), draft.ID, storetest.Now.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	all := record(t, lead)
	who := "lead of " + board.ODS
	want := []string{who + " made the round ‘Autumn 2026’"}
	for i := range 6 {
		want = append(want, fmt.Sprintf("%s put Member %02d of %s on the list of the round ‘Autumn 2026’", who, i+1, board.ODS))
	}
	want = append(want, fmt.Sprintf("%s took Member 01 of %s off the list of the round ‘Autumn 2026’", who, board.ODS),
		who+" changed the plan of the round ‘Winter 2026’", who+" opened the round ‘Winter 2026’", who+" closed the round ‘Winter 2026’")
	got := told(all)
	slices.Sort(got[1:7])
	if !slices.Equal(got, want) {
		t.Errorf("the record says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for i, e := range all {
		if e.Seq != int64(i+1) || !e.Holds {
			t.Errorf("entry %d has number %d, holds %v", i+1, e.Seq, e.Holds)
		}
	}
	if last := all[len(all)-1]; last.At != storetest.Now.Add(2*time.Hour) {
		t.Errorf("the round closed at %v", last.At)
	}
	if some := record(t, lead, audit.RoundOpened, audit.RoundClosed); len(some) != 2 || !some[0].Holds || !some[1].Holds {
		t.Errorf("two deeds were asked for, and %v came", told(some))
	}
}

func TestRecordIsReadInPages(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	if empty, err := lead.Audit(t.Context(), store.AuditQuery{}); err != nil || len(empty.Entries) != 0 || empty.Seq != 0 || empty.Older || empty.Newer {
		t.Errorf("an empty record is %+v, %v", empty, err)
	}
	const n = 2*store.AuditPerPage + 7
	for range n {
		if err := lead.ReportExported(t.Context(), board.Lead, "CSV", storetest.Now); err != nil {
			t.Fatal(err)
		}
	}
	page := func(q store.AuditQuery) string {
		p, err := lead.Audit(t.Context(), q)
		if err != nil || p.Seq != n {
			t.Fatalf("%+v: ends with %d, %v", q, p.Seq, err)
		}
		for i, e := range p.Entries {
			if e.Seq != p.Entries[0].Seq-int64(i) || !e.Holds {
				t.Errorf("%+v: entry %d is number %d, holds %v", q, i, e.Seq, e.Holds)
			}
		}
		return fmt.Sprint(p.Entries[0].Seq, p.Entries[len(p.Entries)-1].Seq, p.Older, p.Newer)
	}
	for q, want := range map[[2]int64]string{
		{0, 0}: "107 58 true false", {58, 0}: "57 8 true true", {8, 0}: "7 1 false true", {0, 7}: "57 8 true true", {0, 57}: "107 58 true false",
	} {
		if got := page(store.AuditQuery{Before: q[0], After: q[1]}); got != want {
			t.Errorf("before %d, after %d: %s, want %s", q[0], q[1], got, want)
		}
	}
}

// TestPlatformRecordIsForAdministrators: it tells what was done for no single
// trust, and not who took their own data away.
func TestPlatformRecordIsForAdministrators(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	for _, p := range []access.Person{{}, {ID: board.Lead}} {
		if _, err := db.PlatformAudit(t.Context(), p, store.AuditQuery{}); !errors.Is(err, access.ErrDenied) {
			t.Errorf("%+v reads it: %v", p, err)
		}
		err := db.ExportPlatformAudit(t.Context(), p, storetest.Now, func([]store.AuditEntry) error { return nil })
		if !errors.Is(err, access.ErrDenied) {
			t.Errorf("%+v exports it: %v", p, err)
		}
	}
	root, err := db.GrantAdmin(t.Context(), store.Operator, "root@example.org", "Root", storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.TakeOwnData(t.Context(), board.Members[0], storetest.Now); err != nil {
		t.Fatal(err)
	}
	if _, err := db.GrantAdmin(t.Context(), root, board.Chair.String()+"@example.org", "", storetest.Now); err != nil {
		t.Fatal(err)
	}
	told := func(entries []store.AuditEntry) (all []string) {
		for _, e := range entries {
			if !e.Holds {
				t.Errorf("entry %d does not hold", e.Seq)
			}
			all = append(all, fmt.Sprint(e.Seq, " ", e.Tell(e.Names)))
		}
		return all
	}
	granted := "4 Root made chair of " + board.ODS + " a platform administrator"
	page, err := db.PlatformAudit(t.Context(), root, store.AuditQuery{})
	if want := []string{granted, "2 Octant made Root a platform administrator", "1 Octant added Root"}; err != nil || page.Seq != 4 || !slices.Equal(told(page.Entries), want) {
		t.Errorf("%q ending with %d, %v, want %q", told(page.Entries), page.Seq, err, want)
	}
	var all []store.AuditEntry
	err = db.ExportPlatformAudit(t.Context(), root, storetest.Now, func(part []store.AuditEntry) error {
		all = append(all, part...)
		return nil
	})
	if got := told(all); err != nil || len(got) != 4 || got[2] != granted || got[3] != "5 Root exported this record" {
		t.Errorf("exported %q, %v", got, err)
	}
}

func TestExportOfTheRecordIsRecordedAndWhole(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board, other := storetest.Trust(t, db), storetest.Trust(t, db)
	storetest.ClosedRound(t, db, other, questionnaire.Core)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	err := store.Tx(t.Context(), lead, access.ReadAudit, func(tx pgx.Tx) error {
		return store.Note(t.Context(), lead, tx, storetest.Now, slices.Repeat([]audit.Entry{{Deed: audit.LetterPrinted}}, 1200)...)
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []store.AuditEntry
	parts := 0
	err = lead.ExportAudit(t.Context(), storetest.Now, func(part []store.AuditEntry) error {
		parts++
		all = append(all, part...)
		return nil
	})
	if err != nil || len(all) != 1201 || parts < 3 || all[1200].Deed != audit.AuditExported || all[1200].Actor != board.Lead {
		t.Fatalf("%d entries in %d parts, %v", len(all), parts, err)
	}
	var chain audit.Chain
	for _, e := range all {
		if err := chain.Add(e.Entry, e.Digest); err != nil {
			t.Fatal(err)
		}
	}
	stop := errors.New("stop")
	if err := lead.ExportAudit(t.Context(), storetest.Now, func([]store.AuditEntry) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("a receiver that stops: %v", err)
	}
}

func TestWhoMayReadTheRecord(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	for role, person := range map[access.Role]*store.Trust{
		access.Lead: storetest.Enter(t, db, board.Lead, board.ODS), access.Chair: storetest.Enter(t, db, board.Chair, board.ODS),
		access.Facilitator: storetest.Enter(t, db, board.Facilitator, board.ODS), access.Member: storetest.Enter(t, db, board.Members[0], board.ODS),
		access.Observer: storetest.Enter(t, db, board.Observer, board.ODS), access.Viewer: storetest.Enter(t, db, board.Viewer, board.ODS),
	} {
		_, err := person.Audit(t.Context(), store.AuditQuery{})
		if errors.Is(err, access.ErrDenied) != (role != access.Lead) {
			t.Errorf("%s reads the record: %v", role, err)
		}
		err = person.ExportAudit(t.Context(), storetest.Now, func([]store.AuditEntry) error { return nil })
		if errors.Is(err, access.ErrDenied) != (role != access.Lead) {
			t.Errorf("%s exports the record: %v", role, err)
		}
		if err := person.ReportExported(t.Context(), board.Lead, "CSV", storetest.Now); err != nil {
			t.Errorf("%s exports a report: %v", role, err)
		}
	}
}

// TestNobodyCanChangeTheRecord tries as the front desk and as a trust.
func TestNobodyCanChangeTheRecord(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	storetest.OpenRound(t, db, board, questionnaire.Core)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	for _, sql := range []string{`UPDATE audit SET detail = ''`, `DELETE FROM audit`, `TRUNCATE audit`} {
		if _, err := store.Pool(db).Exec(t.Context(), sql); !refusedRight(err) {
			t.Errorf("front desk: %s: %v", sql, err)
		}
		err := store.Tx(t.Context(), lead, access.ReadAudit, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), sql)
			return err
		})
		if !refusedRight(err) {
			t.Errorf("trust: %s: %v", sql, err)
		}
	}
}

func refusedRight(err error) bool { return err != nil && strings.Contains(err.Error(), "42501") }

// verdicts are what a verification tells, by chain.
func verdicts(t *testing.T, db *store.DB, noted ...store.NotedHead) map[string]store.Verdict {
	t.Helper()
	found := make(map[string]store.Verdict)
	last := ""
	err := db.VerifyAudit(context.WithoutCancel(t.Context()), noted, func(v store.Verdict) error {
		if _, twice := found[v.Chain]; twice || v.Chain < last {
			t.Errorf("chain %s is told twice or too late", v.Chain)
		}
		found[v.Chain], last = v, v.Chain
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestVerifyTellsEveryChain(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board, empty := storetest.Trust(t, db), storetest.Trust(t, db)
	storetest.OpenRound(t, db, board, questionnaire.Core)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	page, err := lead.Audit(t.Context(), store.AuditQuery{})
	if err != nil {
		t.Fatal(err)
	}
	noted := store.NotedHead{Chain: board.ODS, Digest: page.Head}
	if err := lead.ReportExported(t.Context(), board.Lead, "CSV", storetest.Now); err != nil {
		t.Fatal(err)
	}
	got := verdicts(t, db, noted)
	if len(got) != 3 || got[board.ODS].Entries != page.Seq+1 || got[empty.ODS].Entries != 0 || got[audit.Platform].Entries != 0 {
		t.Errorf("verdicts %+v", got)
	}
	for chain, v := range got {
		if len(v.Faults) > 0 {
			t.Errorf("%s: %v", chain, v.Faults)
		}
	}
	got = verdicts(t, db, store.NotedHead{Chain: "NONE1"}, store.NotedHead{Chain: empty.ODS, Digest: page.Head})
	if len(got) != 4 || len(got["NONE1"].Faults) != 1 || len(got[empty.ODS].Faults) != 1 {
		t.Errorf("a record that is gone altogether: %+v", got)
	}
}

// TestAlteredRecordsShow lets the owner of the database try to hide something.
func TestAlteredRecordsShow(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	for how, c := range map[string]struct {
		sql   string
		entry string // what the verdict must name
		noted bool   // shows only against a head noted before
	}{
		"other words":    {`UPDATE audit SET detail = 'Nothing' WHERE ods = $1 AND seq = 3`, "entry 3 does not fit", false},
		"other person":   {`UPDATE audit SET actor = gen_random_uuid() WHERE ods = $1 AND seq = 14`, "entry 14 does not fit", false},
		"other time":     {`UPDATE audit SET at = at - interval '1 day' WHERE ods = $1 AND seq = 1`, "entry 1 does not fit", false},
		"no time":        {`UPDATE audit SET at = 'infinity' WHERE ods = $1 AND seq = 2`, "entry 2 does not fit", false},
		"other digest":   {`UPDATE audit SET digest = sha256('x') WHERE ods = $1 AND seq = 5`, "entry 5 does not fit", false},
		"one removed":    {`DELETE FROM audit WHERE ods = $1 AND seq = 7`, "entry 8 follows entry 6", false},
		"the first gone": {`DELETE FROM audit WHERE ods = $1 AND seq = 1`, "entry 2 follows entry 0", false},
		"moved":          {`UPDATE audit SET seq = 15 WHERE ods = $1 AND seq = 13`, "entry 14 follows entry 12", false},
		"one put in":     {`INSERT INTO audit SELECT ods, 15, at, actor, 'round closed', round_id, person_id, detail, digest FROM audit WHERE ods = $1 AND seq = 14`, "entry 15 does not fit", false},
		"end cut off":    {`DELETE FROM audit WHERE ods = $1 AND seq > 10`, "its last entry is 10", true},
		"all gone":       {`DELETE FROM audit WHERE ods = $1`, "its last entry is 0", true},
	} {
		board := storetest.Trust(t, db)
		storetest.OpenRound(t, db, board, questionnaire.Core) // fourteen entries
		lead := storetest.Enter(t, db, board.Lead, board.ODS)
		page, err := lead.Audit(t.Context(), store.AuditQuery{})
		if err != nil || page.Seq != 14 {
			t.Fatalf("%d entries, %v", page.Seq, err)
		}
		if _, err := storetest.Owner(t, db).Exec(t.Context(), c.sql, board.ODS); err != nil {
			t.Fatalf("%s: %v", how, err)
		}
		if plain := verdicts(t, db)[board.ODS]; (len(plain.Faults) == 0) != c.noted {
			t.Errorf("%s: without a head noted, the verdict is %v", how, plain.Faults)
		}
		v := verdicts(t, db, store.NotedHead{Chain: board.ODS, Digest: page.Head})[board.ODS]
		said := errors.Join(v.Faults...)
		if said == nil || !errors.Is(said, audit.ErrBroken) || !strings.Contains(said.Error(), board.ODS+": "+c.entry) {
			t.Errorf("%s: the verdict is %v, want %q in it", how, v.Faults, c.entry)
		}
		shown := record(t, lead)
		if all := !slices.ContainsFunc(shown, func(e store.AuditEntry) bool { return !e.Holds }); all != c.noted {
			t.Errorf("%s: the page holds %v", how, all)
		}
	}
}
