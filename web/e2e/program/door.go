package program

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Door stands between octant and its database. Shut, it makes the database one
// that cannot be reached; open again, it is where it was.
type Door struct {
	tb     testing.TB
	target string

	mu       sync.Mutex
	address  string
	listener net.Listener
	through  map[net.Conn]bool
}

// NewDoor opens a door before a database and answers it with the database's
// address through it.
func NewDoor(tb testing.TB, database string) (d *Door, through string) {
	tb.Helper()
	u, err := url.Parse(database)
	if err != nil {
		tb.Fatal(err)
	}
	d = &Door{tb: tb, target: u.Host, address: "127.0.0.1:0", through: make(map[net.Conn]bool)}
	d.Open()
	tb.Cleanup(d.Shut)
	u.Host = d.address
	return d, u.String()
}

// Open lets connections through.
func (d *Door) Open() {
	d.tb.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.listener != nil {
		return
	}
	listener, err := net.Listen("tcp", d.address)
	if err != nil {
		d.tb.Fatal(err)
	}
	d.listener, d.address = listener, listener.Addr().String()
	go d.admit(listener)
}

// Shut ends every connection and refuses new ones.
func (d *Door) Shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.listener == nil {
		return
	}
	_ = d.listener.Close() // it is of no more use, however it closed
	d.listener = nil
	for c := range d.through {
		_ = c.Close()
	}
	clear(d.through)
}

// admit connects everybody who comes, until the door is shut.
func (d *Door) admit(listener net.Listener) {
	for {
		in, err := listener.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", d.target)
		if err != nil {
			_ = in.Close()
			continue
		}
		d.join(listener, in, out)
	}
}

// join passes on what two connections say, unless the door was shut meanwhile.
func (d *Door) join(listener net.Listener, in, out net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.listener != listener {
		_, _ = in.Close(), out.Close()
		return
	}
	d.through[in], d.through[out] = true, true
	pass := func(to, from net.Conn) {
		_, _ = io.Copy(to, from) // it ends when either side does
		_, _ = to.Close(), from.Close()
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(d.through, from)
	}
	go pass(in, out)
	go pass(out, in)
}
