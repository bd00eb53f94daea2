package nhsuk

import (
	"slices"
	"strconv"

	"github.com/a-h/templ"
)

// A Field is one thing a form asks for: its words, what was typed, and what is
// wrong with it. A handler fills it in and the page passes it unchanged to its
// component, so a value that was refused is shown again as it was typed.
type Field struct {
	// Name is the form value's name, and the control's id unless ID is set.
	Name string
	ID   string

	// Label is the question; it is the legend of radios and checkboxes, which
	// stand without a fieldset when it is empty.
	Label string
	Hint  string
	Error string

	// Value is the text, or the chosen option. Values are the ticked options
	// of checkboxes.
	Value  string
	Values []string

	// Options are the choices of radios, checkboxes and a select.
	Options []Option

	// Heading makes the label a heading of that level; 1 when it is the
	// page's own heading. Caption stands small above the label.
	Heading int
	Caption string
	Size    Size

	// Type, InputMode, Autocomplete, Width, Verbatim and Code are for a text
	// input. Verbatim switches spell checking off, for addresses and codes;
	// Code sets figures and letters apart so that they are easy to compare.
	Type         string
	InputMode    string
	Autocomplete string
	Width        int
	Verbatim     bool
	Code         bool

	// Rows, MaxLength and Threshold are for a textarea with a character
	// count. Threshold is the percentage of MaxLength from which the count is
	// shown.
	Rows      int
	MaxLength int
	Threshold int

	// Small and Inline lay out radios and checkboxes.
	Small  bool
	Inline bool

	Disabled bool

	// Attributes are further attributes of the control itself.
	Attributes templ.Attributes
}

// An Option is one choice. An option that has only a Divider is the word, such
// as "or", that stands between the choices before and after it.
type Option struct {
	Value    string
	Text     string
	Hint     string
	Divider  string
	Disabled bool

	// Exclusive marks the checkbox that unticks all others, such as "None of
	// these".
	Exclusive bool

	// Conditional is shown below the choice while it is chosen, and always
	// when there is no script.
	Conditional templ.Component
}

// An ErrorLink is one line of the error summary. Without an Href it is plain
// text; without a Text it is nothing.
type ErrorLink struct {
	Text string
	Href string
}

// ErrorLink leads from the error summary to the field, and is empty when the
// field has no error.
func (f Field) ErrorLink() ErrorLink {
	if f.Error == "" {
		return ErrorLink{}
	}
	return ErrorLink{Text: f.Error, Href: "#" + f.id()}
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Name
}

func (f Field) groupClass() string {
	return classes("nhsuk-form-group", when(f.Error != "", "nhsuk-form-group--error"))
}

// describedBy names the elements that say more about the control: the given
// ones first, then its hint and its error.
func (f Field) describedBy(first ...string) string {
	ids := first
	if f.Hint != "" {
		ids = append(ids, f.id()+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.id()+"-error")
	}
	return classes(ids...)
}

// chosen says whether an option of radios or of a select is the one chosen.
func (f Field) chosen(option Option) bool {
	return f.Value != "" && f.Value == option.Value
}

// ticked says whether an option of checkboxes is among those ticked.
func (f Field) ticked(option Option) bool {
	return slices.Contains(f.Values, option.Value)
}

func (f Field) rows() string {
	if f.Rows == 0 {
		return "5"
	}
	return strconv.Itoa(f.Rows)
}

func (f Field) inputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// number writes a positive number, and nothing for nought.
func number(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}
