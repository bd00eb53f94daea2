package chart

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

func TestLinesKeepTrustsApart(t *testing.T) {
	t.Parallel()
	v := version(t)
	before := Line{"Old <b>Trust</b>", []Point{roundOf(1, "full", new(2.0)), roundOf(6, "full", new(2.5))}}
	after := Line{"New Trust", []Point{roundOf(11, "full", new(3.0)), roundOf(16, "short", new(3.5)), roundOf(21, "short", nil)}}
	day := time.Date(2026, 1, 8, 12, 0, 0, 0, time.UTC)
	turns := []Note{{On: day, Text: "1 January 2026"}, {On: day, Text: "1 January 2026"}, {On: day.AddDate(0, 0, 1), Text: "2 January 2026"}}
	l := newLines(Setting{}, []Line{after, before}, turns, v)
	p := l.panels[0]
	if len(p.series[0].runs) != 0 || len(p.series[0].marks) != 2 || len(p.series[1].runs) != 1 {
		t.Errorf("the lines are %+v", p.series)
	}
	if at := p.series[1].marks[0].at; at != 0 {
		t.Errorf("the oldest round of all stands at %v", at)
	}
	if len(l.turns) != 2 || l.turns[0].at != 35 || l.turns[0].text != "1, 2" || l.turns[1].text != "3" {
		t.Errorf("the turns stand at %+v", l.turns)
	}
	if want := "Newest: New Trust Not shown: fewer than 5 people answered; Old <b>Trust</b> 2.5 In place."; p.desc != want {
		t.Errorf("told %q, want %q", p.desc, want)
	}
	if n := len(l.table.Rows); n != 8*5 || l.table.Rows[0][1].Text != "New Trust" {
		t.Errorf("%d rows, the first %v", n, l.table.Rows[0])
	}
	if got := newLines(Setting{}, []Line{{"A", []Point{roundOf(1, "full", nil)}}, {"B", nil}}, nil, v); got.none == "" {
		t.Error("nothing is shown, and that is not said")
	}
}

// TestLinesAreToldApartWithoutColour: every trust has a shape and dashes of its
// own, and no more trusts are drawn than there are.
func TestLinesAreToldApartWithoutColour(t *testing.T) {
	t.Parallel()
	shapes, dashes := map[string]bool{}, map[string]bool{}
	for _, l := range looks {
		shapes[l.shape], dashes[l.dash] = true, true
	}
	if len(shapes) != MostLines || len(dashes) != MostLines {
		t.Errorf("%d shapes and %d dashes for %d trusts", len(shapes), len(dashes), MostLines)
	}
	var all []Line
	for _, name := range strings.Fields("A B C D E F G") {
		all = append(all, Line{name, []Point{roundOf(1, "full", new(2.0)), roundOf(9, "full", new(3.0))}})
	}
	var out bytes.Buffer
	if err := Lines(Setting{}, all, nil, version(t)).Render(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	if n := doc.Find(".app-chart__key-item").Length(); n != MostLines {
		t.Errorf("%d trusts in the key", n)
	}
	if n := doc.Find(".app-chart__panel").First().Find("polyline").Length(); n != MostLines {
		t.Errorf("%d lines", n)
	}
	if doc.Find("[style], style, script").Length() != 0 {
		t.Error("something that the content security policy refuses")
	}
}
