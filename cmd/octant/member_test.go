package main

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"octant/internal/questionnaire"
	"octant/web/e2e/program"
)

// form is what a person posts.
type form map[string]string

// answered is what the program answered.
type answered struct {
	*goquery.Document
	tb       testing.TB
	status   int
	header   http.Header
	location string                 // where the browser is sent on to
	saved    struct{ Revision int } // of a save by script
}

// acknowledged fails the test unless an answer was said to be kept.
func (a answered) acknowledged() {
	a.tb.Helper()
	if a.status != http.StatusOK {
		a.tb.Fatalf("the answer is not acknowledged: %d", a.status)
	}
}

// form is what a form on the page would post.
func (a answered) form(selector string) form {
	f := form{}
	a.Find(selector).Find("input, textarea").Each(func(_ int, field *goquery.Selection) {
		value := field.AttrOr("value", "")
		if goquery.NodeName(field) == "textarea" {
			value = field.Text()
		}
		f[field.AttrOr("name", "")] = value
	})
	return f
}

// browser speaks to the program as one person's would.
type browser struct {
	tb     testing.TB
	client *http.Client
	base   string
}

// visitor is somebody who has not signed in.
func visitor(tb testing.TB, p *program.Program) *browser {
	tb.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		tb.Fatal(err)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{tb: tb, base: p.URL, client: &http.Client{Jar: jar, CheckRedirect: stay}}
}

func (b *browser) get(path string) answered {
	b.tb.Helper()
	a, err := b.try(http.MethodGet, path, nil, "text/html")
	if err != nil {
		b.tb.Fatal(err)
	}
	return a
}

func (b *browser) post(path string, f form) answered {
	b.tb.Helper()
	a, err := b.try(http.MethodPost, path, f, "text/html")
	if err != nil {
		b.tb.Fatal(err)
	}
	return a
}

// send is post for a form in which a field stands more than once.
func (b *browser) send(path string, values url.Values) answered {
	b.tb.Helper()
	a, err := b.request(http.MethodPost, path, values, "text/html")
	if err != nil {
		b.tb.Fatal(err)
	}
	return a
}

// try sends one request and answers an error only when no answer came.
func (b *browser) try(method, path string, f form, accept string) (answered, error) {
	values := url.Values{}
	for name, value := range f {
		values.Set(name, value)
	}
	return b.request(method, path, values, accept)
}

func (b *browser) request(method, path string, values url.Values, accept string) (answered, error) {
	r, err := http.NewRequestWithContext(b.tb.Context(), method, b.base+path, strings.NewReader(values.Encode()))
	if err != nil {
		return answered{}, err
	}
	r.Header.Set("Accept", accept)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	response, err := b.client.Do(r)
	if err != nil {
		return answered{}, err
	}
	defer response.Body.Close()
	a := answered{tb: b.tb, status: response.StatusCode, header: response.Header, location: response.Header.Get("Location")}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		err = json.NewDecoder(response.Body).Decode(&a.saved)
		return a, err
	}
	a.Document, err = goquery.NewDocumentFromReader(response.Body)
	return a, err
}

// given is an answer as a person remembers it.
type given struct{ choice, comment string }

// boardMember is a person of the demonstration who answers its open round and
// remembers what was acknowledged.
type boardMember struct {
	*browser
	round    string
	revision map[string]int
	kept     map[string]given
	unsure   map[string]given // sent last, and never answered
}

func member(tb testing.TB, p *program.Program, key string) *boardMember {
	tb.Helper()
	b := visitor(tb, p)
	if got := b.post("/demo/sign-in", form{"person": key}).status; got != http.StatusSeeOther {
		tb.Fatalf("signing in as %s answers %d", key, got)
	}
	trust := b.get("/").Find(`main a[href^="/trusts/"]`).FilterFunction(func(_ int, a *goquery.Selection) bool {
		return strings.Count(a.AttrOr("href", ""), "/") == 2
	}).First().AttrOr("href", "")
	open := b.get(trust).Find(".nhsuk-card").FilterFunction(func(_ int, card *goquery.Selection) bool {
		return strings.TrimSpace(card.Find(".nhsuk-tag").Text()) == "Open"
	})
	round := open.Find(`a[href*="/rounds/"]`).First().AttrOr("href", "")
	if round == "" {
		tb.Fatalf("%s finds no open round at %s", key, trust)
	}
	return &boardMember{browser: b, round: round, revision: map[string]int{}, kept: map[string]given{}, unsure: map[string]given{}}
}

// at goes on with the same session after the program was started again.
func (m *boardMember) at(p *program.Program) {
	host, err := url.Parse(p.URL)
	if err != nil {
		m.tb.Fatal(err)
	}
	old, err := url.Parse(m.base)
	if err != nil {
		m.tb.Fatal(err)
	}
	m.client.Jar.SetCookies(host, m.client.Jar.Cookies(old))
	m.base = p.URL
}

// answer saves one as the page's script does, and remembers it if the program
// says that it is kept.
func (m *boardMember) answer(question, choice, comment string) answered {
	m.tb.Helper()
	a, err := m.tryAnswer(question, choice, comment)
	if err != nil {
		m.tb.Fatal(err)
	}
	return a
}

func (m *boardMember) tryAnswer(question, choice, comment string) (answered, error) {
	path := m.round + "/questions/" + question
	if _, known := m.revision[question]; !known {
		page, err := m.try(http.MethodGet, path, nil, "text/html")
		if err != nil || page.status != http.StatusOK {
			return page, err
		}
		m.revision[question] = number(page.Find(`input[name="revision"]`).AttrOr("value", "0"))
	}
	m.unsure[question] = given{choice, comment}
	a, err := m.try(http.MethodPost, path, form{
		"choice": choice, "comment": comment,
		"revision": text(m.revision[question]), "action": "save",
	}, "application/json")
	switch {
	case err != nil || a.status >= http.StatusInternalServerError:
		delete(m.revision, question) // it may have been kept, so that the page is read again
	case a.status == http.StatusOK:
		delete(m.unsure, question)
		m.kept[question], m.revision[question] = given{choice, comment}, a.saved.Revision
	}
	return a, err
}

// compare reads everything back and fails for whatever was acknowledged and is
// not there. What was sent and never answered may have been kept or not.
func (m *boardMember) compare() {
	m.tb.Helper()
	has := m.download()
	for question, acknowledged := range m.kept {
		unsure, open := m.unsure[question]
		if got := has[question]; got != acknowledged && (!open || got != unsure) {
			m.tb.Errorf("question %s holds %q, but %q was acknowledged", question, got, acknowledged)
		}
	}
}

// download is this person's own file, by question.
func (m *boardMember) download() map[string]given {
	m.tb.Helper()
	r, err := http.NewRequestWithContext(m.tb.Context(), http.MethodGet, m.base+m.round+"/answers.csv", http.NoBody)
	if err != nil {
		m.tb.Fatal(err)
	}
	response, err := m.client.Do(r)
	if err != nil {
		m.tb.Fatal(err)
	}
	defer response.Body.Close()
	lines, err := csv.NewReader(response.Body).ReadAll()
	if err != nil || len(lines) < 2 {
		m.tb.Fatalf("the download has %d lines: %v", len(lines), err)
	}
	column := map[string]int{}
	for i, name := range lines[0] {
		column[name] = i
	}
	has := map[string]given{}
	for _, line := range lines[1:] {
		question := line[column["question"]]
		has[question] = given{code(m.tb, question, line[column["answer"]]), line[column["comment"]]}
	}
	return has
}

// code is the choice that stands in the file in words.
func code(tb testing.TB, question, words string) string {
	tb.Helper()
	version, err := questionnaire.Load(questionnaire.Latest())
	if err != nil {
		tb.Fatal(err)
	}
	q, ok := version.Question(question)
	if questionnaire.IsBackKey(question) {
		q, ok = version.BackQuestion(question)
	}
	if !ok {
		tb.Fatalf("the download has a question %q", question)
	}
	for i, anchor := range q.Anchors {
		if anchor == words {
			return text(i + 1)
		}
	}
	return words
}
