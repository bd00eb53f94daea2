package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
)

// ChangePerson changes somebody's name, address, board role and side. Somebody
// of another trust is ErrNotFound; a name or address that is not the trust's to
// change is [access.ErrNotOurs]; an address that somebody else has is
// [access.ErrTaken], and that it was tried is recorded: nobody may look addresses
// up in this way unseen.
func (t *Trust) ChangePerson(ctx context.Context, person uuid.UUID, d Details, now time.Time) error {
	taken := false
	err := t.peopleTx(ctx, func(ctx context.Context, tx pgx.Tx) error {
		in, err := t.insider(ctx, tx, person)
		if err != nil {
			return err
		}
		if taken, err = t.refuses(ctx, tx, in, d); err != nil {
			return err
		}
		if taken {
			return t.note(ctx, tx, now, personNote(audit.PersonChanged, person, "email address refused: somebody else has it"))
		}
		return t.changeDetails(ctx, tx, in, d, now)
	})
	if err == nil && taken {
		err = access.ErrTaken
	}
	return fault("change person", err)
}

// refuses says why somebody cannot be changed so.
func (t *Trust) refuses(ctx context.Context, tx pgx.Tx, in Insider, d Details) (taken bool, err error) {
	if d.Name == in.Name && d.Email == in.Email {
		return false, nil
	}
	// Nobody adds them to another trust meanwhile.
	if _, err := tx.Exec(ctx, `SELECT FROM people WHERE id = $1 FOR UPDATE`, in.Person); err != nil {
		return false, err
	}
	s, err := t.standing(ctx, tx, in.Person)
	switch {
	case err != nil:
		return false, err
	case !s.MayRename(), d.Email != in.Email && !s.MayReaddress():
		return false, access.ErrNotOurs
	case d.Email == "" && slices.ContainsFunc(in.Terms, func(x access.Term) bool { return x.Role != access.Member }):
		return false, access.ErrNoAddress
	}
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM people WHERE email = $1 AND id <> $2)`, d.Email, in.Person).Scan(&taken)
	return taken, err
}

func (t *Trust) changeDetails(ctx context.Context, tx pgx.Tx, in Insider, d Details, now time.Time) error {
	var changed []string
	var notes []audit.Entry
	if d.Name != in.Name {
		changed = append(changed, "name")
	}
	if d.Email != in.Email {
		changed = append(changed, "email address")
		again, err := t.readdress(ctx, tx, in.Person, now)
		if err != nil {
			return err
		}
		notes = again
	}
	if len(changed) > 0 {
		_, err := tx.Exec(ctx, `UPDATE people SET name = $2, email = nullif($3, '') WHERE id = $1`, in.Person, d.Name, d.Email)
		if err != nil {
			return err
		}
	}
	seated, err := t.changeSeat(ctx, tx, in, d)
	if err != nil {
		return err
	}
	changed = append(changed, seated...)
	if len(changed) == 0 {
		return nil
	}
	return t.note(ctx, tx, now, append([]audit.Entry{personNote(audit.PersonChanged, in.Person, strings.Join(changed, ", "))}, notes...)...)
}

// changeSeat changes a board member's role and side, and says what changed.
func (t *Trust) changeSeat(ctx context.Context, tx pgx.Tx, in Insider, d Details) (changed []string, err error) {
	seat, sits := in.Member()
	if !sits || d.Title == seat.Title && d.Side == seat.Side {
		return nil, nil
	}
	if !d.Side.Valid() {
		return nil, access.ErrTerm
	}
	if d.Title != seat.Title {
		changed = append(changed, "board role")
	}
	if d.Side != seat.Side {
		changed = append(changed, "side")
	}
	_, err = tx.Exec(ctx, `UPDATE memberships SET title = $4, side = $5 WHERE ods = $1 AND person_id = $2 AND role = $3`,
		t.ODS, in.Person, access.Member, d.Title, d.Side)
	if err != nil {
		return nil, err
	}
	return changed, t.asTenant(ctx, tx, func() error { return t.followInDrafts(ctx, tx, []uuid.UUID{in.Person}) })
}

// readdress makes codes and personal links that went to an address worth
// nothing, and new links for the letters to come. Printed letters stay good.
func (t *Trust) readdress(ctx context.Context, tx pgx.Tx, person uuid.UUID, now time.Time) (notes []audit.Entry, err error) {
	if _, err := tx.Exec(ctx, `DELETE FROM sign_in_codes WHERE person_id = $1 AND used_at IS NULL`, person); err != nil {
		return nil, err
	}
	return notes, t.asTenant(ctx, tx, func() error {
		rows, err := tx.Query(ctx, `
			SELECT r.id FROM rounds r
			WHERE r.ods = $1 AND r.state <> 'closed' AND EXISTS (
				SELECT FROM links l WHERE l.ods = r.ods AND l.round_id = r.id AND l.person_id = $2 AND l.kind = $3 AND l.revoked_at IS NULL)
			ORDER BY r.id`, t.ODS, person, access.ByLink)
		if err != nil {
			return err
		}
		rounds, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		if err != nil {
			return err
		}
		for _, round := range rounds {
			if err := t.relink(ctx, tx, round, person, now); err != nil {
				return err
			}
			notes = append(notes, audit.Entry{Deed: audit.LinkRevoked, Round: round, Person: person},
				audit.Entry{Deed: audit.LinkMade, Round: round, Person: person})
		}
		return nil
	})
}

// relink puts the next personal link in the place of the one that works.
func (t *Trust) relink(ctx context.Context, tx pgx.Tx, round, person uuid.UUID, now time.Time) error {
	if _, err := tx.Exec(ctx, shareRound, lockKey(round)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		UPDATE links SET revoked_at = $5
		WHERE ods = $1 AND round_id = $2 AND person_id = $3 AND kind = $4 AND revoked_at IS NULL`,
		t.ODS, round, person, access.ByLink, now)
	if err != nil {
		return err
	}
	last, err := t.lastLink(ctx, tx, round, person, string(access.ByLink))
	if err != nil {
		return err
	}
	_, err = t.nextLink(ctx, tx, round, person, string(access.ByLink), last, now)
	return err
}

// GrantRoles gives somebody roles with their first and last days. Somebody of
// another trust is ErrNotFound. A role other than a board member's needs an
// address to sign in with, or it is [access.ErrNoAddress]. Whoever leads cannot
// be given dates that leave the trust without a lead: [access.ErrNoLead].
func (t *Trust) GrantRoles(ctx context.Context, person uuid.UUID, terms []access.Term, now time.Time) error {
	return fault("grant roles", t.peopleTx(ctx, func(ctx context.Context, tx pgx.Tx) error {
		in, err := t.insider(ctx, tx, person)
		if err != nil {
			return err
		}
		var roles []access.Role
		var notes []audit.Entry
		for _, x := range terms {
			if x.Role != access.Member && in.Email == "" {
				return access.ErrNoAddress
			}
			roles = append(roles, x.Role)
			notes = append(notes, personNote(audit.RoleGranted, person, termWords(x)))
		}
		err = t.leading(ctx, tx, roles, now, func() error { return t.keepTerms(ctx, tx, person, terms) })
		if err != nil {
			return err
		}
		if err := t.asTenant(ctx, tx, func() error { return t.followInDrafts(ctx, tx, []uuid.UUID{person}) }); err != nil {
			return err
		}
		return t.note(ctx, tx, now, notes...)
	}))
}

// EndRoles sets the last day of roles that somebody has or will have. A day that
// is over ends them at once. Somebody of another trust is ErrNotFound, a role
// they do not have [access.ErrTerm], and if nobody would lead, [access.ErrNoLead].
func (t *Trust) EndRoles(ctx context.Context, person uuid.UUID, roles []access.Role, last, now time.Time) error {
	return fault("end roles", t.peopleTx(ctx, func(ctx context.Context, tx pgx.Tx) error {
		in, err := t.insider(ctx, tx, person)
		if err != nil {
			return err
		}
		today := access.Today(now)
		var notes []audit.Entry
		for _, r := range roles {
			term, held := in.Term(r)
			if !held || term.Over(today) || last.IsZero() {
				return access.ErrTerm
			}
			notes = append(notes, personNote(audit.RoleEnded, person, r.Words()+", last day "+last.Format("2 January 2006")))
		}
		err = t.leading(ctx, tx, roles, now, func() error {
			_, err := tx.Exec(ctx, `
				UPDATE memberships SET to_on = $4::date, from_on = least(from_on, $4::date)
				WHERE ods = $1 AND person_id = $2 AND role = ANY ($3)`, t.ODS, person, roles, last)
			return err
		})
		if err != nil {
			return err
		}
		if slices.Contains(roles, access.Member) && last.Before(today) {
			if err := t.asTenant(ctx, tx, func() error { return t.leaveDrafts(ctx, tx, person) }); err != nil {
				return err
			}
		}
		return t.note(ctx, tx, now, notes...)
	}))
}

// leaveDrafts takes somebody who has left the board off the lists of rounds that
// have not opened.
func (t *Trust) leaveDrafts(ctx context.Context, tx pgx.Tx, person uuid.UUID) error {
	b := &pgx.Batch{}
	b.Queue(`SELECT id FROM rounds WHERE ods = $1 AND state = 'draft' ORDER BY id FOR UPDATE`, t.ODS)
	b.Queue(`
		DELETE FROM invitations i USING rounds r
		WHERE i.ods = $1 AND i.person_id = $2 AND r.ods = i.ods AND r.id = i.round_id AND r.state = 'draft'`, t.ODS, person)
	return tx.SendBatch(ctx, b).Close()
}
