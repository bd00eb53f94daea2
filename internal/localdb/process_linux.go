package localdb

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
)

// attributes give a process its account and a process group of its own, so
// that the terminal's ^C reaches Octant alone, which stops the server after its
// last request. Should Octant be killed, the kernel sends the signal for it.
func attributes(a account, whenOrphaned syscall.Signal) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: a.credential, Setpgid: true, Pdeathsig: whenOrphaned}
}

// inspectProcess is the command line of a process, and whether it lives: one
// that only waits to be collected does not.
func inspectProcess(pid int) (string, bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", false
	}
	end := bytes.LastIndexByte(stat, ')') // "12 (name) S 1 …", and a name may hold anything
	if end < 0 || len(stat) < end+3 || stat[end+2] == 'Z' || stat[end+2] == 'X' {
		return "", false
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return "", false
	}
	return string(bytes.ReplaceAll(line, []byte{0}, []byte(" "))), true
}
