package server

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// leftEmpty is chosen for a question on which nothing is ticked.
const leftEmpty = "none"

// keyed is a sheet as it was typed, with all that is wrong with it.
type keyed struct {
	answers []assessment.Answer
	missing []int               // numbers of the questions without a choice
	back    []assessment.Answer // looking back, which nobody has to
	wrong   bool
	view    page.KeyingView
}

// showKeying is the empty form of a sheet. What was keyed in before is not in it.
func (s *Server) showKeying(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	sheet, err := s.sheetToKey(r, t)
	if err != nil {
		return err
	}
	return s.keyingPage(w, r, http.StatusOK, t, sheet, readKeyed(form{}, sheet).view)
}

func (s *Server) keyingPage(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, sheet sheetToKey, v page.KeyingView) error {
	v.Frame, v.Round, v.Path = s.frame(r), sheet.round, roundPath(t, sheet.round.ID)
	v.Action = v.Path + "/paper/" + sheet.ID.String()
	v.Sheet, v.Again = page.PaperSheet{Side: sheet.Side, Code: sheet.Code}, sheet.Keyed
	return s.render(w, r, status, page.Keying(v))
}

// keyIn keeps a sheet as a whole.
func (s *Server) keyIn(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	sheet, err := s.sheetToKey(r, t)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	k := readKeyed(f, sheet)
	switch {
	case errors.Is(f.sound(), errLarge):
		k.wrong, k.view.Error = true, saysFormSize
	case len(k.missing) == len(k.answers):
		k.wrong, k.view.Error = true, "Choose an answer for at least one question"
	case len(k.missing) > 0 && f.get("missing") != "confirm" && !k.wrong:
		k.wrong, k.view.Missing.Error = true, "Confirm that the sheet leaves these questions empty, or key them in: "+k.emptyOnes()
	}
	if k.wrong || f.sound() != nil {
		if !k.wrong {
			k.view.Error = f.faults[0].Says
		}
		return s.keyingPage(w, r, http.StatusUnprocessableEntity, t, sheet, k.view)
	}
	err = t.KeyIn(r.Context(), sheet.round.ID, sheet.ID, append(k.answers, k.back...), s.now())
	if errors.Is(err, store.ErrKeyed) {
		k.view.Error = "As many sheets of this side have been keyed in as it has people on paper. Check who answers on paper"
		return s.keyingPage(w, r, http.StatusUnprocessableEntity, t, sheet, k.view)
	}
	if err != nil {
		return noMoreLetters(err)
	}
	return see(w, r, roundPath(t, sheet.round.ID)+"/paper?done=keyed")
}

// readKeyed reads every question that the round asks, in its order and with the
// numbers that the sheet prints, and last those that look back.
func readKeyed(f form, sheet sheetToKey) keyed {
	k := keyed{view: page.KeyingView{Missing: nhsuk.Field{
		Name: "missing", Options: []nhsuk.Option{{Value: "confirm", Text: "The sheet leaves these questions empty"}},
	}}}
	for _, e := range sheet.version.Elements {
		element := page.KeyedElement{Title: e.Title}
		for _, q := range e.Questions {
			if !sheet.version.Asks(sheet.round.Form, q.Key) {
				continue
			}
			element.Questions = append(element.Questions, k.read(f, q))
		}
		if len(element.Questions) > 0 {
			k.view.Elements = append(k.view.Elements, element)
		}
	}
	for _, q := range sheet.back {
		k.view.Back = append(k.view.Back, k.readBack(f, q))
	}
	return k
}

// read reads one question.
func (k *keyed) read(f form, q *questionnaire.Question) page.KeyedQuestion {
	number := strconv.Itoa(len(k.answers) + 1)
	a, choice := k.tick(f, q, number, q.Text)
	comment := nhsuk.Field{
		Name: "c-" + q.Key, ID: "c-" + page.QuestionID(q), Label: "Comment on question " + number + " (optional)", Rows: 2,
		Value: f.get("c-" + q.Key), Error: f.fault("c-" + q.Key),
	}
	a.Comment = comment.Value
	if says := textFault("Comment on question "+number, comment.Value); says != "" && comment.Error == "" {
		comment.Error = says
	}
	k.wrong = k.wrong || comment.Error != ""
	if k.answers = append(k.answers, a); a.Choice == assessment.NotAnswered {
		k.missing = append(k.missing, len(k.answers))
	}
	return page.KeyedQuestion{Choice: choice, Comment: comment}
}

// readBack reads one element, looking back. Its numbers go on where the questions
// end.
func (k *keyed) readBack(f form, q *questionnaire.Question) nhsuk.Field {
	a, choice := k.tick(f, q, strconv.Itoa(len(k.answers)+len(k.back)+1), q.Topic)
	k.back = append(k.back, a)
	return choice
}

// tick reads the box that is ticked.
func (k *keyed) tick(f form, q *questionnaire.Question, number, text string) (assessment.Answer, nhsuk.Field) {
	choice := nhsuk.Field{
		Name: "q-" + q.Key, ID: "q-" + page.QuestionID(q), Label: number + ". " + text, Size: nhsuk.Small, Small: true, Inline: true,
		Value: f.get("q-" + q.Key), Error: f.fault("q-" + q.Key), Options: keyedOptions(q),
	}
	a := assessment.Answer{Question: q.Key}
	if choice.Value != leftEmpty {
		var err error
		if a.Choice, err = assessment.ParseChoice(choice.Value); err != nil && choice.Error == "" {
			choice.Error = "Choose one of the answers to question " + number
		}
	}
	k.wrong = k.wrong || choice.Error != ""
	return a, choice
}

// keyedOptions are a question's boxes by the numbers or words printed beside them.
func keyedOptions(q *questionnaire.Question) []nhsuk.Option {
	options := make([]nhsuk.Option, 0, questionnaire.Levels+3)
	for level := range questionnaire.Levels {
		c := assessment.Choice(level + 1)
		options = append(options, nhsuk.Option{Value: c.Code(), Text: c.Code()})
	}
	return append(options,
		nhsuk.Option{Value: assessment.DontKnow.Code(), Text: page.ChoiceText(q, assessment.DontKnow)},
		nhsuk.Option{Value: assessment.RatherNotSay.Code(), Text: page.ChoiceText(q, assessment.RatherNotSay)},
		nhsuk.Option{Value: leftEmpty, Text: "Empty"},
	)
}

// emptyOnes names the questions that were left empty, by their numbers.
func (k *keyed) emptyOnes() string {
	var numbers []string
	for _, n := range k.missing {
		numbers = append(numbers, strconv.Itoa(n))
	}
	if len(numbers) == 1 {
		return "question " + numbers[0]
	}
	last := len(numbers) - 1
	return fmt.Sprintf("questions %s and %s", strings.Join(numbers[:last], ", "), numbers[last])
}
