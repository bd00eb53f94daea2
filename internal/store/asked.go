package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
)

// BoardMember is somebody on the board who can be asked.
type BoardMember struct {
	Person uuid.UUID
	Name   string
	Title  string // board role, such as "Chief finance officer"
	Side   assessment.Side
}

// AskedPerson is somebody who is asked in a round. Whether they have finished is
// all that is known of what they did: never what they answered, nor when.
type AskedPerson struct {
	BoardMember

	// OnPaper is somebody who answers on paper: whether they have finished is not
	// known.
	OnPaper bool

	Finished   bool
	Away       bool      // not reminded
	ExtendedTo time.Time // a last day of their own, zero for the round's
}

// Members lists the board as it is today, by name, for whoever chooses whom to ask.
func (t *Trust) Members(ctx context.Context) (members []BoardMember, err error) {
	err = t.read(ctx, access.ManageRounds, func(b *pgx.Batch) {
		b.Queue(`
			SELECT p.id, p.name, m.title, m.side
			FROM memberships m JOIN people p ON p.id = m.person_id
			WHERE m.ods = $1 AND m.role = ANY ($2) AND m.side IS NOT NULL
			  AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date
			ORDER BY p.name, p.id`, t.ODS, access.With(access.Answer)).
			Query(func(rows pgx.Rows) (err error) {
				members, err = pgx.CollectRows(rows, pgx.RowToStructByPos[BoardMember])
				return err
			})
	})
	return members, fault("members", err)
}

// Asked lists who is asked in a round, by name.
func (t *Trust) Asked(ctx context.Context, round uuid.UUID) (asked []AskedPerson, err error) {
	err = t.read(ctx, access.ViewProgress, func(b *pgx.Batch) {
		b.Queue(`
			SELECT p.id, p.name, i.title, i.side, i.on_paper, i.finished, i.away, coalesce(i.extended_to, '0001-01-01')
			FROM invitations i JOIN people p ON p.id = i.person_id
			WHERE i.ods = $1 AND i.round_id = $2
			ORDER BY p.name, p.id`, t.ODS, round).
			Query(func(rows pgx.Rows) (err error) {
				asked, err = pgx.CollectRows(rows, pgx.RowToStructByPos[AskedPerson])
				return err
			})
	})
	return asked, fault("asked", err)
}

// SetAsked makes people the ones who are asked in a round. In a draft anybody
// may be put in or left out; in an open round somebody left out is
// [assessment.ErrNotDraft], since they may have answered. A person who is not
// on the board is ErrNotFound. Either way nothing changes.
func (t *Trust) SetAsked(ctx context.Context, round uuid.UUID, people []uuid.UUID, now time.Time) error {
	return fault("set asked", t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		r, err := t.holdRound(ctx, tx, round)
		if err != nil {
			return err
		}
		if r.State == assessment.Closed {
			return assessment.ErrNotOpen
		}
		gone, err := t.leaveOut(ctx, tx, r, people)
		if err != nil {
			return err
		}
		in, err := t.putIn(ctx, tx, round, people)
		if err != nil {
			return err
		}
		if r.State == assessment.Open {
			if err := t.queueLetters(ctx, tx, round, assessment.Invitation, in, now); err != nil {
				return err
			}
		}
		return t.note(ctx, tx, now, append(ofEach(audit.LeftOut, r, gone), ofEach(audit.Invited, r, in)...)...)
	}))
}

// ofEach is one entry a person, for a deed done to several in a round.
func ofEach(deed audit.Deed, r assessment.Round, people []uuid.UUID) []audit.Entry {
	entries := make([]audit.Entry, len(people))
	for i, person := range people {
		entries[i] = audit.Entry{Deed: deed, Round: r.ID, Person: person, Detail: r.Title}
	}
	return entries
}

// leaveOut says who was taken off the list.
func (t *Trust) leaveOut(ctx context.Context, tx pgx.Tx, r assessment.Round, keep []uuid.UUID) ([]uuid.UUID, error) {
	rows, err := tx.Query(ctx, `
		DELETE FROM invitations WHERE ods = $1 AND round_id = $2 AND person_id <> ALL ($3) RETURNING person_id`,
		t.ODS, r.ID, keep)
	if err != nil {
		return nil, err
	}
	gone, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err == nil && len(gone) > 0 && r.State != assessment.Draft {
		return nil, assessment.ErrNotDraft
	}
	return gone, err
}

// putIn invites those who are not yet, each with the board role and side they
// have today, and says who they are.
func (t *Trust) putIn(ctx context.Context, tx pgx.Tx, round uuid.UUID, people []uuid.UUID) ([]uuid.UUID, error) {
	rows, err := tx.Query(ctx, `
		INSERT INTO invitations (ods, round_id, person_id, side, title)
		SELECT m.ods, $2, m.person_id, m.side, m.title
		FROM memberships m
		WHERE m.ods = $1 AND m.person_id = ANY ($3) AND m.role = ANY ($4) AND m.side IS NOT NULL
		  AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date
		ON CONFLICT (ods, round_id, person_id) DO NOTHING
		RETURNING person_id`,
		t.ODS, round, people, access.With(access.Answer))
	if err != nil {
		return nil, err
	}
	in, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, err
	}
	var asked int
	err = tx.QueryRow(ctx, `SELECT count(*) FROM invitations WHERE ods = $1 AND round_id = $2`, t.ODS, round).Scan(&asked)
	if err == nil && asked != distinct(people) {
		return nil, ErrNotFound
	}
	return in, err
}

func distinct(people []uuid.UUID) int {
	sorted := slices.SortedFunc(slices.Values(people), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return len(slices.Compact(sorted))
}

// AskedAmong says in which of these rounds this person is asked.
func (t *Trust) AskedAmong(ctx context.Context, rounds []uuid.UUID) (asked map[uuid.UUID]bool, err error) {
	asked = make(map[uuid.UUID]bool, len(rounds))
	err = t.read(ctx, access.Answer, func(b *pgx.Batch) {
		b.Queue(`SELECT round_id FROM invitations WHERE ods = $1 AND round_id = ANY ($2) AND person_id = $3`,
			t.ODS, rounds, t.Person).
			Query(func(rows pgx.Rows) error {
				var id uuid.UUID
				_, err := pgx.ForEachRow(rows, []any{&id}, func() error {
					asked[id] = true
					return nil
				})
				return err
			})
	})
	return asked, fault("asked among", err)
}
