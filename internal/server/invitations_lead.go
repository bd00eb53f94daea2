package server

import (
	"errors"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/store"
	"octant/web/page"
)

// What the pages of links say has just been done.
var linkNotices = map[string]string{
	"revoked": "The link has been revoked. Whoever came in by it is signed out.",
	"new":     "A new link has been made. It goes out with the next letter to that person.",
}

// linkWords says how links and codes stand.
var linkWords = map[store.LinkState]string{
	store.NoLink: "None yet", store.LinkWorks: "Works", store.LinkRevoked: "Revoked",
}

// showLinks lists who is asked and how each can get in. No link is ever shown.
func (s *Server) showLinks(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := s.managed(r, t)
	if err != nil {
		return err
	}
	people, err := t.Links(r.Context(), round.ID)
	if err != nil {
		return err
	}
	v := page.LinksView{Frame: s.frame(r), Round: round, Path: roundPath(t, round.ID), Notice: linkNotices[r.URL.Query().Get("done")]}
	for _, p := range people {
		row := page.LinkedPerson{
			ID: p.Person.String(), Name: p.Name, Title: p.Title, OnPaper: p.OnPaper,
			Link: linkWords[p.Link], Letter: linkWords[p.Letter],
			Works: p.Link == store.LinkWorks || p.Letter == store.LinkWorks,
		}
		if p.NoEmail {
			row.Link += ". There is no email address to send it to."
		}
		v.People = append(v.People, row)
	}
	return s.render(w, r, http.StatusOK, page.Links(v))
}

// changeLink revokes somebody's link or makes a new one.
func (s *Server) changeLink(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, f, err := s.managedForm(r, t)
	if err != nil {
		return err
	}
	person, err := uuid.Parse(f.get("person"))
	if err != nil {
		return store.ErrNotFound
	}
	path := roundPath(t, round.ID) + "/links?done="
	switch f.get("action") {
	case "revoke":
		err = t.RevokeLinks(r.Context(), round.ID, person, s.now())
		path += "revoked"
	case "new":
		err = t.NewLink(r.Context(), round.ID, person, s.now())
		path += "new"
	default:
		return store.ErrNotFound
	}
	if errors.Is(err, assessment.ErrOnPaper) {
		return see(w, r, roundPath(t, round.ID)+"/links") // which says so
	}
	if err != nil {
		return noMoreLetters(err)
	}
	return see(w, r, path)
}

// chooseLetters shows for whom letters can be printed, with those chosen who have
// no email address.
func (s *Server) chooseLetters(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := s.managed(r, t)
	if err != nil {
		return err
	}
	return s.showLetterList(w, r, http.StatusOK, t, round, "")
}

func (s *Server) showLetterList(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, round assessment.Round, fault string) error {
	if round.State == assessment.Closed {
		return noMoreLetters(assessment.ErrNotOpen)
	}
	people, err := t.Links(r.Context(), round.ID)
	if err != nil {
		return err
	}
	v := page.CodeLettersView{Frame: s.frame(r), Round: round, Path: roundPath(t, round.ID), Error: fault}
	for _, p := range people {
		if p.OnPaper {
			continue
		}
		row := page.LetterPerson{ID: p.Person.String(), Name: p.Name, Title: p.Title, Chosen: p.NoEmail}
		if p.NoEmail {
			row.Why = "Has no email address"
		}
		v.People = append(v.People, row)
	}
	return s.render(w, r, status, page.CodeLetters(v))
}

// printLetters shows the letters of those chosen. They come with the answer to
// this form and have no address of their own.
func (s *Server) printLetters(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, f, err := s.managedForm(r, t, "person")
	if err != nil {
		return err
	}
	people, ok := f.ids("person")
	if !ok || len(people) == 0 {
		return s.showLetterList(w, r, http.StatusUnprocessableEntity, t, round, "Select at least one person")
	}
	letters, err := t.CodeLetters(r.Context(), round.ID, people, s.now())
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, assessment.ErrOnPaper) {
		return s.showLetterList(w, r, http.StatusUnprocessableEntity, t, round, "Select people from the list")
	}
	if err != nil {
		return noMoreLetters(err)
	}
	v := page.LettersView{
		Frame: s.frame(r), Round: round, Path: roundPath(t, round.ID),
		Address: strings.TrimPrefix(s.origin, "https://") + "/sign-in/letter",
	}
	for _, l := range letters {
		v.Letters = append(v.Letters, page.CodeLetter{Name: l.Name, Title: l.Title, Code: l.Code})
	}
	return s.render(w, r, http.StatusOK, page.Letters(v))
}
