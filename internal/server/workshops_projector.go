package server

import (
	"net/http"

	"octant/internal/maturity"
	"octant/internal/store"
	"octant/internal/workshop"
	"octant/web/page"
)

// projector is the big screen. Who runs the workshop opens it; what it shows is
// what everybody may see.
func (s *Server) projector(r *http.Request, t *store.Trust) (page.ProjectorView, error) {
	id, err := runsWorkshop(r, t)
	if err != nil {
		return page.ProjectorView{}, err
	}
	board, code, err := t.WorkshopBoard(r.Context(), id, s.now())
	if err != nil {
		return page.ProjectorView{}, err
	}
	path := workshopPath(t, id) + "/projector"
	v := page.ProjectorView{Code: code, Address: s.shortAddress(r) + "/join", Link: s.address(r) + "/join/" + code}
	v.RoomView = page.RoomView{
		Frame: s.frame(r), Workshop: board.Workshop, Board: t.Name, Cards: board.Cards, Parked: board.Parked, Actions: board.Actions,
		Path: path, Events: path + "/events",
	}
	v.Person = "" // nobody's name is thrown on a wall
	if v.Version, err = versionOf(board.Workshop); err != nil {
		return v, err
	}
	v.Report, err = shownReport(r, t, board.Workshop)
	return v, err
}

// shownReport is the report that the item under way shows, nil for other items.
func shownReport(r *http.Request, t *store.Trust, w workshop.Workshop) (*maturity.Report, error) {
	if it := w.Now(); it == nil || it.Kind != workshop.Profile {
		return nil, nil
	}
	return reportOf(r, t, w.Round)
}

// showProjector is the big screen's page.
func (s *Server) showProjector(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	v, err := s.projector(r, t)
	if err != nil {
		return err
	}
	return s.render(w, r, http.StatusOK, page.Projector(v))
}

// projectorNow is its pieces as they are now.
func (s *Server) projectorNow(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	v, err := s.projector(r, t)
	if err != nil {
		return err
	}
	return s.sendParts(w, r, page.ProjectorParts(v))
}

// projectorEvents says when something has changed that everybody may see.
func (s *Server) projectorEvents(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := runsWorkshop(r, t)
	if err != nil {
		return err
	}
	return s.follow(w, r, t.Person.String(), workshop.Room(id))
}
