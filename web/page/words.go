package page

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
)

// notShown stands wherever a value may not be seen. It is never blank and
// never 0, so that nobody reads it as a result.
const notShown = "Not shown"

// ChoiceText is an answer in the words the person chose from.
func ChoiceText(q *questionnaire.Question, c assessment.Choice) string {
	if level, ok := c.Level(); ok {
		return q.Anchors[level-1]
	}
	switch c {
	case assessment.DontKnow:
		return "I do not know"
	case assessment.RatherNotSay:
		if q.LooksBack() {
			return "Not on the board then, or rather not say"
		}
		return "Rather not say"
	}
	return "Not answered"
}

// count is a number with its noun, "1 person" or "3 people".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func people(n int) string { return count(n, "person", "people") }

func questions(n int) string { return count(n, "question", "questions") }

// outOf is progress, "9 of 24".
func outOf(n, total int) string { return fmt.Sprintf("%d of %d", n, total) }

// sideText is a side of the table as the report and the lists name it.
func sideText(s assessment.Side) string {
	if s == assessment.Executive {
		return "Executive"
	}
	return "Non-executive"
}

// formText names a form with what it asks of people.
func formText(v *questionnaire.Version, f questionnaire.Form) string {
	return fmt.Sprintf("%s, about %s minutes", questions(len(v.Questions(f))), v.Minutes(f, false))
}

// lowerFirst makes a phrase that stands alone fit inside a sentence. It leaves
// an abbreviation such as "CIO" alone.
func lowerFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	if next, _ := utf8.DecodeRuneInString(s[size:]); unicode.IsUpper(next) {
		return s
	}
	return string(unicode.ToLower(first)) + s[size:]
}

// upperFirst makes a phrase begin a sentence.
func upperFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return s
	}
	return string(unicode.ToUpper(first)) + s[size:]
}

// listed joins phrases as a sentence does: "a, b and c".
func listed(parts []string) string {
	last := len(parts) - 1
	if last < 1 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}
