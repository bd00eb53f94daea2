package store

import (
	"context"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"octant/internal/register"
)

// writePlan makes the register what a plan says it will be.
func writePlan(ctx context.Context, tx pgx.Tx, known register.Known, p register.Plan) error {
	if err := writeTables(ctx, tx); err != nil {
		return err
	}
	if err := writeOrganisations(ctx, tx, p.State); err != nil {
		return err
	}
	if err := writeHistories(ctx, tx, known, p.State); err != nil {
		return err
	}
	if err := writeSuccessions(ctx, tx, p.Followed); err != nil {
		return err
	}
	if err := writeTypes(ctx, tx, p.Types); err != nil {
		return err
	}
	return endTypes(ctx, tx)
}

// writeTables makes regions and boards what Octant's own tables say.
func writeTables(ctx context.Context, tx pgx.Tx) error {
	own, err := register.Own()
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	for _, r := range own.Regions {
		b.Queue(`INSERT INTO regions (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = $2 WHERE regions.name <> $2`, r.Code, r.Name)
	}
	for _, i := range own.ICBs {
		b.Queue(`
			INSERT INTO icbs (code, name, region, opened, closed) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (code) DO UPDATE SET name = $2, region = $3, opened = $4, closed = $5
			WHERE (icbs.name, icbs.region, icbs.opened, icbs.closed) IS DISTINCT FROM ($2, $3, $4, $5)`,
			i.Code, i.Name, i.Region, i.Opened, dayOrNull(i.Closed))
	}
	return tx.SendBatch(ctx, b).Close()
}

func writeOrganisations(ctx context.Context, tx pgx.Tx, all []register.Organisation) error {
	var opened, seen []time.Time
	var closed []*time.Time
	for _, o := range all {
		opened, closed, seen = append(opened, o.Opened), append(closed, dayOrNull(o.Closed)), append(seen, o.Seen)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO organisations (code, opened, closed, seen_on)
		SELECT * FROM unnest($1::text[], $2::date[], $3::date[], $4::date[])
		ON CONFLICT (code) DO UPDATE SET opened = excluded.opened, closed = excluded.closed, seen_on = excluded.seen_on`,
		codesOf(all), opened, closed, seen)
	return err
}

// writeHistories puts names, places and the words to search by in the place of
// what stood there.
func writeHistories(ctx context.Context, tx pgx.Tx, known register.Known, all []register.Organisation) error {
	var names, places [][]any
	var words, owners []string
	var kept []string // codes that have rows to give way
	for _, o := range all {
		if _, was := known.Organisations[o.Code]; was {
			kept = append(kept, o.Code)
		}
		words, owners = append(words, strings.ToLower(o.Code)), append(owners, o.Code)
		for _, s := range o.Names {
			names = append(names, []any{o.Code, s.Value, s.From, dayOrNull(s.To), s.SeenFrom, s.SeenTo})
			for _, w := range register.Words(s.Value) {
				words, owners = append(words, w), append(owners, o.Code)
			}
		}
		for _, s := range o.Places {
			places = append(places, []any{o.Code, s.Value.Region, s.Value.ICB, s.From, dayOrNull(s.To), s.SeenFrom, s.SeenTo})
		}
	}
	if len(kept) > 0 {
		for _, statement := range []string{`DELETE FROM organisation_names WHERE code = ANY ($1)`, `DELETE FROM organisation_places WHERE code = ANY ($1)`} {
			if _, err := tx.Exec(ctx, statement, kept); err != nil {
				return err
			}
		}
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"organisation_names"}, []string{"code", "name", "from_on", "to_on", "seen_from", "seen_to"}, pgx.CopyFromRows(names))
	if err != nil {
		return err
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"organisation_places"}, []string{"code", "region", "icb", "from_on", "to_on", "seen_from", "seen_to"}, pgx.CopyFromRows(places))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO organisation_words (word, code) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING`, words, owners)
	return err
}

func writeSuccessions(ctx context.Context, tx pgx.Tx, all []register.Following) error {
	var from, to, kinds, sources, notes []string
	var on []time.Time
	for _, s := range all {
		from, to, on = append(from, s.From), append(to, s.To), append(on, s.On)
		kinds, sources, notes = append(kinds, string(s.Kind)), append(sources, string(s.Source)), append(notes, s.Note)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO successions (from_code, to_code, effective, kind, source, note)
		SELECT * FROM unnest($1::text[], $2::text[], $3::date[], $4::text[], $5::text[], $6::text[])
		ON CONFLICT (from_code, to_code) DO UPDATE
		SET effective = excluded.effective, kind = excluded.kind, source = excluded.source, note = excluded.note`,
		from, to, on, kinds, sources, notes)
	return err
}

// writeTypes adds the types of organisations that had none. One ends where the
// next of the same code begins.
func writeTypes(ctx context.Context, tx pgx.Tx, all []register.Type) error {
	var rows [][]any
	for i, t := range all {
		var to *time.Time
		if i+1 < len(all) && all[i+1].Code == t.Code {
			to = &all[i+1].From
		}
		rows = append(rows, []any{t.Code, t.Type, t.Source, t.From, to})
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"organisation_types"}, []string{"code", "type", "source", "from_on", "to_on"}, pgx.CopyFromRows(rows))
	return err
}

// endTypes ends the last type of every organisation that has closed on the day
// after its last, as its names and places end, and lets that of one that has
// opened again go on.
func endTypes(ctx context.Context, tx pgx.Tx) error {
	_, err := tx.Exec(ctx, `
		UPDATE organisation_types t SET to_on = o.closed + 1
		FROM organisations o
		WHERE o.code = t.code AND t.to_on IS DISTINCT FROM o.closed + 1 AND (o.closed IS NULL OR o.closed >= t.from_on)
		  AND NOT EXISTS (SELECT FROM organisation_types x WHERE x.code = t.code AND x.from_on > t.from_on)`)
	return err
}
