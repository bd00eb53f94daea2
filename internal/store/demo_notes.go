package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"octant/internal/access"
)

// demoNote is a note on a demonstration trust's time line, some days before a
// round opens.
type demoNote struct {
	round, days int
	text        string
}

// demoNotes tell what else happened at Harrowmere: the new system is what the
// board speaks of in its third round.
var demoNotes = map[string][]demoNote{
	harrowmere: {
		{1, 120, "New patient record chosen"},
		{2, 150, "New patient record went live"},
		{2, 90, "New chair"},
	},
}

// fillNotes puts a trust's notes on its time line, unless they are there.
func (t *Trust) fillNotes(ctx context.Context, now time.Time) error {
	if len(demoNotes[t.ODS]) == 0 {
		return nil
	}
	return t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		b := &pgx.Batch{}
		for _, n := range demoNotes[t.ODS] {
			on := roundOpens(now, n.round).AddDate(0, 0, -n.days)
			b.Queue(`
				INSERT INTO milestones (ods, id, on_date, text, written_by, written_at)
				VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
				t.ODS, demoID("note/"+t.ODS+"/"+n.text), on, n.text, t.Person, on)
		}
		return tx.SendBatch(ctx, b).Close()
	})
}
