package maturity_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"octant/internal/maturity"
)

// land is trusts as they are at one edition.
type land struct {
	trusts  []maturity.Entrant
	past    []maturity.Past
	sets    []shownSet
	public  []string
	circles map[string][]string
}

// shownSet is the rounds that one published value was made of.
type shownSet struct {
	what    string
	edition int
	group   maturity.GroupKey
	rounds  map[string]string // round, with its trust before it, to trust
}

// drawLand draws trusts in types, regions and boards that lie in the regions.
func drawLand(t *rapid.T) *land {
	l := &land{circles: map[string][]string{}}
	n := rapid.IntRange(12, 60).Draw(t, "trusts")
	regions := rapid.IntRange(1, 4).Draw(t, "regions")
	for i := range n {
		region := rapid.IntRange(1, regions).Draw(t, "region")
		board := fmt.Sprintf("Q%d%d", region, rapid.IntRange(1, 3).Draw(t, "board"))
		kind := fmt.Sprintf("type %d", min(rapid.IntRange(1, 5).Draw(t, "type"), 3))
		e := entrant(fmt.Sprintf("T%02d", i), "r0", 2+float64(i%9)/5, kind, fmt.Sprintf("Y%d", region), board)
		if rapid.IntRange(0, 9).Draw(t, "public") == 0 {
			l.public = append(l.public, e.ODS)
		}
		if rapid.IntRange(0, 5).Draw(t, "circle") == 0 {
			circle := fmt.Sprint(rapid.IntRange(1, 3).Draw(t, "which"))
			l.circles[circle] = append(l.circles[circle], e.ODS)
		}
		if rapid.IntRange(0, 9).Draw(t, "unscored") == 0 {
			e.Elements = e.Elements[1:]
		}
		l.trusts = append(l.trusts, e)
	}
	return l
}

// counted is those who let themselves be counted at an edition: some withdraw,
// some have a new round, and some move.
func (l *land) counted(t *rapid.T, number int) []maturity.Entrant {
	churn := rapid.SampledFrom([]int{1, 3, 20}).Draw(t, "churn")
	var out []maturity.Entrant
	for i := range l.trusts {
		e := &l.trusts[i]
		switch luck := rapid.IntRange(0, 60).Draw(t, "luck"); {
		case number > 1 && luck < churn:
			e.Round = fmt.Sprintf("r%d", number)
		case luck == 60 && number > 1:
			e.Region.Code = "Y1"
		}
		if rapid.IntRange(0, 30).Draw(t, "out") != 0 {
			out = append(out, *e)
		}
	}
	return out
}

// publish makes an edition and notes what it was made of, by looking at the
// trusts and not at the basis that it keeps.
func (l *land) publish(t *rapid.T, number int) {
	in := l.counted(t, number)
	known := maturity.Known{Public: l.public}
	for _, codes := range l.circles {
		known.Circles = append(known.Circles, codes)
	}
	c := maturity.NewCensus(maturity.Window{}, l.past, known)
	for _, e := range in {
		c.Add(e)
	}
	made, basis, err := c.Edition(number, editionDay)
	if err != nil {
		return
	}
	l.past = append(l.past, maturity.Past{Edition: made, Basis: basis})
	for _, g := range made.Parts[0].Groups {
		if b := g.Band("1"); b.Shown() {
			l.note(in, number, g.GroupKey, *b.Trusts, t)
		}
	}
	if made.Parts[0].Reliability[0].ICC2 != nil {
		l.note(in, number, maturity.GroupKey{Kind: maturity.AllTrusts}, -1, t)
	}
}

func (l *land) note(in []maturity.Entrant, number int, key maturity.GroupKey, said int, t *rapid.T) {
	s := shownSet{fmt.Sprintf("%s %s of edition %d", key.Kind, key.Code, number), number, key, map[string]string{}}
	for i := range in {
		e := &in[i]
		code := map[maturity.GroupKind]string{maturity.SameType: e.Type.Code, maturity.SameArea: e.Region.Code, maturity.SameBoard: e.ICB.Code}[key.Kind]
		if code == key.Code && e.Elements[0].Key == "1" {
			s.rounds[e.ODS+"/"+e.Round] = e.ODS
		}
	}
	if said >= 0 && said != len(s.rounds) {
		t.Fatalf("%s says %d trusts, has %d", s.what, said, len(s.rounds))
	}
	l.sets = append(l.sets, s)
}

// knows says whether a reader of one trust knows another's score.
func (l *land) knows(reader, other string) bool {
	if reader == other || slices.Contains(l.public, other) {
		return true
	}
	for _, mates := range l.circles {
		if slices.Contains(mates, reader) && slices.Contains(mates, other) {
			return true
		}
	}
	return false
}

// single fails if somebody could single out fewer than five in a set.
func (l *land) single(t *rapid.T, how string, rounds map[string]string) {
	for i := range l.trusts {
		unknown := 0
		for _, trust := range rounds {
			if !l.knows(l.trusts[i].ODS, trust) {
				unknown++
			}
		}
		if unknown > 0 && unknown < maturity.MinOthers {
			t.Fatalf("%s: %s singles out %d", how, l.trusts[i].ODS, unknown)
		}
	}
}

func without(a map[string]string, others ...map[string]string) map[string]string {
	out := map[string]string{}
	for round, trust := range a {
		found := false
		for _, o := range others {
			_, in := o[round]
			found = found || in
		}
		if !found {
			out[round] = trust
		}
	}
	return out
}

// TestNobodyCanBeSingledOut takes every two published sets apart, of one edition
// or of several, of each edition every group less any of those of one kind inside
// it, and sums of sets of all editions, each taken any number of times. Somebody
// may withdraw, come, answer anew or move in between.
func TestNobodyCanBeSingledOut(t *testing.T) {
	t.Parallel()
	pairs, renewed, sums := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		l := drawLand(t)
		for number := range 3 {
			l.publish(t, number+1)
		}
		for i, a := range l.sets {
			l.single(t, a.what, a.rounds)
			for _, b := range l.sets[:i] {
				pairs++
				l.two(t, a, b)
				if b.edition != a.edition {
					renewed++
				}
			}
			l.lessItsParts(t, a)
		}
		sums += l.sums(t)
	})
	if pairs < 100 || renewed < 20 || sums < 1000 {
		t.Errorf("only %d pairs, %d of two editions, %d sums", pairs, renewed, sums)
	}
}

// two fails if somebody could single out fewer than five trusts from two sets. Of
// one edition, or of one group, neither may hold but a few that the other does not.
// Else all that differs is of five at least: nothing can be taken from anything.
func (l *land) two(t *rapid.T, a, b shownSet) {
	if a.edition == b.edition || a.group == b.group {
		l.single(t, a.what+" less "+b.what, without(a.rounds, b.rounds))
		l.single(t, b.what+" less "+a.what, without(b.rounds, a.rounds))
		return
	}
	apart := without(a.rounds, b.rounds)
	maps.Copy(apart, without(b.rounds, a.rounds))
	l.single(t, a.what+" against "+b.what, apart)
}

// sums looks, for each kind of group, for sums of it and all trusts, over all
// editions, that say something of fewer than five trusts which a reader does not
// know, as if quartiles could be added and taken away. It eliminates, in several
// orders, so that what is left bears on as few as possible.
func (l *land) sums(t *rapid.T) (tried int) {
	for _, kind := range maturity.GroupKinds()[1:] {
		var sets []shownSet
		for _, s := range l.sets {
			if s.group.Kind == kind || s.group.Kind == maturity.AllTrusts {
				sets = append(sets, s)
			}
		}
		for reader := range 3 {
			for order := range 3 {
				rows, columns := l.unknown(l.trusts[reader].ODS, sets, rand.New(rand.NewPCG(uint64(order), 0)))
				for _, row := range eliminate(rows) {
					trusts := map[string]bool{}
					for i, x := range row {
						if x != 0 {
							trusts[columns[i]] = true
						}
					}
					tried++
					if len(trusts) < maturity.MinOthers {
						t.Fatalf("a sum of sets of kind %s and all tells %s of %v alone", kind, l.trusts[reader].ODS, trusts)
					}
				}
			}
		}
	}
	return tried
}

// unknown is which rounds that a reader does not know are in each set, the rounds
// in an order that chance makes, and whose they are.
func (l *land) unknown(reader string, sets []shownSet, rng *rand.Rand) (rows [][]int, columns []string) {
	place := map[string]int{}
	for _, s := range sets {
		for _, round := range slices.Sorted(maps.Keys(s.rounds)) {
			if _, there := place[round]; !there && !l.knows(reader, s.rounds[round]) {
				place[round] = len(columns)
				columns = append(columns, s.rounds[round])
			}
		}
	}
	order := rng.Perm(len(columns))
	shuffled := make([]string, len(columns))
	for i, to := range order {
		shuffled[to] = columns[i]
	}
	for _, s := range sets {
		row := make([]int, len(columns))
		for round := range s.rounds {
			if i, there := place[round]; there {
				row[order[i]] = 1
			}
		}
		rows = append(rows, row)
	}
	return rows, shuffled
}

const prime = 1_000_003

// eliminate is Gauss's and Jordan's, modulo a prime: rows of which each begins
// where no other has anything.
func eliminate(rows [][]int) (reduced [][]int) {
	for column := 0; len(rows) > 0 && column < len(rows[0]); column++ {
		at := slices.IndexFunc(rows, func(r []int) bool { return r[column] != 0 })
		if at < 0 {
			continue
		}
		pivot := rows[at]
		rows = slices.Delete(rows, at, at+1)
		scale := inverse(pivot[column])
		for i := range pivot {
			pivot[i] = pivot[i] * scale % prime
		}
		for _, list := range [2][][]int{rows, reduced} {
			for _, r := range list {
				if by := r[column]; by != 0 {
					for i := range r {
						r[i] = (r[i] + (prime-by)*pivot[i]) % prime
					}
				}
			}
		}
		reduced = append(reduced, pivot)
	}
	return reduced
}

// inverse is x to the power of prime less two.
func inverse(x int) int {
	y := 1
	for n := prime - 2; n > 0; n >>= 1 {
		if n&1 == 1 {
			y = y * x % prime
		}
		x = x * x % prime
	}
	return y
}

// lessItsParts takes from a set every choice of the groups of one kind that lie
// in it.
func (l *land) lessItsParts(t *rapid.T, a shownSet) {
	for _, kind := range maturity.GroupKinds() {
		var inside []map[string]string
		for _, b := range l.sets {
			if b.edition == a.edition && b.group.Kind == kind && len(without(b.rounds, a.rounds)) == 0 && len(b.rounds) < len(a.rounds) {
				inside = append(inside, b.rounds)
			}
		}
		for choice := range 1 << len(inside) {
			var some []map[string]string
			for i, rounds := range inside {
				if choice>>i&1 == 1 {
					some = append(some, rounds)
				}
			}
			l.single(t, fmt.Sprintf("%s less %d of kind %s", a.what, len(some), kind), without(a.rounds, some...))
		}
	}
}
