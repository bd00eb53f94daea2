// Package program runs the real octant for tests that need a process: one that
// is started, spoken to over HTTP, interrupted and killed. It is not for tests
// of a package's own functions, and nothing that runs for users imports it.
// Its one rule: whatever it started ends with the test process, however that
// one ends.
package program

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"octant/internal/logbook"
)

// patience is how long a program may take to start or to stop. A first start
// makes a database cluster, on a machine that may be busy with other tests.
const patience = time.Minute

// Build compiles octant into a folder and answers where it lies.
func Build(folder string) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	file := filepath.Join(folder, "octant")
	build := exec.Command("go", "build", "-o", file, "./cmd/octant")
	build.Dir = root
	if says, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("program: build octant: %w\n%s", err, says)
	}
	return file, nil
}

// Root is the folder that holds go.mod, above the package under test.
func Root() (string, error) {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, statErr := os.Stat(filepath.Join(dir, "go.mod")); statErr == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("program: no go.mod above this folder")
		}
	}
	return "", err
}

// DataFolder is a fresh OCTANT_DATA that goes when the test ends. Unlike the
// test's own temporary folder it lets the account of Postgres pass.
func DataFolder(tb testing.TB) string {
	tb.Helper()
	dir, err := os.MkdirTemp("", "octant-data-")
	if err == nil {
		err = os.Chmod(dir, 0o711)
	}
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Error(err)
		}
	})
	return dir
}

// Program is octant as a process of its own.
type Program struct {
	URL string // where it serves, once it does

	tb     testing.TB
	cmd    *exec.Cmd
	out    *logbook.Book
	err    *logbook.Book
	ended  chan struct{}
	code   int
	orphan *os.File // its closing is how the watcher sees that we are gone
}

// Launch starts a command of the built program and does not wait for it. Of the
// test's own environment it gets nothing that configures octant.
func Launch(tb testing.TB, file string, environ []string, args ...string) *Program {
	tb.Helper()
	root, err := Root()
	if err != nil {
		tb.Fatal(err)
	}
	p := &Program{tb: tb, out: &logbook.Book{}, err: &logbook.Book{}, ended: make(chan struct{})}
	p.cmd = exec.Command(file, args...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = root, p.out, p.err
	p.cmd.Env = append(plainEnvironment(), environ...)
	if err := p.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	go func() {
		defer close(p.ended)
		_ = p.cmd.Wait() // how it ended is in its exit code
		p.code = p.cmd.ProcessState.ExitCode()
	}()
	p.watch()
	tb.Cleanup(p.end)
	return p
}

// Serve starts `octant serve` on free ports and waits until it is ready.
func Serve(tb testing.TB, file string, environ []string, args ...string) *Program {
	tb.Helper()
	environ = append([]string{"OCTANT_ADDR=127.0.0.1:0", "OCTANT_METRICS_ADDR=127.0.0.1:0"}, environ...)
	p := Launch(tb, file, environ, append([]string{"serve"}, args...)...)
	p.Await("an address", func(context.Context) bool {
		found := greeting.FindStringSubmatch(p.Output())
		if found != nil {
			p.URL = found[1]
		}
		return found != nil
	})
	p.AwaitStatus("/readyz", http.StatusOK)
	return p
}

var greeting = regexp.MustCompile(`Octant is at (http://[0-9.:]+)`)

// Await asks again and again until the answer is yes. The test fails when that
// takes too long, or when the program ends meanwhile.
func (p *Program) Await(what string, yes func(context.Context) bool) {
	p.tb.Helper()
	ctx, cancel := context.WithTimeout(p.tb.Context(), patience)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !yes(ctx) {
		select {
		case <-again.C:
		case <-p.ended:
			p.tb.Fatalf("octant ended with %d before there was %s:\n%s", p.code, what, p.Errors())
		case <-ctx.Done():
			p.tb.Fatalf("octant: there was never %s:\n%s", what, p.Errors())
		}
	}
}

// AwaitStatus waits until an address answers with a status.
func (p *Program) AwaitStatus(path string, status int) {
	p.tb.Helper()
	p.Await(fmt.Sprintf("a %d at %s", status, path), func(ctx context.Context) bool {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.URL+path, http.NoBody)
		if err != nil {
			return false
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return answer.StatusCode == status
	})
}

// Output is what it has written for people so far.
func (p *Program) Output() string { return p.out.String() }

// Errors is what it has logged or complained of so far.
func (p *Program) Errors() string { return p.err.String() }

// Kill ends it at once, with no chance to tidy up.
func (p *Program) Kill() { p.signal(syscall.SIGKILL) }

// Interrupt asks it to end, as ^C does.
func (p *Program) Interrupt() { p.signal(syscall.SIGINT) }

// Terminate asks it to end, as whoever runs containers does.
func (p *Program) Terminate() { p.signal(syscall.SIGTERM) }

func (p *Program) signal(s syscall.Signal) {
	p.tb.Helper()
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.tb.Fatal(err)
	}
}

// Wait waits until it has ended and answers its exit code, -1 if it was killed.
func (p *Program) Wait() int {
	p.tb.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.tb.Fatalf("octant does not end:\n%s", p.Errors())
	}
	return p.code
}

// end is for programs that the test has not ended itself.
func (p *Program) end() {
	_ = p.cmd.Process.Signal(os.Interrupt) // it may have ended already
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.tb.Errorf("octant does not end when interrupted:\n%s", p.Errors())
		_ = p.cmd.Process.Kill()
		<-p.ended
	}
	_, _ = p.orphan.WriteString("over\n") // the watcher may have been killed
	_ = p.orphan.Close()
}

// watch leaves a small watcher behind, which ends the program when the test
// process goes without having said that all is over.
func (p *Program) watch() {
	read, write, err := os.Pipe()
	if err != nil {
		p.tb.Fatal(err)
	}
	defer read.Close()
	watcher := exec.Command("/bin/sh", "-c", `read -r over || kill "$1"`, "sh", fmt.Sprint(p.cmd.Process.Pid))
	watcher.Stdin = read
	watcher.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // ^C is for the tests, not for it
	if err := watcher.Start(); err != nil {
		p.tb.Fatal(err)
	}
	go func() { _ = watcher.Wait() }() // it ends in its own time and is not asked how
	p.orphan = write
}

// plainEnvironment is the test's environment without what configures octant.
func plainEnvironment() []string {
	var out []string
	for _, v := range os.Environ() {
		configures := false
		for _, prefix := range []string{"OCTANT_", "DATABASE_", "SMTP_", "OIDC_"} {
			configures = configures || strings.HasPrefix(v, prefix)
		}
		if !configures {
			out = append(out, v)
		}
	}
	return out
}

// Postgres is the process id of the embedded server on a data folder, 0 when
// none runs.
func Postgres(tb testing.TB, data string) int {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join(data, "postgres", "data", "postmaster.pid"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	var pid int
	if err == nil {
		_, err = fmt.Sscan(string(text), &pid)
	}
	if err != nil {
		tb.Fatal(err)
	}
	return pid
}
