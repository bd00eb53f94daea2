package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
)

// KeepRetention erases everywhere what has been kept for its time; how long that
// is, assessment says. Each round is one transaction. What fails in one is
// reported and keeps no other from its time; the next run does it.
func (db *DB) KeepRetention(ctx context.Context, now time.Time) error {
	trusts, err := db.everyTrust(ctx)
	if err != nil {
		return fault("keep retention", err)
	}
	var faults []error
	for some := range slices.Chunk(trusts, trustsAtOnce) {
		kept, err := db.keptRounds(ctx, some, now)
		if err != nil {
			faults = append(faults, fault("keep retention", err))
			continue
		}
		for _, ods := range some {
			if k, ok := kept[ods]; ok {
				faults = append(faults, db.keepRetentionOf(ctx, ods, k, now))
			}
		}
	}
	return errors.Join(append(faults, db.eraseSignIns(ctx, now), db.eraseRequests(ctx, now))...)
}

// retained is what a trust holds that may have been kept for its time.
type retained struct {
	rounds  []retainedRound
	letters bool // there are letters with a server's words that are too old
}

type retainedRound struct {
	id                       uuid.UUID
	closed, next             time.Time // next is when the trust's next round closed, zero for not yet
	unlinkedAlready, cleared bool
}

// keptRounds asks some trusts at once what there may be to erase.
func (db *DB) keptRounds(ctx context.Context, trusts []string, now time.Time) (map[string]retained, error) {
	all := make(map[string]retained)
	b := &pgx.Batch{}
	for _, ods := range trusts {
		b.Queue(bind, ods)
		b.Queue(`
			SELECT r.id, r.closed_at, coalesce(n.closed_at, '0001-01-01 00:00:00Z'), r.unlinked_at IS NOT NULL, r.comments_erased_at IS NOT NULL
			FROM rounds r
			LEFT JOIN LATERAL (
				SELECT min(x.closed_at) AS closed_at FROM rounds x
				WHERE x.ods = r.ods AND x.state = 'closed' AND (x.closed_at, x.id) > (r.closed_at, r.id)) n ON true
			WHERE r.ods = $1 AND r.state = 'closed' AND (r.unlinked_at IS NULL OR r.comments_erased_at IS NULL)
			ORDER BY r.closed_at, r.id`, ods).
			Query(func(rows pgx.Rows) error {
				rounds, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r retainedRound, err error) {
					return r, row.Scan(&r.id, &r.closed, &r.next, &r.unlinkedAlready, &r.cleared)
				})
				if len(rounds) > 0 {
					all[ods] = retained{rounds: rounds}
				}
				return err
			})
		b.Queue(`SELECT EXISTS (SELECT FROM letters WHERE ods = $1 AND said <> '' AND done_at <= $2)`, ods, lettersBefore(now)).
			QueryRow(func(row pgx.Row) error {
				k := all[ods]
				if err := row.Scan(&k.letters); err != nil {
					return err
				}
				if k.letters || len(k.rounds) > 0 {
					all[ods] = k
				}
				return nil
			})
	}
	if b.Len() == 0 {
		return all, nil
	}
	return all, db.send(ctx, b)
}

func lettersBefore(now time.Time) time.Time { return now.AddDate(0, -assessment.LetterMonths, 0) }

// keepRetentionOf erases what is due in one trust.
func (db *DB) keepRetentionOf(ctx context.Context, ods string, k retained, now time.Time) error {
	t, err := db.EnterByClock(ctx, ods)
	if err != nil {
		return err
	}
	var faults []error
	for _, r := range k.rounds {
		if !r.unlinkedAlready && assessment.UnlinkDue(r.closed, r.next, now) {
			faults = append(faults, named(t.erase(ctx, r.id, now, unlinking), "unlink round %s of %s", r.id, ods))
		}
		if !r.cleared && assessment.CommentsDue(r.closed, now) {
			faults = append(faults, named(t.erase(ctx, r.id, now, clearing), "erase comments of round %s of %s", r.id, ods))
		}
	}
	if k.letters {
		faults = append(faults, named(t.forgetServers(ctx, now), "forget what mail servers said to %s", ods))
	}
	return errors.Join(faults...)
}

func named(err error, place string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("store: "+place+": %w", append(args, err)...)
}

// An erasing is one thing that is erased in a closed round, once.
type erasing struct {
	deed  audit.Deed
	done  func(assessment.Round) bool
	erase func(*Trust, context.Context, pgx.Tx, assessment.Round) error
	mark  string // keeps when it was done
}

var (
	unlinking = erasing{
		deed: audit.Unlinked, done: func(r assessment.Round) bool { return !r.UnlinkedAt.IsZero() }, erase: (*Trust).unlink,
		mark: `UPDATE rounds SET unlinked_at = $3 WHERE ods = $1 AND id = $2`,
	}
	clearing = erasing{
		deed: audit.CommentsErased, done: func(r assessment.Round) bool { return !r.ErasedAt.IsZero() }, erase: (*Trust).clearComments,
		mark: `UPDATE rounds SET comments_erased_at = $3 WHERE ods = $1 AND id = $2`,
	}
)

// erase does it in one transaction, unless another replica has.
func (t *Trust) erase(ctx context.Context, id uuid.UUID, now time.Time, e erasing) error {
	ctx, cancel := context.WithTimeout(ctx, longPatience)
	defer cancel()
	return t.tx(ctx, access.KeepTime, func(ctx context.Context, tx pgx.Tx) error {
		r, err := t.holdRound(ctx, tx, id)
		if err != nil || e.done(r) || r.State != assessment.Closed {
			return err
		}
		if err := e.erase(t, ctx, tx, r); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, e.mark, t.ODS, id, now); err != nil {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: e.deed, Round: id})
	})
}

// unlink gives every response of a round a random respondent, so that none can
// be led back to a person any more, whoever has the secret and the database. The
// answers follow. Responses and invitations are both written once more, each in
// an order of its own that chance makes, so that the order in which the rows lie
// pairs nobody with anything; and how often a person began anew, which revisions
// tell too, is forgotten.
func (t *Trust) unlink(ctx context.Context, tx pgx.Tx, r assessment.Round) error {
	b := &pgx.Batch{}
	respondents, err := shuffled[[]byte](ctx, tx, `SELECT respondent FROM responses WHERE ods = $1 AND round_id = $2`, t.ODS, r.ID)
	if err != nil {
		return err
	}
	for _, old := range respondents {
		chance := make([]byte, len(access.Respondent{}))
		if _, err := rand.Read(chance); err != nil {
			return err
		}
		b.Queue(`UPDATE responses SET respondent = $4 WHERE ods = $1 AND round_id = $2 AND respondent = $3`, t.ODS, r.ID, old, chance)
	}
	if err := t.shuffleInvitations(ctx, tx, b, r.ID); err != nil || b.Len() == 0 {
		return err
	}
	return tx.SendBatch(ctx, b).Close()
}

// shuffleInvitations queues that a round's invitations are written once more, in
// an order that chance makes.
func (t *Trust) shuffleInvitations(ctx context.Context, tx pgx.Tx, b *pgx.Batch, round uuid.UUID) error {
	people, err := shuffled[uuid.UUID](ctx, tx, `SELECT person_id FROM invitations WHERE ods = $1 AND round_id = $2`, t.ODS, round)
	if err != nil {
		return err
	}
	for _, person := range people {
		b.Queue(`
			UPDATE invitations SET finished = finished, drafts_deleted = 0
			WHERE ods = $1 AND round_id = $2 AND person_id = $3`, t.ODS, round, person)
	}
	return nil
}

// shuffled reads one value a row, in an order that chance makes.
func shuffled[T any](ctx context.Context, tx pgx.Tx, sql string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		return nil, err
	}
	for i := len(all) - 1; i > 0; i-- {
		j, err := rand.Int(rand.Reader, big.NewInt(int64(i+1)))
		if err != nil {
			return nil, err
		}
		all[i], all[j.Int64()] = all[j.Int64()], all[i]
	}
	return all, nil
}

// clearComments erases what people wrote beside their answers.
func (t *Trust) clearComments(ctx context.Context, tx pgx.Tx, r assessment.Round) error {
	b := &pgx.Batch{}
	b.Queue(`
		UPDATE answers SET comment = '', evidence = ''
		WHERE ods = $1 AND round_id = $2 AND (comment <> '' OR evidence <> '')`, t.ODS, r.ID)
	b.Queue(`DELETE FROM comments WHERE ods = $1 AND round_id = $2`, t.ODS, r.ID)
	return tx.SendBatch(ctx, b).Close()
}

// forgetServers erases what mail servers said of letters that are too old.
func (t *Trust) forgetServers(ctx context.Context, now time.Time) error {
	return t.tx(ctx, access.KeepTime, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE letters SET said = '' WHERE ods = $1 AND said <> '' AND done_at <= $2`, t.ODS, lettersBefore(now))
		return err
	})
}

// eraseRequests deletes what trusts asked each other, and what was replied, when it
// is too old, and records how many went.
func (db *DB) eraseRequests(ctx context.Context, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, longPatience)
	defer cancel()
	return fault("erase requests", pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		gone, err := tx.Exec(ctx, `DELETE FROM requests WHERE coalesce(replied_at, sent_at) <= $1`, now.AddDate(0, -assessment.RequestMonths, 0))
		if err != nil || gone.RowsAffected() == 0 {
			return err
		}
		return keepNote(ctx, tx, now, audit.Entry{ODS: audit.Platform, Deed: audit.RequestsErased, Detail: strconv.FormatInt(gone.RowsAffected(), 10)})
	}))
}

// eraseSignIns deletes the sign-in records that are too old, and records that
// the run took place.
func (db *DB) eraseSignIns(ctx context.Context, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, longPatience)
	defer cancel()
	return fault("erase sign-ins", pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		gone, err := tx.Exec(ctx, `DELETE FROM sign_ins WHERE at <= $1`, now.AddDate(0, -assessment.SignInMonths, 0))
		if err != nil {
			return err
		}
		return keepNote(ctx, tx, now, audit.Entry{
			ODS: audit.Platform, Deed: audit.RecordsErased, Detail: fmt.Sprintf("%d sign-in records", gone.RowsAffected()),
		})
	}))
}
