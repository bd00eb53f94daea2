package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/workshop"
)

// room is one workshop with its devices, as they are on the network.
type room struct {
	addr   string
	runner *store.Trust
	place  int // of its trust, for network addresses that differ from other rooms'
	id     uuid.UUID
	path   string // of the facilitator's page
	code   string
	desk   string // the facilitator's cookie
	line   *wire  // and connection
	step   int
	ahead  []deed // moves that are still to come

	devices []*device // with the facilitator's own screens
	phones  []*device
	lean    atomic.Bool  // devices close the connection on which they fetch
	bytes   atomic.Int64 // length of the newest fragment
	faults  atomic.Int64
	watch   atomic.Pointer[watch]
	group   sync.WaitGroup
	leave   context.CancelFunc
}

// deed is one press of a button of the facilitator's.
type deed struct {
	item uuid.UUID
	move workshop.Move
}

// course is how a question goes from being shown to being done.
var course = []workshop.Move{
	workshop.Show, workshop.OpenVote, workshop.CloseVote, workshop.Reveal, workshop.Discuss,
	workshop.VoteAgain, workshop.EndAgain, workshop.ShowShift, workshop.Finish,
}

// openRoom prepares a workshop with as many questions as an agenda holds, and
// opens its lobby.
func (s *stage) openRoom(ctx context.Context, w *world, place int) (*room, error) {
	of := w.trusts[place]
	cookies, err := w.signIn(ctx, of.lead)
	if err != nil {
		return nil, err
	}
	r := &room{place: place, addr: w.octant.addr, desk: cookies[0]}
	if r.runner, err = w.db.Enter(ctx, of.lead.id, of.ods); err != nil {
		return nil, err
	}
	if r.id, err = r.runner.CreateWorkshop(ctx, store.NewWorkshop{Title: "Board workshop", Length: workshop.Short}, time.Now()); err != nil {
		return nil, err
	}
	if err := r.fillAgenda(ctx); err != nil {
		return nil, err
	}
	if err := r.runner.BeginWorkshop(ctx, r.id, 0, time.Now()); err != nil {
		return nil, err
	}
	c, err := r.runner.Console(ctx, r.id, time.Now())
	if err != nil {
		return nil, err
	}
	r.path, r.code, r.step = "/trusts/"+of.ods+"/workshops/"+r.id.String(), strings.ReplaceAll(c.Code, "-", ""), c.Workshop.Step
	for _, it := range c.Workshop.Items {
		if it.Kind == workshop.Question {
			for _, m := range course {
				r.ahead = append(r.ahead, deed{it.ID, m})
			}
		}
	}
	return r, nil
}

// fillAgenda adds questions until there is no room for more.
func (r *room) fillAgenda(ctx context.Context) error {
	v, err := questionnaire.Load(questionnaire.Latest())
	if err != nil {
		return err
	}
	for _, q := range v.Questions(questionnaire.Full) {
		err := r.runner.AddItem(ctx, r.id, workshop.Item{
			Kind: workshop.Question, Question: q.Key, Title: "Question " + q.Key, Minutes: 10, Sitting: 1,
			Prompt: "What would have to be true for us to choose the next level?",
		})
		switch {
		case errors.Is(err, workshop.ErrFull):
			return nil
		case err != nil && !errors.Is(err, workshop.ErrTwice):
			return err
		}
	}
	return nil
}

// watch notes when the devices of a room have heard that something changed, when
// they show it, and when their streams flow.
type watch struct {
	began  time.Time
	before string // the stage that is over
	wants  int
	afresh bool // streams have to begin anew, too

	mu                 sync.Mutex
	told, shown, flows map[*device]time.Duration
	all                chan struct{} // closed when every device is there
}

// expect watches the room from now on, until every phone shows another stage
// than it does.
func (r *room) expect(afresh bool) *watch {
	w := &watch{
		began: time.Now(), wants: len(r.phones), afresh: afresh, all: make(chan struct{}),
		told: map[*device]time.Duration{}, shown: map[*device]time.Duration{}, flows: map[*device]time.Duration{},
	}
	w.before = r.phones[0].showing()
	r.watch.Store(w)
	return w
}

// note notes that a device is there, the first time.
func (r *room) note(d *device, which func(*watch) map[*device]time.Duration) {
	w := r.watch.Load()
	if w == nil || !d.phone {
		return
	}
	took := time.Since(w.began)
	w.mu.Lock()
	defer w.mu.Unlock()
	in := which(w)
	if _, again := in[d]; again {
		return
	}
	in[d] = took
	whole := len(w.shown) == w.wants && (!w.afresh || len(w.flows) == w.wants)
	select {
	case <-w.all:
	default:
		if whole {
			close(w.all)
		}
	}
}

func (r *room) told(d *device) {
	r.note(d, func(w *watch) map[*device]time.Duration { return w.told })
}

func (r *room) flows(d *device) {
	r.note(d, func(w *watch) map[*device]time.Duration { return w.flows })
}

func (r *room) shows(d *device) {
	if w := r.watch.Load(); w != nil && d.showing() != w.before {
		r.note(d, func(w *watch) map[*device]time.Duration { return w.shown })
	}
}

// wait waits until every device is there.
func (w *watch) wait(ctx context.Context) error {
	select {
	case <-w.all:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Minute):
		w.mu.Lock()
		defer w.mu.Unlock()
		return fmt.Errorf("of %d devices %d show the newest state after a minute, and %d streams flow", w.wants, len(w.shown), len(w.flows))
	}
}

// times are what a watch noted of each device: until it heard, until it showed,
// and until it showed with its stream flowing.
func (w *watch) times() (told, shown, back []time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for d, at := range w.shown {
		told, shown, back = append(told, w.told[d]), append(shown, at), append(back, max(at, w.flows[d]))
	}
	return told, shown, back
}

// next makes the facilitator's next move, and waits until every phone shows what
// came of it.
func (r *room) next(ctx context.Context) (*watch, error) {
	if len(r.ahead) == 0 {
		return nil, errors.New("the agenda is at its end")
	}
	now := r.ahead[0]
	r.ahead = r.ahead[1:]
	form := "item=" + now.item.String() + "&step=" + strconv.Itoa(r.step) + "&move=" + url.QueryEscape(string(now.move))
	seen := r.expect(false)
	request := asked(nil, http.MethodPost, r.path+"/move", r.addr, r.desk, "10.1.0.1")
	got, err := askOn(ctx, r.addr, &r.line, formOf(request, r.addr, form), nil)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", now.move, err)
	case got.status != http.StatusSeeOther:
		return nil, fmt.Errorf("%s: answered %d", now.move, got.status)
	}
	r.step++
	if err := seen.wait(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", now.move, err)
	}
	return seen, nil
}

// upTo makes moves until the next one is this.
func (r *room) upTo(ctx context.Context, m workshop.Move) error {
	for len(r.ahead) > 0 && r.ahead[0].move != m {
		if _, err := r.next(ctx); err != nil {
			return err
		}
	}
	return nil
}

// voteForm is the form of a vote in the question under way.
func (r *room) voteForm(choice int) string {
	number := "1"
	if r.ahead[0].move == workshop.EndAgain {
		number = "2"
	}
	return "item=" + r.ahead[0].item.String() + "&vote=" + number + "&choice=" + strconv.Itoa(choice)
}
