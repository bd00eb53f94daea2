package store

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
)

// What a note on the time line may be, and how many of them a page shows and a
// trust may have.
const (
	MaxMilestone    = 120 // characters
	MilestonesShown = 30
	MaxMilestones   = 500
)

// What a note is refused for.
var (
	ErrMilestone  = errors.New("store: a note has no words, or too many")
	ErrMilestones = errors.New("store: the trust has as many notes as it may have")
)

// Milestone is one of the lead's notes on the time line: something that happened
// in the trust, such as a go-live or a new chair.
type Milestone struct {
	ID   uuid.UUID
	On   time.Time // a day, midnight UTC
	Text string
}

func (m *Milestone) check() error {
	m.Text = strings.Join(strings.Fields(m.Text), " ")
	if n := utf8.RuneCountInString(m.Text); n == 0 || n > MaxMilestone {
		return ErrMilestone
	}
	return nil
}

// Milestones lists the trust's notes, newest first.
func (t *Trust) Milestones(ctx context.Context) (all []Milestone, err error) {
	err = t.read(ctx, access.ManageRounds, func(b *pgx.Batch) {
		b.Queue(`SELECT id, on_date, text FROM milestones WHERE ods = $1 ORDER BY on_date DESC, id LIMIT $2`, t.ODS, MaxMilestones).
			Query(func(rows pgx.Rows) (err error) {
				all, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Milestone])
				return err
			})
	})
	return all, fault("milestones", err)
}

// Milestone is one of the trust's notes.
func (t *Trust) Milestone(ctx context.Context, id uuid.UUID) (m Milestone, err error) {
	err = t.read(ctx, access.ManageRounds, func(b *pgx.Batch) {
		b.Queue(`SELECT id, on_date, text FROM milestones WHERE ods = $1 AND id = $2`, t.ODS, id).
			QueryRow(func(row pgx.Row) error { return row.Scan(&m.ID, &m.On, &m.Text) })
	})
	return m, fault("milestone", err)
}

// AddMilestone keeps a new note. One that is there already, for the day and word
// for word, stays there once, so that a note whose answer was lost can be sent again.
func (t *Trust) AddMilestone(ctx context.Context, m Milestone, now time.Time) error {
	if err := m.check(); err != nil {
		return fault("add milestone", err)
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fault("add milestone", err)
	}
	return fault("add milestone", t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		var there bool
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('octant milestones ' || $1, 0))`, t.ODS); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM milestones WHERE ods = $1 AND on_date = $2 AND text = $3)`, t.ODS, m.On, m.Text).Scan(&there)
		if err != nil || there {
			return err
		}
		added, err := tx.Exec(ctx, `
			INSERT INTO milestones (ods, id, on_date, text, written_by, written_at)
			SELECT $1, $2, $3, $4, $5, $6 WHERE (SELECT count(*) FROM milestones WHERE ods = $1) < $7`,
			t.ODS, id, m.On, m.Text, t.Person, now, MaxMilestones)
		if err != nil {
			return err
		}
		if added.RowsAffected() == 0 {
			return ErrMilestones
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.NoteAdded, Detail: m.detail()})
	}))
}

// ChangeMilestone changes a note.
func (t *Trust) ChangeMilestone(ctx context.Context, m Milestone, now time.Time) error {
	if err := m.check(); err != nil {
		return fault("change milestone", err)
	}
	return fault("change milestone", t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		changed, err := tx.Exec(ctx, `
			UPDATE milestones SET on_date = $3, text = $4, written_by = $5, written_at = $6 WHERE ods = $1 AND id = $2`,
			t.ODS, m.ID, m.On, m.Text, t.Person, now)
		if err != nil {
			return err
		}
		if changed.RowsAffected() == 0 {
			return ErrNotFound
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.NoteChanged, Detail: m.detail()})
	}))
}

// RemoveMilestone removes a note. One that is gone already stays gone.
func (t *Trust) RemoveMilestone(ctx context.Context, id uuid.UUID, now time.Time) error {
	return fault("remove milestone", t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		var m Milestone
		err := tx.QueryRow(ctx, `DELETE FROM milestones WHERE ods = $1 AND id = $2 RETURNING on_date, text`, t.ODS, id).Scan(&m.On, &m.Text)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.NoteRemoved, Detail: m.detail()})
	}))
}

// detail is how the record names a note.
func (m *Milestone) detail() string { return m.On.Format("2006-01-02") + ": " + m.Text }
