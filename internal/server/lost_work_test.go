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
	r.desk.get(r.path + "/agenda").wants(http.StatusOK)
}
