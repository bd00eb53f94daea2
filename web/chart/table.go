package chart

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Table is the values of a chart in rows, as the page shows them and as the
// CSV carries them. The first cell of a row is its header.
type Table struct {
	Caption string
	Columns []string
	Rows    [][]Cell
}

// Cell is one value, or the words that stand in its place.
type Cell struct {
	Text    string
	Numeric bool // set against the right edge, under its column's head
}

// CSV writes the table for a spreadsheet: a head row, then the rows, UTF-8
// with the line ends that RFC 4180 asks for. No cell can be taken for a formula.
func (t Table) CSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(harmless(t.Columns)); err != nil {
		return fmt.Errorf("chart: write CSV: %w", err)
	}
	for _, row := range t.Rows {
		texts := make([]string, len(row))
		for i, cell := range row {
			texts[i] = cell.Text
		}
		if err := out.Write(harmless(texts)); err != nil {
			return fmt.Errorf("chart: write CSV: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("chart: write CSV: %w", err)
	}
	return nil
}

// add appends a row. A reason that would stand in it several times is given
// once, so that nobody has to hear it six times over.
func (t *Table) add(row ...Cell) {
	said := map[string]bool{}
	for i, cell := range row {
		if said[cell.Text] && strings.HasPrefix(cell.Text, "Not shown: ") {
			row[i].Text = "Not shown"
		}
		said[cell.Text] = true
	}
	t.Rows = append(t.Rows, row)
}

// numeric says whether a column holds numbers, from the first that has one.
func (t Table) numeric(column int) bool {
	for _, row := range t.Rows {
		if row[column].Numeric {
			return true
		}
	}
	return false
}

// wide says whether the table needs room to scroll sideways.
func (t Table) wide() bool { return len(t.Columns) > 3 }

func harmless(texts []string) []string {
	safe := make([]string, len(texts))
	for i, text := range texts {
		safe[i] = Harmless(text)
	}
	return safe
}

// formulaStarts are the first characters that make a spreadsheet run a cell,
// with the full-width forms that some of them take for the same.
const formulaStarts = "=+-@\t\r\n＝＋－＠"

// Harmless puts an apostrophe before text that a spreadsheet would run. A number
// may keep its sign, for as a number it runs nothing.
func Harmless(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	start := strings.TrimLeft(text, " \u00a0\ufeff")
	if start == "" || !strings.ContainsRune(formulaStarts, []rune(start)[0]) {
		return text
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return text
	}
	return "'" + text
}

func words(text string) Cell { return Cell{Text: text} }

func number(text string) Cell { return Cell{Text: text, Numeric: true} }
