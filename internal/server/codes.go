package server

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// What the page of a code says of one that does not fit, whatever the reason.
const (
	saysSixDigits = "Enter the 6 digits of your code"
	saysWrongCode = "This code is not right, or it no longer works. Check the newest email, or ask for a new code"
)

// How often codes may be tried, besides the five tries that each has.
const (
	triesOfAddress = 40   // a day
	triesOfNetwork = 1000 // an hour
)

// asked is the code that this browser has asked for.
func (s *Server) codeAsked(r *http.Request) (id uuid.UUID, email, to string, ok bool) {
	ctx := r.Context()
	id, err := uuid.Parse(s.sessions.GetString(ctx, sessionCode))
	return id, s.sessions.GetString(ctx, sessionEmail), localPath(s.sessions.GetString(ctx, sessionTo)), err == nil
}

// showCode asks for the code. It says the same whether or not one was sent.
func (s *Server) showCode(w http.ResponseWriter, r *http.Request) error {
	_, email, to, ok := s.codeAsked(r)
	if !ok {
		return see(w, r, "/sign-in")
	}
	v, err := s.codeView(r, email, to)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Code(v))
}

func (s *Server) codeView(r *http.Request, email, to string) (page.CodeView, error) {
	provider, err := s.providerFor(r.Context(), email)
	return page.CodeView{
		Frame: s.frame(r), Email: email, To: to, Provider: provider, Minutes: int(store.CodeLife.Minutes()),
		Code: nhsuk.Field{
			Name: "code", Label: "Code", Hint: "It has 6 digits. You can paste it.",
			InputMode: "numeric", Autocomplete: "one-time-code", Width: 10, Code: true, Verbatim: true,
		},
	}, err
}

// tryCode signs in who has the code, in the browser that asked for it.
func (s *Server) tryCode(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	id, email, to, ok := s.codeAsked(r)
	if !ok {
		return see(w, r, "/sign-in")
	}
	code := digitsOf(f.get("code"))
	if len(code) != 6 || f.sound() != nil {
		return s.refuseCode(w, r, f.get("code"), saysSixDigits)
	}
	ctx, now := r.Context(), s.now()
	wait, err := s.db.Count(ctx, now,
		store.Limit{What: "try code", Who: email, Most: triesOfAddress, Window: 24 * time.Hour},
		store.Limit{What: "try code from network", Who: s.network(r), Most: triesOfNetwork, Window: time.Hour})
	if err != nil {
		return err
	}
	if wait > 0 {
		return limitError{wait}
	}
	person, err := s.db.TryCode(ctx, id, code, now)
	if errors.Is(err, store.ErrNotFound) {
		return s.refuseCode(w, r, f.get("code"), saysWrongCode)
	}
	if err != nil {
		return err
	}
	if err := s.signIn(r, arrival{person.ID, person.Name, access.ByCode, ""}); err != nil {
		return err
	}
	return see(w, r, to)
}

// refuseCode shows the page again with what was typed and what is wrong with it.
func (s *Server) refuseCode(w http.ResponseWriter, r *http.Request, typed, says string) error {
	_, email, to, _ := s.codeAsked(r)
	v, err := s.codeView(r, email, to)
	if err != nil {
		return err
	}
	v.Code.Value, v.Code.Error = typed, says
	return s.render(w, r, http.StatusUnprocessableEntity, page.Code(v))
}

// digitsOf is what is left of a code that was typed or pasted with spaces, dashes
// or the words around it.
func digitsOf(typed string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' {
			return c
		}
		return -1
	}, typed)
}
