package chart

import (
	"strings"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// tabulate writes the rows as numbers. Where three bands stand in place of
// five levels, two more columns hold the outer bands.
func (a *answers) tabulate(all []item, v *questionnaire.Version) {
	for level := 1; level <= questionnaire.Levels; level++ {
		a.table.Columns = append(a.table.Columns, levelName(v, level))
	}
	if a.bands {
		a.table.Columns = append(a.table.Columns, "Levels 1 and 2", "Levels 4 and 5")
	}
	a.table.Columns = append(a.table.Columns, "I do not know", "No answer", "Score", "Agreement")
	for _, i := range all {
		row := append([]Cell{words(i.name())}, spreadCells(i.said, a.bands)...)
		row = append(row,
			dontKnow(i.said).cell(),
			noAnswer(i.said).cell(),
			score(i.said.Mean, whyNot(i.said, "mean")).cell(),
			words(agreed(i.said)))
		a.table.add(row...)
	}
}

// spreadCells are the people at each level, and with bands the people in the
// two outer bands as well.
func spreadCells(i maturity.Item, bands bool) []Cell {
	none := words(spreadWords(i))
	if toldLevel(i) > 0 {
		none = words(notShown(""))
	}
	cells := []Cell{none, none, none, none, none}
	outer := []Cell{none, none}
	switch counts := distribution(i); {
	case sum(counts) == 0:
	case len(counts) == questionnaire.Levels:
		for level, n := range counts {
			cells[level] = number(whole(n))
		}
		outer = []Cell{number(whole(counts[0] + counts[1])), number(whole(counts[3] + counts[4]))}
	default:
		banded := words("In a band")
		cells = []Cell{banded, banded, number(whole(counts[1])), banded, banded}
		outer = []Cell{number(whole(counts[0])), number(whole(counts[2]))}
	}
	if !bands {
		return cells
	}
	return append(cells, outer...)
}

// noAnswer is how many people gave neither a level nor "I do not know",
// whether they said so or passed the question by.
func noAnswer(i maturity.Item) value {
	if i.NoAnswer != nil {
		return count(i.NoAnswer, i.Hidden)
	}
	if i.RatherNotSay == nil || i.NotAnswered == nil {
		return hiddenValue(whyNot(i, "noAnswer"))
	}
	both := *i.RatherNotSay + *i.NotAnswered
	return count(&both, i.Hidden)
}

// itemScore is an item's mean, or the words that are told in its place.
func itemScore(i maturity.Item) value {
	if !published(i.Mean) && toldLevel(i) > 0 {
		return value{text: spreadWords(i)}
	}
	return score(i.Mean, whyNot(i, "mean"))
}

// agreed is an item's label, or the words that tell more.
func agreed(i maturity.Item) string {
	if toldLevel(i) > 0 {
		return spreadWords(i)
	}
	return labelWords(i.Label, whyNot(i, "label"))
}

// describe says of each question how people lean.
func (a *answers) describe(all []item) {
	var says []string
	for i, row := range a.rows {
		counts := distribution(all[i].said)
		total := sum(counts)
		if total == 0 {
			says = append(says, row.name+": "+lower(row.says)+".")
			continue
		}
		middle := len(counts) / 2
		says = append(says, row.name+": "+whole(sum(counts[:middle]))+" of "+whole(total)+" at levels 1 and 2, "+
			whole(sum(counts[middle+1:]))+" at levels 4 and 5.")
	}
	a.desc = strings.Join(append(says, "The table after the chart has every value."), " ")
}
