package server

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store/storetest"
)

// invited is a site with an open round, and one member's link and code.
type invited struct {
	*site
	board  storetest.Board
	round  uuid.UUID
	path   string
	member uuid.UUID
	link   string // address of the personal link
	code   string // of the printed letter
}

func startInvited(t *testing.T) invited {
	t.Helper()
	s := startSite(t)
	in := invited{site: s, board: storetest.Trust(t, s.db)}
	in.round, in.path = s.openRound(in.board, "Autumn")
	in.member = in.board.Members[0]
	in.link, in.code = in.linkOf(in.member), in.codeOf(in.member)
	return in
}

// linkOf has the lead make a new link, and gives the address that the next letter
// would carry.
func (in invited) linkOf(person uuid.UUID) string {
	in.t.Helper()
	in.as(in.board.Lead).post(in.path+"/links", "person", person.String(), "action", "new").leads(in.path + "/links?done=new")
	var id uuid.UUID
	var serial int
	err := storetest.Owner(in.t, in.db).QueryRow(in.t.Context(), `
		SELECT id, serial FROM links WHERE person_id = $1 AND kind = 'link' AND revoked_at IS NULL`, person).Scan(&id, &serial)
	if err != nil {
		in.t.Fatal(err)
	}
	return "/invitations/" + access.LinkToken(storetest.Secret, in.board.ODS, id, serial)
}

// codeOf is the code that the lead prints for somebody.
func (in invited) codeOf(person uuid.UUID) string {
	in.t.Helper()
	letter := in.as(in.board.Lead).post(in.path+"/code-letters", "person", person.String()).wants(http.StatusOK)
	return strings.TrimSpace(letter.page().Find(".app-paper__code").Text())
}

// count is one number out of the database.
func (in invited) count(sql string, args ...any) (n int) {
	in.t.Helper()
	if err := storetest.Owner(in.t, in.db).QueryRow(in.t.Context(), sql, args...).Scan(&n); err != nil {
		in.t.Fatal(err)
	}
	return n
}

// TestScannersUseNothingUp: whatever fetches a link, as often as it likes, changes
// nothing; then it works for the person, on several devices at once.
func TestScannersUseNothingUp(t *testing.T) {
	t.Parallel()
	in := startInvited(t)
	before := in.count(`SELECT count(*) FROM sessions`) + in.count(`SELECT count(*) FROM sign_ins`)
	for i := range 5 {
		method := http.MethodGet
		if i == 3 {
			method = http.MethodHead
		}
		r := in.nobody().do(method, in.link, "", nil).wants(http.StatusOK)
		if r.header.Get("Set-Cookie") != "" || r.header.Get("Referrer-Policy") != "strict-origin" || !strings.HasPrefix(r.header.Get("X-Robots-Tag"), "noindex") {
			t.Errorf("fetch %d: %v", i, r.header)
		}
	}
	if after := in.count(`SELECT count(*) FROM sessions`) + in.count(`SELECT count(*) FROM sign_ins`); after != before {
		t.Errorf("fetching the link made %d sessions or sign-ins", after-before)
	}
	in.nobody().get(in.link).says("h1", in.board.Name).says("main", "Member 01 of "+in.board.ODS).says("main", "Autumn").
		says("main", "24 questions").says("main form button", "Continue as Member 01")
	phone, tablet := in.nobody(), in.nobody()
	for _, b := range []*browser{&phone, &tablet} {
		r := b.keep(b.post(in.link)).leads(in.path)
		if r.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("referrer policy after signing in: %s", r.header.Get("Referrer-Policy"))
		}
		b.get(in.path).wants(http.StatusOK).says("main", "Autumn")
	}
	phone.post(in.path+"/questions/1.1", "choice", "4").wants(http.StatusSeeOther)
	tablet.get(in.path+"/questions").says("main", "1 of 24")
	in.nobody().get(in.link).wants(http.StatusOK)
}

// TestLinkIsNarrow: a link lets its owner answer, even where they could do more.
func TestLinkIsNarrow(t *testing.T) {
	t.Parallel()
	in := startInvited(t)
	storetest.Join(t, in.db, in.board.ODS, in.member, access.Lead)
	b := in.nobody()
	b.keep(b.post(in.link))
	b.get(in.path + "/questions").wants(http.StatusOK)
	b.get(in.path + "/manage").wants(http.StatusForbidden)
	b.get("/trusts/RXX").wants(http.StatusForbidden)
}

// TestDeadLinksAreAlike: every link that leads nowhere opens one and the same
// page, and each code that does not fit is refused with the same words.
func TestDeadLinksAreAlike(t *testing.T) {
	t.Parallel()
	in := startInvited(t)
	other := storetest.Trust(t, in.db)
	gone := in.board.Members[1]
	left := in.linkOf(gone)
	leftCode := in.codeOf(gone)
	storetest.Change(t, in.db, `UPDATE memberships SET to_on = current_date - 1 WHERE ods = $1 AND person_id = $2`, in.board.ODS, gone)
	revoked, revokedCode := in.link, in.code
	in.as(in.board.Lead).post(in.path+"/links", "person", in.member.String(), "action", "revoke").leads(in.path + "/links?done=revoked")
	_, secret, _ := strings.Cut(in.link, "-")
	want := in.nobody().get("/invitations/nonsense").wants(http.StatusNotFound)
	want.says("h1", "This link does not work").says("main", "Ask for a code by email").says("main", "Ask the person who leads")
	dead := []string{
		left, revoked, "/invitations/" + in.board.ODS + "-" + strings.Repeat("A", 43), "/invitations/" + other.ODS + "-" + secret,
		"/invitations/" + in.board.ODS + "-", "/invitations/-", "/invitations/%00", "/invitations/%ff%fe", "/invitations/" + strings.Repeat("x", 5000),
		"/invitations/..%2f..%2fetc",
	}
	for _, address := range dead {
		for _, r := range []reply{in.nobody().get(address), in.nobody().post(address)} {
			if r.status != http.StatusNotFound || r.body != want.body || r.header.Get("Set-Cookie") != "" || r.header.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%.60s: %d, or another page, or %v", r.what, r.status, r.header)
			}
		}
	}
	said := ""
	for _, typed := range []string{leftCode, revokedCode, other.ODS + in.code[len(in.board.ODS):], "R9A-2222-2222-2222", "nonsense", secret, strings.Repeat("2", 90)} {
		r := in.nobody().post("/sign-in/letter", "code", typed).wants(http.StatusUnprocessableEntity)
		got := strings.ReplaceAll(r.body, typed, "")
		if said != "" && got != said {
			t.Errorf("%.20s is refused with other words", typed)
		}
		said = got
	}
}

// TestLinkEndsWithTheRound: once the round has closed its links are dead.
func TestLinkEndsWithTheRound(t *testing.T) {
	t.Parallel()
	in := startInvited(t)
	lead := in.as(in.board.Lead)
	lead.post(in.path+"/close", "confirm", "yes").wants(http.StatusSeeOther)
	in.nobody().get(in.link).wants(http.StatusNotFound).says("h1", "This link does not work")
	in.nobody().post(in.link).wants(http.StatusNotFound)
	in.nobody().post("/sign-in/letter", "code", in.code).wants(http.StatusUnprocessableEntity)
	lead.get(in.path+"/links").says("main", "no link works any more")
	lead.get(in.path + "/code-letters").wants(http.StatusConflict)
	lead.post(in.path+"/code-letters", "person", in.member.String()).wants(http.StatusConflict)
	lead.post(in.path+"/links", "person", in.member.String(), "action", "new").wants(http.StatusConflict)
}

// TestRevokedLinkEndsItsSessions: who came in by it is out at once, and who came
// by a code of their own is not.
func TestRevokedLinkEndsItsSessions(t *testing.T) {
	t.Parallel()
	in := startInvited(t)
	byLink, byLetter := in.nobody(), in.nobody()
	byLink.keep(byLink.post(in.link)).leads(in.path)
	byLetter.keep(byLetter.post("/sign-in/letter", "code", in.code)).leads(in.path)
	byCode := in.arriveBy(in.member, access.ByCode, "")
	another := in.nobody()
	another.keep(another.post(in.linkOf(in.board.Members[1])))
	in.as(in.board.Lead).get(in.path+"/links").says("main", "Works")
	in.as(in.board.Lead).post(in.path+"/links", "person", in.member.String(), "action", "revoke").wants(http.StatusSeeOther)
	in.as(in.board.Lead).get(in.path+"/links?done=revoked").says(".nhsuk-notification-banner", "revoked").says("main", "Revoked")
	for _, b := range []browser{byLink, byLetter} {
		b.get(in.path + "/questions").wants(http.StatusSeeOther)
		b.post(in.path+"/questions/1.1", "choice", "2").wants(http.StatusUnauthorized)
	}
	byCode.get(in.path + "/questions").wants(http.StatusOK)
	another.get(in.path + "/questions").wants(http.StatusOK)
	fresh := in.linkOf(in.member)
	if fresh == in.link {
		t.Error("the new link is the old one")
	}
	b := in.nobody()
	b.keep(b.post(fresh)).leads(in.path)
}

// TestSomebodyElseIsSignedIn: nobody is signed out without being told.
func TestSomebodyElseIsSignedIn(t *testing.T) {
	t.Parallel()
	in := startInvited(t)
	lead := in.arriveBy(in.board.Lead, access.ByCode, "")
	lead.get(in.link).wants(http.StatusOK).says("main", "Somebody is signed in").says("main form", "Stay signed in as Somebody")
	lead.post(in.link).wants(http.StatusConflict).says("main", "Somebody is signed in")
	lead.get(in.path + "/manage").wants(http.StatusOK)
	lead.keep(lead.post(in.link, "instead", "yes")).leads(in.path)
	lead.get(in.path + "/manage").wants(http.StatusForbidden)
	lead.get(in.path + "/questions").wants(http.StatusOK)
}

// TestOwnLinkKeepsOwnRights: whoever is signed in already as the link's owner, by
// a way that lets them do more, goes on with that.
func TestOwnLinkKeepsOwnRights(t *testing.T) {
	t.Parallel()
	in := startInvited(t)
	storetest.Join(t, in.db, in.board.ODS, in.member, access.Lead)
	b := in.arriveBy(in.member, access.ByCode, "")
	b.get(in.link).says("main", "You are signed in here already")
	b.keep(b.post(in.link)).leads(in.path)
	b.get(in.path + "/manage").wants(http.StatusOK)
}

// TestPlantedSessionIsWorthNothing: a token that was in the browser before is not
// the one that signs in.
func TestPlantedSessionIsWorthNothing(t *testing.T) {
	t.Parallel()
	in := startInvited(t)
	b := in.nobody()
	b.keep(b.post("/sign-in/letter", "code", "wrong"))
	planted := b
	if planted.cookie == "" {
		t.Fatal("a wrong code leaves no mark in the browser")
	}
	b.keep(b.post("/sign-in/letter", "code", in.code)).leads(in.path)
	b.get(in.path + "/questions").wants(http.StatusOK)
	planted.get(in.path + "/questions").wants(http.StatusSeeOther)
}

// TestLetterCode: what people make of a code when they type it.
func TestLetterCode(t *testing.T) {
	t.Parallel()
	in := startInvited(t)
	in.nobody().get("/sign-in/letter").wants(http.StatusOK).says("h1", "Type the code on your letter")
	for _, typed := range []string{in.code, strings.ToLower(in.code), " " + strings.ReplaceAll(in.code, "-", " ") + "\n"} {
		b := in.nobody()
		b.keep(b.post("/sign-in/letter", "code", typed)).leads(in.path)
		b.get(in.path + "/questions").wants(http.StatusOK)
	}
	in.nobody().post("/sign-in/letter", "code", " ").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Enter the code")
	in.nobody().post("/sign-in/letter", "code", `"><script>`).wants(http.StatusUnprocessableEntity)
	if n := in.count(`SELECT count(*) FROM sign_ins WHERE way = 'letter'`); n != 3 {
		t.Errorf("%d sign-ins recorded", n)
	}
}

// TestGuessingLetters: one browser has few tries; a hospital has many.
func TestGuessingLetters(t *testing.T) {
	t.Parallel()
	in := startInvited(t)
	b := in.nobody()
	statuses := make(map[int]int)
	for i := range lettersOfBrowser + 5 {
		r := b.keep(b.post("/sign-in/letter", "code", fmt.Sprintf("%s-2222-2222-%04d", in.board.ODS, i)))
		statuses[r.status]++
	}
	// The first try leaves the mark by which the others are counted.
	if statuses[http.StatusUnprocessableEntity] != lettersOfBrowser+1 || statuses[http.StatusTooManyRequests] != 4 {
		t.Errorf("statuses: %v", statuses)
	}
	b.post("/sign-in/letter", "code", in.code).wants(http.StatusTooManyRequests)
	colleague := in.nobody()
	colleague.keep(colleague.post("/sign-in/letter", "code", in.code)).leads(in.path)
}

// TestTokensStayOutOfTheLog: neither a link nor a code is ever logged, whether it
// works or fails, and no other site's page can use one.
func TestTokensStayOutOfTheLog(t *testing.T) {
	t.Parallel()
	in := startInvited(t)
	in.nobody().get(in.link).wants(http.StatusOK)
	b := in.nobody()
	b.keep(b.post(in.link))
	b.post("/sign-in/letter", "code", in.code)
	in.nobody().get(in.link + "x").wants(http.StatusNotFound)
	in.nobody().do(http.MethodPost, in.link, "", http.Header{"Sec-Fetch-Site": {"cross-site"}}).wants(http.StatusForbidden)
	in.nobody().do(http.MethodPost, in.link, "{}", http.Header{"Content-Type": {"application/json"}}).wants(http.StatusUnsupportedMediaType)
	in.nobody().do(http.MethodDelete, in.link, "", nil).wants(http.StatusMethodNotAllowed)
	storetest.Change(t, in.db, `ALTER TABLE links RENAME TO gone`)
	in.nobody().get(in.link).wants(http.StatusInternalServerError)
	in.nobody().post(in.link).wants(http.StatusInternalServerError)
	in.nobody().post("/sign-in/letter", "code", in.code).wants(http.StatusInternalServerError)
	_, secret, _ := strings.Cut(in.link, "-")
	log := in.log.String()
	for _, token := range []string{secret, in.code, strings.ReplaceAll(in.code, "-", "")} {
		if strings.Contains(log, token) {
			t.Errorf("%.6s… is in the log", token)
		}
	}
	if !strings.Contains(log, "/invitations/{token}") {
		t.Error("the log names no route of a link, so that this test proves nothing")
	}
}

// TestLettersPage: those without an address are chosen to begin with, and a
// letter says all that its reader needs.
func TestLettersPage(t *testing.T) {
	t.Parallel()
	in := startInvited(t)
	lead := in.as(in.board.Lead)
	storetest.Change(t, in.db, `UPDATE people SET email = NULL WHERE id = $1`, in.board.Members[2])
	page := lead.get(in.path + "/code-letters").wants(http.StatusOK).page()
	if chosen, _ := page.Find("input[name=person][checked]").Attr("value"); page.Find("input[name=person]").Length() != 12 || chosen != in.board.Members[2].String() {
		t.Errorf("chosen: %s", chosen)
	}
	two := []string{"person", in.board.Members[2].String(), "person", in.board.Members[3].String()}
	letters := lead.post(in.path+"/code-letters", two...).wants(http.StatusOK)
	letters.says(".app-paper", in.board.Name).says(".app-paper", "Member 03").says(".app-paper", "/sign-in/letter").
		says(".app-paper", "You can answer until the end of").says(".app-paper", "Nobody at your trust can see which answers are yours")
	if letters.page().Find(".app-paper").Length() != 2 || letters.header.Get("Cache-Control") != "no-store" {
		t.Errorf("%d letters", letters.page().Find(".app-paper").Length())
	}
	if n := in.count(`SELECT count(*) FROM audit WHERE deed = 'code letter printed' AND person_id = $1`, in.board.Members[2]); n != 1 {
		t.Errorf("%d records", n)
	}
	lead.post(in.path+"/code-letters").wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Select at least one person")
	lead.post(in.path+"/code-letters", "person", "x").wants(http.StatusUnprocessableEntity)
	lead.post(in.path+"/code-letters", "person", in.board.Observer.String()).wants(http.StatusUnprocessableEntity).says(".nhsuk-error-summary", "Select people from the list")
}

// TestLinksPageFaults: what the page did not send changes nothing.
func TestLinksPageFaults(t *testing.T) {
	t.Parallel()
	in := startInvited(t)
	lead := in.as(in.board.Lead)
	for _, fields := range [][]string{
		nil,
		{"person", in.member.String()},
		{"person", in.member.String(), "action", "show"},
		{"person", "x", "action", "revoke"},
		{"person", in.board.Observer.String(), "action", "revoke"},
		{"person", uuid.NewString(), "action", "new"},
	} {
		lead.post(in.path+"/links", fields...).wants(http.StatusNotFound)
	}
	in.nobody().get(in.link).wants(http.StatusOK)
	for _, r := range []reply{lead.get(in.path + "/links"), lead.get(in.path + "/manage")} {
		if strings.Contains(r.body, in.code) || strings.Contains(r.body, "/invitations/") {
			t.Errorf("%s shows a link or a code", r.what)
		}
	}
	for _, who := range []uuid.UUID{in.board.Chair, in.board.Facilitator, in.board.Members[5]} {
		in.as(who).post(in.path+"/links", "person", in.member.String(), "action", "revoke").wants(http.StatusForbidden)
		in.as(who).post(in.path+"/code-letters", "person", in.member.String()).wants(http.StatusForbidden)
	}
}

// TestWrongLinksTakeAsLong: the time to refuse a link tells nothing of whether its
// trust or its round is there, within what the machine's own noise is.
func TestWrongLinksTakeAsLong(t *testing.T) {
	t.Parallel()
	in := startInvited(t)
	revoked := in.link
	in.as(in.board.Lead).post(in.path+"/links", "person", in.member.String(), "action", "revoke").wants(http.StatusSeeOther)
	kinds := []string{revoked, "/invitations/" + in.board.ODS + "-" + strings.Repeat("A", 43), "/invitations/ZZZ-" + strings.Repeat("A", 43), "/invitations/nonsense"}
	took := make([][]time.Duration, len(kinds))
	for range 60 {
		for i, address := range kinds {
			began := time.Now()
			in.nobody().get(address).wants(http.StatusNotFound)
			took[i] = append(took[i], time.Since(began))
		}
	}
	var middles []time.Duration
	for i := range took {
		slices.Sort(took[i])
		middles = append(middles, took[i][len(took[i])/2])
	}
	if fastest, slowest := slices.Min(middles), slices.Max(middles); slowest > 2*fastest+2*time.Millisecond {
		t.Errorf("middle times: %v", middles)
	}
}
