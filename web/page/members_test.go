package page_test

import (
	"strings"
	"testing"

	"github.com/a-h/templ"

	"octant/internal/access"
	"octant/web/nhsuk"
	"octant/web/page"
)

func peopleScreens(t *testing.T) map[string]templ.Component {
	t.Helper()
	listed := page.ListedPerson{Name: long, Href: "/trusts/RXX/people/1", Email: strings.Repeat("a", 60) + "@example.nhs.uk", Title: "Chief nurse", Side: access.Executive, Roles: []string{"Board member, since 1 May 2026", "Trust lead, since 1 May 2026"}}
	person := page.PersonView{
		Frame: frame(), Path: "/trusts/RXX/people/1", Name: long, Email: "a@example.nhs.uk", Title: "Chief nurse", Side: access.Executive, Seated: true, MayGrant: true, MayEnd: true,
		Terms: []page.TermRow{{Role: "Board member", From: "1 May 2026", Until: "No last day", Stands: "Now"}},
	}
	edit := page.EditPersonView{
		Frame: frame(), Path: "/trusts/RXX/people/1", Who: long, MayRename: true, MayReaddress: true, Seated: true,
		Name: field("name", ""), Email: field("email", ""), Title: field("title", ""), Side: sides("side", ""),
	}
	add := page.AddPersonView{Frame: frame(), Name: field("name", ""), Email: field("email", ""), Roles: rolesForm("")}
	return map[string]templ.Component{
		"trust's people":          page.TrustPeople(page.TrustPeopleView{Frame: frame(), People: []page.ListedPerson{listed, {Name: "Bo Li", Href: "/trusts/RXX/people/2"}}, Past: []page.ListedPerson{listed}, Notice: "2 people were added."}),
		"trust's people, none":    page.TrustPeople(page.TrustPeopleView{Frame: frame()}),
		"add people":              page.AddPeople(page.AddPeopleView{Frame: frame(), List: field("list", ""), File: field("file", "")}),
		"add people wrong":        page.AddPeople(page.AddPeopleView{Frame: frame(), List: field("list", "Paste a list"), File: field("file", "")}),
		"preview":                 page.Preview(preview("")),
		"preview wrong":           page.Preview(preview("Mend this")),
		"preview, nothing to add": page.Preview(page.PreviewView{Frame: frame()}),
		"add person":              page.AddPerson(add),
		"add person wrong":        page.AddPerson(with(add, func(v *page.AddPersonView) { v.Name.Error, v.Known = "Enter a name", page.Link{Href: "/", Text: long} })),
		"person":                  page.Person(person),
		"person, roles ended":     page.Person(with(person, func(v *page.PersonView) { v.MayEnd, v.Seated, v.Email, v.Notice = false, false, "", "Saved." })),
		"edit person":             page.EditPerson(edit),
		"edit person wrong":       page.EditPerson(with(edit, func(v *page.EditPersonView) { v.Name.Error, v.Side.Error = "Enter a name", "Select a side" })),
		"edit person, signed in":  page.EditPerson(with(edit, func(v *page.EditPersonView) { v.MayReaddress = false })),
		"edit person, elsewhere":  page.EditPerson(with(edit, func(v *page.EditPersonView) { v.MayReaddress, v.MayRename, v.Seated = false, false, false })),
		"grant roles":             page.GrantRoles(page.GrantView{Frame: frame(), Path: "/trusts/RXX/people/1", Who: long, Roles: rolesForm("")}),
		"grant roles wrong":       page.GrantRoles(page.GrantView{Frame: frame(), Path: "/trusts/RXX/people/1", Who: long, Roles: rolesForm("Mend this")}),
		"end roles":               page.EndRoles(ending("")),
		"end roles wrong":         page.EndRoles(ending("Mend this")),
		"access":                  page.Access(accessOf(access.Granted())),
		"access, member":          page.Access(with(accessOf(access.Roles{access.Member}), func(v *page.AccessView) { v.Narrow = true })),
		"access, nobody else":     page.Access(page.AccessView{Frame: frame(), Roles: access.Roles{access.Viewer}}),
	}
}

func field(name, fault string) nhsuk.Field {
	return nhsuk.Field{Name: name, Label: "What is its " + name, Hint: "For example, " + long, Value: long, Error: fault}
}

func sides(name, fault string) nhsuk.Field {
	f := field(name, fault)
	f.Options = page.SideOptions()
	return f
}

func rolesForm(fault string) page.RolesForm {
	f := page.RolesForm{
		Roles: field("role", fault), Title: field("title", fault), Side: sides("side", fault),
		From: nhsuk.DateField{Name: "from", Label: "First day", Error: fault}, Until: nhsuk.DateField{Name: "until", Label: "Last day", Error: fault},
	}
	for _, r := range access.Granted() {
		f.Roles.Options = append(f.Roles.Options, page.RoleOption(r))
	}
	return f
}

func ending(fault string) page.EndView {
	return page.EndView{
		Frame: frame(), Path: "/trusts/RXX/people/1", Who: long, Roles: rolesForm(fault).Roles,
		When: field("when", fault), Last: nhsuk.DateField{Name: "last", Label: "Last day", Error: fault},
	}
}

func preview(fault string) page.PreviewView {
	v := page.PreviewView{
		Frame: frame(), Ignored: []string{"Phone", long}, Kept: "1\tAda\t\t\tned\n", Adds: 1,
		Sound: []page.PreviewLine{
			{Number: 1, Name: "Ada Okafor", Happens: "Will be added", Side: access.NonExecutive, Guessed: true, Note: "Check that this is somebody else."},
			{Number: 2, Name: long, Email: strings.Repeat("a", 60) + "@example.nhs.uk", Title: "Chair", Side: access.NonExecutive, Happens: "Is on your list already"},
		},
	}
	for _, n := range []string{"3", "14"} {
		v.Open = append(v.Open, page.OpenLine{
			Number: len(n), Name: field("name-"+n, fault), Email: field("email-"+n, fault), Title: field("title-"+n, fault), Side: sides("side-"+n, fault),
			Out: nhsuk.Field{Name: "out-" + n, Options: []nhsuk.Option{{Value: "yes", Text: "Leave this line out"}}},
		})
	}
	return v
}

func accessOf(roles access.Roles) page.AccessView {
	v := page.AccessView{Frame: frame(), Roles: roles, Holders: map[access.Role][]string{}}
	for _, r := range access.Granted() {
		v.Holders[r] = []string{"Ada Okafor", long}
	}
	return v
}

// TestEveryPermissionHasItsWords: what the table gives to a role that a person
// can be granted stands on the page that tells them.
func TestEveryPermissionHasItsWords(t *testing.T) {
	t.Parallel()
	doc := read(t, page.Access(accessOf(access.Granted())))
	said := flat(doc.Find("main").Text())
	for _, r := range access.Granted() {
		if r.Words() == "" || page.RoleOption(r).Hint == "" {
			t.Errorf("%s has no words", r)
		}
		for _, p := range r.Permissions() {
			words := page.PermissionText(p)
			if words == "" || !strings.Contains(strings.ToLower(said), strings.ToLower(words)) {
				t.Errorf("%q is %q, which is not on the page", p, words)
			}
		}
	}
}

// TestAccessNamesWhoMaySee: those who hold a permission and nobody else.
func TestAccessNamesWhoMaySee(t *testing.T) {
	t.Parallel()
	v := page.AccessView{Frame: frame(), Roles: access.Roles{access.Member}, Holders: map[access.Role][]string{
		access.Lead: {"Lea"}, access.Chair: {"Cha"}, access.Member: {"Mem", "Ber"}, access.Observer: {"Obs"}, access.Viewer: {"Vie"},
	}}
	doc := read(t, page.Access(v))
	for row, names := range map[string]string{
		"Your answers": "", "Whether you have finished": "Lea Cha", "The report of a closed round": "Lea Cha Mem Ber Obs Vie",
		"Comments": "Lea Cha", "Your email address and dates": "Lea", "The record of what was done": "Lea",
	} {
		found := doc.Find("dt:contains('" + row + "')").Parent()
		if found.Length() != 1 {
			t.Fatalf("%d rows for %q", found.Length(), row)
		}
		for _, all := range v.Holders {
			for _, name := range all {
				if has := strings.Contains(found.Find("dd").Text(), name); has != strings.Contains(" "+names+" ", " "+name+" ") {
					t.Errorf("%s: %s is named %v", row, name, has)
				}
			}
		}
	}
}
