package maturity_test

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"octant/internal/maturity"
)

// oracles are published and recomputed figures to test the statistics with.
type oracles struct {
	A struct {
		Cases []struct {
			Freq       []int
			A          float64
			Recomputed *float64
		}
	} `json:"van_der_eijk_A"`
	ICC struct {
		Data       [][]float64
		Recomputed struct{ ICC1, ICC1k, ICC3k float64 }
	} `json:"icc_shrout_fleiss"`
	Rwg struct {
		RELIG     maturity.Counts            `json:"RELIG_freq_1to5"`
		RwgRELIG  float64                    `json:"rwg_RELIG"`
		ItemsFreq map[string]maturity.Counts `json:"items_freq_1to5"`
		ADMean    float64                    `json:"AD_mean"`
		ADMedian  float64                    `json:"AD_median"`
		RwgJ      float64                    `json:"rwg_j"`
		RStar     float64                    `json:"r_star_wg_lindell"`
	} `json:"rwg_and_AD"`
	Wilson struct {
		Cases []struct {
			X, N   int
			Lo, Hi float64
		}
	} `json:"wilson_interval"`
	Finite []struct {
		Population int `json:"N"`
		Size       int `json:"n"`
		S, Margin  float64
	} `json:"finite_population"`
	Paired struct {
		Round1, Round2 []float64
		Welch          struct{ P float64 }
		SignFlip       float64 `json:"sign_flip_exact_p"`
	} `json:"paired_vs_unpaired"`
	Hand []struct {
		Ratings  []int
		Mean, SD float64
		Rwg      float64
		ADMean   float64  `json:"AD_mean"`
		ADMedian *float64 `json:"AD_median"`
		A        float64
	} `json:"hand_checks"`
}

func readOracles(t *testing.T) oracles {
	t.Helper()
	data, err := os.ReadFile("testdata/oracles.json")
	if err != nil {
		t.Fatal(err)
	}
	var o oracles
	if err := json.Unmarshal(data, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func countsOf(ratings []int) maturity.Counts {
	var c maturity.Counts
	for _, r := range ratings {
		c[r-1]++
	}
	return c
}

func TestAgreementMatchesPublishedValues(t *testing.T) {
	t.Parallel()
	for _, c := range readOracles(t).A.Cases {
		want := c.A
		if c.Recomputed != nil {
			want = *c.Recomputed
		}
		near(t, "A", maturity.Agreement(c.Freq), want, 1e-6)
	}
	near(t, "six at 2 and six at 4", maturity.Agreement([]int{0, 6, 0, 6, 0}), 1.0/6, 1e-9)
}

func TestRwgAndDeviationsMatchPublishedValues(t *testing.T) {
	t.Parallel()
	o := readOracles(t).Rwg
	near(t, "rwg", maturity.Rwg(o.RELIG), o.RwgRELIG, 1e-8)
	var items []maturity.Counts
	mean, median := 0.0, 0.0
	for _, c := range o.ItemsFreq {
		items = append(items, c)
		mean += c.AverageDeviation() / float64(len(o.ItemsFreq))
		median += c.MedianDeviation() / float64(len(o.ItemsFreq))
	}
	near(t, "AD about the mean", mean, o.ADMean, 1e-7)
	near(t, "AD about the median", median, o.ADMedian, 1e-7)
	near(t, "rwg(j)", maturity.RwgJ(items), o.RwgJ, 1e-7)
	near(t, "r*wg", maturity.RStarWg(items), o.RStar, 1e-7)
}

func TestICCMatchesShroutAndFleiss(t *testing.T) {
	t.Parallel()
	o := readOracles(t).ICC
	single, mean := maturity.ICC(o.Data)
	near(t, "ICC(1)", single, o.Recomputed.ICC1, 1e-7)
	near(t, "ICC(2)", mean, o.Recomputed.ICC1k, 1e-7)
	near(t, "step-up", maturity.StepUp(single, 4), mean, 1e-12)
	near(t, "alpha", maturity.Alpha(o.Data), o.Recomputed.ICC3k, 1e-7)
}

func TestStepUpMatchesTheMethodsTable(t *testing.T) {
	t.Parallel()
	near(t, "0.10, 12", maturity.StepUp(0.10, 12), 0.57, 0.005)
	near(t, "0.20, 6", maturity.StepUp(0.20, 6), 0.60, 0.005)
	near(t, "0.05, 15", maturity.StepUp(0.05, 15), 0.44, 0.005)
}

func TestWilsonMatchesNewcombe(t *testing.T) {
	t.Parallel()
	for _, c := range readOracles(t).Wilson.Cases {
		low, high := maturity.Wilson(c.X, c.N)
		near(t, "low", low, c.Lo, 5e-5)
		near(t, "high", high, c.Hi, 5e-5)
	}
}

// The source corrects by √((N−n)/(N−1)); ours by √(1−n/N).
func TestMarginMatchesTheTextbookUpToItsConvention(t *testing.T) {
	t.Parallel()
	for _, c := range readOracles(t).Finite {
		n, all := float64(c.Size), float64(c.Population)
		theirs := maturity.Margin(c.S, c.Size, c.Population) * math.Sqrt((all-n)/(all-1)) / math.Sqrt(1-n/all)
		near(t, "margin", theirs, c.Margin, 0.001)
	}
	near(t, "everyone answered", maturity.Margin(1, 12, 12), 0, 0)
}

func TestHandChecks(t *testing.T) {
	t.Parallel()
	for _, h := range readOracles(t).Hand {
		c := countsOf(h.Ratings)
		near(t, "mean", c.Mean(), h.Mean, 1e-9)
		near(t, "sd", math.Sqrt(c.Variance()), h.SD, 5e-5)
		near(t, "rwg", maturity.Rwg(c), h.Rwg, 5e-5)
		near(t, "AD", c.AverageDeviation(), h.ADMean, 1e-9)
		near(t, "A", maturity.Agreement(c[:]), h.A, 1e-9)
		if h.ADMedian != nil {
			near(t, "AD about the median", c.MedianDeviation(), *h.ADMedian, 1e-9)
		}
	}
}

func TestRwgJRisesWithTheNumberOfItems(t *testing.T) {
	t.Parallel()
	half := maturity.Counts{0, 0, 0, 4, 4} // variance 2/7
	m := half.Variance() / 2
	for _, j := range []int{1, 5, 10} {
		want := float64(j) * (1 - m) / (float64(j)*(1-m) + m)
		near(t, "rwg(j)", maturity.RwgJ(slices.Repeat([]maturity.Counts{half}, j)), want, 1e-12)
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		counts maturity.Counts
		want   maturity.Label
	}{
		{maturity.Counts{}, ""},
		{maturity.Counts{0, 0, 0, 9, 0}, maturity.Close},
		{maturity.Counts{0, 0, 5, 5, 0}, maturity.Close}, // 0.5 exactly
		{maturity.Counts{0, 2, 5, 4, 1}, maturity.Fair},
		{maturity.Counts{5, 0, 0, 0, 1}, maturity.Wide},  // one far away is no camp
		{maturity.Counts{0, 6, 0, 6, 0}, maturity.Split}, // A = 0.17
		{maturity.Counts{5, 0, 0, 0, 5}, maturity.Split},
		{maturity.Counts{2, 2, 2, 2, 2}, maturity.Split}, // A = 0
	} {
		if got := maturity.LabelOf(c.counts); got != c.want {
			t.Errorf("%v: %q, want %q", c.counts, got, c.want)
		}
	}
}

func TestLevelBands(t *testing.T) {
	t.Parallel()
	for score, want := range map[float64]int{1: 1, 1.79: 1, 1.8: 2, 2.59: 2, 2.6: 3, 3.39: 3, 3.4: 4, 4.19: 4, 4.2: 5, 5: 5} {
		if got := maturity.LevelOf(score); got != want {
			t.Errorf("LevelOf(%v) = %d, want %d", score, got, want)
		}
	}
}

func drawCounts(t *rapid.T, most int) maturity.Counts {
	var c maturity.Counts
	for i := range c {
		c[i] = rapid.IntRange(0, most).Draw(t, "count")
	}
	if c.N() == 0 {
		c[rapid.IntRange(0, 4).Draw(t, "level")] = 1
	}
	return c
}

func ratingsOf(c maturity.Counts) []float64 {
	var all []float64
	for i, n := range c {
		all = append(all, slices.Repeat([]float64{float64(i + 1)}, n)...)
	}
	return all
}

func TestStatisticsAgreeWithGonum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := drawCounts(t, 6)
		all := ratingsOf(c)
		same := func(what string, a, b float64) {
			if math.Abs(a-b) > 1e-9 {
				t.Fatalf("%s: %v and %v for %v", what, a, b, c)
			}
		}
		same("mean", c.Mean(), stat.Mean(all, nil))
		if len(all) > 1 {
			same("variance", c.Variance(), stat.Variance(all, nil))
		}
		deviation := 0.0
		for _, x := range all {
			deviation += math.Abs(x-stat.Mean(all, nil)) / float64(len(all))
		}
		same("AD", c.AverageDeviation(), deviation)
		if a := maturity.Agreement(c[:]); !(a >= -1-1e-9 && a <= 1+1e-9) {
			t.Fatalf("A = %v for %v", a, c)
		}
		mirror := c
		slices.Reverse(mirror[:])
		same("A of the mirror image", maturity.Agreement(c[:]), maturity.Agreement(mirror[:]))
	})
}

func TestPermutationMatchesTheSmallestPossible(t *testing.T) {
	t.Parallel()
	p := maturity.PermutationP([]float64{4, 4.5, 5, 4.2, 4.8}, []float64{1, 2, 1.5, 2.5, 3})
	near(t, "five above five", p, 2.0/252, 1e-12)
	near(t, "no difference", maturity.PermutationP([]float64{3, 3, 3}, []float64{3, 3}), 1, 0)
	near(t, "nobody", boolean(math.IsNaN(maturity.PermutationP(nil, []float64{1}))), 1, 0)
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// Beyond the size that is gone through, the normal distribution takes over;
// close to that size both must say much the same.
func TestPermutationIsContinuousAtItsLimit(t *testing.T) {
	t.Parallel()
	source := distuv.Normal{Mu: 3.2, Sigma: 0.6}
	values := func(n int, shift float64) []float64 {
		all := make([]float64, n)
		for i := range all {
			all[i] = source.Quantile((float64(i)+0.5)/float64(n)) + shift
		}
		return all
	}
	for _, shift := range []float64{0.1, 0.3, 0.5, 0.8} {
		exact := maturity.PermutationP(values(10, shift), values(10, 0))
		large := maturity.PermutationP(values(11, shift), values(10, 0))
		near(t, "p", exact, large, 0.05)
	}
}

func TestPermutationIgnoresOrderAndSide(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		mean := rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(4, 20).Draw(t, "quarter")) / 4 })
		a, b := rapid.SliceOfN(mean, 2, 6).Draw(t, "a"), rapid.SliceOfN(mean, 2, 6).Draw(t, "b")
		p := maturity.PermutationP(a, b)
		back := slices.Clone(a)
		slices.Reverse(back)
		if q := maturity.PermutationP(b, back); p != q || p <= 0 || p > 1 {
			t.Fatalf("%v and %v", p, q)
		}
	})
}
