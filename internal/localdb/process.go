package localdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"
)

// errEndedAtOnce says that the server did not live until it could answer.
var errEndedAtOnce = errors.New("postgres ended at once")

// A process is one run of the postmaster.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}
}

// launch starts the server and waits until it answers at url.
func (s *Server) launch(ctx context.Context, url string) (*process, error) {
	log, err := s.folder.openLog()
	if err != nil {
		return nil, err
	}
	defer log.Close()
	args := []string{"-D", s.folder.data(), "-p", strconv.Itoa(s.port)}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = "/", environment(), log, log
	cmd.SysProcAttr = attributes(s.folder.account, syscall.SIGINT)
	if err := s.forks.start(cmd); err != nil {
		return nil, err
	}
	p := &process{cmd, make(chan struct{})}
	go func() {
		defer close(p.ended)
		_ = cmd.Wait() // how it ended is in its log and in its state
	}()
	if err := p.await(ctx, url); err != nil {
		return nil, errors.Join(fmt.Errorf("%w; the end of %s: %s", err, log.Name(), tail(log.Name())), p.stop())
	}
	return p, nil
}

func (p *process) await(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for ping(ctx, url) != nil {
		select {
		case <-p.ended:
			return errEndedAtOnce
		case <-ctx.Done():
			return fmt.Errorf("postgres is not ready: %w", ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil
}

// stop asks for a fast shutdown, which ends sessions and writes everything to
// disk; only one that hangs is told to drop everything and recover at its next
// start.
func (p *process) stop() error {
	for _, signal := range []os.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return err
		}
		select {
		case <-p.ended:
			return nil
		case <-time.After(patience / 2):
		}
	}
	return fmt.Errorf("postgres, process %d, does not stop", p.cmd.Process.Pid)
}

// A forker starts programs from one thread that lives as long as they do: the
// kernel sends a program its signal for orphans when the thread that forked it
// ends, and Go's threads come and go.
type forker struct {
	ask    chan *exec.Cmd
	answer chan error
}

func newForker() *forker {
	f := &forker{make(chan *exec.Cmd), make(chan error)}
	go func() {
		runtime.LockOSThread() // and never unlock: the thread ends with this function
		for cmd := range f.ask {
			f.answer <- cmd.Start()
		}
	}()
	return f
}

func (f *forker) start(cmd *exec.Cmd) error {
	f.ask <- cmd
	return <-f.answer
}

func (f *forker) close() { close(f.ask) }

// openLog opens the server's log, and puts one that has grown long aside.
func (f folder) openLog() (*os.File, error) {
	if info, err := os.Stat(f.log()); err == nil && info.Size() > 16<<20 {
		if err := os.Rename(f.log(), f.log()+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(f.log(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// tail is the last of a log, for the one who has to find out what is wrong.
func tail(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	if len(text) > 600 {
		text = text[len(text)-600:]
	}
	return string(bytes.TrimSpace(text))
}
