package server

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/chart"
	"octant/web/page"
)

// sheet is one person's own answers with the questionnaire they are to.
type sheet struct {
	store.Sheet
	version *questionnaire.Version
}

// sheetIn is the sheet of the person inside the trust.
func (s *Server) sheetIn(r *http.Request, t *store.Trust) (sheet, error) {
	id, err := roundID(r)
	if err != nil {
		return sheet{}, err
	}
	kept, err := t.Sheet(r.Context(), id)
	if err != nil {
		return sheet{}, err
	}
	if kept.OnPaper && kept.Round.State == assessment.Open {
		return sheet{}, assessment.ErrOnPaper
	}
	v, err := questionnaire.Load(kept.Round.Questionnaire)
	if err != nil {
		return sheet{}, fmt.Errorf("server: sheet: %w", err)
	}
	if kept.Round.State != assessment.Closed {
		kept.Round.ClosesOn = kept.LastDay // to this person, the round ends with their own last day
	}
	return sheet{kept, v}, nil
}

// sheetOf is the same for a handler that was given the person alone.
func (s *Server) sheetOf(r *http.Request, person uuid.UUID) (*store.Trust, sheet, error) {
	t, err := s.db.Enter(r.Context(), person, chi.URLParam(r, "ods"))
	if err != nil {
		return nil, sheet{}, err
	}
	visitOf(r).t = t
	k, err := s.sheetIn(r, t)
	return t, k, err
}

// asked is what a round asks. It cannot change once the round has opened, so it
// is kept in memory and an answer's way does not pass by it again.
type asked struct {
	version *questionnaire.Version
	form    questionnaire.Form
	back    bool // and where the board was at an earlier round
}

// askedCache keeps what opened rounds ask, for as many as fit.
type askedCache struct {
	mu     sync.RWMutex
	rounds map[uuid.UUID]asked
}

const mostAsked = 4096

func (c *askedCache) get(id uuid.UUID) (asked, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	k, ok := c.rounds[id]
	return k, ok
}

func (c *askedCache) put(id uuid.UUID, k asked) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.rounds) >= mostAsked || c.rounds == nil {
		c.rounds = make(map[uuid.UUID]asked)
	}
	c.rounds[id] = k
}

// asks is what the round asks. It says nothing of who may answer it.
func (s *Server) asks(ctx context.Context, person uuid.UUID, ods string, round uuid.UUID) (asked, error) {
	if k, ok := s.asked.get(round); ok {
		return k, nil
	}
	t, err := s.db.Enter(ctx, person, ods)
	if err != nil {
		return asked{}, err
	}
	kept, err := t.Sheet(ctx, round)
	if err != nil {
		return asked{}, err
	}
	v, err := questionnaire.Load(kept.Round.Questionnaire)
	if err != nil {
		return asked{}, fmt.Errorf("server: what is asked: %w", err)
	}
	k := asked{v, kept.Round.Form, kept.LooksBack()}
	if kept.Round.State != assessment.Draft {
		s.asked.put(round, k)
	}
	return k, nil
}

// showStart is the first page of a round: to somebody who is asked, what it is
// about; to others, the page of theirs that comes nearest.
func (s *Server) showStart(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := roundID(r)
	if err != nil {
		return err
	}
	if !t.May(access.Answer) {
		return s.elsewhere(w, r, t, id)
	}
	k, err := s.sheetIn(r, t)
	if errors.Is(err, store.ErrNotFound) {
		return s.elsewhere(w, r, t, id)
	}
	if err != nil {
		return err
	}
	path := roundPath(t, id)
	if !s.ended(k.Sheet).IsZero() {
		return see(w, r, path+"/answers")
	}
	v := page.StartView{Frame: s.frame(r), Round: k.Round, Version: k.version, Path: path, Sent: k.Response.Submitted}
	for _, q := range k.version.Questions(k.Round.Form) {
		v.Total++
		if k.Response.Answers[q.Key].Choice != assessment.NotAnswered {
			v.Done++
		} else if v.Resume == "" {
			v.Resume = path + "/questions/" + q.Key
		}
	}
	v.LookBack, v.Minutes = k.LooksBack(), k.version.Minutes(k.Round.Form, k.LooksBack())
	return s.render(w, r, http.StatusOK, page.Start(v))
}

// elsewhere leads somebody who is not asked in a round to what they may see of it.
func (s *Server) elsewhere(w http.ResponseWriter, r *http.Request, t *store.Trust, id uuid.UUID) error {
	round, err := t.Round(r.Context(), id)
	if err != nil {
		return err
	}
	switch {
	case t.May(access.ViewProgress):
		return see(w, r, roundPath(t, id)+"/manage")
	case round.State == assessment.Closed && t.May(access.ViewReport):
		return see(w, r, roundPath(t, id)+"/report")
	}
	return see(w, r, "/trusts/"+t.ODS)
}

// showTasks is the list of eight elements with progress.
func (s *Server) showTasks(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	k, err := s.sheetIn(r, t)
	if err != nil {
		return err
	}
	path := roundPath(t, k.Round.ID)
	if k.Round.State == assessment.Draft {
		return see(w, r, path)
	}
	if !s.ended(k.Sheet).IsZero() {
		return see(w, r, path+"/answers")
	}
	v := page.TasksView{
		Frame: s.frame(r), Round: k.Round, Path: path, Sent: k.Response.Submitted,
		Closed: k.Round.State == assessment.Closed, SavedNow: r.URL.Query().Get("saved") == "1",
		Draft: k.Round.State == assessment.Open && k.draft(), Deleted: r.URL.Query().Get("deleted") == "1",
	}
	for _, e := range k.version.Elements {
		task := page.Task{Title: e.Title, Paraphrase: e.Paraphrase}
		first, next := "", ""
		for _, q := range e.Questions {
			if !k.version.Asks(k.Round.Form, q.Key) {
				continue
			}
			task.Total++
			if first == "" {
				first = q.Key
			}
			if k.Response.Answers[q.Key].Choice != assessment.NotAnswered {
				task.Done++
			} else if next == "" {
				next = q.Key
			}
		}
		if next == "" {
			next = first
		}
		task.Href = path + "/questions/" + next
		v.Done, v.Total = v.Done+task.Done, v.Total+task.Total
		v.Tasks = append(v.Tasks, task)
	}
	v.LookBack = k.lookBackTask(path)
	return s.render(w, r, http.StatusOK, page.Tasks(v))
}

// checkAnswers shows this person's own answers: to check and submit while the
// round is open, to read ever after.
func (s *Server) checkAnswers(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	k, err := s.sheetIn(r, t)
	if err != nil {
		return err
	}
	v := s.checkView(r, t, k)
	if v.Unlinked, err = s.unlinkedAt(r, t, k); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Check(v))
}

func (s *Server) checkView(r *http.Request, t *store.Trust, k sheet) page.CheckView {
	path := roundPath(t, k.Round.ID)
	v := page.CheckView{Frame: s.frame(r), Round: k.Round, Version: k.version, Path: path, Sent: k.Response.Submitted, Ended: s.ended(k.Sheet)}
	for _, e := range k.version.Elements {
		ce := page.CheckElement{Title: e.Title}
		for _, q := range e.Questions {
			if !k.version.Asks(k.Round.Form, q.Key) {
				continue
			}
			a := k.Response.Answers[q.Key]
			row := page.CheckRow{Question: q, Answer: a, AnswerText: page.ChoiceText(q, a.Choice)}
			if k.Round.State == assessment.Open && v.Ended.IsZero() {
				row.Change = path + "/questions/" + q.Key + "?check=1"
			}
			if a.Choice == assessment.NotAnswered {
				v.Missing++
			}
			ce.Rows = append(ce.Rows, row)
		}
		v.Elements = append(v.Elements, ce)
	}
	v.LookBack = k.lookedBack(path, k.Round.State == assessment.Open && v.Ended.IsZero())
	return v
}

// submitAnswers counts this person's answers in.
func (s *Server) submitAnswers(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := roundID(r)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	k, err := s.sheetIn(r, t)
	if err != nil {
		return err
	}
	v := s.checkView(r, t, k)
	if !v.Ended.IsZero() {
		return closedMeanwhile(&store.EndedError{LastDay: v.Ended})
	}
	switch {
	case v.Empty():
		v.Error = "Answer at least one question before you submit"
	case v.Missing > 0 && f.get("missing") != "confirm":
		v.Error = "Answer the questions left, or confirm that you want to leave them out"
	}
	if v.Error != "" {
		return s.render(w, r, http.StatusUnprocessableEntity, page.Check(v))
	}
	if err := t.Submit(r.Context(), id, true, s.now()); err != nil {
		return closedMeanwhile(err)
	}
	return see(w, r, roundPath(t, id)+"/sent")
}

// closedMeanwhile says in words what a round that has closed refuses.
func closedMeanwhile(err error) error {
	if ended, ok := errors.AsType[*store.EndedError](err); ok {
		return refusal{http.StatusConflict, "Your time to answer has ended", "Your last day was " + page.Day(ended.LastDay) + ". What you saved is kept, and you can still read it."}
	}
	if isClosed(err) {
		return refusal{http.StatusConflict, "This round has closed", "No more answers can be counted in. What you saved is kept, and you can still read it."}
	}
	return err
}

// showSent confirms that the answers were counted in.
func (s *Server) showSent(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	k, err := s.sheetIn(r, t)
	if err != nil {
		return err
	}
	path := roundPath(t, k.Round.ID)
	if !k.Response.Submitted {
		return see(w, r, path+"/questions")
	}
	return s.render(w, r, http.StatusOK, page.Sent(page.SentView{Frame: s.frame(r), Round: k.Round, Path: path}))
}

// downloadAnswers is this person's own answers as a file.
func (s *Server) downloadAnswers(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	k, err := s.sheetIn(r, t)
	if err != nil {
		return err
	}
	gone, err := s.unlinkedAt(r, t, k)
	if err != nil {
		return err
	}
	if !gone.IsZero() {
		return errUnlinked
	}
	attach(w, "text/csv; charset=utf-8", fileName("my-answers", k.Round.Title, "csv"))
	out := csv.NewWriter(w)
	rows := [][]string{{"question", "element", "text", "answer", "comment", "evidence"}}
	for _, q := range k.version.Questions(k.Round.Form) {
		a, e := k.Response.Answers[q.Key], ""
		if el, ok := k.version.Element(q.Element); ok {
			e = el.Title
		}
		rows = append(rows, []string{q.Key, e, q.Text, page.ChoiceText(q, a.Choice), chart.Harmless(a.Comment), chart.Harmless(a.Evidence)})
	}
	for _, q := range k.back() {
		rows = append(rows, []string{q.Key, q.Topic, q.Text, page.ChoiceText(q, k.Response.Answers[q.Key].Choice), "", ""})
	}
	return out.WriteAll(rows)
}

// attach makes the browser keep what follows as a file.
func attach(w http.ResponseWriter, kind, name string) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

// fileName makes a name that every file system takes.
func fileName(what, title, ext string) string {
	slug := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9':
			return c
		case c >= 'A' && c <= 'Z':
			return c + 'a' - 'A'
		}
		return '-'
	}, title)
	return what + "-" + strings.Trim(slug, "-") + "." + ext
}

// showMine sets one's own answers beside the board's published picture.
func (s *Server) showMine(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	k, err := s.sheetIn(r, t)
	if err != nil {
		return err
	}
	frozen, err := t.Report(r.Context(), k.Round.ID)
	if err != nil {
		return err
	}
	report, err := maturity.Thaw(frozen.Document)
	if err != nil {
		return fmt.Errorf("server: my answers: %w", err)
	}
	gone, err := s.unlinkedAt(r, t, k)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Mine(page.MineView{
		Frame: s.frame(r), Round: k.Round, Version: k.version, Unlinked: gone,
		Path: roundPath(t, k.Round.ID), Report: report, Mine: k.Response.Answers, Sent: k.Response.Submitted,
	}))
}
