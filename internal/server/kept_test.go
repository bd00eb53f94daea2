package server

import (
	"bytes"
	"compress/gzip"
	"errors"
	"html"
	"io"
	"strconv"
	"strings"
	"testing"
)

// TestKeptPagesTakeAnyName puts names between the parts of pages: what comes out
// is one gzip stream whose sum and length are right, read here by another library
// than the one that made it.
func TestKeptPagesTakeAnyName(t *testing.T) {
	t.Parallel()
	for _, around := range [][2]string{{"", ""}, {"<p>", "</p>"}, {strings.Repeat("before ", 9000), strings.Repeat("behind ", 90000)}} {
		p, err := packed([]byte(around[0] + nameless + around[1]))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"", "Priya Raman", "Zoë O’Neill & <Sons>", strings.Repeat("é", 70000)} {
			body := p.named(name)
			z, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			z.Multistream(false) // a browser may stop at the first end
			got, err := io.ReadAll(z)
			if want := around[0] + html.EscapeString(name) + around[1]; err != nil || string(got) != want {
				t.Errorf("a name of %d bytes between %d and %d: %d bytes came out, %v", len(name), len(around[0]), len(around[1]), len(got), err)
			}
		}
	}
	if _, err := packed([]byte("<p>nobody</p>")); !errors.Is(err, errNameless) {
		t.Errorf("a page without a place for a name: %v", err)
	}
}

// BenchmarkKeptPage is a page of a trend's size as it leaves.
func BenchmarkKeptPage(b *testing.B) {
	var text strings.Builder
	for i := range 3000 {
		text.WriteString("<td>" + strconv.Itoa(i*7919%4001) + "</td>")
	}
	p, err := packed([]byte(text.String()[:1500] + nameless + text.String()[1500:]))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(p.size()), "bytes")
	for b.Loop() {
		p.named("Priya Raman")
	}
}

// TestKeptPagesHoldTheirBound puts in more than fits: the oldest go, the newest
// stays, and what is counted is what is there.
func TestKeptPagesHoldTheirBound(t *testing.T) {
	t.Parallel()
	c := newKeptPages(1000)
	for i := range 50 {
		c.put(keyOf(strconv.Itoa(i)), &keptPage{head: make([]byte, 10), tail: make([]byte, i)})
		c.put(keyOf(strconv.Itoa(i)), &keptPage{}) // a key means one page
		size := 0
		for _, p := range c.pages {
			size += p.size()
		}
		if size != c.size || size > 1000 || len(c.order) != len(c.pages) {
			t.Fatalf("after %d: %d bytes in %d pages, counted %d in %d", i, size, len(c.pages), c.size, len(c.order))
		}
		if p, ok := c.get(keyOf(strconv.Itoa(i))); !ok || p.size() != 10+i {
			t.Fatalf("the newest is not there")
		}
	}
	c.put(keyOf("large"), &keptPage{tail: make([]byte, 5000)})
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
