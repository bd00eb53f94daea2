package register

import (
	"slices"
	"time"
)

// Spell is a value that an organisation had for a time.
type Spell[T comparable] struct {
	Value    T
	From     time.Time // the first day on which it held, as well as is known
	To       time.Time // the first day on which it held no more; zero while it does
	SeenFrom time.Time // day of the first file that says so
	SeenTo   time.Time // day of the last file that says so
}

// HeldOn says whether the value held on a day.
func (s Spell[T]) HeldOn(day time.Time) bool {
	return !s.From.After(day) && (s.To.IsZero() || s.To.After(day))
}

// observe adds what a file says of one day to the spells. files are the days of
// all files applied so far, in order: where an older file says otherwise than the
// ones around it, they say until when the value before it was seen. The dates
// from and to are not touched; see dated.
func observe[T comparable](spells []Spell[T], value T, day time.Time, files []time.Time) []Spell[T] {
	var parts []Spell[T]
	for _, s := range spells {
		if s.SeenFrom.After(day) || s.SeenTo.Before(day) || s.Value == value {
			parts = append(parts, s)
			continue
		}
		if s.SeenFrom.Before(day) {
			left := s
			left.SeenTo = lastBefore(files, day, s.SeenFrom)
			parts = append(parts, left)
		}
		if s.SeenTo.After(day) {
			right := s
			right.SeenFrom = firstAfter(files, day, s.SeenTo)
			parts = append(parts, right)
		}
	}
	parts = append(parts, Spell[T]{Value: value, SeenFrom: day, SeenTo: day})
	slices.SortStableFunc(parts, func(a, b Spell[T]) int { return a.SeenFrom.Compare(b.SeenFrom) })
	var joined []Spell[T]
	for _, s := range parts {
		if n := len(joined); n > 0 && joined[n-1].Value == s.Value {
			if s.SeenTo.After(joined[n-1].SeenTo) {
				joined[n-1].SeenTo = s.SeenTo
			}
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// lastBefore is the last of the days before one day, and no earlier than least.
func lastBefore(days []time.Time, day, least time.Time) time.Time {
	last := least
	for _, d := range days {
		if d.Before(day) && d.After(last) {
			last = d
		}
	}
	return last
}

// firstAfter is the first of the days after one day, and no later than most.
func firstAfter(days []time.Time, day, most time.Time) time.Time {
	first := most
	for _, d := range days {
		if d.After(day) && d.Before(first) {
			first = d
		}
	}
	return first
}

// dated gives spells their dates. The first holds from the opening on, as nothing
// else is known. A later one holds from the one day between two files on which
// turns says that it began, or else from the file that first says so. What files
// say after an organisation has closed changes nothing that it was; files are the
// days of all of them.
func dated[T comparable](spells []Spell[T], opened, closed time.Time, files []time.Time, turns func(old, now T) []time.Time) []Spell[T] {
	var kept []Spell[T]
	for i, s := range spells {
		if !closed.IsZero() && s.SeenFrom.After(closed) && i > 0 {
			break
		}
		if !closed.IsZero() && !s.SeenFrom.After(closed) && s.SeenTo.After(closed) {
			s.SeenTo = lastBefore(files, dayAfter(closed), s.SeenFrom)
		}
		s.From, s.To = opened, time.Time{}
		if n := len(kept); n > 0 {
			s.From = beginning(kept[n-1].SeenTo, s.SeenFrom, turns(kept[n-1].Value, s.Value))
			if !closed.IsZero() && s.From.After(closed) {
				s.From = closed
			}
			if !s.From.After(kept[n-1].From) { // the one before never held
				s.From, kept = kept[n-1].From, kept[:n-1]
			}
		}
		kept = append(kept, s)
	}
	for i := range kept {
		switch {
		case i+1 < len(kept):
			kept[i].To = kept[i+1].From
		case !closed.IsZero():
			kept[i].To = dayAfter(closed)
		}
	}
	return kept
}

// beginning is the only turn after one day and up to another, or that other day.
func beginning(after, until time.Time, turns []time.Time) time.Time {
	var found time.Time
	for _, t := range turns {
		if !t.After(after) || t.After(until) || t.Equal(found) {
			continue
		}
		if !found.IsZero() {
			return until
		}
		found = t
	}
	if found.IsZero() {
		return until
	}
	return found
}
