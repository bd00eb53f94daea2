package maturity_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// hand is one way in which some people's answers to a question can be drawn
// from the board's published counts.
type hand struct {
	sum   int
	mixed bool // not all the same level
}

// hands lists the ways in which so many people can hold answers from a pool.
func hands(pool maturity.Counts, people int) []hand {
	seen := make(map[hand]bool)
	var draw func(level, left, sum, kinds int)
	draw = func(level, left, sum, kinds int) {
		if level == len(pool) {
			if left == 0 {
				seen[hand{sum, kinds > 1}] = true
			}
			return
		}
		for n := range min(left, pool[level]) + 1 {
			draw(level+1, left-n, sum+n*(level+1), kinds+min(n, 1))
		}
	}
	draw(0, people, 0, 0)
	all := make([]hand, 0, len(seen))
	for h := range seen {
		all = append(all, h)
	}
	return all
}

// drawTwoCamps draws a board whose sides answer apart, so that often one of
// them is of one mind.
func drawTwoCamps(t *rapid.T, v *questionnaire.Version) board {
	b := board{version: v, form: questionnaire.Core, execs: rapid.IntRange(5, 6).Draw(t, "executives")}
	people := b.execs + rapid.IntRange(5, 6).Draw(t, "non-executives")
	for range people {
		b.rows = append(b.rows, make([]assessment.Choice, len(v.Questions(b.form))))
	}
	for q := range v.Questions(b.form) {
		camp := [2]int{rapid.IntRange(1, 5).Draw(t, "executives at"), rapid.IntRange(1, 5).Draw(t, "others at")}
		loose := [2]int{rapid.IntRange(0, 2).Draw(t, "executives off"), rapid.IntRange(0, 3).Draw(t, "others off")}
		for p := range people {
			side := 0
			if p >= b.execs {
				side = 1
			}
			level := camp[side]
			if rapid.IntRange(0, 4).Draw(t, "off") < loose[side] {
				level += rapid.IntRange(-2, 2).Draw(t, "by")
			}
			b.rows[p][q] = assessment.Choice(min(5, max(1, level)))
		}
	}
	return b
}

// A member of a side knows their own answers, the whole board's counts and both
// sides' scores. Wherever all others of a side chose the same level, some other
// way of handing the board's answers to the two sides must show the same.
func TestNobodyLearnsWhatAllOthersOfASideAnswered(t *testing.T) {
	t.Parallel()
	v := version(t)
	alike, shown, hidden := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		b := drawTwoCamps(t, v)
		r := maturity.Hide(b.input())
		for i, se := range r.Sides.Elements {
			if se.Gap == nil {
				hidden++
				continue
			}
			shown++
			a := attack{board: b, told: r.Elements[i], sides: se}
			for reader := -1; reader < len(b.rows); reader++ {
				alike += a.try(t, reader)
			}
		}
	})
	if alike == 0 || hidden == 0 {
		t.Errorf("the attack met %d sides of one mind and %d hidden elements: it proves little", alike, hidden)
	}
	t.Logf("%d elements shown, %d hidden, %d readers faced with others of one mind", shown, hidden, alike)
}

type attack struct {
	board board
	told  maturity.Element
	sides maturity.SideElement
}

// try asks what one reader can be sure of, and counts the questions in which
// all others of a side did choose the same.
func (a attack) try(t *rapid.T, reader int) (alike int) {
	for side := range 2 {
		for _, it := range a.told.Items {
			if it.Counts == nil || !a.ofOneMind(reader, side, it.Key) {
				continue
			}
			alike++
			if !a.deniable(reader, side, it.Key) {
				t.Fatalf("reader %d knows what side %d chose in %s: %s, %s", reader, side, it.Key, text(t, a.told), text(t, a.sides))
			}
		}
	}
	return alike
}

func (a attack) place(key string) int {
	for i, q := range a.board.version.Questions(a.board.form) {
		if q.Key == key {
			return i
		}
	}
	return -1
}

func (a attack) on(person, side int) bool { return (person >= a.board.execs) == (side == 1) }

func (a attack) ofOneMind(reader, side int, key string) bool {
	level := assessment.NotAnswered
	for p, row := range a.board.rows {
		if p == reader || !a.on(p, side) {
			continue
		}
		c := row[a.place(key)]
		if level != assessment.NotAnswered && c != level {
			return false
		}
		level = c
	}
	return true
}

// deniable goes through every way of handing out the answers.
func (a attack) deniable(reader, side int, key string) bool {
	of := [2]int{a.board.execs, len(a.board.rows) - a.board.execs}
	type totals struct{ ours, theirs float64 }
	ways := map[totals]bool{{}: true}
	questions := 0.0
	for _, it := range a.told.Items {
		questions++
		next := make(map[totals]bool)
		if it.Counts == nil {
			x, _ := known(it)
			for w := range ways {
				next[totals{w.ours + x, w.theirs + x}] = true
			}
			ways = next
			continue
		}
		pool, own, people := maturity.Counts(it.Counts), 0, of[side]
		all := pool.Sum()
		if reader >= 0 {
			level := int(a.board.rows[reader][a.place(it.Key)])
			pool[level-1]--
			if a.on(reader, side) {
				own, people = level, people-1
			}
		}
		for _, h := range hands(pool, people) {
			if it.Key == key && !h.mixed {
				continue
			}
			ours := float64(h.sum+own) / float64(of[side])
			theirs := float64(all-h.sum-own) / float64(of[1-side])
			for w := range ways {
				next[totals{round9(w.ours + ours), round9(w.theirs + theirs)}] = true
			}
		}
		ways = next
	}
	told := [2]float64{*a.sides.Executive, *a.sides.NonExecutive}
	for w := range ways {
		if shows(w.ours/questions, told[side]) && shows(w.theirs/questions, told[1-side]) {
			return true
		}
	}
	return false
}

func round9(x float64) float64 { return math.Round(x*1e9) / 1e9 }

// shows says whether a mean is published as this.
func shows(mean, published float64) bool {
	return math.Floor(mean*10+0.5+1e-7)/10 == published
}
