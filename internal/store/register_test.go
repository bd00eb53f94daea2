package store_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
