package server

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// trimmed is a text without blanks around it.
func trimmed(s string) string { return strings.TrimSpace(s) }

// idIn reads an id from the address. What is no id leads nowhere.
func idIn(r *http.Request, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(chi.URLParam(r, name))
	if err != nil {
		return id, store.ErrNotFound
	}
	return id, nil
}

var circleNotices = map[string]string{
	"made": "The circle has been made. You can invite trusts to it now.", "invited": "The trust has been invited.",
	"joined": "Your trust has joined the circle.", "declined": "Your trust has declined the invitation.", "left": "Your trust has left the circle.",
}

// showCircles lists the circles of the trusts that the person leads.
func (s *Server) showCircles(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	return s.renderCircles(w, r, http.StatusOK, person, nhsuk.Field{}, nhsuk.Field{})
}

func (s *Server) renderCircles(w http.ResponseWriter, r *http.Request, status int, person uuid.UUID, name, trust nhsuk.Field) error {
	led, cards, err := s.db.Circles(r.Context(), person)
	if err != nil {
		return err
	}
	v := page.CirclesView{Frame: s.frame(r), Notice: circleNotices[r.URL.Query().Get("done")], Trust: whichTrust(led)}
	v.Trust.Error = trust.Error
	if trust.Value != "" {
		v.Trust.Value = trust.Value
	}
	v.Name = nhsuk.Field{Name: "name", Label: "Name of the circle", Hint: "Such as the region or what you have in common. Its members see it", Value: name.Value, Error: name.Error, Autocomplete: "off"}
	for _, c := range cards {
		v.Cards = append(v.Cards, page.CircleCard{
			Href: "/circles/" + c.ID.String(), Name: c.Name, Founder: c.Founder, Trust: c.Trust,
			Invited: c.State == store.CircleInvited, Members: c.Members,
		})
	}
	return s.render(w, r, status, page.Circles(v))
}

// whichTrust asks for which trust somebody acts; it has no options where there is
// one alone.
func whichTrust(led []store.LedTrust) nhsuk.Field {
	f := nhsuk.Field{Name: "trust", Label: "For which trust?"}
	if len(led) == 1 {
		f.Value = led[0].ODS
		return f
	}
	for _, t := range led {
		f.Options = append(f.Options, nhsuk.Option{Value: t.ODS, Text: t.Name})
	}
	return f
}

// makeCircle makes a circle.
func (s *Server) makeCircle(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	led, _, err := s.db.Circles(r.Context(), person)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	name := nhsuk.Field{Value: strings.Join(strings.Fields(f.get("name")), " "), Error: f.fault("name")}
	trust := whichTrust(led)
	trust.Value, trust.Error = f.get("trust"), f.fault("trust")
	switch n := utf8.RuneCountInString(name.Value); {
	case name.Error != "":
	case n == 0:
		name.Error = "Enter a name for the circle"
	case n > 100:
		name.Error = "Name must be 100 characters or fewer"
	}
	if trust.Error == "" && !leads(led, trust.Value) {
		trust.Error = "Select one of your trusts"
	}
	if name.Error+trust.Error != "" || f.sound() != nil {
		return s.renderCircles(w, r, http.StatusUnprocessableEntity, person, name, trust)
	}
	t, err := s.db.Enter(r.Context(), person, trust.Value)
	if err != nil {
		return err
	}
	id, err := t.MakeCircle(r.Context(), name.Value, s.now())
	if err != nil {
		return err
	}
	return see(w, r, "/circles/"+id.String()+"?done=made")
}

func leads(led []store.LedTrust, ods string) bool {
	for _, t := range led {
		if t.ODS == ods {
			return true
		}
	}
	return false
}

// showCircle is one circle.
func (s *Server) showCircle(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	id, err := idIn(r, "circle")
	if err != nil {
		return err
	}
	c, err := s.db.Circle(r.Context(), person, id, s.now())
	if err != nil {
		return err
	}
	return s.renderCircle(w, r, http.StatusOK, c, "", "")
}

func (s *Server) renderCircle(w http.ResponseWriter, r *http.Request, status int, c store.Circle, typed, wrong string) error {
	version, err := s.latest()
	if err != nil {
		return err
	}
	v := page.CircleView{Frame: s.frame(r), Path: "/circles/" + c.ID.String(), Name: c.Name, Founder: c.Founder, Sees: c.Sees, Notice: circleNotices[r.URL.Query().Get("done")]}
	v.Matrix.Elements = elementTitles(version)
	for _, p := range c.Places {
		if p.ODS == c.Founder {
			v.Founder = p.Name
		}
		invited := p.State == store.CircleInvited
		v.Places = append(v.Places, page.CirclePlace{Name: p.Name, Code: p.ODS, Invited: invited, Since: p.Since, Shares: p.Shares})
		if leads(c.Led, p.ODS) {
			v.Yours = append(v.Yours, page.CircleYours{Name: p.Name, Code: p.ODS, Invited: invited, Shares: p.Shares, Sharing: "/trusts/" + p.ODS + "/sharing"})
			if p.ODS == c.Founder && !invited {
				v.As = p.ODS
				v.Code = nhsuk.Field{Name: "code", Label: "ODS code of the trust", Hint: "3 to 5 letters and digits, such as RX1", Width: 5, Code: true, Value: typed, Error: wrong}
			}
		}
		if p.Shares && c.Sees {
			v.Matrix.Rows = append(v.Matrix.Rows, matrixRow(version, p.Name, p.ODS, "", c.Figures[p.ODS]))
		}
	}
	return s.render(w, r, status, page.Circle(v))
}

// actInCircle invites a trust, answers an invitation or leaves.
func (s *Server) actInCircle(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	id, err := idIn(r, "circle")
	if err != nil {
		return err
	}
	c, err := s.db.Circle(r.Context(), person, id, s.now())
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	if !leads(c.Led, f.get("trust")) {
		return store.ErrNotFound
	}
	t, err := s.db.Enter(r.Context(), person, f.get("trust"))
	if err != nil {
		return err
	}
	path := "/circles/" + id.String()
	switch f.get("action") {
	case "invite":
		return s.inviteToCircle(w, r, t, c, f)
	case "accept":
		return s.afterCircle(w, r, t.AnswerCircle(r.Context(), id, true, s.now()), path+"?done=joined")
	case "decline":
		return s.afterCircle(w, r, t.AnswerCircle(r.Context(), id, false, s.now()), "/circles?done=declined")
	case "leave":
		return s.afterCircle(w, r, t.LeaveCircle(r.Context(), id, s.now()), "/circles?done=left")
	}
	return refusal{http.StatusUnprocessableEntity, "Choose what to do", "Go back and use the buttons on the page."}
}

// afterCircle sends on after a trust joined or left. What was done already, by another
// lead, leads to the circles.
func (s *Server) afterCircle(w http.ResponseWriter, r *http.Request, err error, path string) error {
	if errors.Is(err, store.ErrNotFound) {
		return see(w, r, "/circles")
	}
	if err != nil {
		return err
	}
	return see(w, r, path)
}

func (s *Server) inviteToCircle(w http.ResponseWriter, r *http.Request, t *store.Trust, c store.Circle, f form) error {
	if !t.May(access.ShareResults) || t.ODS != c.Founder {
		return access.ErrDenied
	}
	code := strings.ToUpper(trimmed(f.get("code")))
	wrong := f.fault("code")
	if wrong == "" {
		err := t.InviteToCircle(r.Context(), c.ID, code, s.now())
		switch {
		case err == nil:
			return see(w, r, "/circles/"+c.ID.String()+"?done=invited")
		case errors.Is(err, store.ErrNoTrust):
			wrong = "No trust here has this code. Check it, or ask the trust whether it uses Octant"
		case errors.Is(err, store.ErrInCircle):
			wrong = "This trust is in the circle or invited already"
		case errors.Is(err, store.ErrManyTrust):
			wrong = "The circle is full. It can hold 30 trusts"
		default:
			return err
		}
	}
	return s.renderCircle(w, r, http.StatusUnprocessableEntity, c, code, wrong)
}
