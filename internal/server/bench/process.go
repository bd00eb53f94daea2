package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"octant/internal/logbook"
)

// process is a server under test, in a process of its own.
type process struct {
	name    string
	addr    string
	other   string // its second address
	cmd     *exec.Cmd
	log     *logbook.Book
	ended   chan struct{}
	started time.Duration // from its start to its first "ready"
}

// told is what the process said.
func (p *process) told() string {
	return p.log.String()
}

// start starts a server and waits until it is ready. env may name its address
// as {addr} and a second one as {other}.
func start(ctx context.Context, name string, env []string, program string, args ...string) (*process, error) {
	addr, other, err := freeAddresses()
	if err != nil {
		return nil, err
	}
	return startAt(ctx, addr, other, name, env, program, args...)
}

// startAt is the same at addresses that are known.
func startAt(ctx context.Context, addr, other, name string, env []string, program string, args ...string) (*process, error) {
	p := &process{name: name, addr: addr, other: other, log: &logbook.Book{}, ended: make(chan struct{})}
	p.cmd = exec.CommandContext(ctx, program, args...)
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	p.cmd.WaitDelay = 20 * time.Second
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	put := strings.NewReplacer("{addr}", addr, "{other}", other)
	p.cmd.Env = append(os.Environ(), "DATABASE_URL=", "DATABASE_OWNER_URL=", "OCTANT_BASE_URL=", "OCTANT_SECRET=")
	for _, e := range env {
		p.cmd.Env = append(p.cmd.Env, put.Replace(e))
	}
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is for whoever waits for something of it
		close(p.ended)
	}()
	if err := p.await(ctx); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	p.started = time.Since(began)
	return p, nil
}

// await asks until the server is ready.
func (p *process) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/readyz", nil)
		if err != nil {
			return err
		}
		if reply, err := http.DefaultClient.Do(req); err == nil {
			_ = reply.Body.Close()
			if reply.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-tick.C:
		case <-p.ended:
			return fmt.Errorf("%s ended before it was ready:\n%s", p.name, p.told())
		case <-ctx.Done():
			return fmt.Errorf("%s was not ready in time:\n%s", p.name, p.told())
		}
	}
}

// kill ends the server as a lost machine does.
func (p *process) kill() error {
	if err := p.cmd.Process.Kill(); err != nil {
		return err
	}
	<-p.ended
	return nil
}

// stop ends the server as an operator does.
func (p *process) stop() error {
	if p == nil {
		return nil
	}
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(20 * time.Second):
		return errors.Join(fmt.Errorf("%s did not stop", p.name), p.cmd.Process.Kill())
	}
}

func freeAddresses() (one, other string, err error) {
	a, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	b, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", errors.Join(err, a.Close())
	}
	return a.Addr().String(), b.Addr().String(), errors.Join(a.Close(), b.Close())
}

// What the system says of a process. Only Linux says it in /proc; elsewhere
// costs in CPU are nought, and the table says so.

// tick is the unit of /proc/PID/stat on every Linux that Go runs on.
const tick = time.Second / 100

// stat reads the fields of /proc/PID/stat from the third on, which is the first
// after the name.
func stat(pid int) []string {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return nil
	}
	return strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
}

// ticks adds up fields of stat, numbered as proc(5) numbers them.
func ticks(fields []string, numbers ...int) (sum time.Duration) {
	for _, n := range numbers {
		if n-3 < len(fields) {
			v, _ := strconv.ParseInt(fields[n-3], 10, 64)
			sum += time.Duration(v) * tick
		}
	}
	return sum
}

// Numbers of fields in proc(5).
const (
	fieldParent   = 4
	fieldUser     = 14
	fieldSystem   = 15
	fieldOldUser  = 16 // of children that have ended
	fieldOldSytem = 17
)

// cpu is what the process has used so far.
func (p *process) cpu() time.Duration { return ticks(stat(p.cmd.Process.Pid), fieldUser, fieldSystem) }

// parentOf is the process that started this one, 0 where nobody says.
func parentOf(pid int) int {
	fields := stat(pid)
	if len(fields) < fieldParent-2 {
		return 0
	}
	parent, _ := strconv.Atoi(fields[fieldParent-3])
	return parent
}

// familyCPU is what a process and its children have used, those that have ended
// among them.
func familyCPU(parent int) time.Duration {
	if parent == 0 {
		return 0
	}
	sum := ticks(stat(parent), fieldUser, fieldSystem, fieldOldUser, fieldOldSytem)
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0
	}
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if fields := stat(pid); len(fields) > 1 && fields[fieldParent-3] == strconv.Itoa(parent) {
			sum += ticks(fields, fieldUser, fieldSystem)
		}
	}
	return sum
}

// memory is what the process holds in memory, in bytes.
func (p *process) memory(ctx context.Context) (int64, error) {
	pid := strconv.Itoa(p.cmd.Process.Pid)
	said, err := os.ReadFile("/proc/" + pid + "/statm")
	if err == nil {
		pages, err := strconv.ParseInt(strings.Fields(string(said))[1], 10, 64)
		return pages * int64(os.Getpagesize()), err
	}
	if said, err = exec.CommandContext(ctx, "ps", "-o", "rss=", "-p", pid).Output(); err != nil {
		return 0, fmt.Errorf("ps: %w", err)
	}
	kib, err := strconv.ParseInt(strings.TrimSpace(string(said)), 10, 64)
	return kib * 1024, err
}
