package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
)

// Sessions keeps sign-in sessions in the database, for the session manager. It
// differs from the manager's own store in heeding the request's context, so
// that a lost database answers at once, and in keeping each request's [Stay].
type Sessions struct {
	db  *DB
	now func() time.Time
}

// SessionStore is where the session manager keeps sessions; now says which of
// them have run out.
func (db *DB) SessionStore(now func() time.Time) Sessions { return Sessions{db, now} }

// Stay is whose a session is and since when: what it takes to list sessions and
// to end them.
type Stay struct {
	ID      uuid.UUID // names the session to its person; the token is never shown
	Person  uuid.UUID // zero for somebody who is not signed in
	Way     access.Way
	ODS     string // the one trust it leads into, "" for all of the person's
	Device  string // in words, such as "Safari on iPad"; up to 200 characters
	Started time.Time
	Seen    time.Time     // when it was last used, to a minute
	Idle    time.Duration // unused for so long it ends, if not zero

	token string // under which it was found; "" for a session that is not kept yet
}

type stayKey struct{}

// WithStay is a context in which the session manager's questions fill stay, and
// its answers keep what the server has put there.
func WithStay(ctx context.Context, stay *Stay) context.Context {
	return context.WithValue(ctx, stayKey{}, stay)
}

// stayIn is the context's stay, or an empty one.
func stayIn(ctx context.Context) *Stay {
	if stay, ok := ctx.Value(stayKey{}).(*Stay); ok {
		return stay
	}
	return &Stay{}
}

// until is when a session used at this moment ends, if not used again.
func (s Stay) until(now, deadline time.Time) time.Time {
	if idle := now.Add(s.Idle); s.Idle > 0 && idle.Before(deadline) {
		return idle
	}
	return deadline
}

// FindCtx reads a session that has not run out.
func (s Sessions) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	stay := stayIn(ctx)
	var person *uuid.UUID
	err = s.db.pool.QueryRow(ctx, `
		SELECT data, id, person_id, coalesce(way, ''), coalesce(ods, ''), coalesce(device, ''), started_at, seen_at
		FROM sessions WHERE token = $1 AND expiry > $2`, token, s.now()).
		Scan(&data, &stay.ID, &person, &stay.Way, &stay.ODS, &stay.Device, &stay.Started, &stay.Seen)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, false, nil
	}
	if person != nil {
		stay.Person = *person
	}
	stay.token = token
	return data, err == nil, fault("find session", err)
}

// CommitCtx keeps a session, replacing what was there. One that was found and
// has been ended since stays ended.
func (s Sessions) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	stay, now := stayIn(ctx), s.now()
	if token == stay.token {
		_, err := s.db.pool.Exec(ctx, `UPDATE sessions SET data = $2, expiry = $3, seen_at = $4 WHERE token = $1`,
			token, data, stay.until(now, expiry), now)
		return fault("keep session", err)
	}
	_, err := s.db.pool.Exec(ctx, `
		INSERT INTO sessions (token, data, expiry, person_id, way, ods, device, started_at, seen_at)
		VALUES ($1, $2, $3, $4, nullif($5, ''), nullif($6, ''), nullif($7, ''), $8, $8)
		ON CONFLICT (token) DO UPDATE SET data = excluded.data, expiry = excluded.expiry`,
		token, data, stay.until(now, expiry), uuid.NullUUID{UUID: stay.Person, Valid: stay.Person != uuid.Nil},
		stay.Way, stay.ODS, stay.Device, now)
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

// Touch marks a session as used now and moves its end, which comes no later than
// the deadline.
func (s Sessions) Touch(ctx context.Context, stay Stay, deadline time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	now := s.now()
	_, err := s.db.pool.Exec(ctx, `UPDATE sessions SET seen_at = $2, expiry = $3 WHERE token = $1`, stay.token, now, stay.until(now, deadline))
	return fault("touch session", err)
}

// Of lists the sessions that a person can still use, the one used last first.
func (s Sessions) Of(ctx context.Context, person uuid.UUID) ([]Stay, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := s.db.pool.Query(ctx, `
		SELECT id, person_id, coalesce(way, ''), coalesce(ods, ''), coalesce(device, ''), started_at, seen_at
		FROM sessions WHERE person_id = $1 AND expiry > $2 ORDER BY seen_at DESC, id`, person, s.now())
	if err != nil {
		return nil, fault("sessions of person", err)
	}
	stays, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s Stay, err error) {
		return s, row.Scan(&s.ID, &s.Person, &s.Way, &s.ODS, &s.Device, &s.Started, &s.Seen)
	})
	return stays, fault("sessions of person", err)
}

// End ends one session of a person's, or says ErrNotFound.
func (s Sessions) End(ctx context.Context, person, id uuid.UUID) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ended, err := s.db.pool.Exec(ctx, `DELETE FROM sessions WHERE person_id = $1 AND id = $2`, person, id)
	if err == nil && ended.RowsAffected() == 0 {
		err = pgx.ErrNoRows
	}
	return fault("end one session", err)
}

// EndAll ends every session of a person's, wherever it is.
func (s Sessions) EndAll(ctx context.Context, person uuid.UUID) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := s.db.pool.Exec(ctx, `DELETE FROM sessions WHERE person_id = $1`, person)
	return fault("end all sessions", err)
}
