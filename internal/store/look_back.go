package store

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/maturity"
)

// A round looks back on the trust's round that closed last before it opened. That
// cannot change once it is open, so it is not kept anywhere but in the report.

// lookedBackOn is that round's id, for a statement in which r is the round; null
// in a first round.
const lookedBackOn = lookBackHead + `r.opened_at` + lookBackTail

// willLookBackOn is the same, and of a draft the one it would look back on if it
// opened now.
const willLookBackOn = lookBackHead + `coalesce(r.opened_at, 'infinity')` + lookBackTail

const (
	lookBackHead = `(SELECT b.id FROM rounds b WHERE b.ods = r.ods AND b.state = 'closed' AND b.closed_at <= `
	lookBackTail = ` ORDER BY b.closed_at DESC, b.id DESC LIMIT 1)`
)

// What makes a round r ask a question: its version and form are among those that
// do, and to look back there is a round to look back on.
const (
	asksQuestion = `r.questionnaire || '/' || r.form = ANY ($5)`
	asksLookBack = asksQuestion + ` AND ` + lookedBackOn + ` IS NOT NULL`
)

// LooksBackOn is the round on which a round looks back, or would if it opened now;
// [RoundName.None] for a first one. It is for those who print its sheets.
func (t *Trust) LooksBackOn(ctx context.Context, round uuid.UUID) (before RoundName, err error) {
	err = t.read(ctx, access.ManageRounds, func(b *pgx.Batch) {
		b.Queue(`
			SELECT e.id, e.title, (e.closed_at AT TIME ZONE 'Europe/London')::date
			FROM rounds r JOIN rounds e ON e.ods = r.ods AND e.id = `+willLookBackOn+`
			WHERE r.ods = $1 AND r.id = $2`, t.ODS, round).
			Query(func(rows pgx.Rows) error {
				_, err := pgx.ForEachRow(rows, []any{&before.Round, &before.Title, &before.ClosedOn}, func() error { return nil })
				return err
			})
	})
	return before, fault("looks back on", err)
}

// looksBack says whether a round that is open looks back.
func (t *Trust) looksBack(ctx context.Context, tx pgx.Tx, round uuid.UUID) (back bool, err error) {
	err = tx.QueryRow(ctx, `SELECT `+lookedBackOn+` IS NOT NULL FROM rounds r WHERE r.ods = $1 AND r.id = $2`, t.ODS, round).Scan(&back)
	return back, err
}

// lookedBackOn is the report of the round on which one looks back; nil for none.
func (t *Trust) lookedBackOn(ctx context.Context, tx pgx.Tx, round uuid.UUID) (earlier *maturity.Report, err error) {
	var document []byte
	err = tx.QueryRow(ctx, `
		SELECT p.document FROM rounds r JOIN reports p ON p.ods = r.ods AND p.round_id = `+lookedBackOn+`
		WHERE r.ods = $1 AND r.id = $2`, t.ODS, round).Scan(&document)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return earlier, nil
	case err != nil:
		return earlier, err
	}
	report, err := maturity.Thaw(document)
	return &report, err
}
