package audit_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"octant/internal/audit"
)

// chain is a chain of valid entries with their digests.
func chain(t *rapid.T) ([]audit.Entry, []audit.Digest) {
	n := rapid.IntRange(1, 12).Draw(t, "entries")
	var entries []audit.Entry
	var digests []audit.Digest
	var head audit.Digest
	for i := range n {
		e := audit.Entry{
			ODS: "R9A", Seq: int64(i + 1), At: time.UnixMicro(rapid.Int64Range(1e15, 2e15).Draw(t, "at")),
			Actor: draw(t), Deed: audit.Deed(rapid.String().Draw(t, "deed")), Round: draw(t), Person: draw(t),
			Detail: rapid.String().Draw(t, "detail"),
		}
		head = e.After(head)
		entries, digests = append(entries, e), append(digests, head)
	}
	return entries, digests
}

func draw(t *rapid.T) uuid.UUID {
	return uuid.UUID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
}

func verify(entries []audit.Entry, digests []audit.Digest) error {
	var c audit.Chain
	for i, e := range entries {
		if err := c.Add(e, digests[i]); err != nil {
			return err
		}
	}
	return nil
}

func TestUnalteredChainHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		if err := verify(chain(t)); err != nil {
			t.Fatal(err)
		}
	})
}

// TestAlterationsShow changes one field of one entry, takes one out or swaps
// two, as somebody with the owner's rights could.
func TestAlterationsShow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		entries, digests := chain(t)
		i := rapid.IntRange(0, len(entries)-1).Draw(t, "which")
		e := &entries[i]
		switch rapid.IntRange(0, 8).Draw(t, "how") {
		case 0:
			e.ODS += "X"
		case 1:
			e.At = e.At.Add(time.Microsecond)
		case 2:
			e.Actor[3]++
		case 3:
			e.Deed += "!"
		case 4:
			e.Round[5]++
		case 5:
			e.Person[15]++
		case 6:
			e.Detail += " "
		case 7:
			e.Seq++
		case 8:
			digests[i][0]++
		}
		if err := verify(entries, digests); !errors.Is(err, audit.ErrBroken) {
			t.Fatalf("altered entry %d: %v", i, err)
		}
	})
}

// TestTextCannotMoveBetweenFields: "ab"+"c" is not "a"+"bc".
func TestTextCannotMoveBetweenFields(t *testing.T) {
	t.Parallel()
	a := audit.Entry{ODS: "R9A", Seq: 1, Deed: "ab", Detail: "c"}
	b := audit.Entry{ODS: "R9A", Seq: 1, Deed: "a", Detail: "bc"}
	if a.After(audit.Digest{}) == b.After(audit.Digest{}) {
		t.Fatal("two entries have one digest")
	}
}

// TestTakingOneOutShows leaves an entry out of the middle or the front.
func TestTakingOneOutShows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		entries, digests := chain(t)
		if len(entries) < 2 {
			return
		}
		i := rapid.IntRange(0, len(entries)-2).Draw(t, "which")
		entries = append(entries[:i:i], entries[i+1:]...)
		digests = append(digests[:i:i], digests[i+1:]...)
		if err := verify(entries, digests); !errors.Is(err, audit.ErrBroken) {
			t.Fatalf("without entry %d: %v", i, err)
		}
	})
}
