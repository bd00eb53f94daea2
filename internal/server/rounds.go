package server

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// mostTitle is how many characters a round's title may have.
const mostTitle = 100

// isClosed says that a round refuses because it is not open any more.
func isClosed(err error) bool { return errors.Is(err, assessment.ErrNotOpen) }

// roundForm is the form that makes or changes a round.
type roundForm struct {
	title  nhsuk.Field
	form   nhsuk.Field
	opens  nhsuk.DateField
	closes nhsuk.DateField
	round  assessment.Round
}

func emptyRoundForm() roundForm {
	return roundForm{
		title:  nhsuk.Field{Name: "title", Label: "Title", Hint: "Everybody who is asked sees it, for example ‘Autumn 2026’"},
		form:   nhsuk.Field{Name: "form", Label: "How many questions to ask"},
		opens:  nhsuk.DateField{Name: "opens", Label: "When you plan to open it"},
		closes: nhsuk.DateField{Name: "closes", Label: "When you plan to close it"},
	}
}

// filled is the form as it stands for a round that is there.
func filled(r assessment.Round) roundForm {
	f := emptyRoundForm()
	f.round = r
	f.title.Value, f.form.Value = r.Title, string(r.Form)
	setDate(&f.opens, r.OpensOn)
	setDate(&f.closes, r.ClosesOn)
	return f
}

func setDate(d *nhsuk.DateField, t time.Time) {
	d.Day, d.Month, d.Year = strconv.Itoa(t.Day()), strconv.Itoa(int(t.Month())), strconv.Itoa(t.Year())
}

// readRoundForm reads the form and says all that is wrong with it.
func readRoundForm(f form) (roundForm, bool) {
	rf := emptyRoundForm()
	rf.title.Value, rf.form.Value = strings.TrimSpace(f.get("title")), f.get("form")
	switch {
	case f.fault("title") != "":
		rf.title.Error = f.fault("title")
	case rf.title.Value == "":
		rf.title.Error = "Enter a title"
	case utf8.RuneCountInString(rf.title.Value) > mostTitle:
		rf.title.Error = "Title must be 100 characters or fewer"
	}
	if rf.form.Value != string(questionnaire.Full) && rf.form.Value != string(questionnaire.Core) {
		rf.form.Error = "Select how many questions to ask"
	}
	opens := readDate(f, &rf.opens, "opens")
	closes := readDate(f, &rf.closes, "closes")
	if rf.opens.Error == "" && rf.closes.Error == "" && closes.Before(opens) {
		rf.closes.Error = "The closing day must be on or after the opening day"
	}
	ok := rf.title.Error == "" && rf.form.Error == "" && rf.opens.Error == "" && rf.closes.Error == "" && f.sound() == nil
	rf.round = assessment.Round{Title: rf.title.Value, Form: questionnaire.Form(rf.form.Value), OpensOn: opens, ClosesOn: closes}
	return rf, ok
}

// readDate reads a day written in three fields.
func readDate(f form, d *nhsuk.DateField, name string) time.Time {
	return readDateSince(f, d, name, 2020)
}

// readDateSince reads a day that may be as long ago as a year.
func readDateSince(f form, d *nhsuk.DateField, name string, least int) time.Time {
	d.Day, d.Month, d.Year = f.get(name+"-day"), f.get(name+"-month"), f.get(name+"-year")
	day, errDay := strconv.Atoi(strings.TrimSpace(d.Day))
	month, errMonth := strconv.Atoi(strings.TrimSpace(d.Month))
	year, errYear := strconv.Atoi(strings.TrimSpace(d.Year))
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	switch {
	case errors.Join(errDay, errMonth, errYear) != nil:
		d.Error = "Enter a day, a month and a year, for example 27 3 2027"
	case t.Day() != day || int(t.Month()) != month:
		d.Error = "There is no such day. Check the day and the month"
	case year < least || year > 2100:
		d.Error = fmt.Sprintf("The year must be between %d and 2100", least)
	}
	return t
}

// newRound shows the empty form for a round.
func (s *Server) newRound(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	if !t.May(access.ManageRounds) {
		return access.ErrDenied
	}
	f := emptyRoundForm()
	f.form.Value = string(questionnaire.Core)
	return s.showRoundForm(w, r, http.StatusOK, t, f, true)
}

// showRoundForm shows the form of a new round or of a draft.
func (s *Server) showRoundForm(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, f roundForm, isNew bool) error {
	version, err := s.latest()
	if err != nil {
		return err
	}
	v := page.RoundFormView{
		Frame: s.frame(r), New: isNew, Title: f.title, Form: f.form, Opens: f.opens, Closes: f.closes, Version: version,
		Action: "/trusts/" + t.ODS + "/rounds", Cancel: "/trusts/" + t.ODS,
	}
	if !isNew {
		v.Action, v.Cancel = roundPath(t, f.round.ID)+"/edit", roundPath(t, f.round.ID)+"/manage"
	}
	return s.render(w, r, status, page.RoundForm(v))
}

// createRound makes a draft and goes on to who is asked.
func (s *Server) createRound(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	if !t.May(access.ManageRounds) {
		return access.ErrDenied
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	rf, ok := readRoundForm(f)
	if !ok {
		return s.showRoundForm(w, r, http.StatusUnprocessableEntity, t, rf, true)
	}
	rf.round.Questionnaire, rf.round.State = questionnaire.Latest(), assessment.Draft
	made, err := t.CreateRound(r.Context(), rf.round, s.now())
	if err != nil {
		return err
	}
	return see(w, r, roundPath(t, made.ID)+"/people")
}

// editRound shows the form of a draft.
func (s *Server) editRound(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := s.managed(r, t)
	if err != nil {
		return err
	}
	if round.State != assessment.Draft {
		return notDraft(assessment.ErrNotDraft)
	}
	return s.showRoundForm(w, r, http.StatusOK, t, filled(round), false)
}

// changeRound changes a draft.
func (s *Server) changeRound(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, f, err := s.managedForm(r, t)
	if err != nil {
		return err
	}
	rf, ok := readRoundForm(f)
	rf.round.ID, rf.round.Questionnaire, rf.round.State = round.ID, round.Questionnaire, round.State
	if !ok {
		return s.showRoundForm(w, r, http.StatusUnprocessableEntity, t, rf, false)
	}
	if err := t.ChangeRound(r.Context(), rf.round, s.now()); err != nil {
		return notDraft(err)
	}
	return see(w, r, roundPath(t, round.ID)+"/manage")
}

// notDraft says in words what a round that has opened refuses.
func notDraft(err error) error {
	if errors.Is(err, assessment.ErrNotDraft) {
		return refusal{http.StatusConflict, "This round has already opened", "Its title, questions and dates can no longer be changed."}
	}
	return err
}

// managed is the round of the address, for somebody who may manage it.
func (s *Server) managed(r *http.Request, t *store.Trust) (assessment.Round, error) {
	if !t.May(access.ManageRounds) {
		return assessment.Round{}, access.ErrDenied
	}
	id, err := roundID(r)
	if err != nil {
		return assessment.Round{}, err
	}
	return t.Round(r.Context(), id)
}

// managedForm is the same with the form that was posted about the round.
func (s *Server) managedForm(r *http.Request, t *store.Trust, many ...string) (assessment.Round, form, error) {
	round, err := s.managed(r, t)
	if err != nil {
		return round, form{}, err
	}
	f, err := readForm(r, many...)
	return round, f, err
}

// What the manage page says has just been done.
var notices = map[string]string{
	"people":      "The list of people who are asked has been saved.",
	"open":        "The round is open. Everybody who is asked can answer now.",
	"closed":      "The round is closed and its report is ready.",
	"timed":       "The round will open by itself.",
	"untimed":     "The round will not open by itself.",
	"closing-day": "The closing day has been put off.",
	"time":        "The person has more time.",
	"time-ended":  "The extra time has been taken back.",
	"away":        "The person is marked as away and gets no reminders.",
	"back":        "The person is marked as back.",
}

// manageRound is how a round stands: who is still to finish, never what anybody
// said.
func (s *Server) manageRound(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	return s.showManage(w, r, http.StatusOK, t, "")
}

func (s *Server) showManage(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, fault string) error {
	id, err := roundID(r)
	if err != nil {
		return err
	}
	if !t.May(access.ViewProgress) {
		return access.ErrDenied
	}
	round, err := t.Round(r.Context(), id)
	if err != nil {
		return err
	}
	people, err := t.Asked(r.Context(), id)
	if err != nil {
		return err
	}
	v := page.ManageView{
		Frame: s.frame(r), Round: round, Path: roundPath(t, id), MayManage: t.May(access.ManageRounds),
		Error: fault, Notice: notices[r.URL.Query().Get("done")],
	}
	for _, p := range people {
		v.Asked = append(v.Asked, askedPerson(p))
	}
	if err := s.addPaper(r, t, &v, people); err != nil {
		return err
	}
	return s.render(w, r, status, page.Manage(v))
}

// choosePeople shows who can be asked.
func (s *Server) choosePeople(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := s.managed(r, t)
	if err != nil {
		return err
	}
	return s.showPeople(w, r, http.StatusOK, t, round, nil, "")
}

// showPeople shows who can be asked; chosen, when not nil, is what was ticked
// on a form that could not be kept.
func (s *Server) showPeople(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, round assessment.Round, chosen []uuid.UUID, fault string) error {
	members, err := t.Members(r.Context())
	if err != nil {
		return err
	}
	people, err := t.Asked(r.Context(), round.ID)
	if err != nil {
		return err
	}
	asked := make(map[uuid.UUID]bool, len(people))
	for _, p := range people {
		asked[p.Person] = true
	}
	v := page.PeopleView{Frame: s.frame(r), Round: round, Path: roundPath(t, round.ID), Error: fault}
	for _, m := range members {
		c := page.Candidate{ID: m.Person.String(), Name: m.Name, Title: m.Title, Side: m.Side, Asked: asked[m.Person]}
		c.Locked = c.Asked && round.State != assessment.Draft
		if chosen != nil {
			c.Asked = c.Locked || slices.Contains(chosen, m.Person)
		}
		v.People = append(v.People, c)
	}
	return s.render(w, r, status, page.People(v))
}

// setPeople keeps who is asked.
func (s *Server) setPeople(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, f, err := s.managedForm(r, t, "person")
	if err != nil {
		return err
	}
	chosen, ok := f.ids("person")
	if !ok {
		return s.showPeople(w, r, http.StatusUnprocessableEntity, t, round, chosen, "Select people from the list")
	}
	if len(chosen) == 0 && round.State == assessment.Draft {
		return s.showPeople(w, r, http.StatusUnprocessableEntity, t, round, chosen, "Select at least one person")
	}
	switch err := t.SetAsked(r.Context(), round.ID, chosen, s.now()); {
	case errors.Is(err, assessment.ErrNotDraft):
		return s.showPeople(w, r, http.StatusUnprocessableEntity, t, round, chosen, "People who are asked in an open round cannot be taken out of it")
	case isClosed(err):
		return refusal{http.StatusConflict, "This round has closed", "Nobody can be added to it any more."}
	case errors.Is(err, store.ErrNotFound):
		return s.showPeople(w, r, http.StatusUnprocessableEntity, t, round, chosen, "Select people from the list")
	case err != nil:
		return err
	}
	return see(w, r, roundPath(t, round.ID)+"/manage?done=people")
}

// openRound lets people answer.
func (s *Server) openRound(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := s.managed(r, t)
	if err != nil {
		return err
	}
	switch err := t.OpenRound(r.Context(), round.ID, s.now()); {
	case errors.Is(err, assessment.ErrTooFew):
		return s.showManage(w, r, http.StatusUnprocessableEntity, t, "Choose at least five people to ask before you open the round")
	case errors.Is(err, assessment.ErrPast):
		return s.showManage(w, r, http.StatusUnprocessableEntity, t, "The last day to answer is over. Change the dates before you open the round")
	case errors.Is(err, assessment.ErrNotDraft):
		return see(w, r, roundPath(t, round.ID)+"/manage") // somebody else has just done it
	case err != nil:
		return err
	}
	return see(w, r, roundPath(t, round.ID)+"/manage?done=open")
}

// confirmClose says what closing means before it is done.
func (s *Server) confirmClose(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := s.managed(r, t)
	if err != nil {
		return err
	}
	if round.State != assessment.Open {
		return see(w, r, roundPath(t, round.ID)+"/manage")
	}
	return s.render(w, r, http.StatusOK, page.Close(page.CloseView{Frame: s.frame(r), Round: round, Path: roundPath(t, round.ID)}))
}

// closeRound ends the round and freezes its report in one transaction.
func (s *Server) closeRound(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, f, err := s.managedForm(r, t)
	if err != nil {
		return err
	}
	if f.get("confirm") != "yes" {
		v := page.CloseView{Frame: s.frame(r), Round: round, Path: roundPath(t, round.ID), Error: "Confirm that you want to close the round"}
		return s.render(w, r, http.StatusUnprocessableEntity, page.Close(v))
	}
	err = t.CloseRound(r.Context(), round.ID, s.now())
	if err != nil && !isClosed(err) {
		return err
	}
	return see(w, r, roundPath(t, round.ID)+"/manage?done=closed")
}
