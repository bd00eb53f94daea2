package server

import (
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// setClock has a draft open by itself, or takes that back.
func (s *Server) setClock(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, f, err := s.managedForm(r, t)
	if err != nil {
		return err
	}
	set, done := t.ScheduleRound, "timed"
	switch f.get("clock") {
	case "yes":
	case "no":
		set, done = t.UnscheduleRound, "untimed"
	default:
		return s.showManage(w, r, http.StatusUnprocessableEntity, t, "Choose whether the round opens by itself")
	}
	switch err := set(r.Context(), round.ID, s.now()); {
	case errors.Is(err, assessment.ErrTooFew):
		return s.showManage(w, r, http.StatusUnprocessableEntity, t, "Choose at least five people to ask before you let the round open by itself")
	case errors.Is(err, assessment.ErrPast):
		return s.showManage(w, r, http.StatusUnprocessableEntity, t, "The hour at which the round would open has passed. Open it now, or change its dates")
	case errors.Is(err, assessment.ErrNotDraft):
		return see(w, r, roundPath(t, round.ID)+"/manage") // somebody else has just opened it
	case err != nil:
		return err
	}
	return see(w, r, roundPath(t, round.ID)+"/manage?done="+done)
}

// showClosingDay asks for a later last day of an open round.
func (s *Server) showClosingDay(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := s.openOnly(r, t)
	if err != nil {
		return err
	}
	day := nhsuk.DateField{Name: "closes", Label: "New last day to answer"}
	return s.render(w, r, http.StatusOK, page.ClosingDay(page.ClosingDayView{Frame: s.frame(r), Round: round, Path: roundPath(t, round.ID), Day: day}))
}

// moveClosing puts the last day of an open round off.
func (s *Server) moveClosing(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := s.openOnly(r, t)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	day := nhsuk.DateField{Name: "closes", Label: "New last day to answer"}
	to := readDate(f, &day, "closes")
	if day.Error == "" {
		day.Error, err = dayFault(t.MoveClosing(r.Context(), round.ID, to, s.now()), round)
		if err != nil {
			return err
		}
	}
	if day.Error != "" {
		return s.render(w, r, http.StatusUnprocessableEntity, page.ClosingDay(page.ClosingDayView{Frame: s.frame(r), Round: round, Path: roundPath(t, round.ID), Day: day}))
	}
	return see(w, r, roundPath(t, round.ID)+"/manage?done=closing-day")
}

// dayFault says what is wrong with a new last day; any other error it gives back.
func dayFault(err error, round assessment.Round) (says string, rest error) {
	switch {
	case errors.Is(err, assessment.ErrEarlier):
		return "The new day must be after " + page.Day(round.ClosesOn), nil
	case errors.Is(err, assessment.ErrPast):
		return "The new day must be today or later", nil
	case errors.Is(err, assessment.ErrTooLate):
		return "The new day must be no later than " + page.Day(round.LatestExtension()), nil
	}
	return "", notOpen(err)
}

// notOpen says in words what a round that is not open refuses.
func notOpen(err error) error {
	if isClosed(err) {
		return refusal{http.StatusConflict, "This round is not open", "Times can be changed only while a round is open."}
	}
	return err
}

// openOnly is the open round of the address, for somebody who may manage it.
func (s *Server) openOnly(r *http.Request, t *store.Trust) (assessment.Round, error) {
	round, err := s.managed(r, t)
	if err == nil && round.State != assessment.Open {
		err = notOpen(assessment.ErrNotOpen)
	}
	return round, err
}

// askedHere is the person of the address, who is asked in the open round.
func (s *Server) askedHere(r *http.Request, t *store.Trust) (assessment.Round, page.AskedPerson, uuid.UUID, error) {
	round, err := s.openOnly(r, t)
	if err != nil {
		return round, page.AskedPerson{}, uuid.Nil, err
	}
	id, err := uuid.Parse(chi.URLParam(r, "person"))
	if err != nil {
		return round, page.AskedPerson{}, id, store.ErrNotFound
	}
	people, err := t.Asked(r.Context(), round.ID)
	if err != nil {
		return round, page.AskedPerson{}, id, err
	}
	for _, p := range people {
		if p.Person == id {
			return round, askedPerson(p), id, nil
		}
	}
	return round, page.AskedPerson{}, id, store.ErrNotFound
}

// askedPerson is somebody who is asked as the pages show them.
func askedPerson(p store.AskedPerson) page.AskedPerson {
	return page.AskedPerson{
		ID: p.Person.String(), Name: p.Name, Title: p.Title, Side: p.Side, Finished: p.Finished,
		Away: p.Away, Until: p.ExtendedTo,
	}
}

// showMoreTime is what can be done for one person in an open round.
func (s *Server) showMoreTime(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, person, _, err := s.askedHere(r, t)
	if err != nil {
		return err
	}
	day := moreTimeField()
	if !person.Until.IsZero() {
		setDate(&day, person.Until)
	}
	return s.renderMoreTime(w, r, http.StatusOK, t, round, person, day)
}

func moreTimeField() nhsuk.DateField {
	return nhsuk.DateField{Name: "until", Label: "Last day for this person"}
}

func (s *Server) renderMoreTime(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, round assessment.Round, person page.AskedPerson, day nhsuk.DateField) error {
	return s.render(w, r, status, page.MoreTime(page.MoreTimeView{
		Frame: s.frame(r), Round: round, Path: roundPath(t, round.ID), Person: person, Day: day,
	}))
}

// giveTime gives one person until a later day, or takes that back.
func (s *Server) giveTime(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, person, id, err := s.askedHere(r, t)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	day, to, done := moreTimeField(), time.Time{}, "time-ended"
	if f.get("action") != "end" {
		to, done = readDate(f, &day, "until"), "time"
	}
	if day.Error == "" {
		err := t.ExtendFor(r.Context(), round.ID, id, to, s.now())
		if errors.Is(err, assessment.ErrByHand) {
			return refusal{http.StatusConflict, "Nobody needs more time", "This round takes answers until you close it."}
		}
		if day.Error, err = dayFault(err, round); err != nil {
			return err
		}
	}
	if day.Error != "" {
		return s.renderMoreTime(w, r, http.StatusUnprocessableEntity, t, round, person, day)
	}
	return see(w, r, roundPath(t, round.ID)+"/manage?done="+done)
}

// markAway marks one person as away or as back.
func (s *Server) markAway(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, person, id, err := s.askedHere(r, t)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	away := f.get("away")
	if away != "yes" && away != "no" {
		return s.renderMoreTime(w, r, http.StatusUnprocessableEntity, t, round, person, moreTimeField())
	}
	if err := t.MarkAway(r.Context(), round.ID, id, away == "yes", s.now()); err != nil {
		return notOpen(err)
	}
	return see(w, r, roundPath(t, round.ID)+"/manage?done="+map[string]string{"yes": "away", "no": "back"}[away])
}

// ended says until when somebody could answer whose time is over while the round
// is still open for others; a zero day, if it is not.
func (s *Server) ended(k store.Sheet) time.Time {
	if k.Round.State != assessment.Open || k.Round.TakesAnswers(k.LastDay, s.now()) {
		return time.Time{}
	}
	return k.LastDay
}
