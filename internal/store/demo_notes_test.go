package store_test

import (
	"testing"

	"octant/internal/maturity"
	"octant/internal/store/storetest"
)

// TestDemoTellsWhatMoved reads Harrowmere's time line: the new system moved one
// element, and most did not clearly move.
func TestDemoTellsWhatMoved(t *testing.T) {
	t.Parallel()
	db, ids := demonstration(t)
	cio := storetest.Enter(t, db, ids["cio"], "R9A")
	trend, err := cio.Trend(t.Context(), 1)
	if err != nil || len(trend.Rounds) != 3 || len(trend.Milestones) != 3 {
		t.Fatalf("%d rounds and %d notes, %v", len(trend.Rounds), len(trend.Milestones), err)
	}
	two, err := cio.TwoRounds(t.Context(), trend.Rounds[1].Round, trend.Rounds[2].Round)
	if err != nil {
		t.Fatal(err)
	}
	change, err := maturity.ThawChange(two.Change)
	if err != nil {
		t.Fatal(err)
	}
	verdicts := map[maturity.Verdict]int{}
	for _, e := range change.Elements {
		verdicts[e.Verdict]++
		if moved := e.Verdict == maturity.MovedUp; moved != (e.Key == "8") {
			t.Errorf("element %s: %q", e.Key, e.Verdict)
		}
	}
	if verdicts[maturity.Unclear] != 7 {
		t.Errorf("verdicts %v", verdicts)
	}
}
