package workshop

import (
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"

	"github.com/google/uuid"

	"octant/internal/assessment"
)

// SimulatedMembers is how many people take part in a rehearsal without being
// there.
const SimulatedMembers = 12

// Simulated is how a simulated member votes on an item: some agree, some form two
// camps, and after talking about it they stand closer together. The same item and
// member always vote the same.
func Simulated(item uuid.UUID, member int) Cast {
	room := chance(item, 0)
	low, high := 1+room.IntN(3), 3+room.IntN(3)
	own := chance(item, 1+member)
	if own.IntN(10) == 0 {
		return Cast{First: assessment.DontKnow, Second: choice((low + high) / 2)}
	}
	camp := low
	if own.IntN(2) == 1 {
		camp = high
	}
	first := camp + own.IntN(3) - 1
	second := first
	if middle := (low + high) / 2; own.IntN(3) > 0 {
		second += toward(first, middle)
	}
	return Cast{First: choice(first), Second: choice(second)}
}

// SimulatedCard is what a simulated member writes on a card.
func SimulatedCard(item uuid.UUID, member int) string {
	cards := [...]string{
		"the systems that our staff use all day", "what patients expect because everything else works that way",
		"a way of working: try, learn and change", "the electronic record, and little else so far",
		"care that starts from data we trust", "too many passwords", "giving staff time back",
		"everything that the IT department buys", "a better way to reach people at home", "something we talk about and do not use ourselves",
	}
	return cards[chance(item, 1+member).IntN(len(cards))]
}

func choice(level int) assessment.Choice { return assessment.Choice(min(5, max(1, level))) }

func toward(from, to int) int {
	switch {
	case from < to:
		return 1
	case from > to:
		return -1
	}
	return 0
}

// chance is a generator that depends on the item and a number alone.
func chance(item uuid.UUID, n int) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write(item[:]) // a hash takes all it is given
	return rand.New(rand.NewPCG(h.Sum64(), binary.BigEndian.Uint64(item[8:])+uint64(n)))
}
