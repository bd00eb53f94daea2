package server

import (
	"errors"
	"net/http"

	"github.com/go-chi/chi/v5"

	"octant/internal/access"
	"octant/internal/store"
	"octant/web/page"
)

// documents are the trust's two documents about personal data, made from the
// settings as they are now.
func (s *Server) documents(r *http.Request, t *store.Trust) ([]page.Document, error) {
	if !t.May(access.ReadAudit) {
		return nil, access.ErrDenied
	}
	provider, err := t.Provider(r.Context())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	settings := page.DataSettings{
		Trust: t.Name, Origin: s.origin, Letters: !s.lettersWait, Provider: provider.Issuer, Embedded: s.embedded, Made: s.now(),
	}
	return []page.Document{page.ImpactAssessment(settings), page.ProcessingRecord(settings)}, nil
}

func dataProtectionPath(t *store.Trust) string { return "/trusts/" + t.ODS + "/data-protection" }

// showDataProtection leads to the documents.
func (s *Server) showDataProtection(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	documents, err := s.documents(r, t)
	if err != nil {
		return err
	}
	v := page.DataProtectionView{Frame: s.frame(r), Path: dataProtectionPath(t), Documents: documents}
	return s.render(w, r, http.StatusOK, page.DataProtection(v))
}

// document is the one that the address names.
func (s *Server) document(r *http.Request, t *store.Trust) (page.Document, error) {
	documents, err := s.documents(r, t)
	if err != nil {
		return page.Document{}, err
	}
	for _, d := range documents {
		if d.Name == chi.URLParam(r, "document") {
			return d, nil
		}
	}
	return page.Document{}, store.ErrNotFound
}

// showDocument is one document as a page, to read or print.
func (s *Server) showDocument(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	d, err := s.document(r, t)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.DataDocument(page.DocumentView{Frame: s.frame(r), Document: d, Path: dataProtectionPath(t)}))
}

// downloadDocument is one document as a file, to be worked on elsewhere.
func (s *Server) downloadDocument(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	d, err := s.document(r, t)
	if err != nil {
		return err
	}
	attach(w, "text/markdown; charset=utf-8", fileName("data-protection-"+d.Name, t.ODS, "md"))
	_, _ = w.Write([]byte(d.Markdown())) // the person has gone if this fails
	return nil
}
