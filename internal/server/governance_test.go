package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// TestDataProtectionDocumentsStateTheSettings: what the program does stands in
// both documents, read from where the program itself reads it.
func TestDataProtectionDocumentsStateTheSettings(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	lead, path := s.as(b.Lead), "/trusts/"+b.ODS+"/data-protection"
	list := lead.get(path).wants(http.StatusOK)
	for _, document := range []string{"assessment", "record"} {
		if list.page().Find("main a[href='"+path+"/"+document+"']").Length() != 1 || list.page().Find("main a[href='"+path+"/"+document+".md']").Length() != 1 {
			t.Errorf("the list does not lead to %s", document)
		}
	}
	lead.get("/trusts/"+b.ODS).says("main", "Data protection documents")
	link := fmt.Sprintf("%d days after the trust’s next round closes, or %d months", assessment.LinkDaysAfterNext, assessment.LinkMonths)
	comments := fmt.Sprintf("%d months after the round closes", assessment.CommentMonths)
	signIns := fmt.Sprintf("%d months after the sign-in", assessment.SignInMonths)
	limit := access.SessionLimits(access.ByCode, access.Roles{access.Lead}, false)
	dpia := lead.get(path + "/assessment").wants(http.StatusOK)
	for _, want := range []string{
		b.Name, link, comments, signIns, fmt.Sprintf("fewer than %d people", maturity.MinShown), fmt.Sprintf("if %d or more people", maturity.MinCommented),
		fmt.Sprintf("%d minutes", limit.Idle/time.Minute), fmt.Sprintf("%d hours", limit.Most/time.Hour),
		"Article 6(1)(e)", "To confirm:", "is not set up", "Article 6(1)(f)",
	} {
		dpia.says("main", want)
	}
	for _, role := range access.Granted() {
		dpia.says("main table", strings.ToUpper(role.Words()[:1])+role.Words()[1:])
	}
	record := lead.get(path+"/record").wants(http.StatusOK).says("main", "Controller").says("main", b.Name).says("main", link).says("main", comments)
	for _, page := range []reply{dpia, record} {
		file := lead.get(strings.TrimPrefix(page.what, "GET ") + ".md").wants(http.StatusOK)
		if got := file.header.Get("Content-Type"); got != "text/markdown; charset=utf-8" || !strings.HasPrefix(file.body, "# ") {
			t.Errorf("%s: %s\n%.200s", file.what, got, file.body)
		}
		for _, h2 := range page.page().Find("main h2").EachIter() {
			if !strings.Contains(file.body, "\n## "+h2.Text()+"\n") {
				t.Errorf("%s has no part %q", file.what, h2.Text())
			}
		}
	}
	for _, none := range []string{"/none", "/none.md", "/assessment.pdf", "/.md"} {
		lead.get(path + none).wants(http.StatusNotFound)
	}
}

// TestDataProtectionDocumentsFollowTheSettings: another mail server, provider or
// database changes what they say.
func TestDataProtectionDocumentsFollowTheSettings(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	path := "/trusts/" + b.ODS + "/data-protection/assessment"
	s.as(b.Lead).get(path).says("main", "Letters go through the mail server").says("main", "database server that those who run the service chose").says("main", "must not be used for a real round")
	s.server.lettersWait, s.server.embedded, s.server.origin = true, true, "https://octant.example.org"
	err := s.db.SetProvider(t.Context(), store.Operator, store.Provider{
		ODS: b.ODS, Issuer: "https://login.example.org/t", ClientID: "octant", Secret: "a secret of the provider", Domains: []string{"example.org"},
	}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s.as(b.Lead).get(path).says("main", "no letter leaves the service").says("main", "on the machine that runs Octant").
		says("main", "the trust’s own provider, login.example.org").says("main", "travels encrypted")
}
