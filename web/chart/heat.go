package chart

import (
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// heat is every question's score in one table, darker where higher.
type heat struct {
	frame
	levels  [questionnaire.Levels]string
	columns int
	rows    []heatRow
}

type heatRow struct {
	name  string
	cells []heatCell
}

// heatCell is one question: its words, its score and the step of its colour,
// nought for one that has none.
type heatCell struct {
	name string
	text string
	step int
}

func newHeat(s Setting, r maturity.Report, v *questionnaire.Version) heat {
	h := heat{frame: newFrame(s, "heat", "Every question’s score"), levels: v.LevelNames}
	h.subtitle = "Average score from 1 to 5 for each question. Darker means higher. " + who(r)
	h.tabular = true
	h.table = Table{Caption: "Scores by question", Columns: []string{"Element", "Question", "Topic", "Score"}}
	any := false
	for _, e := range elements(r, v) {
		row := heatRow{name: e.Title}
		for _, i := range e.items(r) {
			value := itemScore(i.said)
			cell := newHeatCell(i, value)
			row.cells = append(row.cells, cell)
			h.table.add(words(e.Title), words(i.Key), words(i.Topic), value.cell())
			any = any || cell.step > 0
		}
		h.columns = max(h.columns, len(row.cells))
		h.rows = append(h.rows, row)
	}
	if !any {
		h.none = notShown(r.Result.Hidden)
	}
	return h
}

// newHeatCell colours a score by its fifth of the scale. Answers that are
// told in words alone take the colour of the level that the words name.
func newHeatCell(i item, v value) heatCell {
	cell := heatCell{name: i.name(), text: "Not shown"}
	switch {
	case v.shown:
		cell.text, cell.step = v.text, maturity.LevelOf(v.at)
	case toldLevel(i.said) > 0:
		cell.text, cell.step = "Level "+whole(toldLevel(i.said)), toldLevel(i.said)
	}
	return cell
}
