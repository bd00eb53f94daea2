package main

import (
	"context"
	"errors"
	"fmt"
	"text/tabwriter"

	"octant/internal/access"
	"octant/internal/store"
)

// adminCmd names who administers the platform, before anybody can sign in to do
// so and when nobody can any more.
type adminCmd struct {
	Grant adminGrant `cmd:"" help:"Make somebody a platform administrator."`
	End   adminEnd   `cmd:"" help:"End somebody's right as a platform administrator."`
	List  adminList  `cmd:"" help:"List the platform administrators."`
}

// address is an email address on the command line.
type address string

// UnmarshalText reads it.
func (a *address) UnmarshalText(text []byte) error {
	clean := access.CleanEmail(string(text))
	if fault := access.EmailFault(clean); fault != "" {
		return errors.New("must be an email address")
	}
	*a = address(clean)
	return nil
}

type adminGrant struct {
	Email address `arg:"" help:"Their email address."`
	Name  string  `help:"Their full name, when nobody has the address yet."`
}

// Run grants the right.
func (cmd adminGrant) Run(ctx context.Context, c console, env environment) error {
	if fault := access.NameFault(cmd.Name); cmd.Name != "" && fault != "" {
		return errors.New("--name: " + fault)
	}
	return withDesk(ctx, c, env, func(db *store.DB) error {
		p, err := db.GrantAdmin(ctx, store.Operator, string(cmd.Email), cmd.Name, c.now())
		if errors.Is(err, store.ErrUnnamed) {
			return errors.New("nobody has this address yet: give their full name too, with --name")
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.out, "%s is a platform administrator. They sign in by a code that is sent to their address.\n", p.Name)
		return err
	})
}

type adminEnd struct {
	Email address `arg:"" help:"Their email address."`
}

// Run ends the right.
func (cmd adminEnd) Run(ctx context.Context, c console, env environment) error {
	return withDesk(ctx, c, env, func(db *store.DB) error {
		p, err := db.EndAdmin(ctx, store.Operator, string(cmd.Email), c.now())
		if errors.Is(err, store.ErrNotFound) {
			return errors.New("no platform administrator has this address: see `octant admin list`")
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.out, "%s is no platform administrator any more.\n", p.Name)
		return err
	})
}

type adminList struct{}

// Run lists who has the right.
func (adminList) Run(ctx context.Context, c console, env environment) error {
	return withDesk(ctx, c, env, func(db *store.DB) error {
		admins, err := db.Admins(ctx, store.Operator)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		for _, p := range admins {
			fmt.Fprintf(table, "%s\t%s\n", p.Name, p.Email)
		}
		return table.Flush()
	})
}
