package store_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

func TestPerson(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	id := storetest.Person(t, db, "Ada Okafor")
	want := access.Person{ID: id, Name: "Ada Okafor", Email: id.String() + "@example.org"}
	if got, err := db.Person(t.Context(), id); err != nil || got != want {
		t.Errorf("person %+v (%v), want %+v", got, err, want)
	}
	if _, err := db.Person(t.Context(), uuid.New()); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("unknown person: %v, want ErrNotFound", err)
	}
}

func TestHomePageListsTrustsAndOpenRounds(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	first, second, third := storetest.Trust(t, db), storetest.Trust(t, db), storetest.Trust(t, db)
	open := storetest.OpenRound(t, db, first, questionnaire.Core)
	submitted := storetest.OpenRound(t, db, first, questionnaire.Core)
	storetest.ClosedRound(t, db, first, questionnaire.Core)
	storetest.OpenRound(t, db, third, questionnaire.Core)
	person := first.Members[0]
	storetest.Answer(t, db, first, submitted, person, 1)
	storetest.Join(t, db, second.ODS, person, access.Observer)
	storetest.Join(t, db, second.ODS, person, access.Viewer)

	cards, err := db.Trusts(t.Context(), person)
	if err != nil || len(cards) != 2 {
		t.Fatalf("%d trusts, %v, want 2", len(cards), err)
	}
	if c := cards[0]; c.ODS != first.ODS || c.Name != first.Name || len(c.Open) != 2 {
		t.Fatalf("first card is %+v", c)
	}
	finished := map[uuid.UUID]bool{}
	for _, o := range cards[0].Open {
		finished[o.ID] = o.Finished
	}
	if finished[open.ID] || !finished[submitted.ID] || len(finished) != 2 {
		t.Errorf("open rounds are %+v", cards[0].Open)
	}
	if c := cards[1]; c.ODS != second.ODS || len(c.Roles) != 2 || len(c.Open) != 0 {
		t.Errorf("second card is %+v", c)
	}
	if cards, err := db.Trusts(t.Context(), uuid.New()); err != nil || len(cards) != 0 {
		t.Errorf("a stranger's trusts: %v, %v", cards, err)
	}
}

func TestAllTrustsAreForAdministrators(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	if _, err := db.AllTrusts(t.Context(), access.Person{ID: board.Lead}); !errors.Is(err, access.ErrDenied) {
		t.Errorf("as a lead: %v, want ErrDenied", err)
	}
	trusts, err := db.AllTrusts(t.Context(), access.Person{Admin: true})
	if want := (store.ListedTrust{ODS: board.ODS, Name: board.Name, Kind: "Acute"}); err != nil || len(trusts) != 1 || trusts[0] != want {
		t.Errorf("as an administrator: %v, %v", trusts, err)
	}
}
