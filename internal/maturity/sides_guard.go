package maturity

import "slices"

// nobody stands for a reader who knows no answer of their own.
const nobody = -1

// safe says whether the two scores of a view can be shown: that nobody who
// knows the whole board's counts, the two scores and their own answers can be
// sure that everybody else on a side chose the same level in some question.
//
// It can only be sure of what is so. Wherever all others of a side did choose
// the same level, safe looks for another way in which the board's answers could
// lie on the two sides that shows the same and in which they did not.
func (v view) safe() bool {
	for side := range sides {
		for _, place := range v.counted {
			if !v.safeIn(side, place) {
				return false
			}
		}
	}
	return true
}

// safeIn is safe for what a side chose in one question.
func (v view) safeIn(side, place int) bool {
	c := v.tally.items[place].bySide[side]
	if slices.Max(c[:]) < c.N()-1 {
		return true // whoever is left out, the others differ
	}
	for reader := nobody; reader < v.tally.people(); reader++ {
		if v.alikeBut(reader, side, place) && !v.deniable(reader, side, place) {
			return false
		}
	}
	return true
}

// alikeBut says whether all of a side but the reader chose the same level.
func (v view) alikeBut(reader, side, place int) bool {
	others := v.others(reader, side, place)
	for _, n := range others {
		if n > 0 {
			return n == others.N()
		}
	}
	return true
}

// others are a side's answers to a question without the reader's own.
func (v view) others(reader, side, place int) Counts {
	c := v.tally.items[place].bySide[side]
	if reader != nobody && v.tally.side[reader] == side {
		if level, ok := v.tally.row(reader)[place].Level(); ok {
			c[level-1]--
		}
	}
	return c
}

// swaps lists by how many levels a side's sum for a question can change when
// one of its people changes places with one of the other side, neither of them
// the reader.
func (v view) swaps(reader, side, place int) []int {
	ours, theirs := v.others(reader, side, place), v.others(reader, 1-side, place)
	var reach [2*len(Counts{}) - 1]bool
	for a, n := range ours {
		for b, m := range theirs {
			if n > 0 && m > 0 && a != b {
				reach[b-a+len(ours)-1] = true
			}
		}
	}
	var gains []int
	for i, can := range reach {
		if can {
			gains = append(gains, i-len(ours)+1)
		}
	}
	return gains
}

// deniable says whether swapping two people's answers to this question, and
// perhaps to one or two others, shows the same scores. After the swap the side
// is no longer of one level.
func (v view) deniable(reader, side, place int) bool {
	var others []move
	for _, i := range v.counted {
		if i == place {
			continue
		}
		for _, gain := range v.swaps(reader, side, i) {
			others = append(others, move{i, gain})
		}
	}
	for _, gain := range v.swaps(reader, side, place) {
		first := move{place, gain}
		if v.same(side, first) {
			return true
		}
		for k, second := range others {
			if v.same(side, first, second) {
				return true
			}
			for _, third := range others[k+1:] {
				if third.place != second.place && v.same(side, first, second, third) {
					return true
				}
			}
		}
	}
	return false
}

// move is what a side gains in one question by one swap.
type move struct{ place, gain int }

// same says whether both scores round to what they do now after the moves.
func (v view) same(side int, moves ...move) bool {
	gains, losses := make(map[int]int, len(moves)), make(map[int]int, len(moves))
	for _, m := range moves {
		gains[m.place], losses[m.place] = m.gain, -m.gain
	}
	return tenth(v.meanIf(side, gains)) == tenth(v.mean(side)) &&
		tenth(v.meanIf(1-side, losses)) == tenth(v.mean(1-side))
}
