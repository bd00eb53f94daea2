package access

import "time"

// SessionLimit is how long somebody stays signed in.
type SessionLimit struct {
	Idle time.Duration // unused for so long, a session ends
	Most time.Duration // after so long it ends, however much it is used
}

// The limits. Answering takes a board member several sittings over a week; who
// can change things for others, or read what people wrote, stays for less.
var (
	answeringLimit = SessionLimit{Idle: 24 * time.Hour, Most: 7 * 24 * time.Hour}
	readingLimit   = SessionLimit{Idle: 4 * time.Hour, Most: 12 * time.Hour}
	leadingLimit   = SessionLimit{Idle: 30 * time.Minute, Most: 8 * time.Hour}
)

// SessionLimits is how long somebody stays signed in who came this way, has
// these roles and may be an administrator.
func SessionLimits(way Way, roles Roles, admin bool) SessionLimit {
	if way.AnswersOnly() {
		return answeringLimit
	}
	switch {
	case admin || roles.May(ManageRounds) || roles.May(ManagePeople) || roles.May(ReadAudit):
		return leadingLimit
	case roles.May(ReadComments) || roles.May(ViewProgress):
		return readingLimit
	}
	return answeringLimit
}
