package server

import (
	"bytes"
	"strconv"
	"strings"
	"testing"
)

// TestKeptPagesHoldTheirBound puts in more than fits: the oldest go, the newest
// stays, and what is counted is what is there.
func TestKeptPagesHoldTheirBound(t *testing.T) {
	t.Parallel()
	c := newKeptPages(1000)
	for i := range 50 {
		c.put(keyOf(strconv.Itoa(i)), bytes.Repeat([]byte{1}, 10+i))
		c.put(keyOf(strconv.Itoa(i)), []byte("again")) // a key means one page
		size := 0
		for _, body := range c.pages {
			size += len(body)
		}
		if size != c.size || size > 1000 || len(c.order) != len(c.pages) {
			t.Fatalf("after %d: %d bytes in %d pages, counted %d in %d", i, size, len(c.pages), c.size, len(c.order))
		}
		if body, ok := c.get(keyOf(strconv.Itoa(i))); !ok || len(body) != 10+i {
			t.Fatalf("the newest is not there")
		}
	}
	c.put(keyOf("large"), make([]byte, 5000))
	if _, ok := c.get(keyOf("large")); !ok || len(c.pages) != 1 {
		t.Errorf("a page larger than the bound: %d pages", len(c.pages))
	}
}

func TestKeysAreOfTheirParts(t *testing.T) {
	t.Parallel()
	seen := map[keptKey]string{}
	for _, parts := range [][]string{nil, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"b", "a"}, {"ab", ""}, {"", "ab"}} {
		key := keyOf(parts...)
		if other, there := seen[key]; there {
			t.Errorf("%q and %s have one key", parts, other)
		}
		seen[key] = strings.Join(parts, ",")
	}
}
