package store_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// TestKeyingIn: a sheet counts once, can be mended as a whole, and leaves its
// side's count of people as the most there can be.
func TestKeyingIn(t *testing.T) {
	t.Parallel()
	p := newOnPaper(t, 0, 1)
	sheets := p.sheets()
	if err := p.keyIn(sheets[0].ID, p.filled(4)); err != nil {
		t.Fatal(err)
	}
	if r := p.progress(); r.Finished != 1 || r.Asked != storetest.BoardSize {
		t.Errorf("progress: %d of %d", r.Finished, r.Asked)
	}
	mended := p.filled(3)
	mended[0].Choice, mended[1].Comment = assessment.NotAnswered, "As on paper"
	if err := p.keyIn(sheets[0].ID, mended[:5]); err != nil {
		t.Fatal(err)
	}
	var kept string
	err := storetest.Owner(t, p.db).QueryRow(t.Context(), `
		SELECT count(DISTINCT respondent) || ' ' || bool_and(saved_at IS NULL) || ' ' || count(*) FILTER (WHERE choice = 3) || ' '
		       || count(*) FILTER (WHERE choice = 0) || ' ' || max(comment) FROM answers WHERE round_id = $1`, p.round.ID).Scan(&kept)
	if err != nil || kept != "1 true 4 20 As on paper" {
		t.Errorf("kept: %s, %v", kept, err)
	}
	if err := p.set(0); err != nil {
		t.Fatalf("one sheet keyed in, one of two taken off paper: %v", err)
	}
	if err := p.keyIn(sheets[1].ID, p.filled(2)); !errors.Is(err, store.ErrKeyed) {
		t.Errorf("one sheet more than people: %v", err)
	}
	if err := p.set(); !errors.Is(err, store.ErrKeyed) {
		t.Errorf("everybody off paper: %v", err)
	}
	if r := p.progress(); r.Finished != 1 {
		t.Errorf("progress: %d", r.Finished)
	}
	if got := p.sheets(); len(got) != 0 {
		t.Errorf("%d sheets to print, though all that can be are keyed in", len(got))
	}
	sides, err := storetest.Enter(t, p.db, p.board.Chair, p.board.ODS).PaperSides(t.Context(), p.round.ID)
	if err != nil || sides[assessment.Executive] != (store.PaperSide{People: 1, Sheets: 2, Keyed: 1}) || sides[assessment.NonExecutive] != (store.PaperSide{}) {
		t.Errorf("counts: %+v, %v", sides, err)
	}
}

func TestKeyingInFaults(t *testing.T) {
	t.Parallel()
	p := newOnPaper(t, 0, 1)
	sheet := p.sheets()[0].ID
	var missing *store.MissingError
	if err := p.keyIn(sheet, p.filled(assessment.NotAnswered)); !errors.As(err, &missing) || len(missing.Questions) != 24 {
		t.Errorf("an empty sheet: %v", err)
	}
	if err := p.keyIn(sheet, []assessment.Answer{{Question: "9.9", Choice: 3}}); !errors.Is(err, assessment.ErrNotAsked) {
		t.Errorf("a question that is not asked: %v", err)
	}
	if err := p.keyIn(sheet, []assessment.Answer{{Question: "1.1", Choice: 8}}); !errors.Is(err, assessment.ErrChoice) {
		t.Errorf("a choice that is none: %v", err)
	}
	if err := p.keyIn(uuid.New(), p.filled(3)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no sheet: %v", err)
	}
	if r := p.progress(); r.Finished != 0 {
		t.Errorf("progress after faults: %d", r.Finished)
	}
	if err := p.lead.CloseRound(t.Context(), p.round.ID, storetest.Now.AddDate(0, 0, 14)); err != nil {
		t.Fatal(err)
	}
	if err := p.keyIn(sheet, p.filled(3)); !errors.Is(err, assessment.ErrNotOpen) {
		t.Errorf("a closed round: %v", err)
	}
	if err := p.set(0, 1, 2); !errors.Is(err, assessment.ErrNotOpen) {
		t.Errorf("mark in a closed round: %v", err)
	}
	if _, err := p.lead.MakeSheets(t.Context(), p.round.ID, storetest.Now); !errors.Is(err, assessment.ErrNotOpen) {
		t.Errorf("make sheets in a closed round: %v", err)
	}
}

// TestPaperLooksBack: from the second round on a sheet asks what the screen asks,
// as optional there as here, and what is keyed in of it is told with the rest.
func TestPaperLooksBack(t *testing.T) {
	t.Parallel()
	s := startSeries(t)
	r := s.opened(questionnaire.Core, s.board.Members)
	p := onPaper{t: t, db: s.db, board: s.board, round: r, lead: s.lead}
	on := func(round uuid.UUID) store.RoundName {
		t.Helper()
		before, err := s.lead.LooksBackOn(t.Context(), round)
		if err != nil {
			t.Fatal(err)
		}
		return before
	}
	back := []assessment.Answer{{Question: "back.1", Choice: 2, Comment: "Nobody is asked for one"}}
	if err := p.set(0); err != nil {
		t.Fatal(err)
	}
	if err := p.keyIn(p.sheets()[0].ID, append(p.filled(3), back...)); !errors.Is(err, assessment.ErrNotAsked) || !on(r.ID).None() {
		t.Errorf("a first round looks back on %+v, %v", on(r.ID), err)
	}
	first := s.round(questionnaire.Core, s.board.Members, 0)
	if !on(r.ID).None() {
		t.Errorf("a round looks back on one that closed after it opened")
	}
	draft, err := s.lead.CreateRound(t.Context(), assessment.Round{Title: "Draft", Form: questionnaire.Core, Questionnaire: questionnaire.Latest(), OpensOn: s.at, ClosesOn: s.at}, s.at)
	if got := on(draft.ID); err != nil || got.Round != first.ID || got.Title != first.Title {
		t.Errorf("a draft would look back on %+v, %v", got, err)
	}
	if _, err := storetest.Enter(t, s.db, s.board.Members[0], s.board.ODS).LooksBackOn(t.Context(), draft.ID); !errors.Is(err, access.ErrDenied) {
		t.Errorf("asked by a member: %v", err)
	}
	p.round = s.opened(questionnaire.Core, s.board.Members)
	if err := p.set(0, 1, 2, 3, 4, 5); err != nil {
		t.Fatal(err)
	}
	var missing *store.MissingError
	for i, sheet := range p.sheets() {
		if err := p.keyIn(sheet.ID, back); !errors.As(err, &missing) || len(missing.Questions) != 24 {
			t.Errorf("a sheet that only looks back: %v", err)
		}
		if err := p.keyIn(sheet.ID, append(p.filled(3), back...)); err != nil {
			t.Fatal(err)
		}
		if i == 0 { // mended: this one did not look back after all
			if err := p.keyIn(sheet.ID, p.filled(3)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := p.lead.CloseRound(t.Context(), p.round.ID, s.at.AddDate(0, 0, 14)); err != nil {
		t.Fatal(err)
	}
	frozen, err := p.lead.Report(t.Context(), p.round.ID)
	if err != nil {
		t.Fatal(err)
	}
	report, err := maturity.Thaw(frozen.Document)
	if err != nil {
		t.Fatal(err)
	}
	if one, two := report.LookBack.Of("1"), report.LookBack.Of("2"); one.Score == nil || *one.Score != 2 || two.Score != nil {
		t.Errorf("told of five sheets: %+v and %+v", one, two)
	}
	var comments int
	if err := storetest.Owner(t, s.db).QueryRow(t.Context(), `SELECT count(*) FROM answers WHERE comment <> ''`).Scan(&comments); err != nil || comments != 0 {
		t.Errorf("%d comments that nobody was asked for are kept, %v", comments, err)
	}
}
