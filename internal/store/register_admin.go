package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
	"octant/internal/register"
)

// What changes of the register by hand are refused for.
var (
	ErrSuccessionThere = errors.New("store: it is known that the one trust followed the other")
	ErrCircle          = errors.New("store: a trust would have followed itself in the end")
	ErrBeforeOpening   = errors.New("store: the day is before the trust opened")
)

// uploadLife is how long files wait to be applied.
const uploadLife = 24 * time.Hour

// Upload is the files that an administrator has sent.
type Upload struct {
	FileName       string
	File           []byte
	SuccessorsName string
	Successors     []byte    // nil for none
	AsAt           time.Time // zero: as far as the file tells
}

// Read reads the files.
func (u Upload) Read() (in Import, err error) {
	in.AsAt = u.AsAt
	if in.Trusts, err = register.ReadTrusts(u.FileName, bytes.NewReader(u.File)); err != nil || u.Successors == nil {
		return in, err
	}
	followed, err := register.ReadSuccessors(u.SuccessorsName, bytes.NewReader(u.Successors))
	in.Successors = &followed
	return in, err
}

// KeepUpload keeps files until they are applied, or for a day. What waited longer
// goes.
func (db *DB) KeepUpload(ctx context.Context, admin access.Person, u Upload, now time.Time) (id uuid.UUID, err error) {
	in, err := u.Read()
	if err != nil {
		return id, err
	}
	if id, err = uuid.NewV7(); err != nil {
		return id, fault("keep upload", err)
	}
	err = db.changeRegister(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		_, plan, err := planImport(ctx, tx, in, now)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM register_uploads WHERE sent_at < $1`, now.Add(-uploadLife)); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO register_uploads (id, person_id, file_name, file, successors_name, successors, as_at, sent_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			id, admin.ID, cut(u.FileName, 200), u.File, cut(u.SuccessorsName, 200), u.Successors, plan.AsAt, now)
		return err
	})
	return id, fault("keep upload", err)
}

// StagedImport is an upload with the difference that it makes now.
type StagedImport struct {
	Upload
	ImportPlan
}

// StagedImport says how the files that an administrator sent differ from the
// register now. It says ErrNotFound for those of somebody else.
func (db *DB) StagedImport(ctx context.Context, admin access.Person, id uuid.UUID, now time.Time) (s StagedImport, err error) {
	err = db.changeRegister(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		var in Import
		if s.Upload, in, err = readUpload(ctx, tx, admin, id, now); err != nil {
			return err
		}
		_, s.ImportPlan, err = planImport(ctx, tx, in, now)
		return err
	})
	return s, fault("staged import", err)
}

func readUpload(ctx context.Context, tx pgx.Tx, admin access.Person, id uuid.UUID, now time.Time) (u Upload, in Import, err error) {
	err = tx.QueryRow(ctx, `
		SELECT file_name, file, successors_name, successors, as_at FROM register_uploads WHERE id = $1 AND person_id = $2 AND sent_at >= $3`,
		id, admin.ID, now.Add(-uploadLife)).Scan(&u.FileName, &u.File, &u.SuccessorsName, &u.Successors, &u.AsAt)
	if err != nil {
		return u, in, err
	}
	in, err = u.Read()
	return u, in, err
}

// ApplyUpload applies the difference with this digest, as [DB.ApplyImport] does,
// and lets go of the files.
func (db *DB) ApplyUpload(ctx context.Context, admin access.Person, id uuid.UUID, shown [sha256.Size]byte, now time.Time) (plan ImportPlan, err error) {
	err = db.changeRegister(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		_, in, err := readUpload(ctx, tx, admin, id, now)
		if err != nil {
			return err
		}
		if plan, err = applyImport(ctx, tx, admin, in, shown, now); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM register_uploads WHERE id = $1`, id)
		return err
	})
	return plan, fault("apply upload", err)
}

// DropUpload lets go of files that are not to be applied.
func (db *DB) DropUpload(ctx context.Context, admin access.Person, id uuid.UUID) error {
	return fault("drop upload", db.administer(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		gone, err := tx.Exec(ctx, `DELETE FROM register_uploads WHERE id = $1 AND person_id = $2`, id, admin.ID)
		if err == nil && gone.RowsAffected() == 0 {
			return ErrNotFound
		}
		return err
	}))
}

// SetType says of what type an organisation is from a day on, until the day from
// which something else is known. It says ErrBeforeOpening for a day before it
// opened.
func (db *DB) SetType(ctx context.Context, admin access.Person, t register.Type, now time.Time) error {
	return fault("set type", db.changeRegister(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		var opened time.Time
		if err := tx.QueryRow(ctx, `SELECT opened FROM organisations WHERE code = $1`, t.Code).Scan(&opened); err != nil {
			return err
		}
		if t.From.Before(opened) {
			return ErrBeforeOpening
		}
		b := &pgx.Batch{}
		b.Queue(`
			UPDATE organisation_types SET to_on = $2
			WHERE code = $1 AND from_on < $2 AND coalesce(to_on, 'infinity') > $2`, t.Code, t.From)
		b.Queue(`
			INSERT INTO organisation_types (code, type, source, from_on, to_on)
			VALUES ($1, $2, $3, $4, (SELECT min(x.from_on) FROM organisation_types x WHERE x.code = $1 AND x.from_on > $4))
			ON CONFLICT (code, from_on) DO UPDATE SET type = excluded.type, source = excluded.source`, t.Code, t.Type, t.Source, t.From)
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		if err := endTypes(ctx, tx); err != nil {
			return err
		}
		return keepNote(ctx, tx, now, audit.Entry{
			ODS: audit.Platform, Actor: admin.ID, Deed: audit.TypeSet,
			Detail: t.Code + ": " + t.Type + " from " + t.From.Format(time.DateOnly) + ", " + t.Source,
		})
	}))
}

// MakeSuccession records by hand that one organisation followed another, where
// the published file has a gap. A new name that came between two files is dated
// by it.
func (db *DB) MakeSuccession(ctx context.Context, admin access.Person, s register.Succession, now time.Time) error {
	s.Source = register.Manual
	return fault("make succession", db.changeRegister(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		known, err := readKnown(ctx, tx)
		if err != nil {
			return err
		}
		pair := [2]string{s.From, s.To}
		_, from := known.Organisations[s.From]
		_, to := known.Organisations[s.To]
		switch {
		case !from || !to:
			return ErrNotFound
		case known.Successions[pair] != register.Succession{}:
			return ErrSuccessionThere
		case s.From == s.To || follows(known, s.From, s.To):
			return ErrCircle
		}
		known.Successions[pair] = s
		if err := writeSuccessions(ctx, tx, []register.Following{{Succession: s}}); err != nil {
			return err
		}
		return settleSuccession(ctx, tx, admin, known, audit.SuccessionMade, s, now)
	}))
}

// follows says whether later follows from earlier, however many lie between.
func follows(known register.Known, later, earlier string) bool {
	var all []register.Succession
	for _, s := range known.Successions {
		all = append(all, s)
	}
	for _, step := range register.Trace(earlier, all).After {
		if step.To == later {
			return true
		}
	}
	return false
}

// EndSuccession takes back what was recorded by hand; what was published cannot
// be taken back.
func (db *DB) EndSuccession(ctx context.Context, admin access.Person, from, to string, now time.Time) error {
	return fault("end succession", db.changeRegister(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		gone, err := tx.Exec(ctx, `DELETE FROM successions WHERE from_code = $1 AND to_code = $2 AND source = 'manual'`, from, to)
		if err != nil {
			return err
		}
		if gone.RowsAffected() == 0 {
			return ErrNotFound
		}
		known, err := readKnown(ctx, tx)
		if err != nil {
			return err
		}
		return settleSuccession(ctx, tx, admin, known, audit.SuccessionEnded, register.Succession{From: from, To: to}, now)
	}))
}

// settleSuccession dates the successor's history anew and records what was done.
func settleSuccession(ctx context.Context, tx pgx.Tx, admin access.Person, known register.Known, deed audit.Deed, s register.Succession, now time.Time) error {
	o, there, err := known.Redated(s.To)
	if err != nil {
		return err
	}
	if there {
		if err := writeHistories(ctx, tx, known, []register.Organisation{o}); err != nil {
			return err
		}
	}
	return keepNote(ctx, tx, now, audit.Entry{ODS: audit.Platform, Actor: admin.ID, Deed: deed, Detail: s.From + " to " + s.To})
}
