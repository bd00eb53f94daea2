package chart

import (
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// dots is a list of scores on the scale, each with its interval as a bar.
type dots struct {
	frame
	levels [questionnaire.Levels]string
	rows   []dot
	radar  bool // the same rows are drawn as a radar too
}

// dot is one score on the scale.
type dot struct {
	name   string
	label  string // beside the dot: score and level, or why there is none
	score  value
	low    value
	high   value
	level  string
	beside value // said in the table alone
}

// The heights of a dot list: the names of the levels, a row, the numbers of
// the scale; and inside a row the baselines of its words and the dot's line.
const (
	dotHead  = 46
	dotRow   = 76
	dotFoot  = 26
	dotName  = 22
	dotLabel = 43
	dotLine  = 59
)

func newDot(name string, f maturity.Figure) dot {
	d := dot{name: name, score: score(f.Score, f.Hidden)}
	if !d.score.shown {
		d.low, d.high = hiddenValue(f.Hidden), hiddenValue(f.Hidden)
		d.level, d.label = notShown(f.Hidden), notShown(f.Hidden)
		return d
	}
	d.low, d.high = score(f.Low, f.Hidden), score(f.High, f.Hidden)
	d.level, d.label = notShown(f.Hidden), d.score.text
	if f.Level != "" {
		d.level, d.label = f.Standing(), d.score.text+" "+f.Level
	}
	return d
}

// band is where the interval lies, in percent: from, and how wide. An interval
// that is not published, or that has no width, is not drawn.
func (d dot) band() (from, width float64, drawn bool) {
	if !d.score.shown || !d.low.shown || !d.high.shown {
		return 0, 0, false
	}
	from = onScale(d.low.at)
	width = onScale(d.high.at) - from
	return from, width, width > 0
}

// cells are the row of a table; the last is what the chart has beside scores.
func (d dot) cells() []Cell {
	return []Cell{words(d.name), d.score.cell(), d.low.cell(), d.high.cell(), words(d.level), d.beside.cell()}
}

// aboutBands explains the bars, where there are any.
func (d dots) aboutBands() string {
	for _, row := range d.rows {
		if _, _, drawn := row.band(); drawn {
			return "The bar is the range if all had answered. "
		}
	}
	return ""
}

// height is that of the whole drawing, in pixels.
func (d dots) height() int { return dotHead + len(d.rows)*dotRow + dotFoot }

func (d dots) top(row int) int { return dotHead + row*dotRow }

// finish fills in what follows from the rows: table, summary, and whether
// there is anything to draw.
func (d *dots) finish(caption, head, beside, one, many string, why maturity.Reason) {
	d.table = Table{Caption: caption, Columns: []string{head, "Score", "Range from", "Range to", "Level", beside}}
	names, scores := make([]string, len(d.rows)), make([]value, len(d.rows))
	any := false
	for i, row := range d.rows {
		d.table.add(row.cells()...)
		names[i], scores[i] = row.name, row.score
		any = any || row.score.shown
	}
	d.desc = "The scale runs from 1 to 5. " + extremes(names, scores, one, many)
	if !any {
		d.none = notShown(why)
	}
}

func newProfile(s Setting, r maturity.Report, v *questionnaire.Version) dots {
	d := dots{frame: newFrame(s, "profile", "Scores for the eight elements"), levels: v.LevelNames, radar: true}
	d.alt = "Scores for the " + counted(len(v.Elements), "element", "elements")
	for _, e := range elements(r, v) {
		row := newDot(e.Title, e.said.Figure)
		row.beside = count(e.said.Respondents, e.said.Hidden)
		d.rows = append(d.rows, row)
	}
	d.subtitle = "Average score from 1 to 5 for each element. " + d.aboutBands() + who(r)
	d.finish("Scores by element", "Element", "People who answered", "element", "elements", r.Result.Hidden)
	return d
}

func newFactors(s Setting, r maturity.Report, v *questionnaire.Version) dots {
	d := dots{frame: newFrame(s, "factors", "Scores for the seven factors"), levels: v.LevelNames}
	d.alt = "Scores for the " + counted(len(v.Factors), "factor", "factors")
	d.cuts(r, v.Factors, r.Result.Factors)
	d.finish("Scores by factor", "Factor", "I do not know", "factor", "factors", r.Result.Hidden)
	return d
}

func newLenses(s Setting, r maturity.Report, v *questionnaire.Version) dots {
	d := dots{frame: newFrame(s, "lenses", "Scores for the three lenses"), levels: v.LevelNames}
	d.alt = "Scores for the " + counted(len(v.Lenses), "lens", "lenses")
	d.cuts(r, v.Lenses, r.Result.Lenses)
	d.finish("Scores by lens", "Lens", "I do not know", "lens", "lenses", r.Result.Hidden)
	return d
}

// cuts makes a row of each tag, from the same answers seen another way.
func (d *dots) cuts(r maturity.Report, tags []questionnaire.Tag, cuts []maturity.Cut) {
	for _, tag := range tags {
		c := cutOf(cuts, tag.Key, r.Result.Hidden)
		row := newDot(tag.Title, c.Figure)
		row.beside = share(c.DontKnow, c.Hidden)
		d.rows = append(d.rows, row)
	}
	d.subtitle = "Average score from 1 to 5 across the same answers. " + d.aboutBands() + who(r)
}

func cutOf(cuts []maturity.Cut, key string, why maturity.Reason) maturity.Cut {
	for _, c := range cuts {
		if c.Key == key {
			return c
		}
	}
	return maturity.Cut{Key: key, Figure: maturity.Figure{Hidden: why}}
}

// dotInset is the room at both ends of the scale for half a dot, in percent.
const dotInset = 3.0

// levelBand is the fifth of the scale that is a level's, in percent: from, and
// how wide. The outer two reach to the edges of the drawing.
func levelBand(i int) (from, width float64) {
	const fifth = 100.0 / questionnaire.Levels
	from, width = float64(i)*fifth, fifth
	outside := dotInset * 100 / (100 - 2*dotInset)
	if i == 0 {
		from -= outside
		width += outside
	}
	if i == questionnaire.Levels-1 {
		width += outside
	}
	return from, width
}
