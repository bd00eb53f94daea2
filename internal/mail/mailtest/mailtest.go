// Package mailtest is a real mail server on loopback, for tests: it takes
// letters, and misbehaves as it is told. Nothing that runs for users imports
// it. Its one rule: what it has answered for, it has kept.
package mailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// The account that a server with [Options.Account] knows.
const (
	User     = "octant"
	Password = "sea:shell@shore/1"
)

// ErrCut makes a server hang up without an answer.
var ErrCut = errors.New("mailtest: hang up")

// Options say what a server is like. Its hooks may be called by many at once.
type Options struct {
	StartTLS bool // offers STARTTLS, under a certificate that [Server.Roots] vouches for
	TLS      bool // TLS from the first byte
	Account  bool // takes letters from [User] alone

	// Mail, Rcpt and Data answer a command, nil for yes. Data is asked after the
	// whole letter has come. try counts from 1 for each recipient.
	Mail func(from string) error
	Rcpt func(to string, try int) error
	Data func(to string, try int) error
}

// Received is a letter that the server has answered for.
type Received struct {
	From, To string
	Bytes    []byte
	Secret   bool // it came under TLS
}

// Server is a mail server.
type Server struct {
	Roots *x509.CertPool // nil without TLS

	tb      testing.TB
	options Options
	address string
	cert    *tls.Config

	mu      sync.Mutex
	running *smtp.Server
	door    net.Listener
	letters []Received
	tries   map[string]int
	lines   int
}

// Start starts a server, which stops with the test.
func Start(tb testing.TB, o Options) *Server {
	tb.Helper()
	s := &Server{tb: tb, options: o, address: "127.0.0.1:0", tries: map[string]int{}}
	if o.StartTLS || o.TLS {
		s.cert, s.Roots = certificate(tb)
	}
	s.Resume()
	tb.Cleanup(s.Stop)
	return s
}

// Resume starts a server that was stopped, at the address it had.
func (s *Server) Resume() {
	s.tb.Helper()
	listener, err := net.Listen("tcp", s.address)
	if err != nil {
		s.tb.Fatalf("mailtest: %v", err)
	}
	s.address = listener.Addr().String()
	server := smtp.NewServer(smtp.BackendFunc(s.session))
	server.Domain, server.AllowInsecureAuth, server.EnableSMTPUTF8 = "mail.test", true, true
	server.ReadTimeout, server.WriteTimeout = 10*time.Second, 10*time.Second
	server.ErrorLog = silent{}
	if s.options.StartTLS {
		server.TLSConfig = s.cert
	}
	if s.options.TLS {
		listener = tls.NewListener(listener, s.cert)
	}
	s.mu.Lock()
	s.running, s.door = server, listener
	s.mu.Unlock()
	go func() { _ = server.Serve(listener) }() // ends when the server is closed
}

// silent keeps a server's own notes out of the test's.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// Stop hangs up on everybody and takes nothing more.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.door.Close() // the server may not have got to know it yet
	_ = s.running.Close()
}

// URL is the server's address, with its account, in the form of SMTP_URL.
func (s *Server) URL() string {
	u := url.URL{Scheme: "smtp", Host: s.address, RawQuery: "from=octant@octant.example"}
	switch {
	case s.options.TLS:
		u.Scheme = "smtps"
	case s.options.StartTLS:
		u.RawQuery += "&tls=starttls"
	}
	if s.options.Account {
		u.User = url.UserPassword(User, Password)
	}
	return u.String()
}

// Letters are those that the server has answered for, in the order in which
// they came.
func (s *Server) Letters() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.letters...)
}

// Lines is how many connections there have been.
func (s *Server) Lines() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lines
}

// session is one connection.
type session struct {
	server   *Server
	conn     *smtp.Conn
	known    bool
	from, to string
	try      int
}

func (s *Server) session(c *smtp.Conn) (smtp.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines++
	return &session{server: s, conn: c, known: !s.options.Account}, nil
}

// AuthMechanisms is how an account can be shown.
func (c *session) AuthMechanisms() []string {
	if !c.server.options.Account {
		return nil
	}
	return []string{sasl.Plain}
}

// Auth begins to look at an account.
func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != User || password != Password {
			return smtp.ErrAuthFailed
		}
		c.known = true
		return nil
	}), nil
}

// Mail begins a letter.
func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if !c.known {
		return smtp.ErrAuthRequired
	}
	c.from = from
	if c.server.options.Mail == nil {
		return nil
	}
	return c.answer(c.server.options.Mail(from))
}

// Rcpt says whom it is for.
func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	c.to = to
	c.server.mu.Lock()
	c.server.tries[to]++
	c.try = c.server.tries[to]
	c.server.mu.Unlock()
	if c.server.options.Rcpt == nil {
		return nil
	}
	return c.answer(c.server.options.Rcpt(to, c.try))
}

// Data takes the letter.
func (c *session) Data(r io.Reader) error {
	all, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if c.server.options.Data != nil {
		if err := c.server.options.Data(c.to, c.try); err != nil {
			return c.answer(err)
		}
	}
	_, secret := c.conn.TLSConnectionState()
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.letters = append(c.server.letters, Received{From: c.from, To: c.to, Bytes: all, Secret: secret})
	return nil
}

// answer hangs up where it is told to.
func (c *session) answer(err error) error {
	if errors.Is(err, ErrCut) {
		_ = c.conn.Conn().Close() // that is the point
	}
	return err
}

// Reset forgets the letter.
func (c *session) Reset() {}

// Logout ends the connection.
func (c *session) Logout() error { return nil }

// certificate is one for loopback, with whom to trust for it.
func certificate(tb testing.TB) (*tls.Config, *x509.CertPool) {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatalf("mailtest: %v", err)
	}
	form := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mailtest"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	if err != nil {
		tb.Fatalf("mailtest: %v", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		tb.Fatalf("mailtest: %v", err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, roots
}
