package web

import (
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// An asset is one file as it is sent: its bytes in every encoding there is.
type asset struct {
	contentType string
	bodies      map[string][]byte
}

// encodings are those the asset builder writes, the smallest first.
var encodings = []struct{ name, suffix string }{
	{"br", ".br"},
	{"gzip", ".gz"},
	{"", ""},
}

// Files answers for everything under Prefix with the smallest encoding the
// browser takes, to be kept for ever.
func Files() http.Handler {
	assets := readAssets()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		file, ok := assets[strings.TrimPrefix(r.URL.Path, Prefix)]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Method not allowed", http.StatusMethodNotAllowed)
			return
		}
		file.send(w, r)
	})
}

// send writes the asset. Its name holds its hash, so nothing needs checking
// again: there is no entity tag to ask about.
func (a asset) send(w http.ResponseWriter, r *http.Request) {
	encoding, body := a.best(r.Header.Get("Accept-Encoding"))
	head := w.Header()
	head.Set("Content-Type", a.contentType)
	head.Set("Content-Length", strconv.Itoa(len(body)))
	head.Set("Cache-Control", "public, max-age=31536000, immutable")
	head.Set("Vary", "Accept-Encoding")
	head.Set("X-Content-Type-Options", "nosniff")
	if encoding != "" {
		head.Set("Content-Encoding", encoding)
	}
	if r.Method == http.MethodHead {
		return
	}
	// A browser that went away is no fault of ours, and nobody is left to tell.
	_, _ = w.Write(body)
}

// best gives the smallest body the browser takes.
func (a asset) best(accept string) (encoding string, body []byte) {
	for _, e := range encodings {
		body, ok := a.bodies[e.name]
		if ok && (e.name == "" || accepts(accept, e.name)) {
			return e.name, body
		}
	}
	return "", nil
}

// accepts reads an Accept-Encoding header. A coding is refused only by a
// weight of nought; "*" is no browser's way to ask, and is not read.
func accepts(header, coding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, weighted := strings.Cut(part, ";")
		if !strings.EqualFold(strings.TrimSpace(name), coding) {
			continue
		}
		if !weighted {
			return true
		}
		_, value, _ := strings.Cut(weight, "=")
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		return err == nil && q > 0
	}
	return false
}

// readAssets reads the files the manifest names, so that the manifest, the
// stamp and the encoded copies themselves have no address.
func readAssets() map[string]asset {
	assets := map[string]asset{}
	for _, name := range manifest() {
		file := asset{contentType: contentType(name), bodies: map[string][]byte{}}
		for _, e := range encodings {
			body, err := fs.ReadFile(static, "static/"+name+e.suffix)
			if err == nil {
				file.bodies[e.name] = body
			}
		}
		assets[name] = file
	}
	return assets
}

// contentType does not ask the machine for the types that matter, since
// machines differ.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".txt":
		return "text/plain; charset=utf-8"
	default:
		return mime.TypeByExtension(path.Ext(name))
	}
}
