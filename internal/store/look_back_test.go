package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// looks has somebody look back on an element.
func (s *series) looks(r assessment.Round, member uuid.UUID, element string, c assessment.Choice, revision int) (store.Saved, error) {
	return s.db.SaveAnswer(s.t.Context(), member, s.board.ODS, r.ID,
		assessment.Answer{Question: questionnaire.BackKey(element), Choice: c, Revision: revision}, r.OpensOn.Add(12*time.Hour))
}

func TestOnlyARoundAfterAnotherLooksBack(t *testing.T) {
	t.Parallel()
	s := startSeries(t)
	me := s.board.Members[0]
	first := s.opened(questionnaire.Core, s.board.Members)
	if _, err := s.looks(first, me, "1", 3, 0); !errors.Is(err, assessment.ErrNotAsked) {
		t.Errorf("a first round takes a look-back answer: %v", err)
	}
	before := s.round(questionnaire.Core, s.board.Members, 1)
	if _, err := s.looks(first, me, "1", 3, 0); !errors.Is(err, assessment.ErrNotAsked) {
		t.Errorf("a round looks back on one that closed after it opened: %v", err)
	}
	r := s.opened(questionnaire.Core, s.board.Members)
	if _, err := s.looks(r, me, "9", 3, 0); !errors.Is(err, assessment.ErrNotAsked) {
		t.Errorf("there is no ninth element to look back on: %v", err)
	}
	saved, err := s.looks(r, me, "1", 3, 0)
	if err != nil || saved.Revision != 1 {
		t.Fatalf("%+v, %v", saved, err)
	}
	if saved, err = s.looks(r, me, "1", assessment.RatherNotSay, 1); err != nil || saved.Revision != 2 {
		t.Errorf("changed: %+v, %v", saved, err)
	}
	if _, err := s.looks(r, me, "1", 2, 1); !errors.Is(err, assessment.ErrStale) {
		t.Errorf("changed by somebody who had not seen it: %v", err)
	}
	if _, err := s.looks(r, s.board.Lead, "1", 2, 0); err == nil {
		t.Error("somebody who is not asked looks back")
	}
	mine := storetest.Enter(t, s.db, me, s.board.ODS)
	sheet, err := mine.Sheet(t.Context(), r.ID)
	if err != nil || sheet.Before.Round != before.ID || sheet.Before.Title != before.Title || !sheet.LooksBack() ||
		sheet.Response.Answers["back.1"].Choice != assessment.RatherNotSay {
		t.Errorf("%+v, %v", sheet, err)
	}
	if sheet, err := mine.Sheet(t.Context(), first.ID); err != nil || sheet.LooksBack() || sheet.Before != (store.RoundName{}) {
		t.Errorf("the first round looks back on %+v, %v", sheet.Before, err)
	}
	var missing *store.MissingError
	if err := mine.Submit(t.Context(), r.ID, true, s.at); !errors.As(err, &missing) || len(missing.Questions) != 24 {
		t.Errorf("who has only looked back submits: %v", err)
	}
	if err := mine.DeleteDraft(t.Context(), r.ID); err != nil {
		t.Fatal(err)
	}
	if sheet, err := mine.Sheet(t.Context(), r.ID); err != nil || len(sheet.Response.Answers) != 0 {
		t.Errorf("a deleted draft holds %v, %v", sheet.Response.Answers, err)
	}
}

// TestLookBackIsFrozenAtClosing closes a round in which ten look back, one of them
// without submitting, and reads what is told of it wherever it is told.
func TestLookBackIsFrozenAtClosing(t *testing.T) {
	t.Parallel()
	s := startSeries(t)
	first := s.round(questionnaire.Core, s.board.Members, 0)
	r := s.opened(questionnaire.Core, s.board.Members)
	for i, m := range s.board.Members {
		if i < 10 {
			if _, err := s.looks(r, m, "1", assessment.Choice(1+i%4), 0); err != nil { // 1 2 3 4 1 2 3 4 1: 21 of 9
				t.Fatal(err)
			}
		}
		if i < 4 {
			if _, err := s.looks(r, m, "2", 3, 0); err != nil {
				t.Fatal(err)
			}
		}
		if i == 9 {
			continue
		}
		mine := storetest.Enter(t, s.db, m, s.board.ODS)
		for _, q := range questionsOf(t, r) {
			if _, err := s.db.SaveAnswer(t.Context(), m, s.board.ODS, r.ID, assessment.Answer{Question: q.Key, Choice: assessment.Choice(2 + i%3)}, s.at); err != nil {
				t.Fatal(err)
			}
		}
		if err := mine.Submit(t.Context(), r.ID, false, s.at); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.lead.CloseRound(t.Context(), r.ID, s.at.AddDate(0, 0, 14)); err != nil {
		t.Fatal(err)
	}
	two, _ := s.two(first, r)
	earlier, err := maturity.Thaw(two.Earlier)
	if err != nil {
		t.Fatal(err)
	}
	report, err := maturity.Thaw(two.Later)
	if err != nil {
		t.Fatal(err)
	}
	check := func(where string, b *maturity.LookBack) {
		t.Helper()
		if b == nil || b.Round.ID != first.ID.String() || b.Form != "core" {
			t.Fatalf("%s: %+v", where, b)
		}
		one, two := b.Of("1"), b.Of("2")
		if one.Score == nil || *one.Score != 2.5 || *one.N != 9 || *one.Then != *earlier.Result.Elements[0].Score { // 2.33 of nine people, to the nearest half
			t.Errorf("%s: element 1 is told as %+v", where, one)
		}
		if two.Score != nil || two.N != nil || two.Hidden == "" {
			t.Errorf("%s: of four people is told %+v", where, two)
		}
	}
	check("report", report.LookBack)
	if earlier.LookBack != nil {
		t.Error("the first round looks back")
	}
	trend, err := s.lead.Trend(t.Context(), 1)
	if err != nil || len(trend.Rounds) != 2 || trend.Rounds[1].Since != nil || trend.Rounds[0].Since == nil {
		t.Fatalf("%+v, %v", trend.Rounds, err)
	}
	check("trend", trend.Rounds[0].Since)
	own, err := s.db.OwnData(t.Context(), s.board.Members[0])
	if err != nil || !holds(own, "back.1") {
		t.Errorf("one's own data lack how one looked back: %v", err)
	}
}

func questionsOf(t *testing.T, r assessment.Round) []*questionnaire.Question {
	t.Helper()
	v, err := questionnaire.Load(r.Questionnaire)
	if err != nil {
		t.Fatal(err)
	}
	return v.Questions(r.Form)
}

func holds(d store.OwnData, question string) bool {
	for _, trust := range d.Trusts {
		for _, round := range trust.Rounds {
			for _, a := range round.Answers {
				if a.Question == question {
					return true
				}
			}
		}
	}
	return false
}
