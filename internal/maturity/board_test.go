package maturity_test

import (
	"testing"

	"pgregory.net/rapid"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

const dk, rns, none = assessment.DontKnow, assessment.RatherNotSay, assessment.NotAnswered

func version(t testing.TB) *questionnaire.Version {
	t.Helper()
	v, err := questionnaire.Load("2026-1")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// board is a round in the making: rows of choices, a person each, in the order
// of the form's questions.
type board struct {
	version *questionnaire.Version
	form    questionnaire.Form
	rows    [][]assessment.Choice
	execs   int // the first so many are executives
	invited int
}

func (b board) input() maturity.Input {
	in := maturity.Input{
		Version: b.version, Form: b.form, Invited: max(b.invited, len(b.rows)),
		InvitedBySide: map[assessment.Side]int{assessment.Executive: b.execs, assessment.NonExecutive: max(b.invited, len(b.rows)) - b.execs},
	}
	for i, row := range b.rows {
		r := assessment.Response{Side: assessment.NonExecutive, Submitted: true, Answers: map[string]assessment.Answer{}}
		if i < b.execs {
			r.Side = assessment.Executive
		}
		for k, q := range b.version.Questions(b.form) {
			if row[k] != none {
				r.Answers[q.Key] = assessment.Answer{Question: q.Key, Choice: row[k]}
			}
		}
		in.Responses = append(in.Responses, r)
	}
	return in
}

// uniform is a board whose every question was answered alike: one choice a
// person.
func uniform(v *questionnaire.Version, execs int, choices ...assessment.Choice) board {
	b := board{version: v, form: questionnaire.Full, execs: execs}
	for _, c := range choices {
		row := make([]assessment.Choice, len(v.Questions(b.form)))
		for i := range row {
			row[i] = c
		}
		b.rows = append(b.rows, row)
	}
	return b
}

// set gives a question's answers, person by person.
func (b board) set(key string, choices ...assessment.Choice) board {
	for i, q := range b.version.Questions(b.form) {
		if q.Key == key {
			for p, c := range choices {
				b.rows[p][i] = c
			}
		}
	}
	return b
}

// drawBoard draws a board of a size, with answers that lie together as real
// ones do: each question has a level about which people differ.
func drawBoard(t *rapid.T, v *questionnaire.Version, least, most int) board {
	b := board{version: v, form: rapid.SampledFrom([]questionnaire.Form{questionnaire.Full, questionnaire.Core}).Draw(t, "form")}
	people := rapid.IntRange(least, most).Draw(t, "people")
	b.execs = rapid.IntRange(0, people).Draw(t, "executives")
	b.invited = people + rapid.IntRange(0, 4).Draw(t, "silent")
	b.rows = make([][]assessment.Choice, people)
	for range v.Questions(b.form) {
		column := drawColumn(t, people)
		for p := range b.rows {
			b.rows[p] = append(b.rows[p], column[p])
		}
	}
	return b
}

func drawColumn(t *rapid.T, people int) []assessment.Choice {
	centre := rapid.IntRange(1, 5).Draw(t, "centre")
	spread := rapid.IntRange(0, 4).Draw(t, "spread")
	unknown := rapid.IntRange(0, 12).Draw(t, "unknown")
	column := make([]assessment.Choice, people)
	for p := range column {
		switch x := rapid.IntRange(0, 19).Draw(t, "kind"); {
		case x < unknown:
			column[p] = dk
		case x == 19:
			column[p] = rapid.SampledFrom([]assessment.Choice{rns, none}).Draw(t, "silence")
		default:
			level := centre + rapid.IntRange(-spread, spread).Draw(t, "off")
			column[p] = assessment.Choice(min(5, max(1, level)))
		}
	}
	return column
}

func elementOf(t testing.TB, r maturity.Result, key string) maturity.Element {
	t.Helper()
	for _, e := range r.Elements {
		if e.Key == key {
			return e
		}
	}
	t.Fatalf("no element %s", key)
	return maturity.Element{}
}

func itemOf(t testing.TB, r maturity.Result, key string) maturity.Item {
	t.Helper()
	for _, it := range elementOf(t, r, key[:1]).Items {
		if it.Key == key {
			return it
		}
	}
	t.Fatalf("no item %s", key)
	return maturity.Item{}
}
