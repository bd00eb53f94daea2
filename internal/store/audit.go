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
func (t *Trust) note(ctx context.Context, tx pgx.Tx, at time.Time, e audit.Entry) error {
	e.ODS, e.Actor = t.ODS, t.Person
	return keepNote(ctx, tx, at, e)
}

// keepNote adds an entry to the end of its chain. The transaction has the rights
// of the entry's trust or of the front desk.
func keepNote(ctx context.Context, tx pgx.Tx, at time.Time, e audit.Entry) error {
	var head audit.Digest
	b := &pgx.Batch{}
	b.Queue(`SELECT pg_advisory_xact_lock(hashtextextended('octant audit ' || $1, 0))`, e.ODS)
	b.Queue(`SELECT seq, digest FROM audit WHERE ods = $1 ORDER BY seq DESC LIMIT 1`, e.ODS).
		Query(func(rows pgx.Rows) error {
			raw := make([]byte, 0, len(head))
			_, err := pgx.ForEachRow(rows, []any{&e.Seq, &raw}, func() error {
				copy(head[:], raw)
				return nil
			})
			return err
		})
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	e.Seq++
	e.At = at.UTC().Truncate(time.Microsecond)
	digest := e.After(head)
	_, err := tx.Exec(ctx, `
		INSERT INTO audit (ods, seq, at, actor, deed, round_id, person_id, detail, digest)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		e.ODS, e.Seq, e.At, orNull(e.Actor), e.Deed, orNull(e.Round), orNull(e.Person), e.Detail, digest[:])
	return err
}

// orNull is the id, or null for the zero one.
func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
