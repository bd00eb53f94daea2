package maturity

import (
	"math"
	"slices"
	"strings"
)

// MinReturning is the fewest people who answered both rounds for whom the exact
// test is made. With fewer it could call none of eight elements moved, whatever
// they answered: the smallest chance of eight people is 2 in 256, and eight times
// that is more than 0.05.
const MinReturning = 9

// ChangeSchema is the version of the frozen document of a change.
const ChangeSchema = 1

// Change is what may be told of how those who answered a round and the one before
// it moved. It is made once, by [Follow], when the later round closes, and frozen:
// after a while nobody can tell any more who answered both. It names nobody, and
// holds no more of an element than a verdict and, rarely, two numbers.
type Change struct {
	Schema   int             `json:"schema"` // of this document; 1
	Earlier  string          `json:"earlier"`
	Later    string          `json:"later"`
	Turnover Turnover        `json:"turnover"`
	Elements []ElementChange `json:"elements"`
}

// Turnover is how the people who were asked changed. Who is asked is no secret;
// who answered is, and is not told here.
type Turnover struct {
	Stayed int `json:"stayed"` // asked in both rounds
	Joined int `json:"joined"` // asked in the later one alone
	Left   int `json:"left"`   // asked in the earlier one alone
}

// ElementChange is what is told of one element.
type ElementChange struct {
	Key     string   `json:"key"`
	Verdict Verdict  `json:"verdict,omitempty"` // of the exact test; "" when it is not told
	Minds   *float64 `json:"minds"`             // how far returning members moved, in levels
	Members *float64 `json:"members"`           // the rest of the change
}

// Sitting is one of the two rounds that [Follow] looks at.
type Sitting struct {
	Input  Input
	Result Result // as published
}

// Follow makes the change between a round and the one before it. Returning pairs
// the places of those who answered both in the two inputs' responses.
func Follow(then, now Sitting, earlier, later string, returning [][2]int, turnover Turnover) Change {
	f := &following{
		tallies: [2]*tally{count(then.Input), count(now.Input)}, results: [2]Result{then.Result, now.Result},
		returning: returning,
	}
	f.compared, f.sums = compareElements(then.Result, now.Result, then.Input.Version, now.Input.Version)
	f.measure()
	c := Change{Schema: ChangeSchema, Earlier: earlier, Later: later, Turnover: turnover}
	for i := range f.compared {
		c.Elements = append(c.Elements, f.element(i))
	}
	return c
}

// following is two rounds counted, and how each returning member moved.
type following struct {
	tallies   [2]*tally
	results   [2]Result
	returning [][2]int // places in the two tallies
	compared  []Compared
	sums      []overlap
	told      [][2][]int // of each element's questions told in both rounds, in the two tallies
	places    [][2][]int // of those of them that both rounds tell level by level
	chances   []float64  // of each element
}

// measure works out all moves and chances. The test looks only at questions that
// both rounds tell level by level: where all but a few answered alike, what single
// people did must not bear on anything that is told.
func (f *following) measure() {
	f.told, f.places = make([][2][]int, len(f.compared)), make([][2][]int, len(f.compared))
	f.chances = make([]float64, len(f.compared))
	for e := range f.compared {
		for _, key := range f.sums[e].told {
			then, now := f.tallies[0].place[key], f.tallies[1].place[key]
			f.told[e] = both(f.told[e], then, now)
			if f.tallies[0].byLevel(then) && f.tallies[1].byLevel(now) {
				f.places[e] = both(f.places[e], then, now)
			}
		}
		f.chances[e] = f.chance(e)
	}
}

func both(all [2][]int, then, now int) [2][]int {
	return [2][]int{append(all[0], then), append(all[1], now)}
}

// byLevel says whether a question is told level by level.
func (t *tally) byLevel(place int) bool {
	how, _ := tellingOf(t.items[place].counts)
	return how == tellCounts
}

// chance is that of an element's moves. An element that is not tested, or whose
// score did not change enough to have moved, counts as sure to be chance: so its
// answers bear on no other element's verdict.
func (f *following) chance(e int) float64 {
	moves := f.moves(e)
	if !f.tested(e, moves) || math.Abs(*f.compared[e].Change) < leastMove-tiny {
		return 1
	}
	sum := 0
	for _, d := range moves {
		sum += d
	}
	if float64(sum)**f.compared[e].Change <= 0 {
		return 1 // returning members did not move the way the score did
	}
	return SignFlipP(moves)
}

// tested says whether the exact test is made in an element.
func (f *following) tested(e int, moves []int) bool {
	return f.compared[e].Hidden == "" && len(moves) >= MinReturning && len(f.places[e][0]) >= minCompared
}

// unit is of what everybody's move in an element is a whole multiple, up to ten
// questions: one to ten divide it.
const unit = 2520

// moves is how far each returning member moved who scored in both rounds at least
// one of the questions tested: the mean, over those questions, of what they
// chose now less what they chose then. It is in the largest unit of which all are
// whole multiples.
func (f *following) moves(e int) []int {
	moves, common := make([]int, 0, len(f.returning)), 0
	for _, pair := range f.returning {
		sum, n := f.move(e, pair)
		if n == 0 {
			continue
		}
		d := sum * unit / n
		moves = append(moves, d)
		for a, b := max(d, -d), common; ; a, b = b, a%b {
			if b == 0 {
				common = a
				break
			}
		}
	}
	for i := range moves {
		moves[i] /= max(common, 1)
	}
	return moves
}

func (f *following) move(e int, pair [2]int) (sum, n int) {
	then, now := f.tallies[0].row(pair[0]), f.tallies[1].row(pair[1])
	for i, at := range f.places[e][0] {
		before, ok := then[at].Level()
		after, too := now[f.places[e][1][i]].Level()
		if ok && too {
			sum, n = sum+after-before, n+1
		}
	}
	return sum, n
}

// moved lists the elements that the exact tests would say moved if one element's
// chance were this.
func (f *following) moved(e int, chance float64) string {
	chances := slices.Clone(f.chances)
	chances[e] = chance
	var all strings.Builder
	for i, p := range Holm(chances) {
		if p < mostChance {
			all.WriteByte(byte('a' + i))
		}
	}
	return all.String()
}

// element is what is told of an element: as much as is safe.
func (f *following) element(e int) ElementChange {
	c := ElementChange{Key: f.compared[e].Key}
	if f.compared[e].Hidden != "" {
		return c
	}
	change := *f.compared[e].Change
	minds, told := f.minds(e)
	guarded := told && !f.samePeople()
	if guarded && !f.safe(e, true) {
		told = false
	}
	if told {
		c.Minds, c.Members = new(minds), new(tenths(change-minds))
	}
	small := math.Abs(change) < leastMove-tiny // then the verdict follows from that
	if f.tested(e, f.moves(e)) && (small || guarded && told || f.safe(e, false)) {
		c.Verdict = verdict(change, Holm(f.chances)[e])
	}
	return c
}

// samePeople says whether exactly those answered who had answered before.
func (f *following) samePeople() bool {
	return len(f.returning) == f.tallies[0].people() && len(f.returning) == f.tallies[1].people()
}

// minds is how far returning members moved an element's score. It is not told if
// those who stayed, came or went are 1 to 4 people, in all or in some question.
func (f *following) minds(e int) (moved float64, told bool) {
	for t := range f.tallies {
		if rest := f.tallies[t].people() - len(f.returning); len(f.returning) < MinShown || rest > 0 && rest < MinShown {
			return 0, false
		}
	}
	if f.samePeople() {
		return *f.compared[e].Change, true
	}
	for i := range f.told[e][0] {
		then, safe := f.returned(0, f.told[e][0][i])
		now, too := f.returned(1, f.told[e][1][i])
		if !safe || !too {
			return 0, false
		}
		moved += (now - then) / float64(len(f.told[e][0]))
	}
	return tenth(moved), true
}

// returned is the mean of a question among returning members in one of the
// rounds. A question that is not told by counts counts alike for everybody.
func (f *following) returned(round, place int) (mean float64, safe bool) {
	t := f.tallies[round]
	all := t.items[place].counts
	if !t.byLevel(place) {
		return estimateOf(all).value, true
	}
	var c Counts
	for _, pair := range f.returning {
		if level, ok := t.row(pair[round])[place].Level(); ok {
			c[level-1]++
		}
	}
	rest := all.N() - c.N()
	return c.Mean(), c.N() >= MinShown && (rest == 0 || rest >= MinShown)
}
