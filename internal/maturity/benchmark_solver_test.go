package maturity_test

import (
	"maps"
	"math"
	"slices"
	"testing"

	"octant/internal/maturity"
)

// solver looks, for each score behind a run of editions, for other scores of which
// all that was published is the same. The attacker knows which rounds were counted
// in which groups, their own trust's scores, the public ones and their circles'.
type solver struct {
	sought, bands, pinned, withOther int
	least, room                      int // tenths of a level between the least and the greatest open value
}

// shownBand is a published band, and how many of the rounds it was made of scored
// each tenth.
type shownBand struct {
	rounds []string
	counts [51]int
	told   [3]float64
}

func (s *solver) attack(t *testing.T, c *country) {
	bands, of := c.bands(), map[string][]*shownBand{}
	for i := range bands {
		if bands[i].wrong() > 0 {
			t.Fatalf("the solver has another idea of quartiles: %v", bands[i].told)
		}
		for _, round := range bands[i].rounds {
			of[round] = append(of[round], &bands[i])
		}
	}
	s.bands += len(bands)
	for _, target := range slices.Sorted(maps.Keys(of)) {
		s.sought++
		kept, low, high := c.tenths[target], 0, 0
		for v := 10; v <= 50; v++ {
			if v == kept || moved(of[target], kept, v) {
				if low == 0 {
					low = v
				}
				high = v
			}
		}
		if low < high { // whatever the reader knows, it stays as it is
			if s.room += high - low; s.least == 0 || high-low < s.least {
				s.least = high - low
			}
			continue
		}
		s.withOther++
		if reader := c.sure(of, target); reader != "" {
			s.pinned++
			t.Errorf("%s learns that %s scored %d tenths", reader, target, kept)
		}
	}
}

// sure is a reader who can be sure of a score, "" for none: they find no other
// scores, with it another and those they know as they are, of which the same is
// told. Whoever knows the same trusts is the same reader.
func (c *country) sure(of map[string][]*shownBand, target string) (reader string) {
	var opened [][]string // trusts whose scores were changed
	for i := range c.trusts {
		reader := c.trusts[i].ODS
		known := func(ods string) bool { return c.knows(reader, ods) }
		if known(target[:4]) || slices.ContainsFunc(opened, func(changed []string) bool { return !slices.ContainsFunc(changed, known) }) {
			continue
		}
		free := make(map[string]bool)
		for round := range of {
			free[round] = !known(round[:4])
		}
		changed, found := c.repaired(of, target, free)
		if !found {
			return reader
		}
		opened = append(opened, changed)
	}
	return ""
}

// repaired sets the target's score to others in turn and then moves some of the
// others' until what is told comes out as it was. It gives the trusts whose scores
// it moved.
func (c *country) repaired(of map[string][]*shownBand, target string, free map[string]bool) (changed []string, found bool) {
	r := &repair{country: c, of: of, free: free, kept: map[string]int{}}
	defer r.restore()
	for try := range 300 {
		v := c.tenths[target] + []int{1, -1, 2, -2, 3, -3}[try%6]
		if b := of[target][try%len(of[target])]; try%2 == 1 { // as another of the same group
			v = c.tenths[b.rounds[c.rng.IntN(len(b.rounds))]]
		}
		if v < 10 || v > 50 || v == c.tenths[target] {
			continue
		}
		r.move(target, v)
		for range 100 {
			wrong := r.wrong(target)
			if wrong == nil {
				for round := range r.kept {
					if round != target {
						changed = append(changed, round[:4])
					}
				}
				return changed, true
			}
			r.mend(wrong, target)
		}
		r.restore()
	}
	return nil, false
}

// repair is a search for other scores.
type repair struct {
	*country
	of   map[string][]*shownBand
	free map[string]bool // rounds that the reader does not know
	kept map[string]int  // scores that were moved, as they were
}

func (r *repair) move(round string, to int) {
	if _, there := r.kept[round]; !there {
		r.kept[round] = r.tenths[round]
	}
	shift(r.of[round], r.tenths[round], to)
	r.tenths[round] = to
}

func (r *repair) restore() {
	for round, was := range r.kept {
		r.move(round, was)
	}
	clear(r.kept)
}

// wrong is one of the bands that are not what was told, nil for none.
func (r *repair) wrong(target string) (one *shownBand) {
	n := 0
	for _, round := range append(slices.Sorted(maps.Keys(r.kept)), target) {
		for _, b := range r.of[round] {
			if b.wrong() > 0 {
				if n++; r.rng.IntN(n) == 0 {
					one = b
				}
			}
		}
	}
	return one
}

// mend moves, of some scores in a band, the one that sets most quartiles right, or
// now and then any.
func (r *repair) mend(b *shownBand, target string) {
	best, least, to := "", math.MaxInt, 0
	for range 40 {
		round := b.rounds[r.rng.IntN(len(b.rounds))]
		if !r.free[round] || round == target {
			continue
		}
		v := int(math.Round(b.told[r.rng.IntN(3)]*10)) + r.rng.IntN(3) - 1
		if r.rng.IntN(2) == 0 {
			v = r.tenths[round] + r.rng.IntN(7) - 3
		}
		was := r.tenths[round]
		if v < 10 || v > 50 || v == was {
			continue
		}
		before := apart(r.of[round])
		shift(r.of[round], was, v)
		by := apart(r.of[round]) - before
		shift(r.of[round], v, was)
		if by < least || r.rng.IntN(200) == 0 {
			best, least, to = round, by, v
		}
	}
	if best != "" {
		r.move(best, to)
	}
}

// apart is by how many tenths the quartiles of bands are not what was told.
func apart(bands []*shownBand) (n int) {
	for _, b := range bands {
		n += b.wrong()
	}
	return n
}

// moved says whether the same is told of bands if a score were another.
func moved(bands []*shownBand, from, to int) bool {
	shift(bands, from, to)
	same := apart(bands) == 0
	shift(bands, to, from)
	return same
}

func shift(bands []*shownBand, from, to int) {
	for _, b := range bands {
		b.counts[from]--
		b.counts[to]++
	}
}

func (c *country) knows(reader, other string) bool {
	return reader == other || slices.Contains(c.known.Public, other) || slices.ContainsFunc(c.known.Circles, func(codes []string) bool {
		return slices.Contains(codes, reader) && slices.Contains(codes, other)
	})
}

// bands are all that were published.
func (c *country) bands() (bands []shownBand) {
	for _, p := range c.past {
		for _, g := range p.Edition.Parts[0].Groups {
			b := g.Bands[0]
			if !b.Shown() {
				continue
			}
			s := shownBand{told: [3]float64{*b.Low, *b.Middle, *b.High}}
			for _, x := range p.Basis.Counted {
				code := map[maturity.GroupKind]string{maturity.SameType: x.Type, maturity.SameArea: x.Region, maturity.SameBoard: x.ICB}[g.Kind]
				if code == g.Code {
					s.rounds = append(s.rounds, x.ODS+"/"+x.Round)
					s.counts[c.tenths[x.ODS+"/"+x.Round]]++
				}
			}
			bands = append(bands, s)
		}
	}
	return bands
}

// wrong is by how many tenths the quartiles are not what was told.
func (b *shownBand) wrong() (n int) {
	for i, p := range [3]float64{0.25, 0.5, 0.75} {
		place := p * float64(len(b.rounds)-1)
		low := int(place)
		x := float64(b.at(low)) / 10
		if place > float64(low) {
			x += (place - float64(low)) * (float64(b.at(low+1))/10 - x)
		}
		n += int(math.Abs(math.Round((tenthOf(x) - b.told[i]) * 10)))
	}
	return n
}

// at is the i-th lowest score, from nought.
func (b *shownBand) at(i int) int {
	for tenths, n := range b.counts {
		if i -= n; i < 0 {
			return tenths
		}
	}
	return len(b.counts)
}
