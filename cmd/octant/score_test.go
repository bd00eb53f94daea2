package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"octant/internal/questionnaire"
)

// sheet writes a file of answers and answers where it lies.
func sheet(t *testing.T, lines ...string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "answers.csv")
	if err := os.WriteFile(file, []byte("respondent,side,question,answer\n"+strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// board is the answers of so many people to every core question.
func board(t *testing.T, people int) []string {
	t.Helper()
	version, err := questionnaire.Load(questionnaire.Latest())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for i := range people {
		side := []string{"exec", "ned"}[i%2]
		for j, q := range version.Questions(questionnaire.Core) {
			answer := []string{"1", "2", "3", "4", "5", "dk", "rns", ""}[(i+j)%8]
			lines = append(lines, fmt.Sprintf("p%d,%s,%s,%s", i, side, q.Key, answer))
		}
	}
	return lines
}

// scored is the part of the output that is the same in both forms.
type scored struct {
	Questionnaire string
	Respondents   int
	Elements      []struct {
		Key   string
		Items []struct{ Key string }
	}
}

func TestScoreWritesJSON(t *testing.T) {
	t.Parallel()
	file := sheet(t, board(t, 12)...)
	for _, more := range [][]string{nil, {"--json"}, {"--published"}, {"--invited", "14", "--published"}} {
		got := command(t, nil, append([]string{"score", "--questionnaire", questionnaire.Latest(), file}, more...)...)
		got.wants(t, 0)
		var s scored
		if err := json.Unmarshal([]byte(got.out), &s); err != nil {
			t.Fatalf("%v: %v\n%s", more, err, got.out)
		}
		items := 0
		for _, e := range s.Elements {
			items += len(e.Items)
		}
		if s.Questionnaire != questionnaire.Latest() || s.Respondents != 12 || len(s.Elements) != 8 || items != 24 {
			t.Errorf("%v: %s, %d people, %d elements, %d items", more, s.Questionnaire, s.Respondents, len(s.Elements), items)
		}
	}
}

func TestScorePublishedGivesAReasonForWhatItHides(t *testing.T) {
	t.Parallel()
	file := sheet(t, board(t, 4)...)
	args := []string{"score", "--questionnaire", questionnaire.Latest(), file}
	if got := command(t, nil, args...); strings.Contains(got.out, `"hidden"`) {
		t.Error("the owner of a file is kept from its values")
	}
	got := command(t, nil, append(args, "--published")...)
	got.wants(t, 0, `"score": null`, `"hidden": "`)
}

func TestScoreTellsEveryFault(t *testing.T) {
	t.Parallel()
	file := sheet(t, "a,exec,1.1,3", "a,exec,1.1,4", "a,exec,9.9,3", "b,both,1.1,3", "b,ned,1.2,6")
	got := command(t, nil, "score", "--questionnaire", questionnaire.Latest(), file)
	got.wants(t, 1, file+":3:", file+":4:8:", file+":5:3:", file+":6:11:")
	if got.out != "" {
		t.Errorf("a file with faults was scored:\n%s", got.out)
	}
}

func TestScoreRefuses(t *testing.T) {
	t.Parallel()
	file := sheet(t, board(t, 6)...)
	latest := questionnaire.Latest()
	command(t, nil, "score", "--questionnaire", "1999-1", file).wants(t, 1, "1999-1")
	command(t, nil, "score", "--questionnaire", latest, file+".gone").wants(t, 1, "answers.csv.gone")
	command(t, nil, "score", "--questionnaire", latest, "--invited", "5", file).wants(t, 1, "6 people answered")
	command(t, nil, "score", file).wants(t, 2, "--questionnaire")
}
