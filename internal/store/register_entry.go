package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"octant/internal/register"
)

// RegisterEntry is all that the register knows of one organisation.
type RegisterEntry struct {
	register.Organisation
	Types   []TypeSpell
	Regions map[string]string // names by code, of those it lay in
	ICBs    map[string]register.ICB
	Lineage Lineage
}

// TypeSpell is a type that an organisation had for a time, and who says so.
type TypeSpell struct {
	Type   string
	Source string
	From   time.Time
	To     time.Time // zero: still so
}

// InRegister says whether the register knows a code.
func (db *DB) InRegister(ctx context.Context, code string) (known bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = db.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM organisations WHERE code = $1)`, code).Scan(&known)
	return known, fault("in register", err)
}

// RegisterEntry finds one organisation by its code.
func (db *DB) RegisterEntry(ctx context.Context, code string) (e RegisterEntry, err error) {
	if !codeShape.MatchString(code) {
		return e, fault("register entry", ErrNotFound)
	}
	if e.Lineage, err = db.Lineage(ctx, code); err != nil {
		return e, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	e.Regions, e.ICBs = map[string]string{}, map[string]register.ICB{}
	b := &pgx.Batch{}
	b.Queue(`SELECT code, opened, coalesce(closed, '0001-01-01'), seen_on FROM organisations WHERE code = $1`, code).
		QueryRow(func(row pgx.Row) error { return row.Scan(&e.Code, &e.Opened, &e.Closed, &e.Seen) })
	b.Queue(`SELECT name, from_on, coalesce(to_on, '0001-01-01'), seen_from, seen_to FROM organisation_names WHERE code = $1 ORDER BY from_on`, code).
		Query(func(rows pgx.Rows) (err error) {
			e.Names, err = pgx.CollectRows(rows, pgx.RowToStructByPos[register.Spell[string]])
			return err
		})
	b.Queue(`SELECT region, icb, from_on, coalesce(to_on, '0001-01-01'), seen_from, seen_to FROM organisation_places WHERE code = $1 ORDER BY from_on`, code).
		Query(func(rows pgx.Rows) error {
			var s register.Spell[register.Place]
			_, err := pgx.ForEachRow(rows, []any{&s.Value.Region, &s.Value.ICB, &s.From, &s.To, &s.SeenFrom, &s.SeenTo}, func() error {
				e.Places = append(e.Places, s)
				return nil
			})
			return err
		})
	b.Queue(`SELECT type, source, from_on, coalesce(to_on, '0001-01-01') FROM organisation_types WHERE code = $1 ORDER BY from_on`, code).
		Query(func(rows pgx.Rows) (err error) {
			e.Types, err = pgx.CollectRows(rows, pgx.RowToStructByPos[TypeSpell])
			return err
		})
	queueAreas(b, code, &e)
	return e, fault("register entry", db.send(ctx, b))
}

// queueAreas asks for the names of the regions and boards an organisation lay in.
func queueAreas(b *pgx.Batch, code string, e *RegisterEntry) {
	b.Queue(`SELECT code, name FROM regions WHERE code IN (SELECT region FROM organisation_places WHERE code = $1)`, code).
		Query(func(rows pgx.Rows) error {
			var region, name string
			_, err := pgx.ForEachRow(rows, []any{&region, &name}, func() error {
				e.Regions[region] = name
				return nil
			})
			return err
		})
	b.Queue(`
		SELECT code, name, region, opened, coalesce(closed, '0001-01-01') FROM icbs
		WHERE code IN (SELECT icb FROM organisation_places WHERE code = $1)`, code).
		Query(func(rows pgx.Rows) error {
			all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[register.ICB])
			for _, i := range all {
				e.ICBs[i.Code] = i
			}
			return err
		})
}
