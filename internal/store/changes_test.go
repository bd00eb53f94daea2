package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// series closes rounds of one trust, half a year apart.
type series struct {
	t     *testing.T
	db    *store.DB
	board storetest.Board
	lead  *store.Trust
	at    time.Time
}

func startSeries(t *testing.T) *series {
	t.Helper()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	return &series{t, db, board, storetest.Enter(t, db, board.Lead, board.ODS), storetest.Now}
}

// opened is a round that the given members can answer, and nobody else.
func (s *series) opened(form questionnaire.Form, members []uuid.UUID) assessment.Round {
	s.t.Helper()
	r, err := s.lead.CreateRound(s.t.Context(), assessment.Round{
		Title: "Round of " + s.at.Format("January 2006"), Form: form, Questionnaire: questionnaire.Latest(),
		OpensOn: s.at.Truncate(24 * time.Hour), ClosesOn: s.at.AddDate(0, 0, 14).Truncate(24 * time.Hour),
	}, s.at)
	if err == nil {
		err = errors.Join(s.lead.SetAsked(s.t.Context(), r.ID, members, s.at), s.lead.OpenRound(s.t.Context(), r.ID, s.at))
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// round closes one that they have answered. Levels are moved up by so many.
func (s *series) round(form questionnaire.Form, members []uuid.UUID, up int) assessment.Round {
	s.t.Helper()
	r := s.opened(form, members)
	for _, m := range members {
		storetest.Answer(s.t, s.db, s.board, r, m, slices.Index(s.board.Members, m))
	}
	storetest.Change(s.t, s.db, `UPDATE answers SET choice = least(5, 1 + (choice - 1) / 2 + $2) WHERE round_id = $1`, r.ID, up)
	if err := s.lead.CloseRound(s.t.Context(), r.ID, s.at.AddDate(0, 0, 14)); err != nil {
		s.t.Fatal(err)
	}
	s.at = s.at.AddDate(0, 6, 0)
	r, err := s.lead.Round(s.t.Context(), r.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func (s *series) two(earlier, later assessment.Round) (two store.TwoRounds, change maturity.Change) {
	s.t.Helper()
	two, err := s.lead.TwoRounds(s.t.Context(), earlier.ID, later.ID)
	if err == nil && two.Change != nil {
		change, err = maturity.ThawChange(two.Change)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return two, change
}

func TestClosingFollowsReturningMembers(t *testing.T) {
	t.Parallel()
	s := startSeries(t)
	first := s.round(questionnaire.Core, s.board.Members[:10], 0)
	second := s.round(questionnaire.Full, s.board.Members[1:], 1)
	third := s.round(questionnaire.Core, s.board.Members[5:], 1)
	two, change := s.two(first, second)
	if !two.Next || change.Earlier != first.ID.String() || change.Later != second.ID.String() ||
		change.Turnover != (maturity.Turnover{Stayed: 9, Joined: 2, Left: 1}) {
		t.Fatalf("next %v, %+v", two.Next, change)
	}
	told := 0
	for _, e := range change.Elements {
		switch { // a verdict that would give an answer away is withheld
		case e.Minds != nil || e.Members != nil || e.Verdict != maturity.MovedUp && e.Verdict != "":
			t.Errorf("nine who stayed all moved up one level: %+v", e)
		case e.Verdict == maturity.MovedUp:
			told++
		}
	}
	if told < 6 {
		t.Errorf("that the board moved up is told of %d elements", told)
	}
	if _, change := s.two(second, third); change.Turnover != (maturity.Turnover{Stayed: 7, Left: 4}) || change.Elements[0].Verdict != "" {
		t.Errorf("seven stayed: %+v", change)
	}
	if two, _ := s.two(first, third); two.Next || two.Change != nil {
		t.Errorf("with a round between: next %v, change %s", two.Next, two.Change)
	}
	var digest string
	err := storetest.Owner(t, s.db).QueryRow(t.Context(), `SELECT digest FROM changes WHERE round_id = $1`, second.ID).Scan(&digest)
	sum := sha256.Sum256(two.Change)
	if err != nil || digest != hex.EncodeToString(sum[:]) {
		t.Errorf("digest %s, %v, of a document with %x", digest, err, sum)
	}
	for _, pair := range [][2]uuid.UUID{{second.ID, first.ID}, {first.ID, first.ID}, {first.ID, uuid.New()}} {
		if _, err := s.lead.TwoRounds(t.Context(), pair[0], pair[1]); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("rounds in the wrong order, the same or unknown: %v", err)
		}
	}
}

// TestNobodyIsFollowedOnceAnswersAreCutLoose closes a round after pseudonyms were cut loose:
// nobody is known again.
func TestNobodyIsFollowedOnceAnswersAreCutLoose(t *testing.T) {
	t.Parallel()
	s := startSeries(t)
	first := s.round(questionnaire.Core, s.board.Members, 0)
	s.at = s.at.AddDate(0, assessment.LinkMonths, 0)
	if err := s.db.KeepRetention(t.Context(), s.at); err != nil {
		t.Fatal(err)
	}
	second := s.round(questionnaire.Core, s.board.Members, 1)
	if _, change := s.two(first, second); change.Turnover.Stayed != storetest.BoardSize || change.Elements[0].Verdict != "" || change.Elements[0].Minds != nil {
		t.Errorf("%+v", change)
	}
}

func TestChangesAreFrozen(t *testing.T) {
	t.Parallel()
	s := startSeries(t)
	s.round(questionnaire.Core, s.board.Members, 0)
	s.round(questionnaire.Core, s.board.Members, 1)
	for _, statement := range []string{
		`UPDATE changes SET digest = digest`, `DELETE FROM changes`, `UPDATE summaries SET title = 'x'`,
		`DELETE FROM summaries`, `UPDATE moments SET mean = 3`, `DELETE FROM moments`,
	} {
		if _, err := store.Pool(s.db).Exec(t.Context(), `SET ROLE octant_tenant; `+statement); !hasCode(err, "42501") {
			t.Errorf("%s: %v, want it refused", statement, err)
		}
	}
	if _, err := storetest.Owner(t, s.db).Exec(t.Context(), `UPDATE changes SET document = 'x'`); !hasCode(err, "23514") {
		t.Errorf("a document that its digest does not fit: %v", err)
	}
}

func TestTrendComesInWindows(t *testing.T) {
	t.Parallel()
	s := startSeries(t)
	var all []assessment.Round
	for i := range 8 {
		all = append(all, s.round(questionnaire.Core, s.board.Members, i%2))
	}
	for page, want := range map[int][]assessment.Round{1: all[2:], 2: all[:2], 3: nil} {
		trend, err := s.lead.Trend(t.Context(), page)
		if err != nil || trend.Earlier != (page == 1) || len(trend.Rounds) != len(want) || len(trend.Names) != len(all) || trend.Names[0].Round != all[7].ID {
			t.Fatalf("page %d: %d rounds of %d names, earlier %v, %v", page, len(trend.Rounds), len(trend.Names), trend.Earlier, err)
		}
		for i, r := range trend.Rounds {
			if r.Round != want[i].ID || r.Title != want[i].Title || len(r.Elements) != 8 || r.Overall.Score == nil ||
				(r.Turnover == nil) != (r.Round == all[0].ID) || r.ClosedOn != assessment.Today(want[i].ClosedAt) {
				t.Errorf("page %d, place %d: %+v", page, i, r)
			}
		}
	}
}

func TestMilestonesAreTheLeadsAndRecorded(t *testing.T) {
	t.Parallel()
	s := startSeries(t)
	day := storetest.Now.Truncate(24 * time.Hour)
	first := s.round(questionnaire.Core, s.board.Members, 0)
	for _, m := range []store.Milestone{{On: day.AddDate(0, 2, 0), Text: "  New   chair "}, {On: day.AddDate(-1, 0, 0), Text: "EPR chosen"}} {
		if err := s.lead.AddMilestone(t.Context(), m, storetest.Now); err != nil {
			t.Fatal(err)
		}
	}
	for _, text := range []string{"", " \t", string(make([]rune, store.MaxMilestone+1)), "x" + string(slices.Repeat([]rune("é"), store.MaxMilestone))} {
		if err := s.lead.AddMilestone(t.Context(), store.Milestone{On: day, Text: text}, storetest.Now); !errors.Is(err, store.ErrMilestone) {
			t.Errorf("%.10q: %v, want ErrMilestone", text, err)
		}
	}
	list, err := s.lead.Milestones(t.Context())
	if err != nil || len(list) != 2 || list[0].Text != "New chair" {
		t.Fatalf("%+v, %v", list, err)
	}
	trend, err := s.lead.Trend(t.Context(), 1)
	if err != nil || len(trend.Milestones) != 1 || trend.Milestones[0].Text != "New chair" || !trend.Milestones[0].On.Equal(day.AddDate(0, 2, 0)) {
		t.Errorf("since %v the time line has %+v, %v", first.ClosedAt, trend.Milestones, err)
	}
	chair := list[0]
	chair.Text = "New chair and vice chair"
	if err := s.lead.ChangeMilestone(t.Context(), chair, storetest.Now); err != nil {
		t.Fatal(err)
	}
	if m, err := s.lead.Milestone(t.Context(), chair.ID); err != nil || m.Text != chair.Text {
		t.Errorf("%+v, %v", m, err)
	}
	for range 2 {
		if err := s.lead.RemoveMilestone(t.Context(), chair.ID, storetest.Now); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.lead.ChangeMilestone(t.Context(), chair, storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("changing one that is gone: %v", err)
	}
	if _, err := s.lead.Milestone(t.Context(), chair.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("reading one that is gone: %v", err)
	}
	deeds := column[string](t, s.db, `SELECT deed || ' ' || detail FROM audit WHERE deed LIKE '%time line%' ORDER BY seq`)
	if want := []string{
		"note put on the time line 2026-12-05: New chair", "note put on the time line 2025-10-05: EPR chosen",
		"note on the time line changed 2026-12-05: New chair and vice chair", "note taken off the time line 2026-12-05: New chair and vice chair",
	}; !slices.Equal(deeds, want) {
		t.Errorf("recorded %q", deeds)
	}
	member := storetest.Enter(t, s.db, s.board.Members[0], s.board.ODS)
	for what, err := range map[string]error{
		"add":    member.AddMilestone(t.Context(), chair, storetest.Now),
		"change": member.ChangeMilestone(t.Context(), chair, storetest.Now),
		"remove": member.RemoveMilestone(t.Context(), chair.ID, storetest.Now),
	} {
		if !errors.Is(err, access.ErrDenied) {
			t.Errorf("a member may %s a note: %v", what, err)
		}
	}
}
