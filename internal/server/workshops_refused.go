package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"octant/internal/store"
	"octant/internal/workshop"
	"octant/web/nhsuk"
	"octant/web/page"
)

// refuseAtDesk shows the console as it is now, with why the last thing asked for
// was not done.
func (s *Server) refuseAtDesk(w http.ResponseWriter, r *http.Request, t *store.Trust, id uuid.UUID, says string) error {
	v, err := s.console(r, t, id)
	if err != nil {
		return err
	}
	v.Error = says
	return s.render(w, r, http.StatusConflict, page.Console(v))
}

// youWrote ends the reason why words were not kept that have no place on the page
// any more, so that they can be taken from there.
func youWrote(says string, words ...string) string {
	return says + ". You wrote: “" + strings.TrimSpace(strings.Join(words, " ")) + "”"
}

// underWay is the item under way if a form that was sent is about it, and otherwise nil.
func underWay(v *page.ConsoleView, item uuid.UUID) *workshop.Item {
	if it := v.Workshop.Now(); it != nil && it.ID == item {
		return it
	}
	return nil
}

// refuseAgreed shows the console as it is now with what was typed: in the form
// where the same item can still be agreed on, and otherwise to be read.
func (s *Server) refuseAgreed(w http.ResponseWriter, r *http.Request, t *store.Trust, id, item uuid.UUID, f form, says string) error {
	v, err := s.console(r, t, id)
	if err != nil {
		return err
	}
	reason, dissent := strings.TrimSpace(f.get("reason")), strings.TrimSpace(f.get("dissent"))
	if it := underWay(&v, item); it != nil && slices.Contains(it.Moves(), workshop.Agree) {
		v.Agree.Level.Value, v.Agree.Reason.Value, v.Agree.Dissent.Value = f.get("level"), reason, dissent
		v.Agree.Reason.Error = says
	} else {
		v.Error = youWrote(says, reason, dissent)
	}
	return s.render(w, r, http.StatusConflict, page.Console(v))
}

// restartVote starts a vote again that was not revealed, and keeps why.
func (s *Server) restartVote(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, item, step, f, err := pressed(r, t)
	if err != nil {
		return err
	}
	status, says := http.StatusUnprocessableEntity, checkWords(f, "reason", "why the vote starts again", "The reason", workshop.MaxReason)
	if says == "" {
		err = t.RestartVote(r.Context(), id, item, step, strings.TrimSpace(f.get("reason")), s.now())
		status, says = http.StatusConflict, saysWorkshop(err)
	}
	if says == "" {
		return s.moved(w, r, t, id, "", err)
	}
	v, err := s.console(r, t, id)
	if err != nil {
		return err
	}
	if it := underWay(&v, item); it != nil && slices.Contains(it.Moves(), workshop.Restart) {
		v.Restart.Value, v.Restart.Error = f.get("reason"), says
	} else {
		v.Error = youWrote(says, f.get("reason"))
	}
	return s.render(w, r, status, page.Console(v))
}

func notesField(it *workshop.Item) nhsuk.Field {
	return nhsuk.Field{Name: "notes", ID: "notes-" + it.ID.String(), Label: "Your notes", Hint: "Only those who run workshops at this trust can see them", Value: it.Notes, Rows: 3}
}

// keepNotes keeps what whoever runs the workshop writes for themselves. What
// somebody else wrote there meanwhile is not replaced by anybody who has not seen it.
func (s *Server) keepNotes(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, _, _, f, err := pressed(r, t)
	if err != nil {
		return err
	}
	item, err := pathID(r, "item")
	if err != nil {
		return err
	}
	mine := f.get("notes")
	status, says := http.StatusUnprocessableEntity, checkLength(f, "notes", "Your notes", workshop.MaxNotes)
	if says == "" {
		err = t.WriteNotes(r.Context(), id, item, mine, f.get("over"))
		if !errors.Is(err, workshop.ErrOverwrite) {
			return s.moved(w, r, t, id, "notes", err)
		}
		status = http.StatusConflict
	}
	v, err := s.console(r, t, id)
	if err != nil {
		return err
	}
	switch it := underWay(&v, item); {
	case it == nil:
		v.Error = youWrote(orElse(says, "Somebody else has written notes on that item meanwhile, so that yours are not kept"), mine)
	case says != "":
		v.Notes.Value, v.Notes.Error, v.NotesOver = mine, says, f.get("over")
	default:
		v.Notes.Value = strings.TrimSpace(it.Notes) + "\n\n" + strings.TrimSpace(mine)
		v.Notes.Error = "Somebody else has written notes here meanwhile. Theirs come first, then yours. Put them together, then keep them"
	}
	return s.render(w, r, status, page.Console(v))
}

// parkAtDesk parks something to come back to.
func (s *Server) parkAtDesk(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, _, _, f, err := pressed(r, t)
	if err != nil {
		return err
	}
	status, says := http.StatusUnprocessableEntity, checkWords(f, "words", "something to come back to", "It", workshop.MaxParked)
	if says == "" {
		err = t.Park(r.Context(), id, strings.TrimSpace(f.get("words")))
		status, says = http.StatusConflict, saysWorkshop(err)
	}
	if says == "" {
		return s.moved(w, r, t, id, "", err)
	}
	v, err := s.console(r, t, id)
	if err != nil {
		return err
	}
	v.Park.Error, v.Park.Value = says, f.get("words")
	return s.render(w, r, status, page.Console(v))
}
