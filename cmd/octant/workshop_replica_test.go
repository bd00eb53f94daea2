package main

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"slices"
	"strings"
	"sync"
	"testing"

	"octant/internal/store/storetest"
	"octant/web/e2e/program"
)

// balancer stands before several replicas and passes each request to the next in
// turn. One that cannot be reached is passed over; what was already sent to one
// is never sent to another.
type balancer struct {
	*httptest.Server
	plain http.Transport

	mu       sync.Mutex
	replicas []string // their hosts
	turn     int
	streams  map[string]int // opened at each replica
}

func startBalancer(t *testing.T) *balancer {
	t.Helper()
	b := &balancer{streams: map[string]int{}}
	quiet := slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	b.Server = httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { r.Out.URL.Scheme, r.Out.Host = "http", r.In.Host }, Transport: b, ErrorLog: quiet,
	})
	b.Config.ErrorLog = quiet
	b.Start()
	t.Cleanup(func() {
		b.CloseClientConnections()
		b.Close()
		b.plain.CloseIdleConnections()
	})
	return b
}

// RoundTrip passes a request to one replica.
func (b *balancer) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	var err error
	if r.Body != nil {
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	b.mu.Lock()
	b.turn++
	first := b.turn % len(b.replicas)
	replicas := slices.Concat(b.replicas[first:], b.replicas[:first])
	b.mu.Unlock()
	var answer *http.Response
	for _, host := range replicas {
		r.URL.Host, r.Body = host, io.NopCloser(bytes.NewReader(body))
		answer, err = b.plain.RoundTrip(r)
		var network *net.OpError
		if errors.As(err, &network) && network.Op == "dial" {
			continue
		}
		if err == nil && strings.HasSuffix(r.URL.Path, "/events") && answer.StatusCode == http.StatusOK {
			b.mu.Lock()
			b.streams[host]++
			b.mu.Unlock()
		}
		return answer, err
	}
	return nil, err
}

// at is how many streams were opened at a replica.
func (b *balancer) at(p *program.Program) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.streams[strings.TrimPrefix(p.URL, "http://")]
}

// TestReplicaStoppedMidVote: the devices of a replica that goes come back by
// themselves to another, as who they were, and no acknowledged vote is lost.
func TestReplicaStoppedMidVote(t *testing.T) {
	t.Parallel()
	t.Run("told to stop", func(t *testing.T) {
		t.Parallel()
		stopReplica(t, func(p *program.Program) {
			p.Terminate()
			if code := p.Wait(); code != 0 {
				t.Errorf("it ended with %d:\n%s", code, p.Errors())
			}
		})
	})
	t.Run("killed", func(t *testing.T) {
		t.Parallel()
		stopReplica(t, func(p *program.Program) {
			p.Kill()
			p.Wait()
		})
	})
}

func stopReplica(t *testing.T, end func(*program.Program)) {
	t.Helper()
	b := startBalancer(t)
	environ := []string{aSecret, "DATABASE_URL=" + storetest.AppURL(t, storetest.New(t)), "OCTANT_BASE_URL=" + b.URL}
	serve := func() *program.Program {
		p := program.Serve(t, octant(t), append(environ, "OCTANT_DATA="+program.DataFolder(t)), "--demo")
		b.mu.Lock()
		defer b.mu.Unlock()
		b.replicas = append(b.replicas, strings.TrimPrefix(p.URL, "http://"))
		return p
	}
	leaves, stays := serve(), serve()
	r := openRoom(t, b.URL, inTheRoom)
	r.follow()
	there, here := b.at(leaves), b.at(stays)
	if there == 0 || here == 0 {
		t.Fatalf("%d devices follow one replica and %d the other", there, here)
	}

	r.desk.base = leaves.URL
	r.upTo("Open the vote")
	r.all("a change that one replica made", func(d *device) bool { return d.wakings() > 0 && d.shows("The vote is open.") })
	rush := startRush(r)
	var after int64
	rush.meet(func() {
		end(leaves)
		after = rush.acks.Load()
	}, func() bool { return rush.acks.Load() > after+votesBeforeFault })

	for i, d := range r.devices {
		for _, f := range d.faults {
			if f.status != http.StatusBadGateway { // the balancer's word that a connection broke
				t.Errorf("device %d was answered %d: %.300s", i, f.status, f.Text())
			}
		}
		d.faults = nil
	}

	r.desk.base = stays.URL
	moved := func() (n int) {
		for _, d := range r.devices {
			n += d.opened() - 1
		}
		return n
	}
	eventually(t, "every device at the replica that stays", func() bool { return moved() >= there })
	r.kept()
	r.latecomers()
	r.closes()
	if n := moved(); n != there {
		t.Errorf("devices opened %d streams again, but %d followed the replica that went", n, there)
	}
	t.Logf("%d devices moved to the replica that %d followed already", there, here)
}
