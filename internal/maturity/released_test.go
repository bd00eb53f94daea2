package maturity_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"octant/internal/maturity"
)

// few says whether a count is of some people, but of too few.
func few(n int) bool { return n > 0 && n < maturity.MinShown }

// TestReleasedReportCountsNobodyBelowFive takes any board and looks at every
// place where people are counted by what they answered.
func TestReleasedReportCountsNobodyBelowFive(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(rt *rapid.T) {
		report := maturity.Publish(drawBoard(rt, v, 1, 18).input(), maturity.Meta{Roles: []maturity.RoleCount{{Role: "Chair", Invited: 1}}})
		before := text(t, report)
		released := report.Released()
		if text(t, report) != before {
			rt.Fatal("the report itself was changed")
		}
		if released.Roles != nil {
			rt.Fatal("roles are named")
		}
		for _, e := range released.Result.Elements {
			unknown := true
			for _, it := range e.Items {
				checkReleased(rt, released.Result, it)
				unknown = unknown && it.DontKnow != nil
			}
			if e.DontKnow != nil && !unknown {
				rt.Fatalf("element %s: the share of “I do not know” gives away a question's", e.Key)
			}
		}
		for _, f := range append(released.BlindSpots, released.TalkAbout...) {
			if f.Count != nil && few(*f.Count) {
				rt.Fatalf("a finding counts %d people", *f.Count)
			}
		}
		subset(rt, json.RawMessage(before), json.RawMessage(text(t, released)), "")
	})
}

func checkReleased(rt *rapid.T, r maturity.Result, it maturity.Item) {
	for _, counts := range [][]int{it.Counts, it.Bands} {
		for _, n := range counts {
			if few(n) {
				rt.Fatalf("%s counts %v", it.Key, counts)
			}
		}
	}
	for _, p := range []*int{it.N, it.DontKnow, it.NoAnswer} {
		if p != nil && few(*p) {
			rt.Fatalf("%s counts %d people", it.Key, *p)
		}
	}
	if it.N != nil && it.DontKnow == nil || it.N != nil && few(r.Respondents-*it.N) {
		rt.Fatalf("%s gives away by subtraction how many gave no score", it.Key)
	}
	if it.Counts == nil && (it.AverageDeviation != nil || it.Agreement != nil || it.Median != nil) {
		rt.Fatalf("%s hides counts and shows what they can be worked out from", it.Key)
	}
	if it.NearlyAll > 0 || it.NearlyAllDontKnow || it.Evidenced != nil {
		rt.Fatalf("%s: %+v", it.Key, it)
	}
}

// subset fails unless every value in b stands at the same place in a, but for
// reasons and for what is null.
func subset(rt *rapid.T, a, b json.RawMessage, path string) {
	var objectA, objectB map[string]json.RawMessage
	var listA, listB []json.RawMessage
	switch {
	case string(b) == "null" || strings.Contains(path, ".hidden") || strings.Contains(path, ".hiddenValues"):
	case json.Unmarshal(b, &objectB) == nil:
		_ = json.Unmarshal(a, &objectA)
		for key, value := range objectB {
			subset(rt, objectA[key], value, path+"."+key)
		}
	case json.Unmarshal(b, &listB) == nil:
		_ = json.Unmarshal(a, &listA)
		if len(listA) != len(listB) {
			rt.Fatalf("%s has another length", path)
		}
		for i := range listB {
			subset(rt, listA[i], listB[i], path)
		}
	case !reflect.DeepEqual(a, b):
		rt.Fatalf("%s is %s, was %s", path, b, a)
	}
}

func TestReleasedKeepsScoresAndWords(t *testing.T) {
	t.Parallel()
	v := version(t)
	b := uniform(v, 6, 2, 2, 2, 3, 3, 4, 4, 4, 5, 5, 3, dk)
	report := maturity.Publish(b.input(), maturity.Meta{})
	released := report.Released()
	for i, e := range released.Result.Elements {
		if e.Score == nil || *e.Score != *report.Result.Elements[i].Score || e.Items[0].Mean == nil || e.Items[0].Label == "" {
			t.Errorf("element %s lost its score, or a question its mean or label: %+v", e.Key, e)
		}
		if e.Items[0].HiddenValues["counts"] == "" || e.Items[0].HiddenValues["dontKnow"] == "" {
			t.Errorf("element %s gives no reason for what is left out", e.Key)
		}
	}
	if released.Result.Overall.Score == nil || len(released.Gaps) != len(report.Gaps) {
		t.Error("the overall score or a finding is gone")
	}
}
