package server

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// administrator is for pages of platform administrators who are fully signed in.
// To everybody else there is no administration.
func (s *Server) administrator(h func(w http.ResponseWriter, r *http.Request, admin access.Person) error) http.HandlerFunc {
	return s.person(func(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
		admin, err := s.db.Admin(r.Context(), person)
		if err != nil {
			return err
		}
		if _, narrow := s.narrow(r); narrow {
			return errNarrow
		}
		return h(w, r, admin)
	})
}

// adminRoutes is platform administration: which trusts there are, who leads
// them and who administers. It leads into no trust.
func (s *Server) adminRoutes(r chi.Router) {
	r.Get("/", s.administrator(s.showAdmin))
	r.Get("/trusts/new", s.administrator(s.newTrust))
	r.Post("/trusts", s.administrator(s.addTrust))
	r.Get("/trusts/{ods}", s.administrator(s.showListedTrust))
	r.Post("/trusts/{ods}", s.administrator(s.changeTrust))
	r.Post("/trusts/{ods}/leads", s.administrator(s.addLead))
	r.Post("/trusts/{ods}/leads/end", s.administrator(s.endLead))
	r.Get("/benchmarks", s.administrator(s.showBenchmarks))
	r.Post("/benchmarks", s.administrator(s.makeEdition))
	r.Get("/audit", s.administrator(s.showPlatformAudit))
	r.Get("/audit.csv", s.administrator(s.exportPlatformAudit))
	r.Get("/people", s.administrator(s.showFind))
	r.Post("/people", s.administrator(s.findPerson))
	r.Post("/people/grant", s.administrator(s.grantAdmin))
	r.Post("/people/end", s.administrator(s.endAdmin))
	r.Route("/register", s.registerAdminRoutes)
}

// What an administration page says has just been done.
var adminNotices = map[string]string{
	"added":   "The trust has been added. Its lead can sign in by email code now.",
	"changed": "The trust’s details have been saved.",
	"lead":    "The lead has been added. They can sign in by email code now.",
	"ended":   "The lead has been ended.",
	"granted": "The person is a platform administrator now.",
	"revoked": "The person is not a platform administrator any more.",
}

func notice(r *http.Request) string { return adminNotices[r.URL.Query().Get("done")] }

// showAdmin lists every trust.
func (s *Server) showAdmin(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	trusts, err := s.db.AllTrusts(r.Context(), admin)
	if err != nil {
		return err
	}
	v := page.AdminView{Frame: s.frame(r)}
	for _, t := range trusts {
		v.Trusts = append(v.Trusts, page.TrustCard{Name: t.Name, ODS: t.ODS, Kind: t.Kind, Href: "/admin/trusts/" + t.ODS})
	}
	return s.render(w, r, http.StatusOK, page.Admin(v))
}

// trustKinds are the kinds of trust that there are to choose from.
var trustKinds = []string{"Acute", "Acute and community", "Ambulance", "Community", "Mental health", "Mental health and community", "Specialist"}

// trustForm is the form of a trust.
type trustForm struct {
	code, name, kind nhsuk.Field
	lead, email      nhsuk.Field
}

// trustFields are the form with what was typed, whether or not it can be taken.
func trustFields(f form) trustForm {
	typed := func(name string) string { return strings.Join(strings.Fields(f.get(name)), " ") }
	t := trustForm{
		code: nhsuk.Field{Name: "code", Label: "ODS code", Hint: "3 to 5 letters and digits, such as RX1", Width: 5, Code: true, Value: strings.ToUpper(typed("code"))},
		name: nhsuk.Field{Name: "name", Label: "Name of the trust", Value: typed("name"), Autocomplete: "off"},
		kind: nhsuk.Field{Name: "kind", Label: "Kind of trust", Value: typed("kind")},
	}
	t.lead, t.email = leadFields(f)
	kinds := trustKinds
	if k := t.kind.Value; k != "" && !slices.Contains(kinds, k) {
		kinds = append(slices.Clone(kinds), k)
	}
	t.kind.Options = append(t.kind.Options, nhsuk.Option{Value: "", Text: "Choose a kind"})
	for _, k := range kinds {
		t.kind.Options = append(t.kind.Options, nhsuk.Option{Value: k, Text: k})
	}
	return t
}

// leadFields are the fields that name a lead.
func leadFields(f form) (name, email nhsuk.Field) {
	name = nhsuk.Field{
		Name: "lead", Label: "Lead’s full name", Value: strings.Join(strings.Fields(f.get("lead")), " "), Autocomplete: "off",
		Hint: "The person who runs rounds for the trust, often the company secretary or the CIO",
	}
	email = nhsuk.Field{
		Name: "email", Label: "Lead’s work email address", Value: access.CleanEmail(f.get("email")), Type: "email", Autocomplete: "off",
		Hint: "They sign in with a code that is sent to it. If somebody here has it already, they become the lead under the name they have",
	}
	name.Error, email.Error = f.fault("lead"), f.fault("email")
	return name, email
}

var odsShape = regexp.MustCompile(`^[A-Z0-9]{3,5}$`)

// checkTrust finds what is wrong with the name and kind.
func (t *trustForm) checkTrust(f form) {
	t.code.Error, t.name.Error, t.kind.Error = f.fault("code"), f.fault("name"), f.fault("kind")
	switch n := utf8.RuneCountInString(t.name.Value); {
	case t.name.Error != "":
	case n == 0:
		t.name.Error = "Enter the name of the trust"
	case n > 100:
		t.name.Error = "Name must be 100 characters or fewer"
	}
	switch {
	case t.kind.Error != "":
	case t.kind.Value == "":
		t.kind.Error = "Select a kind of trust"
	case utf8.RuneCountInString(t.kind.Value) > 60:
		t.kind.Error = "Kind must be 60 characters or fewer"
	}
}

// checkLead finds what is wrong with a lead's name and address.
func checkLead(name, email *nhsuk.Field) {
	if name.Error == "" {
		name.Error = access.NameFault(name.Value)
	}
	if email.Error == "" {
		email.Error = access.EmailFault(email.Value)
	}
}

// newTrust shows the empty form of a trust.
func (s *Server) newTrust(w http.ResponseWriter, r *http.Request, _ access.Person) error {
	return s.showNewTrust(w, r, http.StatusOK, trustFields(form{}))
}

func (s *Server) showNewTrust(w http.ResponseWriter, r *http.Request, status int, t trustForm) error {
	return s.render(w, r, status, page.NewTrust(page.NewTrustView{
		Frame: s.frame(r), Code: t.code, Name: t.name, Kind: t.kind, Lead: t.lead, Email: t.email,
	}))
}

// addTrust adds a trust with its first lead.
func (s *Server) addTrust(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	t := trustFields(f)
	t.checkTrust(f)
	checkLead(&t.lead, &t.email)
	if t.code.Error == "" && !odsShape.MatchString(t.code.Value) {
		t.code.Error = "Enter an ODS code of 3 to 5 letters and digits, such as RX1"
	}
	if t.code.Error+t.name.Error+t.kind.Error+t.lead.Error+t.email.Error != "" || f.sound() != nil {
		return s.showNewTrust(w, r, http.StatusUnprocessableEntity, t)
	}
	err = s.db.AddTrust(r.Context(), admin, store.ListedTrust{ODS: t.code.Value, Name: t.name.Value, Kind: t.kind.Value}, t.lead.Value, t.email.Value, s.now())
	if errors.Is(err, store.ErrTrustThere) {
		t.code.Error = "There is a trust with this code already"
		return s.showNewTrust(w, r, http.StatusUnprocessableEntity, t)
	}
	if err != nil {
		return err
	}
	return see(w, r, "/admin/trusts/"+t.code.Value+"?done=added")
}
