package maturity

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"octant/internal/questionnaire"
)

// Counts is how many people chose each level, lowest first.
type Counts [questionnaire.Levels]int

// randomVariance is the variance of answers that fall evenly on the five
// levels, (5² − 1) / 12, which rwg and its kin compare with.
const randomVariance = (questionnaire.Levels*questionnaire.Levels - 1) / 12.0

// N is how many people there are.
func (c Counts) N() int { return c.sumOf(func(int) int { return 1 }) }

// Sum adds the levels up.
func (c Counts) Sum() int { return c.sumOf(func(level int) int { return level }) }

func (c Counts) sumOf(value func(level int) int) int {
	total := 0
	for i, n := range c {
		total += n * value(i+1)
	}
	return total
}

// Mean is the plain mean in levels, 1 to 5; NaN when nobody answered.
func (c Counts) Mean() float64 { return float64(c.Sum()) / float64(c.N()) }

// Median is the middle level, or the mean of the two in the middle; NaN when
// nobody answered.
func (c Counts) Median() float64 {
	n := c.N()
	if n == 0 {
		return math.NaN()
	}
	return float64(c.nth((n-1)/2)+c.nth(n/2)) / 2
}

// nth is the level of the person at place i when all stand in order of level.
func (c Counts) nth(i int) int {
	for level, n := range c {
		if i < n {
			return level + 1
		}
		i -= n
	}
	return questionnaire.Levels
}

// Variance is the n − 1 variance in levels squared; NaN below two people.
func (c Counts) Variance() float64 {
	n := float64(c.N())
	if n < 2 {
		return math.NaN()
	}
	mean, sum := c.Mean(), 0.0
	for i, k := range c {
		d := float64(i+1) - mean
		sum += float64(k) * d * d
	}
	return sum / (n - 1)
}

// AverageDeviation is how far people are from the mean on average, in levels,
// 0 to 2 (Burke and Dunlap, AD about the mean). NaN when nobody answered.
func (c Counts) AverageDeviation() float64 { return c.deviation(c.Mean()) }

// MedianDeviation is the same about the median.
func (c Counts) MedianDeviation() float64 { return c.deviation(c.Median()) }

func (c Counts) deviation(centre float64) float64 {
	sum := 0.0
	for i, k := range c {
		sum += float64(k) * math.Abs(float64(i+1)-centre)
	}
	return sum / float64(c.N())
}

// Agreement is van der Eijk's A for any number of ordered options (van der
// Eijk 2001): 1 when all chose the same, 0 when answers fall evenly, −1 when
// they form two opposite camps. NaN when nobody answered or there are fewer
// than three options.
func Agreement(counts []int) float64 {
	left := slices.Clone(counts)
	total := 0
	for _, n := range counts {
		total += n
	}
	if total == 0 || len(counts) < 3 {
		return math.NaN()
	}
	a := 0.0
	for remaining := total; remaining > 0; {
		layer, people := peel(left)
		a += layerAgreement(layer) * float64(people) / float64(total)
		remaining -= people
	}
	return a
}

// peel takes the largest even layer off the counts: the options that still
// have people, and as many people from each as the least of them has.
func peel(left []int) (layer []bool, people int) {
	layer = make([]bool, len(left))
	least := math.MaxInt
	for _, n := range left {
		if n > 0 {
			least = min(least, n)
		}
	}
	for i, n := range left {
		if n > 0 {
			layer[i] = true
			left[i] -= least
			people += least
		}
	}
	return layer, people
}

// layerAgreement is A of one layer, in which every chosen option weighs the same.
func layerAgreement(layer []bool) float64 {
	chosen := 0
	for _, in := range layer {
		if in {
			chosen++
		}
	}
	k := float64(len(layer))
	if chosen == 1 {
		return 1
	}
	together, apart := triples(layer)
	unimodal := 0.0
	if together+apart > 0 {
		unimodal = ((k-2)*together - (k-1)*apart) / ((k - 2) * (together + apart))
	} else {
		unimodal = 1 // every option chosen: spread, but in one block
	}
	return unimodal * (1 - float64(chosen-1)/(k-1))
}

// triples counts, among all options taken three at a time, those whose two
// chosen options stand beside each other (1-1-0, 0-1-1) and those whose chosen
// options have a gap between them (1-0-1).
func triples(layer []bool) (together, apart float64) {
	for i := range layer {
		for j := i + 1; j < len(layer); j++ {
			for k := j + 1; k < len(layer); k++ {
				switch a, b, c := layer[i], layer[j], layer[k]; {
				case a && b && !c, !a && b && c:
					together++
				case a && !b && c:
					apart++
				}
			}
		}
	}
	return together, apart
}

// LabelOf says in one word how far people agree (method 3.4).
func LabelOf(c Counts) Label {
	deviation := c.AverageDeviation()
	switch {
	case c.N() == 0:
		return ""
	case c[0]+c[1] >= 2 && c[3]+c[4] >= 2 && Agreement(c[:]) < splitBelow:
		return Split
	case deviation <= closeUpTo+tiny:
		return Close
	case deviation <= fairUpTo+tiny:
		return Fair
	}
	return Wide
}

// Where the labels change: average deviations in levels, and van der Eijk's A.
const (
	closeUpTo  = 0.5
	fairUpTo   = 0.83 // c/6 for c = 5 options, as method 3.4 rounds it
	splitBelow = 0.2
	tiny       = 1e-9
)

// Rwg compares the variance of one item with that of random answers (James,
// Demaree and Wolf): 1 when all agree, cut at 0.
func Rwg(c Counts) float64 { return max(0, 1-c.Variance()/randomVariance) }

// RwgJ is rwg for several items together. It rises with their number at the
// same spread, so no report leads with it.
func RwgJ(items []Counts) float64 {
	j, ratio := float64(len(items)), meanVariance(items)/randomVariance
	return max(0, j*(1-ratio)/(j*(1-ratio)+ratio))
}

// RStarWg is Lindell's r*wg, which does not rise with the number of items. It
// is 1 when all agree and below 0 when people differ more than by chance.
func RStarWg(items []Counts) float64 { return 1 - meanVariance(items)/randomVariance }

func meanVariance(items []Counts) float64 {
	sum := 0.0
	for _, c := range items {
		sum += c.Variance()
	}
	return sum / float64(len(items))
}

// ICC is how far groups differ: ICC(1) for one member's answer, ICC(2) for a
// group's mean, both at most 1. Groups are trusts, members their people; size
// of groups may differ, and ICC(1) takes their average size, as method 3.5 does.
func ICC(groups [][]float64) (single, mean float64) {
	var all []float64
	for _, g := range groups {
		all = append(all, g...)
	}
	grand, between, within := stat.Mean(all, nil), 0.0, 0.0
	for _, g := range groups {
		m := stat.Mean(g, nil)
		between += float64(len(g)) * (m - grand) * (m - grand)
		for _, x := range g {
			within += (x - m) * (x - m)
		}
	}
	k := float64(len(all)) / float64(len(groups))
	msb := between / float64(len(groups)-1)
	msw := within / float64(len(all)-len(groups))
	return (msb - msw) / (msb + (k-1)*msw), (msb - msw) / msb
}

// StepUp is the ICC(2) of groups of k that follows from an ICC(1).
func StepUp(single, k float64) float64 { return k * single / (1 + (k-1)*single) }

// Alpha is Cronbach's alpha, at most 1, of the columns of a table of people by
// items. It is for people pooled over many boards, never for one board.
func Alpha(rows [][]float64) float64 {
	k := len(rows[0])
	totals, items := make([]float64, len(rows)), 0.0
	for item := range k {
		column := make([]float64, len(rows))
		for i, row := range rows {
			column[i] = row[item]
			totals[i] += row[item]
		}
		items += stat.Variance(column, nil)
	}
	return float64(k) / float64(k-1) * (1 - items/stat.Variance(totals, nil))
}

// Wilson is the 95 % interval of a share of x in n, 0 to 1 (Wilson's score
// interval without continuity correction).
func Wilson(x, n int) (low, high float64) {
	z := distuv.UnitNormal.Quantile(0.975)
	size := float64(n)
	p := float64(x) / size
	centre := p + z*z/(2*size)
	reach := z * math.Sqrt(p*(1-p)/size+z*z/(4*size*size))
	scale := 1 + z*z/size
	return max(0, (centre-reach)/scale), min(1, (centre+reach)/scale)
}

// Margin is half the width, in levels, of the 95 % interval of a mean of n
// people out of population, whose n − 1 standard deviation is sd: it answers
// "would those who did not answer change this?", so it is nought when everybody
// did. Of the two corrections in use it takes √(1 − n/population).
func Margin(sd float64, n, population int) float64 {
	if n >= population {
		return 0
	}
	return reach(studentT(n), sd, n, population)
}

func reach(t, sd float64, n, population int) float64 {
	size := float64(n)
	return t * sd / math.Sqrt(size) * math.Sqrt(1-size/float64(population))
}

// studentT is the 97.5 % point of Student's t for a mean of n.
func studentT(n int) float64 {
	return distuv.StudentsT{Sigma: 1, Nu: float64(n - 1)}.Quantile(0.975)
}
