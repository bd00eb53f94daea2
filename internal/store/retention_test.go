package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/audit"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// closedAt makes a round in which everybody answered, with a comment each, that
// closed at that time.
func closedAt(t *testing.T, db *store.DB, board storetest.Board, at time.Time) uuid.UUID {
	t.Helper()
	r := storetest.OpenRound(t, db, board, questionnaire.Core)
	for i, member := range board.Members {
		storetest.Answer(t, db, board, r, member, i)
	}
	owner := storetest.Owner(t, db)
	if _, err := owner.Exec(t.Context(), `UPDATE answers SET comment = 'said', evidence = 'shown' WHERE round_id = $1 AND question = '1.1'`, r.ID); err != nil {
		t.Fatal(err)
	}
	if err := storetest.Enter(t, db, board.Lead, board.ODS).CloseRound(t.Context(), r.ID, at); err != nil {
		t.Fatal(err)
	}
	return r.ID
}

// held counts what is still held of a round: answers that can be led back to a
// person, and words.
func held(t *testing.T, db *store.DB, board storetest.Board, round uuid.UUID) (linked, words int) {
	t.Helper()
	for _, member := range board.Members {
		s, err := storetest.Enter(t, db, member, board.ODS).Sheet(t.Context(), round)
		if err != nil {
			t.Fatal(err)
		}
		linked += min(len(s.Response.Answers), 1)
	}
	err := storetest.Owner(t, db).QueryRow(t.Context(), `
		SELECT (SELECT count(*) FROM answers WHERE round_id = $1 AND (comment <> '' OR evidence <> ''))
		     + (SELECT count(*) FROM comments WHERE round_id = $1)`, round).Scan(&words)
	if err != nil {
		t.Fatal(err)
	}
	return linked, words
}

func TestWhatWasKeptForItsTimeGoes(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board, other := storetest.Trust(t, db), storetest.Trust(t, db)
	first := closedAt(t, db, board, storetest.Now)
	second := closedAt(t, db, board, storetest.Now.AddDate(0, 6, 0))
	alone := closedAt(t, db, other, storetest.Now)
	rows := func(round uuid.UUID) (n int) {
		err := storetest.Owner(t, db).QueryRow(t.Context(), `
			SELECT (SELECT count(*) FROM responses WHERE round_id = $1 AND submitted) * 1000
			     + (SELECT count(*) FROM answers a JOIN responses r USING (ods, round_id, respondent) WHERE round_id = $1 AND choice <> 0)`, round).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	all := rows(first)
	gone := map[string]bool{}
	for _, c := range []struct {
		at   time.Time
		goes []string
	}{
		{storetest.Now.AddDate(0, 6, 29), nil},
		{storetest.Now.AddDate(0, 6, 30), []string{"first linked"}},
		{storetest.Now.AddDate(0, 12, 0).Add(-time.Second), nil},
		{storetest.Now.AddDate(0, 12, 0), []string{"first words", "alone words"}},
		{storetest.Now.AddDate(0, 18, 0), []string{"second words"}},
		{storetest.Now.AddDate(0, 24, 0).Add(-time.Second), nil},
		{storetest.Now.AddDate(0, 24, 0), []string{"alone linked"}},
		{storetest.Now.AddDate(0, 30, 0), []string{"second linked"}},
	} {
		for range 2 {
			if err := db.KeepRetention(t.Context(), c.at); err != nil {
				t.Fatal(err)
			}
		}
		for _, what := range c.goes {
			gone[what] = true
		}
		for name, of := range map[string]struct {
			board storetest.Board
			round uuid.UUID
		}{"first": {board, first}, "second": {board, second}, "alone": {other, alone}} {
			linked, words := held(t, db, of.board, of.round)
			if (linked == 0) != gone[name+" linked"] || linked != 0 && linked != storetest.BoardSize {
				t.Errorf("at %v %d people can be led to their answers of the %s round", c.at, linked, name)
			}
			if (words == 0) != gone[name+" words"] {
				t.Errorf("at %v %d words are kept of the %s round", c.at, words, name)
			}
			if rows(of.round) != all {
				t.Errorf("at %v answers of the %s round were lost", c.at, name)
			}
		}
	}
	r, err := storetest.Enter(t, db, board.Members[0], board.ODS).Round(t.Context(), first)
	if err != nil || !r.UnlinkedAt.Equal(storetest.Now.AddDate(0, 6, 30)) || !r.ErasedAt.Equal(storetest.Now.AddDate(0, 12, 0)) {
		t.Errorf("the first round says %v and %v, %v", r.UnlinkedAt, r.ErasedAt, err)
	}
	var unlinked, erased int
	err = storetest.Owner(t, db).QueryRow(t.Context(), `
		SELECT count(*) FILTER (WHERE deed = $1), count(*) FILTER (WHERE deed = $2) FROM audit WHERE actor IS NULL`,
		audit.Unlinked, audit.CommentsErased).Scan(&unlinked, &erased)
	if err != nil || unlinked != 3 || erased != 3 {
		t.Errorf("recorded %d unlinkings and %d erasings, %v, want one a round", unlinked, erased, err)
	}
}

// TestNobodyCanBeLedToTheirAnswersAgain computes, with the secret, what every id
// in the whole database could be the respondent of.
func TestNobodyCanBeLedToTheirAnswersAgain(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	round := closedAt(t, db, board, storetest.Now)
	found := func() (keys map[access.Respondent]bool) {
		keys = map[access.Respondent]bool{}
		for _, raw := range column[[]byte](t, db, `SELECT respondent FROM responses UNION SELECT respondent FROM answers`) {
			keys[access.Respondent(raw)] = true
		}
		return keys
	}
	led := func(keys map[access.Respondent]bool) int {
		computed := map[access.Respondent]bool{}
		for _, id := range everyID(t, db) {
			for _, derive := range []func([]byte, uuid.UUID, string) access.Respondent{access.RespondentOf, access.PaperRespondent} {
				if key := derive(storetest.Secret, id, board.ODS); keys[key] {
					computed[key] = true
				}
			}
		}
		return len(computed)
	}
	if n := led(found()); n != storetest.BoardSize {
		t.Fatalf("before, %d people can be led to their answers, want all", n)
	}
	if err := db.KeepRetention(t.Context(), storetest.Now.AddDate(2, 0, 0)); err != nil {
		t.Fatal(err)
	}
	after := found()
	if n := led(after); n != 0 || len(after) != storetest.BoardSize {
		t.Errorf("afterwards %d of %d can be", n, len(after))
	}
	member := storetest.Enter(t, db, board.Members[0], board.ODS)
	if s, err := member.Sheet(t.Context(), round); err != nil || len(s.Response.Answers) != 0 || s.Round.UnlinkedAt.IsZero() {
		t.Errorf("the person's own sheet is %+v, %v", s, err)
	}
}

// everyID is every id that stands in any table.
func everyID(t *testing.T, db *store.DB) (all []uuid.UUID) {
	t.Helper()
	for _, sql := range column[string](t, db, `
		SELECT format('SELECT %I FROM %I.%I WHERE %1$I IS NOT NULL', column_name, table_schema, table_name)
		FROM information_schema.columns WHERE table_schema = 'public' AND data_type = 'uuid'`) {
		all = append(all, column[uuid.UUID](t, db, sql)...)
	}
	return all
}

// column is what a statement answers, one value a row.
func column[T any](t *testing.T, db *store.DB, sql string, args ...any) (all []T) {
	t.Helper()
	rows, err := storetest.Owner(t, db).Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v T
		if err := rows.Scan(&v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestOrderOfRowsTellsNothing closes rounds in which people answered and finished
// in a known order, and looks at the order in which the rows then lie.
func TestOrderOfRowsTellsNothing(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	for _, stage := range []string{"closed", "unlinked"} {
		alike := 0
		for range 6 {
			board := storetest.Trust(t, db)
			round := closedAt(t, db, board, storetest.Now)
			if stage == "unlinked" {
				if err := db.KeepRetention(t.Context(), storetest.Now.AddDate(2, 0, 0)); err != nil {
					t.Fatal(err)
				}
			}
			lie := column[uuid.UUID](t, db, `SELECT person_id FROM invitations WHERE round_id = $1 ORDER BY ctid`, round)
			if fmt.Sprint(lie) == fmt.Sprint(board.Members) {
				alike++
			}
		}
		if alike > 0 {
			t.Errorf("%s: invitations lie in the order in which people finished, %d times of 6", stage, alike)
		}
	}
}

func TestSignInsAndServersWordsGo(t *testing.T) {
	t.Parallel()
	x := startTimed(t).opened()
	ctx, now := t.Context(), uk(5, 12, 0)
	for _, at := range []time.Time{now.AddDate(-1, 0, 0), now.AddDate(-1, 0, 1), now} {
		_, _, err := x.db.RecordSignIn(ctx, store.SignIn{Person: x.board.Lead, At: at, Way: access.ByCode})
		x.must(err)
	}
	storetest.Change(t, x.db, `
		UPDATE letters SET state = 'refused', said = '550 no such mailbox',
		       done_at = CASE WHEN person_id = $1 THEN $2::timestamptz ELSE $3 END`, x.board.Members[0], now.AddDate(-1, 0, 0), now)
	x.must(x.db.KeepRetention(ctx, now))
	if n := x.count(`SELECT count(*) FROM sign_ins`); n != 2 {
		t.Errorf("%d sign-ins are kept, want 2", n)
	}
	if n := x.count(`SELECT count(*) FROM letters WHERE said <> ''`); n != storetest.BoardSize-1 {
		t.Errorf("a mail server's words are kept with %d letters", n)
	}
	if n := x.count(`SELECT count(*) FROM audit WHERE ods = '-' AND deed = $1 AND detail = '1 sign-in records'`, audit.RecordsErased); n != 1 {
		t.Errorf("the run was recorded %d times", n)
	}
}

// TestRequestsGo, a year after they were sent or answered, and each goes whole.
func TestRequestsGo(t *testing.T) {
	t.Parallel()
	db, now := storetest.New(t), storetest.Now
	asker, asked := storetest.Trust(t, db), storetest.Trust(t, db)
	owner := storetest.Owner(t, db)
	for _, c := range []struct {
		words     string
		sent      time.Time
		repliedAt any
	}{
		{"old", now.AddDate(-1, 0, 0), nil},
		{"old, answered", now.AddDate(-1, -3, 0), now.AddDate(-1, 0, 0)},
		{"young", now.AddDate(-1, 0, 1), nil},
		{"old, answered lately", now.AddDate(-1, -3, 0), now.AddDate(0, -6, 0)},
	} {
		_, err := owner.Exec(t.Context(), `
			INSERT INTO requests (id, asker, asked, element, words, sent_by, sent_at, reply, replied_by, replied_at)
			VALUES (gen_random_uuid(), $1, $2, '1', $3, $4, $5, CASE WHEN $6::timestamptz IS NOT NULL THEN 'so' END, CASE WHEN $6::timestamptz IS NOT NULL THEN $7::uuid END, $6)`,
			asker.ODS, asked.ODS, c.words, asker.Lead, c.sent, c.repliedAt, asked.Lead)
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := db.KeepRetention(t.Context(), now); err != nil {
			t.Fatal(err)
		}
	}
	list, err := storetest.Enter(t, db, asked.Lead, asked.ODS).Requests(t.Context())
	if err != nil || len(list) != 2 || list[0].Words != "young" || list[1].Words != "old, answered lately" {
		t.Errorf("kept: %+v, %v", list, err)
	}
	if kept := column[string](t, db, `SELECT detail FROM audit WHERE deed = 'requests for advice erased after their time'`); fmt.Sprint(kept) != "[2]" {
		t.Errorf("recorded %q, want 2 erased, once", kept)
	}
}

// TestRetentionGoesThroughManyTrusts: more than are asked at once, and the few that
// have something to erase are among them.
func TestRetentionGoesThroughManyTrusts(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	boards := []storetest.Board{storetest.Trust(t, db), storetest.Trust(t, db)}
	rounds := []uuid.UUID{closedAt(t, db, boards[0], storetest.Now), closedAt(t, db, boards[1], storetest.Now)}
	storetest.Change(t, db, `
		INSERT INTO trusts (ods, name, kind)
		SELECT 'M' || lpad(i::text, 4, '0'), 'Trust ' || i, 'Acute' FROM generate_series(1, 1000) i`)
	if err := db.KeepRetention(t.Context(), storetest.Now.AddDate(2, 0, 0)); err != nil {
		t.Fatal(err)
	}
	for i, b := range boards {
		if linked, words := held(t, db, b, rounds[i]); linked+words != 0 {
			t.Errorf("trust %d of 1,002 holds %d linked and %d words", i, linked, words)
		}
	}
}

// TestFaultInOneTrustKeepsNoOtherFromItsTime, and the next run does it.
func TestFaultInOneTrustKeepsNoOtherFromItsTime(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	boards := []storetest.Board{storetest.Trust(t, db), storetest.Trust(t, db)}
	var rounds []uuid.UUID
	for _, b := range boards {
		rounds = append(rounds, closedAt(t, db, b, storetest.Now))
	}
	owner := storetest.Owner(t, db)
	_, err := owner.Exec(t.Context(), fmt.Sprintf(`ALTER TABLE responses ADD CONSTRAINT held CHECK (round_id <> '%s') NOT VALID`, rounds[0]))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.KeepRetention(t.Context(), storetest.Now.AddDate(2, 0, 0)); err == nil {
		t.Error("the fault was not reported")
	}
	for i, want := range []int{storetest.BoardSize, 0} {
		if linked, words := held(t, db, boards[i], rounds[i]); linked != want || words != 0 {
			t.Errorf("trust %d holds %d linked and %d words", i, linked, words)
		}
	}
	if _, err := owner.Exec(t.Context(), `ALTER TABLE responses DROP CONSTRAINT held`); err != nil {
		t.Fatal(err)
	}
	if err := db.KeepRetention(t.Context(), storetest.Now.AddDate(2, 0, 1)); err != nil {
		t.Error(err)
	}
	if linked, _ := held(t, db, boards[0], rounds[0]); linked != 0 {
		t.Errorf("the next run left %d linked", linked)
	}
}

// TestTwoReplicasEraseOnce runs the night on two programs at once.
func TestTwoReplicasEraseOnce(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	round := closedAt(t, db, board, storetest.Now)
	other, err := store.Open(t.Context(), storetest.AppURL(t, db), store.Options{Secret: storetest.Secret})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var group sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		group.Go(func() {
			errs[i] = []*store.DB{db, other}[i%2].KeepRetention(context.Background(), storetest.Now.AddDate(2, 0, 0))
		})
	}
	group.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if n := len(column[int](t, db, `SELECT seq::int FROM audit WHERE round_id = $1 AND deed = ANY ($2)`, round, []audit.Deed{audit.Unlinked, audit.CommentsErased})); n != 2 {
		t.Errorf("%d entries say that it was done, want one each", n)
	}
	if linked, words := held(t, db, board, round); linked+words != 0 {
		t.Errorf("%d linked and %d words are left", linked, words)
	}
}
