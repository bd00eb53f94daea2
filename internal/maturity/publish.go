package maturity

import (
	"cmp"
	"slices"
	"time"

	"gonum.org/v1/gonum/stat"

	"octant/internal/questionnaire"
)

// Schema is the version of the frozen document that this program writes.
const Schema = 1

// Meta is what a report says beside its result.
type Meta struct {
	Trust Trust
	Round Round
	Roles []RoleCount
}

// Publish makes the report of a closed round: every privacy rule is applied
// (METHOD.md beside this file), and the findings are chosen from what is left.
func Publish(in Input, meta Meta) Report {
	r := Report{Schema: Schema, Trust: meta.Trust, Round: meta.Round, Digest: in.Version.Digest, Result: Hide(in)}
	r.Round.Opened = r.Round.Opened.UTC().Truncate(time.Second)
	r.Round.Closed = r.Round.Closed.UTC().Truncate(time.Second)
	r.Roles = slices.Clone(meta.Roles)
	slices.SortFunc(r.Roles, func(a, b RoleCount) int {
		return cmp.Or(b.Invited-a.Invited, cmp.Compare(a.Role, b.Role))
	})
	r.find()
	r.QualityNotes = notes(r.Result)
	return r
}

// Hide is the published result alone: what may be shown of a set of answers.
func Hide(in Input) Result {
	t := count(in)
	r := t.frame()
	if t.people() < MinShown {
		return t.hidden(r)
	}
	items, estimates := make([]Item, len(t.asked)), make([]estimate, len(t.asked))
	for i := range t.asked {
		items[i], estimates[i] = t.disclose(i)
	}
	var means []float64 // of the elements shown, unrounded
	var scored [][]int  // the questions each rests on
	for i := range t.version.Elements {
		e := &t.version.Elements[i]
		el, shown := t.discloseElement(e, items, estimates)
		r.Elements = append(r.Elements, el)
		if el.Score != nil {
			means, scored = append(means, meanOf(estimates, shown)), append(scored, shown)
		}
	}
	r.Overall = t.discloseOverall(means, scored)
	r.Lowest = lowest(r.Elements)
	r.Sides = t.discloseSides(estimates)
	cut := func(places []int) Cut { return t.discloseCut(places, estimates) }
	r.Factors = t.cuts(t.version.Factors, func(q *questionnaire.Question) []string { return q.Factors }, cut)
	r.Lenses = t.cuts(t.version.Lenses, func(q *questionnaire.Question) []string { return q.Lenses }, cut)
	return r
}

// discloseElement is what is shown of an element, and the questions that its
// score rests on.
func (t *tally) discloseElement(e *questionnaire.Element, items []Item, estimates []estimate) (el Element, shown []int) {
	places := t.questions(e)
	el = Element{Key: e.Key, Items: []Item{}, DontKnow: t.dontKnowShown(places)}
	claimed, evidenced := 0, 0
	for _, i := range places {
		el.Items = append(el.Items, items[i])
		if !estimates[i].shown {
			continue
		}
		shown = append(shown, i)
		if estimates[i].value >= 3 {
			claimed++
			evidenced += boolean(t.items[i].evidenced)
		}
	}
	if !enough(len(shown), len(places)) {
		el.Hidden = tooFewItems
		return el, nil
	}
	means := t.personMeans(shown)
	el.Figure = t.disclosedFigure(meanOf(estimates, shown), means, len(shown))
	el.Respondents, el.Claimed = new(len(means)), new(claimed)
	if t.evidence {
		el.Shown = new(evidenced)
	}
	return el, shown
}

// enough says whether at least three fifths are shown.
func enough(shown, of int) bool { return shown > 0 && shown*5 >= of*3 }

func meanOf(estimates []estimate, places []int) float64 {
	values := make([]float64, len(places))
	for i, p := range places {
		values[i] = estimates[p].value
	}
	return stat.Mean(values, nil)
}

// disclosedFigure rounds a score to one decimal and puts around it an interval
// that is rounded outwards and hides how alike people's own means are.
func (t *tally) disclosedFigure(score float64, means []float64, questions int) Figure {
	rounded := tenth(score)
	f := Figure{Score: new(rounded), Level: LevelName(t.version, rounded)}
	n := len(means)
	switch {
	case n < MinShown:
		f.Hidden = tooFewAnswers
	case n >= t.invited:
		f.within(0)
	case questions < 2:
		f.Hidden = oneQuestion
	default:
		f.within(Margin(quarterUp(stat.StdDev(means, nil)), n, t.invited))
		f.Low, f.High = new(down(*f.Low)), new(up(*f.High))
		f.OnEdge = LevelOf(*f.Low) != LevelOf(*f.High)
	}
	return f
}

func (t *tally) discloseOverall(means []float64, scored [][]int) Figure {
	if !enough(len(means), len(t.version.Elements)) {
		return Figure{Hidden: tooFewElements}
	}
	questions := 0
	for _, places := range scored {
		questions += len(places)
	}
	return t.disclosedFigure(stat.Mean(means, nil), t.overallMeans(scored), questions)
}

func (t *tally) discloseCut(places []int, estimates []estimate) Cut {
	c := Cut{DontKnow: t.dontKnowShown(places)}
	var shown []int
	for _, i := range places {
		if estimates[i].shown {
			shown = append(shown, i)
		}
	}
	if !enough(len(shown), len(places)) {
		c.Hidden = tooFewItems
		return c
	}
	c.Figure = t.disclosedFigure(meanOf(estimates, shown), t.personMeans(shown), len(shown))
	return c
}

// hidden is the result of a round of which nothing may be shown.
func (t *tally) hidden(r Result) Result {
	figure := Figure{Hidden: tooFewPeople}
	r.Hidden, r.Overall = tooFewPeople, figure
	for i := range t.version.Elements {
		e := &t.version.Elements[i]
		el := Element{Key: e.Key, Figure: figure, Items: []Item{}}
		for _, p := range t.questions(e) {
			el.Items = append(el.Items, Item{Key: t.asked[p].Key, Hidden: tooFewPeople})
		}
		r.Elements = append(r.Elements, el)
	}
	cut := func([]int) Cut { return Cut{Figure: figure} }
	r.Factors = t.cuts(t.version.Factors, func(q *questionnaire.Question) []string { return q.Factors }, cut)
	r.Lenses = t.cuts(t.version.Lenses, func(q *questionnaire.Question) []string { return q.Lenses }, cut)
	r.Sides = t.hiddenSides(tooFewPeople)
	return r
}
