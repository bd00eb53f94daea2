package server

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// upload sends a list as the page's own form does, with a file when it has a
// name.
func (b browser) upload(path, list, name string, file []byte) reply {
	b.site.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	must := func(err error) {
		b.site.t.Helper()
		if err != nil {
			b.site.t.Fatal(err)
		}
	}
	must(form.WriteField("list", list))
	part, err := form.CreateFormFile("file", name)
	must(err)
	_, err = part.Write(file)
	must(err)
	must(form.Close())
	return b.do(http.MethodPost, path, body.String(), http.Header{"Content-Type": {form.FormDataContentType()}})
}

// fields are what the form of a page would send as it stands, to be changed and
// sent back.
func (r reply) fields() map[string]string {
	r.t.Helper()
	out := map[string]string{}
	doc := r.page()
	for _, input := range doc.Find("main input[name], main select[name]").EachIter() {
		name, kind := input.AttrOr("name", ""), input.AttrOr("type", "")
		switch {
		case kind == "checkbox" || kind == "radio":
		case input.Is("select"):
			out[name] = input.Find("option[selected]").AttrOr("value", "")
		case name == "open":
			out["open "+input.AttrOr("value", "")] = input.AttrOr("value", "")
		default:
			out[name] = input.AttrOr("value", "")
		}
	}
	return out
}

func (b browser) send(path string, fields map[string]string) reply {
	b.site.t.Helper()
	var flat []string
	for name, value := range fields {
		name, _, _ = strings.Cut(name, " ")
		flat = append(flat, name, value)
	}
	return b.post(path, flat...)
}

func (s *site) people(b storetest.Board) []store.Insider {
	s.t.Helper()
	people, err := storetest.Enter(s.t, s.db, b.Lead, b.ODS).People(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return people
}

func (s *site) insider(b storetest.Board, person uuid.UUID) store.Insider {
	s.t.Helper()
	in, _, err := storetest.Enter(s.t, s.db, b.Lead, b.ODS).Insider(s.t.Context(), person)
	if err != nil {
		s.t.Fatal(err)
	}
	return in
}

// TestListIsMendedAndAdded: three lines are at fault; what is sound is added,
// and the rest waits to be mended.
func TestListIsMendedAndAdded(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	lead, path := s.as(b.Lead), "/trusts/"+b.ODS+"/people"
	list := "Name,Email,Board role,Side,Phone\nAda Okafor,ada@a.org,Chief nurse,exec,1\nBo Li,bo@a,Chair,ned,2\nCy Fox,cy@a.org,Governor,,3\nDi Ash,ADA@a.org,NED,,4\nEd Ray,,NED,,5\n"
	before := len(s.people(b))

	got := lead.upload(path+"/add", list, "", nil).wants(http.StatusUnprocessableEntity)
	got.says("title", "Error: Check the list").says("main", "3 lines to mend").says("main", "2 lines ready").says("main", "left out, because nothing from them is kept: Phone")
	got.says(".nhsuk-error-summary", "Line 3: Enter an email address in the correct form").says(".nhsuk-error-summary", "Line 4: Select a side").says(".nhsuk-error-summary", "Line 5: Line 2 has this email address too")
	if n := got.page().Find(".nhsuk-error-summary a").Length(); n != 3 {
		t.Errorf("%d links to what is wrong", n)
	}
	if v := got.page().Find("#email-3").AttrOr("value", ""); v != "bo@a" {
		t.Errorf("line 3 comes back as %q", v)
	}
	if len(s.people(b)) != before {
		t.Fatal("a preview adds people")
	}

	fields := got.fields()
	fields["do"] = "add"
	rest := lead.send(path+"/add", fields).wants(http.StatusOK)
	rest.says(".nhsuk-notification-banner", "2 people were added.").says("main", "3 lines to mend")
	if n := len(s.people(b)); n != before+2 {
		t.Errorf("%d people, want %d", n, before+2)
	}

	fields = rest.fields()
	fields["email-3"], fields["side-4"], fields["out-5"] = "bo@a.org", "ned", "yes"
	again := lead.send(path+"/add", fields).wants(http.StatusOK)
	again.says("main", "2 lines ready").says("title", "Check the list, then add the people")
	fields = again.fields()
	fields["do"] = "add"
	lead.send(path+"/add", fields).leads(path)
	lead.get(path).says(".nhsuk-notification-banner", "2 people were added.").says("main", "Cy Fox")
	if again := lead.get(path); strings.Contains(again.body, "people were added") {
		t.Error("the notice is shown twice")
	}
}

// TestPreviewOpensALine: a line that is sound can be opened and changed.
func TestPreviewOpensALine(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	lead, path := s.as(b.Lead), "/trusts/"+b.ODS+"/people/add"
	fields := lead.upload(path, "Ada Okafor,ada@a.org,Chair\nBo Li,bo@a.org,Chair", "", nil).wants(http.StatusOK).fields()
	fields["edit"] = "2"
	got := lead.send(path, fields).wants(http.StatusOK)
	got.says("main", "1 line ready").says("main", "1 line to mend")
	fields = got.fields()
	fields["name-2"] = "Bo Lee"
	lead.send(path, fields).wants(http.StatusOK).says("tbody", "Bo Lee").says("tbody", "Ada Okafor").says("tbody", "Chair (non-executive), side taken from the board role")
}

// TestListOfWhoIsHere: board members who are on the list already are told apart,
// and nothing tells whether an address belongs to somebody elsewhere.
func TestListOfWhoIsHere(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b, other := storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	lead, path := s.as(b.Lead), "/trusts/"+b.ODS+"/people"
	here, elsewhere := s.insider(b, b.Members[0]), s.insider(other, other.Members[0])
	list := func(email string) string {
		return "name,email,role\nX," + here.Email + ",Chair\nSame One," + email + ",Chair\n"
	}
	known := lead.upload(path+"/add", list(elsewhere.Email), "", nil).wants(http.StatusOK)
	known.says("tbody", here.Name).says("tbody", "Is on the board. Until now: Chief executive (executive)")
	unknown := lead.upload(path+"/add", list("nobody@example.org"), "", nil).wants(http.StatusOK)
	plain := func(r reply) string { return strings.ReplaceAll(r.body, "<wbr>", "") }
	if strings.ReplaceAll(plain(known), elsewhere.Email, "nobody@example.org") != plain(unknown) {
		t.Error("the preview tells whether an address belongs to somebody of another trust")
	}
	fields := known.fields()
	fields["do"] = "add"
	lead.send(path+"/add", fields).leads(path)
	lead.get(path).says(".nhsuk-notification-banner", "1 person was added and 1 person was changed.").says("main", elsewhere.Name)
	if got := s.insider(other, elsewhere.Person); got.Name != elsewhere.Name {
		t.Errorf("somebody of another trust is now %q", got.Name)
	}
}

func TestListAsAFile(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	lead, path := s.as(b.Lead), "/trusts/"+b.ODS+"/people/add"
	lead.upload(path, "", "board.csv", []byte("Name;E-mail;Role\r\nZo\xeb Brown;z@a.org;Chair\r\n")).wants(http.StatusOK).says("tbody", "Zoë Brown")
	for name, c := range map[string]struct {
		list, file, says string
		status           int
	}{
		"nothing":  {"", "", "There is nobody on the list", http.StatusUnprocessableEntity},
		"both":     {"Ada,ada@a.org,Chair", "Bo,bo@a.org,Chair", "not both", http.StatusUnprocessableEntity},
		"workbook": {"", "PK\x03\x04", "Save the list as CSV", http.StatusUnprocessableEntity},
		"too many": {"", strings.Repeat("Ada,ada@a.org\n", access.MostLines+1), "more than 2000 people", http.StatusUnprocessableEntity},
		"too big":  {"", strings.Repeat("x", maxList+1), "up to 1 MB", http.StatusRequestEntityTooLarge},
		"long":     {strings.Repeat("y", maxList+1), "", "up to 1 MB", http.StatusRequestEntityTooLarge},
	} {
		lead.upload(path, c.list, "board.csv", []byte(c.file)).wants(c.status).says("main", c.says)
		if name == "both" {
			lead.upload(path, c.list, "board.csv", []byte(c.file)).says("textarea", c.list)
		}
	}
	for name, c := range map[string]struct {
		kind, body string
		status     int
	}{
		"no boundary":    {"multipart/form-data", "x", http.StatusUnsupportedMediaType},
		"cut off":        {"multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\nAda", http.StatusBadRequest},
		"not a form":     {"application/json", "{}", http.StatusUnsupportedMediaType},
		"odd lines kept": {"application/x-www-form-urlencoded", "kept=1%09Ada", http.StatusBadRequest},
		"odd number":     {"application/x-www-form-urlencoded", "open=one", http.StatusBadRequest},
		"line twice":     {"application/x-www-form-urlencoded", "open=1&open=1&name-1=A", http.StatusBadRequest},
		"far too big":    {"application/x-www-form-urlencoded", "kept=" + strings.Repeat("x", maxPreview), http.StatusRequestEntityTooLarge},
		"many parts":     {"multipart/form-data; boundary=x", strings.Repeat("--x\r\nContent-Disposition: form-data; name=\"list\"\r\n\r\nAda\r\n", 12) + "--x--", http.StatusBadRequest},
	} {
		if got := lead.do(http.MethodPost, path, c.body, http.Header{"Content-Type": {c.kind}}); got.status != c.status {
			t.Errorf("%s: %d, want %d", name, got.status, c.status)
		}
	}
}

// TestNamesAreOnlyText: what somebody is called is never markup, nor a formula
// for a spreadsheet.
func TestNamesAreOnlyText(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	lead, path := s.as(b.Lead), "/trusts/"+b.ODS+"/people"
	evil := `<script>alert(1)</script> "O'Hara" <img src=x onerror=alert(1)>`
	got := lead.post(path+"/add", "open", "1", "name-1", evil, "email-1", "e@a.org", "title-1", evil, "side-1", "ned")
	got.wants(http.StatusOK).says("tbody", evil)
	fields := got.fields()
	fields["do"] = "add"
	lead.send(path+"/add", fields).leads(path)
	var who uuid.UUID
	for _, p := range s.people(b) {
		if p.Name == evil {
			who = p.Person
		}
	}
	for _, page := range []string{"", "/add", "/" + who.String(), "/" + who.String() + "/edit", "/" + who.String() + "/grant", "/" + who.String() + "/end"} {
		doc := lead.get(path + page).wants(http.StatusOK).page()
		if doc.Find("main script, main img").Length() > 0 {
			t.Errorf("%s holds markup from a name", page)
		}
	}
	s.as(who).get("/trusts/"+b.ODS+"/access").wants(http.StatusOK).says("main", evil)
	for _, first := range []string{"=", "+", "-", "@"} {
		lead.upload(path+"/add", "name,email,role,side\n\""+first+"1+1\",f@a.org,\""+first+"1\",ned\n", "", nil).
			wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "must not begin with ‘"+first+"’")
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(lead.get(path+"/template.csv").wants(http.StatusOK).body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 1 {
		t.Fatalf("the empty list: %v, %v", rows, err)
	}
	for _, cell := range rows[0] {
		if strings.ContainsAny(cell[:1], "=+-@\t\r") {
			t.Errorf("the empty list holds a formula: %q", cell)
		}
	}
	if list := access.ParseList([]byte(strings.Join(rows[0], ",") + "\nAda,ada@a.org,Chair,ned")); len(list.Lines) != 1 || !list.Lines[0].Sound() || len(list.Ignored) > 0 {
		t.Errorf("a list on the empty one is read as %+v", list)
	}
}

func TestOnePersonIsAdded(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	lead, path := s.as(b.Lead), "/trusts/"+b.ODS+"/people"
	form := lead.get(path + "/add/one").wants(http.StatusOK)
	form.says("main", "By granting this, your trust agrees to that")
	now := time.Now()
	day := []string{"from-day", fmt.Sprint(now.UTC().Day()), "from-month", fmt.Sprint(int(now.UTC().Month())), "from-year", fmt.Sprint(now.UTC().Year())}
	wrong := lead.post(path+"/add/one", append(day, "name", "", "email", "x", "role", "member", "title", "=1", "until-day", "31", "until-month", "2", "until-year", "2026")...).
		wants(http.StatusUnprocessableEntity)
	for _, says := range []string{"Enter a name", "in the correct form", "must not begin with", "Select a side", "There is no such day"} {
		wrong.says(".nhsuk-error-summary", says)
	}
	lead.post(path+"/add/one", append(day, "name", "Bo Li", "role", "observer")...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "only a board member can do without")
	lead.post(path+"/add/one", append(day, "name", "Bo Li", "role", "clock")...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Select roles from the list")
	lead.post(path+"/add/one", append(day, "name", "Ada Okafor", "email", "Ada@A.org", "role", "member", "role", "facilitator", "title", "Chair", "side", "ned")...).leads(path)
	lead.get(path).says(".nhsuk-notification-banner", "Ada Okafor has been added.").says("tbody", "ada@a.org").says("tbody", "Facilitator, since")
	lead.post(path+"/add/one", append(day, "name", "X", "email", "ada@a.org", "role", "observer")...).
		wants(http.StatusUnprocessableEntity).says(".nhsuk-inset-text", "On your list already: Ada Okafor")
}

func TestPersonIsChanged(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b, other := storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	lead := s.as(b.Lead)
	path := func(person uuid.UUID) string { return "/trusts/" + b.ODS + "/people/" + person.String() }
	who := b.Members[0]
	lead.get(path(who)).wants(http.StatusOK).says("dl", "Chief executive").says("tbody", "Board member")
	lead.post(path(who)+"/edit", "name", "Ada Okafor", "email", "ada@a.org", "title", "Chair", "side", "ned").leads(path(who))
	lead.get(path(who)).says(".nhsuk-notification-banner", "saved").says("h1", "Ada Okafor").says("dl", "ada@a.org").says("dl", "Non-executive")
	lead.post(path(who)+"/edit", "name", " ", "email", "x", "title", strings.Repeat("x", 101)).wants(http.StatusUnprocessableEntity).
		says(".nhsuk-error-summary", "Enter a name").says(".nhsuk-error-summary", "correct form").says(".nhsuk-error-summary", "100 characters").says(".nhsuk-error-summary", "Select a side")

	colleague, stranger := s.insider(b, b.Members[1]), s.insider(other, other.Members[1])
	lead.post(path(who)+"/edit", "name", "Ada Okafor", "email", colleague.Email, "title", "Chair", "side", "ned").
		wants(http.StatusUnprocessableEntity).says(".nhsuk-inset-text", colleague.Name)
	taken := lead.post(path(who)+"/edit", "name", "Ada Okafor", "email", stranger.Email, "title", "Chair", "side", "ned").wants(http.StatusUnprocessableEntity)
	if strings.Contains(taken.body, stranger.Name) || taken.page().Find(".nhsuk-inset-text").Length() > 0 {
		t.Error("an address tells who has it at another trust")
	}

	shared := b.Members[2]
	storetest.Join(t, s.db, other.ODS, shared, access.Observer)
	was := s.insider(b, shared)
	lead.get(path(shared)+"/edit").says("main", "cannot be changed here")
	lead.post(path(shared)+"/edit", "name", "New", "email", "new@a.org", "title", "Chair", "side", "ned").leads(path(shared))
	if got := s.insider(b, shared); got.Name != was.Name || got.Email != was.Email || got.Terms[0].Title != "Chair" {
		t.Errorf("somebody who is elsewhere too is now %+v", got)
	}
	if _, _, err := s.db.RecordSignIn(t.Context(), store.SignIn{Person: b.Members[3], At: time.Now(), Way: access.ByCode}); err != nil {
		t.Fatal(err)
	}
	lead.get(path(b.Members[3])+"/edit").says("main", "has signed in")
	for _, id := range []string{other.Members[0].String(), uuid.NewString(), "nobody", "00000000-0000-0000-0000-000000000000"} {
		for _, rest := range []string{"", "/edit", "/grant", "/end"} {
			lead.get("/trusts/" + b.ODS + "/people/" + id + rest).wants(http.StatusNotFound)
			if rest != "" {
				lead.post("/trusts/"+b.ODS+"/people/"+id+rest, "name", "X", "role", "lead", "when", "now").wants(http.StatusNotFound)
			}
		}
	}
}

func TestRolesAreGrantedAndEnded(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	lead := s.as(b.Lead)
	path := "/trusts/" + b.ODS + "/people/" + b.Observer.String()
	own := "/trusts/" + b.ODS + "/people/" + b.Lead.String()
	lead.post(own+"/end", "role", "lead", "when", "now").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "You are the only lead")

	form := lead.get(path + "/grant").wants(http.StatusOK)
	if form.page().Find("input[name=role][value=observer]").Length() != 0 || form.page().Find("input[name=role]").Length() != 5 {
		t.Error("the form offers a role that is held")
	}
	lead.post(path+"/grant").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Select at least one role")
	lead.post(path+"/grant", "role", "lead", "role", "chair", "from-day", "1", "from-month", "2", "from-year", "2021").leads(path)
	lead.get(path).says(".nhsuk-notification-banner", "Granted: trust lead, chair").says("tbody", "1 February 2021")
	s.as(b.Observer).get("/trusts/" + b.ODS + "/people").wants(http.StatusOK)

	lead.post(path+"/end", "when", "day", "last-day", "1", "last-month", "1", "last-year", "2021").wants(http.StatusUnprocessableEntity).
		says(".nhsuk-error-summary", "Select at least one role").says(".nhsuk-error-summary", "today or later")
	lead.post(path+"/end", "role", "viewer", "when", "").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "from the list").says(".nhsuk-error-summary", "when the roles end")
	lead.post(path+"/end", "role", "chair", "role", "observer", "when", "now").leads(path)
	lead.get(path).says("tbody", "Ended")
	lead.post(own+"/end", "role", "lead", "when", "now").leads("/")
	lead.get("/trusts/" + b.ODS + "/people").wants(http.StatusNotFound)
}

// TestAccessPage tells each role what it may do, in words, and who may see what,
// by name.
func TestAccessPage(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b, other := storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	path := "/trusts/" + b.ODS + "/access"
	for role, person := range map[string]uuid.UUID{
		"a trust lead": b.Lead, "a chair": b.Chair, "a facilitator": b.Facilitator,
		"a board member": b.Members[0], "an observer": b.Observer, "a regional viewer": b.Viewer,
	} {
		got := s.as(person).get(path).wants(http.StatusOK)
		got.says("main", "You are "+role+" at this trust").says("dl", "Trust lead: lead of "+b.ODS).says("dl", "Nobody else can see what you answered")
		if strings.Contains(got.body, other.ODS) || regexp.MustCompile(`[\w.-]+@[\w.-]+`).MatchString(got.body) {
			t.Errorf("%s sees somebody of another trust, or an address", role)
		}
	}
	member := s.as(b.Members[0]).get(path)
	lines := member.page().Find("dl .nhsuk-summary-list__row").EachIter()
	for _, row := range lines {
		text := row.Text()
		if strings.Contains(text, "Whether you have finished") && (!strings.Contains(text, "chair of") || !strings.Contains(text, "facilitator of") || strings.Contains(text, "observer of")) {
			t.Errorf("who sees whether somebody has finished: %s", text)
		}
	}
	s.as(b.Lead).get("/trusts/"+b.ODS).says("main", "Who can see what").says("main", "People and their roles")
	if strings.Contains(s.as(b.Members[0]).get("/trusts/"+b.ODS).body, "People and their roles") {
		t.Error("a member is led to the lead's page")
	}
}
