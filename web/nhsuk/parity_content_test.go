package nhsuk

import (
	"strings"

	"github.com/a-h/templ"
)

type tagOptions struct {
	Text    string
	Colour  switched
	Border  *bool
	Classes string
}

func (o tagOptions) tag() (TagOptions, error) {
	if strings.Contains(o.Classes, "nhsuk-tag--") {
		return TagOptions{}, unsupported("colour as a class")
	}
	t := TagOptions{Text: o.Text, Colour: Colour(o.Colour.name), NoBorder: off(o.Border), Class: o.Classes}
	if o.Colour.off {
		t.Colour = None
	}
	return t, nil
}

func tag(o tagOptions, e example) (templ.Component, error) {
	if e.CallBlock != "" {
		return nil, unsupported("content block")
	}
	t, err := o.tag()
	return Tag(t), err
}

func taskList(o struct {
	IDPrefix string
	Items    list[struct {
		Heading, Hint plain
		Href          string
		Status        struct{ Tag tagOptions }
	}]
}, e example,
) (templ.Component, error) {
	if e.Name == "with empty items" {
		return nil, unsupported("gap in the numbers")
	}
	var tasks []Task
	for _, i := range o.Items {
		status, err := i.Status.Tag.tag()
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, Task{Text: i.Heading.Text, Hint: i.Hint.Text, Href: i.Href, Status: status})
	}
	return TaskList(or(o.IDPrefix, "task-list"), tasks), nil
}

type action struct{ Text, Href, VisuallyHiddenText string }

type actionList struct{ Items list[action] }

func (a *actionList) UnmarshalJSON(text []byte) error {
	if text[0] == '[' {
		return strict(text, &a.Items)
	}
	type object actionList
	return strict(text, (*object)(a))
}

func summaryList(o struct {
	Border, LastRowBorder *bool
	Rows                  list[struct {
		Key     plain
		Value   words
		Actions actionList
	}]
}, _ example,
) (templ.Component, error) {
	s := SummaryOptions{NoBorder: off(o.Border), NoLastRowBorder: off(o.LastRowBorder)}
	for _, r := range o.Rows {
		row := SummaryRow{Key: r.Key.Text, Value: r.Value.Text}
		if r.Value.HTML != "" {
			row.Content = markup(r.Value.HTML)
		}
		for _, a := range r.Actions.Items {
			row.Actions = append(row.Actions, Action{Text: a.Text, Hidden: a.VisuallyHiddenText, Href: a.Href})
		}
		s.Rows = append(s.Rows, row)
	}
	return SummaryList(s), nil
}

func banner(o struct {
	Variant, Text, HTML string
	Title, Heading      plain
}, e example,
) (templ.Component, error) {
	options := BannerOptions{Success: o.Variant == "success", Title: o.Title.Text, Heading: o.Heading.Text, Text: o.Text}
	return around(NotificationBanner(options), o.HTML+e.CallBlock), nil
}

func panel(o struct {
	Variant, Text, HTML string
	Heading             title
}, e example,
) (templ.Component, error) {
	options := PanelOptions{Heading: o.Heading.Text, Level: o.Heading.Level, Size: o.Heading.Size, Text: o.Text, Interruption: o.Variant == "interruption"}
	return around(Panel(options), o.HTML+e.CallBlock), nil
}

func inset(o words, e example) (templ.Component, error) {
	return around(InsetText(o.Text), o.HTML+e.CallBlock), nil
}

func hintText(o words, e example) (templ.Component, error) {
	return around(Hint("", o.Text), o.HTML+e.CallBlock), nil
}

func warning(o struct {
	Heading    title
	Text, HTML string
}, e example,
) (templ.Component, error) {
	if o.Heading.Text == "" {
		return nil, unsupported("no heading")
	}
	return around(WarningCallout(WarningOptions{Heading: o.Heading.Text, Level: o.Heading.Level, Text: o.Text}), o.HTML+e.CallBlock), nil
}

func details(o struct {
	Summary    plain
	Text, HTML string
	Open       bool
}, e example,
) (templ.Component, error) {
	return around(Details(DetailsOptions{Summary: o.Summary.Text, Text: o.Text, Open: o.Open}), o.HTML+e.CallBlock), nil
}

type cell struct {
	Text, HTML, Href, VisuallyHiddenText, Format, Classes string
}

func (c *cell) UnmarshalJSON(text []byte) error {
	type object cell
	return either(text, &c.Text, (*object)(c))
}

type caption struct {
	ID, Text string
	Size     Size
}

func (c *caption) UnmarshalJSON(text []byte) error {
	type object caption
	return either(text, &c.Text, (*object)(c))
}

func table(o struct {
	Caption                                                 caption
	FirstCellIsHeader, Compact, Striped, Responsive, Scroll bool
	Head                                                    list[cell]
	Rows                                                    list[list[cell]]
}, _ example,
) (templ.Component, error) {
	t := TableOptions{
		Caption: o.Caption.Text, CaptionSize: o.Caption.Size, CaptionID: o.Caption.ID, FirstCellIsHeader: o.FirstCellIsHeader,
		Compact: o.Compact, Striped: o.Striped, Responsive: o.Responsive, Scroll: o.Scroll,
	}
	for _, h := range o.Head {
		t.Head = append(t.Head, Column{Text: h.Text, Hidden: h.VisuallyHiddenText, Numeric: h.Format == "numeric", Class: h.Classes})
	}
	for _, r := range o.Rows {
		t.Rows = append(t.Rows, tableRow(r))
	}
	return Table(t), nil
}

func tableRow(cells list[cell]) []Cell {
	var row []Cell
	for _, c := range cells {
		our := Cell{Text: c.Text, Href: c.Href, Hidden: c.VisuallyHiddenText, Class: c.Classes}
		if c.Format == "string" {
			our.Missing, our.Class = true, ""
		}
		if c.HTML != "" {
			our.Content = markup(c.HTML)
		}
		row = append(row, our)
	}
	return row
}

func pagination(o struct {
	Previous, Next struct{ Label, Href string }
	Items          list[struct {
		Number            int
		Href              string
		Current, Ellipsis bool
	}]
}, _ example,
) (templ.Component, error) {
	p := PaginationOptions{Previous: Link{o.Previous.Label, o.Previous.Href}, Next: Link{o.Next.Label, o.Next.Href}}
	for _, i := range o.Items {
		p.Pages = append(p.Pages, PageNumber{Number: i.Number, Href: i.Href, Current: i.Current})
	}
	return Pagination(p), nil
}

// linked makes an adapter of a component that is one link.
func linked(component func(Link) templ.Component) adapter {
	return read(func(link Link, e example) (templ.Component, error) {
		if e.CallBlock != "" {
			return nil, unsupported("content block")
		}
		if link.Href == "" {
			return nil, unsupported("link without an address")
		}
		return component(link), nil
	})
}

func skipLink(link Link, _ example) (templ.Component, error) {
	if link.Href != "#maincontent" {
		return nil, unsupported("another target")
	}
	return SkipLink(), nil
}

func breadcrumb(o struct{ Items list[Link] }, _ example) (templ.Component, error) {
	return Breadcrumb(o.Items), nil
}

func card(o struct {
	Heading     title
	Href        string
	Clickable   bool
	Variant     string
	Description words
}, e example,
) (templ.Component, error) {
	c := CardOptions{Heading: o.Heading.Text, Level: o.Heading.Level, Size: o.Heading.Size, Href: o.Href, Clickable: o.Clickable, Text: o.Description.Text}
	switch o.Variant {
	case "":
	case "feature":
		c.Feature = true
	case "secondary":
		c.Secondary = true
	default:
		return nil, unsupported("card for " + o.Variant)
	}
	return around(Card(c), o.Description.HTML+e.CallBlock), nil
}

func contentsList(o struct {
	VisuallyHiddenText string
	Items              list[ContentsItem]
}, _ example,
) (templ.Component, error) {
	return ContentsList(ContentsOptions{Heading: o.VisuallyHiddenText, Items: o.Items}), nil
}

func header(o struct {
	Service struct{ Text, Href string }
	Inline  bool
	Account struct{ Items list[AccountItem] }
}, _ example,
) (templ.Component, error) {
	if o.Service.Text == "" || o.Service.Href == "" {
		return nil, unsupported("header without a linked name")
	}
	return Header(HeaderOptions{Home: o.Service.Href, Service: o.Service.Text, Inline: o.Inline, Account: o.Account.Items}), nil
}

type footerMeta struct {
	Text  string
	Items list[Link]
}

func (m *footerMeta) UnmarshalJSON(text []byte) error {
	type object footerMeta
	return either(text, &m.Text, (*object)(m))
}

func footer(o struct {
	Meta      footerMeta
	Copyright plain
}, e example,
) (templ.Component, error) {
	if e.CallBlock != "" {
		return nil, unsupported("content block")
	}
	return Footer(FooterOptions{Links: o.Meta.Items, Text: o.Meta.Text, Owner: or(o.Copyright.Text, "© NHS England")}), nil
}
