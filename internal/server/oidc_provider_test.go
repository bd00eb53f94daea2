package server

import (
	"bufio"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"octant/internal/store"
	"octant/internal/store/storetest"
)

// ours is where the test's Octant is: on loopback, so that a provider may be too.
const ours = "http://127.0.0.1:8080"

// What Octant and the providers of tests know each other by.
const (
	testClient = "octant-in-a-test"
	testSecret = "known to both of them"
)

// onOurs sets up a site that has a provider of its own, or none.
func onOurs(p store.Provider) func(*Options) {
	return func(o *Options) { o.Origin, o.Provider = ours, p }
}

// provider is a real identity provider in a process of its own.
type provider struct {
	t      *testing.T
	issuer string
	cmd    *exec.Cmd
	leash  io.Closer
}

// startProvider starts a provider. config adds to what web/e2e/oidc/provider.mjs
// is told, such as the name of its key.
func startProvider(t *testing.T, config map[string]any) *provider {
	t.Helper()
	all := map[string]any{"port": 0, "key": "first", "client": testClient, "secret": testSecret, "callback": ours + providerCallback}
	maps.Copy(all, config)
	told, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, cmd: exec.Command("node", filepath.Join("..", "..", "web", "e2e", "oidc", "provider.mjs"), string(told))}
	in, errIn := p.cmd.StdinPipe()
	out, errOut := p.cmd.StdoutPipe()
	if errIn != nil || errOut != nil {
		t.Fatal(errIn, errOut)
	}
	p.leash = in
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if at, found := strings.CutPrefix(lines.Text(), "The provider is at "); found {
			p.issuer = at
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return p
		}
	}
	t.Fatal("the provider does not start: is oidc-provider in web/node_modules? `make assets` puts it there")
	return nil
}

// stop ends the provider. It can be stopped twice.
func (p *provider) stop() {
	_ = p.leash.Close()
	_ = p.cmd.Wait()
}

// again starts the provider anew where it was, with other keys.
func (p *provider) again(key string) {
	p.t.Helper()
	p.stop()
	u, err := url.Parse(p.issuer)
	if err != nil {
		p.t.Fatal(err)
	}
	started := startProvider(p.t, map[string]any{"port": json.Number(u.Port()), "key": key})
	p.cmd, p.leash = started.cmd, started.leash
}

// signIn goes through the provider's pages as somebody with this address, and
// gives the address of Octant that they are sent back to.
func (p *provider) signIn(start, email string) string {
	p.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		p.t.Fatal(err)
	}
	client := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), ours) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	resp, err := client.Get(start)
	for range 5 {
		if err != nil {
			p.t.Fatal(err)
		}
		if back := resp.Header.Get("Location"); strings.HasPrefix(back, ours) {
			_ = resp.Body.Close()
			return strings.TrimPrefix(back, ours)
		}
		page, errPage := goquery.NewDocumentFromReader(resp.Body)
		_ = resp.Body.Close()
		form := page.Find("form").First()
		if errPage != nil || form.Length() == 0 {
			p.t.Fatalf("the provider shows no form (%v): %d %.400s", errPage, resp.StatusCode, page.Text())
		}
		fields := url.Values{}
		form.Find("input").Each(func(_ int, in *goquery.Selection) { fields.Set(in.AttrOr("name", ""), in.AttrOr("value", "")) })
		if fields.Has("login") {
			fields.Set("login", email)
			fields.Set("password", "anything")
		}
		resp, err = client.PostForm(form.AttrOr("action", ""), fields)
	}
	p.t.Fatal("the provider leads nowhere")
	return ""
}

// signer is a small provider of our own, for what a real one would never do. Its
// tokens are sound unless a test spoils them.
type signer struct {
	t      *testing.T
	server *httptest.Server

	mu      sync.Mutex
	key     *rsa.PrivateKey
	kid     string
	nonce   string // of the sign-in that is under way
	spoil   func(claims map[string]any)
	forge   func(token string) string
	about   func(description map[string]any)
	answer  map[string]http.HandlerFunc // in place of its own, by path
	asked   []string                    // paths, in order
	trusted string                      // the secret it was shown
}

// rsaKey is made once: keys take long to make.
var rsaKey = sync.OnceValue(newKey)

func newKey() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
}

func startSigner(t *testing.T) *signer {
	t.Helper()
	s := &signer{t: t, key: rsaKey(), kid: "first", answer: map[string]http.HandlerFunc{}}
	own := map[string]http.HandlerFunc{wellKnown: s.describe, "/keys": s.keys, "/token": s.exchange}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.Path)
		handle := s.answer[r.URL.Path]
		s.mu.Unlock()
		if handle == nil {
			handle = own[r.URL.Path]
		}
		if handle == nil {
			handle = http.NotFound
		}
		handle(w, r)
	}))
	t.Cleanup(s.server.Close)
	return s
}

func (s *signer) describe(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := map[string]any{
		"issuer": s.server.URL, "authorization_endpoint": s.server.URL + "/auth", "token_endpoint": s.server.URL + "/token",
		"jwks_uri": s.server.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"},
	}
	if s.about != nil {
		s.about(d)
	}
	writeJSON(w, http.StatusOK, d)
}

func (s *signer) keys(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	public := s.key.PublicKey
	writeJSON(w, http.StatusOK, map[string]any{"keys": []any{map[string]any{
		"kty": "RSA", "use": "sig", "alg": "RS256", "kid": s.kid,
		"n": base64.RawURLEncoding.EncodeToString(public.N.Bytes()),
		"e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(public.E)).Bytes()),
	}}})
}

// exchange gives an ID token for any code.
func (s *signer) exchange(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, s.trusted, _ = r.BasicAuth()
	now := time.Now()
	claims := map[string]any{
		"iss": s.server.URL, "sub": "somebody", "aud": testClient, "nonce": s.nonce, "email_verified": true,
		"iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
	}
	if s.spoil != nil {
		s.spoil(claims)
	}
	token := sign(s.t, s.key, s.kid, claims)
	if s.forge != nil {
		token = s.forge(token)
	}
	writeJSON(w, http.StatusOK, map[string]any{"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": token})
}

// sign makes a token by hand.
func sign(t *testing.T, key *rsa.PrivateKey, kid string, claims map[string]any) string {
	body := part(t, map[string]any{"alg": "RS256", "typ": "JWT", "kid": kid}) + "." + part(t, claims)
	digest := sha256.Sum256([]byte(body))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, digest[:])
	if err != nil {
		t.Error(err)
	}
	return body + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// part is one part of a token.
func part(t *testing.T, v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		t.Error(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// set changes what the signer does.
func (s *signer) set(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// back is the address by which somebody comes back from the signer whom Octant
// sent to this one.
func (s *signer) back(start string) url.Values {
	s.t.Helper()
	u, err := url.Parse(start)
	if err != nil {
		s.t.Fatal(err)
	}
	s.set(func() { s.nonce = u.Query().Get("nonce") })
	return url.Values{"code": {"a code of the signer"}, "state": {u.Query().Get("state")}}
}

// setProvider sets up a trust's provider.
func (s *site) setProvider(b storetest.Board, issuer string, domains ...string) {
	s.t.Helper()
	p := store.Provider{ODS: b.ODS, Issuer: issuer, ClientID: testClient, Secret: testSecret, Domains: domains}
	if err := s.db.SetProvider(context.Background(), s.administrator(), p, time.Now()); err != nil {
		s.t.Fatal(err)
	}
}

// depart starts a sign-in and gives the address of the provider that it leads to.
func (b *browser) depart(path string) string {
	b.site.t.Helper()
	r := b.keep(b.post(path))
	r.wants(http.StatusOK).says("h1", "Going on to your trust")
	start := r.page().Find(`main a[href^="http"]`).AttrOr("href", "")
	if start == "" || r.header.Get("Refresh") != "0; url="+start {
		b.site.t.Fatalf("it leads to %q, and by itself to %q", start, r.header.Get("Refresh"))
	}
	return start
}
