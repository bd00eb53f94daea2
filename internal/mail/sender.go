package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"net"
	netmail "net/mail"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// Limits of talking to a server. A connection that has lain idle for a while is
// not used again: most servers have hung up by then.
const (
	dialLimit = 15 * time.Second
	sendLimit = 30 * time.Second
	idleLimit = 20 * time.Second
	mostIdle  = 8
)

// Sender hands letters to one server. It may be used by many at once, and uses
// connections again.
type Sender struct {
	server Server
	host   string // how this program names itself to servers
	idle   chan *line
}

// line is a connection to the server.
type line struct {
	client *smtp.Client
	conn   net.Conn
	used   time.Time
	old    bool // a letter has gone over it before
}

// NewSender makes a sender. host is the name that the service goes by, which
// stands in what it says to servers and in each letter's own name.
func NewSender(server Server, host string) *Sender {
	if net.ParseIP(host) != nil {
		host = "[" + host + "]"
	}
	return &Sender{server: server, host: host, idle: make(chan *line, mostIdle)}
}

// Close says goodbye on every line that lies idle.
func (s *Sender) Close() {
	for {
		select {
		case l := <-s.idle:
			_ = l.client.UpdateDeadline(time.Second)
			_ = l.client.Quit()
			l.hangUp()
		default:
			return
		}
	}
}

// Send hands a letter in. Anything but nil is a [*SendError]. The end of ctx hangs
// up, and then nobody knows whether the server has the letter: the same letter
// sent again has the same name, by which a server can tell.
func (s *Sender) Send(ctx context.Context, l Letter) error {
	message, err := s.message(l)
	if err != nil {
		return faultOf(Refused, err, l.Address)
	}
	for {
		line, err := s.take(ctx)
		if err != nil {
			return faultOf(Unreachable, err, l.Address)
		}
		again, fault := s.hand(ctx, line, message, l.Address)
		switch {
		case again:
			continue
		case fault != nil:
			return fault
		}
		return nil
	}
}

// hand speaks one letter over a line. again says that the line turned out to be
// dead or used up before anything was said about the letter.
func (s *Sender) hand(ctx context.Context, l *line, message *gomail.Msg, address string) (again bool, fault *SendError) {
	stop := context.AfterFunc(ctx, func() { _ = l.conn.Close() })
	defer stop()
	if err := l.client.UpdateDeadline(sendLimit); err != nil {
		l.hangUp()
		return l.old, faultOf(Unreachable, err, address)
	}
	if err := l.client.Mail(bracketed(s.server.From.Address)); err != nil {
		l.hangUp()
		code := codeOf(err)
		if again = l.old && (code == 0 || code == 421) && ctx.Err() == nil; again {
			return true, nil
		}
		if code/100 == 4 {
			return false, faultOf(Later, err, address)
		}
		return false, faultOf(Unreachable, err, address)
	}
	if err := s.deliver(l, message, address); err != nil {
		s.recover(l, err)
		if codeOf(err)/100 == 5 {
			return false, faultOf(Refused, err, address)
		}
		return false, faultOf(Later, err, address)
	}
	s.giveBack(l)
	return false, nil
}

// deliver says whom the letter is for and what is in it. After nil the server
// has answered for it.
func (s *Sender) deliver(l *line, message *gomail.Msg, address string) error {
	if err := l.client.Rcpt(bracketed(address)); err != nil {
		return err
	}
	body, err := l.client.Data()
	if err != nil {
		return err
	}
	if _, err := message.WriteTo(body); err != nil {
		return err
	}
	return body.Close()
}

// recover keeps a line over which the server has only said no.
func (s *Sender) recover(l *line, err error) {
	if code := codeOf(err); code == 0 || code == 421 || l.client.Reset() != nil {
		l.hangUp()
		return
	}
	s.giveBack(l)
}

// take is a line that was used before, or a new one.
func (s *Sender) take(ctx context.Context) (*line, error) {
	for {
		select {
		case l := <-s.idle:
			if time.Since(l.used) < idleLimit {
				return l, nil
			}
			l.hangUp()
		default:
			return s.dial(ctx)
		}
	}
}

func (s *Sender) giveBack(l *line) {
	l.used, l.old = time.Now(), true
	select {
	case s.idle <- l:
	default:
		l.hangUp()
	}
}

// hangUp ends a line without a word: a server that has gone would not answer it.
func (l *line) hangUp() { _ = l.conn.Close() }

// bracketed is an address as servers are told it.
func bracketed(address string) string { return (&netmail.Address{Address: address}).String() }

// message is the letter as servers pass it on.
func (s *Sender) message(l Letter) (*gomail.Msg, error) {
	written, err := l.Write()
	if err != nil {
		return nil, err
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	from := netmail.Address{Name: cmp.Or(s.server.From.Name, "Octant"), Address: s.server.From.Address}
	if err := m.From(from.String()); err != nil {
		return nil, err
	}
	to, err := netmail.ParseAddress(l.Address)
	if err != nil || to.Address != l.Address {
		return nil, errAddress // the parser's words repeat it
	}
	to.Name = plain(l.Name)
	if err := m.To(to.String()); err != nil {
		return nil, errAddress
	}
	m.SetMessageIDWithValue(l.ID.String() + "@" + s.host)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("X-Auto-Response-Suppress", "All") // what Exchange heeds in its place
	m.Subject(written.Subject)
	m.SetBodyString(gomail.TypeTextPlain, written.Text)
	m.AddAlternativeString(gomail.TypeTextHTML, written.HTML)
	return m, nil
}

var errAddress = errors.New("this is not an email address")

// dial makes a line and shows the server who is there.
func (s *Sender) dial(ctx context.Context) (*line, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	config := &tls.Config{ServerName: s.server.Host, MinVersion: tls.VersionTLS12, RootCAs: s.server.Roots}
	var conn net.Conn
	options := []gomail.Option{
		gomail.WithPort(s.server.Port), gomail.WithTimeout(dialLimit), gomail.WithHELO(s.host), gomail.WithTLSConfig(config),
		gomail.WithDialContextFunc(func(ctx context.Context, network, address string) (net.Conn, error) {
			var err error
			if s.server.Cover == TLS {
				conn, err = (&tls.Dialer{Config: config}).DialContext(ctx, network, address)
			} else {
				conn, err = new(net.Dialer).DialContext(ctx, network, address)
			}
			return conn, err
		}),
	}
	switch s.server.Cover {
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		options = append(options, gomail.WithSSL())
	case Clear:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.server.User != "" {
		options = append(options, gomail.WithUsername(s.server.User), gomail.WithPassword(s.server.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	dialer, err := gomail.NewClient(s.server.Host, options...)
	if err != nil {
		return nil, err
	}
	client, err := dialer.DialToSMTPClientWithContext(ctx)
	if err != nil {
		if conn != nil {
			_ = conn.Close() // the library leaves it open
		}
		return nil, err
	}
	return &line{client: client, conn: conn}, nil
}
