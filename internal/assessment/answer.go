// Package assessment is a round and what people answered in it: which states a
// round goes through, what an answer may be, and when it may still change. It
// knows neither who answered (access) nor what the answers come to (maturity).
// Its one rule: an answer that was kept is never changed or dropped except by
// the person who gave it.
package assessment

import (
	"errors"
	"fmt"
	"time"
)

// Choice is what somebody chose for one question: a level, one of the two
// answers that carry no level, or nothing yet.
type Choice uint8

// The choices beside the levels 1 to 5, which are themselves.
const (
	NotAnswered  Choice = 0
	DontKnow     Choice = 6
	RatherNotSay Choice = 7
)

// ErrChoice means a choice outside the scale.
var ErrChoice = errors.New("assessment: no such choice")

// ParseChoice reads a choice as forms and files write it: "1" to "5", "dk",
// "rns", or nothing.
func ParseChoice(code string) (Choice, error) {
	switch code {
	case "":
		return NotAnswered, nil
	case "dk":
		return DontKnow, nil
	case "rns":
		return RatherNotSay, nil
	case "1", "2", "3", "4", "5":
		return Choice(code[0] - '0'), nil
	}
	return NotAnswered, fmt.Errorf("%w: %.20q", ErrChoice, code)
}

// Code is the choice as forms and files write it.
func (c Choice) Code() string {
	switch {
	case c == DontKnow:
		return "dk"
	case c == RatherNotSay:
		return "rns"
	case c >= 1 && c <= 5:
		return string('0' + rune(c))
	}
	return ""
}

// Level is the level chosen, 1 to 5; ok is false for a choice without one.
func (c Choice) Level() (level int, ok bool) {
	if c >= 1 && c <= 5 {
		return int(c), true
	}
	return 0, false
}

// Side is the side of the table a board member sits on.
type Side string

// The two sides. Everybody who is asked is on one of them, so that the sides
// add up to the board and nobody can be found by subtraction.
const (
	Executive    Side = "exec"
	NonExecutive Side = "ned"
)

// Answer is one person's answer to one question.
type Answer struct {
	Question string
	Choice   Choice
	Comment  string    // optional, up to MaxComment characters
	Evidence string    // optional, up to MaxComment characters
	Revision int       // 0 before the first save; goes up by one at each
	SavedAt  time.Time // when this revision was kept; erased when the round closes
}

// MaxComment is how many characters a comment or a note of evidence may have.
const MaxComment = 2000

// Response is one person's answers in one round, without the person.
type Response struct {
	Side      Side
	Submitted bool
	Answers   map[string]Answer // by question key
}
