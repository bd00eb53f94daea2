package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
)

// Who answers on paper is known, and so is which sheets have been keyed in; whose
// sheet is whose is not, and no column could say. So nobody on paper is ever
// marked as finished: as many of them count as finished, on each side, as sheets
// of that side have been keyed in, and which of them is not known even to the
// program.

// What the paper pages refuse.
var (
	// ErrHandedIn means that somebody has submitted online and so has no need of
	// paper.
	ErrHandedIn = errors.New("store: person has submitted online")
	// ErrKeyed means that as many sheets of that side have been keyed in as it has
	// people on paper: none can be taken off paper, and no further sheet keyed in.
	ErrKeyed = errors.New("store: every sheet of that side has been keyed in")
)

// PaperPerson is somebody who is asked in a round, and whether on paper.
type PaperPerson struct {
	BoardMember
	OnPaper  bool
	Finished bool // online
}

// PaperSide is how far one side's paper has got.
type PaperSide struct {
	People int // who answer on paper
	Sheets int // made for them so far
	Keyed  int // of those
}

// Paper is how a round stands on paper.
type Paper struct {
	People []PaperPerson // who are asked, by name
	Sides  map[assessment.Side]PaperSide
}

// PaperSheet is one sheet. It has a side and no person.
type PaperSheet struct {
	ID    uuid.UUID
	Side  assessment.Side
	Code  string
	Keyed bool
}

const paperSides = `
	SELECT v.side,
	       (SELECT count(*) FROM invitations i WHERE i.ods = $1 AND i.round_id = $2 AND i.side = v.side AND i.on_paper),
	       (SELECT count(*) FROM paper_sheets s WHERE s.ods = $1 AND s.round_id = $2 AND s.side = v.side),
	       (SELECT count(*) FROM paper_sheets s WHERE s.ods = $1 AND s.round_id = $2 AND s.side = v.side AND s.keyed)
	FROM (VALUES ('exec'), ('ned')) AS v (side)`

func collectSides(rows pgx.Rows) (map[assessment.Side]PaperSide, error) {
	sides := make(map[assessment.Side]PaperSide, 2)
	var side assessment.Side
	var n PaperSide
	_, err := pgx.ForEachRow(rows, []any{&side, &n.People, &n.Sheets, &n.Keyed}, func() error {
		sides[side] = n
		return nil
	})
	return sides, err
}

// PaperSides counts a round's paper, for those who see its progress.
func (t *Trust) PaperSides(ctx context.Context, round uuid.UUID) (sides map[assessment.Side]PaperSide, err error) {
	err = t.read(ctx, access.ViewProgress, func(b *pgx.Batch) {
		b.Queue(paperSides, t.ODS, round).Query(func(rows pgx.Rows) (err error) {
			sides, err = collectSides(rows)
			return err
		})
	})
	return sides, fault("paper sides", err)
}

// Paper says who of those asked in a round answers on paper, and how far that is.
func (t *Trust) Paper(ctx context.Context, round uuid.UUID) (p Paper, err error) {
	err = t.read(ctx, access.ManageRounds, func(b *pgx.Batch) {
		b.Queue(`
			SELECT p.id, p.name, i.title, i.side, i.on_paper, i.finished
			FROM invitations i JOIN people p ON p.id = i.person_id
			WHERE i.ods = $1 AND i.round_id = $2
			ORDER BY p.name, p.id`, t.ODS, round).
			Query(func(rows pgx.Rows) (err error) {
				p.People, err = pgx.CollectRows(rows, pgx.RowToStructByPos[PaperPerson])
				return err
			})
		b.Queue(paperSides, t.ODS, round).Query(func(rows pgx.Rows) (err error) {
			p.Sides, err = collectSides(rows)
			return err
		})
	})
	return p, fault("paper", err)
}

// SetOnPaper makes these people the ones who answer on paper. Who comes to paper
// loses their links, the sessions that came by them and the way to answer online;
// who leaves it gets a new link. It says ErrNotFound for somebody who is not
// asked, [ErrHandedIn] for somebody who has submitted online, and [ErrKeyed] if
// there would be fewer people than sheets keyed in on a side. Then nothing
// changes.
func (t *Trust) SetOnPaper(ctx context.Context, round uuid.UUID, people []uuid.UUID, now time.Time) error {
	return fault("set on paper", t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		r, err := t.holdRound(ctx, tx, round)
		if err != nil {
			return err
		}
		if r.State == assessment.Closed {
			return assessment.ErrNotOpen
		}
		to, from, err := t.movePaper(ctx, tx, round, people)
		if err != nil {
			return err
		}
		sides, err := t.sidesIn(ctx, tx, round)
		if err != nil {
			return err
		}
		for _, n := range sides {
			if n.Keyed > n.People {
				return ErrKeyed
			}
		}
		return t.notePaper(ctx, tx, r, to, from, now)
	}))
}

// movePaper marks and unmarks, and says who came to paper and who left it.
func (t *Trust) movePaper(ctx context.Context, tx pgx.Tx, round uuid.UUID, people []uuid.UUID) (to, from []uuid.UUID, err error) {
	var asked int
	var handedIn bool
	b := &pgx.Batch{}
	b.Queue(`
		SELECT count(*), coalesce(bool_or(finished AND NOT on_paper), false) FROM invitations
		WHERE ods = $1 AND round_id = $2 AND person_id = ANY ($3)`, t.ODS, round, people).
		QueryRow(func(row pgx.Row) error { return row.Scan(&asked, &handedIn) })
	b.Queue(`
		UPDATE invitations SET on_paper = NOT on_paper
		WHERE ods = $1 AND round_id = $2 AND on_paper <> coalesce(person_id = ANY ($3), false)
		RETURNING person_id, on_paper`, t.ODS, round, people).
		Query(func(rows pgx.Rows) error {
			var person uuid.UUID
			var onPaper bool
			_, err := pgx.ForEachRow(rows, []any{&person, &onPaper}, func() error {
				if onPaper {
					to = append(to, person)
				} else {
					from = append(from, person)
				}
				return nil
			})
			return err
		})
	switch err := tx.SendBatch(ctx, b).Close(); {
	case err != nil:
		return nil, nil, err
	case asked != distinct(people):
		return nil, nil, ErrNotFound
	case handedIn:
		return nil, nil, ErrHandedIn
	}
	return to, from, nil
}

// notePaper ends the links of those who came to paper, makes new ones for those
// who left it, and records both.
func (t *Trust) notePaper(ctx context.Context, tx pgx.Tx, r assessment.Round, to, from []uuid.UUID, now time.Time) error {
	kind := string(access.ByLink)
	for _, person := range to {
		if _, err := t.revoke(ctx, tx, r.ID, person, now); err != nil {
			return err
		}
	}
	for _, person := range from {
		last, err := t.lastLink(ctx, tx, r.ID, person, kind)
		if err != nil {
			return err
		}
		if _, err := t.nextLink(ctx, tx, r.ID, person, kind, last, now); err != nil {
			return err
		}
	}
	return t.note(ctx, tx, now, append(ofEach(audit.ToPaper, r, to), ofEach(audit.FromPaper, r, from)...)...)
}

func (t *Trust) sidesIn(ctx context.Context, tx pgx.Tx, round uuid.UUID) (map[assessment.Side]PaperSide, error) {
	rows, err := tx.Query(ctx, paperSides, t.ODS, round)
	if err != nil {
		return nil, err
	}
	return collectSides(rows)
}

// MakeSheets makes as many sheets as there are people on paper, each side its
// own, and gives those that have not been keyed in. Printed again they have the
// same codes.
func (t *Trust) MakeSheets(ctx context.Context, round uuid.UUID, now time.Time) (sheets []PaperSheet, err error) {
	err = t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		r, err := t.holdRound(ctx, tx, round)
		if err != nil {
			return err
		}
		if r.State == assessment.Closed {
			return assessment.ErrNotOpen
		}
		sides, err := t.sidesIn(ctx, tx, round)
		if err != nil {
			return err
		}
		var counts []int
		for _, side := range []assessment.Side{assessment.Executive, assessment.NonExecutive} {
			n := sides[side]
			if err := t.addSheets(ctx, tx, round, side, n.People-n.Sheets); err != nil {
				return err
			}
			open, err := t.openSheets(ctx, tx, round, side, n.People-n.Keyed)
			if err != nil {
				return err
			}
			sheets, counts = append(sheets, open...), append(counts, len(open))
		}
		if len(sheets) == 0 {
			return nil
		}
		return t.note(ctx, tx, now, audit.Entry{
			Deed: audit.PaperPrinted, Round: round,
			Detail: fmt.Sprintf("%d for executives, %d for non-executives", counts[0], counts[1]),
		})
	})
	if err != nil {
		return nil, fault("make sheets", err)
	}
	return sheets, nil
}

// addSheets makes sheets whose ids order nothing.
func (t *Trust) addSheets(ctx context.Context, tx pgx.Tx, round uuid.UUID, side assessment.Side, n int) error {
	for range n {
		id, err := uuid.NewRandom()
		if err != nil {
			return err
		}
		hash := access.TokenHash(t.db.secret, access.SheetCode(t.db.secret, t.ODS, id))
		if _, err := tx.Exec(ctx, `INSERT INTO paper_sheets (ods, round_id, id, hash, side) VALUES ($1, $2, $3, $4, $5)`,
			t.ODS, round, id, hash[:], side); err != nil {
			return err
		}
	}
	return nil
}

// openSheets are the sheets of a side that have not been keyed in, as many as
// can be.
func (t *Trust) openSheets(ctx context.Context, tx pgx.Tx, round uuid.UUID, side assessment.Side, most int) ([]PaperSheet, error) {
	rows, err := tx.Query(ctx, `
		SELECT id, side, keyed FROM paper_sheets
		WHERE ods = $1 AND round_id = $2 AND side = $3 AND NOT keyed ORDER BY id LIMIT $4`, t.ODS, round, side, most)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, t.scanSheet)
}

func (t *Trust) scanSheet(row pgx.CollectableRow) (s PaperSheet, err error) {
	err = row.Scan(&s.ID, &s.Side, &s.Keyed)
	s.Code = access.SheetCode(t.db.secret, t.ODS, s.ID)
	return s, err
}

// FindSheet is the sheet of a round with the code that was typed; ErrNotFound if
// there is none.
func (t *Trust) FindSheet(ctx context.Context, round uuid.UUID, typed string) (s PaperSheet, err error) {
	hash := access.TokenHash(t.db.secret, access.ReadSheetCode(typed))
	err = t.read(ctx, access.ManageRounds, func(b *pgx.Batch) {
		b.Queue(`SELECT id, side, keyed FROM paper_sheets WHERE ods = $1 AND round_id = $2 AND hash = $3`, t.ODS, round, hash[:]).
			Query(func(rows pgx.Rows) (err error) {
				s, err = pgx.CollectExactlyOneRow(rows, t.scanSheet)
				return err
			})
	})
	return s, fault("find sheet", err)
}

// PaperSheet is one sheet of a round, by its id.
func (t *Trust) PaperSheet(ctx context.Context, round, id uuid.UUID) (s PaperSheet, err error) {
	err = t.read(ctx, access.ManageRounds, func(b *pgx.Batch) {
		b.Queue(`SELECT id, side, keyed FROM paper_sheets WHERE ods = $1 AND round_id = $2 AND id = $3`, t.ODS, round, id).
			Query(func(rows pgx.Rows) (err error) {
				s, err = pgx.CollectExactlyOneRow(rows, t.scanSheet)
				return err
			})
	})
	return s, fault("paper sheet", err)
}
