package job

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"octant/internal/store"
)

// quarterJob makes the benchmark edition of a quarter in its first days.
type quarterJob struct{}

// Kind names the job in the queue.
func (quarterJob) Kind() string { return "edition" }

// InsertOpts makes it one job a day. What it cannot do, it tries again.
func (quarterJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 5, UniqueOpts: river.UniqueOpts{ByPeriod: 24 * time.Hour}}
}

// sharing adds what trusts share: benchmark editions, and requests for advice.
func sharing(config *river.Config, o Options) {
	river.AddWorker(config.Workers, &quarterWorker{o: o})
	river.AddWorker(config.Workers, &adviceWorker{o: o})
	config.PeriodicJobs = append(config.PeriodicJobs, river.NewPeriodicJob(nightly{}, func() (river.JobArgs, *river.InsertOpts) {
		return quarterJob{}, nil
	}, &river.PeriodicJobOpts{RunOnStart: true}))
}

type quarterWorker struct {
	river.WorkerDefaults[quarterJob]
	o Options
}

// Work makes the edition if it is due and not made.
func (w *quarterWorker) Work(ctx context.Context, _ *river.Job[quarterJob]) error {
	return w.o.DB.KeepEditions(ctx, w.o.Now())
}

// Timeout is how long it may take.
func (w *quarterWorker) Timeout(*river.Job[quarterJob]) time.Duration { return tickLimit }

type adviceWorker struct {
	river.WorkerDefaults[store.AdviceJob]
	o Options
}

// Work queues the letters to the leads of the trust that is written to.
func (w *adviceWorker) Work(ctx context.Context, j *river.Job[store.AdviceJob]) error {
	t, err := w.o.DB.EnterByClock(ctx, j.Args.ODS)
	if errors.Is(err, store.ErrNotFound) {
		return river.JobCancel(errGone)
	}
	if err != nil {
		return err
	}
	return t.WriteAdvice(ctx, j.Args.Request, j.Args.Reply, w.o.Now())
}
