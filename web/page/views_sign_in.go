package page

import (
	"time"

	"octant/web/nhsuk"
)

// SignInView asks for an address to send a code to.
type SignInView struct {
	Frame
	Email  nhsuk.Field
	To     string // path of the page to lead to afterwards
	Onward bool   // somebody asked for that page and was sent here
}

// CodeView asks for the code that was sent.
type CodeView struct {
	Frame
	Email   string // the address it was asked for with
	To      string
	Code    nhsuk.Field
	Minutes int // how long a code works

	Provider string // address of the trust's own sign-in, "" for none
}

// SessionsView lists where somebody is signed in.
type SessionsView struct {
	Frame
	Sessions []SessionRow
	Ended    bool // one was just ended
}

// SessionRow is one place where somebody is signed in.
type SessionRow struct {
	ID     string
	Device string // "Chrome on Windows"
	Way    string // how they signed in, in words
	Since  time.Time
	Used   time.Time
	This   bool // this page was asked for from it
}
