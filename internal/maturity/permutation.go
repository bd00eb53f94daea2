package maturity

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// maxRelabellings is up to how many ways of handing out side labels are all
// gone through: enough for any 20 people.
const maxRelabellings = 200_000

// PermutationP is the two-sided chance, 0 to 1, that two groups differ in their
// mean by at least as much as a and b do, if it were chance who is in which
// group. Up to 200,000 ways of forming the groups it tries them all; beyond
// that it takes the normal distribution, with the exact variance, that the
// difference then all but follows. NaN when a group is empty.
func PermutationP(a, b []float64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return math.NaN()
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	all := append(append(make([]float64, 0, len(a)+len(b)), a...), b...)
	observed := math.Abs(stat.Mean(a, nil) - stat.Mean(b, nil))
	if ways := binomial(len(all), len(a)); ways <= maxRelabellings {
		r := relabelling{values: all, size: len(a), observed: observed - tiny}
		for _, x := range all {
			r.total += x
		}
		r.choose(0, len(a), 0)
		return float64(r.atLeast) / ways
	}
	return normalP(all, len(a), observed)
}

func binomial(n, k int) float64 {
	ways := 1.0
	for i := range k {
		ways = ways * float64(n-i) / float64(i+1)
	}
	return math.Round(ways)
}

// relabelling goes through every group of a size and counts those whose mean
// lies at least as far from the rest's as observed.
type relabelling struct {
	values   []float64
	size     int
	total    float64
	observed float64
	atLeast  int
}

// choose picks the members still missing from the values at from and after.
func (r *relabelling) choose(from, missing int, sum float64) {
	if missing > 1 {
		for i := from; i <= len(r.values)-missing; i++ {
			r.choose(i+1, missing-1, sum+r.values[i])
		}
		return
	}
	rest := float64(len(r.values) - r.size)
	// |s/k − (total − s)/rest| ≥ observed, solved for s.
	scale := 1/float64(r.size) + 1/rest
	middle, reach := r.total/rest/scale, r.observed/scale
	for _, x := range r.values[from:] {
		if d := sum + x - middle; d >= reach || -d >= reach {
			r.atLeast++
		}
	}
}

func normalP(all []float64, size int, observed float64) float64 {
	n, k := float64(len(all)), float64(size)
	deviation := math.Sqrt(n / (k * (n - k)) * stat.Variance(all, nil))
	if deviation == 0 {
		return 1
	}
	return 2 * distuv.UnitNormal.Survival(observed/deviation)
}
