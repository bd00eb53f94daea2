package maturity

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// EditionSchema is the version of the frozen edition that this program writes.
const EditionSchema = 1

// The rules of a benchmark edition (BENCHMARKS.md beside this file). They stand in every
// edition, so that one that was made under others says so.
const (
	MinOthers = 5   // trusts unknown to the reader that a band must hold
	MinTrusts = 6   // the reader's own and those
	MaxShift  = 0.3 // levels by which leaving any one trust out may move a quartile
	MinICC2   = 0.7 // below it, trusts' scores cannot be told apart
)

// What a census says when there is nothing to publish.
var (
	// ErrTooFewTrusts means that no questionnaire was answered in enough trusts.
	ErrTooFewTrusts = errors.New("maturity: too few trusts for a benchmark")
	// ErrNothingNew means that every group is as it was in an earlier edition, or
	// differs from it by so few trusts that theirs could be worked out.
	ErrNothingNew = errors.New("maturity: too little has changed since the last benchmark")
)

// Edition is a benchmark: how the scores of trusts that agreed to be counted are
// spread, in bands that name no trust and rank none. It is made once, by a
// [Census], and frozen. All of it may be shown to whoever may read editions.
type Edition struct {
	Schema int       `json:"schema"`
	Number int       `json:"number"`
	Made   time.Time `json:"made"`
	Window Window    `json:"window"`
	Rules  Rules     `json:"rules"`
	Parts  []Part    `json:"parts"`
}

// Window is the days between which a round must have closed to count.
type Window struct {
	From time.Time `json:"from"` // the first day
	To   time.Time `json:"to"`   // the last
}

// EditionMonths is how long ago a round that counts may have closed.
const EditionMonths = 24

// WindowOf is the window of an edition that is made now, in days of UTC.
func WindowOf(now time.Time) Window {
	day := now.UTC().Truncate(24 * time.Hour)
	return Window{From: day.AddDate(0, -EditionMonths, 0), To: day}
}

// Rules are the ones an edition was made under.
type Rules struct {
	MinTrusts int     `json:"minTrusts"`
	MinOthers int     `json:"minOthers"`
	MaxShift  float64 `json:"maxShift"`
	MinICC2   float64 `json:"minIcc2"`
	Quartiles string  `json:"quartiles"`
}

// rulesNow are those of this program.
func rulesNow() Rules {
	return Rules{MinTrusts, MinOthers, MaxShift, MinICC2, "Hyndman and Fan (1996), definition 7, rounded to one decimal"}
}

// Part is what one questionnaire in one form gave: scores that were made of
// different questions are never put together.
type Part struct {
	Questionnaire string        `json:"questionnaire"`
	Form          string        `json:"form"`
	Reliability   []Reliability `json:"reliability"` // an entry for each element
	Groups        []Group       `json:"groups"`      // the widest first
}

// Reliability is how far trusts differ in one element beside how far the people
// of one trust do.
type Reliability struct {
	Element string   `json:"element"`
	Trusts  *int     `json:"trusts"` // that it was worked out from
	People  *float64 `json:"people"` // to a trust, on average
	ICC1    *float64 `json:"icc1"`   // rounded down, 0 where it is less
	ICC2    *float64 `json:"icc2"`
	Hidden  Reason   `json:"hidden,omitempty"`
}

// GroupKind is what the trusts of a group have in common.
type GroupKind string

// The kinds, the widest first.
const (
	AllTrusts GroupKind = "all"
	SameType  GroupKind = "type"
	SameArea  GroupKind = "region"
	SameBoard GroupKind = "icb" // integrated care board
)

// GroupKinds lists the kinds, the widest first.
func GroupKinds() []GroupKind { return []GroupKind{AllTrusts, SameType, SameArea, SameBoard} }

// GroupKey names a group.
type GroupKey struct {
	Kind GroupKind `json:"kind"`
	Code string    `json:"code,omitempty"`
}

// Group is trusts that can be compared with each other. One in which too few
// trusts are counted is not in the edition at all.
type Group struct {
	GroupKey
	Name  string `json:"name,omitempty"`
	Bands []Band `json:"bands"` // an entry for each element
}

// Band is where the middle half of a group's trusts lies in one element.
type Band struct {
	Element string   `json:"element"`
	Trusts  *int     `json:"trusts"`
	Low     *float64 `json:"low"`    // the lower quartile
	Middle  *float64 `json:"middle"` // the median
	High    *float64 `json:"high"`   // the upper quartile
	Hidden  Reason   `json:"hidden,omitempty"`
	Since   int      `json:"since,omitempty"` // number of the edition to which too little has changed
}

// Shown says whether the band may be shown.
func (b Band) Shown() bool { return b.Hidden == "" && b.Low != nil }

// Why a band is not shown. Each continues "Not shown:".
const (
	TooFewTrusts Reason = "fewer than six trusts can be compared here"
	AlikeTrusts  Reason = "trusts' scores differ too little beside how much their own people differ"
	UnknownICC   Reason = "too few trusts let us tell how far trusts differ"
	OneTrust     Reason = "one trust alone would move it by more than 0.3 of a level"
	NearAnother  Reason = "it differs from another group by so few trusts that theirs could be worked out"
	NearEarlier  Reason = "too few trusts have changed since an earlier edition"
)

// Band is the band of an element; one without values for an unknown element.
func (g Group) Band(element string) Band {
	for _, b := range g.Bands {
		if b.Element == element {
			return b
		}
	}
	return Band{Element: element, Hidden: TooFewTrusts}
}

// Part is that of a questionnaire and form, if there is one.
func (e Edition) Part(questionnaire, form string) (Part, bool) {
	for _, p := range e.Parts {
		if p.Questionnaire == questionnaire && p.Form == form {
			return p, true
		}
	}
	return Part{}, false
}

// Group is the one of that key; one of no bands where too few trusts are in it.
func (p Part) Group(key GroupKey) (Group, bool) {
	for _, g := range p.Groups {
		if g.GroupKey == key {
			return g, true
		}
	}
	return Group{GroupKey: key}, false
}

// Find is the band of an element in the first of the groups where there is one
// to show, and which of them it was. Where there is none it gives the first
// group's, which says why.
func (p Part) Find(element string, keys []GroupKey) (Band, GroupKey) {
	var first Band
	for i, key := range keys {
		g, _ := p.Group(key)
		b := g.Band(element)
		if b.Shown() {
			return b, key
		}
		if i == 0 {
			first = b
		}
	}
	if len(keys) == 0 {
		return Band{Element: element, Hidden: TooFewTrusts}, GroupKey{}
	}
	return first, keys[0]
}

// FreezeEdition writes an edition as the one document that stands for it from
// then on, and its SHA-256 in lower-case hex.
func FreezeEdition(e Edition) (document []byte, digest string, err error) {
	document, err = json.Marshal(e)
	if err != nil {
		return nil, "", fmt.Errorf("maturity: freeze edition: %w", err)
	}
	sum := sha256.Sum256(document)
	return document, hex.EncodeToString(sum[:]), nil
}

// ThawEdition reads a frozen edition back.
func ThawEdition(document []byte) (Edition, error) {
	d := json.NewDecoder(bytes.NewReader(document))
	d.DisallowUnknownFields()
	var e Edition
	if err := d.Decode(&e); err != nil {
		return Edition{}, fmt.Errorf("maturity: thaw edition: %w", err)
	}
	if e.Schema != EditionSchema {
		return Edition{}, fmt.Errorf("%w: edition of schema %d", ErrSchema, e.Schema)
	}
	return e, nil
}

// Basis is which rounds an edition counted. It is kept, and never shown, so that
// later editions can see what they would give away beside this one.
type Basis struct {
	Counted []Counted `json:"counted"`
}

// Counted is one trust's round in an edition.
type Counted struct {
	ODS           string   `json:"ods"`
	Round         string   `json:"round"`
	Questionnaire string   `json:"questionnaire"`
	Form          string   `json:"form"`
	Type          string   `json:"type,omitempty"`
	Region        string   `json:"region,omitempty"`
	ICB           string   `json:"icb,omitempty"`
	Elements      []string `json:"elements"` // those with a score
}

// in says whether the round belongs to a group.
func (c *Counted) in(key GroupKey) bool {
	switch key.Kind {
	case AllTrusts:
		return true
	case SameType:
		return c.Type == key.Code
	case SameArea:
		return c.Region == key.Code
	case SameBoard:
		return c.ICB == key.Code
	}
	return false
}

// Past is an edition that was made before, with what it was made of.
type Past struct {
	Edition Edition
	Basis   Basis
}
