// Package action is what a board decided to do: who sees to it, by when, and
// what became of it. It is neither where actions are decided (workshop) nor kept
// (store). Its one rule: an action has one owner and one date, or it is no
// action.
package action

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// State is what became of an action.
type State string

// The states.
const (
	Open    State = "open"
	Done    State = "done"
	Dropped State = "dropped"
)

// States lists the states in the order pages name them.
func States() []State { return []State{Open, Done, Dropped} }

// Limits, in characters.
const (
	MaxWhat   = 300
	MaxOwner  = 100
	MaxBecame = 1000
)

// What an action refuses.
var (
	ErrWhat   = errors.New("action: nothing to do is named, or too much")
	ErrOwner  = errors.New("action: nobody owns it")
	ErrDue    = errors.New("action: due date is missing or has passed")
	ErrState  = errors.New("action: no such state")
	ErrBecame = errors.New("action: too much is said about what became of it")
)

// Action is one thing that somebody sees to by a date.
type Action struct {
	ID        uuid.UUID
	Workshop  uuid.UUID // where it was decided, zero for nowhere
	Item      uuid.UUID // of that workshop's agenda, zero for none
	Element   string    // key, "" for none
	What      string
	Owner     uuid.UUID // somebody of the trust, zero where only a name is known
	OwnerName string
	Due       time.Time // day, midnight UTC
	State     State
	Became    string // what was done about it, or why it was dropped
	MadeAt    time.Time
	SettledAt time.Time // zero while it is open
}

// Check refuses an action without an owner or a date, and trims what was typed.
// A new one is due today or later.
func (a *Action) Check(today time.Time) error {
	a.What, a.OwnerName, a.Became = strings.TrimSpace(a.What), strings.TrimSpace(a.OwnerName), strings.TrimSpace(a.Became)
	switch {
	case a.What == "" || tooLong(a.What, MaxWhat):
		return ErrWhat
	case a.Owner == uuid.Nil && a.OwnerName == "" || tooLong(a.OwnerName, MaxOwner):
		return ErrOwner
	case a.Due.IsZero() || a.ID == uuid.Nil && a.Due.Before(today):
		return ErrDue
	case a.State != "" && !slices.Contains(States(), a.State):
		return ErrState
	case tooLong(a.Became, MaxBecame):
		return ErrBecame
	}
	return nil
}

// Late says whether an open action's date has passed.
func (a *Action) Late(today time.Time) bool { return a.State == Open && a.Due.Before(today) }

func tooLong(text string, most int) bool { return len([]rune(text)) > most }

// Reminder is why its owner is written to.
type Reminder string

// The reminders, each sent once for each date the action is given.
const (
	NoReminder Reminder = ""
	WeekBefore Reminder = "week"
	OnTheDay   Reminder = "day"
)

// Remind is the reminder that is due today, if it was not sent for this date
// already. Who gave an action less than a week has the one on the day alone.
func (a *Action) Remind(today time.Time, sent []Reminder) Reminder {
	if a.State != Open || a.Owner == uuid.Nil || today.After(a.Due) {
		return NoReminder
	}
	due := NoReminder
	switch {
	case !today.Before(a.Due):
		due = OnTheDay
	case !today.Before(a.Due.AddDate(0, 0, -7)) && a.MadeAt.Before(a.Due.AddDate(0, 0, -7)):
		due = WeekBefore
	}
	if slices.Contains(sent, due) {
		return NoReminder
	}
	return due
}
