package server

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/chart"
	"octant/web/nhsuk"
	"octant/web/page"
)

// How many trusts can stand beside each other over time, and how many rounds of
// each.
const (
	leastOverTime = 2
	mostOverTime  = 6
	roundsBeside  = 6
)

// overTime reads which trusts to set beside each other. None is no fault.
func (s *Server) overTime(r *http.Request, o *store.Overlook) (v page.OverTimeView, codes []string, err error) {
	v = page.OverTimeView{Frame: s.frame(r)}
	version, err := s.latest()
	if err != nil {
		return v, nil, err
	}
	v.Choose = nhsuk.Field{Name: "trust", Label: "Which trusts?", Hint: "Choose two to six", Values: r.URL.Query()["trust"], Heading: 2, Size: nhsuk.Medium}
	for _, t := range o.Trusts {
		v.Choose.Options = append(v.Choose.Options, nhsuk.Option{Value: t.ODS, Text: t.Name})
		if slices.Contains(v.Choose.Values, t.ODS) {
			codes = append(codes, t.ODS)
		}
	}
	asked := slices.Compact(slices.Sorted(slices.Values(v.Choose.Values)))
	switch {
	case len(asked) == 0:
		return v, nil, nil
	case len(codes) != len(asked):
		return v, nil, store.ErrNotFound
	case len(codes) < leastOverTime || len(codes) > mostOverTime:
		v.Choose.Error = "Choose two to six trusts"
		return v, nil, nil
	}
	rounds, err := o.Latest(r.Context(), codes, roundsBeside)
	if err != nil {
		return v, nil, err
	}
	for i := range version.Elements {
		v.Times = append(v.Times, timesTable(version.Elements[i].Title, version.Elements[i].Key, o, codes, rounds))
	}
	for _, trust := range o.Trusts {
		if !slices.Contains(codes, trust.ODS) {
			continue
		}
		line := chart.Line{Name: trust.Name}
		for _, round := range slices.Backward(rounds[trust.ODS]) {
			line.Points = append(line.Points, pointOf(round))
		}
		v.Lines = append(v.Lines, line)
	}
	v.Version = version
	v.CSV = "/compare/over-time.csv?" + url.Values{"trust": codes}.Encode()
	return v, codes, nil
}

// timesTable is one element: a trust a row, its rounds oldest first.
func timesTable(title, key string, o *store.Overlook, codes []string, rounds map[string][]store.Summary) page.TimesTable {
	most := 0
	for _, code := range codes {
		most = max(most, len(rounds[code]))
	}
	t := chart.Table{Caption: "Score, range and month of each closed round", Columns: []string{"Trust"}}
	for n := range most {
		t.Columns = append(t.Columns, "Round "+strconv.Itoa(n+1))
	}
	for _, trust := range o.Trusts {
		if !slices.Contains(codes, trust.ODS) {
			continue
		}
		row := []chart.Cell{{Text: trust.Name}}
		for _, s := range slices.Backward(rounds[trust.ODS]) {
			row = append(row, chart.Cell{Text: timesWords(s, key)})
		}
		for len(row) < len(t.Columns) {
			row = append(row, chart.Cell{Text: "No more rounds"})
		}
		t.Rows = append(t.Rows, row)
	}
	return page.TimesTable{Element: title, Table: t}
}

func timesWords(s store.Summary, key string) string {
	c := cellOf(s, key, nil)
	form := ""
	if s.Form == string(questionnaire.Full) {
		form = ", full form"
	}
	if c.Level == "" {
		return c.Score + " " + page.Month(s.ClosedOn) + form
	}
	return c.Score + ", " + c.Range + ", " + page.Month(s.ClosedOn) + form
}

// showOverTime sets two to six trusts beside each other, round by round.
func (s *Server) showOverTime(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	o, err := s.db.Overlook(r.Context(), person)
	if err != nil {
		return err
	}
	v, _, err := s.overTime(r, o)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if v.Choose.Error != "" {
		status = http.StatusUnprocessableEntity
	}
	return s.render(w, r, status, page.OverTime(v))
}

// exportOverTime is the same as a file.
func (s *Server) exportOverTime(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	o, err := s.db.Overlook(r.Context(), person)
	if err != nil {
		return err
	}
	v, codes, err := s.overTime(r, o)
	if err != nil {
		return err
	}
	if len(codes) == 0 {
		return refusal{http.StatusUnprocessableEntity, "Choose two to six trusts", "Go back and choose the trusts to set beside each other."}
	}
	if err := o.NoteExport(r.Context(), codes, s.now()); err != nil {
		return err
	}
	out := chart.Table{Columns: append([]string{"Element"}, v.Times[0].Table.Columns...)}
	for _, t := range v.Times {
		for _, row := range t.Table.Rows {
			out.Rows = append(out.Rows, append([]chart.Cell{{Text: t.Element}}, row...))
		}
	}
	attach(w, "text/csv; charset=utf-8", "trusts-over-time-"+day(s.now())+".csv")
	return out.CSV(w)
}
