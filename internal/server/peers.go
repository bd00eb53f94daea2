package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/chart"
	"octant/web/nhsuk"
	"octant/web/page"
)

// groupsOf are the groups a trust can be set beside, the narrowest first: where
// one is too small, the next takes its place.
func groupsOf(p store.PlaceAt) []maturity.Group {
	var groups []maturity.Group
	add := func(kind maturity.GroupKind, code, name string) {
		if code != "" {
			groups = append(groups, maturity.Group{GroupKey: maturity.GroupKey{Kind: kind, Code: code}, Name: name})
		}
	}
	add(maturity.SameBoard, p.ICB, p.ICBName)
	add(maturity.SameArea, p.Region, p.RegionName)
	add(maturity.SameType, p.Type, p.Type)
	return append(groups, maturity.Group{GroupKey: maturity.GroupKey{Kind: maturity.AllTrusts}})
}

// showPeers is where the trust stands beside others.
func (s *Server) showPeers(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	v, err := s.peersView(r, t)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Peers(v))
}

// exportPeers is the same as a file.
func (s *Server) exportPeers(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	v, err := s.peersView(r, t)
	if err != nil {
		return err
	}
	if len(v.Rows) == 0 {
		return store.ErrNotFound
	}
	attach(w, "text/csv; charset=utf-8", fileName("beside-other-trusts-"+t.ODS, v.Round, "csv"))
	return chart.PeersTable(v.Version.LevelNames, v.Rows).CSV(w)
}

func (s *Server) peersView(r *http.Request, t *store.Trust) (page.PeersView, error) {
	number, _ := strconv.Atoi(r.URL.Query().Get("edition"))
	p, err := t.Peers(r.Context(), max(number, 0), s.now())
	if err != nil {
		return page.PeersView{}, err
	}
	path := "/trusts/" + t.ODS + "/peers"
	v := page.PeersView{Frame: s.frame(r), Path: path, Rung: p.Rung, MayShare: t.May(access.ShareResults), Sharing: sharingPath(t), Numbers: p.Numbers}
	if p.Edition == nil || p.Report == nil {
		return v, s.readEdition(&v, p)
	}
	if err := s.readEdition(&v, p); err != nil {
		return v, err
	}
	report, err := maturity.Thaw(p.Report)
	if err != nil {
		return v, err
	}
	if v.Version, err = questionnaire.Load(report.Result.Questionnaire); err != nil {
		return v, err
	}
	v.Round, v.Closed = report.Round.Title, report.Round.Closed
	groups := groupsOf(p.Place)
	from := chosenGroup(&v, groups, r.URL.Query().Get("group"))
	v.CSV = path + ".csv?group=" + v.Group.Value + "&edition=" + strconv.Itoa(v.Edition.Number)
	part, found := v.Edition.Part(report.Result.Questionnaire, report.Result.Form)
	if v.Unmatched = !found; found {
		peerRows(&v, part, report.Result.Elements, groups[from:])
	}
	return v, nil
}

// readEdition thaws the edition, where there is one.
func (s *Server) readEdition(v *page.PeersView, p store.Peers) error {
	if p.Edition == nil {
		return nil
	}
	e, err := maturity.ThawEdition(p.Edition)
	if err != nil {
		return err
	}
	v.Edition = &e
	v.Number = nhsuk.Field{Name: "edition", Label: "Edition", Value: strconv.Itoa(e.Number)}
	for _, n := range p.Numbers {
		v.Number.Options = append(v.Number.Options, nhsuk.Option{Value: strconv.Itoa(n), Text: "Edition " + strconv.Itoa(n)})
	}
	return nil
}

// chosenGroup reads which group to begin with; by default the narrowest.
func chosenGroup(v *page.PeersView, groups []maturity.Group, asked string) (from int) {
	v.Group = nhsuk.Field{Name: "group", Label: "Beside which trusts?"}
	for i, g := range groups {
		if string(g.Kind) == asked {
			from = i
		}
		v.Group.Options = append(v.Group.Options, nhsuk.Option{Value: string(g.Kind), Text: sentence(page.GroupName(g))})
	}
	v.Group.Value = string(groups[from].Kind)
	return from
}

// peerRows sets each element beside the first group that has a band of it.
func peerRows(v *page.PeersView, part maturity.Part, elements []maturity.Element, groups []maturity.Group) {
	keys := make([]maturity.GroupKey, len(groups))
	for i, g := range groups {
		keys[i] = g.GroupKey
	}
	wider := map[maturity.GroupKey]bool{}
	for i := range elements {
		e := &elements[i]
		title := e.Key
		if q, ok := v.Version.Element(e.Key); ok {
			title = q.Title
		}
		band, key := part.Find(e.Key, keys)
		row := chart.PeerRow{Element: title, Score: e.Score, Hidden: e.Hidden, Band: band, Group: nameOf(groups, key)}
		if low, high, ok := e.Drawn(); ok {
			row.Low, row.High = &low, &high
			row.Standing = maturity.Place(low, high, band)
		}
		if band.Shown() && key != keys[0] {
			wider[key] = true
		}
		if band.Since > 0 {
			v.Notes = append(v.Notes, title+": "+page.WhyNoBand(band))
		}
		v.Rows = append(v.Rows, row)
	}
	for _, g := range groups {
		if wider[g.GroupKey] {
			v.Notes = append(v.Notes, "Where "+page.GroupName(groups[0])+" cannot be shown, the wider group stands in: "+page.GroupName(g)+".")
		}
	}
}

// sentence begins words with a capital.
func sentence(words string) string { return strings.ToUpper(words[:1]) + words[1:] }

func nameOf(groups []maturity.Group, key maturity.GroupKey) string {
	for _, g := range groups {
		if g.GroupKey == key {
			return sentence(page.GroupName(g))
		}
	}
	return ""
}

// showEdition is one frozen edition.
func (s *Server) showEdition(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	f, e, err := s.edition(r, person)
	if err != nil {
		return err
	}
	v := page.EditionView{Frame: s.frame(r), Edition: e, Digest: f.Digest, Versions: map[string]*questionnaire.Version{}, JSON: "/benchmarks/" + strconv.Itoa(e.Number) + ".json"}
	for _, p := range e.Parts {
		if version, err := questionnaire.Load(p.Questionnaire); err == nil {
			v.Versions[p.Questionnaire] = version
		}
	}
	return s.render(w, r, http.StatusOK, page.Edition(v))
}

// editionJSON is the frozen document itself, byte for byte.
func (s *Server) editionJSON(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	f, _, err := s.edition(r, person)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Digest", "sha-256="+f.Digest)
	_, _ = w.Write(f.Document)
	return nil
}

func (s *Server) edition(r *http.Request, person uuid.UUID) (store.Frozen, maturity.Edition, error) {
	number, err := strconv.Atoi(chi.URLParam(r, "number"))
	if err != nil || number < 1 || number > 1<<30 {
		return store.Frozen{}, maturity.Edition{}, store.ErrNotFound
	}
	f, err := s.db.Edition(r.Context(), person, number, s.now())
	if err != nil {
		return f, maturity.Edition{}, err
	}
	e, err := maturity.ThawEdition(f.Document)
	return f, e, err
}

// showBenchmarks is where an administrator makes editions.
func (s *Server) showBenchmarks(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	return s.renderBenchmarks(w, r, http.StatusOK, admin, "")
}

func (s *Server) renderBenchmarks(w http.ResponseWriter, r *http.Request, status int, admin access.Person, wrong string) error {
	cards, counted, err := s.db.Editions(r.Context(), admin, s.now())
	if err != nil {
		return err
	}
	v := page.BenchmarksView{Frame: s.frame(r), Error: wrong, Counted: counted}
	if r.URL.Query().Get("done") == "made" {
		v.Notice = "The edition has been made."
	}
	for _, c := range cards {
		v.Cards = append(v.Cards, page.BenchmarkCard{Number: c.Number, Made: c.Made, By: c.By})
	}
	return s.render(w, r, status, page.Benchmarks(v))
}

// editionsPath is where editions are made.
const editionsPath = "/admin/benchmarks"

// makeEdition makes an edition now.
func (s *Server) makeEdition(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	_, err := s.db.MakeEdition(r.Context(), admin, s.now())
	switch {
	case errors.Is(err, maturity.ErrTooFewTrusts):
		return s.renderBenchmarks(w, r, http.StatusUnprocessableEntity, admin, "Too few trusts can be counted: no six that agree answered the same questions in the last two years")
	case errors.Is(err, maturity.ErrNothingNew):
		return s.renderBenchmarks(w, r, http.StatusUnprocessableEntity, admin, "Too little has changed since the last edition. A new one would let single trusts be worked out")
	case err != nil:
		return err
	}
	return see(w, r, editionsPath+"?done=made")
}
