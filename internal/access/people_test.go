package access_test

import (
	"errors"
	"testing"
	"time"

	"octant/internal/access"
)

func day(n int) time.Time { return time.Date(2026, time.October, n, 0, 0, 0, 0, time.UTC) }

func TestTermHoldsFromItsFirstDayToItsLast(t *testing.T) {
	t.Parallel()
	term := access.Term{Role: access.Observer, From: day(5), Until: day(7)}
	for n, holds := range map[int]bool{4: false, 5: true, 7: true, 8: false} {
		if term.Holds(day(n)) != holds || term.Over(day(n)) != (n > 7) {
			t.Errorf("on day %d: holds %v, over %v", n, term.Holds(day(n)), term.Over(day(n)))
		}
	}
	if term.Until = (time.Time{}); !term.Holds(day(30)) || term.Over(day(30)) {
		t.Error("a term without a last day ends")
	}
	if got := access.Today(time.Date(2026, time.October, 5, 0, 30, 0, 0, time.FixedZone("BST", 3600))); !got.Equal(day(4)) {
		t.Errorf("half past midnight in summer is %v", got)
	}
}

func TestTermCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		term  access.Term
		sound bool
	}{
		"observer":           {access.Term{Role: access.Observer, From: day(1)}, true},
		"one day":            {access.Term{Role: access.Lead, From: day(1), Until: day(1)}, true},
		"member":             {access.Term{Role: access.Member, Side: access.Executive, From: day(1)}, true},
		"member, no side":    {access.Term{Role: access.Member, From: day(1)}, false},
		"member, odd side":   {access.Term{Role: access.Member, Side: "middle", From: day(1)}, false},
		"chair with a side":  {access.Term{Role: access.Chair, Side: access.NonExecutive, From: day(1)}, false},
		"ends first":         {access.Term{Role: access.Lead, From: day(2), Until: day(1)}, false},
		"no first day":       {access.Term{Role: access.Lead}, false},
		"the clock":          {access.Term{Role: access.Clock, From: day(1)}, false},
		"no such role":       {access.Term{Role: "king", From: day(1)}, false},
		"no role whatsoever": {access.Term{From: day(1)}, false},
	} {
		if err := c.term.Check(); errors.Is(err, access.ErrTerm) == c.sound {
			t.Errorf("%s: %v, want sound %v", name, err, c.sound)
		}
	}
}

func TestUnled(t *testing.T) {
	t.Parallel()
	lead := func(from, until int) access.Term {
		term := access.Term{Role: access.Lead, From: day(from)}
		if until > 0 {
			term.Until = day(until)
		}
		return term
	}
	never := time.Time{}
	for name, c := range map[string]struct {
		terms []access.Term
		day   time.Time
	}{
		"nobody":              {nil, day(5)},
		"for good":            {[]access.Term{lead(1, 0)}, never},
		"until a day":         {[]access.Term{lead(1, 20)}, day(21)},
		"from tomorrow":       {[]access.Term{lead(6, 0)}, day(5)},
		"handed on":           {[]access.Term{lead(10, 0), lead(1, 9)}, never},
		"handed on twice":     {[]access.Term{lead(20, 0), lead(1, 9), lead(8, 19)}, never},
		"a day between":       {[]access.Term{lead(11, 0), lead(1, 9)}, day(10)},
		"over":                {[]access.Term{lead(1, 4)}, day(5)},
		"somebody not a lead": {[]access.Term{{Role: access.Chair, From: day(1)}}, day(5)},
	} {
		if got := access.Unled(c.terms, day(5)); !got.Equal(c.day) {
			t.Errorf("%s: nobody leads from %v, want %v", name, got, c.day)
		}
		if got := access.Led(c.terms, day(5)); got != c.day.IsZero() {
			t.Errorf("%s: led %v", name, got)
		}
	}
}
