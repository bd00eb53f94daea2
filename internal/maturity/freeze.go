package maturity

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ErrSchema means a frozen document of a kind that this program does not read.
var ErrSchema = errors.New("maturity: unknown schema of a frozen document")

// Freeze writes a report as the one document that stands for it from then on,
// and its SHA-256 in lower-case hex. The same report always gives the same
// bytes.
func Freeze(r Report) (document []byte, digest string, err error) { return freeze(r) }

// FreezeChange does so for a change.
func FreezeChange(c Change) (document []byte, digest string, err error) { return freeze(c) }

func freeze(what any) (document []byte, digest string, err error) {
	document, err = json.Marshal(what)
	if err != nil {
		return nil, "", fmt.Errorf("maturity: freeze: %w", err)
	}
	sum := sha256.Sum256(document)
	return document, hex.EncodeToString(sum[:]), nil
}

// Thaw reads a frozen document back. It refuses a schema it does not know, and
// anything in the document that it would not have written.
func Thaw(document []byte) (Report, error) { return thaw[Report](document, Schema) }

// ThawChange does so for a change.
func ThawChange(document []byte) (Change, error) { return thaw[Change](document, ChangeSchema) }

func thaw[T any](document []byte, schema int) (T, error) {
	var none, what T
	var head struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(document, &head); err != nil {
		return none, fmt.Errorf("maturity: thaw: %w", err)
	}
	if head.Schema != schema {
		return none, fmt.Errorf("%w: %d", ErrSchema, head.Schema)
	}
	d := json.NewDecoder(bytes.NewReader(document))
	d.DisallowUnknownFields()
	if err := d.Decode(&what); err != nil {
		return none, fmt.Errorf("maturity: thaw: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return none, errors.New("maturity: thaw: text after the document")
	}
	return what, nil
}
