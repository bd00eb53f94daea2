package workshop

import (
	"fmt"
	"math"

	"octant/internal/assessment"
	"octant/internal/maturity"
)

// MaxVotes is how many cards of paper are counted in one vote, and MaxSeats how
// many devices and people take part in one workshop.
const (
	MaxVotes = 500
	MaxSeats = 2500
)

// CheckChoice refuses what cannot be chosen in a vote: a level and "I do not
// know" can.
func CheckChoice(c assessment.Choice) error {
	if _, ok := c.Level(); !ok && c != assessment.DontKnow {
		return ErrChoice
	}
	return nil
}

// Cast is what one participant voted. Who it is, is not in it.
type Cast struct {
	First  assessment.Choice
	Second assessment.Choice // NotAnswered for who did not vote again
}

// Tally adds votes up, as they are told to nobody.
type Tally = maturity.Votes

// TallyFirst counts the first vote.
func TallyFirst(casts []Cast) (t Tally) {
	for _, c := range casts {
		count(&t, c.First)
	}
	return t
}

// TallySecond counts the second vote of those who voted first; who did not vote
// again keeps their first vote. again is how many did.
func TallySecond(casts []Cast) (t Tally, again int) {
	for _, c := range casts {
		if c.First == assessment.NotAnswered {
			continue
		}
		if c.Second == assessment.NotAnswered {
			count(&t, c.First)
			continue
		}
		count(&t, c.Second)
		again++
	}
	return t, again
}

func count(t *Tally, c assessment.Choice) {
	if level, ok := c.Level(); ok {
		t.Counts[level-1]++
	} else if c == assessment.DontKnow {
		t.DontKnow++
	}
}

// CheckTally refuses a tally that was keyed in wrongly.
func CheckTally(t Tally) error {
	if t.DontKnow < 0 || t.People() == 0 || t.People() > MaxVotes {
		return ErrTally
	}
	for _, n := range t.Counts {
		if n < 0 {
			return ErrTally
		}
	}
	return nil
}

// Shift is what can be said of the way from the first vote to the second. It is
// worked out from the two as they are told, and so tells nothing more.
type Shift struct {
	Mean     *float64 // levels up or down; nil where either mean is not told
	Before   maturity.Label
	After    maturity.Label
	DontKnow *int // more or fewer people who do not know
}

// Shift is that of the item, and false before it is shown.
func (it *Item) Shift() (s Shift, ok bool) {
	if it.First == nil || it.Second == nil {
		return s, false
	}
	a, b := it.First, it.Second
	s.Before, s.After = a.Label, b.Label
	if a.Mean != nil && b.Mean != nil {
		s.Mean = new(math.Round((*b.Mean-*a.Mean)*10) / 10)
	}
	if a.DontKnow != nil && b.DontKnow != nil {
		s.DontKnow = new(*b.DontKnow - *a.DontKnow)
	}
	return s, true
}

// Words says the shift in sentences; none where nothing can be said.
func (s Shift) Words() (says []string) {
	if s.Mean != nil {
		switch d := *s.Mean; {
		case d > 0:
			says = append(says, fmt.Sprintf("The board's view moved up by %s.", maturity.Levels(d)))
		case d < 0:
			says = append(says, fmt.Sprintf("The board's view moved down by %s.", maturity.Levels(-d)))
		default:
			says = append(says, "The board's view as a whole stayed where it was.")
		}
	}
	if s.Before != "" && s.After != "" && s.Before != s.After {
		says = append(says, fmt.Sprintf("Before: %s Now: %s", lower(s.Before), lower(s.After)))
	}
	if s.DontKnow != nil && *s.DontKnow != 0 {
		says = append(says, fewer(*s.DontKnow))
	}
	return says
}

// lower is a label's sentence as it stands after a colon.
func lower(l maturity.Label) string {
	w := l.Words()
	return string(w[0]|0x20) + w[1:]
}

func fewer(change int) string {
	word, people, n := "more", "people do", change
	if change < 0 {
		word, n = "fewer", -change
	}
	if n == 1 {
		people = "person does"
	}
	return fmt.Sprintf("%d %s %s not know.", n, word, people)
}
