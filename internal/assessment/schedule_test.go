package assessment_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"octant/internal/assessment"
)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func utc(y int, m time.Month, d, hour, minute int) time.Time {
	return time.Date(y, m, d, hour, minute, 0, 0, time.UTC)
}

// draft is a draft that asks twelve people.
func draft(opens, closes time.Time) assessment.Round {
	return assessment.Round{State: assessment.Draft, OpensOn: opens, ClosesOn: closes, Asked: 12}
}

// running is an open round that the clock keeps.
func running(opens, closes time.Time) assessment.Round {
	r := draft(opens, closes)
	r.State, r.ByClock, r.OpenedAt = assessment.Open, true, r.OpensAt()
	return r
}

func TestRoundsOpenAndCloseInUKTime(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		opens, closes   time.Time
		opensAt, closed time.Time
	}{
		{"winter", day(2026, 11, 3), day(2026, 11, 17), utc(2026, 11, 3, 8, 0), utc(2026, 11, 18, 0, 0)},
		{"summer", day(2026, 6, 1), day(2026, 6, 14), utc(2026, 6, 1, 7, 0), utc(2026, 6, 14, 23, 0)},
		{"over the change in autumn", day(2026, 10, 23), day(2026, 10, 26), utc(2026, 10, 23, 7, 0), utc(2026, 10, 27, 0, 0)},
		{"to the day of the change in autumn", day(2026, 10, 23), day(2026, 10, 25), utc(2026, 10, 23, 7, 0), utc(2026, 10, 26, 0, 0)},
		{"to the day before the change in autumn", day(2026, 10, 23), day(2026, 10, 24), utc(2026, 10, 23, 7, 0), utc(2026, 10, 24, 23, 0)},
		{"on the day of the change in spring", day(2027, 3, 28), day(2027, 3, 28), utc(2027, 3, 28, 7, 0), utc(2027, 3, 28, 23, 0)},
		{"over a year's end", day(2026, 12, 31), day(2026, 12, 31), utc(2026, 12, 31, 8, 0), utc(2027, 1, 1, 0, 0)},
	} {
		r := draft(c.opens, c.closes)
		if got := r.OpensAt(); !got.Equal(c.opensAt) {
			t.Errorf("%s: opens at %v, want %v", c.name, got.UTC(), c.opensAt)
		}
		if got := r.ClosesAt(); !got.Equal(c.closed) {
			t.Errorf("%s: closes at %v, want %v", c.name, got.UTC(), c.closed)
		}
	}
}

func TestExtensionKeepsTheRoundOpen(t *testing.T) {
	t.Parallel()
	r := running(day(2026, 11, 3), day(2026, 11, 17))
	r.ExtendedTo = day(2026, 11, 20)
	if got := r.ClosesAt(); !got.Equal(utc(2026, 11, 21, 0, 0)) {
		t.Errorf("closes at %v", got)
	}
	r.ExtendedTo = day(2026, 11, 10) // the round was put off past it
	if got := r.ClosesAt(); !got.Equal(utc(2026, 11, 18, 0, 0)) {
		t.Errorf("closes at %v", got)
	}
}

func TestWhoMayStillAnswer(t *testing.T) {
	t.Parallel()
	open := running(day(2026, 6, 1), day(2026, 6, 14))
	byHand := open
	byHand.ByClock = false
	closed := open
	closed.State = assessment.Closed
	lastMinute, after := utc(2026, 6, 14, 22, 59), utc(2026, 6, 14, 23, 0)
	for _, c := range []struct {
		name    string
		r       assessment.Round
		lastDay time.Time
		now     time.Time
		want    bool
	}{
		{"last minute", open, time.Time{}, lastMinute, true},
		{"the minute after", open, time.Time{}, after, false},
		{"with more time", open, day(2026, 6, 16), after, true},
		{"last minute of more time", open, day(2026, 6, 16), utc(2026, 6, 16, 22, 59), true},
		{"after more time", open, day(2026, 6, 16), utc(2026, 6, 16, 23, 0), false},
		{"more time that the round has overtaken", open, day(2026, 6, 10), lastMinute, true},
		{"kept by hand", byHand, time.Time{}, after.AddDate(1, 0, 0), true},
		{"closed", closed, day(2026, 6, 16), lastMinute, false},
		{"draft", draft(day(2026, 6, 1), day(2026, 6, 14)), time.Time{}, lastMinute, false},
	} {
		if got := c.r.TakesAnswers(c.lastDay, c.now); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestOpeningByTheClock(t *testing.T) {
	t.Parallel()
	before, at := utc(2026, 11, 3, 7, 59), utc(2026, 11, 3, 8, 0)
	r := draft(day(2026, 11, 3), day(2026, 11, 17))
	if err := r.OpenDue(at); !errors.Is(err, assessment.ErrNotDue) {
		t.Errorf("a draft that nobody put under the clock: %v", err)
	}
	few := r
	few.Asked = 4
	if err := few.Schedule(before); !errors.Is(err, assessment.ErrTooFew) {
		t.Errorf("four people: %v", err)
	}
	late := r
	if err := late.Schedule(at); !errors.Is(err, assessment.ErrPast) {
		t.Errorf("at the hour itself: %v", err)
	}
	if err := r.Schedule(before); err != nil || !r.ByClock {
		t.Fatalf("a minute before: %v", err)
	}
	back := r
	if err := back.Unschedule(); err != nil || back.ByClock {
		t.Errorf("taken back: %v", err)
	}
	if err := r.OpenDue(before); !errors.Is(err, assessment.ErrNotDue) {
		t.Errorf("a minute early: %v", err)
	}
	over := r
	if err := over.OpenDue(utc(2026, 11, 18, 0, 0)); !errors.Is(err, assessment.ErrPast) {
		t.Errorf("when its last day is over: %v", err)
	}
	if err := r.OpenDue(at); err != nil || r.State != assessment.Open || !r.OpenedAt.Equal(at) {
		t.Errorf("at its hour: %v, %+v", err, r)
	}
	if err := r.OpenDue(at); !errors.Is(err, assessment.ErrNotDue) {
		t.Errorf("twice: %v", err)
	}
	if err := r.Schedule(before); !errors.Is(err, assessment.ErrNotDraft) {
		t.Errorf("putting an open round under the clock: %v", err)
	}
	if err := r.Unschedule(); !errors.Is(err, assessment.ErrNotDraft) {
		t.Errorf("taking an open round from the clock: %v", err)
	}
}

func TestClosingByTheClock(t *testing.T) {
	t.Parallel()
	r := running(day(2026, 11, 3), day(2026, 11, 17))
	byHand := r
	byHand.ByClock = false
	if err := byHand.CloseDue(utc(2027, 11, 18, 0, 0)); !errors.Is(err, assessment.ErrNotDue) {
		t.Errorf("a round kept by hand: %v", err)
	}
	if err := r.CloseDue(utc(2026, 11, 17, 23, 59)); !errors.Is(err, assessment.ErrNotDue) {
		t.Errorf("a minute early: %v", err)
	}
	if err := r.CloseDue(utc(2026, 11, 18, 0, 0)); err != nil || r.State != assessment.Closed {
		t.Errorf("in time: %v", err)
	}
	if err := r.CloseDue(utc(2026, 11, 18, 0, 0)); !errors.Is(err, assessment.ErrNotDue) {
		t.Errorf("twice: %v", err)
	}
}

func TestMoreTime(t *testing.T) {
	t.Parallel()
	now := utc(2026, 11, 16, 12, 0)
	open := running(day(2026, 11, 3), day(2026, 11, 17))
	byHand, late := open, open
	byHand.ByClock = false
	late.ClosesOn = day(2026, 11, 10) // somebody's extension keeps it open
	for _, c := range []struct {
		name         string
		r            assessment.Round
		to           time.Time
		person, move error
	}{
		{"a day later", open, day(2026, 11, 18), nil, nil},
		{"the same day", open, day(2026, 11, 17), assessment.ErrEarlier, assessment.ErrEarlier},
		{"a day earlier", open, day(2026, 11, 16), assessment.ErrEarlier, assessment.ErrEarlier},
		{"four weeks later", open, day(2026, 12, 15), nil, nil},
		{"four weeks and a day later", open, day(2026, 12, 16), assessment.ErrTooLate, nil},
		{"later and yet over", late, day(2026, 11, 15), assessment.ErrPast, assessment.ErrPast},
		{"later and today", late, day(2026, 11, 16), nil, nil},
		{"kept by hand", byHand, day(2026, 11, 18), assessment.ErrByHand, nil},
		{"a draft", draft(day(2026, 11, 3), day(2026, 11, 17)), day(2026, 11, 18), assessment.ErrNotOpen, assessment.ErrNotOpen},
	} {
		if err := c.r.MayExtend(c.to, now); !errors.Is(err, c.person) {
			t.Errorf("%s, for a person: %v, want %v", c.name, err, c.person)
		}
		if err := c.r.MoveClosing(c.to, now); !errors.Is(err, c.move) || err == nil && !c.r.ClosesOn.Equal(c.to) {
			t.Errorf("%s, for all: %v, want %v", c.name, err, c.move)
		}
	}
}

// TestNobodyIsRefusedBeforeTheRoundCloses: whoever has the latest day can answer
// until the very moment the clock closes the round, and nobody after it.
func TestNobodyIsRefusedBeforeTheRoundCloses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		opens := day(2026, 1, 1).AddDate(0, 0, rapid.IntRange(0, 800).Draw(t, "opens"))
		r := running(opens, opens.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "length")))
		own := r.ClosesOn.AddDate(0, 0, rapid.IntRange(-5, assessment.MaxExtension).Draw(t, "extension"))
		r.ExtendedTo = own
		end := r.ClosesAt()
		moment := end.Add(time.Duration(rapid.Int64Range(int64(-72*time.Hour), int64(72*time.Hour)).Draw(t, "moment")))
		copied := r
		if r.TakesAnswers(own, moment) != moment.Before(end) || (copied.CloseDue(moment) == nil) != !moment.Before(end) {
			t.Fatalf("%v: takes answers %v; the round closes at %v", moment, r.TakesAnswers(own, moment), end)
		}
		if r.TakesAnswers(time.Time{}, moment) && !r.TakesAnswers(own, moment) {
			t.Fatal("an extension took time away")
		}
		if !moment.Before(r.OpensAt()) != !moment.Before(assessment.At(opens, assessment.OpeningHour)) {
			t.Fatal("opens at another hour")
		}
	})
}

func TestRetention(t *testing.T) {
	t.Parallel()
	closed := utc(2026, 11, 18, 0, 0)
	next := utc(2027, 5, 1, 9, 30)
	for _, c := range []struct {
		name string
		next time.Time
		now  time.Time
		want bool
	}{
		{"no next round, a moment early", time.Time{}, utc(2028, 11, 17, 23, 59), false},
		{"no next round, two years on", time.Time{}, utc(2028, 11, 18, 0, 0), true},
		{"next round closed, a moment early", next, utc(2027, 5, 31, 9, 29), false},
		{"next round closed thirty days ago", next, utc(2027, 5, 31, 9, 30), true},
		{"next round closes late", utc(2028, 11, 10, 0, 0), utc(2028, 11, 18, 0, 0), true},
	} {
		if got := assessment.UnlinkDue(closed, c.next, c.now); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if assessment.CommentsDue(closed, utc(2027, 11, 17, 23, 59)) || !assessment.CommentsDue(closed, utc(2027, 11, 18, 0, 0)) {
		t.Error("comments go at another time than after twelve months")
	}
}
