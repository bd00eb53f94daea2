package server

import (
	"fmt"
	"net/http"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/chart"
	"octant/web/page"
)

// showReport is the report's page. It is given the person and not the trust:
// the store opens the door and finds the report's digest in one question, and
// the page behind a digest is rendered once.
func (s *Server) showReport(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	round, err := roundID(r)
	if err != nil {
		return err
	}
	t, digest, err := s.db.EnterReport(r.Context(), person, chi.URLParam(r, "ods"), round)
	if err != nil {
		return err
	}
	return s.inside(w, r, t, func(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
		key := keyOf("report", digest, round.String(), t.ODS, t.Name, rolesKey(t.Roles), s.wayKey(r))
		return s.sendKept(w, r, key, func() (templ.Component, bool, error) {
			c, err := s.reportPage(r, t, round, digest)
			return c, true, err // a frozen report
		})
	})
}

// reportPage is the page of a frozen report.
func (s *Server) reportPage(r *http.Request, t *store.Trust, round uuid.UUID, digest string) (templ.Component, error) {
	report, version, err := reportIn(r, t, round)
	if err != nil {
		return nil, err
	}
	v := page.ReportView{Frame: s.namelessFrame(r), Report: report, Version: version, Path: roundPath(t, round), Digest: digest}
	if t.May(access.Answer) {
		v.Mine = v.Path + "/mine"
	}
	if t.May(access.ReadComments) {
		v.Comments = v.Path + "/comments"
	}
	if t.May(access.ManageRounds) {
		v.Disclosure = v.Path + "/report/disclosure"
	}
	return page.Report(v), nil
}

// reportIn is the frozen report of a round and the questionnaire it is about.
func reportIn(r *http.Request, t *store.Trust, round uuid.UUID) (maturity.Report, *questionnaire.Version, error) {
	frozen, err := t.Report(r.Context(), round)
	if err != nil {
		return maturity.Report{}, nil, err
	}
	return thaw(frozen.Document)
}

// thaw reads a frozen report, and the questionnaire it is about.
func thaw(document []byte) (maturity.Report, *questionnaire.Version, error) {
	report, err := maturity.Thaw(document)
	if err != nil {
		return maturity.Report{}, nil, fmt.Errorf("server: report: %w", err)
	}
	version, err := questionnaire.Load(report.Result.Questionnaire)
	if err != nil {
		return maturity.Report{}, nil, fmt.Errorf("server: report: %w", err)
	}
	return report, version, nil
}

// reportJSON is the frozen document itself, byte for byte, so that its digest
// can be checked by anybody who has it.
func (s *Server) reportJSON(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := roundID(r)
	if err != nil {
		return err
	}
	frozen, err := t.Report(r.Context(), id)
	if err != nil {
		return err
	}
	if err := s.exported(r, t, id, "JSON"); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Digest", "sha-256="+frozen.Digest)
	_, _ = w.Write(frozen.Document)
	return nil
}

// reportCSV is every published value of the report as a table.
func (s *Server) reportCSV(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := roundID(r)
	if err != nil {
		return err
	}
	report, version, err := reportIn(r, t, id)
	if err != nil {
		return err
	}
	if err := s.exported(r, t, id, "CSV"); err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", fileName("report-"+t.ODS, report.Round.Title, "csv"))
	return chart.ReportCSV(w, report, version)
}

// chartCSV is one chart's values, the same that its picture and table show.
func (s *Server) chartCSV(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := roundID(r)
	if err != nil {
		return err
	}
	report, version, err := reportIn(r, t, id)
	if err != nil {
		return err
	}
	name := chi.URLParam(r, "chart")
	for _, c := range chart.Charts(report, version) {
		if c.Name == name {
			if err := s.exported(r, t, id, "CSV of the chart "+name); err != nil {
				return err
			}
			attach(w, "text/csv; charset=utf-8", fileName(name, report.Round.Title, "csv"))
			return c.Table.CSV(w)
		}
	}
	return store.ErrNotFound
}
