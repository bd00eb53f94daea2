package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// follows enters in the register that a trust closed and others followed it from
// a day on.
func follows(t *testing.T, db *store.DB, kind string, on time.Time, from string, to ...string) {
	t.Helper()
	pool := storetest.Owner(t, db)
	for i, code := range append([]string{from}, to...) {
		var closed *time.Time
		if i == 0 {
			closed = new(on.AddDate(0, 0, -1))
		}
		_, err := pool.Exec(t.Context(), `
			INSERT INTO organisations (code, opened, closed, seen_on) VALUES ($1, '2000-01-01', $2, '2026-01-01')
			ON CONFLICT (code) DO UPDATE SET closed = coalesce(excluded.closed, organisations.closed)`, code, closed)
		if err == nil {
			_, err = pool.Exec(t.Context(), `
				INSERT INTO organisation_names (code, name, from_on, seen_from, seen_to) VALUES ($1, 'NAME OF ' || $1, '2000-01-01', '2026-01-01', '2026-01-01')
				ON CONFLICT DO NOTHING`, code)
		}
		if err == nil && i > 0 {
			_, err = pool.Exec(t.Context(), `INSERT INTO successions (from_code, to_code, effective, kind, source) VALUES ($1, $2, $3, $4, 'ods')`, from, code, on, kind)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestPastIsSeenByThoseItWasShownTo walks through everybody who might ask.
func TestPastIsSeenByThoseItWasShownTo(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	now := time.Now()
	today := access.Today(now)
	old, heir, other := storetest.Trust(t, db), storetest.Trust(t, db), storetest.Trust(t, db)
	storetest.ClosedRound(t, db, old, questionnaire.Core)
	storetest.ClosedRound(t, db, old, questionnaire.Core)
	storetest.Join(t, db, old.ODS, heir.Chair, access.Observer)
	follows(t, db, "merger", today.AddDate(0, 0, -3), old.ODS, heir.ODS)
	seen := func(who uuid.UUID, ods string, day time.Time) string {
		t.Helper()
		p, err := storetest.Enter(t, db, who, ods).Past(t.Context(), day)
		if err != nil {
			t.Fatal(err)
		}
		told := fmt.Sprint(p.Known)
		for _, f := range p.Before {
			told += fmt.Sprintf(" %s %d", f.From, len(f.Rounds))
		}
		return told
	}
	everybody := map[string]uuid.UUID{"lead": heir.Lead, "member": heir.Members[0], "chair": heir.Chair, "viewer": heir.Viewer}
	expect := func(when string, want map[string]string) {
		t.Helper()
		for who, person := range everybody {
			full := want[who]
			if full == "" {
				full = "1"
			}
			if got := seen(person, heir.ODS, today); got != full {
				t.Errorf("%s: %s sees %q, want %q", when, who, got, full)
			}
		}
	}
	both := "1 " + old.ODS + " 2"
	expect("nothing was said", map[string]string{"chair": both})
	lead := storetest.Enter(t, db, old.Lead, old.ODS)
	for i, c := range []struct {
		rung  access.Rung
		leads string
	}{{access.Counted, "1"}, {access.InCircle, both}, {access.Private, "1"}, {access.Public, both}} {
		if err := lead.SetRung(t.Context(), c.rung, today, now.Add(time.Duration(i)*time.Second)); err != nil {
			t.Fatal(err)
		}
		expect(string(c.rung), map[string]string{"lead": c.leads, "chair": both})
	}
	if got := seen(heir.Lead, heir.ODS, today.AddDate(0, 0, -4)); got != "0" {
		t.Errorf("before the day: %q", got)
	}
	if got := seen(other.Lead, other.ODS, today); got != "0" {
		t.Errorf("the lead of another trust: %q", got)
	}
	narrow := storetest.Enter(t, db, heir.Chair, heir.ODS)
	narrow.Roles = append(narrow.Roles, access.Member)
	if p, err := narrow.AnswersOnly().Past(t.Context(), today); err != nil || len(p.Before) != 0 {
		t.Errorf("by a personal link: %+v, %v", p.Before, err)
	}
	p, err := lead.Past(t.Context(), today)
	if err != nil || len(p.After) != 1 || p.After[0].To != heir.ODS || p.Names[heir.ODS] != "NAME OF "+heir.ODS || p.Known != 0 {
		t.Errorf("what followed: %+v, %v", p, err)
	}
	// Whatever the register is made to say, the figures of an open trust stay there.
	storetest.Change(t, db, `UPDATE organisations SET closed = NULL WHERE code = $1`, old.ODS)
	expect("it is open", map[string]string{"chair": both})
}

// TestPastFollowsChainsAndSplits: a chain's first trust is told by the day on which
// it ended; what was split is told apart from the rest, to both that followed.
func TestPastFollowsChainsAndSplits(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	today := access.Today(time.Now())
	var all []storetest.Board
	for range 5 {
		all = append(all, storetest.Trust(t, db))
	}
	a, b, c, split, d := all[0], all[1], all[2], all[3], all[4]
	for _, x := range []storetest.Board{a, b, split} {
		storetest.ClosedRound(t, db, x, questionnaire.Core)
		if err := storetest.Enter(t, db, x.Lead, x.ODS).SetRung(t.Context(), access.InCircle, today, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	follows(t, db, "rename", today.AddDate(-3, 0, 0), a.ODS, b.ODS)
	follows(t, db, "acquisition", today.AddDate(-2, 0, 0), b.ODS, c.ODS)
	follows(t, db, "split", today.AddDate(-1, 0, 0), split.ODS, c.ODS, d.ODS)
	for _, x := range []struct {
		board storetest.Board
		want  []string
	}{
		{c, []string{split.ODS + " true", b.ODS + " false", a.ODS + " false"}},
		{d, []string{split.ODS + " true"}},
		{b, []string{a.ODS + " false"}},
	} {
		p, err := storetest.Enter(t, db, x.board.Lead, x.board.ODS).Past(context.WithoutCancel(t.Context()), today)
		var got []string
		for _, f := range p.Before {
			got = append(got, fmt.Sprint(f.From, " ", f.Apart))
		}
		if err != nil || !slices.Equal(got, x.want) {
			t.Errorf("%s: %q, %v, want %q", x.board.ODS, got, err, x.want)
		}
	}
	if _, err := db.Enter(t.Context(), c.Lead, a.ODS); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the lead of the one that followed gets into the one before: %v", err)
	}
}
