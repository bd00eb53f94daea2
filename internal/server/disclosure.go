package server

import (
	"net/http"

	"octant/internal/store"
	"octant/web/page"
)

// showDisclosure is a report as it would look if it were released to anybody
// who asks.
func (s *Server) showDisclosure(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, err := roundID(r)
	if err != nil {
		return err
	}
	frozen, err := t.Disclose(r.Context(), round, s.now())
	if err != nil {
		return err
	}
	report, version, err := thaw(frozen.Document)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Disclosure(page.DisclosureView{
		Made: s.now(),
		ReportView: page.ReportView{
			Frame: s.frame(r), Report: report.Released(), Version: version,
			Path: roundPath(t, round), Digest: frozen.Digest, Released: true,
		},
	}))
}
