package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
)

// Overlook is one person across the trusts that made them their regional viewer
// or their lead. Its figures come through a door of their own, which shows what
// was published of these trusts and nothing else of any.
type Overlook struct {
	db     *DB
	Person uuid.UUID
	Trusts []OverlookedTrust // by name
}

// OverlookedTrust is one of the trusts.
type OverlookedTrust struct {
	ODS, Name, Kind string
	Roles           access.Roles
}

// overlooking are the roles that let somebody see several trusts beside each
// other. Both carry [access.ViewReport] in each.
var overlooking = access.Roles{access.Lead, access.Viewer}

// Overlook opens the door for a regional viewer, or for somebody who leads
// several trusts; ErrNotFound for anybody else.
func (db *DB) Overlook(ctx context.Context, person uuid.UUID) (*Overlook, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := db.pool.Query(ctx, `
		SELECT t.ods, t.name, t.kind, array_agg(m.role ORDER BY m.role)
		FROM memberships m JOIN trusts t ON t.ods = m.ods
		WHERE m.person_id = $1 AND m.role = ANY ($2) AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date
		GROUP BY t.ods ORDER BY t.name, t.ods`, person, overlooking)
	if err != nil {
		return nil, fault("overlook", err)
	}
	o := &Overlook{db: db, Person: person}
	o.Trusts, err = pgx.CollectRows(rows, pgx.RowToStructByPos[OverlookedTrust])
	if err != nil {
		return nil, fault("overlook", err)
	}
	views := slices.ContainsFunc(o.Trusts, func(t OverlookedTrust) bool { return slices.Contains(t.Roles, access.Viewer) })
	if len(o.Trusts) < 2 && !views {
		return nil, ErrNotFound
	}
	return o, nil
}

// permitted says ErrNotFound unless the person overlooks every one of the trusts.
func (o *Overlook) permitted(codes []string) error {
	for _, code := range codes {
		i := slices.IndexFunc(o.Trusts, func(t OverlookedTrust) bool { return t.ODS == code })
		if i < 0 || !o.Trusts[i].Roles.May(access.ViewReport) {
			return ErrNotFound
		}
	}
	return nil
}

// Latest is the newest closed rounds of these trusts, so many of each, the newest
// first. ErrNotFound if one of them is not the person's to see.
func (o *Overlook) Latest(ctx context.Context, codes []string, each int) (map[string][]Summary, error) {
	if err := o.permitted(codes); err != nil {
		return nil, err
	}
	found, err := o.db.latest(ctx, codes, each)
	return found, fault("latest", err)
}

// Stamp is different whenever what is shown of these trusts' two newest rounds, or
// what the register says of them, is.
func (o *Overlook) Stamp(ctx context.Context) (string, error) {
	codes := make([]string, len(o.Trusts))
	for i, t := range o.Trusts {
		codes[i] = t.ODS
	}
	if err := o.permitted(codes); err != nil {
		return "", err
	}
	var revision int64
	var rounds string
	b := &pgx.Batch{}
	b.Queue(registerRevision).QueryRow(func(row pgx.Row) error { return row.Scan(&revision) })
	b.Queue(bindReader, codes)
	b.Queue(`
		SELECT coalesce(string_agg(s.round_id::text, ' ' ORDER BY t.code, s.place), '')
		FROM unnest($1::text[]) AS t (code)
		CROSS JOIN LATERAL (
			SELECT x.round_id, row_number() OVER () AS place
			FROM (SELECT y.round_id FROM summaries y WHERE y.ods = t.code ORDER BY y.closed_on DESC, y.round_id DESC LIMIT 2) x) s`, codes).
		QueryRow(func(row pgx.Row) error { return row.Scan(&rounds) })
	err := o.db.send(ctx, b)
	return strconv.FormatInt(revision, 10) + " " + rounds, fault("stamp", err)
}

// NoteExport records at each trust that a comparison with its figures was
// downloaded.
func (o *Overlook) NoteExport(ctx context.Context, codes []string, now time.Time) error {
	if err := o.permitted(codes); err != nil {
		return err
	}
	slices.Sort(codes) // always in the same order, so that two of them never wait for each other
	var faults []error
	for _, code := range codes {
		t, err := o.db.Enter(ctx, o.Person, code)
		if err == nil {
			err = t.tx(ctx, access.ViewReport, func(ctx context.Context, tx pgx.Tx) error {
				return t.note(ctx, tx, now, audit.Entry{Deed: audit.Compared})
			})
		}
		faults = append(faults, err)
	}
	return fault("note export", errors.Join(faults...))
}

// collectSummaries gathers summaries after their trust's code.
func collectSummaries(rows pgx.Rows, into map[string][]Summary) error {
	var code string
	var s Summary
	var overall, elements []byte
	_, err := pgx.ForEachRow(rows, []any{
		&code, &s.Round, &s.ClosedOn, &s.Title, &s.Form, &s.Questionnaire, &s.Invited, &s.Respondents, &overall, &elements,
	}, func() error {
		one := s
		one.ClosedOn = one.ClosedOn.UTC()
		if err := errors.Join(json.Unmarshal(overall, &one.Overall), json.Unmarshal(elements, &one.Elements)); err != nil {
			return err
		}
		into[code] = append(into[code], one)
		return nil
	})
	return err
}
