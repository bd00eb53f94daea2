// Package register knows which NHS trusts there are and were: it reads the two
// files the Organisation Data Service publishes, says how they differ from what
// is known, and keeps every name and place with its dates. It stores nothing and
// knows no trust's people, rounds or answers. Its one rule: a file says how
// things stood on one day and nothing of any other, so that files may come in
// any order and nothing is closed, renamed or moved because a line is missing.
package register

import (
	"regexp"
	"time"
)

// Attribution is what the licence asks wherever the register's data are shown.
const Attribution = "Contains information from NHS England, licensed under the current version of the Open Government Licence"

// Organisation is one code with all that is known of it.
type Organisation struct {
	Code   string
	Opened time.Time
	Closed time.Time // its last day; zero while it is open
	Seen   time.Time // day of the newest file that names it
	Names  []Spell[string]
	Places []Spell[Place]
}

// Place is where an organisation lies. Both are "" outside England and where it
// is not known.
type Place struct {
	Region string // such as Y56
	ICB    string // such as QMJ or Z9B2Z
}

// Kind is how one organisation followed another.
type Kind string

// The kinds.
const (
	Merger      Kind = "merger"      // several became one new one
	Acquisition Kind = "acquisition" // one that was there took another in
	Split       Kind = "split"       // one became several
	Rename      Kind = "rename"      // one was given a new code
)

// Kinds lists the kinds in the order pages offer them.
func Kinds() []Kind { return []Kind{Merger, Acquisition, Split, Rename} }

var kindWords = map[Kind]string{
	Merger: "Merger", Acquisition: "Acquisition", Split: "Split", Rename: "New code",
}

// String is the kind in words.
func (k Kind) String() string { return kindWords[k] }

// Source is who says that one organisation followed another.
type Source string

// The sources.
const (
	ODS    Source = "ods"    // the published file
	Manual Source = "manual" // an administrator
)

// Succession is one organisation that followed another.
type Succession struct {
	From, To string
	On       time.Time // the first day
	Kind     Kind
	Source   Source
	Note     string
}

// The shapes of codes: trusts of before April 2020, care trusts, and whatever was
// opened later. The last is shared with other organisations, such as integrated
// care boards.
var (
	oldShape  = regexp.MustCompile(`^(R[A-Z0-9]{2}|TA[A-Z])$`)
	newShape  = regexp.MustCompile(`^[A-Z][0-9][A-Z][0-9][A-Z]$`)
	anyShape  = regexp.MustCompile(`^[A-Z0-9]{1,10}$`)
	areaShape = regexp.MustCompile(`^([A-Z][A-Z0-9]{2}|[A-Z][0-9][A-Z][0-9][A-Z])$`)
)

// IsCode says whether a trust can have the code.
func IsCode(s string) bool { return oldShape.MatchString(s) || newShape.MatchString(s) }

// Date is a calendar day.
func Date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// dayAfter is the day on which what ended with d is over.
func dayAfter(d time.Time) time.Time { return d.AddDate(0, 0, 1) }

// Name is what the organisation is called, or was last called, as published.
func (o Organisation) Name() string {
	if len(o.Names) == 0 {
		return o.Code
	}
	return o.Names[len(o.Names)-1].Value
}

// Place is where the organisation lies, or last lay.
func (o Organisation) Place() Place {
	if len(o.Places) == 0 {
		return Place{}
	}
	return o.Places[len(o.Places)-1].Value
}

// OpenOn says whether the organisation is open on a day, as far as is known.
func (o Organisation) OpenOn(day time.Time) bool {
	return !o.Opened.After(day) && (o.Closed.IsZero() || !o.Closed.Before(day))
}
