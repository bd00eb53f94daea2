package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
	"octant/internal/register"
)

// ErrRegisterChanged means that the register is not what it was when the
// difference was shown, so that another one would be applied.
var ErrRegisterChanged = errors.New("store: the register has changed since the difference was shown")

// registerLock keeps changes of the register to one transaction at a time.
const registerLock = `SELECT pg_advisory_xact_lock(hashtextextended('octant register', 0))`

// Import is what is to be put into the register.
type Import struct {
	Trusts     register.TrustFile
	Successors *register.SuccessorFile // nil for none
	AsAt       time.Time               // zero: as far as the file tells
}

// ImportPlan is how an import differs from the register.
type ImportPlan struct {
	register.Plan
	Digest  [sha256.Size]byte
	Derived bool      // nobody said of which day the file is
	Before  time.Time // when the same files were applied; zero if they were not
}

// PlanImport says how the files differ from the register and changes nothing.
func (db *DB) PlanImport(ctx context.Context, admin access.Person, in Import, now time.Time) (plan ImportPlan, err error) {
	err = db.changeRegister(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		_, plan, err = planImport(ctx, tx, in, now)
		return err
	})
	return plan, fault("plan import", err)
}

// ApplyImport applies the difference with this digest and no other: it says
// ErrRegisterChanged where the files differ from the register in another way by
// now. Without anything to do nothing is recorded.
func (db *DB) ApplyImport(ctx context.Context, admin access.Person, in Import, shown [sha256.Size]byte, now time.Time) (plan ImportPlan, err error) {
	err = db.changeRegister(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		plan, err = applyImport(ctx, tx, admin, in, shown, now)
		return err
	})
	return plan, fault("apply import", err)
}

// changeRegister runs fn in a transaction with the front desk's rights in which
// nobody else changes the register.
func (db *DB) changeRegister(ctx context.Context, admin access.Person, fn func(context.Context, pgx.Tx) error) error {
	if !admin.Admin {
		return access.ErrDenied
	}
	ctx, cancel := context.WithTimeout(ctx, longPatience)
	defer cancel()
	return pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, registerLock); err != nil {
			return err
		}
		return fn(ctx, tx)
	})
}

func applyImport(ctx context.Context, tx pgx.Tx, admin access.Person, in Import, shown [sha256.Size]byte, now time.Time) (ImportPlan, error) {
	known, plan, err := planImport(ctx, tx, in, now)
	switch {
	case err != nil:
		return plan, err
	case plan.Digest != shown:
		return plan, ErrRegisterChanged
	case plan.Empty() && !plan.Before.IsZero():
		return plan, nil
	}
	if err := writePlan(ctx, tx, known, plan.Plan); err != nil {
		return plan, err
	}
	if err := recordImport(ctx, tx, admin, in, plan, now); err != nil {
		return plan, err
	}
	return plan, keepNote(ctx, tx, now, audit.Entry{
		ODS: audit.Platform, Actor: admin.ID, Deed: audit.RegisterImported,
		Detail: cut(in.Trusts.Name, 200) + ", as at " + plan.AsAt.Format(time.DateOnly) + ": " + summaryWords(plan.Plan),
	})
}

// planImport reads what is known and works out the difference. A file that was
// applied before is of the day it was then.
func planImport(ctx context.Context, tx pgx.Tx, in Import, now time.Time) (register.Known, ImportPlan, error) {
	plan := ImportPlan{Derived: in.AsAt.IsZero()}
	known, err := readKnown(ctx, tx)
	if err != nil {
		return known, plan, err
	}
	today := access.Today(now)
	asAt := in.AsAt
	if plan.Derived {
		asAt = in.Trusts.AsAt(today)
		var before time.Time
		err := tx.QueryRow(ctx, `SELECT as_at FROM register_imports WHERE digest = $1 ORDER BY applied_at DESC, id DESC LIMIT 1`, in.Trusts.Digest[:]).Scan(&before)
		if err == nil {
			asAt = before
		} else if !errors.Is(err, pgx.ErrNoRows) {
			return known, plan, err
		}
	}
	if plan.Plan, err = register.Diff(known, in.Trusts, in.Successors, asAt, today); err != nil {
		return known, plan, err
	}
	if plan.Digest, err = plan.Plan.Digest(); err != nil {
		return known, plan, err
	}
	err = tx.QueryRow(ctx, `
		SELECT coalesce(max(applied_at), '0001-01-01 00:00:00Z') FROM register_imports
		WHERE digest = $1 AND as_at = $2 AND ($3::bytea IS NULL OR successors_digest = $3)`,
		in.Trusts.Digest[:], asAt, successorsDigest(in)).Scan(&plan.Before)
	plan.Before = plan.Before.UTC()
	return known, plan, err
}

func successorsDigest(in Import) []byte {
	if in.Successors == nil {
		return nil
	}
	return in.Successors.Digest[:]
}

// recordImport keeps which files were applied and what that changed.
func recordImport(ctx context.Context, tx pgx.Tx, admin access.Person, in Import, plan ImportPlan, now time.Time) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	summary, err := json.Marshal(SummaryOf(plan.Plan))
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO register_imports (id, file_name, digest, as_at, successors_digest, applied_at, applied_by, summary)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		id, cut(in.Trusts.Name, 200), in.Trusts.Digest[:], plan.AsAt, successorsDigest(in), now, cut(cmp.Or(admin.Name, "a command on the server"), 100), summary)
	return err
}

// cut keeps a text to n characters.
func cut(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n])
	}
	return s
}

// ImportSummary is how much an import changed.
type ImportSummary struct {
	New         int `json:"new"`
	Closed      int `json:"closed"`
	Reopened    int `json:"reopened"`
	Corrected   int `json:"corrected"`
	Renamed     int `json:"renamed"`
	Moved       int `json:"moved"`
	Successions int `json:"successions"`
	Types       int `json:"types"`
	Refused     int `json:"refused"`
}

// SummaryOf counts what a plan changes.
func SummaryOf(p register.Plan) ImportSummary {
	return ImportSummary{
		New: len(p.New), Closed: len(p.Closed), Reopened: len(p.Reopened), Corrected: len(p.Corrected),
		Renamed: len(p.Renamed), Moved: len(p.Moved), Successions: len(p.Followed), Types: len(p.Types), Refused: len(p.Refused),
	}
}

// Words is the summary as a sentence without its stop.
func (s ImportSummary) Words() string {
	var said []string
	for _, x := range []struct {
		n    int
		what string
	}{
		{s.New, "new"},
		{s.Closed, "closed"},
		{s.Reopened, "reopened"},
		{s.Corrected, "with other dates"},
		{s.Renamed, "renamed"},
		{s.Moved, "moved"},
		{s.Successions, "successions"},
		{s.Types, "types"},
		{s.Refused, "lines refused"},
	} {
		if x.n > 0 {
			said = append(said, fmt.Sprintf("%d %s", x.n, x.what))
		}
	}
	if len(said) == 0 {
		return "nothing changed"
	}
	return strings.Join(said, ", ")
}

func summaryWords(p register.Plan) string { return SummaryOf(p).Words() }

// KeptImport is an import that was applied.
type KeptImport struct {
	FileName  string
	AsAt      time.Time
	AppliedAt time.Time
	AppliedBy string
	Summary   ImportSummary
}

// Imports lists the imports that were applied, the newest first.
func (db *DB) Imports(ctx context.Context, admin access.Person) (imports []KeptImport, err error) {
	err = db.administer(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT file_name, as_at, applied_at, applied_by, summary FROM register_imports ORDER BY applied_at DESC, id DESC LIMIT 50`)
		if err != nil {
			return err
		}
		imports, err = pgx.CollectRows(rows, pgx.RowToStructByPos[KeptImport])
		return err
	})
	return imports, fault("imports", err)
}

// readKnown reads the whole register, but for what only pages show.
func readKnown(ctx context.Context, tx pgx.Tx) (register.Known, error) {
	k := register.Known{
		Organisations: map[string]register.Organisation{}, Successions: map[[2]string]register.Succession{}, Typed: map[string]bool{},
	}
	b := &pgx.Batch{}
	b.Queue(`SELECT code, opened, coalesce(closed, '0001-01-01'), seen_on FROM organisations`).Query(func(rows pgx.Rows) error {
		var o register.Organisation
		_, err := pgx.ForEachRow(rows, []any{&o.Code, &o.Opened, &o.Closed, &o.Seen}, func() error {
			k.Organisations[o.Code] = o
			return nil
		})
		return err
	})
	b.Queue(`SELECT code, name, from_on, coalesce(to_on, '0001-01-01'), seen_from, seen_to FROM organisation_names ORDER BY code, from_on`).
		Query(func(rows pgx.Rows) error {
			var code string
			var s register.Spell[string]
			_, err := pgx.ForEachRow(rows, []any{&code, &s.Value, &s.From, &s.To, &s.SeenFrom, &s.SeenTo}, func() error {
				o := k.Organisations[code]
				o.Names = append(o.Names, s)
				k.Organisations[code] = o
				return nil
			})
			return err
		})
	b.Queue(`SELECT code, region, icb, from_on, coalesce(to_on, '0001-01-01'), seen_from, seen_to FROM organisation_places ORDER BY code, from_on`).
		Query(func(rows pgx.Rows) error {
			var code string
			var s register.Spell[register.Place]
			_, err := pgx.ForEachRow(rows, []any{&code, &s.Value.Region, &s.Value.ICB, &s.From, &s.To, &s.SeenFrom, &s.SeenTo}, func() error {
				o := k.Organisations[code]
				o.Places = append(o.Places, s)
				k.Organisations[code] = o
				return nil
			})
			return err
		})
	b.Queue(`SELECT ` + successionColumns + ` FROM successions s`).Query(func(rows pgx.Rows) error {
		all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[register.Succession])
		for _, s := range all {
			k.Successions[[2]string{s.From, s.To}] = s
		}
		return err
	})
	b.Queue(`SELECT DISTINCT code FROM organisation_types`).Query(func(rows pgx.Rows) error {
		codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
		for _, c := range codes {
			k.Typed[c] = true
		}
		return err
	})
	b.Queue(`SELECT DISTINCT as_at FROM register_imports ORDER BY as_at`).Query(func(rows pgx.Rows) (err error) {
		k.Files, err = pgx.CollectRows(rows, pgx.RowTo[time.Time])
		return err
	})
	return k, tx.SendBatch(ctx, b).Close()
}

const successionColumns = `s.from_code, s.to_code, s.effective, s.kind, s.source, s.note`

// codesOf are the codes of organisations.
func codesOf(all []register.Organisation) []string {
	codes := make([]string, len(all))
	for i, o := range all {
		codes[i] = o.Code
	}
	return slices.Clip(codes)
}
