package chart

import (
	"encoding/csv"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestCSVIsTheTable(t *testing.T) {
	t.Parallel()
	table := Table{
		Caption: "Scores by element",
		Columns: []string{"Element", "Score"},
		Rows:    [][]Cell{{words("Open, curious"), number("2.9")}, {words("Says “no”"), words("Not shown: fewer than 5 answers")}},
	}
	want := "Element,Score\r\n\"Open, curious\",2.9\r\nSays “no”,Not shown: fewer than 5 answers\r\n"
	if got := csvOf(t, table); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestCSVRunsNothing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"=1+1": "'=1+1", "+44 20": "'+44 20", "-cmd|' /C calc'!A0": "'-cmd|' /C calc'!A0", "@SUM(A1)": "'@SUM(A1)",
		"\t=1": "'\t=1", "  =1": "'  =1", "＝1": "'＝1", "-0.4": "-0.4", "3.0": "3.0", "A=B": "A=B", "": "",
	} {
		if got := Harmless(text); got != want {
			t.Errorf("Harmless(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestNoTextBecomesAFormula(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[ ]?[=+\-@\t\r＝＋－＠].*`)).Draw(t, "text")
		out := csvOf(t, Table{Columns: []string{"a", "b"}, Rows: [][]Cell{{words(text), words("end")}}})
		if !utf8.ValidString(out) {
			t.Fatalf("%q makes CSV that is not UTF-8", text)
		}
		rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatalf("%q: %d rows, %v", text, len(rows), err)
		}
		got := strings.TrimLeft(rows[1][0], " ")
		if _, err := strconv.ParseFloat(got, 64); err == nil || got == "" {
			return
		}
		if first, _ := utf8.DecodeRuneInString(got); strings.ContainsRune(formulaStarts, first) {
			t.Fatalf("%q is written as %q", text, got)
		}
	})
}

func TestAReasonIsGivenOnceARow(t *testing.T) {
	t.Parallel()
	var table Table
	table.add(words("7.4"), words("Not shown: too few"), words("Not shown: too few"), words("Not shown: another"), number("0"), number("0"))
	table.add(words("7.5"), words("Not shown: too few"))
	got := texts(table.Rows[0])
	if want := "7.4|Not shown: too few|Not shown|Not shown: another|0|0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := texts(table.Rows[1]); got != "7.5|Not shown: too few" {
		t.Errorf("the next row: got %s", got)
	}
}

func texts(row []Cell) string {
	all := make([]string, len(row))
	for i, cell := range row {
		all[i] = cell.Text
	}
	return strings.Join(all, "|")
}

func csvOf(t interface{ Fatal(...any) }, table Table) string {
	var b strings.Builder
	if err := table.CSV(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
