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
	name  string
	label string // beside the dot: score and level, or why there is none
	score value
	low   value
	high  value
	level string
}

// The heights of a dot list: the names of the levels, a row, the numbers of
// the scale; and inside a row the baselines of its words and the dot's line.
const (
	dotHead  = 46
	dotRow   = 68
	dotFoot  = 26
	dotName  = 18
	dotLabel = 39
	dotLine  = 54
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

func (d dot) cells() []Cell {
	return []Cell{words(d.name), d.score.cell(), d.low.cell(), d.high.cell(), words(d.level)}
}

// height is that of the whole drawing, in pixels.
func (d dots) height() int { return dotHead + len(d.rows)*dotRow + dotFoot }

func (d dots) top(row int) int { return dotHead + row*dotRow }

// finish fills in what follows from the rows: table, summary, and whether
// there is anything to draw.
func (d *dots) finish(caption, head, one, many string, why maturity.Reason) {
	d.table = Table{Caption: caption, Columns: []string{head, "Score", "Range from", "Range to", "Level"}}
	names, scores := make([]string, len(d.rows)), make([]value, len(d.rows))
	any := false
	for i, row := range d.rows {
		d.table.Rows = append(d.table.Rows, row.cells())
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
	d.subtitle = "Average score from 1 to 5 for each element. The bar is the range if all had answered. " + who(r) + "."
	d.alt = "Scores for the " + counted(len(v.Elements), "element", "elements")
	for _, e := range elements(r, v) {
		d.rows = append(d.rows, newDot(e.Title, e.said.Figure))
	}
	d.finish("Scores by element", "Element", "element", "elements", r.Result.Hidden)
	for i, e := range elements(r, v) {
		d.table.Rows[i] = append(d.table.Rows[i], count(e.said.Respondents, e.said.Hidden).cell())
	}
	d.table.Columns = append(d.table.Columns, "People who answered")
	return d
}

func newFactors(s Setting, r maturity.Report, v *questionnaire.Version) dots {
	d := dots{frame: newFrame(s, "factors", "Scores for the seven factors"), levels: v.LevelNames}
	d.alt = "Scores for the " + counted(len(v.Factors), "factor", "factors")
	d.cuts(r, v.Factors, r.Result.Factors)
	d.finish("Scores by factor", "Factor", "factor", "factors", r.Result.Hidden)
	d.unknown(r.Result.Factors, v.Factors, r.Result.Hidden)
	return d
}

func newLenses(s Setting, r maturity.Report, v *questionnaire.Version) dots {
	d := dots{frame: newFrame(s, "lenses", "Scores for the three lenses"), levels: v.LevelNames}
	d.alt = "Scores for the " + counted(len(v.Lenses), "lens", "lenses")
	d.cuts(r, v.Lenses, r.Result.Lenses)
	d.finish("Scores by lens", "Lens", "lens", "lenses", r.Result.Hidden)
	d.unknown(r.Result.Lenses, v.Lenses, r.Result.Hidden)
	return d
}

// cuts makes a row of each tag, from the same answers seen another way.
func (d *dots) cuts(r maturity.Report, tags []questionnaire.Tag, cuts []maturity.Cut) {
	d.subtitle = "Average score from 1 to 5 across the same answers. The bar is the range if all had answered. " + who(r) + "."
	for _, tag := range tags {
		d.rows = append(d.rows, newDot(tag.Title, cutOf(cuts, tag.Key, r.Result.Hidden).Figure))
	}
}

// unknown adds how many of a cut's answers were "I do not know".
func (d *dots) unknown(cuts []maturity.Cut, tags []questionnaire.Tag, why maturity.Reason) {
	d.table.Columns = append(d.table.Columns, "I do not know")
	for i, tag := range tags {
		c := cutOf(cuts, tag.Key, why)
		d.table.Rows[i] = append(d.table.Rows[i], share(c.DontKnow, c.Hidden).cell())
	}
}

func cutOf(cuts []maturity.Cut, key string, why maturity.Reason) maturity.Cut {
	for _, c := range cuts {
		if c.Key == key {
			return c
		}
	}
	return maturity.Cut{Key: key, Figure: maturity.Figure{Hidden: why}}
}
