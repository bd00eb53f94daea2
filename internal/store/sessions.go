package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
)

// Sessions keeps sign-in sessions in the database, for the session manager. It
// differs from the manager's own store in heeding the request's context, so
// that a lost database answers at once.
type Sessions struct{ db *DB }

// cleaningInterval is how often sessions that ran out are removed.
const cleaningInterval = 10 * time.Minute

// SessionStore is where the session manager keeps sessions.
func (db *DB) SessionStore() Sessions { return Sessions{db} }

// FindCtx reads a session that has not run out.
func (s Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = s.db.pool.QueryRow(ctx, `SELECT data FROM sessions WHERE token = $1 AND expiry > now()`, token).Scan(&data)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	return data, err == nil, fault("find session", err)
}

// CommitCtx keeps a session, replacing what was there.
func (s Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := s.db.pool.Exec(ctx, `
		INSERT INTO sessions (token, data, expiry) VALUES ($1, $2, $3)
		ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry = excluded.expiry`, token, data, expiry)
	return fault("keep session", err)
}

// DeleteCtx ends a session.
func (s Sessions) DeleteCtx(ctx context.Context, token string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := s.db.pool.Exec(ctx, `DELETE FROM sessions WHERE token = $1`, token)
	return fault("end session", err)
}

// Find is FindCtx for callers without a context.
func (s Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for callers without a context.
func (s Sessions) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

// Delete is DeleteCtx for callers without a context.
func (s Sessions) Delete(token string) error {
	return s.DeleteCtx(context.Background(), token)
}

// removeExpired forgets the sessions that ran out.
func (s Sessions) removeExpired(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := s.db.pool.Exec(ctx, `DELETE FROM sessions WHERE expiry <= now()`)
	return fault("remove expired sessions", err)
}

// clean removes sessions that ran out until ctx is done. A failure waits for the
// next time: such a session is never found anyway.
func (s Sessions) clean(ctx context.Context) {
	tick := time.NewTicker(cleaningInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_ = s.removeExpired(ctx)
		}
	}
}
