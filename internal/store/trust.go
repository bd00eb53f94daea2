package store

import (
	"context"
	"encoding/binary"
	"regexp"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
)

// bind makes the rest of a transaction see one trust's rows and no others. The
// program's own login sees none.
const bind = `SELECT set_config('role', 'octant_tenant', true), set_config('octant.trust', $1, true)`

// Trust is one person inside one trust.
type Trust struct {
	db     *DB
	ODS    string
	Name   string
	Kind   string
	Person uuid.UUID
	Roles  access.Roles

	answersOnly bool // the person came by a way that reaches no further than this trust
}

// AnswersOnly is the trust for somebody who came by a personal link: what is
// left are a board member's own rights.
func (t *Trust) AnswersOnly() *Trust {
	narrow := *t
	narrow.Roles, narrow.answersOnly = t.Roles.Answering(), true
	return &narrow
}

// May says whether the person has the permission here.
func (t *Trust) May(p access.Permission) bool { return t.Roles.May(p) }

// respondent is the pseudonym under which the person answers here.
func (t *Trust) respondent() []byte {
	r := access.RespondentOf(t.db.secret, t.Person, t.ODS)
	return r[:]
}

var codeShape = regexp.MustCompile(`^[A-Z0-9]{3,5}$`)

// Enter lets the person into the trust with the given ODS code, or says
// ErrNotFound if they do not belong to it.
func (db *DB) Enter(ctx context.Context, person uuid.UUID, ods string) (*Trust, error) {
	if !codeShape.MatchString(ods) {
		return nil, ErrNotFound
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	t := &Trust{db: db, ODS: ods, Person: person}
	err := db.pool.QueryRow(ctx, `
		SELECT t.name, t.kind, array_agg(m.role ORDER BY m.role)
		FROM trusts t JOIN memberships m ON m.ods = t.ods
		WHERE t.ods = $1 AND m.person_id = $2
		  AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date
		GROUP BY t.ods`, ods, person).Scan(&t.Name, &t.Kind, &t.Roles)
	if err != nil {
		return nil, fault("enter", err)
	}
	return t, nil
}

// EnterReport is [DB.Enter] and [Trust.ReportDigest] in one question, for the
// page that is read most. Where the person is let in and there is no report, it
// gives the trust with ErrNotFound; without the permission, with ErrDenied.
func (db *DB) EnterReport(ctx context.Context, person uuid.UUID, ods string, round uuid.UUID) (*Trust, string, error) {
	if !codeShape.MatchString(ods) {
		return nil, "", ErrNotFound
	}
	t := &Trust{db: db, ODS: ods, Person: person}
	var digest *string
	b := &pgx.Batch{}
	b.Queue(bind, ods)
	b.Queue(`
		SELECT t.name, t.kind, array_agg(m.role ORDER BY m.role),
		       CASE WHEN bool_or(m.role = ANY ($4))
		            THEN (SELECT p.digest FROM reports p WHERE p.ods = $1 AND p.round_id = $3) END
		FROM trusts t JOIN memberships m ON m.ods = t.ods
		WHERE t.ods = $1 AND m.person_id = $2
		  AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date
		GROUP BY t.ods`, ods, person, round, access.With(access.ViewReport)).
		QueryRow(func(row pgx.Row) error { return row.Scan(&t.Name, &t.Kind, &t.Roles, &digest) })
	switch err := db.send(ctx, b); {
	case err != nil:
		return nil, "", fault("enter report", err)
	case !t.May(access.ViewReport):
		return t, "", access.ErrDenied
	case digest == nil:
		return t, "", ErrNotFound
	}
	return t, *digest, nil
}

// EnterByClock is the door for what happens at its time, without a person. It
// says ErrNotFound for a trust that there is not.
func (db *DB) EnterByClock(ctx context.Context, ods string) (*Trust, error) {
	if !codeShape.MatchString(ods) {
		return nil, ErrNotFound
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	t := &Trust{db: db, ODS: ods, Roles: access.Roles{access.Clock}}
	err := db.pool.QueryRow(ctx, `SELECT name, kind FROM trusts WHERE ods = $1`, ods).Scan(&t.Name, &t.Kind)
	if err != nil {
		return nil, fault("enter by clock", err)
	}
	return t, nil
}

// read asks the queued questions of this trust's rows in one round trip, if the
// person has the permission.
func (t *Trust) read(ctx context.Context, p access.Permission, queue func(*pgx.Batch)) error {
	if !t.May(p) {
		return access.ErrDenied
	}
	b := &pgx.Batch{}
	b.Queue(bind, t.ODS)
	queue(b)
	return t.db.send(ctx, b)
}

// tx runs fn in a transaction that can see this trust's rows and no others, if
// the person has the permission. The binding travels with the beginning.
func (t *Trust) tx(ctx context.Context, p access.Permission, fn func(context.Context, pgx.Tx) error) error {
	if !t.May(p) {
		return access.ErrDenied
	}
	if _, limited := ctx.Deadline(); !limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	b := &pgx.Batch{}
	b.BeginTx(pgx.TxOptions{})
	b.Queue(bind, t.ODS)
	begun := t.db.pool.SendBatch(ctx, b)
	tx := begun.Tx()
	defer tx.Rollback(ctx)
	if err := begun.Close(); err != nil {
		return err
	}
	if err := fn(ctx, tx); err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// asDesk runs fn in the same transaction with the front desk's rights instead of
// the trust's, for what belongs to both: a person who is added, a job that is
// queued. Afterwards the transaction is bound to the trust again.
func (t *Trust) asDesk(ctx context.Context, tx pgx.Tx, fn func() error) error {
	if _, err := tx.Exec(ctx, `SELECT set_config('role', 'none', true)`); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, bind, t.ODS)
	return err
}

// lockKey is the advisory lock of a round. Whoever saves or submits holds it
// shared, whoever opens or closes the round holds it alone: so that a round
// closes between two saves and never in the middle of one. Two rounds with the
// same key only wait for each other.
func lockKey(round uuid.UUID) int64 { return int64(binary.BigEndian.Uint64(round[8:])) }

const (
	shareRound = `SELECT pg_advisory_xact_lock_shared($1)`
	holdRound  = `SELECT pg_advisory_xact_lock($1)`
)
