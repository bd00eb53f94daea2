package localdb

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// childVariable makes a copy of this test binary own the server of the folder
// that the variable names, as octant serve would.
const childVariable = "LOCALDB_CHILD"

// modulesVariable tells the child where npm's binaries lie.
const modulesVariable = "LOCALDB_MODULES"

func TestMain(m *testing.M) {
	dir := os.Getenv(childVariable)
	if dir == "" {
		os.Exit(m.Run())
	}
	if err := beChild(dir); err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

// beChild starts the server, tells its address, and on ^C still asks it
// something, as a request in hand would, before it stops it.
func beChild(dir string) error {
	interrupted, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT)
	defer cancel()
	s, err := Start(context.Background(), Options{Dir: dir, NodeModules: os.Getenv(modulesVariable)})
	if err != nil {
		return err
	}
	fmt.Println(s.OwnerURL())
	<-interrupted.Done()
	if err := ping(context.Background(), s.OwnerURL()); err != nil {
		return err
	}
	fmt.Println("answered")
	if err := s.Stop(); err != nil {
		return err
	}
	fmt.Println("stopped")
	return nil
}

// A child is another program that owns a server.
type child struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

// startChild runs the child in a process group of its own, like a shell does,
// as the account given; its first line is the server's address.
func startChild(t *testing.T, dir string, as *syscall.Credential) child {
	t.Helper()
	cmd := exec.Command(copyOfTests(t))
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), childVariable+"="+dir, modulesVariable+"="+careful(dir).NodeModules)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: as}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it has mostly gone already
		_ = cmd.Wait()
		// Its server still writes into the folder, which is removed next.
		if err := (folder{dir: dir}).evict(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return child{cmd, bufio.NewScanner(out)}
}

// says reads the child's next line.
func (c child) says(t *testing.T) string {
	t.Helper()
	if !c.lines.Scan() {
		t.Fatalf("the child program says nothing more: %v", c.lines.Err())
	}
	return c.lines.Text()
}

// address is the child's first line.
func (c child) address(t *testing.T) string {
	t.Helper()
	line := c.says(t)
	if !strings.HasPrefix(line, "postgres://") {
		t.Fatal(line)
	}
	return line
}

// kill ends the child as the kernel's last resort does.
func (c child) kill(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.cmd.Wait() // it was killed
}

// copyOfTests is this test binary where every account can run it.
func copyOfTests(t *testing.T) string {
	t.Helper()
	from, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	path := filepath.Join(open(t), "localdb.test")
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// open is a folder of the test that every account can pass through.
func open(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{filepath.Dir(dir), dir} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// bystander is a live process of the server's own account that has nothing to
// do with us.
func bystander(t *testing.T, as account) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("sleep", "600")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as.credential}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}
