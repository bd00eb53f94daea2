package server

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/store/storetest"
)

func TestSharingPage(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	path := "/trusts/" + b.ODS + "/sharing"
	lead := s.as(b.Lead)
	lead.get(path).wants(http.StatusOK).says(".nhsuk-summary-list", "Private").says("main", "No round of your trust has closed yet")
	lead.post(path, "rung", "everything").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Select how far").says(".nhsuk-error-summary", "Enter a day")
	lead.post(path, "rung", "public", "from-day", "1", "from-month", "1", "from-year", "2021").wants(http.StatusUnprocessableEntity).
		says(".nhsuk-error-summary", "today or later")
	s.rung(b, access.Counted)
	later := time.Now().UTC().AddDate(0, 2, 0)
	lead.post(path, "rung", "public", "from-day", later.Format("2"), "from-month", later.Format("1"), "from-year", later.Format("2006")).wants(http.StatusSeeOther)
	lead.get(path).says(".nhsuk-summary-list", "Counted in benchmarks").says(".nhsuk-summary-list", "Public summary").says("main", "said by lead of "+b.ODS)
	lead.post(path+"/advice", "willing", "perhaps").wants(http.StatusUnprocessableEntity)
	lead.post(path+"/advice", "willing", "yes").leads(path + "?done=asked")
	lead.get(path).says("main", "You have agreed to be asked.")
	s.closed(b, 4)
	lead.get(path).says("table", "4.0")
	lead.get("/trusts/"+b.ODS+"/audit").says("main", "set how far results are shared (counted from").says("main", "set whether other trusts may ask for advice")
}

func TestPublicPageNeedsNoSignInAndHoldsNothingElse(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	s.closed(b, 4)
	path := "/public/" + b.ODS
	s.nobody().get(path).wants(http.StatusNotFound)
	s.rung(b, access.InCircle)
	s.nobody().get(path).wants(http.StatusNotFound)
	s.rung(b, access.Public)
	r := s.nobody().get(path).wants(http.StatusOK).says("h1", b.Name).says("table", "4.0")
	if rows := r.page().Find("tbody tr").Length(); rows != 8 {
		t.Errorf("%d rows", rows)
	}
	for _, never := range []string{"12 of 12", "Chief", "xecutive", "do not know", "Overall"} {
		if text := r.page().Find("main").Text(); strings.Contains(text, never) {
			t.Errorf("it says %q", never)
		}
	}
	s.rung(b, access.Private)
	s.nobody().get(path).wants(http.StatusNotFound)
	s.nobody().get("/public/ZZZZZ").wants(http.StatusNotFound)
}

func TestCirclePages(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	one, two, other := storetest.Trust(t, s.db), storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	s.closed(one, 4)
	s.closed(two, 2)
	founder, second := s.as(one.Lead), s.as(two.Lead)
	founder.post("/circles", "trust", one.ODS, "name", " ").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Enter a name")
	founder.post("/circles", "trust", two.ODS, "name", "North").wants(http.StatusUnprocessableEntity)
	made := founder.post("/circles", "trust", one.ODS, "name", "Northern  trusts").wants(http.StatusSeeOther).header.Get("Location")
	path := strings.TrimSuffix(made, "?done=made")
	founder.get(path).wants(http.StatusOK).says("h1", "Northern trusts")
	second.get(path).wants(http.StatusNotFound)
	founder.post(path, "action", "invite", "trust", one.ODS, "code", "zzzzz").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "No trust here has this code")
	founder.post(path, "action", "invite", "trust", one.ODS, "code", strings.ToLower(two.ODS)).leads(path + "?done=invited")
	second.get("/circles").says("main", one.Name+" invites "+two.Name)
	r := second.get(path).wants(http.StatusOK).says("main", two.Name+" is invited")
	if r.page().Find("table").Length() != 0 {
		t.Error("scores are shown before the invitation is accepted")
	}
	second.post(path, "action", "accept", "trust", one.ODS).wants(http.StatusNotFound)
	second.post(path, "action", "dance", "trust", two.ODS).wants(http.StatusUnprocessableEntity)
	second.post(path, "action", "accept", "trust", two.ODS).leads(path + "?done=joined")
	second.get(path).says("main", "Your trust does not show its scores to its circles")
	s.rung(one, access.InCircle)
	s.rung(two, access.InCircle)
	second.get(path).says("table", one.Name).says("table", "4.0").says("table", two.Name)
	for who, b := range map[string]browser{"other lead": s.as(other.Lead), "chair": s.as(two.Chair), "member": s.as(two.Members[0]), "viewer": s.as(two.Viewer)} {
		if got := b.get(path).status; got != http.StatusNotFound {
			t.Errorf("%s: %d", who, got)
		}
	}
	second.post(path, "action", "invite", "trust", two.ODS, "code", other.ODS).wants(http.StatusForbidden)
	second.post(path, "action", "leave", "trust", two.ODS).leads("/circles?done=left")
	second.get(path).wants(http.StatusNotFound)
	founder.get(path).says("table", one.Name)
	if got := founder.get(path); strings.Contains(got.page().Find("table").Text(), two.Name) {
		t.Error("who left is still shown")
	}
}

// TestBenchmarkPages has an administrator make an edition, and looks at it as
// those who may.
func TestBenchmarkPages(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	adminID := storetest.Person(t, s.db, "Administrator")
	storetest.Change(t, s.db, `UPDATE people SET admin = true WHERE id = $1`, adminID)
	admin := s.as(adminID)
	admin.get("/admin/benchmarks").wants(http.StatusOK).says("main", "None has been made")
	admin.post("/admin/benchmarks").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Too few trusts can be counted")
	var boards []storetest.Board
	for i := range 8 {
		b := storetest.Trust(t, s.db)
		s.closed(b, assessment.Choice(2+i%3))
		s.rung(b, access.Counted)
		boards = append(boards, b)
	}
	peers := "/trusts/" + boards[0].ODS + "/peers"
	s.as(boards[0].Lead).get(peers).says("main", "No benchmark has been made yet")
	admin.post("/admin/benchmarks").leads("/admin/benchmarks?done=made")
	admin.get("/admin/benchmarks").says("main", "Edition 1")
	for _, b := range []browser{admin, s.as(boards[1].Lead), s.as(boards[2].Chair), s.as(boards[3].Members[0])} {
		r := b.get("/benchmarks/1").wants(http.StatusOK).says("main", "ICC(2)").says("main", "all trusts")
		for _, x := range boards {
			if strings.Contains(r.body, x.Name) || strings.Contains(r.body, x.ODS) {
				t.Errorf("%s is named", x.ODS)
			}
		}
	}
	document := s.as(boards[1].Lead).get("/benchmarks/1.json").wants(http.StatusOK)
	if strings.Contains(strings.ToLower(document.body), "rank") || !strings.HasPrefix(document.header.Get("Digest"), "sha-256=") {
		t.Error("the document ranks, or has no digest")
	}
	stranger := storetest.Trust(t, s.db)
	for who, b := range map[string]browser{"viewer": s.as(boards[0].Viewer), "observer": s.as(boards[0].Observer), "private trust": s.as(stranger.Lead)} {
		for _, path := range []string{"/benchmarks/1", "/benchmarks/1.json"} {
			if got := b.get(path).status; got != http.StatusNotFound {
				t.Errorf("%s reads %s: %d", who, path, got)
			}
		}
	}
	admin.get("/benchmarks/2").wants(http.StatusNotFound)
	admin.get("/benchmarks/first").wants(http.StatusNotFound)
	s.as(boards[0].Lead).get(peers).wants(http.StatusOK).says("main", "How to read this").says("main", "benchmark edition 1")
	s.as(boards[0].Lead).get(peers+"?group=all&edition=1").says("figure", "Your scores beside the group")
	s.as(boards[0].Lead).get(peers + "?edition=7").wants(http.StatusNotFound)
	if got := s.as(boards[0].Members[0]).get(peers + ".csv?group=all").wants(http.StatusOK).body; strings.Count(got, "All trusts") != 8 {
		t.Errorf("file %.300q", got)
	}
	s.as(stranger.Members[0]).get("/trusts/"+stranger.ODS+"/peers").says("main", "Your trust is not counted in benchmarks")
	admin.post("/admin/benchmarks").wants(http.StatusSeeOther) // nothing changed: the same again tells nothing new
}

func TestAskingForAdvice(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	asker, strong := storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	s.closed(asker, 2)
	s.closed(strong, 5)
	s.rung(strong, access.Counted)
	lead, there := s.as(asker.Lead), s.as(strong.Lead)
	learn := "/trusts/" + asker.ODS + "/learn"
	lead.get(learn).wants(http.StatusOK)
	lead.get(learn+"?element=4").says("main", "No trust that agreed to be asked")
	there.post("/trusts/"+strong.ODS+"/sharing/advice", "willing", "yes").wants(http.StatusSeeOther)
	r := lead.get(learn+"?element=4").says("main", strong.Name)
	if strings.Contains(r.page().Find("main").Text(), "5.0") {
		t.Error("a score is shown")
	}
	lead.post(learn, "element", "4", "trust", "ZZZZZ", "words", "").wants(http.StatusUnprocessableEntity).
		says(".nhsuk-error-summary", "Select a trust to ask").says(".nhsuk-error-summary", "Enter what you want to ask")
	lead.post(learn, "element", "4", "trust", strong.ODS, "words", strings.Repeat("x", 1001)).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "1,000 characters")
	lead.post(learn, "element", "4", "trust", strong.ODS, "words", "How did you <start>?").leads(learn + "?done=sent")
	lead.post(learn, "element", "4", "trust", strong.ODS, "words", "And?").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "in the last three months")
	page := there.get("/trusts/"+strong.ODS+"/requests").says("main", asker.Name+" asks you about").says("blockquote", "How did you <start>?")
	if strings.Contains(page.body, "@example.org") {
		t.Error("an address is shown")
	}
	action, _ := page.page().Find("main form").Attr("action")
	field, _ := page.page().Find("main form textarea").Attr("name")
	there.post(action, field, "").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Enter your answer")
	lead.post(strings.Replace(action, strong.ODS, asker.ODS, 1), field, "I answer myself").wants(http.StatusNotFound)
	there.post(action, field, "Slowly.").wants(http.StatusSeeOther)
	there.post(action, field, "Slowly.").wants(http.StatusConflict)
	lead.get("/trusts/"+asker.ODS+"/requests").says("main", "Slowly.")
	there.post(fmt.Sprintf("/trusts/%s/requests/%s", strong.ODS, uuid.New()), "reply", "x").wants(http.StatusUnprocessableEntity)
}
