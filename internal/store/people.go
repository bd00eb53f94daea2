package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
)

// Person is who somebody is, by their id.
func (db *DB) Person(ctx context.Context, id uuid.UUID) (access.Person, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p := access.Person{ID: id}
	err := db.pool.QueryRow(ctx, `SELECT name, coalesce(email, ''), admin FROM people WHERE id = $1`, id).
		Scan(&p.Name, &p.Email, &p.Admin)
	return p, fault("person", err)
}

// TrustCard is one trust on somebody's home page.
type TrustCard struct {
	ODS   string
	Name  string
	Kind  string
	Roles access.Roles
	Open  []OpenRound // open rounds in which the person is asked, the one that closes first at the top
}

// OpenRound is an open round in which somebody is asked.
type OpenRound struct {
	ID       uuid.UUID
	Title    string
	ClosesOn time.Time // this person's last day
	Finished bool      // the person has submitted
	ByClock  bool      // the last day is kept to
}

// Trusts lists the trusts that the person belongs to, by name. However many
// there are, it asks twice.
func (db *DB) Trusts(ctx context.Context, person uuid.UUID) ([]TrustCard, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := db.pool.Query(ctx, `
		SELECT t.ods, t.name, t.kind, array_agg(m.role ORDER BY m.role) AS roles
		FROM memberships m JOIN trusts t ON t.ods = m.ods
		WHERE m.person_id = $1 AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date
		GROUP BY t.ods ORDER BY t.name, t.ods`, person)
	if err != nil {
		return nil, fault("trusts", err)
	}
	cards, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c TrustCard, err error) {
		return c, row.Scan(&c.ODS, &c.Name, &c.Kind, &c.Roles)
	})
	if err != nil {
		return nil, fault("trusts", err)
	}
	return cards, fault("trusts", db.addOpenRounds(ctx, person, cards))
}

// addOpenRounds binds to one trust after the other, but sends all of it at once.
func (db *DB) addOpenRounds(ctx context.Context, person uuid.UUID, cards []TrustCard) error {
	b := &pgx.Batch{}
	for i := range cards {
		c := &cards[i]
		if !c.Roles.May(access.Answer) {
			continue
		}
		b.Queue(bind, c.ODS)
		b.Queue(`
			SELECT r.id, r.title, greatest(r.closes_on, i.extended_to) AS last_day, i.finished, r.by_clock
			FROM rounds r JOIN invitations i ON i.ods = r.ods AND i.round_id = r.id
			WHERE r.ods = $1 AND i.person_id = $2 AND r.state = 'open' AND NOT i.on_paper
			ORDER BY last_day, r.id`, c.ODS, person).
			Query(func(rows pgx.Rows) (err error) {
				c.Open, err = pgx.CollectRows(rows, pgx.RowToStructByPos[OpenRound])
				return err
			})
	}
	if b.Len() == 0 {
		return nil
	}
	return db.send(ctx, b)
}

// ListedTrust is one line of the administrator's list of trusts.
type ListedTrust struct {
	ODS  string
	Name string
	Kind string
}

// AllTrusts lists every trust by name, for a platform administrator.
func (db *DB) AllTrusts(ctx context.Context, admin access.Person) ([]ListedTrust, error) {
	if !admin.Admin {
		return nil, access.ErrDenied
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := db.pool.Query(ctx, `SELECT ods, name, kind FROM trusts ORDER BY name, ods`)
	if err != nil {
		return nil, fault("all trusts", err)
	}
	trusts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ListedTrust])
	return trusts, fault("all trusts", err)
}
