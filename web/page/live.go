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

// Parts are the pieces in their order, without those that are empty.
func Parts(parts []Part) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for _, p := range parts {
			made, err := p.made(ctx)
			if err == nil {
				_, err = w.Write(made)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// made is a part as it is sent, marked with the digest of its content, by which a
// script sees whether it has changed; nothing for one that is empty.
func (p Part) made(ctx context.Context) ([]byte, error) {
	var content bytes.Buffer
	if err := p.Content.Render(ctx, &content); err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(content.Bytes())) == 0 {
		return nil, nil
	}
	sum := sha256.Sum256(content.Bytes())
	return fmt.Appendf(nil, `<div id="part-%s" data-hash="%x">%s</div>`, p.Name, sum[:8], content.Bytes()), nil
}
