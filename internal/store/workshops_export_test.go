package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// SeatTx lets a test run its own statements with a seat's rights.
func SeatTx(ctx context.Context, s *Seat, fn func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.db.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, bindSeat, s.ODS, s.Workshop.String(), s.participant.String()); err != nil {
			return err
		}
		return fn(tx)
	})
}
