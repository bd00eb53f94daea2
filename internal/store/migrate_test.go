package store_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"testing"

	driver "github.com/golang-migrate/migrate/v4/database/pgx/v5"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/migrations"
)

// emptied is a database from which everything was taken.
func emptied(t *testing.T) (*store.DB, string) {
	t.Helper()
	db := storetest.New(t)
	storetest.Change(t, db, `DROP SCHEMA public CASCADE; CREATE SCHEMA public; DROP SCHEMA river CASCADE`)
	return db, storetest.OwnerURL(t, db)
}

func TestMigrationsGoUpDownAndUpAgain(t *testing.T) {
	t.Parallel()
	db, owner := emptied(t)
	_, want, _, err := store.SchemaStatus(t.Context(), owner)
	if err != nil || want == 0 {
		t.Fatalf("want %d, %v", want, err)
	}
	for range 2 {
		if err := db.Ready(t.Context()); !errors.Is(err, store.ErrSchemaOld) {
			t.Errorf("ready before: %v, want ErrSchemaOld", err)
		}
		for step := range 2 {
			if err := store.Migrate(t.Context(), owner); err != nil {
				t.Fatalf("up, time %d: %v", step+1, err)
			}
		}
		if have, _, dirty, err := store.SchemaStatus(t.Context(), owner); have != want || dirty || err != nil {
			t.Errorf("have %d, dirty %v, %v, want %d", have, dirty, err, want)
		}
		if err := grantSchema(t, db); err != nil {
			t.Fatal(err)
		}
		if err := db.Ready(t.Context()); err != nil {
			t.Errorf("ready after: %v", err)
		}
		storetest.ClosedRound(t, db, storetest.Trust(t, db), questionnaire.Core)
		if err := store.MigrateDown(t.Context(), owner, int(want)); err != nil {
			t.Fatalf("down: %v", err)
		}
		store.Pool(db).Reset() // what a connection has prepared does not outlive its tables
	}
	var left string
	err = storetest.Owner(t, db).QueryRow(t.Context(),
		`SELECT coalesce(string_agg(relname, ' '), '') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`).Scan(&left)
	if err != nil || left != "schema_migrations" {
		t.Errorf("%q is left, %v", left, err)
	}
}

// grantSchema gives back what dropping the schema took beside the tables.
func grantSchema(t *testing.T, db *store.DB) error {
	_, err := storetest.Owner(t, db).Exec(t.Context(), `GRANT USAGE ON SCHEMA public TO PUBLIC`)
	return err
}

func TestProgramsThatMigrateAtOnceAllSucceed(t *testing.T) {
	t.Parallel()
	_, owner := emptied(t)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := store.Migrate(t.Context(), owner); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if have, want, dirty, err := store.SchemaStatus(t.Context(), owner); have != want || dirty || err != nil {
		t.Errorf("have %d of %d, dirty %v, %v", have, want, dirty, err)
	}
}

func TestNewerSchemaIsServedAndLeftAlone(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	owner := storetest.OwnerURL(t, db)
	setVersion(t, db, 999, false)
	if err := errors.Join(store.Migrate(t.Context(), owner), db.Ready(t.Context())); err != nil {
		t.Errorf("on a newer schema: %v", err)
	}
	if have, _, _, err := store.SchemaStatus(t.Context(), owner); have != 999 || err != nil {
		t.Errorf("then it is at %d, %v", have, err)
	}
}

func TestHalfDoneMigrationIsSaid(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	setVersion(t, db, 2, true)
	if err := db.Ready(t.Context()); !errors.Is(err, store.ErrSchemaDirty) {
		t.Errorf("ready: %v, want ErrSchemaDirty", err)
	}
	if err := store.Migrate(t.Context(), storetest.OwnerURL(t, db)); !errors.Is(err, store.ErrSchemaDirty) {
		t.Errorf("migrate: %v, want ErrSchemaDirty", err)
	}
}

// TestMigrationOfAnotherIsWaitedFor: one that is under way looks like one that
// failed, but for the lock that is held.
func TestMigrationOfAnotherIsWaitedFor(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	owner := storetest.OwnerURL(t, db)
	conn, err := sql.Open("pgx", owner)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	other, err := driver.WithInstance(conn, &driver.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	have, _, _, err := store.SchemaStatus(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	setVersion(t, db, int(have)-1, true)
	done := make(chan error, 1)
	go func() { done <- store.Migrate(t.Context(), owner) }()
	for waits := false; !waits; {
		err := storetest.Owner(t, db).QueryRow(t.Context(), `
			SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
				WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted)`).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-done:
			t.Fatalf("it did not wait: %v", err)
		default:
		}
	}
	setVersion(t, db, int(have), false)
	if err := other.Unlock(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func setVersion(t *testing.T, db *store.DB, version int, dirty bool) {
	t.Helper()
	storetest.Change(t, db, `UPDATE schema_migrations SET version = $1, dirty = $2`, version, dirty)
}

func TestPrepareMakesALoginThatWorks(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	app, err := store.Prepare(t.Context(), storetest.OwnerURL(t, db), "test")
	if err != nil || app != storetest.AppURL(t, db) {
		t.Fatalf("prepared %q, %v", app, err)
	}
	conn, err := pgx.Connect(t.Context(), app)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	var super, bypass, inherits bool
	err = conn.QueryRow(t.Context(), `
		SELECT rolsuper, rolbypassrls, pg_has_role('octant_tenant', 'USAGE') FROM pg_roles WHERE rolname = current_user`).
		Scan(&super, &bypass, &inherits)
	if err != nil || super || bypass || inherits {
		t.Errorf("superuser %v, past policies %v, tenant rights %v, %v", super, bypass, inherits, err)
	}
}

func TestMigrationsComeInPairsAndInOrder(t *testing.T) {
	t.Parallel()
	ups, err := fs.Glob(migrations.Files, "*.up.sql")
	if err != nil || len(ups) == 0 {
		t.Fatal(ups, err)
	}
	slices.Sort(ups)
	for i, up := range ups {
		if want := fmt.Sprintf("%06d_", i+1); !strings.HasPrefix(up, want) {
			t.Errorf("%s comes as number %d", up, i+1)
		}
		if _, err := fs.Stat(migrations.Files, strings.TrimSuffix(up, ".up.sql")+".down.sql"); err != nil {
			t.Errorf("%s cannot be taken back: %v", up, err)
		}
	}
}

// TestRolesInTheSchemaAreThoseOfTheProgram compares the CHECK with the table of permissions.
func TestRolesInTheSchemaAreThoseOfTheProgram(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	var check string
	err := storetest.Owner(t, db).QueryRow(t.Context(),
		`SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'memberships_role_check'`).Scan(&check)
	if err != nil {
		t.Fatal(err)
	}
	roles := access.Granted()
	for _, role := range roles {
		if !strings.Contains(check, "'"+string(role)+"'") {
			t.Errorf("the schema does not know the role %s", role)
		}
	}
	if known := strings.Count(check, "'") / 2; known != len(roles) {
		t.Errorf("the schema knows %d roles, the program %d: %s", known, len(roles), check)
	}
}
