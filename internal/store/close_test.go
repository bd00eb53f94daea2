package store_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

func TestClosedRoundHasItsFrozenReport(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	round := storetest.ClosedRound(t, db, board, questionnaire.Core)
	trust, digest, err := db.EnterReport(t.Context(), board.Observer, board.ODS, round.ID)
	if err != nil || trust.Name != board.Name || !trust.May(access.ViewReport) {
		t.Fatalf("entered %+v, %v", trust, err)
	}
	frozen, err := trust.Report(t.Context(), round.ID)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(frozen.Document)
	if again, err := trust.ReportDigest(t.Context(), round.ID); err != nil || again != digest ||
		frozen.Digest != digest || hex.EncodeToString(sum[:]) != digest {
		t.Errorf("digests %q, %q (%v), %q and %x, want all the same", digest, again, err, frozen.Digest, sum)
	}
	var report maturity.Report
	if err := json.Unmarshal(frozen.Document, &report); err != nil {
		t.Fatal(err)
	}
	if report.Trust != (maturity.Trust{ODS: board.ODS, Name: board.Name}) || report.Round.ID != round.ID.String() ||
		report.Result.Invited != storetest.BoardSize || report.Result.Respondents != storetest.BoardSize {
		t.Errorf("report of %+v, %+v with %d of %d", report.Trust, report.Round, report.Result.Respondents, report.Result.Invited)
	}
	roles := map[string]int{}
	for _, r := range report.Roles {
		roles[r.Role] = r.Invited
	}
	if roles["Non-executive director"] != 3 || roles["Chief nurse"] != 1 || len(roles) != 10 {
		t.Errorf("roles %v", report.Roles)
	}
}

func TestOpenRoundHasNoReport(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	trust, digest, err := a.db.EnterReport(t.Context(), a.board.Lead, a.board.ODS, a.round.ID)
	if !errors.Is(err, store.ErrNotFound) || trust == nil || digest != "" {
		t.Errorf("entering the report of an open round: %v, %q, %v", trust, digest, err)
	}
	if _, err := trust.Report(t.Context(), a.round.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("reading it: %v, want ErrNotFound", err)
	}
}

func TestClosingErasesTimesAndKeepsDraftsForTheirWriters(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	for i, member := range a.board.Members[1:] {
		storetest.Answer(t, a.db, a.board, a.round, member, i)
	}
	mustSave(t, a, assessment.Answer{Question: "1.1", Choice: 1, Comment: "never submitted"})
	lead := storetest.Enter(t, a.db, a.board.Lead, a.board.ODS)
	if err := lead.CloseRound(t.Context(), a.round.ID, storetest.Now); err != nil {
		t.Fatal(err)
	}
	var times int
	err := storetest.Owner(t, a.db).QueryRow(t.Context(), `SELECT count(saved_at) FROM answers`).Scan(&times)
	if err != nil || times != 0 {
		t.Errorf("%d answers still have a time, %v", times, err)
	}
	if got := a.sheet().Response.Answers["1.1"]; got.Comment != "never submitted" || !got.SavedAt.IsZero() {
		t.Errorf("the writer of a draft reads %+v", got)
	}
	frozen, err := lead.Report(t.Context(), a.round.ID)
	if err != nil {
		t.Fatal(err)
	}
	var report maturity.Report
	if err := json.Unmarshal(frozen.Document, &report); err != nil || report.Result.Respondents != storetest.BoardSize-1 {
		t.Errorf("%d respondents were scored (%v), want those who submitted", report.Result.Respondents, err)
	}
	if _, err := a.save(assessment.Answer{Question: "1.1", Choice: 2, Revision: 1}); !errors.Is(err, assessment.ErrNotOpen) {
		t.Errorf("saving after the close: %v, want ErrNotOpen", err)
	}
	if err := storetest.Enter(t, a.db, a.member, a.board.ODS).Submit(t.Context(), a.round.ID, true, storetest.Now); !errors.Is(err, assessment.ErrNotOpen) {
		t.Errorf("submitting after the close: %v, want ErrNotOpen", err)
	}
}

// TestClosingMarksAllRowsAlike looks at the database's own mark of which
// transaction wrote a row last.
func TestClosingMarksAllRowsAlike(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	storetest.ClosedRound(t, db, storetest.Trust(t, db), questionnaire.Core)
	var marks int
	err := storetest.Owner(t, db).QueryRow(t.Context(), `
		SELECT count(DISTINCT mark) FROM (SELECT xmin::text AS mark FROM invitations
		UNION ALL SELECT xmin::text FROM responses UNION ALL SELECT xmin::text FROM answers) marks`).Scan(&marks)
	if err != nil || marks != 1 {
		t.Errorf("%d different marks, %v, want one", marks, err)
	}
}

// TestNoAcknowledgedAnswerIsLostAtClosing saves from every member while the lead
// closes: what was acknowledged is kept, what came too late is refused.
func TestNoAcknowledgedAnswerIsLostAtClosing(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	lead := storetest.Enter(t, a.db, a.board.Lead, a.board.ODS)
	last := make([]int, storetest.BoardSize) // acknowledged revision of each
	var saves atomic.Int64
	enough := make(chan struct{})
	var group sync.WaitGroup
	for i, member := range a.board.Members {
		group.Go(func() {
			for revision := 0; ; revision++ {
				answer := assessment.Answer{Question: "1.1", Choice: assessment.Choice(1 + revision%5), Revision: revision}
				_, err := a.db.SaveAnswer(context.Background(), member, a.board.ODS, a.round.ID, answer, storetest.Now)
				if errors.Is(err, assessment.ErrNotOpen) {
					return
				}
				if err != nil {
					t.Errorf("save: %v", err)
					return
				}
				last[i] = revision + 1
				if saves.Add(1) == 200 {
					close(enough)
				}
			}
		})
	}
	<-enough
	if err := lead.CloseRound(t.Context(), a.round.ID, storetest.Now); err != nil {
		t.Fatal(err)
	}
	group.Wait()
	for i, member := range a.board.Members {
		sheet, err := storetest.Enter(t, a.db, member, a.board.ODS).Sheet(t.Context(), a.round.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := sheet.Response.Answers["1.1"]; got.Revision != last[i] || !got.SavedAt.IsZero() {
			t.Errorf("member %d has revision %d saved at %v, was told %d", i, got.Revision, got.SavedAt, last[i])
		}
	}
}

// TestSaveWaitsForTheClosingThatBeganFirst holds the round as closing does.
func TestSaveWaitsForTheClosingThatBeganFirst(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	lead := storetest.Enter(t, a.db, a.board.Lead, a.board.ODS)
	saved := make(chan error, 1)
	err := store.Tx(t.Context(), lead, access.ManageRounds, func(tx pgx.Tx) error {
		if _, err := tx.Exec(t.Context(), `SELECT pg_advisory_xact_lock($1)`, store.LockKey(a.round.ID)); err != nil {
			return err
		}
		go func() {
			_, err := a.save(assessment.Answer{Question: "1.1", Choice: 1})
			saved <- err
		}()
		for waiting := false; !waiting; {
			err := storetest.Owner(t, a.db).QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
				WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted)`).Scan(&waiting)
			if err != nil {
				return err
			}
		}
		_, err := tx.Exec(t.Context(), `UPDATE rounds SET state = 'closed', closed_at = opened_at`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-saved; !errors.Is(err, assessment.ErrNotOpen) {
		t.Errorf("a save that waited for the closing: %v, want ErrNotOpen", err)
	}
}

func TestRoundIsClosedOnce(t *testing.T) {
	t.Parallel()
	a := startAnswering(t)
	for i, member := range a.board.Members {
		storetest.Answer(t, a.db, a.board, a.round, member, i)
	}
	lead := storetest.Enter(t, a.db, a.board.Lead, a.board.ODS)
	var group sync.WaitGroup
	var closed, refused atomic.Int32
	for range 6 {
		group.Go(func() {
			switch err := lead.CloseRound(t.Context(), a.round.ID, storetest.Now); {
			case err == nil:
				closed.Add(1)
			case errors.Is(err, assessment.ErrNotOpen):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if closed.Load() != 1 || refused.Load() != 5 {
		t.Errorf("closed %d times, refused %d", closed.Load(), refused.Load())
	}
}
