package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"octant/internal/assessment"
	"octant/internal/store/storetest"
)

// TestFullRun is the product as its people meet it: an administrator is named, a
// trust and its lead are made, the lead pastes a list, mends it and opens a
// round; letters go, a link is used up by nobody's scanner, people answer, the
// others are reminded, and the clock closes the round. Then the whole log is
// searched for everybody, and the record for what was done to it.
func TestFullRun(t *testing.T) {
	t.Parallel()
	r := startFullRun(t)
	granted := command(t, r.environ, "admin", "grant", runAdminEmail, "--name", runAdmin)
	granted.wants(t, 0, runAdmin+" is a platform administrator")
	r.log.WriteString(granted.err)
	r.serve()
	r.makeTrust()
	lead := r.signIn(runLeadEmail)
	r.addPeople(lead)
	r.openRound(lead)
	links := r.invitations(lead)
	r.scan(links[0])
	for _, link := range links[:5] {
		r.answer(link)
	}
	r.stumble(links[5])
	r.end()

	first := assessment.Today(time.Now())
	worked := assessment.Today(assessment.NextWriting(time.Now())) // at a weekend the days are counted from Monday
	r.serveAt(assessment.NextWriting(assessment.At(worked.AddDate(0, 0, assessment.FirstReminder), 10)))
	r.reminders(links)
	r.end()

	r.serveAt(assessment.NextWriting(assessment.At(first.AddDate(0, 0, 15), 10)))
	r.closed()
	r.verify()
	r.end()
	r.searchLog()
}

// makeTrust has the administrator make the trust and name its lead.
func (r *fullRun) makeTrust() {
	r.t.Helper()
	admin := r.signIn(runAdminEmail)
	admin.get("/admin").says(r.t, "main", "There is no trust yet")
	admin.post("/admin/trusts", form{"code": "RQT", "name": runTrust, "kind": "Acute", "lead": runLead, "email": runLeadEmail}).
		leads("/admin/trusts/RQT?done=added")
	if got := admin.get("/trusts/RQT").status; got != http.StatusNotFound {
		r.t.Errorf("the administrator looks into the trust: %d", got)
	}
}

// addPeople pastes the list, mends its three faults and adds everybody.
func (r *fullRun) addPeople(lead *browser) {
	r.t.Helper()
	const path = "/trusts/RQT/people"
	got := lead.post(path+"/add", form{"list": runList})
	if got.status != http.StatusUnprocessableEntity {
		r.t.Fatalf("the list is answered %d", got.status)
	}
	for _, words := range []string{"Line 5: Enter an email address in the correct form", "Line 6: Select a side", "Line 7: Line 3 has this email address too"} {
		got.says(r.t, ".nhsuk-error-summary", words)
	}
	got.says(r.t, "main", "6 lines ready")
	mended := got.fields("main form")
	mended.Set("email-5", "dashiell.everingham@quillhaven.example")
	mended.Set("side-6", "ned")
	mended.Set("email-7", "fitzgerald.gowrie@quillhaven.example")
	got = lead.send(path+"/add", mended)
	got.says(r.t, "main", "9 lines ready")
	all := got.fields("main form")
	all.Set("do", "add")
	lead.send(path+"/add", all).leads(path)
	lead.get(path).says(r.t, "main", "9 people were added")
}

// openRound makes a round, asks everybody who was added and opens it.
func (r *fullRun) openRound(lead *browser) {
	r.t.Helper()
	plan := form{"title": runRound, "form": "core"}
	today := assessment.Today(time.Now())
	for name, day := range map[string]time.Time{"opens": today, "closes": today.AddDate(0, 0, 14)} {
		plan[name+"-day"], plan[name+"-month"], plan[name+"-year"] = text(day.Day()), text(int(day.Month())), text(day.Year())
	}
	made := lead.post("/trusts/RQT/rounds", plan)
	r.path = strings.TrimSuffix(made.location, "/people")
	asked := url.Values{}
	lead.get(r.path + "/people").Find("input[name=person]").Each(func(_ int, box *goquery.Selection) {
		asked.Add("person", box.AttrOr("value", ""))
	})
	if len(asked["person"]) != 9 {
		r.t.Fatalf("%d people can be asked", len(asked["person"]))
	}
	lead.send(r.path+"/people", asked).leads(r.path + "/manage?done=people")
	lead.post(r.path+"/open", nil).leads(r.path + "/manage?done=open")
}

// invitations reads the letters that came, and looks at what the lead is told of
// them.
func (r *fullRun) invitations(lead *browser) (links []string) {
	r.t.Helper()
	got := r.letters(8)
	slices.SortFunc(got, func(a, b letter) int { return strings.Compare(a.to, b.to) })
	for _, l := range got {
		if !strings.HasPrefix(l.subject, "Digital leadership at "+runTrust+": answer by ") || !strings.Contains(l.text, runRound) {
			r.t.Errorf("%q says\n%s", l.subject, l.text)
		}
		links = append(links, linkIn(r.t, l))
	}
	r.await("the refusal", func() bool {
		return strings.Contains(lead.get(r.path+"/letters").Find("main").Text(), "is not known to")
	})
	told := lead.get(r.path + "/letters")
	if words := told.Find("main").Text(); strings.Contains(words, "@quillhaven.example") || strings.Contains(words, "/invitations/") {
		r.t.Errorf("the page of the letters holds an address or a link:\n%s", words)
	}
	return links
}

// scan fetches a link as what looks into letters does; nothing comes of it.
func (r *fullRun) scan(link string) {
	r.t.Helper()
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodGet, http.MethodGet, http.MethodHead} {
		scanner := visitor(r.t, r.p)
		got, err := scanner.try(method, link, nil, "*/*")
		if err != nil || got.status != http.StatusOK {
			r.t.Fatalf("%s of a link: %d, %v", method, got.status, err)
		}
		if host, err := url.Parse(r.p.URL); err != nil || len(scanner.client.Jar.Cookies(host)) != 0 {
			r.t.Error("a scanner has a session")
		}
	}
	var used int
	err := storetest.Owner(r.t, r.db).QueryRow(r.t.Context(), `SELECT count(*) FROM sign_ins WHERE way = 'link'`).Scan(&used)
	if err != nil || used != 0 {
		r.t.Errorf("%d sign-ins by link, %v", used, err)
	}
}

// stumble makes whatever can be logged be logged: what is not there, what is
// refused, what breaks.
func (r *fullRun) stumble(link string) {
	r.t.Helper()
	owner := storetest.Owner(r.t, r.db)
	stranger := visitor(r.t, r.p)
	stranger.get(link + "x")
	stranger.get(r.path + "?email=" + runLeadEmail)
	stranger.post("/sign-in/letter", form{"code": "RQT-2222-2222-2222"})
	stranger.post("/sign-in", form{"email": "nobody.whatsoever@quillhaven.example"})
	r.secret("nobody.whatsoever@quillhaven.example", "2222-2222-2222")
	broke := 0
	for _, table := range []string{"links", "sign_in_codes"} {
		if _, err := owner.Exec(r.t.Context(), `ALTER TABLE `+table+` RENAME TO away`); err != nil {
			r.t.Fatal(err)
		}
		for _, got := range []answered{stranger.get(link), stranger.post(link, nil), stranger.post("/sign-in", form{"email": runLeadEmail})} {
			if got.status == http.StatusInternalServerError {
				broke++
			}
		}
		if _, err := owner.Exec(r.t.Context(), `ALTER TABLE away RENAME TO `+table); err != nil {
			r.t.Fatal(err)
		}
	}
	if broke != 3 {
		r.t.Errorf("%d things broke, want 3", broke)
	}
	r.letters(1) // the code that was asked for while there were no links
}

// reminders go three days later, to those alone who are still to finish; one of
// them follows the link in it and answers.
func (r *fullRun) reminders(links []string) {
	r.t.Helper()
	r.tick()
	got := r.letters(3)
	slices.SortFunc(got, func(a, b letter) int { return strings.Compare(a.to, b.to) })
	for i, l := range got {
		if !strings.HasPrefix(l.subject, "Reminder: "+runRound) || linkIn(r.t, l) != links[5+i] {
			r.t.Errorf("%s gets %q", l.to, l.subject)
		}
	}
	r.tick()
	r.answer(linkIn(r.t, got[0]))
	if n := len(r.post.Letters()) - r.read; n != 0 {
		r.t.Errorf("%d letters more than there should be", n)
	}
}

// closed is the round after its last day: closed by the clock, with a report.
func (r *fullRun) closed() {
	r.t.Helper()
	r.tick()
	released := 0
	for _, l := range r.letters(8) { // to all but the one whose server refuses
		if strings.HasPrefix(l.subject, "The report on "+runRound) {
			released++
		}
	}
	if released != 8 {
		r.t.Errorf("%d of 8 are told that the report is ready", released)
	}
	lead := r.signIn(runLeadEmail)
	lead.get(r.path+"/report").says(r.t, "main", runRound)
	lead.get("/trusts/RQT/audit").says(r.t, "main", "Checked: no entry on this page was altered")
}

// verify holds the record against its digests, before and after the database's
// owner has altered it.
func (r *fullRun) verify() {
	r.t.Helper()
	whole := command(r.t, r.environ, "audit", "verify")
	whole.wants(r.t, 0, "RQT ", "platform ", "holds")
	done, err := storetest.Owner(r.t, r.db).Exec(r.t.Context(), `
		UPDATE audit SET actor = NULL WHERE ods = 'RQT' AND deed = 'round opened'`)
	if err != nil || done.RowsAffected() != 1 {
		r.t.Fatalf("altering the record: %d, %v", done.RowsAffected(), err)
	}
	broken := command(r.t, r.environ, "audit", "verify")
	broken.wants(r.t, 1, "octant: RQT: entry ", "does not fit its digest", "BROKEN")
	r.log.WriteString(whole.out + whole.err + broken.out + broken.err)
	lead := r.signIn(runLeadEmail)
	lead.get("/trusts/RQT/audit").says(r.t, "main", "This record has been altered")
}

// searchLog looks for everything in the log that nobody may find there.
func (r *fullRun) searchLog() {
	r.t.Helper()
	log := r.log.String()
	if strings.Count(log, "request failed") < 3 || !strings.Contains(log, "route=/invitations/{token}") {
		r.t.Errorf("too little was logged for this to prove anything:\n%s", log)
	}
	for secret := range r.secrets {
		if secret == "" || strings.Contains(strings.ToLower(log), strings.ToLower(secret)) {
			r.t.Errorf("the log holds %q", secret)
		}
	}
	if strings.Contains(log, "@") {
		r.t.Error("the log holds an address")
	}
	r.t.Logf("searched %d bytes of log for %d things", len(log), len(r.secrets))
	if r.t.Failed() {
		r.t.Log(log)
	}
}
