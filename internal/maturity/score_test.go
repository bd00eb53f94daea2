package maturity_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

func TestScoreByHand(t *testing.T) {
	t.Parallel()
	b := uniform(version(t), 5, 3, 3, 4, 4, 4, 5, 2, 3, 4, 4)
	b.invited = 12
	r := maturity.Score(b.input())
	it := itemOf(t, r, "1.1")
	near(t, "mean", *it.Mean, 3.6, 1e-9)
	near(t, "median", *it.Median, 4, 0)
	near(t, "AD", *it.AverageDeviation, 0.68, 1e-9)
	near(t, "A", *it.Agreement, 0.6, 1e-9)
	near(t, "lowest possible", *it.LowestPossible, (36.0+2)/12, 1e-9)
	near(t, "highest possible", *it.HighestPossible, (36.0+10)/12, 1e-9)
	if it.Label != maturity.Fair {
		t.Errorf("label %q", it.Label)
	}
	near(t, "overall", *r.Overall.Score, 3.6, 1e-9)
	if r.Overall.Level != "Working well" {
		t.Errorf("level %q", r.Overall.Level)
	}
	// t(9) = 2.262, s = 0.8433, √(1 − 10/12) = 0.4082
	near(t, "margin", *r.Overall.High-*r.Overall.Score, 2.2622*0.84327/3.16228*0.40825, 1e-4)
	if !r.Overall.OnEdge {
		t.Error("an interval from 3.35 to 3.85 lies on the edge at 3.4")
	}
	near(t, "executives", *r.Sides.Elements[0].Executive, 3.6, 1e-9)
	near(t, "non-executives", *r.Sides.Elements[0].NonExecutive, 3.6, 1e-9)
}

// Method 3.2 works this example: 12 invited, 9 scored, mean 3.4.
func TestBoundsExample(t *testing.T) {
	t.Parallel()
	b := uniform(version(t), 0, 3, 3, 3, 3, 3, 4, 4, 4, 4, dk, rns, none)
	r := maturity.Score(b.input())
	it := itemOf(t, r, "2.1")
	near(t, "lowest", *it.LowestPossible, (31.0+3)/12, 1e-9)
	near(t, "highest", *it.HighestPossible, (31.0+15)/12, 1e-9)
	if *it.N != 9 || *it.DontKnow != 1 || *it.RatherNotSay != 1 || *it.NotAnswered != 1 {
		t.Errorf("states of no score: %+v", it)
	}
}

func TestElementIsTheMeanOfItsItems(t *testing.T) {
	t.Parallel()
	b := uniform(version(t), 0, 3, 3, 3, 3, 3, 3)
	b.set("1.1", 5, 5, 5, dk, dk, dk) // three scores weigh as much as six
	e := elementOf(t, maturity.Score(b.input()), "1")
	near(t, "element", *e.Score, (5.0+3+3+3+3)/5, 1e-9)
	near(t, "don't know", *e.DontKnow, 3.0/30, 1e-9)
}

func TestEveryoneAnswered(t *testing.T) {
	t.Parallel()
	r := maturity.Score(uniform(version(t), 0, 1, 2, 3, 4, 5).input())
	if *r.Overall.Low != *r.Overall.High || r.Overall.Range() != "everyone answered" {
		t.Errorf("%v to %v: %s", *r.Overall.Low, *r.Overall.High, r.Overall.Range())
	}
}

func TestScoreOfNobody(t *testing.T) {
	t.Parallel()
	r := maturity.Score(maturity.Input{Version: version(t), Form: questionnaire.Core, Invited: 9})
	if r.Overall.Score != nil || r.Overall.Hidden == "" || len(r.Elements) != 8 {
		t.Errorf("%+v", r.Overall)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

func TestCutsRunAcrossElements(t *testing.T) {
	t.Parallel()
	v := version(t)
	r := maturity.Score(uniform(v, 0, 3, 3, 3, 3, 3).input())
	if len(r.Factors) != 7 || len(r.Lenses) != 3 {
		t.Fatalf("%d factors, %d lenses", len(r.Factors), len(r.Lenses))
	}
	for _, c := range append(r.Factors, r.Lenses...) {
		if len(c.Items) == 0 || *c.Score != 3 {
			t.Errorf("%s: %+v", c.Key, c)
		}
	}
}

func TestOrderOfResponsesDoesNotMatter(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		in := drawBoard(t, v, 1, 14).input()
		before := [2]string{text(t, maturity.Score(in)), text(t, maturity.Hide(in))}
		seed := rapid.Uint64().Draw(t, "seed")
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(in.Responses), func(i, j int) {
			in.Responses[i], in.Responses[j] = in.Responses[j], in.Responses[i]
		})
		if after := [2]string{text(t, maturity.Score(in)), text(t, maturity.Hide(in))}; after != before {
			t.Fatalf("before\n%s\nafter\n%s", before, after)
		}
	})
}

func text(t interface{ Fatal(...any) }, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRaisingAnAnswerNeverLowersAScore(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		b := drawBoard(t, v, 1, 14)
		before := maturity.Score(b.input())
		p := rapid.IntRange(0, len(b.rows)-1).Draw(t, "person")
		q := rapid.IntRange(0, len(b.rows[p])-1).Draw(t, "question")
		level, ok := b.rows[p][q].Level()
		if !ok || level == 5 {
			return
		}
		b.rows[p][q]++
		after := maturity.Score(b.input())
		if *after.Overall.Score < *before.Overall.Score {
			t.Fatal("overall fell")
		}
		for i, e := range before.Elements {
			if e.Score != nil && *after.Elements[i].Score < *e.Score {
				t.Fatal("element fell")
			}
			for k, it := range e.Items {
				if it.Mean != nil && *after.Elements[i].Items[k].Mean < *it.Mean {
					t.Fatal("item fell")
				}
			}
		}
	})
}

func TestIntervalsHoldTheirScore(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		in := drawBoard(t, v, 1, 14).input()
		for _, r := range []maturity.Result{maturity.Score(in), maturity.Hide(in)} {
			for _, f := range figures(r) {
				if f.Low == nil {
					continue
				}
				if !(1 <= *f.Low && *f.Low <= *f.Score && *f.Score <= *f.High && *f.High <= 5) {
					t.Fatalf("%v %v %v", *f.Low, *f.Score, *f.High)
				}
			}
		}
	})
}

func figures(r maturity.Result) []maturity.Figure {
	all := []maturity.Figure{r.Overall}
	for _, e := range r.Elements {
		all = append(all, e.Figure)
	}
	for _, c := range append(append([]maturity.Cut{}, r.Factors...), r.Lenses...) {
		all = append(all, c.Figure)
	}
	return all
}

// fourteen is a board as large as they commonly are.
func fourteen(v *questionnaire.Version) board {
	source := rand.New(rand.NewPCG(1, 2))
	b := board{version: v, form: questionnaire.Full, execs: 6, invited: 16}
	for range 14 {
		row := make([]assessment.Choice, len(v.Questions(b.form)))
		for i := range row {
			row[i] = assessment.Choice(1 + min(4, max(0, int(source.NormFloat64()*0.9+2.7))))
			if source.IntN(12) == 0 {
				row[i] = dk
			}
		}
		b.rows = append(b.rows, row)
	}
	return b
}

func BenchmarkScore(b *testing.B) {
	in := fourteen(version(b)).input()
	b.ReportAllocs()
	for b.Loop() {
		maturity.Score(in)
	}
}

func BenchmarkPublish(b *testing.B) {
	in := fourteen(version(b)).input()
	b.ReportAllocs()
	for b.Loop() {
		maturity.Publish(in, maturity.Meta{})
	}
}
