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
// published of two or three rounds in hand, the benchmark editions that counted
// them among it, and their own answers. They know the published scores of all other
// trusts in these editions besides, though not how those trusts' people differ. For answers of others that they may be after, a search
// goes through boards that differ from the true one until it finds another of which
// all that is published is the very same, byte for byte, in which the attacker
// answered what they did and the other did not.

// afternoonSeed makes the same boards each time.
const afternoonSeed = 20261122

// told is all that is published of a round, and what it is made of. Pages, charts,
// files and answers of the API are made of these documents and of nothing else. The
// comparison of any two rounds but a round and the one before it is made of their
// reports alone.
type told struct {
	rows    [][]assessment.Choice
	sitting maturity.Sitting
	past    []maturity.Past // editions made before
	edition maturity.Past
	report  []byte
	change  []byte // since the round before
	bench   []byte // the edition that counts the round
}

// afternoon is one board and what is told of it.
type afternoon struct {
	t     testing.TB
	board chain
	told  []told
	tries int
	alone int // the only round whose report the attacker has, or nobody
}

const nobody = -1

func newAfternoon(t testing.TB, board chain) *afternoon {
	a := &afternoon{t: t, board: board, alone: nobody}
	var past []maturity.Past
	for round := range board.boards {
		now := a.sit(round)
		for _, row := range board.boards[round].rows {
			now.rows = append(now.rows, slices.Clone(row))
		}
		now.past = past
		a.told = append(a.told, now)
		if round > 0 {
			a.told[round].change = a.change(a.told, round)
		}
		a.told[round].edition, a.told[round].bench = a.edition(round, now, 1)
		past = append(past[:round:round], a.told[round].edition)
	}
	return a
}

// sit publishes a round's report as the board stands now.
func (a *afternoon) sit(round int) (now told) {
	in := a.board.boards[round].input()
	report := maturity.Publish(in, maturity.Meta{Round: maturity.Round{ID: fmt.Sprint(round)}})
	now.sitting = maturity.Sitting{Input: in, Result: report.Result}
	now.report = document(a.t)(maturity.Freeze(report))
	return now
}

func (a *afternoon) change(all []told, round int) []byte {
	return document(a.t)(maturity.FreezeChange(maturity.Follow(all[round-1].sitting, all[round].sitting,
		fmt.Sprint(round-1), fmt.Sprint(round), a.board.returning(round-1), maturity.Turnover{})))
}

// edition counts a round among those of twelve other trusts, six of its own region,
// whose people differ so much more or less where the board's own answers are others
// than in truth: nobody knows that of other trusts.
func (a *afternoon) edition(round int, now told, differ float64) (maturity.Past, []byte) {
	c := maturity.NewCensus(maturity.WindowOf(editionDay), a.pastOf(round), maturity.Known{})
	moments := maturity.Moments(now.sitting.Input)
	var others []string
	for _, truth := range maturity.Moments(a.told[round].sitting.Input) {
		if !slices.Contains(moments, truth) {
			others = append(others, truth.Element)
		}
	}
	for i := range 12 {
		e := entrant(fmt.Sprintf("T%02d", i), fmt.Sprint(round), float64(22+(i*5+round)%13)/10, "type", fmt.Sprintf("Y%d", i%2))
		e.Form = string(questionnaire.Core)
		for k := range e.Moments {
			if slices.Contains(others, e.Moments[k].Element) {
				e.Moments[k].Variance *= differ
			}
		}
		c.Add(e)
	}
	own := entrant("OWN", fmt.Sprint(round), 3, "type", "Y0")
	own.Elements, own.Moments = now.sitting.Result.Elements, moments
	c.Add(own)
	made, basis, err := c.Edition(round+1, editionDay)
	if err != nil {
		a.t.Fatal(err)
	}
	return maturity.Past{Edition: made, Basis: basis}, document(a.t)(maturity.FreezeEdition(made))
}

func (a *afternoon) pastOf(round int) []maturity.Past {
	if round == 0 {
		return nil
	}
	return append(slices.Clone(a.told[round-1].past), a.told[round-1].edition)
}

// document is what was frozen, if it could be.
func document(t testing.TB) func([]byte, string, error) []byte {
	return func(text []byte, _ string, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
}

// placeOf is one answer: of a person, by their row in a round, to a question.
type placeOf struct{ round, row, question int }

// withOneReport is the attacker with one round's report and nothing else. What that
// tells by itself – by what it does not show of the two sides, which METHOD.md does
// not promise to keep – the other documents do not add to.
func (a *afternoon) withOneReport(round int) *afternoon {
	return &afternoon{t: a.t, board: a.board, told: a.told, alone: round}
}

func (a *afternoon) at(p placeOf) *assessment.Choice {
	return &a.board.boards[p.round].rows[p.row][p.question]
}

func (a *afternoon) name(p placeOf) int { return a.board.names[p.round][p.row] }

// same says whether the board as it stands now is told as the true one is.
func (a *afternoon) same() bool {
	a.tries++
	now, differs := slices.Clone(a.told), make([]bool, len(a.told))
	for round := range a.told {
		if a.alone != nobody && round != a.alone {
			continue
		}
		differs[round] = !slices.EqualFunc(a.told[round].rows, a.board.boards[round].rows, slices.Equal)
		if differs[round] {
			if now[round] = a.sit(round); !bytes.Equal(now[round].report, a.told[round].report) {
				return false
			}
		}
	}
	if a.alone != nobody {
		return true
	}
	for round := range now {
		if round > 0 && (differs[round] || differs[round-1]) && !bytes.Equal(a.change(now, round), a.told[round].change) {
			return false
		}
	}
	for round := range now {
		if differs[round] && !a.sameBench(round, now[round]) {
			return false
		}
	}
	return true
}

// sameBench says whether the edition can be the same: if the people of the other
// trusts differ by up to a fifth more or less than they do. The more they differ,
// the lower is ICC.
func (a *afternoon) sameBench(round int, now told) bool {
	low, high := 0.8, 1.2
	for differ := 1.0; high-low > 1e-5; differ = (low + high) / 2 {
		made, document := a.edition(round, now, differ)
		if bytes.Equal(document, a.told[round].bench) {
			return true
		}
		by := 0.0
		for i, r := range a.told[round].edition.Edition.Parts[0].Reliability {
			if m := made.Edition.Parts[0].Reliability[i]; by == 0 && r.ICC1 != nil && m.ICC1 != nil {
				by = *m.ICC1 - *r.ICC1 + *m.ICC2 - *r.ICC2
			}
		}
		if by > 0 {
			low = differ
		} else {
			high = differ
		}
	}
	return false
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

// TestAnAttackersAfternoon takes boards and targets at random, of two rounds and of
// three; with OCTANT_AFTERNOON=300 it takes three hundred boards of each.
func TestAnAttackersAfternoon(t *testing.T) {
	t.Parallel()
	boards := 8
	if _, err := fmt.Sscan(os.Getenv("OCTANT_AFTERNOON"), &boards); err != nil && os.Getenv("OCTANT_AFTERNOON") != "" {
		t.Fatal(err)
	}
	for _, sittings := range []int{2, 3} {
		t.Run(fmt.Sprintf("%d rounds", sittings), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(afternoonSeed, uint64(sittings)))
			var n afternoonCount
			for range boards {
				n.spend(newAfternoon(t, afternoonBoard(t, rng, sittings)), rng)
			}
			t.Logf("%d boards of 5 to 14 in %d rounds, seed %d, with %d editions that show %d bands of their groups, and %d verdicts of returning members told: %d answers sought, %d pinned, %d not opened by this search even with one report alone; %d boards tried",
				boards, sittings, afternoonSeed, boards*sittings, n.bands, n.verdicts, n.sought, n.pinned, n.byOne, n.tries)
			if n.bands < boards {
				t.Error("hardly any band was shown: this proves little")
			}
		})
	}
}

type afternoonCount struct{ sought, tries, pinned, byOne, verdicts, bands int }

// spend seeks answers of one board.
func (n *afternoonCount) spend(a *afternoon, rng *rand.Rand) {
	for _, now := range a.told {
		n.verdicts += bytes.Count(now.change, []byte(`"verdict":`))
		n.bands += bytes.Count(now.bench, []byte(`"middle":`)) - bytes.Count(now.bench, []byte(`"middle":null`))
	}
	sittings := len(a.board.boards)
	for range 12 {
		target := placeOf{round: rng.IntN(sittings)}
		target.row = rng.IntN(len(a.board.names[target.round]))
		target.question = rng.IntN(len(a.board.boards[0].rows[0]))
		attacker := a.name(target)
		for attacker == a.name(target) {
			round := rng.IntN(sittings)
			attacker = a.board.names[round][rng.IntN(len(a.board.names[round]))]
		}
		if *a.at(target) > 5 {
			continue
		}
		n.sought++
		if a.open(target, attacker, rng) {
			continue
		}
		if !a.withOneReport(target.round).open(target, attacker, rng) {
			n.byOne++
			continue
		}
		n.pinned++
		b := a.board.boards[target.round]
		var column []assessment.Choice
		for _, row := range b.rows {
			column = append(column, row[target.question])
		}
		a.t.Errorf("person %d learns what person %d answered to question %d of round %d: %d, of %v (%d executives)",
			attacker, a.name(target), target.question, target.round+1, *a.at(target), column, b.execs)
	}
	n.tries += a.tries
}
