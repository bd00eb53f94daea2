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
