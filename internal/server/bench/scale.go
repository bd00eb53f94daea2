package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// What many trusts over many years are measured beside, and what they may cost.
const (
	fewRounds    = 4
	middleRounds = 8  // more than a page shows at a time
	manySeen     = 50 // trusts that one person looks after
	toClose      = 15 // rounds that are closed
	flat         = 1.2
	editionGoal  = 5 * time.Second
)

// scales are the databases of the measurement: few trusts of few rounds, as many
// as one person looks after with more rounds than a page shows, and many of many.
type scales struct {
	*stage
	*table
	few, middle, many *world
	ofMany            *history
}

// measureScale compares the pages that set rounds and trusts beside each other,
// and the closing of a round, in a database with many trusts and years with the
// same in one with few; and makes a benchmark edition in the large one.
func measureScale(ctx context.Context, s *stage, t *table) error {
	began := time.Now()
	today := midnight(began)
	m := &scales{stage: s, table: t}
	for _, size := range []struct {
		to             **world
		name           string
		trusts, rounds int
	}{{&m.few, "scale_few", few, fewRounds}, {&m.middle, "scale_middle", manySeen, middleRounds}, {&m.many, "scale_many", s.trusts, s.rounds}} {
		h, err := s.history(size.trusts, size.rounds, today)
		if err != nil {
			return err
		}
		*size.to, err = s.makeWorld(ctx, size.name, func(ctx context.Context, w *world) error {
			if err := h.fill(ctx, w); err != nil || w.name != "scale_many" {
				return err
			}
			return h.editions(ctx, w)
		})
		if err != nil {
			return err
		}
		m.ofMany = h
	}
	fmt.Fprintf(os.Stderr, "bench: making the data took %.0f s\n", time.Since(began).Seconds())
	if err := m.sizes(ctx); err != nil {
		return err
	}
	for _, do := range []func(context.Context) error{m.edition, m.pages, m.matrices, m.closing} {
		if err := do(ctx); err != nil {
			return err
		}
	}
	return nil
}

// sizes says how large the database with many trusts is, and how long it took to
// fill.
func (m *scales) sizes(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, m.many.ownerURL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var answers, reports, heap, keys, whole int64
	err = conn.QueryRow(ctx, `
		SELECT (SELECT count(*) FROM answers), (SELECT count(*) FROM reports),
		       pg_table_size('answers'), pg_indexes_size('answers'), pg_database_size(current_database())`).
		Scan(&answers, &reports, &heap, &keys, &whole)
	if err != nil {
		return err
	}
	m.notes = append(m.notes, fmt.Sprintf("Scale: %d trusts, %d closed rounds each, %d answers, %d reports; answers take %s and their key %s of %s; "+
		"copied in within %.0f s, answers and all (%.0f a second); VACUUM ANALYZE %.1f s.",
		len(m.many.trusts), m.rounds, answers, reports, megabytes(heap), megabytes(keys), megabytes(whole),
		m.many.copying.Seconds(), float64(answers)/m.many.copying.Seconds(), m.many.vacuum.Seconds()))
	return nil
}

// closing closes a round here and there in turn.
func (m *scales) closing(ctx context.Context) error {
	var took [2][]time.Duration
	queues := [2][]waitingRound{m.waiting(m.many), m.waiting(m.few)}
	for n := range min(len(queues[0]), len(queues[1])) {
		for i := range 2 {
			which := (n + i) % 2
			d, err := queues[which][n].close(ctx)
			if err != nil {
				return err
			}
			took[which] = append(took[which], d)
		}
	}
	m.atMost(fmt.Sprintf("closing a round, %s beside %s: half within", m.size(m.many), m.size(m.few)),
		millis(median(took[0])), millis(median(took[1])), ratio(median(took[0]), median(took[1])), flat)
	return nil
}

// waitingRound is a round that everybody has answered.
type waitingRound struct {
	in    *world
	trust trust
	round int
}

func (m *scales) waiting(w *world) (all []waitingRound) {
	for n := m.closedIn(w); ; n++ {
		before := len(all)
		for _, t := range w.trusts {
			if n < len(t.rounds) {
				all = append(all, waitingRound{w, t, n})
			}
		}
		if len(all) == before {
			return all
		}
	}
}

func (r waitingRound) close(ctx context.Context) (time.Duration, error) {
	t, err := r.in.db.Enter(ctx, r.trust.lead.id, r.trust.ods)
	if err != nil {
		return 0, err
	}
	began := time.Now()
	err = t.CloseRound(ctx, r.trust.rounds[r.round], began)
	return time.Since(began), err
}

// edition has a program that was just started make a benchmark edition, as an
// administrator asks for it.
func (m *scales) edition(ctx context.Context) error {
	cookies, err := m.many.signIn(ctx, m.ofMany.onlooker(0))
	if err != nil {
		return err
	}
	p, err := m.serve(ctx, m.many)
	if err != nil {
		return err
	}
	began := time.Now()
	err = post(ctx, p, "/admin/benchmarks", cookies[0])
	took := time.Since(began)
	if stopped := p.stop(); err == nil {
		err = stopped
	}
	if err != nil {
		return err
	}
	m.limit(fmt.Sprintf("a benchmark edition of %d trusts, after %d others", len(m.many.trusts), len(m.many.editions)), seconds(took), "under "+seconds(editionGoal), took < editionGoal)
	m.many.editions = append(m.many.editions, took)
	if used, ok := p.cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		held := int64(used.Maxrss)
		if runtime.GOOS != "darwin" { // which counts bytes, not kibibytes
			held *= 1024
		}
		m.limit("  memory of the server at its most", megabytes(held), "under "+megabytes(memoryGoal), held < memoryGoal)
	}
	return nil
}

// post posts an empty form, which has to lead on.
func post(ctx context.Context, p *process, path, cookie string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.addr+path, strings.NewReader(""))
	if err != nil {
		return err
	}
	req.Header.Set("Origin", "http://"+p.addr)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Cookie", cookie)
	reply, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return err
	}
	defer func() { _ = reply.Body.Close() }() // nothing is lost with it
	if reply.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("%s answered %s\n%s", path, reply.Status, p.told())
	}
	return nil
}
