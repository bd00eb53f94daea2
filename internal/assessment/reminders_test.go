package assessment_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"octant/internal/assessment"
)

// sent is one letter that went.
type sent struct {
	at     time.Time
	letter assessment.Letter
}

func (s sent) String() string {
	return fmt.Sprintf("%s %s", s.at.UTC().Format("Mon 2 Jan 15:04"), s.letter)
}

// post asks at each step what is due to somebody, and sends it.
func post(r assessment.Round, to assessment.Addressee, from, until time.Time, step time.Duration) (all []sent) {
	for now := from; now.Before(until); now = now.Add(step) {
		letter := r.Due(to, now)
		if letter == assessment.NoLetter {
			continue
		}
		all = append(all, sent{now, letter})
		to.Written = now
		switch letter {
		case assessment.Invitation:
			to.Invited = now
		case assessment.Reminder:
			to.Reminded = now
		case assessment.Closing:
			to.Warned = now
		}
	}
	return all
}

func TestLettersOfARound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		r    assessment.Round
		to   assessment.Addressee
		want []string
	}{
		{
			"two weeks from a Tuesday", running(day(2026, 11, 3), day(2026, 11, 17)),
			assessment.Addressee{},
			[]string{"Tue 3 Nov 08:00 invitation", "Fri 6 Nov 08:00 reminder", "Mon 9 Nov 08:00 reminder", "Mon 16 Nov 08:00 closing"},
		},
		{
			"six weeks: one nudge a fortnight", running(day(2026, 11, 2), day(2026, 12, 18)),
			assessment.Addressee{},
			[]string{
				"Mon 2 Nov 08:00 invitation", "Thu 5 Nov 08:00 reminder", "Mon 9 Nov 08:00 reminder",
				"Mon 23 Nov 08:00 reminder", "Mon 7 Dec 08:00 reminder", "Thu 17 Dec 08:00 closing",
			},
		},
		{
			"day three is a Saturday: it and day five are one letter", running(day(2026, 11, 4), day(2026, 11, 20)),
			assessment.Addressee{},
			[]string{"Wed 4 Nov 08:00 invitation", "Mon 9 Nov 08:00 reminder", "Thu 19 Nov 08:00 closing"},
		},
		{
			"summer, in UK time", running(day(2026, 6, 1), day(2026, 6, 12)),
			assessment.Addressee{},
			[]string{"Mon 1 Jun 07:00 invitation", "Thu 4 Jun 07:00 reminder", "Mon 8 Jun 07:00 reminder", "Thu 11 Jun 07:00 closing"},
		},
		{
			"opened on a Saturday", running(day(2026, 11, 7), day(2026, 11, 21)),
			assessment.Addressee{},
			[]string{"Mon 9 Nov 08:00 invitation", "Thu 12 Nov 08:00 reminder", "Mon 16 Nov 08:00 reminder", "Fri 20 Nov 08:00 closing"},
		},
		{
			"closes on a Monday: told that morning", running(day(2026, 11, 3), day(2026, 11, 16)),
			assessment.Addressee{},
			[]string{"Tue 3 Nov 08:00 invitation", "Fri 6 Nov 08:00 reminder", "Mon 9 Nov 08:00 reminder", "Mon 16 Nov 08:00 closing"},
		},
		{
			"closes on a Sunday: no weekday is left to tell", running(day(2026, 11, 3), day(2026, 11, 15)),
			assessment.Addressee{},
			[]string{"Tue 3 Nov 08:00 invitation", "Fri 6 Nov 08:00 reminder", "Mon 9 Nov 08:00 reminder"},
		},
		{
			"two days: nobody is reminded", running(day(2026, 11, 3), day(2026, 11, 5)),
			assessment.Addressee{},
			[]string{"Tue 3 Nov 08:00 invitation"},
		},
		{
			"three days: the end is near, which leaves out the reminder", running(day(2026, 11, 3), day(2026, 11, 6)),
			assessment.Addressee{},
			[]string{"Tue 3 Nov 08:00 invitation", "Thu 5 Nov 08:00 closing"},
		},
		{
			"the warning leaves out the reminder of the same day", running(day(2026, 11, 3), day(2026, 11, 10)),
			assessment.Addressee{},
			[]string{"Tue 3 Nov 08:00 invitation", "Fri 6 Nov 08:00 reminder", "Mon 9 Nov 08:00 closing"},
		},
		{
			"with more time", running(day(2026, 11, 3), day(2026, 11, 6)),
			assessment.Addressee{LastDay: day(2026, 11, 13)},
			[]string{"Tue 3 Nov 08:00 invitation", "Fri 6 Nov 08:00 reminder", "Mon 9 Nov 08:00 reminder", "Thu 12 Nov 08:00 closing"},
		},
		{"finished", running(day(2026, 11, 3), day(2026, 11, 17)), assessment.Addressee{Finished: true}, nil},
		{"away", running(day(2026, 11, 3), day(2026, 11, 17)), assessment.Addressee{Away: true}, nil},
		{"kept by hand", func() assessment.Round {
			r := running(day(2026, 11, 3), day(2026, 11, 17))
			r.ByClock = false
			return r
		}(), assessment.Addressee{}, nil},
	} {
		var got []string
		for _, s := range post(c.r, c.to, c.r.OpensAt(), c.r.ClosesAt().AddDate(0, 0, 30), time.Minute) {
			got = append(got, s.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%q, want\n%q", c.name, got, c.want)
		}
	}
}

// TestClockThatStoodStillSendsOneLetter: what was missed is not made up for.
func TestClockThatStoodStillSendsOneLetter(t *testing.T) {
	t.Parallel()
	r := running(day(2026, 11, 2), day(2026, 12, 18))
	to := assessment.Addressee{Invited: r.OpensAt(), Written: r.OpensAt()}
	var got []string
	for _, s := range post(r, to, utc(2026, 12, 1, 10, 0), r.ClosesAt(), time.Minute) {
		got = append(got, s.String())
	}
	// That of 7 December waits until the fortnight is over.
	want := []string{"Tue 1 Dec 10:00 reminder", "Tue 15 Dec 08:00 reminder", "Thu 17 Dec 08:00 closing"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestNobodyIsPestered runs rounds of every length from every day of two years,
// with somebody who is added late, goes away, comes back or gets more time, and
// a clock that now and then stands still.
func TestNobodyIsPestered(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		opens := day(2026, 1, 1).AddDate(0, 0, rapid.IntRange(0, 730).Draw(t, "opens"))
		r := running(opens, opens.AddDate(0, 0, rapid.IntRange(0, 70).Draw(t, "length")))
		to := assessment.Addressee{}
		if more := rapid.IntRange(-3, assessment.MaxExtension).Draw(t, "more"); more > 0 {
			to.LastDay = r.ClosesOn.AddDate(0, 0, more)
		}
		from := r.OpensAt().Add(time.Duration(rapid.IntRange(0, 20*24*60).Draw(t, "added")) * time.Minute)
		step := time.Duration(rapid.SampledFrom([]int{7, 60, 300, 1440, 5000}).Draw(t, "step")) * time.Minute
		letters := post(r, to, from, r.ClosesAt().AddDate(0, 0, 40), step)
		count := map[assessment.Letter]int{}
		for i, s := range letters {
			count[s.letter]++
			if !assessment.MayWrite(s.at) || !r.TakesAnswers(to.LastDay, s.at) {
				t.Fatalf("%v went at night, at the weekend or too late", s)
			}
			if (i == 0) != (s.letter == assessment.Invitation) {
				t.Fatalf("the invitation is not the first: %v", letters)
			}
			if i > 0 && s.at.Sub(letters[i-1].at) < 24*time.Hour {
				t.Fatalf("two letters within a day: %v", letters)
			}
			if i > 0 && letters[i-1].letter == assessment.Closing {
				t.Fatalf("a letter after the last: %v", letters)
			}
			if n := count[assessment.Reminder]; s.letter == assessment.Reminder && n > 2 && s.at.Sub(letters[i-1].at) < 13*24*time.Hour {
				t.Fatalf("two nudges in a fortnight: %v", letters)
			}
		}
		if len(letters) == 0 {
			return
		}
		last := assessment.Later(r.ClosesOn, to.LastDay)
		began := assessment.Today(letters[0].at)
		if last.Sub(began) < assessment.ShortestReminded*24*time.Hour && len(letters) > 1 {
			t.Fatalf("reminded in %v: %v", last.Sub(began), letters)
		}
		if step == 7*time.Minute && last.Sub(began) >= assessment.ShortestReminded*24*time.Hour && last.Weekday() != time.Sunday && count[assessment.Closing] != 1 {
			t.Fatalf("told %d times that the end is near: %v", count[assessment.Closing], letters)
		}
	})
}

func TestNextWriting(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := utc(2026, 1, 1, 0, 0).Add(time.Duration(rapid.Int64Range(0, int64(3*365*24*time.Hour)).Draw(t, "from")))
		next := assessment.NextWriting(from)
		if next.Before(from) || !assessment.MayWrite(next) || next.Sub(from) > 63*time.Hour {
			t.Fatalf("after %v: %v", from, next)
		}
		if between := from.Add(next.Sub(from) / 2); between.Before(next) && assessment.MayWrite(between) && !assessment.MayWrite(from) {
			t.Fatalf("%v was free before %v", between, next)
		}
	})
}
