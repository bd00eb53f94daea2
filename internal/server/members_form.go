package server

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"octant/internal/access"
)

// How much a list may be when it is sent, and how much a preview of the longest
// list carries back.
const (
	maxList    = 1 << 20
	maxPreview = 4 << 20
)

var errTooLarge = refusal{
	http.StatusRequestEntityTooLarge, "What you sent is too large",
	"A list can have up to 1 MB and 2,000 people. Nothing has changed. Go back and send it in parts.",
}

// sentList is what came with a form about a list.
type sentList struct {
	form
	file []byte // what was uploaded, as it came
}

// readList reads a form that holds a list: as a browser sends a file, or as it
// sends the fields of a preview.
func readList(r *http.Request) (sentList, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case err == nil && kind == "multipart/form-data" && params["boundary"] != "":
		return readUpload(r)
	case err != nil || kind != "application/x-www-form-urlencoded":
		_, err := readForm(r) // refuses it in its words
		return sentList{}, err
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxPreview+1))
	if err != nil {
		return sentList{}, fmt.Errorf("server: read list: %w", err)
	}
	if len(body) > maxPreview {
		return sentList{}, errTooLarge
	}
	s := sentList{form: decodeForm(string(body), "open")}
	keepRead(r, s.form)
	return s, nil
}

// readUpload reads the two fields of the form that takes a file. There are no
// others.
func readUpload(r *http.Request) (s sentList, err error) {
	r.Body = io.NopCloser(io.LimitReader(r.Body, 2*maxList+64<<10))
	parts, err := r.MultipartReader()
	if err != nil {
		return s, errCutOff
	}
	values := url.Values{}
	for range 10 {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			s.form = decodeForm(values.Encode())
			keepRead(r, s.form)
			return s, nil
		}
		if err != nil {
			return s, errCutOff
		}
		body, err := io.ReadAll(io.LimitReader(part, maxList+1))
		switch {
		case len(body) > maxList:
			return s, errTooLarge
		case err != nil:
			return s, errCutOff
		case part.FormName() == "file" && s.file == nil:
			s.file = body
		case part.FormName() == "file":
			return s, errCutOff
		default:
			values.Add(part.FormName(), string(body))
		}
	}
	return s, errCutOff
}

// errCutOff means a form that is not one, or that stops in the middle.
var errCutOff = refusal{http.StatusBadRequest, "What you sent could not be read", "Nothing has changed. Go back and send the list again."}

// keepRead lets an error page give back what was typed.
func keepRead(r *http.Request, f form) {
	v := visitOf(r)
	v.form, v.read = f, true
}

// packLines writes lines for a hidden field: no value has a tab or an end of
// line in it.
func packLines(lines []access.Line) string {
	var b strings.Builder
	for _, l := range lines {
		side := string(l.Side)
		if l.Guessed {
			side = ""
		}
		fmt.Fprintf(&b, "%d\t%s\t%s\t%s\t%s\n", l.Number, l.Name, l.Email, l.Title, side)
	}
	return b.String()
}

// unpackLines reads them again. Nothing is believed of them: they are checked
// like any other.
func unpackLines(packed string) ([]access.Line, error) {
	var lines []access.Line
	for row := range strings.Lines(packed) {
		cells := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		if len(cells) != 5 {
			return nil, errCutOff
		}
		number, err := strconv.Atoi(cells[0])
		if err != nil {
			return nil, errCutOff
		}
		lines = append(lines, access.TypedLine(number, cells[1], cells[2], cells[3], access.Side(cells[4])))
	}
	return lines, nil
}

// previewed are the lines that a preview sent back, in their order. Those that
// were left out are gone. Where the lead opens one line, those that stand open
// stay so; otherwise open ones that are sound now join the rest.
func (s sentList) previewed() (lines []access.Line, open map[int]bool, err error) {
	lines, err = unpackLines(s.get("kept"))
	if err != nil {
		return nil, nil, err
	}
	open = make(map[int]bool)
	number, err := strconv.Atoi(s.get("edit"))
	opening := err == nil
	if opening {
		open[number] = true
	}
	for _, v := range s.all("open") {
		number, err := strconv.Atoi(v)
		if err != nil {
			return nil, nil, errCutOff
		}
		if s.get("out-"+v) == "yes" {
			continue
		}
		open[number] = opening
		lines = append(lines, access.TypedLine(number, s.get("name-"+v), s.get("email-"+v), s.get("title-"+v), access.Side(s.get("side-"+v))))
	}
	slices.SortStableFunc(lines, func(a, b access.Line) int { return cmp.Compare(a.Number, b.Number) })
	twice := len(slices.CompactFunc(slices.Clone(lines), func(a, b access.Line) bool { return a.Number == b.Number })) != len(lines)
	if len(lines) > access.MostLines || twice {
		return nil, nil, errCutOff
	}
	return lines, open, nil
}
