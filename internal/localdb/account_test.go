package localdb

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// These tests change accounts, which only root can; everybody else's runs are
// the ones with no account to change, which every other test covers.

func TestRootRunsTheServerAsSomebodyElse(t *testing.T) {
	t.Parallel()
	s := mustStart(t, throwaway(open(t)))
	info, err := os.Stat(s.folder.data())
	if err != nil {
		t.Fatal(err)
	}
	if uid := info.Sys().(*syscall.Stat_t).Uid; uid == 0 {
		t.Error("the cluster is root's")
	}
	if secret, err := os.Stat(s.folder.password()); err != nil || secret.Mode().Perm() != 0o600 {
		t.Errorf("the password's mode is %v (%v)", secret.Mode(), err)
	}
}

func TestOrdinaryAccountRunsItsOwnServer(t *testing.T) {
	t.Parallel()
	nobody := asNobody(t)
	dir := filepath.Join(open(t), "data")
	mustGive(t, filepath.Dir(dir), nobody)
	for want := 1; want <= 2; want++ {
		c := startChild(t, dir, nobody)
		if got := addRow(t, c.address(t)); got != want {
			t.Errorf("%d rows, want %d", got, want)
		}
		c.kill(t)
	}
	if os.Geteuid() == 0 {
		root := mustStart(t, throwaway(dir)) // as sudo would
		if got := addRow(t, root.OwnerURL()); got != 3 {
			t.Errorf("root sees %d rows in a cluster of another account, want 3", got)
		}
		mustStop(t, root)
		if got := addRow(t, startChild(t, dir, nobody).address(t)); got != 4 {
			t.Errorf("%d rows after root was here, want 4", got)
		}
	}
}

func TestAnotherAccountsClusterIsRefused(t *testing.T) {
	t.Parallel()
	nobody := asNobody(t)
	if nobody == nil {
		return // needs two accounts
	}
	dir := open(t)
	mustStop(t, mustStart(t, throwaway(dir)))
	if line := startChild(t, dir, nobody).says(t); !strings.Contains(line, ErrAccount.Error()) {
		t.Errorf("the child says %q, want %q", line, ErrAccount)
	}
}

func TestClosedHomeMovesRootsServer(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // nobody else's server runs as somebody else
	}
	home := open(t)
	o := throwaway(filepath.Join(home, ".octant", "postgres"))
	o.system = open(t)
	o.where = &search{npm: fakeModules(t, filepath.Join(home, "node_modules"))}
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	for want := 1; want <= 2; want++ {
		s := mustStart(t, o)
		if got := addRow(t, s.OwnerURL()); got != want {
			t.Errorf("%d rows, want %d", got, want)
		}
		if !strings.HasPrefix(s.folder.dir, o.system) || !strings.HasPrefix(s.bin, o.system) {
			t.Errorf("data in %s, binaries in %s, want both under %s", s.folder.dir, s.bin, o.system)
		}
		if _, err := Start(t.Context(), o); !errors.Is(err, ErrRunning) {
			t.Errorf("a second Start answers %v, want ErrRunning", err)
		}
		mustStop(t, s)
	}
}

func TestHomeClosedLaterIsRefused(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		return // nobody else's server runs as somebody else
	}
	home := open(t)
	o := throwaway(filepath.Join(home, "postgres"))
	o.system = open(t)
	mustStop(t, mustStart(t, o))
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), o); !errors.Is(err, ErrAccount) {
		t.Errorf("Start answers %v, want ErrAccount rather than an empty cluster elsewhere", err)
	}
}

// asNobody is an account without rights, or nil when we have none to give.
func asNobody(t *testing.T) *syscall.Credential {
	t.Helper()
	if os.Geteuid() != 0 {
		return nil
	}
	return &syscall.Credential{Uid: 65534, Gid: 65534}
}

func mustGive(t *testing.T, dir string, to *syscall.Credential) {
	t.Helper()
	if to == nil {
		return
	}
	if err := os.Chown(dir, int(to.Uid), int(to.Gid)); err != nil {
		t.Fatal(err)
	}
}
