package chart

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"octant/internal/maturity"
)

// round is one point of a trend, with one score for every element; nil is hidden.
func roundOf(day int, asked string, score *float64) Point {
	p := Point{Title: fmt.Sprintf("Round %d", day), Closed: time.Date(2026, 1, day, 12, 0, 0, 0, time.UTC), Asked: asked, Respondents: 9, Invited: 12}
	for key := range 8 {
		e := maturity.Element{Key: fmt.Sprint(key + 1)}
		if score == nil {
			e.Hidden = "fewer than 5 people answered"
		} else {
			e.Score, e.Low, e.High, e.Level = score, new(*score-0.2), new(*score+0.2), "In place"
		}
		p.Elements = append(p.Elements, e)
	}
	return p
}

func TestTrendJoinsOnlyRoundsThatAskedTheSame(t *testing.T) {
	t.Parallel()
	v := version(t)
	full := []Point{roundOf(1, "full", new(2.0)), roundOf(11, "full", new(3.0)), roundOf(21, "short", new(3.4)), roundOf(31, "short", new(3.6))}
	for name, c := range map[string]struct {
		points       []Point
		runs, breaks int
	}{
		"one form":   {full[:2], 1, 0},
		"two forms":  {full, 2, 1},
		"one hidden": {[]Point{full[0], roundOf(5, "full", nil), full[1]}, 0, 0},
		"one round":  {full[:1], 0, 0},
	} {
		got := newTrend(Setting{}, c.points, nil, v)
		if len(got.panels) != 8 || len(got.panels[0].runs) != c.runs || len(got.breaks) != c.breaks {
			t.Errorf("%s: %d panels, %d lines, %d breaks", name, len(got.panels), len(got.panels[0].runs), len(got.breaks))
		}
		if rows := len(got.table.Rows); rows != 8*len(c.points) {
			t.Errorf("%s: %d rows", name, rows)
		}
	}
	if got := newTrend(Setting{}, []Point{roundOf(1, "full", nil)}, nil, v); got.none == "" {
		t.Error("nothing is shown, and that is not said")
	}
}

func TestTrendPlacesRoundsAndNotesByDate(t *testing.T) {
	t.Parallel()
	got := newTrend(Setting{}, []Point{roundOf(1, "full", new(1.0)), roundOf(11, "full", new(5.0))},
		[]Note{{On: time.Date(2026, 1, 21, 12, 0, 0, 0, time.UTC), Text: "New chair"}}, version(t))
	marks := got.panels[0].marks
	if marks[0].at != 0 || marks[1].at != 50 || got.notes[0].at != 100 || got.notes[0].text != "1" {
		t.Errorf("rounds at %v and %v, the note at %v", marks[0].at, marks[1].at, got.notes[0].at)
	}
	if marks[0].y != panelFloor || marks[1].y != panelTop {
		t.Errorf("the ends of the scale are at %v and %v", marks[0].y, marks[1].y)
	}
	if !strings.Contains(got.panels[0].label, "5.0") {
		t.Errorf("the newest score is told as %q", got.panels[0].label)
	}
}

// TestLabelsOfASlopeDoNotTouch draws any scores.
func TestLabelsOfASlopeDoNotTouch(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		var c maturity.Comparison
		for i := range v.Elements {
			e := maturity.Compared{Key: v.Elements[i].Key}
			if rapid.Bool().Draw(t, "compared") {
				e.Earlier = new(float64(rapid.IntRange(10, 50).Draw(t, "then")) / 10)
				e.Later = new(float64(rapid.IntRange(10, 50).Draw(t, "now")) / 10)
				e.Change, e.Verdict = new(*e.Later-*e.Earlier), maturity.Unclear
			}
			c.Elements = append(c.Elements, e)
		}
		p := newSlope(Setting{}, c, v)
		for i, a := range p.lines {
			if a.label1 < 0 || a.label2 < 0 || a.label2+float64((len(a.name)-1)*slopeLabel) > float64(p.height()) {
				t.Fatalf("a label lies outside: %v and %v of %d", a.label1, a.label2, p.height())
			}
			for _, b := range p.lines[i+1:] {
				if apart := max(a.label1-b.label1, b.label1-a.label1); apart < slopeLabel {
					t.Fatalf("two labels on the left are %v apart", apart)
				}
				if a.label2 <= b.label2 && b.label2-a.label2 < float64(len(a.name)*slopeLabel) || b.label2 < a.label2 && a.label2-b.label2 < float64(len(b.name)*slopeLabel) {
					t.Fatalf("two labels on the right touch: %v and %v", a.label2, b.label2)
				}
			}
		}
		if len(p.table.Rows) != len(v.Elements) {
			t.Fatalf("%d rows", len(p.table.Rows))
		}
	})
}
