package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
)

// What administration refuses.
var (
	ErrTrustThere = errors.New("store: there is a trust with this code")
	ErrLeads      = errors.New("store: the person leads the trust already")
	ErrUnnamed    = errors.New("store: nobody has this address, so a name is needed")
	ErrSelf       = errors.New("store: administrators cannot end their own right")
)

// Operator is whoever runs a command on the server. They do what a platform
// administrator may, and the record names nobody.
var Operator = access.Person{Admin: true}

// Admin is the person as a platform administrator; ErrNotFound for anybody else,
// since to them there is no administration.
func (db *DB) Admin(ctx context.Context, id uuid.UUID) (access.Person, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p := access.Person{ID: id, Admin: true}
	err := db.pool.QueryRow(ctx, `SELECT name, coalesce(email, '') FROM people WHERE id = $1 AND admin`, id).Scan(&p.Name, &p.Email)
	return p, fault("admin", err)
}

// Admins lists the platform administrators by name.
func (db *DB) Admins(ctx context.Context, admin access.Person) (admins []access.Person, err error) {
	err = db.administer(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, name, coalesce(email, ''), admin FROM people WHERE admin ORDER BY name, id`)
		if err != nil {
			return err
		}
		admins, err = pgx.CollectRows(rows, pgx.RowToStructByPos[access.Person])
		return err
	})
	return admins, fault("admins", err)
}

// administer runs fn in a transaction with the front desk's rights, which reach
// no trust's rounds, answers or reports, for an administrator.
func (db *DB) administer(ctx context.Context, admin access.Person, fn func(context.Context, pgx.Tx) error) error {
	if !admin.Admin {
		return access.ErrDenied
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error { return fn(ctx, tx) })
}

// GrantAdmin makes whoever has the address a platform administrator, and says
// who it is. Where nobody has it, a person of that name is made; without a name
// it says ErrUnnamed. Somebody who is one already stays so, and nothing is
// recorded.
func (db *DB) GrantAdmin(ctx context.Context, admin access.Person, email, name string, now time.Time) (p access.Person, err error) {
	err = db.administer(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		var made bool
		if p, made, err = findOrMake(ctx, tx, email, name, now); err != nil || p.Admin {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE people SET admin = true WHERE id = $1`, p.ID); err != nil {
			return err
		}
		p.Admin = true
		granted := []audit.Entry{{Deed: audit.AdminGranted, Person: p.ID}}
		if made {
			granted = slices.Insert(granted, 0, audit.Entry{Deed: audit.PersonAdded, Person: p.ID})
		}
		return keepNotes(ctx, tx, now, audit.Platform, admin.ID, granted...)
	})
	return p, fault("grant admin", err)
}

// EndAdmin ends somebody's right as a platform administrator, and says who it
// was; ErrNotFound where nobody who is one has the address, ErrSelf for oneself.
func (db *DB) EndAdmin(ctx context.Context, admin access.Person, email string, now time.Time) (p access.Person, err error) {
	err = db.administer(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `UPDATE people SET admin = false WHERE email = $1 AND admin RETURNING id, name, email`, email).
			Scan(&p.ID, &p.Name, &p.Email)
		if err != nil {
			return err
		}
		if p.ID == admin.ID {
			return ErrSelf
		}
		return keepNotes(ctx, tx, now, audit.Platform, admin.ID, audit.Entry{Deed: audit.AdminEnded, Person: p.ID})
	})
	return p, fault("end admin", err)
}

// findOrMake finds whoever has the address, or makes somebody of that name. In a
// demonstration's database everybody belongs to the demonstration.
func findOrMake(ctx context.Context, tx pgx.Tx, email, name string, now time.Time) (p access.Person, made bool, err error) {
	find := func() error {
		return tx.QueryRow(ctx, `SELECT id, name, email, admin FROM people WHERE email = $1`, email).Scan(&p.ID, &p.Name, &p.Email, &p.Admin)
	}
	if err := find(); !errors.Is(err, pgx.ErrNoRows) {
		return p, false, err
	}
	if name == "" {
		return p, false, ErrUnnamed
	}
	id, err := uuid.NewV7()
	if err != nil {
		return p, false, err
	}
	added, err := tx.Exec(ctx, `
		INSERT INTO people (id, email, name, made_at, demo) VALUES ($1, $2, $3, $4, EXISTS (SELECT FROM trusts WHERE demo))
		ON CONFLICT (email) DO NOTHING`, id, email, name, now)
	if err != nil {
		return p, false, err
	}
	return p, added.RowsAffected() == 1, find()
}

// FoundPerson is somebody whom an administrator looked up, with what they are.
type FoundPerson struct {
	access.Person
	Roles []FoundRole
}

// FoundRole is a role that somebody has, or will have, in a trust.
type FoundRole struct {
	ODS   string
	Trust string
	Role  access.Role
	From  time.Time
	Until time.Time // zero when no end is set
}

// FindPerson is whoever has exactly this address. There is no way to browse.
func (db *DB) FindPerson(ctx context.Context, admin access.Person, email string, now time.Time) (p FoundPerson, err error) {
	err = db.administer(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT id, name, email, admin FROM people WHERE email = $1`, email).
			Scan(&p.ID, &p.Name, &p.Email, &p.Admin)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			SELECT t.ods, t.name, m.role, m.from_on, coalesce(m.to_on, '0001-01-01')
			FROM memberships m JOIN trusts t ON t.ods = m.ods
			WHERE m.person_id = $1 AND coalesce(m.to_on, 'infinity') >= $2
			ORDER BY t.name, t.ods, m.role`, p.ID, access.Today(now))
		if err != nil {
			return err
		}
		p.Roles, err = pgx.CollectRows(rows, pgx.RowToStructByPos[FoundRole])
		return err
	})
	return p, fault("find person", err)
}
