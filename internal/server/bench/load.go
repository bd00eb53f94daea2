package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// conversation is one client: it appends what it asks next and says with which
// status that must be answered. Requests are written ready made and answers read
// no further than they must be, so that the generator takes little of the
// machine it shares with the server.
type conversation func(request []byte) (asked []byte, status int)

// get is the conversation that asks for the pages in turn.
func get(pages ...visit) conversation {
	n := 0
	return func(request []byte) ([]byte, int) {
		n++
		return pages[n%len(pages)].append(request), http.StatusOK
	}
}

// visit is one page asked for by one signed-in person.
type visit struct{ path, cookie string }

func (v visit) append(request []byte) []byte {
	return append(request, "GET "+v.path+" HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\nCookie: "+v.cookie+"\r\n\r\n"...)
}

// appendPost appends a form as a browser posts it.
func appendPost(request []byte, path, cookie string, form []byte) []byte {
	request = append(request, "POST "...)
	request = append(request, path...)
	request = append(request, " HTTP/1.1\r\nHost: bench\r\nOrigin: http://bench\r\nSec-Fetch-Site: same-origin\r\n"+
		"Accept-Encoding: gzip\r\nContent-Type: application/x-www-form-urlencoded\r\nCookie: "...)
	request = append(request, cookie...)
	request = append(request, "\r\nContent-Length: "...)
	request = strconv.AppendInt(request, int64(len(form)), 10)
	request = append(request, "\r\n\r\n"...)
	return append(request, form...)
}

// hold carries one conversation on until the time is up, and answers how long
// each reply took.
func (c conversation) hold(ctx context.Context, addr string, until time.Time) (took []time.Duration, err error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // nothing is lost with it
	in := bufio.NewReaderSize(conn, 64<<10)
	var request []byte
	for began := time.Now(); began.Before(until) && ctx.Err() == nil; {
		var status int
		request, status = c(request[:0])
		if err := ask(conn, in, request, status); err != nil {
			return nil, fmt.Errorf("%.60q: %w", request, err)
		}
		done := time.Now()
		took = append(took, done.Sub(began))
		began = done
	}
	return took, ctx.Err()
}

// ask sends one request and reads its answer to the end.
func ask(conn net.Conn, in *bufio.Reader, request []byte, status int) error {
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		return err
	}
	if _, err := conn.Write(request); err != nil {
		return err
	}
	reply, err := http.ReadResponse(in, nil)
	if err != nil {
		return err
	}
	if reply.StatusCode != status {
		return fmt.Errorf("answered %s, want %d", reply.Status, status)
	}
	_, err = io.Copy(io.Discard, reply.Body)
	return err
}

// sample is what one server did under load for one turn, or for several.
type sample struct {
	took      []time.Duration // of every request
	rate      float64         // requests a second
	app       time.Duration   // CPU of the server's process, a request
	postgres  time.Duration   // CPU of Postgres, a request
	generator time.Duration   // CPU of this process, a request
}

// percentile is the time within which so much of the requests were answered.
func (s sample) percentile(p float64) time.Duration {
	if len(s.took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(s.took))
	return sorted[min(int(p*float64(len(sorted))), len(sorted)-1)]
}

// cpu is what a request costs the machine, apart from asking for it.
func (s sample) cpu() time.Duration { return s.app + s.postgres }

// press puts a server under the load of the conversations for one turn.
func (s *stage) press(ctx context.Context, server *process, turn time.Duration, clients []conversation) (sample, error) {
	app, postgres, own := server.cpu(), s.postgresCPU(), ownCPU()
	began := time.Now()
	took := make([][]time.Duration, len(clients))
	faults := make([]error, len(clients))
	var group sync.WaitGroup
	for i, c := range clients {
		group.Go(func() { took[i], faults[i] = c.hold(ctx, server.addr, began.Add(turn)) })
	}
	group.Wait()
	spent := time.Since(began)
	for _, err := range faults {
		if err != nil {
			return sample{}, fmt.Errorf("%s: %w\n%s", server.name, err, server.told())
		}
	}
	all := slices.Concat(took...)
	n := time.Duration(max(len(all), 1))
	return sample{
		took: all, rate: float64(len(all)) / spent.Seconds(), app: (server.cpu() - app) / n,
		postgres: (s.postgresCPU() - postgres) / n, generator: (ownCPU() - own) / n,
	}, nil
}

// side is one of two servers that are compared.
type side struct {
	server  *process
	clients []conversation
}

// contest lets two servers take turns, each first as often as second, after some
// turns that do not count. Turns are short, so that what else the machine does
// meets both alike.
func (s *stage) contest(ctx context.Context, ours, bare side) (duel, error) {
	var d duel
	const unready = 4 // turns until connections, caches and plans are as they stay
	for turn := range unready + s.turns {
		pair := [2]sample{}
		for i := range pair {
			which := (turn + i) % 2
			who := [2]side{ours, bare}[which]
			var err error
			if pair[which], err = s.press(ctx, who.server, s.turn, who.clients); err != nil {
				return d, err
			}
		}
		if turn >= unready {
			d.ours, d.bare = append(d.ours, pair[0]), append(d.bare, pair[1])
		}
	}
	return d, nil
}

// duel is the turns of two servers, pair by pair.
type duel struct{ ours, bare []sample }

// sums are the turns of each side taken together.
func (d duel) sums() (ours, bare sample) { return together(d.ours), together(d.bare) }

// together is several turns as one: the middle rate, all times, the mean cost.
func together(turns []sample) (all sample) {
	var rates []float64
	var app, postgres, generator time.Duration
	for _, t := range turns {
		n := time.Duration(len(t.took))
		rates, all.took = append(rates, t.rate), append(all.took, t.took...)
		app, postgres, generator = app+n*t.app, postgres+n*t.postgres, generator+n*t.generator
	}
	n := time.Duration(max(len(all.took), 1))
	all.rate, all.app, all.postgres, all.generator = median(rates), app/n, postgres/n, generator/n
	return all
}

// ratio is the middle of the pairs' ratios of some figure, ours to bare.
func (d duel) ratio(of func(sample) float64) float64 {
	var rs []float64
	for i := range d.ours {
		rs = append(rs, of(d.ours[i])/of(d.bare[i]))
	}
	return median(rs)
}

func rateOf(s sample) float64 { return s.rate }

// median is the middle value.
func median[T ~int64 | ~float64](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// ownCPU is what this process, the load generator, has used.
func ownCPU() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
