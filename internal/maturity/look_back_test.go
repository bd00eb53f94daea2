package maturity_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// lookBack has the people of a round look back: a row each, an element a column.
func lookBack(in maturity.Input, rows [][]assessment.Choice) maturity.Input {
	for p, row := range rows {
		for i, c := range row {
			key := questionnaire.BackKey(in.Version.Elements[i].Key)
			in.Responses[p].Answers[key] = assessment.Answer{Question: key, Choice: c}
		}
	}
	return in
}

// drawLookBack draws how people look back.
func drawLookBack(t *rapid.T, v *questionnaire.Version, people int) [][]assessment.Choice {
	rows := make([][]assessment.Choice, people)
	for range v.Elements {
		for p, c := range drawColumn(t, people) {
			rows[p] = append(rows[p], c)
		}
	}
	return rows
}

// TestLookBackStandsByItself takes any two rounds. Whatever people say looking
// back, all else that is told stays the same to the letter; and whatever they say
// of today, the same is told of how they looked back. So no two published numbers
// can be subtracted to get at a look-back answer: none but its own mean holds any
// part of it.
func TestLookBackStandsByItself(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(rt *rapid.T) {
		earlier := maturity.Publish(drawBoard(rt, v, 1, 14).input(), maturity.Meta{Round: maturity.Round{ID: "first"}})
		meta := maturity.Meta{Round: maturity.Round{ID: "second"}, Earlier: &earlier}
		now := drawBoard(rt, v, 5, 14)
		people := len(now.rows)
		said, unsaid := lookBack(now.input(), drawLookBack(rt, v, people)), lookBack(now.input(), drawLookBack(rt, v, people))
		one, other := maturity.Publish(said, meta), maturity.Publish(unsaid, meta)
		looked := one.LookBack
		checkLookBack(rt, said, earlier, one)
		one.LookBack, other.LookBack = nil, nil
		if text(t, one) != text(t, other) {
			rt.Fatal("a look-back answer shows outside the look-back")
		}
		before := maturity.Sitting{Input: said, Result: one.Result}
		then, upon := maturity.Follow(before, before, "a", "b", nil, maturity.Turnover{}), maturity.Follow(
			maturity.Sitting{Input: unsaid, Result: other.Result}, maturity.Sitting{Input: unsaid, Result: other.Result}, "a", "b", nil, maturity.Turnover{})
		if text(t, then) != text(t, upon) {
			rt.Fatal("a look-back answer shows in what is told of returning members")
		}
		elsewhere := drawBoard(rt, v, people, people)
		again := elsewhere.input()
		for p := range again.Responses {
			for _, q := range v.LookBack() {
				again.Responses[p].Answers[q.Key] = said.Responses[p].Answers[q.Key]
			}
		}
		if text(t, maturity.Publish(again, meta).LookBack) != text(t, looked) {
			rt.Fatal("an answer of today shows in the look-back")
		}
	})
}

// checkLookBack compares what is told with the plain means.
func checkLookBack(rt *rapid.T, in maturity.Input, earlier, r maturity.Report) {
	if r.LookBack == nil || r.LookBack.Round.ID != "first" || len(r.LookBack.Elements) != len(in.Version.Elements) {
		rt.Fatalf("look-back is %+v", r.LookBack)
	}
	for i, e := range r.LookBack.Elements {
		var c maturity.Counts
		for _, response := range in.Responses {
			if level, ok := response.Answers[questionnaire.BackKey(e.Key)].Choice.Level(); ok {
				c[level-1]++
			}
		}
		if (e.Score == nil) != (c.N() < maturity.MinShown) || (e.Hidden == "") != (e.Score != nil) || (e.N == nil) != (e.Score == nil) {
			rt.Fatalf("%v is told as %+v", c, e)
		}
		if e.Score != nil && (*e.N != c.N() || *e.Score < c.Mean()-0.75 || *e.Score > c.Mean()+0.75) {
			rt.Fatalf("%v, mean %v, is told as %v of %d", c, c.Mean(), *e.Score, *e.N)
		}
		if was := earlier.Result.Elements[i].Score; (was == nil) != (e.Then == nil) || was != nil && *was != *e.Then {
			rt.Fatalf("element %s was scored %v, told as %v", e.Key, was, e.Then)
		}
	}
}

// TestLookBackOfAFirstRound: there is none, and the document says nothing of it,
// so that reports from before anybody looked back keep their digests.
func TestLookBackOfAFirstRound(t *testing.T) {
	t.Parallel()
	v := version(t)
	in := lookBack(uniform(v, 5, 2, 3, 3, 4, 4, 5, 1, 2, 3, 4).input(), drawn(10, 8, 3))
	r := maturity.Publish(in, maturity.Meta{})
	document, _, err := maturity.Freeze(r)
	if err != nil || r.LookBack != nil || strings.Contains(string(document), "lookBack") || r.LookBack.Told() {
		t.Errorf("%v, %v", r.LookBack, err)
	}
	few := maturity.Publish(lookBack(uniform(v, 2, 2, 3, 4).input(), drawn(3, 8, 3)), maturity.Meta{Earlier: &r})
	if few.LookBack != nil {
		t.Errorf("of three people something is told: %+v", few.LookBack)
	}
}

// drawn is the same choice for so many people and elements.
func drawn(people, elements int, c assessment.Choice) [][]assessment.Choice {
	rows := make([][]assessment.Choice, people)
	for p := range rows {
		for range elements {
			rows[p] = append(rows[p], c)
		}
	}
	return rows
}

func TestLookBackIsFrozenAndCompared(t *testing.T) {
	t.Parallel()
	v := version(t)
	earlier := maturity.Publish(uniform(v, 5, 4, 4, 5, 4, 3, 3, 4, 5, 3, 4).input(), maturity.Meta{Round: maturity.Round{ID: "first", Title: "First"}})
	rows := drawn(10, 8, 2)
	for p := range rows {
		rows[p][0] = assessment.Choice(1 + p%4) // 1 2 3 4 1 2 3 4 1 2: 2.3
		rows[p][1] = rns
	}
	rows[0][2], rows[1][2] = dk, none
	later := maturity.Publish(lookBack(uniform(v, 5, 4, 4, 5, 4, 3, 3, 4, 5, 3, 4).input(), rows),
		maturity.Meta{Round: maturity.Round{ID: "second"}, Earlier: &earlier})
	document, _, err := maturity.Freeze(later)
	if err != nil {
		t.Fatal(err)
	}
	thawed, err := maturity.Thaw(document)
	if err != nil || text(t, thawed) != text(t, later) {
		t.Fatalf("thawed otherwise: %v", err)
	}
	c := maturity.Compare(earlier, thawed, v, v, nil, true)
	if c.LookBack == nil || !c.LookBack.Told() || !c.LookBack.SameAsked(later.Result) {
		t.Fatal("the comparison does not look back")
	}
	if e := c.LookBack.Of("1"); *e.Score != 2.3 || *e.N != 10 || *e.Then != 3.9 {
		t.Errorf("element 1: %v of %d, then %v", *e.Score, *e.N, *e.Then)
	}
	if e := c.LookBack.Of("2"); e.Score != nil || e.Hidden == "" || e.Then == nil {
		t.Errorf("nobody gave a score, and that is told as %+v", e)
	}
	if e := c.LookBack.Of("3"); *e.N != 8 || *thawed.Released().LookBack.Of("1").N != 10 || thawed.Released().LookBack.Of("3").N != nil {
		t.Errorf("a release counts the two who did not look back: %+v", e)
	}
	if other := maturity.Compare(maturity.Report{Round: maturity.Round{ID: "zeroth"}, Result: earlier.Result}, thawed, v, v, nil, false); other.LookBack != nil {
		t.Error("what was asked about one round is told of another")
	}
}
