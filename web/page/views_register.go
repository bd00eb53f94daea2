package page

import (
	"octant/web/nhsuk"
)

// RegisterView is a search of the register.
type RegisterView struct {
	Frame
	Query   nhsuk.Field
	Asked   bool // something is looked for
	Found   []RegisterRow
	Newer   string // address of the page before, "" for none
	Older   string // address of the page after, "" for none
	Page    int
	IsAdmin bool
}

// RegisterRow is one organisation that was found.
type RegisterRow struct {
	Code    string
	Name    string
	Earlier []string // names it had before
	Place   string   // where it lies or lay
	Type    string
	Closed  string // "" while it is open
}

// OrganisationView is one organisation's history.
type OrganisationView struct {
	Frame
	Code    string
	Name    string
	Open    bool
	Facts   []nhsuk.SummaryRow
	Heirs   []Organisation // open codes at the end of the chain, where it has closed
	Names   []HistoryRow
	Places  []HistoryRow
	Types   []HistoryRow
	Before  []StepRow
	After   []StepRow
	Seen    string // of which day the newest file is that names it
	IsAdmin bool
}

// Organisation is one code with its name, "" where no file has a line of it.
type Organisation struct {
	Code string
	Name string
}

// HistoryRow is what held for a time.
type HistoryRow struct {
	What   []string // one or two lines
	From   string
	To     string
	Source string
}

// StepRow is one organisation that followed another.
type StepRow struct {
	On     string
	From   Organisation
	To     Organisation
	How    string // what stands between the names
	Beside []Organisation
	Note   string
	ByHand bool
}

// RegisterAdminView is where files are sent to bring the register up to date.
type RegisterAdminView struct {
	Frame
	Notice  string
	Trusts  nhsuk.Field
	Follow  nhsuk.Field
	AsAt    nhsuk.DateField
	Imports []ImportRow
}

// ImportRow is an import that was applied.
type ImportRow struct {
	File, AsAt, Applied, By, Says string
}

// StagedView is how the files that were sent differ from the register.
type StagedView struct {
	Frame
	Path     string // of the files
	File     string
	Follows  string // name of the successor file, "" for none
	AsAt     string
	Before   string // day on which the same files were applied, "" for none
	Digest   string
	Changed  bool // the register changed since the difference was shown last
	Empty    bool
	Sections []StagedSection
	Refused  []string
}

// StagedSection is one sort of difference.
type StagedSection struct {
	Heading string
	Hint    string
	Lines   []string
}

// OrganisationEditView is what no file says of an organisation.
type OrganisationEditView struct {
	Frame
	Code, Name string
	Path       string
	Notice     string
	Error      string // why a succession could not be taken back
	Types      []HistoryRow
	Type       nhsuk.Field
	From       nhsuk.DateField
	Source     nhsuk.Field
	Steps      []StepRow
	Which      nhsuk.Field
	Other      nhsuk.Field
	Kind       nhsuk.Field
	On         nhsuk.DateField
	Note       nhsuk.Field
}
