package store

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
)

// ErrSubmitted means that a sheet was handed in, so that it is no draft that its
// writer could delete.
var ErrSubmitted = errors.New("store: the sheet has been submitted")

// revisionsADraft is how many revisions an answer may have in one draft before
// its numbers could meet those of the next; mostDrafts is the last draft whose
// numbers fit.
const (
	revisionsADraft = "65536"
	mostDrafts      = 30000
)

// seenOrNew holds in the statements that save an answer: either the person has
// seen none, or the one they saw is still kept.
const seenOrNew = `($11 = 0 OR EXISTS (
		SELECT FROM answers o WHERE o.ods = $1 AND o.round_id = $3 AND o.respondent = $6 AND o.question = $7::varchar))`

// DeleteDraft deletes all that this person has written in an open round and not
// handed in; they may begin again. It holds the round as closing does, so that
// it comes between two saves. What was handed in is ErrSubmitted.
func (t *Trust) DeleteDraft(ctx context.Context, round uuid.UUID) error {
	return fault("delete draft", t.tx(ctx, access.Answer, func(ctx context.Context, tx pgx.Tx) error {
		var state assessment.State
		var submitted bool
		b := &pgx.Batch{}
		b.Queue(holdRound, lockKey(round))
		b.Queue(`
			SELECT r.state, i.finished OR coalesce(s.submitted, false)
			FROM rounds r JOIN invitations i ON i.ods = r.ods AND i.round_id = r.id
			LEFT JOIN responses s ON s.ods = r.ods AND s.round_id = r.id AND s.respondent = $4
			WHERE r.ods = $1 AND r.id = $2 AND r.state <> 'draft' AND i.person_id = $3`,
			t.ODS, round, t.Person, t.respondent()).
			QueryRow(func(row pgx.Row) error { return row.Scan(&state, &submitted) })
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		switch {
		case state != assessment.Open:
			return assessment.ErrNotOpen
		case submitted:
			return ErrSubmitted
		}
		return t.dropDraft(ctx, tx, round)
	}))
}

// dropDraft deletes answers and response, and has the next draft's revisions
// begin where none has been.
func (t *Trust) dropDraft(ctx context.Context, tx pgx.Tx, round uuid.UUID) error {
	_, err := tx.Exec(ctx, `DELETE FROM answers WHERE ods = $1 AND round_id = $2 AND respondent = $3`,
		t.ODS, round, t.respondent())
	if err != nil {
		return err
	}
	begun, err := tx.Exec(ctx, `DELETE FROM responses WHERE ods = $1 AND round_id = $2 AND respondent = $3`,
		t.ODS, round, t.respondent())
	if err != nil || begun.RowsAffected() == 0 {
		return err
	}
	_, err = tx.Exec(ctx, `
		UPDATE invitations SET drafts_deleted = least(drafts_deleted + 1, $4)
		WHERE ods = $1 AND round_id = $2 AND person_id = $3`, t.ODS, round, t.Person, mostDrafts)
	return err
}
