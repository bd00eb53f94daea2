package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

var (
	_ scs.Store    = store.Sessions{}
	_ scs.CtxStore = store.Sessions{}
)

// at is a clock that stands still.
func at(when time.Time) func() time.Time { return func() time.Time { return when } }

func TestSessionsAreKeptAndForgotten(t *testing.T) {
	t.Parallel()
	sessions := storetest.New(t).SessionStore(at(storetest.Now))
	for _, data := range []string{"first", "second"} {
		if err := sessions.Commit("token", []byte(data), storetest.Now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got, found, err := sessions.Find("token"); err != nil || !found || string(got) != data {
			t.Errorf("found %q, %v, %v, want %q", got, found, err, data)
		}
	}
	if err := sessions.Delete("token"); err != nil {
		t.Fatal(err)
	}
	if _, found, err := sessions.Find("token"); err != nil || found {
		t.Errorf("after its end: found %v, %v", found, err)
	}
}

// stays signs somebody in under a token and gives what is kept of it.
func stays(t *testing.T, sessions store.Sessions, token string, stay store.Stay) {
	t.Helper()
	if err := sessions.CommitCtx(store.WithStay(t.Context(), &stay), token, []byte("x"), storetest.Now.Add(24*time.Hour)); err != nil {
		t.Fatal(err)
	}
}

func TestStayIsKeptWithItsSession(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	sessions := db.SessionStore(at(storetest.Now))
	want := store.Stay{Person: b.Lead, Way: access.ByLink, ODS: b.ODS, Device: "Safari on iPad", Idle: time.Hour}
	stays(t, sessions, "token", want)
	var got store.Stay
	if _, found, err := sessions.FindCtx(store.WithStay(t.Context(), &got), "token"); !found || err != nil {
		t.Fatalf("found %v, %v", found, err)
	}
	if got.ID == uuid.Nil || got.Person != want.Person || got.Way != want.Way || got.ODS != want.ODS || got.Device != want.Device ||
		!got.Started.Equal(storetest.Now) || !got.Seen.Equal(storetest.Now) {
		t.Errorf("kept %+v", got)
	}
	for after, want := range map[time.Duration]bool{59 * time.Minute: true, time.Hour: false} {
		if _, found, err := db.SessionStore(at(storetest.Now.Add(after))).Find("token"); found != want || err != nil {
			t.Errorf("unused for %v: found %v, %v", after, found, err)
		}
	}
}

func TestUseMovesTheEndUpToTheDeadline(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	deadline := storetest.Now.Add(90 * time.Minute)
	stay := store.Stay{Person: storetest.Person(t, db, "Ada"), Way: access.ByCode, Idle: time.Hour}
	stays(t, db.SessionStore(at(storetest.Now)), "token", stay)
	later := db.SessionStore(at(storetest.Now.Add(50 * time.Minute)))
	var found store.Stay
	if _, _, err := later.FindCtx(store.WithStay(t.Context(), &found), "token"); err != nil {
		t.Fatal(err)
	}
	found.Idle = time.Hour
	if err := later.Touch(t.Context(), found, deadline); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]bool{89 * time.Minute: true, 90 * time.Minute: false} {
		if _, ok, err := db.SessionStore(at(storetest.Now.Add(after))).Find("token"); ok != want || err != nil {
			t.Errorf("after %v: found %v, %v", after, ok, err)
		}
	}
}

// TestEndedSessionIsNotKeptAgain: what a slow request wanted to keep goes with
// the session.
func TestEndedSessionIsNotKeptAgain(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	ada := storetest.Person(t, db, "Ada")
	sessions := db.SessionStore(at(storetest.Now))
	stays(t, sessions, "token", store.Stay{Person: ada, Way: access.ByCode})
	ctx := store.WithStay(t.Context(), &store.Stay{})
	if _, _, err := sessions.FindCtx(ctx, "token"); err != nil {
		t.Fatal(err)
	}
	if err := sessions.EndAll(t.Context(), ada); err != nil {
		t.Fatal(err)
	}
	if err := sessions.CommitCtx(ctx, "token", []byte("y"), storetest.Now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, found, err := sessions.Find("token"); found || err != nil {
		t.Errorf("it is back: %v, %v", found, err)
	}
}

func TestSessionsOfAPerson(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	ada, bea := storetest.Person(t, db, "Ada"), storetest.Person(t, db, "Bea")
	sessions := db.SessionStore(at(storetest.Now))
	stays(t, db.SessionStore(at(storetest.Now.Add(-time.Hour))), "old", store.Stay{Person: ada, Way: access.ByCode, Device: "old"})
	stays(t, db.SessionStore(at(storetest.Now.Add(-time.Hour))), "over", store.Stay{Person: ada, Way: access.ByCode, Device: "over", Idle: time.Minute})
	stays(t, sessions, "new", store.Stay{Person: ada, Way: access.ByOIDC, Device: "new"})
	stays(t, sessions, "hers", store.Stay{Person: bea, Way: access.ByCode, Device: "hers"})
	of := func(person uuid.UUID) (devices []string, first uuid.UUID) {
		t.Helper()
		list, err := sessions.Of(t.Context(), person)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			devices = append(devices, s.Device)
		}
		if len(list) > 0 {
			first = list[0].ID
		}
		return devices, first
	}
	devices, newest := of(ada)
	if !slices.Equal(devices, []string{"new", "old"}) {
		t.Errorf("listed %v", devices)
	}
	if err := sessions.End(t.Context(), bea, newest); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("somebody else's session: %v", err)
	}
	if err := sessions.End(t.Context(), ada, newest); err != nil {
		t.Error(err)
	}
	if devices, _ := of(ada); !slices.Equal(devices, []string{"old"}) {
		t.Errorf("after one was ended: %v", devices)
	}
	if err := sessions.EndAll(t.Context(), ada); err != nil {
		t.Error(err)
	}
	if devices, _ := of(ada); len(devices) != 0 {
		t.Errorf("after all were ended: %v", devices)
	}
	if devices, _ := of(bea); !slices.Equal(devices, []string{"hers"}) {
		t.Errorf("somebody else's: %v", devices)
	}
}

// TestWhatRanOutIsRemoved: sessions, codes and counters.
func TestWhatRanOutIsRemoved(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	now := time.Now()
	sessions := db.SessionStore(at(now))
	for token, expiry := range map[string]time.Time{"old": now.Add(-time.Minute), "new": now.Add(time.Minute)} {
		if err := sessions.CommitCtx(t.Context(), token, []byte("x"), expiry); err != nil {
			t.Fatal(err)
		}
	}
	if _, found, err := sessions.FindCtx(t.Context(), "old"); err != nil || found {
		t.Errorf("an expired session: found %v, %v", found, err)
	}
	for _, asked := range []time.Time{now.Add(-store.CodeLife), now} {
		if _, err := db.AskForCode(t.Context(), "ada@example.org", asked); err != nil {
			t.Fatal(err)
		}
	}
	for who, began := range map[string]time.Time{"a": now.Add(-24 * time.Hour), "b": now} {
		if _, err := db.Allow(t.Context(), "try", who, 1, time.Hour, began); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.RemoveExpired(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	var left string
	var codes, counters int
	err := storetest.Owner(t, db).QueryRow(t.Context(), `
		SELECT (SELECT string_agg(token, ',') FROM sessions), (SELECT count(*) FROM sign_in_codes), (SELECT count(*) FROM rate_limits)`).
		Scan(&left, &codes, &counters)
	if err != nil || left != "new" || codes != 1 || counters != 1 {
		t.Errorf("left sessions %q, %d codes, %d counters, %v, want the new one of each", left, codes, counters, err)
	}
}

func TestSignInIsRecorded(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b, other := storetest.Trust(t, db), storetest.Trust(t, db)
	ada := b.Members[0]
	storetest.Join(t, db, other.ODS, ada, access.Lead)
	owner := storetest.Owner(t, db)
	if _, err := owner.Exec(t.Context(), `UPDATE people SET admin = true WHERE id = $1`, ada); err != nil {
		t.Fatal(err)
	}
	roles, admin, err := db.RecordSignIn(t.Context(), store.SignIn{Person: ada, At: storetest.Now, Way: access.ByCode, Device: "Edge on Windows"})
	if err != nil || !admin || !slices.Equal(roles, access.Roles{access.Lead, access.Member}) {
		t.Errorf("%v, %v, %v", roles, admin, err)
	}
	if _, err := owner.Exec(t.Context(), `UPDATE memberships SET to_on = current_date - 1 WHERE person_id = $1 AND role = 'lead'`, ada); err != nil {
		t.Fatal(err)
	}
	if roles, _, err = db.RecordSignIn(t.Context(), store.SignIn{Person: ada, At: storetest.Now, Way: access.ByLink}); err != nil || !slices.Equal(roles, access.Roles{access.Member}) {
		t.Errorf("a role that has ended counts: %v, %v", roles, err)
	}
	var kept string
	err = owner.QueryRow(t.Context(), `SELECT string_agg(way || ' ' || device, ',' ORDER BY id) FROM sign_ins WHERE person_id = $1`, ada).Scan(&kept)
	if err != nil || kept != "code Edge on Windows,link " {
		t.Errorf("kept %q, %v", kept, err)
	}
	if _, _, err := db.RecordSignIn(t.Context(), store.SignIn{Person: uuid.New(), At: storetest.Now, Way: access.ByCode}); err == nil {
		t.Error("nobody signs in")
	}
}
