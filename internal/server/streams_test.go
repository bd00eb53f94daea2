package server

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"

	"octant/internal/live"
)

// deafHub is a hub that hears no database.
func deafHub(t *testing.T) *live.Hub {
	t.Helper()
	return live.Start(t.Context(), live.Options{
		Listen: func(context.Context) (*pgx.Conn, error) { return nil, errors.New("no database") },
		Log:    slog.New(slog.DiscardHandler),
	})
}

// TestStreamHasItsTime: it ends by itself, in an orderly way, so that who listens
// must show again that they may.
func TestStreamHasItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hub := deafHub(t)
		defer hub.Stop()
		here, there := net.Pipe()
		began := time.Now()
		go stream{conn: here, inPieces: true, beats: beats(), over: make(chan struct{})}.run(hub.Subscribe("room"))
		all, err := io.ReadAll(there)
		took := time.Since(began)
		if err != nil || took < 10*time.Minute || took > 20*time.Minute || !strings.HasSuffix(string(all), "\r\n0\r\n\r\n") {
			t.Errorf("ends after %s with %.20q, %v", took, all[max(0, len(all)-20):], err)
		}
		if n := hub.Waiting(); n != 0 {
			t.Errorf("%d still wait", n)
		}
	})
}

// TestWhoNeverReadsIsLeft: a connection that takes nothing is given up.
func TestWhoNeverReadsIsLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hub := deafHub(t)
		defer hub.Stop()
		here, _ := net.Pipe()
		began := time.Now()
		stream{conn: here, beats: beats(), over: make(chan struct{})}.run(hub.Subscribe("room"))
		if took := time.Since(began); took != streamSlowly || hub.Waiting() != 0 {
			t.Errorf("left after %s, %d wait", took, hub.Waiting())
		}
	})
}

// TestOneDeviceHasSoManyStreams: the oldest ends, nobody else's does, and what has
// ended is forgotten.
func TestOneDeviceHasSoManyStreams(t *testing.T) {
	t.Parallel()
	s, hub, served := liveSite(t)
	r := s.openLobby(2)
	other := listen(t, served, r.phones[1], r.phone()+"/events")
	var mine []heard
	for range mostStreams + 2 {
		mine = append(mine, listen(t, served, r.phones[0], r.phone()+"/events"))
	}
	mine[0].ends()
	mine[1].ends()
	r.upTo("Open the vote")
	for _, h := range append(mine[2:], other) {
		h.says("event: changed", "data: 1")
	}
	r.desk.post(r.path + "/devices/1/remove").wants(http.StatusSeeOther)
	r.phones[0].get(r.phone() + "/events").wants(http.StatusNotFound)
	hub.Stop()
	for _, h := range append(mine[2:], other) {
		h.ends()
	}
	for late, left := time.Now().Add(20*time.Second), 1; left > 0; <-time.After(time.Millisecond) {
		s.server.streams.mu.Lock()
		left = len(s.server.streams.all)
		s.server.streams.mu.Unlock()
		if time.Now().After(late) {
			t.Fatalf("%d are not forgotten", left)
		}
	}
}

// TestNothingIsAskedBehindAStream: a second request that is sent on the connection
// of a stream is never answered, whatever stands between; and the stream is for
// its own site alone.
func TestNothingIsAskedBehindAStream(t *testing.T) {
	t.Parallel()
	s, hub, served := liveSite(t)
	r := s.openLobby(1)
	const later = "later"
	for _, what := range []string{later, "in one piece"} {
		pause := what == later
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", served.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		first := "GET " + r.phone() + "/events HTTP/1.1\r\nHost: octant.example\r\nCookie: " + r.phones[0].cookie + "\r\nContent-Length: 0\r\n\r\n"
		behind := "GET /healthz HTTP/1.1\r\nHost: octant.example\r\n\r\n"
		if !pause {
			first += behind
		}
		if _, err := io.WriteString(conn, first); err != nil {
			t.Fatal(err)
		}
		in := bufio.NewReader(conn)
		var head strings.Builder
		for line := ""; line != "\r\n"; head.WriteString(line) {
			if line, err = in.ReadString('\n'); err != nil {
				t.Fatal(err)
			}
		}
		for _, want := range []string{"HTTP/1.1 200", "Cache-Control: no-store", "Cross-Origin-Resource-Policy: same-origin", "X-Accel-Buffering: no", "X-Content-Type-Options: nosniff"} {
			if !strings.Contains(head.String(), want) {
				t.Errorf("%s: no %q in %q", what, want, head.String())
			}
		}
		if strings.Contains(head.String(), "Access-Control") || strings.Contains(head.String(), "Set-Cookie") {
			t.Errorf("%s: %q", what, head.String())
		}
		if pause {
			if _, err := io.WriteString(conn, behind); err != nil {
				t.Fatal(err)
			}
		} else {
			hub.Stop()
		}
		rest, _ := io.ReadAll(in) // a connection that is reset has ended too
		if strings.Contains(string(rest), "HTTP/1.1") || strings.Contains(string(rest), "alive") {
			t.Errorf("%s: answered %q", what, rest)
		}
	}
}
