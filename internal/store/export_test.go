package store

import (
	"context"
	"testing"

	"github.com/google/uuid"
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
func RemoveExpired(ctx context.Context, db *DB) error { return db.removeExpired(ctx) }

// LockKey is the advisory lock of a round.
var LockKey = lockKey

// CodeOf is the sign-in code that belongs to a row.
func CodeOf(db *DB, id uuid.UUID) string { return db.codeOf(id) }

// Traced is the same database through a pool of one connection whose statements
// are shown to the tracer.
func Traced(ctx context.Context, tb testing.TB, db *DB, tracer pgx.QueryTracer) *DB {
	tb.Helper()
	config := db.pool.Config()
	config.MaxConns, config.ConnConfig.Tracer = 1, tracer
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(pool.Close)
	return &DB{pool: pool, secret: db.secret, jobs: db.jobs}
}
