package maturity

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
)

// Fault is one thing wrong with a file, and where it stands.
type Fault struct {
	Line   int // from 1
	Column int // byte of the line, from 1
	Reason string
}

// ErrFaults means that a file had faults, each of which was reported.
var ErrFaults = errors.New("maturity: file has faults")

// maxRecord is how long one line of a file of answers may be. It bounds what is
// held in memory when a quotation mark is never closed.
const maxRecord = 64 << 10

// columns of a file of answers, in the order in which sheet holds their places.
var columns = [...]string{"respondent", "side", "question", "answer"}

const (
	respondentColumn = iota
	sideColumn
	questionColumn
	answerColumn
)

// Answers is what a file of answers holds: a row of choices a person, one for
// each question of the version, asked or not.
type Answers struct {
	Form    questionnaire.Form // core when no other question occurs in the file
	version *questionnaire.Version
	side    []assessment.Side
	choices []assessment.Choice
}

// People is how many people the file has.
func (a Answers) People() int { return len(a.side) }

// Input makes the answers ready for scoring. Invited is how many people were
// asked; nought means those in the file.
func (a Answers) Input(invited int) Input {
	in := Input{Version: a.version, Form: a.Form, Invited: max(invited, a.People()), NoEvidence: true, file: a}
	if in.Invited == a.People() {
		in.InvitedBySide = make(map[assessment.Side]int, len(sides))
		for _, s := range a.side {
			in.InvitedBySide[s]++
		}
	}
	return in
}

// unread marks a question that no line of the file has answered yet, which is
// not the same as a line with an empty answer.
const unread assessment.Choice = 0xFF

// ReadAnswers reads a file of answers line by line: a header and one line per
// person and question. It reports every fault as it meets it and goes on, so
// that all are known at once; with any of them it ends in [ErrFaults].
func ReadAnswers(r io.Reader, v *questionnaire.Version, report func(Fault)) (Answers, error) {
	s := newSheet(r, v, report)
	if s.header() {
		for s.next() {
			s.answer()
		}
		if len(s.people) == 0 && s.faults == 0 {
			s.fault(1, 1, "no answers after the header")
		}
	}
	if s.failed != nil {
		return Answers{}, fmt.Errorf("maturity: read answers: %w", s.failed)
	}
	if s.faults > 0 {
		return Answers{}, ErrFaults
	}
	return s.answers, nil
}

// sheet is a file in the course of being read.
type sheet struct {
	csv    *csv.Reader
	guard  *guard
	report func(Fault)

	record []string
	at     [len(columns)]int // where each column stands
	width  int               // columns of the header

	all     []*questionnaire.Question
	place   map[string]int // of a question in all
	people  map[string]int // place in answers
	answers Answers
	faults  int
	line    int   // where the last record began
	failed  error // the file could not be read at all
}

func newSheet(r io.Reader, v *questionnaire.Version, report func(Fault)) *sheet {
	buffered := bufio.NewReader(r)
	if start, _ := buffered.Peek(3); bytes.Equal(start, []byte("\uFEFF")) {
		_, _ = buffered.Discard(3) // they were just seen
	}
	s := &sheet{
		guard: &guard{from: buffered}, report: report, all: v.Questions(questionnaire.Full),
		place: make(map[string]int), people: make(map[string]int),
		answers: Answers{Form: questionnaire.Core, version: v},
	}
	for i, q := range s.all {
		s.place[q.Key] = i
	}
	s.csv = csv.NewReader(s.guard)
	s.csv.ReuseRecord = true
	s.csv.FieldsPerRecord = -1
	return s
}

func (s *sheet) fault(line, column int, format string, args ...any) {
	s.faults++
	s.report(Fault{line, column, fmt.Sprintf(format, args...)})
}

// faultAt reports a fault of one field of the record.
func (s *sheet) faultAt(field int, format string, args ...any) {
	line, column := s.csv.FieldPos(field)
	s.fault(line, column, format, args...)
}

// header reads the first line and says whether the rest can be understood.
func (s *sheet) header() bool {
	if !s.next() {
		if s.faults == 0 && s.failed == nil {
			s.fault(1, 1, "no header: %s", strings.Join(columns[:], ","))
		}
		return false
	}
	before := s.faults
	s.width = len(s.record)
	seen := make(map[string]bool, len(columns))
	for i, name := range s.record {
		c := slices.Index(columns[:], name)
		switch {
		case c < 0:
			s.faultAt(i, "unknown column %.40q", name)
		case seen[name]:
			s.faultAt(i, "column %q stands twice", name)
		default:
			s.at[c], seen[name] = i, true
		}
	}
	for _, name := range columns {
		if !seen[name] {
			s.fault(1, 1, "column %q is missing", name)
		}
	}
	return s.faults == before
}

// next reads the next line that is sound text, and reports those that are not.
func (s *sheet) next() bool {
	for {
		s.guard.taken = 0
		record, err := s.csv.Read()
		s.record = record
		var broken *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return false
		case errors.Is(err, errTooLong):
			s.fault(s.line+1, 1, "line is longer than %d KiB; is a quotation mark not closed?", maxRecord>>10)
			return false
		case errors.As(err, &broken):
			s.broken(broken)
		case err != nil:
			s.failed = err
			return false
		default:
			s.line, _ = s.csv.FieldPos(0)
			if s.sound() {
				return true
			}
		}
	}
}

// broken reports quotation marks out of place.
func (s *sheet) broken(e *csv.ParseError) {
	s.line = e.Line
	if e.StartLine != e.Line {
		s.fault(e.StartLine, 1, "quotation mark is not closed on its line")
		return
	}
	s.fault(e.Line, e.Column, "quotation mark out of place")
}

// sound reports fields that are no text.
func (s *sheet) sound() bool {
	before := s.faults
	for i, field := range s.record {
		switch {
		case !utf8.ValidString(field):
			s.faultAt(i, "text is not UTF-8")
		case strings.ContainsRune(field, 0):
			s.faultAt(i, "text has a NUL character")
		}
	}
	return s.faults == before
}

// answer keeps one line.
func (s *sheet) answer() {
	if len(s.record) != s.width {
		s.fault(s.line, 1, "%d columns, not the %d of the header", len(s.record), s.width)
		return
	}
	before := s.faults
	person := s.person()
	q, known := s.place[s.field(questionColumn)]
	if !known {
		s.faultAt(s.at[questionColumn], "unknown question %.40q", s.field(questionColumn))
	}
	choice, err := assessment.ParseChoice(s.field(answerColumn))
	if err != nil {
		s.faultAt(s.at[answerColumn], "unknown answer %.40q: 1 to 5, dk, rns or nothing", s.field(answerColumn))
	}
	if s.faults > before {
		return
	}
	at := &s.answers.choices[person*len(s.all)+q]
	if *at != unread {
		s.faultAt(s.at[questionColumn], "respondent %.40q answers question %s twice", s.field(respondentColumn), s.all[q].Key)
		return
	}
	*at = choice
	if !s.all[q].Core {
		s.answers.Form = questionnaire.Full
	}
}

func (s *sheet) field(column int) string { return s.record[s.at[column]] }

// person finds whose line it is, or adds them. It reports a line of nobody, a
// side that is none, and one that is not the side of the person's first line.
func (s *sheet) person() int {
	name, side := s.field(respondentColumn), assessment.Side(s.field(sideColumn))
	if name == "" {
		s.faultAt(s.at[respondentColumn], "respondent is missing")
	}
	if !slices.Contains(sides[:], side) {
		s.faultAt(s.at[sideColumn], "unknown side %.40q: exec or ned", string(side))
		return 0
	}
	place, known := s.people[name]
	if !known {
		return s.join(strings.Clone(name), assessment.Side(strings.Clone(string(side))))
	}
	if was := s.answers.side[place]; was != side {
		s.faultAt(s.at[sideColumn], "respondent %.40q was %s before and is %s here", name, was, side)
	}
	return place
}

func (s *sheet) join(name string, side assessment.Side) int {
	place := s.answers.People()
	s.people[name] = place
	s.answers.side = append(s.answers.side, side)
	for range s.all {
		s.answers.choices = append(s.answers.choices, unread)
	}
	return place
}

// errTooLong is what the guard gives instead of the rest of an endless line.
var errTooLong = errors.New("maturity: line too long")

// guard hands on what it reads until too much of it has gone into one record.
type guard struct {
	from  io.Reader
	taken int // since the last record
}

// Read reads on, or refuses to.
func (g *guard) Read(p []byte) (int, error) {
	if g.taken > maxRecord {
		return 0, errTooLong
	}
	n, err := g.from.Read(p)
	g.taken += n
	return n, err
}
