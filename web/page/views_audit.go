package page

import (
	"time"

	"octant/web/nhsuk"
)

// AuditView is a page of a trust's record, or of the platform's, newest first.
type AuditView struct {
	Frame
	Platform bool        // what was done for no single trust
	Chain    string      // the record's name for those who run Octant
	Path     string      // address of the record
	Kind     nhsuk.Field // which kind of entry is shown
	Entries  []AuditRow
	Seq      int64  // number of the record's last entry, zero for none
	Head     string // its digest
	Older    string // address of the entries before these, "" when there are none
	Newer    string // address of the entries after these
}

// AuditRow is one entry in words.
type AuditRow struct {
	Seq   int64
	At    time.Time
	Says  string
	Holds bool // it follows from the entry before it
}

// broken counts the entries on the page that do not follow from those before.
func (v AuditView) broken() int {
	n := 0
	for _, e := range v.Entries {
		if !e.Holds {
			n++
		}
	}
	return n
}

// about is what the record is about.
func (v AuditView) about() string {
	if v.Platform {
		return "Administration"
	}
	return v.Trust
}

func (v AuditView) trail() []Link {
	if v.Platform {
		return adminTrail()
	}
	return v.trustTrail()
}
