// Package page has one templ file a screen, and for each the view it is given.
// It decides nothing: what a person may see has been decided before a view is
// made. Its one rule: a page reads without script, in order, by itself.
package page

import (
	"time"
)

// Frame is what every page shows around its content.
type Frame struct {
	Person string // signed-in person's name, "" for nobody
	ByLink bool   // they came by a personal link or a letter: they can answer, and no more
	Trust  string // trust's name where the page is about one, for the header
	ODS    string
	Demo   bool      // a demonstration: the page says so
	Now    time.Time // when the page was made
}

// Link is an address with its words.
type Link struct {
	Href string
	Text string
}

// london is the time zone every time is shown in.
var london = func() *time.Location {
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		return time.UTC
	}
	return l
}()

// Clock is a time of day as people read it, "14:03".
func Clock(t time.Time) string { return t.In(london).Format("15:04") }

// when is a moment as somebody who reads it now would say it: "at 14:03" on the
// same day, "on 11 November 2026 at 14:03" on another.
func when(t, now time.Time) string {
	if Day(t) == Day(now) {
		return "at " + Clock(t)
	}
	return "on " + Day(t) + " at " + Clock(t)
}

// Day is a date as people read it, "3 November 2026".
func Day(t time.Time) string { return t.In(london).Format("2 January 2006") }

// Month is a month as charts and tables write it, "Nov 2026".
func Month(t time.Time) string { return t.In(london).Format("Jan 2006") }
