package store

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// jobSchema is where the job queue keeps its tables.
const jobSchema = "river"

// LetterJob sends one letter. It names the letter and holds nothing of it:
// neither an address nor a link stands in the queue.
type LetterJob struct {
	ODS    string    `json:"ods"`
	Letter uuid.UUID `json:"letter"`
}

// Kind names the job in the queue.
func (LetterJob) Kind() string { return "letter" }

// InsertOpts puts letters in a queue of their own.
func (LetterJob) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: LetterQueue} }

// CodeJob sends one sign-in code, if anybody has the address it was asked for.
type CodeJob struct {
	Code uuid.UUID `json:"code"`
}

// Kind names the job in the queue.
func (CodeJob) Kind() string { return "sign-in-code" }

// InsertOpts lets codes overtake letters: somebody waits for them.
func (CodeJob) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: CodeQueue} }

// The queues. Where no mail server is known nobody works on the first two, and
// what is in them waits.
const (
	LetterQueue = "letters"
	CodeQueue   = "codes"
)

// Workers makes a client that does the jobs of the queue, for package job.
func (db *DB) Workers(config *river.Config) (*river.Client[pgx.Tx], error) {
	config.Schema = jobSchema
	return river.NewClient(riverpgxv5.New(db.pool), config)
}

// enqueueAt puts jobs in the queue with a transaction of the trust's: they are
// there if and only if its changes are, and wait until that time.
func (t *Trust) enqueueAt(ctx context.Context, tx pgx.Tx, at time.Time, jobs ...river.JobArgs) error {
	if len(jobs) == 0 {
		return nil
	}
	return t.asDesk(ctx, tx, func() error { return t.db.enqueueAt(ctx, tx, at, jobs...) })
}

// enqueue is for a transaction that has the front desk's rights.
func (db *DB) enqueue(ctx context.Context, tx pgx.Tx, jobs ...river.JobArgs) error {
	return db.enqueueAt(ctx, tx, time.Time{}, jobs...)
}

// enqueueAt is for a transaction that has the front desk's rights. A zero time
// is now.
func (db *DB) enqueueAt(ctx context.Context, tx pgx.Tx, at time.Time, jobs ...river.JobArgs) error {
	params := make([]river.InsertManyParams, len(jobs))
	for i, job := range jobs {
		params[i] = river.InsertManyParams{Args: job, InsertOpts: &river.InsertOpts{ScheduledAt: at}}
	}
	_, err := db.jobs.InsertManyTx(ctx, tx, params)
	return err
}

// migrateJobs brings the job queue's own tables to what its library needs. The
// library's migrator trips over itself when several run, so they take turns.
func migrateJobs(ctx context.Context, ownerURL string) error {
	pool, err := pgxpool.New(ctx, ownerURL)
	if err != nil {
		return err
	}
	defer pool.Close()
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: jobSchema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock(hashtext('octant jobs'))`); err != nil {
		return err
	}
	defer func() {
		_, _ = conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock(hashtext('octant jobs'))`) // the session's end does it too
	}()
	there, err := migrator.Validate(ctx, nil)
	if err != nil {
		return err
	}
	if there.OK {
		return nil
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("job queue: %w", err)
	}
	return nil
}
