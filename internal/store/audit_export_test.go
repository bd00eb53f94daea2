package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"octant/internal/audit"
)

// Note lets a test record what no method does alone.
func Note(ctx context.Context, t *Trust, tx pgx.Tx, at time.Time, entries ...audit.Entry) error {
	return t.note(ctx, tx, at, entries...)
}
