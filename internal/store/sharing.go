package store

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
)

// Sharing is how far a trust shares its results, with all that was said of it.
type Sharing struct {
	Consents []access.Consent // the newest first
	Willing  bool             // to be asked for advice
}

// Sharing is read by the trust's leads.
func (t *Trust) Sharing(ctx context.Context) (s Sharing, err error) {
	err = t.read(ctx, access.ShareResults, func(b *pgx.Batch) {
		b.Queue(`
			SELECT c.rung, c.from_on, coalesce(p.name, ''), c.set_at
			FROM consents c LEFT JOIN people p ON p.id = c.set_by
			WHERE c.ods = $1 ORDER BY c.set_at DESC`, t.ODS).
			Query(func(rows pgx.Rows) (err error) {
				s.Consents, err = pgx.CollectRows(rows, pgx.RowToStructByPos[access.Consent])
				return err
			})
		b.Queue(`SELECT coalesce((SELECT willing FROM guides WHERE ods = $1 ORDER BY set_at DESC LIMIT 1), false)`, t.ODS).
			QueryRow(func(row pgx.Row) error { return row.Scan(&s.Willing) })
	})
	return s, fault("sharing", err)
}

// SetRung says how far results are shared from a day on. It replaces whatever was
// said for that day and later ones, and nothing that was published before.
func (t *Trust) SetRung(ctx context.Context, rung access.Rung, from, now time.Time) error {
	c := access.Consent{Rung: rung, From: access.Today(from), At: now}
	err := c.Check(access.Today(now))
	if err == nil {
		err = t.tx(ctx, access.ShareResults, func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO consents (ods, rung, from_on, set_by, set_at) VALUES ($1, $2, $3, $4, $5)`,
				t.ODS, c.Rung, c.From, t.Person, c.At)
			if err != nil {
				return err
			}
			return t.note(ctx, tx, now, audit.Entry{Deed: audit.ConsentSet, Detail: string(rung) + " from " + c.From.Format(time.DateOnly)})
		})
	}
	return fault("set rung", err)
}

// SetWilling says whether other trusts may ask this one for advice. It counts
// only while the trust is counted in benchmarks at least.
func (t *Trust) SetWilling(ctx context.Context, willing bool, now time.Time) error {
	return fault("set willing", t.tx(ctx, access.ShareResults, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO guides (ods, willing, set_by, set_at) VALUES ($1, $2, $3, $4)`, t.ODS, willing, t.Person, now)
		if err != nil {
			return err
		}
		detail := "may be asked"
		if !willing {
			detail = "may not be asked"
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.GuideSet, Detail: detail})
	}))
}

// rungsOn is every trust's rung on a day: what was said last of those whose day
// has come. Who said nothing is not in it.
const rungsOn = `(SELECT DISTINCT ON (ods) ods, rung FROM consents WHERE from_on <= $1 ORDER BY ods, set_at DESC)`

// reaching lists the rungs that reach one.
func reaching(least access.Rung) []string {
	var all []string
	for _, r := range access.Rungs() {
		if r.Reaches(least) {
			all = append(all, string(r))
		}
	}
	return all
}

// PublicSummary is what a trust shows to everybody.
type PublicSummary struct {
	ODS, Name, Kind string
	Latest          Summary
}

// PublicSummary is the latest round of a trust that shows it to everybody today,
// and ErrNotFound for any other: nobody can tell whether there is such a trust.
func (db *DB) PublicSummary(ctx context.Context, ods string, now time.Time) (p PublicSummary, err error) {
	if !codeShape.MatchString(ods) {
		return p, ErrNotFound
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = db.pool.QueryRow(ctx, `
		SELECT t.ods, t.name, t.kind FROM trusts t JOIN `+rungsOn+` c ON c.ods = t.ods
		WHERE t.ods = $2 AND c.rung = $3`, access.Today(now), ods, access.Public).Scan(&p.ODS, &p.Name, &p.Kind)
	if err != nil {
		return p, fault("public summary", err)
	}
	latest, err := db.latest(ctx, []string{ods}, 1)
	switch {
	case err != nil:
		return p, fault("public summary", err)
	case len(latest[ods]) == 0:
		return p, ErrNotFound
	}
	p.Latest = latest[ods][0]
	return p, nil
}

// bindReader makes the rest of a transaction see published figures of the listed
// trusts, and no other row of any trust.
const bindReader = `SELECT set_config('role', 'octant_reader', true), set_config('octant.trusts', array_to_string($1::text[], ','), true)`

// errCode means something that has not the shape of a trust's code, in a list of
// them.
var errCode = errors.New("store: no such code")

// across asks the queued questions of the listed trusts' published figures, in
// one round trip.
func (db *DB) across(ctx context.Context, codes []string, queue func(*pgx.Batch)) error {
	for _, code := range codes {
		if !codeShape.MatchString(code) {
			return errCode
		}
	}
	b := &pgx.Batch{}
	b.Queue(bindReader, codes)
	queue(b)
	return db.send(ctx, b)
}

// latest is the newest closed rounds of each listed trust, so many of each, the
// newest first. What it costs depends on how many are asked for alone.
func (db *DB) latest(ctx context.Context, codes []string, each int) (map[string][]Summary, error) {
	found := make(map[string][]Summary, len(codes))
	if len(codes) == 0 {
		return found, nil
	}
	err := db.across(ctx, codes, func(b *pgx.Batch) {
		b.Queue(`
			SELECT t.code, s.round_id, s.closed_on, s.title, s.form, s.questionnaire, s.invited, s.respondents, s.overall, s.elements
			FROM unnest($1::text[]) AS t (code)
			CROSS JOIN LATERAL (
				SELECT x.round_id, x.closed_on, x.title, x.form, x.questionnaire, x.invited, x.respondents, x.overall, x.elements
				FROM summaries x WHERE x.ods = t.code ORDER BY x.closed_on DESC, x.round_id DESC LIMIT $2) s
			ORDER BY t.code, s.closed_on DESC, s.round_id DESC`, codes, each).
			Query(func(rows pgx.Rows) error {
				return collectSummaries(rows, found)
			})
	})
	return found, err
}
