package server

import (
	"errors"
	"net/http"
	"strconv"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/page"
)

// back is the questions that look back; none where the round does not.
func (k sheet) back() []*questionnaire.Question {
	if !k.LooksBack() {
		return nil
	}
	return k.version.LookBack()
}

// showLookBack is the page that looks back on an earlier round.
func (s *Server) showLookBack(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	k, err := s.sheetIn(r, t)
	if err != nil {
		return err
	}
	switch path := roundPath(t, k.Round.ID); {
	case !k.LooksBack():
		return store.ErrNotFound
	case k.Round.State == assessment.Closed || !s.ended(k.Sheet).IsZero():
		return see(w, r, path+"/answers")
	}
	return s.render(w, r, http.StatusOK, page.LookBack(s.lookBackView(r, t, k)))
}

func (s *Server) lookBackView(r *http.Request, t *store.Trust, k sheet) page.LookBackView {
	v := page.LookBackView{
		Frame: s.frame(r), Round: k.Round, Path: roundPath(t, k.Round.ID),
		Before: k.Before.Title, BeforeOn: k.Before.ClosedOn, LastSaved: k.lastSaved(),
	}
	for _, q := range k.back() {
		e, _ := k.version.Element(q.Element)
		a := k.Response.Answers[q.Key]
		a.Question = q.Key
		v.Rows = append(v.Rows, page.LookBackRow{Question: q, Element: e, Answer: a})
	}
	return v
}

// backSavedJSON acknowledges the page's answers to its script: the revision that
// is kept of each that was sent, by its field.
type backSavedJSON struct {
	Saved     string         `json:"saved"` // time of day
	Revisions map[string]int `json:"revisions"`
}

// saveLookBack keeps what was chosen on the page, each row by itself: one that was
// changed elsewhere meanwhile holds up none of the others.
func (s *Server) saveLookBack(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	k, err := s.sheetIn(r, t)
	if err != nil {
		return err
	}
	if !k.LooksBack() {
		return store.ErrNotFound
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	if f.large || f.fault("") != "" {
		return refusal{http.StatusBadRequest, "Part of the form could not be read", "Go back, load the page again and choose once more. Nothing that was saved before has changed."}
	}
	v := s.lookBackView(r, t, k)
	kept := backSavedJSON{Saved: page.Clock(s.now()), Revisions: make(map[string]int)}
	status := readLookBack(f, &v)
	if status == http.StatusOK {
		if status, err = s.keepLookBack(r, t, f, &v, kept.Revisions); err != nil {
			return err
		}
	}
	switch {
	case status != http.StatusOK && wantsJSON(r):
		writeJSON(w, status, problemJSON{Message: lookBackFault(v), Page: r.URL.Path})
		return nil
	case status != http.StatusOK:
		return s.render(w, r, status, page.LookBack(v))
	case wantsJSON(r):
		writeJSON(w, http.StatusOK, kept)
		return nil
	case f.get("action") == "later":
		return see(w, r, v.Path+"/questions?saved=1")
	}
	return see(w, r, v.Path+"/answers")
}

// readLookBack puts what was sent into the rows and says what is wrong with it. A
// row in which nothing is chosen stays as it is kept.
func readLookBack(f form, v *page.LookBackView) (status int) {
	status = http.StatusOK
	for i := range v.Rows {
		row := &v.Rows[i]
		key := row.Question.Key
		choice, err := assessment.ParseChoice(f.get(key))
		revision, wrong := strconv.Atoi(f.get(key + ".revision"))
		if says := f.fault(key); err != nil || says != "" || choice != assessment.NotAnswered && (wrong != nil || revision < 0) {
			row.Error, status = saysScale, http.StatusUnprocessableEntity
			continue
		}
		if choice != assessment.NotAnswered && choice != row.Answer.Choice {
			kept := row.Answer
			row.Kept, row.Answer.Choice, row.Answer.Revision = &kept, choice, revision
		}
	}
	return status
}

// keepLookBack saves the rows that say something else than what is kept. It gives
// the revision of each row that was sent, and of no other: who has not seen an
// answer shall not change it unseen.
func (s *Server) keepLookBack(r *http.Request, t *store.Trust, f form, v *page.LookBackView, revisions map[string]int) (status int, err error) {
	status = http.StatusOK
	for i := range v.Rows {
		row := &v.Rows[i]
		if row.Kept == nil {
			if f.get(row.Question.Key) != "" {
				revisions[row.Question.Key+".revision"] = row.Answer.Revision
			}
			continue
		}
		saved, err := s.db.SaveAnswer(r.Context(), t.Person, t.ODS, v.Round.ID, row.Answer, s.now())
		stale, changed := errors.AsType[*store.StaleError](err)
		switch {
		case changed:
			row.Kept, row.Answer.Revision = &stale.Current, stale.Current.Revision
			row.Error, status = saysChanged+page.ChoiceText(row.Question, stale.Current.Choice)+"”. Choose again", http.StatusConflict
		case errors.Is(err, assessment.ErrNotOpen):
			v.Closed = true
			return http.StatusConflict, nil
		case err != nil:
			return status, err
		default:
			row.Kept = nil
			revisions[row.Question.Key+".revision"] = saved.Revision
		}
	}
	return status, nil
}

// saysChanged begins what is said of a row that was answered elsewhere meanwhile.
const saysChanged = "This was changed in another window, where it is now “"

// lookBackFault is what is wrong with the page, for its script.
func lookBackFault(v page.LookBackView) string {
	if v.Closed {
		return "This round has closed, or your time to answer has ended. What you saved before is kept."
	}
	for _, row := range v.Rows {
		if row.Error != "" {
			return row.Element.Title + ": " + row.Error + "."
		}
	}
	return ""
}

// lookBackTask is the page in the list of what there is to answer; nil where the
// round does not look back.
func (k sheet) lookBackTask(path string) *page.Task {
	questions := k.back()
	if len(questions) == 0 {
		return nil
	}
	task := &page.Task{Href: path + "/looking-back", Total: len(questions)}
	for _, q := range questions {
		if k.Response.Answers[q.Key].Choice != assessment.NotAnswered {
			task.Done++
		}
	}
	return task
}

// lookedBack is this person's answers that look back, to check and to read later.
func (k sheet) lookedBack(path string, open bool) (rows []page.CheckRow) {
	for _, q := range k.back() {
		a := k.Response.Answers[q.Key]
		row := page.CheckRow{Question: q, Answer: a, AnswerText: page.ChoiceText(q, a.Choice)}
		if open {
			row.Change = path + "/looking-back#" + page.QuestionID(q)
		}
		rows = append(rows, row)
	}
	return rows
}
