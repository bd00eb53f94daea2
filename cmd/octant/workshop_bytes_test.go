package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"octant/internal/store/storetest"
	"octant/web/e2e/program"
)

// scripts are how the devices of a room vote, one after the other. The first is
// compared with each of the others: between them every device votes otherwise in
// one and the same in the other, so that what it receives can be held against
// votes of others that it is to know nothing of.
var scripts = [][]string{
	{"1", "5", "3", "0", "2", "4", "5"},
	{"4", "5", "1", "0", "5", "4", "0"},
	{"1", "2", "3", "3", "2", "1", "5"},
}

// TestNoByteOfAVoteLeavesBeforeItsReveal records every byte that the built
// program sends to anybody between the opening of a vote and its reveal, in runs
// that differ in the votes alone: each begins at a copy of one database, with the
// same ids, codes, cookies and secret. What is left to differ is the time of day
// in a header, and the heartbeats of a stream that lives long enough.
func TestNoByteOfAVoteLeavesBeforeItsReveal(t *testing.T) {
	t.Parallel()
	for _, vote := range []string{"1", "2"} {
		t.Run("vote "+vote, func(t *testing.T) {
			t.Parallel()
			stage := setStage(t, vote)
			first := stage.play(t, scripts[0])
			for _, script := range scripts[1:] {
				compare(t, first, stage.play(t, script))
			}
			search(t, first)
		})
	}
}

// stage is a room in which a vote has just been opened, kept in a database from
// which copies are made.
type stage struct {
	room   *room
	ballot form
	others map[string]*browser // who is not in the room
	owner  string              // the database's address for its owner, and for the program
	app    string
}

// stageOrigin is where the service says it is, whatever port it has.
const stageOrigin = "http://octant.localhost:8080"

func (s *stage) environ(t *testing.T, app string) []string {
	t.Helper()
	return []string{aSecret, "OCTANT_BASE_URL=" + stageOrigin, "DATABASE_URL=" + app, "OCTANT_DATA=" + program.DataFolder(t)}
}

func setStage(t *testing.T, vote string) *stage {
	t.Helper()
	db := storetest.New(t)
	s := &stage{owner: storetest.OwnerURL(t, db), app: storetest.AppURL(t, db)}
	p := program.Serve(t, octant(t), s.environ(t, s.app), "--demo")
	s.room = openRoom(t, p.URL, len(scripts[0])+1)
	s.room.devices = append(s.room.devices, s.room.joins(p.URL, "observer"))
	s.room.upTo("Open the vote")
	if vote == "2" {
		for i, d := range s.room.devices[:len(scripts[0])] {
			if !d.vote(d.ballot(), choices[i%len(choices)]) {
				t.Fatalf("device %d cannot vote", i)
			}
		}
		s.room.upTo("Open the second vote")
	}
	s.ballot = s.room.devices[0].ballot()
	if s.ballot["vote"] != vote {
		t.Fatalf("the devices show vote %q", s.ballot["vote"])
	}
	s.others = map[string]*browser{"a member": visitorAt(t, p.URL, nil), "a stranger": visitorAt(t, p.URL, nil)}
	s.others["a member"].post("/demo/sign-in", form{"person": "member-1"}).leads("/")
	s.others["a stranger"].get("/join")
	p.Interrupt()
	p.Wait()
	return s
}

// copy makes a copy of the database, which goes when the test ends.
func (s *stage) copy(t *testing.T) (owner, app string) {
	t.Helper()
	source, _, _ := strings.Cut(s.owner, "?")
	from, to := path.Base(source), "test_"+strings.ToLower(rand.Text()[:12])
	do := func(ctx context.Context, statements ...string) {
		server, err := pgx.Connect(ctx, onDatabase(t, s.owner, "postgres"))
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close(ctx)
		for _, statement := range statements {
			if _, err := server.Exec(ctx, statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	do(t.Context(),
		`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '`+from+`'`, // what lies idle in pools
		`CREATE DATABASE `+to+` TEMPLATE `+from)
	t.Cleanup(func() { do(context.WithoutCancel(t.Context()), `DROP DATABASE `+to+` WITH (FORCE)`) })
	return onDatabase(t, s.owner, to), onDatabase(t, s.app, to)
}

func onDatabase(t *testing.T, address, name string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// play runs a copy of the program and of the database up to before the reveal,
// and is all that everybody received.
func (s *stage) play(t *testing.T, choices []string) []*party {
	t.Helper()
	owner, app := s.copy(t)
	p := program.Serve(t, octant(t), s.environ(t, app), "--demo")
	awaitListener(t, owner)
	all := s.parties(t, p.URL)
	console := all[0]
	for _, who := range all {
		who.listen()
	}
	everybodyLooks := func() {
		for _, who := range all {
			for _, at := range who.looksAt {
				who.ask(http.MethodGet, at, nil)
			}
		}
	}
	everybodyLooks()
	for i, choice := range choices {
		voter := all[len(all)-len(s.room.devices)+i]
		voter.voted = choice
		voter.ask(http.MethodPost, "/join/"+s.room.code+"/vote", form{"item": s.ballot["item"], "vote": s.ballot["vote"], "choice": choice})
		eventually(t, "a word of the vote at the console", func() bool { return console.heard() > i })
		if i%2 == 0 {
			everybodyLooks()
		}
	}
	desk := *s.room.desk
	desk.base = p.URL
	(&room{t: t, desk: &desk, path: s.room.path}).upTo("Close the")
	for _, who := range all {
		if who.events != "" {
			eventually(t, "a word of the closing at "+who.name, func() bool { return who.heard() > 0 })
		}
	}
	eventually(t, "a word of the closing at the console", func() bool { return console.heard() > len(choices) })
	everybodyLooks()
	p.Interrupt()
	p.Wait()
	for _, who := range all {
		who.client.CloseIdleConnections()
		who.listening.Wait()
		if who.events != "" {
			who.exchanges = append(who.exchanges, exchange{"the stream", who.stream.take()})
		}
	}
	return all
}

// awaitListener waits until the program hears the database, since it wakes every
// stream when it begins to.
func awaitListener(t *testing.T, owner string) {
	t.Helper()
	database, err := pgx.Connect(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close(t.Context())
	eventually(t, "a listener", func() (hears bool) {
		err := database.QueryRow(t.Context(), `
			SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND query = 'LISTEN octant_live' AND state = 'idle')`).Scan(&hears)
		return err == nil && hears
	})
}

// party is one who receives something, over connections of their own.
type party struct {
	t                  *testing.T
	name, base, cookie string
	looksAt            []string
	events             string // "" for one who cannot listen
	before, voted      string // its own votes, in the vote before and in this one
	client             http.Client
	pages, stream      tap
	exchanges          []exchange
	listening          sync.WaitGroup

	mu      sync.Mutex
	changed int
}

// exchange is what came back for one request, as it came over the wire.
type exchange struct {
	what string
	raw  []byte
}

// parties are all who can ask for anything, the devices last.
func (s *stage) parties(t *testing.T, base string) (all []*party) {
	t.Helper()
	r := s.room
	trust, _, _ := strings.Cut(r.path, "/workshops/")
	phone := []string{"/join/" + r.code, "/join/" + r.code + "/now"}
	add := func(name string, b *browser, at, events string, looksAt ...string) {
		who := &party{t: t, name: name, base: base, cookie: b.cookies(at), looksAt: looksAt, events: events}
		who.client.CheckRedirect = b.client.CheckRedirect
		who.client.Transport = &http.Transport{DialContext: who.pages.dial, DisableCompression: true}
		all = append(all, who)
	}
	add("the console", r.desk, r.path, r.path+"/events",
		r.path, r.path+"/now", r.path+"/devices", r.path+"/tally", r.path+"/agenda", r.path+"/brief", r.path+"/end", trust+"/workshops", trust+"/actions")
	add("the projector", r.desk, r.path, r.path+"/projector/events", r.path+"/projector", r.path+"/projector/now")
	add("a member", s.others["a member"], "/", "", "/", trust+"/workshops", r.path, r.path+"/record", trust+"/actions")
	add("a stranger", s.others["a stranger"], "/join", "", append(phone, "/join", r.path+"/now")...)
	for i, d := range r.devices {
		name := fmt.Sprint("device ", i)
		switch i - len(scripts[0]) {
		case 0:
			name = "a device that never votes"
		case 1:
			name = "an observer"
		}
		add(name, d.browser, d.path, d.path+"/events", phone...)
		all[len(all)-1].before = d.acked
	}
	return all
}

// request is one as a browser makes it.
func (p *party) request(method, at string, fields form) *http.Request {
	p.t.Helper()
	values := url.Values{}
	for name, value := range fields {
		values.Set(name, value)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.base+at, strings.NewReader(values.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Cookie", p.cookie)
	r.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// ask records what is answered.
func (p *party) ask(method, at string, fields form) {
	p.t.Helper()
	got, err := p.client.Do(p.request(method, at, fields))
	if err != nil {
		p.t.Fatal(err)
	}
	defer got.Body.Close()
	if _, err := io.Copy(io.Discard, got.Body); err != nil || got.StatusCode >= http.StatusInternalServerError {
		p.t.Fatalf("%s, %s %s: %d %v", p.name, method, at, got.StatusCode, err)
	}
	p.exchanges = append(p.exchanges, exchange{method + " " + at, p.pages.take()})
}

// listen opens the party's stream, and counts how often it says that something
// changed.
func (p *party) listen() {
	p.t.Helper()
	if p.events == "" {
		return
	}
	own := http.Client{Transport: &http.Transport{DialContext: p.stream.dial, DisableCompression: true}}
	got, err := own.Do(p.request(http.MethodGet, p.events, nil))
	if err != nil || got.StatusCode != http.StatusOK {
		p.t.Fatalf("%s cannot listen: %v %v", p.name, got, err)
	}
	lines := bufio.NewScanner(got.Body)
	for lines.Scan() && lines.Text() != "event: beat" {
	}
	p.listening.Go(func() {
		defer got.Body.Close()
		for lines.Scan() {
			if lines.Text() == "event: changed" {
				p.mu.Lock()
				p.changed++
				p.mu.Unlock()
			}
		}
	})
}

func (p *party) heard() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.changed
}

// tap keeps every byte that comes in over the connections it makes.
type tap struct {
	mu  sync.Mutex
	got bytes.Buffer
}

func (t *tap) dial(ctx context.Context, network, address string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, address)
	return tapped{c, t}, err
}

// take is what came since the last time.
func (t *tap) take() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer t.got.Reset()
	return bytes.Clone(t.got.Bytes())
}

type tapped struct {
	net.Conn
	into *tap
}

// Read reads, and keeps what it read.
func (c tapped) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.into.mu.Lock()
	defer c.into.mu.Unlock()
	c.into.got.Write(b[:n])
	return n, err
}

// timely is what differs from one second to the next: the one header with the
// time, a stream's heartbeats after the first, and whether its last word still
// leaves when the program is stopped.
var timely = []struct {
	is   *regexp.Regexp
	gets string
}{
	{regexp.MustCompile(`(?m)^Date: .{29}\r$`), "Date: \r"},
	{regexp.MustCompile(`17\r\nevent: beat\ndata: 1\n\n\r\n`), ""},
	{regexp.MustCompile(`0\r\n\r\n$`), ""},
}

// lasting is an exchange without what is timely.
func (e exchange) lasting() string {
	raw := string(e.raw)
	for _, t := range timely {
		raw = t.is.ReplaceAllString(raw, t.gets)
	}
	return raw
}

// open is what the receiver reads, unpacked.
func (e exchange) open(t *testing.T) string {
	t.Helper()
	got, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(e.raw)), nil)
	if err != nil {
		t.Fatalf("%s: %v", e.what, err)
	}
	defer got.Body.Close()
	body := io.Reader(got.Body)
	if got.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(got.Body); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatalf("%s: %v", e.what, err)
	}
	return fmt.Sprint(got.Status, got.Header, string(text))
}

// compare fails the test unless both runs sent everybody the same, byte for byte
// and packed as it came. A device that voted otherwise itself was sent its own
// vote back, but never in more or fewer bytes.
func compare(t *testing.T, one, other []*party) {
	t.Helper()
	same, bytes, lengths := 0, 0, 0
	for i, a := range one {
		b := other[i]
		if len(a.exchanges) != len(b.exchanges) {
			t.Fatalf("%s was answered %d times and %d times", a.name, len(a.exchanges), len(b.exchanges))
		}
		for n, e := range a.exchanges {
			x, y := e.lasting(), b.exchanges[n].lasting()
			switch {
			case a.voted != b.voted && len(x) != len(y):
				t.Errorf("%s, %s: %d bytes after voting %s, %d after voting %s", a.name, e.what, len(x), a.voted, len(y), b.voted)
			case a.voted != b.voted:
				lengths++
			case x != y:
				t.Errorf("%s, %s depends on how others voted:\n%s", a.name, e.what, firstDifference(e.open(t), b.exchanges[n].open(t)))
			default:
				same++
				bytes += len(x)
			}
		}
	}
	t.Logf("%d answers of %d bytes are the same byte for byte; %d to devices that voted otherwise are as long", same, bytes, lengths)
}

func firstDifference(a, b string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("…%.200q\nagainst …%.200q", a[max(0, i-80):], b[max(0, i-80):])
		}
	}
	return "one is longer, or packed otherwise"
}

// votes are the forms in which a vote or a result stands on a page.
var votes = regexp.MustCompile(`name="choice"[^>]* checked|You chose|app-votes|Your vote is in|"counts"|"dontKnow"|first_told`)

// search looks for a vote in everything that was received, unpacked. Only a
// device's own pages may show one, and only its own.
func search(t *testing.T, all []*party) {
	t.Helper()
	for _, who := range all {
		size, own := 0, 0
		for _, e := range who.exchanges {
			size += len(e.raw)
			text := e.open(t)
			if found := votes.FindString(text); found != "" && who.voted == "" {
				t.Errorf("%s, %s holds %q", who.name, e.what, found)
			}
			for _, chosen := range ownVote.FindAllStringSubmatch(text, -1) {
				own++
				if chosen[1] != who.voted && chosen[1] != who.before {
					t.Errorf("%s, %s shows the vote %q, but its own are %q and %q", who.name, e.what, chosen[1], who.before, who.voted)
				}
			}
		}
		if who.voted != "" && own == 0 {
			t.Errorf("%s never shows its own vote, so that the search finds nothing", who.name)
		}
		t.Logf("%-25s %3d answers, %6d bytes, %2d show its own vote", who.name, len(who.exchanges), size, own)
	}
}

var ownVote = regexp.MustCompile(`name="choice"[^>]* value="(\w+)"[^>]* checked`)
