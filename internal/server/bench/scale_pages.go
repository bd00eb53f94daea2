package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// pages compares what people of one trust see.
func (m *scales) pages(ctx context.Context) error {
	cookies := map[*world][]string{}
	for _, w := range []*world{m.few, m.middle, m.many} {
		if err := m.copyEditions(ctx, w); err != nil {
			return err
		}
		var err error
		if cookies[w], err = w.signInLeads(ctx); err != nil {
			return err
		}
	}
	before, err := m.answersRead(ctx)
	if err != nil {
		return err
	}
	newest := func(w *world, back int) int { return m.closedIn(w) - 1 - back }
	for _, p := range []struct {
		what  string
		path  func(*world, trust) string
		grows bool // shows more where there are more rounds than few, up to a page
	}{
		{"how a trust's scores have gone", func(_ *world, t trust) string { return "/trusts/" + t.ods + "/trend" }, true},
		{"two rounds beside each other", func(w *world, t trust) string {
			return "/trusts/" + t.ods + "/trend/" + t.rounds[newest(w, 1)].String() + "/" + t.rounds[newest(w, 0)].String()
		}, false},
		{"a trust beside the others", func(_ *world, t trust) string { return "/trusts/" + t.ods + "/peers" }, false},
		{"a report", func(w *world, t trust) string { return t.round(newest(w, 0)) + "/report" }, false},
		{"a trust's own page", func(_ *world, t trust) string { return "/trusts/" + t.ods }, true},
	} {
		ours := m.visits(m.many, cookies[m.many], p.path)
		for _, beside := range []*world{m.few, m.middle} {
			if beside == m.middle && !p.grows {
				continue
			}
			if _, err := m.contestPages(ctx, p.what, m.many, ours, beside, m.visits(beside, cookies[beside], p.path)); err != nil {
				return err
			}
		}
	}
	after, err := m.answersRead(ctx)
	if err != nil {
		return err
	}
	m.limit("answers that all these pages read", strconv.FormatInt(after-before, 10), "0", after == before)
	return nil
}

func (m *scales) closedIn(w *world) int {
	switch w {
	case m.many:
		return m.rounds
	case m.middle:
		return middleRounds
	}
	return fewRounds
}

// mostVisited is how many trusts' pages are asked for: more than there are in
// England, and no more pages than the program keeps.
const mostVisited = 300

// visits are one page of each trust that shares at all, in the order of chance.
func (m *scales) visits(w *world, cookies []string, path func(*world, trust) string) (all []visit) {
	for i, t := range w.trusts {
		if rungOf(i) != "private" {
			all = append(all, visit{path(w, t), cookies[i]})
		}
	}
	rand.New(rand.NewPCG(m.seed, 4)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(len(all), mostVisited)]
}

// contestPages compares pages in one database with pages in another.
func (m *scales) contestPages(ctx context.Context, what string, w *world, ours []visit, beside *world, theirs []visit) (duel, error) {
	for _, s := range []struct {
		server *process
		pages  []visit
	}{{w.octant, ours}, {beside.octant, theirs}} {
		for _, page := range s.pages { // some pages are kept once they were made
			if _, err := timed(ctx, s.server, page); err != nil {
				return duel{}, err
			}
		}
	}
	d, err := m.contest(ctx, side{w.octant, []conversation{get(ours...)}}, side{beside.octant, []conversation{get(theirs...)}})
	if err != nil {
		return d, err
	}
	a, b := d.sums()
	m.atMost(fmt.Sprintf("%s, %s beside %s: half within", what, m.size(w), m.size(beside)),
		micros(a.percentile(.5)), micros(b.percentile(.5)), d.ratio(medianOf), flat)
	m.plain("  CPU of the app", micros(a.app), micros(b.app), ratio(a.app, b.app))
	m.plain("  CPU of Postgres", micros(a.postgres), micros(b.postgres), ratio(a.postgres, b.postgres))
	return d, nil
}

func (m *scales) size(w *world) string {
	return fmt.Sprintf("%d × %d", len(w.trusts), m.closedIn(w))
}

// matrices compares the page that sets trusts beside each other: that of few
// trusts and that of as many as one page shows, each in a large and in a small
// database, and then the long one with the short one.
func (m *scales) matrices(ctx context.Context) error {
	read, err := m.answersRead(ctx)
	if err != nil {
		return err
	}
	onto := func(w *world, place int) ([]visit, error) {
		cookies, err := w.signIn(ctx, m.ofMany.onlooker(place))
		if err != nil {
			return nil, err
		}
		return []visit{{"/compare", cookies[0]}}, nil
	}
	for _, p := range []struct {
		what      string
		w, beside *world
		ours      int
		theirs    int
	}{
		{"the matrix of 3 trusts", m.many, m.few, 1, 1},
		{"the matrix of 50 trusts", m.many, m.middle, 2, 2},
		{"the matrix of 50 trusts beside that of 3", m.many, m.few, 2, 1},
	} {
		ours, err := onto(p.w, p.ours)
		if err != nil {
			return err
		}
		theirs, err := onto(p.beside, p.theirs)
		if err != nil {
			return err
		}
		d, err := m.contestPages(ctx, p.what, p.w, ours, p.beside, theirs)
		if err != nil {
			return err
		}
		if p.ours != p.theirs {
			a, b := d.sums()
			shown := time.Duration(min(shownAtOnce, len(m.many.trusts)))
			m.plain("  for each trust shown", micros(a.percentile(.5)/shown), micros(b.percentile(.5)/few), ratio(a.percentile(.5)/shown, b.percentile(.5)/few))
		}
	}
	after, err := m.answersRead(ctx)
	m.limit("answers that the matrices read", strconv.FormatInt(after-read, 10), "0", after == read)
	return err
}

// shownAtOnce is how many trusts the matrix shows on a page.
const shownAtOnce = 25

// copyEditions puts the large database's editions into a small one, whose trusts
// are too few for any, so that the same is shown of both.
func (m *scales) copyEditions(ctx context.Context, w *world) error {
	if w == m.many {
		return nil
	}
	const columns = `number, made_at, quarter, digest, document, basis`
	from, err := pgx.Connect(ctx, m.many.ownerURL)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close(context.WithoutCancel(ctx)) }()
	to, err := pgx.Connect(ctx, w.ownerURL)
	if err != nil {
		return err
	}
	defer func() { _ = to.Close(context.WithoutCancel(ctx)) }()
	rows, err := from.Query(ctx, `SELECT `+columns+` FROM editions ORDER BY number`)
	if err != nil {
		return err
	}
	defer rows.Close()
	_, err = to.CopyFrom(ctx, pgx.Identifier{"editions"}, strings.Split(columns, ", "), rows)
	return err
}

// answersRead is how many rows of the table of answers have ever been read in
// the databases with few and with many trusts. Postgres tells a little late.
func (m *scales) answersRead(ctx context.Context) (read int64, err error) {
	select {
	case <-time.After(2 * time.Second):
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	for _, w := range []*world{m.few, m.middle, m.many} {
		conn, err := pgx.Connect(ctx, w.ownerURL)
		if err != nil {
			return 0, err
		}
		var n int64
		err = conn.QueryRow(ctx, `SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) FROM pg_stat_user_tables WHERE relname = 'answers'`).Scan(&n)
		if closed := conn.Close(ctx); err == nil {
			err = closed
		}
		if err != nil {
			return 0, err
		}
		read += n
	}
	return read, nil
}

// signInLeads signs in every trust's lead.
func (w *world) signInLeads(ctx context.Context) ([]string, error) {
	var leads []person
	for _, t := range w.trusts {
		leads = append(leads, t.lead)
	}
	return w.signIn(ctx, leads...)
}
