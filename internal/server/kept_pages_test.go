package server

import (
	"net/http"
	"strings"
	"testing"

	"octant/internal/access"
	"octant/internal/store/storetest"
)

// TestKeptPagesAreTheirReaders: what one person was sent is sent to no other who may
// do more, or less, or came another way; and it names who reads it and nobody else.
func TestKeptPagesAreTheirReaders(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.closedRound(b, "Spring", 0)
	trend := "/trusts/" + b.ODS + "/trend"
	member := b.Members[4]
	byLink := s.as(member)
	link := func() browser { // the same person, who came by a personal link
		t.Helper()
		sm := s.server.sessions
		ctx, err := sm.Load(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		sm.Put(ctx, sessionPerson, member.String())
		sm.Put(ctx, sessionName, "Zoë O’Neill & Son")
		sm.Put(ctx, sessionWay, string(access.ByLink))
		sm.Put(ctx, sessionTrust, b.ODS)
		token, _, err := sm.Commit(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return browser{site: s, cookie: sm.Cookie.Name + "=" + token}
	}()
	for _, address := range []string{trend, path + "/report"} {
		for range 2 {
			for what, from := range map[string]browser{"by link": link, "by code": byLink} {
				got := from.get(address).wants(http.StatusOK)
				if strings.Contains(got.body, "(to answer only)") != (what == "by link") {
					t.Errorf("%s %s: what stands in the header is another's", address, what)
				}
				reader, other := "Zoë O’Neill &amp; Son", "Somebody"
				if what == "by code" {
					reader, other = other, reader
				}
				if !strings.Contains(got.body, reader) || strings.Contains(got.body, other) || strings.Contains(got.body, nameless) {
					t.Errorf("%s %s: its reader is not named, or another is", address, what)
				}
			}
		}
	}
	lead, observer := s.as(b.Lead), s.as(b.Observer)
	for range 2 {
		if n := lead.get(trend).page().Find(`a[href$="/trend/notes"]`).Length(); n != 1 {
			t.Errorf("the lead is led to the notes %d times", n)
		}
		if n := observer.get(trend).page().Find(`a[href$="/trend/notes"]`).Length(); n != 0 {
			t.Errorf("an observer is led to the notes %d times", n)
		}
	}
}

// TestKeptPagesFollowWhatTheyShow: notes, rounds, the register and roles.
func TestKeptPagesFollowWhatTheyShow(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	one, two := storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	s.closedRound(one, "Spring", 0)
	storetest.Join(t, s.db, two.ODS, one.Viewer, access.Viewer)
	trend := "/trusts/" + one.ODS + "/trend"
	lead, member, viewer := s.as(one.Lead), s.as(one.Members[0]), s.as(one.Viewer)
	member.get(trend).wants(http.StatusOK)
	viewer.get("/compare").wants(http.StatusOK).says("#matrix", "Spring").says("#matrix", "No closed round")
	day := []string{"on-day", "3", "on-month", "2", "on-year", "2099"}
	lead.post(trend+"/notes", append(day, "text", "New chair")...).leads(trend + "/notes?done=added")
	member.get(trend).says("main", "New chair")
	href, _ := lead.get(trend + "/notes").page().Find(`main a[href*="/trend/notes/"]`).Attr("href")
	lead.post(href, append(day, "text", "Newer chair")...).leads(trend + "/notes?done=changed")
	member.get(trend).says("main", "Newer chair")
	lead.post(href + "/remove").leads(trend + "/notes?done=removed")
	if strings.Contains(member.get(trend).body, "Newer chair") {
		t.Error("a note that was removed still shows")
	}
	s.closedRound(one, "Autumn", 1)
	member.get(trend).says("main table", "Autumn")
	s.closedRound(two, "Winter of the other", 1)
	viewer.get("/compare").says("#matrix", "Autumn").says("#matrix", "Winter of the other").says("#matrix", "1.0 higher")
	viewer.get("/compare?order=1").says("main", "This is no league table")
	viewer.get("/compare?order=nothing").wants(http.StatusOK)
	admin, _ := s.admin()
	s.fillRegister(admin)
	storetest.Change(t, s.db, `INSERT INTO organisations (code, opened, seen_on) VALUES ($1, '2000-01-01', '2026-01-01')`, one.ODS)
	admin.post("/admin/register/organisations/"+one.ODS+"/types", "type", "Community", "from-day", "1", "from-month", "4", "from-year", "2001", "source", "x").wants(http.StatusSeeOther)
	viewer.get("/compare").says("#type", "Community")
	storetest.Change(t, s.db, `UPDATE trusts SET name = 'Another Name' WHERE ods = $1`, one.ODS)
	member.get(trend).says("h1", "Another Name")
	viewer.get("/compare").says("#matrix", "Another Name")
	storetest.Change(t, s.db, `UPDATE memberships SET to_on = current_date - 1 WHERE ods = $1 AND person_id = ANY ($2)`, one.ODS, []any{one.Viewer, one.Members[0]})
	member.get(trend).wants(http.StatusNotFound)
	if got := viewer.get("/compare").wants(http.StatusOK); strings.Contains(got.body, "Another Name") {
		t.Error("a trust that ended its viewer's role still shows")
	}
}

// TestDoorsThatAskOnceEndOldSessions as the others do.
func TestDoorsThatAskOnceEndOldSessions(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.closedRound(b, "Spring", 0)
	for _, address := range []string{path + "/report", "/trusts/" + b.ODS + "/trend"} {
		lead := s.as(b.Lead)
		lead.get(address).wants(http.StatusOK)
		storetest.Change(t, s.db, `
			UPDATE sessions SET person_id = $1, way = 'code', started_at = now() - interval '9 hours', seen_at = now()`, b.Lead)
		lead.get(address).wants(http.StatusSeeOther)
	}
}
