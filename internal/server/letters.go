package server

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/job"
	"octant/internal/mail"
	"octant/internal/store"
	"octant/web/page"
)

// showLetters is who got which letter in a round, for the lead.
func (s *Server) showLetters(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	return s.lettersPage(w, r, http.StatusOK, t, "")
}

func (s *Server) lettersPage(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, fault string) error {
	round, err := s.managed(r, t)
	if err != nil {
		return err
	}
	if round.State == assessment.Draft { // nobody is written to before it opens
		return see(w, r, roundPath(t, round.ID)+"/manage")
	}
	list, err := t.Letters(r.Context(), round.ID)
	if err != nil {
		return err
	}
	v := page.SentLettersView{Frame: s.frame(r), Round: round, Path: roundPath(t, round.ID), Waits: s.lettersWait, Error: fault}
	if r.URL.Query().Get("done") == "sent" {
		v.Notice = "The letter is on its way again."
	}
	for i := range list {
		v.Readers = append(v.Readers, letterReader(&list[i], round.State))
	}
	return s.render(w, r, status, page.SentLetters(v))
}

// letterReader is one line of the list.
func letterReader(c *store.Correspondent, state assessment.State) page.LetterReader {
	reader := page.LetterReader{ID: c.Person.String(), Name: c.Name}
	for _, l := range c.Letters {
		at := l.MadeAt
		if !l.DoneAt.IsZero() {
			at = l.DoneAt
		}
		reader.Letters = append(reader.Letters, page.LetterLine{Kind: l.Kind, State: string(l.State), Said: l.Said, At: at})
	}
	switch {
	case !c.Reachable:
		reader.Note = "Has no email address"
	case state == assessment.Open && c.OnPaper:
		reader.Note = "Answers on paper"
	case state == assessment.Open && c.Finished:
		reader.Note = "Has finished"
	case c.UnderWay():
		reader.Note = "A letter is on its way"
	}
	return reader
}

// whyNotSent says why a letter is not sent again.
var whyNotSent = []struct {
	err  error
	says string
}{
	{store.ErrNoAddress, "This person has no email address. Add one, or print a code letter"},
	{store.ErrUnderWay, "A letter to this person is already on its way"},
	{store.ErrFinished, "This person has finished, so there is nothing to send"},
	{store.ErrRevoked, "This person’s link was revoked. Make a new link first"},
	{assessment.ErrOnPaper, "This person answers on paper, so there is no link to send"},
}

// sendAgain writes to one person once more.
func (s *Server) sendAgain(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	round, f, err := s.managedForm(r, t)
	if err != nil {
		return err
	}
	person, err := uuid.Parse(f.get("person"))
	if err != nil {
		return s.lettersPage(w, r, http.StatusUnprocessableEntity, t, "Choose somebody from the list")
	}
	err = t.SendAgain(r.Context(), round.ID, person, s.now())
	for _, why := range whyNotSent {
		if errors.Is(err, why.err) {
			return s.lettersPage(w, r, http.StatusUnprocessableEntity, t, why.says)
		}
	}
	switch {
	case isClosed(err): // a draft
		return see(w, r, roundPath(t, round.ID)+"/manage")
	case err != nil:
		return err
	}
	return see(w, r, roundPath(t, round.ID)+"/letters?done=sent")
}

// waiting is every letter of the demonstration that waits, the newest first.
func (s *Server) waiting(r *http.Request) ([]mail.Letter, error) {
	outgoing, codes, err := s.db.WaitingLetters(r.Context(), s.now())
	if err != nil {
		return nil, err
	}
	var letters []mail.Letter
	for _, c := range codes {
		letters = append(letters, job.Code(c.ID, c.To, c.Code))
	}
	for _, o := range outgoing {
		letters = append(letters, job.Letter(o, s.origin))
	}
	return letters, nil
}

// waitingLetter is the letter of the address.
func (s *Server) waitingLetter(r *http.Request) (mail.Letter, mail.Written, error) {
	letters, err := s.waiting(r)
	if err != nil {
		return mail.Letter{}, mail.Written{}, err
	}
	at := slices.IndexFunc(letters, func(l mail.Letter) bool { return l.ID.String() == chi.URLParam(r, "letter") })
	if at < 0 {
		return mail.Letter{}, mail.Written{}, store.ErrNotFound
	}
	written, err := letters[at].Write()
	return letters[at], written, err
}

// showWaiting lists the demonstration's letters that wait in their queue.
func (s *Server) showWaiting(w http.ResponseWriter, r *http.Request) error {
	letters, err := s.waiting(r)
	if err != nil {
		return err
	}
	v := page.DemoLettersView{Frame: s.frame(r), Sent: !s.lettersWait}
	for _, l := range letters {
		written, err := l.Write()
		if err != nil {
			return err
		}
		v.Letters = append(v.Letters, page.DemoLetterView{Path: "/demo/letters/" + l.ID.String(), To: l.Name, Subject: written.Subject})
	}
	return s.render(w, r, http.StatusOK, page.DemoLetters(v))
}

// showWaitingLetter shows one of them in words.
func (s *Server) showWaitingLetter(w http.ResponseWriter, r *http.Request) error {
	l, written, err := s.waitingLetter(r)
	if err != nil {
		return err
	}
	v := page.DemoLetterView{
		Frame: s.frame(r), Path: "/demo/letters/" + l.ID.String(), To: l.Name, Address: l.Address, Subject: written.Subject,
	}
	for part := range strings.SplitSeq(written.Text, "\n\n") {
		p := page.LetterParagraph{Text: strings.TrimSpace(part)}
		if before, found := strings.CutSuffix(p.Text, "\n"+l.Link); found && l.Link != "" {
			p.Text, p.Link = before, l.Link
		}
		v.Paragraphs = append(v.Paragraphs, p)
	}
	return s.render(w, r, http.StatusOK, page.DemoLetter(v))
}

// letterCSP lets a letter have its own looks and nothing else.
const letterCSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// showWaitingHTML shows one of them as an email program would.
func (s *Server) showWaitingHTML(w http.ResponseWriter, r *http.Request) error {
	_, written, err := s.waitingLetter(r)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Security-Policy", letterCSP)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write([]byte(written.HTML)) // the person has gone if this fails
	return nil
}
