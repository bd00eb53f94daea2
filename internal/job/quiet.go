package job

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// quiet passes on what the queue's library has to complain about, and of that
// only what is known to name nobody: its own notes of a job hold the job's
// arguments and whatever an error said. It says the same once a minute, since a
// database that has gone is noticed many times a second.
type quiet struct {
	slog.Handler
	said *sync.Map // when each message was last passed on
}

// sayAgain is how soon the same complaint is passed on again.
const sayAgain = time.Minute

// Enabled leaves out what is no complaint.
func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}

// Handle passes a complaint on.
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	if last, ok := q.said.Load(r.Message); ok && r.Time.Sub(last.(time.Time)) < sayAgain {
		return nil
	}
	q.said.Store(r.Message, r.Time)
	out := slog.NewRecord(r.Time, r.Level, unnamed(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		if a, ok := harmless(a); ok {
			out.AddAttrs(a)
		}
		return true
	})
	return q.Handler.Handle(ctx, out)
}

// WithAttrs keeps those that are harmless.
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler {
	var kept []slog.Attr
	for _, a := range attrs {
		if a, ok := harmless(a); ok {
			kept = append(kept, a)
		}
	}
	return quiet{q.Handler.WithAttrs(kept), q.said}
}

// WithGroup begins a group.
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name), q.said} }

// harmless is an attribute of those that are passed on.
func harmless(a slog.Attr) (slog.Attr, bool) {
	switch a.Key {
	case "job_id", "job_kind", "kind", "queue", "attempt", "num_attempts":
		return a, true
	case "err", "error":
		return slog.String("error", unnamed(a.Value.String())), true
	}
	return a, false
}

// addresses are what looks like an email address, or like an address of the web
// with whatever token stands in it.
var addresses = regexp.MustCompile(`(?i)[a-z]+://\S+|[^\s<>()",;:]+@[^\s<>()",;]+`)

// unnamed is a text without addresses.
func unnamed(text string) string { return addresses.ReplaceAllString(text, "[left out]") }

// complaints logs what went wrong with a job, in the program's own words.
type complaints struct{ log *slog.Logger }

// HandleError logs a job that did not do what it was for, unless that is kept
// where people look for it.
func (c complaints) HandleError(ctx context.Context, j *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	if !errors.Is(err, errLater) && !errors.Is(err, errRefused) {
		c.log.WarnContext(ctx, "job failed", "kind", j.Kind, "job_id", j.ID, "attempt", j.Attempt, "error", unnamed(err.Error()))
	}
	return nil
}

// HandlePanic logs a fault of the program.
func (c complaints) HandlePanic(ctx context.Context, j *rivertype.JobRow, v any, trace string) *river.ErrorHandlerResult {
	c.log.ErrorContext(ctx, "job panicked", "kind", j.Kind, "job_id", j.ID, "attempt", j.Attempt,
		"error", unnamed(fmt.Sprint(v)), "trace", trace)
	return nil
}
