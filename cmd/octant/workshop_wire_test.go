package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// party is one who receives something, over connections of their own.
type party struct {
	t                  *testing.T
	name, base, cookie string
	looksAt            []string
	events             string // "" for one who cannot listen
	before, voted      string // its own votes, in the vote before and in this one
	client             http.Client
	pages, stream      tap
	exchanges          []exchange
	listening          sync.WaitGroup

	mu      sync.Mutex
	changed int
}

// exchange is what came back for one request, as it came over the wire.
type exchange struct {
	what string
	raw  []byte
}

// request is one as a browser makes it.
func (p *party) request(method, at string, fields form) *http.Request {
	p.t.Helper()
	values := url.Values{}
	for name, value := range fields {
		values.Set(name, value)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.base+at, strings.NewReader(values.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Cookie", p.cookie)
	r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// ask records what is answered.
func (p *party) ask(method, at string, fields form) {
	p.t.Helper()
	got, err := p.client.Do(p.request(method, at, fields))
	if err != nil {
		p.t.Fatal(err)
	}
	defer got.Body.Close()
	if _, err := io.Copy(io.Discard, got.Body); err != nil || got.StatusCode >= http.StatusInternalServerError {
		p.t.Fatalf("%s, %s %s: %d %v", p.name, method, at, got.StatusCode, err)
	}
	p.exchanges = append(p.exchanges, exchange{method + " " + at, p.pages.take()})
}

// listen opens the party's stream, and counts how often it says that something
// changed.
func (p *party) listen() {
	p.t.Helper()
	if p.events == "" {
		return
	}
	own := http.Client{Transport: &http.Transport{DialContext: p.stream.dial, DisableCompression: true}}
	got, err := own.Do(p.request(http.MethodGet, p.events, nil))
	if err != nil || got.StatusCode != http.StatusOK {
		p.t.Fatalf("%s cannot listen: %v %v", p.name, got, err)
	}
	lines := bufio.NewScanner(got.Body)
	for lines.Scan() && lines.Text() != "event: beat" {
	}
	p.listening.Go(func() {
		defer got.Body.Close()
		for lines.Scan() {
			if lines.Text() == "event: changed" {
				p.mu.Lock()
				p.changed++
				p.mu.Unlock()
			}
		}
	})
}

func (p *party) heard() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

// tap keeps every byte that comes in over the connections it makes.
type tap struct {
	mu  sync.Mutex
	got bytes.Buffer
}

func (t *tap) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	return tapped{c, t}, err
}

// take is what came since the last time.
func (t *tap) take() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer t.got.Reset()
	return bytes.Clone(t.got.Bytes())
}

type tapped struct {
	net.Conn
	into *tap
}

// Read reads, and keeps what it read.
func (c tapped) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.into.mu.Lock()
	defer c.into.mu.Unlock()
	c.into.got.Write(b[:n])
	return n, err
}
