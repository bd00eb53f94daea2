package server

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
	"time"

	"octant/internal/register"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// odsLine is a line of a trust file.
func odsLine(code, name, region, icb, opened, closed string) string {
	return fmt.Sprintf(`"%s","%s","%s","%s","","","","TOWN","","AB1 2CD","%s","%s","","","","","","","","","","0","","A","","",""`+"\r\n",
		code, name, region, icb, opened, closed)
}

var (
	oldRegister = odsLine("R9K", "NORTHMERE NHS TRUST", "Y61", "QH8", "20010401", "") +
		odsLine("R9N", "GREATWOOD NHS TRUST", "Y62", "QOP", "19950401", "") +
		odsLine("R9P", "LITTLEWOOD NHS TRUST", "Y62", "QOP", "19950401", "") +
		odsLine("R9Q", "ST KEW'S NHS TRUST", "W00", "Q99", "19950401", "")
	newRegister = odsLine("R9K", "NORTHMERE <B>UNIVERSITY</B> NHS TRUST", "Y61", "D7T5G", "20010401", "") +
		odsLine("R9N", "GREATWOOD NHS TRUST", "Y62", "QOP", "19950401", "20250331") +
		odsLine("R9P", "LITTLEWOOD NHS TRUST", "Y62", "QOP", "19950401", "") +
		odsLine("R9Q", "ST KEW'S NHS TRUST", "", "", "19950401", "") +
		odsLine("R9", "BROKEN", "", "", "19950401", "")
	follows = `"R9N","R9P","","20250401","0"` + "\r\n" + `"R9N","R9Q","","20250401","0"` + "\r\n" + `"RZA","R9N","","20010401","1"` + "\r\n"
)

// sendFiles posts files as a browser does: fields come as name, value.
func (b browser) sendFiles(path string, files map[string]string, fields ...string) reply {
	b.site.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, name := range []string{"trusts", "successors"} {
		file := ""
		if files[name] != "" {
			file = `C:\ods\` + name + ".csv"
		}
		part, err := w.CreateFormFile(name, file)
		if err == nil {
			_, err = part.Write([]byte(files[name]))
		}
		if err != nil {
			b.site.t.Fatal(err)
		}
	}
	for i := 0; i+1 < len(fields); i += 2 {
		if err := w.WriteField(fields[i], fields[i+1]); err != nil {
			b.site.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.site.t.Fatal(err)
	}
	return b.do(http.MethodPost, path, body.String(), http.Header{"Content-Type": {w.FormDataContentType()}})
}

// stage sends files and gives the address of what they would change.
func (b browser) stage(files map[string]string, fields ...string) string {
	b.site.t.Helper()
	return b.sendFiles("/admin/register", files, fields...).wants(http.StatusSeeOther).header.Get("Location")
}

// applyStaged presses the button on the page of what would change.
func (b browser) applyStaged(path string) reply {
	b.site.t.Helper()
	digest := b.get(path).wants(http.StatusOK).page().Find("input[name=digest]").AttrOr("value", "")
	return b.post(path, "digest", digest, "do", "apply")
}

var asAt2022 = []string{"as-at-day", "17", "as-at-month", "3", "as-at-year", "2022"}

func (s *site) fillRegister(admin browser) {
	s.t.Helper()
	admin.applyStaged(admin.stage(map[string]string{"trusts": oldRegister}, asAt2022...)).leads("/admin/register")
	path := admin.stage(map[string]string{"trusts": newRegister, "successors": follows}, "as-at-day", "8", "as-at-month", "7", "as-at-year", "2026")
	admin.applyStaged(path).leads("/admin/register")
}

func TestAdministratorBringsTheRegisterUpToDate(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	s.server.now = func() time.Time { return storetest.Now.AddDate(0, 1, 0) }
	admin, _ := s.admin()
	admin.get("/admin").says("main", "Register of trusts")
	admin.get("/admin/register").wants(http.StatusOK).says("main", "None.")
	path := admin.stage(map[string]string{"trusts": oldRegister}, asAt2022...)
	admin.get(path).wants(http.StatusOK).says("main", "New (4)").says("main", "R9K: Northmere NHS Trust, opened 1 April 2001").says("main", "trusts.csv").says("main", "17 March 2022")
	admin.get("/register/R9K").wants(http.StatusNotFound)
	admin.applyStaged(path).leads("/admin/register")
	admin.get("/admin/register").says("main", "Applied: 4 new.").says("table", "4 new").says("table", "by Root")
	admin.get(path).wants(http.StatusNotFound)
	path = admin.stage(map[string]string{"trusts": newRegister, "successors": follows})
	staged := admin.get(path).wants(http.StatusOK)
	for _, words := range []string{
		"Closed (1)", "Renamed (1)", "R9K: Northmere NHS Trust to Northmere <B>University</B> NHS Trust, between 17 March 2022 and 1 April 2025", "Who followed whom (3)",
		"R9N to R9P, split, 1 April 2025", "Moved to another region or integrated care board (1)", "Lines that cannot be taken: 1", "trusts.csv:5: column 1",
	} {
		staged.says("main", words)
	}
	if staged.page().Find("main b").Length() != 0 {
		t.Error("a name is taken for markup")
	}
	admin.applyStaged(path).leads("/admin/register")
	again := admin.stage(map[string]string{"trusts": newRegister})
	admin.get(again).says("main", "There is nothing to do").says("main", "Applied before")
	admin.post(again, "do", "drop").leads("/admin/register")
	admin.get(again).wants(http.StatusNotFound)
}

// TestOnlyWhatWasShownIsApplied: when the register has changed, the new difference
// is shown instead.
func TestOnlyWhatWasShownIsApplied(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	admin, _ := s.admin()
	other, _ := s.admin()
	path := admin.stage(map[string]string{"trusts": oldRegister}, asAt2022...)
	digest := admin.get(path).page().Find("input[name=digest]").AttrOr("value", "")
	other.get(path).wants(http.StatusNotFound)
	other.post(path, "digest", digest, "do", "apply").wants(http.StatusNotFound)
	other.applyStaged(other.stage(map[string]string{"trusts": newRegister})).leads("/admin/register")
	changed := admin.post(path, "digest", digest, "do", "apply").wants(http.StatusConflict).says(".nhsuk-error-summary", "The register has changed").says("title", "Error:")
	if changed.page().Find("input[name=digest]").AttrOr("value", "") == digest {
		t.Error("it is the difference that was shown before")
	}
	admin.get("/admin/register").says("table", "trusts.csv")
	for _, fields := range [][]string{{"do", "apply"}, {"do", "apply", "digest", "zz"}, {"do", "apply", "digest", "00"}, {"digest", digest}} {
		admin.post(path, fields...).wants(http.StatusUnprocessableEntity)
	}
	admin.applyStaged(path).leads("/admin/register")
	admin.get("/admin/register/nonsense").wants(http.StatusNotFound)
}

func TestFilesThatCannotBeTakenAreRefused(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	admin, _ := s.admin()
	for says, c := range map[string]struct {
		trusts, successors string
		fields             []string
	}{
		"Choose the file of trusts":         {},
		"No line of this file is a trust":   {trusts: "a,b\n"},
		"No line of this file names a":      {trusts: oldRegister, successors: "a,b\n"},
		"The day must not be in the future": {trusts: oldRegister, fields: []string{"as-at-day", "1", "as-at-month", "1", "as-at-year", "2099"}},
		"Enter a day, a month and a year":   {trusts: oldRegister, fields: []string{"as-at-day", "1"}},
		"The year must be between 1990":     {trusts: oldRegister, fields: []string{"as-at-day", "1", "as-at-month", "1", "as-at-year", "1066"}},
	} {
		admin.sendFiles("/admin/register", map[string]string{"trusts": c.trusts, "successors": c.successors}, c.fields...).
			wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", says).says("title", "Error:")
	}
	admin.sendFiles("/admin/register", map[string]string{"trusts": strings.Repeat("x", register.MaxFile+1)}).wants(http.StatusRequestEntityTooLarge)
	admin.post("/admin/register", "trusts", oldRegister).wants(http.StatusUnsupportedMediaType)
	admin.do(http.MethodPost, "/admin/register", "--x\r\nnothing", http.Header{"Content-Type": {"multipart/form-data; boundary=x"}}).wants(http.StatusBadRequest)
}

func TestRegisterIsSearchedAndRead(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	admin, _ := s.admin()
	b := storetest.Trust(t, s.db)
	reader := s.as(b.Members[0])
	reader.get("/register").wants(http.StatusOK).says("main", "The register is empty").says("main", "Open Government Licence")
	s.fillRegister(admin)
	reader.get("/register").says("main", "St Kew’s NHS Trust").says("main", "Closed 31 March 2025")
	reader.get("/register?q=northmere+nhs").says("main", "R9K").says("main", "Earlier: Northmere NHS Trust").says("main", "NHS Essex Integrated Care Board")
	reader.get("/register?q=%3Cscript%3E").says("h2", "‘<script>’").says("main", "No trust matches")
	reader.get("/register?q=" + strings.Repeat("x", 3000)).wants(http.StatusOK)
	reader.get("/register?q=%00%ff&page=99999999999").wants(http.StatusOK)
	entry := reader.get("/register/R9N").wants(http.StatusOK).says("h1", "Greatwood NHS Trust").says(".nhsuk-inset-text", "St Kew’s NHS Trust (R9Q)").
		says("main", "1 April 2025: Greatwood NHS Trust (R9N) was split; part of it went to Littlewood NHS Trust (R9P)").
		says("main", "1 April 2001: RZA (not in the register)").says("main", "Open Government Licence")
	if entry.page().Find(`main a[href^="/admin"]`).Length() != 0 {
		t.Error("somebody who may not is offered to change it")
	}
	reader.get("/register/R9P").says("main", "; another part went to St Kew’s NHS Trust (R9Q)")
	reader.get("/register/R9K").says("main", "Between 17 March 2022 and 8 July 2026").says("main", "1 April 2026, the day on which the board took over").
		says("main", "1 April 2001, as far as is known; certain from 17 March 2022")
	reader.get("/register/R9Q").says("main", "None in England")
	for _, code := range []string{"R9Z", "r9k", "%00", "R9K'--"} {
		reader.get("/register/" + code).wants(http.StatusNotFound)
	}
	s.nobody().get("/register").wants(http.StatusSeeOther)
	s.nobody().get("/register/R9K").wants(http.StatusSeeOther)
	if reader.get("/trusts/"+b.ODS).wants(http.StatusOK).page().Find(`main a[href^="/register"]`).Length() != 0 {
		t.Error("a trust that is not in the register leads there")
	}
	storetest.Change(t, s.db, `INSERT INTO organisations (code, opened, seen_on) VALUES ($1, '2020-01-01', '2026-01-01')`, b.ODS)
	reader.get("/trusts/"+b.ODS).says(`main a[href="/register/`+b.ODS+`"]`, "This trust in the register")
	admin.get("/register/R9K").says(`main a[href="/admin/register/organisations/R9K"]`, "Change the type")
}

func TestAdministratorEntersWhatNoFileSays(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	admin, _ := s.admin()
	s.fillRegister(admin)
	path := "/admin/register/organisations/R9K"
	admin.get(path).wants(http.StatusOK).says("main", "Nobody has said yet").says("main", "Nothing is known yet")
	good := []string{"type", "Acute", "from-day", "1", "from-month", "4", "from-year", "2001", "source", " annual  report 2025"}
	admin.post(path+"/types", good...).leads(path)
	admin.get(path).says("main", "The type has been saved").says("table", "annual report 2025")
	s.as(storetest.Person(t, s.db, "Reader")).get("/register/R9K").says("main", "Acute")
	for i, c := range map[int]struct{ value, says string }{
		1: {"Palace", "Select a type"}, 7: {"1999", "The trust had not opened"}, 3: {"x", "Enter a day"}, 9: {"", "Enter who says so"},
	} {
		bad := append([]string{}, good...)
		bad[i] = c.value
		admin.post(path+"/types", bad...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", c.says)
	}
	bad := append([]string{}, good...)
	bad[9] = strings.Repeat("x", 201)
	admin.post(path+"/types", bad...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "200 characters or fewer")
	follow := []string{"which", "after", "other", "r9p", "kind", "acquisition", "on-day", "1", "on-month", "1", "on-year", "2025", "note", "by name"}
	admin.post(path+"/successions", follow...).leads(path)
	admin.get("/register/R9K").says("main", "1 January 2025: Littlewood NHS Trust (R9P) joined Northmere").says("main", "entered by hand: by name").
		says("main", "1 January 2025, the day on which another trust joined it")
	for i, c := range map[int]struct{ value, says string }{
		1: {"", "Select what happened"}, 3: {"R9Z", "no trust with this code"}, 5: {"war", "Select how"}, 7: {"", "Enter a day"},
	} {
		bad := append([]string{}, follow...)
		bad[i] = c.value
		admin.post(path+"/successions", bad...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", c.says)
	}
	admin.post(path+"/successions", follow...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "It is known already")
	circle := append([]string{}, follow...)
	circle[1] = "before"
	admin.post(path+"/successions", circle...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "cannot follow itself")
	admin.post(path+"/successions/end", "from", "R9N", "to", "R9P").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "not entered by hand")
	admin.post(path+"/successions/end", "from", "R9P", "to", "R9K").leads(path)
	admin.post(path+"/successions/end", "from", "R9P", "to", "R9K").wants(http.StatusUnprocessableEntity)
	admin.get("/register/R9K").says("main", "Between 17 March 2022")
	admin.get("/admin/register/organisations/R9Z").wants(http.StatusNotFound)
	var broken int
	if err := s.db.VerifyAudit(t.Context(), nil, func(v store.Verdict) error { broken += len(v.Faults); return nil }); err != nil || broken != 0 {
		t.Errorf("the record is broken: %d, %v", broken, err)
	}
}

// TestSpellsAreDatedAsFarAsKnown: a file of the day before says on which day a
// name changed, an older one only between which days.
func TestSpellsAreDatedAsFarAsKnown(t *testing.T) {
	t.Parallel()
	first, turn := register.Date(2001, 4, 1), register.Date(2019, 10, 1)
	for seen, want := range map[time.Time][2]string{
		register.Date(2019, 9, 30): {"30 September 2019", "1 October 2019"},
		register.Date(2019, 9, 29): {"Between 29 September 2019 and 1 October 2019", "Between 29 September 2019 and 1 October 2019"},
	} {
		spells := []register.Spell[string]{
			{Value: "Old", From: first, To: turn, SeenFrom: first, SeenTo: seen},
			{Value: "New", From: turn, SeenFrom: turn, SeenTo: register.Date(2026, 7, 8)},
		}
		if got := [2]string{untilWords(spells, 0, time.Time{}), fromWords(spells, 1, time.Time{}, "")}; got != want {
			t.Errorf("a file of %v: %q, want %q", seen, got, want)
		}
	}
}
