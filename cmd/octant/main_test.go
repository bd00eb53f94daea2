package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"octant/web/e2e/program"
)

func TestMain(m *testing.M) {
	if ahead := os.Getenv(aheadVariable); ahead != "" {
		os.Exit(runAhead(ahead))
	}
	code := m.Run()
	if binaries != "" {
		_ = os.RemoveAll(binaries) // what stays is in the folder for temporary files
	}
	os.Exit(code)
}

// binaries is where the built program lies.
var binaries string

// aheadVariable makes the tests' own binary be octant, at a time that lies ahead
// by so much. The program that people get has no such thing.
const aheadVariable = "OCTANT_TEST_AHEAD"

// runAhead is main with another clock.
func runAhead(ahead string) int {
	by, err := time.ParseDuration(ahead)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	later := func() time.Time { return time.Now().Add(by) }
	return run(ctx, os.Args[1:], os.Environ(), console{os.Stdout, os.Stderr, later})
}

// octant is the built program. The first test to ask builds it.
var built = sync.OnceValues(func() (string, error) {
	var err error
	if binaries, err = os.MkdirTemp("", "octant-built-"); err != nil {
		return "", err
	}
	return program.Build(binaries)
})

func octant(tb testing.TB) string {
	tb.Helper()
	file, err := built()
	if err != nil {
		tb.Fatal(err)
	}
	return file
}

// ended is what a command came to.
type ended struct {
	code     int
	out, err string
}

// command runs one to its end.
func command(t *testing.T, environ []string, args ...string) ended {
	t.Helper()
	p := program.Launch(t, octant(t), environ, args...)
	return ended{p.Wait(), p.Output(), p.Errors()}
}

// wants fails unless a command ended with a code and said all of the words.
func (e ended) wants(t *testing.T, code int, says ...string) {
	t.Helper()
	if e.code != code {
		t.Errorf("it ended with %d, want %d", e.code, code)
	}
	for _, words := range says {
		if !strings.Contains(e.out+e.err, words) {
			t.Errorf("it does not say %q", words)
		}
	}
	if t.Failed() {
		t.Logf("output:\n%s\nerrors:\n%s", e.out, e.err)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"nonsense"}, {"serve", "--nonsense"}, {"migrate", "sideways"}, {"score"}, {"version", "more"}} {
		t.Run(fmt.Sprint(args), func(t *testing.T) {
			t.Parallel()
			got := command(t, nil, args...)
			got.wants(t, 2)
			if got.err == "" {
				t.Error("it does not say on stderr what is wrong")
			}
		})
	}
}

func TestHelpAndVersion(t *testing.T) {
	t.Parallel()
	command(t, nil, "--help").wants(t, 0, "serve", "migrate", "score", "version")
	got := command(t, nil, "version")
	got.wants(t, 0, "octant ")
	if strings.Count(got.out, "\n") != 1 || got.err != "" {
		t.Errorf("version says %q and %q, want one line", got.out, got.err)
	}
}
