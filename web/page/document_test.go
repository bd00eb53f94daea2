package page_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"octant/internal/access"
	"octant/web/page"
)

func settings() page.DataSettings {
	return page.DataSettings{
		Trust: "<b>North</b> *| [mere](https://evil.example) _NHS_\nTrust # `x`", Origin: "https://octant.example.org",
		Letters: true, Provider: "https://login.example.org", Made: time.Date(2026, time.October, 5, 23, 30, 0, 0, time.UTC),
	}
}

// TestNamesAreNoMarkdown: a trust's name cannot make a link, a table's cell or a
// heading in a document that others open.
func TestNamesAreNoMarkdown(t *testing.T) {
	t.Parallel()
	for _, d := range []page.Document{page.ImpactAssessment(settings()), page.ProcessingRecord(settings())} {
		text := d.Markdown()
		if !strings.Contains(text, `\<b\>North\</b\> \*\| \[mere\](https://evil.example) \_NHS\_ Trust \# `+"\\`x\\`") || strings.Contains(text, "[mere]") {
			t.Errorf("%s: the name is not taken as it is:\n%.300s", d.Name, text)
		}
		for line := range strings.SplitSeq(text, "\n") {
			if strings.HasPrefix(line, "| ") && strings.Count(line, " | ") > 4 {
				t.Errorf("%s: a row has too many cells: %s", d.Name, line)
			}
		}
		if !strings.Contains(text, "made on 6 October 2026") {
			t.Errorf("%s: the day is not the one in the UK", d.Name)
		}
	}
}

// TestDocumentsAreWhole: no part is empty, no table is ragged, no role or
// permission goes without words.
func TestDocumentsAreWhole(t *testing.T) {
	t.Parallel()
	for _, d := range []page.Document{page.ImpactAssessment(settings()), page.ProcessingRecord(settings())} {
		var headings []string
		for _, s := range d.Sections {
			headings = append(headings, s.Heading)
			if len(s.Says)+len(s.List)+len(s.Table.Rows) == 0 {
				t.Errorf("%s: %q is empty", d.Name, s.Heading)
			}
			for _, row := range s.Table.Rows {
				if len(row) != len(s.Table.Head) || slices.Contains(row, "") {
					t.Errorf("%s: %q: the row %q is ragged", d.Name, s.Heading, row)
				}
			}
		}
		slices.Sort(headings)
		if len(slices.Compact(headings)) != len(d.Sections) {
			t.Errorf("%s: two parts have one heading", d.Name)
		}
	}
	for _, role := range access.Granted() {
		for _, p := range role.Permissions() {
			if page.PermissionText(p) == "" {
				t.Errorf("%q of %s has no words", p, role)
			}
		}
	}
}
