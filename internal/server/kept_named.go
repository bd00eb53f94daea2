package server

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"html"
	"slices"

	"github.com/klauspost/compress/flate"
)

// nameless stands for the reader's name while a page is rendered to be kept. No
// text that anybody typed can hold it, since the database takes no such character.
const nameless = "\x00"

// errNameless means that a page to be kept says nowhere whose it is.
var errNameless = errors.New("server: a page to keep has no place for a name")

// gzipHead begins whatever is compressed: no name, no time, system not known.
const gzipHead = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"

// mostStored is how many bytes one block that is not compressed can hold.
const mostStored = 1<<16 - 1

// keptPage is a page compressed in two parts, with the place of its reader's name
// between them. A name goes in as a block that is not compressed, so that one
// stream comes out which any browser reads, at the price of copying it.
type keptPage struct {
	head, tail       []byte // compressed, head with gzip's own
	headSum, tailSum uint32
	length           uint32     // of both when they are unpacked
	shift            [32]uint32 // what the length of tail makes of each bit of a sum before it
}

func (p *keptPage) size() int { return len(p.head) + len(p.tail) }

// packed is a rendered page compressed around its reader's name.
func packed(plain []byte) (*keptPage, error) {
	head, tail, found := bytes.Cut(plain, []byte(nameless))
	if !found {
		return nil, errNameless
	}
	p := &keptPage{headSum: crc32.ChecksumIEEE(head), tailSum: crc32.ChecksumIEEE(tail), length: uint32(len(head) + len(tail))}
	nought := make([]byte, len(tail))
	for bit := range p.shift {
		p.shift[bit] = ^crc32.Update(^(uint32(1) << bit), crc32.IEEETable, nought)
	}
	var err error
	if p.head, err = blocks([]byte(gzipHead), head, (*flate.Writer).Flush); err != nil {
		return nil, err
	}
	p.tail, err = blocks(nil, tail, (*flate.Writer).Close)
	return p, err
}

// blocks adds text in compressed blocks that look back on nothing before them.
func blocks(to, text []byte, end func(*flate.Writer) error) ([]byte, error) {
	b := bytes.NewBuffer(to)
	z, err := flate.NewWriter(b, flate.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("server: compress to keep: %w", err)
	}
	if _, err := z.Write(text); err != nil {
		return nil, fmt.Errorf("server: compress to keep: %w", err)
	}
	if err := end(z); err != nil {
		return nil, fmt.Errorf("server: compress to keep: %w", err)
	}
	return b.Bytes(), nil
}

// named is the page as one gzip stream, with its reader's name in its place.
func (p *keptPage) named(name string) []byte {
	text := []byte(html.EscapeString(name))
	out := make([]byte, 0, p.size()+len(text)+32)
	out = append(out, p.head...)
	for part := range slices.Chunk(text, mostStored) {
		out = append(out, 0)
		out = binary.LittleEndian.AppendUint16(out, uint16(len(part)))
		out = binary.LittleEndian.AppendUint16(out, ^uint16(len(part)))
		out = append(out, part...)
	}
	out = append(out, p.tail...)
	sum := crc32.Update(p.headSum, crc32.IEEETable, text)
	whole := p.tailSum
	for bit, moved := range p.shift {
		if sum>>bit&1 == 1 {
			whole ^= moved
		}
	}
	out = binary.LittleEndian.AppendUint32(out, whole)
	return binary.LittleEndian.AppendUint32(out, p.length+uint32(len(text)))
}
