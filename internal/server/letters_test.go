package server

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"octant/internal/logbook"
	"octant/internal/store/storetest"
)

// line is the words of the row that begins with a name.
func (r reply) line(name string) string {
	r.t.Helper()
	row := r.page().Find("tbody tr").FilterFunction(func(_ int, row *goquery.Selection) bool {
		return strings.Contains(row.Find("th").Text(), name)
	})
	if row.Length() != 1 {
		r.t.Fatalf("%s: %d rows for %s", r.what, row.Length(), name)
	}
	return strings.Join(strings.Fields(row.Text()), " ")
}

func TestLeadSeesWhatBecameOfEachLetter(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	storetest.Change(t, s.db, `UPDATE people SET email = NULL WHERE id = $1`, b.Members[0])
	storetest.Change(t, s.db, `UPDATE people SET name = '<b>Bobby' WHERE id = $1`, b.Members[2])
	_, path := s.openRound(b, "Autumn")
	set := `UPDATE letters SET state = $1, said = $2, done_at = now() WHERE person_id = $3`
	storetest.Change(t, s.db, set, "accepted", "", b.Members[1])
	storetest.Change(t, s.db, set, "refused", "550 <script>no such mailbox", b.Members[2])
	storetest.Change(t, s.db, set, "dropped", "", b.Members[3])
	storetest.Change(t, s.db, `UPDATE letters SET said = '451 come back' WHERE person_id = $1`, b.Members[4])
	storetest.Change(t, s.db, `UPDATE invitations SET finished = true WHERE person_id = $1`, b.Members[3])
	lead := s.as(b.Lead)
	lead.get(path+"/manage").wants(http.StatusOK).says(`a[href="`+path+`/letters"]`, "who got which letter")
	list := lead.get(path + "/letters").wants(http.StatusOK)
	for name, says := range map[string][]string{
		"Member 01": {"Has no email address", "None yet"},
		"Member 02": {"Invitation", "Taken by the mail server", "Send again"},
		"<b>Bobby":  {"Refused by the mail server", "‘550 <script>no such mailbox’", "Send again"},
		"Member 04": {"Not sent, because it was no longer needed", "Has finished"},
		"Member 05": {"asked us to try again later", "‘451 come back’", "A letter is on its way"},
		"Member 06": {"Waiting to be sent", "A letter is on its way"},
	} {
		for _, words := range says {
			if line := list.line(name); !strings.Contains(line, words) {
				t.Errorf("%s: %q does not say %q", name, line, words)
			}
		}
	}
	if list.page().Find("table script, table b").Length() > 0 || strings.Contains(list.body, "@example.org") || strings.Contains(list.body, "/invitations/") {
		t.Error("the list holds markup that somebody typed, an address or a link")
	}
	if n := list.page().Find(`button[name="person"]`).Length(); n != 2 {
		t.Errorf("%d letters can be sent again, want 2", n)
	}
}

func TestLeadSendsALetterAgain(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	round, path := s.openRound(b, "Autumn")
	lead := s.as(b.Lead)
	again := func(person string) reply {
		t.Helper()
		return lead.post(path+"/letters", "person", person)
	}
	again(b.Members[0].String()).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "already on its way")
	storetest.Change(t, s.db, `UPDATE letters SET state = 'refused', said = '550 no', done_at = now()`)
	again(b.Members[0].String()).leads(path + "/letters?done=sent")
	lead.get(path+"/letters?done=sent").says(".nhsuk-notification-banner", "on its way again")
	storetest.Change(t, s.db, `UPDATE people SET email = NULL WHERE id = $1`, b.Members[1])
	again(b.Members[1].String()).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "no email address")
	storetest.Change(t, s.db, `UPDATE invitations SET finished = true WHERE person_id = $1`, b.Members[2])
	again(b.Members[2].String()).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "has finished")
	again("nonsense").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "from the list")
	again("").wants(http.StatusUnprocessableEntity)
	again(b.Lead.String()).wants(http.StatusNotFound)
	storetest.Change(t, s.db, `UPDATE letters SET state = 'accepted'`)
	again(b.Members[3].String()).leads(path + "/letters?done=sent")
	lead.post(path+"/close", "confirm", "yes").wants(http.StatusSeeOther)
	storetest.Change(t, s.db, `UPDATE letters SET state = 'accepted' WHERE round_id = $1`, round)
	again(b.Members[2].String()).leads(path + "/letters?done=sent") // that the report is ready
	if line := lead.get(path + "/letters").line("Member 03"); !strings.Contains(line, "Report is ready") {
		t.Errorf("after closing: %q", line)
	}
}

func TestNobodyElseSeesLetters(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.openRound(b, "Autumn")
	storetest.Change(t, s.db, `UPDATE letters SET state = 'accepted'`)
	for _, who := range []browser{s.as(b.Chair), s.as(b.Facilitator), s.as(b.Members[0]), s.as(b.Observer), s.as(b.Viewer)} {
		who.get(path + "/letters").wants(http.StatusForbidden)
		who.post(path+"/letters", "person", b.Members[0].String()).wants(http.StatusForbidden)
	}
	draft := strings.TrimSuffix(path, path[strings.LastIndex(path, "/")+1:]) + storetest.Draft(t, s.db, b, "core").ID.String()
	s.as(b.Lead).get(draft + "/letters").leads(draft + "/manage")
	s.as(b.Lead).post(draft+"/letters", "person", b.Members[0].String()).wants(http.StatusNotFound)
}

// demoSite is a site that serves the demonstration.
func demoSite(t *testing.T) *site {
	t.Helper()
	db := storetest.New(t)
	if err := db.FillDemo(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	server := New(Options{
		DB: db, Log: slog.New(slog.DiscardHandler), Now: time.Now, Measured: NewMetrics(), Demo: true,
		Origin: "http://127.0.0.1:8080", LettersWait: true,
	})
	return &site{t: t, db: db, server: server, routes: server.Routes(), log: &logbook.Book{}}
}

func TestVisitorOfTheDemonstrationReadsLettersThatWait(t *testing.T) {
	t.Parallel()
	s := demoSite(t)
	visitor := s.nobody()
	visitor.get("/demo").says("main a", "Read the letters that wait")
	if _, err := s.db.AskForCode(t.Context(), "member-1@octant.example", time.Now()); err != nil {
		t.Fatal(err)
	}
	list := visitor.get("/demo/letters").wants(http.StatusOK).says("main", "Your sign-in code").says("main", "Reminder:")
	var reminder string
	for _, a := range list.page().Find(`main a[href^="/demo/letters/"]`).EachIter() {
		path := a.AttrOr("href", "")
		one := visitor.get(path).wants(http.StatusOK).says("h1", strings.TrimSpace(a.Text())).says("main", "@octant.example")
		html := visitor.get(path + "/html").wants(http.StatusOK)
		if got := html.header.Get("Content-Security-Policy"); got != letterCSP {
			t.Errorf("%s: its policy is %q", path, got)
		}
		if !strings.Contains(html.body, "Hello ") || html.page().Find("title").Text() != strings.TrimSpace(a.Text()) {
			t.Errorf("%s shows %.300q", path, html.body)
		}
		if strings.HasPrefix(strings.TrimSpace(a.Text()), "Reminder") {
			reminder = one.page().Find(`main a[href*="/invitations/"]`).AttrOr("href", "")
		}
	}
	path, found := strings.CutPrefix(reminder, "http://127.0.0.1:8080")
	if !found {
		t.Fatalf("the reminder leads to %q", reminder)
	}
	visitor.get(path).wants(http.StatusOK)
	visitor.get("/demo/letters/00000000-0000-0000-0000-000000000000").wants(http.StatusNotFound)
	visitor.get("/demo/letters/nonsense/html").wants(http.StatusNotFound)
}

func TestLettersThatWaitAreForTheDemonstrationAlone(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	s.openRound(b, "Autumn")
	for _, who := range []browser{s.nobody(), s.as(b.Lead)} {
		who.get("/demo/letters").wants(http.StatusNotFound)
	}
}
