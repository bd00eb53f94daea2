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

// unkept shows the console as it is now, after something was sent that was not kept.
// Fill says why, and puts what was typed where it can be sent again or be read.
func (s *Server) unkept(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, id uuid.UUID, fill func(*page.ConsoleView)) error {
	v, err := s.console(r, t, id)
	if err != nil {
		return err
	}
	fill(&v)
	return s.render(w, r, status, page.Console(v))
}

// refuseAtDesk says why the last thing asked for was not done.
func (s *Server) refuseAtDesk(w http.ResponseWriter, r *http.Request, t *store.Trust, id uuid.UUID, says string) error {
	return s.unkept(w, r, http.StatusConflict, t, id, func(v *page.ConsoleView) { v.Error = says })
}

// youWrote ends the reason why words were not kept that have no place on the page
// any more, so that they can be taken from there.
func youWrote(says string, words ...string) string {
	text := strings.TrimSpace(strings.Join(words, " "))
	if text == "" {
		return says
	}
	return says + ". You wrote: “" + text + "”"
}

// stillMay says whether the item that a form was about is under way, and can still
// be moved so.
func stillMay(v *page.ConsoleView, item uuid.UUID, move workshop.Move) bool {
	it := v.Workshop.Now()
	return it != nil && it.ID == item && slices.Contains(it.Moves(), move)
}

// agreeAgain puts what was typed about a level, and what is wrong with it, into the
// form of the same item.
func agreeAgain(v *page.ConsoleView, item uuid.UUID, f form, fault page.AgreeForm) {
	reason, dissent := strings.TrimSpace(f.get("reason")), strings.TrimSpace(f.get("dissent"))
	if !stillMay(v, item, workshop.Agree) {
		v.Error = youWrote(saysWorkshop(workshop.ErrStep), reason, dissent)
		return
	}
	v.Agree.Level.Value, v.Agree.Level.Error = f.get("level"), fault.Level.Error
	v.Agree.Reason.Value, v.Agree.Reason.Error = reason, fault.Reason.Error
	v.Agree.Dissent.Value, v.Agree.Dissent.Error = dissent, fault.Dissent.Error
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
	return s.unkept(w, r, status, t, id, func(v *page.ConsoleView) {
		if stillMay(v, item, workshop.Restart) {
			v.Restart.Value, v.Restart.Error = f.get("reason"), says
		} else {
			v.Error = youWrote(says, f.get("reason"))
		}
	})
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
	return s.unkept(w, r, status, t, id, func(v *page.ConsoleView) {
		switch it := v.Workshop.Now(); {
		case it == nil || it.ID != item:
			v.Error = youWrote(orElse(says, "Somebody else has written notes on that item meanwhile, so that yours are not kept"), mine)
		case says != "":
			v.Notes.Value, v.Notes.Error, v.NotesOver = mine, says, f.get("over")
		default:
			v.Notes.Value = strings.TrimSpace(it.Notes) + "\n\n" + strings.TrimSpace(mine)
			v.Notes.Error = "Somebody else has written notes here meanwhile. Theirs come first, then yours. Put them together, then keep them"
		}
	})
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
	return s.unkept(w, r, status, t, id, func(v *page.ConsoleView) { v.Park.Error, v.Park.Value = says, f.get("words") })
}
