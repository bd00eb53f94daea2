package mail

import (
	"fmt"
	"html/template"
	"strings"
	"unicode/utf8"
)

// page is a letter for readers that show markup: one column, no pictures,
// nothing to load, and it reads in order without its looks.
var page = template.Must(template.New("letter").Parse(`<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Subject}}</title>
</head>
<body style="margin:0;padding:0;background:#ffffff;color:#212b32;font-family:Arial,Helvetica,sans-serif;font-size:18px;line-height:1.5">
<div style="max-width:600px;margin:0 auto;padding:24px 16px">
<p style="margin:0 0 20px">{{.Hello}}</p>
{{range .Before}}<p style="margin:0 0 20px">{{.}}</p>
{{end}}{{if .Code}}<p style="margin:0 0 20px;font-size:32px;font-weight:bold;letter-spacing:4px">{{.Code}}</p>
{{end}}{{if .Link}}<p style="margin:0 0 20px"><a href="{{.Link}}" style="display:inline-block;padding:12px 16px;background:#00703c;color:#ffffff;font-weight:bold;text-decoration:none;border-radius:4px">{{.Button}}</a></p>
<p style="margin:0 0 20px">If the button does not work, copy this address into your browser:<br><a href="{{.Link}}" style="color:#005eb8;word-break:break-all">{{.Link}}</a></p>
{{end}}{{range .After}}<p style="margin:0 0 20px">{{.}}</p>
{{end}}<p style="margin:32px 0 0;padding-top:16px;border-top:1px solid #d8dde0;font-size:16px">{{.Foot}}</p>
</div>
</body>
</html>
`))

func (w words) html() (string, error) {
	var b strings.Builder
	if err := page.Execute(&b, w); err != nil {
		return "", fmt.Errorf("mail: write: %w", err)
	}
	return b.String(), nil
}

// width is how long a line of text is. Addresses are never broken.
const width = 72

// text is the letter for readers that show nothing but text.
func (w words) text() string {
	parts := make([]string, 0, len(w.Before)+len(w.After)+5)
	parts = append(parts, wrap(w.Hello))
	for _, p := range w.Before {
		parts = append(parts, wrap(p))
	}
	if w.Code != "" {
		parts = append(parts, "    "+w.Code)
	}
	if w.Link != "" {
		parts = append(parts, w.Button+":\n"+w.Link)
	}
	for _, p := range w.After {
		parts = append(parts, wrap(p))
	}
	return strings.Join(append(parts, wrap(w.Foot)), "\n\n") + "\n"
}

// wrap breaks a paragraph into lines.
func wrap(paragraph string) string {
	var b strings.Builder
	length := 0
	for word := range strings.FieldsSeq(paragraph) {
		n := utf8.RuneCountInString(word)
		switch {
		case length == 0:
		case length+1+n > width:
			b.WriteByte('\n')
			length = 0
		default:
			b.WriteByte(' ')
			length++
		}
		b.WriteString(word)
		length += n
	}
	return b.String()
}
