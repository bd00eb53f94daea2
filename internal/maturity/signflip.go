package maturity

import (
	"cmp"
	"slices"
)

// SignFlipP is the exact two-sided chance, 0 to 1, that so many differences add up
// to at least as much as these do, if it were chance whether each points up or
// down: the share of the 2^m ways of setting the signs. Differences are whole
// numbers of whatever unit they have in common. Up to 52 of them the share is
// exact to the last bit, since halving is.
func SignFlipP(differences []int) float64 {
	observed, reach := 0, 0
	for _, d := range differences {
		observed += d
		reach += max(d, -d)
	}
	observed = max(observed, -observed)
	chance, next := make([]float64, 2*reach+1), make([]float64, 2*reach+1) // of each sum, from -reach on
	chance[reach] = 1
	far := 0 // how far from nought sums have come
	for _, d := range differences {
		d = max(d, -d)
		clear(next[reach-far-d : reach+far+d+1])
		for at := reach - far; at <= reach+far; at++ {
			next[at-d] += chance[at] / 2
			next[at+d] += chance[at] / 2
		}
		far += d
		chance, next = next, chance
	}
	p := 0.0
	for sum := observed; sum <= reach; sum++ {
		p += chance[reach+sum]
		if sum > 0 {
			p += chance[reach-sum]
		}
	}
	return p
}

// Holm corrects the chances of several tests made at once: each is multiplied by
// how many are no smaller, and none comes out below one that was smaller.
func Holm(chances []float64) []float64 {
	order := make([]int, len(chances))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(chances[a], chances[b]) })
	corrected, highest := make([]float64, len(chances)), 0.0
	for rank, i := range order {
		highest = max(highest, min(1, chances[i]*float64(len(chances)-rank)))
		corrected[i] = highest
	}
	return corrected
}
