package nhsuk

import "encoding/json"

// The package takes most words either as a string or as an object; these types
// read both.

// plain is text that may not be HTML.
type plain struct{ Text string }

func (p *plain) UnmarshalJSON(text []byte) error {
	type object plain
	return either(text, &p.Text, (*object)(p))
}

// words is text, or HTML.
type words struct{ Text, HTML string }

func (w *words) UnmarshalJSON(text []byte) error {
	type object words
	return either(text, &w.Text, (*object)(w))
}

// either reads a string into words or an object into target.
func either(text []byte, words *string, target any) error {
	switch text[0] {
	case '"':
		return json.Unmarshal(text, words)
	case '{':
		return strict(text, target)
	case 'n': // null
		return nil
	default:
		return unsupported("true or false for words")
	}
}

// title is a component's heading.
type title struct {
	Text  string
	Size  Size
	Level int
}

func (h *title) UnmarshalJSON(text []byte) error {
	type object title
	return either(text, &h.Text, (*object)(h))
}

// labelled is a label or a legend.
type labelled struct {
	Text    string
	Heading title
	Caption plain
	Size    Size
}

func (l *labelled) UnmarshalJSON(text []byte) error {
	type object labelled
	return either(text, &l.Text, (*object)(l))
}

// into sets the field's label. A heading without a level is the page's own.
func (l labelled) into(f *Field) {
	f.Label, f.Caption, f.Size = or(l.Heading.Text, l.Text), l.Caption.Text, l.Size
	if l.Heading.Text != "" || l.Heading.Level > 0 {
		f.Heading = max(l.Heading.Level, 1)
	}
	if l.Heading.Size != "" {
		f.Size = l.Heading.Size
	}
}

// list is an array whose empty items count for nothing.
type list[T any] []T

func (l *list[T]) UnmarshalJSON(text []byte) error {
	var items []json.RawMessage
	if err := json.Unmarshal(text, &items); err != nil {
		return err
	}
	for _, item := range items {
		if s := string(item); s == "null" || s == "false" || s == `""` {
			continue
		}
		var value T
		if err := strict(item, &value); err != nil {
			return err
		}
		*l = append(*l, value)
	}
	return nil
}

// switched is a choice between a name and false.
type switched struct {
	name string
	off  bool
}

func (s *switched) UnmarshalJSON(text []byte) error {
	if string(text) == "false" {
		s.off = true
		return nil
	}
	return json.Unmarshal(text, &s.name)
}

// off says whether an option that is true by default was switched off.
func off(option *bool) bool { return option != nil && !*option }
