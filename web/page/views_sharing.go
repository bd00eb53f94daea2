package page

import (
	"time"

	"octant/internal/access"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/web/chart"
	"octant/web/nhsuk"
)

// FigureRow is one element's published score, as words.
type FigureRow struct {
	Element string
	Score   string
	Level   string
	Range   string
}

// Shown is what is shown of one trust's latest closed round outside it.
type Shown struct {
	Round  string
	Closed time.Time
	Rows   []FigureRow
}

// SharingView is how far a trust shares its results, and the form that says so.
type SharingView struct {
	Frame
	Path    string
	Notice  string
	Rung    access.Rung // today
	Ahead   []access.Consent
	History []access.Consent // newest first
	Choice  nhsuk.Field
	From    nhsuk.DateField
	Willing bool
	Latest  *Shown // nil where no round has closed
}

// PublicView is a trust's public summary.
type PublicView struct {
	Frame
	Name, Kind, Code string
	Latest           Shown
}

// CirclesView lists the circles of the trusts that somebody leads.
type CirclesView struct {
	Frame
	Notice string
	Cards  []CircleCard
	Name   nhsuk.Field
	Trust  nhsuk.Field // for which trust; no options where there is one alone
}

// CircleCard is a circle and one of the person's trusts in it.
type CircleCard struct {
	Href, Name, Founder, Trust string
	Invited                    bool
	Members                    int
}

// CircleView is one circle.
type CircleView struct {
	Frame
	Path    string
	Name    string
	Founder string
	Notice  string
	Places  []CirclePlace
	Yours   []CircleYours
	Sees    bool
	Matrix  Matrix
	Code    nhsuk.Field // of a trust to invite; no label for who may not
	As      string      // code of the founder, for the form
}

// CirclePlace is one trust in a circle.
type CirclePlace struct {
	Name, Code string
	Invited    bool
	Since      time.Time
	Shares     bool
}

// CircleYours is one of the person's own trusts in a circle.
type CircleYours struct {
	Name, Code string
	Invited    bool
	Shares     bool
	Sharing    string // address of its sharing page
}

// CompareView is the trusts that somebody looks after, beside each other.
type CompareView struct {
	Frame
	Type, Region, ICB, Order nhsuk.Field
	At                       nhsuk.DateField
	Filtered                 bool
	Sorted                   string // element by whose score the rows stand, "" for by name
	All                      int    // trusts the person sees
	Found                    int    // of these, how many the filter lets through
	Matrix                   Matrix
	CSV                      string
	Newer, Older             string
}

// Matrix is trusts by elements: the latest closed round of each.
type Matrix struct {
	Elements []string // titles
	Rows     []MatrixRow
}

// MatrixRow is one trust.
type MatrixRow struct {
	Name, Code, Kind string
	Report           string // address, "" where it is not the reader's to open
	Round            string // "" where no round has closed
	Closed           time.Time
	Cells            []MatrixCell
}

// MatrixCell is one trust's element, in words. Where nothing is shown, Score says
// why and the others are empty.
type MatrixCell struct {
	Score, Level, Range, Change string
}

// OverTimeView is two to six trusts over time.
type OverTimeView struct {
	Frame
	Choose  nhsuk.Field
	Lines   []chart.Line // a trust each, by name
	Version *questionnaire.Version
	CSV     string
}

// PeersView is a trust beside a benchmark edition.
type PeersView struct {
	Frame
	Path      string
	Rung      access.Rung
	MayShare  bool
	Sharing   string // address
	Round     string
	Closed    time.Time
	Edition   *maturity.Edition // nil where there is none
	Numbers   []int
	Group     nhsuk.Field
	Number    nhsuk.Field
	Rows      []chart.PeerRow
	Notes     []string // where a wider group stands in
	Unmatched bool     // no trust that answered the same questions is in the edition
	CSV       string
	Version   *questionnaire.Version
}

// EditionView is one frozen edition.
type EditionView struct {
	Frame
	Edition  maturity.Edition
	Digest   string
	Versions map[string]*questionnaire.Version
	JSON     string
}

// BenchmarksView is where an administrator makes editions.
type BenchmarksView struct {
	Frame
	Notice  string
	Error   string
	Counted int
	Cards   []BenchmarkCard
}

// BenchmarkCard is one edition in the list.
type BenchmarkCard struct {
	Number int
	Made   time.Time
	By     string
}

// LearnView finds a trust to learn from.
type LearnView struct {
	Frame
	Path     string
	Notice   string
	Element  nhsuk.Field
	Title    string // the chosen element's, "" before
	None     bool   // the trust has no score of its own in it
	Guides   []nhsuk.Option
	Guide    nhsuk.Field
	Words    nhsuk.Field
	Requests string // address
	Error    string
}

// RequestsView is the requests for advice that a trust sent and received.
type RequestsView struct {
	Frame
	Path   string
	Notice string
	List   []RequestCard
}

// RequestCard is one request.
type RequestCard struct {
	ID      string
	Sent    bool
	Trust   string
	Element string
	By      string
	At      time.Time
	Words   string
	Reply   string
	ReplyBy string
	ReplyAt time.Time
	Answer  nhsuk.Field
}
