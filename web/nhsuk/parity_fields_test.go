package nhsuk

import (
	"encoding/json"

	"github.com/a-h/templ"
)

// control holds the options of every component that is a Field.
type control struct {
	Name, ID, IDPrefix            string
	Label                         labelled
	Fieldset                      struct{ Legend labelled }
	Hint, ErrorMessage            plain
	Value                         string
	Values                        []string
	Items                         list[item]
	Disabled, Small, Inline, Code bool
	Type, InputMode, Autocomplete string
	Width                         int
	Spellcheck                    *bool
	Rows, MaxLength, Threshold    int
}

type item struct {
	Value, Text string
	Hint        plain
	Divider     json.RawMessage
	Disabled    *bool
	Behaviour   string
	Conditional struct{ HTML string }
}

func (c control) field() (Field, error) {
	f := Field{
		Name: c.Name, ID: or(c.ID, c.IDPrefix), Hint: c.Hint.Text, Error: c.ErrorMessage.Text,
		Value: c.Value, Values: c.Values, Disabled: c.Disabled, Small: c.Small, Inline: c.Inline,
		Type: c.Type, InputMode: c.InputMode, Autocomplete: c.Autocomplete, Width: c.Width, Verbatim: off(c.Spellcheck), Code: c.Code,
		Rows: c.Rows, MaxLength: c.MaxLength, Threshold: c.Threshold,
	}
	c.Label.into(&f)
	if f.Label == "" {
		c.Fieldset.Legend.into(&f)
	}
	for _, i := range c.Items {
		option, err := i.option()
		if err != nil {
			return Field{}, err
		}
		if c.Disabled && off(i.Disabled) {
			return Field{}, unsupported("one enabled among the disabled")
		}
		f.Options = append(f.Options, option)
	}
	return f, nil
}

func (i item) option() (Option, error) {
	option := Option{Value: i.Value, Text: i.Text, Hint: i.Hint.Text, Disabled: i.Disabled != nil && *i.Disabled}
	switch i.Behaviour {
	case "":
	case "exclusive":
		option.Exclusive = true
	default:
		return Option{}, unsupported("behaviour " + i.Behaviour)
	}
	if i.Conditional.HTML != "" {
		option.Conditional = markup(i.Conditional.HTML)
	}
	if len(i.Divider) > 0 {
		option.Divider = "or"
		_ = json.Unmarshal(i.Divider, &option.Divider) // true stands for a line without words
	}
	return option, nil
}

// field makes an adapter of a component that takes a Field.
func field(component func(Field) templ.Component) adapter {
	return read(func(c control, _ example) (templ.Component, error) {
		f, err := c.field()
		return component(f), err
	})
}

// described makes an adapter of the label and the legend alone.
func described(component func(Field) templ.Component) adapter {
	return read(func(l labelled, e example) (templ.Component, error) {
		if e.CallBlock != "" {
			return nil, unsupported("content block")
		}
		var f Field
		l.into(&f)
		return component(f), nil
	})
}

func counted(c control, _ example) (templ.Component, error) {
	if c.MaxLength == 0 {
		return nil, unsupported("no maxlength")
	}
	f, err := c.field()
	return CharacterCount(f), err
}

type part struct {
	Value string
	Error bool
}

func (p *part) UnmarshalJSON(text []byte) error {
	if text[0] != '{' {
		return unsupported("part left out")
	}
	type object part
	return strict(text, (*object)(p))
}

type dateOptions struct {
	ID                 string
	Fieldset           struct{ Legend labelled }
	Hint, ErrorMessage plain
	Disabled           bool
	Day, Month, Year   part
	Values             struct{ Day, Month, Year string }
}

func date(o dateOptions, _ example) (templ.Component, error) {
	if o.ErrorMessage.Text == "" && (o.Day.Error || o.Month.Error || o.Year.Error) {
		return nil, unsupported("error without words")
	}
	var f Field
	o.Fieldset.Legend.into(&f)
	return DateInput(DateField{
		ID: o.ID, Label: f.Label, Heading: f.Heading, Size: f.Size, Caption: f.Caption, Hint: o.Hint.Text, Error: o.ErrorMessage.Text,
		Day: or(o.Values.Day, o.Day.Value), Month: or(o.Values.Month, o.Month.Value), Year: or(o.Values.Year, o.Year.Value),
		WrongDay: o.Day.Error, WrongMonth: o.Month.Error, WrongYear: o.Year.Error, Disabled: o.Disabled,
	}), nil
}

func fieldset(o struct {
	Legend labelled
	HTML   string
}, e example,
) (templ.Component, error) {
	var f Field
	o.Legend.into(&f)
	return around(Fieldset(f), o.HTML+e.CallBlock), nil
}

func errorSummary(o struct {
	Heading   plain
	ErrorList list[ErrorLink]
}, e example,
) (templ.Component, error) {
	if e.CallBlock != "" {
		return nil, unsupported("content block")
	}
	return ErrorSummary(o.ErrorList...), nil
}

func errorText(o plain, e example) (templ.Component, error) {
	if e.CallBlock != "" {
		return nil, unsupported("content block")
	}
	return ErrorMessage("", o.Text), nil
}

func button(o struct {
	Text, Href         string
	Variant            Variant
	Small, Disabled    bool
	PreventDoubleClick *bool
}, _ example,
) (templ.Component, error) {
	if off(o.PreventDoubleClick) {
		return nil, unsupported("double click allowed")
	}
	return Button(ButtonOptions{
		Text: o.Text, Href: o.Href, Variant: o.Variant, Small: o.Small, Disabled: o.Disabled,
		PreventDoubleClick: o.PreventDoubleClick != nil,
	}), nil
}
