package localdb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

func TestDataAreKeptBetweenRuns(t *testing.T) {
	t.Parallel()
	dir := open(t)
	var url string
	for want := 1; want <= 2; want++ {
		s := mustStart(t, careful(dir))
		url = s.OwnerURL()
		if got := addRow(t, url); got != want {
			t.Errorf("run %d sees %d rows", want, got)
		}
		mustStop(t, s)
	}
	if err := ping(t.Context(), url); err == nil {
		t.Error("the server still answers after it was stopped")
	}
}

func TestSecondOwnerIsRefusedAndCommandsAttach(t *testing.T) {
	t.Parallel()
	o := throwaway(open(t))
	serve := mustStart(t, o)
	addRow(t, serve.OwnerURL())
	if _, err := Start(t.Context(), o); !errors.Is(err, ErrRunning) {
		t.Errorf("a second Start answers %v, want ErrRunning", err)
	}
	command, err := Attach(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !command.Attached() || serve.Attached() {
		t.Errorf("attached: command %v, serve %v", command.Attached(), serve.Attached())
	}
	if got := addRow(t, command.OwnerURL()); got != 2 {
		t.Errorf("the command sees %d rows, want 2", got)
	}
	mustStop(t, command)
	if err := ping(t.Context(), serve.OwnerURL()); err != nil {
		t.Errorf("a command took the server away from serve: %v", err)
	}
}

func TestCommandsShareAServerOfTheirOwn(t *testing.T) {
	t.Parallel()
	o := throwaway(open(t))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			s, err := Attach(t.Context(), o)
			if err != nil {
				t.Error(err)
				return
			}
			if err := ping(t.Context(), s.OwnerURL()); err != nil {
				t.Errorf("attached %v: %v", s.Attached(), err)
			}
			if err := s.Stop(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	lock, err := takeLock(filepath.Join(o.Dir, "lock"), exclusive)
	if err != nil {
		t.Errorf("after all have stopped somebody still owns the server: %v", err)
	}
	_ = lock.Close()
}

func TestOwnerAmongCommandsWaitsForTheOthers(t *testing.T) {
	t.Parallel()
	o := throwaway(open(t))
	first, err := Attach(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Attach(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if first.Attached() || !second.Attached() {
		t.Fatalf("attached: first %v, second %v", first.Attached(), second.Attached())
	}
	stopped := make(chan error, 1)
	go func() { stopped <- first.Stop() }()
	for range 20 {
		addRow(t, second.OwnerURL())
	}
	mustStop(t, second)
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestStopMayBeCalledTwice(t *testing.T) {
	t.Parallel()
	s := mustStart(t, throwaway(open(t)))
	mustStop(t, s)
	mustStop(t, s)
}

func TestCancelledStartLeavesTheFolderFree(t *testing.T) {
	t.Parallel()
	o := throwaway(open(t))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("Start answers %v, want the context's error", err)
	}
	mustStart(t, o)
}

func TestOtherVersionIsRefusedWithNothingChanged(t *testing.T) {
	t.Parallel()
	o := throwaway(open(t))
	s := mustStart(t, o)
	mustStop(t, s)
	mustWrite(t, filepath.Join(o.Dir, "data", "PG_VERSION"), "9999\n")
	mustWrite(t, filepath.Join(o.Dir, "data", "postmaster.pid"), "1\n")
	before := listing(t, o.Dir)
	for name, open := range map[string]func(context.Context, Options) (*Server, error){"Start": Start, "Attach": Attach} {
		_, err := open(t.Context(), o)
		if !errors.Is(err, ErrOtherVersion) || !strings.Contains(err.Error(), "9999") {
			t.Errorf("%s answers %v, want ErrOtherVersion naming 9999", name, err)
		}
	}
	if after := listing(t, o.Dir); after != before {
		t.Errorf("the folder changed from\n%s\nto\n%s", before, after)
	}
}

func TestSomethingElseInTheWayIsLeftAlone(t *testing.T) {
	t.Parallel()
	o := throwaway(open(t))
	letter := filepath.Join(o.Dir, "data", "letter.txt")
	mustWrite(t, letter, "Dear board")
	if _, err := Start(t.Context(), o); err == nil {
		t.Error("a folder with somebody's files in it was taken for a cluster's")
	}
	if _, err := os.Stat(letter); err != nil {
		t.Error(err)
	}
}

func TestNoBinariesNamesTheChoices(t *testing.T) {
	t.Parallel()
	o := throwaway(open(t))
	o.where = &search{}
	_, err := Start(t.Context(), o)
	if !errors.Is(err, ErrNoBinaries) {
		t.Fatalf("Start answers %v, want ErrNoBinaries", err)
	}
	for _, choice := range []string{"DATABASE_URL", "apt-get install", "brew install", "npm ci", "PGBIN"} {
		if !strings.Contains(err.Error(), choice) {
			t.Errorf("the message does not name %s: %v", choice, err)
		}
	}
}

// careful are the options of a real program, whose data survive any kill.
func careful(dir string) Options {
	modules, err := filepath.Abs("../../web/postgres/node_modules") // where the set-up puts npm's binaries
	if err != nil {
		panic(err) // there is no working folder
	}
	return Options{Dir: dir, NodeModules: modules}
}

// throwaway are options for tests that kill nothing.
func throwaway(dir string) Options {
	o := careful(dir)
	o.Throwaway = true
	return o
}

func mustStart(t *testing.T, o Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop() })
	return s
}

func mustStop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
}

// addRow adds a row to a table and answers how many it then has.
func addRow(t *testing.T, url string) int {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "CREATE TABLE IF NOT EXISTS kept (n integer); INSERT INTO kept VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	var rows int
	if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM kept").Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

func mustWrite(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// listing describes every file of a tree: its name, size, mode and time.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			all.WriteString(path + " " + info.Mode().String() + " " + info.ModTime().String() + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
