package chart

import (
	"strconv"
	"strings"

	"octant/internal/questionnaire"
)

// The ends of the scale. A chart of scores always shows all of it.
const (
	lowest  = 1.0
	highest = float64(questionnaire.Levels)
)

// onScale is where a score stands, in percent of the way from 1 to 5.
func onScale(score float64) float64 {
	return within(100*(score-lowest)/(highest-lowest), 0, 100)
}

func within(v, low, high float64) float64 { return max(low, min(high, v)) }

// percent writes a place or a width as SVG wants it.
func percent(v float64) string {
	return strconv.FormatFloat(round(v, 100), 'f', -1, 64) + "%"
}

// anchor keeps a label inside the drawing: at the ends it grows inwards.
func anchor(at float64) string {
	switch {
	case at < 25:
		return "start"
	case at > 75:
		return "end"
	}
	return "middle"
}

// twoLines breaks words where the longer of two lines is shortest.
func twoLines(text string) [2]string {
	best := [2]string{text, ""}
	for i, r := range text {
		if r != ' ' {
			continue
		}
		if max(i, len(text)-i-1) < max(len(best[0]), len(best[1])) {
			best = [2]string{text[:i], text[i+1:]}
		}
	}
	return best
}

// wrap breaks words into lines of at most so many characters; a word that is
// longer than that has a line of its own.
func wrap(text string, most int) []string {
	var lines []string
	for _, word := range strings.Fields(text) {
		last := len(lines) - 1
		if last < 0 || len(lines[last])+1+len(word) > most {
			lines = append(lines, word)
			continue
		}
		lines[last] += " " + word
	}
	return lines
}
