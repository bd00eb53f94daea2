package maturity_test

import (
	"slices"
	"testing"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// rounds are two rounds of one board. Names tell, row by row, who is who.
type rounds struct {
	boards [2]board
	names  [2][]int
}

// follow publishes both rounds and what changed.
func (r rounds) follow() (reports [2]maturity.Report, change maturity.Change) {
	var sittings [2]maturity.Sitting
	for i, id := range [2]string{"first", "second"} {
		in := r.boards[i].input()
		reports[i] = maturity.Publish(in, maturity.Meta{Round: maturity.Round{ID: id}})
		sittings[i] = maturity.Sitting{Input: in, Result: reports[i].Result}
	}
	return reports, maturity.Follow(sittings[0], sittings[1], "first", "second", r.returning(), maturity.Turnover{})
}

func (r rounds) returning() (pairs [][2]int) {
	for i, name := range r.names[0] {
		if j := slices.Index(r.names[1], name); j >= 0 {
			pairs = append(pairs, [2]int{i, j})
		}
	}
	return pairs
}

func (r rounds) compare() maturity.Comparison {
	reports, change := r.follow()
	v := r.boards[0].version
	return maturity.Compare(reports[0], reports[1], v, r.boards[1].version, &change, true)
}

// numbered are n people from a number on.
func numbered(from, n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = from + i
	}
	return all
}

// steady is a board of so many whose answers differ from person to person and
// question to question, moved by so many levels.
func steady(t testing.TB, form questionnaire.Form, people, moved int) board {
	v := version(t)
	b := board{version: v, form: form, execs: people / 2}
	for p := range people {
		row := make([]assessment.Choice, len(v.Questions(form)))
		for q := range row {
			row[q] = assessment.Choice(min(5, 1+(p+q)%3+moved))
		}
		b.rows = append(b.rows, row)
	}
	return b
}
