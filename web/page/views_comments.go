package page

import (
	"time"

	"octant/internal/assessment"
)

// CommentsView is what people wrote beside their answers in a closed round.
type CommentsView struct {
	Frame
	Title    string // of the round
	Path     string // address of the round
	Elements []CommentedElement
	Hidden   int       // comments and notes that the lead has hidden
	Erased   time.Time // when they went after their time; zero while they are kept
	MayHide  bool
	Done     string // what has just been done: "hidden", "shown" or nothing
}

// CommentedElement is one element's comments.
type CommentedElement struct {
	Title     string
	Questions []CommentedQuestion
	TooFew    []string // topics on which the report tells of too few answers
}

// CommentedQuestion is what was written beside one question.
type CommentedQuestion struct {
	Key      string
	Text     string
	Topic    string
	Comments []Comment
	Evidence []Comment
}

// Comment is something that somebody wrote. Words are "" where it is hidden and
// this reader may not show it again.
type Comment struct {
	ID     string
	Words  string
	Hidden bool
}

// OwnDataView is all that is held on the person who reads it.
type OwnDataView struct {
	Frame
	Account []OwnFact
	Parts   []OwnPart // of the account: roles, sign-ins and the like
	Trusts  []OwnTrust
}

// OwnTrust is what one trust holds.
type OwnTrust struct {
	Name   string
	Rounds []OwnRound
	Parts  []OwnPart
}

// OwnRound is one round in which the person is or was asked.
type OwnRound struct {
	Title   string
	Facts   []OwnFact
	None    string // why there are no answers, "" where there are
	Answers []OwnAnswer
}

// OwnAnswer is one answer as it was given.
type OwnAnswer struct {
	Question string
	Answer   string
	Comment  string
	Evidence string
}

// OwnPart is a list of one kind, such as sign-ins.
type OwnPart struct {
	Title string
	None  string // what to say when there is nothing
	Items []string
}

// OwnFact is a name and what is held under it.
type OwnFact struct{ Name, Value string }

// DeleteDraftView asks a person to confirm that their draft goes.
type DeleteDraftView struct {
	Frame
	Round assessment.Round
	Path  string
	Done  int  // questions answered
	Sent  bool // handed in, so that nothing can be deleted
}

// DisclosureView is the report as it would look if it were released. Its
// report has been through [maturity.Report.Released].
type DisclosureView struct {
	ReportView
	Made time.Time
}
