package maturity_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
)

// chain is rounds of one board, one after the other. Names tell, row by row, who is
// who.
type chain struct {
	boards []board
	names  [][]int
}

// returning pairs the rows of those who answered a round and the next.
func (c chain) returning(round int) (pairs [][2]int) {
	for i, name := range c.names[round] {
		if j := slices.Index(c.names[round+1], name); j >= 0 {
			pairs = append(pairs, [2]int{i, j})
		}
	}
	return pairs
}

// afternoonBoard is rounds of a board, from five people to fourteen, with nobody,
// one or two who leave and come between them, of one mind or of many.
func afternoonBoard(t testing.TB, rng *rand.Rand, sittings int) (c chain) {
	v := version(t)
	people := 5 + rng.IntN(10)
	spread, step := rng.IntN(3), rng.IntN(2)
	centre := make([]int, len(v.Questions(questionnaire.Core)))
	for q := range centre {
		centre[q] = 2 + rng.IntN(2)
	}
	names := numbered(0, people)
	for round := range sittings {
		if round > 0 {
			names = append(slices.Clone(names[rng.IntN(3):]), numbered(100*round, rng.IntN(3))...)
		}
		b := board{version: v, form: questionnaire.Core, execs: rng.IntN(2) * len(names) / 2}
		for range names {
			row := make([]assessment.Choice, len(centre))
			for q := range row {
				level := centre[q] + round*step
				if rng.IntN(3) < spread {
					level += rng.IntN(3) - 1
				}
				if rng.IntN(12) == 0 {
					level = 1 + rng.IntN(5)
				}
				row[q] = assessment.Choice(min(5, max(1, level)))
				if rng.IntN(30) == 0 {
					row[q] = dk
				}
			}
			b.rows = append(b.rows, row)
		}
		c.boards, c.names = append(c.boards, b), append(c.names, names)
	}
	return c
}
