package localdb

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// A folder is where one server keeps all it has, and the account it runs as.
type folder struct {
	dir     string
	account account
	moved   bool // not where it was asked for, since the account cannot go there
}

func (f folder) data() string     { return filepath.Join(f.dir, "data") }
func (f folder) password() string { return filepath.Join(f.dir, "password") }
func (f folder) lock() string     { return filepath.Join(f.dir, "lock") }
func (f folder) users() string    { return filepath.Join(f.dir, "users") }
func (f folder) log() string      { return filepath.Join(f.dir, "postgres.log") }

// systemFolder is where root's server lives when the folder asked for lies
// behind a door, such as a home folder, that only its owner opens.
const systemFolder = "/var/lib/octant"

// findFolder makes the folder if need be. Every command that names the same
// folder as the same account gets the same answer.
func (o Options) findFolder() (folder, error) {
	if o.Dir == "" {
		return folder{}, errors.New("no data folder was named")
	}
	f, err := openFolder(o.Dir)
	if err != nil || f.account.reaches(f.dir) {
		return f, err
	}
	if f.version() != 0 {
		return folder{}, fmt.Errorf("%w: the server runs as %s, which cannot reach %s", ErrAccount, f.account.name, f.dir)
	}
	system := o.system
	if system == "" {
		system = systemFolder
	}
	key := sha256.Sum256([]byte(f.dir))
	f, err = openFolder(filepath.Join(system, hex.EncodeToString(key[:6])))
	if err != nil {
		return folder{}, err
	}
	if !f.account.reaches(f.dir) {
		return folder{}, fmt.Errorf("%w: the server runs as %s, which cannot reach %s", ErrAccount, f.account.name, f.dir)
	}
	f.moved = true
	return f, nil
}

func openFolder(dir string) (folder, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return folder{}, err
	}
	if err := makeFolder(dir); err != nil {
		return folder{}, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return folder{}, err
	}
	who, err := accountFor(filepath.Join(dir, "data"))
	return folder{dir: dir, account: who}, err
}

// makeFolder makes a folder and those above it so that others may pass, but
// not look around, whatever the umask: the server's account has to pass.
func makeFolder(dir string) error {
	err := os.Mkdir(dir, 0o711)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeFolder(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o711)
	}
	if err == nil {
		return os.Chmod(dir, 0o711)
	}
	if info, statErr := os.Stat(dir); statErr == nil && info.IsDir() {
		return nil
	}
	return err
}

// version is the major version of the cluster in the folder, or 0 for none.
func (f folder) version() int {
	text, err := os.ReadFile(filepath.Join(f.data(), "PG_VERSION"))
	if err != nil {
		return 0
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return -1 // there is a cluster, and no binaries are its own
	}
	return major
}

// reachableCopy is where the account finds the binaries: their own folder, or
// a copy when they lie behind a door closed to it, as npm's may.
func (f folder) reachableCopy(b binaries) (string, error) {
	if f.account.reaches(b.dir) {
		return b.dir, nil
	}
	to := filepath.Join(f.dir, "postgresql-"+b.version)
	bin := filepath.Join(to, filepath.Base(b.dir))
	if executable(filepath.Join(bin, "postgres")) {
		return bin, nil
	}
	half, err := os.MkdirTemp(f.dir, "copying-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(half)
	if err := os.CopyFS(half, os.DirFS(filepath.Dir(b.dir))); err != nil {
		return "", fmt.Errorf("copy the binaries of PostgreSQL: %w", err)
	}
	if err := openToAll(half); err != nil {
		return "", err
	}
	return bin, os.Rename(half, to)
}

// openToAll lets everybody read a tree, which a strict umask would forbid.
func openToAll(dir string) error {
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink != 0 {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		bits := info.Mode().Perm() | 0o444
		if entry.IsDir() || bits&0o100 != 0 {
			bits |= 0o111
		}
		return os.Chmod(path, bits)
	})
}
