package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// closeWith closes a core round that all twelve members answered, after change
// has put in what they wrote.
func closeWith(t *testing.T, db *store.DB, b storetest.Board, change func(r assessment.Round)) assessment.Round {
	t.Helper()
	r := storetest.OpenRound(t, db, b, questionnaire.Core)
	for i, member := range b.Members {
		storetest.Answer(t, db, b, r, member, i)
	}
	change(r)
	if err := storetest.Enter(t, db, b.Lead, b.ODS).CloseRound(t.Context(), r.ID, storetest.Now); err != nil {
		t.Fatal(err)
	}
	return r
}

// write puts words beside an answer that is there.
func write(t *testing.T, db *store.DB, b storetest.Board, r assessment.Round, member uuid.UUID, key, comment, evidence string) {
	t.Helper()
	respondent := access.RespondentOf(storetest.Secret, member, b.ODS)
	storetest.Change(t, db, `
		UPDATE answers SET comment = $4, evidence = $5 WHERE round_id = $1 AND respondent = $2 AND question = $3`,
		r.ID, respondent[:], key, comment, evidence)
}

func commentsOf(t *testing.T, db *store.DB, b storetest.Board, reader uuid.UUID, r assessment.Round) []store.Comment {
	t.Helper()
	c, err := storetest.Enter(t, db, reader, b.ODS).Comments(t.Context(), r.ID, storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	return c.All
}

func TestCommentsOfSubmittedAnswersAreKeptWhereTheyMayShow(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	r := closeWith(t, db, b, func(r assessment.Round) {
		write(t, db, b, r, b.Members[0], "1.1", "  trimmed\n", " minutes of May ")
		write(t, db, b, r, b.Members[1], "1.1", " \n\t ", "")
		write(t, db, b, r, b.Members[2], "1.2", "few answered this", "")
		storetest.Change(t, db, `UPDATE answers SET choice = 7 WHERE question = '1.2' AND respondent IN (SELECT respondent FROM responses ORDER BY respondent LIMIT 5)`)
		write(t, db, b, r, b.Members[3], "2.1", "never handed in", "")
		storetest.Change(t, db, `UPDATE responses SET submitted = false WHERE respondent IN (SELECT respondent FROM answers WHERE comment = 'never handed in')`)
	})
	got := map[string]store.Comment{}
	for _, c := range commentsOf(t, db, b, b.Chair, r) {
		got[c.Words] = store.Comment{Question: c.Question, Evidence: c.Evidence}
	}
	want := map[string]store.Comment{"trimmed": {Question: "1.1"}, "minutes of May": {Question: "1.1", Evidence: true}}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("kept %v, want %v", got, want)
	}
}

// TestOnePersonsCommentsCannotBePutTogether has everybody write something to
// every question in two rounds. Whoever holds the table, in the order of its
// rows or of its ids, must not find one person's comments nearer to each other
// than two people's.
func TestOnePersonsCommentsCannotBePutTogether(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	v, err := questionnaire.Load(questionnaire.Latest())
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for range 2 {
		r := closeWith(t, db, b, func(r assessment.Round) {
			for i, member := range b.Members {
				for _, q := range v.Questions(questionnaire.Core) {
					write(t, db, b, r, member, q.Key, fmt.Sprintf("writer %d on %s", i, q.Key), "")
				}
			}
		})
		for _, order := range []string{"ctid", "id", "question, id"} {
			checkApart(t, db, r, order)
		}
		for _, c := range commentsOf(t, db, b, b.Lead, r) {
			if c.ID.Version() != 4 || ids[c.ID.String()] {
				t.Fatalf("id %s is no random one", c.ID)
			}
			ids[c.ID.String()] = true
		}
	}
	var columns string
	err = storetest.Owner(t, db).QueryRow(t.Context(), `
		SELECT string_agg(column_name, ' ' ORDER BY column_name) FROM information_schema.columns WHERE table_name = 'comments'`).Scan(&columns)
	if err != nil || columns != "hidden id kind ods question round_id words" {
		t.Errorf("comments hold %q, %v", columns, err)
	}
}

// checkApart reads comments in an order. By chance 11 in 12 neighbours are of
// two people, so that of about 288 pairs some 24 are of one; and no writer, and
// no question, may come first more often than that.
func checkApart(t *testing.T, db *store.DB, r assessment.Round, order string) {
	t.Helper()
	rows, err := storetest.Owner(t, db).Query(t.Context(), `SELECT words FROM comments WHERE round_id = $1 ORDER BY `+order, r.ID)
	if err != nil {
		t.Fatal(err)
	}
	var writers []string
	for rows.Next() {
		var words string
		if err := rows.Scan(&words); err != nil {
			t.Fatal(err)
		}
		writers = append(writers, strings.Fields(words)[1])
	}
	pairs, rising := 0, 0
	for i := 1; i < len(writers); i++ {
		if writers[i] == writers[i-1] {
			pairs++
		}
		if writers[i] > writers[i-1] {
			rising++
		}
	}
	if n := len(writers); n < 200 || pairs > n/4 || rising < n/4 || rising > 3*n/4 {
		t.Errorf("by %s: of %d comments %d stand beside another of their writer's, %d in the writers' order", order, n, pairs, rising)
	}
	if slices.IsSorted(writers) {
		t.Errorf("by %s: in the writers' order", order)
	}
}

func TestHiddenCommentHasNoWordsForOthers(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	r := closeWith(t, db, b, func(r assessment.Round) { write(t, db, b, r, b.Members[0], "1.1", "names somebody", "") })
	lead := storetest.Enter(t, db, b.Lead, b.ODS)
	id := commentsOf(t, db, b, b.Lead, r)[0].ID
	for range 2 { // the second time nothing changes
		if err := lead.HideComment(t.Context(), r.ID, id, true, storetest.Now); err != nil {
			t.Fatal(err)
		}
	}
	for reader, want := range map[uuid.UUID]string{b.Lead: "names somebody", b.Chair: "", b.Facilitator: ""} {
		if got := commentsOf(t, db, b, reader, r)[0]; !got.Hidden || got.Words != want {
			t.Errorf("a reader gets %+v, want the words %q", got, want)
		}
	}
	if err := lead.HideComment(t.Context(), r.ID, id, false, storetest.Now); err != nil {
		t.Fatal(err)
	}
	if got := commentsOf(t, db, b, b.Chair, r)[0]; got.Hidden || got.Words != "names somebody" {
		t.Errorf("shown again: %+v", got)
	}
	if got := hidings(t, db, b); got != "comment hidden, comment shown again" {
		t.Errorf("recorded %s", got)
	}
	var told bool
	err := storetest.Owner(t, db).QueryRow(t.Context(), `SELECT bool_or(detail LIKE '%somebody%') FROM audit`).Scan(&told)
	if err != nil || told {
		t.Errorf("the record holds the words, or %v", err)
	}
	for what, got := range map[string]error{
		"no such comment":  lead.HideComment(t.Context(), r.ID, uuid.New(), true, storetest.Now),
		"of another round": lead.HideComment(t.Context(), uuid.New(), id, true, storetest.Now),
	} {
		if !errors.Is(got, store.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", what, got)
		}
	}
	if err := storetest.Enter(t, db, b.Chair, b.ODS).HideComment(t.Context(), r.ID, id, true, storetest.Now); !errors.Is(err, access.ErrDenied) {
		t.Errorf("the chair hides: %v, want ErrDenied", err)
	}
}

// hidings are what the record says of hiding, in order.
func hidings(t *testing.T, db *store.DB, b storetest.Board) (said string) {
	t.Helper()
	err := storetest.Owner(t, db).QueryRow(t.Context(), `
		SELECT coalesce(string_agg(deed, ', ' ORDER BY seq), '') FROM audit WHERE ods = $1 AND deed LIKE 'comment %'`, b.ODS).Scan(&said)
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func TestReadingCommentsIsRecordedOnceADay(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	r := closeWith(t, db, b, func(assessment.Round) {})
	summer := time.Date(2026, time.July, 1, 22, 30, 0, 0, time.UTC) // 23:30 in the UK
	for _, c := range []struct {
		reader uuid.UUID
		at     time.Time
		want   int
	}{
		{b.Lead, summer, 1},
		{b.Lead, summer.Add(29 * time.Minute), 1},
		{b.Chair, summer.Add(29 * time.Minute), 2},
		{b.Lead, summer.Add(31 * time.Minute), 3},
	} {
		if _, err := storetest.Enter(t, db, c.reader, b.ODS).Comments(t.Context(), r.ID, c.at); err != nil {
			t.Fatal(err)
		}
		var n int
		err := storetest.Owner(t, db).QueryRow(t.Context(), `SELECT count(*) FROM audit WHERE deed = 'comments read' AND round_id = $1`, r.ID).Scan(&n)
		if err != nil || n != c.want {
			t.Fatalf("at %v: recorded %d times, %v, want %d", c.at, n, err, c.want)
		}
	}
}

func TestWhoMayNotReadComments(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b, other := storetest.Trust(t, db), storetest.Trust(t, db)
	r := closeWith(t, db, b, func(assessment.Round) {})
	for _, reader := range []uuid.UUID{b.Members[0], b.Observer, b.Viewer} {
		if _, err := storetest.Enter(t, db, reader, b.ODS).Comments(t.Context(), r.ID, storetest.Now); !errors.Is(err, access.ErrDenied) {
			t.Errorf("comments: %v, want ErrDenied", err)
		}
		if _, err := storetest.Enter(t, db, reader, b.ODS).Disclose(t.Context(), r.ID, storetest.Now); !errors.Is(err, access.ErrDenied) {
			t.Errorf("disclosure: %v, want ErrDenied", err)
		}
	}
	stranger := storetest.Enter(t, db, other.Lead, other.ODS)
	if _, err := stranger.Comments(t.Context(), r.ID, storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the lead of another trust: %v, want ErrNotFound", err)
	}
	open := storetest.OpenRound(t, db, b, questionnaire.Core)
	if _, err := storetest.Enter(t, db, b.Lead, b.ODS).Comments(t.Context(), open.ID, storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("comments of an open round: %v, want ErrNotFound", err)
	}
}

func TestDisclosureIsTheFrozenReportAndRecorded(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	r := closeWith(t, db, b, func(assessment.Round) {})
	lead := storetest.Enter(t, db, b.Lead, b.ODS)
	f, err := lead.Disclose(t.Context(), r.ID, storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	if digest, err := lead.ReportDigest(t.Context(), r.ID); err != nil || digest != f.Digest {
		t.Errorf("digest %q, %v, want %q", f.Digest, err, digest)
	}
	var n int
	err = storetest.Owner(t, db).QueryRow(t.Context(), `SELECT count(*) FROM audit WHERE deed = 'disclosure view opened' AND actor = $1`, b.Lead).Scan(&n)
	if err != nil || n != 1 {
		t.Errorf("recorded %d times, %v", n, err)
	}
}
