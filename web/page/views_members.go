package page

import (
	"octant/internal/access"
	"octant/web/nhsuk"
)

// TrustPeopleView is everybody on a trust's list.
type TrustPeopleView struct {
	Frame
	Notice string // what has just been done
	People []ListedPerson
	Past   []ListedPerson // whose roles have all ended
}

// ListedPerson is one person of a trust as the lead sees them.
type ListedPerson struct {
	Name  string
	Href  string
	Email string // "" for none
	Title string // as a board member
	Side  access.Side
	Roles []string // in words, with their dates
}

// AddPeopleView is where a list is pasted or uploaded.
type AddPeopleView struct {
	Frame
	List nhsuk.Field
	File nhsuk.Field
}

// PreviewView is a list as it will be taken, and what of it has to be mended.
type PreviewView struct {
	Frame
	Notice  string // what has just been done
	Sound   []PreviewLine
	Open    []OpenLine
	Kept    string   // the sound lines, as the form carries them
	Ignored []string // headings of columns that were left out
	Adds    int      // of the sound lines, how many bring somebody to the board
	Changes int      // and how many change somebody who is there
}

// PreviewLine is a line that can be taken as it stands.
type PreviewLine struct {
	Number  int
	Name    string // as it will be shown
	Email   string
	Title   string
	Side    access.Side
	Guessed bool // the side follows from the board role
	Happens string
	Note    string
}

// OpenLine is a line with its own fields, to be mended.
type OpenLine struct {
	Number                   int
	Name, Email, Title, Side nhsuk.Field
	Out                      nhsuk.Field // leaves the line out
	Note                     string
}

// AddPersonView adds one person, with any roles.
type AddPersonView struct {
	Frame
	Name, Email nhsuk.Field
	Roles       RolesForm
	Known       Link // whoever is on the list already with this address or name
}

// RolesForm is the part of a form that grants roles.
type RolesForm struct {
	Roles       nhsuk.Field
	Title, Side nhsuk.Field // as a board member
	From, Until nhsuk.DateField
}

// PersonView is one person of a trust.
type PersonView struct {
	Frame
	Path     string // the person's address
	Notice   string
	Name     string
	Email    string
	Title    string
	Side     access.Side
	Seated   bool // sits on the board, or sat there
	Terms    []TermRow
	MayGrant bool // there is a role that they do not have
	MayEnd   bool // there is a role that has not ended
}

// TermRow is one role of somebody, with its dates in words.
type TermRow struct {
	Role, From, Until, Stands string
}

// EditPersonView changes somebody's details.
type EditPersonView struct {
	Frame
	Path                     string
	Who                      string // name as it is kept
	Address                  string // address as it is kept
	Name, Email, Title, Side nhsuk.Field
	MayRename, MayReaddress  bool
	Seated                   bool
	Taken                    Link // whoever of this trust has the address
}

// GrantView grants somebody roles.
type GrantView struct {
	Frame
	Path  string
	Who   string
	Roles RolesForm
}

// EndView ends roles of somebody.
type EndView struct {
	Frame
	Path  string
	Who   string
	Roles nhsuk.Field
	When  nhsuk.Field // "now" or "day"
	Last  nhsuk.DateField
}

// AccessView is what somebody may see in a trust, and who may see what is theirs.
type AccessView struct {
	Frame
	Roles   access.Roles
	Narrow  bool // came by a personal link: only a board member's own rights are left
	Holders map[access.Role][]string
}
