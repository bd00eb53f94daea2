package store

import (
	"context"
	"crypto/hmac"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
)

// What a sign-in code is worth.
const (
	CodeLife  = 10 * time.Minute
	CodeTries = 5
)

// AskForCode makes a sign-in code for whoever has the address and queues its
// letter, in one transaction. It does the same whether or not anybody has the
// address, so that nobody learns that from it. Only who holds the id can try
// the code.
func (db *DB) AskForCode(ctx context.Context, email string, now time.Time) (uuid.UUID, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	id, err := uuid.NewRandom() // an id that nobody can guess: it is what a browser must show
	if err != nil {
		return id, fault("ask for code", err)
	}
	email = strings.ToLower(email)
	err = pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO sign_in_codes (id, address, person_id, code, made_at, expires_at)
			VALUES ($1, $2, (SELECT p.id FROM people p WHERE p.email = $3), $4, $5, $6)`,
			id, db.keyed("address", email), email, db.codeHash(id, db.codeOf(id)), now, now.Add(CodeLife))
		if err != nil {
			return err
		}
		return db.enqueue(ctx, tx, CodeJob{Code: id})
	})
	return id, fault("ask for code", err)
}

// CodeToSend is what the letter with a sign-in code needs, and whether there is
// one to send: nobody may have the address, or the code may be used or too old.
func (db *DB) CodeToSend(ctx context.Context, id uuid.UUID, now time.Time) (to access.Person, code string, ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := db.pool.Query(ctx, `
		SELECT p.id, p.name, coalesce(p.email, ''), p.admin
		FROM sign_in_codes c JOIN people p ON p.id = c.person_id
		WHERE c.id = $1 AND c.used_at IS NULL AND c.expires_at > $2 AND p.email IS NOT NULL`, id, now)
	if err != nil {
		return to, "", false, fault("code to send", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[access.Person])
	if err != nil || len(found) == 0 {
		return to, "", false, fault("code to send", err)
	}
	return found[0], db.codeOf(id), true, nil
}

// TryCode uses up one try of a code and says whose it is. It says ErrNotFound
// for a code that is wrong, used, too old or tried too often, and for one that
// was asked for with an address that nobody has, without saying which.
func (db *DB) TryCode(ctx context.Context, id uuid.UUID, code string, now time.Time) (access.Person, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var right bool
	var person access.Person
	err := pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		var kept []byte
		var owner *uuid.UUID
		// The row stays locked to the end: of two tries at once, the second sees
		// what became of the first.
		err := tx.QueryRow(ctx, `
			UPDATE sign_in_codes SET tries = tries + 1
			WHERE id = $1 AND used_at IS NULL AND expires_at > $2 AND tries < $3
			RETURNING code, person_id`, id, now, CodeTries).Scan(&kept, &owner)
		if err != nil {
			return err
		}
		if right = hmac.Equal(kept, db.codeHash(id, code)) && owner != nil; !right {
			return nil // the try stays counted
		}
		person.ID = *owner
		return tx.QueryRow(ctx, `
			WITH used AS (UPDATE sign_in_codes SET used_at = $2 WHERE id = $1)
			SELECT name, coalesce(email, ''), admin FROM people WHERE id = $3`, id, now, *owner).
			Scan(&person.Name, &person.Email, &person.Admin)
	})
	if err == nil && !right {
		err = ErrNotFound
	}
	return person, fault("try code", err)
}

// codeOf is the code that belongs to a row: six digits that only this program
// can make from its id.
func (db *DB) codeOf(id uuid.UUID) string {
	return fmt.Sprintf("%06d", binary.BigEndian.Uint64(db.keyed("code", id.String()))%1_000_000)
}

// codeHash is what is kept of a code.
func (db *DB) codeHash(id uuid.UUID, code string) []byte {
	return db.keyed("code kept", id.String(), code)
}
