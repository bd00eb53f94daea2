package maturity_test

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"octant/internal/assessment"
	"octant/internal/maturity"
)

func TestNothingShowsBelowFive(t *testing.T) {
	t.Parallel()
	for people := range 5 {
		b := uniform(version(t), 2, slices.Repeat([]assessment.Choice{4}, people)...)
		b.invited = 9
		r := maturity.Hide(b.input())
		if r.Hidden == "" || r.Overall.Score != nil || r.Sides.Hidden == "" {
			t.Errorf("%d people: %+v", people, r.Overall)
		}
		var numbers []string
		walk(json.RawMessage(text(t, r)), "", func(path string) { numbers = append(numbers, path) })
		want := []string{".invited", ".respondents", ".sides.exec.invited", ".sides.ned.invited"}
		if slices.Sort(numbers); !slices.Equal(numbers, want) {
			t.Errorf("%d people: numbers at %v", people, numbers)
		}
	}
}

// walk finds every number in a JSON text.
func walk(raw json.RawMessage, path string, found func(path string)) {
	var object map[string]json.RawMessage
	var list []json.RawMessage
	var number float64
	switch {
	case json.Unmarshal(raw, &object) == nil && object != nil:
		for key, v := range object {
			walk(v, path+"."+key, found)
		}
	case json.Unmarshal(raw, &list) == nil && list != nil:
		for _, v := range list {
			walk(v, path+"[]", found)
		}
	case string(raw) != "null" && json.Unmarshal(raw, &number) == nil:
		found(path)
	}
}

func TestItemsAreToldByHowMuchTheyGiveAway(t *testing.T) {
	t.Parallel()
	v := version(t)
	for _, c := range []struct {
		name    string
		choices []assessment.Choice
		check   func(it maturity.Item) bool
	}{
		{"four scores", []assessment.Choice{3, 4, 5, 2, dk, dk, rns, none}, func(it maturity.Item) bool {
			return it.Mean == nil && it.N == nil && it.NoAnswer == nil && *it.DontKnow == 2 && it.Hidden != ""
		}},
		{"bands", []assessment.Choice{1, 3, 3, 4, 5, 2}, func(it maturity.Item) bool {
			return slices.Equal(it.Bands, []int{2, 2, 2}) && it.Counts == nil && *it.Mean == 3 && it.AverageDeviation == nil && it.Agreement == nil
		}},
		{"bands alone", []assessment.Choice{1, 5, 5, 5, 5}, func(it maturity.Item) bool {
			return slices.Equal(it.Bands, []int{1, 0, 4}) && *it.Mean == 4 && it.Label == ""
		}},
		{"nine", []assessment.Choice{1, 3, 3, 4, 5, 2, 4, 4, 3}, func(it maturity.Item) bool {
			return slices.Equal(it.Counts, []int{1, 1, 3, 3, 1}) && *it.Mean == 3
		}},
		{"ten", []assessment.Choice{3, 3, 4, 4, 4, 5, 2, 3, 4, 4}, func(it maturity.Item) bool {
			return *it.Mean == 3.6 && *it.AverageDeviation == 0.68 && *it.Agreement == 0.6 && it.Label == maturity.Fair
		}},
		{"unanimous", slices.Repeat([]assessment.Choice{4}, 9), func(it maturity.Item) bool {
			return it.AgreedAt == 4 && it.Counts == nil && it.Bands == nil && it.Median == nil && *it.Mean == 4
		}},
		{"two neighbours", []assessment.Choice{4, 4, 4, 3, 3, 4, 4, 4, 4, 4, 4}, func(it maturity.Item) bool {
			return it.AgreedAt == 4 && it.Counts == nil && *it.Mean == 4 && it.Label == maturity.Close
		}},
		{"five neighbours", []assessment.Choice{4, 4, 4, 3, 4}, func(it maturity.Item) bool {
			return it.AgreedAt == 4 && it.Bands == nil && it.Mean == nil
		}},
		{"one apart", []assessment.Choice{2, 4, 4, 4, 4, 4, 4, 4}, func(it maturity.Item) bool {
			return it.NearlyAll == 4 && it.Counts == nil && it.Mean == nil && it.Label == ""
		}},
		{"one apart and one beside", []assessment.Choice{2, 4, 4, 5, 4, 4, 4, 4}, func(it maturity.Item) bool {
			return it.NearlyAll == 4 && it.Counts == nil
		}},
		{"all but two do not know", []assessment.Choice{dk, dk, dk, dk, 3, 4}, func(it maturity.Item) bool {
			return it.DontKnow == nil && it.NearlyAllDontKnow && it.HiddenValues["dontKnow"] != ""
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := uniform(v, 0, c.choices...)
			if it := itemOf(t, maturity.Hide(b.input()), "3.2"); !c.check(it) {
				t.Error(text(t, it))
			}
		})
	}
}

// Each null has a reason beside it or above it.
func TestEveryHiddenValueHasAReason(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		r := maturity.Hide(drawBoard(t, v, 0, 14).input())
		var whole map[string]any
		if err := json.Unmarshal([]byte(text(t, r)), &whole); err != nil {
			t.Fatal(err)
		}
		reasoned(t, "result", whole, false)
	})
}

func reasoned(t *rapid.T, path string, object map[string]any, above bool) {
	_, said := object["hidden"]
	values, _ := object["hiddenValues"].(map[string]any)
	for key, v := range object {
		switch v := v.(type) {
		case nil:
			if _, own := values[key]; !own && !said && !above {
				t.Fatalf("%s.%s is null without a reason: %v", path, key, object)
			}
		case map[string]any:
			reasoned(t, path+"."+key, v, above || said)
		case []any:
			for _, x := range v {
				if o, ok := x.(map[string]any); ok {
					reasoned(t, path+"."+key, o, false)
				}
			}
		}
	}
}

// The figures above single questions follow from what is shown of these, so
// that they tell nothing else: this test works them out from the items alone.
func TestFiguresFollowFromPublishedItems(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		r := maturity.Hide(drawBoard(t, v, 5, 18).input())
		value := make(map[string]float64)
		overall, elements := 0.0, 0.0
		for _, e := range r.Elements {
			var keys []string
			for _, it := range e.Items {
				keys = append(keys, it.Key)
				if x, ok := known(it); ok {
					value[it.Key] = x
				}
			}
			if score, ok := follows(t, e.Figure, keys, value); ok {
				overall += score
				elements++
			}
		}
		for _, c := range append(slices.Clone(r.Factors), r.Lenses...) {
			follows(t, c.Figure, c.Items, value)
		}
		if (r.Overall.Score != nil) != (elements >= 5) {
			t.Fatalf("overall of %v elements: %v", elements, r.Overall)
		}
		if r.Overall.Score != nil && math.Abs(*r.Overall.Score-overall/elements) > 0.0501 {
			t.Fatalf("overall %v, not %v", *r.Overall.Score, overall/elements)
		}
	})
}

// known is the value of an item that anybody can read off what is shown of it.
func known(it maturity.Item) (float64, bool) {
	switch {
	case it.N == nil:
		return 0, false
	case it.Counts != nil:
		return maturity.Counts(it.Counts).Mean(), true
	case it.NearlyAll > 0:
		return float64(it.NearlyAll), true
	case it.Mean == nil:
		return float64(it.AgreedAt), true
	}
	return *it.Mean, true
}

func follows(t *rapid.T, f maturity.Figure, keys []string, value map[string]float64) (score float64, shown bool) {
	n := 0.0
	for _, k := range keys {
		if x, ok := value[k]; ok {
			score += x
			n++
		}
	}
	if shown = n > 0 && n >= 0.6*float64(len(keys)); shown != (f.Score != nil) {
		t.Fatalf("%v of %d shown: %+v", n, len(keys), f)
	}
	if score /= n; shown && math.Abs(*f.Score-score) > 0.0501 {
		t.Fatalf("score %v, not %v", *f.Score, score)
	}
	return score, shown
}

// What is published lies near what is true: nearest for questions told in
// counts, and within half a level for any element.
func TestPublishedLiesNearThePlain(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		in := drawBoard(t, v, 5, 18).input()
		plain, shown := maturity.Score(in), maturity.Hide(in)
		for i, e := range shown.Elements {
			for k, it := range e.Items {
				real := plain.Elements[i].Items[k]
				if it.N == nil {
					continue
				}
				if *real.LowestPossible < *it.LowestPossible-1e-9 || *real.HighestPossible > *it.HighestPossible+1e-9 {
					t.Fatalf("bounds %v to %v leave out %v to %v", *it.LowestPossible, *it.HighestPossible, *real.LowestPossible, *real.HighestPossible)
				}
				if it.Counts != nil && math.Abs(*it.Mean-*real.Mean) > 0.2501 {
					t.Fatalf("mean %v of %v", *it.Mean, *real.Mean)
				}
			}
		}
	})
}

func TestPublishedIntervalIsNoNarrower(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		b := drawBoard(t, v, 8, 18)
		for _, row := range b.rows { // the bound holds for complete answers
			for i, c := range row {
				if _, ok := c.Level(); !ok {
					row[i] = 3
				}
			}
		}
		plain, shown := maturity.Score(b.input()), maturity.Hide(b.input())
		for i, e := range shown.Elements {
			inWords := slices.ContainsFunc(e.Items, func(it maturity.Item) bool { return it.Counts == nil })
			wide, narrow := *e.High-*e.Low, *plain.Elements[i].High-*plain.Elements[i].Low
			if clipped := *e.Low == 1 || *e.High == 5; !inWords && !clipped && wide < narrow-1e-9 {
				t.Fatalf("%v is narrower than %v", wide, narrow)
			}
		}
	})
}

func TestSidesNeedFiveEach(t *testing.T) {
	t.Parallel()
	v := version(t)
	choices := []assessment.Choice{4, 5, 3, 4, 2, 3, 2, 4, 1, 2, 3, 4}
	for execs, want := range map[int]bool{0: false, 4: false, 5: true, 6: true, 7: true, 8: false, 12: false} {
		r := maturity.Hide(uniform(v, execs, choices...).input())
		if shown := r.Sides.Hidden == ""; shown != want {
			t.Errorf("%d executives of 12: shown %v", execs, shown)
		}
		if !want && r.Sides.Executive.Respondents != nil {
			t.Errorf("%d executives of 12: turnout told", execs)
		}
	}
}

func TestPersonOnNeitherSideHidesBoth(t *testing.T) {
	t.Parallel()
	in := uniform(version(t), 5, 4, 5, 3, 4, 2, 3, 2, 4, 1, 2, 3, 4).input()
	in.Responses[11].Side = "attender"
	if r := maturity.Hide(in); r.Sides.Hidden == "" {
		t.Error("the attender's answer follows by subtraction")
	}
}

func TestSideElementNeedsFiveOfEachInMostQuestions(t *testing.T) {
	t.Parallel()
	b := uniform(version(t), 5, 4, 5, 3, 4, 2, 3, 2, 4, 1, 2, 3, 4)
	for _, q := range []string{"1.1", "1.2", "1.3"} {
		b.set(q, dk) // one executive: four of that side are left
	}
	b.set("2.1", dk).set("2.2", dk)
	r := maturity.Hide(b.input())
	if r.Sides.Elements[0].Gap != nil || r.Sides.Elements[1].Gap == nil {
		t.Errorf("two of five, and three of five questions: %s", text(t, r.Sides.Elements[:2]))
	}
	if r.Sides.Elements[0].ExecutiveDontKnow != maturity.SomeDontKnow {
		t.Errorf("3 of 25 answers: %q", r.Sides.Elements[0].ExecutiveDontKnow)
	}
}

func TestPublishTwiceGivesTheSameBytes(t *testing.T) {
	t.Parallel()
	v := version(t)
	meta := maturity.Meta{
		Trust: maturity.Trust{ODS: "RX1", Name: "Invented"},
		Round: maturity.Round{ID: "r", Title: "First", Opened: time.Date(2026, 11, 1, 9, 0, 0, 5, time.FixedZone("", 3600)), Closed: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)},
		Roles: []maturity.RoleCount{{Role: "Chair", Invited: 1}, {Role: "Non-executive director", Invited: 6}},
	}
	rapid.Check(t, func(t *rapid.T) {
		in := drawBoard(t, v, 0, 18).input()
		document, digest, err := maturity.Freeze(maturity.Publish(in, meta))
		if err != nil {
			t.Fatal(err)
		}
		report, err := maturity.Thaw(document)
		if err != nil {
			t.Fatal(err)
		}
		again, same, err := maturity.Freeze(report)
		if err != nil || string(again) != string(document) || same != digest || len(digest) != 64 {
			t.Fatalf("%v\n%s\n%s", err, document, again)
		}
		if next, _, _ := maturity.Freeze(maturity.Publish(in, meta)); string(next) != string(document) {
			t.Fatal("published differently the second time")
		}
		if report.Roles[0].Invited != 6 {
			t.Fatal("roles are not in order")
		}
	})
}

func TestThawRefuses(t *testing.T) {
	t.Parallel()
	document, _, err := maturity.Freeze(maturity.Publish(uniform(version(t), 0, 1, 2, 3, 4, 5).input(), maturity.Meta{}))
	if err != nil {
		t.Fatal(err)
	}
	for name, broken := range map[string]string{
		"nothing":        "",
		"no JSON":        "report",
		"another schema": strings.Replace(string(document), `"schema":1`, `"schema":2`, 1),
		"no schema":      "{}",
		"unknown field":  strings.Replace(string(document), `"schema":1`, `"schema":1,"score":3`, 1),
		"two documents":  string(document) + "{}",
	} {
		if _, err := maturity.Thaw([]byte(broken)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}
