package store_test

import (
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"octant/internal/store"
	"octant/internal/store/storetest"
)

var (
	_ scs.Store    = store.Sessions{}
	_ scs.CtxStore = store.Sessions{}
)

func TestSessionsAreKeptAndForgotten(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	sessions := db.SessionStore()
	hour := time.Now().Add(time.Hour)
	for _, data := range []string{"first", "second"} {
		if err := sessions.Commit("token", []byte(data), hour); err != nil {
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

func TestExpiredSessionIsNotFoundAndRemoved(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	sessions := db.SessionStore()
	for token, expiry := range map[string]time.Time{"old": time.Now().Add(-time.Minute), "new": time.Now().Add(time.Minute)} {
		if err := sessions.CommitCtx(t.Context(), token, []byte("x"), expiry); err != nil {
			t.Fatal(err)
		}
	}
	if _, found, err := sessions.FindCtx(t.Context(), "old"); err != nil || found {
		t.Errorf("an expired session: found %v, %v", found, err)
	}
	if err := store.RemoveExpired(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	var left string
	err := storetest.Owner(t, db).QueryRow(t.Context(), `SELECT string_agg(token, ',') FROM sessions`).Scan(&left)
	if err != nil || left != "new" {
		t.Errorf("left %q, %v, want the new one", left, err)
	}
}
