package maturity_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// Boards of this test are made up, so that the truth is known: how far each
// element really moved. Then the product's verdicts are held against it.

// truthSeed makes the same boards each time.
const truthSeed = 20261121

// truth is one kind of board and what really happened to it.
type truth struct {
	name    string
	form    questionnaire.Form
	people  int
	leave   int // replaced by as many who join
	shifted int // elements that really moved, by +0.5
	refuse  float64
}

// sayings counts verdicts over many boards.
type sayings struct {
	boards, falseBoards          int // falseBoards: at least one false "moved"
	still, falseMoved            int // elements that did not move, and those of them called moved
	shifted, found, wrong, tests int // elements that moved, those called so, those called so the other way, paired tests
}

// draw makes the two rounds of one board. A person's answers lie about the
// element's level, the question's own, the person's temper and what they think of
// the element, which stay, and chance, which does not.
func (w truth) draw(rng *rand.Rand, v *questionnaire.Version) rounds {
	r := rounds{names: [2][]int{numbered(0, w.people), numbered(w.leave, w.people)}}
	level, own := make(map[string]float64), make(map[string]float64)
	for _, e := range v.Elements {
		level[e.Key] = 2.4 + 0.8*rng.Float64()
	}
	asked := v.Questions(w.form)
	for _, q := range asked {
		own[q.Key] = 0.3 * rng.NormFloat64()
	}
	lean := make([]map[string]float64, w.people+w.leave)
	for p := range lean {
		lean[p] = make(map[string]float64)
		temper := 0.45 * rng.NormFloat64()
		for _, e := range v.Elements {
			lean[p][e.Key] = temper + 0.35*rng.NormFloat64()
		}
	}
	for t := range r.boards {
		b := board{version: v, form: w.form, execs: w.people / 2}
		for _, name := range r.names[t] {
			row := make([]assessment.Choice, len(asked))
			for i, q := range asked {
				x := level[q.Element] + own[q.Key] + lean[name][q.Element] + 0.7*rng.NormFloat64()
				if t == 1 && int(q.Element[0]-'0') <= w.shifted {
					x += 0.5
				}
				row[i] = assessment.Choice(min(5, max(1, math.Round(x))))
				if rng.Float64() < w.refuse {
					row[i] = dk
				}
			}
			b.rows = append(b.rows, row)
		}
		r.boards[t] = b
	}
	return r
}

func (s *sayings) add(c maturity.Comparison, shifted int) {
	s.boards++
	lied := false
	for i, e := range c.Elements {
		moved := e.Verdict == maturity.MovedUp || e.Verdict == maturity.MovedDown
		if e.Paired {
			s.tests++
		}
		if i < shifted {
			s.shifted++
			switch e.Verdict {
			case maturity.MovedUp:
				s.found++
			case maturity.MovedDown:
				s.wrong, lied = s.wrong+1, true
			}
			continue
		}
		s.still++
		if moved {
			s.falseMoved++
			lied = true
		}
	}
	if lied {
		s.falseBoards++
	}
}

func share(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(n)/float64(of))
}

var truths = []truth{
	{"a third leaves, 12 sit, short form", questionnaire.Core, 12, 4, 2, 0.04},
	{"a third leaves, 15 sit, short form", questionnaire.Core, 15, 5, 2, 0.04},
	{"a third leaves, 15 sit, full form", questionnaire.Full, 15, 5, 2, 0.04},
	{"a third leaves, 18 sit, full form", questionnaire.Full, 18, 6, 2, 0.04},
	{"nobody leaves, 12 sit, full form", questionnaire.Full, 12, 0, 2, 0.04},
	{"identical: a third leaves, 15 sit, full form", questionnaire.Full, 15, 5, 0, 0.04},
	{"identical: nobody leaves, 12 sit, short form", questionnaire.Core, 12, 0, 0, 0.04},
}

// TestVerdictsAgainstTheTruth draws boards of which it is known what moved. The
// suite draws a few of each kind; with OCTANT_BOARDS=1000 it draws a thousand.
func TestVerdictsAgainstTheTruth(t *testing.T) {
	t.Parallel()
	boards := 40
	if _, err := fmt.Sscan(os.Getenv("OCTANT_BOARDS"), &boards); err != nil && os.Getenv("OCTANT_BOARDS") != "" {
		t.Fatal(err)
	}
	v := version(t)
	for k, w := range truths {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			s := w.try(v, boards, uint64(k))
			t.Logf("%s: %d boards, seed %d: false “moved” %s of elements that did not, on %s of boards; true moves found %s, told the wrong way %d; paired tests %s of elements",
				w.name, s.boards, truthSeed, share(s.falseMoved, s.still), share(s.falseBoards, s.boards), share(s.found, s.shifted), s.wrong, share(s.tests, s.still+s.shifted))
			// Three standard errors above the promise.
			if most := 0.05 + 3*math.Sqrt(0.05*0.95/float64(s.boards)); float64(s.falseBoards) > most*float64(s.boards) {
				t.Errorf("%d of %d boards were told of a move that there was not, want %.1f%% at most", s.falseBoards, s.boards, 100*most)
			}
		})
	}
}

func (w truth) try(v *questionnaire.Version, boards int, kind uint64) (s sayings) {
	rng := rand.New(rand.NewPCG(truthSeed, kind))
	for range boards {
		s.add(w.draw(rng, v).compare(), w.shifted)
	}
	return s
}
