package chart

import (
	"bytes"
	"context"
	"math/rand/v2"
	"reflect"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"pgregory.net/rapid"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

func version(t interface{ Fatal(...any) }) *questionnaire.Version {
	v, err := questionnaire.Load("2026-1")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// everything is a report in which nothing is hidden, of twelve people whose
// answers follow from a seed.
func everything(v *questionnaire.Version, seed uint64) maturity.Report {
	r := rand.New(rand.NewPCG(seed, 12))
	report := maturity.Report{
		Trust: maturity.Trust{ODS: "RX1", Name: "Example NHS Trust"},
		Round: maturity.Round{Title: "Autumn", Closed: time.Date(2026, 11, 3, 17, 0, 0, 0, time.UTC)},
		Result: maturity.Result{
			Questionnaire: v.Name, Form: string(questionnaire.Full), Invited: 14, Respondents: 12, Overall: figure1(r),
			Sides: maturity.Sides{
				Executive:    maturity.Turnout{Invited: 7, Respondents: new(6)},
				NonExecutive: maturity.Turnout{Invited: 7, Respondents: new(6)},
			},
		},
	}
	for _, e := range v.Elements {
		said := maturity.Element{
			Key: e.Key, Figure: figure1(r), Respondents: new(12), DontKnow: new(0.01 + float64(r.IntN(60))/100),
			Claimed: new(3), Shown: new(2),
		}
		for _, q := range e.Questions {
			said.Items = append(said.Items, item1(r, q.Key))
		}
		report.Result.Elements = append(report.Result.Elements, said)
		executive, nonExecutive := tenths(r), tenths(r)
		report.Result.Sides.Elements = append(report.Result.Sides.Elements, maturity.SideElement{
			Key:       e.Key,
			Executive: new(executive), NonExecutive: new(nonExecutive), Gap: new(round(executive-nonExecutive, 10)), P: new(0.05),
			ExecutiveDontKnow: "some", NonExecutiveDontKnow: "about half",
		})
	}
	report.Result.Factors = cuts1(r, v.Factors)
	report.Result.Lenses = cuts1(r, v.Lenses)
	return report
}

func tenths(r *rand.Rand) float64 { return float64(10+r.IntN(41)) / 10 }

func figure1(r *rand.Rand) maturity.Figure {
	at := tenths(r)
	return maturity.Figure{Score: new(at), Low: new(max(1, at-0.2)), High: new(min(5, at+0.3)), Level: "In place", OnEdge: r.IntN(2) == 0}
}

func item1(r *rand.Rand, key string) maturity.Item {
	it := maturity.Item{
		Key: key, N: new(10), Mean: new(tenths(r)), Median: new(3.5), Counts: make([]int, 5), DontKnow: new(2),
		RatherNotSay: new(1), NotAnswered: new(1), AverageDeviation: new(0.72), Agreement: new(0.41), Label: labels[r.IntN(4)],
		LowestPossible: new(2.2), HighestPossible: new(3.8), Evidenced: new(true),
	}
	for range 10 {
		it.Counts[r.IntN(5)]++
	}
	return it
}

func cuts1(r *rand.Rand, tags []questionnaire.Tag) []maturity.Cut {
	var cuts []maturity.Cut
	for _, tag := range tags {
		cuts = append(cuts, maturity.Cut{Key: tag.Key, Figure: figure1(r), DontKnow: new(0.13)})
	}
	return cuts
}

// suppressed is a report in which any value may be hidden, alone or with what
// stands around it, and items are told in any of the ways there are.
func suppressed(t *rapid.T, v *questionnaire.Version) maturity.Report {
	r := everything(v, rapid.Uint64().Draw(t, "seed"))
	dice := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "dice"), 1))
	often := rapid.IntRange(1, 5).Draw(t, "one in")
	for e := range r.Result.Elements {
		for i := range r.Result.Elements[e].Items {
			retell(dice, &r.Result.Elements[e].Items[i])
		}
	}
	hide(reflect.ValueOf(&r.Result).Elem(), dice, often)
	return r
}

// retell says an item in bands, or in words, or leaves it.
func retell(dice *rand.Rand, i *maturity.Item) {
	switch dice.IntN(5) {
	case 0:
		i.Bands, i.Counts = []int{i.Counts[0] + i.Counts[1], i.Counts[2], i.Counts[3] + i.Counts[4]}, nil
	case 1:
		i.AgreedAt, i.Counts, i.Mean, i.Label = 1+dice.IntN(5), nil, nil, maturity.Close
	case 2:
		i.NearlyAll, i.Counts, i.Mean, i.Label = 1+dice.IntN(5), nil, nil, ""
	case 3:
		i.DontKnow, i.NearlyAllDontKnow = nil, true
	}
}

// hide takes away values at random, wherever in the result they are.
func hide(v reflect.Value, dice *rand.Rand, often int) {
	gone := dice.IntN(often) == 0
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			hide(v.Field(i), dice, often)
		}
		if why := v.FieldByName("Hidden"); why.IsValid() && gone {
			why.SetString("fewer than 5 answers")
		}
	case reflect.Slice:
		for i := range v.Len() {
			hide(v.Index(i), dice, often)
		}
		if gone && v.Type().Elem().Kind() == reflect.Int {
			v.SetZero()
		}
	case reflect.Pointer:
		if gone {
			v.SetZero()
		}
	case reflect.String:
		if gone && (v.Type() == reflect.TypeFor[maturity.Label]() || v.Type() == reflect.TypeFor[maturity.Share]()) {
			v.SetZero()
		}
	}
}

// page is every chart of a report, one after another.
func page(t interface{ Fatal(...any) }, r maturity.Report, v *questionnaire.Version, s Setting) (string, *goquery.Document) {
	return pageWith(t, r, v, s, v.Elements)
}

// pageWith has the charts of some elements alone.
func pageWith(t interface{ Fatal(...any) }, r maturity.Report, v *questionnaire.Version, s Setting, elements []questionnaire.Element) (string, *goquery.Document) {
	all := []templ.Component{Profile(s, r, v), Agreement(s, r, v), Unknown(s, r, v), Heat(s, r, v), Sides(s, r, v), Factors(s, r, v), Lenses(s, r, v)}
	for _, e := range elements {
		all = append(all, Answers(s, r, v, e.Key))
	}
	var b bytes.Buffer
	b.WriteString("<!doctype html><html><body>")
	for _, c := range all {
		if err := c.Render(context.Background(), &b); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), doc
}
