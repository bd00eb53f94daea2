package register

import (
	"cmp"
	"slices"
)

// Lineage is who came before a code and who came after, each succession once.
type Lineage struct {
	Code   string
	Before []Step // newest first
	After  []Step // oldest first
}

// Step is one succession of a lineage.
type Step struct {
	Succession
	Depth  int      // 1 when it touches the code itself, 2 when one lies between
	Beside []string // where one was split: the other codes that followed it on that day
}

// Trace follows successions from a code both ways to their ends. However they
// lead, each is followed once.
func Trace(code string, all []Succession) Lineage {
	back := func(s Succession) (string, string) { return s.To, s.From }
	on := func(s Succession) (string, string) { return s.From, s.To }
	l := Lineage{Code: code, Before: trace(code, all, back), After: trace(code, all, on)}
	slices.SortStableFunc(l.Before, func(a, b Step) int { return cmp.Or(b.On.Compare(a.On), cmp.Compare(a.From, b.From)) })
	slices.SortStableFunc(l.After, func(a, b Step) int { return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.To, b.To)) })
	return l
}

func trace(code string, all []Succession, ends func(Succession) (here, there string)) []Step {
	var steps []Step
	reached := map[string]bool{code: true}
	followed := map[[2]string]bool{}
	for edge, depth := []string{code}, 1; len(edge) > 0; depth++ {
		var next []string
		for _, s := range all {
			here, there := ends(s)
			if !slices.Contains(edge, here) || followed[[2]string{s.From, s.To}] {
				continue
			}
			followed[[2]string{s.From, s.To}] = true
			steps = append(steps, Step{s, depth, beside(s, all)})
			if !reached[there] {
				reached[there] = true
				next = append(next, there)
			}
		}
		edge = next
	}
	return steps
}

// beside are the other parts of a split.
func beside(s Succession, all []Succession) []string {
	var codes []string
	for _, x := range all {
		if s.Kind == Split && x.From == s.From && x.On.Equal(s.On) && x.To != s.To {
			codes = append(codes, x.To)
		}
	}
	slices.Sort(codes)
	return codes
}

// Heirs are the codes at the ends of what came after, in order: those that nobody
// followed. A code that nobody followed has none.
func (l Lineage) Heirs() []string {
	followed := map[string]bool{}
	for _, s := range l.After {
		followed[s.From] = true
	}
	var heirs []string
	for _, s := range l.After {
		if !followed[s.To] && !slices.Contains(heirs, s.To) {
			heirs = append(heirs, s.To)
		}
	}
	return heirs
}

// Ancestor is one that came before, with the succession that ended it.
type Ancestor struct {
	Step
	Apart bool // it was split, or one between was: only a part of it came here
}

// Ancestors are those that came before, each once, in the order of [Lineage.Before].
func (l Lineage) Ancestors() []Ancestor {
	whole := map[string]bool{l.Code: true}
	for grew := true; grew; {
		grew = false
		for _, s := range l.Before {
			if s.Kind != Split && whole[s.To] && !whole[s.From] {
				whole[s.From], grew = true, true
			}
		}
	}
	var all []Ancestor
	for _, s := range l.Before {
		ended := func(a Ancestor) bool { return a.From == s.From }
		i := slices.IndexFunc(all, ended)
		switch onward := s.Kind != Split && whole[s.To]; {
		case i < 0:
			all = append(all, Ancestor{s, !whole[s.From]})
		case onward:
			all[i].Step = s // the succession by which all of it came
		}
	}
	return all
}
