package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sort"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/store"
	"octant/web/page"
)

// refusal is an error that is the sender's to mend, with the words that say how.
type refusal struct {
	status int
	title  string
	says   string
}

func (e refusal) Error() string { return "server: refused: " + e.title }

// errNarrow means that a personal link does not lead there.
var errNarrow = refusal{
	http.StatusForbidden, "Your personal link does not lead here",
	"It lets you answer for one trust. For anything else, sign in with your email address.",
}

// errSignedOut means that the address needs somebody who is signed in.
var errSignedOut = errors.New("server: not signed in")

// limitError refuses what was tried too often, and says when it can be tried again.
type limitError struct{ wait time.Duration }

func (e limitError) Error() string { return "server: tried too often" }

// says is how long to wait, in words.
func (e limitError) says() string {
	switch minutes := int((e.wait + time.Minute - 1) / time.Minute); {
	case minutes <= 1:
		return "a minute"
	case minutes <= 90:
		return strconv.Itoa(minutes) + " minutes"
	default:
		return strconv.Itoa((minutes+59)/60) + " hours"
	}
}

// problem is how one error is told to a person.
type problem struct {
	status    int
	title     string
	says      []string
	ways      []page.Link
	reference string
	again     bool // what was typed can be sent again as it is
	noted     bool // logged with a reference, though it is no fault of ours
	signIn    bool // signing in elsewhere comes first
}

// fail is the one place where an error becomes an answer. It logs what is ours
// to mend, once, with a reference that the person is shown too; the error's own
// text goes to the log and never to the page.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	if errors.Is(r.Context().Err(), context.Canceled) && errors.Is(err, context.Canceled) {
		return // the person has gone; there is nobody to tell
	}
	r = r.WithContext(context.WithoutCancel(r.Context())) // the time of the request may be over, that of its answer not
	p := explain(err)
	if p.again && r.Method != http.MethodPost {
		p.says = p.says[:1]
		p.says = append(p.says, "Wait a moment, then load this page again.")
	}
	if p.status == http.StatusNotFound && r.Method == http.MethodPost {
		p.title, p.says = "This is not there any more", []string{"Somebody may have removed it meanwhile, or you may no longer be a member of its trust."}
	}
	if p.status >= http.StatusInternalServerError || p.noted {
		p.reference = strings.ToUpper(uuid.NewString()[:8])
		level, says := slog.LevelError, "request failed"
		if p.status < http.StatusInternalServerError {
			level, says = slog.LevelInfo, "request refused"
		}
		s.log.Log(r.Context(), level, says, "reference", p.reference, "method", r.Method,
			"route", routeOf(r), "status", p.status, "error", err)
	}
	w.Header().Set("Cache-Control", "no-store")
	if p.status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	var often limitError
	if errors.As(err, &often) {
		w.Header().Set("Retry-After", strconv.Itoa(int((often.wait+time.Second-1)/time.Second)))
	}
	if wantsJSON(r) {
		writeJSON(w, p.status, problemJSON{Message: strings.Join(append([]string{p.title + "."}, p.says...), " "), Reference: p.reference})
		return
	}
	view := page.ProblemView{Frame: s.frame(r), Status: p.status, Title: p.title, Says: p.says, Ways: p.ways, SignIn: p.signIn, Reference: p.reference}
	if p.again && r.Method == http.MethodPost {
		view.Action, view.Again = r.URL.Path, typed(r)
	} else if r.Method == http.MethodPost {
		view.Words = prose(typed(r))
	}
	if err := s.render(w, r, p.status, page.Problem(view)); err != nil {
		s.log.ErrorContext(r.Context(), "problem page failed", "reference", p.reference, "error", err)
	}
}

// explain says what an error means to a person.
func explain(err error) problem {
	home := []page.Link{{Href: "/", Text: "Go to your home page"}}
	signIn := page.Link{Href: "/sign-in", Text: "Sign in with your email address"}
	var refused refusal
	var often limitError
	var returned returnError
	var down providerError
	switch {
	case errors.Is(err, store.ErrNotFound):
		return problem{status: http.StatusNotFound, title: "Page not found", ways: home, says: []string{
			"If you typed the address, check it is correct.",
			"If you followed a link, the page may have moved, or it may belong to a trust you are not a member of.",
		}}
	case errors.Is(err, access.ErrDenied):
		return problem{status: http.StatusForbidden, title: "You cannot see this page", ways: home, says: []string{
			"Your role in this trust does not include it.",
			"If you think it should, ask the person who leads the assessment at your trust.",
		}}
	case errors.Is(err, errNarrow):
		return problem{status: errNarrow.status, title: errNarrow.title, says: []string{errNarrow.says}, ways: append([]page.Link{signIn}, home...)}
	case errors.As(err, &often):
		return problem{status: http.StatusTooManyRequests, title: "This was tried too often", ways: home, says: []string{
			"Wait " + often.says() + ", then try again. A code or a link that you have already may still work.",
			"The limit is there so that nobody can guess their way in. Nobody is locked out for good.",
		}}
	case errors.As(err, &returned):
		return problem{status: http.StatusForbidden, title: "We could not sign you in", ways: []page.Link{signIn}, noted: true, says: saysNotSignedIn}
	case errors.As(err, &down):
		return problem{status: http.StatusServiceUnavailable, title: "Your trust’s sign-in cannot be reached just now", ways: []page.Link{signIn}, says: saysDown}
	case errors.As(err, &refused):
		return problem{status: refused.status, title: refused.title, says: []string{refused.says}, ways: home}
	case errors.Is(err, assessment.ErrOnPaper):
		return problem{status: errOnPaper.status, title: errOnPaper.title, says: []string{errOnPaper.says}, ways: home}
	case errors.Is(err, errSignedOut):
		return problem{
			status: http.StatusUnauthorized, title: "You are signed out", again: true,
			signIn: true, says: []string{
				"Answers already saved are safe. What you have just sent is not saved yet.",
				"Sign in again in another tab, then come back to this page and send it again.",
			},
		}
	case errors.Is(err, store.ErrUnavailable), errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return problem{status: http.StatusServiceUnavailable, title: "The service cannot be reached just now", again: true, ways: home, says: []string{
			"Answers already saved are safe.",
			"What you have just sent has not been saved yet. Wait a moment, then send it again from this page.",
		}}
	}
	return problem{status: http.StatusInternalServerError, title: "Something went wrong", again: true, ways: home, says: []string{
		"The fault is ours. Answers already saved are safe.",
		"Try again later. If it happens again, tell the person who leads the assessment the reference below.",
	}}
}

// typed is what a failed form held, so that the page can offer it again.
func typed(r *http.Request) []page.Typed {
	visit := visitOf(r)
	if !visit.read {
		if _, err := readForm(r, "person"); err != nil {
			return nil // nothing that could be read, so nothing to give back
		}
	}
	f := visit.form
	labels := map[string]string{"comment": "Your comment", "evidence": "Your evidence", "title": "Title of the round"}
	var out []page.Typed
	for name, values := range f.values {
		for _, v := range values {
			out = append(out, page.Typed{Name: name, Label: labels[name], Value: v})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Name < out[j].Name })
	return out
}

// prose is what somebody wrote in their own words among what a form held: it has a
// space in it, as no choice, number or code has.
func prose(all []page.Typed) (words []string) {
	for _, t := range all {
		if text := strings.TrimSpace(t.Value); strings.ContainsFunc(text, unicode.IsSpace) {
			words = append(words, text)
		}
	}
	return words
}

// problemJSON is what a script is told in place of a page.
type problemJSON struct {
	Message   string `json:"message"`
	Reference string `json:"reference,omitempty"`
	Page      string `json:"page,omitempty"` // where a person can mend it
}

func wantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the person has gone if this fails
}

// unavailable marks a failure of the session store as the database's: sessions
// lie in nothing else.
func unavailable(err error) error {
	return fmt.Errorf("server: session: %w: %w", store.ErrUnavailable, err)
}
