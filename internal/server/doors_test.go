package server

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/store/storetest"
)

// Every address but these is behind a door.
var openToAll = []string{
	"GET /", "GET /healthz", "GET /readyz", "GET /method", "GET /privacy", "GET /accessibility", "POST /sign-out",
	"GET /invitations/{token}", "POST /invitations/{token}", "GET /sign-in/letter", "POST /sign-in/letter",
	"GET /public/{ods}",
	"GET /sign-in", "POST /sign-in", "GET /sign-in/code", "POST /sign-in/code",
	"POST /sign-in/oidc/{ods}", "GET /sign-in/oidc/callback",
	"GET /join/", "POST /join/", "GET /join/{code}", "GET /join/{code}/now", "GET /join/{code}/events",
	"POST /join/{code}/vote", "POST /join/{code}/card", "POST /join/{code}/park", "POST /join/{code}/park/{parked}",
}

// These are about the person alone, so that whoever is signed in finds their own
// behind them.
var openToPerson = []string{
	"GET /me/data", "GET /me/data.json", "GET /sessions", "POST /sessions/end",
	"GET /compare", "GET /compare.csv", "GET /compare/over-time", "GET /compare/over-time.csv", "GET /circles", "POST /circles", "GET /register",
}

// TestDoors knocks on every route there is: as nobody, as somebody of another
// trust, and as somebody with no trust. A route added tomorrow is knocked on too.
func TestDoors(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	home, other := storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	round, _ := s.openRound(home, "Autumn")
	shop := s.workshopIn(home)
	strangers := map[string]browser{
		"member of another trust": s.as(other.Members[0]), "lead of another trust": s.as(other.Lead),
		"viewer of another trust": s.as(other.Viewer), "unknown person": s.as(uuid.New()),
	}
	knocked := 0
	err := chi.Walk(s.server.Routes(), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if slices.Contains(openToAll, method+" "+route) || route == "/static/*" {
			return nil
		}
		knocked++
		path := strings.NewReplacer("{ods}", home.ODS, "{round}", round.String(), "{key}", "1.1", "{chart}", "profile", "{person}", home.Members[0].String(), "{workshop}", shop).Replace(route)
		nobody := s.nobody().do(method, path, "choice=3", nil)
		if method == http.MethodGet && nobody.status != http.StatusSeeOther || method != http.MethodGet && nobody.status != http.StatusUnauthorized {
			t.Errorf("%s as nobody: %d", nobody.what, nobody.status)
		}
		if slices.Contains(openToPerson, method+" "+route) {
			return nil
		}
		for who, b := range strangers {
			if got := b.do(method, path, "choice=3", nil); got.status != http.StatusNotFound {
				t.Errorf("%s as %s: %d, want 404", got.what, who, got.status)
			}
		}
		return nil
	})
	if err != nil || knocked < 20 {
		t.Fatalf("knocked on %d doors: %v", knocked, err)
	}
}

// TestStrangerIsToldTheSameWhateverIsSent: a round that is known to the server
// is no more there for a stranger than one that does not exist.
func TestStrangerIsToldTheSameWhateverIsSent(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b, other := storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	_, path := s.openRound(b, "Autumn")
	s.as(b.Members[0]).post(path+"/questions/1.1", "choice", "3").wants(http.StatusSeeOther)
	for _, json := range []bool{false, true} {
		stranger := s.as(other.Members[0])
		stranger.json = json
		for _, body := range []string{"choice=3", "choice=9", "", "action=later", "choice=3&choice=4", "comment=" + strings.Repeat("x", maxForm), "comment=" + strings.Repeat("x", keepForm)} {
			if got := stranger.do(http.MethodPost, path+"/questions/1.1", body, nil); got.status != http.StatusNotFound {
				t.Errorf("%.20s sent by a stranger: %d, want 404", body, got.status)
			}
		}
		stranger.do(http.MethodPost, path+"/questions/1.1", "{}", http.Header{"Content-Type": {"application/json"}}).wants(http.StatusNotFound)
	}
}

// TestRoles holds who may see which page against one table.
func TestRoles(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, closedPath := s.closeRound(b, "Closed", 3)
	_, open := s.openRound(b, "Open")
	shop := "/trusts/" + b.ODS + "/workshops/" + s.workshopIn(b)
	people := map[string]browser{
		"lead": s.as(b.Lead), "chair": s.as(b.Chair), "facilitator": s.as(b.Facilitator),
		"member": s.as(b.Members[5]), "observer": s.as(b.Observer), "viewer": s.as(b.Viewer),
	}
	for _, c := range []struct {
		path    string
		allowed string
		refused int
	}{
		{"/trusts/" + b.ODS, "lead chair facilitator member observer viewer", 0},
		{"/trusts/" + b.ODS + "/rounds/new", "lead", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/access", "lead chair facilitator member observer viewer", 0},
		{"/trusts/" + b.ODS + "/people", "lead", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/people/add", "lead", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/people/add/one", "lead", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/people/template.csv", "lead", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/people/" + b.Members[0].String(), "lead", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/people/" + b.Members[0].String() + "/edit", "lead", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/people/" + b.Members[0].String() + "/grant", "lead", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/people/" + b.Members[0].String() + "/end", "lead", http.StatusForbidden},
		{closedPath + "/report", "lead chair facilitator member observer viewer", 0},
		{closedPath + "/report.json", "lead chair facilitator member observer viewer", 0},
		{closedPath + "/report.csv", "lead chair facilitator member observer viewer", 0},
		{closedPath + "/report/charts/profile.csv", "lead chair facilitator member observer viewer", 0},
		{"/trusts/" + b.ODS + "/trend", "lead chair facilitator member observer viewer", 0},
		{"/trusts/" + b.ODS + "/trend/charts/trend.csv", "lead chair facilitator member observer viewer", 0},
		{"/trusts/" + b.ODS + "/trend/notes", "lead", http.StatusForbidden},
		{open + "/report", "", http.StatusNotFound},
		{open + "/report.json", "", http.StatusNotFound},
		{open + "/manage", "lead chair facilitator", http.StatusForbidden},
		{open + "/people", "lead", http.StatusForbidden},
		{open + "/close", "lead", http.StatusForbidden},
		{open + "/letters", "lead", http.StatusForbidden},
		{open + "/links", "lead", http.StatusForbidden},
		{open + "/code-letters", "lead", http.StatusForbidden},
		{open + "/paper", "lead", http.StatusForbidden},
		{open + "/questions", "member", http.StatusForbidden},
		{open + "/questions/1.1", "member", http.StatusForbidden},
		{open + "/looking-back", "member", http.StatusForbidden},
		{open + "/answers", "member", http.StatusForbidden},
		{open + "/answers.csv", "member", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/audit", "lead", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/audit.csv", "lead", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/data-protection", "lead", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/data-protection/assessment", "lead", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/data-protection/record.md", "lead", http.StatusForbidden},
		{"/admin", "", http.StatusNotFound},
		{"/admin/people", "", http.StatusNotFound},
		{"/admin/audit", "", http.StatusNotFound},
		{"/admin/audit.csv", "", http.StatusNotFound},
		{"/admin/benchmarks", "", http.StatusNotFound},
		{"/trusts/" + b.ODS + "/sharing", "lead", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/peers", "lead chair member", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/learn", "lead", http.StatusForbidden},
		{"/trusts/" + b.ODS + "/requests", "lead", http.StatusForbidden},
		{"/compare", "viewer", http.StatusNotFound},
		{"/compare/over-time", "viewer", http.StatusNotFound},
		{"/circles", "lead", http.StatusNotFound},
		{"/benchmarks/1", "", http.StatusNotFound},
		{"/admin/register", "", http.StatusNotFound},
		{"/register", "lead chair facilitator member observer viewer", 0},
		{open + "/mine", "", 0},
		{closedPath + "/mine", "member", http.StatusForbidden},
		{closedPath + "/comments", "lead chair facilitator", http.StatusForbidden},
		{closedPath + "/report/disclosure", "lead", http.StatusForbidden},
		{closedPath + "/answers/delete", "member", http.StatusForbidden},
		{closedPath + "/agreed", "lead chair facilitator member observer viewer", 0},
		{open + "/agreed", "", http.StatusNotFound},
		{"/trusts/" + b.ODS + "/actions", "lead chair facilitator member observer viewer", 0},
		{"/trusts/" + b.ODS + "/workshops", "lead chair facilitator member observer viewer", 0},
		{"/trusts/" + b.ODS + "/workshops/new", "lead chair facilitator", http.StatusForbidden},
		{shop, "lead chair facilitator", http.StatusForbidden},
		{shop + "/now", "lead chair facilitator", http.StatusForbidden},
		{shop + "/projector", "lead chair facilitator", http.StatusForbidden},
		{shop + "/projector/now", "lead chair facilitator", http.StatusForbidden},
		{shop + "/agenda", "lead chair facilitator", http.StatusForbidden},
		{shop + "/agenda/add", "lead chair facilitator", http.StatusForbidden},
		{shop + "/brief", "lead chair facilitator", http.StatusForbidden},
		{shop + "/devices", "lead chair facilitator", http.StatusForbidden},
		{shop + "/kit", "lead chair facilitator", http.StatusForbidden},
		{shop + "/end", "lead chair facilitator", http.StatusForbidden},
		{shop + "/record", "", http.StatusNotFound},
	} {
		for who, p := range people {
			if c.path == open+"/mine" { // nothing is shown before the round closes, to anybody
				if got := p.get(c.path).status; got == http.StatusOK {
					t.Errorf("%s sees %s of an open round", who, c.path)
				}
				continue
			}
			want := http.StatusOK
			if !slices.Contains(strings.Fields(c.allowed), who) {
				want = c.refused
			}
			if got := p.get(c.path).status; got != want {
				t.Errorf("%s asks for %s: %d, want %d", who, c.path, got, want)
			}
		}
	}
}

// TestDemoHasNoDoorOutsideDemo: outside the demonstration its sign-in does not
// exist.
func TestDemoHasNoDoorOutsideDemo(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	s.nobody().get("/demo").wants(http.StatusNotFound)
	s.nobody().post("/demo/sign-in", "person", "cio").wants(http.StatusNotFound)
}

// TestOtherSitesCannotPost: a page of another site cannot make a browser act.
func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.openRound(b, "Autumn")
	for _, header := range []http.Header{{"Sec-Fetch-Site": {"cross-site"}}, {"Sec-Fetch-Site": {"same-site"}}, {"Origin": {"https://elsewhere.example"}}} {
		s.as(b.Members[0]).do(http.MethodPost, path+"/questions/1.1", "choice=5", header).wants(http.StatusForbidden)
	}
	s.as(b.Members[0]).get(path+"/questions").says("main", "0 of 24")
}

// TestHeaders: every answer tells the browser how little it may do.
func TestHeaders(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	for _, path := range []string{"/", "/healthz", "/no-such-page", "/trusts/RXX"} {
		h := s.nobody().get(path).header
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("X-Frame-Options") != "DENY" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, h)
		}
	}
}
