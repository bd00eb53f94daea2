package server

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
)

// How large a form may be, and how much of one that is too large is still read
// so that the person gets their words back.
const (
	maxForm  = 64 << 10
	keepForm = 512 << 10
)

// form is what was posted, every value already known to be single, valid UTF-8
// and free of NUL. What is wrong is kept beside it, so that a page can show the
// words again with the fault named.
type form struct {
	values url.Values
	faults []fieldFault
	large  bool // over maxForm: nothing of it may be kept, only shown again
}

// fieldFault is one posted field that cannot be taken.
type fieldFault struct {
	Field string
	Says  string
}

// readForm reads what was posted, once a request, and keeps it with the visit so
// that an error page can give it back. many names the fields that may come
// several times.
func readForm(r *http.Request, many ...string) (form, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return form{}, refusal{http.StatusUnsupportedMediaType, "This address takes only forms", "Go back and send the form from its own page."}
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, keepForm+1))
	if err != nil {
		return form{}, fmt.Errorf("server: read form: %w", err)
	}
	if len(body) > keepForm {
		return form{}, refusal{http.StatusRequestEntityTooLarge, "What you sent is too large", "Go back and shorten the text. Nothing that was saved before has changed."}
	}
	f := decodeForm(string(body), many...)
	f.large = len(body) > maxForm
	visit := visitOf(r)
	visit.form, visit.read = f, true
	return f, nil
}

// decodeForm reads a form's body. It never fails: whatever cannot be taken is a
// fault with its field named.
func decodeForm(body string, many ...string) form {
	values, err := url.ParseQuery(body)
	f := form{values: make(url.Values, len(values))}
	if err != nil {
		f.faults = append(f.faults, fieldFault{"", "Part of the form could not be read. Check what is below and send it again."})
	}
	for name, vs := range values {
		if cleanText(name) != name {
			f.faults = append(f.faults, fieldFault{"", "Part of the form could not be read. Check what is below and send it again."})
			continue
		}
		if len(vs) > 1 && !slices.Contains(many, name) {
			f.faults = append(f.faults, fieldFault{name, "This was sent twice. Check it and send it again."})
		}
		for _, v := range vs {
			clean := cleanText(v)
			if clean != strings.ReplaceAll(v, "\r\n", "\n") {
				f.faults = append(f.faults, fieldFault{name, "This has characters that cannot be kept. They have been taken out: check it and send it again."})
			}
			f.values[name] = append(f.values[name], clean)
		}
	}
	return f
}

// cleanText makes line ends single and drops what Postgres cannot hold.
func cleanText(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "")
	}
	return strings.ReplaceAll(s, "\x00", "")
}

// get is the first value of a field.
func (f form) get(name string) string { return f.values.Get(name) }

// all is every value of a field that may come several times.
func (f form) all(name string) []string { return f.values[name] }

// ids reads a field that may come several times, each id once and never nil; ok is
// false where one of them is none, or the form is not sound.
func (f form) ids(name string) (ids []uuid.UUID, ok bool) {
	ids, seen := []uuid.UUID{}, make(map[uuid.UUID]bool)
	for _, v := range f.all(name) {
		id, _ := uuid.Parse(v) // what is none stays uuid.Nil
		if id == uuid.Nil {
			return ids, false
		}
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, f.sound() == nil
}

// fault is what is wrong with a field, "" for nothing.
func (f form) fault(name string) string {
	for _, x := range f.faults {
		if x.Field == name {
			return x.Says
		}
	}
	return ""
}

// sound says that nothing is wrong with the form as a form.
func (f form) sound() error {
	if f.large {
		return errLarge
	}
	if len(f.faults) > 0 {
		return errFaults
	}
	return nil
}

// What a form can be refused for as a whole.
var (
	errLarge  = errors.New("server: form over 64 KiB")
	errFaults = errors.New("server: form has faults")
)
