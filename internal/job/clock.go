package job

import (
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
)

// How often the clock looks what is due, and how long it may take over it: less
// than rescueAfter, so that no other program takes it for dead.
const (
	tick      = time.Minute
	tickLimit = 4 * time.Minute
	nightHour = 3 // UTC, at which what has been kept for its time is erased
)

// tickJob does what is due at its minute.
type tickJob struct{}

// Kind names the job in the queue.
func (tickJob) Kind() string { return "clock" }

// InsertOpts makes it one job a minute, however many programs ask for one. It is
// never tried again: the next minute does the same.
func (tickJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByPeriod: tick}}
}

// nightJob erases what has been kept for its time.
type nightJob struct{}

// Kind names the job in the queue.
func (nightJob) Kind() string { return "retention" }

// InsertOpts makes it one job a day. What it cannot do, it tries again.
func (nightJob) InsertOpts() river.InsertOpts {
	return river.InsertOpts{MaxAttempts: 5, UniqueOpts: river.UniqueOpts{ByPeriod: 24 * time.Hour}}
}

// clock adds what happens at its time. One program at a time puts these jobs in
// the queue, whichever leads; any of them does them.
func clock(config *river.Config, o Options) {
	river.AddWorker(config.Workers, &tickWorker{o: o})
	river.AddWorker(config.Workers, &nightWorker{o: o})
	atOnce := &river.PeriodicJobOpts{RunOnStart: true}
	config.PeriodicJobs = append(config.PeriodicJobs,
		river.NewPeriodicJob(river.PeriodicInterval(tick), func() (river.JobArgs, *river.InsertOpts) { return tickJob{}, nil }, atOnce),
		river.NewPeriodicJob(nightly{}, func() (river.JobArgs, *river.InsertOpts) { return nightJob{}, nil }, atOnce))
}

// nightly comes once a day, at night.
type nightly struct{}

// Next is the next time it comes.
func (nightly) Next(now time.Time) time.Time {
	y, m, d := now.UTC().Date()
	next := time.Date(y, m, d, nightHour, 0, 0, 0, time.UTC)
	if !next.After(now) {
		next = next.AddDate(0, 0, 1)
	}
	return next
}

type tickWorker struct {
	river.WorkerDefaults[tickJob]
	o Options
}

// Work does what is due.
func (w *tickWorker) Work(ctx context.Context, _ *river.Job[tickJob]) error {
	return w.o.DB.KeepTime(ctx, w.o.Now())
}

// Timeout is how long it may take.
func (w *tickWorker) Timeout(*river.Job[tickJob]) time.Duration { return tickLimit }

type nightWorker struct {
	river.WorkerDefaults[nightJob]
	o Options
}

// Work erases what is due.
func (w *nightWorker) Work(ctx context.Context, _ *river.Job[nightJob]) error {
	return errors.Join(w.o.DB.KeepRetention(ctx, w.o.Now()), w.o.DB.KeepWorkshops(ctx, w.o.Now()))
}

// Timeout is how long it may take.
func (w *nightWorker) Timeout(*river.Job[nightJob]) time.Duration { return tickLimit }
