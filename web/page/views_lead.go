package page

import (
	"time"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/web/nhsuk"
)

// WelcomeView is the front page for somebody who is not signed in.
type WelcomeView struct {
	Frame
	Version *questionnaire.Version
}

// DemoView lists the demonstration's people, each with a sign-in button.
type DemoView struct {
	Frame
	People []DemoPerson
}

// DemoPerson is one person of the demonstration.
type DemoPerson struct {
	Key  string // "member-1": posted as person=
	Name string
	What string // "Non-executive director; still to answer"
}

// HomeView is what a signed-in person sees first: what waits for them, and
// their trusts.
type HomeView struct {
	Frame
	Waiting   []Waiting
	Trusts    []TrustCard
	Ways      []Link // to pages about several trusts
	Workshops []Link // of the trusts where the person runs them
	Admin     bool
}

// Waiting is a round the person is asked in and has not submitted.
type Waiting struct {
	Trust string
	Round string
	Href  string
	Until string // planned closing day in words
}

// TrustCard is one trust on a list.
type TrustCard struct {
	Name  string
	ODS   string
	Kind  string
	Href  string // "" when this person may not enter
	Roles string // "Trust lead, board member"
}

// TrustView is one trust's page: its rounds and what this person can do.
type TrustView struct {
	Frame
	Kind      string
	Rounds    []RoundRow
	MayManage bool
	Older     string // address of the rounds before these, "" when there are none
	Ways      []Link // to the trust's other pages that this person may see
}

// RoundRow is one round in the trust's list.
type RoundRow struct {
	Round    assessment.Round
	Answer   string // address to answer or look at one's answers, "" when not asked
	Manage   string // address to manage, "" when not permitted
	Report   string // address of the report, "" when there is none to see
	Progress bool   // whether this person may see how many have answered
}

// RoundFormView is the form that makes or changes a round.
type RoundFormView struct {
	Frame
	Action  string // address the form posts to
	New     bool
	Title   nhsuk.Field
	Form    nhsuk.Field // value "full" or "core"
	Opens   nhsuk.DateField
	Closes  nhsuk.DateField
	Version *questionnaire.Version
	Cancel  string
}

// ManageView is the lead's page of one round.
type ManageView struct {
	Frame
	Round     assessment.Round
	Path      string
	Asked     []AskedPerson
	MayManage bool
	PaperExec PaperSide // how far the paper of each side has got
	PaperNed  PaperSide
	Error     string // why the last thing asked for could not be done
	Notice    string // what has just been done
}

// AskedPerson is one person who is asked, never what they said.
type AskedPerson struct {
	OnPaper bool // it is not known whether they have finished

	ID       string
	Name     string
	Title    string
	Side     assessment.Side
	Finished bool
	Away     bool      // gets no reminders
	Until    time.Time // a last day of their own, zero for the round's
}

// PeopleView chooses who is asked.
type PeopleView struct {
	Frame
	Round  assessment.Round
	Path   string
	People []Candidate
	Error  string
}

// Candidate is one board member who can be asked.
type Candidate struct {
	ID     string
	Name   string
	Title  string
	Side   assessment.Side
	Asked  bool
	Locked bool // already asked in a round that has opened: cannot be taken out
}

// CloseView asks the lead to confirm closing, and says what follows.
type CloseView struct {
	Frame
	Round assessment.Round
	Path  string
	Error string
}

// ReportView is the trust-level maturity report.
type ReportView struct {
	Frame
	Report  maturity.Report
	Version *questionnaire.Version
	Path    string // address of the round
	Digest  string // SHA-256 of the frozen document
	Mine    string // address of one's own answers beside the board's, "" when none

	Comments   string // address of what people wrote, "" for who may not read it
	Disclosure string // address of the view for release, "" for who may not open it
	Released   bool   // it is that view: without what a release leaves out
}

// ProblemView is any page that says something went wrong.
type ProblemView struct {
	Frame
	Status    int
	Title     string
	Says      []string // paragraphs
	Ways      []Link   // ways on
	SignIn    bool     // signing in, in another tab, comes before sending again
	Reference string   // what to quote, "" when nothing was logged
	// Again keeps what was typed: the same form can be sent again to Action.
	Action string
	Again  []Typed
	// Words are what was typed where it cannot be sent again, to be taken from there.
	Words []string
}

// Typed is one form value that could not be kept.
type Typed struct {
	Name  string
	Label string // "" for a hidden field
	Value string
}
