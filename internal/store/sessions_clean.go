package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// cleaningInterval is how often what ran out is removed.
const cleaningInterval = 10 * time.Minute

// removeExpired forgets the sessions and codes that ran out, and the counters
// whose window is over: none is longer than a day.
func (db *DB) removeExpired(ctx context.Context) error {
	b := &pgx.Batch{}
	b.Queue(`DELETE FROM sessions WHERE expiry <= now()`)
	b.Queue(`DELETE FROM sign_in_codes WHERE expires_at <= now()`)
	b.Queue(`DELETE FROM rate_limits WHERE began <= now() - interval '1 day'`)
	return fault("remove expired", db.send(ctx, b))
}

// clean removes what ran out until ctx is done. A failure waits for the next
// time: what ran out is never found anyway.
func (db *DB) clean(ctx context.Context) {
	tick := time.NewTicker(cleaningInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = db.removeExpired(ctx)
		}
	}
}
