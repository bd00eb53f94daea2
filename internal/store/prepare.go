package store

import (
	"context"
	"fmt"
	"net/url"

	"github.com/jackc/pgx/v5"
)

// appRole is the login of the program on a database that it prepared itself.
const appRole = "octant_app"

// Prepare makes the program's own login on a migrated database, or gives it a
// new password, and returns the address to sign in at. The login is a member of
// octant_desk and has no rights of its own. On any other database an
// administrator makes such a login by hand.
func Prepare(ctx context.Context, ownerURL, appPassword string) (appURL string, err error) {
	address, err := url.Parse(ownerURL)
	if err != nil {
		return "", fmt.Errorf("store: prepare: %w", err)
	}
	address.User = url.UserPassword(appRole, appPassword)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if prepared(ctx, address.String()) {
		return address.String(), nil
	}
	conn, err := pgx.Connect(ctx, ownerURL)
	if err != nil {
		return "", fault("prepare", err)
	}
	defer conn.Close(ctx)
	if err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return makeLogin(ctx, tx, appPassword) }); err != nil {
		return "", fault("prepare", err)
	}
	return address.String(), nil
}

// prepared says whether the login works already, so that a start in the usual
// case changes nothing that other programs on the same cluster may be changing.
func prepared(ctx context.Context, appURL string) bool {
	conn, err := pgx.Connect(ctx, appURL)
	if err != nil {
		return false
	}
	defer conn.Close(ctx)
	var member bool
	err = conn.QueryRow(ctx, `SELECT pg_has_role('octant_desk', 'USAGE')`).Scan(&member)
	return err == nil && member
}

// makeLogin takes a lock first, since two programs that change one role at once
// trip over each other.
func makeLogin(ctx context.Context, tx pgx.Tx, password string) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('octant login'))`); err != nil {
		return err
	}
	var create, secure string
	err := tx.QueryRow(ctx, `
		SELECT CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = $1::text) THEN ''
		            ELSE format('CREATE ROLE %I', $1::text) END,
		       format('ALTER ROLE %I LOGIN INHERIT PASSWORD %L', $1::text, $2::text)`,
		appRole, password).Scan(&create, &secure)
	if err != nil {
		return err
	}
	for _, statement := range []string{create, secure, `GRANT octant_desk TO ` + appRole} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
