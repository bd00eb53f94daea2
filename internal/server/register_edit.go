package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"octant/internal/access"
	"octant/internal/register"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// Which of the two an organisation is in a succession that is entered.
const (
	wasFollowed = "before" // the page's own came first
	hasFollowed = "after"
)

// organisationForm is the empty forms of an organisation's page.
func organisationForm(e store.RegisterEntry) page.OrganisationEditView {
	v := page.OrganisationEditView{
		Code: e.Code, Name: register.Title(e.Name()), Path: "/admin/register/organisations/" + e.Code, Types: typeRows(e),
		Type:   nhsuk.Field{Name: "type", Label: "Type", Options: []nhsuk.Option{{Value: "", Text: "Choose a type"}}},
		From:   nhsuk.DateField{Name: "from", Label: "From which day", Hint: "For example, 1 4 2026. It opened on " + page.Day(e.Opened), Size: nhsuk.Small},
		Source: nhsuk.Field{Name: "source", Label: "Who says so", Hint: "Such as a report and its year. Everybody who is signed in can read this", Autocomplete: "off"},
		Which: nhsuk.Field{Name: "which", Label: "What happened", Options: []nhsuk.Option{
			{Value: wasFollowed, Text: "This trust ended, and another followed it"}, {Value: hasFollowed, Text: "Another trust ended, and this one followed it"},
		}},
		Other: nhsuk.Field{Name: "other", Label: "ODS code of the other trust", Width: 5, Code: true, Autocomplete: "off"},
		Kind:  nhsuk.Field{Name: "kind", Label: "How"},
		On:    nhsuk.DateField{Name: "on", Label: "First day of the one that followed", Hint: "For example, 1 4 2026", Size: nhsuk.Small},
		Note:  nhsuk.Field{Name: "note", Label: "Where you know it from (optional)", Autocomplete: "off"},
	}
	for _, t := range register.Types() {
		v.Type.Options = append(v.Type.Options, nhsuk.Option{Value: t, Text: t})
	}
	hints := map[register.Kind]string{
		register.Merger: "Several became one new trust", register.Acquisition: "A trust that was there took it in",
		register.Split: "It was divided among several", register.Rename: "The same trust with another code",
	}
	for _, k := range register.Kinds() {
		v.Kind.Options = append(v.Kind.Options, nhsuk.Option{Value: string(k), Text: k.String(), Hint: hints[k]})
	}
	direct := slices.Concat(e.Lineage.Before, e.Lineage.After)
	direct = slices.DeleteFunc(direct, func(x register.Step) bool { return x.Depth > 1 })
	v.Steps = stepRows(e.Lineage.Names, direct, false)
	return v
}

func (s *Server) editOrganisation(w http.ResponseWriter, r *http.Request, _ access.Person) error {
	v, err := s.readOrganisation(r)
	if err != nil {
		return err
	}
	return s.renderEdit(w, r, http.StatusOK, v)
}

func (s *Server) readOrganisation(r *http.Request) (page.OrganisationEditView, error) {
	e, err := s.db.RegisterEntry(r.Context(), chi.URLParam(r, "code"))
	return organisationForm(e), err
}

// readEdit is the same with the form that was posted about it.
func (s *Server) readEdit(r *http.Request) (page.OrganisationEditView, form, error) {
	v, err := s.readOrganisation(r)
	if err != nil {
		return v, form{}, err
	}
	f, err := readForm(r)
	return v, f, err
}

func (s *Server) renderEdit(w http.ResponseWriter, r *http.Request, status int, v page.OrganisationEditView) error {
	v.Frame = s.frame(r)
	v.Notice = s.said(r)
	return s.render(w, r, status, page.OrganisationEdit(v))
}

// setType sets of what type an organisation is from a day on.
func (s *Server) setType(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	v, f, err := s.readEdit(r)
	if err != nil {
		return err
	}
	v.Type.Value, v.Source.Value = f.get("type"), strings.Join(strings.Fields(f.get("source")), " ")
	from := readDateSince(f, &v.From, "from", 1940)
	if !slices.Contains(register.Types(), v.Type.Value) {
		v.Type.Error = "Select a type"
	}
	switch {
	case v.Source.Value == "":
		v.Source.Error = "Enter who says so"
	case tooLong(v.Source.Value, 200):
		v.Source.Error = "This must be 200 characters or fewer"
	}
	if v.Type.Error+v.From.Error+v.Source.Error != "" || f.sound() != nil {
		return s.renderEdit(w, r, http.StatusUnprocessableEntity, v)
	}
	err = s.db.SetType(r.Context(), admin, register.Type{Code: v.Code, Type: v.Type.Value, From: from, Source: v.Source.Value}, s.now())
	if errors.Is(err, store.ErrBeforeOpening) {
		v.From.Error = "The trust had not opened on this day"
		return s.renderEdit(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	s.say(r, "The type has been saved.")
	return see(w, r, v.Path)
}

// makeSuccession records who followed whom.
func (s *Server) makeSuccession(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	v, f, err := s.readEdit(r)
	if err != nil {
		return err
	}
	v.Which.Value, v.Kind.Value = f.get("which"), f.get("kind")
	v.Other.Value, v.Note.Value = strings.ToUpper(strings.TrimSpace(f.get("other"))), strings.Join(strings.Fields(f.get("note")), " ")
	x := register.Succession{From: v.Code, To: v.Other.Value, On: readDateSince(f, &v.On, "on", 1940), Kind: register.Kind(v.Kind.Value), Note: v.Note.Value}
	switch v.Which.Value {
	case wasFollowed:
	case hasFollowed:
		x.From, x.To = x.To, x.From
	default:
		v.Which.Error = "Select what happened"
	}
	if !register.IsCode(v.Other.Value) {
		v.Other.Error = "Enter the code of a trust, such as RX1 or G6V2S"
	}
	if !slices.Contains(register.Kinds(), x.Kind) {
		v.Kind.Error = "Select how"
	}
	if tooLong(v.Note.Value, 200) {
		v.Note.Error = "This must be 200 characters or fewer"
	}
	if v.Which.Error+v.Other.Error+v.Kind.Error+v.On.Error+v.Note.Error != "" || f.sound() != nil {
		return s.renderEdit(w, r, http.StatusUnprocessableEntity, v)
	}
	switch err := s.db.MakeSuccession(r.Context(), admin, x, s.now()); {
	case errors.Is(err, store.ErrNotFound):
		v.Other.Error = "There is no trust with this code in the register"
	case errors.Is(err, store.ErrSuccessionThere):
		v.Other.Error = "It is known already that the one followed the other"
	case errors.Is(err, store.ErrCircle):
		v.Other.Error = "A trust cannot follow itself, not even by way of others"
	case err != nil:
		return err
	default:
		s.say(r, "It has been saved who followed whom.")
		return see(w, r, v.Path)
	}
	return s.renderEdit(w, r, http.StatusUnprocessableEntity, v)
}

// endSuccession takes back what was entered by hand.
func (s *Server) endSuccession(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	v, f, err := s.readEdit(r)
	if err != nil {
		return err
	}
	from, to := f.get("from"), f.get("to")
	if from == v.Code || to == v.Code {
		err = s.db.EndSuccession(r.Context(), admin, from, to, s.now())
	} else {
		err = store.ErrNotFound
	}
	if errors.Is(err, store.ErrNotFound) {
		v.Error = "This was not entered by hand, or somebody has taken it back already"
		return s.renderEdit(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	s.say(r, "It has been taken back.")
	return see(w, r, v.Path)
}
