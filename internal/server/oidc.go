package server

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-chi/chi/v5"
	"golang.org/x/oauth2"

	"octant/internal/access"
	"octant/internal/store"
	"octant/web/page"
)

// Where people sign in by an identity provider. The callback is what a provider
// is told to send them back to.
const (
	providerPath     = "/sign-in/oidc/"
	providerCallback = "/sign-in/oidc/callback"
	programsProvider = "octant" // in place of a trust, for the program's own provider
)

// A sign-in by a provider has to come to its end in this time.
const providerTime = 10 * time.Minute

// How often a sign-in by a provider may be started. A hospital's people share one
// network address.
const (
	startsOfSession = 30   // an hour
	startsOfNetwork = 1000 // an hour
)

// sessionProvider is where a session keeps a [departure].
const sessionProvider = "provider"

// departure is somebody who was sent to a provider and has not come back yet.
// It never leaves this server, but for the state, the nonce and the verifier's
// digest.
type departure struct {
	State, Nonce, Verifier string
	ODS                    string // whose provider, or programsProvider
	Issuer, ClientID       string // what it was then
	At                     time.Time
}

// returnError is somebody who came back from a provider and is not signed in by
// it. The reason is for the log alone, and says nothing of who it is: to them,
// all reasons look the same.
type returnError struct{ reason string }

func (e returnError) Error() string { return "server: not signed in by provider: " + e.reason }

// What somebody is told whom a provider did not sign in. It is the same whatever
// the reason, so that nobody learns from it who has an account.
var (
	saysNotSignedIn = []string{
		"Your trust’s sign-in sent you back, but without what we need to let you in.",
		"This happens if it took longer than 10 minutes or was done in another window, or if your trust knows you here by another email address than your sign-in does.",
		"Sign in with your email address instead. If that does not help, tell the person who leads the assessment at your trust the reference below.",
	}
	saysDown = []string{
		"We could not speak to your trust’s sign-in. Nothing is wrong with your account here.",
		"Sign in with your email address instead, or open your personal link if your trust has sent you one.",
	}
)

// providerOf is the provider by which the people of a trust sign in: its own, or
// the one the program was started with.
func (s *Server) providerOf(ctx context.Context, ods string) (store.Provider, error) {
	p, err := store.Provider{}, store.ErrNotFound
	if ods != programsProvider {
		p, err = s.db.SignInProvider(ctx, ods)
	}
	if errors.Is(err, store.ErrNotFound) && s.provider.Issuer != "" {
		return s.provider, nil
	}
	return p, err
}

// providerFor is where somebody with this address may sign in by a provider, ""
// for nowhere. It depends on the domain alone, and so tells nobody whether the
// address is anybody's.
func (s *Server) providerFor(ctx context.Context, email string) (path string, err error) {
	domain, ok := domainOf(email)
	if !ok {
		return "", nil
	}
	ods, err := s.db.ProviderTrust(ctx, domain)
	switch {
	case err == nil:
		return providerPath + ods, nil
	case !errors.Is(err, store.ErrNotFound):
		return "", err
	case s.provider.Issuer != "":
		return providerPath + programsProvider, nil
	}
	return "", nil
}

// departToProvider sends somebody to a provider. A form may lead to no other
// site, which browsers hold against redirects too, so that the answer is a page
// that goes on by itself.
func (s *Server) departToProvider(w http.ResponseWriter, r *http.Request) error {
	ctx, now := r.Context(), s.now()
	limits := []store.Limit{{What: "sign in by provider from network", Who: s.network(r), Most: startsOfNetwork, Window: time.Hour}}
	if token := s.sessions.Token(ctx); token != "" {
		limits = append(limits, store.Limit{What: "sign in by provider in session", Who: token, Most: startsOfSession, Window: time.Hour})
	}
	if wait, err := s.db.Count(ctx, now, limits...); err != nil {
		return err
	} else if wait > 0 {
		return limitError{wait}
	}
	ods := chi.URLParam(r, "ods")
	p, err := s.providerOf(ctx, ods)
	if err != nil {
		return err
	}
	known, err := s.idp.look(ctx, p.Issuer)
	if err != nil {
		return err
	}
	d := departure{
		State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(),
		ODS: ods, Issuer: p.Issuer, ClientID: p.ClientID, At: now,
	}
	kept, err := json.Marshal(d)
	if err != nil {
		return err
	}
	s.sessions.Put(ctx, sessionProvider, string(kept))
	config := known.config(p.ClientID, p.Secret, s.origin+providerCallback)
	address := config.AuthCodeURL(d.State, oidc.Nonce(d.Nonce), oauth2.S256ChallengeOption(d.Verifier))
	w.Header().Set("Refresh", "0; url="+address)
	return s.render(w, r, http.StatusOK, page.Depart(page.DepartView{Frame: s.frame(r), Href: address}))
}

// returnFromProvider signs in who comes back from a provider, if all is as it
// should be. Whatever came of it, they cannot come back the same way again.
func (s *Server) returnFromProvider(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	to := localPath(s.sessions.GetString(ctx, sessionTo))
	kept := s.sessions.PopString(ctx, sessionProvider)
	person, err := s.arrivedBy(r, kept)
	if err != nil {
		return err
	}
	if err := s.signIn(r, arrival{person.ID, person.Name, access.ByOIDC, ""}); err != nil {
		return err
	}
	return see(w, r, to)
}

// arrivedBy is who a provider says has come back to us.
func (s *Server) arrivedBy(r *http.Request, kept string) (access.Person, error) {
	var nobody access.Person
	ctx, q := r.Context(), r.URL.Query()
	var d departure
	if kept == "" {
		return nobody, returnError{"no sign-in was begun in this browser, or it came back twice"}
	}
	if err := json.Unmarshal([]byte(kept), &d); err != nil {
		return nobody, err
	}
	switch at := s.now(); {
	case at.Sub(d.At) > providerTime:
		return nobody, returnError{"it took too long"}
	case subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(d.State)) != 1:
		return nobody, returnError{"another state than the one it was sent with"}
	case q.Has("error"):
		return nobody, returnError{"the provider refused: " + errorWord(q.Get("error"))}
	}
	p, err := s.providerOf(ctx, d.ODS)
	if errors.Is(err, store.ErrNotFound) || err == nil && !p.Same(store.Provider{Issuer: d.Issuer, ClientID: d.ClientID}) {
		return nobody, returnError{"the trust's provider was changed meanwhile"}
	}
	if err != nil {
		return nobody, err
	}
	known, err := s.idp.remembered(ctx, p.Issuer)
	if err != nil {
		return nobody, err
	}
	if iss := q.Get("iss"); iss != p.Issuer && (iss != "" || known.NamesItself) {
		return nobody, returnError{"another provider sent it"}
	}
	email, err := s.vouchedFor(ctx, known, p, q.Get("code"), d)
	if err != nil {
		return nobody, err
	}
	person, err := s.db.PersonOf(ctx, p, email)
	if errors.Is(err, store.ErrNotFound) {
		return nobody, returnError{"nobody here has the address and belongs to a trust that the provider serves"}
	}
	return person, err
}
