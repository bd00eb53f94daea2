package maturity

import (
	"reflect"

	"octant/internal/assessment"
)

// safe says whether what is told of an element's change leaves every answer in it
// open: that nobody who knows both reports, the change and their own answers can
// be sure what anybody else answered to a question in either round.
//
// For every answer that bears on what is told it looks for other boards, of which
// all the same would be told: two in which that person changed places with
// somebody, not the same somebody, since one of those could be the reader; or one
// in which that person alone chose the level beside theirs.
func (f *following) safe(e int, withMinds bool) bool {
	o := outlook{following: f, element: e, withMinds: withMinds}
	o.kept = o.outcome()
	for t := range f.tallies {
		for _, place := range f.places[e][t] {
			for person := range f.tallies[t].people() {
				if !o.deniable(t, place, person) {
					return false
				}
			}
		}
	}
	return true
}

// outlook is what is told of an element's change, to be kept the same.
type outlook struct {
	*following
	element   int
	withMinds bool
	kept      saying
}

// saying is what would be told: of all verdicts which say that an element moved,
// whether this one is tested, and what minds did.
type saying struct {
	moved  string
	tested bool
	minds  float64
	told   bool
}

func (o outlook) outcome() (now saying) {
	if o.withMinds {
		now.minds, now.told = o.minds(o.element)
	}
	now.tested = o.tested(o.element, o.moves(o.element))
	now.moved = o.moved(o.element, o.chance(o.element))
	return now
}

// deniable says whether a person could have answered a question otherwise.
func (o outlook) deniable(round, place, person int) bool {
	t := o.tallies[round]
	if o.alone(t, place, person) {
		return true
	}
	mine, others := &t.row(person)[place], 0
	for q := range t.people() {
		theirs := &t.row(q)[place]
		if *theirs == *mine || t.side[q] != t.side[person] && o.sidesShown(round) {
			continue
		}
		if !o.scoresElse(round, place, person, q) {
			continue
		}
		*mine, *theirs = *theirs, *mine
		same := o.outcome() == o.kept
		*mine, *theirs = *theirs, *mine
		if same {
			if others++; others == 2 {
				return true
			}
		}
	}
	return false
}

// alone says whether the person could have chosen the level beside theirs with
// nothing told otherwise. That can only be where not all levels are counted.
func (o outlook) alone(t *tally, place, person int) bool {
	mine := &t.row(person)[place]
	level, ok := mine.Level()
	if how, _ := tellingOf(t.items[place].counts); !ok || how == tellCounts {
		return false
	}
	kept, item := t.items[place], o.told(t, place)
	defer func(c assessment.Choice) { *mine, t.items[place] = c, kept }(*mine)
	for _, other := range []int{level - 1, level + 1} {
		if other < 1 || other > len(kept.counts) {
			continue
		}
		t.items[place].counts = kept.counts
		t.items[place].counts[level-1]--
		t.items[place].counts[other-1]++
		*mine = assessment.Choice(other)
		if reflect.DeepEqual(o.told(t, place), item) && o.outcome() == o.kept {
			return true
		}
	}
	return false
}

// told is all that is told of a question.
func (o outlook) told(t *tally, place int) Item {
	item, _ := t.disclose(place)
	return item
}

// scoresElse says whether both people score another question of the element in
// that round, so that as many people as before have a score in it whatever the
// two answer here.
func (o outlook) scoresElse(round, place int, people ...int) bool {
	for _, p := range people {
		scored := 0
		for _, other := range o.places[o.element][round] {
			if _, ok := o.tallies[round].row(p)[other].Level(); ok && other != place {
				scored++
			}
		}
		if scored == 0 {
			return false
		}
	}
	return true
}

// sidesShown says whether the round's report tells the two sides of the element
// apart.
func (o outlook) sidesShown(round int) bool {
	s := o.results[round].Sides
	for _, e := range s.Elements {
		if e.Key == o.compared[o.element].Key {
			return s.Hidden == "" && e.Gap != nil
		}
	}
	return false
}
