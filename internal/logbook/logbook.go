// Package logbook keeps what a program says while others read it: the log of a
// server under test, the output of a process. It is for tests and benchmarks. Its
// one rule: whoever reads gets everything that was written before.
package logbook

import (
	"bytes"
	"sync"
)

// A Book is an [io.Writer] that remembers. Its zero value is empty and ready.
type Book struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write keeps some more.
func (b *Book) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// String is all that was written so far.
func (b *Book) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
