package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// Devices join as people do who walk in: so many at a time, and so many behind
// one network address.
const (
	joiners = 32
	atOne   = 200
)

// join has so many devices join by the code and follow the session, with the
// facilitator's own two screens, and waits until all of them do.
func (r *room) join(ctx context.Context, n int) error {
	var on context.Context
	on, r.leave = context.WithCancel(ctx)
	r.devices = make([]*device, 0, n+2)
	for _, at := range []string{"", "/projector"} {
		r.devices = append(r.devices, &device{room: r, path: r.path + at, cookie: r.desk, from: "10.1.0.1"})
		r.devices[len(r.devices)-1].follow(on, &r.group)
	}
	r.phones = make([]*device, n)
	for i := range r.phones {
		r.phones[i] = &device{room: r, phone: true, from: fmt.Sprintf("10.0.%d.%d", r.place, 1+i/atOne)}
	}
	all := r.expect(true)
	err := r.inTurn(n, func(i int) error {
		if err := r.phones[i].join(ctx); err != nil {
			return err
		}
		r.phones[i].follow(on, &r.group)
		return nil
	})
	if err != nil {
		return err
	}
	r.devices = append(r.devices, r.phones...)
	r.group.Go(func() { r.ticks(on) })
	return all.wait(ctx)
}

// inTurn does something for each of so many devices, a few at a time.
func (r *room) inTurn(n int, do func(int) error) error {
	places, faults := make(chan int), make(chan error, joiners)
	for range joiners {
		go func() {
			var err error
			for i := range places {
				if err == nil {
					err = do(i)
				}
			}
			faults <- err
		}()
	}
	for i := range n {
		places <- i
	}
	close(places)
	var all error
	for range joiners {
		all = errors.Join(all, <-faults)
	}
	return all
}

// join asks for the page that takes the code, sends the code, and opens the page
// that it leads to.
func (d *device) join(ctx context.Context) error {
	addr := d.room.addr
	line, err := dial(ctx, addr, 4<<10)
	if err != nil {
		return err
	}
	defer line.close()
	var cookies []string
	for _, request := range [][]byte{
		append(asked(nil, http.MethodGet, "/join", addr, "", d.from), "\r\n"...),
		nil, // the form, with the cookie of the answer before
		nil, // the page that it leads to, with both
	} {
		switch d.cookie = strings.Join(cookies, "; "); len(cookies) {
		case 1:
			request = formOf(asked(nil, http.MethodPost, "/join", addr, d.cookie, d.from), addr, "as=voter&code="+d.room.code)
		case 2:
			request = append(asked(nil, http.MethodGet, d.path, addr, d.cookie, d.from), "\r\n"...)
		}
		got, err := line.ask(request, nil)
		if err != nil {
			return fmt.Errorf("join: %w", err)
		}
		if got.status != http.StatusOK && got.status != http.StatusSeeOther {
			return fmt.Errorf("join: answered %d", got.status)
		}
		if got.to != "" {
			d.path = got.to
		}
		cookies = append(cookies, got.kept...)
	}
	if len(cookies) != 2 || d.path == "" {
		return errors.New("join: a device was not let in")
	}
	return nil
}

// ticks is the clock of all pages, each at a time of its own.
func (r *room) ticks(ctx context.Context) {
	const parts = 20
	tick := time.NewTicker(time.Second / parts)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			for i := n % parts; i < len(r.devices); i += parts {
				r.devices[i].tick(now)
			}
		}
	}
}

// close has all devices go.
func (r *room) close() {
	if r == nil {
		return
	}
	if r.leave != nil {
		r.leave()
	}
	r.group.Wait()
	r.line.close()
}
