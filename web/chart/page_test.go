package chart

import (
	"encoding/csv"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"pgregory.net/rapid"

	"octant/internal/maturity"
)

func TestFiguresSayWhatTheyShow(t *testing.T) {
	t.Parallel()
	v := version(t)
	_, doc := page(t, everything(v, 1), v, Setting{Files: "/report/charts"})
	figures := doc.Find("figure.app-chart")
	if figures.Length() != 7+8 {
		t.Fatalf("%d figures", figures.Length())
	}
	figures.Each(func(_ int, f *goquery.Selection) {
		id := f.AttrOr("id", "")
		if f.Find("figcaption h3").Text() == "" || !strings.HasSuffix(f.Find("figcaption p").Text(), "Nov\u00a02026.") {
			t.Errorf("%s: no title, or no date", id)
		}
		if !f.Children().First().Is("figcaption") {
			t.Errorf("%s: the caption is not the figure's own", id)
		}
		if f.Find(".app-chart__body + details table, .app-chart__heat").Length() != 1 {
			t.Errorf("%s: the table does not follow the drawing", id)
		}
		want := "/report/charts/" + strings.TrimPrefix(id, "chart-") + ".csv"
		if got := f.Find("a").AttrOr("href", ""); got != want {
			t.Errorf("%s: CSV at %s", id, got)
		}
		f.Find("svg[role=img]").Each(func(_ int, svg *goquery.Selection) {
			if svg.ChildrenFiltered("title").Text() == "" || !strings.Contains(svg.ChildrenFiltered("desc").Text(), "The table after the chart has every value.") {
				t.Errorf("%s: a drawing without words", id)
			}
		})
		f.Find("svg").Not("svg svg").Not("[role=img]").Each(func(_ int, svg *goquery.Selection) {
			if svg.Closest("[aria-hidden=true]").Length() == 0 {
				t.Errorf("%s: a drawing that is neither named nor hidden", id)
			}
		})
	})
}

func TestHighestAndLowestAreTold(t *testing.T) {
	t.Parallel()
	v := version(t)
	r := everything(v, 1)
	for i := range r.Result.Elements {
		r.Result.Elements[i].Score = new(3.0)
	}
	r.Result.Elements[1].Score, r.Result.Elements[2].Score, r.Result.Elements[4].Score = new(4.2), new(1.5), new(1.5)
	r.Result.Elements[7].Score = nil
	want := "The scale runs from 1 to 5. Highest: " + v.Elements[1].Title + " (4.2). Lowest: " + v.Elements[2].Title +
		" and " + v.Elements[4].Title + " (1.5). Not shown: 1 element. The table after the chart has every value."
	if got := newProfile(Setting{}, r, v).desc; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestSettingsAreKept(t *testing.T) {
	t.Parallel()
	v := version(t)
	_, doc := page(t, everything(v, 1), v, Setting{Title: "Lowest: users", Heading: 4, ID: "x"})
	if got := doc.Find("figure#x h4#x-title").First().Text(); got != "Lowest: users" {
		t.Errorf("title %q", got)
	}
	if n := doc.Find("a").Length(); n != 0 {
		t.Errorf("%d links to files that lie nowhere", n)
	}
}

// reference is every attribute that names an id.
var reference = []string{"aria-labelledby", "aria-describedby", "for", "href"}

func TestIDsAreUniqueAndResolve(t *testing.T) {
	t.Parallel()
	v := version(t)
	_, doc := page(t, everything(v, 1), v, Setting{})
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if seen[id] {
			t.Errorf("id %s stands twice", id)
		}
		seen[id] = true
	})
	for _, name := range reference {
		doc.Find("[" + name + "]").Each(func(_ int, s *goquery.Selection) {
			for id := range strings.FieldsSeq(s.AttrOr(name, "")) {
				if !seen[id] {
					t.Errorf("%s names %s, which is not there", name, id)
				}
			}
		})
	}
}

func TestNoStyleOfItsOwn(t *testing.T) {
	t.Parallel()
	v := version(t)
	_, doc := page(t, everything(v, 1), v, Setting{})
	if n := doc.Find("[style], style, script").Length(); n != 0 {
		t.Errorf("%d elements that the content security policy refuses", n)
	}
	doc.Find("[font-size]").Each(func(_ int, s *goquery.Selection) {
		if size, err := strconv.ParseFloat(s.AttrOr("font-size", ""), 64); err != nil || size < 14 {
			t.Errorf("text of %s pixels: %s", s.AttrOr("font-size", ""), s.Text())
		}
	})
	doc.Find("svg[role=img]").Each(func(_ int, s *goquery.Selection) {
		if s.AttrOr("font-size", "") == "" || s.AttrOr("fill", "") == "" {
			t.Error("a drawing that does not stand by itself")
		}
	})
}

// lengths are the attributes that hold places and sizes.
var lengths = []string{"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "dx", "dy", "width", "height"}

var length = regexp.MustCompile(`^-?\d+(\.\d+)?%?$`)

// checkGeometry refuses what is no number, and places outside the drawing. The
// outer level bands reach past the scale, to the drawing's edges.
func checkGeometry(t interface{ Errorf(string, ...any) }, doc *goquery.Document) {
	doc.Find("figure svg *").Each(func(_ int, s *goquery.Selection) {
		for _, attribute := range s.Get(0).Attr {
			if slices.Contains(lengths, attribute.Key) && !s.HasClass("app-chart__band") && !inside(attribute.Val) {
				t.Errorf("%s=%q is no place in the drawing", attribute.Key, attribute.Val)
			}
		}
	})
	doc.Find("[points]").Each(func(_ int, s *goquery.Selection) {
		for place := range strings.FieldsFuncSeq(s.AttrOr("points", ""), func(r rune) bool { return r == ' ' || r == ',' }) {
			if at, err := strconv.ParseFloat(place, 64); err != nil || at < 0 || at > radarWidth {
				t.Errorf("point %q", place)
			}
		}
	})
}

// inside says whether a length is a number and, in percent, no more than all.
func inside(text string) bool {
	share, ok := strings.CutSuffix(text, "%")
	at, err := strconv.ParseFloat(share, 64)
	return err == nil && length.MatchString(text) && (!ok || at >= 0 && at <= 100)
}

func TestTableAndCSVAndPageAgree(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		r := suppressed(t, v)
		i := rapid.IntRange(0, len(v.Elements)-1).Draw(t, "element")
		_, doc := pageWith(t, r, v, Setting{}, v.Elements[i:i+1])
		if n := doc.Find("figure").Length(); n != 8 {
			t.Fatalf("%d charts", n)
		}
		for _, named := range Charts(r, v) {
			figure := doc.Find("figure#chart-" + named.Name)
			if figure.Length() == 0 {
				continue
			}
			rows, err := csv.NewReader(strings.NewReader(csvOf(t, named.Table))).ReadAll()
			if err != nil {
				t.Fatal(err)
			}
			checkLabels(t, named, figure)
			if figure.Find("details").Length() == 0 {
				continue
			}
			var onPage [][]string
			figure.Find("details tr").Each(func(_ int, tr *goquery.Selection) {
				onPage = append(onPage, tr.Find("th, td").Map(func(_ int, s *goquery.Selection) string { return s.Text() }))
			})
			if !slices.EqualFunc(rows, onPage, slices.Equal[[]string]) {
				t.Fatalf("%s: CSV %q, page %q", named.Name, rows, onPage)
			}
		}
	})
}

// checkLabels looks for every number of a drawing in its table.
func checkLabels(t *rapid.T, named Named, figure *goquery.Selection) {
	known := map[string]int{}
	for _, row := range named.Table.Rows {
		for _, cell := range row {
			known[cell.Text]++
		}
	}
	figure.Find("svg[role=img] .app-chart__value, svg[role=img] .app-chart__count, .app-chart__heat-score").Each(func(_ int, s *goquery.Selection) {
		said, _, _ := strings.Cut(s.Text(), " ")
		if _, err := strconv.ParseFloat(strings.TrimSuffix(said, "%"), 64); err == nil && known[said] == 0 {
			t.Fatalf("%s: the drawing says %q, the table does not", named.Name, s.Text())
		}
	})
}

func TestNamesOfFilesAreUnique(t *testing.T) {
	t.Parallel()
	v := version(t)
	seen := map[string]string{}
	for _, named := range Charts(everything(v, 1), v) {
		if _, twice := seen[named.Name]; twice {
			t.Errorf("two charts named %s", named.Name)
		}
		seen[named.Name] = named.Table.Caption
	}
	captions := slices.Sorted(maps.Values(seen))
	if len(slices.Compact(captions)) != len(seen) {
		t.Errorf("two tables have one caption: %q", captions)
	}
}

func TestUnknownElementIsEmpty(t *testing.T) {
	t.Parallel()
	v := version(t)
	a := newAnswers(Setting{}, everything(v, 1), v, "nine")
	if a.none != "Not shown" || len(a.rows) != 0 {
		t.Errorf("got %+v", a)
	}
}

func TestNothingToShowIsSaidInWords(t *testing.T) {
	t.Parallel()
	v := version(t)
	why := maturity.Reason("fewer than 5 people answered")
	_, doc := page(t, maturity.Report{Result: maturity.Result{Invited: 9, Respondents: 4, Hidden: why}}, v, Setting{})
	doc.Find("figure").Each(func(_ int, f *goquery.Selection) {
		if got := f.Find(".app-chart__none").Text(); got != "Not shown: fewer than 5 people answered" {
			t.Errorf("%s says %q", f.AttrOr("id", ""), got)
		}
		if f.Find("svg, table").Length() > 0 {
			t.Errorf("%s draws something", f.AttrOr("id", ""))
		}
	})
}
