package maturity

import (
	"slices"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
)

// Input is what a round came to: everything that scoring needs.
type Input struct {
	Version       *questionnaire.Version
	Form          questionnaire.Form
	Responses     []assessment.Response // the submitted ones, in any order
	Invited       int                   // people asked; taken as at least the responses
	InvitedBySide map[assessment.Side]int
	NoEvidence    bool    // the answers came without notes of evidence, as in a file
	file          Answers // in place of responses
}

// sides is the order in which tallies keep the two sides.
var sides = [2]assessment.Side{assessment.Executive, assessment.NonExecutive}

// tally is an input counted once: every choice in a table of people by
// questions, and every question's counts.
type tally struct {
	version  *questionnaire.Version
	form     questionnaire.Form
	asked    []*questionnaire.Question
	place    map[string]int // of a question key in asked
	choices  []assessment.Choice
	side     []int // of each person: 0, 1, or −1 for neither
	items    []itemTally
	invited  int
	bySide   map[assessment.Side]int
	evidence bool            // notes of evidence were asked for
	studentT map[int]float64 // by number of people; dear to work out and mostly the same
}

// itemTally is one question counted.
type itemTally struct {
	counts       Counts
	dontKnow     int
	ratherNotSay int
	notAnswered  int
	evidenced    bool
	bySide       [2]Counts
	dontKnowBy   [2]int
}

func count(in Input) *tally {
	t := &tally{
		version: in.Version, form: in.Form, invited: max(in.Invited, len(in.Responses), in.file.People()),
		bySide: in.InvitedBySide, evidence: !in.NoEvidence, studentT: make(map[int]float64),
	}
	if t.form == "" {
		t.form = questionnaire.Full
	}
	t.asked = in.Version.Questions(t.form)
	t.place = make(map[string]int, len(t.asked))
	for i, q := range t.asked {
		t.place[q.Key] = i
	}
	t.items = make([]itemTally, len(t.asked))
	t.choices = make([]assessment.Choice, 0, len(t.asked)*(len(in.Responses)+in.file.People()))
	for _, r := range in.Responses {
		t.add(r)
	}
	t.addFile(in.file)
	return t
}

func (t *tally) add(r assessment.Response) {
	side := slices.Index(sides[:], r.Side)
	t.side = append(t.side, side)
	for i, q := range t.asked {
		answer := r.Answers[q.Key]
		t.choices = append(t.choices, answer.Choice)
		t.items[i].add(answer.Choice, side)
		t.items[i].evidenced = t.items[i].evidenced || answer.Evidence != ""
	}
}

// addFile adds everybody in a file, whose rows have every question of the
// version in its order.
func (t *tally) addFile(a Answers) {
	all := t.version.Questions(questionnaire.Full)
	places := make([]int, len(all)) // −1 for a question that was not asked
	for i, q := range all {
		places[i] = -1
		if at, asked := t.place[q.Key]; asked {
			places[i] = at
		}
	}
	for p, s := range a.side {
		side := slices.Index(sides[:], s)
		t.side = append(t.side, side)
		t.choices = append(t.choices, make([]assessment.Choice, len(t.asked))...)
		row := t.row(t.people() - 1)
		for i, at := range places {
			if at >= 0 {
				row[at] = a.choices[p*len(all)+i]
				t.items[at].add(row[at], side)
			}
		}
	}
}

func (it *itemTally) add(c assessment.Choice, side int) {
	if level, ok := c.Level(); ok {
		it.counts[level-1]++
		if side >= 0 {
			it.bySide[side][level-1]++
		}
		return
	}
	switch c {
	case assessment.DontKnow:
		it.dontKnow++
		if side >= 0 {
			it.dontKnowBy[side]++
		}
	case assessment.RatherNotSay:
		it.ratherNotSay++
	default:
		it.notAnswered++
	}
}

// margin is [Margin] among the people invited.
func (t *tally) margin(sd float64, n int) float64 {
	if n >= t.invited {
		return 0
	}
	at, ok := t.studentT[n]
	if !ok {
		at = studentT(n)
		t.studentT[n] = at
	}
	return reach(at, sd, n, t.invited)
}

func (t *tally) people() int { return len(t.side) }

// row is what one person chose, question by question.
func (t *tally) row(person int) []assessment.Choice {
	return t.choices[person*len(t.asked) : (person+1)*len(t.asked)]
}

// onSide is how many people of a side answered.
func (t *tally) onSide(side int) int {
	n := 0
	for _, s := range t.side {
		if s == side {
			n++
		}
	}
	return n
}

// questions gives the places of an element's questions that were asked.
func (t *tally) questions(e *questionnaire.Element) []int {
	var places []int
	for _, q := range e.Questions {
		if i, ok := t.place[q.Key]; ok {
			places = append(places, i)
		}
	}
	return places
}

// personMean is one person's mean over their scored answers to some questions.
func (t *tally) personMean(person int, places []int) (mean float64, ok bool) {
	row, sum, n := t.row(person), 0, 0
	for _, i := range places {
		if level, scored := row[i].Level(); scored {
			sum += level
			n++
		}
	}
	if n == 0 {
		return 0, false
	}
	return float64(sum) / float64(n), true
}

// personMeans is that of everybody who has one, lowest first: sums of decimals
// depend on their order, and results may not depend on that of the responses.
func (t *tally) personMeans(places []int) []float64 {
	means := make([]float64, 0, t.people())
	for p := range t.people() {
		if m, ok := t.personMean(p, places); ok {
			means = append(means, m)
		}
	}
	slices.Sort(means)
	return means
}

// overallMeans is everybody's mean over the elements they have a mean in,
// lowest first.
func (t *tally) overallMeans(elements [][]int) []float64 {
	means := make([]float64, 0, t.people())
	for p := range t.people() {
		sum, n := 0.0, 0
		for _, places := range elements {
			if m, ok := t.personMean(p, places); ok {
				sum += m
				n++
			}
		}
		if n > 0 {
			means = append(means, sum/float64(n))
		}
	}
	slices.Sort(means)
	return means
}

// tagged gives the places of the questions that carry a tag.
func (t *tally) tagged(has func(q *questionnaire.Question) bool) []int {
	var places []int
	for i, q := range t.asked {
		if has(q) {
			places = append(places, i)
		}
	}
	return places
}

func (t *tally) keys(places []int) []string {
	keys := make([]string, len(places))
	for i, p := range places {
		keys[i] = t.asked[p].Key
	}
	return keys
}
