// Package e2e drives the real program with a real browser. The walks are
// Playwright's (specs/); this starts what they need and reports each as a test
// of its own. It is not the place for what can be proved without a browser. Its
// one rule: whoever changes a round does it on a site of their own, and on a
// site that is shared nobody relies on what another walk left behind.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"octant/internal/store/storetest"
	"octant/web/e2e/program"
)

// sites are the demonstrations that are served, one for each project of
// playwright.config.js.
var sites = []string{"script", "plain", "narrow", "keyboard", "pages", "answering", "outage"}

// A site is one demonstration, and the door to its database.
type site struct {
	*program.Program
	door *program.Door
}

func TestBrowser(t *testing.T) {
	ready(t)
	octant, err := program.Build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	started := make(map[string]site, len(sites))
	for _, name := range sites {
		started[name] = serve(t, octant)
	}
	pages, seen := t.TempDir(), filepath.Join(t.TempDir(), "seen")
	for _, w := range walk(t, started, pages, seen) {
		t.Run(w.name, func(t *testing.T) {
			if w.fault != "" {
				t.Error(w.fault)
			}
		})
	}
	t.Run("html of every page is valid", func(t *testing.T) { checkHTML(t, pages) })
	t.Run("every page has a station", func(t *testing.T) { checkRoutes(t, storetest.New(t), seen) })
	t.Run("no request failed", func(t *testing.T) { checkLogs(t, started) })
}

// ready stops the test with one line when what it needs is not there.
func ready(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("../node_modules/.bin/playwright"); err != nil {
		t.Fatal("the browser tests' packages are not installed: `make test` sets them up")
	}
	var says bytes.Buffer
	find := exec.Command("node", "support/chromium.js")
	find.Stderr = &says
	if err := find.Run(); err != nil {
		t.Fatal(strings.TrimSpace(says.String() + " " + err.Error()))
	}
}

// serve starts a demonstration on a database of its own.
func serve(t *testing.T, octant string) site {
	t.Helper()
	door, address := program.NewDoor(t, storetest.AppURL(t, storetest.New(t)))
	p := program.Serve(t, octant, []string{"DATABASE_URL=" + address, "OCTANT_DATA=" + program.DataFolder(t)}, "--demo")
	return site{p, door}
}

// A result is what came of one walk.
type result struct{ name, fault string }

// walk lets Playwright take every walk and answers what came of them.
func walk(t *testing.T, started map[string]site, pages, seen string) []result {
	t.Helper()
	addresses := make(map[string]string, len(started))
	for name, s := range started {
		addresses[name] = s.URL
	}
	list, err := json.Marshal(addresses)
	if err != nil {
		t.Fatal(err)
	}
	report := filepath.Join(t.TempDir(), "report.json")
	ctx, cancel := context.WithDeadline(t.Context(), deadline(t))
	defer cancel()
	var says bytes.Buffer
	playwright := exec.CommandContext(ctx, "../node_modules/.bin/playwright", "test", "--config=playwright.config.js", "--reporter=json")
	playwright.Env = append(os.Environ(), "PLAYWRIGHT_JSON_OUTPUT_FILE="+report, "OCTANT_SITES="+string(list),
		"OCTANT_PAGES="+pages, "OCTANT_SEEN="+seen, "OCTANT_DOOR="+doorkeeper(t, started["outage"].door))
	playwright.Stdout, playwright.Stderr = &says, &says
	playwright.Cancel = func() error { return playwright.Process.Signal(os.Interrupt) }
	playwright.WaitDelay = 20 * time.Second
	runErr := playwright.Run() // failed walks make it fail; the report says which
	results, err := read(report)
	if err != nil || len(results) == 0 {
		t.Fatalf("playwright: %v\n%s", errors.Join(runErr, err), says.String())
	}
	return results
}

// deadline leaves time to say what came of the walks before `go test` itself
// gives up.
func deadline(t *testing.T) time.Time {
	end, ok := t.Deadline()
	if !ok {
		return time.Now().Add(time.Hour)
	}
	return end.Add(-time.Minute)
}

// doorkeeper lets a walk shut the door to its site's database and open it.
func doorkeeper(t *testing.T, d *program.Door) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /shut", func(http.ResponseWriter, *http.Request) { d.Shut() })
	mux.HandleFunc("POST /open", func(http.ResponseWriter, *http.Request) { d.Open() })
	keeper := httptest.NewServer(mux)
	t.Cleanup(keeper.Close)
	return keeper.URL
}

// suite is a part of Playwright's report.
type suite struct {
	Title  string
	Suites []suite
	Specs  []struct {
		Title string
		Tests []struct {
			ProjectName string
			Results     []struct {
				Status string
				Errors []struct{ Message string }
			}
		}
	}
}

// read reads Playwright's report. A fault that belongs to no walk is a result
// like any other.
func read(report string) ([]result, error) {
	text, err := os.ReadFile(report)
	if err != nil {
		return nil, err
	}
	var all struct {
		Suites []suite
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	var out []result
	for _, e := range all.Errors {
		out = append(out, result{"playwright", plain(e.Message)})
	}
	for _, s := range all.Suites {
		out = append(out, s.results("")...)
	}
	return out, nil
}

func (s suite) results(above string) []result {
	title := strings.TrimSuffix(s.Title, ".spec.js")
	if above != "" {
		title = above + ": " + title
	}
	var out []result
	for _, spec := range s.Specs {
		for _, test := range spec.Tests {
			r := result{name: test.ProjectName + "/" + title + ": " + spec.Title}
			for _, run := range test.Results {
				for _, e := range run.Errors {
					r.fault += plain(e.Message) + "\n"
				}
				if run.Status != "passed" && r.fault == "" {
					r.fault = run.Status
				}
			}
			if len(test.Results) == 0 {
				r.fault = "never ran"
			}
			out = append(out, r)
		}
	}
	for _, inner := range s.Suites {
		out = append(out, inner.results(title)...)
	}
	return out
}

var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// plain is a message without a terminal's colours.
func plain(message string) string { return colours.ReplaceAllString(message, "") }

// official are the two complaints about markup that the design system itself
// prescribes: roles that give a table its meaning back where its cells are laid
// out as blocks, and one that has a heading with hidden words read in one go.
var official = regexp.MustCompile(`^The “role” attribute must not be used on a “(tr|th|td|thead|tbody)” element which has a “table” ancestor|` +
	`^Bad value “text” for attribute “role” on element “span”`)

// checkHTML has every page that the walks have kept checked against the
// standard.
func checkHTML(t *testing.T, pages string) {
	kept, err := filepath.Glob(filepath.Join(pages, "*.html"))
	if err != nil || len(kept) == 0 {
		t.Fatalf("no page was kept: %v", err)
	}
	check := exec.Command("java", "-jar", "../node_modules/vnu-jar/build/dist/vnu.jar", "--errors-only", "--exit-zero-always",
		"--format", "json", "--stdout", pages)
	var says bytes.Buffer
	check.Stderr = &says
	out, err := check.Output()
	if err != nil {
		t.Fatalf("vnu (needs Java 17; `make test` sets it up): %v\n%s", err, says.String())
	}
	var found struct {
		Messages []struct {
			URL, Message, Extract string
			LastLine              int
		}
	}
	if err := json.Unmarshal(out, &found); err != nil {
		t.Fatalf("vnu: %v\n%s", err, out)
	}
	for _, m := range found.Messages {
		if official.MatchString(m.Message) {
			continue
		}
		t.Errorf("%s line %d: %s\n\t%s", filepath.Base(m.URL), m.LastLine, m.Message, m.Extract)
	}
	t.Logf("%d pages checked", len(kept))
}

// outage is what a site says whose database is taken away on purpose: of
// requests it could not answer, and of jobs it could not look for.
var outage = regexp.MustCompile(`status=503|error="[^"]*(unexpected EOF|failed to connect to|conn closed)`)

// checkLogs looks for faults that no page showed: a site logs a request only
// when the failure is its own.
func checkLogs(t *testing.T, started map[string]site) {
	for name, s := range started {
		for line := range strings.SplitSeq(s.Errors(), "\n") {
			if name == "outage" && outage.MatchString(line) {
				continue
			}
			if strings.Contains(line, "level=ERROR") || strings.Contains(line, "level=WARN") {
				t.Errorf("%s: %s", name, line)
			}
		}
	}
}
