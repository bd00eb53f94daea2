package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/jackc/pgx/v5"

	"octant/internal/localdb"
	"octant/internal/server"
	"octant/internal/store"
)

// stage is what the measurements stand on: one Postgres, as safe as the
// embedded one is in use; in it a database with few trusts and one with many;
// and the real program on each, with a bare server on the first.
type stage struct {
	options
	folder   string
	postgres *localdb.Server
	version  string // of Postgres
	master   int    // process of Postgres that the others are children of
	secret   string

	worlds       []*world // all of them
	small, large *world
	bare         *process
	rooms        *rooms   // where workshops are measured; nil before
	members      []string // cookies of the first trust's members, in the small database
	closings     []time.Duration
	generator    time.Duration // its cost a request when it was last measured
}

// world is one database with generated trusts, and the program that serves it.
type world struct {
	name     string
	ownerURL string
	appURL   string
	trusts   []trust
	db       *store.DB
	octant   *process
	settings []string // of the program, beside those that it needs

	copying, vacuum time.Duration   // filling it, and cleaning up after that
	editions        []time.Duration // making each past edition
}

// few is how many trusts the small database holds.
const few = 3

func newStage(ctx context.Context, o options) (*stage, error) {
	s := &stage{options: o, secret: hex.EncodeToString([]byte("a secret for measuring"))}
	var err error
	if s.folder, err = os.MkdirTemp("", "octant-bench-"); err != nil {
		return nil, err
	}
	if err := os.Chmod(s.folder, 0o711); err != nil { // Postgres may run as somebody else
		return nil, err
	}
	s.postgres, err = localdb.Start(ctx, localdb.Options{
		Dir:         filepath.Join(s.folder, "postgres"),
		NodeModules: filepath.Join(s.web, "postgres", "node_modules"),
	})
	if err == nil {
		err = s.findPostgres(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// raise makes the small database and the large one, and starts what serves them.
// It does so once.
func (s *stage) raise(ctx context.Context) (err error) {
	if s.small != nil {
		return nil
	}
	began := time.Now()
	if s.small, err = s.makeWorld(ctx, "bench_small", s.fewRounds(few)); err != nil {
		return err
	}
	if s.large, err = s.makeWorld(ctx, "bench_large", s.fewRounds(s.trusts)); err != nil {
		return err
	}
	if s.members, err = s.small.signIn(ctx, s.small.trusts[0].members[:]...); err != nil {
		return err
	}
	if s.bare, err = s.startBare(ctx); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "bench: making the data took %.0f s\n", time.Since(began).Seconds())
	return nil
}

// fewRounds fills a world with so many trusts of a few rounds each.
func (s *stage) fewRounds(trusts int) func(context.Context, *world) error {
	return func(ctx context.Context, w *world) error { return s.fill(ctx, w, trusts) }
}

// makeWorld makes a database, fills it, and serves it.
func (s *stage) makeWorld(ctx context.Context, name string, fill func(context.Context, *world) error) (*world, error) {
	w := &world{name: name}
	s.worlds = append(s.worlds, w)
	owner, err := pgx.Connect(ctx, s.postgres.OwnerURL())
	if err != nil {
		return nil, err
	}
	_, err = owner.Exec(ctx, "CREATE DATABASE "+name)
	if err := errors.Join(err, owner.Close(ctx)); err != nil {
		return nil, err
	}
	if w.ownerURL, err = onDatabase(s.postgres.OwnerURL(), name); err != nil {
		return nil, err
	}
	if err := store.Migrate(ctx, w.ownerURL); err != nil {
		return nil, err
	}
	if w.appURL, err = store.Prepare(ctx, w.ownerURL, "bench"); err != nil {
		return nil, err
	}
	if w.db, err = store.Open(ctx, w.appURL, store.Options{Secret: []byte(s.secret), MaxConns: 2}); err != nil {
		return nil, err
	}
	if err := fill(ctx, w); err != nil {
		return nil, fmt.Errorf("fill %s: %w", name, err)
	}
	w.octant, err = s.serve(ctx, w)
	return w, err
}

// serve starts the program on a world.
func (s *stage) serve(ctx context.Context, w *world) (*process, error) {
	return start(ctx, "octant on "+w.name, s.environ(w), s.octant, "serve")
}

// serveAgain starts the program where it was before.
func (s *stage) serveAgain(ctx context.Context, w *world) (err error) {
	w.octant, err = startAt(ctx, w.octant.addr, w.octant.other, w.octant.name, s.environ(w), s.octant, "serve")
	return err
}

func (s *stage) environ(w *world) []string {
	return append([]string{
		"OCTANT_ADDR={addr}", "OCTANT_METRICS_ADDR={other}",
		"OCTANT_SECRET=" + s.secret, "DATABASE_URL=" + w.appURL,
	}, w.settings...)
}

func onDatabase(address, name string) (string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

// findPostgres finds out which Postgres this is, and which process.
func (s *stage) findPostgres(ctx context.Context) error {
	owner, err := pgx.Connect(ctx, s.postgres.OwnerURL())
	if err != nil {
		return err
	}
	var backend int
	err = owner.QueryRow(ctx, `SELECT pg_backend_pid(), current_setting('server_version')`).Scan(&backend, &s.version)
	s.master = parentOf(backend)
	return errors.Join(err, owner.Close(ctx))
}

// postgresCPU is what Postgres has used so far, for whomever.
func (s *stage) postgresCPU() time.Duration { return familyCPU(s.master) }

// close takes everything down again.
func (s *stage) close() (err error) {
	for _, w := range s.worlds {
		err = errors.Join(err, w.octant.stop())
		if w.db != nil {
			w.db.Close()
		}
	}
	err = errors.Join(err, s.bare.stop())
	if s.rooms != nil {
		err = errors.Join(err, s.rooms.nchan.stop())
	}
	if s.postgres != nil {
		err = errors.Join(err, s.postgres.Stop())
	}
	return errors.Join(err, os.RemoveAll(s.folder))
}

// signIn starts a session for each person and answers their cookies. It writes
// what the program writes when somebody has shown who they are.
func (w *world) signIn(ctx context.Context, people ...person) ([]string, error) {
	sm := scs.New()
	sm.Store, sm.HashTokenInStore, sm.Cookie.Name = w.db.SessionStore(time.Now), true, "octant"
	sm.Codec = server.SessionCodec{}
	var cookies []string
	for _, p := range people {
		session, err := sm.Load(ctx, "")
		if err != nil {
			return nil, err
		}
		sm.Put(session, "person", p.id.String())
		sm.Put(session, "name", p.name)
		token, _, err := sm.Commit(session)
		if err != nil {
			return nil, err
		}
		cookies = append(cookies, sm.Cookie.Name+"="+token)
	}
	return cookies, nil
}

// machine says on what all this was measured.
func (s *stage) machine() string {
	note := fmt.Sprintf("%s/%s, %d cores shared by server, Postgres %s (fsync and synchronous_commit on) and load generator, "+
		"which takes %s of CPU a request; %s.", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), s.version, micros(s.generator), runtime.Version())
	if s.master == 0 {
		note += " CPU is measured on Linux alone."
	}
	return note
}
