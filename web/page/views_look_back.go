package page

import (
	"time"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
)

// LookBackView is the page that looks back on an earlier round, one row an
// element, with this person's answers or what they chose when it could not be
// kept.
type LookBackView struct {
	Frame
	Round     assessment.Round
	Path      string // address of the round
	Before    string // title of the earlier round
	BeforeOn  time.Time
	Rows      []LookBackRow
	LastSaved time.Time // when this person's newest answer was kept, zero for none
	Closed    bool      // the round closed, or this person's time ended, while the page was open
}

// LookBackRow is one element.
type LookBackRow struct {
	Question *questionnaire.Question
	Element  *questionnaire.Element
	Answer   assessment.Answer  // what is chosen, kept or not
	Kept     *assessment.Answer // what is kept, where it is something else
	Error    string
}
