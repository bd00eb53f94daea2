package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"octant/internal/store"
	"octant/web/page"
)

// How often a stream lets hear from it, and how long one word of it may take to
// leave.
const (
	heartbeat    = 15 * time.Second
	streamSlowly = 10 * time.Second
)

// follow says that something has changed whenever one of the rooms does, for as
// long as the other side listens. It never says what: the same words go to
// everybody in a room at the same moments. Without a hub there is nothing to
// follow, and pages ask every few seconds.
func (s *Server) follow(w http.ResponseWriter, r *http.Request, rooms ...string) error {
	if s.hub == nil {
		return store.ErrNotFound
	}
	waiter := s.hub.Subscribe(rooms...)
	defer waiter.Close()
	out := http.NewResponseController(w)
	if err := out.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return fmt.Errorf("server: follow: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for word := "retry: 2000\nevent: beat\ndata: 1\n\n"; ; {
		if !utter(out, w, word) {
			return nil
		}
		select {
		case <-visitOf(r).line:
			return nil
		case _, on := <-waiter.C:
			if !on {
				return nil
			}
			word = "event: changed\ndata: 1\n\n"
		case <-beat.C:
			word = "event: beat\ndata: 1\n\n"
		}
	}
}

// utter sends one word of a stream and says whether the other side still listens.
func utter(out *http.ResponseController, w io.Writer, word string) bool {
	if err := out.SetWriteDeadline(time.Now().Add(streamSlowly)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return false
	}
	if _, err := io.WriteString(w, word); err != nil {
		return false
	}
	return out.Flush() == nil
}

// nudge wakes a room after something that is worth it has been kept.
func (s *Server) nudge(room string) {
	if s.hub != nil {
		s.hub.Nudge(room)
	}
}

// sendParts sends the pieces of a page that follows a session, unless the other
// side has the very same already. It is not compressed: a piece's length is to
// depend on what it says and on nothing that was sent before.
func (s *Server) sendParts(w http.ResponseWriter, r *http.Request, parts []page.Part) error {
	buf, _ := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	if err := page.Parts(parts).Render(r.Context(), buf); err != nil {
		return fmt.Errorf("server: render parts: %w", err)
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
	_, _ = w.Write(buf.Bytes()) // the person has gone if this fails
	return nil
}
