package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
	"octant/internal/register"
)

// Past is what came before a trust, and what follows one that has closed.
type Past struct {
	Before []Forebear      // of which this person may see something, newest succession first
	Known  int             // how many the register names, whether or not anything of them is seen
	After  []register.Step // what became of the trust itself
	Names  map[string]string
}

// Forebear is a trust that came before, with the published figures of its newest
// closed rounds, oldest first.
type Forebear struct {
	register.Ancestor
	Rounds []Summary
}

// RoundsBefore is how many rounds of each trust that came before are given.
const RoundsBefore = 6

// ancestry is who came before $1 by the day $2, and whether the person $3 may see
// what they published: somebody who may read the reports there anyway, and a lead
// ($5) where the trust has closed and had gone as far as letting other trusts'
// leads see it by name ($6). An open trust's figures go nowhere this way, whatever
// anybody enters in the register.
const ancestry = `
	WITH RECURSIVE earlier (code) AS (
		SELECT $1::text UNION
		SELECT s.from_code FROM successions s JOIN earlier e ON s.to_code = e.code WHERE s.effective <= $2
	)
	SELECT e.code,
	       EXISTS (SELECT FROM memberships m WHERE m.ods = e.code AND m.person_id = $3 AND m.role = ANY ($4)
	               AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date)
	       OR ($5 AND EXISTS (SELECT FROM organisations o WHERE o.code = e.code AND o.closed < $2)
	           AND coalesce((SELECT c.rung FROM consents c WHERE c.ods = e.code AND c.from_on <= $2 ORDER BY c.set_at DESC LIMIT 1), 'private') = ANY ($6))
	FROM earlier e WHERE e.code <> $1`

// EnterTrend is [DB.Enter] with a stamp of all that is shown of the trust over
// time, in one round trip: its closed rounds, its notes, and what the register
// says of its past. It is another whenever the page would be. It is "" for
// whoever is shown another trust's figures as well: what hangs on somebody else's
// consent is read anew each time.
func (db *DB) EnterTrend(ctx context.Context, person uuid.UUID, ods string, day time.Time) (*Trust, string, error) {
	if !codeShape.MatchString(ods) {
		return nil, "", ErrNotFound
	}
	t := &Trust{db: db, ODS: ods, Person: person}
	var rounds, notes, past string
	var seen bool
	b := &pgx.Batch{}
	b.Queue(bind, ods)
	b.Queue(`
		SELECT t.name, t.kind, array_agg(m.role ORDER BY m.role),
		       (SELECT count(*) || ' ' || coalesce((SELECT x.round_id::text FROM summaries x WHERE x.ods = $1 ORDER BY x.closed_on DESC, x.round_id DESC LIMIT 1), '')
		        FROM summaries s WHERE s.ods = $1),
		       (SELECT coalesce(jsonb_agg(jsonb_build_array(n.id, n.on_date, n.text) ORDER BY n.id)::text, '') FROM milestones n WHERE n.ods = $1)
		FROM trusts t JOIN memberships m ON m.ods = t.ods
		WHERE t.ods = $1 AND m.person_id = $2
		  AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date
		GROUP BY t.ods`, ods, person).
		QueryRow(func(row pgx.Row) error { return row.Scan(&t.Name, &t.Kind, &t.Roles, &rounds, &notes) })
	b.Queue(`SELECT set_config('role', 'none', true)`)
	b.Queue(`
		SELECT coalesce(bool_or(a.seen), false),
		       coalesce(string_agg(a.code, ' ' ORDER BY a.code), '') || ' to ' ||
		       coalesce((SELECT string_agg(s.to_code, ' ' ORDER BY s.to_code) FROM successions s WHERE s.from_code = $1 AND s.effective <= $2), '') || ' ' ||
		       (`+registerRevision+`)
		FROM (`+ancestry+`) AS a (code, seen)`, ods, day, person, access.With(access.ViewReport), true, reaching(access.InCircle)).
		QueryRow(func(row pgx.Row) error { return row.Scan(&seen, &past) })
	switch err := db.send(ctx, b); {
	case err != nil:
		return nil, "", fault("enter trend", err)
	case !t.May(access.ViewReport):
		return t, "", nil
	case seen:
		return t, "", nil
	}
	return t, rounds + "\n" + notes + "\n" + past, nil
}

// registerRevision is a number that grows with every change of the register, since
// each is recorded for no single trust.
const registerRevision = `SELECT coalesce(max(seq), 0) FROM audit WHERE ods = '` + audit.Platform + `'`

// Past gives what came before the trust by a day. What another trust published is
// read only where that trust's own consent or the person's own role there lets
// this person see it.
func (t *Trust) Past(ctx context.Context, day time.Time) (p Past, err error) {
	if !t.May(access.ViewReport) {
		return p, access.ErrDenied
	}
	var seen []string
	followed := false
	b := &pgx.Batch{}
	b.Queue(ancestry, t.ODS, day, t.Person, access.With(access.ViewReport), t.May(access.ShareResults), reaching(access.InCircle)).
		Query(func(rows pgx.Rows) error {
			var code string
			var may bool
			_, err := pgx.ForEachRow(rows, []any{&code, &may}, func() error {
				p.Known++
				if may && !t.answersOnly {
					seen = append(seen, code)
				}
				return nil
			})
			return err
		})
	b.Queue(`SELECT EXISTS (SELECT FROM successions WHERE from_code = $1 AND effective <= $2)`, t.ODS, day).
		QueryRow(func(row pgx.Row) error { return row.Scan(&followed) })
	if err := t.db.send(ctx, b); err != nil || !followed && len(seen) == 0 {
		return p, fault("past", err)
	}
	return p, fault("past", t.addPast(ctx, &p, seen, day))
}

// addPast reads the figures of those that may be seen, and how it all came about.
func (t *Trust) addPast(ctx context.Context, p *Past, seen []string, day time.Time) error {
	lineage, err := t.db.Lineage(ctx, t.ODS)
	if err != nil {
		return err
	}
	early := func(s register.Step) bool { return s.On.After(day) }
	lineage.Before, lineage.After = slices.DeleteFunc(lineage.Before, early), slices.DeleteFunc(lineage.After, early)
	p.Names = lineage.Names
	for _, s := range lineage.After {
		if s.Depth == 1 {
			p.After = append(p.After, s)
		}
	}
	figures, err := t.db.latest(ctx, seen, RoundsBefore)
	if err != nil {
		return err
	}
	for _, a := range lineage.Ancestors() {
		if rounds := figures[a.From]; len(rounds) > 0 {
			slices.Reverse(rounds)
			p.Before = append(p.Before, Forebear{a, rounds})
		}
	}
	return nil
}
