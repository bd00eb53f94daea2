package server

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// TestDeviceIsTakenOut: the room sees that more can vote than there are people,
// one device goes, is told so, and comes back by the code.
func TestDeviceIsTakenOut(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(7)
	r.desk.get(r.path).says(".app-console__facts", strconv.Itoa(7)+" of "+strconv.Itoa(len(r.board.Members))+" have joined")
	r.desk.post(r.path+"/devices", "expected", "a few").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "as a number")
	r.desk.post(r.path+"/devices", "expected", "6").leads(r.path + "/devices?done=expected")
	r.desk.get(r.path).says(".app-warn", "More votes than people: 7 of 6.")
	r.upTo("Open the vote")
	r.phones[6].get(r.phone()).says("main", "This is device 7.")
	r.vote(r.phones[6], "5").leads(r.phone())
	r.desk.get(r.path).says("main", "1 of 7 have voted")
	r.desk.get(r.path+"/devices").says("main", "Device 7")
	r.desk.post(r.path + "/devices/7/remove").leads(r.path + "/devices?removed=7")
	r.desk.get(r.path+"/devices?removed=7").says("main", "Device 7 is out of the session.")
	r.desk.get(r.path).says("main", "0 of 6 have voted")
	if r.desk.get(r.path).page().Find(".app-warn").Length() != 0 {
		t.Error("the room is still warned")
	}
	r.phones[6].get(r.phone()+"/now").says("[data-live-over]", "taken it out")
	r.phones[6].get(r.phone()).says("main", "This device was taken out of the session")
	item, _ := r.phones[0].get(r.phone()).page().Find("input[name=item]").Attr("value")
	r.phones[6].post(r.phone()+"/vote", "item", item, "vote", "1", "choice", "5").leads(r.phone())
	r.desk.post(r.path+"/devices/7/remove").wants(http.StatusConflict).says(".nhsuk-error-summary", "Device 7 is not in the session now")
	for _, none := range []string{"x", "0", "-1"} {
		if got := r.desk.post(r.path + "/devices/" + none + "/remove"); got.status != http.StatusNotFound && got.status != http.StatusConflict {
			t.Errorf("device %s: %d", none, got.status)
		}
	}
	back := r.seated()
	back.get(r.phone()).says("main", "This is device 8.")
	r.vote(back, "3").leads(r.phone())
	r.desk.get(r.path).says("main", "1 of 7 have voted")
	s.as(r.board.Lead).get("/trusts/"+r.board.ODS+"/audit").says("main", "took a device out of a workshop")
	s.as(r.board.Members[0]).post(r.path + "/devices/1/remove").wants(http.StatusForbidden)
}

// TestConsoleNamesTheFieldAtFault: every refused form of the console leads to the
// field that is wrong, with what was typed in it.
func TestConsoleNamesTheFieldAtFault(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(0)
	r.upTo("Open the vote")
	item, _ := r.desk.get(r.path).page().Find("input[name=item]").First().Attr("value")
	long := strings.Repeat("x", 2100)
	check := func(got reply, field, typed string) {
		t.Helper()
		d := got.wants(http.StatusUnprocessableEntity).page()
		href, _ := d.Find(".nhsuk-error-summary a").First().Attr("href")
		if href != "#"+field {
			t.Errorf("the summary leads to %q, want %q", href, field)
			return
		}
		control := d.Find("[id='" + field + "']")
		if control.Length() != 1 {
			t.Errorf("no field %q", field)
		}
		if have := control.AttrOr("value", control.Text()); typed != "" && have != typed {
			t.Errorf("%s holds %.20q, want %.20q", field, have, typed)
		}
	}
	check(r.press("restart", "item", item, "reason", ""), "restart-reason", "")
	check(r.desk.post(r.path+"/notes/"+item, "notes", long), "notes-"+item, long)
	check(r.desk.post(r.path+"/park", "words", long), "park-words", long)
	check(r.press("actions", "what", "Half an action", "owner", "", "due-day", "1", "due-month", "1", "due-year", "2099"), "action-owner", "")
	late := r.press("actions", "what", "Too late", "name", "Jo", "due-day", "1", "due-month", "1", "due-year", "2021")
	late.wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary a", "The day must be today or later")
	if have, _ := late.page().Find("#action-what").Attr("value"); have != "Too late" {
		t.Errorf("what was typed is %q", have)
	}
	r.upTo("Talk about it")
	check(r.press("agree", "item", item, "level", "", "reason", "We talked"), "level-"+item, "")
	check(r.press("agree", "item", item, "level", "3", "reason", long), "reason-"+item, long)
	check(r.press("agree", "item", item, "level", "3", "reason", "Yes", "dissent", long), "dissent-"+item, long)
}
