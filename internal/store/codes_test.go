package store_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/store"
	"octant/internal/store/storetest"
)

// asked makes a code for somebody new and gives what their letter would say.
func asked(t *testing.T, db *store.DB) (person, id uuid.UUID, code string) {
	t.Helper()
	person = storetest.Person(t, db, "Ada")
	id = ask(t, db, person.String()+"@example.org")
	to, code, ok, err := db.CodeToSend(t.Context(), id, storetest.Now)
	if err != nil || !ok || to.ID != person || len(code) != 6 {
		t.Fatalf("code to send: %+v, %q, %v, %v", to, code, ok, err)
	}
	return person, id, code
}

func ask(t *testing.T, db *store.DB, email string) uuid.UUID {
	t.Helper()
	id, err := db.AskForCode(t.Context(), email, storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// wrong is a code that differs from this one.
func wrong(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func TestCodeSignsInOnce(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	person, id, code := asked(t, db)
	got, err := db.TryCode(t.Context(), id, code, storetest.Now)
	if err != nil || got.ID != person || got.Name != "Ada" {
		t.Fatalf("the right code: %+v, %v", got, err)
	}
	if _, err := db.TryCode(t.Context(), id, code, storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the same code again: %v", err)
	}
	if _, _, ok, err := db.CodeToSend(t.Context(), id, storetest.Now); ok || err != nil {
		t.Errorf("a used code is still sent: %v, %v", ok, err)
	}
}

func TestCodeIsRefused(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	_, id, code := asked(t, db)
	nobody := ask(t, db, "nobody@example.org")
	for name, c := range map[string]struct {
		id   uuid.UUID
		code string
		at   time.Duration
	}{
		"another code":        {id, wrong(code), 0},
		"no code":             {id, "", 0},
		"too old":             {id, code, store.CodeLife},
		"another row's":       {nobody, code, 0},
		"a row that is not":   {uuid.New(), code, 0},
		"nobody's right code": {nobody, store.CodeOf(db, nobody), 0},
	} {
		if _, err := db.TryCode(t.Context(), c.id, c.code, storetest.Now.Add(c.at)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, ok, err := db.CodeToSend(t.Context(), nobody, storetest.Now); ok || err != nil {
		t.Errorf("there is a letter to nobody: %v, %v", ok, err)
	}
	if _, _, ok, err := db.CodeToSend(t.Context(), id, storetest.Now.Add(store.CodeLife)); ok || err != nil {
		t.Errorf("a code that is too old is still sent: %v, %v", ok, err)
	}
}

// TestCodeTakesFiveTries: guesses that come at once cannot outrun the count.
func TestCodeTakesFiveTries(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	_, id, code := asked(t, db)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := db.TryCode(t.Context(), id, wrong(code), storetest.Now); !errors.Is(err, store.ErrNotFound) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var tries int
	if err := storetest.Owner(t, db).QueryRow(t.Context(), `SELECT tries FROM sign_in_codes WHERE id = $1`, id).Scan(&tries); err != nil || tries != store.CodeTries {
		t.Errorf("%d tries counted, %v, want %d", tries, err, store.CodeTries)
	}
	if _, err := db.TryCode(t.Context(), id, code, storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the right code after too many tries: %v", err)
	}
}

// TestRightCodeAtOnce: of many who try the right code at once, one gets in.
func TestRightCodeAtOnce(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	_, id, code := asked(t, db)
	in := make(chan struct{}, 20)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := db.TryCode(t.Context(), id, code, storetest.Now); err == nil {
				in <- struct{}{}
			}
		})
	}
	all.Wait()
	if len(in) != 1 {
		t.Errorf("%d got in by one code", len(in))
	}
}

// statements counts what is sent to the database. The job queue wakes its workers
// at most every so often, whoever asked, so that its calls say nothing.
type statements struct{ sql []string }

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	if !strings.Contains(q.SQL, "pg_notify(") {
		s.sql = append(s.sql, q.SQL)
	}
	return ctx
}

func (s *statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TestAskingTellsNothing: the same statements, row and job come of asking,
// whether or not anybody has the address.
func TestAskingTellsNothing(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	sent := &statements{}
	traced := store.Traced(t.Context(), t, db, sent)
	person := storetest.Person(t, db, "Ada")
	ask(t, traced, "warm-up@example.org")
	var did [2][]string
	for i, email := range []string{person.String() + "@example.org", "nobody-has-this-address@example.org"} {
		sent.sql = nil
		id := ask(t, traced, email)
		did[i] = sent.sql
		var rows, jobs int
		err := storetest.Owner(t, db).QueryRow(t.Context(), `
			SELECT (SELECT count(*) FROM sign_in_codes WHERE id = $1),
			       (SELECT count(*) FROM river.river_job WHERE args->>'code' = $1::text)`, id).Scan(&rows, &jobs)
		if err != nil || rows != 1 || jobs != 1 {
			t.Errorf("%d rows and %d jobs, %v, want one of each", rows, jobs, err)
		}
	}
	if len(did[0]) < 3 || len(did[0]) != len(did[1]) {
		t.Fatalf("%d statements for a known address, %d for an unknown one:\n%s\nand\n%s",
			len(did[0]), len(did[1]), strings.Join(did[0], "\n"), strings.Join(did[1], "\n"))
	}
	for i := range did[0] {
		if did[0][i] != did[1][i] {
			t.Errorf("statement %d differs:\n%s\n%s", i+1, did[0][i], did[1][i])
		}
	}
}

// TestCodeCannotBeRead: neither the address nor the code stands in the database.
func TestCodeCannotBeRead(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	person, id, code := asked(t, db)
	var kept string
	err := storetest.Owner(t, db).QueryRow(t.Context(), `
		SELECT encode(address, 'escape') || encode(code, 'escape') || (SELECT args::text FROM river.river_job WHERE args->>'code' = $1)
		FROM sign_in_codes WHERE id::text = $1`, id.String()).Scan(&kept)
	if err != nil {
		t.Fatal(err)
	}
	for _, plain := range []string{person.String(), code + `"`} {
		if strings.Contains(kept, plain) {
			t.Errorf("%q can be read", plain)
		}
	}
}
