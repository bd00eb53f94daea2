package maturity

import (
	"cmp"
	"slices"
	"time"

	"octant/internal/questionnaire"
)

// Schema is the version of the frozen document that this program writes.
const Schema = 1

// Meta is what a report says beside its result.
type Meta struct {
	Trust   Trust
	Round   Round
	Roles   []RoleCount
	Earlier *Report // of the round on which this one looked back, nil for none
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
	r.LookBack = lookBack(in, meta.Earlier)
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
	var summaries []summary // of the elements shown
	var scored [][]int      // the questions each rests on
	for i := range t.version.Elements {
		e := &t.version.Elements[i]
		el, shown := t.discloseElement(e, items, estimates)
		r.Elements = append(r.Elements, el)
		if el.Score != nil {
			summaries, scored = append(summaries, summaryOf(estimates, shown)), append(scored, shown)
		}
	}
	r.Overall = t.discloseOverall(summaries, scored)
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
	people := len(t.personMeans(shown))
	el.Figure = t.disclosedFigure(summaryOf(estimates, shown), people)
	el.Respondents, el.Claimed = new(people), new(claimed)
	if t.evidence {
		el.Shown = new(evidenced)
	}
	return el, shown
}

// enough says whether at least three fifths are shown.
func enough(shown, of int) bool { return shown > 0 && shown*5 >= of*3 }

// summary is a score made of estimates: its value and the widest spread that
// people's own scores can have, which is that of people who are as far above or
// below the others in every question.
type summary struct{ value, spread float64 }

func summaryOf(estimates []estimate, places []int) summary {
	var s summary
	for _, p := range places {
		s.value += estimates[p].value / float64(len(places))
		s.spread += estimates[p].spread / float64(len(places))
	}
	return s
}

// disclosedFigure rounds a score of so many people to one decimal and puts
// around it an interval that is rounded outwards. Its width comes from what is
// shown of the questions: people's own means would tell how alike they are.
func (t *tally) disclosedFigure(s summary, people int) Figure {
	rounded := tenth(s.value)
	f := Figure{Score: new(rounded), Level: LevelName(t.version, rounded)}
	f.within(t.margin(s.spread, people))
	f.Low, f.High = new(down(*f.Low)), new(up(*f.High))
	f.OnEdge = LevelOf(*f.Low) != LevelOf(*f.High)
	return f
}

func (t *tally) discloseOverall(elements []summary, scored [][]int) Figure {
	if !enough(len(elements), len(t.version.Elements)) {
		return Figure{Hidden: tooFewElements}
	}
	var all summary
	for _, e := range elements {
		all.value += e.value / float64(len(elements))
		all.spread += e.spread / float64(len(elements))
	}
	return t.disclosedFigure(all, len(t.overallMeans(scored)))
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
	c.Figure = t.disclosedFigure(summaryOf(estimates, shown), len(t.personMeans(shown)))
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
