package maturity_test

import (
	"slices"
	"testing"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// answered is the published result of so many people who answered one question
// with these choices and every other with level 3.
func answered(t *testing.T, choices ...assessment.Choice) maturity.Result {
	t.Helper()
	in := maturity.Input{Version: version(t), Form: questionnaire.Core, Invited: len(choices)}
	for i, c := range choices {
		r := assessment.Response{Side: assessment.Executive, Submitted: true, Answers: map[string]assessment.Answer{}}
		if i%2 == 1 {
			r.Side = assessment.NonExecutive
		}
		for _, q := range in.Version.Questions(in.Form) {
			r.Answers[q.Key] = assessment.Answer{Question: q.Key, Choice: 3}
		}
		r.Answers["1.1"] = assessment.Answer{Question: "1.1", Choice: c, Comment: "x"}
		in.Responses = append(in.Responses, r)
	}
	return maturity.Hide(in)
}

func TestCommentsNeedEightAnswersThatTheReportTellsOf(t *testing.T) {
	t.Parallel()
	times := func(n int, c assessment.Choice) []assessment.Choice { return slices.Repeat([]assessment.Choice{c}, n) }
	for what, c := range map[string]struct {
		choices []assessment.Choice
		may     bool
	}{
		"eight levels":                        {[]assessment.Choice{1, 2, 3, 4, 5, 1, 2, 3}, true},
		"eight alike":                         {times(8, 4), true},
		"seven levels":                        {[]assessment.Choice{1, 2, 3, 4, 5, 1, 2}, false},
		"six levels and two who do not know":  {append(times(6, 2), dk, dk), true},
		"seven levels and one who would not":  {append(times(7, 2), rns), false},
		"seven levels and one who left it":    {append(times(7, 2), none), false},
		"eight levels and four who would not": {append(times(8, 2), rns, none, rns, none), true},
		"eight who do not know":               {times(8, dk), false}, // told as all, or all but one or two
		"ten who do not know":                 {times(10, dk), true},
		"four levels, eight do not know":      {append(times(4, 2), times(8, dk)...), true},
		"four levels, seven do not know":      {append(append(times(4, 2), times(7, dk)...), none), false},
		"four people":                         {times(4, 2), false},
	} {
		r := answered(t, c.choices...)
		if got := r.CommentsMayShow("1.1"); got != c.may {
			t.Errorf("%s: %v", what, got)
		}
		if r.CommentsMayShow("9.9") {
			t.Errorf("%s: comments on a question that is not asked", what)
		}
	}
}

// TestWhetherCommentsShowTellsNothingNew goes through every way that up to
// twelve people can split into scores, "I do not know", "rather not say" and
// nothing: who is told whether comments show can tell no two of them apart that
// the report alone does not.
func TestWhetherCommentsShowTellsNothingNew(t *testing.T) {
	t.Parallel()
	for n := maturity.MinShown; n <= 12; n++ {
		seen := map[string]bool{}
		for levels := 0; levels <= n; levels++ {
			for unknown := 0; levels+unknown <= n; unknown++ {
				for unsaid := 0; levels+unknown+unsaid <= n; unsaid++ {
					choices := slices.Repeat([]assessment.Choice{2}, levels)
					choices = append(choices, slices.Repeat([]assessment.Choice{dk}, unknown)...)
					choices = append(choices, slices.Repeat([]assessment.Choice{rns}, unsaid)...)
					choices = append(choices, make([]assessment.Choice, n-len(choices))...)
					r := answered(t, choices...)
					published, _, err := maturity.Freeze(maturity.Report{Result: r})
					if err != nil {
						t.Fatal(err)
					}
					may := r.CommentsMayShow("1.1")
					if before, ok := seen[string(published)]; ok && before != may {
						t.Fatalf("%d levels, %d do not know, %d would not say, of %d: the same report, other comments", levels, unknown, unsaid, n)
					}
					seen[string(published)] = may
					if may && levels+unknown < maturity.MinCommented {
						t.Fatalf("comments of %d answers show", levels+unknown)
					}
				}
			}
		}
	}
}
