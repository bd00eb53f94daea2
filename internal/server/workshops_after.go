package server

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/action"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// showRecord is what came of a workshop.
func (s *Server) showRecord(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := pathID(r, "workshop")
	if err != nil {
		return err
	}
	record, err := t.WorkshopRecord(r.Context(), id)
	if err != nil {
		return err
	}
	version, err := versionOf(record.Workshop)
	if err != nil {
		return err
	}
	v := page.RecordView{
		Frame: s.frame(r), Workshop: record.Workshop, Version: version, Path: workshopPath(t, id),
		Resets: record.Resets, Parked: record.Parked, Actions: record.Actions, Joined: record.Joined,
		MaySend: t.May(access.ManageRounds) && record.Workshop.Round != uuid.Nil && !record.Workshop.Rehearsal,
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("sent")); err == nil && n >= 0 && v.MaySend {
		v.Notice = "The outcome is on its way by email to " + strconv.Itoa(n) + " of those who were asked."
	}
	return s.render(w, r, http.StatusOK, page.Record(v))
}

// sendOutcome tells those who were asked in the round what came of it.
func (s *Server) sendOutcome(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := pathID(r, "workshop")
	if err != nil {
		return err
	}
	if !t.May(access.ManageRounds) {
		return access.ErrDenied
	}
	sent, err := t.SendOutcome(r.Context(), id, s.now())
	if says := saysWorkshop(err); says != "" {
		return refusal{http.StatusConflict, "The outcome cannot be sent", says + "."}
	}
	if err != nil {
		return err
	}
	return see(w, r, workshopPath(t, id)+"/record?sent="+strconv.Itoa(sent))
}

// showAgreed is what a board agreed on in workshops on a round, beside the report
// that they change nothing in.
func (s *Server) showAgreed(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := roundID(r)
	if err != nil {
		return err
	}
	report, version, err := reportIn(r, t, round)
	if err != nil {
		return err
	}
	levels, err := t.AgreedLevels(r.Context(), round)
	if err != nil {
		return err
	}
	v := page.AgreedView{Frame: s.frame(r), Round: report.Round.Title, Path: roundPath(t, round), Version: version, Report: report}
	for _, l := range levels {
		v.Levels = append(v.Levels, page.AgreedLevel{
			Question: l.Question, Held: l.Held, Agreement: l.Agreement, Record: workshopPath(t, l.Workshop) + "/record",
		})
	}
	return s.render(w, r, http.StatusOK, page.AgreedLevels(v))
}

// showActions lists what a board has decided to do.
func (s *Server) showActions(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	list, err := t.Actions(r.Context())
	if err != nil {
		return err
	}
	v := page.ActionsView{Frame: s.frame(r), Path: "/trusts/" + t.ODS + "/actions", MayRun: t.May(access.RunWorkshop)}
	if r.URL.Query().Get("done") == "changed" {
		v.Notice = "The action is changed."
	}
	for _, a := range list {
		v.Actions = append(v.Actions, page.ListedAction{Action: a.Action, Title: a.Workshop})
	}
	return s.render(w, r, http.StatusOK, page.Actions(v))
}

// actionView is the form that says what became of the action of the address.
func (s *Server) actionView(r *http.Request, t *store.Trust) (page.ActionView, action.Action, error) {
	id, err := pathID(r, "action")
	if err != nil {
		return page.ActionView{}, action.Action{}, err
	}
	if !t.May(access.RunWorkshop) {
		return page.ActionView{}, action.Action{}, access.ErrDenied
	}
	list, err := t.Actions(r.Context())
	if err != nil {
		return page.ActionView{}, action.Action{}, err
	}
	for _, a := range list {
		if a.ID == id {
			return s.actionFields(r, t, a.Action), a.Action, nil
		}
	}
	return page.ActionView{}, action.Action{}, store.ErrNotFound
}

func (s *Server) actionFields(r *http.Request, t *store.Trust, a action.Action) page.ActionView {
	path := "/trusts/" + t.ODS + "/actions"
	v := page.ActionView{
		Frame: s.frame(r), Path: path, Action: path + "/" + a.ID.String(), What: a.What, Owner: a.OwnerName,
		State:  nhsuk.Field{Name: "state", Label: "How does it stand?", Size: nhsuk.Small, Value: string(a.State)},
		Became: nhsuk.Field{Name: "became", Label: "What was done, or why not (optional)", Value: a.Became, Rows: 3},
		Due:    nhsuk.DateField{Name: "due", Label: "By when?"},
	}
	for _, state := range action.States() {
		v.State.Options = append(v.State.Options, nhsuk.Option{Value: string(state), Text: page.ActionStateText(state)})
	}
	setDate(&v.Due, a.Due)
	return v
}

// showAction shows the form that says what became of an action.
func (s *Server) showAction(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	v, _, err := s.actionView(r, t)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.ActionDetails(v))
}

// changeAction keeps what became of an action.
func (s *Server) changeAction(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	v, a, err := s.actionView(r, t)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	v.State.Value, v.Became.Value = f.get("state"), f.get("became")
	if !offered(v.State.Options, v.State.Value) {
		v.State.Error = "Select how it stands"
	}
	v.Became.Error = checkLength(f, "became", "What was done", action.MaxBecame)
	a.State, a.Became = action.State(v.State.Value), v.Became.Value
	a.Due = readDate(f, &v.Due, "due")
	if v.State.Error != "" || v.Became.Error != "" || v.Due.Error != "" || f.sound() != nil {
		return s.render(w, r, http.StatusUnprocessableEntity, page.ActionDetails(v))
	}
	err = t.ChangeAction(r.Context(), a, s.now())
	if errors.Is(err, action.ErrDue) {
		v.Due.Error = "The day must be today or later"
		return s.render(w, r, http.StatusUnprocessableEntity, page.ActionDetails(v))
	}
	if says := saysWorkshop(err); says != "" {
		return refusal{http.StatusConflict, "The action cannot be changed", says + "."}
	}
	if err != nil {
		return err
	}
	return see(w, r, v.Path+"?done=changed")
}
