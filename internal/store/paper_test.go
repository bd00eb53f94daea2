package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// onPaper is an open round in which some answer on paper.
type onPaper struct {
	t     *testing.T
	db    *store.DB
	board storetest.Board
	round assessment.Round
	lead  *store.Trust
}

func newOnPaper(t *testing.T, members ...int) onPaper {
	t.Helper()
	db := storetest.New(t)
	p := onPaper{t: t, db: db, board: storetest.Trust(t, db)}
	p.round = storetest.OpenRound(t, db, p.board, questionnaire.Core)
	p.lead = storetest.Enter(t, db, p.board.Lead, p.board.ODS)
	if err := p.set(members...); err != nil {
		t.Fatal(err)
	}
	return p
}

// set marks exactly these members.
func (p onPaper) set(members ...int) error {
	var people []uuid.UUID
	for _, m := range members {
		people = append(people, p.board.Members[m])
	}
	return p.lead.SetOnPaper(p.t.Context(), p.round.ID, people, storetest.Now)
}

func (p onPaper) sheets() []store.PaperSheet {
	p.t.Helper()
	sheets, err := p.lead.MakeSheets(p.t.Context(), p.round.ID, storetest.Now)
	if err != nil {
		p.t.Fatal(err)
	}
	return sheets
}

// filled is a sheet on which every question has the same choice.
func (p onPaper) filled(choice assessment.Choice) (answers []assessment.Answer) {
	p.t.Helper()
	v, err := questionnaire.Load(p.round.Questionnaire)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, q := range v.Questions(p.round.Form) {
		answers = append(answers, assessment.Answer{Question: q.Key, Choice: choice})
	}
	return answers
}

func (p onPaper) keyIn(sheet uuid.UUID, answers []assessment.Answer) error {
	return p.lead.KeyIn(p.t.Context(), p.round.ID, sheet, answers, storetest.Now)
}

func (p onPaper) progress() assessment.Round {
	p.t.Helper()
	r, err := p.lead.Round(p.t.Context(), p.round.ID)
	if err != nil {
		p.t.Fatal(err)
	}
	return r
}

func TestSheetsForEachSide(t *testing.T) {
	t.Parallel()
	p := newOnPaper(t, 0, 1, 6)
	sheets := p.sheets()
	var sides []assessment.Side
	codes := make(map[string]bool)
	for _, s := range sheets {
		sides = append(sides, s.Side)
		codes[s.Code] = true
		found, err := p.lead.FindSheet(t.Context(), p.round.ID, " "+strings.ToLower(s.Code)+" ")
		if err != nil || found != s {
			t.Errorf("found by its code: %+v, %v", found, err)
		}
		found, err = p.lead.PaperSheet(t.Context(), p.round.ID, s.ID)
		if err != nil || found != s {
			t.Errorf("found by its id: %+v, %v", found, err)
		}
	}
	if !slices.Equal(sides, []assessment.Side{assessment.Executive, assessment.Executive, assessment.NonExecutive}) || len(codes) != 3 {
		t.Fatalf("sheets for %v with %d codes", sides, len(codes))
	}
	if again := p.sheets(); !slices.Equal(again, sheets) {
		t.Error("printed again the sheets differ")
	}
	if err := p.set(0, 1, 6, 7); err != nil {
		t.Fatal(err)
	}
	if more := p.sheets(); len(more) != 4 {
		t.Errorf("%d sheets for one person more", len(more))
	}
	for _, typed := range []string{"", "2222-2222", sheets[0].Code[:8], sheets[0].Code + "2"} {
		if _, err := p.lead.FindSheet(t.Context(), p.round.ID, typed); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("found by %q: %v", typed, err)
		}
	}
	other := storetest.OpenRound(t, p.db, p.board, questionnaire.Core)
	if _, err := p.lead.FindSheet(t.Context(), other.ID, sheets[0].Code); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("found in another round: %v", err)
	}
}

// TestOnPaperIsNotOnline: whoever is on paper has no link and can answer nothing
// online, and whoever comes back can.
func TestOnPaperIsNotOnline(t *testing.T) {
	t.Parallel()
	p := newOnPaper(t)
	ctx, member := t.Context(), p.board.Members[0]
	begun := storetest.Enter(t, p.db, member, p.board.ODS)
	if _, err := p.db.SaveAnswer(ctx, member, p.board.ODS, p.round.ID, assessment.Answer{Question: "1.1", Choice: 2}, storetest.Now); err != nil {
		t.Fatal(err)
	}
	link, err := store.LinkFor(ctx, p.lead, p.round.ID, member, access.ByLink, storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.set(0, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := p.db.EnterByLink(ctx, link); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("by their link: %v", err)
	}
	for _, m := range p.board.Members[:2] { // with an answer kept already, and with none
		for _, key := range []string{"1.1", "1.2"} {
			_, err := p.db.SaveAnswer(ctx, m, p.board.ODS, p.round.ID, assessment.Answer{Question: key, Choice: 5, Revision: 1}, storetest.Now)
			if !errors.Is(err, assessment.ErrOnPaper) {
				t.Errorf("save online: %v", err)
			}
		}
	}
	if err := begun.Submit(ctx, p.round.ID, true, storetest.Now); !errors.Is(err, assessment.ErrOnPaper) {
		t.Errorf("submit online: %v", err)
	}
	if _, err := store.LinkFor(ctx, p.lead, p.round.ID, member, access.ByLink, storetest.Now); !errors.Is(err, assessment.ErrOnPaper) {
		t.Errorf("link for a letter: %v", err)
	}
	if err := p.lead.NewLink(ctx, p.round.ID, member, storetest.Now); !errors.Is(err, assessment.ErrOnPaper) {
		t.Errorf("new link: %v", err)
	}
	cards, err := p.db.Trusts(ctx, member)
	if err != nil || len(cards) != 1 || len(cards[0].Open) != 0 {
		t.Errorf("home page: %+v, %v", cards, err)
	}
	if err := p.set(1); err != nil {
		t.Fatal(err)
	}
	if _, err := p.db.EnterByLink(ctx, link); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("back online, by the old link: %v", err)
	}
	fresh, err := store.LinkFor(ctx, p.lead, p.round.ID, member, access.ByLink, storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.db.EnterByLink(ctx, fresh); err != nil {
		t.Errorf("back online, by the new link: %v", err)
	}
	if err := begun.Submit(ctx, p.round.ID, true, storetest.Now); err != nil {
		t.Errorf("back online, submit: %v", err)
	}
	if got := deeds(t, p.db, p.board.ODS, "person to answer"); got != "person to answer on paper, person to answer on paper, person to answer online again" {
		t.Errorf("recorded: %s", got)
	}
}

func TestWhoCannotGoOnPaper(t *testing.T) {
	t.Parallel()
	p := newOnPaper(t)
	storetest.Answer(t, p.db, p.board, p.round, p.board.Members[0], 1)
	if err := p.set(0, 1); !errors.Is(err, store.ErrHandedIn) {
		t.Errorf("somebody who has submitted: %v", err)
	}
	err := p.lead.SetOnPaper(t.Context(), p.round.ID, []uuid.UUID{p.board.Members[1], p.board.Observer}, storetest.Now)
	if !errors.Is(err, store.ErrNotFound) {
		t.Errorf("somebody who is not asked: %v", err)
	}
	if n := p.sheets(); len(n) != 0 {
		t.Errorf("%d sheets although nothing was changed", len(n))
	}
	for _, person := range []uuid.UUID{p.board.Chair, p.board.Facilitator, p.board.Members[3], p.board.Observer} {
		in := storetest.Enter(t, p.db, person, p.board.ODS)
		_, listed := in.Paper(t.Context(), p.round.ID)
		_, made := in.MakeSheets(t.Context(), p.round.ID, storetest.Now)
		_, found := in.FindSheet(t.Context(), p.round.ID, "2222-2222")
		_, read := in.PaperSheet(t.Context(), p.round.ID, uuid.New())
		for what, err := range map[string]error{
			"list": listed, "make": made, "find": found, "read": read,
			"mark": in.SetOnPaper(t.Context(), p.round.ID, nil, storetest.Now), "key": in.KeyIn(t.Context(), p.round.ID, uuid.New(), nil, storetest.Now),
		} {
			if !errors.Is(err, access.ErrDenied) {
				t.Errorf("%s as %v: %v", what, in.Roles, err)
			}
		}
	}
}

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

// TestPaperIsScored: what was on paper counts like what was typed, on its side.
func TestPaperIsScored(t *testing.T) {
	t.Parallel()
	p := newOnPaper(t, 0, 6)
	for i, m := range p.board.Members {
		if i != 0 && i != 6 {
			storetest.Answer(t, p.db, p.board, p.round, m, i)
		}
	}
	for _, s := range p.sheets() {
		if err := p.keyIn(s.ID, p.filled(5)); err != nil {
			t.Fatal(err)
		}
	}
	if r := p.progress(); r.Finished != storetest.BoardSize {
		t.Errorf("finished: %d", r.Finished)
	}
	if err := p.lead.CloseRound(t.Context(), p.round.ID, storetest.Now.AddDate(0, 0, 14)); err != nil {
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
	if report.Result.Invited != storetest.BoardSize || report.Result.Respondents != storetest.BoardSize {
		t.Errorf("report: %d of %d answered", report.Result.Respondents, report.Result.Invited)
	}
	for _, side := range []maturity.Turnout{report.Result.Sides.Executive, report.Result.Sides.NonExecutive} {
		if side.Invited != storetest.BoardSize/2 || side.Respondents == nil || *side.Respondents != storetest.BoardSize/2 {
			t.Errorf("a side: %+v", side)
		}
	}
}

// TestNothingJoinsASheetToAPerson: no column of any table that knows a sheet or a
// response knows people or invitations, and what was keyed in marks no invitation.
func TestNothingJoinsASheetToAPerson(t *testing.T) {
	t.Parallel()
	p := newOnPaper(t, 0, 1, 6)
	owner := storetest.Owner(t, p.db)
	written := func() (marks string) {
		err := owner.QueryRow(t.Context(), `SELECT string_agg(person_id::text || ' ' || xmin || ' ' || finished, E'\n' ORDER BY person_id) FROM invitations`).Scan(&marks)
		if err != nil {
			t.Fatal(err)
		}
		return marks
	}
	sheets := p.sheets()
	before := written()
	for _, s := range sheets {
		if err := p.keyIn(s.ID, p.filled(2)); err != nil {
			t.Fatal(err)
		}
	}
	if written() != before {
		t.Error("keying a sheet in wrote an invitation")
	}
	var joined int
	err := owner.QueryRow(t.Context(), `
		SELECT count(*) FROM information_schema.columns
		WHERE table_schema = 'public' AND table_name IN ('paper_sheets', 'responses', 'answers')
		  AND column_name NOT IN ('ods', 'round_id', 'id', 'hash', 'side', 'keyed', 'respondent', 'submitted', 'paper',
		                          'question', 'choice', 'comment', 'evidence', 'revision', 'saved_at')`).Scan(&joined)
	if err != nil || joined != 0 {
		t.Errorf("%d columns that this test does not know, %v", joined, err)
	}
	err = owner.QueryRow(t.Context(), `SELECT count(*) FROM audit WHERE deed = 'paper sheet keyed in' AND (person_id IS NOT NULL OR detail <> 'Autumn 2026')`).Scan(&joined)
	if err != nil || joined != 0 {
		t.Errorf("%d records say more than that a sheet was keyed in, %v", joined, err)
	}
	for _, member := range p.board.Members[:2] {
		own := access.RespondentOf(storetest.Secret, member, p.board.ODS)
		err := owner.QueryRow(t.Context(), `SELECT count(*) FROM responses WHERE respondent = $1`, own[:]).Scan(&joined)
		if err != nil || joined != 0 {
			t.Errorf("a response under the person's own pseudonym: %d, %v", joined, err)
		}
	}
}
