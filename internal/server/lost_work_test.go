package server

import (
	"net/http"
	"strings"
	"testing"

	"octant/internal/store/storetest"
)

// fillDisk has every change fail in the moment it is committed, as it does where
// there is no more room, until what it gives is called.
func fillDisk(s *site) (empty func()) {
	s.t.Helper()
	const each = `
		DO $$ DECLARE name text; BEGIN
			FOR name IN SELECT c.oid::regclass::text FROM pg_class c
				WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname NOT IN ('sessions', 'schema_migrations') AND c.relname NOT LIKE 'river%'
			LOOP EXECUTE format(`
	storetest.Change(s.t, s.db, `CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no room'' USING ERRCODE = ''53100''; END'`)
	storetest.Change(s.t, s.db, each+`'CREATE CONSTRAINT TRIGGER no_room AFTER INSERT OR UPDATE OR DELETE ON %s DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no_room()', name); END LOOP; END $$`)
	return func() {
		s.t.Helper()
		storetest.Change(s.t, s.db, `DROP FUNCTION no_room CASCADE`)
	}
}

// kept is all that stands in the tables in which people's words and votes are.
func kept(s *site) string {
	s.t.Helper()
	var all strings.Builder
	for _, table := range []string{"responses", "answers", "workshop_votes", "workshop_parked", "workshop_items", "actions", "milestones", "consents", "audit"} {
		var digest string
		err := storetest.Owner(s.t, s.db).QueryRow(s.t.Context(), `SELECT coalesce(md5(string_agg(x::text, ',' ORDER BY x::text)), '') FROM `+table+` x`).Scan(&digest)
		if err != nil {
			s.t.Fatal(err)
		}
		all.WriteString(table + " " + digest + "\n")
	}
	return all.String()
}

// TestFullDiskAcknowledgesNothing: a change that cannot be committed is never said
// to be kept, leaves nothing behind, and what was typed can be sent again as it is.
func TestFullDiskAcknowledgesNothing(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r, talks := s.openLobby(5), s.openLobby(5)
	_, round := s.openRound(r.board, "Autumn")
	r.upTo("Open the vote")
	talks.upTo("Open the vote")
	talks.upTo("Talk about it")
	item := func(r *room) string {
		v, _ := r.desk.get(r.path).page().Find("input[name=item]").First().Attr("value")
		return v
	}
	voted, talked := item(r), item(talks)
	member, lead := s.as(r.board.Members[0]), s.as(r.board.Lead)
	sends := map[string]func(words string) reply{
		"answer": func(words string) reply {
			return member.post(round+"/questions/1.1", "choice", "4", "comment", words, "revision", "0", "action", "continue")
		},
		"vote":        func(string) reply { return r.vote(r.phones[0], "3") },
		"parking lot": func(words string) reply { return r.phones[0].post(r.phone()+"/park", "words", words) },
		"notes":       func(words string) reply { return r.desk.post(r.path+"/notes/"+voted, "notes", words) },
		"action": func(words string) reply {
			return r.press("actions", "what", words, "name", "Jo", "due-day", "1", "due-month", "1", "due-year", "2099")
		},
		"agreed level": func(words string) reply {
			return talks.press("agree", "item", talked, "level", "3", "reason", words)
		},
		"note over time": func(words string) reply {
			return lead.post("/trusts/"+r.board.ODS+"/trend/notes", "on-day", "3", "on-month", "2", "on-year", "2026", "text", words)
		},
	}
	empty := fillDisk(s)
	before := kept(s)
	for what, send := range sends {
		const words = "What somebody typed"
		got := send(words).wants(http.StatusServiceUnavailable)
		if what != "vote" && !strings.Contains(got.body, words) {
			t.Errorf("%s: what was typed is gone: %s", what, got.body)
		}
		if got.page().Find("main form[method=post]").Length() == 0 {
			t.Errorf("%s: there is no way to send it again", what)
		}
		if now := kept(s); now != before {
			t.Errorf("%s: something was kept: %s, before %s", what, now, before)
		}
	}
	empty()
	for what, send := range sends {
		if got := send("Typed once more"); got.status != http.StatusSeeOther {
			t.Errorf("%s: %d with room", what, got.status)
		}
	}
	if log := s.log.String(); strings.Contains(log, "What somebody typed") || strings.Contains(log, "Typed once more") {
		t.Error("what was typed is in the log")
	}
}

// TestAgreedWordsOutliveAnotherPress: two run a session from two windows. What one
// of them wrote is not lost when the other was quicker.
func TestAgreedWordsOutliveAnotherPress(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(5)
	r.upTo("Open the vote")
	r.upTo("Talk about it")
	d := r.desk.get(r.path).page()
	step, _ := d.Find("input[name=step]").First().Attr("value")
	item, _ := d.Find("#agreeing input[name=item]").Attr("value")
	mine := []string{"step", step, "item", item, "level", "4", "reason", "We went through it", "dissent", "One is not sure"}
	r.press("agree", "item", item, "level", "3", "reason", "Quicker").leads(r.path + "?done=agreed")
	late := r.desk.post(r.path+"/agree", mine...).wants(http.StatusConflict)
	late.says("#agreeing textarea[name=reason]", "We went through it").says("#agreeing textarea[name=dissent]", "One is not sure").
		says(".nhsuk-error-summary", "Somebody else moved the session on").says("main", "Quicker")
	if got, _ := late.page().Find("#agreeing input[name=level][checked]").Attr("value"); got != "4" {
		t.Errorf("the level that was chosen is %q now", got)
	}
	r.upTo("Show")
	r.desk.post(r.path+"/agree", mine...).wants(http.StatusConflict).says(".nhsuk-error-summary", "You wrote: “We went through it One is not sure”")
	faulty := append([]string{"step", step, "item", item, "level", ""}, mine[6:]...)
	got := r.desk.post(r.path+"/agree", faulty...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "You wrote: “We went through it One is not sure”")
	if n := got.page().Find("#agreeing").Length(); n != 0 {
		t.Error("there is something to agree on")
	}
	r.upTo("Open the vote")
	r.upTo("Talk about it")
	r.desk.post(r.path+"/agree", faulty...).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "You wrote: “We went through it One is not sure”")
	if got := fieldIn(r.desk.post(r.path+"/agree", faulty...), "#agreeing textarea[name=reason]"); got != "" {
		t.Errorf("what was agreed on one item stands at the next: %q", got)
	}
	r.desk.get(r.path + "/agenda").wants(http.StatusOK)
}

// fieldIn is what stands in a field of the page.
func fieldIn(got reply, selector string) string {
	got.t.Helper()
	field := got.page().Find(selector)
	if field.Length() != 1 {
		got.t.Errorf("%d of %s", field.Length(), selector)
	}
	if field.Is("textarea") {
		return field.Text()
	}
	return field.AttrOr("value", "")
}

// TestItemOutlivesAnotherWriter: two prepare one agenda.
func TestItemOutlivesAnotherWriter(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(0)
	other := s.as(r.board.Lead)
	added := []string{"question", "talk", "title", "The wards", "minutes", "10", "sitting", "1"}
	r.desk.post(r.path+"/agenda", added...).wants(http.StatusSeeOther)
	href := r.desk.get(r.path+"/agenda").page().Find(`a[href*="/agenda/"]:contains("Change")`).Last().AttrOr("href", "")
	over := fieldIn(r.desk.get(href), "input[name=over]")
	theirs := []string{"over", over, "title", "Wi-Fi on the wards", "minutes", "20", "sitting", "1", "prompt", "Where does it fail?"}
	mine := []string{"title", "The wards at night", "minutes", "15", "sitting", "1", "notes", "Ask the night sister first"}
	other.post(href, theirs...).wants(http.StatusSeeOther)

	wrong := r.desk.post(href, "over", over, "title", "", "minutes", "15", "sitting", "1", "notes", "Ask the night sister first").wants(http.StatusUnprocessableEntity)
	if got := fieldIn(wrong, "input[name=over]"); got != over {
		t.Error("a fault elsewhere in the form would take the other's words away")
	}
	late := r.desk.post(href, append(mine, "over", over)...).wants(http.StatusConflict)
	late.says(".nhsuk-error-summary", "Somebody else has changed this meanwhile").says(".nhsuk-summary-list", "Wi-Fi on the wards").says(".nhsuk-summary-list", "Where does it fail?")
	if title, notes := fieldIn(late, "input[name=title]"), fieldIn(late, "textarea[name=notes]"); title != "The wards at night" || notes != "Ask the night sister first" {
		t.Errorf("what was typed is %q, %q now", title, notes)
	}
	r.desk.get(r.path+"/agenda").says("main", "Wi-Fi on the wards")
	r.desk.post(href, append(mine, "over", fieldIn(late, "input[name=over]"))...).leads(r.path + "/agenda?done=changed")

	for _, a := range [][]string{{"question", "1.1"}, {"question", "1.1"}} {
		got := r.desk.post(r.path+"/agenda", append(a, "title", "Ours", "minutes", "10", "sitting", "1", "prompt", "Mind the time")...)
		if got.status == http.StatusConflict && fieldIn(got, "textarea[name=prompt]") != "Mind the time" {
			t.Error("what was typed about a question that is there already is gone")
		}
	}
	r.desk.post(href + "/drop").wants(http.StatusSeeOther)
	r.desk.post(href, append(mine, "over", over)...).wants(http.StatusNotFound).says("main", "What you wrote is not kept").says("main .app-quote", "Ask the night sister first")
}

// TestConsoleWordsOutliveAnotherPress: what was written at the desk stands where it
// can be sent again, and otherwise where it can be read.
func TestConsoleWordsOutliveAnotherPress(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(5)
	r.upTo("Open the vote")
	d := r.desk.get(r.path).page()
	step, item := d.Find("input[name=step]").First().AttrOr("value", ""), d.Find("#restarting input[name=item]").AttrOr("value", "")
	restart := func() reply {
		t.Helper()
		return r.desk.post(r.path+"/restart", "step", step, "item", item, "reason", "Two were out of the room").wants(http.StatusConflict)
	}
	r.press("move", "item", item, "move", "close the vote").wants(http.StatusSeeOther)
	if got := fieldIn(restart().says(".nhsuk-error-summary", "Somebody else moved the session on"), "#restarting input[name=reason]"); got != "Two were out of the room" {
		t.Errorf("the reason is %q now", got)
	}
	r.upTo("Talk about it")
	restart().says(".nhsuk-error-summary", "You wrote: “Two were out of the room”")

	notes := r.path + "/notes/" + item
	r.desk.post(notes, "notes", "Mind the time").leads(r.path + "?done=notes")
	merged := s.as(r.board.Lead).post(notes, "notes", "Ask the quiet side first", "over", "").wants(http.StatusConflict).says(".nhsuk-error-summary", "Theirs come first")
	if got := fieldIn(merged, "textarea[name=notes]"); got != "Mind the time\n\nAsk the quiet side first" {
		t.Errorf("the notes are %q", got)
	}
	over := fieldIn(merged, "input[name=over]")
	long := strings.Repeat("Far too long ", 200)
	wrong := r.desk.post(notes, "notes", long, "over", "seen before").wants(http.StatusUnprocessableEntity)
	if fieldIn(wrong, "textarea[name=notes]") != long || fieldIn(wrong, "input[name=over]") != "seen before" {
		t.Error("notes that are too long are gone, or would take another's away")
	}
	s.as(r.board.Lead).post(notes, "notes", "Both", "over", over).leads(r.path + "?done=notes")
	r.upTo("Show: ")
	r.desk.post(notes, "notes", "From before", "over", over).wants(http.StatusConflict).says(".nhsuk-error-summary", "You wrote: “From before”")
	if got := r.desk.post(notes, "notes", long, "over", over).wants(http.StatusUnprocessableEntity); strings.Contains(fieldIn(got, "textarea[name=notes]"), "Far too long") {
		t.Error("notes on one item stand at another")
	}

	storetest.Change(t, s.db, `
		INSERT INTO workshop_parked (ods, workshop_id, id, words) SELECT ods, id, gen_random_uuid(), 'Number ' || n FROM workshops, generate_series(1, 60) AS n`)
	full := r.press("park", "words", "Who pays for it?").wants(http.StatusConflict).says(".nhsuk-error-summary", "There is no room for more")
	if got := fieldIn(full, "#park-words"); got != "Who pays for it?" {
		t.Errorf("what was to be parked is %q now", got)
	}
	phone := r.phones[0].post(r.phone()+"/park", "words", "Who pays for it?").wants(http.StatusConflict).says("main", "The parking lot is full")
	if got := fieldIn(phone, "#park-words"); got != "Who pays for it?" {
		t.Errorf("what a phone was to park is %q now", got)
	}
}
