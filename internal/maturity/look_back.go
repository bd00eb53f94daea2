package maturity

import (
	"slices"

	"octant/internal/questionnaire"
)

// LookBack is where the people of a round put the board at an earlier round,
// knowing what they know now. It stands beside the scores and changes none: the
// answers it is made of go into nothing else, and nothing else goes into it but
// the earlier report's own scores.
type LookBack struct {
	Round         Round        `json:"round"` // the earlier one
	Questionnaire string       `json:"questionnaire"`
	Form          string       `json:"form"`
	Elements      []LookedBack `json:"elements"`
}

// LookedBack is one element, looking back: the mean of those who looked back on
// it, and nothing finer.
type LookedBack struct {
	Key    string   `json:"key"`
	Then   *float64 `json:"then"`  // as the earlier report scored it
	Score  *float64 `json:"score"` // as judged now
	N      *int     `json:"n"`     // people who gave a score
	Hidden Reason   `json:"hidden,omitempty"`
}

// fewLookedBack is why an element has no score as judged now.
const fewLookedBack Reason = "fewer than 5 people looked back on it"

// lookBack is what may be told of the look-back answers. Each element's is one
// question by itself, and its score the estimate that anybody could read off what
// would be told of any other question with these answers (METHOD.md, section 5):
// so that it tells less of them than any question's answers are told. It is
// rounded as a question's mean is.
func lookBack(in Input, earlier *Report) *LookBack {
	if earlier == nil || len(in.Responses) < MinShown {
		return nil
	}
	b := &LookBack{Round: earlier.Round, Questionnaire: earlier.Result.Questionnaire, Form: earlier.Result.Form}
	for i := range in.Version.Elements {
		key := in.Version.Elements[i].Key
		e := LookedBack{Key: key, Then: earlier.Result.scoreOf(key)}
		var counts Counts
		for _, r := range in.Responses {
			if level, ok := r.Answers[questionnaire.BackKey(key)].Choice.Level(); ok {
				counts[level-1]++
			}
		}
		if told := estimateOf(counts); told.shown {
			e.Score, e.N = new(tenth(told.value)), new(counts.N())
			if counts.N() < minTenths {
				*e.Score = half(told.value)
			}
		} else {
			e.Hidden = fewLookedBack
		}
		b.Elements = append(b.Elements, e)
	}
	return b
}

// scoreOf is an element's published score, nil if there is none.
func (r Result) scoreOf(key string) *float64 {
	for i := range r.Elements {
		if r.Elements[i].Key == key {
			return r.Elements[i].Score
		}
	}
	return nil
}

// Of is an element, looking back.
func (b *LookBack) Of(key string) LookedBack {
	if b != nil {
		if i := slices.IndexFunc(b.Elements, func(e LookedBack) bool { return e.Key == key }); i >= 0 {
			return b.Elements[i]
		}
	}
	return LookedBack{Key: key, Hidden: fewLookedBack}
}

// Told says whether any element has a score as judged now.
func (b *LookBack) Told() bool {
	return b != nil && slices.ContainsFunc(b.Elements, func(e LookedBack) bool { return e.Score != nil })
}

// SameAsked says whether the earlier round asked the same questions as this one,
// so that scores of the two can stand beside each other without more words.
func (b *LookBack) SameAsked(now Result) bool {
	return b.Questionnaire == now.Questionnaire && b.Form == now.Form
}

// released leaves out how many looked back where that, or the rest, is too few
// people to count.
func (b *LookBack) released(r Result) *LookBack {
	if b == nil {
		return nil
	}
	out := *b
	out.Elements = slices.Clone(b.Elements)
	for i := range out.Elements {
		out.Elements[i].N = r.notFew(out.Elements[i].N)
	}
	return &out
}
