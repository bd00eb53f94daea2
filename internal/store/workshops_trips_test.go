package store_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/internal/workshop"
)

// trips counts how often the database is asked and waited for.
type trips struct{ n atomic.Int64 }

func (c *trips) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.n.Add(1)
	return ctx
}

func (*trips) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (c *trips) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	c.n.Add(1)
	return ctx
}

func (*trips) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (*trips) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

// TestARoomIsReadInOneRoundTrip: however much a view holds, the database is asked
// once for it, and once for a vote.
func TestARoomIsReadInOneRoundTrip(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 1, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	counted := &trips{}
	db := store.Traced(t.Context(), t, r.db, counted)
	runner := storetest.Enter(t, db, r.board.Facilitator, r.board.ODS)
	seat, err := db.EnterWorkshop(t.Context(), r.devices[0])
	r.must(err)
	for what, read := range map[string]func() error{
		"door":    func() error { _, err := db.EnterWorkshop(t.Context(), r.devices[0]); return err },
		"board":   func() error { _, err := seat.Board(t.Context()); return err },
		"vote":    func() error { return seat.Vote(t.Context(), q.ID, 1, 4) },
		"console": func() error { _, err := runner.Console(t.Context(), r.id, storetest.Now); return err },
		"wall":    func() error { _, _, err := runner.WorkshopBoard(t.Context(), r.id, storetest.Now); return err },
		"record": func() error {
			_, err := runner.WorkshopRecord(t.Context(), r.id)
			return ignore(err, store.ErrNotFound)
		},
	} {
		before := counted.n.Load()
		r.must(read())
		if n := counted.n.Load() - before; n != 1 {
			t.Errorf("%s: the database is asked %d times", what, n)
		}
	}
}

// ignore is the error unless it is the one that is expected.
func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}
