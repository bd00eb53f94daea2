package register_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"octant/internal/register"
)

// FuzzReadTrusts: whatever is in a file, each line is taken or refused, and what
// is taken can be kept.
func FuzzReadTrusts(f *testing.F) {
	f.Add(line("R9K", "NORTHMERE NHS TRUST", "Y61", "QH8", "20010401", "") + "\r\n")
	f.Add("\ufeffR9L,\"A \"\"B\"\"\",Y55,Q77,,,,,,,20010401,20240930,,,,,,,,,,0,,G\n")
	f.Add(`"R9B","X` + "\n" + `",,"`)
	f.Fuzz(func(t *testing.T, text string) {
		file, err := register.ReadTrusts("etr.csv", strings.NewReader(text))
		if (err == nil) != (len(file.Trusts) > 0) {
			t.Fatalf("%d trusts and %v", len(file.Trusts), err)
		}
		lines := strings.Count(text, "\n") + 1
		if len(file.Trusts)+len(file.Refused) > lines {
			t.Fatalf("%d trusts and %d refused in %d lines", len(file.Trusts), len(file.Refused), lines)
		}
		codes := map[string]bool{}
		for _, x := range file.Trusts {
			if !register.IsCode(x.Code) || codes[x.Code] || x.Name == "" || !utf8.ValidString(x.Name) || utf8.RuneCountInString(x.Name) > 100 ||
				len(x.Place.Region) > 5 || len(x.Place.ICB) > 5 || x.Opened.IsZero() || !x.Closed.IsZero() && x.Closed.Before(x.Opened) {
				t.Fatalf("taken: %+v", x)
			}
			codes[x.Code] = true
		}
		if err != nil {
			return
		}
		plan, err := register.Diff(register.Known{}, file, nil, file.AsAt(today), today)
		if err != nil {
			t.Fatal(err)
		}
		again, err := register.Diff(plan.Apply(register.Known{}), file, nil, plan.AsAt, today)
		if err != nil || !again.Empty() {
			t.Fatalf("a second time: %+v, %v", again, err)
		}
	})
}

// FuzzReadSuccessors: whatever is in a file, each line is taken, left aside or
// refused.
func FuzzReadSuccessors(f *testing.F) {
	f.Add(`"R9A","R9B","","20240401","0"` + "\r\n" + `"001","016","","19960401","0"`)
	f.Add("R9A,D3M0X,,20240401,1\nR9A,D3M0X,,20240402,1\n")
	f.Fuzz(func(t *testing.T, text string) {
		file, _ := register.ReadSuccessors("succ.csv", strings.NewReader(text))
		if n := len(file.Successors) + file.Others + len(file.Refused); n > strings.Count(text, "\n")+1 {
			t.Fatalf("%d lines out of %q", n, text)
		}
		for _, s := range file.Successors {
			if !register.IsCode(s.From) || !register.IsCode(s.To) || s.From == s.To || s.On.IsZero() {
				t.Fatalf("taken: %+v", s)
			}
		}
	})
}
