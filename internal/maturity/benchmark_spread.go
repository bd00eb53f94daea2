package maturity

import (
	"math"

	"octant/internal/questionnaire"
)

// scoreCounts counts published scores: they have one decimal, so that as many places
// as there are tenths from 1 to 5 hold any number of trusts.
type scoreCounts [questionnaire.Levels*10 - 10 + 1]int32

// slot is the place of a published score.
func slot(score float64) int {
	return min(len(scoreCounts{})-1, max(0, int(math.Round(score*10))-10))
}

func (t *scoreCounts) n() int {
	n := 0
	for _, k := range t {
		n += int(k)
	}
	return n
}

// at is the i-th lowest score, from nought.
func (t *scoreCounts) at(i int) float64 {
	for place, k := range t {
		if i -= int(k); i < 0 {
			return float64(place+10) / 10
		}
	}
	return questionnaire.Levels
}

// quantile is definition 7 of Hyndman and Fan, The American Statistician 50
// (1996) 361: the one that R and spreadsheets take unless told otherwise.
func (t *scoreCounts) quantile(p float64) float64 {
	place := p * float64(t.n()-1)
	below := math.Floor(place)
	low := t.at(int(below))
	if place == below {
		return low
	}
	return low + (place-below)*(t.at(int(below)+1)-low)
}

// quartiles are the three, unrounded.
func (t *scoreCounts) quartiles() [3]float64 {
	return [3]float64{t.quantile(0.25), t.quantile(0.5), t.quantile(0.75)}
}

// shift is how far a quartile moves at most when one trust is left out.
func (t *scoreCounts) shift() float64 {
	all, most := t.quartiles(), 0.0
	for place, k := range t {
		if k == 0 {
			continue
		}
		t[place]--
		for i, q := range t.quartiles() {
			most = max(most, math.Abs(q-all[i]))
		}
		t[place]++
	}
	return most
}

// spread gathers the moments of trusts one after the other, for [ICC] of their
// people. Means are added about the first, so that little is lost.
type spread struct {
	trusts             int
	people             int
	first              float64
	sum, squares, with float64
}

func (s *spread) add(m Moment) {
	if s.trusts == 0 {
		s.first = m.Mean
	}
	n, d := float64(m.N), m.Mean-s.first
	s.trusts++
	s.people += m.N
	s.sum += n * d
	s.squares += n * d * d
	s.with += (n - 1) * m.Variance
}

// icc is ICC(1) and ICC(2) as [ICC] has them. ok is false where they cannot be
// worked out: fewer than two trusts, or nothing that differs at all.
func (s *spread) icc() (single, mean float64, ok bool) {
	if s.trusts < 2 || s.people <= s.trusts {
		return 0, 0, false
	}
	all := float64(s.people)
	between := s.squares - s.sum*s.sum/all
	msb := between / float64(s.trusts-1)
	msw := s.with / float64(s.people-s.trusts)
	if msb <= 0 {
		return 0, 0, msw > 0
	}
	k := all / float64(s.trusts)
	return (msb - msw) / (msb + (k-1)*msw), (msb - msw) / msb, true
}

// told is a reliability as it is published: rounded down, so that it never says
// 0.70 of one that is less, and not below nought.
func told(icc float64) float64 { return max(0, math.Floor(icc*100+tiny)/100) }
