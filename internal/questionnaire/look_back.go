package questionnaire

import "strings"

// A look-back question asks where the board was at the round before, element by
// element: once people know more they judge more harshly, and a score that falls
// may be that alone. It is asked with any version, in words that are fixed here;
// its levels are the version's own words for them.
const (
	backKey  = "back." // and the element's key
	backText = "Knowing what you know now, where were we at the last round?"
)

// lookBack makes the version's look-back questions, one an element.
func (v *Version) lookBack() []*Question {
	all := make([]*Question, len(v.Elements))
	for i := range v.Elements {
		e := &v.Elements[i]
		all[i] = &Question{Key: BackKey(e.Key), Element: e.Key, Topic: e.Title, Text: backText, Anchors: v.LevelNames}
	}
	return all
}

// LookBack lists the look-back questions, in the order of the elements.
func (v *Version) LookBack() []*Question { return v.back }

// BackQuestion finds a look-back question by its key.
func (v *Version) BackQuestion(key string) (*Question, bool) {
	for _, q := range v.back {
		if q.Key == key {
			return q, true
		}
	}
	return nil, false
}

// BackKey is the key of an element's look-back question.
func BackKey(element string) string { return backKey + element }

// IsBackKey says whether a key is that of a look-back question.
func IsBackKey(key string) bool { return strings.HasPrefix(key, backKey) }

// LooksBack says whether this is a look-back question.
func (q *Question) LooksBack() bool { return IsBackKey(q.Key) }
