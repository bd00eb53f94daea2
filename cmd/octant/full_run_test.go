package main

import (
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	netmail "net/mail"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/emersion/go-smtp"

	"octant/internal/mail/mailtest"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/web/e2e/program"
)

// The people of the full run. Nobody else in the world is called that, so that
// whoever of them stands in a log is found there.
const (
	runTrust      = "Quillhaven & Thrussington NHS Foundation Trust"
	runRound      = "Michaelmas Questions"
	runAdmin      = "Philippa Quarrington"
	runAdminEmail = "philippa.quarrington@platform.example"
	runLead       = "Lysander Okonjo"
	runLeadEmail  = "lysander.okonjo@quillhaven.example"
	runComment    = "The wheelbarrow of Tuesday"
	runOrigin     = "http://octant.localhost:8080"
)

// runList is what the lead pastes: nine people, three of them with a fault.
const runList = `Name,E-mail,Board role,Side
Araminta Belgrave,araminta.belgrave@quillhaven.example,Chair,ned
Barnaby Culverhouse,barnaby.culverhouse@quillhaven.example,Chief executive,exec
Clementine Drax,clementine.drax@quillhaven.example,Chief nurse,exec
Dashiell Everingham,dashiell.everingham(at)quillhaven.example,Medical director,exec
Euphemia Fazackerley,euphemia.fazackerley@quillhaven.example,Governor,
Fitzgerald Gowrie,Barnaby.Culverhouse@quillhaven.example,Chief digital officer,exec
Guinevere Hathersage,guinevere.hathersage@quillhaven.example,Non-executive director,ned
Hildegard Ivelaw,hildegard.ivelaw@quillhaven.example,Non-executive director,ned
Ignatius Jessamy,ignatius.jessamy@quillhaven.example,Chief finance officer,exec
`

// fullRun is one run of the product from its first administrator to a closed
// round, with what must not stand in its log.
type fullRun struct {
	t       *testing.T
	db      *store.DB
	environ []string
	post    *mailtest.Server
	p       *program.Program
	log     strings.Builder // of the programs that have ended
	secrets map[string]bool
	read    int // letters looked at
	path    string
}

func startFullRun(t *testing.T) *fullRun {
	t.Helper()
	db := storetest.New(t)
	refuse := func(to string, _ int) error {
		if strings.HasPrefix(to, "ignatius") {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "<" + to + "> is not known to Ignatius Jessamy's server"}
		}
		return nil
	}
	r := &fullRun{t: t, db: db, post: mailtest.Start(t, mailtest.Options{Account: true, Rcpt: refuse}), secrets: map[string]bool{}}
	r.environ = []string{
		aSecret, "OCTANT_BASE_URL=" + runOrigin, "SMTP_URL=" + r.post.URL(),
		"DATABASE_URL=" + storetest.AppURL(t, db), "OCTANT_DATA=" + program.DataFolder(t),
	}
	database, err := url.Parse(storetest.AppURL(t, db))
	if err != nil {
		t.Fatal(err)
	}
	password, _ := database.User.Password()
	_, secret, _ := strings.Cut(aSecret, "=")
	r.secret(mailtest.Password, secret, password, runTrust, runRound, runAdmin, runAdminEmail, runLead, runLeadEmail, runComment)
	for line := range strings.Lines(runList) {
		name, _, _ := strings.Cut(line, ",")
		if words := strings.Fields(name); len(words) == 2 { // not the headings
			r.secret(words...)
		}
	}
	return r
}

// secret notes what must not stand in the log.
func (r *fullRun) secret(all ...string) {
	for _, s := range all {
		r.secrets[s] = true
	}
}

// serve runs the built program.
func (r *fullRun) serve() { r.p = program.Serve(r.t, octant(r.t), r.environ) }

// serveAt runs the program at a time that is still to come.
func (r *fullRun) serveAt(at time.Time) {
	r.t.Helper()
	self, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	r.p = program.Serve(r.t, self, append(r.environ, aheadVariable+"="+time.Until(at).String()))
}

// end stops the program and keeps what it said.
func (r *fullRun) end() {
	r.t.Helper()
	r.p.Interrupt()
	if code := r.p.Wait(); code != 0 {
		r.t.Errorf("it ended with %d:\n%s", code, r.p.Errors())
	}
	r.log.WriteString(r.p.Output() + r.p.Errors())
}

// tick has the program do what is due now. It does so every minute by itself;
// this is that same job, a little early.
func (r *fullRun) tick() {
	r.t.Helper()
	owner := storetest.Owner(r.t, r.db)
	var id int64
	if err := owner.QueryRow(r.t.Context(), `INSERT INTO river.river_job (kind, args, max_attempts) VALUES ('clock', '{}', 1) RETURNING id`).Scan(&id); err != nil {
		r.t.Fatal(err)
	}
	r.await("the clock's job done", func() bool {
		var state string
		if err := owner.QueryRow(r.t.Context(), `SELECT state FROM river.river_job WHERE id = $1`, id).Scan(&state); err != nil {
			r.t.Fatal(err)
		}
		return state == "completed"
	})
}

func (r *fullRun) await(what string, yes func() bool) {
	r.t.Helper()
	look, limit := time.NewTicker(20*time.Millisecond), time.After(time.Minute)
	defer look.Stop()
	for !yes() {
		select {
		case <-look.C:
		case <-limit:
			r.t.Fatalf("there was never %s; %d letters\n%s", what, len(r.post.Letters()), r.p.Errors())
		}
	}
}

// letter is one that arrived, as its reader sees it without markup.
type letter struct{ to, subject, text string }

// letters waits for so many more letters and gives them.
func (r *fullRun) letters(n int) (got []letter) {
	r.t.Helper()
	r.await(fmt.Sprintf("%d more letters", n), func() bool { return len(r.post.Letters()) >= r.read+n })
	for _, l := range r.post.Letters()[r.read:] {
		got = append(got, readLetter(r.t, l))
	}
	if len(got) != n {
		r.t.Errorf("%d letters came, want %d", len(got), n)
	}
	r.read += len(got)
	for _, l := range got {
		r.secret(l.to)
		for _, link := range personalLink.FindAllStringSubmatch(l.text, -1) {
			_, token, _ := strings.Cut(link[1], "-")
			r.secret(token)
		}
		if code := codeInLetter.FindStringSubmatch(l.text); code != nil {
			r.secret(code[1])
		}
	}
	return got
}

var (
	personalLink = regexp.MustCompile(regexp.QuoteMeta(runOrigin) + `/invitations/(\S+)`)
	codeInLetter = regexp.MustCompile(`(?m)^ {4}(\d{6})`)
)

func readLetter(t *testing.T, raw mailtest.Received) letter {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(string(raw.Bytes)))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	part, err := multipart.NewReader(m.Body, params["boundary"]).NextPart()
	if err != nil || !strings.HasPrefix(part.Header.Get("Content-Type"), "text/plain") {
		t.Fatalf("the letter does not begin with its plain text: %v", err)
	}
	text, err := io.ReadAll(part)
	if err != nil {
		t.Fatal(err)
	}
	return letter{raw.To, subject, strings.ReplaceAll(string(text), "\r\n", "\n")}
}

// signIn signs somebody in by the code that is sent to them.
func (r *fullRun) signIn(email string) *browser {
	r.t.Helper()
	b := visitor(r.t, r.p)
	b.post("/sign-in", form{"email": email}).leads("/sign-in/code")
	code := codeInLetter.FindStringSubmatch(r.letters(1)[0].text)
	if code == nil {
		r.t.Fatal("there is no code in the letter")
	}
	b.post("/sign-in/code", form{"code": code[1]}).leads("/")
	r.remember(b)
	return b
}

// remember notes the session of a browser.
func (r *fullRun) remember(b *browser) {
	host, err := url.Parse(b.base)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(host) {
		r.secret(c.Value)
	}
}

// answer follows a personal link and answers everything.
func (r *fullRun) answer(link string) {
	r.t.Helper()
	b := visitor(r.t, r.p)
	b.post(link, nil).leads(r.path)
	r.remember(b)
	version, err := questionnaire.Load(questionnaire.Latest())
	if err != nil {
		r.t.Fatal(err)
	}
	for i, q := range version.Questions(questionnaire.Core) {
		given := form{"choice": text(i%5 + 1), "comment": runComment, "action": "continue"}
		if got := b.post(r.path+"/questions/"+q.Key, given); got.status != http.StatusSeeOther {
			r.t.Fatalf("answering %s: %d\n%s", q.Key, got.status, got.Text())
		}
	}
	b.post(r.path+"/answers", form{"action": "submit"}).leads(r.path + "/sent")
	b.get(r.path+"/sent").says(r.t, "h1", "You have submitted your answers")
}

// linkIn is the path of the personal link in a letter.
func linkIn(t *testing.T, l letter) string {
	t.Helper()
	found := personalLink.FindStringSubmatch(l.text)
	if found == nil {
		t.Fatalf("no personal link to %s in:\n%s", runOrigin, l.text)
	}
	return "/invitations/" + found[1]
}

// fields are what a page's form would send as it stands.
func (a answered) fields(selector string) url.Values {
	v := url.Values{}
	a.Find(selector).Find("input[name], select[name]").Each(func(_ int, field *goquery.Selection) {
		value := field.AttrOr("value", "")
		if field.Is("select") {
			value = field.Find("option[selected]").AttrOr("value", "")
		}
		if kind := field.AttrOr("type", ""); kind != "checkbox" && kind != "radio" {
			v.Add(field.AttrOr("name", ""), value)
		}
	})
	return v
}

// says fails unless the elements that a selector finds say the words.
func (a answered) says(t *testing.T, selector, words string) {
	t.Helper()
	if got := strings.Join(strings.Fields(a.Find(selector).Text()), " "); !strings.Contains(got, words) {
		t.Errorf("%s says %.400q, want %q in it (%d)", selector, got, words, a.status)
	}
}

// leads fails unless the browser is sent on to that address.
func (a answered) leads(path string) {
	a.tb.Helper()
	if a.status != http.StatusSeeOther || a.location != path {
		a.tb.Fatalf("answers %d and leads to %q, want %q\n%.800s", a.status, a.location, path, a.Text())
	}
}
