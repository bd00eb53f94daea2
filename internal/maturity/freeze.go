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
var ErrSchema = errors.New("maturity: unknown schema of a frozen report")

// Freeze writes a report as the one document that stands for it from then on,
// and its SHA-256 in lower-case hex. The same report always gives the same
// bytes.
func Freeze(r Report) (document []byte, digest string, err error) {
	document, err = json.Marshal(r)
	if err != nil {
		return nil, "", fmt.Errorf("maturity: freeze: %w", err)
	}
	sum := sha256.Sum256(document)
	return document, hex.EncodeToString(sum[:]), nil
}

// Thaw reads a frozen document back. It refuses a schema it does not know, and
// anything in the document that it would not have written.
func Thaw(document []byte) (Report, error) {
	var head struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(document, &head); err != nil {
		return Report{}, fmt.Errorf("maturity: thaw: %w", err)
	}
	if head.Schema != Schema {
		return Report{}, fmt.Errorf("%w: %d", ErrSchema, head.Schema)
	}
	var r Report
	d := json.NewDecoder(bytes.NewReader(document))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return Report{}, fmt.Errorf("maturity: thaw: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return Report{}, errors.New("maturity: thaw: text after the document")
	}
	return r, nil
}
