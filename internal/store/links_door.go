package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
)

// Invitation is what a personal link or the code on a printed letter leads to:
// one person, inside one trust with what is left of their rights there, and the
// round they are asked in.
type Invitation struct {
	Trust   *Trust
	Name    string // the person's
	Round   assessment.Round
	LastDay time.Time // on which this person may answer
}

// EnterByLink is the door for a personal link. It changes nothing, so that a
// link can be opened any number of times. Whatever is wrong (an unknown token,
// a revoked link, a round that is not open, somebody who has left the board) it
// says ErrNotFound, after the same work.
func (db *DB) EnterByLink(ctx context.Context, token string) (Invitation, error) {
	return db.enterByToken(ctx, access.ByLink, token)
}

// EnterByCode is the same door for the code on a printed letter, as it was typed.
func (db *DB) EnterByCode(ctx context.Context, typed string) (Invitation, error) {
	readings := access.ReadLetterCode(typed)
	return db.enterByToken(ctx, access.ByLetter, readings[:]...)
}

// nowhere stands for the trust of a token that names none. No trust has it.
const nowhere = "-"

// enterByToken looks for each token inside the trust that it names, and nowhere
// else, in one round trip.
func (db *DB) enterByToken(ctx context.Context, way access.Way, tokens ...string) (Invitation, error) {
	var found []Invitation
	b := &pgx.Batch{}
	for _, token := range tokens {
		ods := access.TrustOf(token)
		if !codeShape.MatchString(ods) {
			ods = nowhere
		}
		hash := access.TokenHash(db.secret, token)
		b.Queue(bind, ods)
		b.Queue(`
			SELECT i.person_id, p.name, t.name, t.kind,
			       (SELECT array_agg(m.role ORDER BY m.role) FROM memberships m
			        WHERE m.ods = i.ods AND m.person_id = i.person_id
			          AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date) AS roles,
			       r.id, r.title, r.questionnaire, r.form, r.state, r.opens_on, r.closes_on, r.opened_at,
			       greatest(r.closes_on, i.extended_to)
			FROM links l
			JOIN invitations i ON i.ods = l.ods AND i.round_id = l.round_id AND i.person_id = l.person_id
			JOIN rounds r ON r.ods = l.ods AND r.id = l.round_id
			JOIN people p ON p.id = l.person_id
			JOIN trusts t ON t.ods = l.ods
			WHERE l.ods = $1 AND l.hash = $2 AND l.kind = $3 AND l.revoked_at IS NULL
			  AND r.state = 'open' AND NOT i.on_paper`, ods, hash[:], way).
			Query(func(rows pgx.Rows) error {
				in, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (Invitation, error) { return db.scanInvitation(row, ods) })
				found = append(found, in...)
				return err
			})
	}
	if err := db.send(ctx, b); err != nil {
		return Invitation{}, fault("enter by token", err)
	}
	for _, in := range found {
		if in.Trust.May(access.Answer) {
			return in, nil
		}
	}
	return Invitation{}, fault("enter by token", ErrNotFound)
}

func (db *DB) scanInvitation(row pgx.CollectableRow, ods string) (Invitation, error) {
	t := &Trust{db: db, ODS: ods}
	in := Invitation{Trust: t}
	r := &in.Round
	err := row.Scan(&t.Person, &in.Name, &t.Name, &t.Kind, &t.Roles,
		&r.ID, &r.Title, &r.Questionnaire, &r.Form, &r.State, &r.OpensOn, &r.ClosesOn, &r.OpenedAt, &in.LastDay)
	r.OpenedAt = r.OpenedAt.UTC()
	in.Trust = t.AnswersOnly()
	return in, err
}
