package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

func (a answering) drop() error {
	a.t.Helper()
	return storetest.Enter(a.t, a.db, a.member, a.board.ODS).DeleteDraft(a.t.Context(), a.round.ID)
}

func (a answering) rows() (answers, responses int) {
	a.t.Helper()
	err := storetest.Owner(a.t, a.db).QueryRow(a.t.Context(), `SELECT (SELECT count(*) FROM answers), (SELECT count(*) FROM responses)`).
		Scan(&answers, &responses)
	if err != nil {
		a.t.Fatal(err)
	}
	return answers, responses
}

func TestDeletedDraftIsGoneAndCanBeBegunAgain(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	other := a.board.Members[1]
	if _, err := a.db.SaveAnswer(t.Context(), other, a.board.ODS, a.round.ID, assessment.Answer{Question: "1.1", Choice: 5}, storetest.Now); err != nil {
		t.Fatal(err)
	}
	mustSave(t, a, assessment.Answer{Question: "1.1", Choice: 2, Comment: "on second thoughts"})
	mustSave(t, a, assessment.Answer{Question: "1.2", Choice: 3})
	if err := a.drop(); err != nil {
		t.Fatal(err)
	}
	if answers, responses := a.rows(); answers != 1 || responses != 1 {
		t.Errorf("%d answers and %d responses are left, want the other member's", answers, responses)
	}
	if got := a.sheet(); len(got.Response.Answers) != 0 || got.Response.Submitted {
		t.Errorf("the sheet still has %+v", got.Response)
	}
	if err := a.drop(); err != nil {
		t.Errorf("deleting nothing: %v", err)
	}
	for _, key := range []string{"1.1", "1.2"} {
		mustSave(t, a, assessment.Answer{Question: key, Choice: 4})
	}
	if err := storetest.Enter(t, a.db, a.member, a.board.ODS).Submit(t.Context(), a.round.ID, true, storetest.Now); err != nil {
		t.Errorf("handing in the second draft: %v", err)
	}
}

// TestOtherTabDoesNotBringADraftBack: a tab that was open over a deleted draft
// neither restores it nor changes, unseen, what was answered since.
func TestOtherTabDoesNotBringADraftBack(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	mustSave(t, a, assessment.Answer{Question: "1.1", Choice: 2})
	mustSave(t, a, assessment.Answer{Question: "1.2", Choice: 2})
	tab := assessment.Answer{Question: "1.1", Choice: 5, Comment: "typed in the other tab", Revision: 1}
	if err := a.drop(); err != nil {
		t.Fatal(err)
	}
	gone := func(when string) {
		t.Helper()
		_, err := a.save(tab)
		stale, ok := errors.AsType[*store.StaleError](err)
		if !ok || stale.Current != (assessment.Answer{Question: "1.1"}) {
			t.Errorf("%s: %v, want to be told that it is gone", when, err)
		}
	}
	gone("nothing since")
	if answers, responses := a.rows(); answers+responses != 0 {
		t.Errorf("a refused save left %d answers and %d responses", answers, responses)
	}
	mustSave(t, a, assessment.Answer{Question: "1.2", Choice: 1})
	gone("another question answered since")
	mustSave(t, a, assessment.Answer{Question: "1.1", Choice: 3})
	_, err := a.save(tab)
	stale, ok := errors.AsType[*store.StaleError](err)
	if !ok || stale.Current.Choice != 3 || stale.Current.Revision == tab.Revision {
		t.Fatalf("the question answered since: %v, %+v", err, stale)
	}
	tab.Revision = stale.Current.Revision // the person has seen both and chosen
	mustSave(t, a, tab)
}

func TestWhatIsNoDraftCannotBeDeleted(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	mustSave(t, a, assessment.Answer{Question: "1.1", Choice: 2})
	trust := storetest.Enter(t, a.db, a.member, a.board.ODS)
	if err := trust.Submit(t.Context(), a.round.ID, true, storetest.Now); err != nil {
		t.Fatal(err)
	}
	if err := a.drop(); !errors.Is(err, store.ErrSubmitted) {
		t.Errorf("what was handed in: %v, want ErrSubmitted", err)
	}
	late := a.board.Members[1]
	if _, err := a.db.SaveAnswer(t.Context(), late, a.board.ODS, a.round.ID, assessment.Answer{Question: "1.1", Choice: 5}, storetest.Now); err != nil {
		t.Fatal(err)
	}
	if err := storetest.Enter(t, a.db, a.board.Lead, a.board.ODS).CloseRound(t.Context(), a.round.ID, storetest.Now); err != nil {
		t.Fatal(err)
	}
	if err := storetest.Enter(t, a.db, late, a.board.ODS).DeleteDraft(t.Context(), a.round.ID); !errors.Is(err, assessment.ErrNotOpen) {
		t.Errorf("in a closed round: %v, want ErrNotOpen", err)
	}
	if err := storetest.Enter(t, a.db, a.board.Observer, a.board.ODS).DeleteDraft(t.Context(), a.round.ID); !errors.Is(err, access.ErrDenied) {
		t.Errorf("an observer: %v, want ErrDenied", err)
	}
	if answers, _ := a.rows(); answers != 2 {
		t.Errorf("%d answers are left, want 2", answers)
	}
}

// TestSavesAndDeletionsTakeTurns deletes while tabs save: whatever the order,
// no answer is without its response, and what is acknowledged after the last
// deletion is kept.
func TestSavesAndDeletionsTakeTurns(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	var group sync.WaitGroup
	for tab, key := range []string{"1.1", "1.2", "1.3"} {
		group.Go(func() {
			revision := 0
			for n := range 40 {
				answer := assessment.Answer{Question: key, Choice: assessment.Choice(1 + n%5), Comment: fmt.Sprint(tab, n), Revision: revision}
				saved, err := a.db.SaveAnswer(context.Background(), a.member, a.board.ODS, a.round.ID, answer, storetest.Now)
				stale, gone := errors.AsType[*store.StaleError](err)
				switch {
				case gone:
					revision = stale.Current.Revision
				case err != nil:
					t.Errorf("save: %v", err)
				default:
					revision = saved.Revision
				}
			}
		})
	}
	for range 15 {
		group.Go(func() {
			trust, err := a.db.Enter(context.Background(), a.member, a.board.ODS)
			if err == nil {
				err = trust.DeleteDraft(context.Background(), a.round.ID)
			}
			if err != nil {
				t.Errorf("delete: %v", err)
			}
		})
	}
	group.Wait()
	if answers, responses := a.rows(); answers > 0 && responses != 1 {
		t.Errorf("%d answers with %d responses", answers, responses)
	}
}
