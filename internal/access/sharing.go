package access

import (
	"errors"
	"slices"
	"time"
)

// Rung is how far a trust lets its published results be seen. Each rung holds
// what the ones before it do.
type Rung string

// The rungs, the lowest first.
const (
	Private  Rung = "private" // nobody outside but those to whom the trust gave a role
	Counted  Rung = "counted" // counted in benchmarks, without its name
	InCircle Rung = "circle"  // shown by name in the circles it joined
	Public   Rung = "public"  // a summary for everybody
)

// ErrRung means a rung that there is not, or a day in the past.
var ErrRung = errors.New("access: no such rung or day")

// Rungs lists the rungs, the lowest first.
func Rungs() []Rung { return []Rung{Private, Counted, InCircle, Public} }

// Reaches says whether the rung is the other one or a higher one.
func (r Rung) Reaches(other Rung) bool {
	return slices.Index(Rungs(), r) >= slices.Index(Rungs(), other) && slices.Contains(Rungs(), r)
}

// Consent is one time that a trust's lead said how far results are shared.
type Consent struct {
	Rung Rung
	From time.Time // the first day
	By   string    // name of who said so
	At   time.Time
}

// Check says ErrRung for a rung that there is not, or one from a day that is over.
func (c Consent) Check(today time.Time) error {
	if !slices.Contains(Rungs(), c.Rung) || c.From.Before(today) {
		return ErrRung
	}
	return nil
}

// RungOn is how far a trust goes on a day: as was said last of those whose day
// has come, and not at all where nothing was said. The newest comes first.
func RungOn(newestFirst []Consent, day time.Time) Rung {
	for _, c := range newestFirst {
		if !c.From.After(day) {
			return c.Rung
		}
	}
	return Private
}

// Ahead is what will hold from a later day on, the next first: what a newer word
// does not replace.
func Ahead(newestFirst []Consent, day time.Time) []Consent {
	var ahead []Consent
	for i, c := range newestFirst {
		replaced := slices.ContainsFunc(newestFirst[:i], func(newer Consent) bool { return !newer.From.After(c.From) })
		if c.From.After(day) && !replaced {
			ahead = append(ahead, c)
		}
	}
	slices.SortStableFunc(ahead, func(a, b Consent) int { return a.From.Compare(b.From) })
	return ahead
}
