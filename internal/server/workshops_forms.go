package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"octant/internal/action"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/workshop"
	"octant/web/nhsuk"
	"octant/web/page"
)

// actionForm is the empty form of an action.
func actionForm(owners []store.BoardMember, version *questionnaire.Version) page.ActionForm {
	f := page.ActionForm{
		What:    nhsuk.Field{Name: "what", ID: "action-what", Label: "What will be done?"},
		Owner:   nhsuk.Field{Name: "owner", ID: "action-owner", Label: "Who sees to it?", Options: []nhsuk.Option{{Value: "", Text: "Choose"}}},
		Name:    nhsuk.Field{Name: "name", ID: "action-name", Label: "Name of somebody who is not on the list (optional)", Autocomplete: "off"},
		Due:     nhsuk.DateField{Name: "due", ID: "action-due", Label: "By when?"},
		Element: nhsuk.Field{Name: "element", ID: "action-element", Label: "What is it about? (optional)", Options: []nhsuk.Option{{Value: "", Text: "Nothing in particular"}}},
	}
	for _, o := range owners {
		text := o.Name
		if o.Title != "" {
			text += ", " + o.Title
		}
		f.Owner.Options = append(f.Owner.Options, nhsuk.Option{Value: o.Person.String(), Text: text})
	}
	for _, e := range version.Elements {
		f.Element.Options = append(f.Element.Options, nhsuk.Option{Value: e.Key, Text: e.Key + ". " + e.Title})
	}
	return f
}

// addAction writes down an action that the board decides on.
func (s *Server) addAction(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, _, _, f, err := pressed(r, t)
	if err != nil {
		return err
	}
	v, err := s.console(r, t, id)
	if err != nil {
		return err
	}
	a := readAction(f, &v.Act)
	if v.Act.Wrong() {
		return s.render(w, r, http.StatusUnprocessableEntity, page.Console(v))
	}
	a.Workshop = id
	if it := v.Workshop.Now(); it != nil && it.Kind == workshop.Question {
		a.Item = it.ID
		if a.Element == "" {
			a.Element, _, _ = strings.Cut(it.Question, ".")
		}
	}
	_, err = t.AddAction(r.Context(), a, s.now())
	if errors.Is(err, action.ErrDue) {
		v.Act.Due.Error = "The day must be today or later"
		return s.render(w, r, http.StatusUnprocessableEntity, page.Console(v))
	}
	return s.moved(w, r, t, id, "action", err)
}

// readAction reads the form of an action and says all that is wrong with it.
func readAction(f form, v *page.ActionForm) action.Action {
	v.What.Value, v.Owner.Value, v.Name.Value, v.Element.Value = f.get("what"), f.get("owner"), f.get("name"), f.get("element")
	v.What.Error = checkWords(f, "what", "what will be done", "What will be done", action.MaxWhat)
	v.Name.Error = checkLength(f, "name", "The name", action.MaxOwner)
	a := action.Action{What: strings.TrimSpace(f.get("what")), OwnerName: strings.TrimSpace(f.get("name")), Element: f.get("element")}
	a.Owner, _ = uuid.Parse(f.get("owner")) // nobody is chosen
	switch {
	case !offered(v.Owner.Options, v.Owner.Value) || a.Owner == uuid.Nil && a.OwnerName == "":
		v.Owner.Error = "Select who sees to it, or type a name"
	case a.Owner != uuid.Nil && a.OwnerName != "":
		v.Owner.Error = "Select somebody or type a name, not both"
	}
	if !offered(v.Element.Options, v.Element.Value) {
		v.Element.Error = "Select what it is about from the list"
	}
	a.Due = readDate(f, &v.Due, "due")
	return a
}

// tallyFields ask how many cards there were of each kind.
func tallyFields() (fields []nhsuk.Field) {
	for level := 1; level <= questionnaire.Levels; level++ {
		n := strconv.Itoa(level)
		fields = append(fields, nhsuk.Field{Name: "level-" + n, Label: "Cards with " + n, InputMode: "numeric", Width: 3})
	}
	return append(fields, nhsuk.Field{Name: "level-dk", Label: "Cards with ‘I do not know’", InputMode: "numeric", Width: 3})
}

// tallyView is the form into which a vote is keyed from cards.
func (s *Server) tallyView(r *http.Request, t *store.Trust) (page.TallyView, error) {
	id, err := runsWorkshop(r, t)
	if err != nil {
		return page.TallyView{}, err
	}
	c, err := t.Console(r.Context(), id, s.now())
	if err != nil {
		return page.TallyView{}, err
	}
	v := page.TallyView{Frame: s.frame(r), Workshop: c.Workshop, Path: workshopPath(t, id), Counts: tallyFields()}
	it := c.Workshop.Now()
	if it == nil || it.Kind != workshop.Question || it.Vote() == 0 {
		return v, refusal{http.StatusConflict, "No vote is under way", "Open the vote first. Then key in the cards."}
	}
	version, err := versionOf(c.Workshop)
	if err != nil {
		return v, err
	}
	if q, ok := version.Question(it.Question); ok {
		v.Question = q.Text
	}
	return v, nil
}

// showTally asks how many cards there were of each kind.
func (s *Server) showTally(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	v, err := s.tallyView(r, t)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Tally(v))
}

// keyTally keeps a vote that was taken with cards, in place of what devices sent.
func (s *Server) keyTally(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, item, step, f, err := pressed(r, t)
	if err != nil {
		return err
	}
	typed := page.TallyView{Counts: tallyFields()}
	tally, ok := readTally(f, &typed)
	v, err := s.tallyView(r, t)
	_, over := errors.AsType[refusal](err)
	if over || err == nil && v.Workshop.Current != item { // what was counted is about another question
		return s.refuseAtDesk(w, r, t, id, youWrote(saysWorkshop(workshop.ErrStep), counted(typed.Counts)...))
	}
	if err != nil {
		return err
	}
	v.Counts, v.Error = typed.Counts, typed.Error
	if !ok {
		return s.render(w, r, http.StatusUnprocessableEntity, page.Tally(v))
	}
	err = t.KeyTally(r.Context(), id, item, step, tally, s.now())
	if v.Error = saysWorkshop(err); v.Error != "" {
		return s.render(w, r, http.StatusConflict, page.Tally(v))
	}
	return s.moved(w, r, t, id, "tally", err)
}

// counted is what was typed of the cards, field by field.
func counted(fields []nhsuk.Field) (words []string) {
	for _, f := range fields {
		if f.Value != "" {
			words = append(words, f.Label+": "+f.Value+".")
		}
	}
	return words
}

// readTally reads how many cards there were of each kind and says all that is wrong
// with it.
func readTally(f form, v *page.TallyView) (tally workshop.Tally, ok bool) {
	ok = f.sound() == nil
	for i := range v.Counts {
		field := &v.Counts[i]
		field.Value = strings.TrimSpace(f.get(field.Name))
		n, err := strconv.Atoi(orElse(field.Value, "0"))
		switch {
		case err != nil || n < 0 || n > workshop.MaxVotes:
			field.Error, ok = "Enter how many cards there were, as a number", false
		case i < questionnaire.Levels:
			tally.Counts[i] = n
		default:
			tally.DontKnow = n
		}
	}
	if ok && workshop.CheckTally(tally) != nil {
		v.Error, ok = "Enter how many cards there were of at least one kind, and no more than 500 in all", false
	}
	return tally, ok
}
