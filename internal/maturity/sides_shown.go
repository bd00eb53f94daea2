package maturity

import "math"

// discloseSides is what is shown of the two sides. Either both are shown or
// neither is, as the whole minus one is the other.
func (t *tally) discloseSides(estimates []estimate) Sides {
	if !t.both() || t.onSide(exec) < MinShown || t.onSide(ned) < MinShown {
		return t.hiddenSides(smallSide)
	}
	s := Sides{Executive: t.turnout(exec), NonExecutive: t.turnout(ned), Elements: []SideElement{}}
	for i := range t.version.Elements {
		e := &t.version.Elements[i]
		s.Elements = append(s.Elements, t.discloseSideElement(e.Key, t.questions(e), estimates))
	}
	return s
}

func (t *tally) hiddenSides(why Reason) Sides {
	s := Sides{Hidden: why, Elements: []SideElement{}}
	s.Executive.Invited, s.NonExecutive.Invited = t.bySide[sides[exec]], t.bySide[sides[ned]]
	for i := range t.version.Elements {
		s.Elements = append(s.Elements, SideElement{Key: t.version.Elements[i].Key, Hidden: why})
	}
	return s
}

func (t *tally) discloseSideElement(key string, places []int, estimates []estimate) SideElement {
	se := SideElement{
		Key:                  key,
		ExecutiveDontKnow:    t.sideShare(exec, places),
		NonExecutiveDontKnow: t.sideShare(ned, places),
	}
	v := t.viewFrom(places, estimates)
	if !enough(len(v.counted)+len(v.alike), len(places)) || !v.safe() {
		se.Hidden = sidesUnsafe
		return se
	}
	executive, nonExecutive := tenth(v.mean(exec)), tenth(v.mean(ned))
	se.Executive, se.NonExecutive = new(executive), new(nonExecutive)
	se.Gap = new(math.Round((executive-nonExecutive)*10)/10 + 0)
	p := 1.0
	if len(v.counted) > 0 {
		p = t.sideP(v.counted)
	}
	se.P = new(atMost(p))
	return se
}

// atMost is the first step of a short ladder that a chance does not exceed. The
// chance itself would tell in which order people's means stand.
func atMost(p float64) float64 {
	for _, step := range []float64{0.01, 0.05, 0.1, 0.2, 0.5} {
		if p <= step+tiny {
			return step
		}
	}
	return 1
}

// view is one element as the two sides see it, over the questions that at least
// five people of each side gave a score.
type view struct {
	tally   *tally
	counted []int     // questions whose counts are shown for the whole board
	alike   []float64 // estimates of those told in words, the same for both sides
}

func (t *tally) viewFrom(places []int, estimates []estimate) view {
	v := view{tally: t}
	for _, i := range places {
		raw := t.items[i]
		if raw.bySide[exec].N() < MinShown || raw.bySide[ned].N() < MinShown {
			continue
		}
		if how, _ := tellingOf(raw.counts); how == tellCounts {
			v.counted = append(v.counted, i)
			continue
		}
		v.alike = append(v.alike, estimates[i].value)
	}
	return v
}

// mean is a side's score.
func (v view) mean(side int) float64 { return v.meanIf(side, nil) }

// meanIf is a side's score if it gained so many levels in all, by the place of
// the question. What a side gains, the other loses.
func (v view) meanIf(side int, gains map[int]int) float64 {
	sum := 0.0
	for _, x := range v.alike {
		sum += x
	}
	for _, i := range v.counted {
		c := v.tally.items[i].bySide[side]
		sum += (float64(c.Sum()) + float64(gains[i])) / float64(c.N())
	}
	return sum / float64(len(v.alike)+len(v.counted))
}
