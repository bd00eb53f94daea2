// Package live wakes waiting requests: it hears, over one connection to the
// database, which room changed, and wakes whoever waits for that room, on this
// replica as on every other. It neither knows what a room is nor what changed.
// Its one rule: a wake-up carries nothing. Whoever is woken reads again what they
// may see, so that one wake-up more does no harm and a missed one heals with the
// next.
package live

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Options are what a hub is made of.
type Options struct {
	// Listen makes a connection of the hub's own, on which the database tells
	// rooms that changed. The hub closes it.
	Listen func(ctx context.Context) (*pgx.Conn, error)
	// Tell has the database tell every replica that a room changed.
	Tell func(ctx context.Context, room string) error
	Log  *slog.Logger

	Gap time.Duration // least time between two nudges of one room; 100 ms if zero
}

const (
	usualGap  = 100 * time.Millisecond
	quiet     = 20 * time.Second // after so long without a word the connection is tried
	firstWait = 50 * time.Millisecond
	mostWait  = 2 * time.Second
	lastWords = time.Second // for a nudge that waits when the hub stops
)

// Hub wakes those who wait. There is one in a program.
type Hub struct {
	options Options
	stop    context.CancelFunc
	done    sync.WaitGroup

	mu      sync.Mutex
	rooms   map[string]map[*Waiter]struct{}
	nudges  map[string]bool // rooms with a nudge under way; true if another is wanted after it
	stopped bool
}

// Waiter waits for some rooms.
type Waiter struct {
	// C has something in it once any of the rooms has changed since it was last
	// read. It is closed when the hub stops: whoever waits for it ends.
	C <-chan struct{}

	wake  chan struct{}
	rooms []string
	hub   *Hub
}

// Start begins to listen. A database that cannot be reached is tried again for as
// long as it takes.
func Start(ctx context.Context, o Options) *Hub {
	o.Gap = cmp.Or(o.Gap, usualGap)
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	h := &Hub{options: o, stop: stop, rooms: make(map[string]map[*Waiter]struct{}), nudges: make(map[string]bool)}
	h.done.Go(func() { h.listen(ctx) })
	return h
}

// Stop ends the hub, and with it all waiting.
func (h *Hub) Stop() {
	h.stop()
	h.mu.Lock()
	if !h.stopped {
		h.stopped = true
		for _, w := range h.waiters() {
			close(w.wake)
		}
		clear(h.rooms)
	}
	h.mu.Unlock()
	h.done.Wait()
}

// waiters is everybody, once.
func (h *Hub) waiters() (all []*Waiter) {
	seen := make(map[*Waiter]struct{})
	for _, room := range h.rooms {
		for w := range room {
			if _, again := seen[w]; !again {
				seen[w] = struct{}{}
				all = append(all, w)
			}
		}
	}
	return all
}

// Subscribe waits for rooms from now on. Whoever subscribes first and reads what
// there is afterwards misses nothing.
func (h *Hub) Subscribe(rooms ...string) *Waiter {
	wake := make(chan struct{}, 1)
	w := &Waiter{C: wake, wake: wake, rooms: rooms, hub: h}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		close(wake)
		return w
	}
	for _, room := range rooms {
		if h.rooms[room] == nil {
			h.rooms[room] = make(map[*Waiter]struct{})
		}
		h.rooms[room][w] = struct{}{}
	}
	return w
}

// Close ends the waiting.
func (w *Waiter) Close() {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	for _, room := range w.rooms {
		delete(w.hub.rooms[room], w)
		if len(w.hub.rooms[room]) == 0 {
			delete(w.hub.rooms, room)
		}
	}
}

// Waiting is how many wait, for measuring.
func (h *Hub) Waiting() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.waiters())
}

// wakeRoom wakes who waits for a room. Somebody who has not read the last wake-up
// yet needs no other.
func (h *Hub) wakeRoom(room string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for w := range h.rooms[room] {
		w.nudge()
	}
}

// wakeAll wakes everybody, after a time in which nothing could be heard.
func (h *Hub) wakeAll() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, w := range h.waiters() {
		w.nudge()
	}
}

func (w *Waiter) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// listen hears until it is told to stop, over as many connections as it takes.
func (h *Hub) listen(ctx context.Context) {
	wait, heard := firstWait, false
	for ctx.Err() == nil {
		conn, err := h.options.Listen(ctx)
		if err == nil {
			if heard {
				h.options.Log.Info("the live view hears the database again")
			}
			heard, wait = true, firstWait
			h.wakeAll() // what was told meanwhile nobody heard
			err = h.hear(ctx, conn)
		}
		if ctx.Err() != nil {
			return
		}
		h.options.Log.Warn("the live view does not hear the database; trying again", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
		wait = min(2*wait, mostWait)
	}
}

// hear wakes rooms as they are told, until the connection is lost. A connection
// on which nothing is said for a while is tried, since one that was cut in the
// middle looks the same.
func (h *Hub) hear(ctx context.Context, conn *pgx.Conn) error {
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
		defer cancel()
		conn.Close(ctx)
	}()
	for {
		room, err := next(ctx, conn)
		switch {
		case err != nil:
			return err
		case room != "":
			h.wakeRoom(room)
		}
	}
}

// next is the next room that is told, "" after a quiet while on a sound connection.
func next(ctx context.Context, conn *pgx.Conn) (string, error) {
	waiting, cancel := context.WithTimeout(ctx, quiet)
	defer cancel()
	told, err := conn.WaitForNotification(waiting)
	if err == nil {
		return told.Payload, nil
	}
	if ctx.Err() != nil || waiting.Err() == nil {
		return "", err
	}
	trying, cancel := context.WithTimeout(ctx, mostWait)
	defer cancel()
	return "", conn.Ping(trying)
}

// Nudge says that a room has changed, after that was kept. It returns at once.
// However often it is said, every replica is told at most once in a while, and
// always after the last time.
func (h *Hub) Nudge(room string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		return
	}
	if _, under := h.nudges[room]; under {
		h.nudges[room] = true
		return
	}
	h.nudges[room] = false
	h.done.Go(func() { h.pass(room) })
}

// pass tells of a room, and again for as long as there was more to tell meanwhile.
func (h *Hub) pass(room string) {
	for more := true; more; {
		ctx, cancel := context.WithTimeout(context.Background(), mostWait)
		if err := h.options.Tell(ctx, room); err != nil {
			h.wakeRoom(room) // ours at least; the others catch up with the next, or by asking
		}
		<-time.After(h.options.Gap)
		cancel()
		h.mu.Lock()
		more = h.nudges[room] && !h.stopped
		if h.nudges[room] = false; !more {
			delete(h.nudges, room)
		}
		h.mu.Unlock()
	}
}
