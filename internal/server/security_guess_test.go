package server

import (
	"encoding/binary"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/logbook"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// wire stands between a program and its database and notes what is sent, so that
// it can be told how much was asked for an answer, and not only what it says.
type wire struct {
	mu   sync.Mutex
	sent []string          // statements, in order
	text map[string]string // of those that were prepared, by name
}

// tapped is another program on the database of a site, all of whose questions to
// it go over the wire.
func tapped(s *site) (*site, *wire) {
	s.t.Helper()
	address, err := url.Parse(storetest.AppURL(s.t, s.db))
	if err != nil {
		s.t.Fatal(err)
	}
	w, behind := &wire{text: map[string]string{}}, address.Host
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			program, err := listener.Accept()
			if err != nil {
				return
			}
			go w.relay(program, behind)
		}
	}()
	address.Host = listener.Addr().String()
	return s.replica(address.String(), 1), w
}

// replica is another program on the same database, with a pool of its own.
func (s *site) replica(address string, conns int) *site {
	s.t.Helper()
	db, err := store.Open(s.t.Context(), address, store.Options{Secret: storetest.Secret, MaxConns: conns})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(db.Close)
	now := time.Now()
	log := &logbook.Book{}
	server := New(Options{DB: db, Log: slog.New(slog.NewTextHandler(log, nil)), Now: func() time.Time { return now }, Measured: NewMetrics()})
	return &site{t: s.t, db: db, server: server, routes: server.Routes(), log: log}
}

// relay passes everything on, and notes what the program sends.
func (w *wire) relay(program net.Conn, behind string) {
	defer func() { _ = program.Close() }()
	database, err := net.Dial("tcp", behind)
	if err != nil {
		return
	}
	defer func() { _ = database.Close() }()
	go func() { _, _ = io.Copy(program, database) }() // ends with either side
	var head [5]byte
	for first := true; ; first = false {
		kind := head[:1]
		if first {
			kind = nil // the first message has no kind
		}
		if _, err := io.ReadFull(program, kind); err != nil {
			return
		}
		if _, err := io.ReadFull(program, head[1:]); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(head[1:])-4)
		if _, err := io.ReadFull(program, body); err != nil {
			return
		}
		w.note(string(kind), strings.Split(string(body), "\x00"))
		if _, err := database.Write(slices.Concat(kind, head[1:], body)); err != nil {
			return
		}
	}
}

// note keeps what a message has the database do. The queue's library wakes those
// who work on it, but not more often than it needs to: that tells of the time and
// not of what was asked.
func (w *wire) note(kind string, parts []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	statement := ""
	switch {
	case kind == "P" && len(parts) > 1: // prepare: name, text
		w.text[parts[0]] = parts[1]
	case kind == "B" && len(parts) > 1: // run: portal, name, values
		statement = w.text[parts[1]]
	case kind == "Q":
		statement = parts[0]
	}
	if statement != "" && !strings.Contains(statement, "pg_notify") {
		w.sent = append(w.sent, strings.Join(strings.Fields(statement), " "))
	}
}

// asked is what doing something had the database do.
func (w *wire) asked(do func()) []string {
	w.mu.Lock()
	w.sent = nil
	w.mu.Unlock()
	do()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sent
}

// told is an answer without what it is an answer to.
func told(r reply, names ...string) string {
	var all []string
	for name, values := range r.header {
		if name != "Set-Cookie" {
			all = append(all, name+": "+strings.Join(values, ", "))
		}
	}
	slices.Sort(all)
	said := http.StatusText(r.status) + "\n" + strings.Join(all, "\n") + "\n\n" + r.body
	for _, name := range names {
		said = strings.ReplaceAll(said, name, "(name)")
	}
	return said
}

// TestGuessingTellsNothing: whoever guesses trusts, rounds, people, sheets or
// sessions learns nothing, on any route: what is there and somebody else's is
// answered like what is not there, in the same words and after as many questions
// to the database.
func TestGuessingTellsNothing(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	other := storetest.Trust(t, h.db)
	s, w := tapped(h.site)
	var session string
	h.arriveBy(h.board.Lead, "code", "")
	if err := storetest.Owner(t, h.db).QueryRow(t.Context(), `SELECT id FROM sessions WHERE person_id = $1 LIMIT 1`, h.board.Lead).Scan(&session); err != nil {
		t.Fatal(err)
	}
	there := []string{"{round}", h.open.String(), "{person}", h.board.Members[0].String(), "{sheet}", h.sheet, "{session}", session}
	gone := []string{"{round}", uuid.NewString(), "{person}", uuid.NewString(), "{sheet}", uuid.NewString(), "{session}", uuid.NewString()}
	common := []string{"{key}", "1.1", "{chart}", "profile", "{document}", "record"}
	path := func(route, ods string, ids []string) string {
		return strings.NewReplacer(slices.Concat(ids, common, []string{"{ods}", ods})...).Replace(route)
	}
	guesses := 0
	err := chi.Walk(s.server.Routes(), func(method, route string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if !strings.Contains(route, "{ods}") && !strings.Contains(route, "{session}") || strings.HasPrefix(route, "/sign-in/oidc") {
			return nil // who signs in by a provider is told before anybody knows them
		}
		for who, person := range map[string]uuid.UUID{"lead of another trust": other.Lead, "member of another trust": other.Members[0]} {
			b := s.as(person)
			for _, pair := range [][2]string{
				{path(route, h.board.ODS, there), path(route, "ZZZZ", gone)},  // another's trust, and none
				{path(route, other.ODS, there), path(route, other.ODS, gone)}, // another's round in one's own trust, and none
			} {
				if pair[0] == pair[1] {
					continue // a page of one's own trust
				}
				guesses++
				var said [2]string
				var cost [2][]string
				for range 2 { // the second time, when every statement is known
					for i, p := range pair {
						var r reply
						cost[i] = w.asked(func() { r = b.do(method, p, "choice=3&person="+there[3], nil) })
						said[i] = told(r, p, there[1], there[3], there[5], there[7], gone[1], gone[3], gone[5], gone[7])
						if r.status != http.StatusNotFound && r.status != http.StatusForbidden && r.status != http.StatusUnprocessableEntity {
							t.Errorf("%s as %s: %d", r.what, who, r.status)
						}
					}
				}
				if said[0] != said[1] {
					t.Errorf("%s %s as %s: one says\n%.700s\nthe other\n%.700s", method, route, who, said[0], said[1])
				}
				if !slices.Equal(cost[0], cost[1]) || len(cost[0]) == 0 {
					t.Errorf("%s %s as %s: one asks the database %q, the other %q", method, route, who, cost[0], cost[1])
				}
			}
		}
		return nil
	})
	if err != nil || guesses < 240 {
		t.Errorf("%d guesses, %v", guesses, err)
	}
}

// TestAccountsCostTheSame: to ask for a code, and to try one, sends as much to the
// database for an address that nobody has as for one that somebody has.
func TestAccountsCostTheSame(t *testing.T) {
	t.Parallel()
	made := startSite(t)
	s, w := tapped(made)
	steps := func(email string) (costs [][]string) {
		b := s.nobody()
		for _, step := range []func(){
			func() { b.ask(email).leads("/sign-in/code") },
			func() { b.get("/sign-in/code").wants(http.StatusOK) },
			func() { b.post("/sign-in/code", "code", "000000").wants(http.StatusUnprocessableEntity) },
			func() { b.ask(email).leads("/sign-in/code") },
		} {
			costs = append(costs, w.asked(step))
		}
		return costs
	}
	known := func() string { return emailOf(storetest.Person(t, made.db, "Ada")) }
	steps(known())
	steps(emailOf(uuid.New()))
	somebody, nobody := steps(known()), steps(emailOf(uuid.New()))
	for i := range somebody {
		if !slices.Equal(somebody[i], nobody[i]) || len(somebody[i]) < 2 {
			t.Errorf("step %d for somebody: %q\nfor nobody: %q", i+1, somebody[i], nobody[i])
		}
	}
}

// TestLimitsHoldAcrossReplicas: who goes from one program to the other has no
// more tries than who stays.
func TestLimitsHoldAcrossReplicas(t *testing.T) {
	t.Parallel()
	first := startSite(t)
	sites := [2]*site{first, first.replica(storetest.AppURL(t, first.db), 4)}
	email := emailOf(storetest.Person(t, first.db, "Ada"))
	b := first.nobody()
	for i := range asksOfAddress {
		b.site = sites[i%2]
		b.ask(email).leads("/sign-in/code")
	}
	for _, s := range sites {
		b.site = s
		b.ask(email).wants(http.StatusTooManyRequests)
	}
	code := first.letter()
	for i := range store.CodeTries {
		b.site = sites[i%2]
		b.post("/sign-in/code", "code", otherCode(code)).wants(http.StatusUnprocessableEntity)
	}
	b.post("/sign-in/code", "code", code).wants(http.StatusUnprocessableEntity)
	for i := store.CodeTries + 1; i < triesOfAddress; i++ {
		b.site = sites[i%2]
		b.post("/sign-in/code", "code", otherCode(code)).wants(http.StatusUnprocessableEntity)
	}
	for _, s := range sites {
		b.site = s
		b.post("/sign-in/code", "code", code).wants(http.StatusTooManyRequests)
	}
	guesser := first.nobody()
	statuses := map[int]int{}
	for i := range lettersOfBrowser + 5 {
		guesser.site = sites[i%2]
		statuses[guesser.keep(guesser.post("/sign-in/letter", "code", "R9A-2222-2222-2222")).status]++
	}
	if statuses[http.StatusTooManyRequests] != 4 {
		t.Errorf("letters: %v", statuses)
	}
}

// TestHospitalBehindOneAddress: a whole organisation signs in from one network
// address within minutes, beside somebody there who does nothing but guess.
func TestHospitalBehindOneAddress(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	const people = 120
	guesser := s.nobody()
	for range asksOfSession + 10 {
		guesser.ask(emailOf(uuid.New()))
	}
	guesser.ask(emailOf(uuid.New())).wants(http.StatusTooManyRequests)
	for range people {
		b := s.nobody()
		b.ask(emailOf(storetest.Person(t, s.db, "Ada"))).leads("/sign-in/code")
		b.keep(b.post("/sign-in/code", "code", s.letter())).leads("/")
	}
}
