package store_test

import (
	"errors"
	"sync"
	"testing"

	"octant/internal/access"
	"octant/internal/store"
	"octant/internal/workshop"
)

// TestWholeRoomAtTheDoor: of many devices that come at once, those of two rooms
// and those of nowhere among them, each is let into its own seat or into none.
func TestWholeRoomAtTheDoor(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 6, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 1, 2, 3, 4, 5, 1)
	other := openRoomIn(t, r.db, r.board, store.NewWorkshop{Title: "Another", Length: workshop.Short}, 3)
	var group sync.WaitGroup
	for range 60 {
		for i, token := range r.devices {
			group.Go(func() {
				seat, err := r.db.EnterWorkshop(t.Context(), token)
				if err != nil || seat.Workshop != r.id || int(seat.Own.Vote) != 1+i%5 {
					t.Errorf("device %d: %+v, %v", i, seat, err)
				}
			})
			group.Go(func() {
				seat, err := r.db.EnterWorkshop(t.Context(), other.devices[i%3])
				if err != nil || seat.Workshop != other.id || seat.Own.Vote != 0 {
					t.Errorf("the other room: %+v, %v", seat, err)
				}
			})
			for _, nobody := range []string{access.NewDeviceToken(r.board.ODS), access.NewDeviceToken("ZZZ9"), "x", ""} {
				group.Go(func() {
					if seat, err := r.db.EnterWorkshop(t.Context(), nobody); !errors.Is(err, store.ErrNotFound) {
						t.Errorf("%q is let in: %+v, %v", nobody, seat, err)
					}
				})
			}
		}
	}
	group.Wait()
}
