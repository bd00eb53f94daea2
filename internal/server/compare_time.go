package server

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/google/uuid"

	"octant/internal/store"
	"octant/web/chart"
	"octant/web/nhsuk"
	"octant/web/page"
)

// How many trusts can stand beside each other over time, and how many rounds of
// each.
const (
	leastOverTime = 2
	mostOverTime  = chart.MostLines
	roundsBeside  = 6
)

// overTime reads which of the trusts that somebody looks after are to stand beside
// each other. None is no fault.
func (s *Server) overTime(r *http.Request, o *store.Overlook) (page.OverTimeView, []store.OverlookedTrust, error) {
	v := page.OverTimeView{Frame: s.frame(r)}
	version, err := s.latest()
	if err != nil {
		return v, nil, err
	}
	v.Choose = nhsuk.Field{Name: "trust", Label: "Which trusts?", Hint: "Choose two to six", Values: r.URL.Query()["trust"], Heading: 2, Size: nhsuk.Medium}
	var chosen []store.OverlookedTrust
	for _, t := range o.Trusts {
		v.Choose.Options = append(v.Choose.Options, nhsuk.Option{Value: t.ODS, Text: t.Name})
		if slices.Contains(v.Choose.Values, t.ODS) {
			chosen = append(chosen, t)
		}
	}
	asked := slices.Compact(slices.Sorted(slices.Values(v.Choose.Values)))
	switch {
	case len(asked) == 0:
		return v, nil, nil
	case len(chosen) != len(asked):
		return v, nil, store.ErrNotFound
	case len(chosen) < leastOverTime || len(chosen) > mostOverTime:
		v.Choose.Error = "Choose two to six trusts"
		return v, nil, nil
	}
	rounds, err := o.Latest(r.Context(), codesOf(chosen), roundsBeside)
	if err != nil {
		return v, nil, err
	}
	for _, trust := range chosen {
		line := chart.Line{Name: trust.Name}
		for _, round := range slices.Backward(rounds[trust.ODS]) {
			line.Points = append(line.Points, pointOf(round))
		}
		v.Lines = append(v.Lines, line)
	}
	v.Version = version
	v.CSV = "/compare/over-time.csv?" + url.Values{"trust": codesOf(chosen)}.Encode()
	return v, chosen, nil
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
	v, chosen, err := s.overTime(r, o)
	if err != nil {
		return err
	}
	if len(chosen) == 0 {
		return refusal{http.StatusUnprocessableEntity, "Choose two to six trusts", "Go back and choose the trusts to set beside each other."}
	}
	if err := o.NoteExport(r.Context(), codesOf(chosen), s.now()); err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", "trusts-over-time-"+day(s.now())+".csv")
	return chart.LinesTable(v.Lines, v.Version).CSV(w)
}
