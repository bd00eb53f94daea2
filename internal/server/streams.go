package server

import (
	"math/rand/v2"
	"slices"
	"sync"
)

// A stream asks once who listens, when it begins. So it ends after 40 to 80 beats,
// which is 10 to 20 minutes, and begins again by itself if it still may: that of a
// device that was taken out, of somebody who signed out and of a session that has
// ended does not.
const streamBeats = 40

// beats is how many beats a stream has, not the same for a room that came at once.
func beats() int { return streamBeats + rand.N(streamBeats) }

// mostStreams is how many streams one device, or one person, has in one session.
// With one more the oldest ends: it may be of a page that is gone without a word.
const mostStreams = 8

// openStreams are the streams that are open, by who listens to what.
type openStreams struct {
	mu  sync.Mutex
	all map[string][]chan struct{}
}

// begin counts a stream. What it gives is closed when the stream is one too many.
func (o *openStreams) begin(who string) chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	over := make(chan struct{})
	o.all[who] = append(o.all[who], over)
	if len(o.all[who]) > mostStreams {
		close(o.all[who][0])
		o.all[who] = o.all[who][1:]
	}
	return over
}

// end forgets a stream that has ended.
func (o *openStreams) end(who string, over chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	left := slices.DeleteFunc(o.all[who], func(c chan struct{}) bool { return c == over })
	if o.all[who] = left; len(left) == 0 {
		delete(o.all, who)
	}
}
