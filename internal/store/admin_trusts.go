package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
)

// Leading is somebody who leads a trust, or will.
type Leading struct {
	Person uuid.UUID
	Name   string
	Email  string
	From   time.Time
	Until  time.Time // zero when no end is set
}

// ListedTrust finds one trust for an administrator, with whoever leads it.
func (db *DB) ListedTrust(ctx context.Context, admin access.Person, ods string, now time.Time) (t ListedTrust, leads []Leading, err error) {
	err = db.administer(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT ods, name, kind FROM trusts WHERE ods = $1`, ods).Scan(&t.ODS, &t.Name, &t.Kind)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `
			SELECT p.id, p.name, coalesce(p.email, ''), m.from_on, coalesce(m.to_on, '0001-01-01')
			FROM memberships m JOIN people p ON p.id = m.person_id
			WHERE m.ods = $1 AND m.role = $2 AND coalesce(m.to_on, 'infinity') >= $3
			ORDER BY p.name, p.id`, ods, access.Lead, access.Today(now))
		if err != nil {
			return err
		}
		leads, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Leading])
		return err
	})
	return t, leads, fault("listed trust", err)
}

// AddTrust adds a trust with its first lead, who is found by the address or made;
// ErrTrustThere when its code is taken.
func (db *DB) AddTrust(ctx context.Context, admin access.Person, t ListedTrust, name, email string, now time.Time) error {
	return fault("add trust", db.administer(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		added, err := tx.Exec(ctx, `
			INSERT INTO trusts (ods, name, kind, demo) VALUES ($1, $2, $3, EXISTS (SELECT FROM trusts WHERE demo))
			ON CONFLICT (ods) DO NOTHING`, t.ODS, t.Name, t.Kind)
		if err != nil {
			return err
		}
		if added.RowsAffected() == 0 {
			return ErrTrustThere
		}
		return makeLead(ctx, tx, admin, t.ODS, name, email, now, audit.Entry{Deed: audit.TrustMade, Detail: t.Name})
	}))
}

// ChangeTrust changes a trust's name and kind.
func (db *DB) ChangeTrust(ctx context.Context, admin access.Person, t ListedTrust, now time.Time) error {
	return fault("change trust", db.administer(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		var name, kind string
		err := tx.QueryRow(ctx, `SELECT name, kind FROM trusts WHERE ods = $1 FOR UPDATE`, t.ODS).Scan(&name, &kind)
		if err != nil || name == t.Name && kind == t.Kind {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE trusts SET name = $2, kind = $3 WHERE ods = $1`, t.ODS, t.Name, t.Kind); err != nil {
			return err
		}
		return keepNotes(ctx, tx, now, t.ODS, admin.ID, audit.Entry{Deed: audit.TrustChanged, Detail: t.Name + ", " + t.Kind})
	}))
}

// AddLead makes somebody lead a trust from today: whoever has the address, or a
// new person of that name. It says ErrLeads where they lead it already.
func (db *DB) AddLead(ctx context.Context, admin access.Person, ods, name, email string, now time.Time) error {
	return fault("add lead", db.administer(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, `SELECT ods FROM trusts WHERE ods = $1`, ods).Scan(&ods); err != nil {
			return err
		}
		return makeLead(ctx, tx, admin, ods, name, email, now)
	}))
}

// makeLead grants the role and records it after what was done before it.
func makeLead(ctx context.Context, tx pgx.Tx, admin access.Person, ods, name, email string, now time.Time, before ...audit.Entry) error {
	p, made, err := findOrMake(ctx, tx, email, name, now)
	if err != nil {
		return err
	}
	granted, err := tx.Exec(ctx, `
		INSERT INTO memberships (ods, person_id, role, from_on) VALUES ($1, $2, $3, $4)
		ON CONFLICT (ods, person_id, role) DO UPDATE SET from_on = $4, to_on = NULL
		WHERE memberships.from_on > $4 OR memberships.to_on IS NOT NULL`, ods, p.ID, access.Lead, access.Today(now))
	if err != nil {
		return err
	}
	if granted.RowsAffected() == 0 {
		return ErrLeads
	}
	if made {
		before = append(before, audit.Entry{Deed: audit.PersonAdded, Person: p.ID})
	}
	before = append(before, audit.Entry{Deed: audit.RoleGranted, Person: p.ID, Detail: "trust lead"})
	return keepNotes(ctx, tx, now, ods, admin.ID, before...)
}

// EndLead ends somebody's lead of a trust at once; [access.ErrNoLead] where
// nobody would be left to lead it, ErrNotFound where they do not.
func (db *DB) EndLead(ctx context.Context, admin access.Person, ods string, person uuid.UUID, now time.Time) error {
	today := access.Today(now)
	return fault("end lead", db.administer(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT person_id, from_on, coalesce(to_on, '0001-01-01') FROM memberships
			WHERE ods = $1 AND role = $2 AND coalesce(to_on, 'infinity') >= $3
			ORDER BY person_id FOR UPDATE`, ods, access.Lead, today)
		if err != nil {
			return err
		}
		leads := false
		var id uuid.UUID
		var others []access.Term
		var from, until time.Time
		_, err = pgx.ForEachRow(rows, []any{&id, &from, &until}, func() error {
			if leads = leads || id == person; id != person {
				others = append(others, access.Term{Role: access.Lead, From: from, Until: until})
			}
			return nil
		})
		switch {
		case err != nil:
			return err
		case !leads:
			return ErrNotFound
		case !access.Led(others, today):
			return access.ErrNoLead
		}
		// A role that began today never held for a whole day: it ends before it began.
		_, err = tx.Exec(ctx, `UPDATE memberships SET from_on = least(from_on, $4), to_on = $4 WHERE ods = $1 AND person_id = $2 AND role = $3`,
			ods, person, access.Lead, today.AddDate(0, 0, -1))
		if err != nil {
			return err
		}
		return keepNotes(ctx, tx, now, ods, admin.ID, audit.Entry{Deed: audit.RoleEnded, Person: person, Detail: "trust lead"})
	}))
}
