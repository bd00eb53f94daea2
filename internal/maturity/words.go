package maturity

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"octant/internal/questionnaire"
)

// Words says a finding as one sentence.
func (f Finding) Words(v *questionnaire.Version) string {
	element := elementTitle(v, f.Element)
	switch f.Kind {
	case Strength:
		return fmt.Sprintf("%s is a strength, at %s out of 5: %s.", element, score(f.Value), levelWords(v, f.Value))
	case Gap:
		return fmt.Sprintf("%s is a gap, at %s out of 5: %s.", element, score(f.Value), levelWords(v, f.Value))
	case SplitView:
		return f.splitWords(v)
	case BlindSpot:
		return fmt.Sprintf("%s do not know about “%s”.", f.people(), topic(v, f.Item))
	case SideGap:
		return sideWords(valueOr(f, 0), element)
	}
	return ""
}

func (f Finding) splitWords(v *questionnaire.Version) string {
	start := "People are far apart"
	if f.Label == Split {
		start = "People form two camps"
	}
	if f.Value == nil {
		return fmt.Sprintf("%s on “%s”.", start, topic(v, f.Item))
	}
	return fmt.Sprintf("%s on “%s”: on average %s of a level from the board's mean.", start, topic(v, f.Item), score(f.Value))
}

func (f Finding) people() string {
	switch {
	case f.Of == nil:
		return "Many people"
	case f.Count == nil:
		return fmt.Sprintf("All, or all but one or two, of %d people", *f.Of)
	}
	return fmt.Sprintf("%d of %d people", *f.Count, *f.Of)
}

func sideWords(gap float64, element string) string {
	higher, lower := "Executives", "non-executives"
	if gap < 0 {
		higher, lower = "Non-executives", "executives"
	}
	return fmt.Sprintf("%s place us about %s higher than %s do on %s.", higher, Levels(math.Abs(gap)), lower, element)
}

// Levels says a difference in words: "half a level", "one level", "0.8 of a
// level", "1.4 levels".
func Levels(difference float64) string {
	switch d := tenth(difference); {
	case d == 0.5:
		return "half a level"
	case d == 1:
		return "one level"
	case d < 1:
		return decimal(d) + " of a level"
	default:
		return decimal(d) + " levels"
	}
}

// Words says why a value is not shown, as a sentence.
func (r Reason) Words() string {
	if r == "" {
		return ""
	}
	return "Not shown: " + string(r) + "."
}

// Words says a label as a sentence.
func (l Label) Words() string {
	switch l {
	case Close:
		return "People agree closely."
	case Fair:
		return "People agree fairly well."
	case Wide:
		return "People are far apart."
	case Split:
		return "People form two camps."
	}
	return ""
}

// Range says the interval in words. Everyone answered when it has no width.
func (f Figure) Range() string {
	switch {
	case f.Low == nil || f.High == nil:
		return f.Hidden.Words()
	case *f.Low == *f.High:
		return "everyone answered"
	}
	return fmt.Sprintf("between %s and %s if all had answered", score(f.Low), score(f.High))
}

// Standing says the level in words, and that it is on the edge where it is.
func (f Figure) Standing() string {
	switch {
	case f.Level == "":
		return f.Hidden.Words()
	case f.OnEdge:
		return f.Level + ", on the edge of two levels"
	}
	return f.Level
}

// AgreedWords says where people agree closely, "" where AgreedAt is nought. A
// published mean midway between two levels names both.
func (it Item) AgreedWords() string {
	switch {
	case it.AgreedAt == 0:
		return ""
	case it.Mean != nil && *it.Mean != math.Trunc(*it.Mean):
		low := int(*it.Mean)
		return fmt.Sprintf("Close agreement at levels %d and %d", low, low+1)
	}
	return fmt.Sprintf("Close agreement at level %d", it.AgreedAt)
}

// Words says what is shown of an item in words instead of numbers; "" for an
// item that is shown in numbers.
func (it Item) Words() string {
	switch {
	case it.AgreedAt > 0:
		if strings.Contains(it.AgreedWords(), "levels") {
			return it.AgreedWords() + ": everybody chose one of the two."
		}
		return it.AgreedWords() + ": everybody chose it or the level beside it."
	case it.NearlyAll > 0:
		return fmt.Sprintf("All but one or two people chose level %d.", it.NearlyAll)
	case it.Mean == nil:
		return it.Hidden.Words()
	}
	return ""
}

// Bounds says between what means the whole board's must lie.
func (it Item) Bounds() string {
	if it.LowestPossible == nil || it.HighestPossible == nil {
		return ""
	}
	return fmt.Sprintf("Whatever the others would have said, the board's mean lies between %s and %s.",
		score(it.LowestPossible), score(it.HighestPossible))
}

func score(p *float64) string {
	if p == nil {
		return "–"
	}
	return decimal(*p)
}

func decimal(x float64) string { return strconv.FormatFloat(tenth(x), 'f', 1, 64) }

func levelWords(v *questionnaire.Version, p *float64) string {
	if p == nil {
		return "not shown"
	}
	return LevelName(v, *p)
}

func elementTitle(v *questionnaire.Version, key string) string {
	if e, ok := v.Element(key); ok {
		return "“" + e.Title + "”"
	}
	return "element " + key
}

func topic(v *questionnaire.Version, key string) string {
	if q, ok := v.Question(key); ok {
		return q.Topic
	}
	return key
}

// maxTitle is how many words the title of a chart may have.
const maxTitle = 10

// title is the first that is short enough of several ways to say a thing.
func title(ways ...string) string {
	for _, w := range ways {
		if len(strings.Fields(w)) <= maxTitle {
			return w
		}
	}
	return ways[len(ways)-1]
}
