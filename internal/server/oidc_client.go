package server

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// How long an identity provider may take, and how much it may say. The whole of
// a sign-in has to fit into the patience of one request.
const (
	providerPatience = 4 * time.Second
	providerSays     = 1 << 20
	providerMoves    = 3 // redirects on its own host
)

// providerError means that an identity provider cannot be used just now. The
// reason is for the log: it holds nothing that the provider sent.
type providerError struct{ reason string }

func (e providerError) Error() string { return "server: identity provider: " + e.reason }

// otherIssuer is the reason where a provider is not the one that it was said to be.
const otherIssuer = "it calls itself by another issuer"

// What an address that a provider names is refused for.
var (
	errInsecure  = errors.New("the address is not https")
	errNotPublic = errors.New("the address is not public")
	errElsewhere = errors.New("it leads to another host")
)

// providers is how this server speaks to identity providers. What they are is
// typed by people and said by the providers themselves, so that none of their
// addresses is believed: they must be https and public.
type providers struct {
	client   *http.Client
	loopback bool // Octant runs on loopback itself, and a provider may too

	mu    sync.Mutex
	known map[string]known // by issuer
}

// known is a provider as it described itself last. It keeps the provider's keys,
// and fetches them again when it sees one that it does not know.
type known struct {
	*oidc.Provider
	about
}

// about is what we need of a provider's description of itself.
type about struct {
	Keys        string   `json:"jwks_uri"`
	SecretBy    []string `json:"token_endpoint_auth_methods_supported"`
	NamesItself bool     `json:"authorization_response_iss_parameter_supported"`

	whole string
}

func newProviders(loopback bool) *providers {
	p := &providers{loopback: loopback, known: map[string]known{}}
	dialer := &net.Dialer{Timeout: providerPatience, Control: func(_, address string, _ syscall.RawConn) error {
		return p.mayDial(address)
	}}
	p.client = &http.Client{
		Timeout: providerPatience,
		Transport: fence{p, &http.Transport{
			DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: providerPatience, MaxResponseHeaderBytes: 64 << 10,
			DisableKeepAlives: true, // sign-ins are rare, and a connection that the provider closed meanwhile would fail one
		}},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if from := via[0].URL; r.URL.Host != from.Host || r.URL.Scheme != from.Scheme || len(via) > providerMoves {
				return errElsewhere
			}
			return nil
		},
	}
	return p
}

// fence lets only requests out that are safe to send, and only so much in.
type fence struct {
	providers *providers
	next      http.RoundTripper
}

// RoundTrip sends one request.
func (f fence) RoundTrip(r *http.Request) (*http.Response, error) {
	if !f.providers.mayAsk(r.URL) {
		return nil, errInsecure
	}
	resp, err := f.next.RoundTrip(r)
	if err == nil {
		resp.Body = http.MaxBytesReader(nil, resp.Body, providerSays)
	}
	return resp, err
}

// mayAsk says whether an address may be asked, or a browser sent there: by https,
// or on loopback where Octant is there too.
func (p *providers) mayAsk(u *url.URL) bool {
	if u.Host == "" || u.User != nil {
		return false
	}
	return u.Scheme == "https" || p.loopback && u.Scheme == "http" && onLoopback(u.Hostname())
}

// onLoopback says that a host is this machine.
func onLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.Unmap().IsLoopback()
}

// originOnLoopback says that people reach Octant by an address of this machine.
func originOnLoopback(origin string) bool {
	u, err := url.Parse(origin)
	return err == nil && onLoopback(u.Hostname())
}

// notPublic is what the standard library does not know to be no address of the
// public internet: shared and reserved space, and ways around that wrap an
// address of the old kind in one of the new.
var notPublic = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("198.18.0.0/15"), netip.MustParsePrefix("240.0.0.0/4"), netip.MustParsePrefix("64:ff9b::/96"),
	netip.MustParsePrefix("64:ff9b:1::/48"), netip.MustParsePrefix("2001::/32"), netip.MustParsePrefix("2002::/16"),
	netip.MustParsePrefix("fec0::/10"),
}

// mayDial looks at the address that a name led to, when it is about to be
// dialled: a name that leads into the network around Octant leads nowhere.
func (p *providers) mayDial(address string) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil {
		return errNotPublic
	}
	addr := ap.Addr().Unmap()
	if addr.IsLoopback() && p.loopback {
		return nil
	}
	if !addr.IsGlobalUnicast() || addr.IsPrivate() || slices.ContainsFunc(notPublic, func(n netip.Prefix) bool { return n.Contains(addr) }) {
		return errNotPublic
	}
	return nil
}

// mostKnown is how many providers are remembered; there are about 200 trusts.
const mostKnown = 500

// look asks a provider to describe itself. Its keys stay remembered as long as
// the description does not change.
func (p *providers) look(ctx context.Context, issuer string) (known, error) {
	found, err := oidc.NewProvider(oidc.ClientContext(ctx, p.client), issuer)
	if err != nil {
		return known{}, unreachable(err)
	}
	k := known{Provider: found}
	var whole json.RawMessage
	if err := errors.Join(found.Claims(&k.about), found.Claims(&whole)); err != nil {
		return known{}, providerError{"its description cannot be read"}
	}
	k.whole = string(whole)
	for _, address := range []string{k.Endpoint().AuthURL, k.Endpoint().TokenURL, k.Keys} {
		if u, err := url.Parse(address); err != nil || !p.mayAsk(u) {
			return known{}, providerError{"its description names an address that is not https"}
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if old, ok := p.known[issuer]; ok && old.whole == k.whole {
		return old, nil
	}
	if len(p.known) >= mostKnown {
		clear(p.known)
	}
	p.known[issuer] = k
	return k, nil
}

// remembered is a provider as it described itself last; another replica may have
// asked it then.
func (p *providers) remembered(ctx context.Context, issuer string) (known, error) {
	p.mu.Lock()
	k, ok := p.known[issuer]
	p.mu.Unlock()
	if ok {
		return k, nil
	}
	return p.look(ctx, issuer)
}

// unreachable says why a provider could not be asked, without a word of what it
// answered.
func unreachable(err error) error {
	if _, ok := errors.AsType[*oidc.IssuerMismatchError](err); ok {
		return providerError{otherIssuer}
	}
	if errors.Is(err, context.Canceled) {
		return context.Canceled // the person has gone
	}
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return providerError{failed.Err.Error()}
	}
	return providerError{"it did not answer as a provider does"}
}

// config is what the exchange of a code needs.
func (k known) config(clientID, secret, callback string) oauth2.Config {
	c := oauth2.Config{
		ClientID: clientID, ClientSecret: secret, RedirectURL: callback, Endpoint: k.Endpoint(),
		Scopes: []string{oidc.ScopeOpenID, oidc.ScopeEmail},
	}
	c.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if len(k.SecretBy) > 0 && !slices.Contains(k.SecretBy, "client_secret_basic") && slices.Contains(k.SecretBy, "client_secret_post") {
		c.Endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	return c
}

// wellKnown is where a provider describes itself, below its issuer.
const wellKnown = "/.well-known/openid-configuration"

// mostIssuer is how long an issuer may be.
const mostIssuer = 250

// readIssuer is the issuer that somebody typed or pasted, or what is wrong with
// it. The address of its description is taken for it.
func (p *providers) readIssuer(typed string) (issuer, says string) {
	issuer = strings.TrimSuffix(strings.TrimSpace(typed), wellKnown)
	u, err := url.Parse(issuer)
	switch {
	case issuer == "":
		return "", "Enter the issuer"
	case len(issuer) > mostIssuer:
		return "", "Issuer must be 250 characters or fewer"
	case err != nil || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(issuer, " \t\n#?"):
		return "", "Enter the issuer as an address, such as https://login.example.nhs.uk"
	case !p.mayAsk(u):
		return "", "The issuer must begin with https://"
	}
	return issuer, ""
}

// ReadIssuer is the issuer of an identity provider for a service that people
// reach at the origin, or what is wrong with it, in words.
func ReadIssuer(typed, origin string) (issuer, says string) {
	return newProviders(originOnLoopback(origin)).readIssuer(typed)
}
