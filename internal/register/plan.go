package register

import (
	"crypto/sha256"
	"encoding/json"
	"time"
)

// Plan is how a file differs from what is known, and what the register will hold
// once it is applied. Nothing else is ever applied.
type Plan struct {
	AsAt      time.Time
	New       []Organisation
	Closed    []Redating
	Reopened  []Redating
	Corrected []Redating // another opening or closing day
	Renamed   []Change[string]
	Moved     []Change[Place]
	Followed  []Following
	Types     []Type // from Octant's own table

	// What a person should look at; nothing is done about it.
	Missing []Organisation // open in the register and not in the file, though it is the newest
	Orphans []Organisation // closed, and nobody is known to have followed
	Strange []string       // codes of regions and boards that Octant's table does not have
	Others  int            // lines of the successor file about organisations that are no trusts
	Refused []Refusal

	State []Organisation // each organisation that is written, as it will be
}

// Redating is a change of the days on which an organisation opened and closed.
type Redating struct {
	Code, Name string
	OldOpened  time.Time
	Opened     time.Time
	OldClosed  time.Time // zero: it was open
	Closed     time.Time // zero: it is open
}

// Change is a value that gave way to another.
type Change[T comparable] struct {
	Code, Name string
	Old, New   T
	On         time.Time
	After      time.Time // when On is only the file that says so: the last day of a file that said otherwise
}

// Following is a succession that is new, or was known otherwise.
type Following struct {
	Succession
	Old *Succession
}

// Empty says that there is nothing to do.
func (p Plan) Empty() bool {
	return len(p.New)+len(p.Closed)+len(p.Reopened)+len(p.Corrected)+len(p.Renamed)+len(p.Moved)+len(p.Followed)+len(p.Types) == 0
}

// Digest is different for every plan that does something different.
func (p Plan) Digest() ([sha256.Size]byte, error) {
	p.Refused = nil
	b, err := json.Marshal(p)
	return sha256.Sum256(b), err
}
