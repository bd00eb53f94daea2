package nhsuk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// components is where the package keeps its examples.
const components = "../node_modules/nhsuk-frontend/dist/nhsuk/components"

// An example is one use of a component with the HTML it makes.
type example struct {
	Name        string
	Description string
	Context     json.RawMessage
	CallBlock   string
	HTML        string
}

func (e example) title() string {
	if e.Description == "" {
		return e.Name
	}
	return e.Name + ", " + e.Description
}

// An adapter reads an example's options and gives our component for them, or
// says which option ours does not have.
type adapter func(e example) (templ.Component, error)

// An unsupported option is one that our component does not have. It must have
// a reason in leftOut.
type unsupported string

func (u unsupported) Error() string { return "unsupported option " + string(u) }

func examples(t *testing.T, component string) []example {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(components, component, "fixtures.json"))
	if err != nil {
		t.Fatal("the design system's package is missing: run `make assets`")
	}
	var file struct{ Fixtures []example }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Fixtures
}

// Every example of a component we have is either equal to ours or left out for
// a stated reason. With -v the test says which is which.
func TestComponentsEqualTheDesignSystem(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(adapters)) {
		t.Run(name, func(t *testing.T) {
			compared := 0
			for _, e := range examples(t, name) {
				if option := compare(t, adapters[name], e); option != "" {
					used[option] = true
					continue
				}
				compared++
			}
			if compared == 0 {
				t.Error("no example is compared")
			}
		})
	}
	for option := range leftOut {
		if !used[option] {
			t.Errorf("the reason for leaving out %q is not used", option)
		}
	}
}

// compare holds our component against one example, or gives the option for
// which the example is left out.
func compare(t *testing.T, ours adapter, e example) (option string) {
	t.Helper()
	component, err := ours(e)
	var missing unsupported
	if errors.As(err, &missing) {
		option = string(missing)
		if leftOut[option] == "" {
			t.Errorf("%s: no reason is given for leaving out %q", e.title(), option)
		}
		t.Logf("left out: %s, for %q: %s", e.title(), option, leftOut[option])
		return option
	}
	if err != nil {
		t.Errorf("%s: %v", e.title(), err)
		return ""
	}
	var made strings.Builder
	if err := component.Render(t.Context(), &made); err != nil {
		t.Errorf("%s: %v", e.title(), err)
	}
	if got, want := normal(t, made.String()), normal(t, e.HTML); got != want {
		t.Errorf("%s\n--- theirs\n%s--- ours\n%s", e.title(), want, got)
	}
	t.Logf("compared: %s", e.title())
	return ""
}

// A component of the package is either ours too or passed over knowingly, so
// that a new one is noticed when the package is upgraded.
func TestEveryComponentOfThePackageIsKnown(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob(filepath.Join(components, "*", "fixtures.json"))
	if err != nil || len(folders) == 0 {
		t.Fatal("the design system's package is missing: run `make assets`")
	}
	for _, folder := range folders {
		name := filepath.Base(filepath.Dir(folder))
		if adapters[name] == nil && passedOver[name] == "" {
			t.Errorf("%s is neither ours nor passed over", name)
		}
	}
}

// normal writes HTML one node a line, with sorted attributes and without the
// white space that shows nothing.
func normal(t *testing.T, text string) string {
	t.Helper()
	nodes, err := html.ParseFragment(strings.NewReader(text), &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body})
	if err != nil {
		t.Fatal(err)
	}
	var lines strings.Builder
	for _, node := range nodes {
		writeNode(&lines, node, 0)
	}
	return lines.String()
}

func writeNode(w *strings.Builder, node *html.Node, depth int) {
	indent := strings.Repeat("  ", depth)
	switch node.Type {
	case html.TextNode:
		if text := visible(node); text != "" {
			fmt.Fprintf(w, "%s%q\n", indent, text)
		}
		return
	case html.ElementNode:
		// The mark in the header is our own.
		if strings.Contains(attribute(node, "class"), "nhsuk-header__logo") {
			return
		}
		fmt.Fprintf(w, "%s<%s%s>\n", indent, node.Data, attributeList(node))
	}
	for child := range node.ChildNodes() {
		writeNode(w, child, depth+1)
	}
}

// visible folds the white space of a text, and drops it at the ends but where
// it keeps a hidden word apart from its neighbour.
func visible(node *html.Node) string {
	folded := strings.Join(strings.Fields(node.Data), " ")
	class := attribute(node.Parent, "class")
	if folded == "" || !strings.Contains(class, "visually-hidden") && !strings.Contains(class, "table__heading") {
		return folded
	}
	if strings.TrimLeft(node.Data, " \n\t") != node.Data {
		folded = " " + folded
	}
	if strings.TrimRight(node.Data, " \n\t") != node.Data {
		folded += " "
	}
	return folded
}

func attributeList(node *html.Node) string {
	var list []string
	for _, a := range node.Attr {
		if a.Key == "for" && a.Val == "" {
			continue // a label of no control stands only among the examples
		}
		if a.Key == "aria-label" {
			a.Val = strings.TrimPrefix(a.Val, "NHS ") // their logo's name
		}
		if a.Key == "class" {
			names := strings.Fields(a.Val)
			slices.Sort(names)
			a.Val = strings.Join(names, " ")
		}
		list = append(list, fmt.Sprintf(" %s=%q", a.Key, a.Val))
	}
	slices.Sort(list)
	return strings.Join(list, "")
}

func attribute(node *html.Node, name string) string {
	if node == nil {
		return ""
	}
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// markup is an example's own HTML, to be the content of a component.
func markup(text string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// around gives the component with the content as its children.
func around(component templ.Component, content string) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return component.Render(templ.WithChildren(ctx, markup(content)), w)
	})
}

// strict reads options and refuses any that the target does not know.
func strict(text []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(target)
	if err == nil {
		return nil
	}
	if _, name, found := strings.Cut(err.Error(), "unknown field "); found {
		return unsupported(strings.Trim(name, `"`))
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return unsupported(wrong.Field + " as " + wrong.Value)
	}
	return err
}

// read makes an adapter of a target for the options and what to make of it.
func read[T any](use func(options T, e example) (templ.Component, error)) adapter {
	return func(e example) (templ.Component, error) {
		var options T
		if err := strict(e.Context, &options); err != nil {
			return nil, err
		}
		return use(options, e)
	}
}
