package maturity

import (
	"fmt"
	"testing"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
)

// lookedBackAs is what is told of one element that people looked back on in this
// way, beside an earlier report that says nothing.
func lookedBackAs(t *testing.T, c Counts, silent int) LookedBack {
	t.Helper()
	in := Input{Version: testVersion(t)}
	key := questionnaire.BackKey("1")
	for level, n := range c {
		for range n {
			in.Responses = append(in.Responses, assessment.Response{Answers: map[string]assessment.Answer{
				key: {Question: key, Choice: assessment.Choice(level + 1)},
			}})
		}
	}
	for range silent {
		in.Responses = append(in.Responses, assessment.Response{})
	}
	return lookBack(in, &Report{}).Of("1")
}

// TestNobodyLearnsHowAllOthersLookedBack goes through every way in which 5 to 18
// people can look back on an element. Nobody, whether they looked back or not, can
// then be sure what any one of the others chose: that would take all ways that
// tell the same to have all others at one level.
func TestNobodyLearnsHowAllOthersLookedBack(t *testing.T) {
	t.Parallel()
	type told struct {
		score float64
		n     int
	}
	for people := MinShown; people <= 18; people++ {
		t.Run(fmt.Sprint(people), func(t *testing.T) {
			t.Parallel()
			published := make(map[told][]answered)
			eachCounts(people, func(c Counts) {
				e := lookedBackAs(t, c, 0)
				if e.Score == nil || e.N == nil || *e.N != people || e.Hidden != "" {
					t.Fatalf("%v is told as %+v", c, e)
				}
				published[told{*e.Score, *e.N}] = append(published[told{*e.Score, *e.N}], answered{counts: c})
			})
			for what, ways := range published {
				for own := 1; own <= 5; own++ {
					if everybody, scored := certain(ways, own); everybody != 0 || scored != 0 {
						t.Errorf("who looked back at %d learns that all others did at %d: %v from %v", own, scored, ways, what)
					}
				}
				for level := range questionnaire.Levels {
					if allAtOne(ways, level) {
						t.Errorf("who did not look back learns that all who did chose %d, from %v", level+1, what)
					}
				}
			}
		})
	}
}

// allAtOne says whether in all of these ways everybody is at one level.
func allAtOne(ways []answered, level int) bool {
	for _, w := range ways {
		if w.counts[level] != w.counts.N() {
			return false
		}
	}
	return true
}

// TestLookBackByFewTellsNothing: of fewer than five it does not even say how many
// they were.
func TestLookBackByFewTellsNothing(t *testing.T) {
	t.Parallel()
	for people := range MinShown {
		eachCounts(people, func(c Counts) {
			if e := lookedBackAs(t, c, 6); e.Score != nil || e.N != nil || e.Hidden != fewLookedBack {
				t.Errorf("%v is told as %+v", c, e)
			}
		})
	}
}
