package mail_test

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/google/uuid"

	"octant/internal/mail"
	"octant/internal/mail/mailtest"
)

// sender is one for a test's server, at an address in the form of SMTP_URL.
func sender(t testing.TB, s *mailtest.Server, url string) *mail.Sender {
	t.Helper()
	server, err := mail.ParseServer(url)
	if err != nil {
		t.Fatal(err)
	}
	server.Roots = s.Roots
	sender := mail.NewSender(server, "octant.example.org")
	t.Cleanup(sender.Close)
	return sender
}

func TestLettersGoUnderCoverWithAnAccount(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]mailtest.Options{
		"starttls": {StartTLS: true, Account: true}, "tls": {TLS: true, Account: true},
		"starttls without account": {StartTLS: true}, "tls without account": {TLS: true},
	} {
		s := mailtest.Start(t, o)
		if err := sender(t, s, s.URL()).Send(t.Context(), letter(mail.Code)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := s.Letters(); len(got) != 1 || !got[0].Secret {
			t.Errorf("%s: %d letters", name, len(got))
		}
	}
	plain := mailtest.Start(t, mailtest.Options{Account: true})
	if err := sender(t, plain, plain.URL()).Send(t.Context(), letter(mail.Code)); err != nil {
		t.Errorf("in the clear on this machine: %v", err)
	}
}

func TestNoLetterGoesWithoutTheCoverAskedFor(t *testing.T) {
	t.Parallel()
	bare := mailtest.Start(t, mailtest.Options{})
	covered := mailtest.Start(t, mailtest.Options{StartTLS: true})
	covered.Roots = nil // nobody vouches for it
	secret := mailtest.Start(t, mailtest.Options{TLS: true})
	secret.Roots = nil
	account := mailtest.Start(t, mailtest.Options{StartTLS: true, Account: true})
	for name, c := range map[string]struct {
		s   *mailtest.Server
		url string
	}{
		"server without STARTTLS": {bare, bare.URL() + "&tls=starttls"},
		"unknown certificate":     {covered, covered.URL()},
		"unknown certificate too": {secret, secret.URL()},
		"no account":              {account, strings.Replace(account.URL(), mailtest.User+":", "eve:", 1)},
		"no such server":          {bare, "smtp://127.0.0.1:1?from=octant@octant.example"},
	} {
		f := fault(t, sender(t, c.s, c.url).Send(t.Context(), letter(mail.Code)))
		if f.Verdict != mail.Unreachable || f.Says == "" || strings.Contains(f.Error(), "shore") {
			t.Errorf("%s: %+v", name, f)
		}
		if got := len(c.s.Letters()); got != 0 {
			t.Errorf("%s: %d letters came", name, got)
		}
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	no := func(code int, says string) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: says}
	}
	on := func(err error) func(string, int) error { return func(string, int) error { return err } }
	for name, c := range map[string]struct {
		options mailtest.Options
		want    mail.Verdict
		says    string
	}{
		"no such person":     {mailtest.Options{Rcpt: on(no(550, "<ada@trust.example>: User ADA unknown; see https://help.example/?u=ada"))}, mail.Refused, "550 5.1.1 <[address]>: User [address] unknown; see [address]"},
		"rewritten address":  {mailtest.Options{Rcpt: on(no(550, "no mailbox SRS0=ab=ada=trust.example here"))}, mail.Refused, "[address] here"},
		"greylisted":         {mailtest.Options{Rcpt: on(no(451, "come back later"))}, mail.Later, "come back later"},
		"mailbox full":       {mailtest.Options{Rcpt: on(no(452, "over quota"))}, mail.Later, "over quota"},
		"looks like spam":    {mailtest.Options{Data: on(no(554, "bad link "+link))}, mail.Refused, "554 5.1.1 bad link [address]"},
		"busy after data":    {mailtest.Options{Data: on(no(451, "try again"))}, mail.Later, "try again"},
		"cut after data":     {mailtest.Options{Data: on(mailtest.ErrCut)}, mail.Later, ""},
		"cut at recipient":   {mailtest.Options{Rcpt: on(mailtest.ErrCut)}, mail.Later, ""},
		"not for us":         {mailtest.Options{Mail: func(string) error { return no(553, "sender octant@octant.example not allowed") }}, mail.Unreachable, "sender [address] not allowed"},
		"too many from here": {mailtest.Options{Mail: func(string) error { return no(450, "slow down") }}, mail.Later, "slow down"},
		"cut at sender":      {mailtest.Options{Mail: func(string) error { return mailtest.ErrCut }}, mail.Unreachable, ""},
	} {
		s := mailtest.Start(t, c.options)
		f := fault(t, sender(t, s, s.URL()).Send(t.Context(), letter(mail.Invitation)))
		if f.Verdict != c.want || !strings.Contains(f.Says, c.says) || strings.Contains(strings.ToLower(f.Says), "ada") {
			t.Errorf("%s: %+v, want verdict %d", name, f, c.want)
		}
		if got := len(s.Letters()); got != 0 {
			t.Errorf("%s: %d letters came", name, got)
		}
	}
}

func TestWordsOfAServerAreKeptShort(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{Rcpt: func(string, int) error {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.NoEnhancedCode, Message: strings.Repeat("nein ", 200) + "\x07"}
	}})
	f := fault(t, sender(t, s, s.URL()).Send(t.Context(), letter(mail.Invitation)))
	if len([]rune(f.Says)) > 301 || strings.ContainsAny(f.Says, "\x07\n") {
		t.Errorf("%d characters: %q", len(f.Says), f.Says)
	}
}

func TestLinesAreUsedAgain(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{Rcpt: func(to string, _ int) error {
		if strings.HasPrefix(to, "no") {
			return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.NoEnhancedCode, Message: "no"}
		}
		return nil
	}})
	sender := sender(t, s, s.URL())
	for i := range 20 {
		l := letter(mail.Invitation)
		if l.ID = uuid.New(); i%5 == 4 {
			l.Address = "nobody@trust.example"
			_ = fault(t, sender.Send(t.Context(), l))
			continue
		}
		if err := sender.Send(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.Lines(); got != 1 {
		t.Errorf("20 letters took %d lines", got)
	}
	s.Stop() // the idle line is dead now, and nobody has noticed
	s.Resume()
	if err := sender.Send(t.Context(), letter(mail.Invitation)); err != nil {
		t.Errorf("over a line that had died: %v", err)
	}
	if got := len(s.Letters()); got != 17 {
		t.Errorf("%d letters came, want 17", got)
	}
}

func TestManySendAtOnce(t *testing.T) {
	t.Parallel()
	s := mailtest.Start(t, mailtest.Options{})
	sender := sender(t, s, s.URL())
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			l := letter(mail.Invitation)
			l.ID = uuid.New()
			if err := sender.Send(t.Context(), l); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := len(s.Letters()); got != 40 {
		t.Errorf("%d letters came, want 40", got)
	}
}

func TestEndOfContextHangsUp(t *testing.T) {
	t.Parallel()
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes the connection and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	server, err := mail.ParseServer("smtp://" + silent.Addr().String() + "?from=octant@octant.example")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if _, err := silent.Accept(); err == nil {
			cancel()
		}
	}()
	f := fault(t, mail.NewSender(server, "octant.example.org").Send(ctx, letter(mail.Code)))
	if f.Verdict != mail.Unreachable {
		t.Errorf("%+v", f)
	}
}

func TestServerAddresses(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]mail.Server{
		"smtp://mail.example.org?from=o@example.org":                          {Host: "mail.example.org", Port: 587, Cover: mail.StartTLS},
		"smtp://mail.example.org:2525?from=o@example.org&tls=none":            {Host: "mail.example.org", Port: 2525, Cover: mail.Clear},
		"smtps://u:p%40ss@mail.example.org?from=o@example.org":                {Host: "mail.example.org", Port: 465, Cover: mail.TLS, User: "u", Password: "p@ss"},
		"smtp://u:p@mail.example.org/?from=o@example.org":                     {Host: "mail.example.org", Port: 587, Cover: mail.StartTLS, User: "u", Password: "p"},
		"smtp://localhost:1025?from=o@example.org":                            {Host: "localhost", Port: 1025, Cover: mail.Clear},
		"smtp://[::1]?from=o@example.org":                                     {Host: "::1", Port: 25, Cover: mail.Clear},
		"smtp://127.0.0.1?from=o@example.org&tls=starttls":                    {Host: "127.0.0.1", Port: 587, Cover: mail.StartTLS},
		"smtp://u:p@127.0.0.1?from=Octant%20of%20Leeds%20%3Co@example.org%3E": {Host: "127.0.0.1", Port: 25, Cover: mail.Clear, User: "u", Password: "p"},
	} {
		got, err := mail.ParseServer(address)
		if got.From.Address != "o@example.org" || err != nil {
			t.Errorf("%s: %+v %v", address, got, err)
		}
		got.From = want.From
		if got != want {
			t.Errorf("%s: %+v, want %+v", address, got, want)
		}
	}
	for _, address := range []string{
		"", "mail.example.org", "http://mail.example.org?from=o@example.org", "smtp://?from=o@example.org", "smtp://hunter2@",
		"smtp://mail.example.org", "smtp://mail.example.org?from=nobody", "smtp://mail.example.org?from=o@example.org&tls=maybe",
		"smtps://mail.example.org?from=o@example.org&tls=none", "smtp://u:hunter2@mail.example.org?from=o@example.org&tls=none",
		"smtp://u@mail.example.org?from=o@example.org", "smtp://u:hunter2@mail.example.org:x?from=o@example.org",
		"smtp://u:hunter2@mail.example.org:99999?from=o@example.org", "smtp://mail.example.org?from=o@example.org&starttls=yes",
		"smtp://u:hunter2@mail.example.org/inbox?from=o@example.org", "smtp://u:hunter2@mail.example.org?from=o@example.org%0d%0aX: y",
	} {
		_, err := mail.ParseServer(address)
		if err == nil {
			t.Errorf("%q is taken", address)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: the password is repeated: %v", address, err)
		}
	}
}
