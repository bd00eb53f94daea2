package maturity

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
)

// Two rounds give an attacker two reports and what is told of returning members.
// The tests here go through small boards whole, as those of one report do.

// twoRounds is a board whose element of two questions is told in two rounds.
type twoRounds struct {
	tb      testing.TB
	version *questionnaire.Version
	stay    int
	leave   int // people of the first round alone, at most one
	come    int // of the second alone
	told    map[itemSeen]int
	texts   map[string]int // of what is told of a question, its number
	follow  *following
}

// newTwoRounds is a board of which everything but one element's two questions is
// left aside. Nobody is on a side, so that no side's score helps or hinders.
func newTwoRounds(tb testing.TB, stay, leave, come int) *twoRounds {
	b := &twoRounds{tb: tb, version: testVersion(tb), stay: stay, leave: leave, come: come, told: make(map[itemSeen]int), texts: make(map[string]int)}
	f := &following{}
	for round, people := range [2]int{stay + leave, stay + come} {
		t := tallyOf(tb, people, people)
		t.asked = t.version.Elements[0].Questions[:2]
		t.items, t.choices = make([]itemTally, 2), make([]assessment.Choice, 2*people)
		t.place = map[string]int{t.asked[0].Key: 0, t.asked[1].Key: 1}
		for p := range t.side {
			t.side[p] = -1
		}
		f.tallies[round], f.results[round] = t, Result{Sides: Sides{Hidden: smallSide}}
	}
	for p := range stay {
		f.returning = append(f.returning, [2]int{p, p})
	}
	b.follow = f
	return b
}

// answers are one person's to the two questions in the two rounds.
type answers [2][2]int

// set has everybody answer: those who stay, then the one who leaves, the one who
// comes.
func (b *twoRounds) set(stay []answers, other answers) {
	for round, t := range b.follow.tallies {
		clear(t.items)
		for p := range t.side {
			a := other
			if p < b.stay {
				a = stay[p]
			}
			for q := range 2 {
				t.row(p)[q] = assessment.Choice(a[round][q])
				t.items[q].add(assessment.Choice(a[round][q]), -1)
			}
		}
	}
}

// items is what is told of the questions: for each in each round the number of the
// text.
func (b *twoRounds) items() (said [2][2]int) {
	for round, t := range b.follow.tallies {
		for q := range 2 {
			said[round][q] = b.item(t, q)
		}
	}
	return said
}

func (b *twoRounds) change() string {
	f := b.follow
	var s [2]summary
	for round, t := range f.tallies {
		s[round] = summaryOf([]estimate{estimateOf(t.items[0].counts), estimateOf(t.items[1].counts)}, []int{0, 1})
	}
	f.compared, f.sums = make([]Compared, len(b.version.Elements)), make([]overlap, len(b.version.Elements))
	for e := range f.compared {
		f.compared[e] = Compared{Key: b.version.Elements[e].Key, Hidden: noCommon}
	}
	f.compared[0] = Compared{Key: "1", Change: new(tenths(tenth(s[1].value) - tenth(s[0].value)))}
	f.sums[0].told = []string{f.tallies[0].asked[0].Key, f.tallies[0].asked[1].Key}
	f.measure()
	text, err := json.Marshal(f.element(0))
	if err != nil {
		b.tb.Fatal(err)
	}
	return string(text)
}

// itemSeen is a question as it was answered: one text is told of it.
type itemSeen struct {
	people, question int
	counts           Counts
}

func (b *twoRounds) item(t *tally, q int) int {
	c := itemSeen{t.people(), q, t.items[q].counts}
	if _, ok := b.told[c]; !ok {
		item, _ := t.disclose(q)
		text, err := json.Marshal(item)
		if err != nil {
			b.tb.Fatal(err)
		}
		if _, ok := b.texts[string(text)]; !ok {
			b.texts[string(text)] = len(b.texts)
		}
		b.told[c] = b.texts[string(text)]
	}
	return b.told[c]
}

// everyAnswers lists what one person may answer, of the given levels in each round.
func everyAnswers(then, now []int) (all []answers) {
	for _, a := range then {
		for _, b := range then {
			for _, c := range now {
				for _, d := range now {
					all = append(all, answers{{a, b}, {c, d}})
				}
			}
		}
	}
	return all
}

// rising are those of whom no less than nought is the change, and few of nought:
// boards of them are the ones of which it is told that they moved.
func rising(all []answers) (some []answers) {
	level := 0
	for _, a := range all {
		d := a[1][0] + a[1][1] - a[0][0] - a[0][1]
		if d == 0 {
			level++
		}
		if d > 0 || d == 0 && level <= 2 {
			some = append(some, a)
		}
	}
	return some
}

// TestNobodyLearnsFromReturningMembers takes boards of nine who stay, with nobody,
// one who leaves or one who comes beside them, whose answers lie so close that
// what is told of their change could give them away. Wherever all that a reader
// does not know of a place is one and the same level, a search must find another
// board, of any answers at all, of which the very same is told.
func TestNobodyLearnsFromReturningMembers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		leave, come, kinds int // kinds: how many different people there are at most
		then, now          []int
	}{
		{0, 0, 3, []int{1, 2}, []int{1, 2}},
		{0, 0, 3, []int{1, 3}, []int{1, 3}},
		{0, 0, 3, []int{1}, []int{2, 3}},
		{0, 0, 3, []int{2}, []int{1, 4}},
		{1, 0, 2, []int{1, 2}, []int{1, 2}},
		{1, 0, 2, []int{1}, []int{2, 3}},
		{1, 0, 2, []int{2}, []int{1, 4}},
		{0, 1, 2, []int{1, 2}, []int{1, 2}},
	} {
		t.Run(fmt.Sprintf("%d leaves, %d comes, %v then %v", c.leave, c.come, c.then, c.now), func(t *testing.T) {
			t.Parallel()
			attackReturning(t, newTwoRounds(t, MinReturning, c.leave, c.come), everyAnswers(c.then, c.now), c.kinds)
		})
	}
}

func attackReturning(t *testing.T, b *twoRounds, all []answers, kinds int) {
	singles := []answers{{}}
	if b.leave+b.come > 0 {
		singles = all
	}
	boards, faced := 0, 0
	stay := make([]answers, b.stay)
	types := rising(all)
	var fill func(person, least, kinds int)
	fill = func(person, least, kinds int) {
		if person == b.stay {
			for _, other := range singles {
				boards++
				faced += b.attack(stay, other)
			}
			return
		}
		for i := least; i < len(types); i++ {
			left := kinds
			if person == 0 || i != least {
				left--
			}
			if left < 0 {
				return
			}
			stay[person] = types[i]
			fill(person+1, i, left)
		}
	}
	fill(0, 0, kinds)
	if faced == 0 {
		t.Error("nobody faced others of one mind: this proves nothing")
	}
	t.Logf("%d boards, %d readers faced with others of one mind", boards, faced)
}

// attack is what all readers can be sure of on one board. It counts those who face
// others of one mind.
func (b *twoRounds) attack(stay []answers, other answers) (faced int) {
	b.set(stay, other)
	told := toldOfTwo{b.items(), b.change()}
	for reader := range b.stay + b.leave + b.come + 1 { // the last is nobody
		if reader > 0 && reader < b.stay && stay[reader] == stay[reader-1] {
			continue
		}
		for round := range 2 {
			for q := range 2 {
				c := cell{round, q}
				if b.oneMind(stay, reader, c) {
					faced++
					if !b.otherBoard(stay, other, told, reader, c, stayers(b.stay)) {
						b.tb.Fatalf("of %v and %v, reader %d learns what all others who stayed chose in %v: %s", stay, other, reader, c, told.change)
					}
				}
			}
			if single := b.stay; reader != single && b.sits(round) {
				for q := range 2 {
					if !b.otherBoard(stay, other, told, reader, cell{round, q}, []int{single}) {
						b.tb.Fatalf("of %v and %v, reader %d learns what %v chose in question %d of round %d: %s", stay, other, reader, other, q, round, told.change)
					}
				}
			}
		}
	}
	return faced
}

// sits says whether the one who does not stay answered a round.
func (b *twoRounds) sits(round int) bool {
	return round == 0 && b.leave > 0 || round == 1 && b.come > 0
}

type toldOfTwo struct {
	items  [2][2]int
	change string
}

func stayers(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

func (b *twoRounds) oneMind(stay []answers, reader int, c cell) bool {
	level := 0
	for p, a := range stay {
		x := a[c.round][c.place]
		if p == reader {
			continue
		}
		if level != 0 && x != level {
			return false
		}
		level = x
	}
	return true
}

// otherBoard looks for a board of which the same is told and in which one of some
// people chose otherwise in a place: by that answer alone, or by that and any one
// other answer of anybody's but the reader's.
func (b *twoRounds) otherBoard(stay []answers, other answers, told toldOfTwo, reader int, c cell, targets []int) bool {
	stay = append(slices.Clone(stay), other)
	try := func() bool {
		b.set(stay[:b.stay], stay[b.stay])
		return b.items() == told.items && b.change() == told.change
	}
	for _, p := range targets {
		if p == reader {
			continue
		}
		mine := &stay[p][c.round][c.place]
		kept := *mine
		for level := 1; level <= 5; level++ {
			if level == kept {
				continue
			}
			*mine = level
			if try() || b.second(stay, reader, mine, try) {
				return true
			}
		}
		*mine = kept
	}
	return false
}

// second tries every one other answer.
func (b *twoRounds) second(stay []answers, reader int, but *int, try func() bool) bool {
	for p := range stay {
		for round := range 2 {
			if p == reader || p == b.stay && !b.sits(round) {
				continue
			}
			for q := range 2 {
				x := &stay[p][round][q]
				if x == but {
					continue
				}
				kept := *x
				for level := 1; level <= 5; level++ {
					if *x = level; level != kept && try() {
						return true
					}
				}
				*x = kept
			}
		}
	}
	return false
}

// TestTooFewReturnTellNothing: what is told of the change of fewer than nine is
// the same whatever they answered, and of nobody less than five. So two reports of
// small boards tell what each tells by itself.
func TestTooFewReturnTellNothing(t *testing.T) {
	t.Parallel()
	for people := MinShown; people < MinReturning; people++ {
		for _, who := range []struct{ leave, come int }{{1, 0}, {0, 1}, {1, 1}} {
			b := newTwoRounds(t, people-max(who.leave, who.come), who.leave, who.come)
			var told string
			for _, stay := range [][]answers{alike(b.stay, answers{{1, 1}, {5, 5}}), alike(b.stay, answers{{3, 4}, {4, 3}}), alike(b.stay, answers{{5, 1}, {1, 5}})} {
				for _, other := range []answers{{{1, 1}, {1, 1}}, {{5, 2}, {2, 5}}} {
					b.set(stay, other)
					b.change()
					text, err := json.Marshal(b.follow.element(0))
					if err != nil {
						t.Fatal(err)
					}
					if told == "" {
						told = string(text)
					}
					if told != string(text) {
						t.Errorf("of %d people, %d left and %d came: %s and %s", people, who.leave, who.come, told, text)
					}
				}
			}
		}
	}
}

func alike(n int, a answers) []answers {
	all := make([]answers, n)
	for i := range all {
		all[i] = a
	}
	return all
}

// TestOneWhoLeavesBetweenTwoReports asks what two reports of one question tell of
// the only person who left, under three beliefs about the others: that nobody
// changed their answer, that one at most did, and nothing at all. The product can
// promise only what holds under the last, since neither report says who changed.
func TestOneWhoLeavesBetweenTwoReports(t *testing.T) {
	t.Parallel()
	for people := MinShown + 1; people <= 10; people++ {
		var outcomes [2]map[string][]Counts
		for round := range outcomes {
			outcomes[round] = make(map[string][]Counts)
			board := tallyOf(t, people-round, people-round)
			eachCounts(people-round, func(c Counts) {
				board.items[0] = itemTally{counts: c}
				item, _ := board.disclose(0)
				text, err := json.Marshal(item)
				if err != nil {
					t.Fatal(err)
				}
				outcomes[round][string(text)] = append(outcomes[round][string(text)], c)
			})
		}
		pairs, still, one, sure := 0, 0, 0, 0
		for _, before := range outcomes[0] {
			levels := make(map[int]bool)
			for _, c := range before {
				for l, n := range c {
					levels[l] = levels[l] || n > 0
				}
			}
			if len(levels) < 2 {
				sure++
			}
			for _, after := range outcomes[1] {
				held, moved := leaver(before, after)
				if len(held) == 0 {
					continue
				}
				pairs++
				if len(held) == 1 {
					still++
				}
				if len(moved) == 1 {
					one++
				}
			}
		}
		if sure > 0 {
			t.Errorf("%d people: %d outcomes of the first round by itself tell what the one who left answered", people, sure)
		}
		t.Logf("%2d people, then %2d: of %d pairs of outcomes, the leaver's answer follows in %d if nobody changed theirs, in %d if one at most did, in 0 if any may have",
			people, people-1, pairs, still, one)
	}
}

// leaver lists what the one who left may have answered if the others answer as
// before, and if one of them at most does not.
func leaver(before, after []Counts) (held, moved map[int]bool) {
	held, moved = make(map[int]bool), make(map[int]bool)
	for _, a := range before {
		for _, b := range after {
			for l := range a {
				if a[l] == 0 {
					continue
				}
				rest := a
				rest[l]--
				apart := 0
				for i := range rest {
					apart += max(0, rest[i]-b[i])
				}
				if apart == 0 {
					held[l] = true
				}
				if apart <= 1 {
					moved[l] = true
				}
			}
		}
	}
	return held, moved
}
