package assessment

import "time"

// How long what is kept about people is kept. The program keeps to it by itself,
// and the pages and records that state it read it here.
const (
	LinkDaysAfterNext = 30 // the link between a person and their answers: after the trust's next round closed
	LinkMonths        = 24 // or after the round itself did, whichever is first
	CommentMonths     = 12 // comments and notes of evidence: after their round closed
	SignInMonths      = 12 // sign-in records
	LetterMonths      = 12 // what a mail server said of a letter
	RequestMonths     = 12 // what one trust asks another: after the last of the two wrote
)

// UnlinkDue says whether the answers of a closed round must be cut loose from
// people by now. next is when the trust's next round closed, zero for not yet.
func UnlinkDue(closed, next, now time.Time) bool {
	return !now.Before(closed.AddDate(0, LinkMonths, 0)) ||
		!next.IsZero() && !now.Before(next.AddDate(0, 0, LinkDaysAfterNext))
}

// CommentsDue says whether the comments of a closed round must be erased by now.
func CommentsDue(closed, now time.Time) bool { return !now.Before(closed.AddDate(0, CommentMonths, 0)) }
