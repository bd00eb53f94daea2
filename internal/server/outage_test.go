package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"octant/internal/store"
	"octant/internal/store/storetest"
)

// line is a network line to Postgres that can be cut and mended.
type line struct {
	to string

	mu    sync.Mutex
	isCut bool
	conns []net.Conn
}

// layLine puts a line before the database at this address and gives the address
// of its near end.
func layLine(t *testing.T, address string) (*line, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	near, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{to: u.Host}
	t.Cleanup(func() { _ = near.Close(); l.cut() })
	go func() {
		for {
			c, err := near.Accept()
			if err != nil {
				return
			}
			l.join(c)
		}
	}()
	u.Host = near.Addr().String()
	return l, u.String()
}

// join carries one connection to the far end, unless the line is cut.
func (l *line) join(c net.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	far, err := net.Dial("tcp", l.to)
	if l.isCut || err != nil {
		_ = c.Close()
		return
	}
	l.conns = append(l.conns, c, far)
	for _, pair := range [][2]net.Conn{{c, far}, {far, c}} {
		go func() {
			_, _ = io.Copy(pair[0], pair[1])
			_ = pair[0].Close()
		}()
	}
}

func (l *line) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.isCut = true
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.conns = nil
}

func (l *line) mend() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.isCut = false
}

// TestDatabaseDown: while the database is away every page says so, what was
// typed comes back, what was saved is there afterwards, and nothing need be
// started again.
func TestDatabaseDown(t *testing.T) {
	t.Parallel()
	direct := storetest.New(t)
	l, near := layLine(t, storetest.AppURL(t, direct))
	db, err := store.Open(t.Context(), near, store.Options{Secret: storetest.Secret})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	s := siteOn(t, db)
	b := storetest.Trust(t, direct)
	_, path := s.openRound(b, "Autumn")
	me := s.as(b.Members[0])
	me.post(path+"/questions/1.1", "choice", "4", "comment", "kept", "revision", "0", "action", "continue").wants(http.StatusSeeOther)

	l.cut()
	s.nobody().get("/healthz").wants(http.StatusOK)
	s.nobody().get("/readyz").wants(http.StatusServiceUnavailable)
	s.nobody().get("/method").wants(http.StatusOK)
	for _, p := range []string{"/", path + "/questions", path + "/questions/1.1", path + "/report"} {
		me.get(p).wants(http.StatusServiceUnavailable).says("main", "already saved are safe")
	}
	down := me.post(path+"/questions/1.2", "choice", "2", "comment", "typed during the outage", "revision", "0", "action", "continue").
		wants(http.StatusServiceUnavailable)
	down.says("textarea[name=comment]", "typed during the outage")
	if down.header.Get("Retry-After") == "" {
		t.Error("nothing says when to come back")
	}
	if got, _ := down.page().Find("main form").Attr("action"); got != path+"/questions/1.2" {
		t.Errorf("sending again goes to %q", got)
	}
	script := me
	script.json = true
	script.post(path+"/questions/1.2", "choice", "2", "revision", "0").wants(http.StatusServiceUnavailable)

	l.mend()
	me.post(path+"/questions/1.2", "choice", "2", "comment", "typed during the outage", "revision", "0", "action", "continue").wants(http.StatusSeeOther)
	me.get(path+"/questions/1.1").says("textarea[name=comment]", "kept")
	s.nobody().get("/readyz").wants(http.StatusOK)
	for _, secret := range []string{"typed during the outage", "kept"} {
		if strings.Contains(s.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	reference := strings.TrimSpace(down.page().Find("main p strong").Text())
	if reference == "" || strings.Count(s.log.String(), "reference="+reference) != 1 {
		t.Errorf("the page gives reference %q, and the log:\n%s", reference, s.log)
	}
}

// TestWhoWaitedTooLongIsTold: only who has gone is told nothing. Who still waits
// when a request's time is over reads so, whatever the work that was broken off
// called it.
func TestWhoWaitedTooLongIsTold(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	broken := s.server.sessions.LoadAndSave(s.server.public(func(http.ResponseWriter, *http.Request) error { return context.Canceled }))
	answer := func(ctx context.Context) *httptest.ResponseRecorder {
		got := httptest.NewRecorder()
		broken.ServeHTTP(got, httptest.NewRequestWithContext(ctx, http.MethodPost, "/", http.NoBody))
		return got
	}
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if got := answer(late); got.Code != http.StatusServiceUnavailable || !strings.Contains(got.Body.String(), "cannot be reached just now") {
		t.Errorf("who waits is answered %d %q", got.Code, got.Body)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if got := answer(gone); got.Body.Len() > 0 {
		t.Errorf("who has gone is told %q", got.Body)
	}
}

// TestTimeOfARequest: a request that makes an edition has longer than another,
// and its connection stays open for as long.
func TestTimeOfARequest(t *testing.T) {
	t.Parallel()
	times := make(chan time.Duration, 1)
	site := httptest.NewUnstartedServer(welcome(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		until, _ := r.Context().Deadline()
		times <- time.Until(until)
	})))
	site.Config.WriteTimeout = time.Nanosecond // so that only who is given longer is answered
	site.Start()
	t.Cleanup(site.Close)
	ask := func(method, path string) (time.Duration, error) {
		r, err := http.NewRequestWithContext(t.Context(), method, site.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		got, err := site.Client().Do(r)
		if err == nil {
			err = got.Body.Close()
		}
		return <-times, err
	}
	if left, err := ask(http.MethodPost, "/admin/people"); err == nil || left > patience {
		t.Errorf("another request has %v: %v", left, err)
	}
	if left, err := ask(http.MethodPost, editionsPath); err != nil || left <= patience {
		t.Errorf("an edition has %v: %v", left, err)
	}
}
