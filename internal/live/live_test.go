package live_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"octant/internal/live"
	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/internal/workshop"
)

// stage is a database that tells, and hubs that hear it.
type stage struct {
	testing.TB
	db    *store.DB
	tells atomic.Int64
}

const deadline = 10 * time.Second

func newStage(tb testing.TB) *stage {
	tb.Helper()
	return &stage{TB: tb, db: storetest.New(tb)}
}

func (s *stage) tell(ctx context.Context, room string) error {
	s.tells.Add(1)
	return s.db.Tell(ctx, room)
}

// hub starts a replica and waits until it hears.
func (s *stage) hub() *live.Hub {
	s.Helper()
	h := live.Start(s.Context(), live.Options{Listen: s.db.Listen, Tell: s.tell, Log: slog.New(slog.DiscardHandler), Gap: 20 * time.Millisecond})
	s.Cleanup(h.Stop)
	w := h.Subscribe("is it on")
	defer w.Close()
	s.woken(w) // the beginning of listening wakes everybody
	return h
}

func (s *stage) woken(w *live.Waiter) {
	s.Helper()
	select {
	case _, open := <-w.C:
		if !open {
			s.Fatal("the hub has stopped")
		}
	case <-time.After(deadline):
		s.Fatal("nobody woke the waiter")
	}
}

func (s *stage) asleep(w *live.Waiter) {
	s.Helper()
	select {
	case <-w.C:
		s.Error("woken for nothing")
	default:
	}
}

func TestEveryReplicaWakesTheRoomAndNoOther(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first, second := s.hub(), s.hub()
	var here []*live.Waiter
	for range 300 {
		here = append(here, first.Subscribe("blue"), second.Subscribe("blue", "blue/desk"))
	}
	elsewhere := first.Subscribe("red")
	if err := s.tell(t.Context(), "blue"); err != nil {
		t.Fatal(err)
	}
	for _, w := range here {
		s.woken(w)
	}
	s.asleep(elsewhere)
	for _, w := range here[:599] {
		w.Close()
	}
	if err := s.tell(t.Context(), "blue/desk"); err != nil {
		t.Fatal(err)
	}
	s.woken(here[599])
	if n := first.Waiting() + second.Waiting(); n != 2 {
		t.Errorf("%d wait, want 2", n)
	}
}

// TestListenerWhoseConnectionIsCutHeals: whatever was told meanwhile, everybody is
// woken once it hears again.
func TestListenerWhoseConnectionIsCutHeals(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	h := s.hub()
	w := h.Subscribe("blue")
	for range 3 {
		s.asleep(w)
		cut, err := storetest.Owner(t, s.db).Exec(t.Context(), `
			SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND query LIKE 'LISTEN%' AND pid <> pg_backend_pid()`)
		if err != nil || cut.RowsAffected() == 0 {
			t.Fatalf("cut %d connections, %v", cut.RowsAffected(), err)
		}
		s.woken(w) // by its hearing again
		if err := s.tell(t.Context(), "blue"); err != nil {
			t.Fatal(err)
		}
		s.woken(w)
	}
}

func TestDatabaseThatIsAwayIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	var tries atomic.Int64
	h := live.Start(t.Context(), live.Options{
		Listen: func(ctx context.Context) (*pgx.Conn, error) {
			if tries.Add(1) < 4 {
				return nil, errors.New("away")
			}
			return s.db.Listen(ctx)
		},
		Tell: s.tell, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(h.Stop)
	s.woken(h.Subscribe("blue"))
	if n := tries.Load(); n != 4 {
		t.Errorf("tried %d times", n)
	}
}

// TestNudgesAreFewAndTheLastIsHeard: a hundred votes are told a few times, and
// always after the last of them.
func TestNudgesAreFewAndTheLastIsHeard(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	h := s.hub()
	w := h.Subscribe("desk")
	var votes, seen atomic.Int64
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for range w.C {
			if seen.Store(votes.Load()); seen.Load() == 500 {
				return
			}
		}
	}()
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			for range 10 {
				votes.Add(1)
				h.Nudge("desk")
			}
		})
	}
	group.Wait()
	select {
	case <-ended:
	case <-time.After(deadline):
		t.Fatalf("the desk saw %d of 500 votes", seen.Load())
	}
	if n := s.tells.Load(); n > 50 {
		t.Errorf("500 votes were told %d times", n)
	}
}

// TestNudgeWithoutADatabaseWakesThisReplica.
func TestNudgeWithoutADatabaseWakesThisReplica(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	h := live.Start(t.Context(), live.Options{
		Listen: s.db.Listen, Tell: func(context.Context, string) error { return errors.New("away") }, Log: slog.New(slog.DiscardHandler),
	})
	t.Cleanup(h.Stop)
	w := h.Subscribe("desk")
	s.woken(w)
	h.Nudge("desk")
	s.woken(w)
}

func TestStopEndsAllWaiting(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	h := s.hub()
	waiters := []*live.Waiter{h.Subscribe("blue"), h.Subscribe("blue", "red")}
	h.Nudge("blue")
	h.Stop()
	h.Stop()
	h.Nudge("blue")
	for _, w := range append(waiters, h.Subscribe("blue")) {
		for open := true; open; {
			select {
			case _, open = <-w.C:
			case <-time.After(deadline):
				t.Fatal("somebody still waits")
			}
		}
		w.Close()
	}
}

// TestMoveWakesTheRoomIfItIsKept: a move that is refused wakes nobody, and a vote
// is told by a nudge alone.
func TestMoveWakesTheRoomIfItIsKept(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	board := storetest.Trust(t, s.db)
	runner := storetest.Enter(t, s.db, board.Facilitator, board.ODS)
	id, err := runner.CreateWorkshop(t.Context(), store.NewWorkshop{Title: "Away day", Length: workshop.Short}, storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	h := s.hub()
	room, after := h.Subscribe(workshop.Room(id)), h.Subscribe("what is told after")
	if err := runner.BeginWorkshop(t.Context(), id, 0, storetest.Now); err != nil {
		t.Fatal(err)
	}
	s.woken(room)
	if err := runner.BeginWorkshop(t.Context(), id, 0, storetest.Now); !errors.Is(err, workshop.ErrStep) {
		t.Fatalf("begun again: %v", err)
	}
	if err := s.tell(t.Context(), "what is told after"); err != nil {
		t.Fatal(err)
	}
	s.woken(after)
	s.asleep(room)
}

// BenchmarkFanOut is from the telling of a change to the last waiter's waking.
func BenchmarkFanOut(b *testing.B) {
	for _, waiters := range []int{300, 2000, 10000} {
		b.Run(fmt.Sprint(waiters), func(b *testing.B) {
			s := newStage(b)
			h := s.hub()
			var woken sync.WaitGroup
			all := make([]*live.Waiter, waiters)
			for i := range all {
				all[i] = h.Subscribe("blue")
				go func() {
					for range all[i].C {
						woken.Done()
					}
				}()
			}
			for b.Loop() {
				woken.Add(waiters)
				if err := s.tell(context.Background(), "blue"); err != nil {
					b.Fatal(err)
				}
				woken.Wait()
			}
			h.Stop()
		})
	}
}

// BenchmarkWaiter says how much memory waiting takes beside the connection.
func BenchmarkWaiter(b *testing.B) {
	const waiters = 10_000
	s := newStage(b)
	h := s.hub()
	all := make([]*live.Waiter, waiters)
	var before, after runtime.MemStats
	for b.Loop() {
		clear(all)
		runtime.GC()
		runtime.ReadMemStats(&before)
		for i := range all {
			all[i] = h.Subscribe("blue")
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		for _, w := range all {
			w.Close()
		}
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/waiters, "B/waiter")
}
