package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"octant/internal/register"
	"octant/internal/store"
)

// importCmd brings published data in.
type importCmd struct {
	Trusts importTrusts `cmd:"" help:"Bring the register of trusts up to date from the files of the Organisation Data Service."`
}

type importTrusts struct {
	File       string `arg:"" name:"etr.csv" help:"The file of trusts (etr.csv)."`
	Successors string `placeholder:"SUCC.csv" help:"The file of successors (succ.csv)."`
	AsAt       day    `placeholder:"2026-07-08" help:"The day on which the file was published. Not given: the first day on which all that it says already holds."`
	Apply      bool   `help:"Apply the difference. Without it nothing is changed."`
}

// day is a date on the command line.
type day struct{ time.Time }

// UnmarshalText reads it.
func (d *day) UnmarshalText(text []byte) (err error) {
	if d.Time, err = time.Parse(time.DateOnly, string(text)); err != nil {
		return errors.New("must be a date such as 2026-07-08")
	}
	return nil
}

// Run says how the files differ from the register, and applies that if it is
// asked to. Lines that cannot be taken are told on stderr and left out.
func (cmd importTrusts) Run(ctx context.Context, c console, env environment) error {
	in, err := cmd.read()
	if err != nil {
		return err
	}
	return withDesk(ctx, c, env, func(db *store.DB) error {
		now := time.Now()
		plan, err := db.PlanImport(ctx, store.Operator, in, now)
		if errors.Is(err, register.ErrFuture) {
			return errors.New("--as-at must not be a day to come")
		}
		if err != nil {
			return err
		}
		if err := tellPlan(c.out, in, plan); err != nil {
			return err
		}
		for _, r := range plan.Refused {
			fmt.Fprintln(c.err, r)
		}
		done := "Nothing was changed. Run the command again with --apply to apply this."
		switch {
		case plan.Empty() && !cmd.Apply:
			done = "There is nothing to do."
		case cmd.Apply:
			if _, err := db.ApplyImport(ctx, store.Operator, in, plan.Digest, now); err != nil {
				return err
			}
			done = "Applied."
			if plan.Empty() {
				done = "There was nothing to do."
			}
			if len(plan.Refused) > 0 {
				done += " The lines that were refused were left out."
			}
		}
		if _, err := fmt.Fprintln(c.out, done); err != nil {
			return err
		}
		if len(plan.Refused) > 0 {
			return errTold
		}
		return nil
	})
}

// read reads the files.
func (cmd importTrusts) read() (in store.Import, err error) {
	in.AsAt = cmd.AsAt.Time
	if in.Trusts, err = readFile(cmd.File, register.ReadTrusts); err != nil || cmd.Successors == "" {
		return in, err
	}
	successors, err := readFile(cmd.Successors, register.ReadSuccessors)
	in.Successors = &successors
	return in, err
}

func readFile[T any](name string, read func(name string, r io.Reader) (T, error)) (T, error) {
	file, err := os.Open(name)
	if err != nil {
		var none T
		return none, err
	}
	defer file.Close()
	got, err := read(filepath.Base(name), file)
	if err != nil {
		return got, fmt.Errorf("%s: %w", name, err)
	}
	return got, nil
}

// tellPlan writes the difference for somebody to read.
func tellPlan(out io.Writer, in store.Import, plan store.ImportPlan) error {
	t := &teller{out: out}
	of := "as at " + written(plan.AsAt)
	switch {
	case !plan.Before.IsZero():
		of += "; applied before, on " + written(plan.Before)
	case plan.Derived:
		of += ", the first day on which all that it says already holds (--as-at sets another)"
	}
	t.line("%s: %d trusts, %s.", in.Trusts.Name, len(in.Trusts.Trusts), of)
	if s := in.Successors; s != nil {
		t.line("%s: %d successions of trusts; %d lines are about other organisations.", s.Name, len(s.Successors), plan.Others)
	}
	t.organisations("New", plan.New)
	t.datings("Closed", plan.Closed)
	t.datings("Reopened", plan.Reopened)
	t.datings("Opened or closed on another day", plan.Corrected)
	t.renamings(plan.Renamed)
	t.moves(plan.Moved)
	t.successions(plan.Followed)
	if n := len(plan.Types); n > 0 {
		t.line("\nTypes from Octant’s own table (%d)", n)
	}
	t.organisations("Not in this file, though open in the register; nothing is done about them", plan.Missing)
	t.organisations("Closed, and no successor is known; an administrator can enter one", plan.Orphans)
	if len(plan.Strange) > 0 {
		t.line("\nRegions and boards that Octant’s table does not have: %s", strings.Join(plan.Strange, ", "))
	}
	if n := len(plan.Refused); n > 0 {
		t.line("\nLines refused: %d", n)
	}
	t.line("")
	return t.err
}

// teller writes until something goes wrong.
type teller struct {
	out io.Writer
	err error
}

func (t *teller) line(format string, args ...any) {
	if t.err == nil {
		_, t.err = fmt.Fprintf(t.out, format+"\n", args...)
	}
}

func (t *teller) organisations(heading string, all []register.Organisation) {
	if len(all) == 0 {
		return
	}
	t.line("\n%s (%d)", heading, len(all))
	for _, o := range all {
		t.line("  %-5s  %s: %s, %s", o.Code, register.Title(o.Name()), lifeText(o.Opened, o.Closed), placeText(o.Place()))
	}
}

func (t *teller) datings(heading string, all []register.Redating) {
	if len(all) == 0 {
		return
	}
	t.line("\n%s (%d)", heading, len(all))
	for _, r := range all {
		t.line("  %-5s  %s: %s (before: %s)", r.Code, register.Title(r.Name), lifeText(r.Opened, r.Closed), lifeText(r.OldOpened, r.OldClosed))
	}
}

func (t *teller) renamings(all []register.Change[string]) {
	if len(all) == 0 {
		return
	}
	t.line("\nRenamed (%d)", len(all))
	for _, c := range all {
		t.line("  %-5s  %s → %s, %s", c.Code, register.Title(c.Old), register.Title(c.New), whenText(c.After, c.On))
	}
}

func (t *teller) moves(all []register.Change[register.Place]) {
	if len(all) == 0 {
		return
	}
	t.line("\nMoved to another region or integrated care board (%d)", len(all))
	for _, c := range all {
		t.line("  %-5s  %s: %s → %s, %s", c.Code, register.Title(c.Name), placeText(c.Old), placeText(c.New), whenText(c.After, c.On))
	}
}

// lifeText is when a trust opened, and when it closed if it has.
func lifeText(opened, closed time.Time) string {
	if closed.IsZero() {
		return "opened " + written(opened)
	}
	return "opened " + written(opened) + ", closed " + written(closed)
}

// whenText is when something changed: on a day, or between two files.
func whenText(after, on time.Time) string {
	if after.IsZero() {
		return "from " + written(on)
	}
	return "between " + written(after) + " and " + written(on)
}

func (t *teller) successions(all []register.Following) {
	if len(all) == 0 {
		return
	}
	t.line("\nSuccessions (%d)", len(all))
	for _, s := range all {
		was := ""
		if s.Old != nil {
			was = fmt.Sprintf(" (before: %s, %s)", strings.ToLower(s.Old.Kind.String()), written(s.Old.On))
		}
		t.line("  %-5s → %-5s  %s, %s%s", s.From, s.To, strings.ToLower(s.Kind.String()), written(s.On), was)
	}
}

func placeText(p register.Place) string {
	text := strings.TrimSpace(p.Region + " " + p.ICB)
	if text == "" {
		return "no region"
	}
	return text
}

// written is a date as people read it.
func written(d time.Time) string { return d.Format("2 January 2006") }
