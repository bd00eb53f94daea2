package store_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/store"
	"octant/internal/store/storetest"
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

// TestDoorSeesTheDevicesBeforeIt looks with the rights of the door at all there is:
// of those who come it sees their own places, of all others nothing, and it changes
// nothing.
func TestDoorSeesTheDevicesBeforeIt(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 6, false)
	q := r.question()
	r.must(r.seat(r.devices[0]).Park(t.Context(), "Later"))
	for _, token := range r.devices {
		r.must(r.seat(token).VoteUp(t.Context(), r.console().Parked[0].ID, true))
	}
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 1, 2, 3, 4, 5, 1)
	other := openRoomIn(t, r.db, r.board, store.NewWorkshop{Title: "Another", Length: workshop.Short}, 3)
	elsewhere := openRoomIn(t, r.db, storetest.Trust(t, r.db), store.NewWorkshop{Title: "Elsewhere", Length: workshop.Short}, 2)
	for _, c := range []struct {
		come   []string
		places int // of how many there is something to see
		votes  int
		rooms  int
	}{
		{nil, 0, 0, 0},
		{[]string{access.NewDeviceToken(r.board.ODS), ""}, 0, 0, 0},
		{elsewhere.devices, 0, 0, 0}, // bound to this trust
		{r.devices[:2], 2, 2, 1},
		{append([]string{r.devices[5]}, other.devices[:2]...), 3, 1, 2},
	} {
		r.must(store.DoorTx(t.Context(), r.db, r.board.ODS, c.come, func(tx pgx.Tx) error {
			for table, want := range map[string]int{
				"workshop_devices": c.places, "workshop_participants": c.places, "workshop_votes": c.votes, "workshop_ups": c.votes,
				"workshop_cards": 0, "workshops": c.rooms,
			} {
				var n int
				if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != want {
					t.Errorf("%d come: %d rows of %s are seen, want %d, %v", len(c.come), n, table, want, err)
				}
			}
			return nil
		}))
	}
	for _, statement := range []string{
		`SELECT notes FROM workshop_items`, `SELECT first_told FROM workshop_items`, `SELECT title FROM workshops`, `SELECT FROM actions`,
		`SELECT FROM workshop_tallies`, `SELECT FROM workshop_removed`, `SELECT FROM answers`, `SELECT FROM memberships`,
		`UPDATE workshops SET version = 0`, `UPDATE workshop_votes SET choice = 1`, `DELETE FROM workshop_devices`,
		`DELETE FROM workshop_ups`, `INSERT INTO workshop_votes (ods) VALUES ('X')`, `INSERT INTO workshop_parked (ods) VALUES ('X')`,
	} {
		err := store.DoorTx(t.Context(), r.db, r.board.ODS, r.devices, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), statement)
			return err
		})
		if !hasCode(err, "42501") {
			t.Errorf("%s: %v, want it refused", statement, err)
		}
	}
}
