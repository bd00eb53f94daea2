package page

import (
	"time"

	"github.com/google/uuid"

	"octant/internal/action"
	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/workshop"
	"octant/web/nhsuk"
)

// RoomView is what everybody in the room sees of a workshop, on whatever screen.
type RoomView struct {
	Frame
	Workshop workshop.Workshop // as this viewer may see it
	Version  *questionnaire.Version
	Board    string // the trust's name
	Cards    []string
	Parked   []workshop.Parked
	Actions  []action.Action  // decided in this workshop
	Report   *maturity.Report // of the round it starts from, where the item under way shows it
	Path     string           // of this screen: it follows the session from Path + "/now"
	Events   string           // where it hears that something has changed
}

// ProjectorView is the big screen.
type ProjectorView struct {
	RoomView
	Code    string // join code, "" while nobody can join
	Address string // where it is typed, as people write it
	Link    string // what the QR code leads to
}

// PhoneView is one device's screen.
type PhoneView struct {
	RoomView
	Device   int // its number, 0 for none
	Observer bool
	Vote     assessment.Choice // in the vote under way or just closed
	First    assessment.Choice // in the first vote on the item under way
	Card     string
	Ups      []uuid.UUID // what it voted up in the parking lot
	Refused  Refusal
}

// Refusal is what a device sent that could not be kept, and why. What was sent
// stays in sight.
type Refusal struct {
	Says   string
	Choice assessment.Choice
	Words  string
	Field  string // "vote", "card" or "park"
}

// JoinView asks for a workshop's code, or how to take part once it is known.
type JoinView struct {
	Frame
	Code   nhsuk.Field
	Member string // who is signed in and could join as themselves, "" for nobody
	Over   bool   // this device was in a session that has ended

	Removed bool // this device was taken out of a session that goes on
}

// ConsoleView is a workshop for whoever runs it.
type ConsoleView struct {
	RoomView
	Code     string
	Address  string
	Room     RoomCount
	Watching int
	Voters   int // who may vote in the vote under way
	Voted    int // of them
	Written  int // cards
	Resets   []workshop.Reset
	Carried  []action.Action // open ones from before
	Notice   string
	Error    string
	Agree    AgreeForm
	Restart  nhsuk.Field
	Act      ActionForm
	Park     nhsuk.Field
	Notes    nhsuk.Field
	// NotesOver is the mark of the notes in whose place new ones go.
	NotesOver string
}

// AgreeForm is the level a board agrees on.
type AgreeForm struct {
	Level   nhsuk.Field
	Reason  nhsuk.Field
	Dissent nhsuk.Field
}

// ActionForm is an action as it is written down.
type ActionForm struct {
	What    nhsuk.Field
	Owner   nhsuk.Field
	Name    nhsuk.Field // of an owner who is not on the list
	Due     nhsuk.DateField
	Element nhsuk.Field
}

// WorkshopsView lists a trust's workshops.
type WorkshopsView struct {
	Frame
	Path      string
	Workshops []workshop.Workshop
	MayRun    bool
	Notice    string
}

// WorkshopFormView is the form that makes a workshop.
type WorkshopFormView struct {
	Frame
	Path      string
	Title     nhsuk.Field
	Round     nhsuk.Field
	Length    nhsuk.Field
	Rehearsal nhsuk.Field
}

// AgendaView is the agenda of a workshop, to be put in order.
type AgendaView struct {
	Frame
	Workshop workshop.Workshop
	Version  *questionnaire.Version
	Path     string // of the workshop
	Notice   string
	Error    string
}

// AgendaItemView is the form of one item, or of a new one.
type AgendaItemView struct {
	Frame
	Workshop workshop.Workshop
	Path     string // of the workshop
	Action   string
	New      bool
	Item     workshop.Item
	Question nhsuk.Field // of a new item: what it is about
	Title    nhsuk.Field
	Minutes  nhsuk.Field
	Sitting  nhsuk.Field
	Prompt   nhsuk.Field
	Notes    nhsuk.Field
	Over     string // mark of the item in whose place what is typed goes
	Error    string
	There    *workshop.Item // what somebody else has made of it meanwhile, else nil
}

// BriefView is what whoever runs a workshop reads before it.
type BriefView struct {
	Frame
	Workshop workshop.Workshop
	Version  *questionnaire.Version
	Report   *maturity.Report // nil without a round
	Path     string
	Carried  []action.Action
}

// KitView is what is printed in case the network fails.
type KitView struct {
	Frame
	Workshop workshop.Workshop
	Version  *questionnaire.Version
	Path     string
}

// RecordView is what came of a workshop.
type RecordView struct {
	Frame
	Workshop workshop.Workshop
	Version  *questionnaire.Version
	Path     string
	Resets   []workshop.Reset
	Parked   []workshop.Parked
	Actions  []action.Action
	Joined   int
	MaySend  bool // the outcome can be sent to those who were asked
	Notice   string
}

// AgreedView is what a board agreed in workshops on one round, beside what its
// members said each for themselves.
type AgreedView struct {
	Frame
	Round   string // title
	Path    string // address of the round
	Version *questionnaire.Version
	Report  maturity.Report
	Levels  []AgreedLevel
}

// AgreedLevel is one question's agreed level.
type AgreedLevel struct {
	Question  string
	Held      time.Time
	Agreement workshop.Agreement
	Record    string // address of the workshop's record
}

// ActionsView lists what a board has decided to do.
type ActionsView struct {
	Frame
	Path    string
	Actions []ListedAction
	MayRun  bool
	Notice  string
}

// ListedAction is an action and the workshop it was decided in.
type ListedAction struct {
	action.Action
	Title string
}

// ActionView is the form that says what became of an action.
type ActionView struct {
	Frame
	Path   string // of the list
	Action string // address the form posts to
	What   string
	Owner  string
	State  nhsuk.Field
	Became nhsuk.Field
	Due    nhsuk.DateField
}
