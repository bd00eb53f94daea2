package register_test

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"octant/internal/register"
)

// world is organisations as they really were, of which files tell one day each.
type world []life

// life is one organisation. Its names and places begin on their days; the first
// begins when it opens.
type life struct {
	code           string
	opened, closed time.Time
	names          []turn[string]
	places         []turn[register.Place]
}

type turn[T any] struct {
	on   time.Time
	what T
}

func drawDay(t *rapid.T, label string) time.Time {
	return register.Date(2000, 1, 1).AddDate(0, 0, rapid.IntRange(0, 9000).Draw(t, label))
}

func drawWorld(t *rapid.T) world {
	var w world
	for _, code := range rapid.SliceOfNDistinct(rapid.StringMatching(`R[A-C][A-C]`), 1, 6, rapid.ID).Draw(t, "codes") {
		l := life{code: code, opened: drawDay(t, "opened")}
		if rapid.Bool().Draw(t, "closes") {
			l.closed = l.opened.AddDate(0, 0, rapid.IntRange(0, 4000).Draw(t, "lasts"))
		}
		at := l.opened
		for range rapid.IntRange(1, 4).Draw(t, "names") {
			l.names = append(l.names, turn[string]{at, rapid.SampledFrom([]string{"NORTH", "SOUTH", "EAST", "WEST"}).Draw(t, "name")})
			at = at.AddDate(0, 0, rapid.IntRange(1, 2000).Draw(t, "until"))
		}
		at = l.opened
		for range rapid.IntRange(1, 3).Draw(t, "places") {
			place := register.Place{Region: "Y61", ICB: rapid.SampledFrom([]string{"QH8", "D7T5G", "QMJ"}).Draw(t, "board")}
			l.places = append(l.places, turn[register.Place]{at, place})
			at = at.AddDate(0, 0, rapid.IntRange(1, 2000).Draw(t, "until"))
		}
		w = append(w, l)
	}
	return w
}

// at is what holds on a day. What closed keeps what it had.
func at[T any](turns []turn[T], day, closed time.Time) T {
	if !closed.IsZero() && day.After(closed) {
		day = closed
	}
	what := turns[0].what
	for _, x := range turns {
		if !x.on.After(day) {
			what = x.what
		}
	}
	return what
}

// file is what a file of a day says.
func (w world) file(day time.Time) register.TrustFile {
	var f register.TrustFile
	for _, l := range w {
		if l.opened.After(day) {
			continue
		}
		x := register.Trust{Code: l.code, Name: at(l.names, day, l.closed), Place: at(l.places, day, l.closed), Opened: l.opened}
		if !l.closed.IsZero() && l.closed.Before(day) {
			x.Closed = l.closed
		}
		f.Trusts = append(f.Trusts, x)
	}
	return f
}

func put(t *rapid.T, known register.Known, f register.TrustFile, day time.Time) register.Known {
	plan, err := register.Diff(known, f, nil, day, today)
	if err != nil {
		t.Fatal(err)
	}
	after := plan.Apply(known)
	again, err := register.Diff(after, f, nil, day, today)
	if err != nil || !again.Empty() {
		t.Fatalf("the same file a second time: %v, %+v", err, again)
	}
	if !reflect.DeepEqual(again.Apply(after), after) {
		t.Fatal("applying nothing changed something")
	}
	return after
}

// TestFilesInAnyOrderGiveTheSameHistory: and the true one, as far as files tell.
func TestFilesInAnyOrderGiveTheSameHistory(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		days := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) time.Time { return drawDay(t, "day") }), 1, 6, time.Time.Unix).Draw(t, "files")
		slices.SortFunc(days, time.Time.Compare)
		var inTurn register.Known
		for _, d := range days {
			inTurn = put(t, inTurn, w.file(d), d)
		}
		var mixed register.Known
		for _, i := range rapid.Permutation(indexes(len(days))).Draw(t, "order") {
			mixed = put(t, mixed, w.file(days[i]), days[i])
		}
		if !reflect.DeepEqual(inTurn.Organisations, mixed.Organisations) {
			t.Fatalf("in turn %+v\nin another order %+v", inTurn.Organisations, mixed.Organisations)
		}
		for _, l := range w {
			o, known := inTurn.Organisations[l.code]
			if !known {
				continue
			}
			checkSpells(t, o, o.Names, l.names, days)
			checkSpells(t, o, o.Places, l.places, days)
		}
	})
}

func indexes(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// checkSpells: spells follow each other without a gap from the opening on, and on
// the days of files they say what was so.
func checkSpells[T comparable](t *rapid.T, o register.Organisation, spells []register.Spell[T], truth []turn[T], days []time.Time) {
	if len(spells) == 0 || !spells[0].From.Equal(o.Opened) {
		t.Fatalf("%s: %+v", o.Code, spells)
	}
	for i, s := range spells {
		last := i == len(spells)-1
		switch {
		case !last && (!s.To.Equal(spells[i+1].From) || !s.To.After(s.From) || s.Value == spells[i+1].Value):
			t.Fatalf("%s: spells %+v and %+v", o.Code, s, spells[i+1])
		case last && o.Closed.IsZero() != s.To.IsZero():
			t.Fatalf("%s: the last spell is %+v, closed %v", o.Code, s, o.Closed)
		}
	}
	for _, d := range days {
		if o.Opened.After(d) || !o.Closed.IsZero() && !d.Before(o.Closed) {
			continue
		}
		for _, s := range spells {
			if want := at(truth, d, time.Time{}); s.HeldOn(d) && s.Value != want {
				t.Fatalf("%s on %v: %v, want %v", o.Code, d, s.Value, want)
			}
		}
	}
}

// TestOrderOfLinesDoesNotMatter: a file says the same whatever stands first.
func TestOrderOfLinesDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t)
		first, second := drawDay(t, "first"), drawDay(t, "second")
		known := put(t, register.Known{}, w.file(first), first)
		f := w.file(second)
		a, err := register.Diff(known, f, nil, second, today)
		if err != nil {
			t.Fatal(err)
		}
		mixed := slices.Clone(f.Trusts)
		rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		b, err := register.Diff(known, register.TrustFile{Trusts: mixed}, nil, second, today)
		if err != nil || !reflect.DeepEqual(a, b) {
			t.Fatalf("%+v\n%+v\n%v", a, b, err)
		}
	})
}

// TestDifferenceTellsEveryChange: one of each.
func TestDifferenceTellsEveryChange(t *testing.T) {
	t.Parallel()
	before := read(t,
		line("R9A", "ALPHA NHS TRUST", "Y61", "QH8", "19910401", ""), line("R9B", "BETA NHS TRUST", "Y61", "QH8", "19910401", ""),
		line("R9C", "GAMMA NHS TRUST", "Y61", "QH8", "19910401", "20200331"), line("R9D", "DELTA NHS TRUST", "Y61", "QH8", "19910401", "20200331"),
		line("R9E", "EPSILON NHS TRUST", "Y61", "QH8", "19910401", ""))
	after := read(t,
		line("R9A", "ALPHA UNIVERSITY NHS TRUST", "Y61", "D7T5G", "19910401", ""), line("R9B", "BETA NHS TRUST", "Y61", "QH8", "19910401", "20250331"),
		line("R9C", "GAMMA NHS TRUST", "Y61", "QH8", "19910401", ""), line("R9D", "DELTA NHS TRUST", "Y61", "QH8", "19910402", "20200330"),
		line("D3M0X", "ZETA NHS TRUST", "Y99", "X1X1X", "20250401", ""))
	first, err := register.Diff(register.Known{}, before, nil, register.Date(2022, 3, 17), today)
	if err != nil || len(first.New) != 5 || len(first.Missing) != 0 || len(first.Orphans) != 2 {
		t.Fatalf("%+v, %v", first, err)
	}
	known := first.Apply(register.Known{})
	p, err := register.Diff(known, after, &register.SuccessorFile{Successors: []register.Successor{{From: "R9B", To: "D3M0X", On: register.Date(2025, 4, 1)}}}, register.Date(2026, 7, 8), today)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.New) != 1 || p.New[0].Code != "D3M0X" || len(p.Closed) != 1 || p.Closed[0].Code != "R9B" || len(p.Reopened) != 1 || p.Reopened[0].Code != "R9C" ||
		len(p.Corrected) != 1 || p.Corrected[0].Code != "R9D" || len(p.Missing) != 1 || p.Missing[0].Code != "R9E" || len(p.Orphans) != 1 || !slices.Equal(p.Strange, []string{"X1X1X", "Y99"}) {
		t.Errorf("%+v", p)
	}
	if c := p.Renamed; len(c) != 1 || c[0].Old != "ALPHA NHS TRUST" || !c[0].On.Equal(register.Date(2026, 7, 8)) || !c[0].After.Equal(register.Date(2022, 3, 17)) {
		t.Errorf("renamed %+v", c)
	}
	if c := p.Moved; len(c) != 1 || c[0].New.ICB != "D7T5G" || !c[0].On.Equal(register.Date(2026, 4, 1)) || !c[0].After.IsZero() {
		t.Errorf("moved %+v", c)
	}
	if f := p.Followed; len(f) != 1 || f[0].Kind != register.Rename || f[0].Source != register.ODS {
		t.Errorf("followed %+v", f)
	}
	if _, err := register.Diff(known, after, nil, today.AddDate(0, 0, 1), today); !errors.Is(err, register.ErrFuture) {
		t.Errorf("as at tomorrow: %v", err)
	}
	if o := p.Apply(known).Organisations["R9E"]; !o.Closed.IsZero() || len(o.Names) != 1 {
		t.Errorf("what the file leaves out became %+v", o)
	}
	same, _ := p.Digest()
	p.Refused = append(p.Refused, register.Refusal{})
	if again, _ := p.Digest(); again != same {
		t.Error("a refused line makes another plan")
	}
	p.Renamed[0].New = "OTHER"
	if other, _ := p.Digest(); other == same {
		t.Error("two plans have one digest")
	}
}

// TestTraceGoesRoundNoCircle: whatever successions there are, each is told once.
func TestTraceGoesRoundNoCircle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := rapid.SampledFrom([]string{"RAA", "RAB", "RAC", "RAD"})
		all := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) register.Succession {
			return register.Succession{From: code.Draw(t, "from"), To: code.Draw(t, "to"), On: drawDay(t, "on"), Kind: register.Split}
		}), 0, 8, func(s register.Succession) string { return s.From + s.To }).Draw(t, "successions")
		l := register.Trace("RAA", all)
		for _, steps := range [][]register.Step{l.Before, l.After} {
			seen := map[string]bool{}
			for _, s := range steps {
				if seen[s.From+s.To] || s.Depth < 1 {
					t.Fatalf("%+v", steps)
				}
				seen[s.From+s.To] = true
			}
		}
		l.Heirs()
	})
}

func TestOwnTablesAreWhole(t *testing.T) {
	t.Parallel()
	own, err := register.Own()
	if err != nil {
		t.Fatal(err)
	}
	regions := map[string]bool{}
	for _, r := range own.Regions {
		regions[r.Code] = true
	}
	open := 0
	for _, b := range own.ICBs {
		if !regions[b.Region] {
			t.Errorf("%s lies in %q", b.Code, b.Region)
		}
		if b.Closed.IsZero() {
			open++
		}
	}
	if len(own.ICBs) != 48 || open != 36 {
		t.Errorf("%d boards, %d open, want 48 and 36", len(own.ICBs), open)
	}
	if len(own.Types) < 250 || len(own.Types["RWW"]) != 2 {
		t.Errorf("%d trusts have a type; RWW has %v", len(own.Types), own.Types["RWW"])
	}
}
