package server

import (
	"encoding/csv"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/audit"
	"octant/internal/store"
	"octant/web/chart"
	"octant/web/nhsuk"
	"octant/web/page"
)

// showAudit is a page of the trust's record.
func (s *Server) showAudit(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	q, kind := auditQuery(r)
	found, err := t.Audit(r.Context(), q)
	if err != nil {
		return err
	}
	return s.renderAudit(w, r, page.AuditView{Path: "/trusts/" + t.ODS + "/audit", Chain: t.ODS, Kind: kindField(kind, audit.Kinds())}, found, kind)
}

// showPlatformAudit is a page of what was done for no single trust.
func (s *Server) showPlatformAudit(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	q, kind := auditQuery(r)
	found, err := s.db.PlatformAudit(r.Context(), admin, q)
	if err != nil {
		return err
	}
	v := page.AuditView{Path: "/admin/audit", Platform: true, Chain: audit.Name(audit.Platform), Kind: kindField(kind, audit.PlatformKinds())}
	return s.renderAudit(w, r, v, found, kind)
}

// auditQuery reads which entries the address asks for.
func auditQuery(r *http.Request) (store.AuditQuery, audit.Kind) {
	asked := r.URL.Query()
	q := store.AuditQuery{Before: number(asked.Get("before")), After: number(asked.Get("after"))}
	if q.Before > 0 {
		q.After = 0
	}
	kind := audit.Kind(asked.Get("kind"))
	if q.Deeds = kind.Deeds(); len(q.Deeds) == 0 {
		kind = ""
	}
	return q, kind
}

func (s *Server) renderAudit(w http.ResponseWriter, r *http.Request, v page.AuditView, found store.AuditPage, kind audit.Kind) error {
	v.Frame, v.Seq, v.Head = s.frame(r), found.Seq, hex.EncodeToString(found.Head[:])
	for _, e := range found.Entries {
		v.Entries = append(v.Entries, page.AuditRow{Seq: e.Seq, At: e.At, Says: e.Tell(e.Names), Holds: e.Holds})
	}
	if n := len(v.Entries); n > 0 && found.Older {
		v.Older = auditPath(v.Path, kind, "before", v.Entries[n-1].Seq)
	}
	if len(v.Entries) > 0 && found.Newer {
		v.Newer = auditPath(v.Path, kind, "after", v.Entries[0].Seq)
	}
	return s.render(w, r, http.StatusOK, page.Audit(v))
}

// number is a whole number of an address, zero for anything else.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func auditPath(path string, kind audit.Kind, side string, seq int64) string {
	q := url.Values{side: {strconv.FormatInt(seq, 10)}}
	if kind != "" {
		q.Set("kind", string(kind))
	}
	return path + "?" + q.Encode()
}

// kindField offers the kinds of entries, the chosen one among them.
func kindField(chosen audit.Kind, kinds []audit.Kind) nhsuk.Field {
	f := nhsuk.Field{Name: "kind", Label: "Which entries", Value: string(chosen), Options: []nhsuk.Option{{Text: "All entries"}}}
	for _, k := range kinds {
		f.Options = append(f.Options, nhsuk.Option{Value: string(k), Text: k.String()})
	}
	return f
}

// auditHead is the first row of the exported record.
var auditHead = []string{
	"entry", "when (UK)", "what", "at (UTC)", "who", "deed", "person", "round", "detail", "who id", "person id", "round id", "digest",
}

// exportAudit is the trust's whole record as a file.
func (s *Server) exportAudit(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	if !t.May(access.ReadAudit) {
		return access.ErrDenied
	}
	return s.sendAudit(w, r, t.ODS, func(give func([]store.AuditEntry) error) error {
		return t.ExportAudit(r.Context(), s.now(), give)
	})
}

// exportPlatformAudit is the same of what was done for no single trust.
func (s *Server) exportPlatformAudit(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	return s.sendAudit(w, r, audit.Name(audit.Platform), func(give func([]store.AuditEntry) error) error {
		return s.db.ExportPlatformAudit(r.Context(), admin, s.now(), give)
	})
}

// sendAudit sends a record part by part, so that a long one needs no more memory
// than a short one.
func (s *Server) sendAudit(w http.ResponseWriter, r *http.Request, name string, export func(give func([]store.AuditEntry) error) error) error {
	attach(w, "text/csv; charset=utf-8", fileName("record", name, "csv"))
	if r.Method == http.MethodHead {
		return nil // only asked whether it is there: nothing leaves
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	begun := false
	err := export(func(part []store.AuditEntry) error {
		if !begun {
			begun = true
			_ = out.Write(auditHead) // what cannot be written shows when it is flushed
		}
		for _, e := range part {
			_ = out.Write(auditLine(e))
		}
		out.Flush()
		return out.Error()
	})
	if err != nil && begun {
		s.log.ErrorContext(r.Context(), "export broke off", "route", routeOf(r), "error", err)
		panic(http.ErrAbortHandler) // the browser sees that the file is not whole
	}
	if err != nil {
		w.Header().Del("Content-Disposition")
	}
	return err
}

// auditLine is an entry as one row, with all that its digest covers.
func auditLine(e store.AuditEntry) []string {
	line := []string{
		strconv.FormatInt(e.Seq, 10), page.Day(e.At) + " " + page.Clock(e.At), e.Tell(e.Names), e.At.Format(time.RFC3339Nano),
		e.Who(e.Names), string(e.Deed), e.Names.Person, e.Names.Round, e.Detail,
		idText(e.Actor), idText(e.Person), idText(e.Round), hex.EncodeToString(e.Digest[:]),
	}
	for i := range line {
		line[i] = chart.Harmless(line[i])
	}
	return line
}

// idText is an id as text, "" for none.
func idText(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

// exported records that a report was taken away. Whoever asks only whether it is
// there takes nothing.
func (s *Server) exported(r *http.Request, t *store.Trust, round uuid.UUID, form string) error {
	if r.Method == http.MethodHead {
		return nil
	}
	return t.ReportExported(r.Context(), round, form, s.now())
}
