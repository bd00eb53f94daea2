package maturity_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// An attacker's afternoon: somebody who answered has everything that was ever
// published of two rounds in hand, and their own answers. For answers of others
// that they may be after, a search goes through boards that differ from the true
// one until it finds another of which all that is published is the very same, byte
// for byte, in which the attacker answered what they did and the other did not.

// afternoonSeed makes the same boards each time.
const afternoonSeed = 20261122

// inHand is everything there is to have of two rounds. Pages, charts and files are
// made of these documents and of nothing else; so is a benchmark edition, of many
// trusts' element scores.
func inHand(t testing.TB, r rounds) []byte {
	reports, change := r.follow()
	var all bytes.Buffer
	for _, report := range reports {
		all.Write(frozen(t, report))
	}
	document, _, err := maturity.FreezeChange(change)
	if err != nil {
		t.Fatal(err)
	}
	all.Write(document)
	return all.Bytes()
}

func frozen(t testing.TB, report maturity.Report) []byte {
	document, _, err := maturity.Freeze(report)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// placeOf is one answer: of a person, by their row in a round, to a question.
type placeOf struct{ round, row, question int }

// afternoon is one board and what is told of it.
type afternoon struct {
	t     testing.TB
	board rounds
	told  []byte
	tries int
	hand  func(testing.TB, rounds) []byte // what the attacker has
}

// withOneReport is the attacker with one round's report and nothing else. What that
// tells by itself – by what it does not show of the two sides, which METHOD.md does
// not promise to keep – two rounds do not add to.
func (a *afternoon) withOneReport(round int) *afternoon {
	hand := func(t testing.TB, r rounds) []byte {
		return frozen(t, maturity.Publish(r.boards[round].input(), maturity.Meta{}))
	}
	return &afternoon{t: a.t, board: a.board, told: hand(a.t, a.board), hand: hand}
}

func (a *afternoon) at(p placeOf) *assessment.Choice {
	return &a.board.boards[p.round].rows[p.row][p.question]
}

func (a *afternoon) name(p placeOf) int { return a.board.names[p.round][p.row] }

// same says whether the board as it stands now is told as the true one is.
func (a *afternoon) same() bool {
	a.tries++
	return bytes.Equal(a.hand(a.t, a.board), a.told)
}

// open says whether the attacker must leave it open what stands in a place.
func (a *afternoon) open(target placeOf, attacker int, rng *rand.Rand) bool {
	mine, was := a.at(target), *a.at(target)
	for _, partner := range a.partners(target, attacker, rng) {
		if a.exchanged(target, partner, false) || a.exchanged(target, partner, true) {
			return true
		}
	}
	for level := assessment.Choice(1); level <= 5; level++ { // where not every level is counted
		if *mine = level; level != was && a.same() {
			*mine = was
			return true
		}
	}
	*mine = was
	return a.compensated(target, attacker, rng)
}

// mostTries is how long the search goes on for one answer.
const mostTries = 1500

// compensated looks further: the target's answer changes places with another's,
// and so do, in one or two more questions of the element, two people's each, as
// when sums that are told must come out the same.
func (a *afternoon) compensated(target placeOf, attacker int, rng *rand.Rand) bool {
	b := a.board.boards[target.round]
	partners := a.partners(target, attacker, rng)
	var questions []int
	for i, q := range b.version.Questions(b.form) {
		if q.Element == b.version.Questions(b.form)[target.question].Element && i != target.question {
			questions = append(questions, i)
		}
	}
	for try := 0; try < mostTries && len(partners) > 0; try++ {
		swaps := [][2]placeOf{{target, placeOf{target.round, partners[rng.IntN(len(partners))], target.question}}}
		for _, q := range questions {
			p, r := rng.IntN(len(b.rows)), rng.IntN(len(b.rows))
			if p != r && a.board.names[target.round][p] != attacker && a.board.names[target.round][r] != attacker && rng.IntN(3) > 0 {
				swaps = append(swaps, [2]placeOf{{target.round, p, q}, {target.round, r, q}})
			}
		}
		if a.afterSwaps(swaps) {
			return true
		}
	}
	return false
}

// afterSwaps says whether the same is told after people exchanged answers.
func (a *afternoon) afterSwaps(swaps [][2]placeOf) bool {
	for _, c := range swaps {
		*a.at(c[0]), *a.at(c[1]) = *a.at(c[1]), *a.at(c[0])
	}
	same := a.same()
	for _, c := range slices.Backward(swaps) {
		*a.at(c[0]), *a.at(c[1]) = *a.at(c[1]), *a.at(c[0])
	}
	return same
}

// partners are the rows of those who answered otherwise, but for the attacker's:
// those first who sit on the same side.
func (a *afternoon) partners(target placeOf, attacker int, rng *rand.Rand) (rows []int) {
	b := a.board.boards[target.round]
	var others []int
	for _, row := range rng.Perm(len(b.rows)) {
		switch {
		case a.board.names[target.round][row] == attacker || b.rows[row][target.question] == b.rows[target.row][target.question]:
		case (row < b.execs) == (target.row < b.execs):
			rows = append(rows, row)
		default:
			others = append(others, row)
		}
	}
	return append(rows, others...)
}

// exchanged says whether the same is told after two people exchanged their answers
// to a question, or to all of its element in both rounds.
func (a *afternoon) exchanged(target placeOf, partner int, whole bool) bool {
	cells := [][2]placeOf{{target, placeOf{target.round, partner, target.question}}}
	if whole {
		cells = a.wholeElement(target, partner)
	}
	return a.afterSwaps(cells)
}

func (a *afternoon) wholeElement(target placeOf, partner int) (cells [][2]placeOf) {
	form := a.board.boards[target.round].form
	asked := a.board.boards[target.round].version.Questions(form)
	mine, theirs := a.name(target), a.board.names[target.round][partner]
	for round := range a.board.boards {
		p, q := slices.Index(a.board.names[round], mine), slices.Index(a.board.names[round], theirs)
		if p < 0 || q < 0 {
			continue
		}
		for i, question := range asked {
			if question.Element == asked[target.question].Element {
				cells = append(cells, [2]placeOf{{round, p, i}, {round, q, i}})
			}
		}
	}
	return cells
}

// afternoonBoards are two rounds of boards, from five people to fourteen, with
// nobody, one or some who leave and come, of one mind or of many.
func afternoonBoard(t testing.TB, rng *rand.Rand) rounds {
	v := version(t)
	people, leave, come := 5+rng.IntN(10), rng.IntN(3), rng.IntN(3)
	r := rounds{names: [2][]int{numbered(0, people), append(numbered(leave, people-leave), numbered(100, come)...)}}
	spread, step := rng.IntN(3), rng.IntN(2)
	centre := make([]int, len(v.Questions(questionnaire.Core)))
	for q := range centre {
		centre[q] = 2 + rng.IntN(2)
	}
	for round := range r.boards {
		b := board{version: v, form: questionnaire.Core, execs: rng.IntN(2) * len(r.names[round]) / 2}
		for range r.names[round] {
			row := make([]assessment.Choice, len(centre))
			for q := range row {
				level := centre[q] + round*step
				if rng.IntN(3) < spread {
					level += rng.IntN(3) - 1
				}
				if rng.IntN(12) == 0 {
					level = 1 + rng.IntN(5)
				}
				row[q] = assessment.Choice(min(5, max(1, level)))
				if rng.IntN(30) == 0 {
					row[q] = dk
				}
			}
			b.rows = append(b.rows, row)
		}
		r.boards[round] = b
	}
	return r
}

// TestAnAttackersAfternoon takes boards and targets at random; with
// OCTANT_AFTERNOON=300 it takes three hundred boards.
func TestAnAttackersAfternoon(t *testing.T) {
	t.Parallel()
	boards := 12
	if _, err := fmt.Sscan(os.Getenv("OCTANT_AFTERNOON"), &boards); err != nil && os.Getenv("OCTANT_AFTERNOON") != "" {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(afternoonSeed, 0))
	targets, tries, pinned, byOne, told := 0, 0, 0, 0, 0
	for range boards {
		a := &afternoon{t: t, board: afternoonBoard(t, rng), hand: inHand}
		a.told = inHand(t, a.board)
		told += bytes.Count(a.told, []byte(`"verdict":`))
		for range 12 {
			target := placeOf{round: rng.IntN(2)}
			target.row = rng.IntN(len(a.board.names[target.round]))
			target.question = rng.IntN(len(a.board.boards[0].rows[0]))
			attacker := a.name(target)
			for attacker == a.name(target) {
				round := rng.IntN(2)
				attacker = a.board.names[round][rng.IntN(len(a.board.names[round]))]
			}
			if level := *a.at(target); level > 5 {
				continue
			}
			targets++
			if !a.open(target, attacker, rng) {
				if alone := a.withOneReport(target.round); !alone.open(target, attacker, rng) {
					byOne++
					continue
				}
				pinned++
				b := a.board.boards[target.round]
				var column []assessment.Choice
				for _, row := range b.rows {
					column = append(column, row[target.question])
				}
				t.Errorf("person %d learns what person %d answered to question %d of round %d: %d, of %v (%d executives)",
					attacker, a.name(target), target.question, target.round+1, *a.at(target), column, b.execs)
			}
		}
		tries += a.tries
	}
	t.Logf("%d boards of 5 to 14, seed %d: %d answers sought, %d pinned by two rounds, %d not opened by this search even with one report alone; %d boards tried; %d verdicts of returning members told", boards, afternoonSeed, targets, pinned, byOne, tries, told)
}
