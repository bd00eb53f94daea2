package localdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// nobodysPid is beyond what any kernel gives a process.
const nobodysPid = 1<<31 - 1

// pidFile is what a server wrote about itself; zero where it says nothing.
type pidFile struct{ pid, port int }

func (f folder) pidPath() string { return filepath.Join(f.data(), "postmaster.pid") }

func (f folder) readPid() pidFile {
	text, err := os.ReadFile(f.pidPath())
	if err != nil {
		return pidFile{}
	}
	lines := strings.Split(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(lines[0]))
	if err != nil || len(lines) < 4 {
		return pidFile{pid: pid}
	}
	port, err := strconv.Atoi(strings.TrimSpace(lines[3]))
	if err != nil {
		return pidFile{pid: pid}
	}
	return pidFile{pid, port}
}

// evict clears what an earlier owner left. A server without its owner is asked
// to stop; on Linux the kernel has asked it already. A process file that names
// somebody else's process would keep ours from starting.
func (f folder) evict(ctx context.Context) error {
	text, err := os.ReadFile(f.pidPath())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	pid := f.readPid().pid
	if pid <= 0 { // cut short by a crash: the server itself would refuse it
		return os.Remove(f.pidPath())
	}
	if f.holds(pid) {
		return f.stopOrphan(ctx, pid)
	}
	return f.disown(text)
}

// disown replaces only the process number. The rest tells the server which
// shared memory to look at for backends that outlived their postmaster.
func (f folder) disown(text []byte) error {
	_, rest, _ := bytes.Cut(text, []byte("\n"))
	line := []byte(strconv.Itoa(nobodysPid) + "\n")
	return os.WriteFile(f.pidPath(), append(line, rest...), 0o600)
}

func (f folder) stopOrphan(ctx context.Context, pid int) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := syscall.Kill(pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("process %d holds %s: %w", pid, f.data(), err)
	}
	for f.holds(pid) {
		if pause(ctx, 20*time.Millisecond) != nil {
			return fmt.Errorf("process %d holds %s and does not stop", pid, f.data())
		}
	}
	return nil
}

// holds reports whether a process is a live server of this very cluster, and
// not another program that was given the same number since.
func (f folder) holds(pid int) bool {
	command, alive := inspectProcess(pid)
	if !alive {
		return false
	}
	name, _, _ := strings.Cut(command, " ")
	return strings.HasPrefix(filepath.Base(name), "postgres") && strings.Contains(command+" ", " "+f.data()+" ")
}
