package questionnaire

import (
	"fmt"
	"strings"
	"testing"
)

// faultCase is one edit that spoils a sound file.
type faultCase struct {
	name     string
	old, new string // the edit; old occurs in the file
	at       string // stands on the line that the fault must name
	want     string // what the fault must say
}

func faultCases() []faultCase {
	const views = `          - "We go by our own views."` + "\n"
	const key12 = `      - key: "1.2"`
	return []faultCase{
		{"unknown field at the top", "credit:", "colour: blue\ncredit:", "colour: blue", `unknown field "colour"`},
		{"unknown field of a question", key12, key12 + "\n        weight: \"2\"", "weight:", `unknown field "weight"`},
		{"field twice", key12, key12 + "\n        key: \"1.2\"", `        key: "1.2"`, `"key" twice`},
		{"field left out", "        text: \"How does the board learn what patients", "        # \"How does the board learn what patients", key12, `has no "text"`},
		{"field without a value", `topic: "What people expect"`, "topic:", "topic:\n", "topic is empty"},
		{"empty text", `topic: "What people expect"`, `topic: ""`, `topic: ""`, "topic is empty"},
		{"blank text", `topic: "What people expect"`, `topic: "  "`, `topic: "  "`, "topic is empty"},
		{"number for text", `topic: "What people expect"`, `topic: 12`, "topic: 12", "must be text"},
		{"list for text", `topic: "What people expect"`, `topic: [a]`, "topic: [a]", "must be text"},
		{"text for a list", "factors: [engagement, evidence]", "factors: engagement", "factors: engagement\n", "must be a list"},
		{"text for a switch", "core: true", `core: "true"`, `core: "true"`, "must be true or false"},
		{"text for an element", `  - key: "2"`, "  - nothing\n" + `  - key: "2"`, "  - nothing", "must be a list of named fields"},
		{"double space", "We go by our own views.", "We go  by our own views.", "We go  by", "double space"},
		{"line break in text", `"We go by our own views."`, "|\n            We go by\n            our own views.", "          - |", "line break"},
		{"alias", `"What people expect"`, "*other", "topic: *other", "must be text"},
		{"anchor left out", views, "", "anchors:\n          - \"We see the number", "anchors: must be 5, are 4"},
		{"anchor too many", views, views + `          - "We guess."` + "\n", "anchors:\n          - \"We go by our own", "anchors: must be 5, are 6"},
		{"anchor repeated", "We see the number of complaints.", "We go by our own views.", "          - \"We go by our own views.\"\n          - \"We see regular", "number 2 repeats another"},
		{"anchor without full stop", "We go by our own views.", "We go by our own views", "We go by our own views", `does not end with "."`},
		{"question without mark", "expect from digital services?", "expect from digital services.", "expect from digital services.", `does not end with "?"`},
		{"question key twice", key12, `      - key: "1.1"`, `      - key: "1.1"` + "\n        topic: \"What people", `"1.1" is there twice`},
		{"question key of another element", key12, `      - key: "2.2"`, `      - key: "2.2"`, "does not belong to element 1"},
		{"question key malformed", key12, `      - key: "1.02"`, `      - key: "1.02"`, "does not belong to element 1"},
		{"question key out of order", `      - key: "1.1"`, `      - key: "1.12"`, key12, "out of order"},
		{"element key out of order", `  - key: "2"` + "\n", `  - key: "3"` + "\n", `  - key: "3"`, `element 2: key is "3"`},
		{"core question too few", "core: true", "core: false", "    questions:", "core questions: must be 3, are 2"},
		{"core question too many", "core: false", "core: true", "    questions:", "core questions: must be 3, are 4"},
		{"unknown factor", "[engagement, evidence]", "[engagement, money]", "[engagement, money]", `no such tag "money"`},
		{"factor twice on a question", "[engagement, evidence]", "[engagement, engagement]", "[engagement, engagement]", `"engagement" twice`},
		{"no factor", "[engagement, evidence]", "[]", "factors: []", "must have at least one"},
		{"unknown lens", "lenses: [ai-readiness]", "lenses: [ai]", "lenses: [ai]", `no such tag "ai"`},
		{"lens key repeated", "- key: adoption-ownership", "- key: ai-readiness", "- key: ai-readiness\n    title: \"Adoption", "is there twice"},
		{"tag key malformed", "- key: adoption-ownership", "- key: Adoption", "- key: Adoption", "lower-case"},
		{"tag too few", "  - key: mindset\n    title: \"Mindset\"\n    about: \"How open people are to new ways of working and to bad news.\"\n", "", "factors:\n", "factor: must be 7, are 6"},
		{"level name left out", `"Not yet", `, "", "levelNames:", "level names: must be 5, are 4"},
		{"level left out", "looks: \"Digital reaches", "look: \"Digital reaches", "look:", `unknown field "look"`},
		{"level text empty", "        up: \"Hold one board talk", "        up: \"\" # \"Hold one", "        up: \"\"", "up is empty"},
		{"other name", `name: "2026-1"`, `name: "2026-2"`, `name: "2026-2"`, `but the file is "2026-1"`},
		{"no evidence", "        evidence:\n          - \"Feedback reports\"\n          - \"Notes of patient panels\"\n          - \"Patient stories about digital care\"\n", "        evidence: []\n", "evidence: []", "must have at least one"},
		{"tab for spaces", key12, "\t- key: \"1.2\"", "\t- key", "cannot start any token"},
		{"two documents", "credit:", "---\ncredit:", "", "one YAML document"},
	}
}

func TestEveryFaultIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	whole := source(t)
	for _, c := range faultCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(whole, c.old) {
				t.Fatalf("the file has no %q to edit", c.old)
			}
			spoilt := strings.Replace(whole, c.old, c.new, 1)
			v, err := Parse(Latest(), []byte(spoilt))
			if err == nil || v != nil {
				t.Fatalf("accepted")
			}
			if want := fmt.Sprintf("%s.yaml:%d: ", Latest(), lineWith(t, spoilt, c.at)); !named(err, want, c.want) {
				t.Errorf("got:\n%v\nwant %s… %s", err, want, c.want)
			}
		})
	}
}

// named says whether one line of the error starts and goes on as it should.
func named(err error, place, what string) bool {
	for _, line := range strings.Split(err.Error(), "\n") {
		if strings.HasPrefix(line, place) && strings.Contains(line, what) {
			return true
		}
	}
	return false
}

// lineWith is the number of the line on which the text first starts; 1 for "".
func lineWith(t *testing.T, file, text string) int {
	t.Helper()
	before, _, ok := strings.Cut(file, text)
	if !ok {
		t.Fatalf("the spoilt file has no %q", text)
	}
	return strings.Count(before, "\n") + 1
}

func TestAllFaultsAreReportedInOrder(t *testing.T) {
	t.Parallel()
	edits := strings.NewReplacer(
		`"Bad news"`, `""`,
		"lenses: [adoption-ownership]", "lenses: [ownership]",
		"They set the pace and the price.", "They set the pace and the price",
		`"Keeping going"`, "8",
	)
	_, err := Parse(Latest(), []byte(edits.Replace(source(t))))
	if err == nil {
		t.Fatal("accepted")
	}
	got := strings.Split(err.Error(), "\n")
	if want := 3 + strings.Count(source(t), "lenses: [adoption-ownership]\n"); len(got) != want {
		t.Errorf("reported %d faults, want %d:\n%v", len(got), want, err)
	}
	last := 0
	for _, line := range got {
		var n int
		if _, err := fmt.Sscanf(strings.TrimPrefix(line, Latest()+".yaml:"), "%d:", &n); err != nil || n < last {
			t.Errorf("fault without its place, or out of order: %q", line)
		}
		last = n
	}
}

func TestWholeElementsMayNotGoMissing(t *testing.T) {
	t.Parallel()
	short, _, _ := strings.Cut(source(t), `  - key: "8"`)
	_, err := Parse(Latest(), []byte(short))
	for _, want := range []string{"elements: must be 8, are 7", "questions: must be 44, are 38"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestUnreadableFilesAreRefused(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"empty":       "",
		"too large":   source(t) + strings.Repeat("# more\n", maxFile/7),
		"not UTF-8":   "name: \xff\n",
		"not a map":   "- name\n",
		"NUL":         "name: \"a\x00b\"\n",
		"deep":        strings.Repeat("[", 10_000),
		"only a note": "# nothing here\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, err := Parse(Latest(), []byte(data))
			if err == nil || v != nil {
				t.Fatal("accepted")
			}
			everyFaultHasItsPlace(t, err, strings.Count(data, "\n")+1)
		})
	}
}
