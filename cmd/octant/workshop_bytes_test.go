package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"testing"
)

// scripts are how the devices of a room vote, one after the other. The first is
// compared with each of the others: between them every device votes otherwise in
// one and the same in the other, so that what it receives can be held against
// votes of others that it is to know nothing of.
var scripts = [][]string{
	{"1", "5", "3", "0", "2", "4", "5"},
	{"4", "5", "1", "0", "5", "4", "0"},
	{"1", "2", "3", "3", "2", "1", "5"},
}

// TestNoByteOfAVoteLeavesBeforeItsReveal records every byte that the built
// program sends to anybody between the opening of a vote and its reveal, in runs
// that differ in the votes alone: each begins at a copy of one database, with the
// same ids, codes, cookies and secret. What is left to differ is the time of day
// in a header, and the heartbeats of a stream that lives long enough.
func TestNoByteOfAVoteLeavesBeforeItsReveal(t *testing.T) {
	t.Parallel()
	for _, vote := range []string{"1", "2"} {
		t.Run("vote "+vote, func(t *testing.T) {
			t.Parallel()
			stage := setStage(t, vote)
			first := stage.play(t, scripts[0])
			for _, script := range scripts[1:] {
				compare(t, first, stage.play(t, script))
			}
			search(t, first)
		})
	}
}

// timely is what differs from one second to the next: the one header with the
// time, a stream's heartbeats after the first, and whether its last word still
// leaves when the program is stopped.
var timely = []struct {
	is   *regexp.Regexp
	gets string
}{
	{regexp.MustCompile(`(?m)^Date: .{29}\r$`), "Date: \r"},
	{regexp.MustCompile(`17\r\nevent: beat\ndata: 1\n\n\r\n`), ""},
	{regexp.MustCompile(`0\r\n\r\n$`), ""},
}

// lasting is an exchange without what is timely.
func (e exchange) lasting() string {
	raw := string(e.raw)
	for _, t := range timely {
		raw = t.is.ReplaceAllString(raw, t.gets)
	}
	return raw
}

// open is what the receiver reads, unpacked.
func (e exchange) open(t *testing.T) string {
	t.Helper()
	got, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(e.raw)), nil)
	if err != nil {
		t.Fatalf("%s: %v", e.what, err)
	}
	defer got.Body.Close()
	body := io.Reader(got.Body)
	if got.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(got.Body); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatalf("%s: %v", e.what, err)
	}
	return fmt.Sprint(got.Status, got.Header, string(text))
}

// compare fails the test unless both runs sent everybody the same, byte for byte
// and packed as it came. A device that voted otherwise itself was sent its own
// vote back, but never in more or fewer bytes.
func compare(t *testing.T, one, other []*party) {
	t.Helper()
	same, bytes, lengths := 0, 0, 0
	for i, a := range one {
		b := other[i]
		if len(a.exchanges) != len(b.exchanges) {
			t.Fatalf("%s was answered %d times and %d times", a.name, len(a.exchanges), len(b.exchanges))
		}
		for n, e := range a.exchanges {
			x, y := e.lasting(), b.exchanges[n].lasting()
			switch {
			case a.voted != b.voted && len(x) != len(y):
				t.Errorf("%s, %s: %d bytes after voting %s, %d after voting %s", a.name, e.what, len(x), a.voted, len(y), b.voted)
			case a.voted != b.voted:
				lengths++
			case x != y:
				t.Errorf("%s, %s depends on how others voted:\n%s", a.name, e.what, firstDifference(e.open(t), b.exchanges[n].open(t)))
			default:
				same++
				bytes += len(x)
			}
		}
	}
	t.Logf("%d answers of %d bytes are the same byte for byte; %d to devices that voted otherwise are as long", same, bytes, lengths)
}

func firstDifference(a, b string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("…%.200q\nagainst …%.200q", a[max(0, i-80):], b[max(0, i-80):])
		}
	}
	return "one is longer, or packed otherwise"
}

// votes are the forms in which a vote or a result stands on a page.
var votes = regexp.MustCompile(`name="choice"[^>]* checked|You chose|app-votes|Your vote is in|"counts"|"dontKnow"|first_told`)

// search looks for a vote in everything that was received, unpacked. Only a
// device's own pages may show one, and only its own.
func search(t *testing.T, all []*party) {
	t.Helper()
	for _, who := range all {
		size, own := 0, 0
		for _, e := range who.exchanges {
			size += len(e.raw)
			text := e.open(t)
			if found := votes.FindString(text); found != "" && who.voted == "" {
				t.Errorf("%s, %s holds %q", who.name, e.what, found)
			}
			for _, chosen := range ownVote.FindAllStringSubmatch(text, -1) {
				own++
				if chosen[1] != who.voted && chosen[1] != who.before {
					t.Errorf("%s, %s shows the vote %q, but its own are %q and %q", who.name, e.what, chosen[1], who.before, who.voted)
				}
			}
		}
		if who.voted != "" && own == 0 {
			t.Errorf("%s never shows its own vote, so that the search finds nothing", who.name)
		}
		t.Logf("%-25s %3d answers, %6d bytes, %2d show its own vote", who.name, len(who.exchanges), size, own)
	}
}

var ownVote = regexp.MustCompile(`name="choice"[^>]* value="(\w+)"[^>]* checked`)
