package maturity

import (
	"encoding/json"
	"testing"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
)

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
