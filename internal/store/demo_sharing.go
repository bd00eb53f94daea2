package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
)

// What the demonstration's trusts share, since when, and whether they may be
// asked for advice. The trusts are too few for a benchmark, which its pages then
// say. Those that are gone agreed before they closed, so that the lead of the trust
// that follows them sees their rounds beside its own.
var demoRungs = []struct {
	ods     string
	rung    access.Rung
	days    int // ago: after all that is told of its rounds
	willing bool
}{
	{harrowmere, access.InCircle, 2, false},
	{brackenvale, access.Public, 2, true},
	{eastmarch, access.Counted, 1, true},
	{eastMarch, access.InCircle, 4*365 - 40, false},
	{harrowvaleAmb, access.InCircle, 4*365 - 60, false},
}

// fillSharing says how far each trust shares, and makes a circle of two of them
// to which the third is invited. What is there stays.
func (db *DB) fillSharing(ctx context.Context, now time.Time) error {
	for i := range demoTrusts {
		t, err := db.Enter(ctx, demoTrusts[i].lead(), demoTrusts[i].ods)
		if err != nil {
			return err
		}
		if err := t.fillRung(ctx, now); err != nil {
			return err
		}
	}
	circle, made := demoID("circle"), now.AddDate(0, 0, -2)
	b := &pgx.Batch{}
	b.Queue(`INSERT INTO circles (id, name, founder, made_at) VALUES ($1, 'Trusts of the Marches', $2, $3) ON CONFLICT DO NOTHING`, circle, harrowmere, made)
	b.Queue(`
		INSERT INTO circle_places (ods, circle_id, state, invited_at, joined_at)
		VALUES ($2, $1, 'member', $5, $5), ($3, $1, 'member', $5, $5::timestamptz + interval '5 hours'), ($4, $1, 'invited', $5::timestamptz + interval '1 day', NULL)
		ON CONFLICT DO NOTHING`, circle, harrowmere, brackenvale, eastmarch, made)
	return db.send(ctx, b)
}

// fillRung says how far this trust shares, unless something was said already.
func (t *Trust) fillRung(ctx context.Context, now time.Time) error {
	for _, d := range demoRungs {
		if d.ods != t.ODS {
			continue
		}
		at := now.AddDate(0, 0, -d.days)
		return t.tx(ctx, access.ShareResults, func(ctx context.Context, tx pgx.Tx) error {
			said, err := tx.Exec(ctx, `
				INSERT INTO consents (ods, rung, from_on, set_by, set_at)
				SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT FROM consents WHERE ods = $1)`, t.ODS, d.rung, access.Today(at), t.Person, at)
			if err != nil || said.RowsAffected() == 0 {
				return err
			}
			if d.willing {
				_, err = tx.Exec(ctx, `INSERT INTO guides (ods, willing, set_by, set_at) VALUES ($1, true, $2, $3)`, t.ODS, t.Person, at)
			}
			if err != nil {
				return err
			}
			return t.note(ctx, tx, at, audit.Entry{Deed: audit.ConsentSet, Detail: string(d.rung) + " from " + access.Today(at).Format(time.DateOnly)})
		})
	}
	return nil
}
