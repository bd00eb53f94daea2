package store

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
)

// RoundsPerPage is how many rounds [Trust.Rounds] gives at a time.
const RoundsPerPage = 20

const roundColumns = `r.id, r.title, r.questionnaire, r.form, r.state, r.opens_on, r.closes_on,
	coalesce(r.opened_at, '0001-01-01 00:00:00Z'), coalesce(r.closed_at, '0001-01-01 00:00:00Z'), r.by_clock,
	coalesce(r.unlinked_at, '0001-01-01 00:00:00Z'), coalesce(r.comments_erased_at, '0001-01-01 00:00:00Z')`

// roundFields is where roundColumns go, and then whatever else was asked for.
func roundFields(r *assessment.Round, more ...any) []any {
	return append([]any{
		&r.ID, &r.Title, &r.Questionnaire, &r.Form, &r.State, &r.OpensOn, &r.ClosesOn,
		&r.OpenedAt, &r.ClosedAt, &r.ByClock, &r.UnlinkedAt, &r.ErasedAt,
	}, more...)
}

// inUTC has the round's times say so.
func inUTC(r *assessment.Round) {
	for _, at := range []*time.Time{&r.OpenedAt, &r.ClosedAt, &r.UnlinkedAt, &r.ErasedAt} {
		*at = at.UTC()
	}
}

// countAsked counts who is asked in r and who has finished: those who submitted,
// and one more for each sheet of paper that was keyed in, whose ever it is.
const countAsked = `
	CROSS JOIN LATERAL (
		SELECT count(*) AS asked,
		       count(*) FILTER (WHERE i.finished)
		       + (SELECT count(*) FROM paper_sheets s WHERE s.ods = r.ods AND s.round_id = r.id AND s.keyed) AS finished,
		       coalesce(max(i.extended_to), '0001-01-01') AS extended_to
		FROM invitations i WHERE i.ods = r.ods AND i.round_id = r.id) n`

func scanRound(row pgx.CollectableRow) (r assessment.Round, err error) {
	err = row.Scan(roundFields(&r, &r.Asked, &r.Finished, &r.ExtendedTo)...)
	inUTC(&r)
	return r, err
}

// seen is the round as this person may see it: how many are asked and have
// finished, and whether any of them has more time, is for those with
// [access.ViewProgress], and zero for others.
func (t *Trust) seen(r assessment.Round) assessment.Round {
	if !t.May(access.ViewProgress) {
		r.Asked, r.Finished, r.ExtendedTo = 0, 0, time.Time{}
	}
	return r
}

// Rounds lists the trust's rounds, newest first, a page at a time beginning with
// page 1; more says whether another page follows. Drafts are for those who
// manage rounds.
func (t *Trust) Rounds(ctx context.Context, page int) (rounds []assessment.Round, more bool, err error) {
	err = t.read(ctx, access.EnterTrust, func(b *pgx.Batch) {
		b.Queue(`SELECT `+roundColumns+`, n.asked, n.finished, n.extended_to FROM rounds r`+countAsked+`
			WHERE r.ods = $1 AND (r.state <> 'draft' OR $2)
			ORDER BY r.opens_on DESC, r.id DESC LIMIT $3 OFFSET $4`,
			t.ODS, t.May(access.ManageRounds), RoundsPerPage+1, (max(page, 1)-1)*RoundsPerPage).
			Query(func(rows pgx.Rows) (err error) {
				rounds, err = pgx.CollectRows(rows, scanRound)
				return err
			})
	})
	if len(rounds) > RoundsPerPage {
		rounds, more = rounds[:RoundsPerPage], true
	}
	for i, r := range rounds {
		rounds[i] = t.seen(r)
	}
	return rounds, more, fault("rounds", err)
}

// ClosedRounds is the newest of the rounds that have closed, as many as fill a page.
func (t *Trust) ClosedRounds(ctx context.Context) (rounds []assessment.Round, err error) {
	err = t.read(ctx, access.EnterTrust, func(b *pgx.Batch) {
		b.Queue(`SELECT `+roundColumns+`, n.asked, n.finished, n.extended_to FROM rounds r`+countAsked+`
			WHERE r.ods = $1 AND r.state = 'closed'
			ORDER BY r.opens_on DESC, r.id DESC LIMIT $2`, t.ODS, RoundsPerPage).
			Query(func(rows pgx.Rows) (err error) {
				rounds, err = pgx.CollectRows(rows, scanRound)
				return err
			})
	})
	for i, r := range rounds {
		rounds[i] = t.seen(r)
	}
	return rounds, fault("closed rounds", err)
}

// Round is one round of the trust. A draft is for those who manage rounds.
func (t *Trust) Round(ctx context.Context, id uuid.UUID) (r assessment.Round, err error) {
	err = t.read(ctx, access.EnterTrust, func(b *pgx.Batch) {
		b.Queue(`SELECT `+roundColumns+`, n.asked, n.finished, n.extended_to FROM rounds r`+countAsked+`
			WHERE r.ods = $1 AND r.id = $2 AND (r.state <> 'draft' OR $3)`,
			t.ODS, id, t.May(access.ManageRounds)).
			Query(func(rows pgx.Rows) (err error) {
				r, err = pgx.CollectExactlyOneRow(rows, scanRound)
				return err
			})
	})
	return t.seen(r), fault("round", err)
}

// CreateRound keeps a new draft and gives it back with its id.
func (t *Trust) CreateRound(ctx context.Context, r assessment.Round, now time.Time) (assessment.Round, error) {
	if err := checkPlan(r); err != nil {
		return r, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return r, fault("create round", err)
	}
	r.ID, r.State = id, assessment.Draft
	err = t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO rounds (ods, id, title, form, questionnaire, state, opens_on, closes_on, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			t.ODS, r.ID, r.Title, r.Form, r.Questionnaire, r.State, r.OpensOn, r.ClosesOn, now)
		if err != nil {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.RoundMade, Round: r.ID, Detail: r.Title})
	})
	return r, fault("create round", err)
}

// ChangeRound changes the title, form and dates of a draft. A draft that was to
// open by itself still will, unless its new hour has passed.
func (t *Trust) ChangeRound(ctx context.Context, r assessment.Round, now time.Time) error {
	if err := checkPlan(r); err != nil {
		return err
	}
	return fault("change round", t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		kept, err := t.holdRound(ctx, tx, r.ID)
		if err != nil {
			return err
		}
		if kept.State != assessment.Draft {
			return assessment.ErrNotDraft
		}
		_, err = tx.Exec(ctx, `
			UPDATE rounds SET title = $3, form = $4, opens_on = $5, closes_on = $6, by_clock = by_clock AND $7
			WHERE ods = $1 AND id = $2`,
			t.ODS, r.ID, r.Title, r.Form, r.OpensOn, r.ClosesOn, now.Before(r.OpensAt()))
		if err != nil {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.RoundChanged, Round: r.ID, Detail: r.Title})
	}))
}

// OpenRound opens a draft: from now on answers are taken, and the clock will
// close it.
func (t *Trust) OpenRound(ctx context.Context, id uuid.UUID, now time.Time) error {
	return fault("open round", t.open(ctx, id, now, (*assessment.Round).Open))
}

// open opens a round, if the domain agrees.
func (t *Trust) open(ctx context.Context, id uuid.UUID, now time.Time, agree func(*assessment.Round, time.Time) error) error {
	return t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		r, err := t.holdRound(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := agree(&r, now); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE rounds SET state = $3, opened_at = $4, by_clock = $5 WHERE ods = $1 AND id = $2`,
			t.ODS, id, r.State, r.OpenedAt, r.ByClock)
		if err != nil {
			return err
		}
		if err := t.queueToAsked(ctx, tx, id, assessment.Invitation, now); err != nil {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.RoundOpened, Round: id, Detail: r.Title})
	})
}

// holdRound reads a round that nobody else can change or save into until the
// transaction ends.
func (t *Trust) holdRound(ctx context.Context, tx pgx.Tx, id uuid.UUID) (r assessment.Round, err error) {
	if _, err = tx.Exec(ctx, holdRound, lockKey(id)); err != nil {
		return r, err
	}
	rows, err := tx.Query(ctx, `SELECT `+roundColumns+`, n.asked, n.finished, n.extended_to FROM rounds r`+countAsked+`
		WHERE r.ods = $1 AND r.id = $2 FOR UPDATE OF r`, t.ODS, id)
	if err != nil {
		return r, err
	}
	return pgx.CollectExactlyOneRow(rows, scanRound)
}

// checkPlan refuses in the domain's words what the schema would refuse in its own.
func checkPlan(r assessment.Round) error {
	if strings.TrimSpace(r.Title) == "" {
		return assessment.ErrTitle
	}
	if r.ClosesOn.Before(r.OpensOn) {
		return assessment.ErrDates
	}
	return nil
}
