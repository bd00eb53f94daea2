package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
	"octant/internal/questionnaire"
)

// ErrNotDemo means that a database holds what the demonstration did not make.
var ErrNotDemo = errors.New("store: database holds more than demonstration data")

// DemoPerson is somebody of the demonstration as whom a visitor can sign in.
type DemoPerson struct {
	Key  string // such as "member-1"; stays the same
	ID   uuid.UUID
	Name string
	What string // what they are, for the page that offers them
}

// demoSpace is the namespace of the demonstration's ids, which are made of keys
// so that filling twice finds what is there.
var demoSpace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://demo.octant.example/"))

func demoID(parts ...any) uuid.UUID {
	return uuid.NewSHA1(demoSpace, fmt.Append(nil, parts...))
}

// HoldsOnlyDemo says whether the database holds nothing but what the
// demonstration made, or nothing at all. Trusts and people are marked; all other
// rows hang off them.
func (db *DB) HoldsOnlyDemo(ctx context.Context) (only bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = db.pool.QueryRow(ctx, `
		SELECT NOT EXISTS (SELECT FROM trusts WHERE NOT demo) AND NOT EXISTS (SELECT FROM people WHERE NOT demo)`).Scan(&only)
	return only, fault("holds only demo", err)
}

// DemoPeople lists those of the demonstration as whom a visitor can sign in;
// nobody, if it was not filled.
func (db *DB) DemoPeople(ctx context.Context) ([]DemoPerson, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := db.pool.Query(ctx, `SELECT id FROM people WHERE demo`)
	if err != nil {
		return nil, fault("demo people", err)
	}
	there, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fault("demo people", err)
	}
	var people []DemoPerson
	for _, p := range demoCast() {
		if p.what != "" && slices.Contains(there, p.id()) {
			people = append(people, DemoPerson{p.key, p.id(), p.name, p.what})
		}
	}
	return people, nil
}

// FillDemo puts the demonstration's trusts, people and rounds into a database
// that holds nothing else, as if it had been in use for three years. Whatever is
// there already stays as it is. Rounds close by [Trust.CloseRound] as any other.
func (db *DB) FillDemo(ctx context.Context, now time.Time) error {
	only, err := db.HoldsOnlyDemo(ctx)
	if err != nil {
		return err
	}
	if !only {
		return ErrNotDemo
	}
	if err := db.fillDesk(ctx, now); err != nil {
		return fault("fill demo", err)
	}
	if err := db.fillRegister(ctx, now); err != nil {
		return fault("fill demo", err)
	}
	for i := range demoTrusts {
		if err := db.fillTrust(ctx, &demoTrusts[i], now); err != nil {
			return fault("fill demo", err)
		}
	}
	return fault("fill demo", db.fillSharing(ctx, now))
}

// fillDesk makes trusts, people and memberships.
func (db *DB) fillDesk(ctx context.Context, now time.Time) error {
	b := &pgx.Batch{}
	for _, t := range demoTrusts {
		b.Queue(`INSERT INTO trusts (ods, name, kind, demo) VALUES ($1, $2, $3, true) ON CONFLICT DO NOTHING`, t.ods, t.name, t.kind)
	}
	for _, p := range demoCast() {
		b.Queue(`INSERT INTO people (id, email, name, admin, demo) VALUES ($1, $2, $3, $4, true) ON CONFLICT DO NOTHING`,
			p.id(), p.key+"@octant.example", p.name, p.admin)
		for _, m := range p.places {
			from, to := m.dates(now)
			b.Queue(`
				INSERT INTO memberships (ods, person_id, role, title, side, from_on, to_on)
				VALUES ($1, $2, $3, $4, nullif($5, ''), $6, $7) ON CONFLICT DO NOTHING`,
				m.ods, p.id(), m.role, m.title, string(m.side), from, to)
		}
	}
	return db.send(ctx, b)
}

// fillTrust makes a trust's rounds with their answers one after the other, and
// closes those that have ended, as its lead.
func (db *DB) fillTrust(ctx context.Context, d *demoTrust, now time.Time) error {
	t, err := db.Enter(ctx, d.lead(), d.ods)
	if err != nil {
		return err
	}
	rounds, err := d.rounds(now)
	if err != nil {
		return err
	}
	if err := t.fillNotes(ctx, now); err != nil {
		return err
	}
	for n, r := range rounds {
		err := t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error { return t.fillRound(ctx, tx, r) })
		if err != nil {
			return err
		}
		if r.ended.IsZero() {
			continue
		}
		if err = t.CloseRound(ctx, r.round.ID, r.ended); err == nil {
			err = errors.Join(t.settleLetters(ctx, r.round.ID), d.fillWorkshop(ctx, db, n, r.round, now))
		}
		if err != nil && !errors.Is(err, assessment.ErrNotOpen) {
			return err
		}
	}
	return nil
}

// fillRound makes one open round with everybody's answers, unless it is there.
func (t *Trust) fillRound(ctx context.Context, tx pgx.Tx, d demoRound) error {
	r := d.round
	made, err := tx.Exec(ctx, `
		INSERT INTO rounds (ods, id, title, form, questionnaire, state, opens_on, closes_on, opened_at, created_at)
		VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $8) ON CONFLICT DO NOTHING`,
		t.ODS, r.ID, r.Title, r.Form, r.Questionnaire, r.OpensOn, r.ClosesOn, r.OpenedAt)
	if err != nil || made.RowsAffected() == 0 {
		return err
	}
	b := &pgx.Batch{}
	for _, s := range d.sheets {
		b.Queue(`INSERT INTO invitations (ods, round_id, person_id, side, title, finished) VALUES ($1, $2, $3, $4, $5, $6)`,
			t.ODS, r.ID, s.person, s.side, s.title, s.submitted)
	}
	queueSheets(b, t, d)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return err
	}
	if d.ended.IsZero() {
		if err := t.fillLetters(ctx, tx, d); err != nil {
			return err
		}
	}
	return t.note(ctx, tx, r.OpenedAt, d.entries()...)
}

// entries are what the record says of a round up to its opening.
func (d demoRound) entries() []audit.Entry {
	var asked []uuid.UUID
	for _, s := range d.sheets {
		asked = append(asked, s.person)
	}
	made := audit.Entry{Deed: audit.RoundMade, Round: d.round.ID, Detail: d.round.Title}
	opened := audit.Entry{Deed: audit.RoundOpened, Round: d.round.ID, Detail: d.round.Title}
	return append(append([]audit.Entry{made}, ofEach(audit.Invited, d.round, asked)...), opened)
}

// queueSheets writes all responses and answers of a round in two statements.
func queueSheets(b *pgx.Batch, t *Trust, d demoRound) {
	var keys, owners [][]byte
	var sides, questions, comments, evidence []string
	var submitted []bool
	var choices []int16
	for _, s := range d.sheets {
		if len(s.answers) == 0 {
			continue
		}
		key := access.RespondentOf(t.db.secret, s.person, t.ODS)
		keys, sides, submitted = append(keys, key[:]), append(sides, string(s.side)), append(submitted, s.submitted)
		for _, a := range s.answers {
			owners, questions, choices = append(owners, key[:]), append(questions, a.Question), append(choices, int16(a.Choice))
			comments, evidence = append(comments, a.Comment), append(evidence, a.Evidence)
		}
	}
	b.Queue(`
		INSERT INTO responses (ods, round_id, respondent, side, submitted)
		SELECT $1, $2, * FROM unnest($3::bytea[], $4::text[], $5::boolean[])`, t.ODS, d.round.ID, keys, sides, submitted)
	b.Queue(`
		INSERT INTO answers (ods, round_id, respondent, question, choice, comment, evidence, revision, saved_at)
		SELECT $1, $2, *, 1, $8 FROM unnest($3::bytea[], $4::text[], $5::smallint[], $6::text[], $7::text[])`,
		t.ODS, d.round.ID, owners, questions, choices, comments, evidence, d.round.OpenedAt.Add(48*time.Hour))
}

// demoRound is one round of the demonstration, with the sheets in it.
type demoRound struct {
	round  assessment.Round
	ended  time.Time // zero if it is still open
	sheets []demoSheet
}

// demoSheet is what one person asked in a round did: submitted, saved a draft,
// or nothing.
type demoSheet struct {
	person    uuid.UUID
	side      assessment.Side
	title     string
	submitted bool
	answers   []assessment.Answer
}

// demoForm is the long form until the board knows what it is asked, and the
// short one from then on.
func demoForm(round int) questionnaire.Form {
	if round < 3 {
		return questionnaire.Full
	}
	return questionnaire.Core
}
