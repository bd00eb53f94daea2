package page

import (
	"time"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// StartView is the first page a board member sees of a round.
type StartView struct {
	Frame
	Round   assessment.Round
	Version *questionnaire.Version
	Path    string // address of the round, "/trusts/{ods}/rounds/{id}"
	Minutes string // "10 to 18"
	Done    int    // questions this person has answered
	Total   int
	Sent    bool   // submitted
	Resume  string // address of the question to go on with, "" before the first

	LookBack bool // a last page looks back on an earlier round
}

// TasksView lists the eight elements with how far this person has got.
type TasksView struct {
	Frame
	Round    assessment.Round
	Path     string
	Tasks    []Task
	Done     int
	Total    int
	Sent     bool
	Closed   bool
	SavedNow bool // came here by "save and come back later"
	Draft    bool // there is something that can be deleted
	Deleted  bool // came here by deleting it

	// LookBack is the page that looks back, which nobody has to answer; nil in a
	// first round.
	LookBack *Task
}

// Task is one element in the task list.
type Task struct {
	Title      string
	Paraphrase string
	Href       string // where to start or go on
	Done       int
	Total      int
}

// QuestionView is one question with this person's answer, or what they typed
// when it could not be kept.
type QuestionView struct {
	Frame
	Round    assessment.Round
	Path     string // address of the round
	Question *questionnaire.Question
	Element  *questionnaire.Element
	Number   int // 1-based, in the form's order
	Total    int
	Back     string // address of the question before, or the task list
	Answer   assessment.Answer
	Check    bool // came from "check your answers": Continue goes back there
	Errors   QuestionErrors
	Closed   bool      // the round closed meanwhile: shown, not to be changed
	Ended    time.Time // only this person's time did: their last day, else zero
	// LastSaved is when this person's newest answer to any question was kept,
	// shown as "Saved at 14:03"; zero when nothing was.
	LastSaved time.Time
	// Refused is what was sent after the round had closed: it was not kept, and
	// is shown so that nothing typed is lost from sight.
	Refused *assessment.Answer
}

// QuestionErrors is what is wrong with each field, in words for the person.
type QuestionErrors struct {
	Choice   string
	Comment  string
	Evidence string
}

// Any says whether anything is wrong.
func (e QuestionErrors) Any() bool { return e != QuestionErrors{} }

// StaleView shows two answers to one question, given in two places, so that
// the person can choose.
type StaleView struct {
	Frame
	Round    assessment.Round
	Path     string
	Question *questionnaire.Question
	Kept     assessment.Answer // what the database holds
	Typed    assessment.Answer // what was sent now
	Check    bool
}

// CheckView is "check your answers", and the same answers after submitting.
type CheckView struct {
	Frame
	Ended    time.Time // last day of somebody whose time is over while the round is open, else zero
	Round    assessment.Round
	Version  *questionnaire.Version
	Path     string
	Elements []CheckElement
	Missing  int
	Sent     bool
	Error    string    // why it could not be submitted
	Unlinked time.Time // when the answers were cut loose from people; zero while they are not

	// LookBack is what this person said of the round before; none in a first one.
	// Nothing there counts as left out.
	LookBack []CheckRow
}

// CheckElement is one element's answers.
type CheckElement struct {
	Title string
	Rows  []CheckRow
}

// CheckRow is one question and its answer in words.
type CheckRow struct {
	Question   *questionnaire.Question
	Answer     assessment.Answer
	AnswerText string
	Change     string // address, "" once the round has closed
}

// SentView confirms that the answers were submitted.
type SentView struct {
	Frame
	Round assessment.Round
	Path  string
	At    time.Time
}

// MineView sets this person's answers beside the board's published picture.
type MineView struct {
	Frame
	Round   assessment.Round
	Version *questionnaire.Version
	Path    string
	Report  maturity.Report
	Mine    map[string]assessment.Answer
	Sent    bool
	// Unlinked is when the answers were cut loose from people, so that this
	// person's cannot be found any more; zero while they can.
	Unlinked time.Time
}
