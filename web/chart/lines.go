package chart

import (
	"strings"

	"octant/internal/questionnaire"
)

// Line is the rounds of one trust, oldest first, for a chart of several trusts.
type Line struct {
	Name   string
	Points []Point
}

// MostLines is how many trusts a chart can tell apart.
const MostLines = 6

// look is how one trust is told from the others: by the shape of its marks and
// the dashes of its line, and by colour besides.
type look struct{ colour, dash, shape string }

var looks = [MostLines]look{
	{mark, "", "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0 -11 0z"},
	{other, "7 4", "M-5 -5h10v10h-10z"},
	{"#005a30", "2 4", "M0 -6.5l6 11h-12z"},
	{"#7c2855", "10 3 2 3", "M0 -7l7 7l-7 7l-7 -7z"},
	{ink, "14 4", "M-6 -2h4v-4h4v4h4v4h-4v4h-4v-4h-4z"},
	{quiet, "5 2", "M0 6.5l6 -11h-12z"},
}

// lines is eight small drawings of several trusts over the same time.
type lines struct {
	frame
	names  []string // of the trusts, in the order they were given
	panels []linesPanel
	turns  []tick // what happened besides, by number
	ends   []tick // the first and the last month
}

// linesPanel is one element.
type linesPanel struct {
	name   string
	desc   string
	series []panel // a trust each
}

// newLines sets trusts beside each other. Each keeps its own line: nothing joins
// the last round of one with the first of another.
func newLines(s Setting, all []Line, turns []Note, v *questionnaire.Version) lines {
	l := lines{frame: newFrame(s, "lines", "Scores for the eight elements, trust by trust")}
	l.alt = "Scores for the " + counted(len(v.Elements), "element", "elements") + " of " + counted(len(all), "trust", "trusts")
	l.subtitle = "Average score from 1 to 5 for each element. The thin bar is the range if all had answered. A line joins only rounds that asked the same questions."
	var points []Point
	for _, line := range all {
		l.names = append(l.names, line.Name)
		points = append(points, line.Points...)
	}
	places := across(points, turns)
	l.turns, l.ends = numbered(places[len(points):]), endsOf(points, places)
	shown := false
	for i := range v.Elements {
		p := linesPanel{name: v.Elements[i].Title}
		var newest []string
		from := 0
		for _, line := range all {
			one := newPanel(&v.Elements[i], line.Points, places[from:from+len(line.Points)])
			from += len(line.Points)
			shown = shown || one.shown()
			p.series = append(p.series, one)
			newest = append(newest, line.Name+" "+one.label)
		}
		p.desc = "Newest: " + strings.Join(newest, "; ") + "."
		l.panels = append(l.panels, p)
	}
	l.table = LinesTable(all, v)
	if !shown {
		l.none = "Nothing of these rounds can be shown."
	}
	return l
}

// LinesTable is every value of a chart of several trusts.
func LinesTable(all []Line, v *questionnaire.Version) Table {
	t := Table{
		Caption: "Scores by element, trust and round",
		Columns: append([]string{"Element", "Trust"}, pointColumns...),
	}
	for i := range v.Elements {
		for _, line := range all {
			for _, p := range line.Points {
				t.add(append([]Cell{words(v.Elements[i].Title), words(line.Name)}, p.cells(v.Elements[i].Key)...)...)
			}
		}
	}
	return t
}
