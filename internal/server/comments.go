package server

import (
	"net/http"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/page"
)

// showComments is what people wrote in a closed round, for those who run it.
func (s *Server) showComments(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := roundID(r)
	if err != nil {
		return err
	}
	c, err := t.Comments(r.Context(), round, s.now())
	if err != nil {
		return err
	}
	report, version, err := thaw(c.Report.Document)
	if err != nil {
		return err
	}
	v := page.CommentsView{
		Frame: s.frame(r), Title: report.Round.Title, Path: roundPath(t, round),
		Erased: c.Erased, MayHide: t.May(access.HideComments), Done: r.URL.Query().Get("done"),
	}
	written := map[string]page.CommentedQuestion{}
	for _, one := range c.All {
		q, shown := written[one.Question], page.Comment{ID: one.ID.String(), Words: one.Words, Hidden: one.Hidden}
		if one.Evidence {
			q.Evidence = append(q.Evidence, shown)
		} else {
			q.Comments = append(q.Comments, shown)
		}
		written[one.Question] = q
		if one.Hidden {
			v.Hidden++
		}
	}
	v.Elements = commentedElements(report, version, written)
	return s.render(w, r, http.StatusOK, page.Comments(v))
}

// commentedElements sorts what was written by element and question, and names
// the questions of which nothing may be read.
func commentedElements(report maturity.Report, version *questionnaire.Version, written map[string]page.CommentedQuestion) []page.CommentedElement {
	var elements []page.CommentedElement
	for _, e := range version.Elements {
		ce := page.CommentedElement{Title: e.Title}
		for _, q := range e.Questions {
			if !version.Asks(questionnaire.Form(report.Result.Form), q.Key) {
				continue
			}
			if !report.Result.CommentsMayShow(q.Key) {
				ce.TooFew = append(ce.TooFew, q.Topic)
				continue
			}
			if one, ok := written[q.Key]; ok {
				one.Key, one.Text, one.Topic = q.Key, q.Text, q.Topic
				ce.Questions = append(ce.Questions, one)
			}
		}
		elements = append(elements, ce)
	}
	return elements
}

// hideComment hides one comment that identifies somebody, or shows it again.
func (s *Server) hideComment(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := roundID(r)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	comment, err := uuid.Parse(f.get("comment"))
	if err != nil {
		comment = uuid.Nil // which no comment has; a stranger to hiding is refused all the same
	}
	hide := f.get("do") != "show"
	if err := t.HideComment(r.Context(), round, comment, hide, s.now()); err != nil {
		return err
	}
	done := "shown"
	if hide {
		done = "hidden"
	}
	return see(w, r, roundPath(t, round)+"/comments?done="+done)
}
