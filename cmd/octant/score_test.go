package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// twelve writes a file of twelve people who answered every core question of the
// first three elements: nearly alike, spread out, and mostly not knowing.
func twelve(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("respondent,side,question,answer\n")
	alike := strings.Split("4 4 4 4 4 3 4 4 4 4 4 4", " ")
	spread := strings.Split("2 3 4 3 5 3 2 4 1 3 4 3", " ")
	unknown := strings.Split("dk dk dk 3 dk dk 2 dk dk dk 4 dk", " ")
	for p := range 12 {
		side := [2]string{"exec", "ned"}[p%2]
		for i, answers := range [][]string{alike, spread, unknown} {
			for _, q := range [][]string{{"1.1", "1.2", "1.3"}, {"2.1", "2.2", "2.3"}, {"3.2", "3.3", "3.5"}}[i] {
				fmt.Fprintf(&b, "p%d,%s,%s,%s\n", p, side, q, answers[p])
			}
		}
	}
	return keep(t, b.String())
}

func keep(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "answers.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func runScore(t *testing.T, args ...string) (code int, out, err string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, nil, console{out: &o, err: &e})
	return code, o.String(), e.String()
}

type scores struct {
	Form        string
	Respondents int
	Elements    []struct {
		Score  *float64
		Level  *string
		Hidden string
		Items  []struct {
			Mean     *float64
			Counts   []int
			AgreedAt int
			DontKnow *int
			Hidden   string
		}
	}
}

func TestScorePlainAndPublished(t *testing.T) {
	t.Parallel()
	file := twelve(t)
	var plain, published scores
	for args, into := range map[string]*scores{"--json": &plain, "--published": &published} {
		code, out, complaint := runScore(t, "score", "--questionnaire", "2026-1", "--invited", "14", file, args)
		if code != exitDone || complaint != "" {
			t.Fatalf("%d: %s", code, complaint)
		}
		if err := json.Unmarshal([]byte(out), into); err != nil {
			t.Fatal(err)
		}
	}
	if plain.Form != "core" || plain.Respondents != 12 || fmt.Sprint(plain.Elements[0].Items[0].Counts) != "[0 0 1 11 0]" {
		t.Errorf("%+v", plain.Elements[0])
	}
	first, second, third := published.Elements[0], published.Elements[1], published.Elements[2]
	if it := first.Items[0]; it.Counts != nil || it.AgreedAt != 4 || it.Hidden == "" {
		t.Errorf("nearly alike: %+v", it)
	}
	if it := second.Items[0]; fmt.Sprint(it.Counts) != "[1 2 5 3 1]" || *it.Mean != 3.1 {
		t.Errorf("spread out: %+v", it)
	}
	if it := third.Items[0]; it.Mean != nil || it.Hidden == "" || *it.DontKnow != 9 {
		t.Errorf("not known: %+v", it)
	}
	if third.Score != nil || third.Level != nil || third.Hidden == "" {
		t.Errorf("element of three: %+v", third)
	}
}

func TestScoreTellsEveryFault(t *testing.T) {
	t.Parallel()
	file := keep(t, "respondent,side,question,answer\na,exec,9.9,3\na,exec,1.1,7\n")
	code, out, complaint := runScore(t, "score", "--questionnaire", "2026-1", file)
	want := file + `:2:8: unknown question "9.9"` + "\n" + file + `:3:12: unknown answer "7": 1 to 5, dk, rns or nothing` + "\n"
	if code != exitRefused || out != "" || complaint != want {
		t.Errorf("%d %q\n%s\nwant\n%s", code, out, complaint, want)
	}
}

func TestScoreRefuses(t *testing.T) {
	t.Parallel()
	file := twelve(t)
	for name, c := range map[string]struct {
		want int
		args []string
	}{
		"unknown version": {exitRefused, []string{"--questionnaire", "1999-1", file}},
		"no such file":    {exitRefused, []string{"--questionnaire", "2026-1", file + "x"}},
		"a folder":        {exitRefused, []string{"--questionnaire", "2026-1", filepath.Dir(file)}},
		"too few invited": {exitRefused, []string{"--questionnaire", "2026-1", "--invited", "11", file}},
		"fewer than none": {exitRefused, []string{"--questionnaire", "2026-1", "--invited=-1", file}},
		"no version":      {exitUsage, []string{file}},
		"no file":         {exitUsage, []string{"--questionnaire", "2026-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, complaint := runScore(t, append([]string{"score"}, c.args...)...)
			if code != c.want || out != "" && c.want == exitRefused || complaint == "" {
				t.Errorf("%d %q %q", code, out, complaint)
			}
		})
	}
}
