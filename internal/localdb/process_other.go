//go:build !linux

package localdb

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// attributes give a process its account and a process group of its own, so
// that the terminal's ^C reaches Octant alone, which stops the server after its
// last request. There is no signal for orphans here: the next start stops them.
func attributes(a account, _ syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: a.credential, Setpgid: true}
}

// inspectProcess is the command line of a process, and whether it lives: one
// that only waits to be collected does not.
func inspectProcess(pid int) (string, bool) {
	out, err := exec.Command("ps", "-ww", "-o", "stat=,command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return "", false
	}
	state, command, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	return strings.TrimSpace(command), state != "" && !strings.HasPrefix(state, "Z")
}
