package server

import (
	"context"
	"strconv"
	"sync"

	"github.com/google/uuid"
	"golang.org/x/sync/singleflight"

	"octant/internal/store"
	"octant/web/page"
)

// stage is what every device of a room shows alike at one version of a workshop.
type stage struct {
	version int64
	view    page.RoomView

	mu     sync.Mutex
	sheets map[string]*page.PhoneSheet // by the path of the devices' page
}

// mostSheets is how many paths one stage is kept for: a workshop has one for each
// code that it was joined by, and a device may make up more.
const mostSheets = 4

// sheet is the stage as devices show it that have this path.
func (s *stage) sheet(ctx context.Context, path string) (*page.PhoneSheet, error) {
	v := s.view
	v.Path = path
	s.mu.Lock()
	defer s.mu.Unlock()
	if have := s.sheets[path]; have != nil {
		return have, nil
	}
	made, err := page.NewPhoneSheet(ctx, v)
	if err == nil && len(s.sheets) < mostSheets {
		s.sheets[path] = made
	}
	return made, err
}

// stages keeps the newest stage of each workshop that devices follow, so that a
// whole room that asks at once is answered from one read. There are no secrets in
// it: every device of the workshop may see it.
type stages struct {
	group singleflight.Group

	mu   sync.Mutex
	kept map[uuid.UUID]*stage
}

// mostStages is how many workshops are kept ready. Past it all are read anew.
const mostStages = 500

// of is the stage as this seat finds it.
func (s *stages) of(ctx context.Context, seat *store.Seat) (*stage, error) {
	s.mu.Lock()
	have := s.kept[seat.Workshop]
	s.mu.Unlock()
	if have != nil && have.version == seat.Version {
		return have, nil
	}
	key := seat.Workshop.String() + strconv.FormatInt(seat.Version, 10)
	made, err, _ := s.group.Do(key, func() (any, error) {
		return s.make(context.WithoutCancel(ctx), seat) // one who goes does not take it from the others
	})
	if err != nil {
		return nil, err
	}
	return made.(*stage), nil
}

// make reads a stage and keeps it. What is read may be newer than what the seat
// found, and is kept as what it is.
func (s *stages) make(ctx context.Context, seat *store.Seat) (*stage, error) {
	board, err := seat.Board(ctx)
	if err != nil {
		return nil, err
	}
	view := page.RoomView{
		Workshop: board.Workshop, Board: board.Trust, Cards: board.Cards, Parked: board.Parked, Actions: board.Actions,
	}
	if view.Version, err = versionOf(board.Workshop); err != nil {
		return nil, err
	}
	made := &stage{version: board.Workshop.Version, view: view, sheets: make(map[string]*page.PhoneSheet)}
	s.mu.Lock()
	defer s.mu.Unlock()
	if have := s.kept[seat.Workshop]; have == nil || have.version <= made.version {
		if len(s.kept) >= mostStages {
			clear(s.kept)
		}
		s.kept[seat.Workshop] = made
	}
	return made, nil
}
