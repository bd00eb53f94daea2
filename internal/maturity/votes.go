package maturity

import "octant/internal/questionnaire"

// Votes is how people in a room voted on one question, once. Nobody is in it who
// did not vote.
type Votes struct {
	Counts   Counts
	DontKnow int
}

// People is how many voted.
func (v Votes) People() int { return v.Counts.N() + v.DontKnow }

// Why a vote is not shown. Each continues "Not shown:".
const (
	fewOfRoom      Reason = "fewer than half of those who could vote did"
	fewOfFirst     Reason = "fewer than half of those who voted first voted again"
	fewVotedAgain  Reason = "fewer than 5 people voted again"
	othersVoted    Reason = "the second vote does not have as many votes as the first"
	onePersonKnown Reason = "the vote of somebody who did not vote again could be worked out"
)

// Tell is what may be shown of one vote: the same as of a question in a report
// that so many people were asked, and under the same rules.
func Tell(question string, v Votes) Item {
	people := v.People()
	if people < MinShown {
		return withheld(question, tooFewPeople)
	}
	t := &tally{
		asked: []*questionnaire.Question{{Key: question}}, side: make([]int, people), invited: people,
		items: []itemTally{{counts: v.Counts, dontKnow: v.DontKnow}},
	}
	item, _ := t.disclose(0)
	return item
}

// TellFirst is what may be shown of a first vote in a room in which so many could
// vote, those among them who were taken out since. Who runs the room chooses who
// is in it and when the vote closes. Whoever brings devices of their own would need
// no more than four to have one person's vote told; so that the others cannot be
// left out, at least half of the room must be in it, or in a hall many.
func TellFirst(question string, v Votes, could int) Item {
	if told := Tell(question, v); told.Hidden == tooFewPeople || SpeaksFor(v.People(), could) {
		return told
	}
	return withheld(question, fewOfRoom)
}

// SpeaksFor says whether so many votes speak for a room in which so many could
// vote.
func SpeaksFor(votes, could int) bool { return 2*votes >= could || votes >= manyVotes }

// manyVotes speak for a room of any size: more than most boards have members.
const manyVotes = 20

// TellAgain is what may be shown of a second vote on a question whose first was
// told. Both must be by the same people, or whoever came or went between them
// could be found by subtraction: who did not vote again is in the second with
// their first vote, and nobody else is. again is how many did vote again; with
// too few of them the difference would point at those who were seen to. They are
// half of the first, as half of the room are in that.
//
// Those who did not may be known, and that their vote stayed as it was. So there
// must be two answers at least that any of them can have given, for whoever
// knows both votes and their own part in them.
func TellAgain(question string, first, second Votes, again int) Item {
	switch {
	case first.People() != second.People():
		return withheld(question, othersVoted)
	case again < MinShown:
		return withheld(question, fewVotedAgain)
	case !SpeaksFor(again, first.People()):
		return withheld(question, fewOfFirst)
	case again < first.People() && !first.deniable(second):
		return withheld(question, onePersonKnown)
	}
	return Tell(question, second)
}

// withheld is a question of which nothing is told.
func withheld(question string, why Reason) Item {
	return Item{Key: question, Hidden: why, HiddenValues: map[string]Reason{}}
}

// sixfold are the votes by answer, "I do not know" after the levels.
type sixfold [questionnaire.Levels + 1]int

func (v Votes) sixfold() (all sixfold) {
	copy(all[:], v.Counts[:])
	all[questionnaire.Levels] = v.DontKnow
	return all
}

// deniable says whether a vote that stayed the same can have been at least two
// answers, whoever asks: nobody who voted, and everybody who did, with each pair
// of votes they can have given.
func (v Votes) deniable(again Votes) bool {
	first, second := v.sixfold(), again.sixfold()
	if inBoth(first, second) < 2 {
		return false
	}
	for a := range first {
		for b := range second {
			if first[a] == 0 || second[b] == 0 {
				continue
			}
			f, s := first, second
			f[a]--
			s[b]--
			if inBoth(f, s) < 2 {
				return false
			}
		}
	}
	return true
}

// inBoth is how many answers somebody gave in both votes.
func inBoth(first, second sixfold) (n int) {
	for i := range first {
		n += boolean(first[i] > 0 && second[i] > 0)
	}
	return n
}
