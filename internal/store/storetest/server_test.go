package storetest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// childVariable tells the copy of this test binary that TestServerGoesWithItsProcess starts what to do.
const childVariable = "STORETEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) == "" {
		os.Exit(m.Run())
	}
	address, err := Throwaway(context.Background())
	if err != nil {
		address = "failed: " + err.Error()
	}
	_, _ = os.Stdout.WriteString(address + "\n")
	select {} // until we are killed
}

func TestCopiesAreSeparate(t *testing.T) {
	t.Parallel()
	first, second := connect(t, table(t)), connect(t, table(t))
	if _, err := first.Exec(t.Context(), "INSERT INTO only_here VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	for conn, want := range map[*pgx.Conn]int{first: 1, second: 0} {
		var rows int
		if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM only_here").Scan(&rows); err != nil || rows != want {
			t.Errorf("%d rows (%v), want %d", rows, err, want)
		}
	}
}

func TestCopyGoesWithItsTest(t *testing.T) {
	t.Parallel()
	var gone string
	t.Run("inner", func(t *testing.T) {
		gone = table(t)
	})
	if conn, err := pgx.Connect(t.Context(), gone); err == nil {
		conn.Close(t.Context())
		t.Error("the copy is still there after its test")
	}
}

func TestTemplateIsMadeOnce(t *testing.T) {
	t.Parallel()
	table(t)
	other, err := newTemplate("template_storetest") // as another process sees it
	if err != nil {
		t.Fatal(err)
	}
	defer other.pool.Close()
	var again atomic.Int32
	if err := other.make(t.Context(), func(context.Context, string) error { again.Add(1); return nil }); err != nil {
		t.Fatal(err)
	}
	if again.Load() != 0 {
		t.Error("the migrations ran again though the template was there")
	}
}

func TestServerGoesWithItsProcess(t *testing.T) {
	t.Parallel()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 400)
	n, err := out.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	address := strings.TrimSpace(string(line[:n]))
	dir := dataFolder(t, address)
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed

	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return
		}
	}
	t.Errorf("%s is still there after its process was killed", dir)
}

// dataFolder asks a server where its throw-away folder is.
func dataFolder(t *testing.T, address string) string {
	t.Helper()
	var dir string
	if err := connect(t, address).QueryRow(t.Context(), "SHOW data_directory").Scan(&dir); err != nil {
		t.Fatal(err)
	}
	return filepath.Dir(dir)
}

// small is a template of one table: the real schema's belongs to store.
var small = sync.OnceValues(func() (*template, error) { return newTemplate("template_storetest") })

func table(t *testing.T) string {
	t.Helper()
	s, err := small()
	if err != nil {
		t.Fatal(err)
	}
	return s.clone(t, makeTable)
}

func makeTable(ctx context.Context, address string) error {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "CREATE TABLE only_here (n integer PRIMARY KEY)")
	return err
}

func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatalf("connect to %s: %v", address, err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
