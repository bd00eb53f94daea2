package server

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
	"github.com/klauspost/compress/gzip"

	"octant/internal/access"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/chart"
	"octant/web/page"
)

// reportKey names one rendering of one frozen report. A digest never means
// anything else, so nothing in the cache ever goes stale.
type reportKey struct {
	digest string
	round  uuid.UUID
	asked  bool // whether the page leads to one's own answers

	comments, disclosure bool // whether it leads to these
}

// reportCache keeps rendered reports, compressed, and lets go of the oldest once
// they take too much memory.
type reportCache struct {
	mu    sync.RWMutex
	most  int // bytes
	size  int // bytes
	pages map[reportKey][]byte
	order []reportKey
}

// reportMemory is room for some 2,500 reports of 25 KB.
const reportMemory = 64 << 20

func newReportCache(most int) *reportCache {
	return &reportCache{most: most, pages: make(map[reportKey][]byte)}
}

func (c *reportCache) get(k reportKey) ([]byte, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	b, ok := c.pages[k]
	return b, ok
}

func (c *reportCache) put(k reportKey, body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.pages[k]; ok {
		return
	}
	c.pages[k], c.order, c.size = body, append(c.order, k), c.size+len(body)
	for c.size > c.most && len(c.order) > 1 {
		c.size -= len(c.pages[c.order[0]])
		delete(c.pages, c.order[0])
		c.order = c.order[1:]
	}
}

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
	visitOf(r).t = t
	if _, narrow := s.narrow(r); narrow {
		t = t.AnswersOnly()
	}
	key := reportKey{digest, round, t.May(access.Answer), t.May(access.ReadComments), t.May(access.ManageRounds)}
	body, ok := s.reports.get(key)
	if !ok {
		if body, err = s.renderReport(r, t, key); err != nil {
			return err
		}
		s.reports.put(key, body)
	}
	return sendReport(w, r, body)
}

// renderReport makes the page of a frozen report, compressed. It names nobody,
// so that it is the same for all who may read it.
func (s *Server) renderReport(r *http.Request, t *store.Trust, key reportKey) ([]byte, error) {
	report, version, err := reportIn(r, t, key.round)
	if err != nil {
		return nil, err
	}
	v := page.ReportView{Frame: s.frame(r), Report: report, Version: version, Path: roundPath(t, key.round), Digest: key.digest}
	v.Person = page.SomebodySignedIn
	if key.asked {
		v.Mine = v.Path + "/mine"
	}
	if key.comments {
		v.Comments = v.Path + "/comments"
	}
	if key.disclosure {
		v.Disclosure = v.Path + "/report/disclosure"
	}
	var plain, small bytes.Buffer
	if err := page.Report(v).Render(r.Context(), &plain); err != nil {
		return nil, fmt.Errorf("server: render report: %w", err)
	}
	z, err := gzip.NewWriterLevel(&small, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("server: compress report: %w", err)
	}
	_, _ = z.Write(plain.Bytes()) // a buffer does not fail
	_ = z.Close()
	return small.Bytes(), nil
}

// sendReport sends a compressed page, unpacked for a browser that needs it so.
func sendReport(w http.ResponseWriter, r *http.Request, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "Accept-Encoding")
	if takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
		return nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("server: unpack report: %w", err)
	}
	_, err = z.WriteTo(w)
	return err
}

// reportIn is the frozen report of a round and the questionnaire it is about.
func reportIn(r *http.Request, t *store.Trust, round uuid.UUID) (maturity.Report, *questionnaire.Version, error) {
	frozen, err := t.Report(r.Context(), round)
	if err != nil {
		return maturity.Report{}, nil, err
	}
	report, err := maturity.Thaw(frozen.Document)
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
