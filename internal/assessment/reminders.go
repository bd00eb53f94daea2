package assessment

import (
	"slices"
	"time"
)

// Letter is what a letter is about.
type Letter string

// The letters. The last one goes when a round closes, the others at their time.
const (
	NoLetter   Letter = ""
	Invitation Letter = "invitation" // the round has opened
	Reminder   Letter = "reminder"   // still to finish
	Closing    Letter = "closing"    // the last day is near
	Released   Letter = "released"   // the round has closed and its report is ready

	AdviceAsked Letter = "request" // another trust asks this one's lead for advice
	AdviceGiven Letter = "reply"   // and this is the answer

	Outcome    Letter = "outcome"     // a workshop's record can be read
	ActionWeek Letter = "action-week" // an action is due in a week
	ActionDay  Letter = "action-day"  // and this is the day
)

// When reminders go, in days after somebody was invited; after the last of
// these, one a fortnight.
const (
	FirstReminder  = 3
	SecondReminder = 5
	Fortnight      = 14
)

// ShortestReminded is the shortest time to answer, in days from the invitation
// to the last day, in which anybody is reminded at all.
const ShortestReminded = 3

// Between two letters to one person lies a day at least.
const restBetween = 24 * time.Hour

// Letters go on weekdays between these hours, UK time. Bank holidays are
// weekdays like others: which days they are is decided from year to year.
const (
	LettersFrom  = 8
	LettersUntil = 18
)

// Nags says whether a letter asks somebody to do something by a day, and so waits
// for a time at which people work.
func (l Letter) Nags() bool {
	return l == Reminder || l == Closing || l == ActionWeek || l == ActionDay
}

// MayWrite says whether letters go at that moment.
func MayWrite(now time.Time) bool {
	t := now.In(london)
	return weekday(t) && t.Hour() >= LettersFrom && t.Hour() < LettersUntil
}

// NextWriting is the first moment, from t on, at which letters go.
func NextWriting(t time.Time) time.Time {
	if MayWrite(t) {
		return t
	}
	day := Today(t)
	if t.In(london).Hour() >= LettersUntil {
		day = day.AddDate(0, 0, 1)
	}
	for !weekday(day) {
		day = day.AddDate(0, 0, 1)
	}
	return At(day, LettersFrom)
}

func weekday(t time.Time) bool { return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday }

// Addressee is somebody who is asked, as far as letters go.
type Addressee struct {
	LastDay  time.Time // their own, zero for the round's
	Finished bool
	Away     bool
	Invited  time.Time // when their invitation was written, zero for not yet; at night it waits for the morning
	Reminded time.Time // when they were last reminded
	Warned   time.Time // when they were last told that the end is near
	Written  time.Time // when the last letter of any kind to them was written
}

// Due is the letter that is due to somebody at that moment. What it decides
// depends on what was written before and not on when it was last asked, so that
// asking twice writes once, and a clock that stood still writes one letter and
// not all that it missed. Somebody who was away when the round opened is invited
// once they are back.
func (r *Round) Due(to Addressee, now time.Time) Letter {
	if !r.ByClock || !r.TakesAnswers(to.LastDay, now) || !MayWrite(now) {
		return NoLetter
	}
	if to.Finished || to.Away {
		return NoLetter
	}
	if to.Invited.IsZero() {
		return Invitation
	}
	began, last := Today(NextWriting(to.Invited)), Later(r.ClosesOn, to.LastDay)
	if days(began, last) < ShortestReminded || now.Sub(to.Written) < restBetween {
		return NoLetter
	}
	warning := NextWriting(At(last.AddDate(0, 0, -1), LettersFrom))
	if !now.Before(warning) {
		if to.Warned.Before(warning) {
			return Closing
		}
		return NoLetter // nothing follows the warning
	}
	if warning.Sub(now) >= restBetween && remind(began, to.Reminded, now) {
		return Reminder
	}
	return NoLetter
}

// remind says whether a reminder is due to somebody who was invited on the day
// they began and last reminded at that time.
func remind(began, reminded, now time.Time) bool {
	after := days(began, Today(now))
	passed := slices.DeleteFunc(reminders(after), func(day int) bool {
		return now.Before(NextWriting(At(began.AddDate(0, 0, day), LettersFrom)))
	})
	if len(passed) == 0 {
		return false
	}
	day := passed[len(passed)-1]
	if day > SecondReminder && !reminded.IsZero() && days(Today(reminded), Today(now)) < Fortnight {
		return false
	}
	return reminded.Before(NextWriting(At(began.AddDate(0, 0, day), LettersFrom)))
}

// reminders lists the days after the beginning, up to this one, on which
// somebody is reminded.
func reminders(until int) []int {
	var all []int
	for day := FirstReminder; day <= until; {
		all = append(all, day)
		if day == FirstReminder {
			day = SecondReminder
		} else {
			day += Fortnight
		}
	}
	return all
}

// days is how many days lie between two planned days.
func days(from, to time.Time) int { return int(to.Sub(from).Hours() / 24) }
