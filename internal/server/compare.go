package server

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// trustsPerPage is how many trusts the matrix shows at a time.
const trustsPerPage = 25

// comparison is what somebody asked to see of the trusts they look after.
type comparison struct {
	form
	*store.Overlook
	version *questionnaire.Version
	at      time.Time
	day     nhsuk.DateField
	order   string // key of the element to sort by, "" for by name
	number  int    // page
	query   url.Values
}

// readComparison reads the choice from the address.
func (s *Server) readComparison(r *http.Request, person uuid.UUID) (comparison, error) {
	o, err := s.db.Overlook(r.Context(), person)
	if err != nil {
		return comparison{}, err
	}
	version, err := s.latest()
	if err != nil {
		return comparison{}, err
	}
	c := comparison{form: decodeForm(r.URL.RawQuery), Overlook: o, version: version, at: access.Today(s.now()), query: url.Values{}}
	c.day = nhsuk.DateField{Name: "at", Label: "Region and board as they were on", Hint: "Leave this empty for today"}
	if c.get("at-day")+c.get("at-month")+c.get("at-year") != "" {
		if at := readDate(c.form, &c.day, "at"); c.day.Error == "" {
			c.at = at
		}
	}
	if _, ok := version.Element(c.get("order")); ok {
		c.order = c.get("order")
	}
	number, _ := strconv.Atoi(c.get("page"))
	c.number = max(number, 1)
	for _, name := range []string{"type", "region", "icb", "order", "at-day", "at-month", "at-year"} {
		if value := c.get(name); value != "" {
			c.query.Set(name, value)
		}
	}
	return c, nil
}

// address is that of a page of the comparison.
func (c comparison) address(path string, number int) string {
	q := url.Values{}
	for name, values := range c.query {
		q[name] = values
	}
	if number > 1 {
		q.Set("page", strconv.Itoa(number))
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// compared is the trusts on one page of the comparison, with their figures.
type compared struct {
	found   int
	onPage  []store.OverlookedTrust
	figures map[string][]store.Summary
	places  map[string]store.PlaceAt // of all
	more    bool
}

// compareNow finds the trusts of a page. By name, it reads the figures of these
// alone.
func (s *Server) compareNow(r *http.Request, c comparison) (compared, error) {
	var out compared
	var err error
	if out.places, err = s.db.PlacesAt(r.Context(), codesOf(c.Trusts), c.at); err != nil {
		return out, err
	}
	trusts := slices.DeleteFunc(slices.Clone(c.Trusts), func(t store.OverlookedTrust) bool {
		p := out.places[t.ODS]
		return unlike(c.get("type"), typeOf(t, p)) || unlike(c.get("region"), p.Region) || unlike(c.get("icb"), p.ICB)
	})
	out.found = len(trusts)
	if c.order != "" {
		if out.figures, err = c.Latest(r.Context(), codesOf(trusts), 2); err != nil {
			return out, err
		}
		slices.SortStableFunc(trusts, func(a, b store.OverlookedTrust) int {
			return cmp.Compare(scoreIn(out.figures[b.ODS], c.order), scoreIn(out.figures[a.ODS], c.order))
		})
	}
	first := min((c.number-1)*trustsPerPage, len(trusts))
	out.onPage = trusts[first:min(first+trustsPerPage, len(trusts))]
	out.more = first+trustsPerPage < len(trusts)
	if c.order == "" {
		out.figures, err = c.Latest(r.Context(), codesOf(out.onPage), 2)
	}
	return out, err
}

func unlike(wanted, is string) bool { return wanted != "" && wanted != is }

// typeOf is a trust's type by the register, or what it was entered as.
func typeOf(t store.OverlookedTrust, p store.PlaceAt) string { return cmp.Or(p.Type, t.Kind) }

func codesOf(trusts []store.OverlookedTrust) []string {
	codes := make([]string, len(trusts))
	for i, t := range trusts {
		codes[i] = t.ODS
	}
	return codes
}

// scoreIn is an element's score in the latest round; nought without one.
func scoreIn(rounds []store.Summary, element string) float64 {
	if len(rounds) > 0 {
		if e := elementIn(rounds[0], element); e != nil && e.Score != nil {
			return *e.Score
		}
	}
	return 0
}

func elementIn(s store.Summary, key string) *maturity.Element {
	for i := range s.Elements {
		if s.Elements[i].Key == key {
			return &s.Elements[i]
		}
	}
	return nil
}

// showCompare sets the trusts that somebody looks after beside each other.
func (s *Server) showCompare(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	c, err := s.readComparison(r, person)
	if err != nil {
		return err
	}
	if !c.kept() {
		v, err := s.comparePage(r, c)
		if err != nil {
			return err
		}
		v.Frame = s.frame(r)
		status := http.StatusOK
		if c.day.Error != "" {
			status = http.StatusUnprocessableEntity
		}
		return s.render(w, r, status, page.Compare(v))
	}
	stamp, err := c.Stamp(r.Context())
	if err != nil {
		return err
	}
	parts := []string{"compare", stamp, c.order, strconv.Itoa(c.number), c.at.Format(time.DateOnly), s.wayKey(r)}
	for _, t := range c.Trusts {
		parts = append(parts, t.ODS, t.Name, t.Kind, rolesKey(t.Roles))
	}
	return s.sendKept(w, r, keyOf(parts...), func() (templ.Component, bool, error) {
		v, err := s.comparePage(r, c)
		v.Frame = s.namelessFrame(r)
		return page.Compare(v), true, err // rounds and the register only grow: no stamp comes back
	})
}

// kept says whether the page is kept: that of all trusts by name or by score, and
// not what somebody looked for.
func (c comparison) kept() bool {
	for name := range c.query {
		if name != "order" {
			return false
		}
	}
	return c.query.Get("order") == c.order && (c.number-1)*trustsPerPage < max(len(c.Trusts), 1)
}

func (s *Server) comparePage(r *http.Request, c comparison) (page.CompareView, error) {
	now, err := s.compareNow(r, c)
	if err != nil {
		return page.CompareView{}, err
	}
	v := page.CompareView{
		All: len(c.Trusts), Found: now.found, At: c.day, Filtered: len(c.query) > 0, Matrix: matrixOf(c.version, now),
		CSV: c.address("/compare.csv", c.number),
	}
	compareFields(&v, now.places, c)
	if e, ok := c.version.Element(c.order); ok {
		v.Sorted = e.Title
	}
	if c.number > 1 {
		v.Newer = c.address("/compare", c.number-1)
	}
	if now.more {
		v.Older = c.address("/compare", c.number+1)
	}
	return v, nil
}

// compareFields are what there is to choose from.
func compareFields(v *page.CompareView, places map[string]store.PlaceAt, c comparison) {
	types, regions, boards := map[string]string{}, map[string]string{}, map[string]string{}
	for _, t := range c.Trusts {
		p := places[t.ODS]
		types[typeOf(t, p)], regions[p.Region], boards[p.ICB] = typeOf(t, p), p.RegionName, p.ICBName
	}
	v.Type = nhsuk.Field{Name: "type", Label: "Type", Options: choices("All types", types), Value: c.get("type")}
	v.Region = nhsuk.Field{Name: "region", Label: "Region", Options: choices("All regions", regions), Value: c.get("region")}
	v.ICB = nhsuk.Field{Name: "icb", Label: "Integrated care board", Options: choices("All boards", boards), Value: c.get("icb")}
	v.Order = nhsuk.Field{Name: "order", Label: "Order", Options: []nhsuk.Option{{Value: "", Text: "By name"}}, Value: c.order}
	for i := range c.version.Elements {
		v.Order.Options = append(v.Order.Options, nhsuk.Option{Value: c.version.Elements[i].Key, Text: "By score: " + c.version.Elements[i].Title})
	}
}

// choices are codes with their names, by name, after a choice of all.
func choices(all string, names map[string]string) []nhsuk.Option {
	options := []nhsuk.Option{{Value: "", Text: all}}
	for code, name := range names {
		if code != "" {
			options = append(options, nhsuk.Option{Value: code, Text: cmp.Or(name, code)})
		}
	}
	slices.SortFunc(options[1:], func(a, b nhsuk.Option) int { return cmp.Or(cmp.Compare(a.Text, b.Text), cmp.Compare(a.Value, b.Value)) })
	return options
}

func elementTitles(v *questionnaire.Version) []string {
	var titles []string
	for i := range v.Elements {
		titles = append(titles, v.Elements[i].Title)
	}
	return titles
}

func matrixOf(version *questionnaire.Version, now compared) page.Matrix {
	m := page.Matrix{Elements: elementTitles(version)}
	for _, t := range now.onPage {
		report := ""
		if rounds := now.figures[t.ODS]; len(rounds) > 0 {
			report = "/trusts/" + t.ODS + "/rounds/" + rounds[0].Round.String() + "/report"
		}
		m.Rows = append(m.Rows, matrixRow(version, t.Name, t.ODS, report, now.figures[t.ODS]))
	}
	return m
}

// matrixRow is one trust's latest round, beside the one before it.
func matrixRow(version *questionnaire.Version, name, code, report string, rounds []store.Summary) page.MatrixRow {
	row := page.MatrixRow{Name: name, Code: code, Report: report}
	for i := range version.Elements {
		if len(rounds) == 0 {
			row.Cells = append(row.Cells, page.MatrixCell{Score: "No closed round"})
			continue
		}
		row.Round, row.Closed = rounds[0].Title, rounds[0].ClosedOn
		var before *store.Summary
		if len(rounds) > 1 {
			before = &rounds[1]
		}
		row.Cells = append(row.Cells, cellOf(rounds[0], version.Elements[i].Key, before))
	}
	return row
}

// cellOf is one element of a round in words, with how it differs from the round
// before.
func cellOf(s store.Summary, key string, before *store.Summary) page.MatrixCell {
	e := elementIn(s, key)
	if e == nil || e.Score == nil {
		if e == nil {
			return page.MatrixCell{Score: "Not shown"}
		}
		return page.MatrixCell{Score: e.Hidden.Words()}
	}
	c := page.MatrixCell{Score: fmt.Sprintf("%.1f", *e.Score), Level: e.Standing(), Change: sinceWords(s, *e.Score, key, before)}
	switch {
	case e.Low == nil || e.High == nil:
		c.Range = "no range"
	case *e.Low == *e.High:
		c.Range = "everyone answered"
	default:
		c.Range = fmt.Sprintf("%.1f to %.1f", *e.Low, *e.High)
	}
	return c
}

// sinceWords is the difference from the round before. It makes no claim: the
// trust's own pages test whether anything moved.
func sinceWords(s store.Summary, score float64, key string, before *store.Summary) string {
	if before == nil {
		return "first round"
	}
	if before.Form != s.Form || before.Questionnaire != s.Questionnaire {
		return "other questions than in " + page.Month(before.ClosedOn)
	}
	e := elementIn(*before, key)
	if e == nil || e.Score == nil {
		return "not shown in " + page.Month(before.ClosedOn)
	}
	since := " since " + page.Month(before.ClosedOn)
	switch d := score - *e.Score; {
	case d > 0.05:
		return fmt.Sprintf("%.1f higher", d) + since
	case d < -0.05:
		return fmt.Sprintf("%.1f lower", -d) + since
	}
	return "the same" + since
}

// exportCompare is the page of the comparison as a file.
func (s *Server) exportCompare(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	c, err := s.readComparison(r, person)
	if err != nil {
		return err
	}
	if c.day.Error != "" {
		return refusal{http.StatusUnprocessableEntity, "There is no such day", "Go back and check the day that you chose."}
	}
	now, err := s.compareNow(r, c)
	if err != nil {
		return err
	}
	if err := c.NoteExport(r.Context(), codesOf(now.onPage), s.now()); err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", "trusts-"+day(s.now())+".csv")
	return page.MatrixTable(matrixOf(c.version, now)).CSV(w)
}
