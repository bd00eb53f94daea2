package job_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/job"
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
	log   *logbook
	draft uuid.UUID // a round that has not opened, where a test makes one
}

// logbook keeps what was logged.
type logbook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func newOffice(tb testing.TB, o mailtest.Options) *office {
	tb.Helper()
	db := storetest.New(tb)
	return &office{t: tb, db: db, board: storetest.Trust(tb, db), mail: mailtest.Start(tb, o), log: &logbook{}}
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

func TestGreylistedLettersGoAtTheNextTry(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mailtest.Options{Rcpt: func(to string, try int) error {
		if try < 3 {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "<" + to + "> greylisted, come back"}
		}
		return nil
	}})
	storetest.OpenRound(t, o.db, o.board, "core")
	o.work()
	o.settled(store.LetterAccepted, storetest.BoardSize)
	o.onceEach(storetest.BoardSize)
	o.leaksNothing()
}

func TestRefusedLetterIsShownWithTheServersWords(t *testing.T) {
	t.Parallel()
	var refused string
	o := newOffice(t, mailtest.Options{Rcpt: func(to string, _ int) error {
		if to == refused {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "<" + to + ">: no such mailbox " + to}
		}
		return nil
	}})
	refused = o.board.Members[0].String() + "@example.org"
	r := storetest.OpenRound(t, o.db, o.board, "core")
	o.work()
	o.settled(store.LetterAccepted, storetest.BoardSize-1)
	o.settled(store.LetterRefused, 1)
	o.leaksNothing()
	lead := storetest.Enter(t, o.db, o.board.Lead, o.board.ODS)
	list, err := lead.Letters(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	want := "550 5.1.1 <[address]>: no such mailbox [address]"
	if got := list[0].Letters; len(got) != 1 || got[0].State != store.LetterRefused || got[0].Said != want {
		t.Errorf("the lead sees %+v, want the words %q", got, want)
	}
	o.until("its job is given up", func() bool {
		var n int
		err := storetest.Owner(t, o.db).QueryRow(t.Context(), `SELECT count(*) FROM river.river_job WHERE kind = 'letter' AND state = 'cancelled'`).Scan(&n)
		return err == nil && n == 1
	})
}

func TestLettersSurviveADeadServer(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mailtest.Options{})
	o.mail.Stop()
	storetest.OpenRound(t, o.db, o.board, "core")
	o.work()
	o.until("the log says that no server takes letters", func() bool { return strings.Contains(o.log.String(), "no mail server takes letters") })
	o.until("every letter was tried many times", func() bool {
		var tried int
		err := storetest.Owner(t, o.db).QueryRow(t.Context(), `
			SELECT count(*) FROM river.river_job WHERE kind = 'letter' AND (metadata ->> 'snoozes')::int > 2`).Scan(&tried)
		return err == nil && tried == storetest.BoardSize
	})
	if n := strings.Count(o.log.String(), "no mail server takes letters"); n != 1 {
		t.Errorf("the log says %d times that no server takes letters", n)
	}
	o.mail.Resume()
	o.settled(store.LetterAccepted, storetest.BoardSize)
	o.onceEach(storetest.BoardSize)
	o.until("the log says that it is back", func() bool { return strings.Contains(o.log.String(), "takes letters again") })
	o.leaksNothing()
}

func TestLetterLostAfterDataGoesAgainUnderItsName(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	lost := map[string]bool{}
	o := newOffice(t, mailtest.Options{Data: func(to string, try int) error {
		if try == 1 {
			mu.Lock()
			defer mu.Unlock()
			lost[to] = true
			return mailtest.ErrCut
		}
		return nil
	}})
	storetest.OpenRound(t, o.db, o.board, "core")
	o.work()
	o.settled(store.LetterAccepted, storetest.BoardSize)
	o.onceEach(storetest.BoardSize)
	if len(lost) != storetest.BoardSize {
		t.Errorf("%d letters were lost on the way, want all", len(lost))
	}
}

func TestLetterOfAProgramThatDiedGoesAgainUnderItsName(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mailtest.Options{})
	storetest.OpenRound(t, o.db, o.board, "core")
	stop := o.work()
	o.settled(store.LetterAccepted, storetest.BoardSize)
	stop()
	before := o.names()
	// The program died between the server's answer and its own note of it.
	owner := storetest.Owner(t, o.db)
	for _, sql := range []string{
		`UPDATE letters SET state = 'sending', done_at = NULL WHERE person_id = '` + o.board.Members[0].String() + `'`,
		`UPDATE river.river_job SET state = 'available', finalized_at = NULL WHERE kind = 'letter'`,
	} {
		if _, err := owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	o.work()
	o.settled(store.LetterAccepted, storetest.BoardSize)
	after := o.names()
	twice := 0
	for name, n := range after {
		if before[name] != 1 || n > 2 {
			t.Errorf("%s came %d times, before %d", name, n, before[name])
		}
		if n == 2 {
			twice++
		}
	}
	if len(after) != storetest.BoardSize || twice != 1 {
		t.Errorf("%d names, %d of them twice; want one of %d", len(after), twice, storetest.BoardSize)
	}
}

func TestReplicasSendEachLetterOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, mailtest.Options{Rcpt: func(_ string, try int) error {
		if try == 1 {
			return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "busy"}
		}
		return nil
	}})
	for range 3 {
		o.work()
	}
	storetest.OpenRound(t, o.db, o.board, "core")
	lead := storetest.Enter(t, o.db, o.board.Lead, o.board.ODS)
	o.settled(store.LetterAccepted, storetest.BoardSize)
	o.onceEach(storetest.BoardSize)
	rounds, _, err := lead.Rounds(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 6 { // impatient clicks
		all.Go(func() {
			err := lead.SendAgain(t.Context(), rounds[0].ID, o.board.Members[0], storetest.Now)
			if err != nil && !errors.Is(err, store.ErrUnderWay) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	o.until("no letter waits", func() bool { s := o.states(); return s[store.LetterQueued]+s[store.LetterSending] == 0 })
	for name, n := range o.names() {
		if n != 1 {
			t.Errorf("%s came %d times", name, n)
		}
	}
}

func TestStoppingWaitsForLettersInHand(t *testing.T) {
	t.Parallel()
	began, goOn := make(chan struct{}, storetest.BoardSize), make(chan struct{})
	o := newOffice(t, mailtest.Options{Data: func(string, int) error {
		began <- struct{}{}
		<-goOn
		return nil
	}})
	storetest.OpenRound(t, o.db, o.board, "core")
	stop := o.work()
	<-began
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	close(goOn)
	<-stopped
	s := o.states()
	if s[store.LetterSending] != 0 || s[store.LetterAccepted] != len(o.mail.Letters()) || s[store.LetterAccepted]+s[store.LetterQueued] != storetest.BoardSize {
		t.Errorf("it left %v with %d received", s, len(o.mail.Letters()))
	}
	o.work()
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
	if _, err := storetest.Owner(t, o.db).Exec(t.Context(), `
		INSERT INTO river.river_job (state, queue, kind, args, max_attempts) VALUES
			('available', 'letters', 'letter', jsonb_build_object('ods', 'ZZZZZ', 'letter', $1::text), 25),
			('available', 'letters', 'letter', jsonb_build_object('ods', $2::text, 'letter', $1::text), 25)`,
		uuid.NewString(), o.board.ODS); err != nil {
		t.Fatal(err)
	}
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
