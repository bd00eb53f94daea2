package page

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/a-h/templ"
)

// A Part is one piece of a page that follows a session. Its name stays the same
// while the piece is there, so that one that has not changed can be left alone.
type Part struct {
	Name    string
	Content templ.Component
}

// Parts are the pieces in their order. Each is marked with the digest of its
// content, by which a script sees whether it has changed.
func Parts(parts []Part) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, p := range parts {
			var content bytes.Buffer
			if err := p.Content.Render(ctx, &content); err != nil {
				return err
			}
			if len(bytes.TrimSpace(content.Bytes())) == 0 {
				continue
			}
			sum := sha256.Sum256(content.Bytes())
			_, err := fmt.Fprintf(w, `<div id="part-%s" data-hash="%x">%s</div>`, p.Name, sum[:8], content.Bytes())
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// written is a component that has been rendered already.
type written []byte

// Written keeps a component as it is written, so that what is the same for a
// whole room is made once.
func Written(ctx context.Context, c templ.Component) (templ.Component, error) {
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		return nil, err
	}
	return written(b.Bytes()), nil
}

// Render writes it.
func (c written) Render(_ context.Context, w io.Writer) error {
	_, err := w.Write(c)
	return err
}
