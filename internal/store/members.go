package store

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
)

// Insider is somebody who has, had or will have a role in the trust.
type Insider struct {
	Person uuid.UUID
	Name   string
	Email  string        // "" for none
	Terms  []access.Term // in the order in which pages name roles
}

// Member is the term as a board member, if there is one.
func (i Insider) Member() (term access.Term, sits bool) { return i.Term(access.Member) }

// Term is the term in a role, if there is one.
func (i Insider) Term(r access.Role) (term access.Term, held bool) {
	for _, t := range i.Terms {
		if t.Role == r {
			return t, true
		}
	}
	return access.Term{Role: r}, false
}

// known is somebody as a list finds them.
func (i Insider) known(today time.Time) access.Known {
	term, sits := i.Member()
	return access.Known{
		Person: i.Person, Name: i.Name, Email: i.Email,
		Title: term.Title, Side: term.Side, Sits: sits && !term.Over(today),
	}
}

// Known is everybody here as a list finds them.
func Known(people []Insider, now time.Time) []access.Known {
	known := make([]access.Known, len(people))
	for i, p := range people {
		known[i] = p.known(access.Today(now))
	}
	return known
}

// insiders asks for everybody with a role here, or for one person. It needs the
// front desk's rights, since a trust's do not reach addresses.
const insiders = `
	SELECT p.id, p.name, coalesce(p.email, ''), m.role, m.title, coalesce(m.side, ''), m.from_on, coalesce(m.to_on, '0001-01-01')
	FROM memberships m JOIN people p ON p.id = m.person_id
	WHERE m.ods = $1 AND ($2::uuid IS NULL OR m.person_id = $2)
	ORDER BY p.name, p.id, array_position($3::text[], m.role)`

func (t *Trust) insidersArgs(person uuid.UUID) []any {
	return []any{t.ODS, orNull(person), access.Granted()}
}

// collectInsiders puts the rows of one person together.
func collectInsiders(rows pgx.Rows) (people []Insider, err error) {
	var p Insider
	var x access.Term
	_, err = pgx.ForEachRow(rows, []any{&p.Person, &p.Name, &p.Email, &x.Role, &x.Title, &x.Side, &x.From, &x.Until}, func() error {
		if last := len(people) - 1; last < 0 || people[last].Person != p.Person {
			people = append(people, Insider{Person: p.Person, Name: p.Name, Email: p.Email})
		}
		last := &people[len(people)-1]
		last.Terms = append(last.Terms, x)
		return nil
	})
	return people, err
}

// People lists everybody who has, had or will have a role in the trust, by name,
// with their addresses.
func (t *Trust) People(ctx context.Context) (people []Insider, err error) {
	err = t.deskTx(ctx, func(ctx context.Context, tx pgx.Tx) error {
		people, err = t.insiders(ctx, tx, uuid.Nil)
		return err
	})
	return people, fault("people", err)
}

// insiders reads them in a transaction with the front desk's rights.
func (t *Trust) insiders(ctx context.Context, tx pgx.Tx, person uuid.UUID) ([]Insider, error) {
	rows, err := tx.Query(ctx, insiders, t.insidersArgs(person)...)
	if err != nil {
		return nil, err
	}
	return collectInsiders(rows)
}

// insider reads one of them, or says ErrNotFound for somebody of another trust.
func (t *Trust) insider(ctx context.Context, tx pgx.Tx, person uuid.UUID) (Insider, error) {
	found, err := t.insiders(ctx, tx, person)
	switch {
	case err != nil:
		return Insider{}, err
	case len(found) == 0 || person == uuid.Nil:
		return Insider{}, ErrNotFound
	}
	return found[0], nil
}

// Details is what can be changed of somebody beside their roles.
type Details struct {
	Name, Email string
	Title       string      // as a board member; nothing for anybody else
	Side        access.Side // as above
}

// Standing says how much of somebody is the trust's to change.
type Standing struct {
	Elsewhere bool // has or had a role in another trust, or is a platform administrator
	SignedIn  bool // has shown who they are, by whatever way
}

// MayRename says whether the name is the trust's to change.
func (s Standing) MayRename() bool { return !s.Elsewhere }

// MayReaddress says whether the address is the trust's to change. Once somebody
// has signed in, whoever could change the address could see their answers.
func (s Standing) MayReaddress() bool { return !s.Elsewhere && !s.SignedIn }

// Insider is one person of the trust, and what of them may be changed here.
func (t *Trust) Insider(ctx context.Context, person uuid.UUID) (in Insider, s Standing, err error) {
	err = t.deskTx(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if in, err = t.insider(ctx, tx, person); err != nil {
			return err
		}
		s, err = t.standing(ctx, tx, person)
		return err
	})
	return in, s, fault("insider", err)
}

func (t *Trust) standing(ctx context.Context, tx pgx.Tx, person uuid.UUID) (s Standing, err error) {
	err = tx.QueryRow(ctx, `
		SELECT p.admin OR EXISTS (SELECT FROM memberships m WHERE m.person_id = p.id AND m.ods <> $2),
		       EXISTS (SELECT FROM sign_ins s WHERE s.person_id = p.id) OR EXISTS (SELECT FROM sessions s WHERE s.person_id = p.id)
		FROM people p WHERE p.id = $1`, person, t.ODS).Scan(&s.Elsewhere, &s.SignedIn)
	if err != nil || s.SignedIn {
		return s, err
	}
	// Records of sign-ins go after a year; that somebody has answered stays.
	err = t.asTenant(ctx, tx, func() error {
		return tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM invitations WHERE ods = $1 AND person_id = $2 AND finished)`,
			t.ODS, person).Scan(&s.SignedIn)
	})
	return s, err
}

// deskTx runs fn with the front desk's rights in a transaction of somebody who
// manages the trust's people. What it asks for, it asks for of this trust.
func (t *Trust) deskTx(ctx context.Context, fn func(context.Context, pgx.Tx) error) error {
	return t.tx(ctx, access.ManagePeople, func(ctx context.Context, tx pgx.Tx) error {
		return t.asDesk(ctx, tx, func() error { return fn(ctx, tx) })
	})
}

// peopleTx is for changes. Those of one trust wait for each other: whether
// anybody still leads is asked of all its people.
func (t *Trust) peopleTx(ctx context.Context, fn func(context.Context, pgx.Tx) error) error {
	return t.deskTx(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('octant people ' || $1, 0))`, t.ODS)
		if err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

// asTenant runs fn inside the trust again, in the middle of what the front desk
// does.
func (t *Trust) asTenant(ctx context.Context, tx pgx.Tx, fn func() error) error {
	if _, err := tx.Exec(ctx, bind, t.ODS); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `SELECT set_config('role', 'none', true)`)
	return err
}

// Holder is somebody who holds a role in the trust today.
type Holder struct {
	Person uuid.UUID
	Name   string
	Role   access.Role
}

// Holders lists who holds which role in the trust today, by name, for anybody
// who wants to know who can see what. It gives no address.
func (t *Trust) Holders(ctx context.Context) (holders []Holder, err error) {
	err = t.read(ctx, access.EnterTrust, func(b *pgx.Batch) {
		b.Queue(`
			SELECT p.id, p.name, m.role
			FROM memberships m JOIN people p ON p.id = m.person_id
			WHERE m.ods = $1 AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date
			ORDER BY p.name, p.id, m.role`, t.ODS).
			Query(func(rows pgx.Rows) (err error) {
				holders, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Holder])
				return err
			})
	})
	return holders, fault("holders", err)
}

// unled is the first day from today on which nobody leads the trust; zero when
// somebody always does.
func (t *Trust) unled(ctx context.Context, tx pgx.Tx, now time.Time) (time.Time, error) {
	people, err := t.insiders(ctx, tx, uuid.Nil)
	var terms []access.Term
	for _, p := range people {
		if term, held := p.Term(access.Lead); held {
			terms = append(terms, term)
		}
	}
	return access.Unled(terms, access.Today(now)), err
}

// leading makes a change of roles, and says [access.ErrNoLead] if it brings
// nearer the day on which nobody leads.
func (t *Trust) leading(ctx context.Context, tx pgx.Tx, roles []access.Role, now time.Time, change func() error) error {
	if !slices.Contains(roles, access.Lead) {
		return change()
	}
	before, err := t.unled(ctx, tx, now)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := t.unled(ctx, tx, now)
	if err == nil && !after.IsZero() && (before.IsZero() || after.Before(before)) {
		return access.ErrNoLead
	}
	return err
}

// personNote is a record of something done to one person.
func personNote(deed audit.Deed, person uuid.UUID, detail string) audit.Entry {
	return audit.Entry{Deed: deed, Person: person, Detail: detail}
}
