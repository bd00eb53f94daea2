package server

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// noteForm is a note on the time line as it is written.
type noteForm struct {
	text nhsuk.Field
	day  nhsuk.DateField
	note store.Milestone
}

func emptyNote() noteForm {
	return noteForm{
		text: nhsuk.Field{Name: "text", Label: "What happened", Hint: "For example ‘New patient record went live’", Size: nhsuk.Small},
		day:  nhsuk.DateField{Name: "on", Label: "When"},
	}
}

// readNote reads the form and says all that is wrong with it.
func readNote(f form) (n noteForm, ok bool) {
	n = emptyNote()
	n.text.Value = strings.Join(strings.Fields(f.get("text")), " ")
	switch {
	case f.fault("text") != "":
		n.text.Error = f.fault("text")
	case n.text.Value == "":
		n.text.Error = "Enter what happened"
	case utf8.RuneCountInString(n.text.Value) > store.MaxMilestone:
		n.text.Error = fmt.Sprintf("What happened must be %d characters or fewer", store.MaxMilestone)
	}
	n.note = store.Milestone{On: readDate(f, &n.day, "on"), Text: n.text.Value}
	return n, n.text.Error == "" && n.day.Error == "" && f.sound() == nil
}

// showNotes lists the notes for who may write them.
func (s *Server) showNotes(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	return s.renderNotes(w, r, http.StatusOK, t, emptyNote())
}

func (s *Server) renderNotes(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, n noteForm) error {
	all, err := t.Milestones(r.Context())
	if err != nil {
		return err
	}
	v := page.NotesView{Frame: s.frame(r), Path: trendPath(t), Text: n.text, Day: n.day, Done: r.URL.Query().Get("done")}
	for _, m := range all {
		v.Notes = append(v.Notes, page.NoteRow{Href: notePath(t, m.ID), On: m.On, Text: m.Text})
	}
	return s.render(w, r, status, page.Notes(v))
}

func notePath(t *store.Trust, id uuid.UUID) string { return trendPath(t) + "/notes/" + id.String() }

func (s *Server) addNote(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	n, ok := readNote(f)
	if !ok {
		return s.renderNotes(w, r, http.StatusUnprocessableEntity, t, n)
	}
	err = t.AddMilestone(r.Context(), n.note, s.now())
	if errors.Is(err, store.ErrMilestones) {
		n.text.Error = fmt.Sprintf("There are %d notes already. Remove one first", store.MaxMilestones)
		return s.renderNotes(w, r, http.StatusUnprocessableEntity, t, n)
	}
	if err != nil {
		return err
	}
	return see(w, r, trendPath(t)+"/notes?done=added")
}

// noteID reads the note from the address. What is no id is no note.
func noteID(r *http.Request) (uuid.UUID, error) {
	id, err := uuid.Parse(chi.URLParam(r, "note"))
	if err != nil {
		return id, store.ErrNotFound
	}
	return id, nil
}

func (s *Server) showNote(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := noteID(r)
	if err != nil {
		return err
	}
	m, err := t.Milestone(r.Context(), id)
	if err != nil {
		return err
	}
	n := emptyNote()
	n.text.Value = m.Text
	setDate(&n.day, m.On)
	return s.renderNote(w, r, http.StatusOK, t, id, n)
}

func (s *Server) renderNote(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, id uuid.UUID, n noteForm) error {
	return s.render(w, r, status, page.Note(page.NoteView{
		Frame: s.frame(r), Path: trendPath(t), Here: notePath(t, id), Text: n.text, Day: n.day,
	}))
}

func (s *Server) changeNote(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := noteID(r)
	if err != nil {
		return err
	}
	if _, err := t.Milestone(r.Context(), id); err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	n, ok := readNote(f)
	if !ok {
		return s.renderNote(w, r, http.StatusUnprocessableEntity, t, id, n)
	}
	n.note.ID = id
	if err := t.ChangeMilestone(r.Context(), n.note, s.now()); err != nil {
		return err
	}
	return see(w, r, trendPath(t)+"/notes?done=changed")
}

func (s *Server) removeNote(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := noteID(r)
	if err != nil {
		return err
	}
	if err := t.RemoveMilestone(r.Context(), id, s.now()); err != nil {
		return err
	}
	return see(w, r, trendPath(t)+"/notes?done=removed")
}
