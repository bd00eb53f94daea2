package page

import (
	"fmt"
	"strings"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/web/nhsuk"
)

// address is where the question lives and posts to.
func (v QuestionView) address() string { return v.Path + "/questions/" + v.Question.Key }

func (v QuestionView) caption() string {
	return fmt.Sprintf("%s – Question %s", v.Element.Title, outOf(v.Number, v.Total))
}

// choiceField is the question with its five answers in order, and the two that
// carry no level.
func (v QuestionView) choiceField() nhsuk.Field {
	f := nhsuk.Field{
		Name: "choice", Label: v.Question.Text, Caption: v.caption(), Heading: 1, Size: nhsuk.Large,
		Hint:  "Select the answer that is closest to how your board works today.",
		Value: v.Answer.Choice.Code(), Error: v.Errors.Choice,
	}
	for i, anchor := range v.Question.Anchors {
		f.Options = append(f.Options, nhsuk.Option{Value: assessment.Choice(i + 1).Code(), Text: anchor})
	}
	for _, c := range []assessment.Choice{assessment.DontKnow, assessment.RatherNotSay} {
		if c == assessment.DontKnow {
			f.Options = append(f.Options, nhsuk.Option{Divider: "or"})
		}
		f.Options = append(f.Options, nhsuk.Option{Value: c.Code(), Text: ChoiceText(v.Question, c)})
	}
	return f
}

func (v QuestionView) commentField() nhsuk.Field {
	return nhsuk.Field{
		Name: "comment", Label: "Your comment (optional)", Size: nhsuk.Small,
		Hint:  "Do not name people, or write what could show who they are or who you are. When the round closes, the trust lead, the chair and a facilitator may read comments, in a random order and without who wrote them. Comments are not printed in the report.",
		Value: v.Answer.Comment, Error: v.Errors.Comment, Rows: 4, MaxLength: assessment.MaxComment, Threshold: 75,
	}
}

func (v QuestionView) evidenceField() nhsuk.Field {
	return nhsuk.Field{
		Name: "evidence", Label: "What could show this? (optional)", Size: nhsuk.Small,
		Hint:  evidenceHint(v.Question),
		Value: v.Answer.Evidence, Error: v.Errors.Evidence, Rows: 3, MaxLength: assessment.MaxComment, Threshold: 75,
	}
}

// evidenceHint names what could show an answer, and says what becomes of it.
func evidenceHint(q *questionnaire.Question) string {
	says := "Do not name people. The report says whether anybody noted something, never what. Those who may read comments may read this too."
	if len(q.Evidence) == 0 {
		return says
	}
	return "For example: " + strings.TrimRight(strings.Join(q.Evidence, "; "), ".") + ". " + says
}

// saved is what the status line says when the page is first read.
func (v QuestionView) saved() string {
	switch {
	case !v.Answer.SavedAt.IsZero():
		return "Saved " + when(v.Answer.SavedAt, v.Now)
	case !v.LastSaved.IsZero():
		return "Last answer saved " + when(v.LastSaved, v.Now)
	}
	return ""
}

// savedState marks the status line of an answer that is kept.
func (v QuestionView) savedState() string {
	if v.Answer.SavedAt.IsZero() {
		return ""
	}
	return "saved"
}

// summary is the words that open an optional text: what it is for, or that
// there is one.
func summary(text, add, has string) string {
	if text == "" {
		return add
	}
	return has
}

// answerRows is one answer in words.
func answerRows(q *questionnaire.Question, a assessment.Answer) []nhsuk.SummaryRow {
	rows := []nhsuk.SummaryRow{{Key: "Answer", Value: ChoiceText(q, a.Choice)}}
	if a.Comment != "" {
		rows = append(rows, nhsuk.SummaryRow{Key: "Comment", Content: lines(a.Comment)})
	}
	if a.Evidence != "" {
		rows = append(rows, nhsuk.SummaryRow{Key: "Evidence", Content: lines(a.Evidence)})
	}
	return rows
}
