// Package storetest gives a test a database of its own, and people and trusts
// to put in it. It is for tests alone; nothing that runs for users imports it.
// Its one rule: no test sees another's rows.
package storetest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"octant/internal/localdb"
	"octant/migrations"
)

// ServerVariable names the environment variable by which withpg shares one
// server among the packages under test. It holds the superuser's address.
const ServerVariable = "OCTANT_TEST_DATABASE_URL"

// templateLock keeps test processes from making the same template at once.
const templateLock = 7421

// Clone gives a test its own copy of the migrated schema and answers the
// address by which its owner connects. The copy goes when the test ends.
//
// The first test to ask makes the template by calling migrate; every later one,
// in this process or another on the same server, copies it in a few
// milliseconds, for as long as the migrations stay the same.
func Clone(tb testing.TB, migrate func(ctx context.Context, ownerURL string) error) (ownerURL string) {
	tb.Helper()
	t, err := schema()
	if err != nil {
		tb.Fatalf("storetest: start a server: %v", err)
	}
	return t.clone(tb, migrate)
}

// A template is a migrated database of which tests get copies.
type template struct {
	server string // its superuser's address
	pool   *pgxpool.Pool
	name   string
	once   sync.Once
	err    error
}

// schema is the template of Octant's migrations, on withpg's server or on one
// that this process starts for itself.
var schema = sync.OnceValues(func() (*template, error) {
	name, err := schemaName()
	if err != nil {
		return nil, err
	}
	return newTemplate(name)
})

func newTemplate(name string) (*template, error) {
	address, err := serverURL()
	if err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	config.MaxConns = 4 // making databases is the server's work, not ours
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	return &template{server: address, pool: pool, name: name}, err
}

// serverURL is the address of the one server of this process.
var serverURL = sync.OnceValues(func() (string, error) {
	if address := os.Getenv(ServerVariable); address != "" {
		return address, nil
	}
	return Throwaway(context.Background())
})

func (t *template) clone(tb testing.TB, migrate func(context.Context, string) error) string {
	tb.Helper()
	if t.once.Do(func() { t.err = t.make(context.Background(), migrate) }); t.err != nil {
		tb.Fatalf("storetest: make the template database: %v", t.err)
	}
	name := "test_" + strings.ToLower(rand.Text()[:12])
	if err := t.exec("CREATE DATABASE " + name + " TEMPLATE " + t.name + " STRATEGY file_copy"); err != nil {
		tb.Fatalf("storetest: copy the template: %v", err)
	}
	tb.Cleanup(func() {
		if err := t.exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			tb.Errorf("storetest: drop the copy: %v", err)
		}
	})
	return onDatabase(t.server, name)
}

// Throwaway starts a server that keeps nothing, and answers the address of its
// superuser. It goes, with its folder, when this process ends in whatever way.
func Throwaway(ctx context.Context) (ownerURL string, err error) {
	dir, err := os.MkdirTemp(roomyFolder(), "octant-test-")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(dir, 0o711); err != nil {
		return "", err
	}
	if err := removeWhenWeEnd(dir); err != nil {
		return "", err
	}
	db, err := localdb.Start(ctx, localdb.Options{Dir: dir, NodeModules: nodeModules(), Throwaway: true})
	if err != nil {
		return "", err
	}
	return db.OwnerURL(), nil
}

// roomyFolder is memory when there is enough of it, since copying databases on
// a disk takes ten times as long; "" is the usual folder for temporary files.
func roomyFolder() string {
	const memory = "/dev/shm"
	var stat syscall.Statfs_t
	if syscall.Statfs(memory, &stat) != nil || stat.Bavail*uint64(stat.Bsize) < 1<<30 {
		return ""
	}
	return memory
}

// removeWhenWeEnd leaves a small watcher behind, which sees our end by its
// standard input closing, stops the server if that still runs, and removes the
// folder. A test process may be killed, so it cannot do this by itself.
func removeWhenWeEnd(dir string) error {
	const watcher = `cat >/dev/null
pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
if [ -n "$pid" ]; then
	kill -INT "$pid" 2>/dev/null
	for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.1
	done
fi
rm -rf "$1"`
	read, write, err := os.Pipe()
	if err != nil {
		return err
	}
	defer read.Close()
	cmd := exec.Command("/bin/sh", "-c", watcher, "sh", dir)
	cmd.Stdin, cmd.Dir = read, "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // ^C is for the tests, not for it
	if err := cmd.Start(); err != nil {
		return err
	}
	held = append(held, write)
	return cmd.Process.Release()
}

// held stays open for as long as this process lives.
var held []*os.File

// make makes the database that the copies are made of, unless another process
// on the same server has done so.
func (t *template) make(ctx context.Context, migrate func(context.Context, string) error) error {
	conn, err := pgx.Connect(ctx, t.server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx) // and with it goes the lock
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", templateLock); err != nil {
		return err
	}
	var there bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1 AND datistemplate)", t.name).Scan(&there)
	if err != nil || there {
		return err
	}
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + t.name + " WITH (FORCE)", "CREATE DATABASE " + t.name} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	if err := migrate(ctx, onDatabase(t.server, t.name)); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+t.name+" IS_TEMPLATE true ALLOW_CONNECTIONS false")
	return err
}

func (t *template) exec(statement string) error {
	_, err := t.pool.Exec(context.Background(), statement)
	return err
}

// schemaName changes whenever a migration does.
func schemaName() (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(migrations.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.Files, path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return err
	})
	return "template_" + hex.EncodeToString(sum.Sum(nil)[:8]), err
}

func onDatabase(address, name string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address // a connection string of another form; its server says what is wrong
	}
	u.Path = "/" + name
	return u.String()
}

// nodeModules is where the npm binaries lie if they were installed: tests run
// in their package's folder, below the one that holds go.mod.
func nodeModules() string {
	dir, err := os.Getwd()
	for err == nil {
		if _, statErr := os.Stat(filepath.Join(dir, "go.mod")); statErr == nil {
			return filepath.Join(dir, "web", "postgres", "node_modules")
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	return ""
}
