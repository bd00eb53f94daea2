package job

import (
	"context"
	"time"

	"github.com/riverqueue/river"
)

// actionJob writes to the owners of actions that are due.
type actionJob struct{}

// Kind names the job in the queue.
func (actionJob) Kind() string { return "actions" }

// InsertOpts makes it one job an hour, however many programs ask for one. Done
// again, it writes nothing twice.
func (actionJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: time.Hour}}
}

// actions adds the reminders of actions.
func actions(config *river.Config, o Options) {
	river.AddWorker(config.Workers, &actionWorker{o: o})
	config.PeriodicJobs = append(config.PeriodicJobs, river.NewPeriodicJob(river.PeriodicInterval(time.Hour),
		func() (river.JobArgs, *river.InsertOpts) { return actionJob{}, nil }, &river.PeriodicJobOpts{RunOnStart: true}))
}

type actionWorker struct {
	river.WorkerDefaults[actionJob]
	o Options
}

// Work queues the letters that are due.
func (w *actionWorker) Work(ctx context.Context, _ *river.Job[actionJob]) error {
	return w.o.DB.KeepActions(ctx, w.o.Now())
}

// Timeout is how long it may take.
func (w *actionWorker) Timeout(*river.Job[actionJob]) time.Duration { return tickLimit }
