package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

func TestRoundGoesFromDraftToClosed(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	made, err := lead.CreateRound(t.Context(), plan(), storetest.Now)
	if err != nil || made.State != assessment.Draft || made.ID == uuid.Nil {
		t.Fatalf("made %+v, %v", made, err)
	}
	made.Title, made.Form = "October", questionnaire.Full
	made.OpensOn, made.ClosesOn = day(2026, 10, 1), day(2026, 10, 14)
	if err := lead.ChangeRound(t.Context(), made, storetest.Now); err != nil {
		t.Fatal(err)
	}
	if err := lead.OpenRound(t.Context(), made.ID, storetest.Now); !errors.Is(err, assessment.ErrTooFew) {
		t.Errorf("opening with nobody asked: %v, want ErrTooFew", err)
	}
	if err := lead.SetAsked(t.Context(), made.ID, board.Members[:6], storetest.Now); err != nil {
		t.Fatal(err)
	}
	if err := lead.OpenRound(t.Context(), made.ID, storetest.Now); err != nil {
		t.Fatal(err)
	}
	open, err := lead.Round(t.Context(), made.ID)
	want := assessment.Round{
		ID: made.ID, Title: "October", Form: questionnaire.Full, Questionnaire: made.Questionnaire,
		State: assessment.Open, OpensOn: made.OpensOn, ClosesOn: made.ClosesOn, OpenedAt: storetest.Now, ByClock: true, Asked: 6,
	}
	if err != nil || open != want {
		t.Errorf("open round is\n%+v (%v), want\n%+v", open, err, want)
	}
	if err := lead.ChangeRound(t.Context(), made, storetest.Now); !errors.Is(err, assessment.ErrNotDraft) {
		t.Errorf("changing an open round: %v, want ErrNotDraft", err)
	}
	if err := lead.OpenRound(t.Context(), made.ID, storetest.Now); !errors.Is(err, assessment.ErrNotDraft) {
		t.Errorf("opening it again: %v, want ErrNotDraft", err)
	}
	if err := lead.CloseRound(t.Context(), made.ID, storetest.Now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := lead.CloseRound(t.Context(), made.ID, storetest.Now); !errors.Is(err, assessment.ErrNotOpen) {
		t.Errorf("closing it again: %v, want ErrNotOpen", err)
	}
	if err := lead.SetAsked(t.Context(), made.ID, board.Members, storetest.Now); !errors.Is(err, assessment.ErrNotOpen) {
		t.Errorf("asking more in a closed round: %v, want ErrNotOpen", err)
	}
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

func TestPlanThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	untitled, backwards := plan(), plan()
	untitled.Title = " "
	backwards.ClosesOn = backwards.OpensOn.AddDate(0, 0, -1)
	for want, r := range map[error]assessment.Round{assessment.ErrTitle: untitled, assessment.ErrDates: backwards} {
		if _, err := lead.CreateRound(t.Context(), r, storetest.Now); !errors.Is(err, want) {
			t.Errorf("create: %v, want %v", err, want)
		}
		if err := lead.ChangeRound(t.Context(), r, storetest.Now); !errors.Is(err, want) {
			t.Errorf("change: %v, want %v", err, want)
		}
	}
}

func TestUnknownRoundIsNotFound(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	home, other := storetest.Trust(t, db), storetest.Trust(t, db)
	elsewhere := storetest.ClosedRound(t, db, other, questionnaire.Core)
	lead, member := storetest.Enter(t, db, home.Lead, home.ODS), storetest.Enter(t, db, home.Members[0], home.ODS)
	for _, id := range []uuid.UUID{uuid.New(), elsewhere.ID} {
		_, round := lead.Round(t.Context(), id)
		_, report := lead.Report(t.Context(), id)
		_, digest := lead.ReportDigest(t.Context(), id)
		_, sheet := member.Sheet(t.Context(), id)
		change := plan()
		change.ID = id
		for what, err := range map[string]error{
			"Round": round, "Report": report, "ReportDigest": digest, "Sheet": sheet,
			"Submit":      member.Submit(t.Context(), id, true, storetest.Now),
			"ChangeRound": lead.ChangeRound(t.Context(), change, storetest.Now),
			"SetAsked":    lead.SetAsked(t.Context(), id, home.Members, storetest.Now),
			"OpenRound":   lead.OpenRound(t.Context(), id, storetest.Now),
			"CloseRound":  lead.CloseRound(t.Context(), id, storetest.Now),
		} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v, want ErrNotFound", what, err)
			}
		}
		if asked, err := lead.Asked(t.Context(), id); err != nil || len(asked) != 0 {
			t.Errorf("Asked: %v, %v, want nobody", asked, err)
		}
	}
}

func TestDraftIsForThoseWhoManage(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	draft := storetest.Draft(t, db, board, questionnaire.Core)
	if err := storetest.Enter(t, db, board.Lead, board.ODS).SetAsked(t.Context(), draft.ID, board.Members, storetest.Now); err != nil {
		t.Fatal(err)
	}
	member := storetest.Enter(t, db, board.Members[0], board.ODS)
	rounds, _, err := member.Rounds(t.Context(), 1)
	if err != nil || len(rounds) != 0 {
		t.Errorf("a member sees %v, %v, want no draft", rounds, err)
	}
	_, one := member.Round(t.Context(), draft.ID)
	_, sheet := member.Sheet(t.Context(), draft.ID)
	_, saved := db.SaveAnswer(t.Context(), member.Person, board.ODS, draft.ID, assessment.Answer{Question: "1.1", Choice: 1}, storetest.Now)
	for what, err := range map[string]error{"Round": one, "Sheet": sheet, "SaveAnswer": saved, "Submit": member.Submit(t.Context(), draft.ID, true, storetest.Now)} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s of a draft: %v, want ErrNotFound", what, err)
		}
	}
}

func TestRoundsComeNewestFirstAPageAtATime(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	for i := range store.RoundsPerPage + 3 {
		r := plan()
		r.OpensOn = day(2020, 1, 1+(i*5)%(store.RoundsPerPage+3))
		if _, err := lead.CreateRound(t.Context(), r, storetest.Now); err != nil {
			t.Fatal(err)
		}
	}
	first, more, err := lead.Rounds(t.Context(), 1)
	if err != nil || len(first) != store.RoundsPerPage || !more {
		t.Fatalf("first page has %d rounds, more %v, %v", len(first), more, err)
	}
	second, more, err := lead.Rounds(t.Context(), 2)
	if err != nil || len(second) != 3 || more {
		t.Fatalf("second page has %d rounds, more %v, %v", len(second), more, err)
	}
	all := slices.Concat(first, second)
	if !slices.IsSortedFunc(all, func(a, b assessment.Round) int { return b.OpensOn.Compare(a.OpensOn) }) {
		t.Error("rounds are not newest first")
	}
}

// TestClosedRoundsAreFoundBehindDrafts: a page full of drafts hides none.
func TestClosedRoundsAreFoundBehindDrafts(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	old := storetest.ClosedRound(t, db, board, questionnaire.Core)
	for range store.RoundsPerPage {
		r := plan()
		r.OpensOn, r.ClosesOn = old.OpensOn.AddDate(1, 0, 0), old.OpensOn.AddDate(1, 0, 14)
		if _, err := lead.CreateRound(t.Context(), r, storetest.Now); err != nil {
			t.Fatal(err)
		}
	}
	closed, err := lead.ClosedRounds(t.Context())
	if err != nil || len(closed) != 1 || closed[0].ID != old.ID || closed[0].State != assessment.Closed {
		t.Errorf("closed rounds are %v, %v", closed, err)
	}
}

func TestAskingPeople(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board, other := storetest.Trust(t, db), storetest.Trust(t, db)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	members, err := lead.Members(t.Context())
	if err != nil || len(members) != storetest.BoardSize {
		t.Fatalf("%d members, %v", len(members), err)
	}
	if m := members[0]; m.Person != board.Members[0] || m.Title != "Chief executive" || m.Side != assessment.Executive || m.Name == "" {
		t.Errorf("first member is %+v", m)
	}
	draft := storetest.Draft(t, db, board, questionnaire.Core)
	steps := []struct {
		name   string
		people []uuid.UUID
		want   error
		asked  int
	}{
		{"all", board.Members, nil, 12},
		{"fewer", board.Members[:7], nil, 7},
		{"one twice", append([]uuid.UUID{board.Members[0]}, board.Members[:7]...), nil, 7},
		{"somebody of another trust", append([]uuid.UUID{other.Members[0]}, board.Members[:5]...), store.ErrNotFound, 7},
		{"somebody not on the board", append([]uuid.UUID{board.Observer}, board.Members[:5]...), store.ErrNotFound, 7},
	}
	for _, s := range steps {
		if err := lead.SetAsked(t.Context(), draft.ID, s.people, storetest.Now); !errors.Is(err, s.want) {
			t.Errorf("%s: %v, want %v", s.name, err, s.want)
		}
		if asked, err := lead.Asked(t.Context(), draft.ID); err != nil || len(asked) != s.asked {
			t.Errorf("%s: then %d are asked (%v), want %d", s.name, len(asked), err, s.asked)
		}
	}
	if err := lead.OpenRound(t.Context(), draft.ID, storetest.Now); err != nil {
		t.Fatal(err)
	}
	if err := lead.SetAsked(t.Context(), draft.ID, board.Members[1:], storetest.Now); !errors.Is(err, assessment.ErrNotDraft) {
		t.Errorf("leaving somebody out of an open round: %v, want ErrNotDraft", err)
	}
	if err := lead.SetAsked(t.Context(), draft.ID, board.Members[:8], storetest.Now); err != nil {
		t.Errorf("asking one more in an open round: %v", err)
	}
	if r, err := lead.Round(t.Context(), draft.ID); err != nil || r.Asked != 8 {
		t.Errorf("%d asked in the end, %v, want 8", r.Asked, err)
	}
}

func TestProgressSaysWhoHasFinishedAndIsForThoseWhoMaySee(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	round := storetest.OpenRound(t, db, board, questionnaire.Core)
	storetest.Answer(t, db, board, round, board.Members[3], 1)
	chair := storetest.Enter(t, db, board.Chair, board.ODS)
	asked, err := chair.Asked(t.Context(), round.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range asked {
		if a.Finished != (a.Person == board.Members[3]) {
			t.Errorf("%s finished: %v", a.Name, a.Finished)
		}
	}
	if r, err := chair.Round(t.Context(), round.ID); err != nil || r.Asked != 12 || r.Finished != 1 {
		t.Errorf("the chair sees %d of %d, %v", r.Finished, r.Asked, err)
	}
	member := storetest.Enter(t, db, board.Members[0], board.ODS)
	if r, err := member.Round(t.Context(), round.ID); err != nil || r.Asked != 0 || r.Finished != 0 {
		t.Errorf("a member sees %d of %d, %v", r.Finished, r.Asked, err)
	}
}
