package maturity

import (
	"encoding/json"
	"fmt"
	"testing"
)

func TestVoteIsToldAsAQuestionIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		votes Votes
		want  string
	}{
		{Votes{Counts{1, 1, 1, 1, 0}, 0}, `{"key":"1.1","n":null,"counts":null,"hidden":"fewer than 5 people answered"}`},
		{Votes{Counts{1, 1, 1, 0, 0}, 3}, `{"key":"1.1","n":null,"counts":null,"dontKnow":3,"hidden":"fewer than 5 people gave a score"}`},
		{Votes{Counts{1, 1, 1, 1, 1}, 1}, `{"key":"1.1","n":5,"counts":null,"bands":[2,1,2],"dontKnow":1}`},
		{Votes{Counts{0, 3, 4, 0, 0}, 0}, `{"key":"1.1","n":7,"counts":null,"agreedAt":3}`},
		{Votes{Counts{2, 2, 2, 1, 1}, 0}, `{"key":"1.1","n":8,"counts":[2,2,2,1,1],"dontKnow":0}`},
	} {
		text, err := json.Marshal(Tell("1.1", c.votes))
		if err != nil {
			t.Fatal(err)
		}
		var got, want map[string]any
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(c.want), &want); err != nil {
			t.Fatal(err)
		}
		for key, value := range want {
			if fmt.Sprint(got[key]) != fmt.Sprint(value) && key != "hidden" || key == "hidden" && got[key] == nil {
				t.Errorf("%+v: %s is %v, want %v", c.votes, key, got[key], value)
			}
		}
	}
}

func TestSecondVoteIsToldOfTheSamePeopleAlone(t *testing.T) {
	t.Parallel()
	first := Votes{Counts{1, 2, 3, 3, 1}, 0}
	for _, c := range []struct {
		second Votes
		again  int
		hidden Reason
	}{
		{Votes{Counts{0, 1, 4, 4, 1}, 0}, 10, ""},
		{Votes{Counts{0, 1, 4, 4, 1}, 0}, 5, ""},
		{Votes{Counts{0, 1, 4, 4, 1}, 0}, 4, fewVotedAgain},
		{Votes{Counts{1, 2, 3, 4, 0}, 0}, 3, fewVotedAgain},
		{Votes{Counts{0, 1, 4, 5, 1}, 0}, 10, othersVoted},
		{Votes{Counts{0, 1, 4, 3, 1}, 0}, 9, othersVoted},
		{Votes{Counts{0, 0, 0, 5, 5}, 0}, 9, onePersonKnown},
		{Votes{Counts{0, 0, 0, 0, 10}, 0}, 10, nearlyAlike},
	} {
		if got := TellAgain("1.1", first, c.second, c.again); got.Hidden != c.hidden {
			t.Errorf("%+v by %d: hidden %q, want %q", c.second, c.again, got.Hidden, c.hidden)
		}
	}
}

// TestNobodyIsIsolatedByDevicesBroughtIn: whoever brings some devices into a room,
// and has all others but one left out of a vote, is told nothing of it until they
// brought nearly as many as there are people.
func TestNobodyIsIsolatedByDevicesBroughtIn(t *testing.T) {
	t.Parallel()
	for people := MinShown; people <= 18; people++ {
		for brought := range people - 2 {
			v := Votes{Counts{1, brought, 0, 0, 0}, 0}
			if it := TellFirst("1.1", v, people+brought); it.N != nil || it.DontKnow != nil || it.Hidden == "" {
				t.Errorf("%d brought to %d: told of %+v", brought, people, it)
			}
			first := Votes{Counts{people, brought, 0, 0, 0}, 0}
			second := Votes{Counts{people - 1, brought, 0, 0, 1}, 0}
			if it := TellAgain("1.1", first, second, brought+1); it.N != nil || it.Hidden == "" {
				t.Errorf("%d brought to %d: told again of %+v", brought, people, it)
			}
		}
	}
	for could, told := range map[int]bool{0: true, 11: true, 12: true, 13: false, 99: false} {
		if it := TellFirst("1.1", Votes{Counts{1, 2, 2, 1, 0}, 0}, could); (it.N != nil) != told || (it.Hidden != fewOfRoom) != told {
			t.Errorf("6 of %d: told of %+v", could, it)
		}
	}
	if it := TellFirst("1.1", Votes{Counts{4, 4, 4, 4, 4}, 0}, 2000); it.N == nil {
		t.Errorf("20 of a hall: %+v", it)
	}
	if it := TellFirst("1.1", Votes{Counts{1, 1, 1, 1, 0}, 0}, 99); it.Hidden != tooFewPeople {
		t.Errorf("4 of 99: %q", it.Hidden)
	}
}

// eachVote goes through every way so many people can vote.
func eachVote(people int, do func(Votes)) {
	for dontKnow := range people + 1 {
		eachCounts(people-dontKnow, func(c Counts) { do(Votes{c, dontKnow}) })
	}
}

func (v Votes) answered() answered { return answered{counts: v.Counts, dontKnow: v.DontKnow} }

// TestNobodyLearnsWhatAllOthersVoted: a vote has no silent people, so that an
// attacker thinks fewer ways possible than of a question in a report.
func TestNobodyLearnsWhatAllOthersVoted(t *testing.T) {
	t.Parallel()
	for people := MinShown; people <= 14; people++ {
		t.Run(fmt.Sprint(people), func(t *testing.T) {
			t.Parallel()
			published := make(map[string][]answered)
			eachVote(people, func(v Votes) {
				text, err := json.Marshal(Tell("1.1", v))
				if err != nil {
					t.Fatal(err)
				}
				published[string(text)] = append(published[string(text)], v.answered())
			})
			for text, ways := range published {
				for own := 1; own <= 6; own++ {
					if everybody, scored := certain(ways, own); everybody != 0 || scored != 0 {
						t.Errorf("who voted %d learns that everybody else voted %d, who gave a level %d: %s", own, everybody, scored, text)
					}
				}
			}
		})
	}
}

// TestNobodyLearnsFromTwoVotes goes through every pair of votes of a few people.
// The attacker knows both tellings, their own two votes, and of each person
// whether they voted again.
func TestNobodyLearnsFromTwoVotes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ people, again int }{{5, 5}, {6, 6}, {6, 5}, {7, 6}, {7, 5}} {
		t.Run(fmt.Sprintf("%d of %d again", c.again, c.people), func(t *testing.T) {
			t.Parallel()
			attackTwoVotes(t, c.people, c.again)
		})
	}
}

// pairs are the ways of voting twice that publish the same.
type pairs [][2]sixfold

func attackTwoVotes(t *testing.T, people, again int) {
	var ways []Votes
	numbers, texts := map[string]int{}, []string{string(onePersonKnown)} // what is told, and its number
	told := make(map[sixfold]int)
	eachVote(people, func(v Votes) {
		text, err := json.Marshal(Tell("1.1", v))
		if err != nil {
			t.Fatal(err)
		}
		number, there := numbers[string(text)]
		if !there {
			number = len(texts)
			numbers[string(text)], texts = number, append(texts, string(text))
		}
		ways, told[v.sixfold()] = append(ways, v), number
	})
	stayed := people - again
	published := make(map[[2]int]pairs)
	for _, first := range ways {
		for _, second := range ways {
			if inCommon(first.sixfold(), second.sixfold()) < stayed {
				continue // who did not vote again keeps their vote
			}
			key := [2]int{told[first.sixfold()], told[second.sixfold()]}
			if TellAgain("1.1", first, second, again).Hidden == onePersonKnown {
				key[1] = 0
			}
			published[key] = append(published[key], [2]sixfold{first.sixfold(), second.sixfold()})
		}
	}
	for numbered, same := range published {
		key := [2]string{texts[numbered[0]], texts[numbered[1]]}
		for a := range 6 {
			for b := range 6 {
				attackPairs(t, key, same, a, b, stayed, false)
			}
			if stayed > 0 {
				attackPairs(t, key, same, a, a, stayed-1, true)
			}
		}
	}
}

// attackPairs asks what somebody who voted a and then b can be sure of; stayed is
// how many others did not vote again.
func attackPairs(t *testing.T, key [2]string, same pairs, a, b, stayed int, self bool) {
	var alike [2]int // in each vote: 0 for nothing known yet, −1 for they may differ
	var possible [6]bool
	any := false
	for _, way := range same {
		first, second := way[0], way[1]
		if first[a]--; first[a] < 0 {
			continue
		}
		if second[b]--; second[b] < 0 || inCommon(first, second) < stayed {
			continue
		}
		any = true
		for i, v := range []sixfold{first, second} {
			level := onlyOne(v)
			if alike[i] == 0 {
				alike[i] = level
			}
			if alike[i] != level {
				alike[i] = -1
			}
		}
		for l := range first {
			possible[l] = possible[l] || first[l] > 0 && second[l] > 0
		}
	}
	if !any {
		return
	}
	for i, level := range alike {
		if level > 0 {
			t.Errorf("who voted %d and then %d learns that all others voted %d in vote %d: %v", a+1, b+1, level, i+1, key)
		}
	}
	left := 0
	for _, p := range possible {
		left += boolean(p)
	}
	if stayed > 0 && left < 2 {
		t.Errorf("who voted %d and then %d (self %v) learns what somebody who did not vote again voted: %v", a+1, b+1, self, key)
	}
}

// inCommon is how many people can have voted the same twice.
func inCommon(first, second sixfold) (n int) {
	for i := range first {
		n += min(first[i], second[i])
	}
	return n
}

// onlyOne is the one answer that everybody gave, −1 if there are several.
func onlyOne(v sixfold) int {
	answer := -1
	for i, n := range v {
		if n > 0 && answer > 0 {
			return -1
		}
		if n > 0 {
			answer = i + 1
		}
	}
	return answer
}
