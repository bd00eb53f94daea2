package server

import (
	"net/http"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store"
	"octant/web/page"
)

// What is in a session.
const (
	sessionPerson = "person"
	sessionName   = "name"
	sessionWay    = "way"   // an access.Way
	sessionTrust  = "ods"   // the one trust a personal link lets its owner into
	sessionIdle   = "idle"  // how long it may lie unused, such as "24h0m0s"
	sessionCode   = "code"  // id of the sign-in code that was asked for
	sessionEmail  = "email" // the address it was asked for with
	sessionTo     = "to"    // the page to lead to after sign-in
)

// touchInterval is how exactly it is known when a session was last used. A
// request within it writes nothing.
const touchInterval = time.Minute

// narrow says whether the session came by a way that lets a person do no more
// than answer, and in which trust.
func (s *Server) narrow(r *http.Request) (ods string, narrow bool) {
	way := access.Way(s.sessions.GetString(r.Context(), sessionWay))
	return s.sessions.GetString(r.Context(), sessionTrust), way.AnswersOnly()
}

// keepStay marks a session as used, at most once in a while. If that fails, the
// next request does it.
func (s *Server) keepStay(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stay, ctx := &visitOf(r).stay, r.Context()
		stay.Idle, _ = time.ParseDuration(s.sessions.GetString(ctx, sessionIdle)) // none before signing in
		if stay.Person != uuid.Nil && s.now().Sub(stay.Seen) >= touchInterval {
			if err := s.stays.Touch(ctx, *stay, s.sessions.Deadline(ctx)); err != nil {
				s.log.WarnContext(ctx, "session not marked as used", "error", err)
			}
		}
		next.ServeHTTP(w, r)
	})
}

// overstayed says whether the session is older than somebody's roles in a trust
// allow, who may have been given them since they signed in.
func (s *Server) overstayed(r *http.Request, roles access.Roles) bool {
	stay, now := visitOf(r).stay, s.now()
	limit := access.SessionLimits(stay.Way, roles, false)
	return stay.Person != uuid.Nil && (now.Sub(stay.Seen) > limit.Idle || now.Sub(stay.Started) > limit.Most)
}

// endSession ends the session that a request came with.
func (s *Server) endSession(r *http.Request) error {
	if err := s.sessions.Destroy(r.Context()); err != nil {
		return unavailable(err)
	}
	v := visitOf(r)
	v.who, v.link, v.stay = "", false, store.Stay{}
	return nil
}

// showSessions lists where the person is signed in.
func (s *Server) showSessions(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	stays, err := s.stays.Of(r.Context(), person)
	if err != nil {
		return err
	}
	v := page.SessionsView{Frame: s.frame(r), Ended: r.URL.Query().Get("ended") == "1"}
	for _, stay := range stays {
		v.Sessions = append(v.Sessions, page.SessionRow{
			ID: stay.ID.String(), Device: stay.Device, Way: wayWords(stay),
			Since: stay.Started, Used: stay.Seen, This: stay.ID == visitOf(r).stay.ID,
		})
	}
	return s.render(w, r, http.StatusOK, page.Sessions(v))
}

// wayWords says how somebody signed in.
func wayWords(stay store.Stay) string {
	words := map[access.Way]string{
		access.ByLink: "Personal link", access.ByLetter: "Code on a printed letter", access.ByCode: "Code by email",
		access.ByOIDC: "Your trust's own sign-in", access.ByDemo: "Demonstration",
	}[stay.Way]
	if stay.ODS != "" {
		words += ", to answer for trust " + stay.ODS
	}
	return words
}

// endOneSession ends one of the person's sessions. Ending this one is signing out.
func (s *Server) endOneSession(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	id, err := uuid.Parse(chi.URLParam(r, "session"))
	if err != nil {
		return store.ErrNotFound
	}
	if id == visitOf(r).stay.ID {
		return s.signOut(w, r)
	}
	if err := s.stays.End(r.Context(), person, id); err != nil {
		return err
	}
	return see(w, r, "/sessions?ended=1")
}

// endSessions signs the person out everywhere, here too.
func (s *Server) endSessions(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	if err := s.stays.EndAll(r.Context(), person); err != nil {
		return err
	}
	return s.signOut(w, r)
}

// deviceOf says in words what a browser says of itself, well enough for its
// owner to know it again. What it does not know is left out, and nothing of the
// header itself is kept.
func deviceOf(userAgent string) string {
	find := func(table [][2]string) string {
		for _, row := range table {
			if strings.Contains(userAgent, row[0]) {
				return row[1]
			}
		}
		return ""
	}
	// Most browsers also name the ones they descend from: the youngest comes first.
	browser := find([][2]string{
		{"Edg", "Edge"},
		{"OPR/", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"},
		{"Firefox/", "Firefox"},
		{"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"},
		{"Chrome/", "Chrome"},
		{"Safari/", "Safari"},
	})
	system := find([][2]string{
		{"iPhone", "iPhone"},
		{"iPad", "iPad"},
		{"Android", "Android"},
		{"Windows", "Windows"},
		{"CrOS", "Chromebook"},
		{"Macintosh", "Mac"},
		{"Linux", "Linux"},
	})
	switch {
	case browser == "" && system == "":
		return "Unknown browser"
	case browser == "":
		return "Browser on " + system
	case system == "":
		return browser
	}
	return browser + " on " + system
}
