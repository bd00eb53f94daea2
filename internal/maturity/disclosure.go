package maturity

import (
	"math"

	"octant/internal/questionnaire"
)

// How much of a question is told depends on its answers alone, and on them so
// that nobody who knows their own answer can tell that all others gave the same
// one – not even by asking why so much, and no more, was shown.
type telling int

const (
	tellNothing   telling = iota // fewer than five scored answers
	tellCounts                   // people at each level
	tellBands                    // people at levels 1–2, 3 and 4–5, and the mean to the nearest half
	tellBandsOnly                // bands in which a mean would give away all but one person's answers
	tellAgreed                   // in words: all at a level or the one beside it
	tellNearly                   // in words: all but one or two at a level
)

// minCounts is the fewest scored answers whose counts at each level are shown;
// minTenths the fewest whose mean is shown to one decimal.
const (
	minCounts = 8
	minTenths = 10
)

// tellingOf decides how much is told of a question with these answers, and at
// which level its words speak.
func tellingOf(c Counts) (how telling, level int) {
	n := c.N()
	if n < MinShown {
		return tellNothing, 0
	}
	if level, ok := agreedLevel(c); ok {
		return tellAgreed, level
	}
	if level, ok := nearlyLevel(c); ok && (n >= minCounts || level == 3) {
		return tellNearly, level
	}
	if n >= minCounts {
		return tellCounts, 0
	}
	if b := bandsOf(c); b[0] == n-1 || b[2] == n-1 {
		return tellBandsOnly, 0
	}
	return tellBands, 0
}

// agreedLevel is the commonest level, the lower of two, when everybody chose
// one level or two that are neighbours.
func agreedLevel(c Counts) (level int, ok bool) {
	n := c.N()
	for i := range len(c) - 1 {
		if c[i]+c[i+1] == n {
			if c[i+1] > c[i] {
				return i + 2, true
			}
			return i + 1, true
		}
	}
	return 0, false
}

// nearlyLevel is the level that all but one person chose, who is at least two
// levels away – or all but two, the other of whom is at a level beside it. The
// second case is there so that the one far away cannot rule it out.
func nearlyLevel(c Counts) (level int, ok bool) {
	n := c.N()
	for i := range c {
		beside := 0
		if i > 0 {
			beside += c[i-1]
		}
		if i < len(c)-1 {
			beside += c[i+1]
		}
		if far := n - c[i] - beside; far == 1 && beside <= 1 {
			return i + 1, true
		}
	}
	return 0, false
}

// bandsOf counts people at levels 1–2, 3 and 4–5.
func bandsOf(c Counts) [3]int { return [3]int{c[0] + c[1], c[2], c[3] + c[4]} }

// estimate is what anybody can tell of a question's mean from what is shown of
// it: a value to reckon with, the range the true mean lies in, and how far
// answers spread. All figures above single questions are made of estimates and
// of nothing else, so that no subtraction between them, and no width of an
// interval, tells more than the questions themselves do.
type estimate struct {
	value, low, high float64
	spread           float64 // standard deviation, in levels
	shown            bool
}

// Where people in the two outer bands, and one far from all others, are taken
// to stand when only so much is known of them.
const (
	lowBand  = 1.5
	highBand = 4.5
	farAway  = 2.5 // levels
)

func estimateOf(c Counts) estimate {
	n := float64(c.N())
	how, level := tellingOf(c)
	at := float64(level)
	switch how {
	case tellCounts:
		return estimate{c.Mean(), c.Mean(), c.Mean(), math.Sqrt(c.Variance()), true}
	case tellBands:
		return around(half(c.Mean()), 0.25, bandSpread(c))
	case tellBandsOnly:
		middle := bandMean(c, lowBand, 3, highBand)
		return estimate{half(middle), bandMean(c, 1, 3, 4), bandMean(c, 2, 3, 5), bandSpread(c), true}
	case tellAgreed:
		if n >= minCounts {
			return around(half(c.Mean()), 0.25, 0.5)
		}
		return around(at, 0.5, 0.5)
	case tellNearly:
		low, high := at-(at-1+1)/n, at+(questionnaire.Levels-at+1)/n
		return estimate{at, onScale(low), onScale(high), farAway / math.Sqrt(n), true}
	}
	return estimate{}
}

// bandMean is the mean if all in a band stood at one place.
func bandMean(c Counts, low, middle, high float64) float64 {
	b := bandsOf(c)
	return (low*float64(b[0]) + middle*float64(b[1]) + high*float64(b[2])) / float64(c.N())
}

func bandSpread(c Counts) float64 {
	mean, sum := bandMean(c, lowBand, 3, highBand), 0.0
	for i, at := range [3]float64{lowBand, 3, highBand} {
		sum += float64(bandsOf(c)[i]) * (at - mean) * (at - mean)
	}
	return math.Sqrt(sum / float64(c.N()-1))
}

func around(value, reach, spread float64) estimate {
	return estimate{value, onScale(value - reach), onScale(value + reach), spread, true}
}

// Why a value is not shown. Each continues "Not shown:".
const (
	noScores       Reason = "nobody gave a score"
	tooFewPeople   Reason = "fewer than 5 people answered"
	tooFewAnswers  Reason = "fewer than 5 people gave a score"
	tooFewItems    Reason = "too few of its questions could be scored"
	tooFewElements Reason = "too few elements could be scored"
	smallBoard     Reason = "with fewer than 8 scores, people are counted in three bands"
	bandsAlone     Reason = "one person would learn what all the others chose"
	nearlyAlike    Reason = "the answers are nearly alike, and numbers would give them away"
	allButOneOrTwo Reason = "all but one or two people chose one level, and numbers would give them away"
	toldTogether   Reason = "told together, as the number without an answer"
	nearlyAllDont  Reason = "all, or all but one or two, do not know"
	smallSide      Reason = "fewer than 5 people of a side answered"
	sidesUnsafe    Reason = "somebody's answers could be worked out, or a side gave too few scores"
)

// disclose is what is shown of a question.
func (t *tally) disclose(place int) (Item, estimate) {
	raw := t.items[place]
	it := Item{Key: t.asked[place].Key, HiddenValues: map[string]Reason{}}
	if t.evidence {
		it.Evidenced = new(raw.evidenced)
	}
	it.hide(toldTogether, "ratherNotSay", "notAnswered")
	t.discloseDontKnow(&it, raw)
	est := estimateOf(raw.counts)
	how, level := tellingOf(raw.counts)
	if how == tellNothing {
		it.Hidden = tooFewAnswers
		return it, est
	}
	n := raw.counts.N()
	it.N, it.NoAnswer = new(n), new(raw.ratherNotSay+raw.notAnswered)
	it.LowestPossible = new(down(bound(est.low, n, t.invited, 1)))
	it.HighestPossible = new(up(bound(est.high, n, t.invited, questionnaire.Levels)))
	switch how {
	case tellCounts:
		it.tellCounts(raw.counts)
	case tellBands, tellBandsOnly:
		it.tellBands(raw.counts, est, how)
	case tellAgreed:
		it.AgreedAt, it.Label, it.Hidden = level, Close, nearlyAlike
		if n >= minCounts {
			it.Mean = new(est.value)
		}
	case tellNearly:
		it.NearlyAll, it.Hidden = level, allButOneOrTwo
	}
	return it, est
}

func (it *Item) tellCounts(c Counts) {
	it.Counts = c[:]
	mean := tenth(c.Mean())
	if c.N() < minTenths {
		mean = half(c.Mean())
	}
	it.Mean, it.Median = new(mean), new(c.Median())
	it.AverageDeviation = new(hundredth(c.AverageDeviation()))
	it.Agreement = new(hundredth(Agreement(c[:])))
	it.Label = LabelOf(c)
}

func (it *Item) tellBands(c Counts, est estimate, how telling) {
	b := bandsOf(c)
	it.Bands, it.Mean, it.Hidden = b[:], new(est.value), smallBoard
	if how == tellBandsOnly {
		it.hide(bandsAlone, "label")
		return
	}
	it.Label = LabelOf(c)
}

// discloseDontKnow tells how many do not know, unless so many do that the one
// or two who do would learn, or show, who they are.
func (t *tally) discloseDontKnow(it *Item, raw itemTally) {
	if t.nearlyAllDontKnow(raw) {
		it.hide(nearlyAllDont, "dontKnow")
		it.NearlyAllDontKnow = true
		return
	}
	it.DontKnow = new(raw.dontKnow)
}

func (t *tally) nearlyAllDontKnow(raw itemTally) bool { return raw.dontKnow >= t.people()-2 }

// dontKnowShown is the share of "I do not know" that follows from the counts
// that are shown; where only words are, it takes all but one person.
func (t *tally) dontKnowShown(places []int) *float64 {
	asked := len(places) * t.people()
	if asked == 0 {
		return nil
	}
	n := 0
	for _, i := range places {
		if t.nearlyAllDontKnow(t.items[i]) {
			n += t.people() - 1
			continue
		}
		n += t.items[i].dontKnow
	}
	return new(hundredth(float64(n) / float64(asked)))
}

// hide gives the reason why single values are missing.
func (it *Item) hide(why Reason, values ...string) {
	for _, v := range values {
		it.HiddenValues[v] = why
	}
}
