package chart

import (
	"math"
	"strings"
)

// The radar's drawing. It is shown no smaller than nine tenths of this, so
// that its words stay above 14 pixels.
const (
	radarWidth  = 600.0
	radarHeight = 440.0
	radarX      = radarWidth / 2
	radarY      = radarHeight / 2
	radarReach  = 148.0 // of level 5; the centre is nought, so that lengths are true
	radarLine   = 19.0  // between the lines of a label
)

// point is a place in the drawing.
type point struct{ x, y float64 }

// polar is where a score stands on one of n axes; the first points up.
func polar(axis, n int, score float64) point {
	angle := 2*math.Pi*float64(axis)/float64(n) - math.Pi/2
	reach := radarReach * score / highest
	return point{radarX + reach*math.Cos(angle), radarY + reach*math.Sin(angle)}
}

// ring is a level all the way round.
func ring(n, level int) string {
	at := make([]point, n)
	for axis := range at {
		at[axis] = polar(axis, n, float64(level))
	}
	return path(at)
}

func path(at []point) string {
	var b strings.Builder
	for i, p := range at {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(px(p.x) + "," + px(p.y))
	}
	return b.String()
}

// runs are the lines of the radar: neighbours that are both shown are joined,
// and a hidden element leaves a gap, for a line through it would be a claim.
// With nothing hidden it is one line, closed.
func runs(rows []dot) (lines [][]point, closed bool) {
	n := len(rows)
	gap := 0
	for gap < n && rows[gap].score.shown {
		gap++
	}
	if gap == n {
		return [][]point{corners(rows)}, true
	}
	var line []point
	for k := 1; k <= n; k++ {
		axis := (gap + k) % n
		if rows[axis].score.shown {
			line = append(line, polar(axis, n, rows[axis].score.at))
			continue
		}
		if len(line) > 1 {
			lines = append(lines, line)
		}
		line = nil
	}
	return lines, false
}

func corners(rows []dot) []point {
	at := make([]point, len(rows))
	for axis, row := range rows {
		at[axis] = polar(axis, len(rows), row.score.at)
	}
	return at
}

// radarLabel is the words at the end of an axis, line by line.
type radarLabel struct {
	at     point // where the first baseline starts
	anchor string
	lines  []string
	value  string
}

func newRadarLabel(axis, n int, row dot) radarLabel {
	l := radarLabel{value: row.label, anchor: "middle"}
	if !row.score.shown {
		l.value = "Not shown"
	}
	for _, line := range twoLines(row.name) {
		if line != "" {
			l.lines = append(l.lines, line)
		}
	}
	angle := 2*math.Pi*float64(axis)/float64(n) - math.Pi/2
	gap := (radarReach + 14) / radarReach * highest
	end := polar(axis, n, gap)
	tall := radarLine * float64(len(l.lines)+1)
	l.at = point{end.x, end.y - tall*(1-math.Sin(angle))/2 + 15}
	if math.Cos(angle) > 0.2 {
		l.anchor = "start"
	}
	if math.Cos(angle) < -0.2 {
		l.anchor = "end"
	}
	return l
}

func (l radarLabel) valueY() float64 { return l.at.y + radarLine*float64(len(l.lines)) }

// ringNumber is where a level's number stands: half way along the first edge,
// clear of the axes and their markers.
func ringNumber(n, level int) point {
	a, b := polar(0, n, float64(level)), polar(1, n, float64(level))
	return point{(a.x + b.x) / 2, (a.y+b.y)/2 + 5}
}
