package server

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"
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

// trendRoutes is how a trust's scores have gone, under the trust's address.
func (s *Server) trendRoutes(r chi.Router) {
	r.Get("/", s.person(s.showTrend))
	r.Get("/charts/trend.csv", s.trust(s.trendCSV))
	r.Get("/charts/lines.csv", s.trust(s.pastCSV))
	r.Get("/compare", s.trust(s.chooseRounds))
	r.Get("/notes", s.trust(s.showNotes))
	r.Post("/notes", s.trust(s.addNote))
	r.Get("/notes/{note}", s.trust(s.showNote))
	r.Post("/notes/{note}", s.trust(s.changeNote))
	r.Post("/notes/{note}/remove", s.trust(s.removeNote))
	r.Get("/{earlier}/{later}", s.trust(s.showComparison))
	r.Get("/{earlier}/{later}.csv", s.trust(s.comparisonCSV))
	r.Get("/{earlier}/{later}/charts/slope.csv", s.trust(s.slopeCSV))
}

func trendPath(t *store.Trust) string { return "/trusts/" + t.ODS + "/trend" }

// showTrend is the newest rounds, or an earlier window of them. It is given the
// person and not the trust: the store opens the door and says by what the page is
// known in one question, and the page is rendered once.
func (s *Server) showTrend(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	t, stamp, err := s.db.EnterTrend(r.Context(), person, chi.URLParam(r, "ods"), access.Today(s.now()))
	if err != nil {
		return err
	}
	return s.inside(w, r, t, func(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
		number := pageNumber(r)
		if stamp == "" || number > mostWindows {
			return s.renderTrend(w, r, http.StatusOK, t, "")
		}
		key := keyOf("trend", stamp, strconv.Itoa(number), t.ODS, t.Name, rolesKey(t.Roles), s.wayKey(r))
		return s.sendKept(w, r, key, func() (templ.Component, bool, error) {
			v, err := s.trendPage(r, t, number)
			if err != nil {
				return nil, false, err
			}
			v.Frame = s.namelessFrame(r)
			_, now, err := s.db.EnterTrend(r.Context(), person, t.ODS, access.Today(s.now()))
			return page.Trend(v), now == stamp && len(v.Past.Lines)+len(v.Past.Context) == 0, err
		})
	})
}

// mostWindows is how many windows of a trust are kept.
const mostWindows = 10

// renderTrend shows the page, with what is wrong with a choice of rounds.
func (s *Server) renderTrend(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, wrong string) error {
	v, err := s.trendPage(r, t, pageNumber(r))
	if err != nil {
		return err
	}
	v.Frame = s.frame(r)
	if wrong != "" {
		v.From.Value, v.To.Value, v.From.Error = r.URL.Query().Get("from"), r.URL.Query().Get("to"), wrong
	}
	return s.render(w, r, status, page.Trend(v))
}

// trendPage is a window of the trust's rounds, with what came before the trust.
func (s *Server) trendPage(r *http.Request, t *store.Trust, number int) (page.TrendView, error) {
	trend, err := t.Trend(r.Context(), number)
	if err != nil {
		return page.TrendView{}, err
	}
	v, err := trendView(t, trend)
	if err != nil {
		return v, err
	}
	past, err := t.Past(r.Context(), access.Today(s.now()))
	if err != nil {
		return v, err
	}
	v.Past = pastView(t, past, v.Points, r.URL.Query()["with"])
	if trend.Earlier {
		v.Older = v.Path + "?page=" + strconv.Itoa(number+1)
	}
	if number > 1 {
		v.Newer = v.Path + "?page=" + strconv.Itoa(number-1)
	}
	v.From, v.To = chooseTwo(trend.Names)
	return v, nil
}

// pageNumber is the window asked for; whatever is no number is the newest.
func pageNumber(r *http.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || n < 1 || n > 1000 {
		return 1
	}
	return n
}

func trendView(t *store.Trust, trend store.Trend) (v page.TrendView, err error) {
	v = page.TrendView{Path: trendPath(t), MayNote: t.May(access.ManageRounds)}
	name := questionnaire.Latest()
	for i, r := range trend.Rounds {
		name = r.Questionnaire
		asked := askedWords(r.Questionnaire, r.Form)
		v.Points = append(v.Points, pointOf(r))
		row := page.TrendRow{
			Title: r.Title, Report: roundPath(t, r.Round) + "/report", Closed: r.ClosedOn, Asked: asked,
			Answered: fmt.Sprintf("%d of %d", r.Respondents, r.Invited), Turnover: turnoverWords(r.Turnover),
		}
		if before, ok := roundBefore(trend, i); ok {
			row.Compare = v.Path + "/" + before.String() + "/" + r.Round.String()
		} else {
			row.Turnover = "Nobody was asked before"
		}
		v.Rounds = append(v.Rounds, row)
	}
	slices.Reverse(v.Rounds)
	for _, m := range trend.Milestones {
		v.Notes = append(v.Notes, chart.Note{On: m.On, Text: m.Text})
	}
	v.Version, err = questionnaire.Load(name)
	if err != nil {
		return v, fmt.Errorf("server: trend: %w", err)
	}
	return v, nil
}

// roundBefore is the closed round before one of a window, which may lie outside it.
func roundBefore(trend store.Trend, i int) (uuid.UUID, bool) {
	at := slices.IndexFunc(trend.Names, func(n store.RoundName) bool { return n.Round == trend.Rounds[i].Round })
	switch {
	case i > 0:
		return trend.Rounds[i-1].Round, true
	case at < 0 || at == len(trend.Names)-1:
		return uuid.Nil, false
	}
	return trend.Names[at+1].Round, true
}

func askedWords(version, form string) string {
	if form == string(questionnaire.Core) {
		return version + ", short form"
	}
	return version + ", full form"
}

// turnoverWords says how those who were asked changed.
func turnoverWords(n *maturity.Turnover) string {
	switch {
	case n == nil:
		return "Not known"
	case n.Joined == 0 && n.Left == 0:
		return "The same as before"
	}
	return fmt.Sprintf("%d stayed, %d joined, %d left", n.Stayed, n.Joined, n.Left)
}

// chooseTwo offers the rounds that can be set beside each other, the two newest
// chosen.
func chooseTwo(names []store.RoundName) (from, to nhsuk.Field) {
	from, to = nhsuk.Field{Name: "from", Label: "First round"}, nhsuk.Field{Name: "to", Label: "Second round"}
	for _, n := range names {
		o := nhsuk.Option{Value: n.Round.String(), Text: n.Title + ", closed " + page.Day(n.ClosedOn)}
		from.Options, to.Options = append(from.Options, o), append(to.Options, o)
	}
	if len(names) > 1 {
		from.Value, to.Value = names[1].Round.String(), names[0].Round.String()
	}
	return from, to
}

// chooseRounds leads to two rounds beside each other, whichever was named first.
func (s *Server) chooseRounds(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	trend, err := t.Trend(r.Context(), 1)
	if err != nil {
		return err
	}
	place := func(field string) int {
		return slices.IndexFunc(trend.Names, func(n store.RoundName) bool { return n.Round.String() == r.URL.Query().Get(field) })
	}
	from, to := place("from"), place("to") // newest first
	switch {
	case from < 0 || to < 0:
		return s.renderTrend(w, r, http.StatusUnprocessableEntity, t, "Select two rounds from the lists")
	case from == to:
		return s.renderTrend(w, r, http.StatusUnprocessableEntity, t, "Select two different rounds")
	}
	return see(w, r, trendPath(t)+"/"+trend.Names[max(from, to)].Round.String()+"/"+trend.Names[min(from, to)].Round.String())
}

// trendCSV is the values of the trend chart.
func (s *Server) trendCSV(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	trend, err := t.Trend(r.Context(), pageNumber(r))
	if err != nil {
		return err
	}
	if len(trend.Rounds) == 0 {
		return store.ErrNotFound
	}
	v, err := trendView(t, trend)
	if err != nil {
		return err
	}
	if err := s.exported(r, t, uuid.Nil, "CSV of scores over time"); err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", fileName("trend", t.ODS, "csv"))
	return chart.TrendTable(v.Points, v.Version).CSV(w)
}

// compared is the two rounds of the address beside each other.
func (s *Server) compared(r *http.Request, t *store.Trust) (v page.ComparisonView, later uuid.UUID, err error) {
	earlier, errEarlier := uuid.Parse(chi.URLParam(r, "earlier"))
	later, errLater := uuid.Parse(chi.URLParam(r, "later"))
	if errEarlier != nil || errLater != nil {
		return v, later, store.ErrNotFound
	}
	two, err := t.TwoRounds(r.Context(), earlier, later)
	if err != nil {
		return v, later, err
	}
	first, then, err := thaw(two.Earlier)
	if err != nil {
		return v, later, err
	}
	second, now, err := thaw(two.Later)
	if err != nil {
		return v, later, err
	}
	var change *maturity.Change
	if two.Change != nil {
		c, err := maturity.ThawChange(two.Change)
		if err != nil {
			return v, later, fmt.Errorf("server: change: %w", err)
		}
		change, v.Turnover = &c, turnoverWords(&c.Turnover)
	}
	v.Frame, v.Path, v.Version = s.frame(r), trendPath(t), now
	v.Here = v.Path + "/" + earlier.String() + "/" + later.String()
	v.Earlier, v.Later = roundPath(t, earlier)+"/report", roundPath(t, later)+"/report"
	v.SameAsked = first.Result.Questionnaire == second.Result.Questionnaire && first.Result.Form == second.Result.Form
	v.Now = second.Result
	v.Comparison = maturity.Compare(first, second, then, now, change, two.Next)
	return v, later, nil
}

func (s *Server) showComparison(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	v, _, err := s.compared(r, t)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Comparison(v))
}

// comparisonCSV is every element and question of a comparison.
func (s *Server) comparisonCSV(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	return s.sendComparison(w, r, t, "change", chart.ComparisonCSV)
}

// slopeCSV is the values of the slope chart.
func (s *Server) slopeCSV(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	return s.sendComparison(w, r, t, "slope", chart.ComparisonTable)
}

func (s *Server) sendComparison(w http.ResponseWriter, r *http.Request, t *store.Trust, name string, table func(maturity.Comparison, *questionnaire.Version) chart.Table) error {
	v, later, err := s.compared(r, t)
	if err != nil {
		return err
	}
	if err := s.exported(r, t, later, "CSV of what changed since "+v.Comparison.Earlier.Title); err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", fileName(name, v.Comparison.Later.Title, "csv"))
	return table(v.Comparison, v.Version).CSV(w)
}
