package server

import (
	"errors"
	"net/http"
	"strings"

	"octant/internal/access"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// findForm asks for somebody's exact address.
func findForm(f form) nhsuk.Field {
	return nhsuk.Field{
		Name: "email", Label: "Email address", Hint: "The whole address. There is no list of people to look through",
		Value: access.CleanEmail(f.get("email")), Error: f.fault("email"), Type: "email", Autocomplete: "off",
	}
}

// showFind is the form that looks somebody up.
func (s *Server) showFind(w http.ResponseWriter, r *http.Request, _ access.Person) error {
	v := page.FindView{Frame: s.frame(r), Email: findForm(form{}), Notice: notice(r)}
	return s.render(w, r, http.StatusOK, page.FindPerson(v))
}

// findPerson looks somebody up. It is a post, so that the address gets into no
// address bar and no log.
func (s *Server) findPerson(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	return s.showFound(w, r, http.StatusOK, admin, f, nhsuk.Field{}, "")
}

// showFound shows who has the address, or that nobody has; name is the field of
// a new administrator's name with what is wrong with it.
func (s *Server) showFound(w http.ResponseWriter, r *http.Request, status int, admin access.Person, f form, name nhsuk.Field, fault string) error {
	v := page.FindView{Frame: s.frame(r), Email: findForm(f), Error: fault}
	if v.Email.Error == "" {
		v.Email.Error = access.EmailFault(v.Email.Value)
	}
	if v.Email.Error != "" {
		return s.render(w, r, http.StatusUnprocessableEntity, page.FindPerson(v))
	}
	v.Asked = v.Email.Value
	v.Name = nhsuk.Field{Name: "name", Label: "Full name", Autocomplete: "off", Value: name.Value, Error: name.Error}
	p, err := s.db.FindPerson(r.Context(), admin, v.Asked, s.now())
	switch {
	case errors.Is(err, store.ErrNotFound):
		return s.render(w, r, status, page.FindPerson(v))
	case err != nil:
		return err
	}
	v.Found = &page.FoundPerson{Name: p.Name, Admin: p.Admin, Self: p.ID == admin.ID}
	for _, role := range p.Roles {
		v.Found.Roles = append(v.Found.Roles, page.FoundRole{
			Trust: role.Trust, ODS: role.ODS, Role: roleWords(access.Roles{role.Role}), From: role.From, Until: role.Until,
		})
	}
	return s.render(w, r, status, page.FindPerson(v))
}

// grantAdmin makes somebody a platform administrator.
func (s *Server) grantAdmin(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	name := nhsuk.Field{Value: strings.Join(strings.Fields(f.get("name")), " "), Error: f.fault("name")}
	if name.Error == "" && name.Value != "" {
		name.Error = access.NameFault(name.Value)
	}
	email := findForm(f)
	if name.Error != "" || access.EmailFault(email.Value) != "" || f.sound() != nil {
		return s.showFound(w, r, http.StatusUnprocessableEntity, admin, f, name, "")
	}
	_, err = s.db.GrantAdmin(r.Context(), admin, email.Value, name.Value, s.now())
	if errors.Is(err, store.ErrUnnamed) {
		name.Error = "Enter a name"
		return s.showFound(w, r, http.StatusUnprocessableEntity, admin, f, name, "")
	}
	if err != nil {
		return err
	}
	return see(w, r, "/admin/people?done=granted")
}

// endAdmin ends somebody's right as a platform administrator.
func (s *Server) endAdmin(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	switch _, err := s.db.EndAdmin(r.Context(), admin, findForm(f).Value, s.now()); {
	case errors.Is(err, store.ErrSelf):
		return s.showFound(w, r, http.StatusUnprocessableEntity, admin, f, nhsuk.Field{}, "You cannot end your own right. Ask another administrator to do it")
	case errors.Is(err, store.ErrNotFound): // somebody else has just done it
		return s.showFound(w, r, http.StatusUnprocessableEntity, admin, f, nhsuk.Field{}, "This person is not a platform administrator")
	case err != nil:
		return err
	}
	return see(w, r, "/admin/people?done=revoked")
}
