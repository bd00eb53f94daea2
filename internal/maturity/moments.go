package maturity

import (
	"gonum.org/v1/gonum/stat"

	"octant/internal/questionnaire"
)

// Moment is how people's own means in one element lie: how many there are, their
// mean and their n − 1 variance. It is unrounded and never shown. From the moments
// of many trusts ICC(1) and ICC(2) are worked out.
type Moment struct {
	Element  string
	N        int
	Mean     float64
	Variance float64
}

// Moments gives those of every element in which enough people have a mean of their
// own over the questions that are scored.
func Moments(in Input) []Moment {
	t := count(in)
	var all []Moment
	for i := range t.version.Elements {
		e := &t.version.Elements[i]
		var shown []int
		for _, p := range t.questions(e) {
			if t.items[p].counts.N() >= MinShown {
				shown = append(shown, p)
			}
		}
		if means := t.personMeans(shown); len(means) >= MinShown {
			mean, variance := stat.MeanVariance(means, nil)
			all = append(all, Moment{Element: e.Key, N: len(means), Mean: min(questionnaire.Levels, max(1, mean)), Variance: variance})
		}
	}
	return all
}
