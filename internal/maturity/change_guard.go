package maturity

import (
	"octant/internal/assessment"
)

// safe says whether what is told of an element's change leaves every answer in it
// open: that nobody who knows both reports, the change and their own answers can
// be sure what anybody else answered to a question in either round.
//
// For every answer that bears on what is told it looks for two other boards, of
// which all the same would be told: in each, that person changed places with
// somebody, and not with the same somebody, since one of those could be the reader.
func (f *following) safe(e int, withMinds bool) bool {
	o := newOutlook(f, e, withMinds)
	for _, c := range o.cells {
		for person := range f.tallies[c.round].people() {
			if !o.deniable(c, person) {
				return false
			}
		}
	}
	return true
}

// outlook is what is told of an element, to be kept the same.
type outlook struct {
	*following
	element   int
	withMinds bool
	cells     []cell
	asked     [2][]int // the element's questions in each round
	scored    [2][]int // those of them that are told of
	estimates [2][]estimate
	other     [2][]int // each person's place in the other round, or nobody
	kept      saying
}

// cell is one question in one of the rounds.
type cell struct{ round, place int }

// saying is what would be told: of all verdicts which say that an element moved,
// whether this one is tested, what minds did, and how the two sides score the
// element in each round.
type saying struct {
	moved  string
	tested bool
	minds  float64
	told   bool
	sides  [2]sidesSaying
}

type sidesSaying struct {
	shown    bool
	score    [2]float64
	dontKnow [2]Share
}

func newOutlook(f *following, e int, withMinds bool) outlook {
	o := outlook{following: f, element: e, withMinds: withMinds}
	for round, t := range f.tallies {
		o.estimates[round] = make([]estimate, len(t.items))
		if of, ok := t.version.Element(f.compared[e].Key); ok {
			o.asked[round] = t.questions(of)
		}
		for _, place := range o.asked[round] {
			o.estimates[round][place] = estimateOf(t.items[place].counts)
			if o.estimates[round][place].shown {
				o.scored[round] = append(o.scored[round], place)
			}
		}
		bearing := f.places[e][round]
		if withMinds {
			bearing = f.byLevel(e, round)
		}
		for _, place := range bearing {
			o.cells = append(o.cells, cell{round, place})
		}
		o.other[round] = make([]int, t.people())
		for p := range o.other[round] {
			o.other[round][p] = nobody
		}
	}
	for _, pair := range f.returning {
		o.other[0][pair[0]], o.other[1][pair[1]] = pair[1], pair[0]
	}
	o.kept = o.saying()
	return o
}

// byLevel are an element's questions told in both rounds, and in this one level by
// level.
func (f *following) byLevel(e, round int) (places []int) {
	for _, place := range f.told[e][round] {
		if f.tallies[round].byLevel(place) {
			places = append(places, place)
		}
	}
	return places
}

func (o *outlook) saying() (now saying) {
	if o.withMinds {
		now.minds, now.told = o.minds(o.element)
	}
	now.tested = o.tested(o.element, o.moves(o.element))
	now.moved = o.moved(o.element, o.chance(o.element))
	for round := range o.tallies {
		now.sides[round] = o.sidesTold(round)
	}
	return now
}

// sidesTold is how the two sides score the element in a round's report.
func (o *outlook) sidesTold(round int) (told sidesSaying) {
	if o.results[round].Sides.Hidden != "" {
		return told
	}
	for side := range sides {
		told.dontKnow[side] = o.tallies[round].sideShare(side, o.asked[round])
	}
	v := o.tallies[round].viewFrom(o.asked[round], o.estimates[round])
	if !enough(len(v.counted)+len(v.alike), len(o.asked[round])) || !v.safe() {
		return told
	}
	told.shown, told.score = true, [2]float64{tenth(v.mean(exec)), tenth(v.mean(ned))}
	return told
}

// deniable says whether a person could have answered a question otherwise.
func (o *outlook) deniable(c cell, person int) bool {
	t := o.tallies[c.round]
	var others []int // those who answered otherwise and cannot simply change places
	found := 0
	for q := range t.people() {
		switch {
		case t.row(q)[c.place] == t.row(person)[c.place]:
		case o.alike(c.round, person, q):
			found++
		default:
			others = append(others, q)
		}
	}
	if found >= 2 {
		return true
	}
	for _, q := range others {
		if o.couldExchange(c, person, q) {
			if found++; found >= 2 {
				return true
			}
		}
	}
	return false
}

// alike says whether two people could change places with all their answers to the
// element, and nothing at all be told otherwise: they are on the same side, and
// both answered both rounds or neither did.
func (o *outlook) alike(round, p, q int) bool {
	a, b := o.other[round][p], o.other[round][q]
	if o.tallies[round].side[p] != o.tallies[round].side[q] || (a == nobody) != (b == nobody) {
		return false
	}
	return a == nobody || o.tallies[1-round].side[a] == o.tallies[1-round].side[b]
}

// couldExchange says whether the same would be told had two people each given the
// other's answer to the question, alone or with one to another question of the
// element, in either round.
func (o *outlook) couldExchange(c cell, p, q int) bool {
	if o.sameAfter(p, q, c.round, c) {
		return true
	}
	for _, second := range o.cells {
		if second != c && o.sameAfter(p, q, c.round, c, second) {
			return true
		}
	}
	return false
}

// sameAfter says whether the same is told after two people, by their places in one
// of the rounds, exchange their answers to some questions.
func (o *outlook) sameAfter(p, q, round int, cells ...cell) bool {
	for _, c := range cells {
		if c.round != round && (o.other[round][p] == nobody || o.other[round][q] == nobody) {
			return false
		}
	}
	scores := o.scorers(p, q, round)
	o.exchange(p, q, round, cells)
	same := o.scorers(p, q, round) == scores && o.saying() == o.kept
	o.exchange(p, q, round, cells)
	return same
}

// exchange has two people exchange their answers. Done twice, it does nothing.
func (o *outlook) exchange(p, q, round int, cells []cell) {
	for _, c := range cells {
		a, b := p, q
		if c.round != round {
			a, b = o.other[round][p], o.other[round][q]
		}
		t := o.tallies[c.round]
		mine, theirs := &t.row(a)[c.place], &t.row(b)[c.place]
		it := &t.items[c.place]
		it.onSide(t.side[a], *mine, -1)
		it.onSide(t.side[b], *theirs, -1)
		*mine, *theirs = *theirs, *mine
		it.onSide(t.side[a], *mine, 1)
		it.onSide(t.side[b], *theirs, 1)
	}
}

// onSide counts an answer in or out on its side alone.
func (it *itemTally) onSide(side int, c assessment.Choice, by int) {
	if side < 0 {
		return
	}
	if level, ok := c.Level(); ok {
		it.bySide[side][level-1] += by
	} else if c == assessment.DontKnow {
		it.dontKnowBy[side] += by
	}
}

// scorers says which of two people have a score in the element in each round, as
// reports tell how many have.
func (o *outlook) scorers(p, q, round int) (has [4]bool) {
	for i, person := range [2]int{p, q} {
		_, has[i] = o.tallies[round].personMean(person, o.scored[round])
		if also := o.other[round][person]; also != nobody {
			_, has[2+i] = o.tallies[1-round].personMean(also, o.scored[1-round])
		}
	}
	return has
}
