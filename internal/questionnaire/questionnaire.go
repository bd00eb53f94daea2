// Package questionnaire is what a board is asked: eight elements, their
// questions with five anchors each, and the words the report needs about them.
// It is not what anybody answered (that is assessment) nor what the answers
// come to (maturity). Its one rule: a published version never changes; its
// hash is pinned, and answers refer to its question keys.
package questionnaire

import "slices"

// Form says which questions of a version a round asks.
type Form string

// The forms a round can take.
const (
	Full Form = "full" // every question
	Core Form = "core" // the questions marked core
)

// Levels is how many levels the scale has. Level 1 is the lowest.
const Levels = 5

// Version is one published questionnaire.
type Version struct {
	Name        string         // such as "2026-1"
	Digest      string         // SHA-256 of the file, lower-case hex
	LevelNames  [Levels]string // "Not yet" … "Second nature"; ours, not HEE's
	Credit      string         // who named the eight elements, for every page that shows them
	Elements    []Element
	Factors     []Tag // the seven factors
	Lenses      []Tag // AI readiness, adoption ownership, clinical transformation
	questions   map[string]*Question
	questionsOf map[Form][]*Question
	back        []*Question
}

// Element is one of the eight elements of good digital leadership.
type Element struct {
	Key        string // "1" … "8"
	Title      string // our short title
	Paraphrase string // what the element means, in one sentence
	Levels     [Levels]LevelText
	Questions  []*Question
}

// LevelText says what one level of one element is like.
type LevelText struct {
	Looks string // what this level looks like
	Up    string // what would move a board up one (at level 5: what keeps it there)
}

// Question is one item.
type Question struct {
	Key      string // "1.1" … "8.6"; keeps its meaning across versions
	Element  string // key of its element
	Topic    string // two to five words
	Text     string // the question, ending in a question mark
	Core     bool
	Anchors  [Levels]string // one sentence a level, lowest first
	Evidence []string       // what could show it
	Prompt   string         // for the facilitator
	NextStep string         // one thing to do next
	Factors  []string       // tag keys, primary first
	Lenses   []string       // tag keys
}

// Tag names a cut across the questions: a factor or a lens.
type Tag struct {
	Key   string // such as "ai-readiness"
	Title string // such as "AI readiness"
	About string // one sentence
}

// Question finds a question by its key.
func (v *Version) Question(key string) (*Question, bool) {
	q, ok := v.questions[key]
	return q, ok
}

// Element finds an element by its key.
func (v *Version) Element(key string) (*Element, bool) {
	i := slices.IndexFunc(v.Elements, func(e Element) bool { return e.Key == key })
	if i < 0 {
		return nil, false
	}
	return &v.Elements[i], true
}

// Questions lists what a form asks, in the order it is asked.
func (v *Version) Questions(f Form) []*Question { return v.questionsOf[f] }

// Asks says whether the form asks the question.
func (v *Version) Asks(f Form, key string) bool {
	q, ok := v.questions[key]
	return ok && (f == Full || f == Core && q.Core)
}
