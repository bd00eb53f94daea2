package server

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// discreet keeps a page with a token in its address out of search engines, and
// the token out of the Referer header of whatever the page leads to. Where the
// page has a form its browser must still say where the form was sent from, which
// it does not under no-referrer: there only the path is withheld.
func discreet(w http.ResponseWriter, withForm bool) {
	policy := "no-referrer"
	if withForm {
		policy = "strict-origin"
	}
	w.Header().Set("Referrer-Policy", policy)
	w.Header().Set("X-Robots-Tag", "noindex, nofollow, noarchive")
}

// showInvitation is what a personal link opens. It changes nothing and sets no
// cookie, so that whatever looks at links in letters uses none up.
func (s *Server) showInvitation(w http.ResponseWriter, r *http.Request) error {
	discreet(w, true)
	in, err := s.db.EnterByLink(r.Context(), chi.URLParam(r, "token"))
	if errors.Is(err, store.ErrNotFound) {
		return s.showDeadLink(w, r)
	}
	if err != nil {
		return err
	}
	return s.invite(w, r, http.StatusOK, in)
}

// invite shows whose link it is and the button that signs in.
func (s *Server) invite(w http.ResponseWriter, r *http.Request, status int, in store.Invitation) error {
	discreet(w, true)
	version, err := questionnaire.Load(in.Round.Questionnaire)
	if err != nil {
		return err
	}
	v := page.InvitationView{
		Frame: s.frame(r), Invited: in.Name, Board: in.Trust.Name, Round: in.Round, Version: version, LastDay: in.LastDay,
		Action: r.URL.EscapedPath(), Known: s.signedIn(r) == in.Trust.Person,
	}
	if s.isAnother(r, in) {
		v.Other = visitOf(r).who
	}
	return s.render(w, r, status, page.Invitation(v))
}

// signedIn is who is signed in, or nobody.
func (s *Server) signedIn(r *http.Request) uuid.UUID {
	id, err := uuid.Parse(s.sessions.GetString(r.Context(), sessionPerson))
	if err != nil {
		return uuid.Nil
	}
	return id
}

// isAnother says that somebody else than the invited person is signed in.
func (s *Server) isAnother(r *http.Request, in store.Invitation) bool {
	who := s.signedIn(r)
	return who != uuid.Nil && who != in.Trust.Person
}

// showDeadLink is the one answer to every token that leads nowhere.
func (s *Server) showDeadLink(w http.ResponseWriter, r *http.Request) error {
	discreet(w, false)
	return s.render(w, r, http.StatusNotFound, page.DeadLink(page.DeadLinkView{Frame: s.frame(r)}))
}

// followInvitation signs in who has pressed the button of their personal link.
func (s *Server) followInvitation(w http.ResponseWriter, r *http.Request) error {
	discreet(w, false)
	in, err := s.db.EnterByLink(r.Context(), chi.URLParam(r, "token"))
	if errors.Is(err, store.ErrNotFound) {
		return s.showDeadLink(w, r)
	}
	if err != nil {
		return err
	}
	f, err := readForm(r)
	if err != nil {
		return err
	}
	if s.isAnother(r, in) && f.get("instead") != "yes" {
		return s.invite(w, r, http.StatusConflict, in)
	}
	return s.arriveBy(w, r, in, access.ByLink)
}

// arriveBy signs in who was invited and leads to the round. Whoever is signed in
// already with all of their rights keeps them.
func (s *Server) arriveBy(w http.ResponseWriter, r *http.Request, in store.Invitation, way access.Way) error {
	if _, narrow := s.narrow(r); narrow || s.signedIn(r) != in.Trust.Person {
		if err := s.signIn(r, arrival{in.Trust.Person, in.Name, way, in.Trust.ODS}); err != nil {
			return err
		}
	}
	return see(w, r, roundPath(in.Trust, in.Round.ID))
}

// How often the codes of letters may be tried. With 58 bits to guess, no limit
// is needed to keep anybody out; these keep the work small, and are so wide that
// a whole hospital behind one address does not meet them.
const (
	lettersOfBrowser = 30   // in ten minutes
	lettersOfTrust   = 2000 // an hour
	lettersOfNetwork = 1000 // an hour
)

// sessionLetter marks a browser that has tried the code of a letter, so that its
// tries are counted by it and not only by the network it is on.
const sessionLetter = "letter"

const saysNoSuchCode = "This code does not work. Check that you typed all of it, and that the round on your letter is open"

func letterField() nhsuk.Field {
	return nhsuk.Field{
		Name: "code", Label: "Type the code on your letter", Heading: 1, Size: nhsuk.Large,
		Hint:  "It looks like R9A-K7QM-4TXP-9RWD. Capitals, spaces and hyphens do not matter.",
		Width: 20, Autocomplete: "off", Code: true, Verbatim: true,
	}
}

// showLetterSignIn asks for the code of a printed letter.
func (s *Server) showLetterSignIn(w http.ResponseWriter, r *http.Request) error {
	return s.render(w, r, http.StatusOK, page.LetterSignIn(page.LetterSignInView{Frame: s.frame(r), Code: letterField()}))
}

// signInByLetter signs in who has typed the code of their letter.
func (s *Server) signInByLetter(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	typed := f.get("code")
	if strings.TrimSpace(typed) == "" || f.sound() != nil {
		return s.refuseLetter(w, r, typed, "Enter the code on your letter")
	}
	if err := s.countLetter(r, typed); err != nil {
		return err
	}
	in, err := s.db.EnterByCode(r.Context(), typed)
	if errors.Is(err, store.ErrNotFound) {
		s.sessions.Put(r.Context(), sessionLetter, "tried")
		return s.refuseLetter(w, r, typed, saysNoSuchCode)
	}
	if err != nil {
		return err
	}
	return s.arriveBy(w, r, in, access.ByLetter)
}

// countLetter counts one try of a letter's code.
func (s *Server) countLetter(r *http.Request, typed string) error {
	ctx := r.Context()
	limits := []store.Limit{
		{What: "letter of trust", Who: access.TrustOf(access.ReadLetterCode(typed)[1]), Most: lettersOfTrust, Window: time.Hour},
		{What: "letter from network", Who: s.network(r), Most: lettersOfNetwork, Window: time.Hour},
	}
	if token := s.sessions.Token(ctx); token != "" {
		limits = append(limits, store.Limit{What: "letter in session", Who: token, Most: lettersOfBrowser, Window: 10 * time.Minute})
	}
	wait, err := s.db.Count(ctx, s.now(), limits...)
	if err == nil && wait > 0 {
		return limitError{wait}
	}
	return err
}

func (s *Server) refuseLetter(w http.ResponseWriter, r *http.Request, typed, says string) error {
	v := page.LetterSignInView{Frame: s.frame(r), Code: letterField()}
	v.Code.Value, v.Code.Error = typed, says
	return s.render(w, r, http.StatusUnprocessableEntity, page.LetterSignIn(v))
}

// errOnPaper is what somebody is told who is down to answer on paper.
var errOnPaper = refusal{
	http.StatusConflict, "You are down to answer on paper",
	"If you would rather answer here, ask the person who leads the assessment at your trust.",
}

// noMoreLetters says in words that a closed round has no letters and no links.
func noMoreLetters(err error) error {
	if errors.Is(err, assessment.ErrNotOpen) {
		return refusal{http.StatusConflict, "This round has closed", "Nobody can answer in it any more, so there are no links, letters or sheets."}
	}
	return err
}
