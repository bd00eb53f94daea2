package maturity

import (
	"fmt"

	"octant/internal/questionnaire"
)

// notes says in whole sentences how good the data are.
func notes(r Result) []string {
	says := []string{turnoutNote(r)}
	if r.Hidden != "" {
		return append(says, "Fewer than 5 people answered, so nothing of this round can be shown.")
	}
	if r.Form == string(questionnaire.Core) {
		says = append(says, "This round asked the core questions only, so each element rests on a few questions.")
	}
	return append(append(says, hiddenNotes(r)...),
		"An element's score is the mean of its questions' scores as they are shown here, whatever number of people answered each.",
		"A range says how far the score could move if those who did not answer had; it does not say how right the board is.")
}

func turnoutNote(r Result) string {
	if r.Respondents >= r.Invited {
		return fmt.Sprintf("Everyone who was asked answered: %d people.", r.Respondents)
	}
	share := float64(r.Respondents) / float64(r.Invited)
	note := fmt.Sprintf("%d of the %d people asked answered (%.0f%%).", r.Respondents, r.Invited, share*100)
	if share < 0.7 {
		note += " Read the scores with care: the others may see things another way."
	}
	return note
}

// hiddenNotes counts what is hidden, in the order of the report.
func hiddenNotes(r Result) []string {
	var tooFew, inWords, banded, elements int
	for _, e := range r.Elements {
		elements += boolean(e.Score == nil)
		for _, it := range e.Items {
			tooFew += boolean(it.N == nil)
			inWords += boolean(it.AgreedAt > 0 || it.NearlyAll > 0)
			banded += boolean(it.Bands != nil)
		}
	}
	var says []string
	add := func(n int, one, many string) {
		switch {
		case n == 1:
			says = append(says, "1 "+one)
		case n > 1:
			says = append(says, fmt.Sprintf("%d %s", n, many))
		}
	}
	add(tooFew, "question got fewer than 5 scores and is not scored.", "questions got fewer than 5 scores and are not scored.")
	add(elements, "element is not scored, because too few of its questions are.", "elements are not scored, because too few of their questions are.")
	add(inWords, "question is told in words, because its answers are so alike that numbers would give them away.",
		"questions are told in words, because their answers are so alike that numbers would give them away.")
	add(banded, "question is told in three bands, because fewer than 8 people gave a score.",
		"questions are told in three bands, because fewer than 8 people gave a score.")
	if r.Sides.Hidden != "" {
		says = append(says, "Executives and non-executives are not set beside each other: "+string(r.Sides.Hidden)+".")
	}
	return says
}
