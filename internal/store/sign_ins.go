package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
)

// SignIn is one time somebody showed who they are.
type SignIn struct {
	Person uuid.UUID
	At     time.Time
	Way    access.Way
	Device string // in words, such as "Safari on iPad"; up to 200 characters
}

// RecordSignIn keeps a sign-in, for the person to see and for twelve months. It
// says what they are in all of their trusts together, and whether they are an
// administrator: how long they may stay depends on it.
func (db *DB) RecordSignIn(ctx context.Context, in SignIn) (roles access.Roles, admin bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	id, err := uuid.NewV7()
	if err != nil {
		return nil, false, fault("record sign-in", err)
	}
	err = db.pool.QueryRow(ctx, `
		WITH kept AS (INSERT INTO sign_ins (id, person_id, at, way, device) VALUES ($1, $2, $3, $4, $5))
		SELECT p.admin, ARRAY(SELECT DISTINCT m.role FROM memberships m
		                      WHERE m.person_id = p.id AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date
		                      ORDER BY m.role)
		FROM people p WHERE p.id = $2`, id, in.Person, in.At, in.Way, in.Device).Scan(&admin, &roles)
	return roles, admin, fault("record sign-in", err)
}
