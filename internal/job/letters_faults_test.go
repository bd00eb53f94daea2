package job_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"

	"octant/internal/mail/mailtest"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

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
