package chart

import (
	"cmp"
	"strings"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// sides sets executives beside non-executives, an element a row.
type sides struct {
	frame
	rows []sideRow
}

// sideRow is one element as both sides see it.
type sideRow struct {
	name         string
	executive    value
	nonExecutive value
	says         string // the gap in words, or why nothing is shown
}

// The heights of a row of sides, and the room at both ends of the scale for
// the numbers beside the outermost markers.
const (
	sideHead  = 0
	sideRowH  = 80
	sideFoot  = 26
	sideName  = 22
	sideSays  = 42
	sideLine  = 62
	sideInset = 11
)

func (s sides) height() int { return sideHead + len(s.rows)*sideRowH + sideFoot }

func (s sides) top(row int) int { return sideHead + row*sideRowH }

func newSides(set Setting, r maturity.Report, v *questionnaire.Version) sides {
	s := sides{frame: newFrame(set, "sides", "How executives and non-executives see it")}
	s.subtitle = "Average score from 1 to 5 of each side, for each element. " + sidesWho(r)
	s.alt = "Scores of executives and non-executives"
	s.table = Table{Caption: "Executives and non-executives", Columns: []string{
		"Element", "Executives", "Non-executives",
		"Gap", "In words", "Executives who do not know", "Non-executives who do not know",
	}}
	var says []string
	any := false
	for _, e := range elements(r, v) {
		said := sideOf(r.Result, e.Key)
		row := newSideRow(e.Title, said)
		s.rows = append(s.rows, row)
		s.table.add(words(row.name), row.executive.cell(), row.nonExecutive.cell(),
			score(said.Gap, said.Hidden).cell(), words(row.says),
			words(shareWords(said.ExecutiveDontKnow, said.Hidden)), words(shareWords(said.NonExecutiveDontKnow, said.Hidden)))
		says = append(says, row.name+": "+lower(row.says)+".")
		any = any || row.executive.shown || row.nonExecutive.shown
	}
	s.desc = strings.Join(append(says, "The table after the chart has every value."), " ")
	if !any {
		s.none = notShown(cmp.Or(r.Result.Sides.Hidden, r.Result.Hidden))
	}
	return s
}

func sideOf(r maturity.Result, key string) maturity.SideElement {
	for _, e := range r.Sides.Elements {
		if e.Key == key {
			e.Hidden = cmp.Or(e.Hidden, r.Sides.Hidden, r.Hidden)
			return e
		}
	}
	return maturity.SideElement{Key: key, Hidden: cmp.Or(r.Sides.Hidden, r.Hidden)}
}

func newSideRow(name string, said maturity.SideElement) sideRow {
	row := sideRow{name: name, executive: score(said.Executive, said.Hidden), nonExecutive: score(said.NonExecutive, said.Hidden)}
	row.says = gapWords(score(said.Gap, said.Hidden))
	return row
}

// gapWords says which side sees more, and by how much.
func gapWords(gap value) string {
	switch size := strings.TrimPrefix(gap.text, "-"); {
	case !gap.shown:
		return gap.text
	case size == decimal(0):
		return "Same score"
	case gap.at > 0:
		return "Executives " + size + " higher"
	default:
		return "Non-executives " + size + " higher"
	}
}

func shareWords(s maturity.Share, why maturity.Reason) string {
	if s == "" {
		return notShown(why)
	}
	return strings.ToUpper(string(s[:1])) + string(s[1:])
}

// sidesWho says how many of each side answered, where that is published.
func sidesWho(r maturity.Report) string {
	e, n := r.Result.Sides.Executive.Respondents, r.Result.Sides.NonExecutive.Respondents
	if e == nil || n == nil {
		return who(r)
	}
	return counted(*e, "executive", "executives") + " and " + counted(*n, "non-executive", "non-executives") +
		" answered, " + month(r.Round.Closed) + "."
}

// sideEnd is one marker of a row. Its number stands on the outer side, so that
// numbers never meet.
type sideEnd struct {
	executive bool
	value     value
	at        float64
	left      bool
}

// ends are a row's markers, executives' first, so that where both stand in one
// place the ring is drawn inside the square.
func (r sideRow) ends() []sideEnd {
	e := sideEnd{executive: true, value: r.executive, at: onScale(r.executive.at)}
	n := sideEnd{value: r.nonExecutive, at: onScale(r.nonExecutive.at)}
	e.left = e.at < n.at
	n.left = !e.left
	var shown []sideEnd
	for _, end := range []sideEnd{e, n} {
		if end.value.shown {
			shown = append(shown, end)
		}
	}
	return shown
}
