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

	// Clock is the program itself, when something happens at its time. It is no
	// role that a person can be granted.
	Clock Role = "clock"
)

// Granted lists the roles that a person can be granted, in the order pages name them.
func Granted() Roles { return Roles{Lead, Chair, Facilitator, Member, Observer, Viewer} }

// Permission is one thing that can be done in a trust.
type Permission string

// The permissions.
const (
	EnterTrust   Permission = "enter trust"   // see the trust's page and its list of rounds
	Answer       Permission = "answer"        // answer a round one is asked in
	ViewReport   Permission = "view report"   // read the frozen report of a closed round
	ViewProgress Permission = "view progress" // see how many have answered and who is still to finish
	ManageRounds Permission = "manage rounds" // make, change, open and close rounds, choose who is asked, send letters
	ManagePeople Permission = "manage people" // add people, grant and end roles
	ReadComments Permission = "read comments" // read what was written beside answers, where the rules allow
	HideComments Permission = "hide comments" // hide a comment that identifies somebody
	ReadAudit    Permission = "read audit"    // read the record of what was done
	RunWorkshop  Permission = "run workshop"  // prepare and lead the board's workshop, keep its actions
	ShareResults Permission = "share results" // say how far results are shared, join circles, ask other trusts for advice
	ComparePeers Permission = "compare peers" // read benchmarks, if the trust is counted in them
	KeepTime     Permission = "keep time"     // do what is due: reminders, retention
)

var table = map[Role][]Permission{
	Lead:        {EnterTrust, ViewReport, ViewProgress, ManageRounds, ManagePeople, ReadComments, HideComments, ReadAudit, RunWorkshop, ShareResults, ComparePeers},
	Chair:       {EnterTrust, ViewReport, ViewProgress, ReadComments, RunWorkshop, ComparePeers},
	Facilitator: {EnterTrust, ViewReport, ViewProgress, ReadComments, RunWorkshop},
	Member:      {EnterTrust, Answer, ViewReport, ComparePeers},
	Observer:    {EnterTrust, ViewReport},
	Viewer:      {EnterTrust, ViewReport},
	Clock:       {EnterTrust, ViewProgress, ManageRounds, KeepTime},
}

// Permissions lists what a role may do, in the order of the table.
func (r Role) Permissions() []Permission { return slices.Clone(table[r]) }

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
	Email string // "" for somebody without one
	Admin bool   // platform administrator; carries no right in any trust
}

// Way is how somebody showed who they are.
type Way string

// The ways. A personal link and a printed letter let a person answer in one
// trust; the others let them do all that their roles allow.
const (
	ByLink   Way = "link"
	ByLetter Way = "letter"
	ByCode   Way = "code"
	ByOIDC   Way = "oidc"
	ByDemo   Way = "demo"
)

// AnswersOnly says whether the way lets a person do no more than answer in one
// trust: links are long-lived and can be forwarded.
func (w Way) AnswersOnly() bool { return w == ByLink || w == ByLetter }

// Answering is what is left of the roles for somebody who came by a way that
// lets them do no more than answer.
func (rs Roles) Answering() Roles {
	return slices.DeleteFunc(slices.Clone(rs), func(r Role) bool { return r != Member })
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

// PaperRespondent derives the pseudonym of a sheet of paper, which belongs to no
// person.
func PaperRespondent(secret []byte, sheet uuid.UUID, ods string) Respondent {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("octant paper\x00" + ods + "\x00"))
	mac.Write(sheet[:])
	return Respondent(mac.Sum(nil))
}
