package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"

	"octant/internal/mail"
	"octant/internal/store"
)

// environment is the variables the program was started with.
type environment []string

// get is one variable's value, or a default when it is not set.
func (e environment) get(name, unset string) string {
	for i := len(e) - 1; i >= 0; i-- {
		if v, ok := strings.CutPrefix(e[i], name+"="); ok && v != "" {
			return v
		}
	}
	return unset
}

// config is all that the environment says, read once.
type config struct {
	addr        string
	metricsAddr string
	baseURL     *url.URL
	data        string
	secret      string         // "" when not set
	databaseURL string         // "" for the embedded Postgres
	ownerURL    string         // "" when the same as databaseURL
	npmBinaries string         // where the packaged Postgres binaries may lie
	smtp        *mail.Server   // nil when letters wait
	proxyHeader string         // names the header that says whose request a proxy passes on; "" for none
	provider    store.Provider // signs in the people of trusts without a provider of their own
}

// headerName is what a header can be called.
var headerName = regexp.MustCompile(`^[A-Za-z0-9-]{1,60}$`)

// minSecret is how many characters OCTANT_SECRET must have.
const minSecret = 32

// read reads the environment and reports all of its faults together.
func (e environment) read() (config, error) {
	c := config{
		addr:        e.get("OCTANT_ADDR", "127.0.0.1:8080"),
		metricsAddr: e.get("OCTANT_METRICS_ADDR", "127.0.0.1:9090"),
		secret:      e.get("OCTANT_SECRET", ""),
		proxyHeader: e.get("OCTANT_PROXY_HEADER", ""),
		databaseURL: e.get("DATABASE_URL", ""),
		ownerURL:    e.get("DATABASE_OWNER_URL", ""),
		npmBinaries: filepath.Join("web", "postgres", "node_modules"),
	}
	var faults []error
	fault := func(name, says string) { faults = append(faults, fmt.Errorf("%s %s", name, says)) }
	for name, addr := range map[string]string{"OCTANT_ADDR": c.addr, "OCTANT_METRICS_ADDR": c.metricsAddr} {
		if _, _, err := net.SplitHostPort(addr); err != nil {
			fault(name, "must be host:port, such as 127.0.0.1:8080")
		}
	}
	var err error
	if c.data, err = filepath.Abs(e.get("OCTANT_DATA", ".octant")); err != nil {
		fault("OCTANT_DATA", "must be a folder")
	}
	c.baseURL, err = url.Parse(e.get("OCTANT_BASE_URL", "http://"+c.addr))
	if err != nil || c.baseURL.Host == "" || c.baseURL.Scheme != "http" && c.baseURL.Scheme != "https" {
		fault("OCTANT_BASE_URL", "must be an address such as https://octant.example.org")
	}
	if c.proxyHeader != "" && !headerName.MatchString(c.proxyHeader) {
		fault("OCTANT_PROXY_HEADER", "must be the name of a header, such as X-Forwarded-For")
	}
	if c.smtp, err = readSMTP(e.get("SMTP_URL", "")); err != nil {
		fault("SMTP_URL", err.Error())
	}
	if c.secret != "" && len(c.secret) < minSecret {
		fault("OCTANT_SECRET", fmt.Sprintf("must have at least %d characters; `openssl rand -hex 32` makes one", minSecret))
	}
	for name, dsn := range map[string]string{"DATABASE_URL": c.databaseURL, "DATABASE_OWNER_URL": c.ownerURL} {
		if u, err := url.Parse(dsn); dsn != "" && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql") {
			fault(name, "must be an address such as postgres://user@host/database")
		}
	}
	if c.baseURL != nil {
		if c.provider, err = e.readProvider(c.baseURL.Scheme + "://" + c.baseURL.Host); err != nil {
			faults = append(faults, err)
		}
	}
	return c, errors.Join(faults...)
}

// readSMTP reads where letters are handed in, nil for nowhere.
func readSMTP(address string) (*mail.Server, error) {
	if address == "" {
		return nil, nil
	}
	s, err := mail.ParseServer(address)
	return &s, err
}

// origin is the address people reach the service by.
func (c config) origin() string { return c.baseURL.Scheme + "://" + c.baseURL.Host }

// loopback says that an address can be reached from this machine alone.
func loopback(addr string) bool {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
