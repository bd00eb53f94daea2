package maturity_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

var editionDay = time.Date(2026, time.October, 1, 9, 0, 0, 0, time.UTC)

// entrant is a trust whose elements all have one score.
func entrant(ods, round string, score float64, in ...string) maturity.Entrant {
	e := maturity.Entrant{ODS: ods, Round: round, Questionnaire: questionnaire.Latest(), Form: string(questionnaire.Core)}
	for i, to := range []*maturity.Category{&e.Type, &e.Region, &e.ICB} {
		if i < len(in) && in[i] != "" {
			*to = maturity.Category{Code: in[i], Name: "Name of " + in[i]}
		}
	}
	for key := 1; key <= 8; key++ {
		figure := maturity.Figure{Score: new(score), Low: new(score), High: new(score)}
		e.Elements = append(e.Elements, maturity.Element{Key: fmt.Sprint(key), Figure: figure})
		e.Moments = append(e.Moments, maturity.Moment{Element: fmt.Sprint(key), N: 12, Mean: score, Variance: 0.3})
	}
	return e
}

func edition(t interface{ Fatal(args ...any) }, number int, past []maturity.Past, entrants ...maturity.Entrant) maturity.Past {
	c := maturity.NewCensus(maturity.Window{From: editionDay.AddDate(-2, 0, 0), To: editionDay}, past, maturity.Known{})
	for _, e := range entrants {
		c.Add(e)
	}
	made, basis, err := c.Edition(number, editionDay)
	if err != nil {
		t.Fatal(err)
	}
	return maturity.Past{Edition: made, Basis: basis}
}

// band is one group's band of the first element, in the only part.
func band(t interface{ Fatal(args ...any) }, p maturity.Past, kind maturity.GroupKind, code string) maturity.Band {
	if len(p.Edition.Parts) != 1 {
		t.Fatal("parts:", len(p.Edition.Parts))
	}
	found, _ := p.Edition.Parts[0].Group(maturity.GroupKey{Kind: kind, Code: code})
	return found.Band("1")
}

func spreadOut(n int, in ...string) []maturity.Entrant {
	var all []maturity.Entrant
	for i := range n {
		all = append(all, entrant(fmt.Sprintf("RX%02d", i), fmt.Sprintf("r%d", i), 2+float64(i%9)/5, in...))
	}
	return all
}

// TestQuartiles: R says of 1:10 that its quartiles are 3.25, 5.5 and 7.75; these
// are the same in scoreCounts from 2.0.
func TestQuartiles(t *testing.T) {
	t.Parallel()
	var all []maturity.Entrant
	for i := range 10 {
		all = append(all, entrant(fmt.Sprintf("T%02d", i), "r", 1+float64(i)*0.4))
	}
	b := band(t, edition(t, 1, nil, all...), maturity.AllTrusts, "")
	if !b.Shown() || *b.Low != 1.9 || *b.Middle != 2.8 || *b.High != 3.7 || *b.Trusts != 10 {
		t.Errorf("%+v: %v %v %v", b, *b.Low, *b.Middle, *b.High)
	}
}

// naive is definition 7 on a sorted list.
func naive(x []float64, p float64) float64 {
	at := p * float64(len(x)-1)
	low := int(at)
	if low+1 == len(x) {
		return x[low]
	}
	return x[low] + (at-float64(low))*(x[low+1]-x[low])
}

func tenthOf(x float64) float64 { return math.Floor(x*10+0.5+1e-9) / 10 }

// TestBandsHoldTheirRules: whatever is shown is right, is made of enough trusts,
// moves by no more than it may when any one is left out, and stands beside
// reliable scores; whatever is not has a reason that is true.
func TestBandsHoldTheirRules(t *testing.T) {
	t.Parallel()
	shown := 0
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(6, 30).Draw(t, "trusts")
		noise := rapid.Float64Range(0.05, 2.5).Draw(t, "variance")
		var all []maturity.Entrant
		var scores []float64
		var raw [][]float64
		for i := range n {
			s := float64(rapid.IntRange(10, 50).Draw(t, "score")) / 10
			e := entrant(fmt.Sprintf("T%02d", i), "r", s)
			half := math.Sqrt(noise * 11 / 12)
			var people []float64
			for p := range 12 {
				people = append(people, s+half*float64(1-2*(p%2)))
			}
			for k := range e.Moments {
				e.Moments[k].Variance = noise
			}
			all, scores, raw = append(all, e), append(scores, s), append(raw, people)
		}
		single, mean := maturity.ICC(raw)
		slices.Sort(scores)
		moved := 0.0
		for i := range scores {
			without := slices.Delete(slices.Clone(scores), i, i+1)
			for _, p := range []float64{0.25, 0.5, 0.75} {
				moved = max(moved, math.Abs(naive(without, p)-naive(scores, p)))
			}
		}
		past := edition(t, 1, nil, all...)
		r := past.Edition.Parts[0].Reliability[0]
		if slices.Max(scores) > slices.Min(scores) && math.Abs(*r.ICC2-max(0, math.Floor(mean*100+1e-9)/100)) > 0.0101 ||
			math.Abs(*r.ICC1-max(0, single)) > 0.0101 || *r.Trusts != n || *r.People != 12 {
			t.Fatalf("reliability %v %v, want %v %v", *r.ICC1, *r.ICC2, single, mean)
		}
		b := band(t, past, maturity.AllTrusts, "")
		want := maturity.Reason("")
		switch {
		case mean < maturity.MinICC2 || math.IsNaN(mean):
			want = maturity.AlikeTrusts
		case moved > maturity.MaxShift+1e-9:
			want = maturity.OneTrust
		}
		if b.Hidden != want && math.Abs(mean-maturity.MinICC2) > 1e-6 {
			t.Fatalf("hidden %q, want %q (ICC(2) %v, moved %v)", b.Hidden, want, mean, moved)
		}
		if b.Hidden != "" {
			if b.Low != nil || b.Middle != nil || b.High != nil || b.Trusts != nil {
				t.Fatalf("a hidden band has values: %+v", b)
			}
			return
		}
		shown++
		if *b.Low != tenthOf(naive(scores, 0.25)) || *b.Middle != tenthOf(naive(scores, 0.5)) || *b.High != tenthOf(naive(scores, 0.75)) {
			t.Fatalf("%v %v %v of %v", *b.Low, *b.Middle, *b.High, scores)
		}
	})
	if shown == 0 {
		t.Error("no band was ever shown")
	}
}

func TestOneTrustThatMovesABandHidesIt(t *testing.T) {
	t.Parallel()
	var all []maturity.Entrant
	for i, s := range []float64{2, 2, 2, 4, 4, 4, 4} {
		all = append(all, entrant(fmt.Sprintf("T%02d", i), "r", s))
	}
	if b := band(t, edition(t, 1, nil, all...), maturity.AllTrusts, ""); b.Hidden != maturity.OneTrust {
		t.Errorf("hidden %q", b.Hidden)
	}
}

func TestTooFewTrusts(t *testing.T) {
	t.Parallel()
	c := maturity.NewCensus(maturity.Window{}, nil, maturity.Known{Public: []string{"P0", "P1", "P2"}})
	for _, e := range spreadOut(5) {
		c.Add(e)
	}
	if _, _, err := c.Edition(1, editionDay); !errors.Is(err, maturity.ErrTooFewTrusts) {
		t.Errorf("five trusts: %v", err)
	}
	for i := range 3 { // more, but none of them unknown to anybody
		c.Add(entrant(fmt.Sprintf("P%d", i), "r", 3))
	}
	if _, _, err := c.Edition(1, editionDay); !errors.Is(err, maturity.ErrTooFewTrusts) {
		t.Errorf("five trusts and three public ones: %v", err)
	}
}

// TestFormsAreNotMixed: six of each form make two parts, and no more together.
func TestFormsAreNotMixed(t *testing.T) {
	t.Parallel()
	all := spreadOut(12)
	for i := range all {
		if i%2 == 0 {
			all[i].Form = string(questionnaire.Full)
		}
	}
	made := edition(t, 1, nil, all...).Edition
	if len(made.Parts) != 2 {
		t.Fatalf("%d parts", len(made.Parts))
	}
	for _, p := range made.Parts {
		if *p.Reliability[0].Trusts != 6 {
			t.Errorf("%s: %d trusts", p.Form, *p.Reliability[0].Trusts)
		}
	}
}

// TestTheLastOfAKindGivesWay: two of three regions can be shown, but not with
// all trusts beside them if the third holds three.
func TestTheLastOfAKindGivesWay(t *testing.T) {
	t.Parallel()
	all := spreadOut(25)
	for i := range all {
		region := "Y3"
		if i < 12 {
			region = "Y1"
		} else if i < 22 {
			region = "Y2"
		}
		all[i].Region = maturity.Category{Code: region, Name: region}
	}
	p := edition(t, 1, nil, all...)
	for code, want := range map[string]maturity.Reason{"Y1": "", "Y2": maturity.NearAnother, "Y3": maturity.TooFewTrusts} {
		if b := band(t, p, maturity.SameArea, code); b.Hidden != want {
			t.Errorf("%s: hidden %q, want %q", code, b.Hidden, want)
		}
	}
}

// TestOneMoreTrustIsNotPublishedAgain: the next edition does not show a group to
// which one trust came; with six new rounds it does.
func TestOneMoreTrustIsNotPublishedAgain(t *testing.T) {
	t.Parallel()
	all := spreadOut(20)
	first := edition(t, 1, nil, all...)
	c := maturity.NewCensus(maturity.Window{}, []maturity.Past{first}, maturity.Known{})
	for _, e := range append(slices.Clone(all), entrant("NEW", "r", 5)) {
		c.Add(e)
	}
	if _, _, err := c.Edition(2, editionDay); !errors.Is(err, maturity.ErrNothingNew) {
		t.Fatalf("one more trust: %v", err)
	}
	next := slices.Clone(all)
	for i := range 6 {
		next[i] = entrant(next[i].ODS, "later", 2.2+float64(i)/5)
	}
	if b := band(t, edition(t, 2, []maturity.Past{first}, next...), maturity.AllTrusts, ""); !b.Shown() {
		t.Errorf("six new rounds: %q", b.Hidden)
	}
}

// TestEditionNamesNobody: neither a code nor a round of any trust stands in it.
func TestEditionNamesNobody(t *testing.T) {
	t.Parallel()
	p := edition(t, 1, nil, spreadOut(20, "Acute", "Y56", "QXX")...)
	document, digest, err := maturity.FreezeEdition(p.Edition)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Basis.Counted {
		if strings.Contains(string(document), c.ODS) || strings.Contains(string(document), `"`+c.Round+`"`) {
			t.Errorf("%s stands in the edition", c.ODS)
		}
	}
	again, err := maturity.ThawEdition(document)
	if err != nil {
		t.Fatal(err)
	}
	if _, twice, err := maturity.FreezeEdition(again); err != nil || twice != digest {
		t.Errorf("frozen again it is another: %v", err)
	}
	if _, err := maturity.ThawEdition([]byte(`{"schema":2}`)); !errors.Is(err, maturity.ErrSchema) {
		t.Errorf("another schema: %v", err)
	}
}

func TestFallBackToAWiderGroup(t *testing.T) {
	t.Parallel()
	all := spreadOut(24)
	for i := range all {
		all[i].ICB = maturity.Category{Code: fmt.Sprintf("Q%02d", i/4), Name: "Board"}
		all[i].Region = maturity.Category{Code: fmt.Sprintf("Y%d", i/12), Name: "Region"}
	}
	part := edition(t, 1, nil, all...).Edition.Parts[0]
	keys := []maturity.GroupKey{{Kind: maturity.SameBoard, Code: "Q00"}, {Kind: maturity.SameArea, Code: "Y0"}, {Kind: maturity.AllTrusts}}
	if b, key := part.Find("1", keys); !b.Shown() || key.Kind != maturity.SameArea || *b.Trusts != 12 {
		t.Errorf("fell back to %v: %+v", key, b)
	}
	if b, key := part.Find("1", keys[:1]); b.Hidden != maturity.TooFewTrusts || key != keys[0] {
		t.Errorf("nothing wider: %v, %+v", key, b)
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	b := maturity.Band{Element: "1", Low: new(2.5), Middle: new(3.0), High: new(3.5), Trusts: new(9)}
	for _, c := range []struct {
		low, high float64
		want      maturity.Standing
	}{
		{1.5, 2.4, maturity.BelowBand},
		{1.5, 2.5, maturity.TooClose},
		{2.5, 3.5, maturity.InBand},
		{2.8, 3.0, maturity.InBand},
		{2.4, 3.0, maturity.TooClose},
		{2.0, 4.0, maturity.TooClose},
		{3.4, 3.9, maturity.TooClose},
		{3.6, 4.4, maturity.AboveBand},
	} {
		if got := maturity.Place(c.low, c.high, b); got != c.want || got.Words() == "" {
			t.Errorf("%v to %v: %q, want %q", c.low, c.high, got, c.want)
		}
	}
	if got := maturity.Place(1, 2, maturity.Band{Hidden: maturity.TooFewTrusts}); got != "" {
		t.Errorf("beside a hidden band: %q", got)
	}
}

// TestDrawnIsWiderThanTheReports: it takes no account of who was not asked, so
// that it is never narrower than the report's own interval, and never a point.
func TestDrawnIsWiderThanTheReports(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		b := drawBoard(t, v, 5, 18)
		for _, e := range maturity.Hide(b.input()).Elements {
			low, high, ok := e.Drawn()
			if ok != (e.Score != nil) {
				t.Fatalf("element %s: interval %v, score %v", e.Key, ok, e.Score)
			}
			if ok && (low > *e.Low+1e-9 || high < *e.High-1e-9 || low >= high) {
				t.Fatalf("element %s: %v to %v, report %v to %v", e.Key, low, high, *e.Low, *e.High)
			}
		}
	})
}
