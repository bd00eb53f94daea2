package chart

import (
	"encoding/csv"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"pgregory.net/rapid"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// inWords says whether text stands in place of a value rather than being one.
func inWords(text string) bool {
	for _, start := range []string{"Not shown", "Nearly all", "In a band", "Close agreement at level ", "All but one or two at level "} {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	return false
}

// expect is a cell's text beside the value it is made of.
type expect struct {
	where  string
	cell   Cell
	hidden bool
}

func TestHiddenValuesAreWords(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		r := suppressed(t, v)
		tables := map[string]Table{}
		for _, named := range Charts(r, v) {
			tables[named.Name] = named.Table
		}
		cells := expectFigures(tables, r, v)
		cells = append(cells, expectItems(tables, r)...)
		for _, c := range cells {
			if c.hidden == c.cell.Numeric || c.hidden != inWords(c.cell.Text) {
				t.Fatalf("%s: hidden %v, written %q", c.where, c.hidden, c.cell.Text)
			}
		}
	})
}

func expectFigures(tables map[string]Table, r maturity.Report, v *questionnaire.Version) []expect {
	var all []expect
	figure := func(name string, row []Cell, f maturity.Figure) {
		all = append(all,
			expect{name + " score", row[1], f.Score == nil},
			expect{name + " low", row[2], f.Score == nil || f.Low == nil},
			expect{name + " high", row[3], f.Score == nil || f.High == nil})
	}
	for i, e := range r.Result.Elements {
		figure("element "+e.Key, tables["profile"].Rows[i], e.Figure)
		all = append(all,
			expect{"people of " + e.Key, tables["profile"].Rows[i][5], e.Respondents == nil},
			expect{"share of " + e.Key, tables["do-not-know"].Rows[i][1], e.DontKnow == nil})
	}
	for i := range v.Factors {
		figure("factor", tables["factors"].Rows[i], r.Result.Factors[i].Figure)
	}
	for i := range v.Lenses {
		figure("lens", tables["lenses"].Rows[i], r.Result.Lenses[i].Figure)
	}
	for i, e := range r.Result.Sides.Elements {
		row := tables["sides"].Rows[i]
		all = append(all,
			expect{"executives on " + e.Key, row[1], e.Executive == nil},
			expect{"non-executives on " + e.Key, row[2], e.NonExecutive == nil},
			expect{"gap on " + e.Key, row[3], e.Gap == nil})
	}
	return all
}

func expectItems(tables map[string]Table, r maturity.Report) []expect {
	var all []expect
	n := 0
	for _, e := range r.Result.Elements {
		answers := tables["answers-"+e.Key]
		last := len(answers.Columns)
		for i, it := range e.Items {
			row := answers.Rows[i]
			for level := range it.Counts {
				all = append(all, expect{"count of " + it.Key, row[1+level], false})
			}
			if it.Counts == nil && it.Bands == nil {
				for _, cell := range row[1:6] {
					all = append(all, expect{"count of " + it.Key, cell, true})
				}
			}
			all = append(all,
				expect{"don't know of " + it.Key, row[last-4], it.DontKnow == nil},
				expect{"no answer of " + it.Key, row[last-3], it.RatherNotSay == nil || it.NotAnswered == nil},
				expect{"mean of " + it.Key, row[last-2], it.Mean == nil},
				expect{"heat of " + it.Key, tables["heat"].Rows[n][3], it.Mean == nil},
				expect{"count of don't know of " + it.Key, tables["do-not-know-"+e.Key].Rows[i][1], it.DontKnow == nil},
				expect{"distance of " + it.Key, tables["agreement-"+e.Key].Rows[i][2], it.AverageDeviation == nil})
			n++
		}
	}
	return all
}

func TestHiddenValuesAreNotDrawn(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		r := suppressed(t, v)
		i := rapid.IntRange(0, len(v.Elements)-1).Draw(t, "element")
		html, doc := pageWith(t, r, v, Setting{}, v.Elements[i:i+1])
		for _, never := range []string{"NaN", "+Inf", "-Inf", "&lt;nil", "%!", "<td></td>", "<tspan></tspan>"} {
			if strings.Contains(html, never) {
				t.Fatalf("the page says %s", never)
			}
		}
		checkGeometry(t, doc)
		scores, intervals, shares := 0, 0, 0
		for _, e := range r.Result.Elements {
			scores += one(e.Score != nil)
			intervals += one(e.Score != nil && e.Low != nil && e.High != nil && *e.Low < *e.High)
			shares += one(e.DontKnow != nil)
		}
		drawn(t, doc, "#chart-profile .app-chart__svg circle", scores)
		drawn(t, doc, "#chart-profile .app-chart__radar circle", scores)
		drawn(t, doc, "#chart-profile .app-chart__range", intervals)
		drawn(t, doc, "#chart-do-not-know .app-chart__bar", shares)
		checkItemsDrawn(t, doc, r.Result.Elements[i])
		checkSidesDrawn(t, doc, r.Result.Sides.Elements)
	})
}

func checkItemsDrawn(t *rapid.T, doc *goquery.Document, e maturity.Element) {
	segments, known := 0, 0
	for _, it := range e.Items {
		for _, n := range distribution(it) {
			segments += one(n > 0)
		}
		known += one(it.DontKnow != nil)
	}
	drawn(t, doc, "#chart-answers-"+e.Key+" svg[role=img] .app-chart__segment", segments)
	drawn(t, doc, "#chart-answers-"+e.Key+" svg[role=img] .app-chart__count", segments)
	drawn(t, doc, "#chart-answers-"+e.Key+" svg[role=img] > .app-chart__value", known)
}

func checkSidesDrawn(t *rapid.T, doc *goquery.Document, all []maturity.SideElement) {
	executives, nonExecutives, bridges := 0, 0, 0
	for _, e := range all {
		executives += one(e.Executive != nil)
		nonExecutives += one(e.NonExecutive != nil)
		bridges += one(e.Executive != nil && e.NonExecutive != nil)
	}
	drawn(t, doc, "#chart-sides svg[role=img] rect", executives)
	drawn(t, doc, "#chart-sides svg[role=img] circle", nonExecutives)
	drawn(t, doc, "#chart-sides .app-chart__bridge", bridges)
}

func drawn(t *rapid.T, doc *goquery.Document, selector string, want int) {
	if got := doc.Find(selector).Length(); got != want {
		t.Fatalf("%s: %d drawn, %d published", selector, got, want)
	}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func TestReportCSVGivesAValueOrAReason(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		r := suppressed(t, v)
		for _, row := range reportRows(t, r, v) {
			if (row[5] == "") == (row[6] == "") {
				t.Fatalf("%q has neither or both", row)
			}
		}
	})
}

func TestReportCSVHoldsWhatIsPublished(t *testing.T) {
	t.Parallel()
	v := version(t)
	r := everything(v, 7)
	r.Result.Elements[1].Score = nil
	r.Result.Elements[1].Hidden = "too few of its questions could be scored"
	got := map[string]string{}
	for _, row := range reportRows(t, r, v) {
		key := strings.Join(row[:5], "|")
		if _, twice := got[key]; twice {
			t.Errorf("%s stands twice", key)
		}
		got[key] = row[5] + row[6]
	}
	first := r.Result.Elements[0]
	for key, want := range map[string]string{
		"report||||respondents":                                    "12",
		"report||||closed":                                         "2026-11-03",
		"element|1|||score":                                        decimal(*first.Score),
		"element|2|||score":                                        "too few of its questions could be scored",
		"item|1|1.1||at level 3":                                   strconv.Itoa(first.Items[0].Counts[2]),
		"item|1|1.1||average deviation":                            "0.72",
		"item|1|1.1||agreement":                                    string(first.Items[0].Label),
		"sides|1|||gap, executives less non-executives":            decimal(*r.Result.Sides.Elements[0].Gap),
		"factor|||" + v.Factors[0].Key + "|I do not know, share":   "0.13",
		"lens|||" + v.Lenses[0].Key + "|on the edge of two levels": yesNo(r.Result.Lenses[0].OnEdge),
	} {
		if got[key] != want {
			t.Errorf("%s is %q, want %q", key, got[key], want)
		}
	}
}

func reportRows(t interface{ Fatal(...any) }, r maturity.Report, v *questionnaire.Version) [][]string {
	var b strings.Builder
	if err := ReportCSV(&b, r, v); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}
