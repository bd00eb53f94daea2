package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
)

// dayWords is how a day is written in the record of what was done.
const dayWords = "2 January 2006"

// ScheduleRound has a draft open itself in the morning of its planned day.
func (t *Trust) ScheduleRound(ctx context.Context, id uuid.UUID, now time.Time) error {
	return fault("schedule round", t.replan(ctx, id, now, func(r *assessment.Round) (audit.Entry, error) {
		return audit.Entry{Deed: audit.RoundTimed, Detail: "on " + r.OpensOn.Format(dayWords)}, r.Schedule(now)
	}))
}

// UnscheduleRound takes that back.
func (t *Trust) UnscheduleRound(ctx context.Context, id uuid.UUID, now time.Time) error {
	return fault("unschedule round", t.replan(ctx, id, now, func(r *assessment.Round) (audit.Entry, error) {
		return audit.Entry{Deed: audit.RoundUntimed}, r.Unschedule()
	}))
}

// MoveClosing puts the last day of an open round off.
func (t *Trust) MoveClosing(ctx context.Context, id uuid.UUID, to, now time.Time) error {
	return fault("move closing", t.replan(ctx, id, now, func(r *assessment.Round) (audit.Entry, error) {
		return audit.Entry{Deed: audit.ClosingMoved, Detail: "to " + to.Format(dayWords)}, r.MoveClosing(to, now)
	}))
}

// replan changes how a round keeps to the clock. What changes nothing is not
// recorded.
func (t *Trust) replan(ctx context.Context, id uuid.UUID, now time.Time, change func(*assessment.Round) (audit.Entry, error)) error {
	return t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		r, err := t.holdRound(ctx, tx, id)
		if err != nil {
			return err
		}
		before := r
		entry, err := change(&r)
		if err != nil || r == before {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE rounds SET by_clock = $3, closes_on = $4 WHERE ods = $1 AND id = $2`,
			t.ODS, id, r.ByClock, r.ClosesOn)
		if err != nil {
			return err
		}
		entry.Round = id
		return t.note(ctx, tx, now, entry)
	})
}

// ExtendFor gives one person until a day after the round's last, or with a zero
// day takes that back. Somebody who is not asked is ErrNotFound.
func (t *Trust) ExtendFor(ctx context.Context, round, person uuid.UUID, to, now time.Time) error {
	return fault("extend for", t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		r, err := t.holdRound(ctx, tx, round)
		if err != nil {
			return err
		}
		entry := audit.Entry{Deed: audit.ExtensionEnded, Round: round, Person: person}
		switch {
		case !to.IsZero():
			err = r.MayExtend(to, now)
			entry.Deed, entry.Detail = audit.RoundExtended, "until "+to.Format(dayWords)
		case r.State != assessment.Open:
			err = assessment.ErrNotOpen
		}
		if err != nil {
			return err
		}
		return t.setFor(ctx, tx, now, entry, `
			UPDATE invitations SET extended_to = $4
			WHERE ods = $1 AND round_id = $2 AND person_id = $3 AND extended_to IS DISTINCT FROM $4`, dayOrNull(to))
	}))
}

// MarkAway marks somebody as away from an open round, so that they are not
// reminded, or as back. Either way they count as asked.
func (t *Trust) MarkAway(ctx context.Context, round, person uuid.UUID, away bool, now time.Time) error {
	return fault("mark away", t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		r, err := t.holdRound(ctx, tx, round)
		if err != nil {
			return err
		}
		if r.State != assessment.Open {
			return assessment.ErrNotOpen
		}
		entry := audit.Entry{Deed: audit.MarkedBack, Round: round, Person: person}
		if away {
			entry.Deed = audit.MarkedAway
		}
		return t.setFor(ctx, tx, now, entry, `
			UPDATE invitations SET away = $4 WHERE ods = $1 AND round_id = $2 AND person_id = $3 AND away <> $4`, away)
	}))
}

// setFor changes one value for somebody who is asked and records it, if it was
// another before.
func (t *Trust) setFor(ctx context.Context, tx pgx.Tx, now time.Time, e audit.Entry, sql string, value any) error {
	var asked bool
	err := tx.QueryRow(ctx, `SELECT true FROM invitations WHERE ods = $1 AND round_id = $2 AND person_id = $3`,
		t.ODS, e.Round, e.Person).Scan(&asked)
	if err != nil {
		return err
	}
	changed, err := tx.Exec(ctx, sql, t.ODS, e.Round, e.Person, value)
	if err != nil || changed.RowsAffected() == 0 {
		return err
	}
	return t.note(ctx, tx, now, e)
}

// dayOrNull is the day, or null for the zero one.
func dayOrNull(day time.Time) *time.Time {
	if day.IsZero() {
		return nil
	}
	return &day
}
