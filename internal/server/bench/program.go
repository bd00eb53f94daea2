package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// What the program may take.
const (
	idleGoal   = 40e6
	startGoal  = 3 * time.Second
	fileGoal   = 2 * time.Second
	memoryGoal = 200e6
	fileRows   = 100_000
)

// measureIdle reads what a server holds that has been ready for a moment and
// has answered nobody but the question whether it is.
func measureIdle(ctx context.Context, s *stage, t *table) error {
	select {
	case <-time.After(2 * time.Second):
	case <-ctx.Done():
		return ctx.Err()
	}
	held, err := s.small.octant.memory(ctx)
	if err != nil {
		return err
	}
	t.limit("memory of an idle server", megabytes(held), "under "+megabytes(idleGoal), held < idleGoal)
	return nil
}

// measureStart starts the demonstration on an empty folder, stops it, and times
// the second start. It is the median of three.
func measureStart(ctx context.Context, s *stage, t *table) error {
	folder := filepath.Join(s.folder, "demo")
	if err := os.Mkdir(folder, 0o711); err != nil {
		return err
	}
	var first time.Duration
	var warm []time.Duration
	for n := range 4 {
		p, err := start(ctx, "octant serve --demo", []string{"OCTANT_ADDR={addr}", "OCTANT_METRICS_ADDR={other}", "OCTANT_DATA=" + folder},
			s.octant, "serve", "--demo")
		if err != nil {
			return err
		}
		if err := p.stop(); err != nil {
			return err
		}
		if n == 0 {
			first = p.started
			continue
		}
		warm = append(warm, p.started)
	}
	took := median(warm)
	t.limit("warm start of the demonstration, Postgres and all", seconds(took), "under "+seconds(startGoal), took < startGoal)
	t.limit("  first start, with its data made", seconds(first), "", false)
	return nil
}

// measureFile scores a large file by the command.
func measureFile(ctx context.Context, s *stage, t *table) error {
	v, err := questionnaire.Load(questionnaire.Latest())
	if err != nil {
		return err
	}
	file := filepath.Join(s.folder, "answers.csv")
	if err := s.writeAnswers(file, v); err != nil {
		return err
	}
	for _, args := range [][]string{nil, {"--published"}} {
		var times []time.Duration
		var most int64
		for range 3 {
			took, held, err := s.score(ctx, append([]string{"--questionnaire", v.Name, file}, args...))
			if err != nil {
				return err
			}
			times, most = append(times, took), max(most, held)
		}
		what := "octant score, 100,000 rows"
		if args != nil {
			what += ", " + args[0]
		}
		took := median(times)
		t.limit(what, seconds(took), "under "+seconds(fileGoal), took < fileGoal)
		t.limit("  memory at its most", megabytes(most), "under "+megabytes(memoryGoal), most < memoryGoal)
	}
	return nil
}

// writeAnswers makes a file of answers with so many rows.
func (s *stage) writeAnswers(name string, v *questionnaire.Version) (err error) {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	random := rand.New(rand.NewPCG(s.seed, 2))
	questions := v.Questions(questionnaire.Full)
	fmt.Fprintln(w, "respondent,side,question,answer")
	for n := range fileRows {
		person, q := n/len(questions), questions[n%len(questions)]
		answer := assessment.Choice(1 + random.IntN(7)).Code()
		fmt.Fprintf(w, "person-%d,%s,%s,%s\n", person, *sideOf(person), q.Key, answer)
	}
	return w.Flush()
}

// score runs the command once and answers its time and the most memory it held.
func (s *stage) score(ctx context.Context, args []string) (took time.Duration, held int64, err error) {
	cmd := exec.CommandContext(ctx, s.octant, append([]string{"score"}, args...)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	began := time.Now()
	if err := cmd.Run(); err != nil {
		return 0, 0, fmt.Errorf("octant score: %w\n%s", err, said.String())
	}
	took = time.Since(began)
	if used, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		held = int64(used.Maxrss)
		if runtime.GOOS != "darwin" { // which counts bytes, not kibibytes
			held *= 1024
		}
	}
	return took, held, nil
}

// scoring times the scoring and publishing of one board's answers, without a
// database.
func (s *stage) scoring() (time.Duration, error) {
	v, err := questionnaire.Load(questionnaire.Latest())
	if err != nil {
		return 0, err
	}
	random := rand.New(rand.NewPCG(s.seed, 3))
	in := maturity.Input{
		Version: v, Form: questionnaire.Full, Invited: boardSize,
		InvitedBySide: map[assessment.Side]int{assessment.Executive: boardSize / 2, assessment.NonExecutive: boardSize / 2},
	}
	for i := range boardSize {
		r := assessment.Response{Side: *sideOf(i), Submitted: true, Answers: map[string]assessment.Answer{}}
		for _, q := range v.Questions(questionnaire.Full) {
			r.Answers[q.Key] = assessment.Answer{Question: q.Key, Choice: assessment.Choice(1 + random.IntN(6))}
		}
		in.Responses = append(in.Responses, r)
	}
	var times []time.Duration
	for range 25 {
		began := time.Now()
		maturity.Publish(in, maturity.Meta{})
		times = append(times, time.Since(began))
	}
	return median(times), nil
}
