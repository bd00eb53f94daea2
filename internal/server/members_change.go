package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"octant/internal/access"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

func nameField(value string) nhsuk.Field {
	return nhsuk.Field{Name: "name", Label: "Name", Size: nhsuk.Small, Width: 30, Value: value, Autocomplete: "off"}
}

func emailField(value string) nhsuk.Field {
	return nhsuk.Field{
		Name: "email", Label: "Email address (optional for a board member)", Size: nhsuk.Small, Width: 30, Value: value, Type: "email", Autocomplete: "off", Verbatim: true,
		Hint: "They sign in with it. A board member without one gets a printed letter",
	}
}

func titleField(value string) nhsuk.Field {
	return nhsuk.Field{Name: "title", Label: "Board role (optional)", Size: nhsuk.Small, Width: 30, Value: value, Hint: "For example, ‘Chief nurse’", Autocomplete: "off"}
}

func sideField(value access.Side) nhsuk.Field {
	return nhsuk.Field{Name: "side", Label: "Side", Size: nhsuk.Small, Value: string(value), Options: page.SideOptions()}
}

func checkName(f form, name *nhsuk.Field) {
	if name.Error = f.fault("name"); name.Error == "" {
		name.Error = access.NameFault(name.Value)
	}
}

func checkEmail(f form, email *nhsuk.Field) {
	if email.Error = f.fault("email"); email.Error == "" && email.Value != "" {
		email.Error = access.EmailFault(email.Value)
	}
}

// checkSeat checks what a seat on the board needs.
func checkSeat(f form, title, side *nhsuk.Field) {
	if title.Error = f.fault("title"); title.Error == "" {
		title.Error = access.TitleFault(title.Value)
	}
	if side.Error = f.fault("side"); side.Error == "" && !access.Side(side.Value).Valid() {
		side.Error = "Select a side"
	}
}

// editPerson shows the form of somebody's details.
func (s *Server) editPerson(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	in, standing, err := theirs(r, t)
	if err != nil {
		return err
	}
	seat, _ := in.Member()
	v := s.editView(r, t, in, standing)
	v.Name, v.Email, v.Title, v.Side = nameField(in.Name), emailField(in.Email), titleField(seat.Title), sideField(seat.Side)
	return s.render(w, r, http.StatusOK, page.EditPerson(v))
}

func (s *Server) editView(r *http.Request, t *store.Trust, in store.Insider, standing store.Standing) page.EditPersonView {
	_, seated := in.Member()
	return page.EditPersonView{
		Frame: s.frame(r), Path: personPath(t, in.Person), Who: in.Name, Address: in.Email,
		MayRename: standing.MayRename(), MayReaddress: standing.MayReaddress(), Seated: seated,
	}
}

// changePerson changes somebody's details. What is not the trust's to change is
// not read.
func (s *Server) changePerson(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	in, standing, err := theirs(r, t)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	v := s.editView(r, t, in, standing)
	typed := access.TypedLine(1, f.get("name"), f.get("email"), f.get("title"), access.Side(f.get("side")))
	if !v.MayRename {
		typed.Name = in.Name
	}
	if !v.MayReaddress {
		typed.Email = in.Email
	}
	v.Name, v.Email, v.Title, v.Side = nameField(typed.Name), emailField(typed.Email), titleField(typed.Title), sideField(typed.Side)
	if v.MayRename {
		checkName(f, &v.Name)
	}
	if v.MayReaddress {
		checkEmail(f, &v.Email)
	}
	if v.Seated {
		checkSeat(f, &v.Title, &v.Side)
	}
	if v.Name.Error+v.Email.Error+v.Title.Error+v.Side.Error != "" || f.sound() != nil {
		return s.render(w, r, http.StatusUnprocessableEntity, page.EditPerson(v))
	}
	d := store.Details{Name: typed.Name, Email: typed.Email, Title: typed.Title, Side: typed.Side}
	switch err := t.ChangePerson(r.Context(), in.Person, d, s.now()); {
	case errors.Is(err, access.ErrTaken):
		v.Email.Error = "This email address cannot be given to " + in.Name + ". Check it. If it is theirs, end their roles and add them again with it"
		if v.Taken, err = s.alreadyHere(r, t, access.Line{Email: typed.Email}); err != nil {
			return err
		}
	case errors.Is(err, access.ErrNoAddress):
		v.Email.Error = "Enter an email address: a role of " + in.Name + " needs one to sign in"
	case errors.Is(err, access.ErrNotOurs): // they have signed in or joined another trust since the form was shown
		return see(w, r, v.Path+"/edit")
	case err != nil:
		return err
	default:
		s.say(r, "The details have been saved.")
		return see(w, r, v.Path)
	}
	return s.render(w, r, http.StatusUnprocessableEntity, page.EditPerson(v))
}

// emptyRoles is the form that grants roles, beginning today.
func emptyRoles(offered access.Roles, now time.Time) page.RolesForm {
	v := page.RolesForm{
		Roles: nhsuk.Field{Name: "role", Label: "Roles", Size: nhsuk.Small},
		Title: titleField(""), Side: sideField(""),
		From:  nhsuk.DateField{Name: "from", Label: "First day", Size: nhsuk.Small, Hint: "For example, 27 3 2027"},
		Until: nhsuk.DateField{Name: "until", Label: "Last day (optional)", Size: nhsuk.Small, Hint: "Leave this empty if you do not know it yet"},
	}
	for _, role := range offered {
		v.Roles.Options = append(v.Roles.Options, page.RoleOption(role))
	}
	setDate(&v.From, access.Today(now))
	return v
}

// readRoles reads the form that grants roles and says all that is wrong with it.
func readRoles(f form, offered access.Roles, now time.Time) (v page.RolesForm, terms []access.Term, ok bool) {
	v = emptyRoles(offered, now)
	typed := access.TypedLine(1, "", "", f.get("title"), access.Side(f.get("side")))
	v.Roles.Values, v.Title.Value, v.Side.Value = f.all("role"), typed.Title, string(typed.Side)
	from := readDate(f, &v.From, "from")
	var until time.Time
	if f.get("until-day")+f.get("until-month")+f.get("until-year") != "" {
		if until = readDate(f, &v.Until, "until"); v.Until.Error == "" && v.From.Error == "" && until.Before(from) {
			v.Until.Error = "The last day must be on or after the first day"
		}
	}
	for _, value := range v.Roles.Values {
		role := access.Role(value)
		if !slices.Contains(offered, role) || slices.ContainsFunc(terms, func(x access.Term) bool { return x.Role == role }) {
			v.Roles.Error = "Select roles from the list"
			continue
		}
		x := access.Term{Role: role, From: from, Until: until}
		if role == access.Member {
			x.Title, x.Side = typed.Title, typed.Side
			checkSeat(f, &v.Title, &v.Side)
		}
		terms = append(terms, x)
	}
	if len(v.Roles.Values) == 0 {
		v.Roles.Error = "Select at least one role"
	}
	ok = v.Roles.Error+v.Title.Error+v.Side.Error+v.From.Error+v.Until.Error == "" && f.sound() == nil
	return v, terms, ok
}

// askRoles shows which roles somebody can be granted.
func (s *Server) askRoles(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	in, _, err := theirs(r, t)
	if err != nil {
		return err
	}
	v := page.GrantView{Frame: s.frame(r), Path: personPath(t, in.Person), Who: in.Name}
	v.Roles = emptyRoles(grantable(in, access.Today(s.now())), s.now())
	seat, _ := in.Member()
	v.Roles.Title.Value, v.Roles.Side.Value = seat.Title, string(seat.Side)
	return s.render(w, r, http.StatusOK, page.GrantRoles(v))
}

// grantRoles grants several at once.
func (s *Server) grantRoles(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	in, _, err := theirs(r, t)
	if err != nil {
		return err
	}
	f, err := readForm(r, "role")
	if err != nil {
		return err
	}
	roles, terms, ok := readRoles(f, grantable(in, access.Today(s.now())), s.now())
	v := page.GrantView{Frame: s.frame(r), Path: personPath(t, in.Person), Who: in.Name, Roles: roles}
	if !ok {
		return s.render(w, r, http.StatusUnprocessableEntity, page.GrantRoles(v))
	}
	switch err := t.GrantRoles(r.Context(), in.Person, terms, s.now()); {
	case errors.Is(err, access.ErrNoAddress):
		v.Roles.Roles.Error = "Give " + in.Name + " an email address first: these roles need one to sign in"
		return s.render(w, r, http.StatusUnprocessableEntity, page.GrantRoles(v))
	case err != nil:
		return err
	}
	s.say(r, "Granted: "+termNames(terms)+".")
	return see(w, r, v.Path)
}

func termNames(terms []access.Term) string {
	names := make([]string, len(terms))
	for i, x := range terms {
		names[i] = x.Role.Words()
	}
	return strings.Join(names, ", ")
}

// endForm is the form that ends roles.
func (s *Server) endForm(r *http.Request, t *store.Trust, in store.Insider) page.EndView {
	today := access.Today(s.now())
	v := page.EndView{
		Frame: s.frame(r), Path: personPath(t, in.Person), Who: in.Name,
		Roles: nhsuk.Field{Name: "role", Label: "Which roles end", Size: nhsuk.Small},
		When:  nhsuk.Field{Name: "when", Label: "When they end", Size: nhsuk.Small},
		Last:  nhsuk.DateField{Name: "last", Label: "Last day", Hint: "For example, 27 3 2027"},
	}
	for _, x := range endable(in, today) {
		o := page.RoleOption(x.Role)
		o.Hint = page.TermDates(x, today)
		v.Roles.Options = append(v.Roles.Options, o)
	}
	return v
}

// askEnd shows which roles can be ended.
func (s *Server) askEnd(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	in, _, err := theirs(r, t)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.EndRoles(s.endForm(r, t, in)))
}

// endRoles ends several at once, now or with a day.
func (s *Server) endRoles(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	in, _, err := theirs(r, t)
	if err != nil {
		return err
	}
	f, err := readForm(r, "role")
	if err != nil {
		return err
	}
	v := s.endForm(r, t, in)
	roles, last, ok := readEnd(f, &v, access.Today(s.now()))
	if !ok {
		return s.render(w, r, http.StatusUnprocessableEntity, page.EndRoles(v))
	}
	switch err := t.EndRoles(r.Context(), in.Person, roles, last, s.now()); {
	case errors.Is(err, access.ErrNoLead):
		v.Roles.Error = "Somebody has to lead the assessment on every day from now on. Make somebody else a trust lead first"
		if in.Person == t.Person {
			v.Roles.Error = "You are the only lead, so you cannot end your own lead role. Make somebody else a trust lead first"
		}
		return s.render(w, r, http.StatusUnprocessableEntity, page.EndRoles(v))
	case errors.Is(err, access.ErrTerm): // ended meanwhile
		return see(w, r, v.Path)
	case err != nil:
		return err
	}
	s.say(r, "The roles have been given a last day.")
	if in.Person == t.Person && slices.Contains(roles, access.Lead) {
		return see(w, r, "/")
	}
	return see(w, r, v.Path)
}

// readEnd reads the form that ends roles and says all that is wrong with it.
func readEnd(f form, v *page.EndView, today time.Time) (roles []access.Role, last time.Time, ok bool) {
	v.Roles.Values, v.When.Value = f.all("role"), f.get("when")
	for _, value := range v.Roles.Values {
		if !slices.ContainsFunc(v.Roles.Options, func(o nhsuk.Option) bool { return o.Value == value }) {
			v.Roles.Error = "Select roles from the list"
		}
		roles = append(roles, access.Role(value))
	}
	if len(roles) == 0 {
		v.Roles.Error = "Select at least one role"
	}
	v.Last.Day, v.Last.Month, v.Last.Year = f.get("last-day"), f.get("last-month"), f.get("last-year")
	switch v.When.Value {
	case "now":
		last = today.AddDate(0, 0, -1)
	case "day":
		if last = readDate(f, &v.Last, "last"); v.Last.Error == "" && last.Before(today) {
			v.Last.Error = "The last day must be today or later. To end roles at once, select ‘Now’"
		}
	default:
		v.When.Error = "Select when the roles end"
	}
	return roles, last, v.Roles.Error+v.When.Error+v.Last.Error == "" && f.sound() == nil
}
