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

// RecordSignIn keeps a sign-in, for the person to see and for twelve months.
func (db *DB) RecordSignIn(ctx context.Context, in SignIn) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	id, err := uuid.NewV7()
	if err != nil {
		return fault("record sign-in", err)
	}
	_, err = db.pool.Exec(ctx, `INSERT INTO sign_ins (id, person_id, at, way, device) VALUES ($1, $2, $3, $4, $5)`,
		id, in.Person, in.At, in.Way, in.Device)
	return fault("record sign-in", err)
}
