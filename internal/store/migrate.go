package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/golang-migrate/migrate/v4"
	driver "github.com/golang-migrate/migrate/v4/database/pgx/v5"
	"github.com/golang-migrate/migrate/v4/source/iofs"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // migrate speaks database/sql

	"octant/migrations"
)

// What a schema can be that the program cannot work with.
var (
	ErrSchemaOld   = errors.New("store: database schema is older than this program; run octant migrate up")
	ErrSchemaDirty = errors.New("store: a migration of the database failed half-way; see octant migrate status")
)

// migrationPatience is how long a program waits while another one migrates.
const migrationPatience = 10 * time.Minute

// Migrate brings the schema up to what this program needs, and the job queue's
// tables to what its library needs. It does nothing to a newer one, so that an
// older program can go on while a newer one is rolled out.
func Migrate(ctx context.Context, ownerURL string) error {
	if err := migrateSchema(ctx, ownerURL); err != nil {
		return err
	}
	if err := migrateJobs(ctx, ownerURL); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	return nil
}

func migrateSchema(ctx context.Context, ownerURL string) error {
	s, err := schemaAt(ctx, ownerURL)
	if err != nil {
		return err
	}
	if !s.dirty && s.have >= s.want {
		return nil
	}
	// Unfinished is a migration that failed, and one that another program is busy
	// with: only who has waited for the other's lock can tell.
	err = migrating(ctx, ownerURL, func(m *migrate.Migrate) error { return m.Up() })
	if err == nil || errors.Is(err, migrate.ErrNoChange) {
		return nil
	}
	if half, ok := errors.AsType[migrate.ErrDirty](err); ok {
		return schema{have: uint(max(half.Version, 0)), want: s.want, dirty: true}.fit()
	}
	if s, again := schemaAt(ctx, ownerURL); again == nil && !s.dirty && s.have >= s.want {
		return nil // a newer program was quicker
	}
	return fmt.Errorf("store: migrate: %w", err)
}

// MigrateDown takes back the newest steps migrations, and what they held.
func MigrateDown(ctx context.Context, ownerURL string, steps int) error {
	err := migrating(ctx, ownerURL, func(m *migrate.Migrate) error { return m.Steps(-steps) })
	if err != nil {
		return fmt.Errorf("store: migrate down: %w", err)
	}
	return nil
}

// SchemaStatus is which migration the database has and which one this program
// wants; dirty means that the one it has failed half-way.
func SchemaStatus(ctx context.Context, url string) (have, want uint, dirty bool, err error) {
	s, err := schemaAt(ctx, url)
	return s.have, s.want, s.dirty, err
}

// migrating runs one thing with the migration tool, and always lets go of its
// connection: an abandoned wait for the lock could still take it.
func migrating(ctx context.Context, url string, run func(*migrate.Migrate) error) (err error) {
	files, err := iofs.New(migrations.Files, ".")
	if err != nil {
		return err
	}
	conn, err := sql.Open("pgx", url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	target, err := driver.WithInstance(conn, &driver.Config{})
	if err != nil {
		return err
	}
	m, err := migrate.NewWithInstance("migrations", files, "octant", target)
	if err != nil {
		return errors.Join(err, target.Close())
	}
	m.LockTimeout = migrationPatience
	defer context.AfterFunc(ctx, func() { m.GracefulStop <- true })()
	defer func() {
		fileErr, connErr := m.Close()
		err = errors.Join(err, fileErr, connErr)
	}()
	return run(m)
}

// schema is which migration a database has and which one is wanted.
type schema struct {
	have, want uint
	dirty      bool
}

// fit says whether the program can work with the schema.
func (s schema) fit() error {
	switch {
	case s.dirty:
		return fmt.Errorf("%w (at %d)", ErrSchemaDirty, s.have)
	case s.have < s.want:
		return fmt.Errorf("%w (has %d, needs %d)", ErrSchemaOld, s.have, s.want)
	}
	return nil
}

func schemaAt(ctx context.Context, url string) (schema, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return schema{want: wantedSchema()}, fault("schema", err)
	}
	defer conn.Close(ctx)
	s, err := schemaOf(ctx, conn)
	return s, fault("schema", err)
}

// querier is a connection or a pool of them.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func schemaOf(ctx context.Context, q querier) (schema, error) {
	s := schema{want: wantedSchema()}
	var version int64
	err := q.QueryRow(ctx, `SELECT version, dirty FROM schema_migrations`).Scan(&version, &s.dirty)
	s.have = uint(max(version, 0))
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok && (pg.Code == "42P01" || pg.Code == "42501") {
		return s, nil // no table yet, or not yet granted: nothing was migrated
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return s, nil
	}
	return s, err
}

// wantedSchema is the number of the newest migration in the program.
func wantedSchema() uint {
	names, err := fs.Glob(migrations.Files, "*.up.sql")
	if err != nil || len(names) == 0 {
		return 0
	}
	number, _, _ := strings.Cut(names[len(names)-1], "_")
	wanted, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		return 0 // a name without a number is no migration: none is wanted
	}
	return uint(wanted)
}
