package maturity_test

import (
	"fmt"
	"math"
	"math/rand/v2"
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
