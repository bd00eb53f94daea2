package register_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"octant/internal/register"
)

// realFiles is where the published files lie, for those who have them. They are
// not part of the product.
var realFiles = filepath.Join("..", "..", "..", "shared", "data")

// today is a day on which all of the files had been published.
var today = register.Date(2026, time.November, 21)

func trusts(t testing.TB, name string) register.TrustFile {
	t.Helper()
	file, err := os.Open(filepath.Join(realFiles, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	f, err := register.ReadTrusts(name, file)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func successors(t testing.TB, name string) *register.SuccessorFile {
	t.Helper()
	file, err := os.Open(filepath.Join(realFiles, name))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	f, err := register.ReadSuccessors(name, file)
	if err != nil {
		t.Fatal(err)
	}
	return &f
}

// without says that a test over published files proves nothing here.
func without(t testing.TB) bool {
	t.Helper()
	if _, err := os.Stat(realFiles); err != nil {
		t.Logf("not tested: the published files are not in %s", realFiles)
		return true
	}
	return false
}

// step applies one published file.
func step(t *testing.T, known register.Known, name string, asAt time.Time, succ *register.SuccessorFile) (register.Known, register.Plan) {
	t.Helper()
	file := trusts(t, name)
	plan, err := register.Diff(known, file, succ, asAt, today)
	if err != nil {
		t.Fatal(err)
	}
	known = plan.Apply(known)
	again, err := register.Diff(known, file, succ, asAt, today)
	if err != nil || !again.Empty() {
		t.Errorf("%s, a second time: %v, %+v %+v %+v %+v", name, err, again.Renamed, again.Moved, again.Followed, again.New)
	}
	return known, plan
}

func TestPublishedFilesAreReadWhole(t *testing.T) {
	t.Parallel()
	if without(t) {
		return
	}
	for name, want := range map[string]int{
		"etr_2022-03.csv": 218, "etr_2025-07.csv": 210, "etr_2026-04.csv": 274, "etr_2026-07.csv": 274, "etr_24col_content2015.csv": 239,
	} {
		f := trusts(t, name)
		if len(f.Trusts) != want {
			t.Errorf("%s: %d trusts, want %d", name, len(f.Trusts), want)
		}
		for _, r := range f.Refused {
			if name != "etr_24col_content2015.csv" || !strings.Contains(r.Reason, "opening date is missing") {
				t.Error(r)
			}
		}
	}
	f := successors(t, "succ_2026-05.csv")
	if len(f.Refused) != 0 || len(f.Successors)+f.Others != 11537 {
		t.Errorf("%d successors, %d others, refused %v", len(f.Successors), f.Others, f.Refused)
	}
}

// TestPublishedFilesInTurn applies the files of 2022, 2025 and 2026 one after the
// other to nothing, and in another order.
func TestPublishedFilesInTurn(t *testing.T) {
	t.Parallel()
	if without(t) {
		return
	}
	succ := successors(t, "succ_2026-05.csv")
	days := map[string]time.Time{
		"etr_2022-03.csv": register.Date(2022, 3, 17), "etr_2025-07.csv": register.Date(2025, 7, 15), "etr_2026-07.csv": register.Date(2026, 7, 8),
	}
	orders := [][]string{
		{"etr_2022-03.csv", "etr_2025-07.csv", "etr_2026-07.csv"},
		{"etr_2026-07.csv", "etr_2022-03.csv", "etr_2025-07.csv"},
		{"etr_2025-07.csv", "etr_2026-07.csv", "etr_2022-03.csv"},
	}
	for _, order := range orders {
		var known register.Known
		for _, name := range order {
			known, _ = step(t, known, name, days[name], succ)
		}
		for code, want := range map[string]string{
			"G6V2S": "NORTH LONDON NHS FOUNDATION TRUST from 2024-11-01",
			"RA7":   "UNIVERSITY HOSPITALS BRISTOL AND WESTON NHS FOUNDATION TRUST from 1991-04-01, BRISTOL NHS FOUNDATION TRUST from 2026-07-08",
			"RH8":   "ROYAL DEVON AND EXETER NHS FOUNDATION TRUST from 1993-04-01, ROYAL DEVON UNIVERSITY HEALTHCARE NHS FOUNDATION TRUST from 2022-04-01",
			"RW6":   "PENNINE ACUTE HOSPITALS NHS TRUST from 2002-04-01",
		} {
			if got := names(known.Organisations[code]); got != want {
				t.Errorf("%v: %s was called %s, want %s", order, code, got, want)
			}
		}
		for code, want := range map[string]string{
			"G6V2S": "Y56 QMJ from 2024-11-01, Y56 Z9B2Z from 2026-04-01",
			"RXK":   "Y60 QUA from 2002-04-01, Y60 QHL from 2025-07-15, Y60 QUA from 2026-07-08",
			"RRP":   "Y56 QMJ from 2001-04-01", // it had closed before the board did
			"RQF":   "  from 1994-04-01",
		} {
			if got := places(known.Organisations[code]); got != want {
				t.Errorf("%v: %s lay in %s, want %s", order, code, got, want)
			}
		}
		lines(t, known)
	}
}

func lines(t *testing.T, known register.Known) {
	t.Helper()
	var all []register.Succession
	for _, s := range known.Successions {
		all = append(all, s)
	}
	for code, want := range map[string][]string{
		"RW6": {"R0A", "RM3"}, "RM4": {"R0A"}, "RV7": {"R1L"}, "RRP": {"G6V2S"}, "RVJ": nil,
	} {
		if got := register.Trace(code, all).Heirs(); !slices.Equal(got, want) {
			t.Errorf("the heirs of %s are %v, want %v", code, got, want)
		}
	}
	for pair, want := range map[[2]string]register.Kind{
		{"RW6", "RM3"}: register.Split, {"RW6", "R0A"}: register.Split, {"RRP", "G6V2S"}: register.Merger,
		{"TAF", "G6V2S"}: register.Merger, {"RNK", "G6V2S"}: register.Acquisition, {"RA3", "RA7"}: register.Acquisition,
	} {
		if got := known.Successions[pair].Kind; got != want {
			t.Errorf("%v is a %q, want %q", pair, got, want)
		}
	}
}

// TestClosedTrustsWithoutASuccessorAreNamed: the published file has gaps.
func TestClosedTrustsWithoutASuccessorAreNamed(t *testing.T) {
	t.Parallel()
	if without(t) {
		return
	}
	_, plan := step(t, register.Known{}, "etr_2026-07.csv", register.Date(2026, 7, 8), successors(t, "succ_2026-05.csv"))
	var codes []string
	for _, o := range plan.Orphans {
		codes = append(codes, o.Code)
	}
	if want := []string{"R0C", "RJD", "RVJ", "RYH", "RYK", "RYQ"}; !slices.Equal(codes, want) {
		t.Errorf("nobody followed %v, want %v", codes, want)
	}
	if len(plan.Strange) != 0 {
		t.Errorf("Octant's tables lack %v", plan.Strange)
	}
	if f := trusts(t, "etr_2026-07.csv"); !f.AsAt(today).Equal(register.Date(2026, 7, 1)) {
		t.Errorf("the file is as at %v", f.AsAt(today))
	}
}

func names(o register.Organisation) string {
	var said []string
	for _, s := range o.Names {
		said = append(said, s.Value+" from "+s.From.Format(time.DateOnly))
	}
	return strings.Join(said, ", ")
}

func places(o register.Organisation) string {
	var said []string
	for _, s := range o.Places {
		said = append(said, s.Value.Region+" "+s.Value.ICB+" from "+s.From.Format(time.DateOnly))
	}
	return strings.Join(said, ", ")
}
