package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// These are the times of the page's script, web/script/workshop.js, which a
// device goes by.
const (
	firstBeat = 4 * time.Second
	silence   = 20 * time.Second
	poll      = 5 * time.Second
	firstWait = 500 * time.Millisecond
	mostWait  = 10 * time.Second
)

// device is one page that follows a session as the script has a browser do: a
// stream that only says that something changed, and a connection on which it
// fetches its own fragment whenever it does.
type device struct {
	room   *room
	path   string // the page's; its fragment and its stream lie below
	cookie string
	from   string // network address
	phone  bool   // and not a screen of whoever runs the session

	wake     chan struct{} // has something in it while a fetch is wanted
	failures atomic.Int32
	opened   atomic.Int64 // when the stream was opened last
	beat     atomic.Int64 // when it was heard last, 0 for not yet
	fetched  atomic.Int64 // when the last fetch began
	missed   atomic.Bool  // it failed

	mu    sync.Mutex
	tag   string
	stage string // digest of the part that is the same in the whole room
}

// follow has the device follow its session until the context ends.
func (d *device) follow(ctx context.Context, group *sync.WaitGroup) {
	d.wake = make(chan struct{}, 1)
	group.Go(func() { d.listen(ctx) })
	group.Go(func() { d.fetchAll(ctx) })
}

func (d *device) refresh() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// listen keeps a stream open.
func (d *device) listen(ctx context.Context) {
	for ctx.Err() == nil {
		d.opened.Store(time.Now().UnixNano())
		d.beat.Store(0)
		d.refresh()
		d.hear(ctx)
		select {
		case <-time.After(d.pause()):
		case <-ctx.Done():
		}
	}
}

// hear opens the stream and listens until it ends.
func (d *device) hear(ctx context.Context) {
	stream, err := dial(ctx, d.room.addr, 512)
	if err != nil {
		return
	}
	defer stream.close()
	defer context.AfterFunc(ctx, stream.close)()
	request := asked(nil, http.MethodGet, d.path+"/events", d.room.addr, d.cookie, d.from)
	got, _, err := stream.send(append(request, "Accept: text/event-stream\r\n\r\n"...))
	if err != nil || got.status != http.StatusOK {
		return
	}
	_ = stream.words(silence, func(word []byte) { // it ends when the server does, or says nothing any more
		switch {
		case bytes.Equal(word, []byte("event: changed")):
			d.heard()
			d.refresh()
			d.room.told(d)
		case bytes.Equal(word, []byte("event: beat")):
			d.heard()
		}
	})
}

// heard notes that the stream flows, and tells the room when it does so first.
func (d *device) heard() {
	if d.beat.Swap(time.Now().UnixNano()) == 0 {
		d.refresh()
		d.room.flows(d)
	}
}

// pause grows with every failure and differs between devices.
func (d *device) pause() time.Duration {
	wait := min(firstWait<<min(d.failures.Add(1)-1, 10), mostWait)
	return time.Duration(float64(wait) * (0.5 + rand.Float64()))
}

// tick is what the page does each second: it asks by itself while the stream does
// not flow, and after it got no answer.
func (d *device) tick(now time.Time) {
	since := func(at *atomic.Int64) time.Duration { return now.Sub(time.Unix(0, at.Load())) }
	flows := since(&d.beat) < silence
	if d.beat.Load() == 0 {
		flows = since(&d.opened) < firstBeat
	}
	if (d.missed.Load() || !flows) && since(&d.fetched) > poll {
		d.refresh()
	}
}

// fetchAll fetches whenever that is wanted, one at a time.
func (d *device) fetchAll(ctx context.Context) {
	var line *wire
	var request, body []byte
	defer func() { line.close() }()
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.wake:
		}
		d.fetched.Store(time.Now().UnixNano())
		request = asked(request[:0], http.MethodGet, d.path+"/now", d.room.addr, d.cookie, d.from)
		if tag := d.has(); tag != "" {
			request = append(append(append(request, "If-None-Match: "...), tag...), "\r\n"...)
		}
		request = append(request, "\r\n"...)
		got, err := askOn(ctx, d.room.addr, &line, request, body)
		body = got.body
		d.missed.Store(err != nil || got.status != http.StatusOK && got.status != http.StatusNotModified)
		if d.missed.Load() {
			line.close()
			line = nil
			d.room.faults.Add(1)
			continue
		}
		d.failures.Store(0)
		d.show(got)
		if d.room.lean.Load() {
			line.close()
			line = nil
		}
	}
}

var stageMark = []byte(`id="part-stage" data-hash="`)

// show notes what the page shows now, and tells the room if its stage is another.
func (d *device) show(got reply) {
	if got.status == http.StatusOK {
		d.mu.Lock()
		d.tag = got.tag
		_, rest, found := bytes.Cut(got.body, stageMark)
		if end := bytes.IndexByte(rest, '"'); found && end > 0 {
			d.stage = string(rest[:end])
		}
		d.mu.Unlock()
		if d.phone {
			d.room.bytes.Store(int64(len(got.body)))
		}
	}
	d.room.shows(d)
}

// has is the mark of what the page shows, and showing its stage.
func (d *device) has() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.tag
}

func (d *device) showing() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.stage
}

// vote sends a vote and shows the page that answers, as the script does. It says
// how long it took from the moment it was to be sent until it was acknowledged.
func (d *device) vote(ctx context.Context, at time.Time, form string) (time.Duration, error) {
	line, err := dial(ctx, d.room.addr, 4<<10)
	if err != nil {
		return 0, err
	}
	defer line.close()
	got, err := line.ask(formOf(asked(nil, http.MethodPost, d.path+"/vote", d.room.addr, d.cookie, d.from), d.room.addr, form), nil)
	if err == nil && got.status == http.StatusSeeOther {
		got, err = line.ask(append(asked(nil, http.MethodGet, got.to, d.room.addr, d.cookie, d.from), "\r\n"...), nil)
	}
	took := time.Since(at)
	if err == nil && got.status != http.StatusOK {
		err = fmt.Errorf("a vote was answered %d", got.status)
	}
	d.mu.Lock()
	d.tag = ""
	d.mu.Unlock()
	d.refresh()
	return took, err
}
