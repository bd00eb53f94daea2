package server

import (
	"errors"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/store"
	"octant/web/page"
)

// What a person is told about one field of an answer.
const (
	saysChoose   = "Select the answer that fits best, or select that you do not know"
	saysScale    = "Select one of the answers on this page"
	saysTooLong  = "must be 2,000 characters or fewer"
	saysFormSize = "The text is too long to be kept. Shorten it and send it again."
)

// savedJSON acknowledges an answer to the page's script.
type savedJSON struct {
	Saved    string `json:"saved"` // time of day
	Revision int    `json:"revision"`
}

// posted is one answer as the form sent it.
type posted struct {
	answer assessment.Answer
	errors page.QuestionErrors
	status int // what a refusal answers; 0 when nothing is wrong
	check  bool
	later  bool
}

// readAnswer reads the form of one question and says all that is wrong with it.
func readAnswer(f form, key string) posted {
	p := posted{check: f.get("check") == "1", later: f.get("action") == "later"}
	p.answer = assessment.Answer{Question: key, Comment: f.get("comment"), Evidence: f.get("evidence")}
	var err error
	if p.answer.Choice, err = assessment.ParseChoice(f.get("choice")); err != nil {
		p.errors.Choice = saysScale
	}
	if p.answer.Revision, err = strconv.Atoi(f.get("revision")); err != nil && f.get("revision") != "" || p.answer.Revision < 0 {
		p.answer.Revision, p.errors.Choice = 0, saysScale
	}
	p.errors.Comment = textFault("Your comment", p.answer.Comment)
	p.errors.Evidence = textFault("Your evidence", p.answer.Evidence)
	for field, to := range map[string]*string{"choice": &p.errors.Choice, "comment": &p.errors.Comment, "evidence": &p.errors.Evidence} {
		if says := f.fault(field); says != "" {
			*to = says
		}
	}
	switch err := f.sound(); {
	case errors.Is(err, errLarge):
		p.status = http.StatusRequestEntityTooLarge
		if p.errors.Comment == "" && p.errors.Evidence == "" {
			p.errors.Choice = saysFormSize
		}
	case err != nil:
		p.status = http.StatusBadRequest
		if !p.errors.Any() {
			p.errors.Choice = f.faults[0].Says
		}
	case p.errors.Any():
		p.status = http.StatusUnprocessableEntity
	}
	return p
}

func textFault(name, text string) string {
	if utf8.RuneCountInString(text) > assessment.MaxComment {
		return name + " " + saysTooLong
	}
	return ""
}

// saveAnswer keeps one answer. It is given the person and not the trust: the
// store checks the membership in the statement that writes, so that an answer
// costs one round trip and nothing can change between check and write.
func (s *Server) saveAnswer(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	round, err := roundID(r)
	if err != nil {
		return err
	}
	ods, key := chi.URLParam(r, "ods"), chi.URLParam(r, "key")
	sheet, err := s.asks(r.Context(), person, ods, round)
	if err != nil {
		return err
	}
	if !sheet.version.Asks(sheet.form, key) {
		return store.ErrNotFound
	}
	f, err := readForm(r)
	if err != nil {
		return errors.Join(s.knock(r, person), err)
	}
	p := readAnswer(f, key)
	if p.status != 0 {
		return s.showAnswerFaults(w, r, person, p)
	}
	if p.answer.Choice == assessment.NotAnswered && !wantsJSON(r) {
		if !p.later {
			p.status, p.errors.Choice = http.StatusUnprocessableEntity, saysChoose
			return s.showAnswerFaults(w, r, person, p)
		}
		if p.answer.Comment == "" && p.answer.Evidence == "" && p.answer.Revision == 0 {
			if err := s.knock(r, person); err != nil {
				return err
			}
			return see(w, r, "/trusts/"+ods+"/rounds/"+round.String()+"/questions")
		}
	}
	saved, err := s.db.SaveAnswer(r.Context(), person, ods, round, p.answer, s.now())
	if err != nil {
		return s.showUnsaved(w, r, person, p, err)
	}
	if wantsJSON(r) {
		writeJSON(w, http.StatusOK, savedJSON{Saved: page.Clock(saved.SavedAt), Revision: saved.Revision})
		return nil
	}
	return see(w, r, sheet.after(ods, round, key, p))
}

// knock asks at the door for a request that will not come to the store, so that
// a stranger is told the same whatever they send.
func (s *Server) knock(r *http.Request, person uuid.UUID) error {
	_, _, err := s.sheetOf(r, person)
	return err
}

// after is where a person goes once an answer is kept.
func (k asked) after(ods string, round uuid.UUID, key string, p posted) string {
	path := "/trusts/" + ods + "/rounds/" + round.String()
	if p.later {
		return path + "/questions?saved=1"
	}
	if p.check {
		return path + "/answers"
	}
	questions := k.version.Questions(k.form)
	for i, q := range questions {
		if q.Key == key && i+1 < len(questions) {
			return path + "/questions/" + questions[i+1].Key
		}
	}
	if k.back {
		return path + "/looking-back"
	}
	return path + "/answers"
}

// showAnswerFaults shows the question again with what was typed and what is
// wrong with it.
func (s *Server) showAnswerFaults(w http.ResponseWriter, r *http.Request, person uuid.UUID, p posted) error {
	t, sheet, err := s.sheetOf(r, person)
	if err != nil {
		return err
	}
	if wantsJSON(r) {
		writeJSON(w, p.status, problemJSON{Message: firstOf(p.errors), Page: r.URL.Path})
		return nil
	}
	v := s.questionView(r, t, sheet, p.answer.Question)
	v.Answer, v.Errors, v.Check = p.answer, p.errors, p.check
	return s.render(w, r, p.status, page.Question(v))
}

// showUnsaved says why an answer that was sound was not kept, and gives it back.
func (s *Server) showUnsaved(w http.ResponseWriter, r *http.Request, person uuid.UUID, p posted, cause error) error {
	var stale *store.StaleError
	switch {
	case errors.As(cause, &stale) && wantsJSON(r):
		writeJSON(w, http.StatusConflict, problemJSON{Message: "This answer was changed in another window.", Page: r.URL.Path})
		return nil
	case errors.As(cause, &stale):
		t, sheet, err := s.sheetOf(r, person)
		if err != nil {
			return err
		}
		q, _ := sheet.version.Question(p.answer.Question)
		return s.render(w, r, http.StatusConflict, page.Stale(page.StaleView{
			Frame: s.frame(r), Round: sheet.Round,
			Path: roundPath(t, sheet.Round.ID), Question: q, Kept: stale.Current, Typed: p.answer, Check: p.check,
		}))
	case errors.Is(cause, assessment.ErrNotOpen) && wantsJSON(r):
		says := "This round has closed."
		if ended, ok := errors.AsType[*store.EndedError](cause); ok {
			says = "Your time to answer ended on " + page.Day(ended.LastDay) + "."
		}
		writeJSON(w, http.StatusConflict, problemJSON{Message: says + " What you saved before is kept.", Page: r.URL.Path})
		return nil
	case errors.Is(cause, assessment.ErrNotOpen):
		t, sheet, err := s.sheetOf(r, person)
		if err != nil {
			return err
		}
		v := s.questionView(r, t, sheet, p.answer.Question)
		v.Closed, v.Ended, v.Refused = true, s.ended(sheet.Sheet), &p.answer
		return s.render(w, r, http.StatusConflict, page.Question(v))
	}
	return cause
}

func firstOf(e page.QuestionErrors) string {
	for _, says := range []string{e.Choice, e.Comment, e.Evidence} {
		if says != "" {
			return says
		}
	}
	return ""
}

// showQuestion is one question a page.
func (s *Server) showQuestion(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	sheet, err := s.sheetIn(r, t)
	if err != nil {
		return err
	}
	key := chi.URLParam(r, "key")
	if !sheet.version.Asks(sheet.Round.Form, key) {
		return store.ErrNotFound
	}
	if sheet.Round.State == assessment.Draft {
		return see(w, r, roundPath(t, sheet.Round.ID))
	}
	if !s.ended(sheet.Sheet).IsZero() {
		return see(w, r, roundPath(t, sheet.Round.ID)+"/answers")
	}
	v := s.questionView(r, t, sheet, key)
	v.Check = r.URL.Query().Get("check") == "1"
	return s.render(w, r, http.StatusOK, page.Question(v))
}

// questionView is one question as this person's sheet has it.
func (s *Server) questionView(r *http.Request, t *store.Trust, sheet sheet, key string) page.QuestionView {
	q, _ := sheet.version.Question(key)
	e, _ := sheet.version.Element(q.Element)
	path := roundPath(t, sheet.Round.ID)
	v := page.QuestionView{
		Frame: s.frame(r), Round: sheet.Round, Path: path, Question: q, Element: e,
		Back: path + "/questions", Answer: sheet.Response.Answers[key], LastSaved: sheet.lastSaved(),
		Closed: sheet.Round.State == assessment.Closed,
	}
	v.Answer.Question = key
	questions := sheet.version.Questions(sheet.Round.Form)
	v.Total = len(questions)
	for i, x := range questions {
		if x.Key == key {
			v.Number = i + 1
			if i > 0 {
				v.Back = path + "/questions/" + questions[i-1].Key
			}
		}
	}
	return v
}

// lastSaved is when this person's newest answer was kept.
func (k sheet) lastSaved() (last time.Time) {
	for _, a := range k.Response.Answers {
		if a.SavedAt.After(last) {
			last = a.SavedAt
		}
	}
	return last
}
