package server

import (
	"errors"
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store"
	"octant/web/page"
)

// showListedTrust is a trust's details and its leads.
func (s *Server) showListedTrust(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	return s.showTrustDetails(w, r, http.StatusOK, admin, nil, nil, "")
}

// showTrustDetails shows the page with what was typed into one of its forms, as
// far as something was.
func (s *Server) showTrustDetails(w http.ResponseWriter, r *http.Request, status int, admin access.Person, details, lead *trustForm, fault string) error {
	t, leads, err := s.db.ListedTrust(r.Context(), admin, chi.URLParam(r, "ods"), s.now())
	if err != nil {
		return err
	}
	if details == nil {
		kept := trustFields(form{values: map[string][]string{"name": {t.Name}, "kind": {t.Kind}}})
		details = &kept
	}
	if lead == nil {
		empty := trustFields(form{})
		lead = &empty
	}
	v := page.ListedTrustView{
		Frame: s.frame(r), Code: t.ODS, Title: t.Name, Path: "/admin/trusts/" + t.ODS, Notice: notice(r), Error: fault,
		Name: details.name, Kind: details.kind, Lead: lead.lead, Email: lead.email,
	}
	for _, l := range leads {
		v.Leads = append(v.Leads, page.LeadRow{Person: l.Person.String(), Name: l.Name, Email: l.Email, From: l.From, Until: l.Until})
	}
	return s.render(w, r, status, page.ListedTrust(v))
}

// changeTrust changes a trust's name and kind.
func (s *Server) changeTrust(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	t := trustFields(f)
	t.checkTrust(f)
	if t.name.Error+t.kind.Error != "" || f.sound() != nil {
		return s.showTrustDetails(w, r, http.StatusUnprocessableEntity, admin, &t, nil, "")
	}
	ods := chi.URLParam(r, "ods")
	if err := s.db.ChangeTrust(r.Context(), admin, store.ListedTrust{ODS: ods, Name: t.name.Value, Kind: t.kind.Value}, s.now()); err != nil {
		return err
	}
	return see(w, r, "/admin/trusts/"+ods+"?done=changed")
}

// addLead makes somebody lead a trust.
func (s *Server) addLead(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	t := trustFields(f)
	checkLead(&t.lead, &t.email)
	ods := chi.URLParam(r, "ods")
	if t.lead.Error+t.email.Error != "" || f.sound() != nil {
		return s.showTrustDetails(w, r, http.StatusUnprocessableEntity, admin, nil, &t, "")
	}
	err = s.db.AddLead(r.Context(), admin, ods, t.lead.Value, t.email.Value, s.now())
	if errors.Is(err, store.ErrLeads) {
		t.email.Error = "The person with this email address leads the trust already"
		return s.showTrustDetails(w, r, http.StatusUnprocessableEntity, admin, nil, &t, "")
	}
	if err != nil {
		return err
	}
	return see(w, r, "/admin/trusts/"+ods+"?done=lead")
}

// endLead ends somebody's lead of a trust.
func (s *Server) endLead(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	ods := chi.URLParam(r, "ods")
	person, err := uuid.Parse(f.get("person"))
	if err != nil {
		return s.showTrustDetails(w, r, http.StatusUnprocessableEntity, admin, nil, nil, "Choose a lead from the list")
	}
	switch err := s.db.EndLead(r.Context(), admin, ods, person, s.now()); {
	case errors.Is(err, access.ErrNoLead):
		return s.showTrustDetails(w, r, http.StatusUnprocessableEntity, admin, nil, nil, "Add another lead first: a trust is never left without one")
	case errors.Is(err, store.ErrNotFound): // somebody else has just done it, or there is no such trust
		return s.showTrustDetails(w, r, http.StatusUnprocessableEntity, admin, nil, nil, "This person does not lead the trust")
	case err != nil:
		return err
	}
	return see(w, r, "/admin/trusts/"+ods+"?done=ended")
}
