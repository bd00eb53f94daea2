package localdb

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
)

// The superuser and the database that every cluster of ours has.
const (
	superuser = "octant_owner"
	database  = "octant"
)

// makeCluster makes the cluster if there is none, and answers its password.
// The cluster is renamed into place when it is whole, so that an interrupted
// start leaves nothing that looks like one.
func (f folder) makeCluster(ctx context.Context, bin string, throwaway bool) (string, error) {
	if f.version() != 0 {
		password, err := os.ReadFile(f.password())
		if err != nil {
			return "", fmt.Errorf("the cluster's password: %w", err)
		}
		return string(password), nil
	}
	if err := f.sweep(); err != nil {
		return "", err
	}
	half, err := os.MkdirTemp(f.dir, "making-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(half)
	if err := f.account.give(half); err != nil {
		return "", err
	}
	password := rand.Text()
	args := []string{"--pgdata", half}
	if throwaway {
		args = append(args, "--no-sync")
	}
	if err := f.initdb(ctx, filepath.Join(bin, "initdb"), password, args...); err != nil {
		return "", err
	}
	if err := os.WriteFile(f.password(), []byte(password), 0o600); err != nil {
		return "", err
	}
	return password, os.Rename(half, f.data())
}

// sweep removes what an interrupted start left, and an empty data folder.
func (f folder) sweep() error {
	for _, pattern := range []string{"making-*", "copying-*"} {
		for _, left := range matches(filepath.Join(f.dir, pattern)) {
			if err := os.RemoveAll(left); err != nil {
				return err
			}
		}
	}
	err := os.Remove(f.data())
	if err == nil || errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return fmt.Errorf("there is something that is not a cluster in the way: %w", err)
}

func (f folder) initdb(ctx context.Context, program, password string, args ...string) error {
	secret, err := f.secretFile(password)
	if err != nil {
		return err
	}
	defer os.Remove(secret)
	cmd := exec.CommandContext(ctx, program, append(args,
		"--username", superuser, "--pwfile", secret, "--auth", "scram-sha-256",
		"--encoding", "UTF8", "--locale", "C", "--data-checksums", "--no-instructions")...)
	cmd.Dir, cmd.Env = "/", environment()
	cmd.SysProcAttr = attributes(f.account, syscall.SIGKILL)
	runtime.LockOSThread() // the signal for orphans follows the thread that forked
	defer runtime.UnlockOSThread()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, bytes.TrimSpace(out))
	}
	return nil
}

// secretFile holds the password for as long as initdb reads it.
func (f folder) secretFile(password string) (string, error) {
	file, err := os.CreateTemp(f.dir, "making-*.password") // for our eyes only
	if err != nil {
		return "", err
	}
	_, err = file.WriteString(password)
	return file.Name(), errors.Join(err, file.Close(), f.account.give(file.Name()))
}

// environment is the little that the server's programs may know of ours.
func environment() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "TZ=UTC", "LC_ALL=C"}
}
