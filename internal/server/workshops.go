package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/workshop"
	"octant/web/nhsuk"
	"octant/web/page"
)

// workshopRoutes is what lies inside a trust's workshops.
func (s *Server) workshopRoutes(r chi.Router) {
	r.Get("/actions", s.trust(s.showActions))
	r.Get("/actions/{action}", s.trust(s.showAction))
	r.Post("/actions/{action}", s.trust(s.changeAction))
	r.Get("/rounds/{round}/agreed", s.trust(s.showAgreed))
	r.Get("/workshops", s.trust(s.showWorkshops))
	r.Get("/workshops/new", s.trust(s.newWorkshop))
	r.Post("/workshops", s.trust(s.createWorkshop))
	r.Route("/workshops/{workshop}", func(r chi.Router) {
		r.Get("/", s.trust(s.showConsole))
		r.Get("/now", s.trust(s.consoleNow))
		r.Get("/events", s.trust(s.consoleEvents))
		r.Get("/projector", s.trust(s.showProjector))
		r.Get("/projector/now", s.trust(s.projectorNow))
		r.Get("/projector/events", s.trust(s.projectorEvents))
		r.Get("/agenda", s.trust(s.showAgenda))
		r.Get("/agenda/add", s.trust(s.newItem))
		r.Post("/agenda", s.trust(s.addItem))
		r.Get("/agenda/{item}", s.trust(s.editItem))
		r.Post("/agenda/{item}", s.trust(s.changeItem))
		r.Post("/agenda/{item}/up", s.trust(s.shiftItem(-1)))
		r.Post("/agenda/{item}/down", s.trust(s.shiftItem(1)))
		r.Post("/agenda/{item}/drop", s.trust(s.dropItem))
		r.Get("/brief", s.trust(s.showBrief))
		r.Get("/kit", s.trust(s.showKit))
		r.Post("/begin", s.trust(s.beginWorkshop))
		r.Post("/delete", s.trust(s.deleteWorkshop))
		r.Post("/move", s.trust(s.moveOn))
		r.Post("/restart", s.trust(s.restartVote))
		r.Post("/agree", s.trust(s.agreeLevel))
		r.Post("/timer", s.trust(s.moveTimer))
		r.Post("/code", s.trust(s.newJoinCode))
		r.Post("/notes/{item}", s.trust(s.keepNotes))
		r.Post("/park", s.trust(s.parkAtDesk))
		r.Post("/parked/{parked}", s.trust(s.settleParked))
		r.Post("/actions", s.trust(s.addAction))
		r.Get("/tally", s.trust(s.showTally))
		r.Post("/tally", s.trust(s.keyTally))
		r.Get("/devices", s.trust(s.showDevices))
		r.Post("/devices", s.trust(s.expectPeople))
		r.Post("/devices/{device}/remove", s.trust(s.removeDevice))
		r.Get("/end", s.trust(s.confirmEnd))
		r.Post("/end", s.trust(s.endWorkshop))
		r.Get("/record", s.trust(s.showRecord))
		r.Post("/outcome", s.trust(s.sendOutcome))
	})
}

// pathID reads an id from the address. What is no id is nothing that there is.
func pathID(r *http.Request, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(chi.URLParam(r, name))
	if err != nil {
		return id, store.ErrNotFound
	}
	return id, nil
}

// workshopPath is the address of a workshop.
func workshopPath(t *store.Trust, id uuid.UUID) string {
	return "/trusts/" + t.ODS + "/workshops/" + id.String()
}

// runsWorkshop is the workshop's id, for somebody who may run it.
func runsWorkshop(r *http.Request, t *store.Trust) (uuid.UUID, error) {
	id, err := pathID(r, "workshop")
	if err != nil {
		return id, err
	}
	if !t.May(access.RunWorkshop) {
		return id, access.ErrDenied
	}
	return id, nil
}

// saysWorkshop is what a workshop refuses, in words for whoever runs it; "" for
// an error of another kind.
func saysWorkshop(err error) string {
	var move *workshop.MoveError
	for _, known := range []struct {
		err  error
		says string
	}{
		{workshop.ErrStep, "Somebody else moved the session on at the same moment. This is where it stands now"},
		{workshop.ErrNotRunning, "The session is not running"},
		{workshop.ErrState, "The session has begun or ended meanwhile"},
		{workshop.ErrNoItem, "This item is not on the agenda any more"},
		{workshop.ErrBusy, "Show the result of the vote that is under way, or start that vote again, before you go on"},
		{workshop.ErrStarted, "This item has begun, so that it can no longer be changed"},
		{workshop.ErrTwice, "This question is on the agenda already"},
		{workshop.ErrFull, "There is no room for more"},
		{workshop.ErrByCards, "The first vote was taken with cards, so that the second is too: key it in"},
		{workshop.ErrClosed, "The vote is closed"},
		{workshop.ErrLately, "This question was voted on in another workshop not long ago. Two results so close together could show what one person thinks. Take another question, or talk about this one without a vote"},
		{workshop.ErrReason, "Write down the reason"},
		{workshop.ErrText, "Check what you typed: it is empty or too long"},
		{workshop.ErrOverwrite, "Somebody else has changed this meanwhile. What you typed is still here, and not kept yet"},
		{workshop.ErrMinutes, "The minutes must be a number up to 180"},
	} {
		if errors.Is(err, known.err) {
			return known.says
		}
	}
	if errors.As(err, &move) {
		return "The session has moved on meanwhile. This is where it stands now"
	}
	return ""
}

// showWorkshops lists a trust's workshops.
func (s *Server) showWorkshops(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	all, err := t.Workshops(r.Context())
	if err != nil {
		return err
	}
	v := page.WorkshopsView{Frame: s.frame(r), Path: "/trusts/" + t.ODS + "/workshops", Workshops: all, MayRun: t.May(access.RunWorkshop)}
	if r.URL.Query().Get("done") == "deleted" {
		v.Notice = "The workshop is deleted."
	}
	return s.render(w, r, http.StatusOK, page.Workshops(v))
}

// workshopForm is the form that makes a workshop.
func (s *Server) workshopForm(r *http.Request, t *store.Trust) (page.WorkshopFormView, error) {
	v := page.WorkshopFormView{
		Frame: s.frame(r), Path: "/trusts/" + t.ODS + "/workshops",
		Title: nhsuk.Field{Name: "title", Label: "Title", Hint: "Everybody in the room sees it, for example ‘Board workshop, May 2027’"},
		Round: nhsuk.Field{Name: "round", Label: "Which round does it start from?", Size: nhsuk.Small, Value: "none"},
		Length: nhsuk.Field{
			Name: "length", Label: "How much time is there?", Size: nhsuk.Small,
			Value: string(workshop.Short), Options: page.LengthOptions(),
		},
		Rehearsal: nhsuk.Field{
			Name: "rehearsal", Label: "Is it a rehearsal?", Size: nhsuk.Small,
			Options: []nhsuk.Option{{Value: "yes", Text: "Rehearse with simulated members", Hint: "Nothing of it counts anywhere"}},
		},
	}
	rounds, err := t.ClosedRounds(r.Context())
	if err != nil {
		return v, err
	}
	for _, round := range rounds {
		if v.Round.Value == "none" {
			v.Round.Value = round.ID.String()
		}
		v.Round.Options = append(v.Round.Options, nhsuk.Option{Value: round.ID.String(), Text: round.Title, Hint: "Closed on " + page.Day(round.ClosedAt)})
	}
	v.Round.Options = append(v.Round.Options, nhsuk.Option{Value: "none", Text: "No round", Hint: "The agenda has questions that all boards can start from"})
	return v, nil
}

// newWorkshop shows the form that makes a workshop.
func (s *Server) newWorkshop(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	if !t.May(access.RunWorkshop) {
		return access.ErrDenied
	}
	v, err := s.workshopForm(r, t)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.WorkshopForm(v))
}

// createWorkshop makes a workshop with the agenda that is proposed for it.
func (s *Server) createWorkshop(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	if !t.May(access.RunWorkshop) {
		return access.ErrDenied
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	v, err := s.workshopForm(r, t)
	if err != nil {
		return err
	}
	asked, ok := readWorkshopForm(f, &v)
	if !ok {
		return s.render(w, r, http.StatusUnprocessableEntity, page.WorkshopForm(v))
	}
	id, err := t.CreateWorkshop(r.Context(), asked, s.now())
	if err != nil {
		return err
	}
	return see(w, r, workshopPath(t, id)+"/agenda?done=proposed")
}

// readWorkshopForm reads the form and says all that is wrong with it.
func readWorkshopForm(f form, v *page.WorkshopFormView) (n store.NewWorkshop, ok bool) {
	v.Title.Value, v.Round.Value, v.Length.Value = strings.TrimSpace(f.get("title")), f.get("round"), f.get("length")
	if f.get("rehearsal") == "yes" {
		v.Rehearsal.Values = []string{"yes"}
	}
	v.Title.Error = checkWords(f, "title", "a title", "Title", workshop.MaxTitle)
	if !offered(v.Round.Options, v.Round.Value) {
		v.Round.Error = "Select a round, or ‘No round’"
	}
	if !offered(v.Length.Options, v.Length.Value) {
		v.Length.Error = "Select how much time there is"
	}
	n = store.NewWorkshop{Title: v.Title.Value, Length: workshop.Length(v.Length.Value), Rehearsal: f.get("rehearsal") == "yes"}
	n.Round, _ = uuid.Parse(v.Round.Value) // "none" is no round
	return n, v.Title.Error == "" && v.Round.Error == "" && v.Length.Error == "" && f.sound() == nil
}

// checkWords says what is wrong with words that have to be there.
func checkWords(f form, field, what, name string, most int) string {
	if says := f.fault(field); says != "" {
		return says
	}
	if strings.TrimSpace(f.get(field)) == "" {
		return "Enter " + what
	}
	return checkLength(f, field, name, most)
}

// checkLength says what is wrong with words that may be left out.
func checkLength(f form, field, name string, most int) string {
	if says := f.fault(field); says != "" {
		return says
	}
	if utf8.RuneCountInString(strings.TrimSpace(f.get(field))) > most {
		return name + " must be " + strconv.Itoa(most) + " characters or fewer"
	}
	return ""
}

func offered(options []nhsuk.Option, value string) bool {
	for _, o := range options {
		if o.Divider == "" && o.Value == value {
			return true
		}
	}
	return false
}

// deleteWorkshop deletes a workshop that has not begun, or a rehearsal.
func (s *Server) deleteWorkshop(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := runsWorkshop(r, t)
	if err != nil {
		return err
	}
	err = t.DeleteWorkshop(r.Context(), id, s.now())
	if says := saysWorkshop(err); says != "" {
		return s.refuseAtDesk(w, r, t, id, says)
	}
	if err != nil {
		return err
	}
	return see(w, r, "/trusts/"+t.ODS+"/workshops?done=deleted")
}

// versionOf is the questionnaire of a workshop.
func versionOf(w workshop.Workshop) (*questionnaire.Version, error) {
	return questionnaire.Load(w.Questionnaire)
}
