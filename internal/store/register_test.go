package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"octant/internal/access"
	"octant/internal/register"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// row is a line of a trust file in the layout of 27 columns.
func row(code, name, region, icb, opened, closed string) string {
	return fmt.Sprintf(`"%s","%s","%s","%s","1 HIGH STREET","","","TOWN","","AB1 2CD","%s","%s","","","","","","","","","","0","","A","","",""`+"\r\n",
		code, name, region, icb, opened, closed)
}

func trustFile(t testing.TB, name string, rows ...string) register.TrustFile {
	t.Helper()
	f, err := register.ReadTrusts(name, strings.NewReader(strings.Join(rows, "")))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func successorFile(t testing.TB, rows ...string) *register.SuccessorFile {
	t.Helper()
	f, err := register.ReadSuccessors("succ.csv", strings.NewReader(strings.Join(rows, "\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	return &f
}

// The files of the tests: R9K and R9L merge into D3M0X, R9N splits into R9P and
// R9Q, R9R is renamed when it takes R9S in and moves when its board does.
var (
	first = []string{
		row("R9K", "NORTHMERE NHS TRUST", "Y61", "QH8", "20010401", ""),
		row("R9L", "SOUTHMERE NHS TRUST", "Y61", "QH8", "20010401", ""),
		row("R9N", "GREATWOOD NHS TRUST", "Y62", "QOP", "19950401", ""),
		row("R9P", "LITTLEWOOD NHS FOUNDATION TRUST", "Y62", "QOP", "19950401", ""),
		row("R9Q", "KING'S MARSH NHS TRUST", "Y62", "QOP", "19950401", ""),
		row("R9R", "OLD NAME HOSPITALS NHS TRUST", "Y61", "QH8", "19910401", ""),
		row("R9S", "LONE HILL NHS TRUST", "Y61", "QH8", "19910401", ""),
	}
	second = []string{
		row("D3M0X", "MERE UNIVERSITY NHS FOUNDATION TRUST", "Y61", "D7T5G", "20241001", ""),
		row("R9K", "NORTHMERE NHS TRUST", "Y61", "D7T5G", "20010401", "20240930"),
		row("R9L", "SOUTHMERE NHS TRUST", "Y61", "D7T5G", "20010401", "20240930"),
		row("R9N", "GREATWOOD NHS TRUST", "Y62", "QOP", "19950401", "20250331"),
		row("R9P", "LITTLEWOOD NHS FOUNDATION TRUST", "Y62", "QOP", "19950401", ""),
		row("R9Q", "KING'S MARSH NHS TRUST", "Y62", "QOP", "19950401", ""),
		row("R9R", "HILL AND MARSH HOSPITALS NHS TRUST", "Y61", "D7T5G", "19910401", ""),
	}
	followed = []string{
		`"R9K","D3M0X","","20241001","0"`, `"R9L","D3M0X","","20241001","0"`,
		`"R9N","R9P","","20250401","0"`, `"R9N","R9Q","","20250401","0"`, `"R9S","R9R","","20250101","0"`, `"QH8","D7T5G","","20260401","0"`,
	}
)

// importAll applies both files and gives the administrator who did.
func importAll(t testing.TB, db *store.DB) access.Person {
	t.Helper()
	by, err := db.GrantAdmin(t.Context(), store.Operator, "register@example.org", "Root", storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	apply(t, db, by, store.Import{Trusts: trustFile(t, "first.csv", first...), AsAt: day(2022, 3, 17)})
	apply(t, db, by, store.Import{Trusts: trustFile(t, "second.csv", second...), Successors: successorFile(t, followed...), AsAt: day(2026, 7, 8)})
	return by
}

func apply(t testing.TB, db *store.DB, by access.Person, in store.Import) store.ImportPlan {
	t.Helper()
	plan, err := db.PlanImport(t.Context(), by, in, storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	applied, err := db.ApplyImport(t.Context(), by, in, plan.Digest, storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	return applied
}

func TestImportKeepsHistory(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	by := importAll(t, db)
	e, err := db.RegisterEntry(t.Context(), "R9R")
	if err != nil {
		t.Fatal(err)
	}
	wantNames := []register.Spell[string]{
		{Value: "OLD NAME HOSPITALS NHS TRUST", From: day(1991, 4, 1), To: day(2025, 1, 1), SeenFrom: day(2022, 3, 17), SeenTo: day(2022, 3, 17)},
		{Value: "HILL AND MARSH HOSPITALS NHS TRUST", From: day(2025, 1, 1), SeenFrom: day(2026, 7, 8), SeenTo: day(2026, 7, 8)},
	}
	if !slices.Equal(e.Names, wantNames) {
		t.Errorf("names %+v\nwant %+v", e.Names, wantNames)
	}
	if len(e.Places) != 2 || !e.Places[1].From.Equal(day(2026, 4, 1)) || e.ICBs["D7T5G"].Name == "" || e.Regions["Y61"] != "East of England" {
		t.Errorf("places %+v, %v, %v", e.Places, e.ICBs, e.Regions)
	}
	if k, err := db.RegisterEntry(t.Context(), "R9K"); err != nil || len(k.Places) != 1 || !k.Places[0].To.Equal(day(2024, 10, 1)) {
		t.Errorf("R9K closed before its board did: %+v, %v", k.Places, err)
	}
	if n := platform(t, db); n != 4 {
		t.Errorf("%d entries on the record, want 2 for the administrator and 1 for each file", n)
	}
	imports, err := db.Imports(t.Context(), by)
	if err != nil || len(imports) != 2 || imports[0].FileName != "second.csv" || imports[0].AppliedBy != "Root" || imports[0].Summary.Words() != "1 new, 3 closed, 1 renamed, 1 moved, 5 successions" {
		t.Errorf("imports %+v, %v", imports, err)
	}
	for _, code := range []string{"R9Z", "", "r9k", "R9K'"} {
		if _, err := db.RegisterEntry(t.Context(), code); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%q: %v, want ErrNotFound", code, err)
		}
	}
}

func TestImportTwiceFindsNothingToDo(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	by := importAll(t, db)
	n := platform(t, db)
	for _, in := range []store.Import{
		{Trusts: trustFile(t, "first.csv", first...)}, // an older file, after a newer one
		{Trusts: trustFile(t, "second.csv", second...), Successors: successorFile(t, followed...)},
		{Trusts: trustFile(t, "second.csv", second...)},
	} {
		plan := apply(t, db, by, in)
		if !plan.Empty() || plan.Before.IsZero() || !plan.Derived {
			t.Errorf("%s again: %+v", in.Trusts.Name, plan)
		}
		if plan.AsAt != day(2022, 3, 17) && plan.AsAt != day(2026, 7, 8) {
			t.Errorf("%s is as at %v now", in.Trusts.Name, plan.AsAt)
		}
	}
	if again := platform(t, db); again != n {
		t.Errorf("%d entries on the record after nothing was done, want %d", again, n)
	}
}

// TestImportAppliesWhatWasShownOrNothing changes the register between.
func TestImportAppliesWhatWasShownOrNothing(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	by := admin(t, db)
	in := store.Import{Trusts: trustFile(t, "first.csv", first...), AsAt: day(2022, 3, 17)}
	shown, err := db.PlanImport(t.Context(), by, in, storetest.Now)
	if err != nil || len(shown.New) != 7 {
		t.Fatalf("%+v, %v", shown, err)
	}
	if _, err := db.RegisterEntry(t.Context(), "R9K"); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("what was only planned is there: %v", err)
	}
	apply(t, db, by, store.Import{Trusts: trustFile(t, "second.csv", second...), AsAt: day(2026, 7, 8)})
	if _, err := db.ApplyImport(t.Context(), by, in, shown.Digest, storetest.Now); !errors.Is(err, store.ErrRegisterChanged) {
		t.Errorf("after another import: %v, want ErrRegisterChanged", err)
	}
	nobody := access.Person{Name: "Eve"}
	if _, err := db.PlanImport(t.Context(), nobody, in, storetest.Now); !errors.Is(err, access.ErrDenied) {
		t.Errorf("planned by no administrator: %v", err)
	}
	if _, err := db.ApplyImport(t.Context(), nobody, in, shown.Digest, storetest.Now); !errors.Is(err, access.ErrDenied) {
		t.Errorf("applied by no administrator: %v", err)
	}
	if _, err := db.PlanImport(t.Context(), by, store.Import{Trusts: in.Trusts, AsAt: day(2027, 1, 1)}, storetest.Now); !errors.Is(err, register.ErrFuture) {
		t.Errorf("as at a day to come: %v", err)
	}
}

func TestUploadsWaitForTheirAdministrator(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	by, other := admin(t, db), admin(t, db)
	u := store.Upload{FileName: "first.csv", File: []byte(strings.Join(first, "")), AsAt: day(2022, 3, 17)}
	id, err := db.KeepUpload(t.Context(), by, u, storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	staged, err := db.StagedImport(t.Context(), by, id, storetest.Now)
	if err != nil || len(staged.New) != 7 || staged.FileName != "first.csv" {
		t.Fatalf("%+v, %v", staged, err)
	}
	if _, err := db.StagedImport(t.Context(), other, id, storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("seen by another administrator: %v", err)
	}
	if _, err := db.StagedImport(t.Context(), by, id, storetest.Now.AddDate(0, 0, 2)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("two days later: %v", err)
	}
	if _, err := db.ApplyUpload(t.Context(), by, id, [32]byte{}, storetest.Now); !errors.Is(err, store.ErrRegisterChanged) {
		t.Errorf("another difference: %v", err)
	}
	if plan, err := db.ApplyUpload(t.Context(), by, id, staged.Digest, storetest.Now); err != nil || len(plan.New) != 7 {
		t.Errorf("%+v, %v", plan, err)
	}
	if _, err := db.ApplyUpload(t.Context(), by, id, staged.Digest, storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("applied twice: %v", err)
	}
	if _, err := db.KeepUpload(t.Context(), by, store.Upload{FileName: "x", File: []byte("no,trusts")}, storetest.Now); !errors.Is(err, register.ErrNoTrust) {
		t.Errorf("a file that is none: %v", err)
	}
	id, err = db.KeepUpload(t.Context(), by, store.Upload{FileName: "s.csv", File: u.File, SuccessorsName: "succ.csv", Successors: []byte(strings.Join(followed, "\n"))}, storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.DropUpload(t.Context(), other, id); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("dropped by another: %v", err)
	}
	if err := db.DropUpload(t.Context(), by, id); err != nil {
		t.Error(err)
	}
	if _, err := db.StagedImport(t.Context(), by, id, storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("after it was dropped: %v", err)
	}
}

func TestSearchFindsNamesOldNamesAndCodes(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	importAll(t, db)
	for query, want := range map[string]string{
		"mere":                       "D3M0X",
		"northmere":                  "R9K",
		"r9n":                        "R9N",
		"R9":                         "R9R R9Q R9P R9N R9S R9K R9L",
		"old name":                   "R9R",
		"hospitals marsh":            "R9R",
		"kings":                      "R9Q",
		"King's Marsh":               "R9Q",
		"king’s mar":                 "R9Q",
		"marsh":                      "R9R R9Q",
		"nhs":                        "R9R R9Q R9P D3M0X R9S R9N R9K R9L",
		"foundation trust":           "R9P D3M0X",
		"":                           "R9R R9Q R9P R9S D3M0X R9N R9K R9L",
		"%":                          "",
		"ortham":                     "",
		"mere' OR 1=1":               "",
		"\x00":                       "",
		strings.Repeat("word ", 400): "",
	} {
		list, more, err := db.SearchRegister(t.Context(), query, 1, day(2026, 10, 5))
		if err != nil || more {
			t.Errorf("%q: %v, more %v", query, err, more)
		}
		var codes []string
		for _, f := range list {
			codes = append(codes, f.Code)
		}
		slices.Sort(codes)
		wanted := strings.Fields(want)
		slices.Sort(wanted)
		if !slices.Equal(codes, wanted) {
			t.Errorf("%.20q finds %v, want %v", query, codes, wanted)
		}
	}
	list, _, err := db.SearchRegister(t.Context(), "old name", 1, day(2026, 10, 5))
	if err != nil || len(list) != 1 || !slices.Equal(list[0].Earlier, []string{"OLD NAME HOSPITALS NHS TRUST"}) || list[0].Place.ICB != "D7T5G" || list[0].Place.RegionName != "East of England" {
		t.Errorf("found %+v, %v", list, err)
	}
	if list, _, err := db.SearchRegister(t.Context(), "nhs", 2, day(2026, 10, 5)); err != nil || len(list) != 0 {
		t.Errorf("a second page %v, %v", list, err)
	}
}

func TestLineageAndPlacesAt(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	by := importAll(t, db)
	l, err := db.Lineage(t.Context(), "R9N")
	if err != nil || len(l.Before) != 0 || !slices.Equal(l.Heirs(), []string{"R9P", "R9Q"}) || l.After[0].Kind != register.Split || l.Names["R9Q"] != "KING'S MARSH NHS TRUST" {
		t.Errorf("%+v, %v", l, err)
	}
	if l, err := db.Lineage(t.Context(), "D3M0X"); err != nil || len(l.Before) != 2 || l.Before[0].Kind != register.Merger {
		t.Errorf("%+v, %v", l, err)
	}
	if l, err := db.Lineage(t.Context(), "NONE"); err != nil || len(l.Before)+len(l.After) != 0 {
		t.Errorf("%+v, %v", l, err)
	}
	if err := db.SetType(t.Context(), by, register.Type{Code: "R9R", Type: "Acute", From: day(2020, 1, 1), Source: "annual report"}, storetest.Now); err != nil {
		t.Fatal(err)
	}
	codes := []string{"R9R", "D3M0X", "NONE"}
	before, err := db.PlacesAt(t.Context(), codes, day(2024, 9, 30))
	if want := (store.PlaceAt{Region: "Y61", RegionName: "East of England", ICB: "QH8", ICBName: "NHS Mid and South Essex Integrated Care Board", Type: "Acute"}); err != nil || len(before) != 1 || before["R9R"] != want {
		t.Errorf("%+v, %v", before, err)
	}
	after, err := db.PlacesAt(t.Context(), codes, day(2026, 4, 1))
	if err != nil || len(after) != 2 || after["R9R"].ICB != "D7T5G" || after["D3M0X"].ICB != "D7T5G" || after["D3M0X"].Type != "" {
		t.Errorf("%+v, %v", after, err)
	}
}

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

// BenchmarkImportSuccessors plans and applies the published files with a successor
// file of 11,500 lines to an empty register, reading them included.
func BenchmarkImportSuccessors(b *testing.B) {
	folder := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(folder); err != nil {
		b.Logf("not measured: the published files are not in %s", folder)
		return
	}
	read := func(name string) []byte {
		text, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			b.Fatal(err)
		}
		return text
	}
	u := store.Upload{FileName: "etr.csv", File: read("etr_2026-07.csv"), SuccessorsName: "succ.csv", Successors: read("succ_2026-05.csv"), AsAt: day(2026, 7, 8)}
	for b.Loop() {
		b.StopTimer()
		db := storetest.New(b)
		b.StartTimer()
		in, err := u.Read()
		if err != nil {
			b.Fatal(err)
		}
		if plan := apply(b, db, store.Operator, in); len(plan.Followed) < 300 {
			b.Fatalf("%d successions", len(plan.Followed))
		}
	}
}

// TestDemonstrationHasARegister: of its own trusts, filled once.
func TestDemonstrationHasARegister(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	for range 2 {
		if err := db.FillDemo(t.Context(), storetest.Now); err != nil {
			t.Fatal(err)
		}
	}
	list, more, err := db.SearchRegister(t.Context(), "", 1, day(2026, 10, 5))
	if err != nil || more || len(list) < 7 {
		t.Fatalf("%d organisations, %v", len(list), err)
	}
	trusts, err := db.AllTrusts(t.Context(), store.Operator)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range trusts {
		e, err := db.RegisterEntry(t.Context(), x.ODS)
		if err != nil || register.Title(e.Name()) != x.Name || len(e.Types) != 1 || e.Types[0].Type != x.Kind || e.ICBs[e.Place().ICB].Name == "" {
			t.Errorf("%s: %+v, %v", x.ODS, e, err)
		}
	}
	if l, err := db.Lineage(t.Context(), "R9A"); err != nil || len(l.Before) != 2 || len(l.Before[0].Beside) != 1 {
		t.Errorf("%+v, %v", l, err)
	}
}

// BenchmarkSearchRegister looks in a register of 20,000 names for what is rare,
// what is common, an old name's beginning and nothing.
func BenchmarkSearchRegister(b *testing.B) {
	db := storetest.New(b)
	words := []string{"NORTH", "SOUTH", "EAST", "WEST", "MERE", "VALE", "COUNTY", "ROYAL", "UNIVERSITY", "COMMUNITY", "MARSH", "FOREST", "HILL"}
	var f register.TrustFile
	for i := range 20_000 {
		code := fmt.Sprintf("%c%d%c%d%c", 'A'+i%26, i/26%10, 'A'+i/260%26, i/6760%10, 'A'+i%7)
		name := fmt.Sprintf("%s %s PLACE%05d HOSPITALS NHS FOUNDATION TRUST", words[i%13], words[i/13%13], i)
		f.Trusts = append(f.Trusts, register.Trust{Line: i + 1, Code: code, Name: name, Place: register.Place{Region: "Y61", ICB: "QH8"}, Opened: day(2001, 4, 1)})
	}
	apply(b, db, store.Operator, store.Import{Trusts: f, AsAt: day(2026, 7, 8)})
	for name, query := range map[string]string{"rare": "place12345", "common": "university", "two": "royal marsh", "all": "hospitals", "code": "B4C", "nothing": "zzz", "empty": ""} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, _, err := db.SearchRegister(b.Context(), query, 1, day(2026, 10, 5)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
