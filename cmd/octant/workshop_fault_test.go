package main

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"octant/internal/store/storetest"
	"octant/web/e2e/program"
)

// How many devices are in a room, how many of them vote before the fault comes,
// and how many of their votes are acknowledged by then.
const (
	inTheRoom        = 12
	votingEarly      = 10
	votesBeforeFault = 300
)

var choices = []string{"1", "2", "3", "4", "5", "0"}

// choicesOf are those that a device makes in a rush. Only two are ever at a loss,
// so that enough choose a level for each level to be told apart.
func choicesOf(device int) []string {
	if device < 2 {
		return choices
	}
	return choices[:5]
}

// rush is several devices that vote without pause.
type rush struct {
	room   *room
	acks   atomic.Int64
	missed atomic.Int64
	over   atomic.Bool
	all    sync.WaitGroup
}

// startRush has the early voters change their vote again and again. What is not
// acknowledged they send again, as the page's script does.
func startRush(r *room) *rush {
	r.t.Helper()
	rush := &rush{room: r}
	for i, d := range r.devices[:votingEarly] {
		ballot, own := d.ballot(), choicesOf(i)
		rush.all.Go(func() {
			for n := i; !rush.over.Load(); n++ {
				if d.vote(ballot, own[n%len(own)]) {
					rush.acks.Add(1)
					continue
				}
				rush.missed.Add(1)
				select {
				case <-time.After(lookEvery):
				case <-r.t.Context().Done():
					return
				}
			}
		})
	}
	return rush
}

// meet lets the fault come when so much was acknowledged that it meets many
// votes, then waits until something is true, and ends the rush.
func (rush *rush) meet(fault func(), until func() bool) {
	t := rush.room.t
	t.Helper()
	eventually(t, "a rush of votes", func() bool { return rush.acks.Load() >= votesBeforeFault })
	fault()
	eventually(t, "an end to the rush", until)
	rush.over.Store(true)
	rush.all.Wait()
	t.Logf("%d votes were acknowledged, %d were not", rush.acks.Load(), rush.missed.Load())
}

// kept fails the test unless every device's page shows what was last acknowledged
// to it, or what it sent after that and was never answered. What it shows counts
// from now on.
func (r *room) kept() {
	r.t.Helper()
	for i, d := range r.devices {
		shown := chosen(d.get(d.path).Document)
		if shown != d.acked && !slices.Contains(d.unsure, shown) {
			r.t.Errorf("device %d shows %q as its vote, but %q was acknowledged and %q were sent after", i, shown, d.acked, d.unsure)
		}
		d.acked, d.unsure = shown, nil
	}
}

// closes closes the vote and shows its result, which must be made of exactly what
// devices were told is kept. Every device must learn of both by itself.
func (r *room) closes() {
	r.t.Helper()
	for _, step := range [][2]string{{"Close the vote", "Voting is closed."}, {"Show the result", "This is how the vote fell."}} {
		before := map[*device]int{}
		for _, d := range r.devices {
			before[d] = d.wakings()
		}
		r.upTo(step[0])
		r.all(step[1], func(d *device) bool { return d.shows(step[1]) && d.wakings() > before[d] })
	}
	want := map[string]int{}
	for _, d := range r.devices {
		want[strings.TrimSuffix(d.acked, "0")]++
	}
	if got := r.fell(); !maps.Equal(got, want) {
		r.t.Errorf("the vote fell %v, but devices were told that %v is kept", got, want)
	}
}

// latecomers vote for the first time.
func (r *room) latecomers() {
	r.t.Helper()
	for i, d := range r.devices[votingEarly:] {
		if !d.vote(d.ballot(), choices[i]) {
			r.t.Errorf("latecomer %d cannot vote: %v", i, d.faults)
		}
	}
}

// TestProgramKilledMidVote: no acknowledged vote is lost, and every device is
// back by itself, as who it was, at the step it was at.
func TestProgramKilledMidVote(t *testing.T) {
	t.Parallel()
	environ := []string{"OCTANT_DATA=" + program.DataFolder(t), "OCTANT_ADDR=" + steadyAddress(t)}
	p := program.Serve(t, octant(t), environ, "--demo")
	r := openRoom(t, p.URL, inTheRoom)
	r.upTo("Open the vote")
	r.follow()
	cookies := map[*device]string{}
	for _, d := range r.devices {
		cookies[d] = d.cookies(d.path)
	}
	rush := startRush(r)
	rush.meet(p.Kill, func() bool { return rush.missed.Load() >= votingEarly })
	p.Wait()

	began := time.Now()
	program.Serve(t, octant(t), environ, "--demo")
	r.all("the vote again", func(d *device) bool { return d.opened() > 1 && d.shows("The vote is open.") })
	t.Logf("all %d devices were back %v after the program was started again", len(r.devices), time.Since(began).Round(time.Millisecond))
	r.kept()
	for i, d := range r.devices {
		if d.cookies(d.path) != cookies[d] {
			t.Errorf("device %d is somebody else now", i)
		}
		if got := chosen(d.page()); got != d.acked {
			t.Errorf("device %d came back with %q as its vote, not %q", i, got, d.acked)
		}
	}
	r.latecomers()
	r.closes()
}

// TestDatabaseRestartedMidVote: Postgres ends at once, as after a fault of its
// own, and is started again. The program stays, and so do its streams.
func TestDatabaseRestartedMidVote(t *testing.T) {
	t.Parallel()
	data := program.DataFolder(t)
	p := program.Serve(t, octant(t), []string{"OCTANT_DATA=" + data}, "--demo")
	r := openRoom(t, p.URL, inTheRoom)
	r.upTo("Open the vote")
	r.follow()
	rush := startRush(r)
	var after int64
	rush.meet(func() {
		if err := syscall.Kill(program.Postgres(t, data), syscall.SIGQUIT); err != nil { // as pg_ctl stop -m immediate does
			t.Error(err)
		}
		eventually(t, "a vote that is not taken", func() bool { return rush.missed.Load() > 0 })
		p.AwaitStatus("/readyz", http.StatusOK)
		after = rush.acks.Load()
	}, func() bool { return rush.acks.Load() > after+votesBeforeFault })
	r.outlives()
	for i, d := range r.devices {
		if n := d.opened(); n != 1 {
			t.Errorf("device %d had to open its stream %d times", i, n)
		}
	}
}

// outlives fails the test unless the room goes on as if its database had never been
// away: nothing was lost in silence, and a word reaches every device again.
func (r *room) outlives() {
	r.t.Helper()
	r.refusedInWords()
	r.all("a word of the listener's", func(d *device) bool { return d.wakings() > 0 })
	r.kept()
	r.latecomers()
	r.closes()
}

// refusedInWords fails the test unless whatever was not taken was answered with
// a page that says so, when to come back, and what to tell the operator.
func (r *room) refusedInWords() {
	r.t.Helper()
	n := 0
	for i, d := range r.devices {
		for _, a := range d.faults {
			n++
			if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" {
				r.t.Errorf("device %d was answered %d, Retry-After %q", i, a.status, a.header.Get("Retry-After"))
			}
			for _, words := range []string{"The service cannot be reached just now", "has not been saved yet", "Reference:"} {
				if !strings.Contains(a.Text(), words) {
					r.t.Errorf("device %d was not told %q:\n%s", i, words, strings.Join(strings.Fields(a.Find("main").Text()), " "))
				}
			}
		}
		d.faults = nil
	}
	r.t.Logf("%d votes met a database that was away; each was answered 503 in words", n)
}

// TestDatabaseAwayMidVote: for as long as nothing can be kept, nothing is said to
// be; every address of a room says when to come back.
func TestDatabaseAwayMidVote(t *testing.T) {
	t.Parallel()
	door, address := program.NewDoor(t, storetest.AppURL(t, storetest.New(t)))
	p := program.Serve(t, octant(t), []string{"DATABASE_URL=" + address, "OCTANT_DATA=" + program.DataFolder(t)}, "--demo")
	r := openRoom(t, p.URL, inTheRoom)
	r.upTo("Open the vote")
	r.follow()
	rush := startRush(r)
	ballot := r.devices[0].ballot()
	var after int64
	rush.meet(func() {
		door.Shut()
		p.AwaitStatus("/readyz", http.StatusServiceUnavailable)
		other := r.devices[votingEarly]
		for _, path := range []string{other.path, other.path + "/now", other.path + "/events", "/join"} {
			if got := other.get(path); got.status != http.StatusServiceUnavailable && path != "/join" {
				t.Errorf("%s answers %d", path, got.status)
			}
		}
		for _, path := range []string{r.path, r.path + "/now", r.path + "/projector", r.path + "/projector/now"} {
			if got := r.desk.get(path); got.status != http.StatusServiceUnavailable {
				t.Errorf("%s answers %d", path, got.status)
			}
		}
		again := other.post(other.path+"/vote", form{"item": ballot["item"], "vote": "1", "choice": "2"})
		if f := again.form(`form[action$="/vote"]`); again.status != http.StatusServiceUnavailable || f["choice"] != "2" || f["item"] != ballot["item"] {
			t.Errorf("a vote without a script answers %d and can be sent again as %v", again.status, f)
		}
		door.Open()
		p.AwaitStatus("/readyz", http.StatusOK)
		after = rush.acks.Load()
	}, func() bool { return rush.acks.Load() > after+votesBeforeFault })
	r.outlives()
}
