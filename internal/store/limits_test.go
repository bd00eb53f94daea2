package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"octant/internal/store"
	"octant/internal/store/storetest"
)

func TestLimitHoldsForItsWindowAndNoLonger(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	allowed := func(what, who string, at time.Duration) bool {
		t.Helper()
		ok, err := db.Allow(t.Context(), what, who, 3, time.Hour, storetest.Now.Add(at))
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	for i, want := range []bool{true, true, true, false, false} {
		if got := allowed("join", "a", time.Duration(i)*time.Minute); got != want {
			t.Errorf("try %d: %v", i+1, got)
		}
	}
	if !allowed("join", "b", 0) || !allowed("code", "a", 0) {
		t.Error("one's tries count for another")
	}
	if !allowed("join", "a", time.Hour) {
		t.Error("still refused when the window is over, although it was tried all the time")
	}
}

func TestCountSaysHowLongToWait(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	limits := []store.Limit{{"ask", "person", 1, time.Hour}, {"ask", "place", 1, 24 * time.Hour}}
	for i, want := range []time.Duration{0, 23 * time.Hour, 23 * time.Hour} {
		wait, err := db.Count(t.Context(), storetest.Now.Add(time.Duration(min(i, 1))*time.Hour), limits...)
		if err != nil || wait != want {
			t.Errorf("try %d: wait %v, %v, want %v", i+1, wait, err, want)
		}
	}
}

// TestLimitIsSharedByAll counts tries that come at once, in both orders of the
// limits, as from several replicas.
func TestLimitIsSharedByAll(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	limits := []store.Limit{{"ask", "person", 5, time.Hour}, {"ask", "place", 500, time.Hour}}
	var let atomic.Int64
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			wait, err := db.Count(t.Context(), storetest.Now, limits[i%2], limits[1-i%2])
			if err != nil {
				t.Error(err)
			}
			if wait == 0 {
				let.Add(1)
			}
		})
	}
	all.Wait()
	if let.Load() != 5 {
		t.Errorf("%d of 20 were let through, want 5", let.Load())
	}
}

// TestLimitKeepsNobodysName: what is counted cannot be read from the table.
func TestLimitKeepsNobodysName(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	if _, err := db.Allow(t.Context(), "code", "ada@example.org", 1, time.Hour, storetest.Now); err != nil {
		t.Fatal(err)
	}
	var named bool
	err := storetest.Owner(t, db).QueryRow(t.Context(), `SELECT bool_or(r::text ~ 'ada|616461') FROM rate_limits r`).Scan(&named)
	if err != nil || named {
		t.Errorf("the address can be read: %v, %v", named, err)
	}
}
