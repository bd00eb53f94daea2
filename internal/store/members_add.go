package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
)

// errMoved means that an address went from one person to another in the moment
// in which it was looked up.
var errMoved = fmt.Errorf("%w: an address has just changed hands", ErrUnavailable)

// AddPeople takes every sound line of a list in one transaction: a person who is
// new to the program, one who is known elsewhere and joins this trust under the
// name they have there, or one who is here already. It settles the lines against
// whom it finds here, so that afterwards those without a fault have been taken,
// as their outcomes say.
func (t *Trust) AddPeople(ctx context.Context, lines []access.Line, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, longPatience)
	defer cancel()
	return fault("add people", t.peopleTx(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := t.takeLines(ctx, tx, lines, now)
		return err
	}))
}

// AddPerson takes one line and grants the person roles beside a seat on the
// board, or in place of one: without a member's term among them the line needs
// no side. Somebody who is here already is [access.ErrTaken], a line with faults
// [access.ErrTerm].
func (t *Trust) AddPerson(ctx context.Context, line access.Line, terms []access.Term, now time.Time) (id uuid.UUID, err error) {
	err = t.peopleTx(ctx, func(ctx context.Context, tx pgx.Tx) error {
		here, err := t.insiders(ctx, tx, uuid.Nil)
		if err != nil {
			return err
		}
		lines := []access.Line{line}
		access.Settle(lines, Known(here, now))
		switch l := &lines[0]; {
		case l.Fault(access.NameField) != "" || l.Email != "" && l.Fault(access.EmailField) != "":
			return access.ErrTerm
		case l.Known.Person != uuid.Nil || l.Fault(access.EmailField) != "":
			return access.ErrTaken
		}
		if slices.ContainsFunc(terms, func(x access.Term) bool { return x.Role != access.Member }) && line.Email == "" {
			return access.ErrNoAddress
		}
		ids, err := t.makePeople(ctx, tx, []*access.Line{&line}, now)
		if err != nil {
			return err
		}
		id = ids[0]
		if err := t.keepTerms(ctx, tx, id, terms); err != nil {
			return err
		}
		notes := []audit.Entry{personNote(audit.PersonAdded, id, "")}
		for _, x := range terms {
			notes = append(notes, personNote(audit.RoleGranted, id, termWords(x)))
		}
		return t.note(ctx, tx, now, notes...)
	})
	return id, fault("add person", err)
}

// takeLines settles lines and takes the sound ones.
func (t *Trust) takeLines(ctx context.Context, tx pgx.Tx, lines []access.Line, now time.Time) (people []uuid.UUID, err error) {
	here, err := t.insiders(ctx, tx, uuid.Nil)
	if err != nil {
		return nil, err
	}
	access.Settle(lines, Known(here, now))
	var added, seated []*access.Line
	for i := range lines {
		switch l := &lines[i]; {
		case !l.Sound() || l.Outcome == access.Keep:
		case l.Outcome == access.Add:
			added = append(added, l)
		default:
			seated = append(seated, l)
		}
	}
	people, err = t.makePeople(ctx, tx, added, now)
	if err != nil {
		return nil, err
	}
	for _, l := range seated {
		people = append(people, l.Known.Person)
	}
	if err := t.seat(ctx, tx, people, append(added, seated...), now); err != nil {
		return nil, err
	}
	if err := t.asTenant(ctx, tx, func() error { return t.followInDrafts(ctx, tx, people) }); err != nil {
		return nil, err
	}
	return people, t.note(ctx, tx, now, lineNotes(people, append(added, seated...))...)
}

// lineNotes records each line that changed something.
func lineNotes(people []uuid.UUID, lines []*access.Line) []audit.Entry {
	notes := make([]audit.Entry, len(lines))
	for i, l := range lines {
		switch l.Outcome {
		case access.Add:
			notes[i] = personNote(audit.PersonAdded, people[i], access.Member.Words())
		case access.Rejoin:
			notes[i] = personNote(audit.RoleGranted, people[i], access.Member.Words())
		default:
			notes[i] = personNote(audit.PersonChanged, people[i], "board role or side")
		}
	}
	return notes
}

// makePeople gives the ids of people who are new here, in the order of the
// lines. An address that somebody has is theirs: they keep their name. Addresses
// are taken in one order, so that two trusts that add the same people wait for
// each other and no longer.
func (t *Trust) makePeople(ctx context.Context, tx pgx.Tx, lines []*access.Line, now time.Time) ([]uuid.UUID, error) {
	ids := make([]uuid.UUID, len(lines))
	emails, names := make([]*string, len(lines)), make([]string, len(lines))
	sorted := slices.SortedFunc(slices.Values(lines), func(a, b *access.Line) int { return cmp.Compare(a.Email, b.Email) })
	place := make(map[*access.Line]int, len(lines))
	for i, l := range sorted {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, err
		}
		ids[i], names[i], place[l] = id, l.Name, i
		if l.Email != "" {
			emails[i] = &l.Email
		}
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO people (id, email, name, made_at, demo)
		SELECT n.id, n.email, n.name, $4, EXISTS (SELECT FROM trusts WHERE demo) FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS n (id, email, name, place)
		ORDER BY n.place
		ON CONFLICT (email) DO NOTHING`, ids, emails, names, now)
	if err != nil {
		return nil, err
	}
	owners, err := ownersOf(ctx, tx, emails)
	if err != nil {
		return nil, err
	}
	out := make([]uuid.UUID, len(lines))
	for i, l := range lines {
		out[i] = ids[place[l]]
		if l.Email == "" {
			continue
		}
		owner, found := owners[l.Email]
		if !found {
			return nil, errMoved
		}
		out[i] = owner
	}
	return out, nil
}

// ownersOf finds whose addresses they are, and holds them where they are until
// the transaction ends.
func ownersOf(ctx context.Context, tx pgx.Tx, emails []*string) (map[string]uuid.UUID, error) {
	rows, err := tx.Query(ctx, `SELECT id, email FROM people WHERE email = ANY ($1) ORDER BY email FOR SHARE`, emails)
	if err != nil {
		return nil, err
	}
	owners := make(map[string]uuid.UUID, len(emails))
	var id uuid.UUID
	var email string
	_, err = pgx.ForEachRow(rows, []any{&id, &email}, func() error {
		owners[email] = id
		return nil
	})
	return owners, err
}

// seat makes people board members from today, or changes the board role and side
// of those who are. A term that is over begins again.
func (t *Trust) seat(ctx context.Context, tx pgx.Tx, people []uuid.UUID, lines []*access.Line, now time.Time) error {
	titles, sides := make([]string, len(lines)), make([]string, len(lines))
	for i, l := range lines {
		titles[i], sides[i] = l.Title, string(l.Side)
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO memberships AS m (ods, person_id, role, title, side, from_on)
		SELECT $1, n.person, $2, n.title, n.side, $3::date
		FROM unnest($4::uuid[], $5::text[], $6::text[]) AS n (person, title, side)
		ON CONFLICT (ods, person_id, role) DO UPDATE SET
			title = excluded.title, side = excluded.side,
			from_on = CASE WHEN m.to_on < excluded.from_on THEN excluded.from_on ELSE m.from_on END,
			to_on = CASE WHEN m.to_on < excluded.from_on THEN NULL ELSE m.to_on END`,
		t.ODS, access.Member, access.Today(now), people, titles, sides)
	return err
}

// keepTerms grants roles with their dates. One that is held gets the new dates.
func (t *Trust) keepTerms(ctx context.Context, tx pgx.Tx, person uuid.UUID, terms []access.Term) error {
	if len(terms) == 0 {
		return nil
	}
	b := &pgx.Batch{}
	for _, x := range terms {
		if err := x.Check(); err != nil {
			return err
		}
		var side *string
		if x.Side != "" {
			side = new(string(x.Side))
		}
		var until *time.Time
		if !x.Until.IsZero() {
			until = &x.Until
		}
		b.Queue(`
			INSERT INTO memberships (ods, person_id, role, title, side, from_on, to_on)
			VALUES ($1, $2, $3, $4, $5, $6::date, $7::date)
			ON CONFLICT (ods, person_id, role) DO UPDATE SET
				title = excluded.title, side = excluded.side, from_on = excluded.from_on, to_on = excluded.to_on`,
			t.ODS, person, x.Role, x.Title, side, x.From, until)
	}
	return tx.SendBatch(ctx, b).Close()
}

// followInDrafts gives the drafts of rounds the board role and side that people
// have now. A round that has opened keeps those it asked with.
func (t *Trust) followInDrafts(ctx context.Context, tx pgx.Tx, people []uuid.UUID) error {
	_, err := tx.Exec(ctx, `
		UPDATE invitations i SET side = m.side, title = m.title
		FROM memberships m, rounds r
		WHERE i.ods = $1 AND i.person_id = ANY ($2) AND m.ods = i.ods AND m.person_id = i.person_id AND m.role = $3
		  AND r.ods = i.ods AND r.id = i.round_id AND r.state = 'draft'`, t.ODS, people, access.Member)
	return err
}

// termWords is a term as the record tells it.
func termWords(x access.Term) string {
	said := x.Role.Words() + ", from " + x.From.Format("2 January 2006")
	if !x.Until.IsZero() {
		said += " to " + x.Until.Format("2 January 2006")
	}
	return said
}
