package job_test

import (
	"bytes"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/job"
	"octant/internal/logbook"
	"octant/internal/mail"
	"octant/internal/mail/mailtest"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

const origin = "https://octant.example.org"

// office is a database whose letters go to a mail server.
type office struct {
	t     testing.TB
	db    *store.DB
	board storetest.Board
	mail  *mailtest.Server
	log   *logbook.Book
	draft uuid.UUID // a round that has not opened, where a test makes one
}

func newOffice(tb testing.TB, o mailtest.Options) *office {
	tb.Helper()
	db := storetest.New(tb)
	return &office{t: tb, db: db, board: storetest.Trust(tb, db), mail: mailtest.Start(tb, o), log: &logbook.Book{}}
}

// work starts one program that does the jobs, and gives the function that stops
// it.
func (o *office) work() (stop func()) {
	o.t.Helper()
	server, err := mail.ParseServer(o.mail.URL())
	if err != nil {
		o.t.Fatal(err)
	}
	server.Roots = o.mail.Roots
	sender := mail.NewSender(server, "octant.example.org")
	end, err := job.Start(o.t.Context(), job.Options{
		DB: o.db, Log: slog.New(slog.NewTextHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now: func() time.Time { return storetest.Now }, Origin: origin, Mail: sender, Gap: 20 * time.Millisecond,
	})
	if err != nil {
		o.t.Fatal(err)
	}
	stop = sync.OnceFunc(func() { end(); sender.Close() })
	o.t.Cleanup(stop)
	return stop
}

// states counts the letters in each state.
func (o *office) states() map[store.LetterState]int {
	o.t.Helper()
	rows, err := storetest.Owner(o.t, o.db).Query(o.t.Context(), `SELECT state, count(*) FROM letters WHERE ods = $1 GROUP BY state`, o.board.ODS)
	if err != nil {
		o.t.Fatal(err)
	}
	states := map[store.LetterState]int{}
	var state store.LetterState
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&state, &n}, func() error { states[state] = n; return nil }); err != nil {
		o.t.Fatal(err)
	}
	return states
}

// until waits for something to happen.
func (o *office) until(what string, happened func() bool) {
	o.t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	limit := time.After(60 * time.Second)
	for !happened() {
		select {
		case <-look.C:
		case <-limit:
			o.t.Fatalf("not in a minute: %s; letters %v, received %d\n%s", what, o.states(), len(o.mail.Letters()), o.log)
		}
	}
}

// settled waits until so many letters are in a state.
func (o *office) settled(state store.LetterState, n int) {
	o.t.Helper()
	o.until(fmt.Sprintf("%d letters %s", n, state), func() bool { return o.states()[state] == n })
}

// names are the letters that the server has answered for, by Message-ID, with
// how often.
func (o *office) names() map[string]int {
	o.t.Helper()
	names := map[string]int{}
	for _, l := range o.mail.Letters() {
		m, err := netmail.ReadMessage(bytes.NewReader(l.Bytes))
		if err != nil {
			o.t.Fatal(err)
		}
		names[m.Header.Get("Message-Id")]++
	}
	return names
}

// onceEach fails the test unless so many people have got one letter each.
func (o *office) onceEach(people int) {
	o.t.Helper()
	readers := map[string]int{}
	for _, l := range o.mail.Letters() {
		readers[l.To]++
	}
	names := o.names()
	if len(readers) != people || len(names) != people || len(o.mail.Letters()) != people {
		o.t.Errorf("%d letters of %d names to %d people, want %d of each", len(o.mail.Letters()), len(names), len(readers), people)
	}
}

// leaksNothing fails the test if the log or the queue holds an address, a token
// or a name.
func (o *office) leaksNothing() {
	o.t.Helper()
	var queue string
	if err := storetest.Owner(o.t, o.db).QueryRow(o.t.Context(), `SELECT coalesce(string_agg(to_jsonb(j)::text, ' '), '') FROM river.river_job j`).Scan(&queue); err != nil {
		o.t.Fatal(err)
	}
	var said string
	if err := storetest.Owner(o.t, o.db).QueryRow(o.t.Context(), `SELECT coalesce(string_agg(said, ' '), '') FROM letters`).Scan(&said); err != nil {
		o.t.Fatal(err)
	}
	secrets := []string{"@example.org", "Member ", "/invitations/", mailtest.Password}
	for _, member := range o.board.Members {
		secrets = append(secrets, member.String())
	}
	for _, l := range o.mail.Letters() {
		_, rest, found := strings.Cut(strings.ReplaceAll(string(l.Bytes), "=\r\n", ""), "/invitations/")
		if token, _, ok := strings.Cut(rest, "\r\n"); found && ok {
			secrets = append(secrets, token)
		}
	}
	for _, secret := range secrets {
		for where, text := range map[string]string{"log": o.log.String(), "queue": queue, "server's words": said} {
			if strings.Contains(text, secret) {
				o.t.Errorf("the %s holds %q:\n%.2000s", where, secret, text)
			}
		}
	}
}

func TestInvitationsGoOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mailtest.Options{StartTLS: true, Account: true})
	o.work()
	storetest.OpenRound(t, o.db, o.board, "core")
	o.settled(store.LetterAccepted, storetest.BoardSize)
	o.onceEach(storetest.BoardSize)
	o.leaksNothing()
	for _, l := range o.mail.Letters() {
		if !l.Secret || !strings.Contains(string(l.Bytes), origin+"/invitations/") {
			t.Errorf("a letter in the clear or without a link:\n%s", l.Bytes)
		}
	}
}

func TestLettersWaitWithoutAMailServer(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mailtest.Options{})
	stop, err := job.Start(t.Context(), job.Options{DB: o.db, Log: slog.New(slog.DiscardHandler), Now: time.Now, Origin: origin})
	if err != nil {
		t.Fatal(err)
	}
	storetest.OpenRound(t, o.db, o.board, "core")
	stop()
	if got := o.states()[store.LetterQueued]; got != storetest.BoardSize {
		t.Fatalf("%d letters wait, want all", got)
	}
	o.work() // somebody has set one up
	o.settled(store.LetterAccepted, storetest.BoardSize)
	o.onceEach(storetest.BoardSize)
}

func TestCodesGoToThoseWhoHaveTheAddress(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mailtest.Options{Rcpt: func(_ string, try int) error {
		if try == 1 {
			return mailtest.ErrCut
		}
		return nil
	}})
	o.work()
	address := o.board.Members[0].String() + "@example.org"
	id, err := o.db.AskForCode(t.Context(), address, storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	for _, nobody := range []string{"nobody@example.org", "x"} {
		if _, err := o.db.AskForCode(t.Context(), nobody, storetest.Now); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := o.db.AskForCode(t.Context(), address, storetest.Now.Add(-time.Hour)); err != nil { // asked for too long ago
		t.Fatal(err)
	}
	o.until("all four are dealt with", func() bool {
		var done int
		err := storetest.Owner(t, o.db).QueryRow(t.Context(), `SELECT count(*) FROM river.river_job WHERE queue = 'codes' AND state = 'completed'`).Scan(&done)
		return err == nil && done == 4
	})
	_, code, _, err := o.db.CodeToSend(t.Context(), id, storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	got := o.mail.Letters()
	if len(got) != 1 || got[0].To != address || !strings.Contains(string(got[0].Bytes), code) {
		t.Errorf("received %d letters; want one with the code", len(got))
	}
	if strings.Contains(string(got[0].Bytes), id.String()) {
		t.Error("the letter names the code's id, which only the browser may know")
	}
	o.leaksNothing()
	if strings.Contains(o.log.String(), code) {
		t.Error("the log holds the code")
	}
}

func TestJobOfATrustThatHasGoneIsGivenUp(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mailtest.Options{})
	storetest.Change(t, o.db, `
		INSERT INTO river.river_job (state, queue, kind, args, max_attempts) VALUES
			('available', 'letters', 'letter', jsonb_build_object('ods', 'ZZZZZ', 'letter', $1::text), 25),
			('available', 'letters', 'letter', jsonb_build_object('ods', $2::text, 'letter', $1::text), 25)`,
		uuid.NewString(), o.board.ODS)
	o.work()
	o.until("one is given up and one has nothing to do", func() bool {
		var done int
		err := storetest.Owner(t, o.db).QueryRow(t.Context(), `SELECT count(DISTINCT state) FROM river.river_job WHERE kind = 'letter' AND state IN ('cancelled', 'completed')`).Scan(&done)
		return err == nil && done == 2
	})
	if got := len(o.mail.Letters()); got != 0 {
		t.Errorf("%d letters came", got)
	}
}
