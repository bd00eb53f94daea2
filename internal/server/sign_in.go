package server

import (
	"cmp"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-chi/chi/v5/middleware"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// arrival is somebody who has shown who they are.
type arrival struct {
	person uuid.UUID
	name   string
	way    access.Way
	ods    string // for a way that leads into one trust only
}

// signIn starts a session for somebody who has arrived. The token is renewed, so
// that one planted beforehand is worth nothing, and nothing of what the browser
// did before goes with it.
func (s *Server) signIn(r *http.Request, a arrival) error {
	ctx, now, device := r.Context(), s.now(), deviceOf(r.UserAgent())
	roles, admin, err := s.db.RecordSignIn(ctx, store.SignIn{Person: a.person, At: now, Way: a.way, Device: device})
	if err != nil {
		return err
	}
	if err := s.sessions.RenewToken(ctx); err != nil {
		return unavailable(err)
	}
	if err := s.sessions.Clear(ctx); err != nil {
		return unavailable(err)
	}
	limit := access.SessionLimits(a.way, roles, admin)
	s.sessions.Put(ctx, sessionPerson, a.person.String())
	s.sessions.Put(ctx, sessionName, a.name)
	s.sessions.Put(ctx, sessionWay, string(a.way))
	s.sessions.Put(ctx, sessionTrust, a.ods)
	s.sessions.Put(ctx, sessionIdle, limit.Idle.String())
	s.sessions.SetDeadline(ctx, now.Add(limit.Most).UTC())
	visitOf(r).stay = store.Stay{Person: a.person, Way: a.way, ODS: a.ods, Device: device, Idle: limit.Idle}
	return nil
}

// signOut ends the session.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.endSession(r); err != nil {
		return err
	}
	return see(w, r, "/")
}

// askToSignIn sends somebody who is not signed in to where they can, and on from
// there to the page they asked for. What was posted must not be lost on the way:
// its answer gives it back.
func (s *Server) askToSignIn(w http.ResponseWriter, r *http.Request) error {
	if r.Method != http.MethodGet || wantsJSON(r) {
		return errSignedOut
	}
	return see(w, r, "/sign-in?"+url.Values{"to": {localPath(r.URL.RequestURI())}}.Encode())
}

// maxPath is how long an address may be that somebody is led to after sign-in.
const maxPath = 500

// localPath is a path to a page of this site, or "/" for anything that a browser
// could take for another site's address.
func localPath(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" || len(to) > maxPath ||
		!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(u.Path, "//") || strings.Contains(u.Path, `\`) {
		return "/"
	}
	for _, c := range to {
		if c <= ' ' || c == '\\' || c >= 0x7f {
			return "/"
		}
	}
	return to
}

// showSignIn asks for an address to send a code to. Whoever is signed in with
// all of their rights has nothing to do here.
func (s *Server) showSignIn(w http.ResponseWriter, r *http.Request) error {
	to := localPath(r.URL.Query().Get("to"))
	if _, narrow := s.narrow(r); !narrow && visitOf(r).who != "" {
		return see(w, r, to)
	}
	return s.render(w, r, http.StatusOK, page.SignIn(s.signInView(r, "", to)))
}

func (s *Server) signInView(r *http.Request, email, to string) page.SignInView {
	return page.SignInView{
		Frame: s.frame(r), To: to, Onward: to != "/",
		Email: nhsuk.Field{
			Name: "email", Label: "Your email address", Hint: "Use the address that your trust knows you by.",
			Type: "email", Autocomplete: "email", Verbatim: true, Value: email,
		},
	}
}

// How often codes may be asked for. A hospital's people share one network
// address, so that it counts for little.
const (
	asksOfAddress    = 5   // an hour
	asksOfAddressDay = 20  // a day
	asksOfSession    = 20  // an hour
	asksOfNetwork    = 300 // an hour
)

// askForCode sends a code to whoever has the address, and does and says the same
// when nobody has it.
func (s *Server) askForCode(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	to := localPath(f.get("to"))
	email, says := readEmail(f)
	if says != "" {
		v := s.signInView(r, f.get("email"), to)
		v.Email.Error = says
		return s.render(w, r, http.StatusUnprocessableEntity, page.SignIn(v))
	}
	ctx, now := r.Context(), s.now()
	limits := []store.Limit{
		{What: "ask for code", Who: email, Most: asksOfAddress, Window: time.Hour},
		{What: "ask for code in a day", Who: email, Most: asksOfAddressDay, Window: 24 * time.Hour},
		{What: "ask for code from network", Who: s.network(r), Most: asksOfNetwork, Window: time.Hour},
	}
	if token := s.sessions.Token(ctx); token != "" {
		limits = append(limits, store.Limit{What: "ask for code in session", Who: token, Most: asksOfSession, Window: time.Hour})
	}
	if wait, err := s.db.Count(ctx, now, limits...); err != nil {
		return err
	} else if wait > 0 {
		return limitError{wait}
	}
	id, err := s.db.AskForCode(ctx, email, now)
	if err != nil {
		return err
	}
	if visitOf(r).stay.Person == uuid.Nil {
		s.sessions.SetDeadline(ctx, now.Add(s.sessions.Lifetime).UTC())
	}
	s.sessions.Put(ctx, sessionCode, id.String())
	s.sessions.Put(ctx, sessionEmail, email)
	s.sessions.Put(ctx, sessionTo, to)
	return see(w, r, "/sign-in/code")
}

// readEmail is the address that was typed, or what is wrong with it. Only its
// shape counts: whether anybody has it is told to nobody.
func readEmail(f form) (email, says string) {
	email = strings.ToLower(strings.TrimSpace(f.get("email")))
	name, domain, _ := strings.Cut(email, "@")
	switch {
	case email == "":
		return "", "Enter your email address"
	case f.fault("email") != "":
		return "", f.fault("email")
	case f.sound() != nil:
		return "", "Enter your email address again"
	case len(email) > 254 || name == "" || !strings.Contains(domain, ".") || strings.ContainsAny(email, " \t\n\r,;<>\"") || strings.Contains(domain, "@"):
		return "", "Enter an email address in the right form, such as name@example.nhs.uk"
	}
	return email, ""
}

// fromWhere notes the network address of who asks: the connection's own, or the
// one that a proxy names in the header the operator trusts.
func (s *Server) fromWhere(next http.Handler) http.Handler {
	switch http.CanonicalHeaderKey(s.proxy) {
	case "":
		return middleware.ClientIPFromRemoteAddr(next)
	case "X-Forwarded-For":
		return middleware.ClientIPFromXFFTrustedProxies(1)(next)
	}
	return middleware.ClientIPFromHeader(s.proxy)(next)
}

// network is whose tries are counted together: one address of the old kind, or
// the block of the new kind that one household or office has.
func (s *Server) network(r *http.Request) string {
	ip := middleware.GetClientIPAddr(r.Context())
	if ip.Is6() {
		if block, err := ip.WithZone("").Prefix(64); err == nil {
			return block.String()
		}
	}
	return cmp.Or(ip, netip.IPv4Unspecified()).String()
}
