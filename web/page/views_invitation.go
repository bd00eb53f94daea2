package page

import (
	"time"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/web/nhsuk"
)

// InvitationView is what a personal link opens: whose it is and what it leads
// to. Looking at it changes nothing.
type InvitationView struct {
	Frame
	Invited string // whose link it is
	Board   string // the trust's name
	Round   assessment.Round
	Version *questionnaire.Version
	LastDay time.Time // on which this person may answer
	Action  string    // address the button posts to
	Other   string    // somebody else who is signed in in this browser, "" for nobody
	Known   bool      // this person is signed in here already
}

// DeadLinkView is what every link that leads nowhere opens, whatever the reason.
type DeadLinkView struct{ Frame }

// LetterSignInView asks for the code of a printed letter.
type LetterSignInView struct {
	Frame
	Code nhsuk.Field
}

// LinksView lists who is asked in a round and how each can get in.
type LinksView struct {
	Frame
	Round  assessment.Round
	Path   string // address of the round
	People []LinkedPerson
	Notice string // what has just been done
}

// LinkedPerson is one person who is asked.
type LinkedPerson struct {
	ID      string
	Name    string
	Title   string
	Link    string // how their link stands, in words
	Letter  string // how the code of their printed letter stands, in words
	Works   bool   // there is something to revoke
	OnPaper bool
}

// CodeLettersView chooses for whom letters with a code are printed.
type CodeLettersView struct {
	Frame
	Round  assessment.Round
	Path   string
	People []LetterPerson
	Error  string
}

// LetterPerson is somebody for whom a letter can be printed.
type LetterPerson struct {
	ID     string
	Name   string
	Title  string
	Chosen bool
	Why    string // why they need one, "" for those who can do without
}

// LettersView is letters to print, one page a person.
type LettersView struct {
	Frame
	Round   assessment.Round
	Path    string
	Address string // where the code is typed, without "https://"
	Letters []CodeLetter
}

// CodeLetter is one letter.
type CodeLetter struct {
	Name  string
	Title string
	Code  string
}

// PaperView is how a round stands on paper: who answers on it, the sheets, and
// the way to key one in.
type PaperView struct {
	Frame
	Round  assessment.Round
	Path   string
	People []PaperPerson
	Exec   PaperSide
	Ned    PaperSide
	Error  string // why the list could not be kept
	Code   nhsuk.Field
	Notice string
}

// PaperPerson is somebody who can answer on paper.
type PaperPerson struct {
	ID      string
	Name    string
	Title   string
	Side    assessment.Side
	OnPaper bool
}

// PaperSide is one side's paper, in numbers alone.
type PaperSide struct {
	People int
	Sheets int
	Keyed  int
}

// Waiting is how many sheets are still to be keyed in.
func (s PaperSide) Waiting() int { return s.People - s.Keyed }

// SheetsView is sheets to print.
type SheetsView struct {
	Frame
	Round   assessment.Round
	Path    string
	Version *questionnaire.Version
	Sheets  []PaperSheet

	// Looking back, from the second round on.
	Back     []*questionnaire.Question
	Before   string // title of the earlier round
	BeforeOn time.Time
}

// PaperSheet is one sheet: it has a side and a code, and nobody's name.
type PaperSheet struct {
	Side assessment.Side
	Code string
}

// KeyingView is the form into which a sheet is keyed.
type KeyingView struct {
	Frame
	Round    assessment.Round
	Path     string // address of the round
	Action   string // address the form posts to
	Sheet    PaperSheet
	Again    bool // it was keyed in before: this replaces all of it
	Elements []KeyedElement
	Back     []nhsuk.Field // looking back, an element each; none in a first round
	Missing  nhsuk.Field   // asks to confirm what was left empty; shown when its error is set
	Error    string        // what is wrong with the form as a whole
}

// KeyedElement is one element's questions.
type KeyedElement struct {
	Title     string
	Questions []KeyedQuestion
}

// KeyedQuestion is one question with what was keyed.
type KeyedQuestion struct {
	Choice  nhsuk.Field
	Comment nhsuk.Field
}
