// Package server is Octant over HTTP: addresses, handlers, sessions and what a
// person is told when something fails. It holds no SQL and no rule of the
// domain. Its one rule: a handler is given what the person may use, already
// checked, returns its error, and never logs.
package server

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/live"
	"octant/internal/store"
	"octant/web/page"
)

// Options is what a server is made of.
type Options struct {
	DB       *store.DB
	Log      *slog.Logger
	Now      func() time.Time
	Origin   string // address people reach it by, such as https://octant.example.org
	Demo     bool   // the demonstration's sign-in exists
	Measured *Metrics

	// ProxyHeader names the header in which a proxy that nobody can go around
	// says whose request it passes on. Without it the connection's own address
	// counts.
	ProxyHeader string

	LettersWait bool // there is no mail server
	Embedded    bool // the database is one that the program started for itself

	// Provider signs in the people of trusts without a provider of their own.
	Provider store.Provider

	// Hub wakes the pages of a workshop. Without it they ask every few seconds.
	Hub *live.Hub
}

// Server answers requests. It is made once, by [New].
type Server struct {
	db       *store.DB
	log      *slog.Logger
	now      func() time.Time
	sessions *scs.SessionManager
	stays    store.Sessions
	proxy    string // header that names the client's address, "" for none
	origin   string
	secure   bool
	demo     bool
	embedded bool // the database is one that the program started for itself

	lettersWait bool
	provider    store.Provider // the program's own; without an issuer there is none
	idp         *providers
	pages       *keptPages
	asked       askedCache
	hub         *live.Hub // nil for none
	streams     *openStreams
	stages      *stages
	metrics     *Metrics
}

// Every request that reaches the database has this long, and that for a benchmark
// edition so long as the counting of some thousand trusts may take.
const (
	patience        = 10 * time.Second
	editionPatience = time.Minute
)

// New makes a server.
func New(o Options) *Server {
	s := &Server{
		db: o.DB, log: o.Log, now: o.Now, origin: o.Origin, secure: strings.HasPrefix(o.Origin, "https://"), demo: o.Demo,
		embedded: o.Embedded, metrics: o.Measured, pages: newKeptPages(keptMemory),
		stays: o.DB.SessionStore(o.Now), proxy: o.ProxyHeader,
		lettersWait: o.LettersWait, hub: o.Hub, streams: &openStreams{all: make(map[string][]chan struct{})}, stages: &stages{kept: make(map[uuid.UUID]*stage)}, provider: o.Provider, idp: newProviders(originOnLoopback(o.Origin)),
	}
	s.sessions = scs.New()
	s.sessions.Store = s.stays
	s.sessions.Lifetime = time.Hour // of somebody who has not signed in; see signIn for the others
	s.sessions.HashTokenInStore = true
	s.sessions.Codec = SessionCodec{}
	s.sessions.Cookie.Name = "octant"
	s.sessions.Cookie.HttpOnly = true
	s.sessions.Cookie.SameSite = http.SameSiteLaxMode
	s.sessions.Cookie.Secure = s.secure
	if s.secure {
		s.sessions.Cookie.Name = "__Host-octant"
	}
	s.sessions.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		s.fail(w, r, unavailable(err))
	}
	return s
}

// visit is what one request carries from the edge to its end.
type visit struct {
	form form
	read bool
	who  string // name of the signed-in person
	link bool   // they came by a personal link or a letter, and may only answer
	t    *store.Trust
	stay store.Stay // whose the session is and since when
}

type visitKey struct{}

// visitOf is the request's visit. A request that came around the edge (a test
// of one function) gets an empty one.
func visitOf(r *http.Request) *visit {
	if v, ok := r.Context().Value(visitKey{}).(*visit); ok {
		return v
	}
	return &visit{}
}

// welcome gives every request its visit and its deadline.
func welcome(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		long := patience
		if r.Method == http.MethodPost && r.URL.Path == editionsPath {
			long = editionPatience
			// A connection that takes no deadline has none that is too early.
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(long + patience))
		}
		ctx, cancel := context.WithTimeout(r.Context(), long)
		defer cancel()
		v := &visit{}
		ctx = store.WithStay(context.WithValue(ctx, visitKey{}, v), &v.stay)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// handler answers one request or says why not.
type handler func(w http.ResponseWriter, r *http.Request) error

// public is for pages that anybody may see.
func (s *Server) public(h handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v := visitOf(r)
		v.who = s.sessions.GetString(r.Context(), sessionName)
		_, v.link = s.narrow(r)
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	}
}

// person is for pages of somebody who is signed in, and hands them over. Who came
// by a personal link gets no further than that link's trust.
func (s *Server) person(h func(w http.ResponseWriter, r *http.Request, person uuid.UUID) error) http.HandlerFunc {
	return s.public(func(w http.ResponseWriter, r *http.Request) error {
		id, err := uuid.Parse(s.sessions.GetString(r.Context(), sessionPerson))
		if err != nil {
			return s.askToSignIn(w, r)
		}
		if ods, narrow := s.narrow(r); narrow && (ods == "" || chi.URLParam(r, "ods") != ods) {
			return errNarrow
		}
		return h(w, r, id)
	})
}

// trust is for pages inside a trust, and hands over the person inside it. To a
// stranger the trust does not exist.
func (s *Server) trust(h func(w http.ResponseWriter, r *http.Request, t *store.Trust) error) http.HandlerFunc {
	return s.person(func(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
		t, err := s.db.Enter(r.Context(), person, chi.URLParam(r, "ods"))
		if err != nil {
			return err
		}
		return s.inside(w, r, t, h)
	})
}

// inside is for somebody whom a door let into a trust: what is left of their
// rights in this session, if the session is not too old for them.
func (s *Server) inside(w http.ResponseWriter, r *http.Request, t *store.Trust, h func(w http.ResponseWriter, r *http.Request, t *store.Trust) error) error {
	if s.overstayed(r, t.Roles) {
		if err := s.endSession(r); err != nil {
			return err
		}
		return s.askToSignIn(w, r)
	}
	if _, narrow := s.narrow(r); narrow {
		t = t.AnswersOnly()
	}
	visitOf(r).t = t
	return h(w, r, t)
}

// frame is what the page around the content needs of this request.
func (s *Server) frame(r *http.Request) page.Frame {
	v := visitOf(r)
	f := page.Frame{Person: v.who, ByLink: v.link, Demo: s.demo, Now: s.now()}
	if v.t != nil {
		f.Trust, f.ODS = v.t.Name, v.t.ODS
	}
	return f
}

// roundID reads the round from the address. What is no id is no round.
func roundID(r *http.Request) (uuid.UUID, error) {
	id, err := uuid.Parse(chi.URLParam(r, "round"))
	if err != nil {
		return id, store.ErrNotFound
	}
	return id, nil
}

// roundPath is the address of a round.
func roundPath(t *store.Trust, round uuid.UUID) string {
	return "/trusts/" + t.ODS + "/rounds/" + round.String()
}

// see sends the browser on after a change, so that reloading repeats nothing.
func see(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// routeOf is the pattern a request matched: fit for logs, free of anything that
// a person typed.
func routeOf(r *http.Request) string {
	if rc := chi.RouteContext(r.Context()); rc != nil {
		if p := rc.RoutePattern(); p != "" {
			return strings.TrimSuffix(p, "/*")
		}
	}
	return "unknown"
}
