package page

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"octant/internal/access"
	"octant/web/nhsuk"
)

// roleHints say what a role is for, where somebody grants it.
var roleHints = map[access.Role]string{
	access.Lead:        "The CIO or the company secretary. Makes and closes rounds, sees who is still to finish and manages people.",
	access.Chair:       "Chairs the board. Sees how many have answered and who is still to finish.",
	access.Facilitator: "Runs the board’s workshop. Sees how many have answered and who is still to finish.",
	access.Member:      "Sits on the board and is asked in rounds. Reads reports.",
	access.Observer:    "Reads reports. Is not asked.",
	access.Viewer:      "Somebody from the region who reads your reports. By granting this, your trust agrees to that. You can end it at any time.",
}

// permissionWords say what a permission lets a person do.
var permissionWords = map[access.Permission]string{
	access.EnterTrust:   "See this trust’s page, its rounds and who holds which role",
	access.Answer:       "Answer the rounds in which you are asked",
	access.ViewReport:   "Read the report of a round that has closed",
	access.ViewProgress: "See how many people have answered and who is still to finish",
	access.ManageRounds: "Make, change, open and close rounds, choose who is asked, and send letters",
	access.ManagePeople: "Add people, see their email addresses, and grant and end roles",
	access.ReadComments: "Read comments of a closed round, without names, if 8 or more people answered",
	access.HideComments: "Hide a comment that identifies somebody",
	access.RunWorkshop:  "Prepare and run workshops, and say what became of the board’s actions",
	access.ReadAudit:    "Read the record of what was done at this trust, and by whom",
	access.ShareResults: "Say how far results are shared, join circles of trusts, and ask other trusts for advice",
	access.ComparePeers: "See where this trust stands in a benchmark, if it is counted in one",
}

// PermissionText is a permission in words; "" for one that no person has.
func PermissionText(p access.Permission) string { return permissionWords[p] }

// RoleOption is a role as a form offers it.
func RoleOption(r access.Role) nhsuk.Option {
	return nhsuk.Option{Value: string(r), Text: upperFirst(r.Words()), Hint: roleHints[r]}
}

// SideOptions are the two sides as a form offers them.
func SideOptions() []nhsuk.Option {
	return []nhsuk.Option{{Value: string(access.Executive), Text: "Executive"}, {Value: string(access.NonExecutive), Text: "Non-executive"}}
}

// SideText is a side in words; "" for none.
func SideText(s access.Side) string {
	switch s {
	case access.Executive:
		return "Executive"
	case access.NonExecutive:
		return "Non-executive"
	}
	return ""
}

// lineWords names a line of a list.
func lineWords(number int) string { return "Line " + strconv.Itoa(number) }

// errors are what is wrong with the line, each naming it, in page order.
func (l OpenLine) errors() (links []nhsuk.ErrorLink) {
	for _, f := range []nhsuk.Field{l.Name, l.Email, l.Title, l.Side} {
		if link := f.ErrorLink(); link.Text != "" {
			link.Text = lineWords(l.Number) + ": " + link.Text
			links = append(links, link)
		}
	}
	return links
}

func (v PreviewView) errors() (links []nhsuk.ErrorLink) {
	for _, l := range v.Open {
		links = append(links, l.errors()...)
	}
	return links
}

// heading says how it stands with the list.
func (v PreviewView) heading() string {
	switch {
	case len(v.Open) > 0:
		return "Check the list"
	case v.Adds > 0:
		return "Check the list, then add the people"
	case v.Changes > 0:
		return "Check the list, then change the people"
	}
	return "There is nothing to add"
}

// button says what pressing it does to how many.
func (v PreviewView) button() string {
	verb := "Add or change "
	switch {
	case v.Changes == 0:
		verb = "Add "
	case v.Adds == 0:
		verb = "Change "
	}
	return verb + people(v.Adds+v.Changes)
}

// rows are the sound lines as a table, each with a button that opens it.
func (v PreviewView) rows() [][]nhsuk.Cell {
	rows := make([][]nhsuk.Cell, len(v.Sound))
	for i, l := range v.Sound {
		seat := SeatText(l.Title, l.Side)
		if l.Guessed {
			seat += ", side taken from the board role"
		}
		rows[i] = []nhsuk.Cell{
			{Text: strconv.Itoa(l.Number)},
			{Content: reached(l.Name, "", l.Email)},
			{Text: seat},
			{Content: happens(l)},
			{Content: changeLine(l)},
		}
	}
	return rows
}

// mailbox and domain are an address in two parts, between which a line may break.
func mailbox(email string) string { return email[:strings.IndexByte(email, '@')+1] }

func domain(email string) string { return email[strings.IndexByte(email, '@')+1:] }

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// rows are people as a table.
func peopleRows(people []ListedPerson) [][]nhsuk.Cell {
	rows := make([][]nhsuk.Cell, len(people))
	for i, p := range people {
		rows[i] = []nhsuk.Cell{
			{Content: reached(p.Name, p.Href, p.Email)},
			{Text: SeatText(p.Title, p.Side)},
			{Content: onLines(p.Roles)},
		}
	}
	return rows
}

// SeatText is a seat on the board in words.
func SeatText(title string, side access.Side) string {
	if side == "" {
		return "Not on the board"
	}
	if title == "" {
		return SideText(side)
	}
	return title + " (" + strings.ToLower(SideText(side)) + ")"
}

// Listed joins phrases as a sentence does: "a, b and c".
func Listed(parts []string) string { return listed(parts) }

// TermText is a role with its dates, as one line.
func TermText(t access.Term, today time.Time) string {
	return upperFirst(t.Role.Words()) + ", " + lowerFirst(TermDates(t, today))
}

// TermDates are a role's dates in words.
func TermDates(t access.Term, today time.Time) string {
	switch {
	case t.Over(today):
		return "Ended on " + Day(t.Until)
	case !t.Holds(today):
		return "From " + Day(t.From)
	case !t.Until.IsZero():
		return "Until " + Day(t.Until)
	}
	return "Since " + Day(t.From)
}

// TermOf is a role with its dates in words.
func TermOf(t access.Term, today time.Time) TermRow {
	row := TermRow{Role: upperFirst(t.Role.Words()), From: Day(t.From), Until: "No last day", Stands: "Now"}
	if !t.Until.IsZero() {
		row.Until = Day(t.Until)
	}
	switch {
	case t.Over(today):
		row.Stands = "Ended"
	case !t.Holds(today):
		row.Stands = "To come"
	}
	return row
}

// who names the people who hold a permission, role by role, in the order in
// which pages name roles.
func (v AccessView) who(p access.Permission) (names []string) {
	for _, r := range access.Granted() {
		if held := v.Holders[r]; (access.Roles{r}).May(p) && len(held) > 0 {
			names = append(names, upperFirst(plural(r, len(held)))+": "+listed(held))
		}
	}
	return names
}

// plural is a role as several people are called who hold it.
func plural(r access.Role, n int) string {
	if n == 1 {
		return r.Words()
	}
	return r.Words() + "s"
}

// mine are the roles that give the person a permission, in words.
func (v AccessView) mine(p access.Permission) string {
	var words []string
	for _, r := range access.Granted() {
		if slices.Contains(v.Roles, r) && (access.Roles{r}).May(p) {
			words = append(words, r.Words())
		}
	}
	return listed(words)
}

// permitted are the permissions that the person has, in one order for all.
func (v AccessView) permitted() (ps []access.Permission) {
	for _, p := range permissions {
		if v.Roles.May(p) {
			ps = append(ps, p)
		}
	}
	return ps
}

// withheld are those they do not have.
func (v AccessView) withheld() (ps []access.Permission) {
	for _, p := range permissions {
		if !v.Roles.May(p) {
			ps = append(ps, p)
		}
	}
	return ps
}

// permissions are those that people have, in the order in which pages name them.
var permissions = []access.Permission{
	access.EnterTrust, access.Answer, access.ViewReport, access.ReadComments, access.ViewProgress,
	access.ManageRounds, access.ManagePeople, access.RunWorkshop, access.HideComments, access.ReadAudit,
	access.ShareResults, access.ComparePeers,
}
