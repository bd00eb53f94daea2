package server

import (
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/register"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// registerAdminRoutes is what administrators do with the register.
func (s *Server) registerAdminRoutes(r chi.Router) {
	r.Get("/", s.administrator(s.showRegisterAdmin))
	r.Post("/", s.administrator(s.sendRegister))
	r.Get("/{upload}", s.administrator(s.showStaged))
	r.Post("/{upload}", s.administrator(s.applyStaged))
	r.Get("/organisations/{code}", s.administrator(s.editOrganisation))
	r.Post("/organisations/{code}/types", s.administrator(s.setType))
	r.Post("/organisations/{code}/successions", s.administrator(s.makeSuccession))
	r.Post("/organisations/{code}/successions/end", s.administrator(s.endSuccession))
}

// sentRegister is the form that takes the files.
type sentRegister struct {
	form  form
	files map[string]sentFile // by field
}

type sentFile struct {
	name string
	body []byte
}

// What the form with files is refused for.
var (
	errRegisterCut   = refusal{http.StatusBadRequest, "What you sent could not be read", "Nothing has changed. Go back and send the files again."}
	errRegisterLarge = refusal{http.StatusRequestEntityTooLarge, "A file is too large", "Nothing has changed. Each file can have up to 8 MB. Check that you chose the right one."}
)

// readRegister reads two files and the fields beside them.
func readRegister(r *http.Request) (sent sentRegister, err error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return sent, refusal{http.StatusUnsupportedMediaType, "This address takes only files", "Go back and send the files from their own page."}
	}
	r.Body = io.NopCloser(io.LimitReader(r.Body, 2*register.MaxFile+64<<10))
	parts, err := r.MultipartReader()
	if err != nil {
		return sent, errRegisterCut
	}
	sent.files = map[string]sentFile{}
	values := url.Values{}
	for range 10 {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			sent.form = decodeForm(values.Encode())
			return sent, nil
		}
		if err != nil {
			return sent, errRegisterCut
		}
		body, err := io.ReadAll(io.LimitReader(part, register.MaxFile+1))
		switch name := part.FormName(); {
		case len(body) > register.MaxFile:
			return sent, errRegisterLarge
		case err != nil:
			return sent, errRegisterCut
		case part.FileName() != "":
			sent.files[name] = sentFile{baseName(part.FileName()), body}
		case name == "trusts" || name == "successors": // no file was chosen
		case len(body) > maxForm:
			return sent, errRegisterCut
		default:
			values.Add(name, string(body))
		}
	}
	return sent, errRegisterCut
}

// baseName is the last part of a name, however the sender's system writes it.
func baseName(name string) string {
	name = path.Base(strings.ReplaceAll(cleanText(name), `\`, "/"))
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, name)
}

func (s *Server) showRegisterAdmin(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	return s.askForRegister(w, r, http.StatusOK, admin, registerFields())
}

// registerFields is the empty form that takes the files.
func registerFields() page.RegisterAdminView {
	csv := templ.Attributes{"accept": ".csv,text/csv,text/plain"}
	return page.RegisterAdminView{
		Trusts: nhsuk.Field{Name: "trusts", Label: "File of trusts", Hint: "etr.csv, up to 8 MB", Type: "file", Attributes: csv},
		Follow: nhsuk.Field{Name: "successors", Label: "File of successors (optional)", Hint: "succ.csv, up to 8 MB", Type: "file", Attributes: csv},
		AsAt: nhsuk.DateField{
			Name: "as-at", Label: "Day on which the file of trusts was published (optional)", Size: nhsuk.Small,
			Hint: "For example, 8 7 2026. If you leave this empty, Octant takes the first day on which all that the file says already holds",
		},
	}
}

func (s *Server) askForRegister(w http.ResponseWriter, r *http.Request, status int, admin access.Person, v page.RegisterAdminView) error {
	imports, err := s.db.Imports(r.Context(), admin)
	if err != nil {
		return err
	}
	v.Frame, v.Notice = s.frame(r), s.said(r)
	for _, i := range imports {
		v.Imports = append(v.Imports, page.ImportRow{File: i.FileName, AsAt: page.Day(i.AsAt), Applied: page.Day(i.AppliedAt), By: i.AppliedBy, Says: i.Summary.Words()})
	}
	return s.render(w, r, status, page.RegisterAdmin(v))
}

// sendRegister takes files and leads to what they would change.
func (s *Server) sendRegister(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	sent, err := readRegister(r)
	if err != nil {
		return err
	}
	v := registerFields()
	u := store.Upload{FileName: sent.files["trusts"].name, File: sent.files["trusts"].body}
	if f, is := sent.files["successors"]; is {
		u.SuccessorsName, u.Successors = f.name, f.body
	}
	if sent.form.get("as-at-day")+sent.form.get("as-at-month")+sent.form.get("as-at-year") != "" {
		u.AsAt = readDateSince(sent.form, &v.AsAt, "as-at", 1990)
	}
	if u.FileName == "" {
		v.Trusts.Error = "Choose the file of trusts"
	}
	var id uuid.UUID
	if v.Trusts.Error+v.AsAt.Error == "" && sent.form.sound() == nil {
		id, err = s.db.KeepUpload(r.Context(), admin, u, s.now())
	}
	switch {
	case errors.Is(err, register.ErrNoTrust):
		v.Trusts.Error = "No line of this file is a trust’s. Choose a file of trusts, such as etr.csv"
	case errors.Is(err, register.ErrNoSuccessor):
		v.Follow.Error = "No line of this file names a successor. Choose a file of successors, such as succ.csv"
	case errors.Is(err, register.ErrFuture):
		v.AsAt.Error = "The day must not be in the future"
	case err != nil:
		return err
	}
	if v.Trusts.Error+v.Follow.Error+v.AsAt.Error != "" || sent.form.sound() != nil {
		return s.askForRegister(w, r, http.StatusUnprocessableEntity, admin, v)
	}
	return see(w, r, "/admin/register/"+id.String())
}

// uploadID reads which files from the address.
func uploadID(r *http.Request) (uuid.UUID, error) {
	id, err := uuid.Parse(chi.URLParam(r, "upload"))
	if err != nil {
		return id, store.ErrNotFound
	}
	return id, nil
}

func (s *Server) showStaged(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	id, err := uploadID(r)
	if err != nil {
		return err
	}
	return s.renderStaged(w, r, http.StatusOK, admin, id)
}

func (s *Server) renderStaged(w http.ResponseWriter, r *http.Request, status int, admin access.Person, id uuid.UUID) error {
	staged, err := s.db.StagedImport(r.Context(), admin, id, s.now())
	if err != nil {
		return err
	}
	v := page.StagedView{
		Frame: s.frame(r), Path: "/admin/register/" + id.String(), File: staged.FileName, Follows: staged.SuccessorsName,
		AsAt: page.Day(staged.AsAt), Digest: hex.EncodeToString(staged.Digest[:]), Changed: status != http.StatusOK, Empty: staged.Empty(),
		Sections: sectionsOf(staged.Plan),
	}
	if !staged.Before.IsZero() {
		v.Before = page.Day(staged.Before)
	}
	for _, x := range staged.Refused {
		v.Refused = append(v.Refused, x.String())
	}
	return s.render(w, r, status, page.Staged(v))
}

// applyStaged applies exactly what was shown, or shows what would change now. Or
// it throws the files away.
func (s *Server) applyStaged(w http.ResponseWriter, r *http.Request, admin access.Person) error {
	id, err := uploadID(r)
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	if f.get("do") == "drop" {
		if err := s.db.DropUpload(r.Context(), admin, id); err != nil {
			return err
		}
		s.say(r, "The files were not applied.")
		return see(w, r, "/admin/register")
	}
	var shown [32]byte
	digest, err := hex.DecodeString(f.get("digest"))
	if err != nil || len(digest) != len(shown) || f.get("do") != "apply" {
		return s.renderStaged(w, r, http.StatusUnprocessableEntity, admin, id)
	}
	copy(shown[:], digest)
	plan, err := s.db.ApplyUpload(r.Context(), admin, id, shown, s.now())
	if errors.Is(err, store.ErrRegisterChanged) {
		return s.renderStaged(w, r, http.StatusConflict, admin, id)
	}
	if err != nil {
		return err
	}
	s.say(r, "Applied: "+store.SummaryOf(plan.Plan).Words()+".")
	return see(w, r, "/admin/register")
}

// tooLong says whether a text has more characters than it may.
func tooLong(text string, most int) bool { return utf8.RuneCountInString(text) > most }
