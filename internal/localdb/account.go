package localdb

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// An account is whom the server runs as. PostgreSQL refuses to run as root, so
// root lends it another; everybody else runs it as themselves.
type account struct {
	name       string
	credential *syscall.Credential // nil: the account that we are
}

// accountFor is the account for a cluster: the owner of the one that is there,
// or else, for root, postgres or nobody.
func accountFor(cluster string) (account, error) {
	me := os.Geteuid()
	info, err := os.Stat(cluster)
	if err == nil {
		uid := info.Sys().(*syscall.Stat_t).Uid
		if int(uid) == me && me != 0 {
			return account{}, nil
		}
		if me != 0 {
			return account{}, fmt.Errorf("%w: %s is %s's; run octant as that account, or name another folder in OCTANT_DATA",
				ErrAccount, cluster, accountName(uid))
		}
		if uid != 0 {
			return account{accountName(uid), &syscall.Credential{Uid: uid, Gid: info.Sys().(*syscall.Stat_t).Gid}}, nil
		}
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrPermission) {
		return account{}, err
	}
	if me != 0 {
		return account{}, nil
	}
	return lent()
}

// lent is the account that root gives the server. It must have a name, since
// initdb looks for one.
func lent() (account, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseInt(u.Uid, 10, 64)
		gid, gidErr := strconv.ParseInt(u.Gid, 10, 64)
		if uidErr == nil && gidErr == nil && uid != 0 {
			// macOS writes nobody's number as -2, which is what the kernel takes too.
			return account{name, &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
		}
	}
	return account{}, errors.New("PostgreSQL refuses to run as root, and there is no account postgres or nobody to run it as")
}

// reaches reports whether the account can open the folder dir.
func (a account) reaches(dir string) bool {
	if a.credential == nil {
		return true
	}
	for {
		info, err := os.Stat(dir)
		if err != nil || !a.passes(info) {
			return false
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return true
		}
		dir = parent
	}
}

// passes reports whether the account may go through a folder, by the one set
// of permission bits that holds for it.
func (a account) passes(dir os.FileInfo) bool {
	bits, stat := dir.Mode().Perm(), dir.Sys().(*syscall.Stat_t)
	switch {
	case stat.Uid == a.credential.Uid:
		return bits&0o100 != 0
	case stat.Gid == a.credential.Gid:
		return bits&0o010 != 0
	default:
		return bits&0o001 != 0
	}
}

// give hands a file to the account.
func (a account) give(path string) error {
	if a.credential == nil {
		return nil
	}
	return os.Chown(path, int(a.credential.Uid), int(a.credential.Gid))
}

func accountName(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return "account " + id
}
