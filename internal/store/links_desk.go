package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
)

// LinkState is how somebody's personal link or printed code stands.
type LinkState string

// The states.
const (
	NoLink      LinkState = ""
	LinkWorks   LinkState = "works"
	LinkRevoked LinkState = "revoked"
)

// LinkedPerson is somebody who is asked in a round and how they can get in.
type LinkedPerson struct {
	BoardMember
	OnPaper bool
	Link    LinkState // of the personal link that letters carry
	Letter  LinkState // of the code on a printed letter
	NoEmail bool      // there is no address to send a letter to
}

// Links lists who is asked in a round, by name, and how each can get in. It
// never gives a link itself.
func (t *Trust) Links(ctx context.Context, round uuid.UUID) (people []LinkedPerson, err error) {
	err = t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT p.id, p.name, i.title, i.side, i.on_paper, coalesce(l.link, ''), coalesce(l.letter, '')
			FROM invitations i JOIN people p ON p.id = i.person_id
			CROSS JOIN LATERAL (
				SELECT max(CASE WHEN n.kind = 'link' THEN n.state END) AS link, max(CASE WHEN n.kind = 'letter' THEN n.state END) AS letter
				FROM (SELECT DISTINCT ON (x.kind) x.kind, CASE WHEN x.revoked_at IS NULL THEN 'works' ELSE 'revoked' END AS state
				      FROM links x WHERE x.ods = i.ods AND x.round_id = i.round_id AND x.person_id = i.person_id
				      ORDER BY x.kind, x.serial DESC) n) l
			WHERE i.ods = $1 AND i.round_id = $2
			ORDER BY p.name, p.id`, t.ODS, round)
		if err != nil {
			return err
		}
		people, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p LinkedPerson, err error) {
			return p, row.Scan(&p.Person, &p.Name, &p.Title, &p.Side, &p.OnPaper, &p.Link, &p.Letter)
		})
		if err != nil {
			return err
		}
		return t.markWithoutEmail(ctx, tx, people)
	})
	return people, fault("links", err)
}

// markWithoutEmail asks the front desk who has no address: inside a trust
// addresses cannot be seen.
func (t *Trust) markWithoutEmail(ctx context.Context, tx pgx.Tx, people []LinkedPerson) error {
	ids := make([]uuid.UUID, len(people))
	at := make(map[uuid.UUID]*LinkedPerson, len(people))
	for i := range people {
		ids[i] = people[i].Person
		at[ids[i]] = &people[i]
	}
	return t.asDesk(ctx, tx, func() error {
		rows, err := tx.Query(ctx, `SELECT id FROM people WHERE id = ANY ($1) AND email IS NULL`, ids)
		if err != nil {
			return err
		}
		var id uuid.UUID
		_, err = pgx.ForEachRow(rows, []any{&id}, func() error {
			at[id].NoEmail = true
			return nil
		})
		return err
	})
}

// RevokeLinks makes somebody's personal link and printed code lead nowhere, and
// ends the sessions that came by them. No letter carries a new link until
// [Trust.NewLink] makes one.
func (t *Trust) RevokeLinks(ctx context.Context, round, person uuid.UUID, now time.Time) error {
	return fault("revoke links", t.linkTx(ctx, round, func(ctx context.Context, tx pgx.Tx, r assessment.Round) error {
		if _, err := t.lastLink(ctx, tx, round, person, string(access.ByLink)); err != nil {
			return err
		}
		revoked, err := t.revoke(ctx, tx, round, person, now)
		if err != nil || !revoked {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.LinkRevoked, Round: round, Person: person, Detail: r.Title})
	}))
}

// NewLink revokes what somebody had and makes a personal link that the next
// letter to them carries.
func (t *Trust) NewLink(ctx context.Context, round, person uuid.UUID, now time.Time) error {
	return fault("new link", t.linkTx(ctx, round, func(ctx context.Context, tx pgx.Tx, r assessment.Round) error {
		last, err := t.lastLink(ctx, tx, round, person, string(access.ByLink))
		if err != nil {
			return err
		}
		revoked, err := t.revoke(ctx, tx, round, person, now)
		if err != nil {
			return err
		}
		if _, err := t.nextLink(ctx, tx, round, person, string(access.ByLink), last, now); err != nil {
			return err
		}
		var done []audit.Entry
		if revoked {
			done = append(done, audit.Entry{Deed: audit.LinkRevoked, Round: round, Person: person, Detail: r.Title})
		}
		return t.note(ctx, tx, now, append(done, audit.Entry{Deed: audit.LinkMade, Round: round, Person: person, Detail: r.Title})...)
	}))
}

// linkTx is a transaction on the links of a round that has not closed and cannot
// close meanwhile.
func (t *Trust) linkTx(ctx context.Context, round uuid.UUID, fn func(context.Context, pgx.Tx, assessment.Round) error) error {
	return t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		var r assessment.Round
		b := &pgx.Batch{}
		b.Queue(shareRound, lockKey(round))
		b.Queue(`SELECT id, title, state FROM rounds WHERE ods = $1 AND id = $2`, t.ODS, round).
			QueryRow(func(row pgx.Row) error { return row.Scan(&r.ID, &r.Title, &r.State) })
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		if r.State == assessment.Closed {
			return assessment.ErrNotOpen
		}
		return fn(ctx, tx, r)
	})
}

// revoke ends what of somebody's links and codes still works, and with it every
// session in this trust that came by a link or a code. It says whether anything
// did.
func (t *Trust) revoke(ctx context.Context, tx pgx.Tx, round, person uuid.UUID, now time.Time) (bool, error) {
	ended, err := tx.Exec(ctx, `
		UPDATE links SET revoked_at = $4
		WHERE ods = $1 AND round_id = $2 AND person_id = $3 AND revoked_at IS NULL`, t.ODS, round, person, now)
	if err != nil || ended.RowsAffected() == 0 {
		return false, err
	}
	return true, t.asDesk(ctx, tx, func() error {
		_, err := tx.Exec(ctx, `DELETE FROM sessions WHERE person_id = $1 AND ods = $2 AND way IN ('link', 'letter')`,
			person, t.ODS)
		return err
	})
}

// CodeLetter is what is printed for one person.
type CodeLetter struct {
	Name  string
	Title string
	Code  string
}

// CodeLetters makes printed letters for these people, by name. Printing one
// again gives the same code; one whose code was revoked gets the next. Somebody
// who is not asked is ErrNotFound, somebody who answers on paper
// [assessment.ErrOnPaper], and then there are none at all.
func (t *Trust) CodeLetters(ctx context.Context, round uuid.UUID, people []uuid.UUID, now time.Time) (letters []CodeLetter, err error) {
	ctx, cancel := context.WithTimeout(ctx, longPatience)
	defer cancel()
	err = t.linkTx(ctx, round, func(ctx context.Context, tx pgx.Tx, r assessment.Round) error {
		asked, err := t.namesOf(ctx, tx, round, people)
		if err != nil {
			return err
		}
		if len(asked) != distinct(people) {
			return ErrNotFound
		}
		var printed []uuid.UUID
		for _, p := range asked {
			code, err := t.codeFor(ctx, tx, round, p.Person, now)
			if err != nil {
				return err
			}
			letters, printed = append(letters, CodeLetter{Name: p.Name, Title: p.Title, Code: code}), append(printed, p.Person)
		}
		return t.note(ctx, tx, now, ofEach(audit.LetterPrinted, r, printed)...)
	})
	if err != nil {
		return nil, fault("code letters", err)
	}
	return letters, nil
}

func (t *Trust) namesOf(ctx context.Context, tx pgx.Tx, round uuid.UUID, people []uuid.UUID) ([]BoardMember, error) {
	rows, err := tx.Query(ctx, `
		SELECT p.id, p.name, i.title, i.side
		FROM invitations i JOIN people p ON p.id = i.person_id
		WHERE i.ods = $1 AND i.round_id = $2 AND i.person_id = ANY ($3)
		ORDER BY p.name, p.id`, t.ODS, round, people)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[BoardMember])
}

// codeFor is the code of one person's letter. The lead prints it by hand, so
// that a revoked one is no bar.
func (t *Trust) codeFor(ctx context.Context, tx pgx.Tx, round, person uuid.UUID, now time.Time) (string, error) {
	kind := string(access.ByLetter)
	last, err := t.lastLink(ctx, tx, round, person, kind)
	if err != nil {
		return "", err
	}
	if last.serial > 0 && !last.revoked {
		return t.token(last, kind), nil
	}
	return t.nextLink(ctx, tx, round, person, kind, last, now)
}
