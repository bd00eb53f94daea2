package localdb

import (
	"errors"
	"os"
	"syscall"
)

// errHeld says that somebody else has the lock.
var errHeld = errors.New("the lock is held by another program")

const (
	exclusive = syscall.LOCK_EX
	shared    = syscall.LOCK_SH
)

// takeLock locks a file until it is closed or the program ends, however it
// ends, so that no stale lock can be left behind.
func takeLock(path string, how int) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	err = syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close() // nothing was written to it
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, errHeld
	}
	return nil, err
}

// dropLock gives a lock up at once. Closing alone would leave it with a child
// that was being started just then, until that child has its own program.
func dropLock(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) // closing gives it up too
	_ = f.Close()                                   // nothing was written to it
}
