package store_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/internal/workshop"
)

// room is a running workshop with devices in it.
type room struct {
	*testing.T
	db      *store.DB
	board   storetest.Board
	runner  *store.Trust
	id      uuid.UUID
	devices []string
}

// openRoom begins a workshop without a round and seats so many devices.
func openRoom(t *testing.T, devices int, rehearsal bool) *room {
	t.Helper()
	db := storetest.New(t)
	return openRoomIn(t, db, storetest.Trust(t, db), store.NewWorkshop{Title: "Away day", Length: workshop.Short, Rehearsal: rehearsal}, devices)
}

func openRoomIn(t *testing.T, db *store.DB, b storetest.Board, n store.NewWorkshop, devices int) *room {
	t.Helper()
	r := &room{T: t, db: db, board: b, runner: storetest.Enter(t, db, b.Facilitator, b.ODS)}
	id, err := r.runner.CreateWorkshop(t.Context(), n, storetest.Now)
	r.must(err)
	r.id = id
	r.must(r.runner.BeginWorkshop(t.Context(), id, 0, storetest.Now))
	for i := range devices {
		r.devices = append(r.devices, r.join(store.Joining{Device: fmt.Sprint("device ", i), Network: "home"}))
	}
	return r
}

func (r *room) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *room) console() store.Console {
	r.Helper()
	c, err := r.runner.Console(r.Context(), r.id, storetest.Now)
	r.must(err)
	return c
}

// join seats a device by the code on the wall.
func (r *room) join(j store.Joining) (token string) {
	r.Helper()
	if j.Code == "" {
		j.Code = r.console().Code
	}
	token, wait, err := r.db.JoinWorkshop(r.Context(), j, storetest.Now)
	if err != nil || wait > 0 {
		r.Fatalf("join: %v, wait %v", err, wait)
	}
	return token
}

func (r *room) seat(token string) *store.Seat {
	r.Helper()
	s, err := r.db.EnterWorkshop(r.Context(), token)
	r.must(err)
	return s
}

// question is the first question on the agenda.
func (r *room) question() workshop.Item {
	r.Helper()
	for _, it := range r.console().Workshop.Items {
		if it.Kind == workshop.Question {
			return it
		}
	}
	r.Fatal("no question on the agenda")
	return workshop.Item{}
}

// item is an item as it stands now.
func (r *room) item(id uuid.UUID) workshop.Item {
	r.Helper()
	w := r.console().Workshop
	it, ok := w.Item(id)
	if !ok {
		r.Fatal("no such item")
	}
	return *it
}

func (r *room) move(item uuid.UUID, moves ...workshop.Move) {
	r.Helper()
	for _, m := range moves {
		if err := r.runner.MoveOn(r.Context(), r.id, item, m, r.console().Workshop.Step, storetest.Now); err != nil {
			r.Fatalf("%s: %v", m, err)
		}
	}
}

// vote has each device choose in turn; a choice of nought is left out.
func (r *room) vote(item uuid.UUID, vote int, choices ...assessment.Choice) {
	r.Helper()
	for i, c := range choices {
		if c != assessment.NotAnswered {
			r.must(r.seat(r.devices[i]).Vote(r.Context(), item, vote, c))
		}
	}
}
