package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
)

// What circles refuse.
var (
	ErrInCircle  = errors.New("store: the trust is in the circle or invited to it")
	ErrNoTrust   = errors.New("store: no trust has this code")
	ErrManyTrust = errors.New("store: a circle is full")
)

// MostInCircle is how many trusts a circle can hold, the invited among them.
const MostInCircle = 30

// CircleState is what a trust is in a circle.
type CircleState string

// The states.
const (
	CircleInvited  CircleState = "invited"
	CircleMember   CircleState = "member"
	CircleDeclined CircleState = "declined"
	CircleLeft     CircleState = "left"
)

// LedTrust is a trust that somebody leads.
type LedTrust struct{ ODS, Name string }

// CircleCard is a circle of which one of somebody's trusts is part, or to which
// it is invited.
type CircleCard struct {
	ID      uuid.UUID
	Name    string
	Founder string // name of the trust that made it
	ODS     string // the trust through which the person sees it
	Trust   string
	State   CircleState
	Members int
}

// Circles lists the trusts that somebody leads, and these trusts' circles;
// ErrNotFound for somebody who leads none.
func (db *DB) Circles(ctx context.Context, person uuid.UUID) (led []LedTrust, cards []CircleCard, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if led, err = db.led(ctx, person); err != nil {
		return nil, nil, fault("circles", err)
	}
	rows, err := db.pool.Query(ctx, `
		SELECT c.id, c.name, f.name, t.ods, t.name, p.state,
		       (SELECT count(*) FROM circle_places x WHERE x.circle_id = c.id AND x.state = 'member')
		FROM circle_places p
		JOIN circles c ON c.id = p.circle_id
		JOIN trusts t ON t.ods = p.ods
		JOIN trusts f ON f.ods = c.founder
		WHERE p.ods = ANY ($1) AND p.state IN ('invited', 'member')
		ORDER BY c.name, c.id, t.name`, ledCodes(led))
	if err == nil {
		cards, err = pgx.CollectRows(rows, pgx.RowToStructByPos[CircleCard])
	}
	return led, cards, fault("circles", err)
}

// led is the trusts for which somebody may decide what is shared.
func (db *DB) led(ctx context.Context, person uuid.UUID) ([]LedTrust, error) {
	rows, err := db.pool.Query(ctx, `
		SELECT DISTINCT t.ods, t.name FROM memberships m JOIN trusts t ON t.ods = m.ods
		WHERE m.person_id = $1 AND m.role = ANY ($2) AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date
		ORDER BY t.name, t.ods`, person, access.With(access.ShareResults))
	if err != nil {
		return nil, err
	}
	led, err := pgx.CollectRows(rows, pgx.RowToStructByPos[LedTrust])
	if err == nil && len(led) == 0 {
		err = ErrNotFound
	}
	return led, err
}

func ledCodes(led []LedTrust) []string {
	codes := make([]string, len(led))
	for i, t := range led {
		codes[i] = t.ODS
	}
	return codes
}

// Circle is one circle as somebody who leads a trust in it sees it.
type Circle struct {
	ID      uuid.UUID
	Name    string
	Founder string // code
	Places  []CirclePlace
	Led     []LedTrust // the person's trusts that are in it or invited
	Sees    bool       // one of these is a member and shares with its circles
	Figures map[string][]Summary
}

// CirclePlace is one trust in a circle.
type CirclePlace struct {
	ODS    string
	Name   string
	State  CircleState
	Since  time.Time // it was invited, or joined
	Shares bool      // it is a member, and lets its circles see it by name
}

// Circle is a circle with the published figures of its members, two rounds of
// each, for somebody who leads one of them or one that is invited; ErrNotFound
// for anybody else. Figures are seen only by who shares as much, and only of
// trusts that do.
func (db *DB) Circle(ctx context.Context, person, id uuid.UUID, now time.Time) (c Circle, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	led, err := db.led(ctx, person)
	if err != nil {
		return c, fault("circle", err)
	}
	c.ID = id
	err = db.pool.QueryRow(ctx, `SELECT name, founder FROM circles WHERE id = $1`, id).Scan(&c.Name, &c.Founder)
	if err != nil {
		return c, fault("circle", err)
	}
	rows, err := db.pool.Query(ctx, `
		SELECT t.ods, t.name, p.state, coalesce(p.joined_at, p.invited_at), p.state = 'member' AND coalesce(r.rung, 'private') = ANY ($3)
		FROM circle_places p JOIN trusts t ON t.ods = p.ods LEFT JOIN `+rungsOn+` r ON r.ods = p.ods
		WHERE p.circle_id = $2 AND p.state IN ('invited', 'member')
		ORDER BY t.name, t.ods`, access.Today(now), id, reaching(access.InCircle))
	if err == nil {
		c.Places, err = pgx.CollectRows(rows, pgx.RowToStructByPos[CirclePlace])
	}
	if err != nil {
		return c, fault("circle", err)
	}
	var shared []string
	for _, p := range c.Places {
		if i := slices.IndexFunc(led, func(t LedTrust) bool { return t.ODS == p.ODS }); i >= 0 {
			c.Led = append(c.Led, led[i])
			c.Sees = c.Sees || p.Shares
		}
		if p.Shares {
			shared = append(shared, p.ODS)
		}
	}
	switch {
	case len(c.Led) == 0:
		return Circle{}, ErrNotFound
	case c.Sees:
		c.Figures, err = db.latest(ctx, shared, 2)
	}
	return c, fault("circle", err)
}

// circleTx runs fn with the front desk's rights for one of the trust's leads, and
// records the deed.
func (t *Trust) circleTx(ctx context.Context, now time.Time, fn func(context.Context, pgx.Tx) (audit.Entry, error)) error {
	return t.tx(ctx, access.ShareResults, func(ctx context.Context, tx pgx.Tx) error {
		var e audit.Entry
		err := t.asDesk(ctx, tx, func() (err error) {
			e, err = fn(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
		return t.note(ctx, tx, now, e)
	})
}

// MakeCircle makes a circle of which this trust is the founder and the first
// member.
func (t *Trust) MakeCircle(ctx context.Context, name string, now time.Time) (id uuid.UUID, err error) {
	if id, err = uuid.NewV7(); err != nil {
		return id, fault("make circle", err)
	}
	err = t.circleTx(ctx, now, func(ctx context.Context, tx pgx.Tx) (audit.Entry, error) {
		b := &pgx.Batch{}
		b.Queue(`INSERT INTO circles (id, name, founder, made_at) VALUES ($1, $2, $3, $4)`, id, name, t.ODS, now)
		b.Queue(`
			INSERT INTO circle_places (ods, circle_id, state, invited_at, joined_at) VALUES ($1, $2, 'member', $3, $3)`, t.ODS, id, now)
		return audit.Entry{Deed: audit.CircleMade, Detail: name}, tx.SendBatch(ctx, b).Close()
	})
	return id, fault("make circle", err)
}

// InviteToCircle invites a trust. Only the founder does, so that nobody who
// joined finds strangers brought in by others.
func (t *Trust) InviteToCircle(ctx context.Context, circle uuid.UUID, ods string, now time.Time) error {
	if !codeShape.MatchString(ods) {
		return ErrNoTrust
	}
	return fault("invite to circle", t.circleTx(ctx, now, func(ctx context.Context, tx pgx.Tx) (audit.Entry, error) {
		var name string
		err := tx.QueryRow(ctx, `
			SELECT c.name FROM circles c JOIN circle_places p ON p.circle_id = c.id AND p.ods = $2
			WHERE c.id = $1 AND c.founder = $2 AND p.state = 'member' FOR UPDATE OF p`, circle, t.ODS).Scan(&name)
		if err != nil {
			return audit.Entry{}, err
		}
		if err := mayInvite(ctx, tx, circle, ods); err != nil {
			return audit.Entry{}, err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO circle_places (ods, circle_id, state, invited_at) VALUES ($1, $2, 'invited', $3)
			ON CONFLICT (ods, circle_id) DO UPDATE SET state = 'invited', invited_at = excluded.invited_at, ended_at = NULL`, ods, circle, now)
		return audit.Entry{Deed: audit.CircleInvited, Detail: name + ": " + ods}, err
	}))
}

func mayInvite(ctx context.Context, tx pgx.Tx, circle uuid.UUID, ods string) error {
	var there, in bool
	var n int
	err := tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM trusts WHERE ods = $2), coalesce(bool_or(p.ods = $2), false), count(*)
		FROM circle_places p WHERE p.circle_id = $1 AND p.state IN ('invited', 'member')`, circle, ods).Scan(&there, &in, &n)
	switch {
	case err != nil:
		return err
	case !there:
		return ErrNoTrust
	case in:
		return ErrInCircle
	case n >= MostInCircle:
		return ErrManyTrust
	}
	return nil
}

// AnswerCircle accepts or declines an invitation.
func (t *Trust) AnswerCircle(ctx context.Context, circle uuid.UUID, accept bool, now time.Time) error {
	deed, state := audit.CircleDeclined, CircleDeclined
	if accept {
		deed, state = audit.CircleJoined, CircleMember
	}
	return fault("answer circle", t.moveInCircle(ctx, circle, CircleInvited, state, deed, now))
}

// LeaveCircle takes the trust out of a circle, at once.
func (t *Trust) LeaveCircle(ctx context.Context, circle uuid.UUID, now time.Time) error {
	return fault("leave circle", t.moveInCircle(ctx, circle, CircleMember, CircleLeft, audit.CircleLeft, now))
}

func (t *Trust) moveInCircle(ctx context.Context, circle uuid.UUID, from, to CircleState, deed audit.Deed, now time.Time) error {
	return t.circleTx(ctx, now, func(ctx context.Context, tx pgx.Tx) (audit.Entry, error) {
		var name string
		err := tx.QueryRow(ctx, `
			UPDATE circle_places p SET state = $4,
			       joined_at = CASE WHEN $4 = 'member' THEN $5 ELSE p.joined_at END,
			       ended_at = CASE WHEN $4 = 'member' THEN NULL ELSE $5::timestamptz END
			FROM circles c
			WHERE c.id = p.circle_id AND p.ods = $1 AND p.circle_id = $2 AND p.state = $3 RETURNING c.name`,
			t.ODS, circle, from, to, now).Scan(&name)
		return audit.Entry{Deed: deed, Detail: name}, err
	})
}
