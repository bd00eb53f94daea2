package store

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/maturity"
)

// keepChange sets a round that closes beside the trust's closed round before it,
// if there is one, and freezes what may be told of those who answered both. This
// is the only time that anything reads the answers of two rounds: whoever answered
// both is known by their pseudonym, which the earlier round soon loses.
func (t *Trust) keepChange(ctx context.Context, tx pgx.Tx, r assessment.Round, now sitting, result maturity.Result) error {
	earlier, report, err := t.roundBefore(ctx, tx, r)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	then, err := t.submitted(ctx, tx, earlier)
	if err != nil {
		return err
	}
	turnover, err := t.turnover(ctx, tx, earlier.ID, r.ID)
	if err != nil {
		return err
	}
	change := maturity.Follow(
		maturity.Sitting{Input: then.in, Result: report.Result}, maturity.Sitting{Input: now.in, Result: result},
		earlier.ID.String(), r.ID.String(), returning(then, now), turnover)
	document, digest, err := maturity.FreezeChange(change)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO changes (ods, round_id, earlier_id, schema, digest, document) VALUES ($1, $2, $3, $4, $5, $6)`,
		t.ODS, r.ID, earlier.ID, change.Schema, digest, document)
	return err
}

// roundBefore is the trust's closed round before this one, with its report.
func (t *Trust) roundBefore(ctx context.Context, tx pgx.Tx, r assessment.Round) (earlier assessment.Round, report maturity.Report, err error) {
	var document []byte
	err = tx.QueryRow(ctx, `
		SELECT `+roundColumns+`, n.asked, n.finished, n.extended_to, p.document
		FROM rounds r JOIN reports p ON p.ods = r.ods AND p.round_id = r.id`+countAsked+`
		WHERE r.ods = $1 AND r.id = (
			SELECT x.id FROM rounds x WHERE x.ods = $1 AND x.state = 'closed' AND (x.closed_at, x.id) < ($2, $3)
			ORDER BY x.closed_at DESC, x.id DESC LIMIT 1)`, t.ODS, r.ClosedAt, r.ID).
		Scan(roundFields(&earlier, &earlier.Asked, &earlier.Finished, &earlier.ExtendedTo, &document)...)
	if err != nil {
		return earlier, report, err
	}
	report, err = maturity.Thaw(document)
	return earlier, report, err
}

// returning pairs the places of those who answered both.
func returning(then, now sitting) (pairs [][2]int) {
	places := make(map[access.Respondent]int, len(then.who))
	for i, who := range then.who {
		places[who] = i
	}
	for i, who := range now.who {
		if before, ok := places[who]; ok {
			pairs = append(pairs, [2]int{before, i})
		}
	}
	return pairs
}

// turnover counts who is asked in both rounds or in one alone.
func (t *Trust) turnover(ctx context.Context, tx pgx.Tx, earlier, later uuid.UUID) (n maturity.Turnover, err error) {
	err = tx.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE p.before AND p.now), count(*) FILTER (WHERE NOT p.before), count(*) FILTER (WHERE NOT p.now)
		FROM (SELECT bool_or(round_id = $2) AS before, bool_or(round_id = $3) AS now
		      FROM invitations WHERE ods = $1 AND round_id IN ($2, $3) GROUP BY person_id) p`, t.ODS, earlier, later).
		Scan(&n.Stayed, &n.Joined, &n.Left)
	return n, err
}
