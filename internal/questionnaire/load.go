package questionnaire

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed content/*.yaml
var content embed.FS

// pinned lists the published versions, each with the SHA-256 of its file.
// A published file never changes: a better wording is a new version.
var pinned = map[string]string{
	"2026-1": "69717f7a33c214a7155a286305bfa69246041b9906d3051524728e3854993f1e",
}

// loaded reads each version at most once, when somebody first asks for it.
var loaded = loaders()

// What Load refuses.
var (
	ErrNoVersion = errors.New("questionnaire: no such version")
	ErrAltered   = errors.New("questionnaire: file differs from the one published")
)

// Names lists the published versions, oldest first.
func Names() []string {
	return slices.SortedFunc(maps.Keys(pinned), byAge)
}

// Latest names the version that a new round asks.
func Latest() string {
	names := Names()
	return names[len(names)-1]
}

// Load gives a published version. It is read once and shared, so that nobody
// may change what it returns.
func Load(name string) (*Version, error) {
	load, ok := loaded[name]
	if !ok {
		return nil, fmt.Errorf("%w: %.40q", ErrNoVersion, name)
	}
	return load()
}

func loaders() map[string]func() (*Version, error) {
	all := make(map[string]func() (*Version, error), len(pinned))
	for name, pin := range pinned {
		all[name] = sync.OnceValues(func() (*Version, error) { return open(name, pin) })
	}
	return all
}

func open(name, pin string) (*Version, error) {
	data, err := content.ReadFile("content/" + name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("questionnaire: %w", err)
	}
	return verify(name, data, pin)
}

// verify parses the file only if it is the one that was published.
func verify(name string, data []byte, pin string) (*Version, error) {
	if got := digest(data); got != pin {
		return nil, fmt.Errorf("%w: %s has SHA-256 %s, published as %s", ErrAltered, name, got, pin)
	}
	return Parse(name, data)
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// byAge orders "2026-2" before "2026-10".
func byAge(a, b string) int {
	yearA, nthA := age(a)
	yearB, nthB := age(b)
	return cmp.Or(cmp.Compare(yearA, yearB), cmp.Compare(nthA, nthB))
}

func age(name string) (year, nth int) {
	before, after, _ := strings.Cut(name, "-")
	year, _ = strconv.Atoi(before)
	nth, _ = strconv.Atoi(after)
	return year, nth
}
