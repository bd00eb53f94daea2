package main

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"

	"octant/internal/store"
)

// withDesk gives a command the database with the front desk's rights, and with
// no others. It works beside a server that runs.
func withDesk(ctx context.Context, c console, env environment, do func(*store.DB) error) error {
	return asGuest(ctx, c, env, func(base database) error {
		address, err := base.deskURL()
		if err != nil {
			return err
		}
		db, err := openDesk(ctx, address)
		if err != nil {
			return err
		}
		defer db.Close()
		if err := db.Ready(ctx); err != nil {
			return err
		}
		if desk, err := db.AtDesk(ctx); err != nil || !desk {
			return errors.Join(err, errNoDesk)
		}
		return do(db)
	})
}

// errNoDesk keeps a command from taking what it may not see for what is not there.
var errNoDesk = errors.New("DATABASE_URL must name the program's own account, a member of octant_desk: this one sees nothing")

// openDesk opens a database for what needs no pseudonyms, and so no secret.
func openDesk(ctx context.Context, address string) (*store.DB, error) {
	unused := make([]byte, minSecret)
	_, _ = rand.Read(unused) // never fails
	return store.Open(ctx, address, store.Options{Secret: unused, MaxConns: 2})
}

// deskURL is where a command signs in. Beside a running server it has no account
// of its own: the owner takes the front desk's role from the start.
func (d database) deskURL() (string, error) {
	if d.appURL != "" {
		return d.appURL, nil
	}
	address, err := url.Parse(d.ownerURL)
	if err != nil {
		return "", err
	}
	query := address.Query()
	query.Set("role", "octant_desk")
	address.RawQuery = query.Encode()
	return address.String(), nil
}
