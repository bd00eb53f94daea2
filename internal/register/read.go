package register

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// MaxFile is how large a file may be: many times the largest published one.
const MaxFile = 8 << 20

// What a file can be refused for as a whole.
var (
	ErrTooLarge    = errors.New("register: the file is larger than 8 MB")
	ErrNoTrust     = errors.New("register: no line of the file is a trust’s: it is not an ODS trust file (etr.csv)")
	ErrNoSuccessor = errors.New("register: no line of the file names a successor: it is not an ODS successor file (succ.csv)")
)

// Refusal is a line that cannot be taken, and why.
type Refusal struct {
	File   string
	Line   int
	Reason string
}

// String is the refusal as editors and scripts understand it.
func (r Refusal) String() string { return fmt.Sprintf("%s:%d: %s", r.File, r.Line, r.Reason) }

// File is what a file was, for the record.
type File struct {
	Name    string
	Digest  [sha256.Size]byte
	Refused []Refusal
}

func (f *File) refuse(line int, format string, args ...any) {
	f.Refused = append(f.Refused, Refusal{f.Name, line, fmt.Sprintf(format, args...)})
}

// open reads the whole file and cuts it into lines. A line has no break inside:
// one that is broken spoils itself alone.
func (f *File) open(r io.Reader) ([]string, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("register: read %s: %w", f.Name, err)
	}
	if len(b) > MaxFile {
		return nil, ErrTooLarge
	}
	f.Digest = sha256.Sum256(b)
	text := strings.TrimPrefix(string(b), "\ufeff")
	return strings.Split(text, "\n"), nil
}

// Trust is one line of a trust file.
type Trust struct {
	Line   int
	Code   string
	Name   string
	Place  Place
	Opened time.Time
	Closed time.Time // zero when it is open
}

// TrustFile is what a trust file (etr.csv) says.
type TrustFile struct {
	File
	Trusts []Trust
}

// The columns of a trust file that count, from zero. The old layout has 24
// columns, the one since then 27; these stand at the same places in both.
const (
	oldLayout = 24
	newLayout = 27

	columnCode   = 0
	columnName   = 1
	columnRegion = 2
	columnICB    = 3
	columnOpened = 10
	columnClosed = 11

	longestName = 100
)

// ReadTrusts reads a trust file. What is wrong with a line is kept beside those
// that are sound.
func ReadTrusts(name string, r io.Reader) (TrustFile, error) {
	f := TrustFile{File: File{Name: name}}
	lines, err := f.open(r)
	if err != nil {
		return f, err
	}
	seen := map[string]Trust{}
	twice := map[string]bool{}
	for i, text := range lines {
		if text = strings.TrimSuffix(text, "\r"); text == "" {
			continue
		}
		t, fault := readTrust(text)
		t.Line = i + 1
		before, known := seen[t.Code]
		switch {
		case fault != "":
			f.refuse(i+1, "%s", fault)
		case known && !sameTrust(before, t):
			f.refuse(i+1, "%s has another line, %d, that says otherwise: neither is taken", t.Code, before.Line)
			if !twice[t.Code] {
				f.refuse(before.Line, "%s has another line, %d, that says otherwise: neither is taken", t.Code, i+1)
			}
			twice[t.Code] = true
		case known:
			f.refuse(i+1, "%s stands in line %d already", t.Code, before.Line)
		default:
			seen[t.Code] = t
			f.Trusts = append(f.Trusts, t)
		}
	}
	f.Trusts = without(f.Trusts, twice)
	if len(f.Trusts) == 0 {
		return f, ErrNoTrust
	}
	return f, nil
}

func sameTrust(a, b Trust) bool {
	a.Line = b.Line
	return a == b
}

func without(trusts []Trust, codes map[string]bool) []Trust {
	var kept []Trust
	for _, t := range trusts {
		if !codes[t.Code] {
			kept = append(kept, t)
		}
	}
	return kept
}

// readTrust reads one line, or says what is wrong with it.
func readTrust(text string) (t Trust, fault string) {
	fields, fault := split(text)
	if fault != "" {
		return t, fault
	}
	if len(fields) != newLayout && len(fields) != oldLayout {
		return t, fmt.Sprintf("it has %d columns, not %d or %d", len(fields), newLayout, oldLayout)
	}
	t.Code, t.Name = fields[columnCode], strings.Join(strings.Fields(fields[columnName]), " ")
	t.Place = Place{fields[columnRegion], fields[columnICB]}
	switch {
	case !IsCode(t.Code):
		return t, fmt.Sprintf("column 1: %s is not a trust’s code", quote(t.Code))
	case t.Name == "":
		return t, "column 2: the name is missing"
	case utf8.RuneCountInString(t.Name) > longestName:
		return t, fmt.Sprintf("column 2: the name has more than %d characters", longestName)
	case t.Place.Region != "" && !areaShape.MatchString(t.Place.Region):
		return t, fmt.Sprintf("column 3: %s is not a region’s code", quote(t.Place.Region))
	case t.Place.ICB != "" && !areaShape.MatchString(t.Place.ICB):
		return t, fmt.Sprintf("column 4: %s is not an integrated care board’s code", quote(t.Place.ICB))
	case fields[columnOpened] == "":
		return t, "column 11: the opening date is missing"
	}
	var ok bool
	if t.Opened, ok = readDate(fields[columnOpened]); !ok {
		return t, fmt.Sprintf("column 11: %s is not a date as in 20240131", quote(fields[columnOpened]))
	}
	if closed := fields[columnClosed]; closed != "" {
		if t.Closed, ok = readDate(closed); !ok {
			return t, fmt.Sprintf("column 12: %s is not a date as in 20240131", quote(closed))
		}
		if t.Closed.Before(t.Opened) {
			return t, "column 12: it closed before it opened"
		}
	}
	t.Place = t.Place.inEngland()
	return t, ""
}

// inEngland is nowhere for Wales, which old files write as W00 and Q99 and new
// ones not at all.
func (p Place) inEngland() Place {
	if p.Region == "W00" || p.ICB == "Q99" {
		return Place{}
	}
	return p
}

// Successor is one line of a successor file.
type Successor struct {
	Line     int
	From, To string
	On       time.Time
}

// SuccessorFile is what a successor file (succ.csv) says of trusts.
type SuccessorFile struct {
	File
	Successors []Successor
	Others     int // lines about organisations that are no trusts
}

// ReadSuccessors reads a successor file, which names organisations of every sort,
// and keeps what can be about trusts. The file's last column says whether the
// successor was followed too; it is not always right, and is not used.
func ReadSuccessors(name string, r io.Reader) (SuccessorFile, error) {
	f := SuccessorFile{File: File{Name: name}}
	lines, err := f.open(r)
	if err != nil {
		return f, err
	}
	seen := map[[2]string]Successor{}
	twice := map[[2]string]bool{}
	for i, text := range lines {
		if text = strings.TrimSuffix(text, "\r"); text == "" {
			continue
		}
		s, fault := readSuccessor(text)
		s.Line = i + 1
		pair := [2]string{s.From, s.To}
		before, known := seen[pair]
		switch {
		case fault != "":
			f.refuse(i+1, "%s", fault)
		case known && !before.On.Equal(s.On):
			f.refuse(i+1, "%s to %s has another line, %d, with another date: neither is taken", s.From, s.To, before.Line)
			if !twice[pair] {
				f.refuse(before.Line, "%s to %s has another line, %d, with another date: neither is taken", s.From, s.To, i+1)
			}
			twice[pair] = true
		case known:
			f.refuse(i+1, "%s to %s stands in line %d already", s.From, s.To, before.Line)
		default:
			seen[pair] = s
			f.Successors = append(f.Successors, s)
		}
	}
	return f, f.keepTrusts(twice)
}

// keepTrusts leaves out what is refused and what is about no trust. A code of the
// new shape is taken for a trust's if the other one is; where both have it, the
// register has to know them.
func (f *SuccessorFile) keepTrusts(twice map[[2]string]bool) error {
	all := f.Successors
	f.Successors = nil
	for _, s := range all {
		switch {
		case twice[[2]string{s.From, s.To}]:
		case IsCode(s.From) && IsCode(s.To):
			f.Successors = append(f.Successors, s)
		default:
			f.Others++
		}
	}
	if len(all) == 0 {
		return ErrNoSuccessor
	}
	return nil
}

// readSuccessor reads one line, or says what is wrong with it.
func readSuccessor(text string) (s Successor, fault string) {
	fields, fault := split(text)
	if fault != "" {
		return s, fault
	}
	if len(fields) != 5 {
		return s, fmt.Sprintf("it has %d columns, not 5", len(fields))
	}
	s.From, s.To = fields[0], fields[1]
	for i, code := range fields[:2] {
		if !anyShape.MatchString(code) {
			return s, fmt.Sprintf("column %d: %s is not an organisation’s code", i+1, quote(code))
		}
	}
	if s.From == s.To {
		return s, fmt.Sprintf("%s cannot follow itself", s.From)
	}
	var ok bool
	if s.On, ok = readDate(fields[3]); !ok {
		return s, fmt.Sprintf("column 4: %s is not a date as in 20240131", quote(fields[3]))
	}
	if flag := fields[4]; flag != "0" && flag != "1" {
		return s, fmt.Sprintf("column 5: %s is neither 0 nor 1", quote(flag))
	}
	return s, ""
}

// readDate reads a date as in 20240131.
func readDate(s string) (time.Time, bool) {
	d, err := time.Parse("20060102", s)
	return d, err == nil && d.Year() >= 1900 && d.Year() < 2200
}

// quote is a value as a refusal shows it, never long.
func quote(s string) string { return fmt.Sprintf("%.24q", s) }

// split cuts a line into fields, quoted or not.
func split(line string) (fields []string, fault string) {
	if !utf8.ValidString(line) {
		return nil, "it is not UTF-8 text"
	}
	if strings.IndexFunc(line, unicode.IsControl) >= 0 {
		return nil, "it has control characters"
	}
	for {
		field, rest, fault := cut(line)
		if fault != "" {
			return nil, fmt.Sprintf("column %d: %s", len(fields)+1, fault)
		}
		fields = append(fields, strings.TrimSpace(field))
		if rest == "" {
			return fields, ""
		}
		if line = rest[1:]; line == "" {
			return append(fields, ""), ""
		}
	}
}

// cut takes the first field off a line. What is left begins with a comma, or is
// nothing.
func cut(line string) (field, rest, fault string) {
	if !strings.HasPrefix(line, `"`) {
		end := strings.IndexByte(line, ',')
		if end < 0 {
			end = len(line)
		}
		if strings.Contains(line[:end], `"`) {
			return "", "", "a quotation mark stands inside a value without them"
		}
		return line[:end], line[end:], ""
	}
	var b strings.Builder
	for rest = line[1:]; ; {
		end := strings.IndexByte(rest, '"')
		if end < 0 {
			return "", "", "a quotation mark is not closed"
		}
		b.WriteString(rest[:end])
		rest = rest[end+1:]
		if !strings.HasPrefix(rest, `"`) {
			break
		}
		b.WriteByte('"')
		rest = rest[1:]
	}
	if rest != "" && rest[0] != ',' {
		return "", "", "something follows the closing quotation mark"
	}
	return b.String(), rest, ""
}
