package server

import (
	"net/http"
	"slices"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store"
	"octant/web/page"
)

// peopleRoutes are the pages about a trust's people.
func (s *Server) peopleRoutes(r chi.Router) {
	r.Get("/access", s.trust(s.showAccess))
	r.Route("/people", func(r chi.Router) {
		r.Get("/", s.trust(s.showTrustPeople))
		r.Get("/add", s.trust(s.showAddPeople))
		r.Post("/add", s.trust(s.addPeople))
		r.Get("/add/one", s.trust(s.showAddPerson))
		r.Post("/add/one", s.trust(s.addPerson))
		r.Get("/template.csv", s.trust(s.peopleTemplate))
		r.Get("/{person}", s.trust(s.showPerson))
		r.Get("/{person}/edit", s.trust(s.editPerson))
		r.Post("/{person}/edit", s.trust(s.changePerson))
		r.Get("/{person}/grant", s.trust(s.askRoles))
		r.Post("/{person}/grant", s.trust(s.grantRoles))
		r.Get("/{person}/end", s.trust(s.askEnd))
		r.Post("/{person}/end", s.trust(s.endRoles))
	})
}

// sessionNotice is what the next page says has just been done.
const sessionNotice = "notice"

// say leaves words for the page to which the browser is sent on.
func (s *Server) say(r *http.Request, notice string) {
	s.sessions.Put(r.Context(), sessionNotice, notice)
}

// said takes them.
func (s *Server) said(r *http.Request) string {
	return s.sessions.PopString(r.Context(), sessionNotice)
}

// personPath is the address of one of the trust's people.
func personPath(t *store.Trust, person uuid.UUID) string {
	return "/trusts/" + t.ODS + "/people/" + person.String()
}

// theirs is the person of the address, for somebody who manages people.
func theirs(r *http.Request, t *store.Trust) (store.Insider, store.Standing, error) {
	if !t.May(access.ManagePeople) {
		return store.Insider{}, store.Standing{}, access.ErrDenied
	}
	id, err := uuid.Parse(chi.URLParam(r, "person"))
	if err != nil {
		return store.Insider{}, store.Standing{}, store.ErrNotFound
	}
	return t.Insider(r.Context(), id)
}

// showTrustPeople lists everybody of the trust.
func (s *Server) showTrustPeople(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	people, err := t.People(r.Context())
	if err != nil {
		return err
	}
	v := page.TrustPeopleView{Frame: s.frame(r), Notice: s.said(r)}
	today := access.Today(s.now())
	for _, in := range people {
		seat, sits := in.Member()
		p := page.ListedPerson{Name: in.Name, Href: personPath(t, in.Person), Email: in.Email}
		if sits {
			p.Title, p.Side = seat.Title, seat.Side
		}
		past := !slices.ContainsFunc(in.Terms, func(x access.Term) bool { return !x.Over(today) })
		for _, x := range in.Terms {
			if past || !x.Over(today) {
				p.Roles = append(p.Roles, page.TermText(x, today))
			}
		}
		if past {
			v.Past = append(v.Past, p)
		} else {
			v.People = append(v.People, p)
		}
	}
	return s.render(w, r, http.StatusOK, page.TrustPeople(v))
}

// showPerson shows one person of the trust.
func (s *Server) showPerson(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	in, _, err := theirs(r, t)
	if err != nil {
		return err
	}
	today := access.Today(s.now())
	v := page.PersonView{
		Frame: s.frame(r), Path: personPath(t, in.Person), Notice: s.said(r), Name: in.Name, Email: in.Email,
		MayGrant: len(grantable(in, today)) > 0, MayEnd: len(endable(in, today)) > 0,
	}
	if seat, seated := in.Member(); seated {
		v.Seated, v.Title, v.Side = true, seat.Title, seat.Side
	}
	for _, x := range in.Terms {
		v.Terms = append(v.Terms, page.TermOf(x, today))
	}
	return s.render(w, r, http.StatusOK, page.Person(v))
}

// grantable are the roles that somebody neither has nor will have.
func grantable(in store.Insider, today time.Time) (roles access.Roles) {
	for _, role := range access.Granted() {
		if x, held := in.Term(role); !held || x.Over(today) {
			roles = append(roles, role)
		}
	}
	return roles
}

// endable are the terms of somebody that have not ended.
func endable(in store.Insider, today time.Time) (terms []access.Term) {
	for _, x := range in.Terms {
		if !x.Over(today) {
			terms = append(terms, x)
		}
	}
	return terms
}

// showAccess tells somebody what they may see here and who may see theirs.
func (s *Server) showAccess(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	holders, err := t.Holders(r.Context())
	if err != nil {
		return err
	}
	_, narrow := s.narrow(r)
	v := page.AccessView{Frame: s.frame(r), Roles: t.Roles, Narrow: narrow, Holders: map[access.Role][]string{}}
	for _, h := range holders {
		v.Holders[h.Role] = append(v.Holders[h.Role], h.Name)
	}
	return s.render(w, r, http.StatusOK, page.Access(v))
}
