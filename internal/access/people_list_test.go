package access_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"octant/internal/access"
)

// told is a line in short: what was read, and the fields at fault.
func told(l access.Line) string {
	s := fmt.Sprintf("%d: %s|%s|%s|%s", l.Number, l.Name, l.Email, l.Title, l.Side)
	if l.Guessed {
		s += "?"
	}
	for _, f := range l.Faults {
		s += " !" + string(f.Field)
	}
	return s
}

// little is UTF-16 as Excel writes it.
func little(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

// TestParseList: each list as somebody might send it, and what is read.
func TestParseList(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		list string
		want []string
	}{
		"header, commas":       {"Name,E-mail,Role,Side\nAda Okafor,ada@a.org,Chief nurse,exec\nBo Li,bo@a.org,NED,ned", []string{"2: Ada Okafor|ada@a.org|Chief nurse|exec", "3: Bo Li|bo@a.org|NED|ned"}},
		"other order, aliases": {"Executive or NED;Job Title;Mail;Full name\r\nNon-executive;;BO@A.ORG ;Bo Li\r\nExecutive director;Director of finance, estates;ada@a.org;Ada Okafor\r\n", []string{"2: Bo Li|bo@a.org||ned", "3: Ada Okafor|ada@a.org|Director of finance, estates|exec"}},
		"mark, tabs":           {"\xef\xbb\xbfname\taddress\tposition\ttype\nZoë Àb\tz@a.org\tChair\tNED", []string{"2: Zoë Àb|z@a.org|Chair|ned"}},
		"first and last name":  {"Title,First name,Surname,Email,Job title\nDr,Ada,Okafor,ada@a.org,Medical director", []string{"2: Ada Okafor|ada@a.org|Medical director|exec?"}},
		"executive, yes or no": {"name,email,executive\nAda,ada@a.org,Yes\nBo,bo@a.org,N", []string{"2: Ada|ada@a.org||exec", "3: Bo|bo@a.org||ned"}},
		"quotes":               {"name,email,role,side\n\"Okafor, Ada\",ada@a.org,\"Chief \"\"digital\"\" officer\",exec", []string{"2: Ada Okafor|ada@a.org|Chief \"digital\" officer|exec"}},
		"quote not closed":     {"name,email,role,side\n\"Ada Okafor,ada@a.org,Chief nurse,exec\nBo Li,bo@a.org,NED,ned", []string{"2: Ada Okafor|ada@a.org|Chief nurse|exec !name", "3: Bo Li|bo@a.org|NED|ned"}},
		"Windows-1252":         {"name,email,role,side\nZo\xeb Brown,z@a.org,Chair,ned\nJos\xc3\xa9,j@a.org,Chair,ned", []string{"2: Zoë Brown|z@a.org|Chair|ned", "3: José|j@a.org|Chair|ned"}},
		"UTF-16":               {little("name\temail\trole\nZoë Brown\tz@a.org\tChair\n"), []string{"2: Zoë Brown|z@a.org|Chair|ned?"}},
		"UTF-16 without mark":  {little("name\temail\trole\nAda Okafor\tada@a.org\tChair\n")[2:], []string{"2: Ada Okafor|ada@a.org|Chair|ned?"}},
		"old line ends":        {"name,email,role\rAda,ada@a.org,Chair\rBo,bo@a.org,NED", []string{"2: Ada|ada@a.org|Chair|ned?", "3: Bo|bo@a.org|NED|ned?"}},
		"Outlook":              {"Ada Okafor <Ada@A.org>; Li, Bo <bo@a.org>; \"O'Hara, Cy\" <cy@a.org>", []string{"1: Ada Okafor|ada@a.org|| !side", "2: Bo Li|bo@a.org|| !side", "3: Cy O'Hara|cy@a.org|| !side"}},
		"NHSmail":              {"OKAFOR, Ada (HARROWMERE NHS TRUST) <ada@nhs.net>", []string{"1: Ada OKAFOR|ada@nhs.net|| !side"}},
		"Outlook, one a line":  {"Ada Okafor <ada@a.org>;\nBo Li <bo@a.org>, Chair", []string{"1: Ada Okafor|ada@a.org|| !side", "2: Bo Li|bo@a.org|Chair|ned?"}},
		"Outlook with roles":   {"Ada <ada@a.org>, Chief nurse; Bo <bo@a.org>;NED", []string{"1: Ada|ada@a.org|Chief nurse|exec?", "2: Bo|bo@a.org||ned"}},
		"addresses":            {"ada@a.org; bo@a.org", []string{"1: |ada@a.org|| !name !side", "2: |bo@a.org|| !name !side"}},
		"no header":            {"Ada Okafor,ada@a.org,Chief nurse,exec\nBo Li,Chair,bo@a.org", []string{"1: Ada Okafor|ada@a.org|Chief nurse|exec", "2: Bo Li|bo@a.org|Chair|ned?"}},
		"no header, torn name": {"Okafor, Ada, ada@a.org, Chief nurse\nLi, Chair, li@a.org", []string{"1: Ada Okafor|ada@a.org|Chief nurse|exec?", "2: Li|li@a.org|Chair|ned?"}},
		"no separator":         {"Ada Okafor ada@a.org", []string{"1: Ada Okafor|ada@a.org|| !side"}},
		"no address":           {"name,email,role\nAda Okafor,,Chair", []string{"2: Ada Okafor||Chair|ned?"}},
		"address in a cell":    {"name,email,role\n,Ada Okafor <ada@a.org>,Chair\nBo Li,mailto:bo@a.org;,Chair", []string{"2: Ada Okafor|ada@a.org|Chair|ned?", "3: Bo Li|bo@a.org|Chair|ned?"}},
		"empty rows":           {"\n\nname;email;role;side\n;;;\n\"\";;;\nAda;ada@a.org;Chair;ned\n;;;\n", []string{"6: Ada|ada@a.org|Chair|ned"}},
		"bad addresses":        {"name,email,role\nA A,ada@a,Chair\nB B,ada a.org,Chair\nC C,ada@@a.org,Chair\nD D,é@a.org,Chair\nE E,a@b..org,Chair\nF F,.a@b.org,Chair", []string{"2: A A|ada@a|Chair|ned? !email", "3: B B|ada a.org|Chair|ned? !email", "4: C C|ada@@a.org|Chair|ned? !email", "5: D D|é@a.org|Chair|ned? !email", "6: E E|a@b..org|Chair|ned? !email", "7: F F|.a@b.org|Chair|ned? !email"}},
		"meant for an address": {"Ada,ada.okafor.nhs.uk,Chair", []string{"1: Ada|ada.okafor.nhs.uk|Chair|ned? !email"}},
		"twice":                {"name,email,role\nAda,ada@a.org,Chair\nBo,ADA@a.org,Chair\nCy,,Chair\ncy,,Chair\nAda,,Chair", []string{"2: Ada|ada@a.org|Chair|ned?", "3: Bo|ada@a.org|Chair|ned? !email", "4: Cy||Chair|ned?", "5: cy||Chair|ned? !email", "6: Ada||Chair|ned? !email"}},
		"strange side":         {"name,email,role,side\nAda,ada@a.org,Chair,Maybe", []string{"2: Ada|ada@a.org|Chair|ned? !side"}},
		"too many parts":       {"name,email,role\nAda,ada@a.org,Director of finance, estates", []string{"2: Ada|ada@a.org|Director of finance|exec? !title"}},
		"formulas":             {"name,email,role,side\n=1+1,a@a.org,@SUM(A1),ned", []string{"2: =1+1|a@a.org|@SUM(A1)|ned !name !title"}},
		"control characters":   {"name,email,role,side\nA\x00da\u202e,a@a.org,Ch\u00a0air\u200b,ned", []string{"2: Ada|a@a.org|Ch air|ned !name"}},
		"too long":             {"name,email,role,side\n" + strings.Repeat("é", 101) + "," + strings.Repeat("a", 64) + "@" + strings.Repeat("a.", 100) + "org," + strings.Repeat("x", 101) + ",ned", []string{"2: " + strings.Repeat("é", 101) + "|" + strings.Repeat("a", 64) + "@" + strings.Repeat("a.", 100) + "org|" + strings.Repeat("x", 101) + "|ned !name !email !title"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list := access.ParseList([]byte(c.list))
			var got []string
			for _, l := range list.Lines {
				got = append(got, told(l))
			}
			if strings.Join(got, "\n") != strings.Join(c.want, "\n") || list.Fault != "" {
				t.Errorf("read (%s)\n%s\nwant\n%s", list.Fault, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func TestListThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]string{
		"nothing": "", "white space": " \n\t\n", "separators": ";;;\n,,", "header alone": "name,email\n",
		"workbook": "PK\x03\x04more", "old workbook": "\xd0\xcf\x11\xe0", "PDF": "%PDF-1.7",
		"too many": strings.Repeat("Ada,ada@a.org\n", access.MostLines+1),
	} {
		if got := access.ParseList([]byte(list)); got.Fault == "" || len(got.Lines) != 0 {
			t.Errorf("%s: %d lines, fault %q", name, len(got.Lines), got.Fault)
		}
	}
	if got := access.ParseList([]byte("name,phone,email,Notes \u200b\nAda,1,ada@a.org,x")); strings.Join(got.Ignored, "|") != "phone|Notes" {
		t.Errorf("left out %q", got.Ignored)
	}
}

func TestGuessSide(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]access.Side{
		"Non-executive director": "ned", "Non executive Director": "ned", "Non–executive director": "ned", "Associate NED": "ned", "Chair": "ned",
		"Vice-chair": "ned", "Deputy Chairman": "ned", "Senior independent director": "ned", "Chair of audit committee": "ned",
		"Chief nurse": "exec", "Deputy chief executive": "exec", "Director of finance": "exec", "Medical director": "exec", "Executive director": "exec",
		"CFO": "exec", "CNIO": "exec", "Managing Director": "exec",
		"": "", "Director": "", "Company secretary": "", "Governor": "", "Chief executive (interim chair)": "", "Executive chair": "", "Sidney": "", "Wheelchairs": "",
	} {
		if got := access.GuessSide(title); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}

func TestSettle(t *testing.T) {
	t.Parallel()
	ada := access.Known{Person: uuid.New(), Name: "Ada Okafor", Email: "ada@a.org", Title: "Chief nurse", Side: access.Executive, Sits: true}
	bo := access.Known{Person: uuid.New(), Name: "Bo Li", Title: "Trustee", Side: access.NonExecutive, Sits: true}
	cy := access.Known{Person: uuid.New(), Name: "Cy Fox", Email: "cy@a.org"}
	known := []access.Known{ada, bo, cy, {Person: uuid.New(), Name: "Di Ash"}, {Person: uuid.New(), Name: "di ash"}}
	for name, c := range map[string]struct {
		line    access.Line
		who     access.Known
		outcome access.Outcome
		want    string
	}{
		"new":                         {access.Line{Name: "Ed", Email: "ed@a.org", Title: "Chair"}, access.Known{}, access.Add, "1: Ed|ed@a.org|Chair|ned?"},
		"as it is":                    {access.Line{Name: "A. Okafor", Email: "ada@a.org"}, ada, access.Keep, "1: A. Okafor|ada@a.org|Chief nurse|exec"},
		"new role":                    {access.Line{Name: "Ada Okafor", Email: "ada@a.org", Title: "Chair"}, ada, access.Change, "1: Ada Okafor|ada@a.org|Chair|ned?"},
		"new role, side kept":         {access.Line{Name: "Ada Okafor", Email: "ada@a.org", Title: "Adviser"}, ada, access.Change, "1: Ada Okafor|ada@a.org|Adviser|exec"},
		"known by name":               {access.Line{Name: "bo li"}, bo, access.Keep, "1: bo li||Trustee|ned"},
		"known by name, has address":  {access.Line{Name: "Ada Okafor"}, ada, access.Keep, "1: Ada Okafor||Chief nurse|exec"},
		"comes to the board":          {access.Line{Name: "Cy", Email: "cy@a.org", Side: access.NonExecutive}, cy, access.Rejoin, "1: Cy|cy@a.org||ned"},
		"which of them":               {access.Line{Name: "Di Ash", Side: access.NonExecutive}, access.Known{}, access.Add, "1: Di Ash||| !email"},
		"same name, another address":  {access.Line{Name: "Ada Okafor", Email: "other@a.org", Title: "Chair"}, access.Known{}, access.Add, "1: Ada Okafor|other@a.org|Chair|ned?"},
		"side said wins over guessed": {access.Line{Name: "Ed", Email: "ed@a.org", Title: "Chair", Side: access.Executive}, access.Known{}, access.Add, "1: Ed|ed@a.org|Chair|exec"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := []access.Line{c.line}
			lines[0].Number = 1
			access.Settle(lines, known)
			want := strings.ReplaceAll(c.want, "Di Ash|||", "Di Ash|||ned")
			if got := lines[0]; told(got) != want || got.Known != c.who || got.Outcome != c.outcome {
				t.Errorf("%s, %v, outcome %d; want %s, %v, %d", told(got), got.Known.Name, got.Outcome, want, c.who.Name, c.outcome)
			}
		})
	}
	both := []access.Line{{Number: 1, Name: "A. Okafor", Email: "ada@a.org"}, {Number: 2, Name: "Ada Okafor"}}
	access.Settle(both, known)
	if !both[0].Sound() || both[1].Sound() {
		t.Errorf("one person on two lines: %s, %s", told(both[0]), told(both[1]))
	}
	note := []access.Line{{Number: 1, Name: "Bo Li", Email: "bo@a.org", Title: "Chair"}}
	access.Settle(note, known)
	if note[0].Note == "" || !note[0].Sound() {
		t.Errorf("a name that is there already: %s, note %q", told(note[0]), note[0].Note)
	}
}

// row is anything but a line's end, and no address of the good lines.
var row = rapid.Custom(func(t *rapid.T) string {
	parts := rapid.SliceOfN(rapid.OneOf(
		rapid.SampledFrom([]string{`"`, `""`, ",", ";", "\t", "|", "<", ">", "@", "<x@y.org>", "a@b.org", "Chair", "ned", "=1", " ", "\u00a0", "\xff", "\x00", "é", "name", "email", "side"}),
		rapid.String()), 0, 8).Draw(t, "parts")
	return strings.NewReplacer("\r", "", "\n", "").Replace(strings.Join(parts, ""))
})

// TestBadLinesTakeNothingFromGoodOnes: whatever stands between them, good lines
// are read as if they stood alone.
func TestBadLinesTakeNothingFromGoodOnes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		delim := rapid.SampledFrom([]string{",", ";", "\t", "|"}).Draw(t, "delim")
		rows := []string{strings.Join([]string{"name", "email", "role", "side"}, delim)}
		want := map[string]bool{}
		for i := range rapid.IntRange(1, 5).Draw(t, "good") {
			rows = append(rows, rapid.SliceOfN(row, 0, 3).Draw(t, "bad")...)
			good := []string{fmt.Sprintf("Good Person %d", i), fmt.Sprintf("good%d@good.example", i), "Chief nurse", "exec"}
			rows = append(rows, strings.Join(good, delim))
			want[strings.Join(good, "|")] = true
		}
		for _, l := range access.ParseList([]byte(strings.Join(rows, "\n"))).Lines {
			if l.Sound() {
				delete(want, fmt.Sprintf("%s|%s|%s|%s", l.Name, l.Email, l.Title, l.Side))
			}
		}
		if len(want) > 0 {
			t.Fatalf("lost %v of %q", want, rows)
		}
	})
}

// FuzzParseList: nothing that is sent makes it fail, every fault says what it
// is, and a sound line holds only what can be kept.
func FuzzParseList(f *testing.F) {
	for _, seed := range []string{"name,email\nA,a@a.org", "A <a@a.org>; B <b@a.org>", "\xff\xfea\x00", "\"", "a;b;c\n\"x\ny", "@@,@<>\n<@>", "\x00\x00\x00\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		list := access.ParseList(raw)
		if (list.Fault == "") == (len(list.Lines) == 0) {
			t.Errorf("%d lines with the fault %q", len(list.Lines), list.Fault)
		}
		numbers, emails := map[int]bool{}, map[string]bool{}
		for _, l := range list.Lines {
			if numbers[l.Number] {
				t.Errorf("line %d twice", l.Number)
			}
			numbers[l.Number] = true
			for _, fault := range l.Faults {
				if fault.Says == "" || !utf8.ValidString(fault.Says) || fault.Field == "" {
					t.Errorf("fault %+v", fault)
				}
			}
			if all := l.Name + l.Email + l.Title; !utf8.ValidString(all) || strings.ContainsAny(all, "\x00\n\r\t") {
				t.Errorf("line %+q", all)
			}
			if !l.Sound() {
				continue
			}
			if l.Name == "" || !l.Side.Valid() || l.Email != strings.ToLower(l.Email) || l.Email != "" && emails[l.Email] {
				t.Errorf("sound line %+v", l)
			}
			emails[l.Email] = true
		}
	})
}

// BenchmarkParseList reads 2,000 lines and settles them against as many people.
func BenchmarkParseList(b *testing.B) {
	var s strings.Builder
	s.WriteString("Name,E-mail,Board role,Side\r\n")
	known := make([]access.Known, 0, access.MostLines)
	for i := range access.MostLines {
		fmt.Fprintf(&s, "\"Person, Number %d\",person.%d@example.nhs.uk,\"Director of strategy, part %d\",\r\n", i, i, i)
		known = append(known, access.Known{Person: uuid.New(), Name: fmt.Sprint("Known ", i), Email: fmt.Sprintf("person.%d@example.nhs.uk", i*2)})
	}
	raw := []byte(s.String())
	for b.Loop() {
		list := access.ParseList(raw)
		access.Settle(list.Lines, known)
		if len(list.Lines) != access.MostLines || !list.Lines[7].Sound() {
			b.Fatalf("%d lines, %+v", len(list.Lines), list.Lines[7])
		}
	}
}
