package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/workshop"
)

// holding is what the server holds, in bytes.
type holding struct {
	resident float64
	live     float64 // heap and stacks, just after a collection
}

// held reads what the server holds after it was made to collect its garbage a few
// times, by asking for pages.
func (m *rooms) held(ctx context.Context) (h holding, err error) {
	p := m.w.octant
	first, _, err := p.collected(ctx)
	if err != nil {
		return h, err
	}
	line, err := dial(ctx, p.addr, 4<<10)
	if err != nil {
		return h, err
	}
	defer line.close()
	request := append(asked(nil, http.MethodGet, "/join", p.addr, "", "10.2.0.1"), "\r\n"...)
	const most, collections = 30_000, 4
	var body []byte
	for n, last := 0, first; n < most && last < first+collections; n++ {
		got, err := line.ask(request, body)
		if err != nil {
			return h, err
		}
		body = got.body
		if n%10 != 0 {
			continue
		}
		times, live, err := p.collected(ctx)
		if err != nil {
			return h, err
		}
		if times > last {
			h.live, last = live, times
		}
	}
	resident, err := p.memory(ctx)
	h.resident = float64(resident)
	return h, err
}

// collected is how often a process has collected its garbage, and what its heap
// and its stacks hold now.
func (p *process) collected(ctx context.Context) (times int, live float64, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.other+"/metrics", nil)
	if err != nil {
		return 0, 0, err
	}
	got, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = got.Body.Close() }() // nothing is lost with it
	lines := bufio.NewScanner(got.Body)
	for lines.Scan() {
		name, text, _ := strings.Cut(lines.Text(), " ")
		value, _ := strconv.ParseFloat(text, 64) // a comment has none
		switch name {
		case "go_gc_duration_seconds_count":
			times = int(value)
		case "go_memstats_heap_alloc_bytes", "go_memstats_stack_inuse_bytes":
			live += value
		}
	}
	return times, live, lines.Err()
}

// fewVote is how many of a room vote while changes are timed.
const fewVote = 40

// someVote has some devices vote if a vote is open.
func (r *room) someVote(ctx context.Context, turn int) error {
	if len(r.ahead) == 0 || r.ahead[0].move != workshop.CloseVote && r.ahead[0].move != workshop.EndAgain {
		return nil
	}
	return r.inTurn(min(fewVote, len(r.phones)), func(i int) error {
		_, err := r.phones[i].vote(ctx, time.Now(), r.voteForm(1+(i+turn)%5))
		return err
	})
}

// rushes has a room vote at once, several times, and counts the votes where they
// are kept and as they are told; then it loses its server, several times.
func (m *rooms) rushes(ctx context.Context, r *room) error {
	if err := r.join(ctx, rushed); err != nil {
		return err
	}
	var all sample
	stored := 0
	app, postgres, own := m.w.octant.cpu(), m.postgresCPU(), ownCPU()
	for range rushes {
		took, n, err := m.rush(ctx, r)
		if err != nil {
			return err
		}
		all.took, stored = append(all.took, took...), stored+n
	}
	n := time.Duration(len(all.took))
	m.notes = append(m.notes, fmt.Sprintf("Workshop that votes: a vote, with the page that answers it and its part in %d changes, takes %s of CPU in the server, %s in Postgres and %s in the generator.",
		rushes*len(course), micros((m.w.octant.cpu()-app)/n), micros((m.postgresCPU()-postgres)/n), micros((ownCPU()-own)/n)))
	slow := all.percentile(0.95)
	m.limit(fmt.Sprintf("%d votes in %v, from the press to the page that says it is in: 95%% within", rushed, rush), millis(slow), "under "+millis(voteGoal), slow < voteGoal)
	m.limit("  half / 99% / all within", inMillis(all, 0.5, 0.99, 1), "", false)
	m.limit("  stored as they were sent, in Postgres and in what the reveal tells", fmt.Sprint(stored), fmt.Sprint(rushes*rushed), stored == rushes*rushed)
	return m.losses(ctx, r)
}

// rush has every device vote within a while, at times that do not wait for one
// another. It answers how long each vote took and how many are stored as sent.
func (m *rooms) rush(ctx context.Context, r *room) (took []time.Duration, stored int, err error) {
	if err := r.upTo(ctx, workshop.CloseVote); err != nil {
		return nil, 0, err
	}
	item := r.ahead[0].item
	took, sent := make([]time.Duration, len(r.phones)), [5]int{}
	faults := make([]error, len(r.phones))
	random := rand.New(rand.NewPCG(m.seed, uint64(len(r.ahead))))
	began := time.Now()
	var group sync.WaitGroup
	for i, d := range r.phones {
		choice := 1 + random.IntN(len(sent))
		sent[choice-1]++
		at, form := began.Add(time.Duration(random.Int64N(int64(rush)))), r.voteForm(choice)
		group.Go(func() {
			<-time.After(time.Until(at))
			took[i], faults[i] = d.vote(ctx, at, form)
		})
	}
	group.Wait()
	if err := errors.Join(faults...); err != nil {
		return nil, 0, err
	}
	kept, err := m.kept(ctx, item)
	if err != nil {
		return nil, 0, err
	}
	if err := r.upTo(ctx, workshop.Discuss); err != nil {
		return nil, 0, err
	}
	c, err := r.runner.Console(ctx, r.id, time.Now())
	if err != nil {
		return nil, 0, err
	}
	it, ok := c.Workshop.Item(item)
	if !ok || it.First == nil || len(it.First.Counts) != len(sent) {
		return nil, 0, errors.New("the reveal tells no counts")
	}
	for i, n := range sent {
		stored += min(n, kept[i], it.First.Counts[i])
	}
	return took, stored, nil
}

// kept counts the votes in the database.
func (m *rooms) kept(ctx context.Context, item uuid.UUID) (kept [5]int, err error) {
	owner, err := pgx.Connect(ctx, m.w.ownerURL)
	if err != nil {
		return kept, err
	}
	defer func() { _ = owner.Close(context.WithoutCancel(ctx)) }()
	for i := range kept {
		err := owner.QueryRow(ctx, `SELECT count(*) FROM workshop_votes WHERE item_id = $1 AND vote = 1 AND choice = $2`, item, i+1).Scan(&kept[i])
		if err != nil {
			return kept, err
		}
	}
	return kept, nil
}

// losses kills the server with all devices connected, moves the session on as
// another server would, and starts it again at once.
func (m *rooms) losses(ctx context.Context, r *room) error {
	var all, started sample
	for range kills {
		<-time.After(time.Second)
		seen := r.expect(true)
		if err := m.w.octant.kill(); err != nil {
			return err
		}
		now := r.ahead[0]
		if err := r.runner.MoveOn(ctx, r.id, now.item, now.move, r.step, time.Now()); err != nil {
			return err
		}
		r.ahead, r.step = r.ahead[1:], r.step+1
		if err := m.serveAgain(ctx, m.w); err != nil {
			return err
		}
		if err := seen.wait(ctx); err != nil {
			return err
		}
		_, _, back := seen.times()
		all.took, started.took = append(all.took, back...), append(started.took, m.w.octant.started)
	}
	slow := all.percentile(0.99)
	m.limit(fmt.Sprintf("server killed under %d devices: 99%% follow again and show the newest", rushed), seconds(slow), "under "+seconds(backGoal), slow < backGoal)
	m.limit("  half / 95% / all within", fmt.Sprintf("%s / %s / %s", seconds(all.percentile(0.5)), seconds(all.percentile(0.95)), seconds(slices.Max(all.took))), "", false)
	m.limit("  of that, starting the server", seconds(median(started.took)), "", false)
	return nil
}
