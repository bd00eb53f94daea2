package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/audit"
)

// note records what the person does in this transaction: it is recorded if and
// only if it is done. Notes of one trust wait for each other until their
// transactions end, so that it comes last, and nothing done often has one.
func (t *Trust) note(ctx context.Context, tx pgx.Tx, at time.Time, entries ...audit.Entry) error {
	return keepNotes(ctx, tx, at, t.ODS, t.Person, entries...)
}

// chainLock keeps the end of a chain to one transaction.
const chainLock = `SELECT pg_advisory_xact_lock(hashtextextended('octant audit ' || $1, 0))`

// keepNote adds an entry to the end of its chain. The transaction has the rights
// of the entry's trust or of the front desk.
func keepNote(ctx context.Context, tx pgx.Tx, at time.Time, e audit.Entry) error {
	return keepNotes(ctx, tx, at, e.ODS, e.Actor, e)
}

// keepNotes adds what one person did at once to the end of one chain. However
// many entries there are, it asks twice.
func keepNotes(ctx context.Context, tx pgx.Tx, at time.Time, chain string, actor uuid.UUID, entries ...audit.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	seq, head, err := holdChain(ctx, tx, chain)
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	for _, e := range entries {
		seq++
		e.ODS, e.Actor, e.Seq, e.At = chain, actor, seq, at.UTC().Truncate(time.Microsecond)
		digest := e.After(head)
		head = digest
		b.Queue(`
			INSERT INTO audit (ods, seq, at, actor, deed, round_id, person_id, detail, digest)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			e.ODS, e.Seq, e.At, orNull(e.Actor), e.Deed, orNull(e.Round), orNull(e.Person), e.Detail, digest[:])
	}
	return tx.SendBatch(ctx, b).Close()
}

// holdChain is the end of a chain, to which nobody else adds until the
// transaction ends.
func holdChain(ctx context.Context, tx pgx.Tx, chain string) (seq int64, head audit.Digest, err error) {
	b := &pgx.Batch{}
	b.Queue(`SELECT pg_advisory_xact_lock(hashtextextended('octant audit ' || $1, 0))`, chain)
	b.Queue(`SELECT seq, digest FROM audit WHERE ods = $1 ORDER BY seq DESC LIMIT 1`, chain).
		Query(func(rows pgx.Rows) error {
			raw := make([]byte, 0, len(head))
			_, err := pgx.ForEachRow(rows, []any{&seq, &raw}, func() error {
				copy(head[:], raw)
				return nil
			})
			return err
		})
	return seq, head, tx.SendBatch(ctx, b).Close()
}

// orNull is the id, or null for the zero one.
func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
