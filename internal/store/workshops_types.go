package store

import (
	"github.com/google/uuid"

	"octant/internal/action"
	"octant/internal/assessment"
	"octant/internal/workshop"
)

// Console is a workshop as whoever runs it sees it.
type Console struct {
	Workshop workshop.Workshop
	Trust    string
	Expected int      // people in the room, 0 where nobody has said
	Code     string   // join code, "" while nobody can join
	Joined   int      // devices and people that vote, simulated ones included
	Watching int      // observers
	Voters   int      // who may vote in the vote under way: in a second one, those who voted first
	Voted    int      // of those, how many have; or how many cards were keyed in
	Cards    int      // how many wrote a card for the item under way
	Shown    []string // the cards of the item under way, shuffled; none before their reveal
	Parked   []workshop.Parked
	Resets   []workshop.Reset
	Actions  []action.Action // decided in this workshop
	Carried  []action.Action // open ones from before
}

// Board is a workshop as everybody in the room sees it: on the projector and on
// phones. It holds no notes, no findings, no counts of who voted, and nothing of
// a vote that was not revealed. It is the same for all for as long as
// Workshop.Version is.
type Board struct {
	Workshop workshop.Workshop // without notes and findings
	Trust    string
	Cards    []string // shown cards of the item under way, shuffled
	Parked   []workshop.Parked
	Actions  []action.Action // decided in this workshop
}

// Own is what one device may know beside the board.
type Own struct {
	Device   int // its number, by which the room can speak of it
	Observer bool
	Vote     assessment.Choice // in the vote under way or just closed; NotAnswered for none
	First    assessment.Choice // in the first vote on the item under way
	Card     string            // on the item under way
	Ups      []uuid.UUID       // what it voted up in the parking lot
}

// Joining is somebody who wants to take part.
type Joining struct {
	Code     string // as it was typed
	Observer bool
	Token    string    // that the device has from before, "" for none
	Device   string    // what stands for the device in limits: a session, a cookie
	Network  string    // its network address
	Person   uuid.UUID // signed in, zero for nobody
}
