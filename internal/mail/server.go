package mail

import (
	"crypto/x509"
	"errors"
	"net"
	netmail "net/mail"
	"net/url"
	"slices"
	"strconv"
)

// Cover is how a connection to the mail server is kept from others' eyes.
type Cover string

// The covers.
const (
	StartTLS Cover = "starttls" // begins in the clear and must change to TLS before anything is said
	TLS      Cover = "tls"      // from the first byte
	Clear    Cover = "none"     // not at all
)

// Server is where letters are handed in.
type Server struct {
	Host     string
	Port     int
	Cover    Cover
	User     string // "" for no authentication
	Password string
	From     netmail.Address
	Roots    *x509.CertPool // who may vouch for the server; nil for whom the system trusts
}

// What can be wrong with a server's address. None of them repeats it: it may
// hold a password.
var (
	errShape    = errors.New("must be an address such as smtp://user:password@mail.example.org:587?from=octant@example.org")
	errFrom     = errors.New("must say from=, the email address that letters come from")
	errCover    = errors.New("has a tls= that is neither starttls nor none; for TLS from the first byte write smtps://")
	errExposed  = errors.New("has a password and tls=none: it would be sent for everybody to read")
	errPassword = errors.New("has a user without a password")
	errOption   = errors.New("has an option other than from= and tls=")
)

// ParseServer reads an address such as
//
//	smtp://user:password@mail.example.org:587?from=octant@example.org
//
// Off this machine letters go under STARTTLS unless the address says tls=none;
// smtps:// is TLS from the first byte.
func ParseServer(address string) (Server, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.Fragment != "" {
		return Server{}, errShape
	}
	s := Server{Host: u.Hostname()}
	options := u.Query()
	for name := range options {
		if name != "from" && name != "tls" {
			return Server{}, errOption
		}
	}
	if s.Cover, s.Port, err = coverOf(u.Scheme, options.Get("tls"), s.Host); err != nil {
		return Server{}, err
	}
	if port := u.Port(); port != "" {
		if s.Port, err = strconv.Atoi(port); err != nil || s.Port < 1 || s.Port > 65535 {
			return Server{}, errShape
		}
	}
	from, err := netmail.ParseAddress(options.Get("from"))
	if err != nil {
		return Server{}, errFrom
	}
	s.From = *from
	if u.User != nil {
		s.User = u.User.Username()
		s.Password, _ = u.User.Password()
	}
	switch {
	case (s.User == "") != (s.Password == ""):
		return Server{}, errPassword
	case s.User != "" && s.Cover == Clear && !onThisMachine(s.Host):
		return Server{}, errExposed
	}
	return s, nil
}

// coverOf is the cover that an address asks for, and the port that goes with it.
func coverOf(scheme, option, host string) (Cover, int, error) {
	switch {
	case scheme == "smtps" && option == "":
		return TLS, 465, nil
	case scheme != "smtp" && scheme != "smtps":
		return "", 0, errShape
	case scheme == "smtps":
		return "", 0, errCover
	case option == string(StartTLS), option == "" && !onThisMachine(host):
		return StartTLS, 587, nil
	case slices.Contains([]string{"", string(Clear)}, option):
		return Clear, 25, nil
	}
	return "", 0, errCover
}

// onThisMachine says that what is sent to a host leaves this machine by no wire.
func onThisMachine(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
