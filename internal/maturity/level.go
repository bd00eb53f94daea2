package maturity

import (
	"math"

	"octant/internal/questionnaire"
)

// bandEdges are the lowest scores of levels 2 to 5: the scale from 1 to 5 cut
// into five equal parts.
var bandEdges = [questionnaire.Levels - 1]float64{1.8, 2.6, 3.4, 4.2}

// LevelOf is the level, 1 to 5, in whose band a score lies.
func LevelOf(score float64) int {
	level := 1
	for _, edge := range bandEdges {
		if score >= edge-tiny {
			level++
		}
	}
	return level
}

// LevelName is the word of the level in whose band a score lies.
func LevelName(v *questionnaire.Version, score float64) string {
	return v.LevelNames[LevelOf(score)-1]
}

// tenth rounds to one decimal, a half upwards.
func tenth(x float64) float64 { return math.Floor(x*10+0.5+tiny) / 10 }

// half rounds to the nearest half level, a quarter towards the whole level.
// That way a lone person's neighbouring answer among eight never shows.
func half(x float64) float64 { return math.RoundToEven(x*2) / 2 }

// hundredth rounds to two decimals.
func hundredth(x float64) float64 { return math.Round(x*100)/100 + 0 }

// down and up round outwards to one decimal and stay on the scale.
func down(x float64) float64 { return max(1, math.Floor(x*10+tiny)/10) }
func up(x float64) float64   { return min(questionnaire.Levels, math.Ceil(x*10-tiny)/10) }

func onScale(x float64) float64 { return min(questionnaire.Levels, max(1, x)) }
