package store_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

func TestMoreTimeForOnePerson(t *testing.T) {
	t.Parallel()
	x := startTimed(t).opened()
	ctx, now, member := t.Context(), uk(10, 12, 0), x.board.Members[0]
	for _, c := range []struct {
		name   string
		person uuid.UUID
		to     time.Time
		want   error
	}{
		{"not later", member, day(2026, 11, 17), assessment.ErrEarlier},
		{"too late", member, day(2026, 12, 16), assessment.ErrTooLate},
		{"not asked", x.board.Observer, day(2026, 11, 20), store.ErrNotFound},
		{"nobody", uuid.New(), day(2026, 11, 20), store.ErrNotFound},
		{"a good day", member, day(2026, 12, 15), nil},
		{"another", member, day(2026, 11, 20), nil},
		{"another too", x.board.Members[1], day(2026, 11, 20), nil},
	} {
		if err := x.lead.ExtendFor(ctx, x.round, c.person, c.to, now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	x.must(x.lead.ExtendFor(ctx, x.round, member, day(2026, 11, 20), now))
	x.must(x.lead.ExtendFor(ctx, x.round, member, day(2026, 11, 20), now)) // the same again is no deed
	x.must(x.lead.MarkAway(ctx, x.round, member, true, now))
	x.must(x.lead.MarkAway(ctx, x.round, member, true, now))
	asked, err := x.lead.Asked(ctx, x.round)
	x.must(err)
	for _, p := range asked {
		if p.Person == member && (!p.Away || !p.ExtendedTo.Equal(day(2026, 11, 20))) || p.Person == x.board.Members[2] && (p.Away || !p.ExtendedTo.IsZero()) {
			t.Errorf("asked: %+v", p)
		}
	}
	if r := x.now(); r.Asked != storetest.BoardSize {
		t.Errorf("%d are asked once one is away", r.Asked)
	}
	x.must(x.lead.ExtendFor(ctx, x.round, member, time.Time{}, now))
	x.must(x.lead.MarkAway(ctx, x.round, member, false, now))
	for _, err := range []error{
		x.lead.MarkAway(ctx, x.round, x.board.Observer, true, now), x.lead.ExtendFor(ctx, x.round, x.board.Observer, time.Time{}, now),
		x.lead.MarkAway(ctx, uuid.New(), member, true, now), x.lead.MoveClosing(ctx, uuid.New(), day(2026, 12, 1), now),
	} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("for somebody or a round that is not there: %v", err)
		}
	}
	want := []string{
		"time extended for a person", "time extended for a person", "time extended for a person",
		"person marked as away", "extended time taken back", "person marked as back",
	}
	if got := x.deeds()[3:]; !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
	x.must(x.lead.CloseRound(ctx, x.round, now))
	for _, err := range []error{
		x.lead.MarkAway(ctx, x.round, member, true, now), x.lead.ExtendFor(ctx, x.round, member, time.Time{}, now),
		x.lead.ExtendFor(ctx, x.round, member, day(2026, 11, 20), now), x.lead.MoveClosing(ctx, x.round, day(2026, 12, 1), now),
	} {
		if !errors.Is(err, assessment.ErrNotOpen) {
			t.Errorf("in a closed round: %v", err)
		}
	}
}

func TestClosingDayOfAnOpenRoundMoves(t *testing.T) {
	t.Parallel()
	x := startTimed(t).opened()
	if err := x.lead.MoveClosing(t.Context(), x.round, day(2026, 11, 16), uk(10, 12, 0)); !errors.Is(err, assessment.ErrEarlier) {
		t.Errorf("to an earlier day: %v", err)
	}
	x.must(x.lead.MoveClosing(t.Context(), x.round, day(2026, 11, 24), uk(10, 12, 0)))
	x.must(x.db.KeepTime(t.Context(), uk(18, 0, 0)))
	x.must(x.save(x.board.Members[0], uk(24, 23, 59)))
	if r := x.now(); r.State != assessment.Open || !r.ClosesOn.Equal(day(2026, 11, 24)) {
		t.Errorf("after its old day the round is %+v", r)
	}
	x.must(x.db.KeepTime(t.Context(), uk(25, 0, 0)))
	if x.now().State != assessment.Closed {
		t.Error("it did not close after its new day")
	}
	if got := x.deeds(); got[3] != "closing day put off" {
		t.Errorf("recorded %q", got)
	}
}

// TestWhoIsRemindedAndWhen leaves out those who finished, are away, answer on
// paper or have no address; who was away is invited when they come back.
func TestWhoIsRemindedAndWhen(t *testing.T) {
	t.Parallel()
	x := startTimed(t).opened()
	ctx, m := t.Context(), x.board.Members
	storetest.Answer(t, x.db, x.board, x.now(), m[0], 1)
	x.must(x.lead.MarkAway(ctx, x.round, m[1], true, uk(4, 12, 0)))
	x.must(x.lead.ExtendFor(ctx, x.round, m[2], day(2026, 11, 24), uk(4, 12, 0)))
	storetest.Change(t, x.db, `UPDATE invitations SET on_paper = true WHERE person_id = $1`, m[3])
	storetest.Change(t, x.db, `UPDATE people SET email = NULL WHERE id = $1`, m[4])
	for at := uk(3, 8, 0); at.Before(uk(18, 0, 0)); at = at.Add(time.Hour) {
		x.must(x.db.KeepTime(ctx, at))
	}
	got := x.reminded()
	for member, want := range map[uuid.UUID]string{
		m[0]: "invitation 3", m[1]: "invitation 3", m[3]: "invitation 3", m[4]: "invitation 3",
		m[2]: "invitation 3, reminder 6, reminder 9", // the end is not near for them
		m[5]: "invitation 3, reminder 6, reminder 9, closing 16",
	} {
		if got[member] != want {
			t.Errorf("%q, want %q", got[member], want)
		}
	}
}

// reminded is what was written to each person and on which day.
func (x timed) reminded() map[uuid.UUID]string {
	x.t.Helper()
	rows, err := storetest.Owner(x.t, x.db).Query(x.t.Context(),
		`SELECT person_id, kind, made_at FROM letters WHERE round_id = $1 ORDER BY made_at`, x.round)
	x.must(err)
	defer rows.Close()
	all := map[uuid.UUID]string{}
	for rows.Next() {
		var person uuid.UUID
		var kind string
		var at time.Time
		x.must(rows.Scan(&person, &kind, &at))
		if all[person] != "" {
			all[person] += ", "
		}
		all[person] += fmt.Sprintf("%s %d", kind, at.Day())
		if !assessment.MayWrite(at) {
			x.t.Errorf("%s was written at %v", kind, at)
		}
	}
	x.must(rows.Err())
	return all
}

func TestWhoWasAwayIsInvitedWhenTheyAreBack(t *testing.T) {
	t.Parallel()
	x := startTimed(t)
	member := x.board.Members[0]
	storetest.Change(t, x.db, `UPDATE invitations SET away = true WHERE person_id = $1`, member)
	x.opened()
	x.must(x.db.KeepTime(t.Context(), uk(4, 9, 0)))
	if got := x.reminded()[member]; got != "" {
		t.Errorf("while away: %q", got)
	}
	x.must(x.lead.MarkAway(t.Context(), x.round, member, false, uk(10, 20, 0)))
	for at := uk(10, 20, 0); at.Before(uk(18, 0, 0)); at = at.Add(time.Hour) {
		x.must(x.db.KeepTime(t.Context(), at))
	}
	if got := x.reminded()[member]; got != "invitation 11, reminder 16" && got != "invitation 11, closing 16" {
		t.Errorf("once back: %q", got)
	}
}
