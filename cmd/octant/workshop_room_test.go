package main

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"octant/web/e2e/program"
)

// Limits for a machine that is busy with other things; nothing here measures
// speed.
const (
	longWait   = time.Minute
	lookEvery  = 10 * time.Millisecond
	answerTime = 15 * time.Second
)

// eventually fails the test unless the answer becomes yes.
func eventually(tb testing.TB, what string, yes func() bool) {
	tb.Helper()
	look, limit := time.NewTicker(lookEvery), time.After(longWait)
	defer look.Stop()
	for !yes() {
		select {
		case <-look.C:
		case <-limit:
			tb.Fatalf("there was never %s", what)
		}
	}
}

// steadyAddress is one that a program can be given twice: it lies outside the
// range from which the system takes ports by itself, so that nobody gets it in
// between.
func steadyAddress(tb testing.TB) string {
	tb.Helper()
	for range 200 {
		address := fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000))
		if l, err := net.Listen("tcp", address); err == nil {
			_ = l.Close()
			return address
		}
	}
	tb.Fatal("no port is free")
	return ""
}

// visitorAt is somebody who has not signed in, with a connection of their own.
func visitorAt(tb testing.TB, base string, transport http.RoundTripper) *browser {
	tb.Helper()
	b := visitor(tb, &program.Program{URL: base})
	b.client.Transport, b.client.Timeout = transport, answerTime
	return b
}

// room is a workshop with whoever runs it and the devices in it.
type room struct {
	t          *testing.T
	desk       *browser
	path, code string
	devices    []*device
}

// openRoom makes a workshop at a demonstration, opens its lobby and seats so many
// devices.
func openRoom(t *testing.T, base string, devices int) *room {
	t.Helper()
	r := &room{t: t, desk: visitorAt(t, base, &http.Transport{})}
	r.desk.post("/demo/sign-in", form{"person": "facilitator"}).leads("/")
	place := strings.SplitN(r.desk.get("/").Find(`main a[href^="/trusts/"]`).First().AttrOr("href", ""), "/", 4)
	made := r.desk.post(strings.Join(place[:min(3, len(place))], "/")+"/workshops", form{"title": "A board workshop", "round": "none", "length": "short"})
	r.path = strings.TrimSuffix(made.location, "/agenda?done=proposed")
	r.desk.post(r.path+"/begin", form{"step": "0"}).leads(r.path)
	r.code = strings.TrimSpace(r.desk.get(r.path).Find(".app-join-code").First().Text())
	for range devices {
		r.devices = append(r.devices, r.joins(base, "voter"))
	}
	return r
}

// joins is a new device that has joined.
func (r *room) joins(base, as string) *device {
	r.t.Helper()
	d := &device{browser: visitorAt(r.t, base, &http.Transport{}), path: "/join/" + r.code, stirred: make(chan struct{})}
	d.get("/join")
	d.post("/join", form{"code": r.code, "as": as}).leads(d.path)
	return d
}

// next presses the one button that comes next, and says which it was.
func (r *room) next() string {
	r.t.Helper()
	var words string
	eventually(r.t, "an answer to the button that comes next", func() bool {
		page, err := r.desk.try(http.MethodGet, r.path, nil, "text/html")
		if err != nil || page.status != http.StatusOK {
			return false
		}
		f := page.Find("#next").Closest("form")
		words = strings.TrimSpace(f.Find("#next").Text())
		move := form{}
		for _, name := range []string{"step", "item", "move"} {
			move[name] = f.Find("[name="+name+"]").AttrOr("value", "")
		}
		moved, err := r.desk.try(http.MethodPost, r.path+"/move", move, "text/html")
		return err == nil && moved.status == http.StatusSeeOther
	})
	return words
}

// upTo presses what comes next until the button with these words was pressed.
func (r *room) upTo(words string) {
	r.t.Helper()
	for range 40 {
		if strings.HasPrefix(r.next(), words) {
			return
		}
	}
	r.t.Fatalf("there is never a button that says %q", words)
}

// follow has every device follow the session until the test ends.
func (r *room) follow() {
	r.t.Helper()
	for _, d := range r.devices {
		d.follow(r.t)
	}
	r.all("the newest state", func(d *device) bool { return d.opened() > 0 && d.page() != nil })
}

// all waits until something is true of every device.
func (r *room) all(what string, yes func(*device) bool) {
	r.t.Helper()
	for i, d := range r.devices {
		d.await(r.t, fmt.Sprintf("%s at device %d", what, i), yes)
	}
}

// device is a phone that follows a session as the page's script does: it listens
// to the stream, fetches its pieces whenever that begins or says that something
// changed, and opens it again whenever it ends.
type device struct {
	*browser
	path string

	acked  string   // its last choice that was acknowledged
	unsure []string // sent after that, and never answered
	faults []answered

	mu      sync.Mutex
	pieces  *goquery.Document
	tag     string
	streams int           // opened so far
	woken   int           // times that something was said to have changed
	stirred chan struct{} // closed at the next change of the above
}

func (d *device) stir(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
	close(d.stirred)
	d.stirred = make(chan struct{})
}

// await waits until something is true of the device.
func (d *device) await(tb testing.TB, what string, yes func(*device) bool) {
	tb.Helper()
	limit := time.After(longWait)
	for {
		d.mu.Lock()
		stirred := d.stirred
		d.mu.Unlock()
		if yes(d) {
			return
		}
		select {
		case <-stirred:
		case <-limit:
			shows := ""
			if p := d.page(); p != nil {
				shows = strings.Join(strings.Fields(p.Text()), " ")
			}
			tb.Fatalf("there was never %s; after %d streams and %d words it shows %.300q", what, d.opened(), d.wakings(), shows)
		}
	}
}

// page is what the device shows.
func (d *device) page() *goquery.Document {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pieces
}

func (d *device) opened() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.streams
}

func (d *device) wakings() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.woken
}

// shows says whether these words stand on the device.
func (d *device) shows(words string) bool {
	p := d.page()
	return p != nil && strings.Contains(strings.Join(strings.Fields(p.Text()), " "), words)
}

// chosen is the vote that a page shows as the device's own.
func chosen(page *goquery.Document) string {
	return page.Find("input[name=choice][checked]").AttrOr("value", "")
}

// follow begins to follow the session. It ends with the test.
func (d *device) follow(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var done sync.WaitGroup
	t.Cleanup(func() { stop(); done.Wait() })
	done.Go(func() {
		for wait := firstPause; ctx.Err() == nil; wait = min(2*wait, longestPause) {
			if d.listen(ctx) {
				wait = firstPause
			}
			select {
			case <-time.After(time.Duration(float64(wait) * (0.5 + rand.Float64()))):
			case <-ctx.Done():
			}
		}
	})
}

// Pauses before a stream is opened again, shorter than the script's.
const (
	firstPause   = 100 * time.Millisecond
	longestPause = 2 * time.Second
)

// listen follows one stream to its end, and says whether there was one.
func (d *device) listen(ctx context.Context) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.base+d.path+"/events", http.NoBody)
	if err != nil {
		return false
	}
	endless := *d.client
	endless.Timeout = 0
	response, err := endless.Do(r)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return false
	}
	fresh := true
	for lines := bufio.NewScanner(response.Body); lines.Scan(); {
		switch {
		case lines.Text() == "event: beat" && fresh:
			fresh = false
			d.fetch(ctx)
			d.stir(func() { d.streams++ })
		case lines.Text() == "event: changed":
			d.fetch(ctx)
			d.stir(func() { d.woken++ })
		}
	}
	return !fresh
}

// fetch brings the device's pieces to what they are now. What fails is tried
// again for as long as the device follows.
func (d *device) fetch(ctx context.Context) {
	for ctx.Err() == nil && !d.fetched(ctx) {
		select {
		case <-time.After(firstPause):
		case <-ctx.Done():
		}
	}
}

func (d *device) fetched(ctx context.Context) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.base+d.path+"/now", http.NoBody)
	if err != nil {
		return false
	}
	r.Header.Set("If-None-Match", d.tag)
	response, err := d.client.Do(r)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusNotModified:
		return true
	case http.StatusOK:
		pieces, err := goquery.NewDocumentFromReader(response.Body)
		if err == nil {
			d.stir(func() { d.pieces, d.tag = pieces, response.Header.Get("ETag") })
		}
		return err == nil
	}
	return false
}

// ballot is the vote that the device's page is about.
func (d *device) ballot() form {
	d.tb.Helper()
	page := d.get(d.path)
	return form{
		"item": page.Find(".nhsuk-radios").Closest("form").Find("input[name=item]").AttrOr("value", ""),
		"vote": page.Find("input[name=vote]").AttrOr("value", ""),
	}
}

// vote sends a choice, and remembers whether it was acknowledged.
func (d *device) vote(ballot form, choice string) bool {
	a, err := d.try(http.MethodPost, d.path+"/vote", form{"item": ballot["item"], "vote": ballot["vote"], "choice": choice}, "text/html")
	switch {
	case err == nil && a.status == http.StatusSeeOther && a.location == d.path:
		d.acked, d.unsure = choice, nil
		return true
	case err == nil:
		d.faults = append(d.faults, a)
	}
	d.unsure = append(d.unsure, choice)
	return false
}

// fell is how the vote fell, as the projector shows it: how many chose each
// level, and "" for those who do not know.
func (r *room) fell() map[string]int {
	r.t.Helper()
	fell := map[string]int{}
	r.desk.get(r.path + "/projector").Find(".app-votes").First().Find("tbody tr").Each(func(_ int, row *goquery.Selection) {
		level := row.Find("th").Clone()
		level.Find("span").Remove()
		if n := number(strings.TrimSpace(row.Find("td").Last().Text())); n > 0 {
			fell[strings.TrimSpace(level.Text())] = n
		}
	})
	return fell
}

// cookies are what the browser sends to an address.
func (b *browser) cookies(at string) string {
	b.tb.Helper()
	u, err := url.Parse(b.base + at)
	if err != nil {
		b.tb.Fatal(err)
	}
	var all []string
	for _, c := range b.client.Jar.Cookies(u) {
		all = append(all, c.Name+"="+c.Value)
	}
	return strings.Join(all, "; ")
}
