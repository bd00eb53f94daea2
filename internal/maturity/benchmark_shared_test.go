package maturity_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"octant/internal/maturity"
)

// TestPeopleOnTwoBoardsLowerReliability: nobody can tell who sits on two boards, so
// that such people count in each. What they have in common makes the two boards
// more alike and not less, so that ICC errs on the side of showing no band.
func TestPeopleOnTwoBoardsLowerReliability(t *testing.T) {
	t.Parallel()
	const boards, people, runs = 40, 12, 400
	mean := func(shared int) (single, of float64) {
		rng := rand.New(rand.NewPCG(20261121, 0))
		for range runs {
			land := make([][]float64, boards)
			var leanings [people]float64
			for b := range land {
				own := rng.NormFloat64() * 0.25
				for p := range people {
					leaning := rng.NormFloat64() * 0.5
					if b%2 == 1 && p < shared {
						leaning = leanings[p]
					}
					leanings[p] = leaning
					land[b] = append(land[b], 3+own+leaning+rng.NormFloat64()*0.3)
				}
			}
			s, m := maturity.ICC(land)
			single, of = single+s/runs, of+m/runs
		}
		return single, of
	}
	single, of := mean(0)
	for _, shared := range []int{1, 3, 6} {
		s, m := mean(shared)
		t.Logf("of %d people to a board, %d sit on another too: ICC(1) %.3f, ICC(2) %.3f; nobody: %.3f, %.3f", people, shared, s, m, single, of)
		if s > single || m > of || shared == 1 && math.Abs(m-of) > 0.01 {
			t.Errorf("%d shared: ICC(1) %v and ICC(2) %v, without %v and %v", shared, s, m, single, of)
		}
	}
}
