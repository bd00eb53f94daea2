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

// or is m and the others.
func (m members) or(others ...members) members {
	out := slices.Clone(m)
	for _, o := range others {
		for i := range out {
			out[i] |= o[i]
		}
	}
	return out
}

// published is a set whose values are known to readers, and since when.
type published struct {
	members         // rounds
	trusts  members // whose they are
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
	*roll
	known  members   // trusts known to everybody
	circle []members // to each trust that is in a circle: everything it knows
	most   int       // how many trusts a reader knows at most
	past   []published
	now    []published
}

func newWarden(r *roll, k Known, past []published) *warden {
	g := &warden{roll: r, past: past}
	g.known, g.circle = r.knowledge(k)
	g.most = g.known.count()
	for _, c := range g.circle {
		g.most = max(g.most, c.count())
	}
	return g
}

// safe says whether a set of trusts tells nobody about too few: it holds nothing
// that they do not know, or five trusts at least. Any reader's own trust may be in
// it.
func (g *warden) safe(trusts members) bool {
	if n := trusts.left(g.known); n > 0 && n < MinTrusts {
		return false
	}
	for _, k := range g.circle {
		if n := trusts.left(k); n > 0 && n < MinOthers {
			return false
		}
	}
	return true
}

// enough says whether a group holds enough trusts by itself: no band is made of
// fewer, whoever may know them.
func (g *warden) enough(m members) bool {
	trusts := g.trustsOf(m)
	return trusts.left(g.known) >= MinTrusts && g.safe(trusts)
}

// apart says whether nobody can single out too few from two sets together: of each,
// what is not in the other is nothing or enough.
func (g *warden) apart(a, b members) bool { return g.beyond(a, b) && g.beyond(b, a) }

func (g *warden) beyond(a, b members) bool {
	n := a.left(b)
	return n == 0 || n >= MinTrusts+g.most || g.safe(g.trustsOf(a.minus(b)))
}

// distinct says the same of sets of two editions that are not of the same group.
// What is in the earlier one alone may be few old rounds, if what is in the later
// one alone is many: neither set holds the rest of the other, so that nothing can
// be taken from anything. It is all that differs that must be of enough trusts.
func (g *warden) distinct(a, b members) bool {
	n := a.left(b) + b.left(a)
	return n == 0 || n >= 2*(MinTrusts+g.most) || g.safe(g.trustsOf(a.minus(b).or(b.minus(a))))
}

// refuses says why a set may not be published beside what is, "" if it may, and
// which earlier edition has the group.
func (g *warden) refuses(key GroupKey, m members) (why Reason, since int) {
	for _, p := range g.now {
		if !g.apart(m, p.members) {
			return NearAnother, 0
		}
	}
	for _, p := range g.past {
		if p.key == key {
			since = max(since, p.edition)
		}
		if p.key == key && !g.apart(m, p.members) || p.key != key && !g.distinct(m, p.members) {
			why = NearEarlier
		}
	}
	if why != "" {
		return why, since
	}
	g.now = append(g.now, published{members: m, trusts: g.trustsOf(m), key: key})
	if why = g.rest(&g.now[len(g.now)-1]); why != "" {
		g.now = g.now[:len(g.now)-1]
	}
	if why != NearEarlier {
		since = 0
	}
	return why, since
}

// roll numbers trusts and their rounds, those of earlier editions among them.
type roll struct {
	places map[[2]string]int // trust and round
	number map[string]int    // of a trust
	owner  []int             // of each round, the trust's number
}

func newRoll() *roll { return &roll{places: map[[2]string]int{}, number: map[string]int{}} }

func (r *roll) add(c *Counted) {
	id := [2]string{c.ODS, c.Round}
	if _, there := r.places[id]; there {
		return
	}
	if _, there := r.number[c.ODS]; !there {
		r.number[c.ODS] = len(r.number)
	}
	r.places[id] = len(r.places)
	r.owner = append(r.owner, r.number[c.ODS])
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

// trustsOf is whose rounds these are.
func (r *roll) trustsOf(rounds members) members {
	m := newMembers(len(r.number))
	rounds.each(func(i int) { m.put(r.owner[i]) })
	return m
}

// trusts is those of these codes that have a number.
func (r *roll) trusts(codes ...string) members {
	m := newMembers(len(r.number))
	for _, code := range codes {
		if i, there := r.number[code]; there {
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
		circle = append(circle, known.or(r.trusts(append(mates[code], code)...)))
	}
	return known, circle
}
