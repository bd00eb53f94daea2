package server

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/store"
	"octant/internal/store/storetest"
)

// admin is the browser of a platform administrator.
func (s *site) admin() (browser, string) {
	s.t.Helper()
	email := uuid.NewString() + "@example.org"
	p, err := s.db.GrantAdmin(s.t.Context(), store.Operator, email, "Root", storetest.Now)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.as(p.ID), email
}

func TestAdministratorAddsATrustWithItsLead(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	admin, _ := s.admin()
	admin.get("/").wants(http.StatusOK).says("main", "Trusts, their leads and administrators")
	admin.get("/admin").wants(http.StatusOK).says("main", "There is no trust yet")
	admin.get("/admin/trusts/new").wants(http.StatusOK)
	good := []string{"code", " rz1", "name", " Northmere  NHS Trust ", "kind", "Acute", "lead", "Ben <b>Okafor</b>", "email", "Ben@Example.org "}
	admin.post("/admin/trusts", good...).leads("/admin/trusts/RZ1?done=added")
	page := admin.get("/admin/trusts/RZ1?done=added").wants(http.StatusOK).says("main", "The trust has been added").
		says("h1", "Northmere NHS Trust").says("main", "ben@example.org").says("main h3", "Ben <b>Okafor</b>")
	if page.page().Find("main h3 b").Length() != 0 {
		t.Error("a name is taken for markup")
	}
	admin.get("/admin").says("main", "Northmere NHS Trust").says("main", "Acute, RZ1")
	again := admin.post("/admin/trusts", good...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "There is a trust with this code already")
	if got := again.page().Find("input[name=lead]").AttrOr("value", ""); got != "Ben <b>Okafor</b>" {
		t.Errorf("the form gives back %q", got)
	}
	for field, c := range map[string]struct{ value, says string }{
		"code":  {"RZ-1", "Enter an ODS code"},
		"name":  {strings.Repeat("x", 101), "100 characters or fewer"},
		"kind":  {"", "Select a kind of trust"},
		"lead":  {"", "Enter a name"},
		"email": {"ben at example", "Enter an email address"},
	} {
		bad := slices.Clone(good)
		bad[1] = "RZ2"
		bad[slices.Index(bad, field)+1] = c.value
		admin.post("/admin/trusts", bad...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", c.says).says("title", "Error:")
	}
	admin.get("/admin/trusts/RZ2").wants(http.StatusNotFound)
}

func TestAdministratorChangesATrustAndItsLeads(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	admin, _ := s.admin()
	b := storetest.Trust(t, s.db)
	path := "/admin/trusts/" + b.ODS
	admin.post(path, "name", "Other Name", "kind", "Community").leads(path + "?done=changed")
	admin.get(path).says("h1", "Other Name")
	admin.post(path, "name", "", "kind", "Community").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Enter the name of the trust").says("h1", "Other Name")
	admin.post(path+"/leads/end", "person", b.Lead.String()).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Add another lead first")
	admin.post(path+"/leads", "lead", "Whoever", "email", b.Chair.String()+"@example.org").leads(path + "?done=lead")
	admin.post(path+"/leads", "lead", "Whoever", "email", b.Chair.String()+"@example.org").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "leads the trust already")
	admin.post(path+"/leads", "lead", "", "email", "x").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Enter a name")
	s.as(b.Chair).get("/trusts/"+b.ODS+"/audit").wants(http.StatusOK).says("main", "Root granted a role to chair of "+b.ODS)
	admin.post(path+"/leads/end", "person", b.Lead.String()).leads(path + "?done=ended")
	s.as(b.Lead).get("/trusts/" + b.ODS).wants(http.StatusNotFound)
	admin.post(path+"/leads/end", "person", b.Lead.String()).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "does not lead")
	admin.post(path+"/leads/end", "person", "x").wants(http.StatusUnprocessableEntity)
	admin.post("/admin/trusts/NONE1", "name", "A", "kind", "Acute").wants(http.StatusNotFound)
	admin.post("/admin/trusts/NONE1/leads", "lead", "Eve", "email", "eve@example.org").wants(http.StatusNotFound)
	admin.post("/admin/trusts/NONE1/leads/end", "person", b.Lead.String()).wants(http.StatusNotFound)
}

func TestAdministratorLooksPeopleUp(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	admin, own := s.admin()
	b := storetest.Trust(t, s.db)
	email := b.Lead.String() + "@example.org"
	form := admin.get("/admin/people").wants(http.StatusOK)
	if form.page().Find("form[action='/admin/people']").AttrOr("method", "") != "post" {
		t.Error("an address would get into the address bar")
	}
	admin.post("/admin/people", "email", " "+strings.ToUpper(email)).wants(http.StatusOK).says("h2#found", "lead of "+b.ODS).says("main", b.Name).says("main", "Trust lead")
	admin.post("/admin/people", "email", "%").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Enter an email address")
	admin.post("/admin/people", "email", "nobody@example.org").wants(http.StatusOK).says("h2#found", "Nobody has this address")
	admin.post("/admin/people/grant", "email", email).leads("/admin/people?done=granted")
	admin.get("/admin/people?done=granted").says("main", "is a platform administrator now")
	s.as(b.Lead).get("/admin").wants(http.StatusOK)
	admin.post("/admin/people/grant", "email", "new@example.org").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Enter a name")
	admin.post("/admin/people/grant", "email", "new@example.org", "name", "New Person").leads("/admin/people?done=granted")
	admin.post("/admin/people", "email", "new@example.org").says("h2#found", "New Person").says("main", "They are a platform administrator")
	admin.post("/admin/people/end", "email", email).leads("/admin/people?done=revoked")
	s.as(b.Lead).get("/admin").wants(http.StatusNotFound)
	admin.post("/admin/people/end", "email", email).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "not a platform administrator")
	admin.post("/admin/people/end", "email", own).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "You cannot end your own right")
	admin.post("/admin/people", "email", own).says("main", "This is you")
	if strings.Contains(s.log.String(), "example.org") {
		t.Error("an address is in the log")
	}
}

func TestAdministratorReadsThePlatformsRecord(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	admin, _ := s.admin()
	admin.get("/admin").says(`main a[href="/admin/audit"]`, "Record of what was done")
	admin.get("/admin/audit").wants(http.StatusOK).says("h1", "Administration").says("main", "no entry on this page was altered").
		says("table", "Octant made Root a platform administrator").says("code", "--head platform=DIGEST")
	admin.get("/admin/audit?kind=sharing").says("main", "There is no entry of this kind")
	file := admin.get("/admin/audit.csv").wants(http.StatusOK)
	if !strings.Contains(file.header.Get("Content-Disposition"), "record-platform") || !strings.Contains(file.body, "Octant added Root") {
		t.Errorf("the file: %v\n%s", file.header, file.body)
	}
	admin.get("/admin/audit").says("table", "Root exported this record")
	storetest.Change(t, s.db, `UPDATE audit SET detail = 'nothing of note' WHERE ods = '-' AND seq = 2`)
	admin.get("/admin/audit").says("main", "This record has been altered")
}

// TestAdministrationIsHidden: to whoever is no administrator there is none, and
// an administrator gets into no trust.
func TestAdministrationIsHidden(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	round, _ := s.openRound(b, "Autumn")
	admin, _ := s.admin()
	knocked := 0
	err := chi.Walk(s.server.Routes(), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		path := strings.NewReplacer("{ods}", b.ODS, "{round}", round.String(), "{key}", "1.1", "{chart}", "profile").Replace(route)
		switch {
		case strings.HasPrefix(route, "/admin"):
			for who, person := range map[string]uuid.UUID{"lead": b.Lead, "member": b.Members[0], "viewer": b.Viewer} {
				knocked++
				if got := s.as(person).do(method, path, "email=x", nil); got.status != http.StatusNotFound {
					t.Errorf("%s as %s: %d, want 404", got.what, who, got.status)
				}
			}
		case strings.HasPrefix(route, "/trusts/{ods}") && !strings.HasPrefix(route, "/trusts/{ods}/sign-in"): // an administrator's to set up
			knocked++
			if got := admin.do(method, path, "choice=3", nil); got.status != http.StatusNotFound {
				t.Errorf("%s as an administrator: %d, want 404", got.what, got.status)
			}
		}
		return nil
	})
	if err != nil || knocked < 50 {
		t.Errorf("knocked on %d doors: %v", knocked, err)
	}
}
