// Package workshop is the live session in which a board talks through where it
// differs: its agenda, the cycle that each item goes through, and what of a vote
// may be told when. It neither keeps sessions (store) nor wakes screens (live).
// Its one rule: nothing of a vote is told before its reveal, and after that only
// what maturity lets be told.
package workshop

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"octant/internal/maturity"
)

// State is where a workshop stands. It only ever moves forward.
type State string

// The states. A running workshop without an item under way is in its lobby.
const (
	Prepared State = "prepared"
	Running  State = "running"
	Ended    State = "ended"
)

// Length is how much time a workshop has.
type Length string

// The lengths.
const (
	Short    Length = "short"    // 90 minutes
	Long     Length = "long"     // three hours
	Sittings Length = "sittings" // a short one online, and one in the room later
)

// Lengths lists the lengths in the order pages name them.
func Lengths() []Length { return []Length{Short, Long, Sittings} }

// Kind is what an item of the agenda is.
type Kind string

// The kinds. Only questions are voted on; cards are written and shown shuffled;
// all others are talk.
const (
	Rules    Kind = "rules"    // welcome and ground rules
	Carried  Kind = "carried"  // what became of the actions from last time
	Cards    Kind = "cards"    // everybody finishes one sentence on a card
	Profile  Kind = "profile"  // the round's report
	Question Kind = "question" // a question of the questionnaire
	Talk     Kind = "talk"     // anything else
	Parking  Kind = "parking"  // what was parked on the way
	Actions  Kind = "actions"  // who does what by when
)

// Kinds lists the kinds in the order pages name them.
func Kinds() []Kind {
	return []Kind{Rules, Carried, Cards, Profile, Question, Talk, Parking, Actions}
}

// Rest is how long a question rests after a vote on it was told, before another
// workshop may vote on it. Told again sooner, the first votes of nearly the same
// people would be the same votes, and would differ by whoever came or went.
const Rest = 14 * 24 * time.Hour

// Limits of what is typed, in characters, and of times.
const (
	MaxTitle   = 100
	MaxPrompt  = 500
	MaxNotes   = 2000
	MaxReason  = 1000 // of an agreed level, a dissent, a reset
	MaxCard    = 200
	MaxParked  = 200
	MaxItems   = 30
	MaxMinutes = 180
)

// Workshop is one session of one trust.
type Workshop struct {
	ID            uuid.UUID
	Title         string
	Round         uuid.UUID // closed round whose report it starts from; zero for none
	Questionnaire string    // version name
	Length        Length
	Rehearsal     bool // with simulated members; kept out of every result
	State         State
	Step          int       // goes up by one with each move; whoever moves names the one they saw
	Version       int64     // goes up with everything that any screen shows
	Current       uuid.UUID // item under way, zero in the lobby
	TimerEnds     time.Time // zero for no timer; nothing happens when it ends
	MadeAt        time.Time
	BegunAt       time.Time
	EndedAt       time.Time
	Items         []Item // in the agenda's order
}

// Item is one point of the agenda.
type Item struct {
	ID       uuid.UUID
	Kind     Kind
	Question string // key, of a question alone
	Title    string
	Minutes  int
	Sitting  int    // 1 or 2
	Prompt   string // to talk about; shown to everybody once the item is shown
	Why      string // the finding it was proposed for; for whoever runs the workshop
	Notes    string // private, for whoever runs the workshop
	Stage    Stage
	ShownAt  time.Time
	DoneAt   time.Time
	ByCards  [2]bool // the first and the second vote were keyed in from cards

	First     *maturity.Item // the first vote as it may be told; nil before its reveal
	Second    *maturity.Item // the second, nil before the shift is shown
	Agreement *Agreement     // nil before a level is agreed
}

// Agreement is what the room settled on.
type Agreement struct {
	Level   int // 1 to 5
	Reason  string
	Dissent string // what those say who do not agree; never who they are, unless somebody types it
}

// Reset is a vote that was started again, and why.
type Reset struct {
	Item   uuid.UUID
	Vote   int // 1 or 2
	Reason string
	At     time.Time
}

// Parked is something to come back to.
type Parked struct {
	ID    uuid.UUID
	Words string
	Ups   int
	Done  bool
}

// What a workshop refuses.
var (
	ErrStep       = errors.New("workshop: somebody has moved on meanwhile")
	ErrNotRunning = errors.New("workshop: not running")
	ErrState      = errors.New("workshop: not in its present state")
	ErrNoItem     = errors.New("workshop: no such item on the agenda")
	ErrBusy       = errors.New("workshop: another item is under way")
	ErrStarted    = errors.New("workshop: item has begun")
	ErrClosed     = errors.New("workshop: voting is closed")
	ErrLate       = errors.New("workshop: only who voted first votes again")
	ErrObserver   = errors.New("workshop: observers do not vote")
	ErrChoice     = errors.New("workshop: no such choice in a vote")
	ErrReason     = errors.New("workshop: no reason is given")
	ErrLevel      = errors.New("workshop: no such level")
	ErrTwice      = errors.New("workshop: question is on the agenda already")
	ErrText       = errors.New("workshop: text is empty or too long")
	ErrMinutes    = errors.New("workshop: minutes or sitting out of range")
	ErrFull       = errors.New("workshop: there is no room for more")
	ErrTally      = errors.New("workshop: tally has no votes, or more than a room holds")
	ErrPeople     = errors.New("workshop: more people than a room holds")
	ErrLately     = errors.New("workshop: question was told in another workshop of late")
	ErrOverwrite  = errors.New("workshop: somebody else has written here meanwhile")
	ErrByCards    = errors.New("workshop: the first vote was by cards, so the second is too")
)

// MoveError is a move that the present stage does not allow.
type MoveError struct {
	Move  Move
	Stage Stage
}

// Error says what cannot follow what.
func (e *MoveError) Error() string {
	return fmt.Sprintf("workshop: %q cannot follow %q", e.Move, e.Stage)
}

// Item finds an item of the agenda.
func (w *Workshop) Item(id uuid.UUID) (*Item, bool) {
	for i := range w.Items {
		if w.Items[i].ID == id {
			return &w.Items[i], true
		}
	}
	return nil, false
}

// Now is the item under way, nil in the lobby.
func (w *Workshop) Now() *Item {
	it, _ := w.Item(w.Current)
	return it
}

// Next is the first item that has not begun, nil after the last.
func (w *Workshop) Next() *Item {
	for i := range w.Items {
		if w.Items[i].Stage == Waiting {
			return &w.Items[i]
		}
	}
	return nil
}

// Minutes is how long the agenda's items are together.
func (w *Workshop) Minutes() (total int) {
	for _, it := range w.Items {
		total += it.Minutes
	}
	return total
}

// Room names what everybody in the workshop waits for.
func Room(id uuid.UUID) string { return id.String() }

// DeskRoom names what those who run it wait for besides: how many have voted.
func DeskRoom(id uuid.UUID) string { return id.String() + "/desk" }
