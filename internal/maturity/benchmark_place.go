package maturity

import "math"

// Standing is where a trust's score lies beside a band.
type Standing string

// The standings. None of them is a rank.
const (
	BelowBand Standing = "below"
	InBand    Standing = "within"
	AboveBand Standing = "above"
	TooClose  Standing = "too close to call"
)

// Words says a standing as a sentence about "you".
func (s Standing) Words() string {
	switch s {
	case BelowBand:
		return "Below the middle half"
	case InBand:
		return "In the middle half"
	case AboveBand:
		return "Above the middle half"
	case TooClose:
		return "Too close to call"
	}
	return ""
}

// Place says where a score lies beside a band, given the interval around it; ""
// without one of them. An interval that crosses an edge of the band is too close
// to call.
func Place(low, high float64, b Band) Standing {
	switch {
	case !b.Shown() || math.IsNaN(low) || math.IsNaN(high):
		return ""
	case high < *b.Low-tiny:
		return BelowBand
	case low > *b.High+tiny:
		return AboveBand
	case low >= *b.Low-tiny && high <= *b.High+tiny:
		return InBand
	}
	return TooClose
}

// Drawn is the 95 % interval of a published element score if the board is taken
// for one that might have answered otherwise (method 3.6, question B): it asks
// whether the board differs from others, and so takes no account of how many
// were not asked. It is worked out from what is told of the questions alone, and
// rounded outwards. ok is false where there is none to show.
func (e Element) Drawn() (low, high float64, ok bool) {
	if e.Score == nil || e.Respondents == nil || *e.Respondents < MinShown {
		return 0, 0, false
	}
	spread, n := 0.0, 0
	for i := range e.Items {
		if s, told := e.Items[i].spreadTold(); told {
			spread += s
			n++
		}
	}
	if n == 0 {
		return 0, 0, false
	}
	people := *e.Respondents
	margin := studentT(people) * spread / float64(n) / math.Sqrt(float64(people))
	return down(*e.Score - margin), up(*e.Score + margin), true
}

// spreadTold is the standard deviation of a question's answers as far as what is
// told of them says, in levels: the same that its report's interval was made of.
func (it Item) spreadTold() (sd float64, ok bool) {
	switch {
	case it.N == nil || *it.N < MinShown:
		return 0, false
	case it.AgreedAt > 0:
		return 0.5, true
	case it.NearlyAll > 0:
		return farAway / math.Sqrt(float64(*it.N)), true
	case len(it.Counts) == len(Counts{}):
		return math.Sqrt(Counts(it.Counts).Variance()), true
	case len(it.Bands) == len([3]int{}):
		return bandSpread(Counts{it.Bands[0], 0, it.Bands[1], 0, it.Bands[2]}), true
	}
	return 0, false
}
