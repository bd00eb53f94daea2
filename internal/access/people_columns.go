package access

import (
	"regexp"
	"strings"
	"unicode"
)

// column is what one column of a list says.
type column int

const (
	unknownColumn column = iota
	nameColumn
	firstNameColumn
	lastNameColumn
	emailColumn
	titleColumn
	honorificColumn // "Title" where another column has the board role
	sideColumn
)

// headings are the names that a column goes by, as letters alone.
var headings = map[string]column{
	"name": nameColumn, "fullname": nameColumn, "displayname": nameColumn, "person": nameColumn, "boardmember": nameColumn,
	"member": nameColumn, "director": nameColumn, "namefull": nameColumn, "contact": nameColumn, "contactname": nameColumn,
	"firstname": firstNameColumn, "forename": firstNameColumn, "forenames": firstNameColumn, "givenname": firstNameColumn, "first": firstNameColumn,
	"lastname": lastNameColumn, "surname": lastNameColumn, "familyname": lastNameColumn, "last": lastNameColumn,
	"mail": emailColumn, "address": emailColumn, "mailaddress": emailColumn,
	"nhsmail": emailColumn,
	"role":    titleColumn, "position": titleColumn, "jobtitle": titleColumn, "job": titleColumn, "boardrole": titleColumn, "boardposition": titleColumn,
	"post": titleColumn, "office": titleColumn, "boardroletitle": titleColumn, "roletitle": titleColumn, "title": titleColumn,
	"side": sideColumn, "type": sideColumn, "executive": sideColumn, "exec": sideColumn, "ned": sideColumn, "boardside": sideColumn, "membertype": sideColumn,
	"directortype": sideColumn, "roletype": sideColumn, "sideoftheboard": sideColumn, "sideoftheboardtable": sideColumn,
}

// letters is a heading as it is looked up: letters alone, in lower case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// columnOf is the column of a heading; a long one is known by the word in it.
func columnOf(heading string) column {
	if c, known := headings[heading]; known {
		return c
	}
	switch {
	case strings.Contains(heading, "email"):
		return emailColumn
	case strings.Contains(heading, "nonexec"), strings.Contains(heading, "exec") && strings.Contains(heading, "ned"):
		return sideColumn
	}
	return unknownColumn
}

// header says what each column holds if the row names columns, and what
// separates them. No row with an address in it does.
func header(row string) (delim byte, columns []column) {
	if strings.Contains(row, "@") {
		return 0, nil
	}
	most := 0
	for _, d := range []byte("\t;|,") {
		cells, _ := splitRow(row, d)
		found := make([]column, len(cells))
		named, known := 0, 0
		who := false
		for i, cell := range cells {
			found[i] = columnOf(letters(cell))
			if letters(cell) != "" {
				named++
			}
			if found[i] != unknownColumn {
				known++
			}
			who = who || found[i] == nameColumn || found[i] == lastNameColumn || found[i] == emailColumn
		}
		if who && known > most && (known >= 2 || named == 1) {
			delim, columns, most = d, settleTitles(cells, found), known
		}
	}
	return delim, columns
}

// settleTitles takes a "Title" for Dr or Mrs where another column has the role.
func settleTitles(cells []string, columns []column) []column {
	roles := 0
	for _, c := range columns {
		if c == titleColumn {
			roles++
		}
	}
	for i, c := range columns {
		if c == titleColumn && roles > 1 && letters(cells[i]) == "title" {
			columns[i] = honorificColumn
		}
	}
	return columns
}

// ignored are the headings of columns that say nothing we keep.
func ignored(row string, delim byte, columns []column) (names []string) {
	cells, _ := splitRow(row, delim)
	for i, cell := range cells {
		if name, _ := tidy(cell); name != "" && (columns[i] == unknownColumn || columns[i] == honorificColumn) {
			names = append(names, name)
		}
	}
	return names
}

// byColumn reads a line whose columns are known. What stands beyond the last of
// them is a fault, since a separator too many moves everything.
func byColumn(cells []string, columns []column) Line {
	var l Line
	var first, last, side string
	for i, cell := range cells {
		if i >= len(columns) {
			if text, _ := tidy(cell); text != "" {
				l.misread(TitleField, "This line has more parts than there are columns. Check each part of it.")
			}
			continue
		}
		switch columns[i] {
		case nameColumn:
			l.setName(cell)
		case firstNameColumn:
			first = cell
		case lastNameColumn:
			last = cell
		case emailColumn:
			l.takeEmail(cell)
		case titleColumn:
			l.setTitle(cell)
		case sideColumn:
			side = cell
		}
	}
	if l.Name == "" && first+last != "" {
		l.setName(first + " " + last)
	}
	l.setSide(side)
	return l
}

// byContent reads a line of which only its content tells what is what.
func byContent(cells []string) Line {
	var l Line
	var rest []string
	for _, cell := range cells {
		text, _ := tidy(cell)
		switch side, exact := sideWord(text); {
		case text == "":
		case l.Email == "" && addressLike(text):
			l.takeEmail(cell)
		case exact && l.Side == "":
			l.Side = side
		default:
			rest = append(rest, cell)
		}
	}
	if l.Name == "" && len(rest) > 0 {
		name := rest[0]
		rest = rest[1:]
		if len(rest) > 0 && surnameFirst(name, rest[0]) {
			name, rest = rest[0]+" "+name, rest[1:]
		}
		l.setName(name)
	}
	if len(rest) > 0 {
		l.setTitle(strings.Join(rest, ", "))
	}
	return l
}

var dotted = regexp.MustCompile(`(?i)^\S+\.(uk|net|org|com)$`)

// addressLike says whether a cell is or was meant to be an email address.
func addressLike(text string) bool { return strings.Contains(text, "@") || dotted.MatchString(text) }

// surnameFirst says whether two cells are one name that was torn at its comma.
func surnameFirst(a, b string) bool {
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	return !strings.ContainsAny(a+b, " \u00a0") && !officeWords.MatchString(b)
}

// officeWords begin board roles and hardly ever names.
var officeWords = regexp.MustCompile(`(?i)^(non.?exec|exec|(vice|deputy)?.?chair|chief|director|officer|nurse|medical|finance|secretary|governor|president|manager|partner|advis[eo]r|observer|member|(ned|sid|lead|c[efimnopt]o)$)`)
