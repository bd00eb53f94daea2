package server

import (
	"errors"
	"net/http"
	"time"

	"octant/internal/assessment"
	"octant/internal/store"
	"octant/web/page"
)

// confirmDeleteDraft asks before a person's draft goes for good.
func (s *Server) confirmDeleteDraft(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	k, err := s.sheetIn(r, t)
	if err != nil {
		return err
	}
	path := roundPath(t, k.Round.ID)
	if k.Round.State == assessment.Draft || k.Round.State == assessment.Open && !k.draft() && !k.Response.Submitted {
		return see(w, r, path+"/questions")
	}
	v := page.DeleteDraftView{Frame: s.frame(r), Round: k.Round, Path: path, Sent: k.Response.Submitted}
	for _, a := range k.Response.Answers {
		if a.Choice != assessment.NotAnswered {
			v.Done++
		}
	}
	return s.render(w, r, http.StatusOK, page.DeleteDraft(v))
}

// deleteDraft deletes what a person has written and not handed in.
func (s *Server) deleteDraft(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := roundID(r)
	if err != nil {
		return err
	}
	err = t.DeleteDraft(r.Context(), round)
	switch {
	case errors.Is(err, store.ErrSubmitted):
		return refusal{http.StatusConflict, "You have submitted your answers", "They are no draft any more and cannot be deleted. You can change each of them until the round closes."}
	case isClosed(err):
		return refusal{http.StatusConflict, "This round has closed", "A draft that was not submitted is not part of the report. Only you can read it."}
	case err != nil:
		return err
	}
	return see(w, r, roundPath(t, round)+"/questions?deleted=1")
}

// errUnlinked means that somebody's answers can no longer be told from others'.
var errUnlinked = refusal{
	http.StatusGone, "Your answers are not here any more",
	"The link between your name and your answers was removed for good. They still count in the board's report.",
}

// draft says that something is written and nothing handed in.
func (k sheet) draft() bool { return !k.Response.Submitted && len(k.Response.Answers) > 0 }

// unlinkedAt is when this person's answers were cut loose from them; zero while
// they are there.
func (s *Server) unlinkedAt(r *http.Request, t *store.Trust, k sheet) (time.Time, error) {
	if k.Round.State != assessment.Closed || len(k.Response.Answers) > 0 {
		return time.Time{}, nil
	}
	return t.UnlinkedAt(r.Context(), k.Round.ID)
}
