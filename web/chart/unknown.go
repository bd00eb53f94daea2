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
	u.finish("element", "elements", r.Result.Hidden)
	return u
}

func newItemUnknown(s Setting, r maturity.Report, v *questionnaire.Version, key string) unknown {
	e := elementOf(r, v, key)
	u := unknown{frame: newFrame(s, "do-not-know-"+key, "What board members do not know about "+quoted(e.Title))}
	u.subtitle = "Number of board members who chose “I do not know”. " + who(r)
	u.alt = "Number of board members who chose “I do not know” about " + quoted(e.Title)
	u.table = Table{Caption: "Answers of “I do not know” on " + quoted(e.Title), Columns: []string{"Question", "Board members"}}
	for _, i := range e.items(r) {
		value := dontKnow(i.said)
		row := bar{name: i.name(), value: value}
		if r.Result.Respondents > 0 {
			row.reach = within(value.at*100/float64(r.Result.Respondents), 0, 100)
		}
		u.rows = append(u.rows, row)
		u.table.add(words(row.name), value.cell())
	}
	u.finish("question", "questions", r.Result.Hidden)
	return u
}

func (u *unknown) finish(one, many string, why maturity.Reason) {
	names, values := make([]string, len(u.rows)), make([]value, len(u.rows))
	any := false
	for i, row := range u.rows {
		names[i], values[i] = row.name, row.value
		any = any || row.value.shown
	}
	u.desc = extremes(names, values, one, many)
	if !any {
		u.none = notShown(why)
	}
}
