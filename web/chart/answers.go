package chart

import (
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// answers is how an element's questions were answered: bars that spread from
// a line through level 3, and a column of people who do not know.
type answers struct {
	frame
	levels [questionnaire.Levels]string
	rows   []answerRow
	bands  bool // at least one row has three bands in place of five levels
}

// answerRow is one question.
type answerRow struct {
	name     string
	segments []segment
	says     string // in place of segments
	dontKnow value
}

// segment is the people at one level or band: where it starts and how wide it
// is in percent, and which key it belongs to.
type segment struct {
	x, width float64
	text     string
	kind     string // "1" … "5", or "low", "middle", "high" of three bands
}

// The heights of a row of answers, and of the head over the column of numbers.
const (
	answerHead = 44
	answerRowH = 72
	answerName = 22
	answerBar  = 33 // where the bar starts in its row
	answerTall = 28
)

// The plot takes this much of the width, the column of numbers the rest.
const answerPlot = 84

func (a answers) height() int { return answerHead + len(a.rows)*answerRowH }

func (a answers) top(row int) int { return answerHead + row*answerRowH }

var (
	fiveKinds  = []string{"1", "2", "3", "4", "5"}
	threeKinds = []string{"low", "middle", "high"}
)

// segments lays counts out so that the middle of the middle one stands on the
// line at 50 %. Span is the share of people that half the width stands for.
func segments(counts []int, kinds []string, span float64) []segment {
	total := sum(counts)
	if total == 0 || span <= 0 {
		return nil
	}
	per := 50 / span / float64(total)
	middle := len(counts) / 2
	x := 50 - (float64(sum(counts[:middle]))+float64(counts[middle])/2)*per
	var out []segment
	for i, n := range counts {
		width := float64(n) * per
		if n > 0 {
			out = append(out, segment{x: x, width: width, text: whole(n), kind: kinds[i]})
		}
		x += width
	}
	return out
}

// span is the largest share of people on one side of the line in any question
// of the report, so that all its charts share one scale.
func span(r maturity.Report) float64 {
	most := 0.5
	for _, e := range r.Result.Elements {
		for _, i := range e.Items {
			counts := distribution(i)
			total := float64(sum(counts))
			if total == 0 {
				continue
			}
			middle := len(counts) / 2
			half := float64(counts[middle]) / 2
			most = max(most, (float64(sum(counts[:middle]))+half)/total, (float64(sum(counts[middle+1:]))+half)/total)
		}
	}
	return most
}

// distribution is what is published of how the answers spread: five levels,
// three bands, or nothing.
func distribution(i maturity.Item) []int {
	switch {
	case toldLevel(i) > 0:
		return nil
	case len(i.Counts) == questionnaire.Levels:
		return i.Counts
	case len(i.Bands) == len(threeKinds):
		return i.Bands
	}
	return nil
}

func sum(counts []int) int {
	total := 0
	for _, n := range counts {
		total += n
	}
	return total
}

func newAnswers(s Setting, r maturity.Report, v *questionnaire.Version, key string) answers {
	e := elementOf(r, v, key)
	a := answers{frame: newFrame(s, "answers-"+key, "Answers on "+quoted(e.Title)), levels: v.LevelNames}
	a.subtitle = "Number of board members at each level. Bars lean right where more people chose levels 4 and 5. " + who(r)
	a.alt = "How board members answered the questions about " + quoted(e.Title)
	a.table = Table{Caption: "Answers on " + quoted(e.Title), Columns: []string{"Question"}}
	wide := span(r)
	all := e.items(r)
	for _, i := range all {
		a.rows = append(a.rows, newAnswerRow(i, wide))
		a.bands = a.bands || len(distribution(i.said)) == len(threeKinds)
	}
	a.tabulate(all, v)
	a.describe(all)
	if !told(all) {
		a.none = notShown(r.Result.Hidden)
	}
	return a
}

func newAnswerRow(i item, wide float64) answerRow {
	row := answerRow{name: i.name(), dontKnow: dontKnow(i.said)}
	counts := distribution(i.said)
	switch {
	case sum(counts) > 0 && len(counts) == len(fiveKinds):
		row.segments = segments(counts, fiveKinds, wide)
	case sum(counts) > 0:
		row.segments = segments(counts, threeKinds, wide)
	default:
		row.says = spreadWords(i.said)
	}
	return row
}

// told says whether anything of any question is published.
func told(all []item) bool {
	for _, i := range all {
		if sum(distribution(i.said)) > 0 || toldLevel(i.said) > 0 || i.said.DontKnow != nil || i.said.NearlyAllDontKnow {
			return true
		}
	}
	return false
}
