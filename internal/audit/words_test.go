package audit_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"octant/internal/audit"
)

// deeds are all that the source declares, so that one added tomorrow is asked
// for its words too.
func deeds(t *testing.T) []audit.Deed {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "audit.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var found []audit.Deed
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Deed" {
			words, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, audit.Deed(words))
		}
		return false
	})
	if len(found) < 30 {
		t.Fatalf("found only %d deeds", len(found))
	}
	return found
}

func TestEveryDeedHasOneKindAndItsWords(t *testing.T) {
	t.Parallel()
	names := audit.Names{Actor: "Amina Yusuf", Person: "Ben Okafor", Round: "Autumn 2026"}
	for _, deed := range deeds(t) {
		var kinds []audit.Kind
		for _, k := range audit.Kinds() {
			if slices.Contains(k.Deeds(), deed) {
				kinds = append(kinds, k)
			}
		}
		if len(kinds) != 1 || kinds[0].String() == "" {
			t.Errorf("%q is of the kinds %q, want one with words", deed, kinds)
		}
		told := audit.Entry{Deed: deed, Actor: uuid.New()}.Tell(names)
		if !strings.HasPrefix(told, "Amina Yusuf ") || strings.Contains(told, string(deed)) || strings.Contains(told, "ROUND") || strings.Contains(told, "PERSON") {
			t.Errorf("%q is told as %q", deed, told)
		}
		unnamed := audit.Entry{Deed: deed}.Tell(audit.Names{})
		if !strings.HasPrefix(unnamed, "Octant ") || strings.Contains(unnamed, "ROUND") || strings.Contains(unnamed, "‘’") || strings.Contains(unnamed, "  ") {
			t.Errorf("%q without names is told as %q", deed, unnamed)
		}
	}
}

func TestTelling(t *testing.T) {
	t.Parallel()
	who, whom := uuid.New(), uuid.New()
	names := audit.Names{Actor: "Amina Yusuf", Person: "Ben Okafor", Round: "Winter 2026"}
	for want, e := range map[string]audit.Entry{
		"Amina Yusuf opened the round ‘Autumn 2026’":                                          {Actor: who, Deed: audit.RoundOpened, Detail: "Autumn 2026"},
		"Octant closed the round ‘Autumn 2026’":                                               {Deed: audit.RoundClosed, Detail: "Autumn 2026"},
		"Amina Yusuf put Ben Okafor on the list of the round ‘Autumn 2026’":                   {Actor: who, Deed: audit.Invited, Person: whom, Detail: "Autumn 2026"},
		"Amina Yusuf granted a role to Ben Okafor (chair, from 1 May 2026)":                   {Actor: who, Deed: audit.RoleGranted, Person: whom, Detail: "chair, from 1 May 2026"},
		"Amina Yusuf gave Ben Okafor more time in the round ‘Winter 2026’ (to 3 August 2026)": {Actor: who, Deed: audit.RoundExtended, Person: whom, Detail: "to 3 August 2026"},
		"Amina Yusuf sent Ben Okafor a letter again about the round ‘Winter 2026’":            {Actor: who, Deed: audit.LetterAgain, Person: whom, Detail: "Winter 2026"},
		"Amina Yusuf recorded: something new":                                                 {Actor: who, Deed: "something new"},
	} {
		if got := e.Tell(names); got != want {
			t.Errorf("told %q, want %q", got, want)
		}
	}
	if got := (audit.Entry{Actor: who, Deed: audit.RoundExtended}).Tell(audit.Names{}); got != "Somebody whose name is not kept gave somebody more time" {
		t.Errorf("without any name it is told as %q", got)
	}
}
