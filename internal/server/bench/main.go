// Command bench measures what Octant costs beside the least that could do the
// same work: the real program and a bare handler (see [bareServer]) stand on
// one Postgres, with their writes as safe as in use, and take turns under one
// load generator. It is not a test: machines differ, so a goal that is missed
// is printed and fails nothing. Its one rule: what is compared is measured in
// the same run, in turns, each in a process of its own, so that the ratio says
// something whatever else the machine does.
//
//	go run ./internal/server/bench -octant bin/octant
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// options are what a run can be told.
type options struct {
	octant string        // the program under test
	web    string        // the folder with the browser's tools
	seed   uint64        // of the generated data
	turns  int           // how often each side of a comparison is measured
	turn   time.Duration // how long each time
	trusts int           // how many trusts the large database holds
	rounds int           // how many closed rounds of each, where there are many years
	phones int           // how many devices follow one workshop at most
	only   string        // measure only what has this in its name
}

func main() {
	var o options
	flag.StringVar(&o.octant, "octant", filepath.Join("bin", "octant"), "the program to measure")
	flag.StringVar(&o.web, "web", "web", "folder of the web front end, for Lighthouse")
	flag.Uint64Var(&o.seed, "seed", 2026, "seed of the generated data")
	flag.IntVar(&o.turns, "turns", 30, "how often each side of a comparison is measured")
	flag.DurationVar(&o.turn, "turn", 200*time.Millisecond, "how long each time")
	flag.IntVar(&o.trusts, "trusts", 300, "how many trusts the large database holds")
	flag.IntVar(&o.rounds, "rounds", 40, "how many closed rounds each trust has, where many years are measured")
	flag.IntVar(&o.phones, "devices", 2000, "how many devices follow one workshop at most")
	flag.StringVar(&o.only, "only", "", "measure only what has this in its name, such as saving")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, o, flag.Arg(0))
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures everything, or is the bare server when the first argument says so.
func run(ctx context.Context, o options, as string) error {
	if as == bareArgument {
		return serveBare(ctx)
	}
	if _, err := os.Stat(o.octant); err != nil {
		return fmt.Errorf("there is no program to measure (`make build` makes it): %w", err)
	}
	var err error
	if o.octant, err = filepath.Abs(o.octant); err != nil {
		return err
	}
	t := &table{out: os.Stdout}
	began := time.Now()
	if err := measureAll(ctx, o, t); err != nil {
		return err
	}
	t.print()
	fmt.Printf("\nSeed %d, %d turns of %v a side; %.0f s in all.\n", o.seed, o.turns, o.turn, time.Since(began).Seconds())
	return nil
}

// measureAll runs every measurement in turn. None runs beside another.
func measureAll(ctx context.Context, o options, t *table) (err error) {
	s, err := newStage(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	for _, m := range []struct {
		what string
		do   func(context.Context, *stage, *table) error
		own  bool // makes the data that it needs
	}{
		{"memory of an idle server", measureIdle, false},
		{"saving an answer", measureSaves, false},
		{"a member's whole sheet", measureSheets, false},
		{"the report's page", measureReport, false},
		{"the report's page with much data", measureGrowth, false},
		{"closing and scoring a round", measureClosing, false},
		{"scale: many trusts over many years", measureScale, true},
		{"workshop: many devices in one room", measureHall, true},
		{"workshop: a board's room", measureBoard, true},
		{"workshop: votes and losses", measureRushes, true},
		{"starting the demonstration", measureStart, true},
		{"scoring a file", measureFile, true},
		{"Lighthouse", measureLighthouse, true},
	} {
		if !strings.Contains(m.what, o.only) {
			continue
		}
		if !m.own {
			if err := s.raise(ctx); err != nil {
				return err
			}
		}
		began := time.Now()
		if err := m.do(ctx, s, t); err != nil {
			return fmt.Errorf("%s: %w", m.what, err)
		}
		fmt.Fprintf(os.Stderr, "bench: %s took %.0f s\n", m.what, time.Since(began).Seconds())
	}
	t.notes = append(t.notes, s.machine())
	return nil
}
