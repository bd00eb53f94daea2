package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const web = "../../web"

// built is one build for the tests that only look at it.
var built = sync.OnceValues(func() ([]file, error) { return build(context.Background(), web) })

func buildAll(t *testing.T) []file {
	t.Helper()
	files, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestSameSourcesMakeSameNames(t *testing.T) {
	t.Parallel()
	again, err := build(t.Context(), web)
	if err != nil {
		t.Fatal(err)
	}
	first, second := names(buildAll(t)), names(again)
	if !slices.Equal(first, second) {
		t.Errorf("first %v\nthen %v", first, second)
	}
	for _, plain := range []string{"octant.", "answer.", "print.", "favicon."} {
		if !strings.Contains(strings.Join(first, " "), plain) {
			t.Errorf("no %s* in %v", plain, first)
		}
	}
}

func names(files []file) []string {
	var list []string
	for _, f := range files {
		list = append(list, hashed(f))
	}
	slices.Sort(list)
	return list
}

func TestOtherBytesMakeAnotherName(t *testing.T) {
	t.Parallel()
	one, two := hashed(file{"octant.css", []byte("a")}), hashed(file{"octant.css", []byte("b")})
	if one == two || !strings.HasPrefix(one, "octant.") || !strings.HasSuffix(one, ".css") {
		t.Errorf("%s and %s", one, two)
	}
}

func TestStyleSheetNamesItsImagesByHash(t *testing.T) {
	t.Parallel()
	for _, f := range buildAll(t) {
		if f.name == "octant.css" && strings.Contains(string(f.content), "/assets/") {
			t.Error("an image is named as in the package")
		}
	}
}

func TestRemoteAddressesAndFontsAreRefused(t *testing.T) {
	t.Parallel()
	for _, css := range []string{
		`a{background:url(https://example.org/a.svg)}`,
		`a{background:url(HTTP://example.org/a.svg)}`,
		`a{background:url(//example.org/a.svg)}`,
		`@import "other.css";`,
		`@font-face{font-family:x;src:url(x.woff2)}`,
	} {
		if refuseRemote([]byte(css)) == nil {
			t.Errorf("%s passes", css)
		}
	}
	if err := refuseRemote([]byte(`a{background:url(a.svg)}`)); err != nil {
		t.Error(err)
	}
}

func TestImageThatIsNotThereIsRefused(t *testing.T) {
	t.Parallel()
	if _, _, err := takeImages(web, []byte(`a{background:url(/assets/images/none.svg)}`)); err == nil {
		t.Error("passes")
	}
}

func TestOldFilesAreSweptAndTheStampIsLast(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if err := write(folder, []file{{"old.css", []byte(strings.Repeat("old ", 100))}}, "stamp"); err != nil {
		t.Fatal(err)
	}
	if err := write(folder, []file{{"new.css", []byte(strings.Repeat("new ", 100))}}, "stamp"); err != nil {
		t.Fatal(err)
	}
	old, _ := filepath.Glob(filepath.Join(folder, "old.*"))
	fresh, _ := filepath.Glob(filepath.Join(folder, "new.*"))
	if len(old) != 0 || len(fresh) != 3 {
		t.Errorf("old %v, new %v", old, fresh)
	}
	if text, err := os.ReadFile(filepath.Join(folder, stampName)); err != nil || string(text) != "stamp" {
		t.Errorf("stamp %q, %v", text, err)
	}
}

// sources is a folder with as little in it as a stamp needs.
func sources(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range map[string]string{
		"style/octant.scss": "a{b:c}", "script/octant.js": "1", "node_modules/.package-lock.json": "{}",
	} {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestStampFollowsTheSources(t *testing.T) {
	t.Parallel()
	folder := sources(t)
	before, err := stamp(folder)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := stamp(folder); again != before {
		t.Error("the same sources have two stamps")
	}
	for _, name := range []string{"style/octant.scss", "script/octant.js", "node_modules/.package-lock.json"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("changed"), 0o644); err != nil {
			t.Fatal(err)
		}
		after, err := stamp(folder)
		if err != nil || after == before {
			t.Errorf("%s changed and the stamp did not: %v", name, err)
		}
		before = after
	}
}

func TestNothingIsMadeAgainForNothing(t *testing.T) {
	t.Parallel()
	folder := sources(t)
	wanted, err := stamp(folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(filepath.Join(folder, "static"), nil, wanted); err != nil {
		t.Fatal(err)
	}
	// There is no Sass in this folder, so a build would fail.
	if err := run(t.Context(), folder); err != nil {
		t.Error(err)
	}
}

func TestMissingPackagesAreOneLineThatSaysWhatToRun(t *testing.T) {
	t.Parallel()
	folder := sources(t)
	if err := os.RemoveAll(filepath.Join(folder, "node_modules")); err != nil {
		t.Fatal(err)
	}
	err := run(t.Context(), folder)
	if !errors.Is(err, errNoPackages) || strings.Count(err.Error(), "\n") > 0 || !strings.Contains(err.Error(), "make assets") {
		t.Errorf("says %v", err)
	}
}
