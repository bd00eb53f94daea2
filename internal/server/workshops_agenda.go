package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/workshop"
	"octant/web/nhsuk"
	"octant/web/page"
)

var agendaNotices = map[string]string{
	"proposed": "An agenda is proposed. Put it in order, change it, or leave it as it is.",
	"added":    "The item is on the agenda.",
	"changed":  "The item is changed.",
	"dropped":  "The item is off the agenda.",
}

// showAgenda is the agenda of a workshop, to be put in order.
func (s *Server) showAgenda(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	return s.renderAgenda(w, r, http.StatusOK, t, "")
}

// atDesk is the workshop of the address as whoever runs it sees it, with the
// questionnaire it is about.
func (s *Server) atDesk(r *http.Request, t *store.Trust) (store.Console, *questionnaire.Version, error) {
	id, err := runsWorkshop(r, t)
	if err != nil {
		return store.Console{}, nil, err
	}
	console, err := t.Console(r.Context(), id, s.now())
	if err != nil {
		return store.Console{}, nil, err
	}
	version, err := versionOf(console.Workshop)
	return console, version, err
}

func (s *Server) renderAgenda(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, fault string) error {
	console, version, err := s.atDesk(r, t)
	if err != nil {
		return err
	}
	return s.render(w, r, status, page.Agenda(page.AgendaView{
		Frame: s.frame(r), Workshop: console.Workshop, Version: version, Path: workshopPath(t, console.Workshop.ID),
		Notice: agendaNotices[r.URL.Query().Get("done")], Error: fault,
	}))
}

// itemForm is the form of an item. A new one can be any question that is not on
// the agenda yet, or something else to talk about.
func (s *Server) itemForm(r *http.Request, t *store.Trust, w workshop.Workshop, it workshop.Item) page.AgendaItemView {
	v := page.AgendaItemView{
		Frame: s.frame(r), Workshop: w, Path: workshopPath(t, w.ID), Item: it, New: it.ID == uuid.Nil,
		Question: nhsuk.Field{Name: "question", Label: "What is it about?"},
		Title:    nhsuk.Field{Name: "title", Label: "Title", Value: it.Title},
		Minutes:  nhsuk.Field{Name: "minutes", Label: "Minutes", InputMode: "numeric", Width: 3, Value: strconv.Itoa(it.Minutes)},
		Sitting: nhsuk.Field{
			Name: "sitting", Label: "Sitting", Size: nhsuk.Small, Inline: true, Value: strconv.Itoa(max(it.Sitting, 1)),
			Options: []nhsuk.Option{{Value: "1", Text: "First"}, {Value: "2", Text: "Second"}},
		},
		Prompt: nhsuk.Field{Name: "prompt", Label: "To ask the room (optional)", Hint: "Everybody sees it when it is time to talk", Value: it.Prompt, Rows: 3},
		Notes:  nhsuk.Field{Name: "notes", Label: "Your notes (optional)", Hint: "Only those who run workshops at this trust can see them. Write nothing about a person", Value: it.Notes, Rows: 4},
	}
	if !v.New {
		v.Action, v.Over = v.Path+"/agenda/"+it.ID.String(), it.Mark()
		return v
	}
	v.Action, v.Minutes.Value = v.Path+"/agenda", "15"
	v.Title.Label, v.Title.Hint = "Title (optional for a question)", "A question has its topic as its title"
	return v
}

// chooseQuestion offers what a new item can be about.
func chooseQuestion(v *page.AgendaItemView, version *questionnaire.Version) {
	v.Question.Options = []nhsuk.Option{{Value: "", Text: "Choose"}, {Value: "talk", Text: "Something else to talk about"}}
	there := map[string]bool{}
	for _, it := range v.Workshop.Items {
		there[it.Question] = true
	}
	for _, q := range version.Questions(questionnaire.Full) {
		if !there[q.Key] {
			v.Question.Options = append(v.Question.Options, nhsuk.Option{Value: q.Key, Text: q.Key + " " + q.Topic})
		}
	}
}

// newItem shows the form of a new item.
func (s *Server) newItem(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	v, _, err := s.newItemForm(r, t)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.AgendaItem(v))
}

func (s *Server) newItemForm(r *http.Request, t *store.Trust) (page.AgendaItemView, *questionnaire.Version, error) {
	console, version, err := s.atDesk(r, t)
	if err != nil {
		return page.AgendaItemView{}, nil, err
	}
	v := s.itemForm(r, t, console.Workshop, workshop.Item{})
	chooseQuestion(&v, version)
	return v, version, nil
}

// addItem puts an item on the agenda.
func (s *Server) addItem(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	v, version, err := s.newItemForm(r, t)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	v.Question.Value = f.get("question")
	it := workshop.Item{Kind: workshop.Talk}
	if q, known := version.Question(v.Question.Value); known {
		it.Kind, it.Question = workshop.Question, q.Key
		f.preset("title", q.Topic)
		f.preset("prompt", q.Prompt)
	}
	it, ok := readItem(f, &v, it)
	if !offered(v.Question.Options[1:], v.Question.Value) {
		v.Question.Error, ok = "Select what it is about", false
	}
	if !ok {
		return s.render(w, r, http.StatusUnprocessableEntity, page.AgendaItem(v))
	}
	err = t.AddItem(r.Context(), v.Workshop.ID, it)
	if v.Error = saysWorkshop(err); v.Error != "" {
		return s.render(w, r, http.StatusConflict, page.AgendaItem(v))
	}
	return s.agendaChanged(w, r, t, v.Workshop.ID, "added", err)
}

// preset fills a field that was left empty.
func (f form) preset(field, value string) {
	if strings.TrimSpace(f.get(field)) == "" {
		f.values.Set(field, value)
	}
}

// readItem reads the form of an item and says all that is wrong with it.
func readItem(f form, v *page.AgendaItemView, it workshop.Item) (workshop.Item, bool) {
	v.Title.Value, v.Minutes.Value = strings.TrimSpace(f.get("title")), strings.TrimSpace(f.get("minutes"))
	v.Prompt.Value, v.Notes.Value = strings.TrimSpace(f.get("prompt")), strings.TrimSpace(f.get("notes"))
	if f.get("sitting") != "" {
		v.Sitting.Value = f.get("sitting")
	}
	v.Title.Error = checkWords(f, "title", "a title", "Title", workshop.MaxTitle)
	v.Prompt.Error = checkLength(f, "prompt", "What you ask", workshop.MaxPrompt)
	v.Notes.Error = checkLength(f, "notes", "Your notes", workshop.MaxNotes)
	minutes, err := strconv.Atoi(v.Minutes.Value)
	if err != nil || minutes < 1 || minutes > workshop.MaxMinutes {
		v.Minutes.Error = "Enter a number of minutes from 1 to 180"
	}
	if v.Sitting.Value != "1" && v.Sitting.Value != "2" {
		v.Sitting.Error = "Select a sitting"
	}
	it.Title, it.Prompt, it.Notes, it.Minutes = v.Title.Value, v.Prompt.Value, v.Notes.Value, minutes
	it.Sitting, _ = strconv.Atoi(v.Sitting.Value)
	return it, v.Title.Error == "" && v.Prompt.Error == "" && v.Notes.Error == "" && v.Minutes.Error == "" && v.Sitting.Error == "" && f.sound() == nil
}

// agendaChanged goes back to the agenda after a change, or says why there was
// none.
func (s *Server) agendaChanged(w http.ResponseWriter, r *http.Request, t *store.Trust, id uuid.UUID, done string, err error) error {
	if says := saysWorkshop(err); says != "" {
		return s.renderAgenda(w, r, http.StatusConflict, t, says)
	}
	if err != nil {
		return err
	}
	path := workshopPath(t, id) + "/agenda"
	if done != "" {
		path += "?done=" + done
	}
	return see(w, r, path)
}

// itemOf is the item that the address names.
func (s *Server) itemOf(r *http.Request, t *store.Trust) (workshop.Workshop, *workshop.Item, error) {
	id, err := runsWorkshop(r, t)
	if err != nil {
		return workshop.Workshop{}, nil, err
	}
	item, err := pathID(r, "item")
	if err != nil {
		return workshop.Workshop{}, nil, err
	}
	console, err := t.Console(r.Context(), id, s.now())
	if err != nil {
		return workshop.Workshop{}, nil, err
	}
	it, ok := console.Workshop.Item(item)
	if !ok {
		return workshop.Workshop{}, nil, store.ErrNotFound
	}
	return console.Workshop, it, nil
}

// editItem shows the form of an item.
func (s *Server) editItem(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	shop, it, err := s.itemOf(r, t)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.AgendaItem(s.itemForm(r, t, shop, *it)))
}

// changeItem changes an item that has not begun.
func (s *Server) changeItem(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	shop, it, err := s.itemOf(r, t)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	v := s.itemForm(r, t, shop, *it)
	changed, ok := readItem(f, &v, *it)
	if !ok {
		v.Over = f.get("over")
		return s.render(w, r, http.StatusUnprocessableEntity, page.AgendaItem(v))
	}
	err = t.ChangeItem(r.Context(), shop.ID, changed, f.get("over"))
	if v.Error = saysWorkshop(err); v.Error != "" {
		if errors.Is(err, workshop.ErrOverwrite) {
			v.There = it
		}
		return s.render(w, r, http.StatusConflict, page.AgendaItem(v))
	}
	return s.agendaChanged(w, r, t, shop.ID, "changed", err)
}

// shiftItem moves an item up or down.
func (s *Server) shiftItem(by int) func(http.ResponseWriter, *http.Request, *store.Trust) error {
	return func(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
		shop, it, err := s.itemOf(r, t)
		if err != nil {
			return err
		}
		err = t.ShiftItem(r.Context(), shop.ID, it.ID, by)
		if err != nil {
			return s.agendaChanged(w, r, t, shop.ID, "", err)
		}
		return see(w, r, workshopPath(t, shop.ID)+"/agenda#item-"+it.ID.String())
	}
}

// dropItem takes an item off the agenda.
func (s *Server) dropItem(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	shop, it, err := s.itemOf(r, t)
	if err != nil {
		return err
	}
	return s.agendaChanged(w, r, t, shop.ID, "dropped", t.DropItem(r.Context(), shop.ID, it.ID))
}

// showBrief is what whoever runs a workshop reads before it.
func (s *Server) showBrief(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	console, version, err := s.atDesk(r, t)
	if err != nil {
		return err
	}
	v := page.BriefView{Frame: s.frame(r), Workshop: console.Workshop, Version: version, Path: workshopPath(t, console.Workshop.ID), Carried: console.Carried}
	if v.Report, err = reportOf(r, t, console.Workshop.Round); err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Brief(v))
}

// reportOf is the frozen report of a round; nil for no round, and for one that
// has gone.
func reportOf(r *http.Request, t *store.Trust, round uuid.UUID) (*maturity.Report, error) {
	if round == uuid.Nil {
		return nil, nil
	}
	report, _, err := reportIn(r, t, round)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return &report, err
}

// showKit is cards and sheets to print.
func (s *Server) showKit(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	console, version, err := s.atDesk(r, t)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Kit(page.KitView{
		Frame: s.frame(r), Workshop: console.Workshop, Version: version, Path: workshopPath(t, console.Workshop.ID),
	}))
}
