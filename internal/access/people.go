package access

import (
	"errors"
	"time"

	"github.com/google/uuid"
)

// What a change of people refuses.
var (
	// ErrNoLead means that on some day to come nobody would lead the trust.
	ErrNoLead = errors.New("access: nobody would lead")
	// ErrTaken means that somebody else has the email address.
	ErrTaken = errors.New("access: address is taken")
	// ErrNotOurs means that the person's name and address are not the trust's to
	// change: they belong elsewhere too, or have signed in with them.
	ErrNotOurs = errors.New("access: not this trust's to change")
	// ErrNoAddress means a role for which its holder has to sign in, and so has
	// to have an email address.
	ErrNoAddress = errors.New("access: role needs an address")
	// ErrTerm means a role that nobody can be granted, a member without a side,
	// or one that ends before it begins.
	ErrTerm = errors.New("access: no such term")
)

// Side is the side of the table on which a board member sits.
type Side string

// The sides, written as package assessment writes them.
const (
	Executive    Side = "exec"
	NonExecutive Side = "ned"
)

// Valid says whether it is one of the two sides.
func (s Side) Valid() bool { return s == Executive || s == NonExecutive }

// Term is one role that somebody has, had or will have in a trust. Its days are
// midnights in UTC.
type Term struct {
	Role  Role
	Title string    // board role, such as "Chief nurse"; a member's alone
	Side  Side      // a member's alone
	From  time.Time // first day
	Until time.Time // last day; zero when none is set
}

// Today is the day of a moment, as terms count days.
func Today(now time.Time) time.Time {
	year, month, day := now.UTC().Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// Over says whether the term's last day lies before the day.
func (t Term) Over(day time.Time) bool { return !t.Until.IsZero() && t.Until.Before(day) }

// Holds says whether the day is one of the term's.
func (t Term) Holds(day time.Time) bool { return !t.From.After(day) && !t.Over(day) }

// Check says ErrTerm for a term that there cannot be.
func (t Term) Check() error {
	granted := false
	for _, r := range Granted() {
		granted = granted || r == t.Role
	}
	switch {
	case !granted, t.From.IsZero(), t.Over(t.From), (t.Role == Member) != t.Side.Valid():
		return ErrTerm
	}
	return nil
}

// Unled is the first day from the given one on which nobody leads; zero when
// somebody leads on all of them.
func Unled(terms []Term, day time.Time) time.Time {
	for {
		next := day
		for _, t := range terms {
			if t.Role != Lead || !t.Holds(day) {
				continue
			}
			if t.Until.IsZero() {
				return time.Time{}
			}
			if after := t.Until.AddDate(0, 0, 1); after.After(next) {
				next = after
			}
		}
		if next.Equal(day) {
			return day
		}
		day = next
	}
}

// Led says whether on every day from the given one on somebody leads.
func Led(terms []Term, day time.Time) bool { return Unled(terms, day).IsZero() }

// Known is somebody whom a trust has on its list already.
type Known struct {
	Person uuid.UUID
	Name   string
	Email  string // "" for none
	Title  string // as a board member, now or before
	Side   Side
	Sits   bool // on the board, now or from a day to come
}

var roleWords = map[Role]string{
	Lead: "trust lead", Chair: "chair", Facilitator: "facilitator", Member: "board member", Observer: "observer", Viewer: "regional viewer",
}

// Words is the role as people say it; "" for one that nobody is granted.
func (r Role) Words() string { return roleWords[r] }
