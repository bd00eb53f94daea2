package page

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// decimal is the one way that scores are written.
func decimal(f float64) string { return strconv.FormatFloat(math.Round(f*10)/10+0, 'f', 1, 64) }

// percent is a share from 0 to 1.
func percent(f float64) string { return strconv.Itoa(int(math.Round(f*100))) + "%" }

// hiddenWords says that something is not shown, and why where that is known.
func hiddenWords(why maturity.Reason) string {
	if why == "" {
		return notShown
	}
	return notShown + ": " + string(why)
}

// levelNumber finds the number of a level's word, 0 where there is none.
func levelNumber(v *questionnaire.Version, word string) int {
	return slices.Index(v.LevelNames[:], word) + 1
}

// rangeWords says how sure a score is; "" where there is no score.
func rangeWords(f maturity.Figure) string {
	switch {
	case f.Score == nil:
		return ""
	case f.Low == nil || f.High == nil:
		return "How sure this is: " + lowerFirst(hiddenWords(f.Hidden)) + "."
	case f.OnEdge:
		return upperFirst(f.Range()) + ". On the edge of two levels."
	}
	return upperFirst(f.Range()) + "."
}

// scoreWords is a score with its range, as one line of words.
func scoreWords(f maturity.Figure) string {
	if f.Score == nil {
		return hiddenWords(f.Hidden)
	}
	return decimal(*f.Score) + " out of 5. " + rangeWords(f)
}

// agreementWords says how far people agree on one question.
func agreementWords(i maturity.Item) string {
	switch {
	case i.AgreedAt > 0 || i.NearlyAll > 0:
		return i.Words()
	case i.Label != "":
		return i.Label.Words()
	}
	return "How far people agree is " + lowerFirst(hiddenWords(cmp.Or(i.HiddenValues["label"], i.Hidden))) + "."
}

// unknownWords says how many do not know; respondents is how many answered.
func unknownWords(i maturity.Item, respondents int) string {
	switch {
	case i.NearlyAllDontKnow:
		return "All, or all but 1 or 2, do not know."
	case i.DontKnow == nil:
		return "How many do not know is " + lowerFirst(hiddenWords(cmp.Or(i.HiddenValues["dontKnow"], i.Hidden))) + "."
	case *i.DontKnow == 0:
		return "Nobody said that they do not know."
	case *i.DontKnow == 1:
		return "1 of " + strconv.Itoa(respondents) + " does not know."
	}
	return outOf(*i.DontKnow, respondents) + " do not know."
}

// boundWords says how far the answers that are missing could move a score.
func boundWords(i maturity.Item, invited int) string {
	if i.N != nil && *i.N == invited {
		return ""
	}
	return i.Bounds()
}

// itemScoreWords is one question's score.
func itemScoreWords(i maturity.Item) string {
	switch {
	case i.Mean != nil:
		return "Score " + decimal(*i.Mean) + "."
	case i.AgreedAt > 0 || i.NearlyAll > 0:
		return ""
	}
	return hiddenWords(cmp.Or(i.HiddenValues["mean"], i.Hidden)) + "."
}

// evidencedWords says whether anybody noted evidence.
func evidencedWords(i maturity.Item) string {
	switch {
	case i.Evidenced == nil:
		return ""
	case *i.Evidenced:
		return "Somebody noted evidence."
	}
	return "Nobody noted evidence."
}

// itemWords is all that is shown of one question, in sentences.
func itemWords(i maturity.Item, r maturity.Result) string {
	says := []string{itemScoreWords(i)}
	if i.N != nil || i.Label != "" {
		says = append(says, agreementWords(i))
	}
	says = append(says, unknownWords(i, r.Respondents), boundWords(i, r.Invited), evidencedWords(i))
	return strings.Join(slices.DeleteFunc(says, func(s string) bool { return s == "" }), " ")
}

// tally counts how far people agree over all questions.
type tally struct{ close, fair, wide, split, hidden int }

func agreementTally(r maturity.Result) tally {
	var t tally
	for _, e := range r.Elements {
		for _, i := range e.Items {
			switch {
			case i.Label == maturity.Close || i.AgreedAt > 0:
				t.close++
			case i.Label == maturity.Fair:
				t.fair++
			case i.Label == maturity.Wide:
				t.wide++
			case i.Label == maturity.Split:
				t.split++
			default:
				t.hidden++
			}
		}
	}
	return t
}

func (t tally) all() int { return t.close + t.fair + t.wide + t.split + t.hidden }

// words says the tally as one sentence, leaving out what there is none of.
func (t tally) words() string {
	var parts []string
	add := func(n int, says string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(says, n))
		}
	}
	add(t.close, "agree closely on %d")
	add(t.fair, "agree fairly well on %d")
	add(t.wide, "are far apart on %d")
	add(t.split, "form two camps on %d")
	says := "How far people agree is not shown for any question."
	if len(parts) > 0 {
		says = fmt.Sprintf("Of %s, people %s.", questions(t.all()), listed(parts))
		if t.hidden > 0 {
			says += " For " + questions(t.hidden) + " this is not shown."
		}
	}
	return says
}
