package mail_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"octant/internal/mail"
	"octant/internal/mail/mailtest"
)

const link = "https://octant.example.org/invitations/AbC_d-123"

// letter is one of a kind, with everything that any kind needs.
func letter(kind mail.Kind) mail.Letter {
	return mail.Letter{
		ID: uuid.MustParse("01990000-0000-7000-8000-000000000001"), Kind: kind, Name: "Ada Byrne", Address: "ada@trust.example",
		Trust: "Harrowmere NHS Trust", Round: "Autumn 2026", Day: time.Date(2026, 10, 19, 0, 0, 0, 0, time.UTC),
		Minutes: "10 to 12", Link: link, Code: "045678",
	}
}

var kinds = []mail.Kind{mail.Invitation, mail.Reminder, mail.Closing, mail.Released, mail.Code, mail.Outcome, mail.ActionWeek, mail.ActionDay}

// write fails the test if a letter cannot be written.
func write(t *testing.T, l mail.Letter) (mail.Written, *goquery.Document) {
	t.Helper()
	w, err := l.Write()
	if err != nil {
		t.Fatal(err)
	}
	d, err := goquery.NewDocumentFromReader(strings.NewReader(w.HTML))
	if err != nil {
		t.Fatal(err)
	}
	return w, d
}

func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestBothFormsOfEachKindSayTheSame(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		w, d := write(t, letter(kind))
		text := flat(w.Text)
		for _, p := range d.Find("body p").EachIter() {
			if words := flat(p.Text()); !strings.Contains(text, strings.TrimSuffix(strings.TrimPrefix(words, "If the button does not work, copy this address into your browser:"), ":")) {
				t.Errorf("%s: the text does not say %q", kind, words)
			}
		}
		if d.Find("title").Text() != w.Subject || w.Subject == "" {
			t.Errorf("%s: subject %q, title %q", kind, w.Subject, d.Find("title").Text())
		}
		if lang := d.Find("html").AttrOr("lang", ""); lang != "en-GB" {
			t.Errorf("%s: language %q", kind, lang)
		}
	}
}

func TestEachKindSaysWhatItMust(t *testing.T) {
	t.Parallel()
	for kind, says := range map[mail.Kind][]string{
		mail.Invitation: {"Hello Ada Byrne,", "Harrowmere NHS Trust", "Autumn 2026", "Monday 19 October 2026", "10 to 12 minutes", "Do not pass it on", "who said what"},
		mail.Reminder:   {"Hello Ada Byrne,", "Autumn 2026", "Monday 19 October 2026", "10 to 12 minutes", "If you have just sent your answers"},
		mail.Closing:    {"closes at the end of Monday 19 October 2026", "do not count", "If you have just sent your answers"},
		mail.Released:   {"its report is ready", "never who said what", "we send you a code"},
		mail.Outcome:    {"‘Autumn 2026’ was held at Harrowmere NHS Trust", "never shows how anybody voted"},
		mail.ActionWeek: {"you see to this by Monday 19 October 2026", "a week before and one on the day"},
		mail.ActionDay:  {"This is the day", "Monday 19 October 2026"},
		mail.Code:       {"045678", "works once, for ten minutes", "If you did not ask for it"},
	} {
		w, d := write(t, letter(kind))
		for _, words := range says {
			if !strings.Contains(flat(w.Text), words) || !strings.Contains(flat(d.Text()), words) {
				t.Errorf("%s does not say %q in both forms", kind, words)
			}
		}
	}
}

func TestLinksLeadWhereTheyShouldAndNowhereElse(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		w, d := write(t, letter(kind))
		want := 2
		if kind == mail.Code {
			want = 0
		}
		links := d.Find("a")
		if links.Length() != want {
			t.Errorf("%s has %d links, want %d", kind, links.Length(), want)
		}
		for _, a := range links.EachIter() {
			if a.AttrOr("href", "") != link {
				t.Errorf("%s: a link leads to %q", kind, a.AttrOr("href", ""))
			}
		}
		if n := strings.Count("\n"+w.Text, "\n"+link+"\n"); n != want/2 {
			t.Errorf("%s: its text has the link on a line of its own %d times", kind, n)
		}
		if d.Find("img, script, link, iframe, form, object, video, table").Length() > 0 || strings.Contains(w.HTML, "url(") {
			t.Errorf("%s loads something or is no single column", kind)
		}
	}
}

func TestTextIsNarrow(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		w, _ := write(t, letter(kind))
		for line := range strings.Lines(w.Text) {
			if utf8.RuneCountInString(strings.TrimSpace(line)) > 72 && strings.TrimSpace(line) != link {
				t.Errorf("%s has a long line: %q", kind, line)
			}
		}
	}
}

func TestNothingTypedBecomesMarkup(t *testing.T) {
	t.Parallel()
	for _, kind := range kinds {
		l := letter(kind)
		l.Name, l.Trust, l.Round = `<script>alert(1)</script>`, `O'Hara & "Sons" <img src=x onerror=alert(1)>`, `</title><script>alert(2)</script>`
		_, d := write(t, l)
		if n := d.Find("script, img").Length(); n > 0 {
			t.Errorf("%s: %d elements came out of what was typed", kind, n)
		}
		if !strings.Contains(d.Text(), "Hello <script>alert(1)</script>,") && kind != mail.Code {
			t.Errorf("%s does not show a name as it was typed: %s", kind, d.Text())
		}
	}
}

func TestLinkOfAnotherKindIsNoLink(t *testing.T) {
	t.Parallel()
	l := letter(mail.Invitation)
	l.Link = "javascript:alert(1)"
	_, d := write(t, l)
	for _, a := range d.Find("a").EachIter() {
		if strings.HasPrefix(a.AttrOr("href", ""), "javascript:") {
			t.Error("a script became a link")
		}
	}
}

// parsed is a received letter, taken apart.
type parsed struct {
	header     netmail.Header
	text, html string
}

func parse(t *testing.T, raw []byte) parsed {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || media != "multipart/alternative" {
		t.Fatalf("the letter is %s: %v", media, err)
	}
	p := parsed{header: m.Header}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := part.Header.Get("Content-Transfer-Encoding"); got != "quoted-printable" {
			t.Errorf("a part is encoded as %q", got)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			p.html = string(body)
		} else {
			p.text = string(body)
		}
	}
}

// words is a header in words.
func (p parsed) words(t *testing.T, name string) string {
	t.Helper()
	words, err := new(mime.WordDecoder).DecodeHeader(p.header.Get(name))
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func TestLetterArrivesAsItWasWritten(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	sender := sender(t, s, s.URL())
	l := letter(mail.Invitation)
	l.Name, l.Round = "Zoë O’Ñeill-Łuk 李", "Herbst „Ünïcode“ 2026"
	if err := sender.Send(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	got := s.Letters()
	if len(got) != 1 || got[0].From != "octant@octant.example" || got[0].To != l.Address {
		t.Fatalf("received %+v", got)
	}
	p, written := parse(t, got[0].Bytes), must(l.Write())
	if strings.ReplaceAll(p.text, "\r\n", "\n") != written.Text || strings.ReplaceAll(p.html, "\r\n", "\n") != written.HTML {
		t.Error("the two forms are not those that were written")
	}
	to, err := p.header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Name != l.Name || to[0].Address != l.Address {
		t.Errorf("To: %v %v", to, err)
	}
	if got := p.words(t, "Subject"); got != written.Subject {
		t.Errorf("Subject %q, want %q", got, written.Subject)
	}
	for name, want := range map[string]string{
		"Message-Id": "<" + l.ID.String() + "@octant.example.org>", "Auto-Submitted": "auto-generated", "From": `"Octant" <octant@octant.example>`,
		"User-Agent": "", "X-Mailer": "", "Precedence": "", "Reply-To": "", "Mime-Version": "1.0",
	} {
		if got := p.header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if _, err := p.header.Date(); err != nil {
		t.Errorf("Date: %v", err)
	}
}

func must(w mail.Written, err error) mail.Written {
	if err != nil {
		panic(err)
	}
	return w
}

func TestNothingTypedBecomesAHeader(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	sender := sender(t, s, s.URL())
	for _, evil := range []string{
		"Ada\r\nBcc: eve@evil.example", "Ada\nBcc: eve@evil.example\n\nNew body", "Ada\rBcc: eve@evil.example",
		"Ada\u2028Bcc: eve@evil.example", "Ada\x00\r\n.\r\nMAIL FROM:<eve@evil.example>", `Ada" <eve@evil.example>, "x`,
		"=?utf-8?q?Ada=0D=0ABcc:_eve@evil.example?=", strings.Repeat("Ada \r\n Bcc: eve@evil.example ", 40),
	} {
		l := letter(mail.Invitation)
		l.Name, l.Trust, l.Round = evil, evil, evil
		if err := sender.Send(t.Context(), l); err != nil {
			t.Errorf("%q: %v", evil, err)
		}
	}
	for _, got := range s.Letters() {
		p := parse(t, got.Bytes)
		to, err := p.header.AddressList("To")
		if err != nil || len(to) != 1 || to[0].Address != "ada@trust.example" || got.To != "ada@trust.example" {
			t.Errorf("it is for %v %v", to, err)
		}
		for name := range p.header {
			switch name {
			case "From", "To", "Subject", "Date", "Message-Id", "Mime-Version", "Content-Type", "Auto-Submitted", "X-Auto-Response-Suppress":
			default:
				t.Errorf("it has a header %s", name)
			}
		}
	}
	for _, evil := range []string{"ada@trust.example\r\nRCPT TO:<eve@evil.example>", "ada", "", "ada@trust.example, eve@evil.example", "<ada@trust.example> BODY=8BITMIME"} {
		l := letter(mail.Invitation)
		l.Address = evil
		if f := fault(t, sender.Send(t.Context(), l)); f.Verdict != mail.Refused || strings.Contains(f.Says, "@") {
			t.Errorf("address %q: %+v", evil, f)
		}
	}
	if got := len(s.Letters()); got != 8 {
		t.Errorf("%d letters came, want 8", got)
	}
}

// fault is what an error says of a letter.
func fault(t *testing.T, err error) *mail.SendError {
	t.Helper()
	f, ok := errors.AsType[*mail.SendError](err)
	if !ok {
		t.Fatalf("%v is no fault", err)
	}
	if data, err := json.Marshal(f); err != nil || strings.Contains(string(data)+f.Error(), "ada@") {
		t.Errorf("it names somebody: %s %v", data, err)
	}
	return f
}
