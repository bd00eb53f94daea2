package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// nchanModule is where Debian's libnginx-mod-nchan lies.
const nchanModule = "/usr/lib/nginx/modules/ngx_nchan_module.so"

// nchan is nginx with its nchan module, which pushes a message to all who
// subscribe, and those who do: what a room is measured beside.
type nchan struct {
	process *process
	line    *wire // on which messages are published
	group   sync.WaitGroup
	leave   context.CancelFunc
	now     atomic.Pointer[push]
	ready   atomic.Int64
	phones  int
}

// push is one message on its way.
type push struct {
	mark  []byte // the line by which a subscriber knows that all of it is there
	came  atomic.Int64
	wants int64
	began time.Time
	took  time.Duration
	all   chan struct{}
}

// startNchan starts nginx, or says what is missing on this machine.
func (s *stage) startNchan(ctx context.Context) (n *nchan, missing string, err error) {
	program, err := exec.LookPath("nginx")
	if err != nil {
		return nil, "nginx", nil
	}
	if _, err := os.Stat(nchanModule); err != nil {
		return nil, nchanModule, nil
	}
	addr, other, err := freeAddresses()
	if err != nil {
		return nil, "", err
	}
	folder := filepath.Join(s.folder, "nginx")
	if err := os.Mkdir(folder, 0o711); err != nil {
		return nil, "", err
	}
	config := filepath.Join(folder, "nginx.conf")
	text := strings.NewReplacer("{addr}", addr, "{folder}", folder, "{module}", nchanModule).Replace(nchanConfig)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, "", err
	}
	n = &nchan{}
	n.process, err = startAt(ctx, addr, other, "nginx with nchan", nil, program, "-p", folder, "-c", config)
	return n, "", err
}

// nchanConfig is nginx as its packages set it up, with as many connections as are
// needed.
const nchanConfig = `load_module {module};
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
worker_processes auto;
worker_rlimit_nofile 16384;
events { worker_connections 8192; }
http {
	access_log off;
	tcp_nodelay on;
	keepalive_timeout 1h;
	keepalive_requests 1000000;
	client_body_temp_path {folder}/body;
	proxy_temp_path {folder}/proxy;
	fastcgi_temp_path {folder}/fastcgi;
	uwsgi_temp_path {folder}/uwsgi;
	scgi_temp_path {folder}/scgi;
	server {
		listen {addr} backlog=4096;
		location = /readyz { return 200; }
		location = /publish { nchan_publisher; nchan_channel_id room; nchan_message_buffer_length 1; }
		location = /subscribe { nchan_subscriber eventsource; nchan_channel_id room; nchan_subscriber_first_message newest; }
	}
}
`

// join has so many subscribe, and waits until the streams of all flow.
func (n *nchan) join(ctx context.Context, phones int) error {
	var on context.Context
	on, n.leave = context.WithCancel(ctx)
	n.phones = phones
	n.ready.Store(0)
	open := make(chan struct{}, joiners)
	for range phones {
		open <- struct{}{}
		n.group.Go(func() {
			line, err := dial(on, n.process.addr, 32<<10)
			if err == nil {
				defer line.close()
				defer context.AfterFunc(on, line.close)()
				request := asked(nil, http.MethodGet, "/subscribe", n.process.addr, "", "")
				_, _, err = line.send(append(request, "Accept: text/event-stream\r\n\r\n"...))
			}
			<-open
			if err != nil {
				return
			}
			n.ready.Add(1)
			_ = line.words(time.Minute, n.heard) // it ends when all go
		})
	}
	for until := time.Now().Add(time.Minute); n.ready.Load() < int64(phones); {
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
		if time.Now().After(until) {
			return fmt.Errorf("%d of %d subscribe to nchan after a minute\n%s", n.ready.Load(), phones, n.process.told())
		}
	}
	return nil
}

// part has all subscribers go.
func (n *nchan) part() {
	n.leave()
	n.group.Wait()
}

// heard counts a message that has come.
func (n *nchan) heard(word []byte) {
	p := n.now.Load()
	if p == nil || !bytes.Equal(word, p.mark) {
		return
	}
	if p.came.Add(1) == p.wants {
		p.took = time.Since(p.began)
		close(p.all)
	}
}

// publish publishes a message of so many bytes and answers when the last had it.
func (n *nchan) publish(ctx context.Context, number, size int) (time.Duration, error) {
	message := fmt.Sprintf("%06d", number)
	message += strings.Repeat("x", max(size-len(message), 0))
	p := &push{mark: []byte("data: " + message), wants: int64(n.phones), began: time.Now(), all: make(chan struct{})}
	n.now.Store(p)
	request := fmt.Appendf(asked(nil, http.MethodPost, "/publish", n.process.addr, "", ""), "Content-Length: %d\r\n\r\n%s", len(message), message)
	if _, err := askOn(ctx, n.process.addr, &n.line, request, nil); err != nil {
		return 0, fmt.Errorf("nchan: %w", err)
	}
	select {
	case <-p.all:
		return p.took, nil
	case <-time.After(time.Minute):
		return 0, fmt.Errorf("nchan: %d of %d have the message after a minute", p.came.Load(), p.wants)
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// stop ends nginx.
func (n *nchan) stop() error {
	if n == nil {
		return nil
	}
	n.line.close()
	return n.process.stop()
}
