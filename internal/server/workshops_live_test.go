package server

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"octant/internal/live"
)

// differs is what differs between two runs of the same script whatever was voted:
// ids, digests, tokens, times.
var differs = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|data-hash="[0-9a-f]+"|data-live-until="\d+"|Until \d\d:\d\d|> ?\d\d:\d\d<|/static/\S+|[A-Z0-9]{3}-[A-Z0-9]{3}|<path d="[^"]*"`)

// transcript runs a script up to before each reveal with these votes, and is all
// that everybody but the voters receives.
func transcript(t *testing.T, first, second []string) []string {
	t.Helper()
	s := startSite(t)
	r := s.openLobby(len(first))
	quiet, watching := r.seated(), s.nobody().joins(r.code, "observer")
	var out []string
	collect := func() {
		for _, from := range []struct {
			b    browser
			path string
		}{
			{quiet, r.phone()},
			{quiet, r.phone() + "/now"},
			{watching, r.phone()},
			{watching, r.phone() + "/now"},
			{r.desk, r.path},
			{r.desk, r.path + "/now"},
			{r.desk, r.path + "/projector"},
			{r.desk, r.path + "/projector/now"},
			{r.desk, r.path + "/agenda"},
			{r.desk, r.path + "/tally"},
			{r.desk, r.path + "/devices"},
		} {
			got := from.b.get(from.path).wants(http.StatusOK)
			got.header.Del("Etag")
			got.header.Del("Content-Length")
			clean := differs.ReplaceAllString(fmt.Sprint(from.path, got.header, got.body), "#")
			clean = strings.NewReplacer(r.board.ODS, "ODS", r.board.Name, "NAME").Replace(clean)
			out = append(out, clean)
		}
	}
	r.upTo("Open the vote")
	for i, choice := range first {
		r.vote(r.phones[i], choice).leads(r.phone())
		collect()
	}
	r.upTo("Close the vote")
	collect()
	if second == nil {
		return out
	}
	r.upTo("Open the second vote")
	out = nil // the first vote has been shown, and differs if it did
	for i, choice := range second {
		r.vote(r.phones[i], choice).leads(r.phone())
		collect()
	}
	r.upTo("Close the second vote")
	collect()
	return out
}

// TestNothingOfAVoteLeavesBeforeItsReveal: whatever people vote, every byte that
// anybody else is sent is the same.
func TestNothingOfAVoteLeavesBeforeItsReveal(t *testing.T) {
	t.Parallel()
	same := []string{"3", "3", "4", "3", "4", "3"}
	for _, c := range []struct{ first, second, otherFirst, otherSecond []string }{
		{[]string{"1", "2", "5", "dk", "3", "4"}, nil, []string{"5", "5", "5", "1", "1", "dk"}, nil},
		{same, []string{"1", "2", "5", "dk", "3", "4"}, same, []string{"4", "4", "4", "4", "dk", "dk"}},
	} {
		one, other := transcript(t, c.first, c.second), transcript(t, c.otherFirst, c.otherSecond)
		if len(one) != len(other) || len(one) < 60 {
			t.Fatalf("%d answers and %d", len(one), len(other))
		}
		for i := range one {
			if one[i] != other[i] {
				t.Fatalf("answer %d depends on the vote: %s", i, firstDifference(one[i], other[i]))
			}
		}
	}
}

func firstDifference(a, b string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("…%.200q\nagainst …%.200q", a[max(0, i-80):], b[max(0, i-80):])
		}
	}
	return "one is longer"
}

// heard is a stream that is listened to.
type heard struct {
	t     *testing.T
	words chan string
}

// listen opens a stream of a site that is served.
func listen(t *testing.T, served *httptest.Server, b browser, path string) heard {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, served.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", b.cookie)
	got, err := served.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = got.Body.Close() })
	if got.StatusCode != http.StatusOK || got.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%s: %s %v", path, got.Status, got.Header)
	}
	h := heard{t, make(chan string, 100)}
	go func() {
		defer close(h.words)
		for lines := bufio.NewScanner(got.Body); lines.Scan(); {
			if lines.Text() != "" {
				h.words <- lines.Text()
			}
		}
	}()
	h.says("retry: 2000", "event: beat", "data: 1")
	return h
}

// says fails the test unless these lines come next.
func (h heard) says(lines ...string) {
	h.t.Helper()
	for _, want := range lines {
		select {
		case got := <-h.words:
			if got != want {
				h.t.Fatalf("the stream says %q, want %q", got, want)
			}
		case <-time.After(20 * time.Second):
			h.t.Fatalf("the stream never says %q", want)
		}
	}
}

// ends fails the test unless the stream ends, whatever it says before.
func (h heard) ends() {
	h.t.Helper()
	for late := time.After(20 * time.Second); ; {
		select {
		case _, on := <-h.words:
			if !on {
				return
			}
		case <-late:
			h.t.Fatal("the stream does not end")
		}
	}
}

// liveSite is a site with a hub, served with deadlines that a stream outlives.
func liveSite(t *testing.T) (*site, *live.Hub, *httptest.Server) {
	t.Helper()
	s := startSite(t)
	hub := live.Start(t.Context(), live.Options{Listen: s.db.Listen, Tell: s.db.Tell, Log: s.server.log})
	t.Cleanup(hub.Stop)
	s.server.hub = hub
	served := httptest.NewUnstartedServer(s.routes)
	served.Config.WriteTimeout, served.Config.ReadTimeout = 200*time.Millisecond, 200*time.Millisecond
	served.Start()
	t.Cleanup(served.Close)
	return s, hub, served
}

// TestStreamsSayOnlyThatSomethingChanged: devices and the projector hear of moves
// and never of votes; only the console does. Streams outlive the server's
// deadlines and end when it stops.
func TestStreamsSayOnlyThatSomethingChanged(t *testing.T) {
	t.Parallel()
	s, hub, served := liveSite(t)
	r := s.openLobby(6)
	r.upTo("Open the vote")
	phone := listen(t, served, r.phones[0], r.phone()+"/events")
	wall := listen(t, served, r.desk, r.path+"/projector/events")
	desk := listen(t, served, r.desk, r.path+"/events")
	began := time.Now()
	for i, p := range r.phones {
		r.vote(p, strconv.Itoa(1+i%5)).leads(r.phone())
		if i == 0 {
			desk.says("event: changed", "data: 1")
		}
	}
	<-time.After(time.Until(began.Add(500 * time.Millisecond)))
	r.upTo("Close the vote")
	for _, h := range []heard{phone, wall} {
		h.says("event: changed", "data: 1")
	}
	if len(phone.words) > 0 || len(wall.words) > 0 {
		t.Error("the streams say more than that something changed once")
	}
	hub.Stop()
	for _, h := range []heard{phone, wall, desk} {
		h.ends()
	}
}

// TestStreamsNeedASeat: nobody listens who may not look.
func TestStreamsNeedASeat(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	r := s.openLobby(1)
	s.nobody().get(r.phone() + "/events").wants(http.StatusNotFound)
	s.as(r.board.Members[0]).get(r.path + "/events").wants(http.StatusForbidden)
	s.as(r.board.Members[0]).get(r.path + "/projector").wants(http.StatusForbidden)
	other := s.openLobby(1)
	other.phones[0].get(r.phone() + "/events").wants(http.StatusNotFound)
}
