package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"octant/internal/live"
	"octant/internal/store"
	"octant/web/page"
)

// How often a stream lets hear from it, and how long one word of it may take to
// leave.
const (
	heartbeat    = 15 * time.Second
	streamSlowly = 10 * time.Second
)

// What a stream says. It says the same to everybody, and never what has changed.
const (
	wordFirst   = "retry: 2000\nevent: beat\ndata: 1\n\n"
	wordBeat    = "event: beat\ndata: 1\n\n"
	wordChanged = "event: changed\ndata: 1\n\n"
)

// follow says that something has changed whenever one of the rooms does, for as
// long as the other side listens. It never says what: the same words go to
// everybody in a room at the same moments. Without a hub there is nothing to
// follow, and pages ask every few seconds.
//
// who is the device or the person that listens: each has so many streams and no
// more, and each stream its time.
//
// It takes the connection over and returns: thousands wait at once, and waiting
// here would keep for each of them all that a request holds.
func (s *Server) follow(w http.ResponseWriter, r *http.Request, who string, rooms ...string) error {
	if s.hub == nil {
		return store.ErrNotFound
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return fmt.Errorf("server: follow: %w", err)
	}
	who = rooms[0] + " " + who
	stream := stream{conn: conn, inPieces: r.ProtoAtLeast(1, 1), beats: beats(), over: s.streams.begin(who)}
	waiter := s.hub.Subscribe(rooms...)
	go func() {
		defer s.streams.end(who, stream.over)
		stream.run(waiter)
	}()
	return nil
}

// stream is a connection on which nothing is said but that something changed.
type stream struct {
	conn     net.Conn
	inPieces bool          // as HTTP has had it since 1.1: each with its length before it
	beats    int           // after so many it ends
	over     chan struct{} // closed when it is one too many
}

// run speaks until the other side has gone, its time is over or the hub stops.
func (s stream) run(waiter *live.Waiter) {
	defer waiter.Close()
	defer func() { _ = s.conn.Close() }() // nothing is lost with it
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = s.conn.Read(make([]byte, 1)) // who listens sends nothing: this ends when they go
	}()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for word := wordFirst; s.utter(word); {
		select {
		case <-gone:
			return
		case _, on := <-waiter.C:
			if !on {
				s.utter("")
				return
			}
			word = wordChanged
		case <-s.over:
			s.utter("")
			return
		case <-beat.C:
			if s.beats--; s.beats <= 0 {
				s.utter("")
				return
			}
			word = wordBeat
		}
	}
}

// utter sends one word, or with none the end, and says whether it has left.
func (s stream) utter(word string) bool {
	if s.inPieces {
		word = fmt.Sprintf("%x\r\n%s\r\n", len(word), word)
	}
	if err := s.conn.SetWriteDeadline(time.Now().Add(streamSlowly)); err != nil {
		return false
	}
	_, err := io.WriteString(s.conn, word)
	return err == nil
}

// nudge wakes a room after something that is worth it has been kept.
func (s *Server) nudge(room string) {
	if s.hub != nil {
		s.hub.Nudge(room)
	}
}

// sendParts sends the pieces of a page that follows a session.
func (s *Server) sendParts(w http.ResponseWriter, r *http.Request, parts []page.Part) error {
	return s.sendPieces(w, r, func(ctx context.Context, to *bytes.Buffer) error { return page.Parts(parts).Render(ctx, to) })
}

// sendPieces sends pieces that are written, unless the other side has the very
// same already. They are not compressed: a piece's length is to depend on what it
// says and on nothing that was sent before.
func (s *Server) sendPieces(w http.ResponseWriter, r *http.Request, write func(context.Context, *bytes.Buffer) error) error {
	buf, _ := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := write(r.Context(), buf); err != nil {
		return fmt.Errorf("server: write pieces: %w", err)
	}
	sum := sha256.Sum256(buf.Bytes())
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	_, _ = w.Write(buf.Bytes()) // the person has gone if this fails
	return nil
}
