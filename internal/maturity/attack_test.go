package maturity

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"octant/internal/questionnaire"
)

// The attacker of these tests knows the program, everything published, and
// their own answer. For every way a question can be answered the tests work
// out what is published, gather the ways that publish the same, and ask what
// the attacker can then be sure of.

// answered is one way in which people can answer a question.
type answered struct {
	counts             Counts
	dontKnow, noAnswer int
}

func (a answered) people() int { return a.counts.N() + a.dontKnow + a.noAnswer }

// without is how everybody else answered, if the attacker gave this answer:
// level 1 to 5, 6 for "I do not know", 7 for none.
func (a answered) without(own int) (others answered, ok bool) {
	switch own {
	case 6:
		a.dontKnow--
	case 7:
		a.noAnswer--
	default:
		a.counts[own-1]--
	}
	return a, a.dontKnow >= 0 && a.noAnswer >= 0 && slices.Min(a.counts[:]) >= 0
}

// sure is what an attacker may be sure that everybody else, or everybody else
// who gave a score, answered: a level, 6 for "I do not know", 7 for none, or 0
// when they answered differently.
func (a answered) sure() (everybody, scored int) {
	for i, n := range a.counts {
		if n > 0 && n == a.counts.N() {
			scored = i + 1
		}
	}
	switch a.people() {
	case a.counts.N():
		return scored, scored
	case a.dontKnow:
		return 6, 0
	case a.noAnswer:
		return 7, 0
	}
	return 0, scored
}

// eachCounts goes through every way n people can spread over the levels.
func eachCounts(n int, do func(Counts)) {
	var c Counts
	var fill func(level, left int)
	fill = func(level, left int) {
		if level == len(c)-1 {
			c[level] = left
			do(c)
			return
		}
		for k := range left + 1 {
			c[level] = k
			fill(level+1, left-k)
		}
	}
	fill(0, n)
}

// eachAnswered goes through every way that the people of a board of one size
// can answer a question, but for more than two silences on top of many scores.
func eachAnswered(people int, do func(answered)) {
	for scored := range people + 1 {
		for dontKnow := range people - scored + 1 {
			rest := people - scored - dontKnow
			if scored >= MinShown && people > 9 && people-scored > 2 {
				continue
			}
			eachCounts(scored, func(c Counts) { do(answered{c, dontKnow, rest}) })
		}
	}
}

func testVersion(t testing.TB) *questionnaire.Version {
	t.Helper()
	v, err := questionnaire.Load("2026-1")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func tallyOf(t testing.TB, people, invited int) *tally {
	v := testVersion(t)
	return &tally{
		version: v, asked: v.Questions(questionnaire.Full), side: make([]int, people), invited: invited,
		items: make([]itemTally, 6), studentT: map[int]float64{},
	}
}

func (a answered) tally() itemTally {
	return itemTally{counts: a.counts, dontKnow: a.dontKnow, notAnswered: a.noAnswer}
}

func TestNobodyLearnsWhatAllOthersAnswered(t *testing.T) {
	t.Parallel()
	for people := MinShown; people <= 18; people++ {
		for _, silent := range []int{0, 3} {
			if silent > 0 && people > minTenths {
				continue // bounds are then worked out from the same counts
			}
			t.Run(fmt.Sprintf("%d of %d", people, people+silent), func(t *testing.T) {
				t.Parallel()
				attackItem(t, people, people+silent)
			})
		}
	}
}

func attackItem(t *testing.T, people, invited int) {
	board := tallyOf(t, people, invited)
	published := make(map[string][]answered)
	eachAnswered(people, func(a answered) {
		board.items[0] = a.tally()
		item, _ := board.disclose(0)
		text, err := json.Marshal(item)
		if err != nil {
			t.Fatal(err)
		}
		published[string(text)] = append(published[string(text)], a)
	})
	for text, ways := range published {
		for own := 1; own <= 7; own++ {
			if everybody, scored := certain(ways, own); everybody != 0 || scored != 0 {
				t.Errorf("who answered %d learns that everybody else answered %d, who scored at all %d: %v from %s",
					own, everybody, scored, ways, text)
			}
		}
	}
}

// certain is what all ways of answering that the attacker thinks possible have
// in common.
func certain(ways []answered, own int) (everybody, scored int) {
	first := true
	for _, w := range ways {
		others, ok := w.without(own)
		if !ok {
			continue
		}
		e, s := others.sure()
		if first {
			everybody, scored, first = e, s, false
		}
		if e != everybody {
			everybody = 0
		}
		if s != scored {
			scored = 0
		}
	}
	return everybody, scored
}

// outcome is everything published of an element of two questions.
type outcome struct {
	items [2]string
	low   float64
	high  float64
}

// An interval tells how alike people's own means are. Here every way in which
// five people can answer two questions is gone through.
func TestNobodyLearnsFromIntervals(t *testing.T) {
	t.Parallel()
	for _, invited := range []int{6, 8, 12} {
		t.Run(fmt.Sprintf("5 of %d", invited), func(t *testing.T) {
			t.Parallel()
			attackElement(t, invited)
		})
	}
}

func attackElement(t *testing.T, invited int) {
	const people, rows = 5, 25
	board := tallyOf(t, people, invited)
	told := make(map[Counts]string)
	published := make(map[outcome][][people]int)
	var sheet [people]int
	var fill func(person, least int)
	fill = func(person, least int) {
		if person == people {
			o := board.outcome(t, told, sheet[:])
			published[o] = append(published[o], sheet)
			return
		}
		for row := least; row < rows; row++ {
			sheet[person] = row
			fill(person+1, row)
		}
	}
	fill(0, 0)
	for o, sheets := range published {
		attackSheets(t, o, sheets)
	}
}

// levels are the answers of one row number to the two questions.
func levels(row int) [2]int { return [2]int{row/5 + 1, row%5 + 1} }

func (t *tally) outcome(tb testing.TB, told map[Counts]string, sheet []int) outcome {
	var o outcome
	var counts [2]Counts
	for _, row := range sheet {
		l := levels(row)
		for q := range l {
			counts[q][l[q]-1]++
		}
	}
	var estimates []estimate
	for q, c := range counts {
		if _, ok := told[c]; !ok {
			t.items[0] = itemTally{counts: c}
			item, _ := t.disclose(0)
			text, err := json.Marshal(item)
			if err != nil {
				tb.Fatal(err)
			}
			told[c] = string(text)
		}
		o.items[q] = told[c]
		estimates = append(estimates, estimateOf(c))
	}
	f := t.disclosedFigure(summaryOf(estimates, []int{0, 1}), len(sheet))
	o.low, o.high = *f.Low, *f.High
	return o
}

func attackSheets(t *testing.T, o outcome, sheets [][5]int) {
	type knowledge struct{ own, question int }
	sure := make(map[knowledge]int)
	for _, sheet := range sheets {
		for me, own := range sheet {
			for q := range 2 {
				same := 0
				for p, row := range sheet {
					if p != me && same != -1 {
						l := levels(row)[q]
						if same != 0 && same != l {
							l = -1
						}
						same = l
					}
				}
				k := knowledge{own, q}
				if before, ok := sure[k]; ok && before != same {
					same = -1
				}
				sure[k] = same
			}
		}
	}
	for k, level := range sure {
		if level > 0 {
			t.Errorf("who answered %v learns that all others chose %d in question %d of %v", levels(k.own), level, k.question, o)
		}
	}
}
