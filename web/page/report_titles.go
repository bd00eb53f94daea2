package page

import (
	"fmt"
	"strings"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// scored is a name with a published score.
type scored struct {
	name  string
	score float64
}

// extremes finds the highest and the lowest by the scores as they are written,
// all of a tie by name.
func extremes(all []scored) (highest, lowest []string) {
	high, low := "", ""
	for _, s := range all {
		switch written := decimal(s.score); {
		case high == "" || written > high:
			high, highest = written, []string{s.name}
		case written == high:
			highest = append(highest, s.name)
		}
		switch written := decimal(s.score); {
		case low == "" || written < low:
			low, lowest = written, []string{s.name}
		case written == low:
			lowest = append(lowest, s.name)
		}
	}
	return highest, lowest
}

// mostWords is how many words a chart's title may have.
const mostWords = 10

// findingTitle says what is highest and what is lowest; "" leaves the chart its
// plain title. A tie of more than two would not make a title.
func findingTitle(all []scored) string {
	highest, lowest := extremes(all)
	switch {
	case len(all) < 2 || len(highest) > 2 && len(lowest) > 2:
		return ""
	case len(highest) == len(all):
		return "All score " + decimal(all[0].score)
	case len(highest) > 2:
		return "Lowest: " + quoted(lowest)
	}
	if title := fmt.Sprintf("Highest: %s. Lowest: %s.", quoted(highest), quoted(lowest)); len(lowest) < 3 && len(strings.Fields(title)) <= mostWords {
		return title
	}
	if len(lowest) > 2 {
		return "Highest: " + quoted(highest)
	}
	return "Lowest: " + quoted(lowest)
}

func quoted(names []string) string { return "“" + strings.Join(names, "” and “") + "”" }

func (v ReportView) heatTitle() string {
	low, shown := 0, 0
	for _, e := range v.Report.Result.Elements {
		for _, i := range e.Items {
			if i.Mean == nil {
				continue
			}
			shown++
			if *i.Mean < 2.6 {
				low++
			}
		}
	}
	if shown == 0 {
		return ""
	}
	return count(low, "question scores", "questions score") + " below 2.6"
}

func (v ReportView) answersTitle(e maturity.Element) string {
	var all []scored
	for _, i := range e.Items {
		if q, ok := v.Version.Question(i.Key); ok && i.Mean != nil {
			all = append(all, scored{q.Topic, *i.Mean})
		}
	}
	return findingTitle(all)
}

// cutsTitle is the finding of the factors or of the lenses.
func cutsTitle(cuts []maturity.Cut, tags []questionnaire.Tag) string {
	var all []scored
	for _, c := range cuts {
		for _, t := range tags {
			if t.Key == c.Key && c.Score != nil {
				all = append(all, scored{t.Title, *c.Score})
			}
		}
	}
	return findingTitle(all)
}

// elementAnchor is where an element's section stands on the page.
func elementAnchor(key string) string { return "element-" + key }

func elementHeading(e *questionnaire.Element) string { return e.Key + ". " + e.Title }
