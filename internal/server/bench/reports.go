package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// measureReport compares the page of a frozen report, as a signed-in member
// reads it, with a bare page of the same length.
func measureReport(ctx context.Context, s *stage, t *table) error {
	report := visit{s.small.trusts[0].round(0) + "/report", s.members[0]}
	plain, sent, err := fetch(ctx, s.small.octant, report)
	if err != nil {
		return err
	}
	// What templ escapes would make the bare page longer than it should be.
	text := strings.NewReplacer("<", "(", ">", ")", "&", "+", `"`, ":", "'", ":").Replace(string(plain))
	if err := s.layOut(ctx, []byte(text)); err != nil {
		return err
	}
	barePlain, bareSent, err := fetch(ctx, s.bare, visit{"/page", ""})
	if err != nil {
		return err
	}
	ours, bare := side{server: s.small.octant}, side{server: s.bare}
	for i := range clients {
		ours.clients = append(ours.clients, get(visit{report.path, s.members[i]}))
		bare.clients = append(bare.clients, get(visit{"/page", ""}))
	}
	d, err := s.contest(ctx, ours, bare)
	if err != nil {
		return err
	}
	a, b := d.sums()
	t.atLeast("the report's page, 8 clients", perSecond(a.rate), perSecond(b.rate), d.ratio(rateOf), 0.8)
	t.plain("  its length", kilobytes(len(plain)), kilobytes(len(barePlain)), float64(len(plain))/float64(len(barePlain)))
	t.plain("  as it is sent", kilobytes(sent), kilobytes(bareSent), float64(sent)/float64(bareSent))
	t.plain("  99 of 100 within", millis(a.percentile(.99)), millis(b.percentile(.99)), ratio(a.percentile(.99), b.percentile(.99)))
	costs(t, a, b, 1/0.8)
	return nil
}

// fetch gets one page, and says how many bytes were sent for it.
func fetch(ctx context.Context, server *process, v visit) (plain []byte, sent int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+server.addr+v.path, nil)
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("Cookie", v.cookie)
	reply, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, 0, err
	}
	packed, err := io.ReadAll(reply.Body)
	_ = reply.Body.Close() // read to its end
	if err != nil || reply.StatusCode != http.StatusOK {
		return nil, 0, fmt.Errorf("%s: %s %w", v.path, reply.Status, err)
	}
	z, err := gzip.NewReader(strings.NewReader(string(packed)))
	if err != nil {
		return nil, 0, err
	}
	plain, err = io.ReadAll(z)
	return plain, len(packed), err
}

// growth is how much longer a page may take with much data than with little.
const growth = 1.10

// current is how many reports of each trust are read: the newest and the one
// before it.
const current = 2

// measureGrowth compares the report's page in the large database with the same
// in the small one: the first reading of a report, which makes its page, then
// further readings, first of as many reports as in the small one and then of
// every trust's current ones. One client asks, so that the time is the server's
// and not the queue's.
func measureGrowth(ctx context.Context, s *stage, t *table) error {
	few, err := s.small.reports(ctx, closed)
	if err != nil {
		return err
	}
	many, err := s.large.reports(ctx, current)
	if err != nil {
		return err
	}
	shuffled := rand.New(rand.NewPCG(s.seed, 1))
	shuffled.Shuffle(len(many), func(i, j int) { many[i], many[j] = many[j], many[i] })
	if err := s.firstReadings(ctx, t, few, many); err != nil {
		return err
	}
	small := side{s.small.octant, []conversation{get(few...)}}
	for _, pages := range [][]visit{many[:len(few)], many} {
		d, err := s.contest(ctx, side{s.large.octant, []conversation{get(pages...)}}, small)
		if err != nil {
			return err
		}
		a, b := d.sums()
		t.atMost(fmt.Sprintf("the report's page, %d trusts beside %d, %d reports read: half within", len(s.large.trusts), len(s.small.trusts), len(pages)),
			micros(a.percentile(.5)), micros(b.percentile(.5)), d.ratio(medianOf), growth)
		t.atMost("  CPU of both", micros(a.cpu()), micros(b.cpu()), ratio(a.cpu(), b.cpu()), growth)
	}
	held, err := s.large.octant.memory(ctx)
	if err != nil {
		return err
	}
	t.limit("  memory of the server after it", megabytes(held), "", false)
	return nil
}

func medianOf(s sample) float64 { return float64(s.percentile(.5)) }

// firstReadings reads pages that nobody has read, here and there in turn for as
// long as there are some in the small database, and then the others.
func (s *stage) firstReadings(ctx context.Context, t *table, few, many []visit) error {
	var large, small []time.Duration
	for i, page := range many {
		took, err := timed(ctx, s.large.octant, page)
		if err != nil {
			return err
		}
		large = append(large, took)
		if i >= len(few) {
			continue
		}
		if took, err = timed(ctx, s.small.octant, few[i]); err != nil {
			return err
		}
		small = append(small, took)
	}
	n := len(small) // only these were read in turns
	t.plain("a report's first reading, which makes its page: half within", millis(median(large[:n])), millis(median(small)),
		ratio(median(large[:n]), median(small)))
	return nil
}

func timed(ctx context.Context, server *process, v visit) (time.Duration, error) {
	began := time.Now()
	_, _, err := fetch(ctx, server, v)
	return time.Since(began), err
}

// reports lists the newest reports of every trust, with somebody who may read
// them.
func (w *world) reports(ctx context.Context, newest int) (pages []visit, err error) {
	for _, t := range w.trusts {
		cookies, err := w.signIn(ctx, t.members[1])
		if err != nil {
			return nil, err
		}
		for n := range newest {
			pages = append(pages, visit{t.round(closed-1-n) + "/report", cookies[0]})
		}
	}
	return pages, nil
}

// measureClosing times closing a whole board's round, and the scoring in it.
func measureClosing(_ context.Context, s *stage, t *table) error {
	took := median(s.closings)
	t.limit(fmt.Sprintf("closing a round of %d people and 44 questions", boardSize), millis(took), "under 1 s", took < time.Second)
	scoring, err := s.scoring()
	if err != nil {
		return err
	}
	t.limit("  of it, scoring and publishing", millis(scoring), "", false)
	return nil
}
