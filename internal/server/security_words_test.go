package server

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"octant/internal/job"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// harmIn is what of a page a browser would run or load because somebody typed
// it. The pages' own scripts come from files.
func harmIn(doc *goquery.Document) (found []string) {
	doc.Find("*").Each(func(_ int, e *goquery.Selection) {
		for _, a := range e.Nodes[0].Attr {
			value := strings.ToLower(strings.TrimSpace(a.Val))
			switch {
			case strings.HasPrefix(a.Key, "on"), a.Key == "srcdoc":
				found = append(found, e.Nodes[0].Data+" "+a.Key)
			case (a.Key == "href" || a.Key == "src" || a.Key == "action" || a.Key == "formaction") && (strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:") || value == "x"):
				found = append(found, e.Nodes[0].Data+" "+a.Key+"="+value)
			}
		}
		if e.Is("script") && e.AttrOr("src", "") == "" && strings.Contains(e.Text(), "alert") {
			found = append(found, "script")
		}
	})
	return found
}

// TestWordsAreOnlyWords opens every page there is, as everybody who can, in a
// house in which all names, titles and answers are markup. Each stands on some
// page as words, and on none as anything else. The same of what a page says of a
// form that was sent, and of what no page is: downloads are for no browser to run.
func TestWordsAreOnlyWords(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	shown := map[string]int{"=trust": 0, "=kind": 0, "=name": 0, "=seat": 0, "=past": 0, "=now": 0, "=comment": 0, "=evidence": 0, "=mine": 0, "=said": 0, "=detail": 0}
	pages, forms := 0, 0
	look := func(r reply) {
		kind := r.header.Get("Content-Type")
		if !strings.HasPrefix(kind, "text/html") {
			if r.status == http.StatusOK && !strings.HasPrefix(kind, "text/csv") && !strings.HasPrefix(kind, "application/json") && !strings.HasPrefix(kind, "text/markdown") && !strings.HasPrefix(kind, "text/plain") {
				t.Errorf("%s comes as %q", r.what, kind)
			}
			return
		}
		doc := r.page()
		for _, harm := range harmIn(doc) {
			t.Errorf("%s: a browser would run %s", r.what, harm)
		}
		text := doc.Text()
		for word := range shown {
			if strings.Contains(text, word+`=1+1"><img src=x`) {
				shown[word]++
			}
		}
	}
	h.addresses(func(method, path string) {
		for _, person := range h.people() {
			r := h.browserOf(person).do(method, path, evilForm(), nil)
			switch {
			case method == http.MethodPost && r.status == http.StatusUnprocessableEntity:
				forms++
			case method == http.MethodGet && r.status == http.StatusOK:
				pages++
			}
			look(r)
		}
	})
	for word, n := range shown {
		if n == 0 {
			t.Errorf("%q stands on no page, so that nothing is known of it", word)
		}
	}
	if pages < 100 || forms < 20 {
		t.Errorf("looked at %d pages and %d forms", pages, forms)
	}
	t.Logf("%d pages, %d forms; shown: %v", pages, forms, shown)
}

// TestLettersAreOnlyWords: the letters that such names and titles stand in.
func TestLettersAreOnlyWords(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	lead := storetest.Enter(t, h.db, h.board.Lead, h.board.ODS)
	rows, err := storetest.Owner(t, h.db).Query(t.Context(), `SELECT id FROM letters WHERE state = 'queued' AND ods = $1`, h.board.ODS)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	kinds := map[string]int{}
	for rows.Next() {
		var id uuid.UUID
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		clock, err := h.db.EnterByClock(t.Context(), lead.ODS)
		if err != nil {
			t.Fatal(err)
		}
		out, ok, err := clock.TakeLetter(t.Context(), id, h.server.now())
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			continue
		}
		kinds[string(out.Kind)]++
		letterIsOnlyWords(t, out)
	}
	if len(kinds) < 2 || rows.Err() != nil {
		t.Errorf("letters looked at: %v, %v", kinds, rows.Err())
	}
}

func letterIsOnlyWords(t *testing.T, out store.Outgoing) {
	t.Helper()
	w, err := job.Letter(out, "https://octant.example.org").Write()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.HTML))
	if err != nil {
		t.Fatal(err)
	}
	if harm := harmIn(doc); len(harm) > 0 || doc.Find("img, script, textarea").Length() > 0 {
		t.Errorf("a mail program would run %v", harm)
	}
	if !strings.Contains(doc.Text(), `=name=1+1"><img`) {
		t.Errorf("the name is not in the letter: %s", doc.Text())
	}
	if strings.ContainsAny(w.Subject, "\r\n") || strings.Contains(w.Text, "\nX-Evil") {
		t.Errorf("a line of its own: %q\n%s", w.Subject, w.Text)
	}
}

// TestFilesHoldNoFormula opens every table that can be downloaded as a
// spreadsheet does.
func TestFilesHoldNoFormula(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	paths := map[string]uuid.UUID{
		h.openPath + "/answers.csv": h.board.Members[0], h.closedPath + "/answers.csv": h.board.Members[0],
		"/trusts/" + h.board.ODS + "/audit.csv": h.board.Lead, "/trusts/" + h.board.ODS + "/people/template.csv": h.board.Lead,
		h.closedPath + "/report.csv": h.board.Lead,
	}
	h.as(h.board.Lead).get(h.closedPath + "/report").page().Find(`a[href$=".csv"]`).Each(func(_ int, a *goquery.Selection) {
		paths[a.AttrOr("href", "")] = h.board.Observer
	})
	h.addresses(func(method, path string) {
		if _, there := paths[path]; method == http.MethodGet && strings.HasSuffix(path, ".csv") && !there && h.as(h.board.Lead).get(path).status == http.StatusOK {
			paths[path] = h.board.Lead
		}
	})
	typed := 0
	for path, person := range paths {
		file := csv.NewReader(strings.NewReader(strings.TrimPrefix(h.as(person).get(path).wants(http.StatusOK).body, "\ufeff")))
		file.FieldsPerRecord = -1
		rows, err := file.ReadAll()
		if err != nil || len(rows) == 0 {
			t.Errorf("%s: %d rows, %v", path, len(rows), err)
		}
		for i, row := range rows {
			for _, cell := range row {
				if strings.Contains(cell, "alert(1)") {
					typed++
				}
				if _, err := strconv.ParseFloat(cell, 64); err != nil && strings.ContainsAny(strings.TrimLeft(cell, " \u00a0\ufeff")[:min(1, len(strings.TrimLeft(cell, " \u00a0\ufeff")))], "=+-@\t\r\n") {
					t.Errorf("%s, row %d: a spreadsheet would run %.60q", path, i+1, cell)
				}
			}
		}
	}
	if len(paths) < 8 || typed < 10 {
		t.Errorf("%d tables with %d wicked cells", len(paths), typed)
	}
}
