package maturity

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
)

// Two rounds give an attacker two reports and what is told of returning members.
// The tests here go through small boards whole, as those of one report do.

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
