package store

import (
	"slices"
	"strconv"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
)

// harsher is how much lower people put the board of a year before than they would
// have then: they have learned since.
const harsher = 0.5

// lookBack is what one person says of the round before, from the second on.
// Those who came since leave it out.
func (d *demoTrust) lookBack(v *questionnaire.Version, n int, key string, m place) []assessment.Answer {
	if n == 0 || m.first == d.first()+n {
		return nil
	}
	temper := 0.35 * chance(d.ods, key).NormFloat64()
	var answers []assessment.Answer
	for i, q := range v.LookBack() {
		rng := chance(d.ods, key, q.Key, strconv.Itoa(n))
		level := d.start[i] + d.growth*float64(n-1) - harsher + temper + 0.6*rng.NormFloat64()
		if n > 2 {
			level += d.leap[i]
		}
		if slices.Contains(brighter, q.Element) && m.side == assessment.Executive {
			level += 0.9
		}
		a := assessment.Answer{Question: q.Key, Choice: clamp(level)}
		if rng.Float64() < 0.06 {
			a.Choice = assessment.DontKnow
		}
		answers = append(answers, a)
	}
	return answers
}
