package register_test

import (
	"fmt"
	"slices"
	"testing"

	"octant/internal/register"
)

// TestAncestors: A became part of B and B of D; C was split between D and E, and
// X had become part of C; F was split into G and H, of which G joined D whole.
func TestAncestors(t *testing.T) {
	t.Parallel()
	all := []register.Succession{
		{From: "A", To: "B", On: register.Date(2020, 4, 1), Kind: register.Merger},
		{From: "B", To: "D", On: register.Date(2022, 4, 1), Kind: register.Acquisition},
		{From: "X", To: "C", On: register.Date(2010, 4, 1), Kind: register.Rename},
		{From: "C", To: "D", On: register.Date(2021, 4, 1), Kind: register.Split},
		{From: "C", To: "E", On: register.Date(2021, 4, 1), Kind: register.Split},
		{From: "F", To: "G", On: register.Date(2015, 4, 1), Kind: register.Split},
		{From: "F", To: "H", On: register.Date(2015, 4, 1), Kind: register.Split},
		{From: "G", To: "D", On: register.Date(2019, 4, 1), Kind: register.Merger},
	}
	told := func(code string) (said []string) {
		for _, a := range register.Trace(code, all).Ancestors() {
			said = append(said, fmt.Sprint(a.From, " to ", a.To, ", apart ", a.Apart))
		}
		return said
	}
	for code, want := range map[string][]string{
		"D": {"B to D, apart false", "C to D, apart true", "A to B, apart false", "G to D, apart false", "F to G, apart true", "X to C, apart true"},
		"E": {"C to E, apart true", "X to C, apart true"},
		"B": {"A to B, apart false"},
		"A": nil,
	} {
		if got := told(code); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", code, got, want)
		}
	}
}
