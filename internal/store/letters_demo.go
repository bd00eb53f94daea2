package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"octant/internal/access"
	"octant/internal/assessment"
)

// WaitingCode is a sign-in code whose letter waits in its queue.
type WaitingCode struct {
	ID   uuid.UUID
	To   access.Person
	Code string
}

// mostWaiting is how many waiting letters and codes are read.
const mostWaiting = 100

// WaitingLetters reads the letters and codes that wait in their queues where
// there is no mail server, the newest first. They say what only their readers
// may know, so that it is for the demonstration alone.
func (db *DB) WaitingLetters(ctx context.Context, now time.Time) (letters []Outgoing, codes []WaitingCode, err error) {
	listed, err := db.jobs.JobList(ctx, river.NewJobListParams().First(mostWaiting).
		Queues(LetterQueue, CodeQueue).OrderBy(river.JobListOrderByID, river.SortOrderDesc).
		States(rivertype.JobStateAvailable, rivertype.JobStateRetryable, rivertype.JobStateScheduled))
	if err != nil {
		return nil, nil, fault("waiting letters", err)
	}
	for _, row := range listed.Jobs {
		if row.Queue == CodeQueue {
			codes, err = db.addCode(ctx, codes, row, now)
		} else {
			letters, err = db.addLetter(ctx, letters, row, now)
		}
		if err != nil {
			return nil, nil, fault("waiting letters", err)
		}
	}
	return letters, codes, nil
}

func (db *DB) addCode(ctx context.Context, codes []WaitingCode, row *rivertype.JobRow, now time.Time) ([]WaitingCode, error) {
	var job CodeJob
	if err := json.Unmarshal(row.EncodedArgs, &job); err != nil {
		return codes, fmt.Errorf("job %d: %w", row.ID, err)
	}
	to, code, ok, err := db.CodeToSend(ctx, job.Code, now)
	if err != nil || !ok {
		return codes, err
	}
	return append(codes, WaitingCode{job.Code, to, code}), nil
}

func (db *DB) addLetter(ctx context.Context, letters []Outgoing, row *rivertype.JobRow, now time.Time) ([]Outgoing, error) {
	var job LetterJob
	if err := json.Unmarshal(row.EncodedArgs, &job); err != nil {
		return letters, fmt.Errorf("job %d: %w", row.ID, err)
	}
	t, err := db.EnterByClock(ctx, job.ODS)
	if err != nil {
		return letters, err
	}
	err = t.tx(ctx, access.KeepTime, func(ctx context.Context, tx pgx.Tx) error {
		out, ok, err := t.letter(ctx, tx, job.Letter, now)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return nil
		case err == nil && ok && out.State.waits():
			letters = append(letters, out)
		}
		return err
	})
	return letters, err
}

// fillLetters has everybody invited to the demonstration's open round, and a
// reminder to those still to finish wait, for a visitor to read.
func (t *Trust) fillLetters(ctx context.Context, tx pgx.Tx, d demoRound) error {
	b := &pgx.Batch{}
	var silent []uuid.UUID
	for _, s := range d.sheets {
		b.Queue(`
			INSERT INTO letters (ods, id, round_id, person_id, kind, state, made_at, done_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			t.ODS, demoID("invitation/", d.round.ID, s.person), d.round.ID, s.person, assessment.Invitation, LetterAccepted,
			d.round.OpenedAt, d.round.OpenedAt.Add(2*time.Second))
		if !s.submitted {
			silent = append(silent, s.person)
		}
	}
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	return t.queueLetters(ctx, tx, d.round.ID, assessment.Reminder, silent, d.round.OpenedAt.AddDate(0, 0, assessment.SecondReminder))
}

// settleLetters has the letters of a round that is told as history be sent long
// ago.
func (t *Trust) settleLetters(ctx context.Context, round uuid.UUID) error {
	return t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			UPDATE letters SET state = $3, done_at = made_at + interval '2 seconds'
			WHERE ods = $1 AND round_id = $2 AND state = $4 RETURNING id`, t.ODS, round, LetterAccepted, LetterQueued)
		if err != nil {
			return err
		}
		ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return err
		}
		return t.asDesk(ctx, tx, func() error {
			_, err := tx.Exec(ctx, `DELETE FROM river.river_job WHERE kind = $1 AND (args ->> 'letter')::uuid = ANY ($2)`,
				LetterJob{}.Kind(), ids)
			return err
		})
	})
}
