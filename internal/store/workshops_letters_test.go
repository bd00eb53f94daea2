package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/action"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/internal/workshop"
)

// written lists the letters there are about actions and outcomes, oldest first.
func (r *room) written() (ids []uuid.UUID, kinds []string) {
	r.Helper()
	rows, err := storetest.Owner(r, r.db).Query(r.Context(), `
		SELECT id, kind FROM letters WHERE kind IN ('outcome', 'action-week', 'action-day') ORDER BY made_at, id`)
	r.must(err)
	for rows.Next() {
		var id uuid.UUID
		var kind string
		r.must(rows.Scan(&id, &kind))
		ids, kinds = append(ids, id), append(kinds, kind)
	}
	r.must(rows.Err())
	return ids, kinds
}

// take gives a letter to whoever hands it over.
func (r *room) take(id uuid.UUID, now time.Time) (store.Outgoing, bool) {
	r.Helper()
	clock, err := r.db.EnterByClock(r.Context(), r.board.ODS)
	r.must(err)
	out, ok, err := clock.TakeLetter(r.Context(), id, now)
	r.must(err)
	return out, ok
}

func TestOwnersAreRemindedOnceForEachDate(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 0, false)
	due := assessment.Today(storetest.Now).AddDate(0, 0, 30)
	a := action.Action{Workshop: r.id, What: "Name an owner for each system", Owner: r.board.Members[1], Due: due}
	id, err := r.runner.AddAction(t.Context(), a, storetest.Now)
	r.must(err)
	_, err = r.runner.AddAction(t.Context(), action.Action{What: "x", OwnerName: "Somebody without an account", Due: due}, storetest.Now)
	r.must(err)
	at := func(days int) time.Time { return due.AddDate(0, 0, days).Add(9 * time.Hour) }
	keep := func(now time.Time, want ...string) []uuid.UUID {
		t.Helper()
		for range 2 { // done again it writes nothing
			r.must(r.db.KeepActions(t.Context(), now))
		}
		ids, kinds := r.written()
		if fmt.Sprint(kinds) != fmt.Sprint(want) {
			t.Errorf("on %s: wrote %v, want %v", now.Format("2 Jan"), kinds, want)
		}
		return ids
	}
	keep(at(-8))
	letters := keep(at(-7), "action-week")
	out, ok := r.take(letters[0], at(-7))
	if !ok || out.Action == nil || out.Action.What != a.What || out.To.ID != a.Owner || out.To.Email == "" || !out.Action.Due.Equal(due) {
		t.Errorf("the letter says %+v, %v", out, ok)
	}
	keep(at(-3), "action-week")
	letters = keep(at(0), "action-week", "action-day")
	a.ID, a.State, a.Due = id, action.Open, due.AddDate(0, 0, 20)
	r.must(r.runner.ChangeAction(t.Context(), a, at(0)))
	if out, ok := r.take(letters[1], at(0)); ok {
		t.Errorf("a letter about a day that was moved goes: %+v", out)
	}
	letters = keep(at(13), "action-week", "action-day", "action-week")
	a.State = action.Done
	r.must(r.runner.ChangeAction(t.Context(), a, at(14)))
	if _, ok := r.take(letters[2], at(14)); ok {
		t.Error("a letter about what is done goes")
	}
	keep(at(20), "action-week", "action-day", "action-week")
}

func TestOutcomeIsSentOnceByTheLead(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	round := storetest.ClosedRound(t, db, b, questionnaire.Core)
	r := openRoomIn(t, db, b, store.NewWorkshop{Title: "Away day", Round: round.ID, Length: workshop.Short}, 0)
	lead := storetest.Enter(t, db, b.Lead, b.ODS)
	if _, err := r.runner.SendOutcome(t.Context(), r.id, storetest.Now); !errors.Is(err, access.ErrDenied) {
		t.Errorf("a facilitator sends it: %v, want ErrDenied", err)
	}
	if _, err := lead.SendOutcome(t.Context(), r.id, storetest.Now); !errors.Is(err, workshop.ErrState) {
		t.Errorf("before the end: %v, want ErrState", err)
	}
	r.must(r.runner.EndWorkshop(t.Context(), r.id, r.console().Workshop.Step, storetest.Now))
	for i, want := range []int{storetest.BoardSize, 0} {
		if n, err := lead.SendOutcome(t.Context(), r.id, storetest.Now); err != nil || n != want {
			t.Errorf("time %d: %d letters, want %d, %v", i+1, n, want, err)
		}
	}
	letters, _ := r.written()
	if out, ok := r.take(letters[0], storetest.Now); !ok || out.Workshop == nil || out.Workshop.ID != r.id || out.Workshop.Title != "Away day" {
		t.Errorf("the letter says %+v, %v", out, ok)
	}
	if _, err := lead.SendOutcome(t.Context(), uuid.New(), storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of no workshop: %v, want ErrNotFound", err)
	}
}
