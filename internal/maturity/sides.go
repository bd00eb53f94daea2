package maturity

import (
	"gonum.org/v1/gonum/stat"
)

// Executives and non-executives in the order of [sides].
const (
	exec = 0
	ned  = 1
)

// sides sets the two sides beside each other, plainly.
func (t *tally) sides() Sides {
	s := Sides{Elements: []SideElement{}}
	s.Executive, s.NonExecutive = t.turnout(exec), t.turnout(ned)
	for i := range t.version.Elements {
		e := &t.version.Elements[i]
		s.Elements = append(s.Elements, t.sideElement(e.Key, t.questions(e)))
	}
	return s
}

func (t *tally) turnout(side int) Turnout {
	return Turnout{Invited: t.bySide[sides[side]], Respondents: new(t.onSide(side))}
}

func (t *tally) sideElement(key string, places []int) SideElement {
	se := SideElement{
		Key:                  key,
		ExecutiveDontKnow:    t.sideShare(exec, places),
		NonExecutiveDontKnow: t.sideShare(ned, places),
	}
	if m, ok := t.sideMean(exec, places); ok {
		se.Executive = new(m)
	}
	if m, ok := t.sideMean(ned, places); ok {
		se.NonExecutive = new(m)
	}
	if se.Executive == nil || se.NonExecutive == nil {
		se.Hidden = noScores
		return se
	}
	se.Gap = new(*se.Executive - *se.NonExecutive)
	se.P = new(t.sideP(places))
	return se
}

// sideMean is a side's score: the mean of its means of the questions.
func (t *tally) sideMean(side int, places []int) (mean float64, ok bool) {
	var means []float64
	for _, i := range places {
		if c := t.items[i].bySide[side]; c.N() > 0 {
			means = append(means, c.Mean())
		}
	}
	if len(means) == 0 {
		return 0, false
	}
	return stat.Mean(means, nil), true
}

// sideP tests the gap by handing the side labels out anew among the people's
// own means over the questions.
func (t *tally) sideP(places []int) float64 {
	var groups [2][]float64
	for p, side := range t.side {
		if m, ok := t.personMean(p, places); ok && side >= 0 {
			groups[side] = append(groups[side], m)
		}
	}
	return PermutationP(groups[exec], groups[ned])
}

// sideShare says in words how much of a side's answers was "I do not know".
func (t *tally) sideShare(side int, places []int) Share {
	asked := t.onSide(side) * len(places)
	if asked == 0 {
		return ""
	}
	n := 0
	for _, i := range places {
		n += t.items[i].dontKnowBy[side]
	}
	return shareOf(float64(n) / float64(asked))
}

// The shares, in words.
const (
	FewDontKnow  Share = "none or few" // under a tenth
	SomeDontKnow Share = "some"        // under two fifths
	HalfDontKnow Share = "about half"  // up to three fifths
	MostDontKnow Share = "most"
)

func shareOf(part float64) Share {
	switch {
	case part < 0.1:
		return FewDontKnow
	case part < 0.4:
		return SomeDontKnow
	case part <= 0.6:
		return HalfDontKnow
	}
	return MostDontKnow
}

// both says whether everybody who answered is on one of the two sides, as the
// whole must be the sum of what is shown.
func (t *tally) both() bool {
	return t.onSide(exec)+t.onSide(ned) == t.people()
}
