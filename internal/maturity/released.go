package maturity

import "slices"

// For the disclosure view: why something that the report shows is left out.
const (
	fewPeople      Reason = "it would count fewer than 5 people"
	evidenceHeldBy Reason = "it could point at one person"
)

// Released is the report as it would look if it were handed to anybody who asks:
// the board's scores and findings, without what names roles or counts fewer
// than [MinShown] people. It works nothing out and adds nothing: every value in
// it stands in the report, and where one is left out, so is whatever it could be
// subtracted from. The report itself stays as it is.
func (r Report) Released() Report {
	r.Roles = nil
	r.LookBack = r.LookBack.released(r.Result)
	r.Result = r.Result.released()
	numbers := make(map[string]bool) // questions whose spread is still shown
	for _, e := range r.Result.Elements {
		for _, it := range e.Items {
			numbers[it.Key] = it.AverageDeviation != nil
		}
	}
	for _, findings := range []*[]Finding{&r.Strengths, &r.Gaps, &r.Splits, &r.BlindSpots, &r.SideGaps, &r.TalkAbout} {
		*findings = slices.Clone(*findings)
		for i := range *findings {
			(*findings)[i].release(numbers)
		}
	}
	return r
}

// release takes from a finding the numbers that the released report does not hold.
func (f *Finding) release(spreadShown map[string]bool) {
	if f.Kind == SplitView && !spreadShown[f.Item] {
		f.Value = nil
	}
	if f.Kind == BlindSpot && (f.Count == nil || *f.Count < MinShown) {
		f.Count, f.Of = nil, nil
	}
}

func (r Result) released() Result {
	r.Elements = slices.Clone(r.Elements)
	withheld := make(map[string]bool) // questions that do not say how many do not know
	for i := range r.Elements {
		e := &r.Elements[i]
		e.Claimed, e.Shown, e.Items = nil, nil, slices.Clone(e.Items)
		e.Respondents = r.notFew(e.Respondents)
		for j := range e.Items {
			e.Items[j] = r.releasedItem(e.Items[j])
			if e.Items[j].DontKnow == nil {
				withheld[e.Items[j].Key], e.DontKnow = true, nil
			}
		}
	}
	r.Factors, r.Lenses = releasedCuts(r.Factors, withheld), releasedCuts(r.Lenses, withheld)
	r.Sides.Executive.Respondents, r.Sides.NonExecutive.Respondents = nil, nil
	return r
}

// releasedCuts leaves out a share of "I do not know" that a question's would
// follow from.
func releasedCuts(cuts []Cut, withheld map[string]bool) []Cut {
	cuts = slices.Clone(cuts)
	for i := range cuts {
		if slices.ContainsFunc(cuts[i].Items, func(key string) bool { return withheld[key] }) {
			cuts[i].DontKnow = nil
		}
	}
	return cuts
}

// few says whether a count is of some people, but of too few.
func few(n int) bool { return n > 0 && n < MinShown }

// notFew is how many people there are of those who answered, unless too few are
// in it or too few are left over.
func (r Result) notFew(n *int) *int {
	if n == nil || few(*n) || few(r.Respondents-*n) {
		return nil
	}
	return n
}

// releasedItem keeps of a question its score and how far people agree, in words.
// Counts, and what they could be worked out from, stay only where no group of
// people in them is too small.
func (r Result) releasedItem(it Item) Item {
	why := make(map[string]Reason, len(it.HiddenValues))
	for value, reason := range it.HiddenValues {
		why[value] = reason
	}
	it.HiddenValues, it.Evidenced = why, nil
	it.hide(evidenceHeldBy, "evidenced")
	if it.N != nil && (slices.ContainsFunc(it.Counts, few) || slices.ContainsFunc(it.Bands, few)) {
		it.Counts, it.Bands, it.Median, it.AverageDeviation, it.Agreement = nil, nil, nil, nil, nil
		it.hide(fewPeople, "counts", "bands", "median", "averageDeviation", "agreement")
	}
	if it.NearlyAll > 0 {
		it.NearlyAll, it.Hidden = 0, fewPeople
	}
	if it.NearlyAllDontKnow || it.DontKnow != nil && few(*it.DontKnow) {
		it.DontKnow, it.NearlyAllDontKnow = nil, false
		it.hide(fewPeople, "dontKnow")
	}
	if n := r.notFew(it.N); n == nil || it.DontKnow == nil || it.NoAnswer != nil && few(*it.NoAnswer) {
		it.N, it.NoAnswer, it.LowestPossible, it.HighestPossible = nil, nil, nil, nil
		it.hide(fewPeople, "n", "noAnswer", "lowestPossible", "highestPossible")
	}
	return it
}
