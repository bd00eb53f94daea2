package page

import (
	"time"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/web/chart"
	"octant/web/nhsuk"
)

// TrendView is a trust's closed rounds, a window at a time.
type TrendView struct {
	Frame
	Path     string // address of the trend
	Rounds   []TrendRow
	Points   []chart.Point // the same rounds, oldest first
	Notes    []chart.Note  // in the order of their days
	Version  *questionnaire.Version
	Older    string // address of the window before, "" for none
	Newer    string
	From, To nhsuk.Field // which two rounds to set beside each other
	MayNote  bool
	Past     TrendPast
}

// TrendPast is what came before a trust, and what followed it.
type TrendPast struct {
	Known    int          // how many the register names before this one
	Register string       // address of the trust in the register
	Lines    []chart.Line // this trust's own first; none where nothing before it may be seen
	Undrawn  int          // how many more may be seen than a chart can tell apart
	Turns    []StepRow    // the successions between the lines, by date
	Marks    []chart.Note // the same as marks on the chart
	Context  []PastContext
	After    []StepRow // where this trust has ended
}

// PastContext is a trust that was split, whose scores can be looked at as context.
type PastContext struct {
	Name, Code string
	Step       StepRow
	Shown      bool
}

// TrendRow is one closed round in the list under the chart, newest first.
type TrendRow struct {
	Title    string
	Report   string // address
	Closed   time.Time
	Answered string // "9 of 12"
	Asked    string // questionnaire and form
	Turnover string // who came and went since the round before
	Compare  string // address of this round beside the one before, "" for the first
}

// ComparisonView is two rounds beside each other.
type ComparisonView struct {
	Frame
	Path       string // address of the trend
	Here       string // address of the comparison
	Comparison maturity.Comparison
	Version    *questionnaire.Version // of the later round
	Turnover   string                 // "" where it was not kept
	Earlier    string                 // address of the earlier report
	Later      string
	SameAsked  bool            // both asked the same questions
	Now        maturity.Result // of the later round's report
}

// NotesView is the lead's notes on the time line, with a form for a new one.
type NotesView struct {
	Frame
	Path  string // address of the trend
	Notes []NoteRow
	Text  nhsuk.Field
	Day   nhsuk.DateField
	Done  string // "added", "changed" or "removed"
}

// NoteRow is one note.
type NoteRow struct {
	Href string // address to change it
	On   time.Time
	Text string
}

// NoteView changes or removes one note.
type NoteView struct {
	Frame
	Path string // address of the trend
	Here string // address of the note
	Text nhsuk.Field
	Day  nhsuk.DateField
}
