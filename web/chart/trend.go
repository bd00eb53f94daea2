package chart

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// Point is the published figures of one round, for a chart of several.
type Point struct {
	Title       string
	Closed      time.Time
	Asked       string // which questionnaire and form, in words; a line joins only rounds that asked the same
	Respondents int
	Invited     int
	Elements    []maturity.Element
	Since       *maturity.LookBack // how a later round looked back on this one, nil if none did
}

// Note is something that happened besides, on the time line.
type Note struct {
	On   time.Time
	Text string
}

// trend is eight small drawings over the same rounds.
type trend struct {
	frame
	points []Point
	panels []panel
	notes  []tick
	ends   []tick // the first and the last month
	breaks []float64
}

// panel is one element over the rounds.
type panel struct {
	name  string
	label string // the newest score, or why there is none
	marks []trendMark
	back  []backMark
	runs  []run
}

// shown says whether any round has a score there.
func (p panel) shown() bool { return len(p.marks) > 0 }

// trendMark is one round's score: where it stands across, in percent, and down,
// in pixels.
type trendMark struct {
	at       float64
	y        float64
	low      float64 // lower edge of the interval, further down
	high     float64
	interval bool
}

// backMark is where a later round, looking back, put one.
type backMark struct{ at, y float64 }

// run is a stretch of rounds that asked the same: a line through their scores.
type run struct{ line string }

// tick is a place across with its words.
type tick struct {
	at   float64
	text string
}

// A panel's height and, inside it, the baselines of its words and the ends of the
// scale.
const (
	panelHeight = 218
	panelName   = 20
	panelLabel  = 42
	panelTop    = 72
	panelFloor  = 180
	panelMonth  = 206
)

// down is where a score stands in a panel, in pixels.
func down(score float64) float64 { return panelFloor - onScale(score)/100*(panelFloor-panelTop) }

// newTrend sets rounds beside each other, oldest first.
func newTrend(s Setting, points []Point, notes []Note, v *questionnaire.Version) trend {
	t := trend{frame: newFrame(s, "trend", "Scores for the eight elements, round by round"), points: points}
	t.alt = "Scores for the " + counted(len(v.Elements), "element", "elements") + " over " + counted(len(points), "round", "rounds")
	t.subtitle = "Average score from 1 to 5 for each element. The bar is the range if all had answered."
	places := across(points, notes)
	for i := 1; i < len(points); i++ {
		if points[i].Asked != points[i-1].Asked {
			t.breaks = append(t.breaks, (places[i]+places[i-1])/2)
		}
	}
	if len(t.breaks) > 0 {
		t.subtitle += " Where the line breaks, the rounds asked other questions."
	}
	if slices.ContainsFunc(points, func(p Point) bool { return p.Since.Told() }) {
		t.subtitle += " A diamond is where the next round, looking back, put a round."
	}
	t.notes, t.ends = numbered(places[len(points):]), endsOf(points, places)
	for i := range v.Elements {
		t.panels = append(t.panels, newPanel(&v.Elements[i], points, places))
	}
	t.tell(v)
	return t
}

// across places rounds and then notes from left to right by date, in percent.
func across(points []Point, notes []Note) []float64 {
	var days []time.Time
	for _, p := range points {
		days = append(days, p.Closed)
	}
	for _, n := range notes {
		days = append(days, n.On)
	}
	places := make([]float64, len(days))
	if len(days) == 0 {
		return places
	}
	first, last := days[0], days[0]
	for _, d := range days {
		if d.Before(first) {
			first = d
		}
		if d.After(last) {
			last = d
		}
	}
	for i, d := range days {
		places[i] = 50
		if last.After(first) {
			places[i] = 100 * float64(d.Sub(first)) / float64(last.Sub(first))
		}
	}
	return places
}

// numbered are marks that go by their numbers. Those of one day share a mark.
func numbered(places []float64) []tick {
	var ticks []tick
	for i, at := range places {
		if last := len(ticks) - 1; last >= 0 && ticks[last].at == at {
			ticks[last].text += ", " + whole(i+1)
			continue
		}
		ticks = append(ticks, tick{at, whole(i + 1)})
	}
	return ticks
}

// endsOf are the first and the last round of all, by month.
func endsOf(points []Point, places []float64) []tick {
	var first, last time.Time
	var from, to float64
	for i, p := range points {
		if first.IsZero() || p.Closed.Before(first) {
			first, from = p.Closed, places[i]
		}
		if last.IsZero() || p.Closed.After(last) {
			last, to = p.Closed, places[i]
		}
	}
	switch {
	case first.IsZero():
		return nil
	case first.Equal(last):
		return []tick{{from, month(first)}}
	}
	return []tick{{from, month(first)}, {to, month(last)}}
}

func newPanel(e *questionnaire.Element, points []Point, places []float64) panel {
	p := panel{name: e.Title}
	var line []string
	end := func() {
		if len(line) > 1 {
			p.runs = append(p.runs, run{strings.Join(line, " ")})
		}
		line = nil
	}
	for i, point := range points {
		if i > 0 && point.Asked != points[i-1].Asked {
			end()
		}
		f := point.figure(e.Key)
		if back := point.Since.Of(e.Key); published(back.Score) {
			p.back = append(p.back, backMark{at: places[i], y: down(*back.Score)})
		}
		p.label = notShown(f.Hidden)
		if !published(f.Score) {
			end()
			continue
		}
		m := trendMark{at: places[i], y: down(*f.Score)}
		if published(f.Low) && published(f.High) && *f.Low < *f.High {
			m.low, m.high, m.interval = down(*f.Low), down(*f.High), true
		}
		p.marks = append(p.marks, m)
		line = append(line, px(places[i])+","+px(m.y))
		p.label = decimal(*f.Score) + " " + f.Level
	}
	end()
	return p
}

// figure is what a round published of an element.
func (p Point) figure(key string) maturity.Element {
	for _, e := range p.Elements {
		if e.Key == key {
			return e
		}
	}
	return maturity.Element{Key: key}
}

// pointColumns are the columns of a round in a table.
var pointColumns = []string{"Round", "Closed", "Questions", "Score", "Range from", "Range to", "Level", "People who answered"}

// cells is what a round published of an element, as [pointColumns] have it.
func (p Point) cells(key string) []Cell {
	e := p.figure(key)
	level := notShown(e.Hidden)
	if published(e.Score) {
		level = e.Standing()
	}
	return []Cell{
		words(p.Title), words(month(p.Closed)), words(p.Asked),
		score(e.Score, e.Hidden).cell(), score(e.Low, e.Hidden).cell(), score(e.High, e.Hidden).cell(), words(level),
		count(e.Respondents, e.Hidden).cell(),
	}
}

// since is where the next round put this one, or why that is not known.
func (p Point) since(key string) Cell {
	if p.Since == nil {
		return words("Not asked")
	}
	back := p.Since.Of(key)
	return score(back.Score, back.Hidden).cell()
}

// tell fills in the table, and what the picture says in words.
func (t *trend) tell(v *questionnaire.Version) {
	t.table = Table{
		Caption: "Scores by element and round",
		Columns: slices.Concat([]string{"Element"}, pointColumns, []string{"As judged in the next round"}),
	}
	for i := range v.Elements {
		for _, p := range t.points {
			key := v.Elements[i].Key
			t.table.add(slices.Concat([]Cell{words(v.Elements[i].Title)}, p.cells(key), []Cell{p.since(key)})...)
		}
	}
	if !slices.ContainsFunc(t.panels, panel.shown) {
		t.none = "Nothing of these rounds can be shown."
		return
	}
	first, last := t.points[0], t.points[len(t.points)-1]
	t.desc = fmt.Sprintf("From %s to %s. The table after the chart has every value.", month(first.Closed), month(last.Closed))
}

// TrendTable is the table of the trend chart, under its name.
func TrendTable(points []Point, v *questionnaire.Version) Table {
	return newTrend(Setting{}, points, nil, v).table
}
