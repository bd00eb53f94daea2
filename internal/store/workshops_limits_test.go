package store_test

import (
	"fmt"
	"testing"
	"time"

	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/internal/workshop"
)

// TestJoiningOneWorkshopIsLimited: devices from all over that pour into one
// workshop have to wait. Others' workshops and those who are in do not.
func TestJoiningOneWorkshopIsLimited(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 1, false)
	other := openRoomIn(t, r.db, r.board, store.NewWorkshop{Title: "Another", Length: workshop.Short}, 0)
	storetest.Change(t, r.db, `UPDATE rate_limits SET uses = 5000`)
	from := 0
	join := func(r *room, now time.Time) time.Duration {
		t.Helper()
		from++
		_, wait, err := r.db.JoinWorkshop(t.Context(), store.Joining{Code: r.console().Code, Device: fmt.Sprint("new ", from), Network: fmt.Sprint("network ", from)}, now)
		r.must(err)
		return wait
	}
	if wait := join(r, storetest.Now); wait <= 0 || wait > 10*time.Minute {
		t.Errorf("the next has to wait %v", wait)
	}
	if wait := join(other, storetest.Now); wait != 0 {
		t.Errorf("at another workshop the next has to wait %v", wait)
	}
	r.seat(r.devices[0])
	if wait := join(r, storetest.Now.Add(10*time.Minute)); wait != 0 {
		t.Errorf("a while later the next has to wait %v", wait)
	}
}
