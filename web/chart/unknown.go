package chart

import (
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// unknown is what people do not know: bars from nought to all.
type unknown struct {
	frame
	rows []bar
}

// bar is one part of a whole: how far it reaches, in percent, and its label.
type bar struct {
	name  string
	value value
	reach float64
}

// The heights of a row of bars; the bars take the width of the answers' plot,
// so that numbers stand in one column down the page.
const (
	barRow  = 56
	barName = 18
	barTop  = 26
	barTall = 18
)

func (u unknown) height() int { return len(u.rows) * barRow }

func newUnknown(s Setting, r maturity.Report, v *questionnaire.Version) unknown {
	u := unknown{frame: newFrame(s, "do-not-know", "What board members do not know")}
	u.subtitle = "Share of answers that were “I do not know”, for each element. " + who(r)
	u.alt = "Share of answers that were “I do not know”"
	u.table = Table{Caption: "Answers of “I do not know” by element", Columns: []string{"Element", "Share of answers"}}
	for _, e := range elements(r, v) {
		value := share(e.said.DontKnow, e.said.Hidden)
		u.rows = append(u.rows, bar{name: e.Title, value: value, reach: within(value.at*100, 0, 100)})
		u.table.add(words(e.Title), value.cell())
	}
	names, values := make([]string, len(u.rows)), make([]value, len(u.rows))
	any := false
	for i, row := range u.rows {
		names[i], values[i] = row.name, row.value
		any = any || row.value.shown
	}
	u.desc = extremes(names, values, "element", "elements")
	if !any {
		u.none = notShown(r.Result.Hidden)
	}
	return u
}

// itemUnknown is the table of how many people do not know, for each question of one
// element.
func itemUnknown(r maturity.Report, v *questionnaire.Version, key string) Named {
	e := elementOf(r, v, key)
	t := Table{Caption: "Answers of “I do not know” on " + quoted(e.Title), Columns: []string{"Question", "Board members"}}
	for _, i := range e.items(r) {
		t.add(words(i.name()), dontKnow(i.said).cell())
	}
	return Named{Name: "do-not-know-" + key, Table: t}
}
