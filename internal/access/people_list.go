package access

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
)

// MostLines is how many people one list may have.
const MostLines = 2000

// List is what was read from a pasted or uploaded list.
type List struct {
	Lines   []Line
	Ignored []string // headings of columns that say nothing we keep
	Fault   string   // why nothing could be read at all, and what to do
}

// Line is one person of a list. Faults say what has to be mended before the
// person can be added; the values stay as they were read.
type Line struct {
	Number  int // line of what was sent, or place in a list that has several people on a line
	Name    string
	Email   string // lower case; "" for somebody who gets a printed letter
	Title   string // board role
	Side    Side
	Guessed bool // the side follows from the board role
	Faults  []LineFault

	// What [Settle] finds out.
	Known   Known
	Outcome Outcome
	Note    string // something to look at that is no fault

	read []LineFault // what reading it found, before any check
}

// LineField is one of the four things a line says.
type LineField string

// The fields.
const (
	NameField  LineField = "name"
	EmailField LineField = "email"
	TitleField LineField = "title"
	SideField  LineField = "side"
)

// LineFault is what is wrong with one field, and what to do.
type LineFault struct {
	Field LineField
	Says  string
}

// Fault is what is wrong with the field, "" for nothing.
func (l *Line) Fault(f LineField) string {
	for _, x := range l.Faults {
		if x.Field == f {
			return x.Says
		}
	}
	return ""
}

// Sound says whether the line can be taken as it stands.
func (l *Line) Sound() bool { return len(l.Faults) == 0 }

// fault adds what is wrong with a field, unless something is already.
func (l *Line) fault(f LineField, says string) {
	if l.Fault(f) == "" {
		l.Faults = append(l.Faults, LineFault{f, says})
	}
}

func (l *Line) misread(f LineField, says string) { l.read = append(l.read, LineFault{f, says}) }

// Outcome is what taking a line does.
type Outcome int

// The outcomes.
const (
	Add    Outcome = iota // a person who is new here
	Rejoin                // somebody known here who sits on the board again, or for the first time
	Change                // a board member gets another board role or side
	Keep                  // all of it is so already
)

// ParseList reads a list in whatever form it was sent: CSV with commas,
// semicolons or tabs, with or without a first line that names the columns, or
// addresses as a mail program copies them. A line that cannot be understood has
// its faults and takes nothing from the others: no quote reaches over a line's
// end.
func ParseList(raw []byte) List {
	if says := notText(raw); says != "" {
		return List{Fault: says}
	}
	rows := rowsOf(raw)
	list := List{}
	var columns []column
	first, delim := true, delimiterOf(rows)
	several := false
	for i, row := range rows {
		if blank(row) {
			continue
		}
		if first {
			first = false
			if d, found := header(row); found != nil {
				columns, delim = found, d
				list.Ignored = ignored(row, d, found)
				continue
			}
		}
		people := readRow(row, delim, columns)
		several = several || len(people) > 1
		for _, p := range people {
			p.Number = i + 1
			list.Lines = append(list.Lines, p)
		}
		if len(list.Lines) > MostLines {
			return List{Fault: fmt.Sprintf("The list has more than %d people. Send it in parts.", MostLines)}
		}
	}
	if len(list.Lines) == 0 {
		list.Fault = "There is nobody on the list. It needs one person on each line."
	}
	if several {
		for i := range list.Lines {
			list.Lines[i].Number = i + 1
		}
	}
	Check(list.Lines)
	return list
}

// notText says what to do with a file that is no text.
func notText(raw []byte) string {
	switch {
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")), bytes.HasPrefix(raw, []byte("\xd0\xcf\x11\xe0")):
		return "This is a workbook or a document. Save the list as CSV, then upload that file."
	case bytes.HasPrefix(raw, []byte("%PDF")):
		return "This is a PDF. Save the list as CSV, or copy it and paste it."
	}
	return ""
}

// blank says whether a row has nothing but separators, as spreadsheets leave
// them below the last person.
func blank(row string) bool { return strings.Trim(row, "\t;,| \"\u00a0") == "" }

var angled = regexp.MustCompile(`<\s*[^<>\s]*@[^<>\s]*\s*>`)

// readRow reads the people on one row: one, unless a mail program wrote it.
func readRow(row string, delim byte, columns []column) []Line {
	if columns == nil {
		if at := angled.FindAllStringIndex(row, -1); at != nil {
			return readAngled(row, at)
		}
		if people := readAddresses(row); people != nil {
			return people
		}
		if delim == 0 || strings.IndexByte(row, delim) < 0 {
			delim = delimiterOf([]string{row})
		}
	}
	cells, closed := splitRow(row, delim)
	var l Line
	if columns != nil {
		l = byColumn(cells, columns)
	} else {
		l = byContent(cells)
	}
	if !closed {
		l.misread(NameField, "A quote mark on this line is not closed. Check each part of it.")
	}
	return []Line{l}
}

// readAngled reads "Name <address>; Name <address>". What stands between two
// people belongs to the first up to a semicolon, and otherwise to the second.
func readAngled(row string, at [][]int) []Line {
	people := make([]Line, 0, len(at))
	further := make([][]string, len(at))
	end := 0
	for i, span := range at {
		name := row[end:span[0]]
		if cut := strings.LastIndexAny(name, ";\t|"); cut >= 0 {
			loose := strings.FieldsFunc(name[:cut], func(r rune) bool { return strings.ContainsRune(";\t|", r) })
			further[max(i-1, 0)] = append(further[max(i-1, 0)], loose...)
			name = name[cut+1:]
		}
		var l Line
		l.setName(withoutPlace(strings.Trim(name, ", \"'\u00a0")))
		l.setEmail(row[span[0]+1 : span[1]-1])
		people = append(people, l)
		end = span[1]
	}
	rest := strings.TrimLeft(strings.TrimPrefix(row[end:], `"`), ",;\t| ")
	cells, _ := splitRow(rest, delimiterOf([]string{rest}))
	further[len(at)-1] = append(further[len(at)-1], cells...)
	for i := range people {
		people[i].addLoose(further[i])
	}
	return people
}

// withoutPlace takes off what an address book writes after a name: "(LEEDS
// TEACHING HOSPITALS)".
func withoutPlace(name string) string {
	if open := strings.IndexByte(name, '('); open > 0 && strings.HasSuffix(strings.TrimSpace(name), ")") {
		return name[:open]
	}
	return name
}

// readAddresses reads a row of nothing but several addresses.
func readAddresses(row string) []Line {
	parts := strings.FieldsFunc(row, func(r rune) bool { return strings.ContainsRune(";, \t\u00a0", r) })
	if len(parts) < 2 {
		return nil
	}
	people := make([]Line, len(parts))
	for i, part := range parts {
		if strings.Count(part, "@") != 1 {
			return nil
		}
		people[i].setEmail(part)
	}
	return people
}

// addLoose takes further cells of a line for its side and its board role.
func (l *Line) addLoose(cells []string) {
	var titles []string
	for _, cell := range cells {
		cell, _ = tidy(strings.Trim(cell, ", "))
		switch side, exact := sideWord(cell); {
		case cell == "":
		case exact && l.Side == "":
			l.Side = side
		default:
			titles = append(titles, cell)
		}
	}
	if len(titles) > 0 {
		l.setTitle(strings.Join(titles, ", "))
	}
}

// TypedLine is a line whose fields came one by one, from a form.
func TypedLine(number int, name, email, title string, side Side) Line {
	l := Line{Number: number}
	l.setName(name)
	l.setEmail(email)
	l.setTitle(title)
	if side.Valid() {
		l.Side = side
	}
	return l
}
