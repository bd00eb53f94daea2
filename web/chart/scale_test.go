package chart

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestScoresStandOnTheScale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ score, want float64 }{
		{1, 0}, {1.8, 20}, {3, 50}, {4.6, 90}, {5, 100}, {0.5, 0}, {6, 100},
	} {
		if got := onScale(c.score); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("onScale(%v) = %v, want %v", c.score, got, c.want)
		}
	}
}

func TestPercentIsShort(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]string{0: "0%", 50: "50%", 33.3333: "33.33%", 0.001: "0%", -0.001: "0%"} {
		if got := percent(v); got != want {
			t.Errorf("percent(%v) = %s, want %s", v, got, want)
		}
	}
}

func TestLevelBandsFillTheDrawing(t *testing.T) {
	t.Parallel()
	end, _ := levelBand(0)
	start := end
	for i := range 5 {
		from, width := levelBand(i)
		if math.Abs(from-end) > 1e-9 {
			t.Errorf("band %d starts at %v, the one before ends at %v", i+1, from, end)
		}
		end = from + width
	}
	if got := (end - start) * (100 - 2*dotInset) / 100; math.Abs(got-100) > 1e-9 {
		t.Errorf("the bands are %v %% of the drawing wide", got)
	}
}

func TestSegmentsSpreadFromTheMiddle(t *testing.T) {
	t.Parallel()
	got := segments([]int{1, 2, 4, 2, 1}, fiveKinds, 0.5)
	want := []segment{
		{x: 0, width: 10, text: "1", kind: "1"},
		{x: 10, width: 20, text: "2", kind: "2"},
		{x: 30, width: 40, text: "4", kind: "3"},
		{x: 70, width: 20, text: "2", kind: "4"},
		{x: 90, width: 10, text: "1", kind: "5"},
	}
	if !slices.EqualFunc(got, want, alike) {
		t.Errorf("got %+v", got)
	}
	bands := segments([]int{0, 0, 6}, threeKinds, 1)
	if want := []segment{{x: 50, width: 50, text: "6", kind: "high"}}; !slices.EqualFunc(bands, want, alike) {
		t.Errorf("six people at levels 4 and 5: got %+v", bands)
	}
	if got := segments([]int{0, 0, 0, 0, 0}, fiveKinds, 1); got != nil {
		t.Errorf("nobody: got %+v", got)
	}
}

func alike(a, b segment) bool {
	return math.Abs(a.x-b.x) < 1e-9 && math.Abs(a.width-b.width) < 1e-9 && a.text == b.text && a.kind == b.kind
}

func TestSegmentsStayInsideAndMeet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kinds := fiveKinds
		if rapid.Bool().Draw(t, "bands") {
			kinds = threeKinds
		}
		counts := rapid.SliceOfN(rapid.IntRange(0, 9), len(kinds), len(kinds)).Draw(t, "counts")
		end := -1.0
		for i, s := range segments(counts, kinds, 1) {
			if s.x < -1e-9 || s.x+s.width > 100+1e-9 || s.width <= 0 {
				t.Fatalf("segment %+v leaves the plot", s)
			}
			if i > 0 && math.Abs(s.x-end) > 1e-9 {
				t.Fatalf("segment %+v does not meet the one before at %v", s, end)
			}
			end = s.x + s.width
		}
	})
}

func TestPolarTurnsClockwiseFromTheTop(t *testing.T) {
	t.Parallel()
	for axis, want := range map[int]point{
		0: {radarX, radarY - radarReach},
		2: {radarX + radarReach, radarY},
		4: {radarX, radarY + radarReach},
		6: {radarX - radarReach, radarY},
	} {
		got := polar(axis, 8, 5)
		if math.Hypot(got.x-want.x, got.y-want.y) > 1e-9 {
			t.Errorf("axis %d: got %v, want %v", axis, got, want)
		}
	}
	centre := polar(3, 8, 0)
	if math.Hypot(centre.x-radarX, centre.y-radarY) > 1e-9 {
		t.Errorf("nought stands at %v, not in the centre", centre)
	}
}

func TestRadarLeavesAGapWhereAnElementIsHidden(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shown  string // one letter an axis, x for shown
		lines  []int  // points in each line
		closed bool
	}{
		{"xxxxxxxx", []int{8}, true},
		{".xxxxxxx", []int{7}, false},
		{"xxx.xxxx", []int{7}, false},
		{"xx.xx.xx", []int{2, 4}, false},
		{"x.x.x.x.", nil, false},
		{"........", nil, false},
	} {
		rows := make([]dot, len(c.shown))
		for i, shown := range c.shown {
			rows[i].score = value{at: 3, shown: shown == 'x'}
		}
		lines, closed := runs(rows)
		var points []int
		for _, line := range lines {
			points = append(points, len(line))
		}
		if !slices.Equal(points, c.lines) || closed != c.closed {
			t.Errorf("%s: got %v closed %v, want %v closed %v", c.shown, points, closed, c.lines, c.closed)
		}
	}
}

func TestRadarLabelsStayInTheDrawing(t *testing.T) {
	t.Parallel()
	for axis := range 8 {
		l := newRadarLabel(axis, 8, dot{name: "Simple and quick ways of working", label: "3.0 In place", score: value{shown: true}})
		if l.at.y < 12 || l.valueY() > radarHeight-4 {
			t.Errorf("axis %d: words run from %v to %v of %v", axis, l.at.y, l.valueY(), radarHeight)
		}
	}
}

func TestLinesBreakBetweenWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"Not yet":                          {"Not", "yet"},
		"Leadership":                       {"Leadership", ""},
		"Simple and quick ways of working": {"Simple and quick", "ways of working"},
	} {
		if got := twoLines(text); got != want {
			t.Errorf("twoLines(%q) = %q", text, got)
		}
	}
	if got := wrap("Not shown: fewer than 5 people gave a score", 20); strings.Join(got, "|") != "Not shown: fewer|than 5 people gave a|score" {
		t.Errorf("wrap: %q", got)
	}
}

func TestLabelsAtTheEndsGrowInwards(t *testing.T) {
	t.Parallel()
	for at, want := range map[float64]string{0: "start", 24: "start", 50: "middle", 76: "end", 100: "end"} {
		if got := anchor(at); got != want {
			t.Errorf("anchor(%v) = %s, want %s", at, got, want)
		}
	}
}
