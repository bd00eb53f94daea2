package server

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/page"
)

// showHome is the front page: what Octant is, or what waits for this person.
func (s *Server) showHome(w http.ResponseWriter, r *http.Request) error {
	id, err := uuid.Parse(s.sessions.GetString(r.Context(), sessionPerson))
	if err != nil {
		v, err := s.latest()
		if err != nil {
			return err
		}
		return s.render(w, r, http.StatusOK, page.Welcome(page.WelcomeView{Frame: s.frame(r), Version: v}))
	}
	cards, err := s.cardsOf(r, id)
	if err != nil {
		return err
	}
	person, err := s.db.Person(r.Context(), id)
	if err != nil {
		return err
	}
	v := page.HomeView{Frame: s.frame(r)}
	v.Admin = person.Admin && !v.ByLink
	v.Ways = acrossWays(cards)
	for _, c := range cards {
		v.Trusts = append(v.Trusts, page.TrustCard{Name: c.Name, ODS: c.ODS, Kind: c.Kind, Href: "/trusts/" + c.ODS, Roles: roleWords(c.Roles)})
		if c.Roles.May(access.RunWorkshop) {
			v.Workshops = append(v.Workshops, page.Link{Href: "/trusts/" + c.ODS + "/workshops", Text: "Workshops at " + c.Name})
		}
		for _, round := range c.Open {
			if round.Finished || round.ByClock && assessment.Today(s.now()).After(round.ClosesOn) {
				continue
			}
			v.Waiting = append(v.Waiting, page.Waiting{
				Trust: c.Name, Round: round.Title,
				Href: "/trusts/" + c.ODS + "/rounds/" + round.ID.String(), Until: page.Day(round.ClosesOn),
			})
		}
	}
	return s.render(w, r, http.StatusOK, page.Home(v))
}

// cardsOf lists the person's trusts. A personal link leads into one of them, and
// lets its owner be no more there than who is asked.
func (s *Server) cardsOf(r *http.Request, person uuid.UUID) ([]store.TrustCard, error) {
	cards, err := s.db.Trusts(r.Context(), person)
	ods, narrow := s.narrow(r)
	if !narrow {
		return cards, err
	}
	cards = slices.DeleteFunc(cards, func(c store.TrustCard) bool { return c.ODS != ods })
	for i := range cards {
		cards[i].Roles = cards[i].Roles.Answering()
	}
	return cards, err
}

// roleWords says what somebody is in a trust.
func roleWords(rs access.Roles) string {
	words := map[access.Role]string{
		access.Lead: "trust lead", access.Chair: "chair", access.Facilitator: "facilitator",
		access.Member: "board member", access.Observer: "observer", access.Viewer: "regional viewer",
	}
	var out []string
	for _, r := range rs {
		out = append(out, words[r])
	}
	slices.Sort(out)
	said := strings.Join(out, ", ")
	if said == "" {
		return ""
	}
	return strings.ToUpper(said[:1]) + said[1:]
}

// showDemo lists the demonstration's people.
func (s *Server) showDemo(w http.ResponseWriter, r *http.Request) error {
	people, err := s.db.DemoPeople(r.Context())
	if err != nil {
		return err
	}
	v := page.DemoView{Frame: s.frame(r)}
	for _, p := range people {
		v.People = append(v.People, page.DemoPerson{Key: p.Key, Name: p.Name, What: p.What})
	}
	return s.render(w, r, http.StatusOK, page.Demo(v))
}

// signInDemo signs in as one of the demonstration's people.
func (s *Server) signInDemo(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	people, err := s.db.DemoPeople(r.Context())
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Key == f.get("person") {
			if err := s.signIn(r, arrival{p.ID, p.Name, access.ByDemo, ""}); err != nil {
				return err
			}
			return see(w, r, "/")
		}
	}
	return refusal{http.StatusUnprocessableEntity, "There is no such person in the demonstration", "Go back to the demonstration page and choose somebody from the list."}
}

// latest is the newest questionnaire, for pages that are about no round.
func (s *Server) latest() (*questionnaire.Version, error) {
	return questionnaire.Load(questionnaire.Latest())
}

func (s *Server) showMethod(w http.ResponseWriter, r *http.Request) error {
	v, err := s.latest()
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Method(page.MethodView{Frame: s.frame(r), Version: v}))
}

func (s *Server) showPrivacy(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, page.Privacy(page.PrivacyView{Frame: s.frame(r)}))
}

func (s *Server) showAccessibility(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, page.Accessibility(page.AccessibilityView{Frame: s.frame(r)}))
}

// showTrust is one trust's page: its rounds, and this person's way into each.
func (s *Server) showTrust(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	number, _ := strconv.Atoi(r.URL.Query().Get("page"))
	rounds, more, err := t.Rounds(r.Context(), max(number, 1))
	if err != nil {
		return err
	}
	asked, err := s.askedAmong(r, t, rounds)
	if err != nil {
		return err
	}
	v := page.TrustView{Frame: s.frame(r), Kind: t.Kind, MayManage: t.May(access.ManageRounds)}
	v.Ways = waysOf(t)
	known, err := s.db.InRegister(r.Context(), t.ODS)
	if err != nil {
		return err
	}
	if _, narrow := s.narrow(r); known && !narrow {
		v.Ways = append(v.Ways, page.Link{Href: "/register/" + t.ODS, Text: "This trust in the register: names, places, mergers"})
	}
	if more {
		v.Older = "/trusts/" + t.ODS + "?page=" + strconv.Itoa(max(number, 1)+1)
	}
	for _, round := range rounds {
		path := roundPath(t, round.ID)
		row := page.RoundRow{Round: round, Progress: t.May(access.ViewProgress)}
		if asked[round.ID] && round.State != assessment.Draft {
			row.Answer = path
		}
		if row.Progress {
			row.Manage = path + "/manage"
		}
		if round.State == assessment.Closed && t.May(access.ViewReport) {
			row.Report = path + "/report"
		}
		v.Rounds = append(v.Rounds, row)
	}
	return s.render(w, r, http.StatusOK, page.Trust(v))
}

// waysOf are the trust's pages beside its rounds that this person may see.
func waysOf(t *store.Trust) []page.Link {
	var ways []page.Link
	if t.May(access.ViewReport) {
		ways = append(ways, page.Link{Href: trendPath(t), Text: "How scores have changed"})
	}
	if t.May(access.ComparePeers) {
		ways = append(ways, page.Link{Href: "/trusts/" + t.ODS + "/peers", Text: "Beside other trusts"})
	}
	if t.May(access.ShareResults) {
		ways = append(ways, page.Link{Href: sharingPath(t), Text: "Sharing with other trusts"}, page.Link{Href: "/trusts/" + t.ODS + "/learn", Text: "Find a trust to learn from"})
	}
	if t.May(access.RunWorkshop) || t.May(access.Answer) {
		ways = append(ways, page.Link{Href: "/trusts/" + t.ODS + "/workshops", Text: "Workshops"})
	}
	if t.May(access.ViewReport) {
		ways = append(ways, page.Link{Href: "/trusts/" + t.ODS + "/actions", Text: "Actions the board has decided on"})
	}
	if t.May(access.ManagePeople) {
		ways = append(ways, page.Link{Href: "/trusts/" + t.ODS + "/people", Text: "People and their roles"})
	}
	ways = append(ways, page.Link{Href: "/trusts/" + t.ODS + "/access", Text: "Who can see what"})
	if t.May(access.ReadAudit) {
		ways = append(ways, page.Link{Href: "/trusts/" + t.ODS + "/audit", Text: "Record of what was done"},
			page.Link{Href: dataProtectionPath(t), Text: "Data protection documents"})
	}
	if t.May(access.ManagePeople) {
		ways = append(ways, page.Link{Href: "/trusts/" + t.ODS + "/sign-in", Text: "Sign-in of this trust"})
	}
	return ways
}

// askedAmong says in which of the rounds this person is asked; in none, for
// somebody who cannot be.
func (s *Server) askedAmong(r *http.Request, t *store.Trust, rounds []assessment.Round) (map[uuid.UUID]bool, error) {
	if !t.May(access.Answer) {
		return nil, nil
	}
	ids := make([]uuid.UUID, len(rounds))
	for i, round := range rounds {
		ids[i] = round.ID
	}
	return t.AskedAmong(r.Context(), ids)
}
