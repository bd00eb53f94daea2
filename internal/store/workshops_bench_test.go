package store_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/internal/workshop"
)

// The room of the benchmarks, and how long it takes to vote.
const (
	benchDevices = 490
	benchRush    = 2 * time.Second
)

// benchRoom is a workshop in its first vote, with seats for every device.
func benchRoom(b *testing.B) (db *store.DB, runner *store.Trust, id uuid.UUID, tokens []string) {
	b.Helper()
	db = storetest.New(b)
	board := storetest.Trust(b, db)
	runner = storetest.Enter(b, db, board.Facilitator, board.ODS)
	id, err := runner.CreateWorkshop(b.Context(), store.NewWorkshop{Title: "Away day", Length: workshop.Short}, storetest.Now)
	if err == nil {
		err = runner.BeginWorkshop(b.Context(), id, 0, storetest.Now)
	}
	c, readErr := runner.Console(b.Context(), id, storetest.Now)
	if err != nil || readErr != nil {
		b.Fatal(err, readErr)
	}
	for i := range benchDevices {
		token, _, err := db.JoinWorkshop(b.Context(), store.Joining{Code: c.Code, Device: fmt.Sprint(i), Network: fmt.Sprint(i % 9)}, storetest.Now)
		if err != nil {
			b.Fatal(err)
		}
		tokens = append(tokens, token)
	}
	return db, runner, id, tokens
}

// BenchmarkVoteRush has everybody vote within two seconds, each through the door
// for devices, at times that do not wait for one another. The time of a vote
// counts from when it was to begin.
func BenchmarkVoteRush(b *testing.B) {
	db, runner, id, tokens := benchRoom(b)
	move := func(item uuid.UUID, m workshop.Move, step int) {
		if err := runner.MoveOn(b.Context(), id, item, m, step, storetest.Now); err != nil {
			b.Fatal(err)
		}
	}
	var items []uuid.UUID
	c, err := runner.Console(b.Context(), id, storetest.Now)
	if err != nil {
		b.Fatal(err)
	}
	for _, it := range c.Workshop.Items {
		if it.Kind == workshop.Question {
			items = append(items, it.ID)
		}
	}
	step := c.Workshop.Step
	move(items[0], workshop.Show, step)
	move(items[0], workshop.OpenVote, step+1)
	var took []time.Duration
	for b.Loop() {
		took = append(took, rush(b, db, tokens, items[0])...)
	}
	slices.Sort(took)
	c, err = runner.Console(b.Context(), id, storetest.Now)
	if err != nil || c.Voted != len(tokens) {
		b.Errorf("%d of %d votes are kept, %v", c.Voted, len(tokens), err)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}

func rush(b *testing.B, db *store.DB, tokens []string, item uuid.UUID) []time.Duration {
	took := make([]time.Duration, len(tokens))
	begin := time.Now()
	var group sync.WaitGroup
	for i, token := range tokens {
		at := begin.Add(benchRush * time.Duration(i) / time.Duration(len(tokens)))
		group.Go(func() {
			<-time.After(time.Until(at))
			seat, err := db.EnterWorkshop(context.Background(), token)
			if err == nil {
				err = seat.Vote(context.Background(), item, 1, assessment.Choice(1+i%5))
			}
			if took[i] = time.Since(at); err != nil {
				b.Error(err)
			}
		})
	}
	group.Wait()
	return took
}

// BenchmarkSeat is the door for a device, which every request of one goes
// through, and the board that all devices share.
func BenchmarkSeat(b *testing.B) {
	db, _, _, tokens := benchRoom(b)
	b.Run("enter", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := db.EnterWorkshop(b.Context(), tokens[i%len(tokens)]); err != nil {
				b.Fatal(err)
			}
		}
	})
	seat, err := db.EnterWorkshop(b.Context(), tokens[0])
	if err != nil {
		b.Fatal(err)
	}
	b.Run("board", func(b *testing.B) {
		for b.Loop() {
			if _, err := seat.Board(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
}
