package server

import (
	"net/http"
	"slices"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/questionnaire"
	"octant/internal/register"
	"octant/internal/store"
	"octant/web/chart"
	"octant/web/page"
)

// pointOf is one closed round on a chart of several.
func pointOf(r store.Summary) chart.Point {
	return chart.Point{
		Title: r.Title, Closed: r.ClosedOn, Asked: askedWords(r.Questionnaire, r.Form),
		Respondents: r.Respondents, Invited: r.Invited, Elements: r.Elements, Since: r.Since,
	}
}

// pastView sets the trusts before this one beside its own points. One that was
// split is no more than context: it is drawn only where the address asks for it.
func pastView(t *store.Trust, past store.Past, own []chart.Point, with []string) page.TrendPast {
	v := page.TrendPast{Register: "/register/" + t.ODS, Known: past.Known}
	v.After = stepRows(past.Names, past.After, true)
	var drawn []register.Step
	for _, f := range past.Before {
		name := register.Title(past.Names[f.From]) + " (" + f.From + ")"
		if f.Apart {
			shown := slices.Contains(with, f.From)
			v.Context = append(v.Context, page.PastContext{Name: name, Code: f.From, Step: stepRows(past.Names, []register.Step{f.Step}, true)[0], Shown: shown})
			if !shown {
				continue
			}
		}
		if len(v.Lines) == chart.MostLines-1 {
			v.Undrawn++
			continue
		}
		line := chart.Line{Name: name + ", before " + page.Day(f.On)}
		for _, r := range f.Rounds {
			line.Points = append(line.Points, pointOf(r))
		}
		v.Lines, drawn = append(v.Lines, line), append(drawn, f.Step)
	}
	if len(v.Lines) == 0 {
		return v
	}
	v.Lines = slices.Insert(v.Lines, 0, chart.Line{Name: t.Name + " (" + t.ODS + ")", Points: own})
	slices.SortStableFunc(drawn, func(a, b register.Step) int { return a.On.Compare(b.On) })
	v.Turns = stepRows(past.Names, drawn, true)
	for i, step := range drawn {
		v.Marks = append(v.Marks, chart.Note{On: step.On, Text: v.Turns[i].On})
	}
	return v
}

// pastCSV is every value of this trust's newest rounds and of as many trusts before
// it as a chart can tell apart.
func (s *Server) pastCSV(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	past, err := t.Past(r.Context(), access.Today(s.now()))
	if err != nil {
		return err
	}
	trend, err := t.Trend(r.Context(), 1)
	if err != nil {
		return err
	}
	var own []chart.Point
	name := questionnaire.Latest()
	for _, round := range trend.Rounds {
		own, name = append(own, pointOf(round)), round.Questionnaire
	}
	var all []string
	for _, f := range past.Before {
		all = append(all, f.From)
	}
	v := pastView(t, past, own, all)
	if len(v.Lines) == 0 {
		return store.ErrNotFound
	}
	version, err := questionnaire.Load(name)
	if err != nil {
		return err
	}
	if err := s.exported(r, t, uuid.Nil, "CSV of scores of trusts before this one"); err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", fileName("before-and-after", t.ODS, "csv"))
	return chart.LinesTable(v.Lines, version).CSV(w)
}
