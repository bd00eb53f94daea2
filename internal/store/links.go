package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
)

// ErrRevoked means that somebody's personal link was revoked and that the lead
// has not given them a new one: until then no letter may carry one.
var ErrRevoked = errors.New("store: personal link was revoked")

// link is what is kept of a personal link or of the code on a printed letter.
type link struct {
	id      uuid.UUID
	serial  int
	revoked bool
}

// linkFor makes sure that somebody who is asked in the round has a link of that
// kind ("link" or "letter", as [access.Way] names them), and gives its token.
// Asked again it gives the same token. It says ErrNotFound for somebody who is
// not asked, [assessment.ErrOnPaper] for somebody who answers on paper, and
// [ErrRevoked] after the last one was revoked: a revoked link comes back by the
// lead's hand alone, never with the next reminder.
func (t *Trust) linkFor(ctx context.Context, tx pgx.Tx, round, person uuid.UUID, kind string, now time.Time) (token string, err error) {
	last, err := t.lastLink(ctx, tx, round, person, kind)
	switch {
	case err != nil:
		return "", err
	case last.revoked:
		return "", ErrRevoked
	case last.serial > 0:
		return t.token(last, kind), nil
	}
	return t.nextLink(ctx, tx, round, person, kind, last, now)
}

// lastLink reads the newest link of that kind, with serial 0 if there is none,
// and keeps others from making one until the transaction ends.
func (t *Trust) lastLink(ctx context.Context, tx pgx.Tx, round, person uuid.UUID, kind string) (last link, err error) {
	var onPaper bool
	b := &pgx.Batch{}
	b.Queue(`SELECT on_paper FROM invitations WHERE ods = $1 AND round_id = $2 AND person_id = $3 FOR NO KEY UPDATE`,
		t.ODS, round, person).
		QueryRow(func(row pgx.Row) error { return row.Scan(&onPaper) })
	b.Queue(`
		SELECT id, serial, revoked_at IS NOT NULL FROM links
		WHERE ods = $1 AND round_id = $2 AND person_id = $3 AND kind = $4 ORDER BY serial DESC LIMIT 1`,
		t.ODS, round, person, kind).
		Query(func(rows pgx.Rows) error {
			_, err := pgx.ForEachRow(rows, []any{&last.id, &last.serial, &last.revoked}, func() error { return nil })
			return err
		})
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return last, err
	}
	if onPaper {
		return last, assessment.ErrOnPaper
	}
	return last, nil
}

// nextLink makes the link that follows the last one and gives its token.
func (t *Trust) nextLink(ctx context.Context, tx pgx.Tx, round, person uuid.UUID, kind string, last link, now time.Time) (string, error) {
	if last.serial == 0 {
		id, err := uuid.NewV7()
		if err != nil {
			return "", err
		}
		last.id = id
	}
	last.serial++
	token := t.token(last, kind)
	hash := access.TokenHash(t.db.secret, token)
	_, err := tx.Exec(ctx, `
		INSERT INTO links (ods, hash, id, serial, kind, round_id, person_id, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		t.ODS, hash[:], last.id, last.serial, kind, round, person, now)
	return token, err
}

// token makes a link's token again.
func (t *Trust) token(l link, kind string) string {
	if kind == string(access.ByLetter) {
		return access.LetterCode(t.db.secret, t.ODS, l.id, l.serial)
	}
	return access.LinkToken(t.db.secret, t.ODS, l.id, l.serial)
}
