package page

import (
	"time"

	"octant/web/nhsuk"
)

// AdminView lists every trust for a platform administrator.
type AdminView struct {
	Frame
	Trusts []TrustCard
}

// NewTrustView is the form that adds a trust and its first lead.
type NewTrustView struct {
	Frame
	Code  nhsuk.Field
	Name  nhsuk.Field
	Kind  nhsuk.Field
	Lead  nhsuk.Field
	Email nhsuk.Field
}

// ListedTrustView is one trust's details and its leads.
type ListedTrustView struct {
	Frame
	Code   string
	Title  string // the trust's name as it is kept
	Path   string
	Notice string // what has just been done
	Error  string // why a lead could not be ended
	Name   nhsuk.Field
	Kind   nhsuk.Field
	Leads  []LeadRow
	Lead   nhsuk.Field
	Email  nhsuk.Field
}

// LeadRow is somebody who leads a trust, or will.
type LeadRow struct {
	Person string // id
	Name   string
	Email  string
	From   time.Time
	Until  time.Time // zero when no end is set
}

// FindView looks somebody up by their address, and shows who it is.
type FindView struct {
	Frame
	Email  nhsuk.Field
	Notice string       // what has just been done
	Error  string       // why somebody's right could not be ended
	Asked  string       // the address that was looked up, "" before
	Found  *FoundPerson // nil when nobody has it
	Name   nhsuk.Field  // name of somebody to be made
}

// FoundPerson is somebody who was looked up.
type FoundPerson struct {
	Name  string
	Admin bool
	Self  bool // it is whoever asks
	Roles []FoundRole
}

// FoundRole is a role in a trust.
type FoundRole struct {
	Trust string
	ODS   string
	Role  string
	From  time.Time
	Until time.Time // zero when no end is set
}
