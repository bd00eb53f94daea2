package job

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/mail"
	"octant/internal/questionnaire"
	"octant/internal/store"
)

// How many letters are on their way at once, and how soon after one the next is
// looked for. Each takes a connection to the database only for moments.
const (
	letterWorkers = 8
	codeWorkers   = 4
	cooldown      = 10 * time.Millisecond
)

// gaps is how long to wait before a letter is tried again that the server would
// not take: a server that wants to see who comes back is content within minutes.
// After the last gap it is that one each time, for three days in all.
var gaps = []time.Duration{
	time.Minute, 2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 4 * time.Hour,
}

// codeGaps is the same for a code, which is worth ten minutes.
var codeGaps = []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 40 * time.Second, time.Minute}

// What a letter waits for while no server takes letters: longer, the longer it
// has waited, and no longer than mostWait so that it goes soon after one does.
const (
	leastWait = 30 * time.Second
	mostWait  = 10 * time.Minute
)

// Why a job did not do what it was for. None of it names anybody.
var (
	errLater   = errors.New("job: the mail server wants to be asked later")
	errRefused = errors.New("job: the mail server refuses the letter")
	errGone    = errors.New("job: there is no such trust any more")
)

// post sends letters. There is one for all workers.
type post struct {
	Options
	outage outage
}

// letters adds the workers of letters and of codes. Where there is no mail
// server nobody works on their queues, and what is in them waits.
func letters(config *river.Config, o Options) {
	p := &post{Options: o, outage: outage{log: o.Log}}
	river.AddWorker(config.Workers, &letterWorker{post: p})
	river.AddWorker(config.Workers, &codeWorker{post: p})
	if o.Mail == nil {
		return
	}
	config.Queues[store.LetterQueue] = river.QueueConfig{MaxWorkers: letterWorkers, FetchCooldown: cooldown}
	config.Queues[store.CodeQueue] = river.QueueConfig{MaxWorkers: codeWorkers, FetchCooldown: cooldown}
}

// gap is one of those listed, the last one for ever after.
func (p *post) gap(listed []time.Duration, n int) time.Duration {
	if p.Gap > 0 {
		return p.Gap
	}
	return listed[min(max(n, 0), len(listed)-1)]
}

type letterWorker struct {
	river.WorkerDefaults[store.LetterJob]
	*post
}

// NextRetry is when a letter is tried again that was not taken.
func (w *letterWorker) NextRetry(j *river.Job[store.LetterJob]) time.Time {
	return time.Now().Add(w.gap(gaps, j.Attempt-1))
}

// Work sends one letter, or finds that nobody needs it any more.
func (w *letterWorker) Work(ctx context.Context, j *river.Job[store.LetterJob]) error {
	t, err := w.DB.EnterByClock(ctx, j.Args.ODS)
	if errors.Is(err, store.ErrNotFound) {
		return river.JobCancel(errGone)
	}
	if err != nil {
		return err
	}
	out, ok, err := t.TakeLetter(ctx, j.Args.Letter, w.Now())
	if err != nil || !ok {
		return err
	}
	if wait := quietFor(out.Kind, w.Now()); wait > 0 {
		if err := w.record(ctx, t, out.ID, store.LetterQueued, ""); err != nil {
			return err
		}
		return river.JobSnooze(wait)
	}
	return w.conclude(ctx, t, j, w.Mail.Send(ctx, Letter(out, w.Origin)))
}

// quietFor is how long a letter that nags must wait for a time at which people
// work. It may have been queued at one, and then found no server.
func quietFor(kind assessment.Letter, now time.Time) time.Duration {
	if !kind.Nags() {
		return 0
	}
	return assessment.NextWriting(now).Sub(now)
}

// conclude keeps what the server said of a letter, and says whether it is tried
// again.
func (w *letterWorker) conclude(ctx context.Context, t *store.Trust, j *river.Job[store.LetterJob], err error) error {
	w.outage.heard(err)
	letter := j.Args.Letter
	if err == nil {
		return w.record(ctx, t, letter, store.LetterAccepted, "")
	}
	failed, ok := errors.AsType[*mail.SendError](err)
	switch {
	case !ok:
		return err
	case failed.Verdict == mail.Refused:
		if err := w.record(ctx, t, letter, store.LetterRefused, failed.Says); err != nil {
			return err
		}
		return river.JobCancel(errRefused)
	case failed.Verdict == mail.Unreachable:
		if err := w.record(ctx, t, letter, store.LetterQueued, ""); err != nil {
			return err
		}
		return river.JobSnooze(w.waitFor(j.CreatedAt))
	case j.Attempt >= j.MaxAttempts:
		if err := w.record(ctx, t, letter, store.LetterRefused, failed.Says); err != nil {
			return err
		}
		return river.JobCancel(errLater)
	}
	if err := w.record(ctx, t, letter, store.LetterQueued, failed.Says); err != nil {
		return err
	}
	return errLater
}

// waitFor is how long a letter waits while no server takes letters. Such waits
// are not counted: the server has said nothing about the letter.
func (p *post) waitFor(made time.Time) time.Duration {
	if p.Gap > 0 {
		return p.Gap
	}
	return min(max(time.Since(made)/4, leastWait), mostWait)
}

// How long it is tried to keep what a server said.
const (
	recordLimit = 10 * time.Second
	recordGap   = 200 * time.Millisecond
)

// record keeps what became of a letter. It does not give up at once, nor because
// the program is told to stop: a letter that was taken and not marked as taken
// would be sent twice.
func (p *post) record(ctx context.Context, t *store.Trust, letter uuid.UUID, state store.LetterState, said string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordLimit)
	defer cancel()
	again := time.NewTicker(recordGap)
	defer again.Stop()
	for {
		err := t.RecordLetter(ctx, letter, state, said, p.Now())
		if err == nil || !errors.Is(err, store.ErrUnavailable) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-again.C:
		}
	}
}

type codeWorker struct {
	river.WorkerDefaults[store.CodeJob]
	*post
}

// NextRetry is when a code is tried again that was not taken.
func (w *codeWorker) NextRetry(j *river.Job[store.CodeJob]) time.Time {
	return time.Now().Add(w.gap(codeGaps, j.Attempt-1))
}

// Work sends one sign-in code, if anybody has the address it was asked for and
// it is still worth something.
func (w *codeWorker) Work(ctx context.Context, j *river.Job[store.CodeJob]) error {
	to, code, ok, err := w.DB.CodeToSend(ctx, j.Args.Code, w.Now())
	if err != nil || !ok {
		return err
	}
	err = w.Mail.Send(ctx, Code(j.Args.Code, to, code))
	w.outage.heard(err)
	if failed, ok := errors.AsType[*mail.SendError](err); ok {
		if failed.Verdict == mail.Refused {
			return river.JobCancel(errRefused)
		}
		return errLater
	}
	return err
}

// Letter is a letter in the facts that it is written from.
func Letter(out store.Outgoing, origin string) mail.Letter {
	l := mail.Letter{
		ID: out.ID, Kind: mail.Kind(out.Kind), Name: out.To.Name, Address: out.To.Email, Trust: out.Trust,
		Round: out.Round.Title, Day: out.LastDay, Minutes: out.Minutes, Link: origin + "/invitations/" + out.Token,
	}
	if w := out.Workshop; w != nil {
		l.Link, l.Round = origin+"/trusts/"+out.ODS+"/workshops/"+w.ID.String()+"/record", w.Title
	}
	if a := out.Action; a != nil {
		l.Link, l.Words, l.Day = origin+"/trusts/"+out.ODS+"/actions", a.What, a.Due
	}
	if a := out.Advice; a != nil {
		l.Link = origin + "/trusts/" + out.ODS + "/requests"
		l.Round, l.From, l.By, l.Words = elementTitle(a.Element), a.Trust, a.By, a.Words
	}
	if out.Kind == assessment.Released {
		l.Link = origin + "/trusts/" + out.ODS + "/rounds/" + out.Round.ID.String() + "/report"
	}
	return l
}

// elementTitle is an element's title in the newest questionnaire.
func elementTitle(key string) string {
	if v, err := questionnaire.Load(questionnaire.Latest()); err == nil {
		if e, ok := v.Element(key); ok {
			return e.Title
		}
	}
	return "element " + key
}

// codeSpace is the namespace of the names of letters with codes: the code's own
// id is known to one browser alone.
var codeSpace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://octant.example/sign-in-code"))

// Code is the letter with a sign-in code.
func Code(id uuid.UUID, to access.Person, code string) mail.Letter {
	return mail.Letter{ID: uuid.NewSHA1(codeSpace, id[:]), Kind: mail.Code, Name: to.Name, Address: to.Email, Code: code}
}

// outage says in the log that no server takes letters, once and not for every
// letter, and that one does again.
type outage struct {
	log *slog.Logger

	mu   sync.Mutex
	said bool
}

// heard takes notice of what came of sending a letter.
func (o *outage) heard(err error) {
	failed, _ := errors.AsType[*mail.SendError](err)
	out := failed != nil && failed.Verdict == mail.Unreachable
	o.mu.Lock()
	defer o.mu.Unlock()
	if out == o.said {
		return
	}
	if o.said = out; out {
		o.log.Warn("no mail server takes letters; they wait", "says", failed.Says)
	} else {
		o.log.Info("the mail server takes letters again")
	}
}
