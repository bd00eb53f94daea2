package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
)

// KeepTime does all that is due at this moment: it opens and closes the rounds
// that are kept by the clock and queues the letters whose time has come. Each
// thing is one transaction that looks again, once it holds the round, whether it
// is still due: done twice, or on several replicas at once, it happens once, and
// one that dies leaves nothing half-done. What fails in one round is reported
// and keeps no other from its time.
func (db *DB) KeepTime(ctx context.Context, now time.Time) error {
	trusts, err := db.everyTrust(ctx)
	if err != nil {
		return fault("keep time", err)
	}
	var faults []error
	for some := range slices.Chunk(trusts, trustsAtOnce) {
		timed, err := db.timedRounds(ctx, some)
		if err != nil {
			faults = append(faults, fault("keep time", err))
			continue
		}
		for _, ods := range some {
			faults = append(faults, db.keepRounds(ctx, ods, timed[ods], now))
		}
	}
	return errors.Join(faults...)
}

// trustsAtOnce is how many trusts are asked in one batch what is due there, so that
// it is done within patience however many there are.
const trustsAtOnce = 200

// keepRounds does what is due in some rounds of a trust.
func (db *DB) keepRounds(ctx context.Context, ods string, rounds []assessment.Round, now time.Time) error {
	if len(rounds) == 0 {
		return nil
	}
	t, err := db.EnterByClock(ctx, ods)
	if err != nil {
		return err
	}
	var faults []error
	for _, r := range rounds {
		if err := t.keepRound(ctx, r, now); err != nil {
			faults = append(faults, fmt.Errorf("store: keep round %s of %s: %w", r.ID, ods, err))
		}
	}
	return errors.Join(faults...)
}

// everyTrust lists the ODS codes there are.
func (db *DB) everyTrust(ctx context.Context) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := db.pool.Query(ctx, `SELECT ods FROM trusts ORDER BY ods`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// timedRounds are the rounds that the clock has still to open or to close, by
// trust. It binds to one trust after the other, and sends all of it at once.
func (db *DB) timedRounds(ctx context.Context, trusts []string) (map[string][]assessment.Round, error) {
	timed := make(map[string][]assessment.Round)
	b := &pgx.Batch{}
	for _, ods := range trusts {
		b.Queue(bind, ods)
		b.Queue(`SELECT `+roundColumns+`, n.asked, n.finished, n.extended_to FROM rounds r`+countAsked+`
			WHERE r.ods = $1 AND r.by_clock AND r.state <> 'closed' ORDER BY r.id`, ods).
			Query(func(rows pgx.Rows) error {
				rounds, err := pgx.CollectRows(rows, scanRound)
				if len(rounds) > 0 {
					timed[ods] = rounds
				}
				return err
			})
	}
	if b.Len() == 0 {
		return timed, nil
	}
	return timed, db.send(ctx, b)
}

// keepRound does what is due in one round.
func (t *Trust) keepRound(ctx context.Context, r assessment.Round, now time.Time) error {
	if r.State == assessment.Draft {
		switch err := t.openDue(ctx, r, now); {
		case errors.Is(err, assessment.ErrNotDue):
			return nil
		case errors.Is(err, assessment.ErrTooFew), errors.Is(err, assessment.ErrPast):
			return t.letGo(ctx, r.ID, now)
		case err != nil:
			return err
		}
	} else if err := t.closeDue(ctx, r, now); !errors.Is(err, assessment.ErrNotDue) {
		return err
	}
	return t.writeDue(ctx, r.ID, now)
}

// openDue opens a draft whose time has come. r is the round as it was seen
// without holding it, which saves asking again while nothing is due.
func (t *Trust) openDue(ctx context.Context, r assessment.Round, now time.Time) error {
	seen := r
	if err := seen.OpenDue(now); err != nil {
		return err
	}
	return t.open(ctx, r.ID, now, (*assessment.Round).OpenDue)
}

// closeDue closes an open round whose time is over.
func (t *Trust) closeDue(ctx context.Context, r assessment.Round, now time.Time) error {
	seen := r
	if err := seen.CloseDue(now); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, longPatience)
	defer cancel()
	err := t.close(ctx, r.ID, now, (*assessment.Round).CloseDue)
	if errors.Is(err, assessment.ErrNotDue) {
		return nil // somebody closed it or gave it more time just now
	}
	return err
}

// letGo takes a draft from the clock that could not open when its time came, so
// that it does not open by surprise once somebody mends what kept it.
func (t *Trust) letGo(ctx context.Context, id uuid.UUID, now time.Time) error {
	return t.replan(ctx, id, now, func(r *assessment.Round) (audit.Entry, error) {
		seen, why := *r, "fewer than five people are asked"
		switch err := seen.OpenDue(now); {
		case errors.Is(err, assessment.ErrPast):
			why = "its last day was over"
		case !errors.Is(err, assessment.ErrTooFew):
			return audit.Entry{}, nil // mended meanwhile: the next minute opens it
		}
		return audit.Entry{Deed: audit.RoundNotOpened, Detail: why}, r.Unschedule()
	})
}

// writeDue queues the letters that are due to those who are asked. It holds the
// round's row, so that another replica sees what was written here, and not its
// lock, so that nobody who saves an answer waits.
func (t *Trust) writeDue(ctx context.Context, id uuid.UUID, now time.Time) error {
	if !assessment.MayWrite(now) {
		return nil
	}
	return t.tx(ctx, access.KeepTime, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+roundColumns+`, n.asked, n.finished, n.extended_to FROM rounds r`+countAsked+`
			WHERE r.ods = $1 AND r.id = $2 FOR NO KEY UPDATE OF r`, t.ODS, id)
		if err != nil {
			return err
		}
		r, err := pgx.CollectExactlyOneRow(rows, scanRound)
		if err != nil {
			return err
		}
		due := make(map[assessment.Letter][]uuid.UUID)
		if err := t.addressees(ctx, tx, id, func(person uuid.UUID, to assessment.Addressee) {
			letter := r.Due(to, now)
			due[letter] = append(due[letter], person)
		}); err != nil {
			return err
		}
		for _, letter := range []assessment.Letter{assessment.Invitation, assessment.Reminder, assessment.Closing} {
			if err := t.queueLetters(ctx, tx, id, letter, due[letter], now); err != nil {
				return err
			}
		}
		return nil
	})
}

// addressees goes through those who are asked and answer online, with what was
// written to them before.
func (t *Trust) addressees(ctx context.Context, tx pgx.Tx, round uuid.UUID, each func(uuid.UUID, assessment.Addressee)) error {
	rows, err := tx.Query(ctx, `
		SELECT i.person_id, coalesce(i.extended_to, '0001-01-01'), i.finished, i.away, l.invited, l.reminded, l.warned, l.written
		FROM invitations i
		CROSS JOIN LATERAL (
			SELECT coalesce(min(x.made_at) FILTER (WHERE x.kind = 'invitation'), '0001-01-01 00:00:00Z') AS invited,
			       coalesce(max(x.made_at) FILTER (WHERE x.kind = 'reminder'), '0001-01-01 00:00:00Z') AS reminded,
			       coalesce(max(x.made_at) FILTER (WHERE x.kind = 'closing'), '0001-01-01 00:00:00Z') AS warned,
			       coalesce(max(x.made_at), '0001-01-01 00:00:00Z') AS written
			FROM letters x WHERE x.ods = i.ods AND x.round_id = i.round_id AND x.person_id = i.person_id) l
		WHERE i.ods = $1 AND i.round_id = $2 AND NOT i.on_paper
		ORDER BY i.person_id`, t.ODS, round)
	if err != nil {
		return err
	}
	var person uuid.UUID
	var to assessment.Addressee
	_, err = pgx.ForEachRow(rows, []any{&person, &to.LastDay, &to.Finished, &to.Away, &to.Invited, &to.Reminded, &to.Warned, &to.Written}, func() error {
		each(person, to)
		return nil
	})
	return err
}
