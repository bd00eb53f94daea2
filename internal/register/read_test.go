package register_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"octant/internal/register"
)

// line is a line of a trust file in the layout of 27 columns.
func line(code, name, region, icb, opened, closed string) string {
	quoted := []string{code, name, region, icb, "1 HIGH STREET", "", "", "TOWN", "", "AB1 2CD", opened, closed}
	for len(quoted) < 27 {
		quoted = append(quoted, "")
	}
	return `"` + strings.Join(quoted, `","`) + `"`
}

func read(t testing.TB, lines ...string) register.TrustFile {
	t.Helper()
	f, err := register.ReadTrusts("etr.csv", strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestBothLayoutsAreRead(t *testing.T) {
	t.Parallel()
	text := "\ufeff" + line("R9K", "NORTHMERE  NHS TRUST ", "Y61", "QH8", "20010401", "") + "\r\n" +
		`R9L,"KING'S ""MERE"", THE",Y55,Q77,2 HIGH STREET,,,TOWN,SHIRE,AB1 2CD,20010401,20240930,,,,,,,,,,0,,G` + "\r\n" +
		line("D3M0X", "WELSH NHS TRUST", "W00", "Q99", "19940401", "") + "\n\r\n"
	f, err := register.ReadTrusts("etr.csv", strings.NewReader(text))
	if err != nil || len(f.Refused) != 0 {
		t.Fatalf("%v, refused %v", err, f.Refused)
	}
	want := []register.Trust{
		{1, "R9K", "NORTHMERE NHS TRUST", register.Place{Region: "Y61", ICB: "QH8"}, register.Date(2001, 4, 1), time.Time{}},
		{2, "R9L", `KING'S "MERE", THE`, register.Place{Region: "Y55", ICB: "Q77"}, register.Date(2001, 4, 1), register.Date(2024, 9, 30)},
		{3, "D3M0X", "WELSH NHS TRUST", register.Place{}, register.Date(1994, 4, 1), time.Time{}},
	}
	for i := range want {
		if f.Trusts[i] != want[i] {
			t.Errorf("line %d is %+v, want %+v", i+1, f.Trusts[i], want[i])
		}
	}
	if got := f.AsAt(register.Date(2026, 11, 21)); !got.Equal(register.Date(2024, 10, 1)) {
		t.Errorf("the file is as at %v, want the day after the last closing", got)
	}
	if got := f.AsAt(register.Date(2024, 9, 30)); !got.Equal(register.Date(2001, 4, 1)) {
		t.Errorf("before that day the file is as at %v", got)
	}
}

func TestLinesAreRefusedWithTheirReason(t *testing.T) {
	t.Parallel()
	sound := line("R9A", "SOUND NHS TRUST", "Y61", "QH8", "20010401", "")
	for bad, want := range map[string]string{
		"Organisation code,Name":                                            "etr.csv:2: it has 2 columns, not 27 or 24",
		line("R9", "X", "Y61", "QH8", "20010401", ""):                       `etr.csv:2: column 1: "R9" is not a trust’s code`,
		line("QMJ", "AN ICB", "Y61", "QH8", "20010401", ""):                 `column 1: "QMJ" is not a trust’s code`,
		line("R9B", " ", "Y61", "QH8", "20010401", ""):                      "column 2: the name is missing",
		line("R9B", strings.Repeat("X", 101), "Y61", "QH8", "20010401", ""): "column 2: the name has more than 100",
		line("R9B", "X", "LONDON", "QH8", "20010401", ""):                   `column 3: "LONDON" is not a region’s code`,
		line("R9B", "X", "Y61", "12", "20010401", ""):                       `column 4: "12" is not an integrated care board’s`,
		line("R9B", "X", "Y61", "QH8", "", ""):                              "column 11: the opening date is missing",
		line("R9B", "X", "Y61", "QH8", "20010230", ""):                      `column 11: "20010230" is not a date`,
		line("R9B", "X", "Y61", "QH8", "18991231", ""):                      `column 11: "18991231" is not a date`,
		line("R9B", "X", "Y61", "QH8", "20010401", "1 May 2020"):            `column 12: "1 May 2020" is not a date`,
		line("R9B", "X", "Y61", "QH8", "20010401", "20010331"):              "column 12: it closed before it opened",
		line("R9B", "X\x01", "Y61", "QH8", "20010401", ""):                  "it has control characters",
		line("R9B", "X\xff", "Y61", "QH8", "20010401", ""):                  "it is not UTF-8 text",
		`"R9B","X`:   "column 2: a quotation mark is not closed",
		`"R9B"x,"X"`: "column 1: something follows the closing quotation mark",
		`R9"B,X`:     "column 1: a quotation mark stands inside",
		sound:        "R9A stands in line 1 already",
	} {
		f := read(t, sound, bad)
		if len(f.Refused) != 1 || !strings.Contains(f.Refused[0].String(), want) || len(f.Trusts) != 1 {
			t.Errorf("%.40q: %v, want %q", bad, f.Refused, want)
		}
	}
	f := read(t, sound, line("R9A", "OTHER NAME", "Y61", "QH8", "20010401", ""), line("R9B", "THIRD", "", "", "20010401", ""))
	if len(f.Refused) != 2 || len(f.Trusts) != 1 || f.Trusts[0].Code != "R9B" {
		t.Errorf("lines that contradict each other: %v, kept %v", f.Refused, f.Trusts)
	}
	for _, text := range []string{"", "\n\n", "a,b,c", sound + `"`} {
		if _, err := register.ReadTrusts("x", strings.NewReader(text)); !errors.Is(err, register.ErrNoTrust) {
			t.Errorf("%.20q: %v, want ErrNoTrust", text, err)
		}
	}
	if _, err := register.ReadTrusts("x", strings.NewReader(strings.Repeat("x", register.MaxFile+1))); !errors.Is(err, register.ErrTooLarge) {
		t.Errorf("a file without an end: %v", err)
	}
}

func TestSuccessorsOfTrustsAreKept(t *testing.T) {
	t.Parallel()
	text := strings.Join([]string{
		`"R9A","R9B","","20240401","0"`, `R9A,R9C,,20240401,1`, `"QMJ","Z9B2Z","","20260401","0"`, `"TAF","D3M0X","","20241101","0"`, `"K1M0X","D3M0X","","20250101","0"`,
		`"R9A","R9B","","20240401","1"`, `"R9D","R9E","","20240401","0"`, `"R9D","R9E","","20240402","0"`,
		`"R9F","R9F","","20240401","0"`, `"R9F","R9G","","","0"`, `"R9F","R9G","","20240401","2"`, `"R9F","R9G"`, `"r9f","R9G","","20240401","0"`,
	}, "\r\n")
	f, err := register.ReadSuccessors("succ.csv", strings.NewReader(text))
	if err != nil || len(f.Successors) != 4 || f.Others != 1 {
		t.Fatalf("%v, %+v, %d others", err, f.Successors, f.Others)
	}
	var refused []string
	for _, r := range f.Refused {
		refused = append(refused, r.String())
	}
	for i, want := range []string{
		"succ.csv:6: R9A to R9B stands in line 1 already", "succ.csv:8: R9D to R9E has another line, 7", "succ.csv:7: R9D to R9E has another line, 8",
		"succ.csv:9: R9F cannot follow itself", `succ.csv:10: column 4: "" is not a date`, `succ.csv:11: column 5: "2" is neither`,
		"succ.csv:12: it has 2 columns, not 5", `succ.csv:13: column 1: "r9f" is not an organisation’s code`,
	} {
		if i >= len(refused) || !strings.HasPrefix(refused[i], want) {
			t.Errorf("refused %q, want %q at %d", refused, want, i)
		}
	}
	if _, err := register.ReadSuccessors("x", strings.NewReader("a,b")); !errors.Is(err, register.ErrNoSuccessor) {
		t.Errorf("no successors: %v", err)
	}
}
