// Package maturity turns a board's answers into scores, agreement, intervals and
// findings, and decides what of it may be shown. It is neither how answers are
// given (assessment) nor how results are drawn or printed. METHOD.md beside it
// says how everything is worked out. Its one rule: no other package computes
// from answers, and whoever reads what this one publishes can never tell that
// all others answered alike.
package maturity

import "time"

// Result is every statistic of one set of answers. As [Score] returns it, it is
// plain and unrounded, for the owner of the answers; as it stands in a
// [Report], every privacy rule has been applied: what may not be shown is null,
// and Hidden says why. Its JSON is part of the product's contract.
type Result struct {
	Questionnaire string    `json:"questionnaire"`
	Form          string    `json:"form"`
	Invited       int       `json:"invited"`
	Respondents   int       `json:"respondents"`
	Overall       Figure    `json:"overall"`
	Lowest        string    `json:"lowest,omitempty"` // key of the lowest shown element
	Elements      []Element `json:"elements"`
	Sides         Sides     `json:"sides"`
	Factors       []Cut     `json:"factors"`
	Lenses        []Cut     `json:"lenses"`
	Hidden        Reason    `json:"hidden,omitempty"` // set when nothing of the round may be shown
}

// Figure is a score on the scale 1 to 5 with its 95 % interval (method 3.6).
type Figure struct {
	Score  *float64 `json:"score"`
	Low    *float64 `json:"low"`
	High   *float64 `json:"high"`
	Level  string   `json:"level"`            // the level's word, "" when hidden
	OnEdge bool     `json:"onEdge,omitempty"` // the interval crosses into another level
	Hidden Reason   `json:"hidden,omitempty"`
}

// Element is one of the eight.
type Element struct {
	Key string `json:"key"`
	Figure
	Respondents *int     `json:"n"`               // people with at least one scored answer
	DontKnow    *float64 `json:"dontKnow"`        // share of answers, 0 to 1
	Claimed     *int     `json:"claimed"`         // items whose mean is 3 or above
	Shown       *int     `json:"shown,omitempty"` // of those, items with at least one piece of evidence noted; left out when the answers came without evidence
	Items       []Item   `json:"items"`
}

// Item is one question.
type Item struct {
	Key              string   `json:"key"`
	N                *int     `json:"n"`               // scored answers
	Mean             *float64 `json:"mean"`            // 1 to 5
	Median           *float64 `json:"median"`          // 1 to 5
	Counts           []int    `json:"counts"`          // people at each level, lowest first
	Bands            []int    `json:"bands,omitempty"` // people at levels 1–2, 3, 4–5, where counts are too fine
	DontKnow         *int     `json:"dontKnow"`
	RatherNotSay     *int     `json:"ratherNotSay"`
	NotAnswered      *int     `json:"notAnswered"`
	NoAnswer         *int     `json:"noAnswer,omitempty"`  // the two before together, where apart would tell too much
	AverageDeviation *float64 `json:"averageDeviation"`    // AD about the mean, in levels, 0 to 2
	Agreement        *float64 `json:"agreement"`           // van der Eijk's A, −1 to 1
	Label            Label    `json:"label"`               // "" when hidden
	LowestPossible   *float64 `json:"lowestPossible"`      // mean if all who gave no score had said 1
	HighestPossible  *float64 `json:"highestPossible"`     // mean if all who gave no score had said 5
	AgreedAt         int      `json:"agreedAt,omitempty"`  // close agreement at this level: all that is shown of a near-unanimous item
	NearlyAll        int      `json:"nearlyAll,omitempty"` // all but one or two people chose this level: all that is shown of such an item
	Evidenced        *bool    `json:"evidenced,omitempty"` // left out when the answers came without evidence

	// NearlyAllDontKnow stands in for a count of "I do not know" that would
	// point at the one or two people who do know.
	NearlyAllDontKnow bool `json:"nearlyAllDontKnow,omitempty"`

	// Hidden says why the item's answers are not counted level by level, and
	// so why values are null. HiddenValues gives those, by JSON key, that are
	// null for another reason.
	Hidden       Reason            `json:"hidden,omitempty"`
	HiddenValues map[string]Reason `json:"hiddenValues,omitempty"`
}

// Label says how far people agree (method 3.4).
type Label string

// The four labels.
const (
	Close Label = "close"
	Fair  Label = "fair"
	Wide  Label = "wide"
	Split Label = "split"
)

// Sides sets executives beside non-executives.
type Sides struct {
	Executive    Turnout       `json:"exec"`
	NonExecutive Turnout       `json:"ned"`
	Elements     []SideElement `json:"elements"`
	Hidden       Reason        `json:"hidden,omitempty"`
}

// Turnout is how many of a side were asked and answered.
type Turnout struct {
	Invited     int  `json:"invited"` // 0 when not known
	Respondents *int `json:"respondents"`
}

// SideElement is one element as each side sees it.
type SideElement struct {
	Key                  string   `json:"key"`
	Executive            *float64 `json:"exec"`
	NonExecutive         *float64 `json:"ned"`
	Gap                  *float64 `json:"gap"` // executive minus non-executive, in levels
	P                    *float64 `json:"p"`   // permutation test over side labels, two-sided; in a report, the step of 0.01, 0.05, 0.1, 0.2, 0.5 and 1 that it does not exceed
	ExecutiveDontKnow    Share    `json:"execDontKnow"`
	NonExecutiveDontKnow Share    `json:"nedDontKnow"`
	Hidden               Reason   `json:"hidden,omitempty"`
}

// Share is how large a part of a side's answers were "I do not know", in words
// and never as a number: "none or few", "some", "about half", "most"; "" hidden.
type Share string

// Cut is one factor or lens: a score across the same answers.
type Cut struct {
	Key string `json:"key"`
	Figure
	DontKnow *float64 `json:"dontKnow"` // share of answers, 0 to 1
	Items    []string `json:"items"`    // keys of the questions it is made of
}

// Report is what is shown of a closed round, and all that is ever shown of it.
// It is made once, by [Publish], frozen by [Freeze] and never computed again.
type Report struct {
	Schema       int         `json:"schema"` // of this document; 1
	Trust        Trust       `json:"trust"`
	Round        Round       `json:"round"`
	Digest       string      `json:"questionnaireDigest"`
	Result       Result      `json:"result"`
	Roles        []RoleCount `json:"roles"` // board roles that were asked, most frequent first
	Strengths    []Finding   `json:"strengths"`
	Gaps         []Finding   `json:"gaps"`
	Splits       []Finding   `json:"splits"`
	BlindSpots   []Finding   `json:"blindSpots"`
	SideGaps     []Finding   `json:"sideGaps"`
	TalkAbout    []Finding   `json:"talkAbout"`    // at most three, of the kinds above
	QualityNotes []string    `json:"qualityNotes"` // whole sentences about the data

	// LookBack is left out of a first round, and of reports from before anybody
	// was asked to look back.
	LookBack *LookBack `json:"lookBack,omitempty"`
}

// Trust names whose report it is, as at the closing.
type Trust struct {
	ODS  string `json:"ods"`
	Name string `json:"name"`
}

// Round names which round it is of.
type Round struct {
	ID     string    `json:"id"`
	Title  string    `json:"title"`
	Opened time.Time `json:"opened"`
	Closed time.Time `json:"closed"`
}

// RoleCount is how many people in a board role were asked.
type RoleCount struct {
	Role    string `json:"role"`
	Invited int    `json:"invited"`
}

// Kind is what a finding is about.
type Kind string

// The kinds of finding.
const (
	Strength  Kind = "strength"
	Gap       Kind = "gap"
	SplitView Kind = "split"
	BlindSpot Kind = "blindSpot"
	SideGap   Kind = "sideGap"
)

// Finding is one thing the board should see first. Its numbers are published
// ones; [Finding.Words] says it as a sentence.
type Finding struct {
	Kind    Kind     `json:"kind"`
	Element string   `json:"element"`
	Item    string   `json:"item,omitempty"`  // "" when it is about the whole element
	Value   *float64 `json:"value,omitempty"` // score, gap or average deviation, as the kind has it
	Count   *int     `json:"count,omitempty"` // people who do not know
	Of      *int     `json:"of,omitempty"`
	Label   Label    `json:"label,omitempty"`
}

// Reason says why a value is not shown, in a few plain words.
type Reason string
