package access

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	utf "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/unicode/norm"
)

// rowsOf is the text as rows, whatever the program that wrote it used for
// letters and for line ends. Each row is decoded by itself: one that is not in
// UTF-8 is read as Windows-1252 and spoils no other.
func rowsOf(raw []byte) []string {
	if order, is := utf16Order(raw); is {
		raw, _ = utf.UTF16(order, utf.UseBOM).NewDecoder().Bytes(raw) // what is no text becomes a sign that tidy finds
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	rows := make([]string, 0, bytes.Count(raw, []byte("\n"))+1)
	for len(raw) > 0 {
		row, rest := raw, []byte(nil)
		if end := bytes.IndexAny(raw, "\r\n"); end >= 0 {
			row, rest = raw[:end], raw[end+1:]
			if raw[end] == '\r' {
				rest = bytes.TrimPrefix(rest, []byte("\n"))
			}
		}
		if !utf8.Valid(row) {
			row, _ = charmap.Windows1252.NewDecoder().Bytes(row) // as above
		}
		rows = append(rows, string(row))
		raw = rest
	}
	return rows
}

// utf16Order says whether the text is UTF-16, which Excel calls "Unicode text",
// and in which order its bytes stand where no mark says so.
func utf16Order(raw []byte) (utf.Endianness, bool) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		return utf.LittleEndian, true
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return utf.BigEndian, true
	}
	sample := raw[:min(len(raw), 200)&^1]
	var even, odd int
	for i := 0; i < len(sample); i += 2 {
		if sample[i] == 0 {
			even++
		}
		if sample[i+1] == 0 {
			odd++
		}
	}
	most := len(sample) * 2 / 5 // of half as many pairs
	switch {
	case len(sample) >= 4 && odd >= most && even == 0:
		return utf.LittleEndian, true
	case len(sample) >= 4 && even >= most && odd == 0:
		return utf.BigEndian, true
	}
	return utf.LittleEndian, false
}

// tidy is a cell as it is kept: single spaces, composed letters, nothing that
// cannot be seen. It says whether anything was taken out that a person may have
// meant.
func tidy(cell string) (clean string, lost bool) {
	if plain(cell) {
		return strings.Join(strings.Fields(cell), " "), false
	}
	var b strings.Builder
	for _, r := range cell {
		switch {
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case r == '\u200b', r == '\u2060', r == '\ufeff', r == '\u00ad': // of no width; copied along from pages
		case unicode.Is(unicode.Bidi_Control, r), unicode.IsControl(r), r == utf8.RuneError, !unicode.IsPrint(r) && !unicode.Is(unicode.Cf, r):
			lost = true
		default:
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(norm.NFC.String(b.String())), " "), lost
}

// plain says whether a cell is printable ASCII, as most are.
func plain(cell string) bool {
	for i := range len(cell) {
		if cell[i] < ' ' || cell[i] > '~' {
			return false
		}
	}
	return true
}

// delimiterOf is what separates the cells of the rows: whatever most of them
// have outside of quotes and addresses, and of several the one that least often
// stands inside a cell.
func delimiterOf(rows []string) byte {
	const candidates = "\t;|,"
	var seen [len(candidates)]int
	looked := 0
	for _, row := range rows {
		if looked == 100 {
			break
		}
		if blank(row) {
			continue
		}
		looked++
		for i, has := range separators(row, candidates) {
			if has {
				seen[i]++
			}
		}
	}
	best, most := byte(0), 0
	for i, n := range seen {
		if n > most {
			best, most = candidates[i], n
		}
	}
	return best
}

// separators says which of the candidates a row has outside of quotes and
// addresses.
func separators(row, candidates string) []bool {
	has := make([]bool, len(candidates))
	quoted, angle := false, false
	for i := range len(row) {
		switch c := row[i]; {
		case c == '"':
			quoted = !quoted
		case c == '<':
			angle = true
		case c == '>':
			angle = false
		case !quoted && !angle:
			if at := strings.IndexByte(candidates, c); at >= 0 {
				has[at] = true
			}
		}
	}
	return has
}

// splitRow takes a row apart. A cell may stand in quotes, with a quote in it
// doubled. Where a quote is not closed it says so and counts no quote at all.
func splitRow(row string, delim byte) (cells []string, closed bool) {
	if delim == 0 {
		delim = ','
		if !strings.Contains(row, `"`) {
			return []string{row}, true
		}
	}
	for rest := row; ; {
		cell, after, more, ok := nextCell(rest, delim)
		if !ok {
			return strings.Split(strings.ReplaceAll(row, `"`, ""), string(rune(delim))), false
		}
		cells = append(cells, cell)
		if !more {
			return cells, true
		}
		rest = after
	}
}

// nextCell takes the first cell off a row. more says whether another follows.
func nextCell(row string, delim byte) (cell, after string, more, ok bool) {
	start := strings.TrimLeft(row, " \u00a0")
	if !strings.HasPrefix(start, `"`) {
		cell, after, more = strings.Cut(row, string(rune(delim)))
		return cell, after, more, true
	}
	var b strings.Builder
	for rest := start[1:]; ; {
		inside, behind, found := strings.Cut(rest, `"`)
		if !found {
			return "", "", false, false
		}
		b.WriteString(inside)
		if strings.HasPrefix(behind, `"`) {
			b.WriteByte('"')
			rest = behind[1:]
			continue
		}
		left, after, more := strings.Cut(behind, string(rune(delim)))
		return b.String() + left, after, more, true // words after the closing quote belong to the cell
	}
}
