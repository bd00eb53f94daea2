package maturity

import (
	"slices"

	"gonum.org/v1/gonum/stat"

	"octant/internal/questionnaire"
)

// MinShown is the fewest people of whom anything is shown, and the fewest
// answers that an interval is worked out from.
const MinShown = 5

// Score works out every statistic, plain and unrounded. It hides nothing: it is
// for the owner of the answers, never for a report.
func Score(in Input) Result {
	t := count(in)
	r := t.frame()
	var scored [][]int
	for i := range t.version.Elements {
		e := &t.version.Elements[i]
		el := t.element(e)
		r.Elements = append(r.Elements, el)
		if el.Score != nil {
			scored = append(scored, t.questions(e))
		}
	}
	r.Overall = overall(r.Elements, 1, func(score float64) Figure {
		return t.figure(score, t.overallMeans(scored))
	})
	r.Lowest = lowest(r.Elements)
	r.Sides = t.sides()
	r.Factors = t.cuts(t.version.Factors, func(q *questionnaire.Question) []string { return q.Factors }, t.cut)
	r.Lenses = t.cuts(t.version.Lenses, func(q *questionnaire.Question) []string { return q.Lenses }, t.cut)
	return r
}

// frame is the part of a result that says what was asked of whom.
func (t *tally) frame() Result {
	return Result{
		Questionnaire: t.version.Name, Form: string(t.form),
		Invited: t.invited, Respondents: t.people(),
		Elements: make([]Element, 0, len(t.version.Elements)),
	}
}

func (t *tally) element(e *questionnaire.Element) Element {
	el := Element{Key: e.Key, Items: []Item{}}
	places := t.questions(e)
	var scores []float64
	claimed, shown := 0, 0
	for _, i := range places {
		it := t.item(i)
		el.Items = append(el.Items, it)
		if it.Mean == nil {
			continue
		}
		scores = append(scores, *it.Mean)
		if *it.Mean >= 3 {
			claimed++
			shown += boolean(t.items[i].evidenced)
		}
	}
	el.DontKnow = t.dontKnow(places)
	if len(scores) == 0 {
		el.Hidden = noScores
		return el
	}
	means := t.personMeans(places)
	el.Figure = t.figure(stat.Mean(scores, nil), means)
	el.Respondents = new(len(means))
	el.Claimed = new(claimed)
	if t.evidence {
		el.Shown = new(shown)
	}
	return el
}

// figure puts the 95 % interval and the level's word to a score. Means are the
// people's own means that the score rests on.
func (t *tally) figure(score float64, means []float64) Figure {
	f := Figure{Score: new(score), Level: LevelName(t.version, score)}
	if n := len(means); n >= MinShown {
		f.within(t.margin(stat.StdDev(means, nil), n))
	}
	return f
}

// within sets the interval that reaches so far to both sides of the score.
func (f *Figure) within(reach float64) {
	low, high := onScale(*f.Score-reach), onScale(*f.Score+reach)
	f.Low, f.High = new(low), new(high)
	f.OnEdge = LevelOf(low) != LevelOf(high)
}

func (t *tally) item(place int) Item {
	raw := t.items[place]
	it := Item{
		Key: t.asked[place].Key, N: new(raw.counts.N()), Counts: raw.counts[:],
		DontKnow: new(raw.dontKnow), RatherNotSay: new(raw.ratherNotSay), NotAnswered: new(raw.notAnswered),
	}
	if t.evidence {
		it.Evidenced = new(raw.evidenced)
	}
	if raw.counts.N() == 0 {
		it.Hidden = noScores
		return it
	}
	mean := raw.counts.Mean()
	it.Mean, it.Median = new(mean), new(raw.counts.Median())
	it.AverageDeviation = new(raw.counts.AverageDeviation())
	it.Agreement = new(Agreement(raw.counts[:]))
	it.Label = LabelOf(raw.counts)
	it.LowestPossible = new(bound(mean, raw.counts.N(), t.invited, 1))
	it.HighestPossible = new(bound(mean, raw.counts.N(), t.invited, questionnaire.Levels))
	return it
}

// bound is the mean of all invited if those who gave no score had all chosen a
// level.
func bound(mean float64, n, invited int, level float64) float64 {
	return (mean*float64(n) + level*float64(invited-n)) / float64(invited)
}

// dontKnow is the share of "I do not know" among the answers that the people
// who answered could have given.
func (t *tally) dontKnow(places []int) *float64 {
	asked := len(places) * t.people()
	if asked == 0 {
		return nil
	}
	n := 0
	for _, i := range places {
		n += t.items[i].dontKnow
	}
	return new(float64(n) / float64(asked))
}

// overall is the mean of the scored elements, when there are enough of them.
func overall(elements []Element, enough int, figure func(score float64) Figure) Figure {
	var scores []float64
	for _, e := range elements {
		if e.Score != nil {
			scores = append(scores, *e.Score)
		}
	}
	if len(scores) < enough {
		return Figure{Hidden: tooFewElements}
	}
	return figure(stat.Mean(scores, nil))
}

// lowest is the key of the element with the lowest score, the first of equals.
func lowest(elements []Element) string {
	key, least := "", 0.0
	for _, e := range elements {
		if e.Score != nil && (key == "" || *e.Score < least) {
			key, least = e.Key, *e.Score
		}
	}
	return key
}

// cuts makes one cut a tag, over the questions that carry it.
func (t *tally) cuts(tags []questionnaire.Tag, of func(*questionnaire.Question) []string, cut func([]int) Cut) []Cut {
	all := make([]Cut, 0, len(tags))
	for _, tag := range tags {
		places := t.tagged(func(q *questionnaire.Question) bool { return slices.Contains(of(q), tag.Key) })
		c := cut(places)
		c.Key, c.Items = tag.Key, t.keys(places)
		all = append(all, c)
	}
	return all
}

func (t *tally) cut(places []int) Cut {
	c := Cut{DontKnow: t.dontKnow(places)}
	var scores []float64
	for _, i := range places {
		if counts := t.items[i].counts; counts.N() > 0 {
			scores = append(scores, counts.Mean())
		}
	}
	if len(scores) == 0 {
		c.Hidden = noScores
		return c
	}
	c.Figure = t.figure(stat.Mean(scores, nil), t.personMeans(places))
	return c
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}
