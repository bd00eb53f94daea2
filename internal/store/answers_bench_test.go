package store_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

const (
	benchClients = 8
	benchTurn    = 250 // writes of one client before the other kind has its turn
)

// BenchmarkSaveAnswer sets saving an answer, with its door, its policies and its
// lock, beside one bare upsert of the same values by a login that may do
// anything. They take turns, so that other load on the machine meets both.
func BenchmarkSaveAnswer(b *testing.B) {
	db := storetest.New(b)
	board := storetest.Trust(b, db)
	round := storetest.OpenRound(b, db, board, questionnaire.Core)
	version, err := questionnaire.Load(round.Questionnaire)
	if err != nil {
		b.Fatal(err)
	}
	questions := version.Questions(round.Form)
	answer := func(n int) assessment.Answer {
		return assessment.Answer{
			Question: questions[n%len(questions)].Key, Choice: assessment.Choice(1 + n/len(questions)%5),
			Comment: "We heard of it last month.", Revision: n / len(questions),
		}
	}
	bare := bareUpsert(b, db)
	var plain, saved time.Duration
	turns := 0
	for b.Loop() {
		first := turns * benchTurn
		plain += together(b, func(client, n int) error { return bare(board.Members[client], round.ID, answer(first+n)) })
		saved += together(b, func(client, n int) error {
			_, err := db.SaveAnswer(context.Background(), board.Members[client], board.ODS, round.ID, answer(first+n), storetest.Now)
			return err
		})
		turns++
	}
	writes := float64(turns * benchTurn * benchClients)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(writes/plain.Seconds(), "bare/s")
	b.ReportMetric(writes/saved.Seconds(), "saves/s")
	b.ReportMetric(plain.Seconds()/saved.Seconds(), "ratio")
}

// together has all clients write at once and says how long it took.
func together(b *testing.B, write func(client, n int) error) time.Duration {
	began := time.Now()
	var group sync.WaitGroup
	for client := range benchClients {
		group.Go(func() {
			for n := range benchTurn {
				if err := write(client, n); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	return time.Since(began)
}

// bareUpsert writes into a table without policies, foreign keys or checks.
func bareUpsert(b *testing.B, db *store.DB) func(member, round uuid.UUID, a assessment.Answer) error {
	b.Helper()
	storetest.Change(b, db, `
		CREATE TABLE bare (ods text, round_id uuid, respondent uuid, question text, choice smallint, comment text,
			evidence text, revision integer, saved_at timestamptz, PRIMARY KEY (ods, round_id, respondent, question));
		GRANT ALL ON bare TO octant_desk`)
	pool := store.Pool(db)
	return func(member, round uuid.UUID, a assessment.Answer) error {
		_, err := pool.Exec(context.Background(), `
			INSERT INTO bare (ods, round_id, respondent, question, choice, comment, evidence, revision, saved_at)
			VALUES ('T0001', $1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (ods, round_id, respondent, question) DO UPDATE
			SET choice = excluded.choice, comment = excluded.comment, evidence = excluded.evidence,
			    revision = excluded.revision, saved_at = excluded.saved_at`,
			round, member, a.Question, a.Choice, a.Comment, a.Evidence, a.Revision, storetest.Now)
		return err
	}
}
