package register

import (
	"strings"
	"unicode"
)

// small words stay small inside a name.
var small = map[string]bool{
	"a": true, "an": true, "and": true, "at": true, "by": true, "for": true, "in": true, "of": true, "on": true,
	"or": true, "the": true, "to": true, "under": true, "upon": true, "with": true,
}

// initials stay capital.
var initials = map[string]bool{"nhs": true, "icb": true, "uk": true, "ii": true, "iii": true}

// Title makes a name in capitals readable: "ST GEORGE'S UNIVERSITY HOSPITALS NHS
// FOUNDATION TRUST" becomes "St George’s University Hospitals NHS Foundation
// Trust". A name that has small letters already is somebody's own spelling, and
// stays as it is.
func Title(name string) string {
	if strings.IndexFunc(name, unicode.IsLower) >= 0 {
		return name
	}
	var b strings.Builder
	rest, first := name, true
	for rest != "" {
		n := strings.IndexFunc(rest, func(r rune) bool { return !inWord(r) })
		if n < 0 {
			n = len(rest)
		}
		b.WriteString(titleWord(strings.ToLower(rest[:n]), first))
		if n > 0 {
			first = false
		}
		rest = rest[n:]
		if rest == "" {
			break
		}
		// What stands between words stays. After a bracket a name begins anew.
		n = strings.IndexFunc(rest, inWord)
		if n < 0 {
			n = len(rest)
		}
		b.WriteString(rest[:n])
		first = first || strings.ContainsAny(rest[:n], "(/:")
		rest = rest[n:]
	}
	return b.String()
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || apostrophe(r) }

func apostrophe(r rune) bool { return r == '\'' || r == '’' }

// titleWord writes one word. An s behind an apostrophe is a possessive; a single
// letter before one is the O of a name such as O’Brien.
func titleWord(word string, first bool) string {
	switch {
	case initials[word]:
		return strings.ToUpper(word)
	case small[word] && !first:
		return word
	}
	letters := []rune(word)
	start := true
	for i, r := range letters {
		switch {
		case apostrophe(r):
			letters[i] = '’'
			start = i == 1 && len(letters) > 3
		case start:
			letters[i] = unicode.ToUpper(r)
			start = false
		}
	}
	return string(letters)
}

// Words are the words of a name as a search looks for them: in small letters,
// without apostrophes, each once.
func Words(name string) []string {
	name = strings.Map(func(r rune) rune {
		switch {
		case apostrophe(r):
			return -1
		case inWord(r):
			return unicode.ToLower(r)
		}
		return ' '
	}, name)
	var words []string
	seen := map[string]bool{}
	for _, w := range strings.Fields(name) {
		if !seen[w] {
			words, seen[w] = append(words, w), true
		}
	}
	return words
}
