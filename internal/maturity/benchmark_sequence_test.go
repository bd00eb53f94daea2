package maturity_test

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"octant/internal/maturity"
)

// country is trusts whose rounds close over the quarters, for a run of editions of
// one element.
type country struct {
	rng    *rand.Rand
	trusts []maturity.Entrant
	away   []bool
	known  maturity.Known
	tenths map[string]int // the score of each round, by trust and round
	past   []maturity.Past
}

// newCountry spreads trusts over five types, seven regions and 42 integrated care
// boards as unevenly as they lie. One in thirty is public, and some share circles
// of four.
func newCountry(trusts int, seed uint64) *country {
	c := &country{rng: rand.New(rand.NewPCG(seed, uint64(trusts))), tenths: map[string]int{}}
	var circle []string
	for i := range trusts {
		region, kind := pick(c.rng, 19, 16, 16, 15, 13, 12, 9), pick(c.rng, 56, 23, 8, 8, 5)
		e := entrant(fmt.Sprintf("T%03d", i), "", 3, fmt.Sprintf("type %d", kind), fmt.Sprintf("Y%d", region), fmt.Sprintf("Q%d%d", region, c.rng.IntN(6)))
		e.Questionnaire, e.Elements, e.Moments = "one element", e.Elements[:1], e.Moments[:1]
		c.trusts, c.away = append(c.trusts, e), append(c.away, c.rng.IntN(20) == 0)
		c.answer(i, 3+c.rng.NormFloat64()*0.6, "q0")
		switch {
		case i%30 == 7:
			c.known.Public = append(c.known.Public, e.ODS)
		case i%5 == 0:
			circle = append(circle, e.ODS)
		}
		if len(circle) == 4 {
			c.known.Circles, circle = append(c.known.Circles, circle), nil
		}
	}
	return c
}

// pick draws a place with chances in proportion to weights.
func pick(rng *rand.Rand, weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	x := rng.IntN(sum)
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return 0
}

// answer gives a trust a new round with that score.
func (c *country) answer(i int, score float64, round string) {
	e := &c.trusts[i]
	score = math.Round(min(5, max(1, score))*10) / 10
	e.Round = round
	e.Elements = []maturity.Element{{Key: "1", Figure: maturity.Figure{Score: new(score)}}}
	e.Moments = []maturity.Moment{{Element: "1", N: 12, Mean: score, Variance: 0.3}}
	c.tenths[e.ODS+"/"+round] = int(math.Round(score * 10))
}

// quarter goes by: of every four trusts one closes a round; a few come, withdraw or
// come back.
func (c *country) quarter(number int) {
	for i := range c.trusts {
		if c.rng.IntN(4) == 0 {
			c.answer(i, *c.trusts[i].Elements[0].Score+c.rng.NormFloat64()*0.3, fmt.Sprintf("q%d", number))
		}
		switch luck := c.rng.IntN(50); {
		case c.away[i] && luck < 10:
			c.away[i] = false
		case luck == 49:
			c.away[i] = true
		}
	}
}

func (c *country) edition(number int, past []maturity.Past) (maturity.Past, error) {
	census := maturity.NewCensus(maturity.Window{}, past, c.known)
	for i := range c.trusts {
		if !c.away[i] {
			census.Add(c.trusts[i])
		}
	}
	e, b, err := census.Edition(number, editionDay)
	return maturity.Past{Edition: e, Basis: b}, err
}

// bandsOf counts an edition's bands by kind of group: those that it could
// show if it were the first, those shown, and those that it or an earlier
// edition shows.
type bandsOf struct{ could, fresh, had map[maturity.GroupKind]int }

func (n bandsOf) count(alone, made maturity.Edition) {
	for _, g := range alone.Parts[0].Groups {
		b := g.Bands[0]
		now, _ := made.Parts[0].Group(g.GroupKey)
		if !b.Shown() && !now.Band("1").Shown() {
			continue
		}
		n.could[g.Kind]++
		if b := now.Band("1"); b.Shown() {
			n.fresh[g.Kind]++
			n.had[g.Kind]++
		} else if b.Since > 0 {
			n.had[g.Kind]++
		}
	}
}

// TestQuarterlyEditions makes eight editions, a quarter apart, of 60 trusts and of
// 300, and asks how much they show, and whether anybody can pin a score.
func TestQuarterlyEditions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		trusts  int
		seeds   uint64
		kinds   []maturity.GroupKind
		percent int // of the bands that could be, those shown at least
	}{{60, 3, maturity.GroupKinds()[:3], 20}, {300, 1, maturity.GroupKinds(), 5}} {
		t.Run(fmt.Sprint(c.trusts), func(t *testing.T) {
			t.Parallel()
			n := bandsOf{map[maturity.GroupKind]int{}, map[maturity.GroupKind]int{}, map[maturity.GroupKind]int{}}
			var s solver
			for seed := range c.seeds {
				land := newCountry(c.trusts, seed)
				for number := range 8 {
					if number > 0 {
						land.quarter(number)
					}
					alone, err := land.edition(number+1, nil)
					if err != nil {
						t.Fatal(err)
					}
					made, err := land.edition(number+1, land.past)
					if err != nil {
						t.Fatal(err)
					}
					land.past = append(land.past, made)
					if number > 0 {
						n.count(alone.Edition, made.Edition)
					}
				}
				s.attack(t, land)
			}
			for _, kind := range c.kinds {
				could, fresh, had := n.could[kind], n.fresh[kind], n.had[kind]
				t.Logf("%s: of %d bands %d are shown (%d %%), %d in this or an earlier edition (%d %%)", kind, could, fresh, 100*fresh/could, had, 100*had/could)
				if least := map[bool]int{true: 100, false: c.percent}[kind == maturity.AllTrusts]; 100*fresh < least*could {
					t.Errorf("%s: %d of %d are shown, want %d %%", kind, fresh, could, least)
				}
			}
			t.Logf("%d scores sought from %d bands: %d pinned; %d had to be opened with another's, and had %.1f levels of room at least otherwise, %.1f on average",
				s.sought, s.bands, s.pinned, s.withOther, float64(s.least)/10, float64(s.room)/10/float64(s.sought-s.withOther))
		})
	}
}

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
