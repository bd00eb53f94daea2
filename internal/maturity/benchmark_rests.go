package maturity

import "math/bits"

// What is left of a set when others are taken from it. A region is all trusts less
// the other regions, so that one which is not published, or not anew, must not
// follow from those that are.

// rest says why a set may not be published beside all that are, since groups of one
// kind can be taken from what they lie in: "" if it may.
func (g *warden) rest(m *published) Reason {
	for _, kind := range GroupKinds() {
		if kind == m.key.Kind {
			continue
		}
		if why := g.without(m, kind); why != "" {
			return why
		}
	}
	seen := map[GroupKey]bool{m.key: true}
	for _, list := range [2][]published{g.now, g.past} {
		for i := range list {
			whole := &list[i]
			if seen[whole.key] || whole.key.Kind == m.key.Kind || !m.mostlyIn(whole) {
				continue
			}
			seen[whole.key] = true
			if why := g.without(whole, m.key.Kind); why != "" {
				return why
			}
		}
	}
	return ""
}

// mostlyIn says whether most of a set's trusts are in another.
func (p *published) mostlyIn(whole *published) bool {
	return 2*p.trusts.left(whole.trusts) < p.trusts.count()
}

// without says why the groups of a kind may not be published beside one that they
// lie in, "" if they may. It looks at that group in every edition, without those as
// they were published most like it: what is left, and how that changed from any
// edition to any other, is nothing or enough.
func (g *warden) without(whole *published, kind GroupKind) Reason {
	if whole.edition == 0 && !g.restNow(whole, kind) {
		return NearAnother
	}
	var sums [][]int
	for _, list := range [2][]published{g.past, g.now} {
		for i := range list {
			if list[i].key != whole.key {
				continue
			}
			sum, found := g.less(&list[i], kind)
			if !found {
				continue
			}
			if !g.safe(g.bearing(sum, nil)) {
				return NearEarlier
			}
			for _, other := range sums {
				if !g.safe(g.bearing(sum, other)) {
					return NearEarlier
				}
			}
			sums = append(sums, sum)
		}
	}
	return ""
}

// restNow: what is left without the groups that this edition publishes is nothing
// or enough.
func (g *warden) restNow(whole *published, kind GroupKind) bool {
	rest, found := whole.members, false
	for i := range g.now {
		p := &g.now[i]
		if p.key.Kind == kind && p.within(whole.members) && !whole.within(p.members) {
			rest, found = rest.minus(p.members), true
		}
	}
	return !found || g.safe(g.trustsOf(rest))
}

// less is how often each round is counted in a set less the groups of a kind that
// lie in it, each as it was published most like it.
func (g *warden) less(whole *published, kind GroupKind) (sum []int, found bool) {
	nearest, outside := make(map[GroupKey]*published), make(map[GroupKey]int)
	for _, list := range [2][]published{g.past, g.now} {
		for i := range list {
			p := &list[i]
			if p.key.Kind != kind || !p.mostlyIn(whole) {
				continue
			}
			if n := 2*p.left(whole.members) - p.count(); nearest[p.key] == nil || n <= outside[p.key] {
				nearest[p.key], outside[p.key] = p, n
			}
		}
	}
	sum = make([]int, len(g.owner))
	whole.each(func(i int) { sum[i]++ })
	for _, p := range nearest {
		p.each(func(i int) { sum[i]-- })
	}
	return sum, len(nearest) > 0
}

// each goes through the places in a set.
func (m members) each(do func(int)) {
	for i, w := range m {
		for ; w != 0; w &= w - 1 {
			do(i*64 + bits.TrailingZeros64(w))
		}
	}
}

// bearing is the trusts of which a sum of sets, less another, says anything.
func (g *warden) bearing(sum, less []int) members {
	m := newMembers(len(g.number))
	for i, n := range sum {
		if less != nil {
			n -= less[i]
		}
		if n != 0 {
			m.put(g.owner[i])
		}
	}
	return m
}
