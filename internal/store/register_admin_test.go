package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"octant/internal/register"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

func TestTypesAreSetFromADayOn(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	by := importAll(t, db)
	n := platform(t, db)
	for _, x := range []register.Type{
		{Code: "R9R", Type: "Acute", From: day(1991, 4, 1), Source: "annual report"},
		{Code: "R9R", Type: "Specialist", From: day(2025, 1, 1), Source: "its name"},
		{Code: "R9R", Type: "Community", From: day(2010, 1, 1), Source: "annual report"},
		{Code: "R9R", Type: "Acute and community", From: day(2025, 1, 1), Source: "its board"},
	} {
		if err := db.SetType(t.Context(), by, x, storetest.Now); err != nil {
			t.Fatal(err)
		}
	}
	e, err := db.RegisterEntry(t.Context(), "R9R")
	want := []store.TypeSpell{
		{"Acute", "annual report", day(1991, 4, 1), day(2010, 1, 1)},
		{"Community", "annual report", day(2010, 1, 1), day(2025, 1, 1)},
		{"Acute and community", "its board", day(2025, 1, 1), time.Time{}},
	}
	if err != nil || !slices.Equal(e.Types, want) {
		t.Errorf("%+v, %v", e.Types, err)
	}
	if got := platform(t, db); got != n+4 {
		t.Errorf("%d entries, want %d", got, n+4)
	}
	if err := db.SetType(t.Context(), by, register.Type{Code: "R9R", Type: "Acute", From: day(1990, 1, 1), Source: "x"}, storetest.Now); !errors.Is(err, store.ErrBeforeOpening) {
		t.Errorf("before it opened: %v", err)
	}
	if err := db.SetType(t.Context(), by, register.Type{Code: "NONE", Type: "Acute", From: day(2025, 1, 1), Source: "x"}, storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("nobody's type: %v", err)
	}
}

// TestTypeEndsWhenTheTrustCloses: whether the type or the closing was known first,
// and a trust that opens again has its type again.
func TestTypeEndsWhenTheTrustCloses(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	by := importAll(t, db)
	until := func(code string) time.Time {
		t.Helper()
		e, err := db.RegisterEntry(t.Context(), code)
		if err != nil || len(e.Types) != 1 {
			t.Fatalf("%s: %+v, %v", code, e.Types, err)
		}
		return e.Types[0].To
	}
	for _, code := range []string{"R9N", "R9P"} {
		if err := db.SetType(t.Context(), by, register.Type{Code: code, Type: "Acute", From: day(2000, 1, 1), Source: "x"}, storetest.Now); err != nil {
			t.Fatal(err)
		}
	}
	if n, p := until("R9N"), until("R9P"); !n.Equal(day(2025, 4, 1)) || !p.IsZero() {
		t.Errorf("closed on 31 March 2025: until %v; open: until %v", n, p)
	}
	later := slices.Clone(second)
	later[3] = row("R9N", "GREATWOOD NHS TRUST", "Y62", "QOP", "19950401", "")
	later[4] = row("R9P", "LITTLEWOOD NHS FOUNDATION TRUST", "Y62", "QOP", "19950401", "20260831")
	apply(t, db, by, store.Import{Trusts: trustFile(t, "third.csv", later...), AsAt: day(2026, 9, 8)})
	if n, p := until("R9N"), until("R9P"); !n.IsZero() || !p.Equal(day(2026, 9, 1)) {
		t.Errorf("opened again: until %v; closed on 31 August 2026: until %v", n, p)
	}
	places, err := db.PlacesAt(t.Context(), []string{"R9N", "R9P"}, day(2026, 9, 1))
	if err != nil || places["R9N"].Type != "Acute" || places["R9P"].Type != "" {
		t.Errorf("the day after: %+v, %v", places, err)
	}
}

func TestSuccessionsByHand(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	by := admin(t, db)
	apply(t, db, by, store.Import{Trusts: trustFile(t, "first.csv", first...), AsAt: day(2022, 3, 17)})
	apply(t, db, by, store.Import{Trusts: trustFile(t, "second.csv", second...), AsAt: day(2026, 7, 8)})
	s := register.Succession{From: "R9S", To: "R9R", On: day(2025, 4, 1), Kind: register.Acquisition, Note: "by name"}
	if err := db.MakeSuccession(t.Context(), by, s, storetest.Now); err != nil {
		t.Fatal(err)
	}
	if e, err := db.RegisterEntry(t.Context(), "R9R"); err != nil || !e.Names[1].From.Equal(day(2025, 4, 1)) || len(e.Lineage.Before) != 1 || e.Lineage.Before[0].Source != register.Manual {
		t.Errorf("the new name is not dated by it: %+v, %v", e, err)
	}
	for what, c := range map[string]struct {
		from, to string
		want     error
	}{
		"again":        {"R9S", "R9R", store.ErrSuccessionThere},
		"in a circle":  {"R9R", "R9S", store.ErrCircle},
		"of itself":    {"R9R", "R9R", store.ErrCircle},
		"from nowhere": {"R9Z", "R9R", store.ErrNotFound},
		"to nowhere":   {"R9R", "R9Z", store.ErrNotFound},
	} {
		s := register.Succession{From: c.from, To: c.to, On: day(2025, 4, 1), Kind: register.Merger}
		if err := db.MakeSuccession(t.Context(), by, s, storetest.Now); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", what, err, c.want)
		}
	}
	if err := db.EndSuccession(t.Context(), by, "R9S", "R9R", storetest.Now); err != nil {
		t.Fatal(err)
	}
	if e, err := db.RegisterEntry(t.Context(), "R9R"); err != nil || !e.Names[1].From.Equal(day(2026, 7, 8)) || len(e.Lineage.Before) != 0 {
		t.Errorf("taken back: %+v, %v", e, err)
	}
	if err := db.MakeSuccession(t.Context(), by, s, storetest.Now); err != nil {
		t.Fatal(err)
	}
	plan := apply(t, db, by, store.Import{Trusts: trustFile(t, "second.csv", second...), Successors: successorFile(t, followed...), AsAt: day(2026, 7, 8)})
	if len(plan.Followed) != 5 {
		t.Errorf("followed %+v", plan.Followed)
	}
	if err := db.EndSuccession(t.Context(), by, "R9S", "R9R", storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what is published was taken back: %v", err)
	}
}
