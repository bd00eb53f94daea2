package server

import (
	"net/http"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store"
)

// What is in a session.
const (
	sessionPerson = "person"
	sessionName   = "name"
	sessionWay    = "way" // an access.Way
	sessionTrust  = "ods" // the one trust a personal link lets its owner into
)

// arrival is somebody who has shown who they are.
type arrival struct {
	person uuid.UUID
	name   string
	way    access.Way
	ods    string // for a way that leads into one trust only
}

// signIn starts a session for somebody who has arrived. The token is renewed, so
// that one planted beforehand is worth nothing.
func (s *Server) signIn(r *http.Request, a arrival) error {
	if err := s.sessions.RenewToken(r.Context()); err != nil {
		return unavailable(err)
	}
	s.sessions.Put(r.Context(), sessionPerson, a.person.String())
	s.sessions.Put(r.Context(), sessionName, a.name)
	s.sessions.Put(r.Context(), sessionWay, string(a.way))
	s.sessions.Put(r.Context(), sessionTrust, a.ods)
	return s.db.RecordSignIn(r.Context(), store.SignIn{Person: a.person, At: s.now(), Way: a.way})
}

// narrow says whether the session came by a way that lets a person do no more
// than answer, and in which trust.
func (s *Server) narrow(r *http.Request) (ods string, narrow bool) {
	way := access.Way(s.sessions.GetString(r.Context(), sessionWay))
	return s.sessions.GetString(r.Context(), sessionTrust), way.AnswersOnly()
}

// signOut ends the session.
func (s *Server) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.sessions.Destroy(r.Context()); err != nil {
		return unavailable(err)
	}
	return see(w, r, "/")
}
