// Package chart draws a round's report: each chart as a figure with a finding
// for its title, an SVG that needs no script and no style sheet, the same
// values as a table, and a CSV of that table.
//
// It is not where anything is computed, hidden or rounded; a published
// [maturity.Report] comes in, and geometry and words go out. Nor is it a
// drawing library: it knows eight elements, five levels and no other data.
//
// Its one rule: a value is turned into words once, and drawing, table and CSV
// carry those words. What is not published is said to be not shown, and is
// never drawn, left blank or written as nought.
package chart

import (
	"strconv"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// Setting is what a page decides about a chart. Its zero value works.
type Setting struct {
	Title   string // the finding, in at most ten words; a plain title when empty
	Heading int    // level of the title's heading, 2 to 6; 3 when nought
	ID      string // prefix of every id inside; "chart-" and the chart's name when empty
	Files   string // address under which the CSV files lie; no link when empty
	Tabled  bool   // the page has the values in a table of its own: none follows the drawing
}

// Named is the table of one chart under the chart's name, which is also the
// name of its CSV file.
type Named struct {
	Name  string
	Table Table
}

// Charts gives the table of every chart of a report, in the order of the page, and
// for each element two that the page tells in words.
func Charts(r maturity.Report, v *questionnaire.Version) []Named {
	s := Setting{}
	named := []Named{
		newProfile(s, r, v).named(),
		newAgreement(s, r, v).named(),
		newUnknown(s, r, v).named(),
		newHeat(s, r, v).named(),
		newSides(s, r, v).named(),
		newFactors(s, r, v).named(),
		newLenses(s, r, v).named(),
	}
	for i := range v.Elements {
		key := v.Elements[i].Key
		named = append(named, newAnswers(s, r, v, key).named(), itemAgreement(r, v, key), itemUnknown(r, v, key))
	}
	return named
}

// frame is all of a figure but its drawing.
type frame struct {
	name     string
	id       string
	heading  int
	title    string
	subtitle string
	csv      string // address of the CSV, "" for no link
	alt      string // what kind of picture it is of what
	desc     string // what the picture tells, in sentences
	tabular  bool   // the drawing is itself a table, or the page has one: no other follows it
	none     string // said in place of the drawing when nothing is published
	table    Table
}

func (f frame) named() Named { return Named{Name: f.name, Table: f.table} }

func newFrame(s Setting, name, title string) frame {
	f := frame{name: name, id: s.ID, heading: s.Heading, title: s.Title, tabular: s.Tabled}
	if f.id == "" {
		f.id = "chart-" + name
	}
	if f.heading == 0 {
		f.heading = 3
	}
	if f.title == "" {
		f.title = title
	}
	if s.Files != "" {
		f.csv = s.Files + "/" + name + ".csv"
	}
	return f
}

// element is an element of the questionnaire beside what is published of it.
type element struct {
	*questionnaire.Element
	said maturity.Element
}

// elements pairs every element with its result, so that one of which nothing
// is published still has its row.
func elements(r maturity.Report, v *questionnaire.Version) []element {
	said := make(map[string]maturity.Element, len(r.Result.Elements))
	for _, e := range r.Result.Elements {
		said[e.Key] = e
	}
	all := make([]element, len(v.Elements))
	for i := range v.Elements {
		key := v.Elements[i].Key
		all[i] = element{Element: &v.Elements[i], said: said[key]}
		if all[i].said.Key == "" {
			all[i].said = maturity.Element{Key: key, Figure: maturity.Figure{Hidden: r.Result.Hidden}}
		}
	}
	return all
}

// elementOf is one of elements; an unknown key gives an element of nothing.
func elementOf(r maturity.Report, v *questionnaire.Version, key string) element {
	for _, e := range elements(r, v) {
		if e.Key == key {
			return e
		}
	}
	return element{Element: &questionnaire.Element{Key: key}}
}

// item is a question beside what is published of its answers.
type item struct {
	*questionnaire.Question
	said maturity.Item
}

// items pairs the questions that the round asked with their results.
func (e element) items(r maturity.Report) []item {
	said := make(map[string]maturity.Item, len(e.said.Items))
	for _, i := range e.said.Items {
		said[i.Key] = i
	}
	var all []item
	for _, q := range e.Questions {
		it, ok := said[q.Key]
		if !ok && questionnaire.Form(r.Result.Form) == questionnaire.Core && !q.Core {
			continue
		}
		if !ok {
			it = maturity.Item{Key: q.Key, Hidden: r.Result.Hidden}
		}
		all = append(all, item{Question: q, said: it})
	}
	return all
}

func (i item) name() string { return i.Key + " " + i.Topic }

// px writes a length or a place in user units.
func px(v float64) string { return strconv.FormatFloat(round(v, 10), 'f', -1, 64) }

func whole(n int) string { return strconv.Itoa(n) }
