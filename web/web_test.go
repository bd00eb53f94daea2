package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"octant/web"
)

// get asks the asset handler for a path with the encodings a browser takes.
func get(t *testing.T, method, path, encodings string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Accept-Encoding", encodings)
	w := httptest.NewRecorder()
	web.Files().ServeHTTP(w, r)
	return w.Result()
}

func read(t *testing.T, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAssetIsKeptForEver(t *testing.T) {
	t.Parallel()
	response := get(t, http.MethodGet, web.Path("octant.css"), "")
	if response.StatusCode != http.StatusOK {
		t.Fatalf("status %d", response.StatusCode)
	}
	for name, want := range map[string]string{
		"Content-Type":           "text/css; charset=utf-8",
		"Cache-Control":          "public, max-age=31536000, immutable",
		"Vary":                   "Accept-Encoding",
		"X-Content-Type-Options": "nosniff",
		"Content-Encoding":       "",
	} {
		if got := response.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestSmallestEncodingIsSent(t *testing.T) {
	t.Parallel()
	plain := read(t, get(t, http.MethodGet, web.Path("octant.css"), "").Body)
	for accept, want := range map[string]string{
		"gzip, deflate, br, zstd": "br",
		"gzip, deflate":           "gzip",
		"br;q=0, gzip":            "gzip",
		"gzip;q=0.5, BR;q=1.0":    "br",
		"br; q=0.0":               "",
		"identity":                "",
		"brotli":                  "",
		"":                        "",
	} {
		response := get(t, http.MethodGet, web.Path("octant.css"), accept)
		if got := response.Header.Get("Content-Encoding"); got != want {
			t.Errorf("asked with %q: encoding %q, want %q", accept, got, want)
		}
		if decoded(t, want, response.Body) != plain {
			t.Errorf("asked with %q: other bytes", accept)
		}
	}
}

func decoded(t *testing.T, encoding string, body io.Reader) string {
	t.Helper()
	switch encoding {
	case "br":
		return read(t, brotli.NewReader(body))
	case "gzip":
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		return read(t, unzipped)
	default:
		return read(t, body)
	}
}

func TestHeadHasLengthAndNoBody(t *testing.T) {
	t.Parallel()
	response := get(t, http.MethodHead, web.Path("octant.js"), "br")
	if response.ContentLength <= 0 || read(t, response.Body) != "" {
		t.Errorf("length %d", response.ContentLength)
	}
}

func TestUnknownAssetIsNotFound(t *testing.T) {
	t.Parallel()
	for _, path := range []string{
		web.Path("nothing.css"),
		web.Prefix,
		web.Prefix + "manifest.json",
		web.Prefix + "octant.css",
		web.Path("octant.css") + ".br",
		web.Prefix + "../web.go",
	} {
		if got := get(t, http.MethodGet, path, "br").StatusCode; got != http.StatusNotFound {
			t.Errorf("%s answers %d", path, got)
		}
	}
}

func TestAssetTakesNoPost(t *testing.T) {
	t.Parallel()
	response := get(t, http.MethodPost, web.Path("octant.css"), "br")
	if response.StatusCode != http.StatusMethodNotAllowed || response.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("answers %d, allows %q", response.StatusCode, response.Header.Get("Allow"))
	}
}

// The package drops the family of the page itself together with its font
// files, and the page would turn to Times.
func TestStyleSheetSetsTheTypeface(t *testing.T) {
	t.Parallel()
	css := read(t, get(t, http.MethodGet, web.Path("octant.css"), "").Body)
	if !strings.Contains(css, "html{font-family:arial,sans-serif}") {
		t.Error("html has no font-family")
	}
	for _, forbidden := range []string{"@font-face", "https://", "http://", "Frutiger", "/assets/"} {
		if strings.Contains(css, forbidden) {
			t.Errorf("holds %q", forbidden)
		}
	}
}

func TestStyleSheetNamesOnlyFilesThatExist(t *testing.T) {
	t.Parallel()
	css := read(t, get(t, http.MethodGet, web.Path("octant.css"), "").Body)
	parts := strings.Split(css, "url(")
	for _, part := range parts[1:] {
		name, _, _ := strings.Cut(part, ")")
		if got := get(t, http.MethodGet, web.Prefix+name, "").StatusCode; got != http.StatusOK {
			t.Errorf("%s answers %d", name, got)
		}
	}
	if len(parts) < 2 {
		t.Error("no url at all: the rewriting is not tested")
	}
}

// A first visit to a question takes these files and its page, and must stay
// under 60 KB.
func TestFilesOfAQuestionPageStaySmall(t *testing.T) {
	t.Parallel()
	limits := map[string]int64{"octant.css": 26_000, "octant.js": 7_000, "answer.js": 1_500, "favicon.svg": 500}
	for name, limit := range limits {
		if size := get(t, http.MethodGet, web.Path(name), "br").ContentLength; size <= 0 || size > limit {
			t.Errorf("%s is %d bytes, more than %d", name, size, limit)
		}
	}
}
