package chart

import (
	"cmp"
	"slices"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// slope is the elements' scores in two rounds, each as a line from the one to the
// other.
type slope struct {
	frame
	then, now string // months
	lines     []slopeLine
}

// slopeLine is one element: where it stands in each round and where its words do,
// in pixels down.
type slopeLine struct {
	name      []string
	from, to  value
	y1, y2    float64
	label1    float64
	label2    float64
	moved     bool
	direction maturity.Verdict
}

// The room a slope chart takes: its head, the scale, and a line of its labels.
const (
	slopeHead  = 40
	slopeScale = 360
	slopeLabel = 20
	slopeFoot  = 24
	slopeName  = 18 // characters on a line of a name
)

// newSlope draws the compared elements; those that are not stand in the table
// alone.
func newSlope(s Setting, c maturity.Comparison, v *questionnaire.Version) slope {
	p := slope{frame: newFrame(s, "slope", "Scores in both rounds"), then: month(c.Earlier.Closed), now: month(c.Later.Closed)}
	p.alt = "Scores for the elements in two rounds"
	p.subtitle = "Average score from 1 to 5, over the questions that both rounds asked in the same words. Thick lines moved."
	p.desc = "From " + p.then + " to " + p.now + ". The table after the chart has every value."
	p.table = comparisonTable(c, v)
	for _, e := range c.Elements {
		if !published(e.Earlier) || !published(e.Later) {
			continue
		}
		p.lines = append(p.lines, slopeLine{
			name: wrap(titleOf(v, e.Key), slopeName), from: score(e.Earlier, ""), to: score(e.Later, ""),
			y1: slopeDown(*e.Earlier), y2: slopeDown(*e.Later), moved: e.Verdict == maturity.MovedUp || e.Verdict == maturity.MovedDown,
			direction: e.Verdict,
		})
	}
	if len(p.lines) == 0 {
		p.none = "No element can be compared between these two rounds."
	}
	p.spread(func(l *slopeLine) (float64, *float64, int) { return l.y1, &l.label1, 1 })
	p.spread(func(l *slopeLine) (float64, *float64, int) { return l.y2, &l.label2, len(l.name) })
	return p
}

func slopeDown(score float64) float64 { return slopeHead + slopeScale - onScale(score)/100*slopeScale }

// spread puts the labels of one side as near to their lines' ends as they can be
// without touching: from the top down, and then pushed up again from the floor.
func (p *slope) spread(side func(*slopeLine) (end float64, label *float64, rows int)) {
	order := make([]*slopeLine, len(p.lines))
	for i := range p.lines {
		order[i] = &p.lines[i]
	}
	slices.SortStableFunc(order, func(a, b *slopeLine) int {
		x, _, _ := side(a)
		y, _, _ := side(b)
		return cmp.Compare(x, y)
	})
	free := float64(slopeHead)
	for _, l := range order {
		end, label, rows := side(l)
		*label = max(free, end)
		free = *label + float64(rows*slopeLabel)
	}
	floor := float64(p.height() - slopeFoot + slopeLabel)
	for _, l := range slices.Backward(order) {
		_, label, rows := side(l)
		*label = min(*label, floor-float64(rows*slopeLabel))
		floor = *label
	}
}

// height is that of the whole drawing: the scale, or all labels if they need more.
func (p slope) height() int {
	rows := 0
	for _, l := range p.lines {
		rows += len(l.name)
	}
	return slopeHead + max(slopeScale, rows*slopeLabel) + slopeFoot
}

// stroke is how a line is drawn.
func (l slopeLine) stroke() (colour, width string) {
	switch l.direction {
	case maturity.MovedUp:
		return mark, "4"
	case maturity.MovedDown:
		return other, "4"
	}
	return edge, "1.5"
}

func titleOf(v *questionnaire.Version, key string) string {
	if e, ok := v.Element(key); ok {
		return e.Title
	}
	return key
}

// comparisonTable has every element, compared or not.
func comparisonTable(c maturity.Comparison, v *questionnaire.Version) Table {
	t := Table{
		Caption: "Change by element",
		Columns: []string{
			"Element", month(c.Earlier.Closed), month(c.Later.Closed), "Change", "What it comes to", "Test", "Minds changed", "Members changed", "Questions compared",
			month(c.Earlier.Closed) + ", as judged in the later round",
		},
	}
	for _, e := range c.Elements {
		why := cmp.Or(e.Hidden, e.Mixed)
		verdict, test := notShown(e.Hidden), notShown(e.Hidden)
		if e.Verdict != "" {
			verdict, test = sentence(string(e.Verdict)), e.Test()
		}
		t.add(words(titleOf(v, e.Key)), score(e.Earlier, e.Hidden).cell(), score(e.Later, e.Hidden).cell(), change(e.Change, e.Hidden).cell(),
			words(verdict), words(test), change(e.Minds, why).cell(), change(e.Members, why).cell(), number(whole(len(e.Questions))), judgedSince(c.LookBack, e.Key))
	}
	return t
}

// judgedSince is where the later round put the earlier one.
func judgedSince(b *maturity.LookBack, key string) Cell {
	return Point{Since: b}.since(key)
}

// ComparisonTable is the table of the slope chart.
func ComparisonTable(c maturity.Comparison, v *questionnaire.Version) Table {
	return comparisonTable(c, v)
}

// ComparisonCSV is a table of every element and every question of a comparison.
func ComparisonCSV(c maturity.Comparison, v *questionnaire.Version) Table {
	t := comparisonTable(c, v)
	t.Columns = slices.Insert(slices.Clone(t.Columns), 1, "Question")
	for i, row := range t.Rows {
		t.Rows[i] = slices.Insert(slices.Clone(row), 1, words("All"))
	}
	for _, e := range c.Elements {
		for _, q := range e.Questions {
			row := make([]Cell, len(t.Columns))
			row[0], row[1] = words(titleOf(v, e.Key)), words(q.Key)
			row[2], row[3] = score(q.Earlier, "").cell(), score(q.Later, "").cell()
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// change is a difference in levels, with its sign.
func change(p *float64, why maturity.Reason) value {
	d := score(p, why)
	if d.shown && round(d.at, 10) > 0 {
		d.text = "+" + d.text
	}
	return d
}

// sentence makes the first letter large.
func sentence(s string) string {
	if s == "" {
		return s
	}
	return string(s[0]-'a'+'A') + s[1:]
}
