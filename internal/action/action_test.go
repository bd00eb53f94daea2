package action

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

var today = time.Date(2026, time.November, 3, 0, 0, 0, 0, time.UTC)

func TestActionHasAnOwnerAndADate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a    Action
		want error
	}{
		{Action{What: " Name owners ", OwnerName: "Ann", Due: today}, nil},
		{Action{What: "x", Owner: uuid.New(), Due: today}, nil},
		{Action{ID: uuid.New(), What: "x", OwnerName: "Ann", Due: today.AddDate(0, 0, -1), State: Done, Became: "It is done."}, nil},
		{Action{What: "  ", OwnerName: "Ann", Due: today}, ErrWhat},
		{Action{What: strings.Repeat("é", MaxWhat+1), OwnerName: "Ann", Due: today}, ErrWhat},
		{Action{What: "x", OwnerName: " ", Due: today}, ErrOwner},
		{Action{What: "x", OwnerName: strings.Repeat("x", MaxOwner+1), Due: today}, ErrOwner},
		{Action{What: "x", OwnerName: "Ann"}, ErrDue},
		{Action{What: "x", OwnerName: "Ann", Due: today.AddDate(0, 0, -1)}, ErrDue},
		{Action{What: "x", OwnerName: "Ann", Due: today, State: "later"}, ErrState},
		{Action{What: "x", OwnerName: "Ann", Due: today, Became: strings.Repeat("x", MaxBecame+1)}, ErrBecame},
	} {
		if err := c.a.Check(today); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.a, err, c.want)
		}
	}
}

func TestOwnerIsRemindedTwiceForEachDate(t *testing.T) {
	t.Parallel()
	long, short := today.AddDate(0, -1, 0), today.AddDate(0, 0, -2)
	for _, c := range []struct {
		what string
		days int // to the due date
		made time.Time
		sent []Reminder
		want Reminder
	}{
		{"eight days before", 8, long, nil, NoReminder},
		{"a week before", 7, long, nil, WeekBefore},
		{"five days before, if the week's was missed", 5, long, nil, WeekBefore},
		{"once", 6, long, []Reminder{WeekBefore}, NoReminder},
		{"given with less than a week", 3, short, nil, NoReminder},
		{"on the day", 0, long, []Reminder{WeekBefore}, OnTheDay},
		{"on the day, given with less than a week", 0, short, nil, OnTheDay},
		{"on the day once", 0, long, []Reminder{WeekBefore, OnTheDay}, NoReminder},
		{"late", -1, long, nil, NoReminder},
	} {
		a := Action{Owner: uuid.New(), State: Open, MadeAt: c.made, Due: today.AddDate(0, 0, c.days)}
		if got := a.Remind(today, c.sent); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
		a.State = Done
		if got := a.Remind(today, c.sent); got != NoReminder {
			t.Errorf("%s, done: %q", c.what, got)
		}
		a.State, a.Owner = Open, uuid.Nil
		if got := a.Remind(today, c.sent); got != NoReminder {
			t.Errorf("%s, nobody to write to: %q", c.what, got)
		}
	}
}

func TestLate(t *testing.T) {
	t.Parallel()
	for days, want := range map[int]bool{-1: true, 0: false, 1: false} {
		a := Action{State: Open, Due: today.AddDate(0, 0, days)}
		if a.Late(today) != want {
			t.Errorf("due in %d days: late %v", days, !want)
		}
	}
	if a := (Action{State: Done, Due: today.AddDate(0, 0, -9)}); a.Late(today) {
		t.Error("what is done is late")
	}
}
