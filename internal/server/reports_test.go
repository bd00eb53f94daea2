package server

import (
	"bytes"
	"strconv"
	"testing"
)

// TestReportCacheHoldsItsBound puts in more than fits: the oldest go, the newest
// stays, and what is counted is what is there.
func TestReportCacheHoldsItsBound(t *testing.T) {
	t.Parallel()
	c := newReportCache(1000)
	for i := range 50 {
		c.put(reportKey{digest: strconv.Itoa(i)}, bytes.Repeat([]byte{1}, 10+i))
		c.put(reportKey{digest: strconv.Itoa(i)}, []byte("again")) // a digest means one page
		size := 0
		for _, body := range c.pages {
			size += len(body)
		}
		if size != c.size || size > 1000 || len(c.order) != len(c.pages) {
			t.Fatalf("after %d: %d bytes in %d pages, counted %d in %d", i, size, len(c.pages), c.size, len(c.order))
		}
		if body, ok := c.get(reportKey{digest: strconv.Itoa(i)}); !ok || len(body) != 10+i {
			t.Fatalf("the newest is not there")
		}
	}
	c.put(reportKey{digest: "large"}, make([]byte, 5000))
	if _, ok := c.get(reportKey{digest: "large"}); !ok || len(c.pages) != 1 {
		t.Errorf("a page larger than the bound: %d pages", len(c.pages))
	}
}
