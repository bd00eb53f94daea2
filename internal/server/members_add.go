package server

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"octant/internal/access"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// showAddPeople shows where a list is pasted or uploaded.
func (s *Server) showAddPeople(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	if !t.May(access.ManagePeople) {
		return access.ErrDenied
	}
	return s.askForList(w, r, http.StatusOK, "", "", "")
}

func (s *Server) askForList(w http.ResponseWriter, r *http.Request, status int, typed, listFault, fileFault string) error {
	return s.render(w, r, status, page.AddPeople(page.AddPeopleView{
		Frame: s.frame(r),
		List: nhsuk.Field{
			Name: "list", Label: "Paste a list", Size: nhsuk.Small, Rows: 8, Value: typed, Error: listFault,
			Hint: "One person on each line, from a spreadsheet or an email", Attributes: templ.Attributes{"spellcheck": "false"},
		},
		File: nhsuk.Field{
			Name: "file", Label: "Or upload a file", Size: nhsuk.Small, Type: "file", Error: fileFault,
			Hint: "CSV or plain text, up to 1 MB", Attributes: templ.Attributes{"accept": ".csv,.txt,.tsv,text/csv,text/plain"},
		},
	}))
}

// addPeople takes a list through its preview: what is sent is shown as it will
// be taken, and nothing is added until the lead says so.
func (s *Server) addPeople(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	if !t.May(access.ManagePeople) {
		return access.ErrDenied
	}
	sent, err := readList(r)
	if err != nil {
		return err
	}
	if sent.values.Has("kept") || sent.values.Has("open") {
		return s.checkAgain(w, r, t, sent)
	}
	typed := sent.get("list")
	list := access.List{}
	switch pasted := typed != ""; {
	case pasted && len(sent.file) > 0:
		return s.askForList(w, r, http.StatusUnprocessableEntity, typed, "Paste a list or choose a file, not both", "")
	case pasted:
		list = access.ParseList([]byte(typed))
	default:
		list = access.ParseList(sent.file)
	}
	switch {
	case list.Fault != "" && len(sent.file) > 0:
		return s.askForList(w, r, http.StatusUnprocessableEntity, typed, "", list.Fault)
	case list.Fault != "":
		return s.askForList(w, r, http.StatusUnprocessableEntity, typed, list.Fault, "")
	}
	return s.preview(w, r, t, page.PreviewView{Ignored: list.Ignored}, list.Lines, nil)
}

// checkAgain is the preview sent back: lines mended, one opened, or all that are
// sound to be added.
func (s *Server) checkAgain(w http.ResponseWriter, r *http.Request, t *store.Trust, sent sentList) error {
	lines, open, err := sent.previewed()
	if err != nil {
		return err
	}
	if sent.get("do") != "add" {
		return s.preview(w, r, t, page.PreviewView{}, lines, open)
	}
	if err := t.AddPeople(r.Context(), lines, s.now()); err != nil {
		return err
	}
	var left []access.Line
	done := map[access.Outcome]int{}
	for _, l := range lines {
		if l.Sound() {
			done[l.Outcome]++
		} else {
			left = append(left, l)
		}
	}
	said := doneWords(done)
	if len(left) == 0 {
		s.say(r, said)
		return see(w, r, "/trusts/"+t.ODS+"/people")
	}
	// Their faults stay as they were: a line that has somebody's address twice is
	// not to become a change of the one who was just added.
	return s.showPreview(w, r, http.StatusOK, page.PreviewView{Notice: said}, left, nil)
}

// doneWords says what was done with the lines of a list.
func doneWords(done map[access.Outcome]int) string {
	var said []string
	for _, x := range []struct {
		outcome   access.Outcome
		one, many string
	}{
		{access.Add, "1 person was added", "people were added"},
		{access.Rejoin, "1 person came to the board", "people came to the board"},
		{access.Change, "1 person was changed", "people were changed"},
		{access.Keep, "1 person was on your list already", "people were on your list already"},
	} {
		switch n := done[x.outcome]; {
		case n == 1:
			said = append(said, x.one)
		case n > 1:
			said = append(said, strconv.Itoa(n)+" "+x.many)
		}
	}
	if len(said) == 0 {
		return "Nobody was added."
	}
	return page.Listed(said) + "."
}

// preview finds out what taking the lines would do, and shows them.
func (s *Server) preview(w http.ResponseWriter, r *http.Request, t *store.Trust, v page.PreviewView, lines []access.Line, opened map[int]bool) error {
	people, err := t.People(r.Context())
	if err != nil {
		return err
	}
	access.Settle(lines, store.Known(people, s.now()))
	status := http.StatusOK
	if slices.ContainsFunc(lines, func(l access.Line) bool { return !l.Sound() }) {
		status = http.StatusUnprocessableEntity
	}
	return s.showPreview(w, r, status, v, lines, opened)
}

// showPreview shows lines as they will be taken. Those at fault, and those that
// the lead has opened, stand in fields of their own.
func (s *Server) showPreview(w http.ResponseWriter, r *http.Request, status int, v page.PreviewView, lines []access.Line, opened map[int]bool) error {
	v.Frame = s.frame(r)
	var sound []access.Line
	for i := range lines {
		l := &lines[i]
		if !l.Sound() || opened[l.Number] {
			v.Open = append(v.Open, openLine(l))
			continue
		}
		sound = append(sound, *l)
		v.Sound = append(v.Sound, previewLine(l))
		switch l.Outcome {
		case access.Change:
			v.Changes++
		case access.Add, access.Rejoin:
			v.Adds++
		}
	}
	v.Kept = packLines(sound)
	return s.render(w, r, status, page.Preview(v))
}

// previewLine is a sound line. Somebody who is here keeps the name they have.
func previewLine(l *access.Line) page.PreviewLine {
	p := page.PreviewLine{
		Number: l.Number, Name: l.Name, Email: l.Email, Title: l.Title, Side: l.Side, Guessed: l.Guessed, Note: l.Note, Happens: "Will be added",
	}
	k := l.Known
	switch l.Outcome {
	case access.Rejoin:
		p.Happens = "Is known here and comes to the board"
	case access.Change:
		p.Happens = "Is on the board. Until now: " + page.SeatText(k.Title, k.Side)
	case access.Keep:
		p.Happens = "Is on your list already. Nothing changes"
	}
	if l.Outcome != access.Add {
		p.Name, p.Email = k.Name, k.Email
		if !strings.EqualFold(k.Name, l.Name) {
			p.Note = "Your list calls them ‘" + l.Name + "’. They keep the name that they have."
		}
	}
	return p
}

// openLine is a line in fields of its own, each with its fault.
func openLine(l *access.Line) page.OpenLine {
	n := strconv.Itoa(l.Number)
	side := string(l.Side)
	if l.Guessed {
		side = ""
	}
	return page.OpenLine{
		Number: l.Number, Note: l.Note,
		Name:  nhsuk.Field{Name: "name-" + n, Label: "Name", Value: l.Name, Error: l.Fault(access.NameField), Autocomplete: "off"},
		Email: nhsuk.Field{Name: "email-" + n, Label: "Email address (optional)", Type: "email", Value: l.Email, Error: l.Fault(access.EmailField), Autocomplete: "off", Verbatim: true},
		Title: nhsuk.Field{Name: "title-" + n, Label: "Board role (optional)", Value: l.Title, Error: l.Fault(access.TitleField), Autocomplete: "off"},
		Side: nhsuk.Field{
			Name: "side-" + n, Label: "Side", Value: side, Error: l.Fault(access.SideField),
			Options: append([]nhsuk.Option{{Text: "As the board role tells"}}, page.SideOptions()...),
		},
		Out: nhsuk.Field{Name: "out-" + n, Small: true, Options: []nhsuk.Option{{Value: "yes", Text: "Leave line " + n + " out"}}},
	}
}

// peopleTemplate is an empty list, with the mark by which spreadsheets know the
// letters.
func (s *Server) peopleTemplate(w http.ResponseWriter, _ *http.Request, t *store.Trust) error {
	if !t.May(access.ManagePeople) {
		return access.ErrDenied
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="board-members.csv"`)
	_, _ = w.Write([]byte("\ufeffName,Email,Board role,Side\r\n")) // the person has gone if this fails
	return nil
}

// showAddPerson shows the form for one person.
func (s *Server) showAddPerson(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	if !t.May(access.ManagePeople) {
		return access.ErrDenied
	}
	v := page.AddPersonView{Frame: s.frame(r), Roles: emptyRoles(access.Granted(), s.now())}
	v.Name, v.Email = nameField(""), emailField("")
	v.Roles.Roles.Values = []string{string(access.Member)}
	return s.render(w, r, http.StatusOK, page.AddPerson(v))
}

// addPerson adds one person with the roles that were ticked.
func (s *Server) addPerson(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	if !t.May(access.ManagePeople) {
		return access.ErrDenied
	}
	f, err := readForm(r, "role")
	if err != nil {
		return err
	}
	v := page.AddPersonView{Frame: s.frame(r)}
	line := access.TypedLine(1, f.get("name"), f.get("email"), "", "")
	v.Name, v.Email = nameField(line.Name), emailField(line.Email)
	checkName(f, &v.Name)
	checkEmail(f, &v.Email)
	roles, terms, ok := readRoles(f, access.Granted(), s.now())
	v.Roles = roles
	if !ok || v.Name.Error != "" || v.Email.Error != "" {
		return s.render(w, r, http.StatusUnprocessableEntity, page.AddPerson(v))
	}
	_, err = t.AddPerson(r.Context(), line, terms, s.now())
	switch {
	case errors.Is(err, access.ErrTaken):
		if v.Known, err = s.alreadyHere(r, t, line); err != nil {
			return err
		}
		v.Email.Error = "Somebody with this email address is on your list already"
		if line.Email == "" {
			v.Email.Error = "Somebody with this name is on your list already. Enter an email address if this is somebody else"
		}
	case errors.Is(err, access.ErrNoAddress):
		v.Email.Error = "Enter an email address: only a board member can do without, because the other roles need one to sign in"
	case err != nil:
		return err
	default:
		s.say(r, line.Name+" has been added.")
		return see(w, r, "/trusts/"+t.ODS+"/people")
	}
	return s.render(w, r, http.StatusUnprocessableEntity, page.AddPerson(v))
}

// alreadyHere leads to whoever of this trust a line is about.
func (s *Server) alreadyHere(r *http.Request, t *store.Trust, line access.Line) (page.Link, error) {
	people, err := t.People(r.Context())
	if err != nil {
		return page.Link{}, err
	}
	lines := []access.Line{line}
	access.Settle(lines, store.Known(people, s.now()))
	if k := lines[0].Known; k.Name != "" {
		return page.Link{Href: personPath(t, k.Person), Text: k.Name}, nil
	}
	return page.Link{}, nil
}
