package store

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Limit is how often something may be tried in a while, such as asking for a
// code with one address. Who is never kept: only a keyed hash of it is.
type Limit struct {
	What   string        // what is tried; each has counters of its own
	Who    string        // by whom or on what: an address, a session, a network address
	Most   int           // tries in one window
	Window time.Duration // a day at most
}

// Allow counts one try and says whether it is within the limit. Every replica
// counts on the same row.
func (db *DB) Allow(ctx context.Context, what, who string, limit int, window time.Duration, now time.Time) (bool, error) {
	wait, err := db.Count(ctx, now, Limit{what, who, limit, window})
	return err == nil && wait == 0, err
}

// Count counts one try against every limit, in one round trip, and says how long
// to wait: nothing if all of them allow it. A window begins with its first try
// and ends by itself, however many more come, so that nobody is shut out for good.
func (db *DB) Count(ctx context.Context, now time.Time, limits ...Limit) (wait time.Duration, err error) {
	type counted struct {
		Limit
		key []byte
	}
	all := make([]counted, len(limits))
	for i, l := range limits {
		all[i] = counted{l, db.keyed("limit", l.What, l.Who)}
	}
	// Always in the same order, so that two of them never wait for each other.
	slices.SortFunc(all, func(a, b counted) int { return bytes.Compare(a.key, b.key) })
	b := &pgx.Batch{}
	for _, l := range all {
		b.Queue(`
			INSERT INTO rate_limits AS r (key, began, uses) VALUES ($1, $2, 1)
			ON CONFLICT (key) DO UPDATE SET
			    began = CASE WHEN r.began > $3 THEN r.began ELSE excluded.began END,
			    uses = CASE WHEN r.began > $3 THEN least(r.uses, $4) + 1 ELSE 1 END
			RETURNING uses, began`, l.key, now, now.Add(-l.Window), l.Most).
			QueryRow(func(row pgx.Row) error {
				var uses int
				var began time.Time
				if err := row.Scan(&uses, &began); err != nil {
					return err
				}
				if uses > l.Most {
					wait = max(wait, began.Add(l.Window).Sub(now), time.Second)
				}
				return nil
			})
	}
	return wait, fault("count", db.send(ctx, b))
}

// keyed is a hash that only this program can make, of what stands for somebody:
// each purpose has hashes of its own.
func (db *DB) keyed(purpose string, parts ...string) []byte {
	mac := hmac.New(sha256.New, db.secret)
	mac.Write([]byte("octant " + purpose))
	for _, part := range parts {
		mac.Write([]byte{0})
		mac.Write([]byte(part))
	}
	return mac.Sum(nil)
}
