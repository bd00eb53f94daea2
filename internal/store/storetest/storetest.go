package storetest

import (
	"context"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"octant/internal/store"
)

// Secret is the one under which tests' respondents get their pseudonyms.
var Secret = []byte("a secret for tests and for nothing else")

// password of the program's login. All databases of a server share the login,
// so that the tests must share the password.
const password = "test"

// New gives a test a database of its own, opened as the program opens it: with
// a login that has no rights on any trust's rows.
func New(tb testing.TB) *store.DB {
	tb.Helper()
	ownerURL := Clone(tb, prepare)
	db, err := store.Open(tb.Context(), appURL(tb, ownerURL), store.Options{Secret: Secret})
	if err != nil {
		tb.Fatalf("storetest: %v", err)
	}
	pool, err := pgxpool.New(tb.Context(), ownerURL)
	if err != nil {
		tb.Fatalf("storetest: %v", err)
	}
	owners.Store(db, owner{ownerURL, pool})
	tb.Cleanup(func() {
		db.Close()
		pool.Close()
		owners.Delete(db)
	})
	return db
}

// owners holds the owner of every database that New opened.
var owners sync.Map

type owner struct {
	url  string
	pool *pgxpool.Pool
}

func ownerOf(tb testing.TB, db *store.DB) owner {
	tb.Helper()
	o, ok := owners.Load(db)
	if !ok {
		tb.Fatal("storetest: this database was not made by New")
	}
	return o.(owner)
}

// OwnerURL is the address by which the database's owner signs in.
func OwnerURL(tb testing.TB, db *store.DB) string {
	tb.Helper()
	return ownerOf(tb, db).url
}

// AppURL is the address by which the program signs in.
func AppURL(tb testing.TB, db *store.DB) string {
	tb.Helper()
	return appURL(tb, OwnerURL(tb, db))
}

// Owner acts as the database's owner, for tests that look at the tables
// themselves or put in what no method of the store can.
func Owner(tb testing.TB, db *store.DB) *pgxpool.Pool {
	tb.Helper()
	return ownerOf(tb, db).pool
}

// Change does to the tables what no method of the store would, as its owner can.
func Change(tb testing.TB, db *store.DB, sql string, args ...any) {
	tb.Helper()
	run(tb, Owner(tb, db), sql, args...)
}

func appURL(tb testing.TB, ownerURL string) string {
	tb.Helper()
	address, err := url.Parse(ownerURL)
	if err != nil {
		tb.Fatalf("storetest: %v", err)
	}
	address.User = url.UserPassword("octant_app", password)
	return address.String()
}

// prepare makes the schema and the program's login.
func prepare(ctx context.Context, ownerURL string) error {
	if err := store.Migrate(ctx, ownerURL); err != nil {
		return err
	}
	_, err := store.Prepare(ctx, ownerURL, password)
	return err
}
