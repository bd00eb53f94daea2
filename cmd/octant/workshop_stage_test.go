package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"octant/internal/store/storetest"
	"octant/web/e2e/program"
)

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
