package server

import (
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/store/storetest"
)

// wicked is what somebody types who means harm: markup, a formula, a new header.
const wicked = "=1+1\"><img src=x onerror=alert(1)><script>alert(1)</script></textarea>\r\nX-Evil: yes\r\n"

// evilHost is in no answer, however often a request says that it is the host.
// evilSite is where whoever made up a request would like people to be led.
const (
	evilHost = "evil-host.example"
	evilSite = "evil-site.example"
)

// house is a site in which there is something behind every door, and in which
// whoever could name something meant harm.
type house struct {
	*site
	board        storetest.Board
	open, closed uuid.UUID
	openPath     string
	closedPath   string
	sheet        string
	link         string
	admin        uuid.UUID
}

// named is harm with a word in it by which it is found on pages, as long as the
// tables let it be.
func named(word string, length int) string {
	all := "=" + word + wicked
	return all[:min(length, len(all))]
}

// furnished is a house of the demonstration, so that its pages are there too.
func furnished(t *testing.T, change ...func(*Options)) *house {
	t.Helper()
	s, _ := clockedSite(t, append([]func(*Options){func(o *Options) { o.Demo, o.LettersWait, o.Now = true, true, time.Now }}, change...)...)
	h := &house{site: s, board: storetest.Trust(t, s.db)}
	storetest.Change(t, h.db, `UPDATE trusts SET name = $1, kind = $2`, named("trust", 100), named("kind", 60))
	storetest.Change(t, h.db, `UPDATE people SET name = $1`, named("name", 100))
	storetest.Change(t, h.db, `UPDATE memberships SET title = $1`, named("seat", 100))
	h.closed, h.closedPath = s.openRound(h.board, named("past", 100))
	for _, m := range h.board.Members {
		s.answerAll(h.board, h.closed, m, 3)
		answer := assessment.Answer{Question: "1.1", Choice: 3, Comment: "=comment" + wicked, Evidence: "=evidence" + wicked, Revision: 1}
		if _, err := s.db.SaveAnswer(t.Context(), m, h.board.ODS, h.closed, answer, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	lead := s.as(h.board.Lead)
	lead.post(h.closedPath+"/close", "confirm", "yes").wants(http.StatusSeeOther)
	h.open, h.openPath = s.openRound(h.board, named("now", 100))
	in := invited{site: s, board: h.board, round: h.open, path: h.openPath, member: h.board.Members[0]}
	h.link = in.linkOf(in.member)
	paper := onPaper{invited: in, lead: lead}
	paper.mark(5).wants(http.StatusSeeOther)
	sheets := lead.post(h.openPath + "/paper/sheets").wants(http.StatusOK)
	paper.codes = append(paper.codes, strings.TrimSpace(sheets.page().Find(".app-paper__code").First().Text()))
	h.sheet = paper.form(0)[len(h.openPath+"/paper/"):]
	storetest.Change(t, h.db, `UPDATE letters SET said = $1, state = 'refused', done_at = now() WHERE kind = 'invitation' AND person_id = $2`, "=said"+wicked, h.board.Members[1])
	storetest.Change(t, h.db, `UPDATE audit SET detail = $1 WHERE deed = 'round opened'`, "=detail"+wicked)
	s.as(h.board.Members[0]).post(h.openPath+"/questions/1.1", "choice", "2", "comment", "=mine"+wicked).wants(http.StatusSeeOther)
	h.setProvider(h.board, "https://127.0.0.1:9/provider", "example.net")
	h.admin = s.administrator().ID
	return h
}

// people are those as whom every address is asked for, nobody first.
func (h *house) people() map[string]uuid.UUID {
	return map[string]uuid.UUID{
		"nobody": uuid.Nil, "lead": h.board.Lead, "member": h.board.Members[0], "admin": h.admin, "observer": h.board.Observer,
	}
}

// browserOf is a fresh browser of one of them.
func (h *house) browserOf(person uuid.UUID) browser {
	if person == uuid.Nil {
		return h.nobody()
	}
	return h.as(person)
}

// addresses gives every route there is with every address at which something
// stands, those of both rounds.
func (h *house) addresses(each func(method, path string)) {
	h.t.Helper()
	letter := h.nobody().get("/demo/letters").page().Find(`main a[href^="/demo/letters/"]`).First().AttrOr("href", "/demo/letters/none")
	routes := 0
	err := chi.Walk(h.server.Routes(), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if route == "/static/*" && method != http.MethodGet {
			return nil
		}
		routes++
		seen := map[string]bool{}
		for _, round := range []uuid.UUID{h.open, h.closed} {
			for _, document := range []string{"assessment", "record"} {
				path := strings.NewReplacer(
					"{ods}", h.board.ODS, "{round}", round.String(), "{key}", "1.1", "{chart}", "profile", "{person}", h.board.Members[0].String(),
					"{sheet}", h.sheet, "{session}", uuid.NewString(), "{document}", document, "{letter}", letter[len("/demo/letters/"):],
					"/invitations/{token}", h.link, "*", "none.css",
				).Replace(route)
				if !seen[path] {
					seen[path] = true
					each(method, path)
				}
			}
		}
		return nil
	})
	if err != nil || routes < 90 {
		h.t.Fatalf("%d routes: %v", routes, err)
	}
}

// evilForm is what is posted everywhere: harm in each field that there is.
func evilForm() string {
	v := url.Values{}
	for _, name := range []string{"to", "next", "return", "url", "redirect", "back"} {
		v.Set(name, "//"+evilSite)
	}
	for _, name := range []string{"name", "email", "title", "code", "kind", "lead", "list", "comment", "evidence", "issuer", "client", "domains", "choice", "side"} {
		v.Set(name, wicked)
	}
	return v.Encode()
}

// everyAnswer asks for everything as everybody, by a request that names another
// host wherever a request can, and gives each answer.
func (h *house) everyAnswer(each func(reply)) {
	h.t.Helper()
	evil := http.Header{"X-Forwarded-Host": {evilHost}, "Forwarded": {"host=" + evilHost}, "X-Original-Url": {"//" + evilHost}, "X-Forwarded-Proto": {"https"}}
	query := "?" + url.Values{"to": {"//" + evilSite}, "next": {"https://" + evilSite}, "done": {wicked}}.Encode()
	h.addresses(func(method, path string) {
		for who, person := range h.people() {
			got := h.browserOf(person).do(method, "https://"+evilHost+path+query, evilForm(), evil)
			got.what = who + ": " + method + " " + path
			each(got)
		}
	})
	for _, path := range []string{"/no/such/page", "/trusts/ZZZ", "//" + evilSite + "/", "/%0d%0aX-Evil:%20yes", "/trusts/%0d%0aX-Evil:%20yes/rounds/new", "/trusts//" + evilSite, "/static/%2e%2e/go.mod"} {
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodTrace} {
			each(h.nobody().do(method, "https://"+evilHost+path+query, "", evil))
		}
	}
	each(h.as(h.board.Lead).do(http.MethodPost, h.openPath+"/open", "", http.Header{"Sec-Fetch-Site": {"cross-site"}}))
	each(h.as(h.board.Lead).do(http.MethodPost, h.openPath+"/people", "{}", http.Header{"Content-Type": {"application/json"}}))
	each(h.as(h.board.Members[0]).do(http.MethodPost, h.openPath+"/questions/1.1", "comment="+strings.Repeat("x", keepForm), nil))
	script := h.as(h.board.Members[0])
	script.json = true
	each(script.get(h.openPath + "/none"))
}

var fileNames = regexp.MustCompile(`^attachment; filename="[A-Za-z0-9._-]+"$`)

// TestEveryAnswer holds what is said to a browser on every address, to everybody
// and however the request was made up.
func TestEveryAnswer(t *testing.T) {
	t.Parallel()
	h := furnished(t, func(o *Options) { o.Origin = "https://octant.example.org" })
	statuses, files := map[int]int{}, 0
	h.everyAnswer(func(r reply) {
		statuses[r.status]++
		h.isGuarded(r)
		if to := r.header.Get("Location"); to != "" {
			h.staysHere(r, to)
		}
		if file := r.header.Get("Content-Disposition"); file != "" {
			files++
			if _, params, err := mime.ParseMediaType(file); err != nil || !fileNames.MatchString(file) || params["filename"] == "" {
				t.Errorf("%s: a file called %q, %v", r.what, file, err)
			}
		}
		for name, values := range r.header {
			if strings.ContainsAny(name+strings.Join(values, ""), "\r\n") || name == "X-Evil" {
				t.Errorf("%s: a header that somebody typed: %q: %q", r.what, name, values)
			}
			if strings.Contains(strings.Join(values, " "), evilHost) {
				t.Errorf("%s: %s names the request's host: %q", r.what, name, values)
			}
		}
		if strings.Contains(r.body, evilHost) {
			t.Errorf("%s: the page names the request's host", r.what)
		}
		if strings.HasPrefix(r.header.Get("Content-Type"), "text/html") {
			r.page().Find("[href], [src], [action], [formaction]").Each(func(_ int, e *goquery.Selection) {
				for _, name := range []string{"href", "src", "action", "formaction"} {
					if to := e.AttrOr(name, ""); strings.HasPrefix(strings.TrimLeft(to, "htps:"), "//"+evilSite) {
						t.Errorf("%s: the page leads to %q", r.what, to)
					}
				}
			})
		}
	})
	for _, status := range []int{200, 303, 401, 403, 404, 405, 409, 413, 415, 422} {
		if statuses[status] == 0 {
			t.Errorf("no answer has %d, so that nothing is known of such ones", status)
		}
	}
	if files < 8 {
		t.Errorf("%d files", files)
	}
	t.Logf("answers by status: %v", statuses)
}

// isGuarded fails unless no other site can frame the answer, and a browser takes
// it for nothing but what it is said to be.
func (h *house) isGuarded(r reply) {
	h.t.Helper()
	csp := r.header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action '"} {
		if !strings.Contains(csp, part) {
			h.t.Errorf("%s (%d): no %s in %q", r.what, r.status, part, csp)
		}
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
	} {
		if got := r.header.Values(name); len(got) != 1 || got[0] != want {
			h.t.Errorf("%s (%d): %s is %q", r.what, r.status, name, got)
		}
	}
	if policy := r.header.Get("Referrer-Policy"); !slices.Contains([]string{"same-origin", "strict-origin", "no-referrer"}, policy) {
		h.t.Errorf("%s (%d): referrer policy %q", r.what, r.status, policy)
	}
	if cache := r.header.Get("Cache-Control"); !strings.Contains(r.what, "/static/") && cache != "no-store" && !strings.HasPrefix(cache, "private") {
		h.t.Errorf("%s (%d): may be kept: %q", r.what, r.status, cache)
	}
}

// staysHere fails unless an address that a browser is sent to is a page of this
// site, whatever a browser makes of it.
func (h *house) staysHere(r reply, to string) {
	h.t.Helper()
	u, err := url.Parse(to)
	if err != nil || u.Host != "" || u.Scheme != "" || u.User != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.ContainsAny(to, "\\\r\n\t ") {
		h.t.Errorf("%s: leads to %q, %v", r.what, to, err)
	}
	if on := u.Query().Get("to"); on != "" && localPath(on) != on {
		h.t.Errorf("%s: leads on to %q", r.what, on)
	}
}

// TestNoHSTSOnLoopback: a browser that was told so would not come back by http.
func TestNoHSTSOnLoopback(t *testing.T) {
	t.Parallel()
	s, _ := clockedSite(t, func(o *Options) { o.Origin = "http://127.0.0.1:8080" })
	for _, path := range []string{"/", "/healthz", "/none", "/static/none.css"} {
		if got := s.nobody().get(path).header.Get("Strict-Transport-Security"); got != "" {
			t.Errorf("%s: %q", path, got)
		}
	}
}

// TestNoOtherSiteCanPostAnywhere sends every form there is from another site's
// page, as somebody who could send it: nothing is done.
func TestNoOtherSiteCanPostAnywhere(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	people := map[uuid.UUID]browser{}
	for _, person := range h.people() {
		people[person] = h.browserOf(person)
	}
	state := func() (s string) {
		t.Helper()
		err := storetest.Owner(t, h.db).QueryRow(t.Context(), `
			SELECT concat_ws(' ', (SELECT count(*) FROM audit), (SELECT count(*) FROM sessions), (SELECT count(*) FROM sign_ins), (SELECT count(*) FROM sign_in_codes),
			       (SELECT count(*) FROM rate_limits), (SELECT md5(string_agg(r::text, ',' ORDER BY r.id)) FROM rounds r), (SELECT md5(string_agg(a::text, ',' ORDER BY a::text)) FROM answers a),
			       (SELECT md5(string_agg(m::text, ',' ORDER BY m::text)) FROM memberships m), (SELECT count(*) FROM letters), (SELECT count(*) FROM trusts), (SELECT count(*) FROM people))`).Scan(&s)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	before, posts := state(), 0
	h.addresses(func(method, path string) {
		if method != http.MethodPost {
			return
		}
		for person, b := range people {
			for _, header := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://" + evilHost}}, {"Origin": {"null"}}} {
				posts++
				if got := b.do(method, path, "confirm=yes&action=submit&choice=5", header); got.status != http.StatusForbidden || got.header.Get("Set-Cookie") != "" {
					t.Errorf("%s as %s from %v: %d", got.what, person, header, got.status)
				}
			}
		}
	})
	if after := state(); after != before {
		t.Errorf("something was done:\n%s\n%s", before, after)
	}
	if posts < 400 {
		t.Errorf("only %d posts", posts)
	}
}

// TestPlantedSessions: whichever way somebody signs in, a session that was in
// their browser before is worth nothing after. For codes and printed letters
// other tests say so.
func TestPlantedSessions(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	planted := h.nobody()
	planted.ask(fmt.Sprintf("%s@example.org", uuid.New()))
	if planted.cookie == "" {
		t.Fatal("nothing to plant")
	}
	byLink := planted
	byLink.keep(byLink.post(h.link)).leads(h.openPath)
	if byLink.cookie == planted.cookie {
		t.Error("a personal link keeps the token")
	}
	byLink.get(h.openPath + "/questions").wants(http.StatusOK)
	planted.get(h.openPath + "/questions").wants(http.StatusSeeOther)
	planted.get("/sessions").leads("/sign-in?to=%2Fsessions")
}

// TestLettersNameTheConfiguredAddress: what is printed and what is mailed leads to
// the address the operator gave, whatever host the lead's request named.
func TestLettersNameTheConfiguredAddress(t *testing.T) {
	t.Parallel()
	h := furnished(t, func(o *Options) { o.Origin = "https://octant.example.org" })
	evil := http.Header{"X-Forwarded-Host": {evilHost}, "Forwarded": {"host=" + evilHost}}
	lead := h.as(h.board.Lead)
	printed := lead.do(http.MethodPost, "https://"+evilHost+h.openPath+"/code-letters", "person="+h.board.Members[2].String(), evil).wants(http.StatusOK)
	printed.says(".app-paper", "octant.example.org/sign-in/letter")
	again := url.Values{"person": {h.board.Members[1].String()}}.Encode()
	lead.do(http.MethodPost, "https://"+evilHost+h.openPath+"/letters", again, evil).wants(http.StatusSeeOther)
	pages := []reply{printed}
	h.nobody().get("/demo/letters").page().Find(`main a[href^="/demo/letters/"]`).Each(func(_ int, a *goquery.Selection) {
		for _, form := range []string{"", "/html"} {
			pages = append(pages, h.nobody().do(http.MethodGet, "https://"+evilHost+a.AttrOr("href", "")+form, "", evil).wants(http.StatusOK))
		}
	})
	leading := 0
	for _, r := range pages {
		leading += strings.Count(r.body, "https://octant.example.org/")
		if strings.Contains(r.body, evilHost) {
			t.Errorf("%s names the request's host", r.what)
		}
	}
	if leading < 10 {
		t.Errorf("%d addresses in %d letters", leading, len(pages))
	}
}
