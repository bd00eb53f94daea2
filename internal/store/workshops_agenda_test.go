package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/internal/workshop"
)

func TestAgendaIsChangedUntilAnItemBegins(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 0, false)
	items := r.console().Workshop.Items
	q := r.question()
	v, err := questionnaire.Load(r.console().Workshop.Questionnaire)
	r.must(err)
	more, err := workshop.QuestionItem(v, "8.1", 15)
	r.must(err)
	r.must(r.runner.AddItem(t.Context(), r.id, more))
	for it, want := range map[*workshop.Item]error{
		{Kind: workshop.Question, Question: "8.1", Title: "x", Sitting: 1}:  workshop.ErrTwice,
		{Kind: workshop.Question, Question: "99.1", Title: "x", Sitting: 1}: workshop.ErrNoItem,
		{Kind: workshop.Talk, Title: " ", Sitting: 1}:                       workshop.ErrText,
		{Kind: workshop.Talk, Title: "x", Sitting: 1, Minutes: 999}:         workshop.ErrMinutes,
		{Kind: "poll", Title: "x", Sitting: 1}:                              workshop.ErrNoItem,
	} {
		if err := r.runner.AddItem(t.Context(), r.id, *it); !errors.Is(err, want) {
			t.Errorf("%+v: %v, want %v", it, err, want)
		}
	}
	added := r.console().Workshop.Items[len(items)]
	r.must(r.runner.ShiftItem(t.Context(), r.id, added.ID, -2))
	if got := r.console().Workshop.Items; got[len(items)-2].ID != added.ID || len(got) != len(items)+1 {
		t.Errorf("moved up by two it is not there")
	}
	before := added.Mark()
	added.Title, added.Minutes, added.Notes = "The systems we have", 20, "Bring the list"
	r.must(r.runner.ChangeItem(t.Context(), r.id, added, before))
	for _, over := range []string{before, "", "x"} {
		if err := r.runner.ChangeItem(t.Context(), r.id, added, over); !errors.Is(err, workshop.ErrOverwrite) {
			t.Errorf("over %q: %v, want ErrOverwrite", over, err)
		}
		if err := r.runner.WriteNotes(t.Context(), r.id, added.ID, "Bring nothing", over); !errors.Is(err, workshop.ErrOverwrite) {
			t.Errorf("notes over %q: %v, want ErrOverwrite", over, err)
		}
	}
	r.must(r.runner.WriteNotes(t.Context(), r.id, added.ID, "Bring the list", "what was lost on its way"))
	r.must(r.runner.WriteNotes(t.Context(), r.id, added.ID, "Bring both lists", workshop.Mark("Bring the list")))
	if err := r.runner.ChangeItem(t.Context(), r.id, added, added.Mark()); !errors.Is(err, workshop.ErrOverwrite) {
		t.Errorf("over notes that were written meanwhile: %v, want ErrOverwrite", err)
	}
	if got := r.item(added.ID); got.Title != "The systems we have" || got.Minutes != 20 || got.Notes != "Bring both lists" {
		t.Errorf("changed to %+v", got)
	}
	r.must(r.runner.DropItem(t.Context(), r.id, added.ID))
	r.move(q.ID, workshop.Show)
	for what, err := range map[string]error{
		"change": r.runner.ChangeItem(t.Context(), r.id, q, q.Mark()),
		"drop":   r.runner.DropItem(t.Context(), r.id, q.ID),
		"shift":  r.runner.ShiftItem(t.Context(), r.id, q.ID, 1),
	} {
		if !errors.Is(err, workshop.ErrStarted) {
			t.Errorf("%s of what has begun: %v, want ErrStarted", what, err)
		}
	}
}

// TestQuestionRestsBetweenWorkshops: two first votes by nearly the same people on
// one day would differ by whoever came or went.
func TestQuestionRestsBetweenWorkshops(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 6, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 1, 2, 3, 4, 5, 5)
	open := func(next *room, now time.Time) error {
		t.Helper()
		it := next.question()
		if it.Stage == workshop.Waiting {
			next.must(next.runner.MoveOn(t.Context(), next.id, it.ID, workshop.Show, next.console().Workshop.Step, now))
		}
		return next.runner.MoveOn(t.Context(), next.id, it.ID, workshop.OpenVote, next.console().Workshop.Step, now)
	}
	begin := func(rehearsal bool) *room {
		return openRoomIn(t, r.db, r.board, store.NewWorkshop{Title: "Again", Length: workshop.Short, Rehearsal: rehearsal}, 0)
	}
	if err := open(begin(false), storetest.Now); err != nil {
		t.Errorf("before the first was told: %v", err)
	}
	r.move(q.ID, workshop.CloseVote, workshop.Reveal)
	next := begin(false)
	for _, c := range []struct {
		in   *room
		at   time.Duration
		want error
	}{
		{next, 0, workshop.ErrLately},
		{next, workshop.Rest - time.Second, workshop.ErrLately},
		{begin(true), 0, nil},
		{openRoomIn(t, r.db, storetest.Trust(t, r.db), store.NewWorkshop{Title: "Elsewhere", Length: workshop.Short}, 0), 0, nil},
		{next, workshop.Rest, nil},
	} {
		if err := open(c.in, storetest.Now.Add(c.at)); !errors.Is(err, c.want) {
			t.Errorf("%v later: %v, want %v", c.at, err, c.want)
		}
	}
}

func TestWorkshopNeedsATitleALengthAndAClosedRound(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	open := storetest.OpenRound(t, db, b, questionnaire.Core)
	runner := storetest.Enter(t, db, b.Lead, b.ODS)
	for _, c := range []struct {
		n    store.NewWorkshop
		want error
	}{
		{store.NewWorkshop{Title: " ", Length: workshop.Short}, workshop.ErrText},
		{store.NewWorkshop{Title: strings.Repeat("x", workshop.MaxTitle+1), Length: workshop.Short}, workshop.ErrText},
		{store.NewWorkshop{Title: "x", Length: "a week"}, workshop.ErrMinutes},
		{store.NewWorkshop{Title: "x", Length: workshop.Long, Round: open.ID}, assessment.ErrNotOpen},
		{store.NewWorkshop{Title: "x", Length: workshop.Long, Round: uuid.New()}, assessment.ErrNotOpen},
		{store.NewWorkshop{Title: " Away day ", Length: workshop.Sittings}, nil},
	} {
		if _, err := runner.CreateWorkshop(t.Context(), c.n, storetest.Now); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.n, err, c.want)
		}
	}
	if list, err := runner.Workshops(t.Context()); err != nil || len(list) != 1 || list[0].Title != "Away day" {
		t.Errorf("%+v, %v", list, err)
	}
}
