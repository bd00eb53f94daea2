package assessment

import (
	"errors"
	"time"
	_ "time/tzdata" // the clock must keep UK time wherever the program runs
)

// What a plan refuses that is kept by the clock.
var (
	ErrPast    = errors.New("assessment: that day or hour has passed")
	ErrEarlier = errors.New("assessment: the new last day is no later than the old one")
	ErrTooLate = errors.New("assessment: the new last day is too late")
	ErrByHand  = errors.New("assessment: round is not kept by the clock")
	ErrNotDue  = errors.New("assessment: nothing is due")
)

// OpeningHour is the hour, UK time, at which rounds open themselves.
const OpeningHour = 8

// MaxExtension is how many days after the round's last day somebody may be given.
const MaxExtension = 28

var london = func() *time.Location {
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err) // the zones are built in
	}
	return l
}()

// Today is the day it is in the UK at that moment, written as all planned days
// are: midnight UTC.
func Today(now time.Time) time.Time {
	y, m, d := now.In(london).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// At is an hour of a planned day in UK time. Hour 24 is the day's end. The
// clocks change between one and two at night, which no hour in use meets.
func At(day time.Time, hour int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, london)
}

// OpensAt is when the round opens itself: in the morning of the planned day.
func (r *Round) OpensAt() time.Time { return At(r.OpensOn, OpeningHour) }

// ClosesAt is when the round closes itself: when its last day is over, or the
// last of those that single people were given.
func (r *Round) ClosesAt() time.Time { return At(Later(r.ClosesOn, r.ExtendedTo), 24) }

// Later is the later of two days. A zero day counts for nothing.
func Later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// Schedule puts a draft under the clock: it will open itself.
func (r *Round) Schedule(now time.Time) error {
	switch {
	case r.State != Draft:
		return ErrNotDraft
	case r.Asked < MinAsked:
		return ErrTooFew
	case !now.Before(r.OpensAt()):
		return ErrPast
	}
	r.ByClock = true
	return nil
}

// Unschedule takes a draft from the clock again.
func (r *Round) Unschedule() error {
	if r.State != Draft {
		return ErrNotDraft
	}
	r.ByClock = false
	return nil
}

// OpenDue opens a draft whose time has come. It says ErrPast if its last day is
// over too, and ErrTooFew if too few people are asked: then it cannot open.
func (r *Round) OpenDue(now time.Time) error {
	if !r.ByClock || r.State != Draft || now.Before(r.OpensAt()) {
		return ErrNotDue
	}
	return r.Open(now)
}

// CloseDue closes an open round whose time is over.
func (r *Round) CloseDue(now time.Time) error {
	if !r.ByClock || r.State != Open || now.Before(r.ClosesAt()) {
		return ErrNotDue
	}
	return r.Close(now)
}

// TakesAnswers says whether somebody may still answer: the round is open and, if
// it is kept by the clock, their last day is not over. lastDay is zero for
// somebody with no day of their own.
func (r *Round) TakesAnswers(lastDay, now time.Time) bool {
	return r.State == Open && (!r.ByClock || !Today(now).After(Later(r.ClosesOn, lastDay)))
}

// MoveClosing puts the last day of an open round off.
func (r *Round) MoveClosing(to, now time.Time) error {
	switch {
	case r.State != Open:
		return ErrNotOpen
	case !to.After(r.ClosesOn):
		return ErrEarlier
	case to.Before(Today(now)):
		return ErrPast
	}
	r.ClosesOn = to
	return nil
}

// MayExtend says whether one person may be given until that day.
func (r *Round) MayExtend(to, now time.Time) error {
	switch {
	case r.State != Open:
		return ErrNotOpen
	case !r.ByClock:
		return ErrByHand
	case !to.After(r.ClosesOn):
		return ErrEarlier
	case to.After(r.LatestExtension()):
		return ErrTooLate
	case to.Before(Today(now)):
		return ErrPast
	}
	return nil
}

// LatestExtension is the last day that can be given to one person.
func (r *Round) LatestExtension() time.Time { return r.ClosesOn.AddDate(0, 0, MaxExtension) }
