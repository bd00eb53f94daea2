package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/internal/workshop"
)

func TestWorkshopGoesThroughItsCycle(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 8, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 1, 2, 2, 3, 4, 4, 5, assessment.DontKnow)
	r.vote(q.ID, 1, 2) // the first device thinks again: its vote takes the place of the one before
	if c := r.console(); c.Voted != 8 || c.Voters != 8 || c.Joined != 8 {
		t.Errorf("%d of %d voted, %d joined", c.Voted, c.Voters, c.Joined)
	}
	r.move(q.ID, workshop.CloseVote)
	if it := r.item(q.ID); it.First != nil || it.Stage != workshop.Voted {
		t.Errorf("before the reveal: %+v", it)
	}
	r.move(q.ID, workshop.Reveal)
	first := r.item(q.ID).First
	if first == nil || first.DontKnow == nil || *first.DontKnow != 1 || fmt.Sprint(first.Bands) != "[3 1 3]" {
		t.Fatalf("revealed %+v", first)
	}
	r.move(q.ID, workshop.Discuss, workshop.VoteAgain)
	late := r.join(store.Joining{Device: "late", Network: "home"})
	if err := r.seat(late).Vote(t.Context(), q.ID, 2, 5); !errors.Is(err, workshop.ErrLate) {
		t.Errorf("who came after the first vote votes in the second: %v, want ErrLate", err)
	}
	r.vote(q.ID, 2, 3, 3, 3, 4, 4, 4, 0, 3)
	if s := r.seat(r.devices[6]); s.Own.Vote != assessment.NotAnswered || s.Own.First != 5 {
		t.Errorf("who has not voted again yet: %+v", s.Own)
	}
	if c := r.console(); c.Voted != 7 || c.Voters != 8 || c.Joined != 9 {
		t.Errorf("%d of %d voted again, %d joined", c.Voted, c.Voters, c.Joined)
	}
	r.must(r.seat(r.devices[6]).Vote(t.Context(), q.ID, 2, 5))
	r.move(q.ID, workshop.EndAgain, workshop.ShowShift)
	it := r.item(q.ID)
	if it.Second == nil || fmt.Sprint(it.Second.Counts) != "[0 0 4 3 1]" {
		t.Fatalf("second %+v", it.Second)
	}
	if s, ok := it.Shift(); !ok || len(s.Words()) == 0 {
		t.Errorf("shift %+v, %v", s, ok)
	}
	step := r.console().Workshop.Step
	r.must(r.runner.AgreeLevel(t.Context(), r.id, q.ID, step, workshop.Agreement{Level: 3, Reason: "We have a plan.", Dissent: "Wards see little of it."}, storetest.Now))
	r.must(r.runner.AgreeLevel(t.Context(), r.id, q.ID, step+1, workshop.Agreement{Level: 4, Reason: "We use it."}, storetest.Now))
	if a := r.item(q.ID).Agreement; a == nil || a.Level != 4 || a.Reason != "We use it." || a.Dissent != "" {
		t.Errorf("agreed %+v", a)
	}
	r.move(q.ID, workshop.Finish)
	if w := r.console().Workshop; w.Now() != nil || !w.TimerEnds.IsZero() {
		t.Errorf("under way after its end: %v, timer %v", w.Current, w.TimerEnds)
	}
}

// TestWhoDoesNotVoteAgainKeepsTheirVote: the second vote has all who voted first,
// and is told only where it shows nobody's.
func TestWhoDoesNotVoteAgainKeepsTheirVote(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 10, false)
	for _, again := range []struct {
		choices []assessment.Choice
		counts  string
		hidden  bool
	}{
		{[]assessment.Choice{2, 2, 3, 3, 3, 3, 4, 4, 0, 0}, "[0 2 4 3 1]", false},
		{[]assessment.Choice{3, 3, 3, 3, 0, 0, 0, 0, 0, 0}, "[]", true}, // four only
		{[]assessment.Choice{5, 5, 5, 5, 5, 5, 5, 5, 5, 0}, "[]", true}, // who did not can only have said 5
	} {
		q := r.question()
		for _, it := range r.console().Workshop.Items {
			if it.Kind == workshop.Question && it.Stage == workshop.Waiting {
				q = it
				break
			}
		}
		r.move(q.ID, workshop.Show, workshop.OpenVote)
		r.vote(q.ID, 1, 1, 2, 2, 3, 3, 3, 4, 4, 4, 5)
		r.move(q.ID, workshop.CloseVote, workshop.Reveal, workshop.Discuss, workshop.VoteAgain)
		r.vote(q.ID, 2, again.choices...)
		r.move(q.ID, workshop.EndAgain, workshop.ShowShift)
		it := r.item(q.ID)
		if fmt.Sprint(it.Second.Counts) != again.counts || (it.Second.Hidden != "") != again.hidden {
			t.Errorf("%v: told %v, hidden %q", again.choices, it.Second.Counts, it.Second.Hidden)
		}
	}
}

// TestTwoWhoPressAtOnce: of two facilitators one wins, and the other is told that
// somebody has moved on.
func TestTwoWhoPressAtOnce(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 5, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 1, 2, 3, 4, 5)
	r.move(q.ID, workshop.CloseVote)
	other := storetest.Enter(t, r.db, r.board.Lead, r.board.ODS)
	step := r.console().Workshop.Step
	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		group.Go(func() {
			who := r.runner
			if i%2 == 1 {
				who = other
			}
			errs[i] = who.MoveOn(t.Context(), r.id, q.ID, workshop.Reveal, step, storetest.Now)
		})
	}
	group.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, workshop.ErrStep) {
			t.Errorf("%v, want ErrStep", err)
		}
	}
	if w := r.console().Workshop; won != 1 || w.Step != step+1 {
		t.Errorf("%d won, step %d after %d", won, w.Step, step)
	}
}

// TestVoteMeetsClosing: whatever a vote is told, it counts if and only if it was
// acknowledged.
func TestVoteMeetsClosing(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 40, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	seats := make([]*store.Seat, len(r.devices))
	for i, d := range r.devices {
		seats[i] = r.seat(d)
	}
	errs := make([]error, len(seats))
	var group sync.WaitGroup
	for i, s := range seats {
		group.Go(func() { errs[i] = s.Vote(t.Context(), q.ID, 1, assessment.Choice(1+i%5)) })
		if i == len(seats)/2 {
			group.Go(func() { r.move(q.ID, workshop.CloseVote, workshop.Reveal) })
		}
	}
	group.Wait()
	var kept maturity.Counts
	for i, err := range errs {
		switch {
		case err == nil:
			kept[i%5]++
		case !errors.Is(err, workshop.ErrClosed):
			t.Errorf("%v, want ErrClosed", err)
		}
	}
	told := r.item(q.ID).First
	if kept.N() >= 8 && fmt.Sprint(told.Counts) != fmt.Sprint(kept[:]) {
		t.Errorf("acknowledged %v, told %v", kept, told.Counts)
	}
	if err := seats[0].Vote(t.Context(), q.ID, 1, 5); !errors.Is(err, workshop.ErrClosed) {
		t.Errorf("a vote after the closing: %v, want ErrClosed", err)
	}
}

func TestVotesThatAreRefused(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 1, false)
	q := r.question()
	watching := r.join(store.Joining{Device: "gallery", Network: "home", Observer: true})
	vote := func(token string, item uuid.UUID, vote int, c assessment.Choice) error {
		return r.seat(token).Vote(t.Context(), item, vote, c)
	}
	if err := vote(r.devices[0], q.ID, 1, 3); !errors.Is(err, workshop.ErrClosed) {
		t.Errorf("before the vote: %v", err)
	}
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	for _, c := range []assessment.Choice{0, assessment.RatherNotSay, 8} {
		if err := vote(r.devices[0], q.ID, 1, c); !errors.Is(err, workshop.ErrChoice) {
			t.Errorf("choice %d: %v", c, err)
		}
	}
	if err := vote(watching, q.ID, 1, 3); !errors.Is(err, workshop.ErrObserver) {
		t.Errorf("an observer: %v", err)
	}
	if err := vote(r.devices[0], q.ID, 2, 3); !errors.Is(err, workshop.ErrClosed) {
		t.Errorf("in the second vote: %v", err)
	}
	if err := vote(r.devices[0], uuid.New(), 1, 3); !errors.Is(err, workshop.ErrClosed) {
		t.Errorf("on another item: %v", err)
	}
	if c := r.console(); c.Voted != 0 || c.Watching != 1 {
		t.Errorf("%d voted, %d watch", c.Voted, c.Watching)
	}
}

func TestRestartedVoteBeginsAnew(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 6, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 1, 1, 1, 1, 1, 1)
	step := r.console().Workshop.Step
	if err := r.runner.RestartVote(t.Context(), r.id, q.ID, step, " ", storetest.Now); !errors.Is(err, workshop.ErrReason) {
		t.Errorf("without a reason: %v", err)
	}
	r.must(r.runner.RestartVote(t.Context(), r.id, q.ID, step, "Half of us read another question.", storetest.Now))
	c := r.console()
	if c.Voted != 0 || r.item(q.ID).Stage != workshop.Shown || len(c.Resets) != 1 || c.Resets[0].Vote != 1 {
		t.Errorf("%d voted, %s, resets %v", c.Voted, r.item(q.ID).Stage, c.Resets)
	}
	r.move(q.ID, workshop.OpenVote, workshop.CloseVote, workshop.Reveal)
	err := r.runner.RestartVote(t.Context(), r.id, q.ID, r.console().Workshop.Step, "Again.", storetest.Now)
	if _, ok := errors.AsType[*workshop.MoveError](err); !ok {
		t.Errorf("after the reveal: %v, want a MoveError", err)
	}
}

// TestCardsOfPaperStandForTheWholeVote: what devices sent in it goes.
func TestCardsOfPaperStandForTheWholeVote(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 6, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 5, 5, 5)
	key := func(counts maturity.Counts, dontKnow int) error {
		return r.runner.KeyTally(t.Context(), r.id, q.ID, r.console().Workshop.Step, workshop.Tally{Counts: counts, DontKnow: dontKnow}, storetest.Now)
	}
	for _, wrong := range []maturity.Counts{{}, {-1, 9}, {501}} {
		if err := key(wrong, 0); !errors.Is(err, workshop.ErrTally) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	r.must(key(maturity.Counts{1, 2, 3, 2, 1}, 1))
	if c := r.console(); c.Voted != 10 || r.item(q.ID).Stage != workshop.Voted {
		t.Errorf("%d voted, %s", c.Voted, r.item(q.ID).Stage)
	}
	r.move(q.ID, workshop.Reveal, workshop.Discuss, workshop.VoteAgain)
	if it := r.item(q.ID); !it.ByCards[0] || fmt.Sprint(it.First.Counts) != "[1 2 3 2 1]" || *it.First.DontKnow != 1 {
		t.Errorf("told %+v", it.First)
	}
	if err := r.seat(r.devices[0]).Vote(t.Context(), q.ID, 2, 5); !errors.Is(err, workshop.ErrByCards) {
		t.Errorf("a device after cards: %v, want ErrByCards", err)
	}
	r.must(key(maturity.Counts{0, 1, 5, 2, 1}, 0)) // one card fewer than the first time
	r.move(q.ID, workshop.ShowShift)
	if it := r.item(q.ID); it.Second.Hidden == "" || it.Second.Counts != nil || it.Second.N != nil {
		t.Errorf("the second vote of other people: %+v", it.Second)
	}
}

// TestAcknowledgedVotesOutliveLostConnections cuts every connection of the program
// again and again while a room votes: each device tries until it is told that its
// vote is kept, and then it is.
func TestAcknowledgedVotesOutliveLostConnections(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 60, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	voted := make(chan struct{}, len(r.devices))
	var group sync.WaitGroup
	for i, token := range r.devices {
		group.Go(func() {
			for round := 1; round <= 5; round++ { // the last of them counts
				for ctx.Err() == nil {
					seat, err := r.db.EnterWorkshop(ctx, token)
					if err == nil {
						err = seat.Vote(ctx, q.ID, 1, assessment.Choice(1+(i+round)%5))
					}
					if err == nil {
						break
					}
					if !errors.Is(err, store.ErrUnavailable) {
						t.Errorf("%v, want ErrUnavailable", err)
						return
					}
				}
			}
			voted <- struct{}{}
		})
	}
	for cuts := 0; cuts < 20 && len(voted) < len(r.devices); cuts++ {
		storetest.Change(t, r.db, `
			SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'octant_app'`)
	}
	group.Wait()
	r.must(ctx.Err())
	for i, token := range r.devices {
		if own := r.seat(token).Own; own.Vote != assessment.Choice(1+i%5) {
			t.Errorf("device %d: vote %d is kept, %d was acknowledged", i, own.Vote, 1+i%5)
		}
	}
	if c := r.console(); c.Voted != len(r.devices) {
		t.Errorf("%d of %d votes are kept", c.Voted, len(r.devices))
	}
}
