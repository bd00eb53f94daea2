package main

import (
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// table is what a run prints at its end.
type table struct {
	out   io.Writer
	lines []line
	notes []string
}

// line is one thing measured, and what it is measured beside: the bare server,
// or the small database. What has neither, or no goal, leaves it empty.
type line struct {
	what, ours, beside, ratio, goal string
	met                             bool
}

func (t *table) add(l line) { t.lines = append(t.lines, l) }

// atLeast adds a comparison whose ratio should not be lower.
func (t *table) atLeast(what, ours, beside string, ratio, goal float64) {
	t.add(line{what, ours, beside, fmt.Sprintf("%.2f", ratio), fmt.Sprintf("at least %.2f", goal), ratio >= goal})
}

// atMost adds a comparison whose ratio should not be higher.
func (t *table) atMost(what, ours, beside string, ratio, goal float64) {
	t.add(line{what, ours, beside, fmt.Sprintf("%.2f", ratio), fmt.Sprintf("under %.2f", goal), ratio < goal})
}

// plain adds a comparison that has no goal.
func (t *table) plain(what, ours, beside string, ratio float64) {
	t.add(line{what: what, ours: ours, beside: beside, ratio: fmt.Sprintf("%.2f", ratio)})
}

// limit adds a figure that should stay under a limit of its own.
func (t *table) limit(what, ours, goal string, met bool) {
	t.add(line{what: what, ours: ours, goal: goal, met: met})
}

func (l line) verdict() string {
	switch {
	case l.goal == "":
		return ""
	case l.met:
		return "met"
	}
	return "missed"
}

func (t *table) print() {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tours\tbeside\tratio\tgoal\tmet?")
	for _, l := range t.lines {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", l.what, l.ours, l.beside, l.ratio, l.goal, l.verdict())
	}
	_ = w.Flush() // a terminal that has gone needs no table
	fmt.Fprintln(t.out, "\nBeside ours stands the bare server's figure, or that of the database with few trusts.")
	for _, n := range t.notes {
		fmt.Fprintln(t.out, n)
	}
}

// How figures are written.

func perSecond(n float64) string { return fmt.Sprintf("%.0f /s", n) }

func millis(d time.Duration) string {
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

func micros(d time.Duration) string {
	return fmt.Sprintf("%.0f µs", float64(d)/float64(time.Microsecond))
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

func kilobytes(n int) string { return fmt.Sprintf("%.1f KB", float64(n)/1e3) }
