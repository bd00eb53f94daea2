package localdb

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestKilledOwnerIsRecoveredFrom(t *testing.T) {
	t.Parallel()
	dir := open(t)
	c := startChild(t, dir, nil)
	url := c.address(t)
	addRow(t, url)
	c.kill(t)
	s := mustStart(t, throwaway(dir))
	if got := addRow(t, s.OwnerURL()); got != 2 {
		t.Errorf("%d rows after the owner was killed, want 2", got)
	}
}

func TestOwnerAndServerKilledTogether(t *testing.T) {
	t.Parallel()
	dir := open(t)
	c := startChild(t, dir, nil)
	addRow(t, c.address(t))
	f, err := throwaway(dir).findFolder()
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(f.readPid().pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	c.kill(t)
	s := mustStart(t, careful(dir))
	if got := addRow(t, s.OwnerURL()); got != 2 {
		t.Errorf("%d rows after both were killed, want 2", got)
	}
}

func TestKilledServerComesBackByItself(t *testing.T) {
	t.Parallel()
	s := mustStart(t, careful(open(t)))
	addRow(t, s.OwnerURL())
	pid := s.folder.readPid().pid
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "another postmaster", func() bool { return s.folder.readPid().pid != pid && ping(t.Context(), s.OwnerURL()) == nil })
	if got := addRow(t, s.OwnerURL()); got != 2 {
		t.Errorf("%d rows after the server was killed, want 2", got)
	}
	mustStop(t, s)
	if err := ping(t.Context(), s.OwnerURL()); err == nil {
		t.Error("the server that came back was not stopped")
	}
}

func TestInterruptReachesTheOwnerFirst(t *testing.T) {
	t.Parallel()
	c := startChild(t, open(t), nil)
	url := c.address(t)
	if err := syscall.Kill(-c.cmd.Process.Pid, syscall.SIGINT); err != nil { // the whole group, as the terminal does
		t.Fatal(err)
	}
	for _, want := range []string{"answered", "stopped"} {
		if got := c.says(t); got != want {
			t.Errorf("the child says %q, want %q", got, want)
		}
	}
	if err := ping(t.Context(), url); err == nil {
		t.Error("the server outlived its owner")
	}
}

func TestServerWithoutItsOwnerIsReplaced(t *testing.T) {
	t.Parallel()
	o := throwaway(open(t))
	s := mustStart(t, o)
	addRow(t, s.OwnerURL())
	mustStop(t, s)

	// A kernel without a signal for orphans leaves the server running.
	orphan := exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.folder.data(), "-p", strconv.Itoa(s.port), "-c", "unix_socket_directories=")
	orphan.Env, orphan.Dir = environment(), "/"
	orphan.SysProcAttr = &syscall.SysProcAttr{Credential: s.folder.account.credential}
	if err := orphan.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = orphan.Wait() }()
	waitFor(t, "the orphan", func() bool { return ping(t.Context(), s.OwnerURL()) == nil })

	again := mustStart(t, o)
	if got := addRow(t, again.OwnerURL()); got != 2 {
		t.Errorf("%d rows after the orphan was replaced, want 2", got)
	}
	if again.folder.readPid().pid == orphan.Process.Pid {
		t.Error("the orphan still runs")
	}
}

func TestStaleProcessFiles(t *testing.T) {
	t.Parallel()
	o := throwaway(open(t))
	s := mustStart(t, o)
	mustStop(t, s)
	pidFile := func(pid int) string {
		return fmt.Sprintf("%d\n%s\n1700000000\n5432\n\n127.0.0.1\n\nready   \n", pid, s.folder.data())
	}
	stranger := bystander(t, s.folder.account)
	for name, text := range map[string]string{
		"another program's":  pidFile(stranger.Process.Pid),
		"a zombie's":         pidFile(zombie(t, s.folder.account)),
		"nobody's":           pidFile(nobodysPid - 1),
		"cut short":          "12",
		"empty":              "",
		"of the test itself": pidFile(os.Getpid()),
	} {
		mustWrite(t, s.folder.pidPath(), text)
		if err := s.folder.account.give(s.folder.pidPath()); err != nil {
			t.Fatal(err)
		}
		again, err := Start(t.Context(), o)
		if err != nil {
			t.Errorf("process file %s: %v", name, err)
			continue
		}
		mustStop(t, again)
	}
	if err := stranger.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the other program was harmed: %v", err)
	}
}

func TestHalfDoneInitIsDoneAgain(t *testing.T) {
	t.Parallel()
	o := throwaway(open(t))
	mustWrite(t, filepath.Join(o.Dir, "making-1234", "PG_VERSION"), "15\n")
	mustWrite(t, filepath.Join(o.Dir, "making-1234.password"), "half")
	mustWrite(t, filepath.Join(o.Dir, "password"), "of a cluster that never was")
	if err := os.Mkdir(filepath.Join(o.Dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := mustStart(t, o)
	addRow(t, s.OwnerURL())
	if left := matches(filepath.Join(o.Dir, "making-*")); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

func TestLongLogIsPutAside(t *testing.T) {
	t.Parallel()
	f := folder{dir: open(t)}
	mustWrite(t, f.log(), strings.Repeat("a line of the log\n", 1<<20))
	log, err := f.openLog()
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	info, err := log.Stat()
	if err != nil || info.Size() != 0 {
		t.Errorf("the log goes on with %d bytes (%v)", info.Size(), err)
	}
}

// zombie is a process that has ended and that nobody has asked how.
func zombie(t *testing.T, as account) int {
	t.Helper()
	cmd := bystander(t, as)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the zombie", func() bool { _, alive := inspectProcess(cmd.Process.Pid); return !alive })
	return cmd.Process.Pid
}

// waitFor asks again until something has come about.
func waitFor(t *testing.T, what string, come func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !come() {
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
}
