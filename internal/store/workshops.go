package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/workshop"
)

// NewWorkshop is what a workshop is made from.
type NewWorkshop struct {
	Title     string
	Round     uuid.UUID // closed round to start from, zero for none
	Length    workshop.Length
	Rehearsal bool
}

// Workshops lists the trust's workshops without their items, the newest first.
// What is being prepared, and rehearsals, are for those who run them.
func (t *Trust) Workshops(ctx context.Context) (list []workshop.Workshop, err error) {
	err = t.read(ctx, access.EnterTrust, func(b *pgx.Batch) {
		b.Queue(`SELECT `+workshopColumns+` FROM workshops w
			WHERE w.ods = $1 AND ($2 OR w.state = 'ended' AND NOT w.rehearsal)
			ORDER BY w.made_at DESC, w.id DESC`, t.ODS, t.May(access.RunWorkshop)).
			Query(func(rows pgx.Rows) (err error) {
				list, err = pgx.CollectRows(rows, scanWorkshop)
				return err
			})
	})
	return list, fault("workshops", err)
}

// CreateWorkshop keeps a new workshop with the agenda proposed for it, and expects
// everybody who is on the board. It says [assessment.ErrNotOpen] for a round that
// has not closed.
func (t *Trust) CreateWorkshop(ctx context.Context, n NewWorkshop, now time.Time) (id uuid.UUID, err error) {
	n.Title = strings.TrimSpace(n.Title)
	if err := workshop.Words(n.Title, workshop.MaxTitle); err != nil {
		return id, err
	}
	if !slices.Contains(workshop.Lengths(), n.Length) {
		return id, workshop.ErrMinutes
	}
	if id, err = uuid.NewV7(); err != nil {
		return id, fault("create workshop", err)
	}
	err = t.tx(ctx, access.RunWorkshop, func(ctx context.Context, tx pgx.Tx) error {
		plan, name, err := t.plan(ctx, tx, n)
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		b.Queue(`
			INSERT INTO workshops (ods, id, round_id, title, questionnaire, length, rehearsal, state, made_at, expected)
			VALUES ($1, $2, $3, $4, $5, $6, $7, 'prepared', $8,
			        (SELECT count(DISTINCT person_id) FROM memberships
			         WHERE ods = $1 AND role = $9 AND from_on <= current_date AND coalesce(to_on, 'infinity') >= current_date))`,
			t.ODS, id, orNull(n.Round), n.Title, name, n.Length, n.Rehearsal, now, access.Member)
		for place, it := range plan.Propose() {
			if err := t.queueItem(b, id, place+1, it); err != nil {
				return err
			}
		}
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.WorkshopMade, Round: n.Round, Detail: n.Title})
	})
	return id, fault("create workshop", err)
}

// plan is what the agenda is proposed from, and the questionnaire's name.
func (t *Trust) plan(ctx context.Context, tx pgx.Tx, n NewWorkshop) (p workshop.Plan, name string, err error) {
	p.Length, name = n.Length, questionnaire.Latest()
	err = tx.QueryRow(ctx, `
		SELECT count(*) FROM actions a LEFT JOIN workshops w ON w.ods = a.ods AND w.id = a.workshop_id
		WHERE a.ods = $1 AND a.state = 'open' AND NOT coalesce(w.rehearsal, false)`, t.ODS).Scan(&p.Carried)
	if err != nil {
		return p, name, err
	}
	if n.Round != uuid.Nil {
		var document []byte
		err := tx.QueryRow(ctx, `SELECT document FROM reports WHERE ods = $1 AND round_id = $2`, t.ODS, n.Round).Scan(&document)
		if errors.Is(err, pgx.ErrNoRows) {
			return p, name, assessment.ErrNotOpen
		}
		if err != nil {
			return p, name, err
		}
		report, err := maturity.Thaw(document)
		if err != nil {
			return p, name, err
		}
		p.Report, name = &report, report.Result.Questionnaire
	}
	p.Version, err = questionnaire.Load(name)
	return p, name, err
}

// queueItem adds an item to an agenda.
func (t *Trust) queueItem(b *pgx.Batch, id uuid.UUID, place int, it workshop.Item) error {
	item, err := uuid.NewV7()
	if err != nil {
		return err
	}
	var question *string
	if it.Kind == workshop.Question {
		question = &it.Question
	}
	b.Queue(`
		INSERT INTO workshop_items (ods, workshop_id, id, place, kind, question, title, minutes, sitting, prompt, why, notes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		t.ODS, id, item, place, it.Kind, question, it.Title, it.Minutes, max(it.Sitting, 1), it.Prompt, it.Why, it.Notes)
	return nil
}

// DeleteWorkshop takes back a workshop that was only prepared, or a rehearsal.
// One that was held stays: it says [workshop.ErrState].
func (t *Trust) DeleteWorkshop(ctx context.Context, id uuid.UUID, now time.Time) error {
	return fault("delete workshop", t.held(ctx, access.RunWorkshop, id, func(ctx context.Context, tx pgx.Tx, w *workshop.Workshop) error {
		if w.State != workshop.Prepared && !w.Rehearsal {
			return workshop.ErrState
		}
		if err := t.endCodes(ctx, tx, id); err != nil {
			return err
		}
		b := &pgx.Batch{}
		b.Queue(`DELETE FROM workshops WHERE ods = $1 AND id = $2`, t.ODS, id)
		queueTell(b, workshop.Room(id))
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.WorkshopGone, Round: w.Round, Detail: w.Title})
	}))
}

// held runs fn with a workshop that nobody changes or votes in until the
// transaction ends.
func (t *Trust) held(ctx context.Context, p access.Permission, id uuid.UUID, fn func(context.Context, pgx.Tx, *workshop.Workshop) error) error {
	return t.tx(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		var w workshop.Workshop
		b := &pgx.Batch{}
		b.Queue(holdRound, lockKey(id))
		queueWorkshop(b, t.ODS, id, &w)
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		return fn(ctx, tx, &w)
	})
}

// AddItem puts an item at the end of the agenda. A question may stand on it once:
// otherwise it says [workshop.ErrTwice].
func (t *Trust) AddItem(ctx context.Context, id uuid.UUID, it workshop.Item) error {
	if err := it.Check(); err != nil {
		return err
	}
	return fault("add item", t.reagenda(ctx, id, func(b *pgx.Batch, w *workshop.Workshop) error {
		if len(w.Items) >= workshop.MaxItems {
			return workshop.ErrFull
		}
		if it.Kind == workshop.Question {
			if err := asksOnce(w, it.Question); err != nil {
				return err
			}
		}
		return t.queueItem(b, id, len(w.Items)+1, it)
	}))
}

// asksOnce refuses a question that is not in the questionnaire, or that the
// agenda asks already.
func asksOnce(w *workshop.Workshop, key string) error {
	v, err := questionnaire.Load(w.Questionnaire)
	if err != nil {
		return err
	}
	if _, ok := v.Question(key); !ok {
		return workshop.ErrNoItem
	}
	for _, it := range w.Items {
		if it.Question == key {
			return workshop.ErrTwice
		}
	}
	return nil
}

// ChangeItem changes the title, time, sitting, prompt and notes of an item that
// has not begun, and of which the mark is the one given: otherwise it says
// [workshop.ErrOverwrite].
func (t *Trust) ChangeItem(ctx context.Context, id uuid.UUID, it workshop.Item, over string) error {
	return fault("change item", t.held(ctx, access.RunWorkshop, id, func(ctx context.Context, tx pgx.Tx, w *workshop.Workshop) error {
		if w.State == workshop.Ended {
			return workshop.ErrState
		}
		there, err := notBegun(w, it.ID)
		if err != nil {
			return err
		}
		if there.Notes, err = t.holdNotes(ctx, tx, id, it.ID); err != nil {
			return err
		}
		if there.Mark() != over {
			return workshop.ErrOverwrite
		}
		it.Kind = there.Kind
		if err := it.Check(); err != nil {
			return err
		}
		b := &pgx.Batch{}
		b.Queue(`
			UPDATE workshop_items SET title = $4, minutes = $5, sitting = $6, prompt = $7, notes = $8
			WHERE ods = $1 AND workshop_id = $2 AND id = $3`,
			t.ODS, id, it.ID, it.Title, it.Minutes, it.Sitting, it.Prompt, it.Notes)
		t.queueShown(b, id)
		return tx.SendBatch(ctx, b).Close()
	}))
}

// holdNotes reads the private notes on an item, which nobody else changes before
// the transaction's end.
func (t *Trust) holdNotes(ctx context.Context, tx pgx.Tx, id, item uuid.UUID) (notes string, err error) {
	err = tx.QueryRow(ctx, `SELECT notes FROM workshop_items WHERE ods = $1 AND workshop_id = $2 AND id = $3 FOR UPDATE`, t.ODS, id, item).Scan(&notes)
	return notes, err
}

func notBegun(w *workshop.Workshop, item uuid.UUID) (*workshop.Item, error) {
	it, ok := w.Item(item)
	switch {
	case !ok:
		return nil, workshop.ErrNoItem
	case it.Stage != workshop.Waiting:
		return nil, workshop.ErrStarted
	}
	return it, nil
}

// WriteNotes keeps the private notes on an item, at any time, in place of those of
// which the mark is given. Where there are others it says [workshop.ErrOverwrite].
func (t *Trust) WriteNotes(ctx context.Context, id, item uuid.UUID, notes, over string) error {
	if len([]rune(notes)) > workshop.MaxNotes {
		return workshop.ErrText
	}
	return fault("write notes", t.tx(ctx, access.RunWorkshop, func(ctx context.Context, tx pgx.Tx) error {
		there, err := t.holdNotes(ctx, tx, id, item)
		if err != nil || there == notes {
			return err
		}
		if workshop.Mark(there) != over {
			return workshop.ErrOverwrite
		}
		_, err = tx.Exec(ctx, `UPDATE workshop_items SET notes = $4 WHERE ods = $1 AND workshop_id = $2 AND id = $3`, t.ODS, id, item, notes)
		return err
	}))
}

// ShiftItem moves an item that has not begun up or down the agenda, past others
// that have not begun either.
func (t *Trust) ShiftItem(ctx context.Context, id, item uuid.UUID, by int) error {
	return fault("shift item", t.reagenda(ctx, id, func(b *pgx.Batch, w *workshop.Workshop) error {
		if _, err := notBegun(w, item); err != nil {
			return err
		}
		for place, other := range w.Shifted(item, by) {
			b.Queue(`UPDATE workshop_items SET place = $4 WHERE ods = $1 AND workshop_id = $2 AND id = $3 AND place <> $4`,
				t.ODS, id, other, place+1)
		}
		return nil
	}))
}

// DropItem takes an item that has not begun off the agenda.
func (t *Trust) DropItem(ctx context.Context, id, item uuid.UUID) error {
	return fault("drop item", t.reagenda(ctx, id, func(b *pgx.Batch, w *workshop.Workshop) error {
		if _, err := notBegun(w, item); err != nil {
			return err
		}
		b.Queue(`DELETE FROM workshop_items WHERE ods = $1 AND workshop_id = $2 AND id = $3`, t.ODS, id, item)
		return nil
	}))
}

// reagenda changes the agenda of a workshop that has not ended.
func (t *Trust) reagenda(ctx context.Context, id uuid.UUID, change func(*pgx.Batch, *workshop.Workshop) error) error {
	return t.held(ctx, access.RunWorkshop, id, func(ctx context.Context, tx pgx.Tx, w *workshop.Workshop) error {
		if w.State == workshop.Ended {
			return workshop.ErrState
		}
		b := &pgx.Batch{}
		if err := change(b, w); err != nil {
			return err
		}
		t.queueShown(b, id)
		return tx.SendBatch(ctx, b).Close()
	})
}

// queueShown says that screens show something else now, and wakes them.
func (t *Trust) queueShown(b *pgx.Batch, id uuid.UUID) {
	b.Queue(`UPDATE workshops SET version = version + 1 WHERE ods = $1 AND id = $2`, t.ODS, id)
	queueTell(b, workshop.Room(id))
}

// SendOutcome tells those who were asked in the workshop's round, by letter, that
// its record can be read, and says how many letters wait. Nobody is told twice of
// one workshop. It says [workshop.ErrState] for one that has not ended, was a
// rehearsal or began from no round.
func (t *Trust) SendOutcome(ctx context.Context, id uuid.UUID, now time.Time) (letters int, err error) {
	err = t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		var round *uuid.UUID
		var title string
		var held bool
		err := tx.QueryRow(ctx, `
			SELECT round_id, title, state = 'ended' AND NOT rehearsal FROM workshops WHERE ods = $1 AND id = $2 FOR UPDATE`, t.ODS, id).
			Scan(&round, &title, &held)
		if err != nil {
			return err
		}
		if !held || round == nil {
			return workshop.ErrState
		}
		rows, err := tx.Query(ctx, `
			SELECT person_id FROM invitations i WHERE ods = $1 AND round_id = $2
			  AND NOT EXISTS (SELECT FROM letters l WHERE l.ods = $1 AND l.workshop_id = $3 AND l.person_id = i.person_id)
			ORDER BY person_id`, t.ODS, *round, id)
		if err != nil {
			return err
		}
		people, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return err
		}
		letters, err = t.queueAbout(ctx, tx, people, assessment.Outcome, about{workshop: id}, now)
		if err != nil || letters == 0 {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.OutcomeSent, Round: *round, Detail: title})
	})
	return letters, fault("send outcome", err)
}
