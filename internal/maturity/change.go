package maturity

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"octant/internal/questionnaire"
)

// What a difference between two rounds must be before it is called a change: so
// large, in levels, and so unlikely to be chance after Holm's correction over all
// elements of the questionnaire.
const (
	leastMove  = 0.3
	mostChance = 0.05
)

// minCompared is the fewest questions on which an element is compared. One alone
// would tell what single people's answers to it did.
const minCompared = 2

// Verdict says whether an element moved between two rounds.
type Verdict string

// The verdicts.
const (
	MovedUp   Verdict = "moved up"
	MovedDown Verdict = "moved down"
	Unclear   Verdict = "no clear change"
)

// Comparison sets two rounds of a trust beside each other. It is worked out from
// what the two reports tell of the questions; what is said of people who answered
// both comes from the frozen [Change].
type Comparison struct {
	Earlier, Later Round
	Elements       []Compared
	LookBack       *LookBack // of the later round, if it looked back on this earlier one
}

// Compared is one element in two rounds, over the questions that both asked in
// the same words.
type Compared struct {
	Key       string
	Questions []Pair   // asked in both in the same words
	Only      []string // keys of questions of one round alone, or worded otherwise in the other
	Earlier   *float64 // score over the questions told of in both rounds, to one decimal
	Later     *float64
	Change    *float64 // later minus earlier
	Verdict   Verdict  // "" when the element is not compared
	Paired    bool     // the verdict is that of the exact test of returning members
	Unpaired  Reason   // why it is not
	Minds     *float64 // how far those who answered both rounds moved
	Members   *float64 // how far others' coming and going moved the score
	Mixed     Reason   // why the two are not told apart
	Hidden    Reason   // why the element is not compared
}

// Pair is one question in two rounds. No change is claimed of a single question.
type Pair struct {
	Key            string
	Earlier, Later *float64 // to one decimal; nil where a round does not tell
}

// Why rounds are not compared, or not by the stronger test. Each continues "Not
// shown:" or stands by itself as the reason for the weaker test.
const (
	noCommon     Reason = "too few questions were asked in both rounds in the same words and could be scored"
	notNext      Reason = "people are followed only from one round to the next, and there were others between these two"
	notFollowed  Reason = "these rounds closed before returning members were followed"
	fewReturning Reason = "too few returning members to test, or testing them could give somebody's answers away"
	mixedHidden  Reason = "of those who stayed, came or went, one group has fewer than 5 people, or telling it could give somebody's answers away"
)

// SameWords says whether a question is asked in both versions with the same
// wording and the same anchors.
func SameWords(key string, a, b *questionnaire.Version) bool {
	q, inA := a.Question(key)
	p, inB := b.Question(key)
	return inA && inB && q.Element == p.Element && q.Text == p.Text && q.Anchors == p.Anchors
}

// Compare sets two reports of one trust beside each other, each with the version
// it was made by. Change is the frozen one of the later round, nil if there is
// none; it is told only if it is of this earlier round. Next says that no other
// round closed between the two.
func Compare(earlier, later Report, then, now *questionnaire.Version, change *Change, next bool) Comparison {
	c := Comparison{Earlier: earlier.Round, Later: later.Round}
	if later.LookBack != nil && later.LookBack.Round.ID == earlier.Round.ID {
		c.LookBack = later.LookBack
	}
	var sums []overlap
	c.Elements, sums = compareElements(earlier.Result, later.Result, then, now)
	unpaired(c.Elements, sums)
	if change != nil && change.Earlier == earlier.Round.ID && change.Later == later.Round.ID {
		change.tell(c.Elements)
		return c
	}
	why := notNext
	if next {
		why = notFollowed
	}
	for i := range c.Elements {
		if e := &c.Elements[i]; e.Hidden == "" {
			e.Unpaired, e.Mixed = why, why
		}
	}
	return c
}

// overlap is what an element's common questions come to in each round, before
// rounding.
type overlap struct {
	told      []string // keys of the questions told of in both rounds
	then, now summary
	nThen     int // fewest people who gave a score to one of them
	nNow      int
}

// compareElements works out the scores over the common questions.
func compareElements(earlier, later Result, then, now *questionnaire.Version) (elements []Compared, sums []overlap) {
	for i := range now.Elements {
		c := Compared{Key: now.Elements[i].Key}
		s := c.common(earlier, later, then, now)
		if len(s.told) < minCompared || !enough(len(s.told), len(c.Questions)) {
			c.Hidden = noCommon
		} else {
			c.Earlier, c.Later = new(tenth(s.then.value)), new(tenth(s.now.value))
			c.Change = new(tenths(*c.Later - *c.Earlier))
		}
		elements, sums = append(elements, c), append(sums, s)
	}
	return elements, sums
}

// unpaired gives every compared element the verdict of Welch's test, from nothing
// but what is told of the questions. Since that is the widest people's own scores
// can spread, the test errs on the side of no change.
func unpaired(elements []Compared, sums []overlap) {
	chances := make([]float64, len(elements))
	for i, e := range elements {
		chances[i] = 1
		if e.Change != nil {
			s := sums[i]
			chances[i] = WelchP(s.now.value-s.then.value, s.then.spread, s.nThen, s.now.spread, s.nNow)
		}
	}
	for i, p := range Holm(chances) {
		if e := &elements[i]; e.Change != nil {
			e.Verdict = verdict(*e.Change, p)
		}
	}
}

// verdict is what a published change and its corrected chance come to.
func verdict(change, p float64) Verdict {
	switch {
	case p >= mostChance || math.Abs(change) < leastMove-tiny:
		return Unclear
	case change > 0:
		return MovedUp
	}
	return MovedDown
}

// common sorts an element's questions into those that can be compared and those
// that cannot, and works out what the first come to.
func (c *Compared) common(earlier, later Result, then, now *questionnaire.Version) overlap {
	before, upon := itemsOf(earlier, c.Key), itemsOf(later, c.Key)
	s := overlap{nThen: math.MaxInt, nNow: math.MaxInt}
	var a, b []estimate
	for _, it := range later.items(c.Key) {
		old, asked := before[it.Key]
		if !asked || !SameWords(it.Key, then, now) {
			c.Only = append(c.Only, it.Key)
			continue
		}
		x, y := toldOf(old), toldOf(it)
		p := Pair{Key: it.Key}
		if x.shown {
			p.Earlier = new(tenth(x.value))
		}
		if y.shown {
			p.Later = new(tenth(y.value))
		}
		c.Questions = append(c.Questions, p)
		if x.shown && y.shown {
			s.told, a, b = append(s.told, it.Key), append(a, x), append(b, y)
			s.nThen, s.nNow = min(s.nThen, *old.N), min(s.nNow, *it.N)
		}
	}
	for _, it := range earlier.items(c.Key) {
		if _, asked := upon[it.Key]; !asked {
			c.Only = append(c.Only, it.Key)
		}
	}
	all := make([]int, len(a))
	for i := range all {
		all[i] = i
	}
	s.then, s.now = summaryOf(a, all), summaryOf(b, all)
	return s
}

func (r Result) items(element string) []Item {
	for i := range r.Elements {
		if r.Elements[i].Key == element {
			return r.Elements[i].Items
		}
	}
	return nil
}

func itemsOf(r Result, element string) map[string]Item {
	all := make(map[string]Item)
	for _, it := range r.items(element) {
		all[it.Key] = it
	}
	return all
}

// toldOf is the estimate of a question as it can be read off what is published
// of it: the same that its element's score was made of.
func toldOf(it Item) estimate {
	switch {
	case it.N == nil:
		return estimate{}
	case it.Counts != nil:
		return estimateOf(Counts(it.Counts))
	case it.Bands != nil:
		b := it.Bands
		return estimate{value: *it.Mean, spread: bandSpread(Counts{b[0], 0, b[1], 0, b[2]}), shown: true}
	case it.AgreedAt > 0 && it.Mean != nil:
		return estimate{value: *it.Mean, spread: 0.5, shown: true}
	case it.AgreedAt > 0:
		return estimate{value: float64(it.AgreedAt), spread: 0.5, shown: true}
	case it.NearlyAll > 0:
		return estimate{value: float64(it.NearlyAll), spread: farAway / math.Sqrt(float64(*it.N)), shown: true}
	}
	return estimate{}
}

// tenths takes off what subtracting left beyond the first decimal.
func tenths(x float64) float64 { return math.Round(x*10)/10 + 0 }

// WelchP is the two-sided chance, 0 to 1, that the means of two groups of so many
// people who spread so far lie this far apart.
func WelchP(difference, sd1 float64, n1 int, sd2 float64, n2 int) float64 {
	a, b := sd1*sd1/float64(n1), sd2*sd2/float64(n2)
	if a+b == 0 {
		return 1
	}
	df := (a + b) * (a + b) / (a*a/float64(n1-1) + b*b/float64(n2-1))
	return 2 * distuv.StudentsT{Sigma: 1, Nu: df}.Survival(math.Abs(difference)/math.Sqrt(a+b))
}
