package maturity_test

import (
	"math"
	"os"
	"reflect"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

func TestSignFlipAgreesWithThePublishedExample(t *testing.T) {
	t.Parallel()
	o := readOracles(t).Paired
	var tenths []int
	for i := range o.Round1 {
		tenths = append(tenths, int(math.Round(10*(o.Round2[i]-o.Round1[i]))))
	}
	near(t, "sign-flip p", maturity.SignFlipP(tenths), o.SignFlip, 0)
}

// TestSignFlipIsTheShareOfAllSigns goes through every pattern of signs.
func TestSignFlipIsTheShareOfAllSigns(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SliceOfN(rapid.IntRange(-30, 30), 0, 12).Draw(t, "differences")
		observed := 0
		for _, x := range d {
			observed += x
		}
		atLeast := 0
		for signs := range uint(1) << len(d) {
			sum := 0
			for i, x := range d {
				sum += x * (1 - 2*int(signs>>i&1))
			}
			if max(sum, -sum) >= max(observed, -observed) {
				atLeast++
			}
		}
		want := float64(atLeast) / float64(uint(1)<<len(d))
		if got := maturity.SignFlipP(d); got != want {
			t.Fatalf("%v: %v, want %v", d, got, want)
		}
	})
}

func TestSmallestChanceOfSoManyPeople(t *testing.T) {
	t.Parallel()
	for m := 1; m <= 25; m++ {
		all := make([]int, m)
		for i := range all {
			all[i] = 1 + i%3
		}
		if got, want := maturity.SignFlipP(all), 2/float64(uint(1)<<m); m > 1 && got != want {
			t.Errorf("%d people: %v, want %v", m, got, want)
		}
	}
	// What MinReturning rests on.
	for m, can := range map[int]bool{maturity.MinReturning - 1: false, maturity.MinReturning: true} {
		if 8*2/float64(uint(1)<<m) < 0.05 != can {
			t.Errorf("%d people", m)
		}
	}
}

func TestHolmByHand(t *testing.T) {
	t.Parallel()
	got := maturity.Holm([]float64{0.01, 0.04, 0.03, 0.005})
	if want := []float64{0.03, 0.06, 0.06, 0.02}; !closeTo(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := maturity.Holm([]float64{0.6, 0.5}); !closeTo(got, []float64{1, 1}) {
		t.Errorf("%v, want no chance above 1", got)
	}
}

func closeTo(a, b []float64) bool {
	for i := range b {
		if math.Abs(a[i]-b[i]) > 1e-12 {
			return false
		}
	}
	return len(a) == len(b)
}

func TestWelchAgreesWithThePublishedExample(t *testing.T) {
	t.Parallel()
	o := readOracles(t).Paired
	difference := stat.Mean(o.Round2, nil) - stat.Mean(o.Round1, nil)
	near(t, "Welch's p", maturity.WelchP(difference, stat.StdDev(o.Round1, nil), len(o.Round1), stat.StdDev(o.Round2, nil), len(o.Round2)), o.Welch.P, 5e-6)
	if p := maturity.WelchP(0, 0, 5, 0, 5); p != 1 {
		t.Errorf("two boards without spread or difference: %v", p)
	}
}

func TestAllWhoReturnMoveUpTogether(t *testing.T) {
	t.Parallel()
	r := rounds{
		boards: [2]board{steady(t, questionnaire.Core, 12, 0), steady(t, questionnaire.Core, 12, 1)},
		names:  [2][]int{numbered(0, 12), numbered(0, 12)},
	}
	for _, e := range r.compare().Elements {
		if e.Verdict != maturity.MovedUp || !e.Paired || *e.Change != 1 || *e.Minds != 1 || *e.Members != 0 || len(e.Questions) != 3 || e.Only != nil {
			t.Errorf("%+v: %s %s %s", e, e.Words(), e.Test(), e.Shares())
		}
	}
	// The same two boards without anybody in common.
	r.names[1] = numbered(100, 12)
	for _, e := range r.compare().Elements {
		if e.Paired || e.Unpaired == "" || e.Minds != nil || e.Members != nil || e.Mixed == "" || *e.Change != 1 {
			t.Errorf("%+v: %s %s %s", e, e.Words(), e.Test(), e.Shares())
		}
	}
}

func TestTestedWithNineReturningAndNotWithEight(t *testing.T) {
	t.Parallel()
	for returning, paired := range map[int]bool{8: false, 9: true, 12: true} {
		r := rounds{
			boards: [2]board{steady(t, questionnaire.Full, 14, 0), steady(t, questionnaire.Full, 14, 1)},
			names:  [2][]int{numbered(0, 14), numbered(14-returning, 14)},
		}
		for _, e := range r.compare().Elements {
			if e.Paired != paired {
				t.Errorf("%d returning: %+v", returning, e)
			}
		}
	}
}

// TestMindsAndMembers has everybody stay of one mind while those who leave sat
// low and those who come sit high.
func TestMindsAndMembers(t *testing.T) {
	t.Parallel()
	then, now := steady(t, questionnaire.Full, 16, 1), steady(t, questionnaire.Full, 16, 1)
	then.execs, now.execs = 0, 0 // sides are not shown
	for p := range 6 {
		for q := range then.rows[p] {
			then.rows[p][q] = assessment.Choice(1 + (p+q)%2)
			now.rows[p][q] = assessment.Choice(4 + (p+q)%2)
		}
	}
	r := rounds{boards: [2]board{then, now}, names: [2][]int{numbered(0, 16), append(numbered(100, 6), numbered(6, 10)...)}}
	for _, e := range r.compare().Elements {
		if e.Minds == nil || *e.Minds != 0 || *e.Members != *e.Change || *e.Change < 1 {
			t.Errorf("%s: %v %v: %s", e.Key, *e.Change, e.Minds, e.Shares())
		}
	}
	for gone := 1; gone < maturity.MinShown; gone++ {
		r.names[1] = append(numbered(100, gone), numbered(gone, 16-gone)...)
		for _, e := range r.compare().Elements {
			if e.Minds != nil || e.Members != nil {
				t.Errorf("with %d gone minds and members are told apart: %s", gone, e.Shares())
			}
		}
	}
}

// TestChangeTellsNoMoreThanItMust reads what is frozen, value by value.
func TestChangeTellsNoMoreThanItMust(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		r := drawRounds(t, v)
		reports, change := r.follow()
		document, _, err := maturity.FreezeChange(change)
		if err != nil {
			t.Fatal(err)
		}
		thawed, err := maturity.ThawChange(document)
		if err != nil || !reflect.DeepEqual(thawed, change) {
			t.Fatalf("thawed %+v, %v, want %+v", thawed, err, change)
		}
		c := maturity.Compare(reports[0], reports[1], v, v, &change, true)
		for i, e := range change.Elements {
			if e.Minds == nil {
				continue
			}
			for _, x := range []float64{*e.Minds, *e.Members} {
				if x != math.Round(x*10)/10 {
					t.Fatalf("%v has more than one decimal", x)
				}
			}
			if math.Abs(*e.Minds+*e.Members-*c.Elements[i].Change) > 1e-9 {
				t.Fatalf("%v and %v do not add up to %v", *e.Minds, *e.Members, *c.Elements[i].Change)
			}
		}
		for _, e := range c.Elements {
			if (e.Change == nil) != (e.Hidden != "") || (e.Verdict == "") != (e.Hidden != "") ||
				e.Verdict != maturity.Unclear && e.Change != nil && math.Abs(*e.Change) < 0.3-1e-9 {
				t.Fatalf("%+v", e)
			}
		}
	})
}

// drawRounds draws two rounds of a board in which some people stay.
func drawRounds(t *rapid.T, v *questionnaire.Version) rounds {
	r := rounds{boards: [2]board{drawBoard(t, v, 4, 16), drawBoard(t, v, 4, 16)}}
	for i, b := range r.boards {
		r.names[i] = numbered(i*rapid.IntRange(0, 12).Draw(t, "gone"), len(b.rows))
	}
	return r
}

func TestScoresOfTheReportAreReadBackFromItsQuestions(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		b := drawBoard(t, v, 5, 18)
		report := maturity.Publish(b.input(), maturity.Meta{Round: maturity.Round{ID: "one"}})
		for i, e := range maturity.Compare(report, report, v, v, nil, false).Elements {
			if e.Change == nil {
				continue
			}
			if want := report.Result.Elements[i].Score; *e.Earlier != *want || *e.Later != *want || *e.Change != 0 || e.Verdict != maturity.Unclear {
				t.Fatalf("element %s reads %v and %v, the report says %v", e.Key, *e.Earlier, *e.Later, *want)
			}
		}
	})
}

func TestOnlyQuestionsInTheSameWordsAreCompared(t *testing.T) {
	t.Parallel()
	full, core := steady(t, questionnaire.Full, 12, 0), steady(t, questionnaire.Core, 12, 1)
	reports, _ := rounds{boards: [2]board{full, core}, names: [2][]int{numbered(0, 12), numbered(0, 12)}}.follow()
	other := reworded(t, "1.1")
	c := maturity.Compare(reports[0], reports[1], full.version, other, nil, true)
	for i, e := range c.Elements {
		asked := len(full.version.Elements[i].Questions)
		if len(e.Questions)+len(e.Only) != asked || e.Key != "1" && len(e.Questions) != 3 || e.Key == "1" && len(e.Questions) != 2 {
			t.Errorf("element %s: %d questions compared, %v not, of %d", e.Key, len(e.Questions), e.Only, asked)
		}
		if e.Unpaired == "" || e.Paired || *e.Change != 1 {
			t.Errorf("%+v", e)
		}
	}
	if c := maturity.Compare(reports[0], reports[1], full.version, reworded(t, "1.1", "1.2", "1.3", "1.4", "1.5", "1.6"), nil, true); c.Elements[0].Hidden == "" || c.Elements[0].Change != nil {
		t.Errorf("compared with nothing in common: %+v", c.Elements[0])
	}
}

// reworded is a version in which some questions have other words.
func reworded(t *testing.T, keys ...string) *questionnaire.Version {
	t.Helper()
	file, err := os.ReadFile("../questionnaire/content/2026-1.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(file), "2026-1", "2099-1", 1)
	for _, key := range keys {
		q, ok := version(t).Question(key)
		if !ok {
			continue
		}
		text = strings.Replace(text, q.Text, "Is "+q.Text, 1)
	}
	v, err := questionnaire.Parse("2099-1", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
