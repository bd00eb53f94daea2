package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"octant/internal/access"
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

// DoorTx lets a test run its own statements with the rights of the door, bound to
// the devices of some tokens.
func DoorTx(ctx context.Context, db *DB, ods string, tokens []string, fn func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		var hashes [][]byte
		for _, token := range tokens {
			hash := access.TokenHash(db.secret, token)
			hashes = append(hashes, hash[:])
		}
		if _, err := tx.Exec(ctx, bindDevices, ods, hashes); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, findSeats, ods, hashes); err != nil {
			return err
		}
		return fn(tx)
	})
}
