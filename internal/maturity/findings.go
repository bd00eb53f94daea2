package maturity

import (
	"cmp"
	"math"
	"slices"
)

// The rules by which findings are chosen. They look at published values only;
// equals stay in the questionnaire's order.
const (
	mostOfAKind  = 3    // findings of one kind, and things to talk about
	strongFrom   = 3.4  // an element this high is a strength
	weakBelow    = 2.6  // an element below this is a gap
	blindFrom    = 0.25 // share of people who do not know that makes a blind spot
	blindPeople  = 2    // and the fewest people
	sideGapFrom  = 0.5  // levels between the sides that make a side gap
	sideGapUpToP = 0.1  // and the largest chance of its being chance
)

// find chooses the findings from the published result.
func (r *Report) find() {
	r.Strengths = strengths(r.Result)
	r.Gaps = gaps(r.Result, r.Strengths)
	r.Splits = splits(r.Result)
	r.BlindSpots = blindSpots(r.Result)
	r.SideGaps = sideGaps(r.Result)
	r.TalkAbout = talkAbout(r.Splits, r.BlindSpots, r.SideGaps, r.Gaps, r.Strengths)
}

// strengths are the highest elements at "Working well" or above; without any,
// the highest alone if it is at least "In place".
func strengths(r Result) []Finding {
	all := scoredElements(r, Strength)
	slices.SortStableFunc(all, func(a, b Finding) int { return cmp.Compare(*b.Value, *a.Value) })
	strong := where(all, func(f Finding) bool { return *f.Value >= strongFrom })
	if len(strong) == 0 && len(all) > 0 && *all[0].Value >= weakBelow {
		strong = all[:1]
	}
	return first(strong)
}

// gaps are the lowest elements below "In place"; without any, the lowest alone
// if it is below "Working well" and is not the strength.
func gaps(r Result, strong []Finding) []Finding {
	all := scoredElements(r, Gap)
	slices.SortStableFunc(all, func(a, b Finding) int { return cmp.Compare(*a.Value, *b.Value) })
	weak := where(all, func(f Finding) bool { return *f.Value < weakBelow })
	if len(weak) == 0 && len(all) > 0 && *all[0].Value < strongFrom && !names(strong, all[0].Element) {
		weak = all[:1]
	}
	return first(weak)
}

func scoredElements(r Result, kind Kind) []Finding {
	var all []Finding
	for _, e := range r.Elements {
		if e.Score != nil {
			all = append(all, Finding{Kind: kind, Element: e.Key, Value: e.Score})
		}
	}
	return all
}

// splits are the questions labelled split, then those labelled wide, the
// larger average deviation first where it is published.
func splits(r Result) []Finding {
	all := items(r, func(e Element, it Item) (Finding, bool) {
		f := Finding{Kind: SplitView, Element: e.Key, Item: it.Key, Value: it.AverageDeviation, Label: it.Label}
		return f, it.Label == Split || it.Label == Wide
	})
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Or(boolean(b.Label == Split)-boolean(a.Label == Split), cmp.Compare(valueOr(b, 0), valueOr(a, 0)))
	})
	return first(all)
}

// blindSpots are the questions that a quarter of the people, and at least two,
// do not know about; most people first.
func blindSpots(r Result) []Finding {
	people := r.Respondents
	all := items(r, func(e Element, it Item) (Finding, bool) {
		f := Finding{Kind: BlindSpot, Element: e.Key, Item: it.Key, Count: it.DontKnow, Of: new(people)}
		if it.DontKnow == nil {
			return f, it.NearlyAllDontKnow
		}
		n := *it.DontKnow
		return f, n >= blindPeople && float64(n) >= blindFrom*float64(people)
	})
	unknown := func(f Finding) int {
		if f.Count == nil {
			return people
		}
		return *f.Count
	}
	slices.SortStableFunc(all, func(a, b Finding) int { return unknown(b) - unknown(a) })
	return first(all)
}

// sideGaps are the elements on which the sides lie at least half a level
// apart, when that is hardly chance; widest first.
func sideGaps(r Result) []Finding {
	var all []Finding
	for _, e := range r.Sides.Elements {
		if e.Gap != nil && e.P != nil && math.Abs(*e.Gap) >= sideGapFrom-tiny && *e.P <= sideGapUpToP {
			all = append(all, Finding{Kind: SideGap, Element: e.Key, Value: e.Gap})
		}
	}
	slices.SortStableFunc(all, func(a, b Finding) int {
		return cmp.Compare(math.Abs(*b.Value), math.Abs(*a.Value))
	})
	return first(all)
}

// talkAbout takes the first finding of each kind in turn, then the second of
// each, until there are three about three different elements.
func talkAbout(kinds ...[]Finding) []Finding {
	chosen := []Finding{}
	for turn := range mostOfAKind {
		for _, kind := range kinds {
			if turn < len(kind) && len(chosen) < mostOfAKind && !names(chosen, kind[turn].Element) {
				chosen = append(chosen, kind[turn])
			}
		}
	}
	return chosen
}

func items(r Result, choose func(Element, Item) (Finding, bool)) []Finding {
	var all []Finding
	for _, e := range r.Elements {
		for _, it := range e.Items {
			if f, ok := choose(e, it); ok {
				all = append(all, f)
			}
		}
	}
	return all
}

func where(all []Finding, keep func(Finding) bool) []Finding {
	var kept []Finding
	for _, f := range all {
		if keep(f) {
			kept = append(kept, f)
		}
	}
	return kept
}

// first keeps as many as are shown, and never gives nil, which JSON would
// write as null.
func first(all []Finding) []Finding {
	return append([]Finding{}, all[:min(mostOfAKind, len(all))]...)
}

func names(all []Finding, element string) bool {
	return slices.ContainsFunc(all, func(f Finding) bool { return f.Element == element })
}

func valueOr(f Finding, otherwise float64) float64 {
	if f.Value == nil {
		return otherwise
	}
	return *f.Value
}
