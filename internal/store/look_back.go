package store

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/maturity"
)

// A round looks back on the trust's round that closed last before it opened. That
// cannot change once it is open, so it is not kept anywhere but in the report.

// lookedBackOn is that round's id, for a statement in which r is the round; null
// in a first round.
const lookedBackOn = `(
	SELECT b.id FROM rounds b WHERE b.ods = r.ods AND b.state = 'closed' AND b.closed_at <= r.opened_at
	ORDER BY b.closed_at DESC, b.id DESC LIMIT 1)`

// What makes a round r ask a question: its version and form are among those that
// do, and to look back there is a round to look back on.
const (
	asksQuestion = `r.questionnaire || '/' || r.form = ANY ($5)`
	asksLookBack = asksQuestion + ` AND ` + lookedBackOn + ` IS NOT NULL`
)

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
