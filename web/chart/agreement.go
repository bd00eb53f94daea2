package chart

import (
	"strings"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// labels are the four ways people can agree, closest first.
var labels = []maturity.Label{maturity.Close, maturity.Fair, maturity.Wide, maturity.Split}

// agreement is how far people agree: a mark a question in each element's row.
type agreement struct {
	frame
	rows []agreementRow
}

// agreementRow is one element's marks, closest first, and what they say.
type agreementRow struct {
	name  string
	marks []maturity.Label
	says  string
}

// saysAt is the baseline of a row's words: under its marks where it has any.
func (r agreementRow) saysAt(top int) int {
	if len(r.marks) == 0 {
		return top + agreementMark
	}
	return top + agreementSays
}

// The heights and widths of a row of marks.
const (
	agreementRowH = 92
	agreementName = 22
	agreementMark = 43 // the marks' middle line
	agreementSays = 70
	agreementStep = 26 // from mark to mark
)

func (a agreement) height() int { return len(a.rows) * agreementRowH }

// markX is where the n-th mark of a row stands, in pixels.
func markX(n int) int { return 11 + n*agreementStep }

func newAgreement(s Setting, r maturity.Report, v *questionnaire.Version) agreement {
	a := agreement{frame: newFrame(s, "agreement", "How far board members agree")}
	a.subtitle = "One mark for each question, by how far apart its answers are. " + who(r)
	a.alt = "How far board members agree in each element"
	a.table = Table{Caption: "Agreement by element", Columns: []string{"Element", "Close", "Fair", "Wide", "Split", "Not shown"}}
	var says []string
	any := false
	for _, e := range elements(r, v) {
		tally := tallyOf(e.items(r))
		row := agreementRow{name: e.Title, marks: tally.marks(), says: tally.words(e.said.Hidden)}
		a.rows = append(a.rows, row)
		a.table.add(append([]Cell{words(e.Title)}, tally.cells(e.said.Hidden)...)...)
		says = append(says, e.Title+": "+lower(row.says)+".")
		any = any || tally.shown() > 0
	}
	a.desc = strings.Join(append(says, "The table after the chart has every value."), " ")
	if !any {
		a.none = notShown(r.Result.Hidden)
	}
	return a
}

// tally counts questions by label; the last count is of those not shown.
type tally [5]int

func tallyOf(all []item) tally {
	var t tally
	for _, i := range all {
		t[place(i.said.Label)]++
	}
	return t
}

// place is a label's place among the four, or the one after them.
func place(l maturity.Label) int {
	for i, known := range labels {
		if l == known {
			return i
		}
	}
	return len(labels)
}

func (t tally) shown() int { return sum(t[:len(labels)]) }

func (t tally) marks() []maturity.Label {
	var marks []maturity.Label
	for i, n := range t[:len(labels)] {
		for range n {
			marks = append(marks, labels[i])
		}
	}
	return marks
}

func (t tally) words(why maturity.Reason) string {
	if t.shown() == 0 {
		return notShown(why)
	}
	var says []string
	for i, n := range t {
		name := "not shown"
		if i < len(labels) {
			name = string(labels[i])
		}
		if n > 0 {
			says = append(says, whole(n)+" "+name)
		}
	}
	return strings.Join(says, ", ")
}

func (t tally) cells(why maturity.Reason) []Cell {
	cells := make([]Cell, len(t))
	for i, n := range t {
		cells[i] = number(whole(n))
		if t.shown() == 0 && i < len(labels) {
			cells[i] = words(notShown(why))
		}
	}
	return cells
}

// itemAgreement is the table of how far people agree on each question of one
// element.
func itemAgreement(r maturity.Report, v *questionnaire.Version, key string) Named {
	e := elementOf(r, v, key)
	t := Table{Caption: "Agreement on " + quoted(e.Title), Columns: []string{"Question", "Agreement", "Average distance from the mean, in levels"}}
	for _, i := range e.items(r) {
		t.add(words(i.name()), words(agreed(i.said)), distance(i.said).cell())
	}
	return Named{Name: "agreement-" + key, Table: t}
}

// distance is the average deviation, or the words that are told in its place.
func distance(i maturity.Item) value {
	if !published(i.AverageDeviation) && toldLevel(i) > 0 {
		return value{text: spreadWords(i)}
	}
	return score(i.AverageDeviation, whyNot(i, "averageDeviation"))
}
