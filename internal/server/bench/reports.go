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

// measureGrowth compares the report's page in the large database with the same
// in the small one: first the same number of reports, spread over all trusts,
// then any report of any trust. One client asks, so that the time is the
// server's and not the queue's.
func measureGrowth(ctx context.Context, s *stage, t *table) error {
	few, err := s.small.reports(ctx, 1)
	if err != nil {
		return err
	}
	spread, err := s.large.reports(ctx, max(len(s.large.trusts)*closed/len(few), 1))
	if err != nil {
		return err
	}
	all, err := s.large.reports(ctx, 1)
	if err != nil {
		return err
	}
	shuffled := rand.New(rand.NewPCG(s.seed, 1))
	shuffled.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	small := side{s.small.octant, []conversation{get(few...)}}
	for _, c := range []struct {
		what  string
		pages []visit
	}{
		{fmt.Sprintf("%d reports among %d rather than %d, CPU a page", len(spread), len(all), len(few)), spread},
		{fmt.Sprintf("all %d reports at random rather than %d", len(all), len(few)), all},
	} {
		d, err := s.contest(ctx, side{s.large.octant, []conversation{get(c.pages...)}}, small)
		if err != nil {
			return err
		}
		a, b := d.sums()
		t.add(line{what: c.what})
		t.atMost("  half within", micros(a.percentile(.5)), micros(b.percentile(.5)), d.ratio(func(s sample) float64 { return float64(s.percentile(.5)) }), growth)
		t.atMost("  CPU of app and Postgres", micros(a.cpu()), micros(b.cpu()), ratio(a.cpu(), b.cpu()), growth)
	}
	return nil
}

// reports lists every so many of the database's reports, with somebody who may
// read each.
func (w *world) reports(ctx context.Context, every int) (pages []visit, err error) {
	n := 0
	for _, t := range w.trusts {
		var cookie string
		for round := range closed {
			if n++; (n-1)%every != 0 {
				continue
			}
			if cookie == "" {
				cookies, err := w.signIn(ctx, t.members[0])
				if err != nil {
					return nil, err
				}
				cookie = cookies[0]
			}
			pages = append(pages, visit{t.round(round) + "/report", cookie})
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
