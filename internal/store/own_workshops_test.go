package store_test

import (
	"slices"
	"testing"

	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/internal/workshop"
)

// TestOwnDataNamesWorkshopsThatGoOn: who joined as themselves finds their own
// votes and nobody else's, and nothing once the workshop has ended.
func TestOwnDataNamesWorkshopsThatGoOn(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 5, false)
	member, other := r.board.Members[0], r.board.Members[1]
	phone := r.join(store.Joining{Device: "phone", Network: "n", Person: member})
	r.join(store.Joining{Device: "tablet", Network: "n", Person: member})
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 1, 1, 1, 1, 1)
	r.must(r.seat(phone).Vote(t.Context(), q.ID, 1, 4))
	held := func() []store.OwnWorkshop {
		t.Helper()
		d, err := r.db.OwnData(t.Context(), member)
		r.must(err)
		return d.Trusts[0].Workshops
	}
	have := held()
	if len(have) != 1 || have[0].Devices != 2 || !slices.Equal(have[0].Votes, []string{q.Title + ", first vote: 4"}) || len(have[0].Cards) != 0 {
		t.Errorf("holds %+v", have)
	}
	d, err := r.db.OwnData(t.Context(), other)
	r.must(err)
	if len(d.Trusts[0].Workshops) != 0 {
		t.Errorf("somebody who did not join as themselves is in %+v", d.Trusts[0].Workshops)
	}
	r.move(q.ID, workshop.CloseVote, workshop.Reveal)
	r.must(r.runner.EndWorkshop(t.Context(), r.id, r.console().Workshop.Step, storetest.Now))
	if have := held(); len(have) != 0 {
		t.Errorf("after the end: %+v", have)
	}
}
