// Package access is who may do what: people, their roles in a trust, and the
// pseudonym under which they answer. It is not how somebody proves who they
// are. Its one rule: every permission is named here, in one table, and what a
// role may do is read nowhere else.
package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"slices"

	"github.com/google/uuid"
)

// ErrDenied means the person is known here but may not do this.
var ErrDenied = errors.New("access: not permitted")

// Role is what somebody is in one trust. A person may hold several.
type Role string

// The roles in a trust.
const (
	Lead        Role = "lead"        // CIO or company secretary: makes and closes rounds
	Chair       Role = "chair"       // chairs the board
	Facilitator Role = "facilitator" // runs the board's workshop
	Member      Role = "member"      // sits on the board and is asked
	Observer    Role = "observer"    // sees published reports
	Viewer      Role = "viewer"      // regional viewer, for a trust that agreed
)

// Permission is one thing that can be done in a trust.
type Permission string

// The permissions.
const (
	EnterTrust   Permission = "enter trust"   // see the trust's page and its list of rounds
	Answer       Permission = "answer"        // answer a round one is asked in
	ViewReport   Permission = "view report"   // read the frozen report of a closed round
	ViewProgress Permission = "view progress" // see how many have answered and who is still to finish
	ManageRounds Permission = "manage rounds" // make, change, open and close rounds, choose who is asked
)

var table = map[Role][]Permission{
	Lead:        {EnterTrust, ViewReport, ViewProgress, ManageRounds},
	Chair:       {EnterTrust, ViewReport, ViewProgress},
	Facilitator: {EnterTrust, ViewReport, ViewProgress},
	Member:      {EnterTrust, Answer, ViewReport},
	Observer:    {EnterTrust, ViewReport},
	Viewer:      {EnterTrust, ViewReport},
}

// Roles is what one person is in one trust.
type Roles []Role

// May says whether any of the roles carries the permission.
func (rs Roles) May(p Permission) bool {
	return slices.ContainsFunc(rs, func(r Role) bool { return slices.Contains(table[r], p) })
}

// With lists the roles that carry a permission, in a fixed order.
func With(p Permission) Roles {
	var rs Roles
	for r, ps := range table {
		if slices.Contains(ps, p) {
			rs = append(rs, r)
		}
	}
	slices.Sort(rs)
	return rs
}

// Person is somebody with an account.
type Person struct {
	ID    uuid.UUID
	Name  string
	Email string
	Admin bool // platform administrator; carries no right in any trust
}

// Respondent is the pseudonym under which one person answers in one trust, the
// same in every round of it so that change can be told from turnover.
type Respondent [sha256.Size]byte

// RespondentOf derives the pseudonym. Without the secret, which is never in the
// database, it cannot be led back to the person.
func RespondentOf(secret []byte, person uuid.UUID, ods string) Respondent {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("octant respondent\x00" + ods + "\x00"))
	mac.Write(person[:])
	return Respondent(mac.Sum(nil))
}
