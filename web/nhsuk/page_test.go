package nhsuk_test

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"octant/web"
	"octant/web/nhsuk"
)

// render writes a component as a browser would get it.
func render(t *testing.T, component templ.Component) string {
	t.Helper()
	var html strings.Builder
	if err := component.Render(t.Context(), &html); err != nil {
		t.Fatal(err)
	}
	return html.String()
}

func document(t *testing.T, component templ.Component) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(render(t, component)))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestInlineScriptIsTheOneThePolicyAllows(t *testing.T) {
	t.Parallel()
	script := document(t, nhsuk.Page(nhsuk.PageOptions{Title: "Home"})).Find("body > script")
	if script.Length() != 1 {
		t.Fatalf("%d inline scripts", script.Length())
	}
	sum := sha256.Sum256([]byte(script.Text()))
	if got := "sha256-" + base64.StdEncoding.EncodeToString(sum[:]); got != web.ScriptHash {
		t.Errorf("the line hashes to %s, the policy allows %s", got, web.ScriptHash)
	}
	if !strings.Contains(web.CSP, "'"+web.ScriptHash+"'") || strings.Contains(web.CSP, "unsafe") {
		t.Errorf("policy %s", web.CSP)
	}
}

func TestPageFillsTheDocument(t *testing.T) {
	t.Parallel()
	doc := document(t, nhsuk.Page(nhsuk.PageOptions{
		Title: "Who decides?", Error: true, SignedInAs: "Asha Rao", Account: []nhsuk.Link{{Text: "Your trust", Href: "/trusts/RX1"}},
		BackLink: nhsuk.Link{Href: "/before"}, Wide: true, Scripts: []string{"answer.js"}, NoIndex: true,
	}))
	for selector, want := range map[string]string{
		"title":                                "Error: Who decides? – Octant",
		".nhsuk-back-link":                     "Back",
		".nhsuk-header__service-name":          "Octant",
		".nhsuk-header__account-link":          "Your trust",
		"form[action='/sign-out'] button":      "Sign out",
		".nhsuk-header__account-item:has(svg)": "Asha Rao",
	} {
		if got := strings.TrimSpace(doc.Find(selector).Text()); got != want {
			t.Errorf("%s is %q, want %q", selector, got, want)
		}
	}
	for _, selector := range []string{
		"html[lang='en-GB']", "main#maincontent", "meta[name=robots]", "body.app-wide",
		"script[type=module][src='" + web.Path("answer.js") + "']",
		"link[rel=stylesheet][href='" + web.Path("octant.css") + "']",
	} {
		if doc.Find(selector).Length() != 1 {
			t.Errorf("%s is not there once", selector)
		}
	}
	if n := doc.Find("[style], style, [onclick]").Length(); n > 0 {
		t.Errorf("%d inline styles or handlers", n)
	}
}

func TestStrangersPageHasNothingToSignOutOf(t *testing.T) {
	t.Parallel()
	doc := document(t, nhsuk.Page(nhsuk.PageOptions{Title: "Method"}))
	if n := doc.Find("form, .nhsuk-header__account, .nhsuk-back-link, meta[name=robots]").Length(); n > 0 {
		t.Errorf("%d of them", n)
	}
}

func TestErrorSummaryFollowsThePage(t *testing.T) {
	t.Parallel()
	choice := nhsuk.Field{Name: "choice", Error: "Select an answer"}
	comment := nhsuk.Field{Name: "comment"}
	opens := nhsuk.DateField{Name: "opens", Error: "The date must include a year", WrongYear: true}
	links := document(t, nhsuk.ErrorSummary(choice.ErrorLink(), comment.ErrorLink(), opens.ErrorLink())).Find("li a")
	var got []string
	links.Each(func(_ int, link *goquery.Selection) {
		got = append(got, link.AttrOr("href", "")+" "+link.Text())
	})
	want := "#choice Select an answer|#opens-year The date must include a year"
	if strings.Join(got, "|") != want {
		t.Errorf("lists %q", got)
	}
	if html := render(t, nhsuk.ErrorSummary(comment.ErrorLink())); html != "" {
		t.Errorf("without errors: %s", html)
	}
}

// What was typed is shown again as text, whatever it holds.
func TestTypedTextCannotBecomeMarkup(t *testing.T) {
	t.Parallel()
	typed := `</textarea><script>alert(1)</script>" onfocus="x`
	for _, component := range []templ.Component{
		nhsuk.Textarea(nhsuk.Field{Name: "a", Label: typed, Value: typed, Error: typed}),
		nhsuk.Input(nhsuk.Field{Name: "a", Label: typed, Value: typed, Hint: typed}),
	} {
		doc := document(t, component)
		if doc.Find("script, [onfocus]").Length() > 0 {
			t.Error("text became markup")
		}
	}
}
