package assessment

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"octant/internal/questionnaire"
)

// State is where a round stands. It only ever moves forward.
type State string

// The states of a round.
const (
	Draft  State = "draft"
	Open   State = "open"
	Closed State = "closed"
)

// MinAsked is how many people a round must ask before it can open: with fewer,
// no result could ever be shown (method 3.8, rule 1).
const MinAsked = 5

// What a round refuses.
var (
	ErrNotOpen   = errors.New("assessment: round is not open")
	ErrNotDraft  = errors.New("assessment: round is no draft any more")
	ErrTooFew    = errors.New("assessment: round asks fewer than five people")
	ErrStale     = errors.New("assessment: answer was changed meanwhile")
	ErrNotAsked  = errors.New("assessment: question is not asked in this round")
	ErrOnPaper   = errors.New("assessment: person answers on paper")
	ErrTitle     = errors.New("assessment: round has no title")
	ErrDates     = errors.New("assessment: round closes before it opens")
	ErrUndecided = errors.New("assessment: nothing was chosen")
)

// Round is one time a trust asks its board.
type Round struct {
	ID            uuid.UUID
	Title         string
	Questionnaire string // version name
	Form          questionnaire.Form
	State         State
	OpensOn       time.Time // planned day, midnight UTC
	ClosesOn      time.Time // planned day, midnight UTC
	OpenedAt      time.Time // zero while a draft
	ClosedAt      time.Time // zero until closed
	ByClock       bool      // opens and closes itself
	ExtendedTo    time.Time // latest day that somebody was given for themselves, zero for none
	UnlinkedAt    time.Time // when answers were cut loose from people, zero for not yet
	ErasedAt      time.Time // when comments were erased, zero for not yet
	Asked         int       // people asked
	Finished      int       // of those, how many have submitted
}

// Open starts the round: from now on answers are taken, and the clock will close
// it.
func (r *Round) Open(now time.Time) error {
	switch {
	case r.State != Draft:
		return ErrNotDraft
	case r.Asked < MinAsked:
		return ErrTooFew
	case Today(now).After(r.ClosesOn):
		return ErrPast
	}
	r.State, r.OpenedAt, r.ByClock = Open, now, true
	return nil
}

// Close ends the round for good. Nothing is taken after it.
func (r *Round) Close(now time.Time) error {
	if r.State != Open {
		return ErrNotOpen
	}
	r.State, r.ClosedAt = Closed, now
	return nil
}
