package store_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// uk is a moment of November 2026, when UK time is UTC.
func uk(d, hour, minute int) time.Time {
	return time.Date(2026, time.November, d, hour, minute, 0, 0, time.UTC)
}

// timed is a trust with one draft that asks the whole board, from Tuesday 3 to
// Tuesday 17 November.
type timed struct {
	t     *testing.T
	db    *store.DB
	board storetest.Board
	lead  *store.Trust
	round uuid.UUID
}

func startTimed(t *testing.T) timed {
	t.Helper()
	return timedOn(t, storetest.New(t))
}

func timedOn(t *testing.T, db *store.DB) timed {
	t.Helper()
	board := storetest.Trust(t, db)
	x := timed{t: t, db: db, board: board, lead: storetest.Enter(t, db, board.Lead, board.ODS)}
	r, err := x.lead.CreateRound(t.Context(), assessment.Round{
		Title: "November", Form: questionnaire.Core, Questionnaire: questionnaire.Latest(),
		OpensOn: day(2026, 11, 3), ClosesOn: day(2026, 11, 17),
	}, uk(1, 12, 0))
	x.must(err)
	x.round = r.ID
	x.must(x.lead.SetAsked(t.Context(), x.round, board.Members, uk(1, 12, 0)))
	return x
}

// opened is the same once the clock has opened it.
func (x timed) opened() timed {
	x.t.Helper()
	x.must(x.lead.ScheduleRound(x.t.Context(), x.round, uk(1, 12, 0)))
	x.must(x.db.KeepTime(x.t.Context(), uk(3, 8, 0)))
	return x
}

func (x timed) must(err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
}

func (x timed) now() assessment.Round {
	x.t.Helper()
	r, err := x.lead.Round(x.t.Context(), x.round)
	x.must(err)
	return r
}

func (x timed) save(member uuid.UUID, now time.Time) error {
	_, err := x.db.SaveAnswer(x.t.Context(), member, x.board.ODS, x.round,
		assessment.Answer{Question: "1.1", Choice: assessment.Choice(1 + now.Unix()%5), Revision: x.revision(member)}, now)
	return err
}

func (x timed) revision(member uuid.UUID) int {
	x.t.Helper()
	s, err := storetest.Enter(x.t, x.db, member, x.board.ODS).Sheet(x.t.Context(), x.round)
	x.must(err)
	return s.Response.Answers["1.1"].Revision
}

// count asks the database's owner for one number.
func (x timed) count(sql string, args ...any) (n int) {
	x.t.Helper()
	x.must(storetest.Owner(x.t, x.db).QueryRow(x.t.Context(), sql, args...).Scan(&n))
	return n
}

// letters counts the letters about the round, by kind.
func (x timed) letters(kind assessment.Letter) int {
	x.t.Helper()
	n := x.count(`SELECT count(*) FROM letters WHERE round_id = $1 AND kind = $2`, x.round, kind)
	if jobs := x.count(`SELECT count(*) FROM river.river_job WHERE args->>'letter' IN (SELECT id::text FROM letters WHERE round_id = $1 AND kind = $2)`, x.round, kind); jobs != n {
		x.t.Errorf("%d letters of the kind %s have %d jobs", n, kind, jobs)
	}
	return n
}

// deeds lists what was recorded of the round, and whether the clock did it.
func (x timed) deeds() (all []string) {
	x.t.Helper()
	rows, err := storetest.Owner(x.t, x.db).Query(x.t.Context(),
		`SELECT deed, actor IS NULL FROM audit WHERE ods = $1 AND deed <> $2 ORDER BY seq`, x.board.ODS, audit.Invited)
	x.must(err)
	defer rows.Close()
	for rows.Next() {
		var deed string
		var clock bool
		x.must(rows.Scan(&deed, &clock))
		if clock {
			deed += " by the clock"
		}
		all = append(all, deed)
	}
	x.must(rows.Err())
	return all
}

func TestRoundOpensAndClosesItself(t *testing.T) {
	t.Parallel()
	x := startTimed(t)
	x.must(x.db.KeepTime(t.Context(), uk(3, 8, 0)))
	if r := x.now(); r.State != assessment.Draft {
		t.Fatal("a draft that nobody put under the clock has opened")
	}
	x.must(x.lead.ScheduleRound(t.Context(), x.round, uk(2, 12, 0)))
	x.must(x.lead.ScheduleRound(t.Context(), x.round, uk(2, 12, 0)))
	for _, c := range []struct {
		at    time.Time
		state assessment.State
	}{{uk(3, 7, 59), assessment.Draft}, {uk(3, 8, 0), assessment.Open}, {uk(17, 23, 59), assessment.Open}, {uk(18, 0, 0), assessment.Closed}, {uk(18, 0, 1), assessment.Closed}} {
		x.must(x.db.KeepTime(t.Context(), c.at))
		if r := x.now(); r.State != c.state {
			t.Errorf("at %v the round is %s, want %s", c.at, r.State, c.state)
		}
	}
	if r := x.now(); !r.OpenedAt.Equal(uk(3, 8, 0)) || !r.ClosedAt.Equal(uk(18, 0, 0)) || !r.ByClock {
		t.Errorf("the round is %+v", r)
	}
	want := []string{"round made", "round set to open by itself", "round opened by the clock", "round closed by the clock"}
	if got := x.deeds(); !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
	if n := x.letters(assessment.Released); n != storetest.BoardSize {
		t.Errorf("%d people are told that the report is ready", n)
	}
	early := x.count(`SELECT count(*) FROM river.river_job WHERE scheduled_at < '2026-11-18 08:00Z' AND args->>'letter' IN (SELECT id::text FROM letters WHERE kind = 'released')`)
	if early != 0 {
		t.Errorf("%d letters leave at night", early)
	}
}

// TestTwoReplicasDoThingsOnce ticks on two programs at once, again and again.
func TestTwoReplicasDoThingsOnce(t *testing.T) {
	t.Parallel()
	x := startTimed(t)
	x.must(x.lead.ScheduleRound(t.Context(), x.round, uk(2, 12, 0)))
	other, err := store.Open(t.Context(), storetest.AppURL(t, x.db), store.Options{Secret: storetest.Secret})
	x.must(err)
	defer other.Close()
	x.must(x.save2(uk(3, 8, 0), other))
	for i, member := range x.board.Members[:5] {
		storetest.Answer(t, x.db, x.board, x.now(), member, i)
	}
	for _, at := range []time.Time{uk(3, 8, 1), uk(6, 8, 0), uk(6, 8, 0), uk(6, 8, 1), uk(9, 8, 0), uk(16, 8, 0), uk(16, 8, 1), uk(18, 0, 0), uk(18, 0, 0)} {
		x.must(x.save2(at, other))
	}
	for kind, want := range map[assessment.Letter]int{assessment.Invitation: 12, assessment.Reminder: 14, assessment.Closing: 7, assessment.Released: 12} {
		if got := x.letters(kind); got != want {
			t.Errorf("%d letters of the kind %s, want %d", got, kind, want)
		}
	}
	want := []string{"round made", "round set to open by itself", "round opened by the clock", "round closed by the clock"}
	if got := x.deeds(); !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
	if n := x.count(`SELECT count(*) FROM reports`); n != 1 {
		t.Errorf("%d reports", n)
	}
}

// save2 ticks on both programs, three times each at once.
func (x timed) save2(at time.Time, other *store.DB) error {
	var group sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		group.Go(func() { errs[i] = []*store.DB{x.db, other}[i%2].KeepTime(context.Background(), at) })
	}
	group.Wait()
	return errors.Join(errs...)
}

// TestClosingByTheClockMakesTheSameReport closes one of two like rounds by hand.
func TestClosingByTheClockMakesTheSameReport(t *testing.T) {
	t.Parallel()
	x := startTimed(t)
	documents := make([]string, 2)
	for i := range documents {
		y := timedOn(t, x.db).opened()
		for seed, member := range y.board.Members {
			storetest.Answer(t, y.db, y.board, y.now(), member, seed)
		}
		if i == 0 {
			y.must(y.lead.CloseRound(t.Context(), y.round, uk(18, 0, 0)))
		} else {
			y.must(y.db.KeepTime(t.Context(), uk(18, 0, 0)))
		}
		frozen, err := y.lead.Report(t.Context(), y.round)
		y.must(err)
		documents[i] = strings.NewReplacer(y.round.String(), "ROUND", y.board.ODS, "ODS").Replace(string(frozen.Document))
	}
	if documents[0] != documents[1] {
		t.Error("the clock makes another report than the lead")
	}
}

// TestFaultInOneRoundStopsNoOther breaks the questionnaire of one round.
func TestFaultInOneRoundStopsNoOther(t *testing.T) {
	t.Parallel()
	broken := startTimed(t).opened()
	whole := timedOn(t, broken.db).opened()
	if broken.board.ODS > whole.board.ODS {
		broken, whole = whole, broken
	}
	storetest.Change(t, broken.db, `UPDATE rounds SET questionnaire = 'none' WHERE id = $1`, broken.round)
	err := whole.db.KeepTime(t.Context(), uk(18, 0, 0))
	if err == nil || !strings.Contains(err.Error(), broken.round.String()) || strings.Contains(err.Error(), whole.round.String()) {
		t.Errorf("said %v", err)
	}
	if b, w := broken.now(), whole.now(); b.State != assessment.Open || w.State != assessment.Closed {
		t.Errorf("the broken round is %s, the other %s", b.State, w.State)
	}
	if n := broken.letters(assessment.Released); n != 0 {
		t.Errorf("%d people are told of a report that there is not", n)
	}
}

// TestDraftThatCannotOpenIsTakenFromTheClock, and says why in the record.
func TestDraftThatCannotOpenIsTakenFromTheClock(t *testing.T) {
	t.Parallel()
	for why, c := range map[string]struct {
		people int
		at     time.Time
	}{"fewer than five people are asked": {4, uk(3, 8, 0)}, "its last day was over": {12, uk(18, 0, 0)}} {
		x := startTimed(t)
		x.must(x.lead.ScheduleRound(t.Context(), x.round, uk(1, 12, 0)))
		x.must(x.lead.SetAsked(t.Context(), x.round, x.board.Members[:c.people], uk(2, 12, 0)))
		x.must(x.db.KeepTime(t.Context(), c.at))
		if r := x.now(); r.State != assessment.Draft || r.ByClock {
			t.Errorf("%s: the round is %+v", why, r)
		}
		if n := x.count(`SELECT count(*) FROM audit WHERE deed = $1 AND detail = $2 AND actor IS NULL`, audit.RoundNotOpened, why); n != 1 {
			t.Errorf("%s: recorded %d times", why, n)
		}
		x.must(x.lead.SetAsked(t.Context(), x.round, x.board.Members, c.at))
		x.must(x.db.KeepTime(t.Context(), c.at.Add(time.Minute)))
		if r := x.now(); r.State != assessment.Draft {
			t.Errorf("%s: it opened by surprise", why)
		}
	}
}

func TestTakingADraftFromTheClock(t *testing.T) {
	t.Parallel()
	x := startTimed(t)
	ctx := t.Context()
	x.must(x.lead.ScheduleRound(ctx, x.round, uk(1, 12, 0)))
	x.must(x.lead.UnscheduleRound(ctx, x.round, uk(1, 13, 0)))
	x.must(x.db.KeepTime(ctx, uk(3, 8, 0)))
	if r := x.now(); r.State != assessment.Draft {
		t.Error("it opened all the same")
	}
	if err := x.lead.ScheduleRound(ctx, x.round, uk(3, 8, 0)); !errors.Is(err, assessment.ErrPast) {
		t.Errorf("once its hour has come: %v", err)
	}
	later := x.now()
	later.OpensOn = day(2026, 11, 5)
	x.must(x.lead.ChangeRound(ctx, later, uk(3, 9, 0)))
	x.must(x.lead.ScheduleRound(ctx, x.round, uk(3, 9, 0)))
	later.OpensOn = day(2026, 11, 6)
	x.must(x.lead.ChangeRound(ctx, later, uk(3, 10, 0)))
	if !x.now().ByClock {
		t.Error("moving the day to a later one took the round from the clock")
	}
	later.OpensOn = day(2026, 11, 3)
	x.must(x.lead.ChangeRound(ctx, later, uk(3, 10, 0)))
	if x.now().ByClock {
		t.Error("a round whose hour was moved into the past would open by itself")
	}
	x.must(x.lead.OpenRound(ctx, x.round, uk(3, 11, 0)))
	if !x.now().ByClock {
		t.Error("a round opened by hand does not close by itself")
	}
	want := []string{"round made", "round set to open by itself", "round no longer to open by itself", "round changed", "round set to open by itself", "round changed", "round changed", "round opened"}
	if got := x.deeds(); !slices.Equal(got, want) {
		t.Errorf("recorded %q, want %q", got, want)
	}
}

// TestWhoIsOutOfTimeIsRefused, while somebody with more time goes on, and the
// round closes after the last of them.
func TestWhoIsOutOfTimeIsRefused(t *testing.T) {
	t.Parallel()
	x := startTimed(t).opened()
	ctx, late, plain := t.Context(), x.board.Members[0], x.board.Members[1]
	for _, member := range []uuid.UUID{late, plain} {
		x.must(x.save(member, uk(17, 23, 59)))
	}
	x.must(x.lead.ExtendFor(ctx, x.round, late, day(2026, 11, 20), uk(17, 12, 0)))
	x.must(x.db.KeepTime(ctx, uk(18, 0, 0)))
	if r := x.now(); r.State != assessment.Open || !r.ExtendedTo.Equal(day(2026, 11, 20)) {
		t.Fatalf("with more time for one the round is %+v", r)
	}
	for _, err := range []error{
		x.save(plain, uk(18, 0, 0)), x.save(x.board.Members[2], uk(18, 0, 0)),
		storetest.Enter(t, x.db, plain, x.board.ODS).Submit(ctx, x.round, true, uk(18, 0, 0)),
	} {
		ended, ok := errors.AsType[*store.EndedError](err)
		if !ok || !ended.LastDay.Equal(day(2026, 11, 17)) || !errors.Is(err, assessment.ErrNotOpen) {
			t.Errorf("out of time: %v", err)
		}
	}
	if x.revision(plain) != 1 || x.revision(x.board.Members[2]) != 0 {
		t.Error("what was refused was kept")
	}
	x.must(x.save(late, uk(20, 23, 59)))
	x.must(storetest.Enter(t, x.db, late, x.board.ODS).Submit(ctx, x.round, true, uk(20, 23, 59)))
	if err := x.save(late, uk(21, 0, 0)); !errors.Is(err, assessment.ErrNotOpen) {
		t.Errorf("after more time: %v", err)
	}
	x.must(x.db.KeepTime(ctx, uk(20, 23, 59)))
	if x.now().State != assessment.Open {
		t.Error("closed before the last day was over")
	}
	x.must(x.db.KeepTime(ctx, uk(21, 0, 0)))
	if x.now().State != assessment.Closed {
		t.Error("did not close after the last day")
	}
}

// TestTimeIsCountedInTheUK saves in the last hour of a day in summer time, which
// is the next day elsewhere.
func TestTimeIsCountedInTheUK(t *testing.T) {
	t.Parallel()
	a := startAnswering(t) // closes on 19 October, in summer time
	for at, want := range map[time.Time]error{
		time.Date(2026, 10, 19, 22, 59, 0, 0, time.UTC): nil,
		time.Date(2026, 10, 19, 23, 0, 0, 0, time.UTC):  assessment.ErrNotOpen,
	} {
		_, err := a.db.SaveAnswer(t.Context(), a.member, a.board.ODS, a.round.ID, assessment.Answer{Question: "1.1", Choice: 1}, at)
		if !errors.Is(err, want) {
			t.Errorf("at %v: %v, want %v", at, err, want)
		}
	}
}

// TestRoundKeptByHandTakesAnswersUntilItIsClosed, as rounds of a demonstration do.
func TestRoundKeptByHandTakesAnswersUntilItIsClosed(t *testing.T) {
	t.Parallel()
	x := startTimed(t).opened()
	storetest.Change(t, x.db, `UPDATE rounds SET by_clock = false`)
	x.must(x.db.KeepTime(t.Context(), uk(25, 12, 0)))
	x.must(x.save(x.board.Members[0], uk(25, 12, 0)))
	x.must(storetest.Enter(t, x.db, x.board.Members[0], x.board.ODS).Submit(t.Context(), x.round, true, uk(25, 12, 0)))
	if n := x.letters(assessment.Reminder); x.now().State != assessment.Open || n != 0 {
		t.Errorf("the clock touched it: %+v, %d reminders", x.now(), n)
	}
	if err := x.lead.ExtendFor(t.Context(), x.round, x.board.Members[0], day(2026, 11, 28), uk(25, 12, 0)); !errors.Is(err, assessment.ErrByHand) {
		t.Errorf("more time: %v", err)
	}
}

// TestClockIsNoPersonsRole: only the program keeps time.
func TestClockIsNoPersonsRole(t *testing.T) {
	t.Parallel()
	for _, role := range access.Granted() {
		if (access.Roles{role}).May(access.KeepTime) {
			t.Errorf("a %s keeps time", role)
		}
	}
}
