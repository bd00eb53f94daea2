package store

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/register"
)

// The demonstration's boards are invented as its trusts are; its regions are not.
var demoBoards = []register.ICB{
	{Code: "QZX", Name: "NHS Harrowvale Integrated Care Board (invented)", Region: "Y60", Opened: register.Date(2022, time.July, 1)},
	{Code: "QZY", Name: "NHS Marches and Moors Integrated Care Board (invented)", Region: "Y62", Opened: register.Date(2022, time.July, 1)},
}

// demoOrganisation is one invented entry of the register.
type demoOrganisation struct {
	code   string
	names  []demoName // oldest first
	place  register.Place
	kind   string // "" for none
	closed time.Time
}

type demoName struct {
	from time.Time
	name string
}

// demoRegister is the demonstration's trusts, and those that they came from.
func demoRegister(now time.Time) []demoOrganisation {
	on, formed := register.Date, formed(now)
	closed := formed.AddDate(0, 0, -1)
	harrowvale, moors := register.Place{Region: "Y60", ICB: "QZX"}, register.Place{Region: "Y62", ICB: "QZY"}
	all := []demoOrganisation{
		{
			code: harrowmere, place: harrowvale, kind: "Acute",
			names: []demoName{{on(2001, 4, 1), "HARROWMERE GENERAL HOSPITAL NHS TRUST"}, {on(2019, 10, 1), "HARROWMERE UNIVERSITY HOSPITALS NHS FOUNDATION TRUST"}},
		},
		{code: "R9B", place: harrowvale, kind: "Acute", closed: on(2019, 9, 30), names: []demoName{{on(1994, 4, 1), "LADY MARGARET'S INFIRMARY NHS TRUST"}}},
		{
			code: brackenvale, place: moors, kind: "Mental health and community",
			names: []demoName{{on(2011, 4, 1), "BRACKENVALE PARTNERSHIP NHS FOUNDATION TRUST"}},
		},
		{code: "R9C", place: moors, kind: "Community", closed: on(2021, 3, 31), names: []demoName{{on(2011, 4, 1), "MARCHES AND MOORS COMMUNITY HEALTH NHS TRUST"}}},
		{code: eastmarch, place: moors, kind: "Ambulance", names: []demoName{{formed, "EASTMARCH AMBULANCE SERVICE NHS TRUST"}}},
		{code: eastMarch, place: moors, kind: "Ambulance", closed: closed, names: []demoName{{on(2006, 7, 1), "EAST MARCH AMBULANCE SERVICE NHS TRUST"}}},
		{code: harrowvaleAmb, place: harrowvale, kind: "Ambulance", closed: closed, names: []demoName{{on(2006, 7, 1), "HARROWVALE AMBULANCE SERVICE NHS TRUST"}}},
	}
	for _, t := range demoTrusts {
		known := slices.ContainsFunc(all, func(o demoOrganisation) bool { return o.code == t.ods })
		if !known {
			all = append(all, demoOrganisation{code: t.ods, place: harrowvale, kind: t.kind, names: []demoName{{on(2001, 4, 1), t.name}}})
		}
	}
	return all
}

func demoFollowed(now time.Time) []register.Following {
	formed := formed(now)
	return []register.Following{
		{Succession: register.Succession{From: "R9B", To: harrowmere, On: register.Date(2019, 10, 1), Kind: register.Acquisition, Source: register.ODS}},
		{Succession: register.Succession{From: "R9C", To: harrowmere, On: register.Date(2021, 4, 1), Kind: register.Split, Source: register.ODS}},
		{Succession: register.Succession{From: "R9C", To: brackenvale, On: register.Date(2021, 4, 1), Kind: register.Split, Source: register.ODS}},
		{Succession: register.Succession{From: eastMarch, To: eastmarch, On: formed, Kind: register.Merger, Source: register.ODS}},
		{Succession: register.Succession{From: harrowvaleAmb, To: eastmarch, On: formed, Kind: register.Merger, Source: register.ODS}},
	}
}

// organisation is the entry as an import would have made it from files of every
// year.
func (d demoOrganisation) organisation(seen time.Time) (register.Organisation, register.Type) {
	until := time.Time{}
	if !d.closed.IsZero() {
		seen, until = d.closed, d.closed.AddDate(0, 0, 1)
	}
	opened := d.names[0].from
	o := register.Organisation{Code: d.code, Opened: opened, Closed: d.closed, Seen: seen}
	for i, n := range d.names {
		s := register.Spell[string]{Value: n.name, From: n.from, To: until, SeenFrom: n.from, SeenTo: seen}
		if i+1 < len(d.names) {
			s.To = d.names[i+1].from
			s.SeenTo = s.To.AddDate(0, 0, -1)
		}
		o.Names = append(o.Names, s)
	}
	o.Places = []register.Spell[register.Place]{{Value: d.place, From: opened, To: until, SeenFrom: opened, SeenTo: seen}}
	return o, register.Type{Code: d.code, Type: d.kind, From: opened, Source: "the demonstration"}
}

// fillRegister puts the demonstration's register in, unless it is there.
func (db *DB) fillRegister(ctx context.Context, now time.Time) error {
	return db.changeRegister(ctx, Operator, func(ctx context.Context, tx pgx.Tx) error {
		known, err := readKnown(ctx, tx)
		if err != nil {
			return err
		}
		var p register.Plan
		for _, d := range demoRegister(now) {
			if _, there := known.Organisations[d.code]; there {
				continue
			}
			o, kind := d.organisation(access.Today(now))
			p.State, p.Types = append(p.State, o), append(p.Types, kind)
		}
		if len(p.State) == 0 {
			return nil
		}
		p.Followed = demoFollowed(now)
		for _, b := range demoBoards {
			_, err := tx.Exec(ctx, `INSERT INTO icbs (code, name, region, opened) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, b.Code, b.Name, b.Region, b.Opened)
			if err != nil {
				return err
			}
		}
		return writePlan(ctx, tx, known, p)
	})
}
