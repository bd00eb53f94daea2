// Package nhsuk is the NHS.UK design system in templ: one file a component,
// with the classes, ids and ARIA of nhsuk-frontend 10.6.1 (MIT), and Page, the
// document every screen stands in.
//
// It is not a set of screens, and it knows nothing of Octant's rounds, people
// or scores: words and addresses come in, HTML goes out. Nor does it decide
// whether a value is right; a Field arrives with its error already worded.
//
// Its one rule: a component's HTML equals that of the package's own fixtures.
// The parity test renders those fixtures, and names each one it leaves out.
package nhsuk

import (
	"strconv"

	"github.com/a-h/templ"
)

// A Link is words that lead somewhere.
type Link struct {
	Text string
	Href string
}

// A Colour is one of the design system's tag colours. The zero value is the
// plain tag.
type Colour string

// The tag colours. None takes the fill away and leaves the words.
const (
	White     Colour = "white"
	Grey      Colour = "grey"
	Green     Colour = "green"
	AquaGreen Colour = "aqua-green"
	Blue      Colour = "blue"
	Purple    Colour = "purple"
	Pink      Colour = "pink"
	Red       Colour = "red"
	Orange    Colour = "orange"
	Yellow    Colour = "yellow"
	None      Colour = "no-colour"
)

// A Size is a step of the type scale for headings, labels, legends and table
// captions. The zero value is the component's own size.
type Size string

// The sizes.
const (
	Small      Size = "s"
	Medium     Size = "m"
	Large      Size = "l"
	ExtraLarge Size = "xl"
)

// classes joins the class names that are not empty.
func classes(names ...string) string {
	joined := ""
	for _, name := range names {
		if name == "" {
			continue
		}
		if joined != "" {
			joined += " "
		}
		joined += name
	}
	return joined
}

// when gives name if the condition holds, for classes.
func when(condition bool, name string) string {
	if condition {
		return name
	}
	return ""
}

// or gives the first text, or the second when the first is empty.
func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// modified gives "prefix" followed by value, or nothing when value is empty,
// so that an unset option adds no class.
func modified[T ~string](prefix string, value T) string {
	if value == "" {
		return ""
	}
	return prefix + string(value)
}

// numbered gives the id of the i-th control of a group, counted from nought.
// The first has no number, so that an error summary can link to it by name.
func numbered(id string, i int) string {
	if i == 0 {
		return id
	}
	return id + "-" + strconv.Itoa(i+1)
}

// attributes keeps those optional attributes that have a value.
func attributes(pairs ...string) templ.Attributes {
	set := templ.Attributes{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			set[pairs[i]] = pairs[i+1]
		}
	}
	return set
}
