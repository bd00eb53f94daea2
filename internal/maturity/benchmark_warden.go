package maturity

import (
	"maps"
	"math/bits"
	"slices"
)

// members is a set of rounds, each by its number in a [warden].
type members []uint64

func newMembers(n int) members { return make(members, (n+63)/64) }

func (m members) put(i int) { m[i/64] |= 1 << (i % 64) }

func (m members) count() int {
	n := 0
	for _, w := range m {
		n += bits.OnesCount64(w)
	}
	return n
}

// left is how many of m are in none of the others.
func (m members) left(others ...members) int {
	n := 0
	for i, w := range m {
		for _, o := range others {
			w &^= o[i]
		}
		n += bits.OnesCount64(w)
	}
	return n
}

// minus is m without the others.
func (m members) minus(others ...members) members {
	out := slices.Clone(m)
	for _, o := range others {
		for i := range out {
			out[i] &^= o[i]
		}
	}
	return out
}

// within says whether all of m are in o.
func (m members) within(o members) bool { return m.left(o) == 0 }

// published is a set whose values are known to readers, and since when.
type published struct {
	members
	key     GroupKey
	edition int // nought for the one being made
}

// warden decides of one element's groups which may be published beside each other
// and beside those of earlier editions, so that nobody can single out fewer than
// five trusts of which they do not know the score.
//
// A reader knows their own trust's score, those of trusts with a public summary,
// and those of trusts in a circle with theirs.
type warden struct {
	known  members   // to everybody
	circle []members // to each trust that is in a circle: everything it knows
	out    []published
}

// safe says whether a set tells nobody about too few: it holds nothing that they
// do not know, or five trusts at least. Any reader's own trust may be in it.
func (g *warden) safe(m members) bool {
	if n := m.left(g.known); n > 0 && n < MinTrusts {
		return false
	}
	for _, k := range g.circle {
		if n := m.left(k); n > 0 && n < MinOthers {
			return false
		}
	}
	return true
}

// enough says whether a group holds enough trusts by itself: no band is made of
// fewer, whoever may know them.
func (g *warden) enough(m members) bool { return m.left(g.known) >= MinTrusts && g.safe(m) }

// apart says whether nobody can single out too few from two sets together.
func (g *warden) apart(a, b members) bool { return g.safe(a.minus(b)) && g.safe(b.minus(a)) }

// refuses says why a set may not be published beside what is, "" if it may, and
// beside which earlier edition's.
func (g *warden) refuses(key GroupKey, m members) (why Reason, since int) {
	for i := len(g.out) - 1; i >= 0; i-- { // the newest of the earlier ones first
		p := &g.out[i]
		if g.apart(m, p.members) {
			continue
		}
		if p.edition > 0 {
			return NearEarlier, p.edition
		}
		return NearAnother, 0
	}
	g.out = append(g.out, published{members: m, key: key})
	defer func() {
		if why != "" {
			g.out = g.out[:len(g.out)-1]
		}
	}()
	for i := range g.out {
		if p := &g.out[i]; p.edition == 0 && !g.rests(p.members) {
			return NearAnother, 0
		}
	}
	return "", 0
}

// rests says whether what is left of a set is safe when the groups of one kind
// that lie in it are taken away: the one that was not published among them.
func (g *warden) rests(whole members) bool {
	for _, kind := range GroupKinds() {
		rest, found := whole, false
		for i := range g.out {
			p := &g.out[i]
			if p.edition == 0 && p.key.Kind == kind && p.within(whole) && !whole.within(p.members) {
				rest, found = rest.minus(p.members), true
			}
		}
		if found && !g.safe(rest) {
			return false
		}
	}
	return true
}

// roll numbers rounds, those of earlier editions among them.
type roll struct {
	places map[[2]string]int // trust and round
	of     map[string][]int  // a trust's rounds
}

func newRoll() *roll { return &roll{map[[2]string]int{}, map[string][]int{}} }

func (r *roll) add(c *Counted) {
	id := [2]string{c.ODS, c.Round}
	if _, there := r.places[id]; !there {
		r.of[c.ODS] = append(r.of[c.ODS], len(r.places))
		r.places[id] = len(r.places)
	}
}

// gather is the rounds that satisfy a condition.
func (r *roll) gather(all []Counted, want func(*Counted) bool) members {
	m := newMembers(len(r.places))
	for i := range all {
		if want(&all[i]) {
			m.put(r.places[[2]string{all[i].ODS, all[i].Round}])
		}
	}
	return m
}

// trusts is all rounds of these trusts.
func (r *roll) trusts(codes ...string) members {
	m := newMembers(len(r.places))
	for _, code := range codes {
		for _, i := range r.of[code] {
			m.put(i)
		}
	}
	return m
}

// knowledge is what everybody knows, and what each trust in a circle does.
func (r *roll) knowledge(k Known) (known members, circle []members) {
	known = r.trusts(k.Public...)
	mates := make(map[string][]string)
	for _, codes := range k.Circles {
		for _, code := range codes {
			mates[code] = append(mates[code], codes...)
		}
	}
	for _, code := range slices.Sorted(maps.Keys(mates)) {
		m := r.trusts(append(mates[code], code)...)
		for i := range m {
			m[i] |= known[i]
		}
		circle = append(circle, m)
	}
	return known, circle
}
