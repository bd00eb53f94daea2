package main

import (
	"context"
	"fmt"

	"octant/internal/store"
)

// migrateCmd moves the schema.
type migrateCmd struct {
	Up     migrateUp     `cmd:"" help:"Bring the schema up to this program's."`
	Down   migrateDown   `cmd:"" help:"Take the newest migration back."`
	Status migrateStatus `cmd:"" help:"Say where the schema stands."`
}

type migrateUp struct{}

// Run applies every migration there is.
func (migrateUp) Run(ctx context.Context, c console, env environment) error {
	return withOwner(ctx, c, env, func(url string) error { return store.Migrate(ctx, url) })
}

type migrateDown struct {
	Steps int `help:"How many migrations to take back." default:"1"`
}

// Run takes the newest migrations back.
func (m migrateDown) Run(ctx context.Context, c console, env environment) error {
	return withOwner(ctx, c, env, func(url string) error { return store.MigrateDown(ctx, url, m.Steps) })
}

type migrateStatus struct{}

// Run says where the schema stands.
func (migrateStatus) Run(ctx context.Context, c console, env environment) error {
	return withOwner(ctx, c, env, func(string) error { return nil })
}

// withOwner does something as the database's owner and says where that left the
// schema.
func withOwner(ctx context.Context, c console, env environment, do func(url string) error) error {
	return asGuest(ctx, c, env, func(base database) error {
		if err := do(base.ownerURL); err != nil {
			return err
		}
		return sayStatus(ctx, c, base.ownerURL)
	})
}

// sayStatus says where the schema stands.
func sayStatus(ctx context.Context, c console, ownerURL string) error {
	have, want, dirty, err := store.SchemaStatus(ctx, ownerURL)
	if err != nil {
		return err
	}
	state := "up to date"
	switch {
	case dirty:
		state = "left half-done by a migration that failed"
	case have < want:
		state = "behind this program: run `octant migrate up`"
	case have > want:
		state = "newer than this program, which can still be served"
	}
	_, err = fmt.Fprintf(c.out, "schema %d, program %d: %s\n", have, want, state)
	return err
}
