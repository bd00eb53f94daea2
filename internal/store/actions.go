package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/action"
	"octant/internal/assessment"
)

// OpenAction is an action with where it was decided.
type OpenAction struct {
	action.Action
	Workshop string // title, "" for none
}

// Actions lists what the trust's board decided to do, what is open first and of
// that what is due soonest. What a rehearsal decided is not among it.
func (t *Trust) Actions(ctx context.Context) (list []OpenAction, err error) {
	err = t.read(ctx, access.ViewReport, func(b *pgx.Batch) {
		b.Queue(`SELECT coalesce(w.title, ''), `+actionColumns+`
			LEFT JOIN workshops w ON w.ods = a.ods AND w.id = a.workshop_id
			WHERE a.ods = $1 AND NOT coalesce(w.rehearsal, false)
			ORDER BY a.state <> 'open', CASE WHEN a.state = 'open' THEN a.due_on END, a.settled_at DESC, a.id`, t.ODS).
			Query(func(rows pgx.Rows) (err error) {
				list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (o OpenAction, err error) {
					err = row.Scan(append([]any{&o.Workshop}, actionFields(&o.Action)...)...)
					o.MadeAt, o.SettledAt = o.MadeAt.UTC(), o.SettledAt.UTC()
					return o, err
				})
				return err
			})
	})
	return list, fault("actions", err)
}

// ActionOwners lists the people of the trust by name, for whoever chooses who sees
// to something.
func (t *Trust) ActionOwners(ctx context.Context) (people []BoardMember, err error) {
	err = t.read(ctx, access.RunWorkshop, func(b *pgx.Batch) {
		b.Queue(`
			SELECT p.id, p.name, max(m.title), coalesce(max(m.side), '')
			FROM memberships m JOIN people p ON p.id = m.person_id
			WHERE m.ods = $1 AND m.role = ANY ($2) AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date
			GROUP BY p.id, p.name ORDER BY p.name, p.id`, t.ODS, []access.Role{access.Lead, access.Chair, access.Facilitator, access.Member}).
			Query(func(rows pgx.Rows) (err error) {
				people, err = pgx.CollectRows(rows, pgx.RowToStructByPos[BoardMember])
				return err
			})
	})
	return people, fault("action owners", err)
}

// AddAction keeps a new action. Its owner must be of the trust, or a name alone.
// One that is open already, the same in all it says, is that one: so that an action
// whose answer was lost can be sent again, though the board has gone on to another
// item.
func (t *Trust) AddAction(ctx context.Context, a action.Action, now time.Time) (id uuid.UUID, err error) {
	a.ID = uuid.Nil
	if err := a.Check(assessment.Today(now)); err != nil {
		return id, err
	}
	if id, err = uuid.NewV7(); err != nil {
		return id, fault("add action", err)
	}
	err = t.tx(ctx, access.RunWorkshop, func(ctx context.Context, tx pgx.Tx) error {
		if err := t.knownOwner(ctx, tx, a.Owner); err != nil {
			return err
		}
		if a.Workshop != uuid.Nil {
			if err := t.ofWorkshop(ctx, tx, a); err != nil {
				return err
			}
		}
		if err := t.sameAction(ctx, tx, a, &id); !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		b := &pgx.Batch{}
		b.Queue(`
			INSERT INTO actions (ods, id, workshop_id, item_id, element, what, owner_id, owner_name, due_on, state, made_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10)`,
			t.ODS, id, orNull(a.Workshop), orNull(a.Item), a.Element, a.What, orNull(a.Owner), a.OwnerName, a.Due, now)
		t.queueActionShown(b, a.Workshop)
		return tx.SendBatch(ctx, b).Close()
	})
	return id, fault("add action", err)
}

// sameAction finds an open action that says the same, and says pgx.ErrNoRows
// without one. No other is added before the transaction's end.
func (t *Trust) sameAction(ctx context.Context, tx pgx.Tx, a action.Action, id *uuid.UUID) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('octant actions ' || $1, 0))`, t.ODS); err != nil {
		return err
	}
	return tx.QueryRow(ctx, `
		SELECT id FROM actions
		WHERE ods = $1 AND state = 'open' AND what = $2 AND due_on = $3 AND element = $4
		  AND owner_id IS NOT DISTINCT FROM $5 AND owner_name = $6
		  AND workshop_id IS NOT DISTINCT FROM $7
		ORDER BY id LIMIT 1`,
		t.ODS, a.What, a.Due, a.Element, orNull(a.Owner), a.OwnerName, orNull(a.Workshop)).Scan(id)
}

// ofWorkshop says ErrNotFound for a workshop or an item that there is not.
func (t *Trust) ofWorkshop(ctx context.Context, tx pgx.Tx, a action.Action) error {
	var there bool
	err := tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM workshops WHERE ods = $1 AND id = $2)
		   AND ($3::uuid IS NULL OR EXISTS (SELECT FROM workshop_items WHERE ods = $1 AND workshop_id = $2 AND id = $3))`,
		t.ODS, a.Workshop, orNull(a.Item)).Scan(&there)
	if err == nil && !there {
		return ErrNotFound
	}
	return err
}

// knownOwner refuses an owner who is not of the trust today.
func (t *Trust) knownOwner(ctx context.Context, tx pgx.Tx, owner uuid.UUID) error {
	if owner == uuid.Nil {
		return nil
	}
	var known bool
	err := tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM memberships WHERE ods = $1 AND person_id = $2
		               AND from_on <= current_date AND coalesce(to_on, 'infinity') >= current_date)`, t.ODS, owner).Scan(&known)
	if err == nil && !known {
		return action.ErrOwner
	}
	return err
}

// queueActionShown wakes the screens of the workshop that shows the action.
func (t *Trust) queueActionShown(b *pgx.Batch, id uuid.UUID) {
	if id != uuid.Nil {
		t.queueShown(b, id)
	}
}

// ChangeAction changes what an action says, or what became of it. With a new date
// its owner is reminded anew.
func (t *Trust) ChangeAction(ctx context.Context, a action.Action, now time.Time) error {
	return fault("change action", t.tx(ctx, access.RunWorkshop, func(ctx context.Context, tx pgx.Tx) error {
		var kept action.Action
		err := tx.QueryRow(ctx, `
			SELECT id, coalesce(workshop_id, `+noID+`), coalesce(owner_id, `+noID+`), state, coalesce(settled_at, `+noTime+`)
			FROM actions WHERE ods = $1 AND id = $2 FOR UPDATE`, t.ODS, a.ID).
			Scan(&kept.ID, &kept.Workshop, &kept.Owner, &kept.State, &kept.SettledAt)
		if err != nil {
			return err
		}
		if err := a.Check(assessment.Today(now)); err != nil {
			return err
		}
		if a.Owner != kept.Owner { // who has left meanwhile may stay its owner
			if err := t.knownOwner(ctx, tx, a.Owner); err != nil {
				return err
			}
		}
		if a.State == "" {
			a.State = kept.State
		}
		if a.SettledAt = kept.SettledAt; a.State != kept.State {
			a.SettledAt = now
		}
		if a.State == action.Open {
			a.SettledAt = time.Time{}
		}
		b := &pgx.Batch{}
		b.Queue(`
			UPDATE actions SET element = $3, what = $4, owner_id = $5, owner_name = $6, due_on = $7, state = $8, became = $9, settled_at = $10
			WHERE ods = $1 AND id = $2`,
			t.ODS, a.ID, a.Element, a.What, orNull(a.Owner), a.OwnerName, a.Due, a.State, a.Became, orNever(a.SettledAt))
		t.queueActionShown(b, kept.Workshop)
		return tx.SendBatch(ctx, b).Close()
	}))
}
