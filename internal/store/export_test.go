package store

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"octant/internal/access"
)

// Tx lets a test run its own statements where the store runs its own.
func Tx(ctx context.Context, t *Trust, p access.Permission, fn func(pgx.Tx) error) error {
	return t.tx(ctx, p, func(_ context.Context, tx pgx.Tx) error { return fn(tx) })
}

// Pool lets a test act as the program's login outside any trust.
func Pool(db *DB) *pgxpool.Pool { return db.pool }

// RemoveExpired is what the cleaning does at each tick.
func RemoveExpired(ctx context.Context, db *DB) error { return db.SessionStore().removeExpired(ctx) }

// LockKey is the advisory lock of a round.
var LockKey = lockKey
