package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"

	"octant/internal/assessment"
	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/internal/workshop"
)

// numbers are those of the devices in the room.
func (r *room) numbers() (all []int) {
	r.Helper()
	in, err := r.runner.WorkshopDevices(r.Context(), r.id)
	r.must(err)
	for _, d := range in.Devices {
		if !d.JoinedAt.Equal(storetest.Now.Truncate(60e9)) {
			r.Errorf("device %d joined at %s", d.Number, d.JoinedAt)
		}
		all = append(all, d.Number)
	}
	return all
}

func (r *room) remove(number int) {
	r.Helper()
	r.must(r.runner.RemoveDevice(r.Context(), r.id, number, storetest.Now))
}

// told is what was told of an item, as it is kept.
func (r *room) told(item workshop.Item) string {
	r.Helper()
	document, err := json.Marshal([]any{item.First, item.Second})
	r.must(err)
	return string(document)
}

// TestDeviceTakenOutOfAnOpenVote loses that vote, is told so, and may come back
// as a device like any other.
func TestDeviceTakenOutOfAnOpenVote(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 7, false)
	for i, token := range r.devices {
		if own := r.seat(token).Own; own.Device != i+1 {
			t.Errorf("device %d is told that it is %d", i+1, own.Device)
		}
	}
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 1, 2, 3, 3, 3, 3, 5)
	out := r.seat(r.devices[6])
	r.must(out.VoteUp(t.Context(), q.ID, true))
	before := r.console().Workshop.Version
	r.remove(7)
	if c := r.console(); c.Voted != 6 || c.Voters != 6 || c.Joined != 6 || c.Workshop.Version == before {
		t.Errorf("%d of %d voted, %d joined, version %d after %d", c.Voted, c.Voters, c.Joined, c.Workshop.Version, before)
	}
	if _, err := r.db.EnterWorkshop(t.Context(), r.devices[6]); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the device is still in: %v", err)
	}
	if err := out.Vote(t.Context(), q.ID, 1, 4); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a vote that was on its way: %v", err)
	}
	for token, want := range map[string]bool{r.devices[6]: true, r.devices[5]: false, "": false, "x-y": false} {
		if was, err := r.db.WasRemoved(t.Context(), token); was != want || err != nil {
			t.Errorf("%.6q was removed %v, want %v, %v", token, was, want, err)
		}
	}
	for _, number := range []int{7, 0, -1, 99} {
		if err := r.runner.RemoveDevice(t.Context(), r.id, number, storetest.Now); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("device %d: %v, want ErrNotFound", number, err)
		}
	}
	again := r.join(store.Joining{Device: "device 6", Network: "home", Token: r.devices[6]})
	r.must(r.seat(again).Vote(t.Context(), q.ID, 1, 4))
	r.move(q.ID, workshop.CloseVote, workshop.Reveal)
	if it := r.item(q.ID); *it.First.N != 7 {
		t.Errorf("told of %d people", *it.First.N)
	}
	if have := r.numbers(); len(have) != 7 || have[6] != 8 {
		t.Errorf("the room has the devices %v", have)
	}
	r.must(r.runner.EndWorkshop(t.Context(), r.id, r.console().Workshop.Step, storetest.Now))
	record, err := r.runner.WorkshopRecord(t.Context(), r.id)
	r.must(err)
	if was, err := r.db.WasRemoved(t.Context(), r.devices[6]); record.Joined != 7 || was || err != nil {
		t.Errorf("%d took part; a device is remembered %v, %v", record.Joined, was, err)
	}
}

// TestTakingOutADeviceTellsNothingOfItsVotes: whatever a device voted, all that is
// told is the same as without its removal once the vote was closed.
func TestTakingOutADeviceTellsNothingOfItsVotes(t *testing.T) {
	t.Parallel()
	results := make(map[bool][]string)
	for _, removes := range []bool{false, true} {
		r := openRoom(t, 8, false)
		keep := func() { results[removes] = append(results[removes], r.told(r.item(r.question().ID))) }
		remove := func(number int) {
			if removes {
				r.remove(number)
			}
		}
		q := r.question()
		r.move(q.ID, workshop.Show, workshop.OpenVote)
		r.vote(q.ID, 1, 1, 1, 2, 3, 4, 5, 5, assessment.DontKnow)
		r.move(q.ID, workshop.CloseVote)
		remove(1) // closed, and not shown yet
		if c := r.console(); c.Voted != 8 || c.Voters != 8 {
			t.Errorf("closed, removed %v: %d of %d voted", removes, c.Voted, c.Voters)
		}
		r.move(q.ID, workshop.Reveal)
		keep()
		remove(2) // shown
		keep()
		r.move(q.ID, workshop.Discuss, workshop.VoteAgain)
		r.vote(q.ID, 2, 0, 0, 3, 3, 3, 3, 3, 3)
		if c := r.console(); removes && (c.Voted != 6 || c.Voters != 6) {
			t.Errorf("second vote: %d of %d voted", c.Voted, c.Voters)
		}
		r.move(q.ID, workshop.EndAgain, workshop.ShowShift)
		keep()
		remove(3)
		keep()
	}
	for i, want := range results[false] {
		if results[true][i] != want {
			t.Errorf("result %d is %s, and without a removal %s", i, results[true][i], want)
		}
	}
}

// TestNobodyIsIsolatedByRemovals: who runs a room, with devices of their own in it,
// takes all others but one out of an open vote. They are told nothing of it; nor
// where they close the vote before the others have sent theirs.
func TestNobodyIsIsolatedByRemovals(t *testing.T) {
	t.Parallel()
	for what, votes := range map[string][]assessment.Choice{
		"taken out after they voted": {1, 1, 1, 1, 5, 3, 3, 3, 3, 3, 3, 3},
		"before":                     {1, 1, 1, 1, 5, 0, 0, 0, 0, 0, 0, 0},
		"closed early":               {1, 1, 1, 1, 5, 0, 0, 0, 0, 0, 0, 0},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := openRoom(t, 14, false)
			for _, test := range []int{13, 14} {
				r.remove(test) // telephones that were tried in the lobby
			}
			q := r.question()
			r.move(q.ID, workshop.Show, workshop.OpenVote)
			r.vote(q.ID, 1, votes...)
			if what != "closed early" {
				for number := 6; number <= 12; number++ {
					r.remove(number)
				}
				if c := r.console(); c.Voted != 5 || c.Voters != 5 {
					t.Errorf("%d of %d", c.Voted, c.Voters)
				}
			}
			r.move(q.ID, workshop.CloseVote, workshop.Reveal)
			if it := r.item(q.ID).First; it.N != nil || it.Mean != nil || it.Hidden == "" || it.Hidden == "fewer than 5 people answered" {
				t.Errorf("told of %+v", it)
			}
		})
	}
}

// TestRoomMayLoseAFewDevices: half of those who could vote are enough, and neither
// those who tried their telephones in the lobby, nor who only watched, nor a
// member's second device, nor a sitting of days ago are missed.
func TestRoomMayLoseAFewDevices(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 17, false)
	for number := 11; number <= 17; number++ {
		r.remove(number)
	}
	sql := func(statement string) {
		storetest.Change(t, r.db, statement)
	}
	sql(`UPDATE workshop_removed SET voted_until = voted_until - interval '1 minute'`)
	member := r.board.Members[0]
	phone := r.join(store.Joining{Device: "phone", Network: "n", Person: member})
	tablet := r.join(store.Joining{Device: "tablet", Network: "n", Person: member})
	watcher := r.join(store.Joining{Device: "watcher", Network: "n", Observer: true})
	for i := range 11 {
		r.join(store.Joining{Device: fmt.Sprint("old ", i), Network: "n"})
	}
	sql(`UPDATE workshop_devices SET joined_at = joined_at - interval '25 hours' WHERE number > 20`)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 1, 2, 3, 3, 4) // and the member: 6 of 11, of whom 1 goes
	r.must(r.seat(phone).Vote(t.Context(), q.ID, 1, 5))
	for _, token := range []string{tablet, watcher, r.devices[9]} {
		r.remove(r.seat(token).Own.Device)
	}
	r.move(q.ID, workshop.CloseVote, workshop.Reveal)
	if it := r.item(q.ID).First; it.N == nil || *it.N != 6 {
		t.Errorf("told of %+v", it)
	}
}

// TestMembersDevicesLeaveOneByOne: a member's vote stays until their last device
// is taken out, and a device that becomes a member's votes once.
func TestMembersDevicesLeaveOneByOne(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 5, false)
	member := r.board.Members[0]
	phone := r.join(store.Joining{Device: "phone", Network: "n"})
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.must(r.seat(phone).Vote(t.Context(), q.ID, 1, 5))
	phone = r.join(store.Joining{Device: "phone", Network: "n", Person: member, Token: phone}) // signs in in the middle of it
	if c := r.console(); c.Voted != 0 || c.Joined != 6 {
		t.Errorf("%d voted, %d joined: one person counts twice", c.Voted, c.Joined)
	}
	tablet := r.join(store.Joining{Device: "tablet", Network: "n", Person: member})
	r.must(r.seat(tablet).Vote(t.Context(), q.ID, 1, 2))
	r.remove(r.seat(tablet).Own.Device)
	if c := r.console(); c.Voted != 1 || c.Joined != 6 || r.seat(phone).Own.Vote != 2 {
		t.Errorf("%d voted, %d joined", c.Voted, c.Joined)
	}
	r.remove(r.seat(phone).Own.Device)
	if c := r.console(); c.Voted != 0 || c.Joined != 5 {
		t.Errorf("%d voted, %d joined", c.Voted, c.Joined)
	}
	tablet = r.join(store.Joining{Device: "tablet", Network: "n", Person: member, Token: tablet})
	r.must(r.seat(tablet).Vote(t.Context(), q.ID, 1, 4))
	if c := r.console(); c.Voted != 1 || c.Joined != 6 {
		t.Errorf("back again: %d voted, %d joined", c.Voted, c.Joined)
	}
}

func TestRoomExpectsItsBoard(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 1, false)
	if c := r.console(); c.Expected != len(r.board.Members) {
		t.Errorf("%d are expected of a board of %d", c.Expected, len(r.board.Members))
	}
	r.must(r.runner.ExpectPeople(t.Context(), r.id, 3))
	if c := r.console(); c.Expected != 3 {
		t.Errorf("%d are expected", c.Expected)
	}
	for _, wrong := range []int{-1, workshop.MaxSeats + 1} {
		if err := r.runner.ExpectPeople(t.Context(), r.id, wrong); !errors.Is(err, workshop.ErrPeople) {
			t.Errorf("%d people: %v", wrong, err)
		}
	}
	r.must(r.runner.EndWorkshop(t.Context(), r.id, r.console().Workshop.Step, storetest.Now))
	if err := r.runner.ExpectPeople(t.Context(), r.id, 4); !errors.Is(err, workshop.ErrState) {
		t.Errorf("after the end: %v", err)
	}
	if err := r.runner.RemoveDevice(t.Context(), r.id, 1, storetest.Now); !errors.Is(err, workshop.ErrNotRunning) {
		t.Errorf("after the end: %v", err)
	}
}

// TestDeviceSeesNothingOfOthersTakenOut looks with a seat's rights.
func TestDeviceSeesNothingOfOthersTakenOut(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 2, false)
	r.remove(2)
	seat := r.seat(r.devices[0])
	for _, table := range []string{"workshop_removed", "workshop_devices"} {
		var n int
		err := store.SeatTx(t.Context(), seat, func(tx pgx.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n)
		})
		if n != 0 || err != nil {
			t.Errorf("%s: sees %d rows, %v", table, n, err)
		}
	}
	for _, statement := range []string{`SELECT expected FROM workshops`, `SELECT joined_at FROM workshop_devices`, `DELETE FROM workshop_removed`} {
		err := store.SeatTx(t.Context(), seat, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), statement)
			return err
		})
		if !hasCode(err, "42501") {
			t.Errorf("%s: %v, want it refused", statement, err)
		}
	}
}
