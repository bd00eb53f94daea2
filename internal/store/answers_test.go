package store_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// answering is one member of a board in an open round.
type answering struct {
	t      testing.TB
	db     *store.DB
	board  storetest.Board
	round  assessment.Round
	member uuid.UUID
}

func startAnswering(t testing.TB) answering {
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	return answering{t, db, board, storetest.OpenRound(t, db, board, questionnaire.Core), board.Members[0]}
}

func (a answering) save(answer assessment.Answer) (store.Saved, error) {
	return a.db.SaveAnswer(a.t.Context(), a.member, a.board.ODS, a.round.ID, answer, storetest.Now)
}

func (a answering) sheet() store.Sheet {
	a.t.Helper()
	s, err := storetest.Enter(a.t, a.db, a.member, a.board.ODS).Sheet(a.t.Context(), a.round.ID)
	if err != nil {
		a.t.Fatal(err)
	}
	return s
}

func TestSavedAnswerIsOnTheSheet(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	answer := assessment.Answer{Question: "1.1", Choice: 4, Comment: "Päivi’s “note” 🙂", Evidence: "Minutes, May"}
	for i := range 3 {
		answer.Choice = assessment.Choice(i + 4)
		saved, err := a.save(answer)
		if want := (store.Saved{Revision: i + 1, SavedAt: storetest.Now}); err != nil || saved != want {
			t.Fatalf("saved %+v (%v), want %+v", saved, err, want)
		}
		answer.Revision, answer.SavedAt = saved.Revision, saved.SavedAt
		if got := a.sheet().Response.Answers["1.1"]; got != answer {
			t.Errorf("the sheet has %+v, want %+v", got, answer)
		}
	}
	s := a.sheet()
	if s.Response.Side != assessment.Executive || s.Response.Submitted || len(s.Response.Answers) != 1 {
		t.Errorf("response %+v", s.Response)
	}
	if s.Round.ID != a.round.ID || s.Round.State != assessment.Open || s.Round.Title != a.round.Title {
		t.Errorf("round %+v", s.Round)
	}
}

func TestLongestCommentIsKept(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	answer := assessment.Answer{Question: "1.1", Choice: 1, Comment: strings.Repeat("é", assessment.MaxComment)}
	if _, err := a.save(answer); err != nil {
		t.Errorf("%d characters: %v", assessment.MaxComment, err)
	}
	answer.Comment += "x"
	answer.Revision = 1
	if _, err := a.save(answer); !hasCode(err, "22001") {
		t.Errorf("one more: %v, want the schema to refuse it", err)
	}
}

func TestSameAnswerAgainChangesNothing(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	answer := assessment.Answer{Question: "1.1", Choice: 4, Comment: "x"}
	first, err := a.save(answer)
	if err != nil {
		t.Fatal(err)
	}
	for _, revision := range []int{0, 1} {
		answer.Revision = revision
		if again, err := a.save(answer); err != nil || again != first {
			t.Errorf("the same again, having seen %d: %+v, %v, want %+v", revision, again, err, first)
		}
	}
}

func TestStaleAnswerIsShownTheOneKept(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	mustSave(t, a, assessment.Answer{Question: "1.1", Choice: 2, Comment: "first tab"})
	_, err := a.save(assessment.Answer{Question: "1.1", Choice: 5, Comment: "second tab"})
	stale, ok := errors.AsType[*store.StaleError](err)
	if !ok || !errors.Is(err, assessment.ErrStale) {
		t.Fatalf("stale save: %v", err)
	}
	want := assessment.Answer{Question: "1.1", Choice: 2, Comment: "first tab", Revision: 1, SavedAt: storetest.Now}
	if stale.Current != want || a.sheet().Response.Answers["1.1"] != want {
		t.Errorf("kept %+v, want %+v", stale.Current, want)
	}
	mustSave(t, a, assessment.Answer{Question: "1.1", Choice: 5, Comment: "second tab", Revision: 1})
}

func mustSave(t testing.TB, a answering, answer assessment.Answer) {
	t.Helper()
	if _, err := a.save(answer); err != nil {
		t.Fatal(err)
	}
}

func TestWhatMayNotBeSaved(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	uninvited := storetest.Person(t, a.db, "New member")
	storetest.Join(t, a.db, a.board.ODS, uninvited, "member")
	closed := storetest.ClosedRound(t, a.db, a.board, questionnaire.Core)
	for _, c := range []struct {
		name   string
		member uuid.UUID
		round  uuid.UUID
		answer assessment.Answer
		want   error
	}{
		{"outside the scale", a.member, a.round.ID, assessment.Answer{Question: "1.1", Choice: 8}, assessment.ErrChoice},
		{"not in this form", a.member, a.round.ID, assessment.Answer{Question: "1.4", Choice: 1}, assessment.ErrNotAsked},
		{"in no form", a.member, a.round.ID, assessment.Answer{Question: "9.9", Choice: 1}, assessment.ErrNotAsked},
		{"round closed", a.member, closed.ID, assessment.Answer{Question: "1.1", Choice: 1}, assessment.ErrNotOpen},
		{"no such round", a.member, uuid.New(), assessment.Answer{Question: "1.1", Choice: 1}, store.ErrNotFound},
		{"not asked", uninvited, a.round.ID, assessment.Answer{Question: "1.1", Choice: 1}, store.ErrNotFound},
	} {
		_, err := a.db.SaveAnswer(t.Context(), c.member, a.board.ODS, c.round, c.answer, storetest.Now)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	var rows int
	err := storetest.Owner(t, a.db).QueryRow(t.Context(), `SELECT count(*) FROM responses WHERE round_id = $1`, a.round.ID).Scan(&rows)
	if err != nil || rows != 0 {
		t.Errorf("refusals left %d rows, %v", rows, err)
	}
}

// TestOneOfManyWritersWins has ten tabs answer the same question at once: one is
// kept, and every other is shown it.
func TestOneOfManyWritersWins(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	for revision := range 5 {
		errs := make([]error, 10)
		var group sync.WaitGroup
		for i := range errs {
			group.Go(func() {
				_, errs[i] = a.save(assessment.Answer{Question: "1.1", Choice: 3, Comment: fmt.Sprint(revision, i), Revision: revision})
			})
		}
		group.Wait()
		kept := a.sheet().Response.Answers["1.1"]
		if kept.Revision != revision+1 {
			t.Fatalf("revision %d is kept, want %d", kept.Revision, revision+1)
		}
		for i, err := range errs {
			won := kept.Comment == fmt.Sprint(revision, i)
			stale, _ := errors.AsType[*store.StaleError](err)
			if won && err != nil || !won && (stale == nil || stale.Current != kept) {
				t.Errorf("writer %d, won %v: %v", i, won, err)
			}
		}
	}
}

func TestSubmit(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	trust := storetest.Enter(t, a.db, a.member, a.board.ODS)
	err := trust.Submit(t.Context(), a.round.ID, true, storetest.Now)
	missing, ok := errors.AsType[*store.MissingError](err)
	if !ok || !errors.Is(err, assessment.ErrUndecided) || len(missing.Questions) != 24 || missing.Questions[0] != "1.1" {
		t.Fatalf("an empty sheet: %v", err)
	}
	mustSave(t, a, assessment.Answer{Question: "1.1", Choice: assessment.DontKnow})
	mustSave(t, a, assessment.Answer{Question: "1.2", Comment: "a comment is no choice"})
	err = trust.Submit(t.Context(), a.round.ID, false, storetest.Now)
	if missing, ok = errors.AsType[*store.MissingError](err); !ok || len(missing.Questions) != 23 || missing.Questions[0] != "1.2" {
		t.Fatalf("one answer: %v", err)
	}
	if a.sheet().Response.Submitted {
		t.Error("submitted although it was refused")
	}
	if err := trust.Submit(t.Context(), a.round.ID, true, storetest.Now); err != nil {
		t.Fatal(err)
	}
	if !a.sheet().Response.Submitted {
		t.Error("not submitted")
	}
	mustSave(t, a, assessment.Answer{Question: "1.1", Choice: 2, Revision: 1})
	if s := a.sheet(); !s.Response.Submitted || s.Response.Answers["1.1"].Choice != 2 {
		t.Errorf("after a change: %+v", s.Response)
	}
}

func TestAnswersNameNobodyAndNoTimeOfFinishing(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	storetest.ClosedRound(t, db, board, questionnaire.Core)
	var shared, times int
	err := storetest.Owner(t, db).QueryRow(t.Context(), `
		SELECT (SELECT count(*) FROM information_schema.columns i JOIN information_schema.columns a USING (column_name)
		        WHERE i.table_name = 'invitations' AND a.table_name IN ('answers', 'responses')
		          AND column_name NOT IN ('ods', 'round_id', 'side')),
		       (SELECT count(*) FROM information_schema.columns
		        WHERE table_name IN ('invitations', 'responses') AND column_name <> 'extended_to' AND (data_type LIKE 'time%' OR data_type = 'date'))`).
		Scan(&shared, &times)
	if err != nil || shared != 0 || times != 0 {
		t.Errorf("%d columns join people to answers and %d keep a time, %v", shared, times, err)
	}
}

func TestRespondentIsTheSameInEveryRoundAndOtherElsewhere(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	one, two := storetest.Trust(t, db), storetest.Trust(t, db)
	storetest.Join(t, db, two.ODS, one.Members[0], "member")
	two.Members = append(two.Members, one.Members[0])
	for _, board := range []storetest.Board{one, one, two} {
		round := storetest.OpenRound(t, db, board, questionnaire.Core)
		storetest.Answer(t, db, board, round, one.Members[0], 1)
	}
	var rows, keys, trusts int
	err := storetest.Owner(t, db).QueryRow(t.Context(),
		`SELECT count(*), count(DISTINCT respondent), count(DISTINCT (ods, respondent)) FROM responses`).Scan(&rows, &keys, &trusts)
	if err != nil || rows != 3 || keys != 2 || trusts != 2 {
		t.Errorf("%d responses of %d respondents (%d by trust), %v", rows, keys, trusts, err)
	}
}

func TestLostDatabaseIsUnavailable(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), "postgres://octant_app:x@127.0.0.1:1/none", store.Options{Secret: storetest.Secret})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	started := time.Now()
	_, saved := db.SaveAnswer(t.Context(), uuid.New(), "RXX", uuid.New(), assessment.Answer{Question: "1.1"}, storetest.Now)
	_, entered := db.Enter(t.Context(), uuid.New(), "RXX")
	_, _, report := db.EnterReport(t.Context(), uuid.New(), "RXX", uuid.New())
	_, _, found := db.SessionStore(time.Now).FindCtx(t.Context(), "x")
	for what, err := range map[string]error{"save": saved, "enter": entered, "report": report, "session": found, "ready": db.Ready(t.Context())} {
		if !errors.Is(err, store.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", what, err)
		}
	}
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("it took %v to say so", took)
	}
}

// TestSaveOutlivesItsConnection kills every connection of the program between
// one save and the next, as a restart of the database does.
func TestSaveOutlivesItsConnection(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	for revision := range 5 {
		mustSave(t, a, assessment.Answer{Question: "1.1", Choice: assessment.Choice(1 + revision%5), Revision: revision})
		storetest.Change(t, a.db, `
			SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'octant_app'`)
	}
}

func TestSecretMustHide(t *testing.T) {
	t.Parallel()
	if _, err := store.Open(t.Context(), "postgres://x", store.Options{Secret: []byte("short")}); !errors.Is(err, store.ErrSecret) {
		t.Errorf("%v, want ErrSecret", err)
	}
}
