package questionnaire

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// FuzzParse says that no file makes the loader fall over, that whatever it
// accepts is whole, and that whatever it refuses is refused with file and line.
// Its seeds run in every go test.
func FuzzParse(f *testing.F) {
	whole := source(f)
	f.Add([]byte(whole))
	for _, part := range []int{3, 50, 1000, len(whole) / 2, len(whole) - 1} {
		f.Add([]byte(whole[:part]))
	}
	for _, c := range faultCases() {
		f.Add([]byte(strings.Replace(whole, c.old, c.new, 1)))
	}
	for _, s := range []string{
		"", "\x00", "\xff\xfe", "\t", "---", "--- {}\n--- {}", "{", "[[[[", "a: &a [*a]", "<<: {name: x}", "? [a]\n: b",
		"name: |\n  a\n  b\n", "name: >-\n\n", "name: !!binary aGk=", "name:\n  - - - x", "%YAML 1.2\n---\nname: x",
		"\"name\": 2026-1\r\nelements: []\r\n", "elements: [{questions: [{anchors: []}]}]", "factors: [{key: a, key: a}]",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := Parse(Latest(), data)
		if err != nil {
			everyFaultHasItsPlace(t, err, strings.Count(string(data), "\n")+strings.Count(string(data), "\r")+1)
			return
		}
		invariants(t, v)
	})
}

var place = regexp.MustCompile(`^` + regexp.QuoteMeta(Latest()) + `\.yaml:([0-9]+): .`)

func everyFaultHasItsPlace(t *testing.T, err error, lines int) {
	t.Helper()
	for _, line := range strings.Split(err.Error(), "\n") {
		at := place.FindStringSubmatch(line)
		if at == nil {
			t.Fatalf("fault without file and line: %q", line)
		}
		if n, _ := strconv.Atoi(at[1]); n < 1 || n > lines {
			t.Errorf("fault on line %d of %d: %q", n, lines, line)
		}
	}
}

// invariants hold for every version that Parse accepts.
func invariants(t *testing.T, v *Version) {
	t.Helper()
	if len(v.Elements) != 8 || len(v.Factors) != 7 || len(v.Lenses) != 3 || len(v.Digest) != 64 || v.Credit == "" {
		t.Errorf("version has %d elements, %d factors, %d lenses", len(v.Elements), len(v.Factors), len(v.Lenses))
	}
	if full, core := len(v.Questions(Full)), len(v.Questions(Core)); full != 44 || core != 24 {
		t.Errorf("version asks %d and %d questions", full, core)
	}
	for i, e := range v.Elements {
		if e.Key != strconv.Itoa(i+1) || e.Title == "" || e.Paraphrase == "" {
			t.Errorf("element %d is %q %q", i+1, e.Key, e.Title)
		}
		for n, level := range e.Levels {
			if level.Looks == "" || level.Up == "" {
				t.Errorf("element %s level %d has an empty text", e.Key, n+1)
			}
		}
		core := 0
		for _, q := range e.Questions {
			soundQuestion(t, v, &e, q)
			if q.Core {
				core++
			}
		}
		if core != 3 {
			t.Errorf("element %s has %d core questions", e.Key, core)
		}
	}
}

func soundQuestion(t *testing.T, v *Version, e *Element, q *Question) {
	t.Helper()
	if found, ok := v.Question(q.Key); !ok || found != q || q.Element != e.Key || !strings.HasPrefix(q.Key, e.Key+".") {
		t.Errorf("question %q of element %s cannot be found by its key", q.Key, e.Key)
	}
	if q.Topic == "" || q.Prompt == "" || !strings.HasSuffix(q.Text, "?") || !strings.HasSuffix(q.NextStep, ".") {
		t.Errorf("question %s lacks a text", q.Key)
	}
	seen := make(map[string]bool, Levels)
	for _, a := range q.Anchors {
		if !strings.HasSuffix(a, ".") || seen[a] {
			t.Errorf("question %s has a bad anchor %q", q.Key, a)
		}
		seen[a] = true
	}
	if len(q.Evidence) == 0 || len(q.Factors) == 0 {
		t.Errorf("question %s lacks evidence or a factor", q.Key)
	}
	for _, key := range q.Factors {
		if !hasTag(v.Factors, key) {
			t.Errorf("question %s has factor %q", q.Key, key)
		}
	}
	for _, key := range q.Lenses {
		if !hasTag(v.Lenses, key) {
			t.Errorf("question %s has lens %q", q.Key, key)
		}
	}
}
