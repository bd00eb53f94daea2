// Package job does what nobody waits for: it sends letters and does what is due
// at its time. It is a runtime for the queue that store fills, and holds no SQL
// and no rule of its own. Its one rule: a job may be started twice, on any
// replica, and what it does is done once; and whatever it says of a failure
// names nobody.
package job

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"

	"octant/internal/mail"
	"octant/internal/store"
)

// Options are what the runtime is made of.
type Options struct {
	DB     *store.DB
	Log    *slog.Logger
	Now    func() time.Time
	Origin string       // address people reach the service by, such as https://octant.example.org
	Mail   *mail.Sender // nil where there is no mail server

	// Gap, if not zero, is how long to wait before anything about a letter is
	// tried again, in place of the usual gaps.
	Gap time.Duration
}

// Limits of the runtime. A job has jobLimit unless its worker says otherwise;
// one that has run for rescueAfter belonged to a program that died, and is done
// again. Stopping waits for jobs in hand, then tells them to end.
const (
	jobLimit    = time.Minute
	rescueAfter = 5 * time.Minute
	softStop    = 8 * time.Second
	hardStop    = 12 * time.Second
)

// parts lists the parts of the runtime. Each adds its workers, by
// [river.AddWorker], and its queues and periodic jobs.
func parts() []func(*river.Config, Options) {
	return []func(*river.Config, Options){clock, actions, letters, sharing}
}

// Start begins to work and gives the function that ends it, which waits for the
// jobs in hand. Several programs may work on one queue.
func Start(ctx context.Context, o Options) (stop func(), err error) {
	config := &river.Config{
		Logger:               slog.New(quiet{o.Log.Handler(), new(sync.Map)}),
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}},
		Workers:              river.NewWorkers(),
		JobTimeout:           jobLimit,
		RescueStuckJobsAfter: rescueAfter,
		SoftStopTimeout:      softStop,
		ErrorHandler:         complaints{o.Log},
		ReindexerSchedule:    river.NeverSchedule(), // it takes the tables' owner, which the program is not
	}
	for _, add := range parts() {
		add(config, o)
	}
	client, err := o.DB.Workers(config)
	if err != nil {
		return nil, fmt.Errorf("job: start: %w", err)
	}
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, fmt.Errorf("job: start: %w", err)
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), hardStop)
		defer cancel()
		if err := client.Stop(ctx); err != nil {
			o.Log.Warn("jobs in hand did not end; they will be done again", "error", err)
		}
	}, nil
}
