package chart

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// value is a published number with the words it is written in, or the words
// that stand in its place.
type value struct {
	at    float64
	text  string
	shown bool
}

func (v value) cell() Cell { return Cell{Text: v.text, Numeric: v.shown} }

// notShown says that something is hidden, and why where that is known.
func notShown(why maturity.Reason) string {
	if why == "" {
		return "Not shown"
	}
	return "Not shown: " + string(why)
}

func hiddenValue(why maturity.Reason) value { return value{text: notShown(why)} }

// score is a number in levels: a mean, a bound, a gap, an average deviation.
func score(p *float64, why maturity.Reason) value {
	if !published(p) {
		return hiddenValue(why)
	}
	return value{at: *p, text: decimal(*p), shown: true}
}

// count is a number of people or things.
func count(p *int, why maturity.Reason) value {
	if p == nil {
		return hiddenValue(why)
	}
	return value{at: float64(*p), text: whole(*p), shown: true}
}

// share is a part of the answers, from 0 to 1.
func share(p *float64, why maturity.Reason) value {
	if !published(p) {
		return hiddenValue(why)
	}
	return value{at: *p, text: strconv.FormatFloat(round(*p*100, 1), 'f', 0, 64) + "%", shown: true}
}

// published says whether there is a number to show; what is no number is none.
func published(p *float64) bool {
	return p != nil && !math.IsNaN(*p) && !math.IsInf(*p, 0)
}

// decimal is the one way that scores are written: one decimal place.
func decimal(v float64) string { return strconv.FormatFloat(round(v, 10), 'f', 1, 64) }

// round rounds half away from nought to a part of one, and never gives −0.
func round(v, parts float64) float64 { return math.Round(v*parts)/parts + 0 }

// labelWords says how far people agree.
func labelWords(l maturity.Label, why maturity.Reason) string {
	switch l {
	case maturity.Close:
		return "Close"
	case maturity.Fair:
		return "Fair"
	case maturity.Wide:
		return "Wide"
	case maturity.Split:
		return "Split"
	}
	return notShown(why)
}

// toldLevel is the level that the words about an item name, where they stand
// in place of its counts; nought where they do not.
func toldLevel(i maturity.Item) int { return max(i.AgreedAt, i.NearlyAll) }

// spreadWords says how an item's answers lie where no counts are published.
func spreadWords(i maturity.Item) string {
	switch {
	case i.AgreedAt > 0:
		return i.AgreedWords()
	case i.NearlyAll > 0:
		return "All but one or two at level " + whole(i.NearlyAll)
	}
	return notShown(whyNot(i, "counts"))
}

// whyNot is the reason why a value of an item is hidden, by its JSON key.
func whyNot(i maturity.Item, value string) maturity.Reason {
	return cmp.Or(i.HiddenValues[value], i.Hidden)
}

// dontKnow is how many people do not know. Where that would point at the few
// who do, words take its place.
func dontKnow(i maturity.Item) value {
	if i.DontKnow == nil && i.NearlyAllDontKnow {
		return value{text: "Nearly all"}
	}
	return count(i.DontKnow, whyNot(i, "dontKnow"))
}

// levelName is a level as people read it, "3 In place".
func levelName(v *questionnaire.Version, level int) string {
	return whole(level) + " " + v.LevelNames[level-1]
}

// who says how many answered and when, for the end of a subtitle.
func who(r maturity.Report) string {
	if r.Result.Hidden != "" || r.Result.Respondents == 0 {
		return month(r.Round.Closed) + "."
	}
	return fmt.Sprintf("%d of %d board members answered, %s.",
		r.Result.Respondents, r.Result.Invited, month(r.Round.Closed))
}

var london = func() *time.Location {
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		return time.UTC
	}
	return l
}()

// month is a date as charts write it; its parts stay on one line.
func month(t time.Time) string { return t.In(london).Format("Jan\u00a02006") }

// listed joins names as a sentence does: "a, b and c".
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// counted is "1 element" or "3 elements".
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return whole(n) + " " + many
}

// extremes tells the highest and the lowest of a row of values in words, all
// of a tie by name, and how many are not shown.
func extremes(names []string, values []value, one, many string) string {
	high, low := math.Inf(-1), math.Inf(1)
	hidden := 0
	for _, v := range values {
		if !v.shown {
			hidden++
			continue
		}
		high, low = max(high, round(v.at, 100)), min(low, round(v.at, 100))
	}
	var says []string
	if hidden < len(values) {
		says = append(says, "Highest: "+tied(names, values, high)+".", "Lowest: "+tied(names, values, low)+".")
	}
	if hidden > 0 {
		says = append(says, "Not shown: "+counted(hidden, one, many)+".")
	}
	return strings.Join(append(says, "The table after the chart has every value."), " ")
}

func tied(names []string, values []value, at float64) string {
	var same []string
	text := ""
	for i, v := range values {
		if v.shown && round(v.at, 100) == at {
			same, text = append(same, names[i]), v.text
		}
	}
	return listed(same) + " (" + text + ")"
}

// lower makes the first letter small, for use inside a sentence.
func lower(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}

// Words in a drawing are broken so that they fit a phone: across the whole
// drawing, and beside a column of numbers.
const (
	wideWords   = 38
	narrowWords = 32
)

// shortly is what stands in a narrow column in place of a number; the reason
// is in the table.
func shortly(v value) string {
	short, _, _ := strings.Cut(v.text, ":")
	return short
}

func quoted(title string) string { return "“" + title + "”" }
