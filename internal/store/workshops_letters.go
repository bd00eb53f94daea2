package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"octant/internal/access"
	"octant/internal/action"
	"octant/internal/assessment"
	"octant/internal/workshop"
)

// about is what a letter is about that is about no round.
type about struct {
	workshop uuid.UUID
	action   uuid.UUID
	day      time.Time // on which the action was due when it was written
}

// queueAbout writes one letter to each of these people, who have an email address,
// and says how many it wrote.
func (t *Trust) queueAbout(ctx context.Context, tx pgx.Tx, people []uuid.UUID, kind assessment.Letter, of about, now time.Time) (int, error) {
	reached, err := t.reachable(ctx, tx, people)
	if err != nil || len(reached) == 0 {
		return 0, err
	}
	var jobs []river.JobArgs
	b := &pgx.Batch{}
	for _, person := range reached {
		id, err := uuid.NewV7()
		if err != nil {
			return 0, err
		}
		b.Queue(`
			INSERT INTO letters (ods, id, person_id, kind, state, made_at, workshop_id, action_id, for_day)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			t.ODS, id, person, kind, LetterQueued, now, orNull(of.workshop), orNull(of.action), orNever(of.day))
		jobs = append(jobs, LetterJob{ODS: t.ODS, Letter: id})
	}
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return 0, err
	}
	return len(reached), t.enqueueAt(ctx, tx, t.postAt(now), jobs...)
}

// letterOfNoRound reads a letter that is about something else, with all that it
// says, as [Trust.letter] reads the others.
func (t *Trust) letterOfNoRound(ctx context.Context, tx pgx.Tx, id uuid.UUID) (out Outgoing, ok bool, err error) {
	out, ok, err = t.adviceLetter(ctx, tx, id)
	if !errors.Is(err, pgx.ErrNoRows) {
		return out, ok, err
	}
	out = Outgoing{ID: id, ODS: t.ODS, Trust: t.Name}
	var w workshop.Workshop
	var a action.Action
	var day *time.Time
	err = tx.QueryRow(ctx, `
		SELECT l.kind, l.state, l.made_at, l.person_id, l.for_day,
		       coalesce(w.id, `+noID+`), coalesce(w.title, ''),
		       coalesce(a.id, `+noID+`), coalesce(a.what, ''), coalesce(a.due_on, '0001-01-01'), coalesce(a.state, ''),
		       coalesce(a.owner_id, `+noID+`)
		FROM letters l
		LEFT JOIN workshops w ON w.ods = l.ods AND w.id = l.workshop_id
		LEFT JOIN actions a ON a.ods = l.ods AND a.id = l.action_id
		WHERE l.ods = $1 AND l.id = $2 AND (l.workshop_id IS NOT NULL OR l.action_id IS NOT NULL) FOR UPDATE OF l`, t.ODS, id).
		Scan(&out.Kind, &out.State, &out.MadeAt, &out.To.ID, &day, &w.ID, &w.Title, &a.ID, &a.What, &a.Due, &a.State, &a.Owner)
	if err != nil {
		return out, false, err
	}
	out.MadeAt = out.MadeAt.UTC()
	if w.ID != uuid.Nil {
		out.Workshop = &w
	}
	if a.ID != uuid.Nil {
		out.Action = &a
		if a.State != action.Open || a.Owner != out.To.ID || day == nil || !day.Equal(a.Due) {
			return out, false, nil // it is settled, somebody else's or due another day by now
		}
	}
	ok, err = t.addressed(ctx, tx, &out)
	return out, ok, err
}

// KeepActions writes to the owners of actions that are due, in every trust. What
// fails in one is reported and keeps no other from its letters.
func (db *DB) KeepActions(ctx context.Context, now time.Time) error {
	trusts, err := db.everyTrust(ctx)
	if err != nil {
		return fault("keep actions", err)
	}
	var due []string
	b := &pgx.Batch{}
	for _, ods := range trusts {
		b.Queue(bind, ods)
		b.Queue(`SELECT EXISTS (SELECT FROM actions WHERE ods = $1 AND state = 'open' AND owner_id IS NOT NULL AND due_on BETWEEN $2 AND $3)`,
			ods, assessment.Today(now), assessment.Today(now).AddDate(0, 0, daysBefore)).
			QueryRow(func(row pgx.Row) error {
				var some bool
				err := row.Scan(&some)
				if some {
					due = append(due, ods)
				}
				return err
			})
	}
	if b.Len() > 0 {
		if err := db.send(ctx, b); err != nil {
			return fault("keep actions", err)
		}
	}
	var faults []error
	for _, ods := range due {
		t, err := db.EnterByClock(ctx, ods)
		if err == nil {
			err = t.remindOwners(ctx, now)
		}
		faults = append(faults, named(err, "remind owners of actions of %s", ods))
	}
	return errors.Join(faults...)
}

// daysBefore is how far ahead of an action's day its owner is first written to.
const daysBefore = 7

// remindOwners queues what is due in one trust. It holds the actions, so that
// another replica sees what was written here.
func (t *Trust) remindOwners(ctx context.Context, now time.Time) error {
	return t.tx(ctx, access.KeepTime, func(ctx context.Context, tx pgx.Tx) error {
		today := assessment.Today(now)
		rows, err := tx.Query(ctx, `
			SELECT a.id, a.owner_id, a.due_on, a.state, a.made_at,
			       ARRAY(SELECT replace(l.kind, 'action-', '') FROM letters l
			             WHERE l.ods = a.ods AND l.action_id = a.id AND l.for_day = a.due_on AND l.person_id = a.owner_id)
			FROM actions a
			WHERE a.ods = $1 AND a.state = 'open' AND a.owner_id IS NOT NULL AND a.due_on BETWEEN $2 AND $3
			  AND NOT EXISTS (SELECT FROM workshops w WHERE w.ods = a.ods AND w.id = a.workshop_id AND w.rehearsal)
			ORDER BY a.id FOR UPDATE OF a`, t.ODS, today, today.AddDate(0, 0, daysBefore))
		if err != nil {
			return err
		}
		type reminder struct {
			action.Action
			kind action.Reminder
		}
		var all []reminder
		var r reminder
		var sent []action.Reminder
		_, err = pgx.ForEachRow(rows, []any{&r.ID, &r.Owner, &r.Due, &r.State, &r.MadeAt, &sent}, func() error {
			if r.kind = r.Remind(today, sent); r.kind != action.NoReminder {
				all = append(all, r)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, r := range all {
			kind := assessment.ActionWeek
			if r.kind == action.OnTheDay {
				kind = assessment.ActionDay
			}
			if _, err := t.queueAbout(ctx, tx, []uuid.UUID{r.Owner}, kind, about{action: r.ID, day: r.Due}, now); err != nil {
				return err
			}
		}
		return nil
	})
}
