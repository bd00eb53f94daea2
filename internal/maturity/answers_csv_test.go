package maturity_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

const header = "respondent,side,question,answer\n"

func readFaults(t testing.TB, file string) []string {
	t.Helper()
	var faults []string
	_, err := maturity.ReadAnswers(strings.NewReader(file), version(t), func(f maturity.Fault) {
		faults = append(faults, fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Reason))
	})
	if (len(faults) > 0) != errors.Is(err, maturity.ErrFaults) {
		t.Errorf("%d faults, error %v", len(faults), err)
	}
	return faults
}

func TestFaultsOfAFile(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, file string
		want       []string
	}{
		{"empty", "", []string{"1:1: no header: respondent,side,question,answer"}},
		{"header alone", header, []string{"1:1: no answers after the header"}},
		{"no header", "a,exec,1.1,3\n", []string{
			`1:1: unknown column "a"`, `1:3: unknown column "exec"`, `1:8: unknown column "1.1"`, `1:12: unknown column "3"`,
			`1:1: column "respondent" is missing`, `1:1: column "side" is missing`, `1:1: column "question" is missing`, `1:1: column "answer" is missing`,
		}},
		{"extra column in the header", "respondent,side,question,answer,mood\na,exec,1.1,3,good\n", []string{`1:33: unknown column "mood"`}},
		{"column twice", "respondent,side,side,question,answer\n", []string{`1:17: column "side" stands twice`}},
		{"columns of a line", header + "a,exec,1.1\na,exec,1.2,3,4\n", []string{
			"2:1: 3 columns, not the 4 of the header", "3:1: 5 columns, not the 4 of the header",
		}},
		{"unknown things", header + "a,exec,9.9,3\na,boss,1.1,3\na,exec,1.1,6\n", []string{
			`2:8: unknown question "9.9"`, `3:3: unknown side "boss": exec or ned`, `4:12: unknown answer "6": 1 to 5, dk, rns or nothing`,
		}},
		{"several on a line", header + ",boss,x,y\n", []string{
			"2:1: respondent is missing", `2:2: unknown side "boss": exec or ned`, `2:7: unknown question "x"`, `2:9: unknown answer "y": 1 to 5, dk, rns or nothing`,
		}},
		{"twice", header + "a,exec,1.1,3\na,exec,1.1,\n", []string{`3:8: respondent "a" answers question 1.1 twice`}},
		{"nothing, then something", header + "a,exec,1.1,\na,exec,1.1,4\n", []string{`3:8: respondent "a" answers question 1.1 twice`}},
		{"side changes", header + "a,exec,1.1,3\na,ned,1.2,3\n", []string{`3:3: respondent "a" was exec before and is ned here`}},
		{"no UTF-8", header + "a\xff,exec,1.1,3\n", []string{"2:1: text is not UTF-8"}},
		{"NUL", header + "a,exec,1.1,\x00\n", []string{"2:12: text has a NUL character"}},
		{"quotation mark", header + "a\"b,exec,1.1,3\na,exec,1.1,9\n", []string{
			"2:2: quotation mark out of place", `3:12: unknown answer "9": 1 to 5, dk, rns or nothing`,
		}},
		{"quotation mark not closed", header + "\"a,exec,1.1,3\na,exec,1.1,9\n", []string{"2:1: quotation mark is not closed on its line"}},
		{"endless line", header + "a,exec,1.1,3\n" + strings.Repeat("x", 200<<10), []string{"3:1: line is longer than 64 KiB; is a quotation mark not closed?"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := readFaults(t, c.file); !slices.Equal(got, c.want) {
				t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestFilesThatAreFine(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"plain":            header + "a,exec,1.1,3\nb,ned,1.1,dk\n",
		"BOM and CRLF":     "\uFEFF" + strings.ReplaceAll(header+"a,exec,1.1,3\nb,ned,1.1,dk\n", "\n", "\r\n"),
		"another order":    "answer,question,respondent,side\n3,1.1,a,exec\ndk,1.1,b,ned\n",
		"quoted, no end":   header + "\"a\",exec,\"1.1\",3\n\"b\",ned,1.1,dk",
		"lines in between": header + "\na,exec,1.1,3\n\nb,ned,1.1,dk\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers, err := maturity.ReadAnswers(strings.NewReader(file), version(t), func(f maturity.Fault) { t.Errorf("%+v", f) })
			if err != nil {
				t.Fatal(err)
			}
			r := maturity.Score(answers.Input(0))
			it := itemOf(t, r, "1.1")
			if answers.People() != 2 || answers.Form != questionnaire.Core || *it.N != 1 || *it.DontKnow != 1 || *it.Mean != 3 {
				t.Errorf("%s", text(t, it))
			}
			if it := itemOf(t, r, "1.2"); *it.NotAnswered != 2 {
				t.Errorf("%s", text(t, it))
			}
			if r.Sides.Executive.Invited != 1 || *r.Sides.NonExecutive.Respondents != 1 {
				t.Errorf("%+v", r.Sides)
			}
		})
	}
}

func TestFormOfAFile(t *testing.T) {
	t.Parallel()
	read := func(lines string) maturity.Result {
		answers, err := maturity.ReadAnswers(strings.NewReader(header+lines), version(t), func(f maturity.Fault) { t.Error(f) })
		if err != nil {
			t.Fatal(err)
		}
		return maturity.Score(answers.Input(20))
	}
	if r := read("a,exec,1.1,3\n"); r.Form != "core" || len(r.Elements[0].Items) != 3 {
		t.Errorf("core questions alone: %s", r.Form)
	}
	r := read("a,exec,1.1,3\na,exec,1.4,3\n")
	if r.Form != "full" || len(r.Elements[0].Items) != 5 || r.Invited != 20 || r.Sides.Executive.Invited != 0 {
		t.Errorf("with another: %s, %d invited", r.Form, r.Invited)
	}
}

// A file and the same answers as responses come to the same.
func TestFileScoresAsResponsesDo(t *testing.T) {
	t.Parallel()
	b := fourteen(version(t))
	var file strings.Builder
	file.WriteString(header)
	for p, row := range b.rows {
		side := "ned"
		if p < b.execs {
			side = "exec"
		}
		for i, q := range b.version.Questions(b.form) {
			fmt.Fprintf(&file, "r%d,%s,%s,%s\n", p, side, q.Key, row[i].Code())
		}
	}
	answers, err := maturity.ReadAnswers(strings.NewReader(file.String()), b.version, func(f maturity.Fault) { t.Error(f) })
	if err != nil {
		t.Fatal(err)
	}
	in := b.input()
	in.NoEvidence, in.InvitedBySide = true, nil
	if got, want := text(t, maturity.Hide(answers.Input(b.invited))), text(t, maturity.Hide(in)); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

type brokenDisk struct{}

var errDisk = errors.New("disk is broken")

func (brokenDisk) Read([]byte) (int, error) { return 0, errDisk }

func TestUnreadableFile(t *testing.T) {
	t.Parallel()
	file := io.MultiReader(strings.NewReader(header+"a,exec,1.1,3\n"), brokenDisk{})
	_, err := maturity.ReadAnswers(file, version(t), func(f maturity.Fault) { t.Error(f) })
	if !errors.Is(err, errDisk) {
		t.Errorf("%v", err)
	}
}

func FuzzReadAnswers(f *testing.F) {
	f.Add([]byte(header + "a,exec,1.1,3\nb,ned,1.4,dk\n"))
	f.Add([]byte("\uFEFF" + header + "\"a\",exec,1.1,\r\n"))
	f.Add([]byte(header + "\"a,exec,1.1,3\n"))
	f.Add([]byte("respondent,side,side\n\x00,\xff\n"))
	v := version(f)
	f.Fuzz(func(t *testing.T, file []byte) {
		faults := 0
		answers, err := maturity.ReadAnswers(bytes.NewReader(file), v, func(at maturity.Fault) {
			faults++
			if at.Line < 1 || at.Column < 1 || at.Reason == "" {
				t.Fatalf("%+v", at)
			}
		})
		if (err == nil) != (faults == 0) || err == nil && answers.People() == 0 {
			t.Fatalf("%d faults, %d people, %v", faults, answers.People(), err)
		}
		if err == nil {
			text(t, maturity.Hide(answers.Input(0)))
		}
	})
}

// generated writes a file of so many lines: boards' worth of people, or as many
// people as lines.
func generated(v *questionnaire.Version, lines, each int) []byte {
	var b bytes.Buffer
	b.WriteString(header)
	questions := v.Questions(questionnaire.Full)
	for i := range lines {
		side := [2]string{"exec", "ned"}[i/each%2]
		answer := [8]string{"1", "2", "3", "3", "4", "5", "dk", "rns"}[(i*7+i/each)%8]
		fmt.Fprintf(&b, "respondent-%d,%s,%s,%s\n", i/each, side, questions[i%each].Key, answer)
	}
	return b.Bytes()
}

func TestLargeFileTakesLittleMemory(t *testing.T) {
	v := version(t)
	for _, each := range []int{44, 1} {
		file := generated(v, 100_000, each)
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		answers, err := maturity.ReadAnswers(bytes.NewReader(file), v, func(f maturity.Fault) { t.Error(f) })
		if err != nil {
			t.Fatal(err)
		}
		maturity.Score(answers.Input(0))
		runtime.ReadMemStats(&after)
		if mib := (after.TotalAlloc - before.TotalAlloc) >> 20; mib > 150 {
			t.Errorf("%d lines a person: %d MiB allocated in all", each, mib)
		}
	}
}

func BenchmarkReadAnswers(b *testing.B) {
	v := version(b)
	file := generated(v, 100_000, 44)
	b.ReportAllocs()
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		answers, err := maturity.ReadAnswers(bytes.NewReader(file), v, func(f maturity.Fault) { b.Error(f) })
		if err != nil {
			b.Fatal(err)
		}
		maturity.Score(answers.Input(0))
	}
}
