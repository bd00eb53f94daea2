package server

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/a-h/templ"
	"github.com/klauspost/compress/gzip"

	"octant/internal/access"
	"octant/web/page"
)

// keptKey names one rendering of one page: all that the page depends on went into
// it, what its reader may do there among them. Such a name never means anything
// else, so nothing that is kept ever goes stale.
type keptKey [sha256.Size]byte

// keyOf is the key of a page. Each part counts with its length, so that nothing
// can move from one part into the next.
func keyOf(parts ...string) keptKey {
	h := sha256.New()
	for _, p := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		h.Write([]byte(p))
	}
	return keptKey(h.Sum(nil))
}

// rolesKey is what somebody is in a trust, as a part of a key.
func rolesKey(roles access.Roles) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}

// keptPages keeps rendered pages, compressed, and lets go of the oldest once they
// take too much memory.
type keptPages struct {
	mu    sync.RWMutex
	most  int // bytes
	size  int // bytes
	pages map[keptKey]*keptPage
	order []keptKey
}

// keptMemory is room for some 2,500 pages of 25 KB.
const keptMemory = 64 << 20

func newKeptPages(most int) *keptPages {
	return &keptPages{most: most, pages: make(map[keptKey]*keptPage)}
}

func (c *keptPages) get(k keptKey) (*keptPage, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	p, ok := c.pages[k]
	return p, ok
}

func (c *keptPages) put(k keptKey, p *keptPage) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.pages[k]; ok {
		return
	}
	c.pages[k], c.order, c.size = p, append(c.order, k), c.size+p.size()
	for c.size > c.most && len(c.order) > 1 {
		c.size -= c.pages[c.order[0]].size()
		delete(c.pages, c.order[0])
		c.order = c.order[1:]
	}
}

// sendKept sends the page of a key, and makes it first where it is not kept. What
// is kept is the same for all who may read it; the reader's name goes into it as
// it leaves. What was read while something changed is sent once and not kept: render
// says whether the page is what its key stands for.
func (s *Server) sendKept(w http.ResponseWriter, r *http.Request, key keptKey, render func() (c templ.Component, same bool, err error)) error {
	p, ok := s.pages.get(key)
	if !ok {
		c, same, err := render()
		if err != nil {
			return err
		}
		var plain bytes.Buffer
		if err := c.Render(r.Context(), &plain); err != nil {
			return fmt.Errorf("server: render to keep: %w", err)
		}
		if p, err = packed(plain.Bytes()); err != nil {
			return err
		}
		if same {
			s.pages.put(key, p)
		}
	}
	return unpack(w, r, p.named(s.frame(r).Person))
}

// namelessFrame is the frame of a page that is kept.
func (s *Server) namelessFrame(r *http.Request) page.Frame {
	f := s.frame(r)
	f.Person = nameless
	return f
}

// wayKey is what the page around the content tells of the way the person came.
func (s *Server) wayKey(r *http.Request) string { return strconv.FormatBool(visitOf(r).link) }

// unpack sends a compressed page, unpacked for a browser that needs it so.
func unpack(w http.ResponseWriter, r *http.Request, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Add("Vary", "Accept-Encoding")
	if takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
		return nil
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("server: unpack: %w", err)
	}
	_, err = z.WriteTo(w)
	return err
}
