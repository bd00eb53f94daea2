package main

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"octant/web/e2e/program"
)

// How hard a storm blows: how many members save at once, which questions they
// answer over and over, and how many answers are acknowledged before something
// is killed.
const (
	stormy      = 8
	beforeAKill = 400
	afterwards  = 10 // acknowledged to each, once all is well again
)

var stormyQuestions = []string{"1.1", "1.2", "1.3", "2.1"}

func number(s string) int {
	n, _ := strconv.Atoi(s) // what is no number is not a revision either
	return n
}

func text(n int) string { return strconv.Itoa(n) }

// A storm is several members who save without pause.
type storm struct {
	members []*boardMember
	acks    atomic.Int64
	enough  chan struct{} // closed when enough was acknowledged to kill something
	killed  chan struct{} // closed when that was done
	all     sync.WaitGroup
}

// rest says that a member has done enough: after counts what was acknowledged
// since the kill, and failed whether anything ever was not.
type rest func(after int, failed bool) bool

// blow lets the members save until they may rest.
func blow(t *testing.T, p *program.Program, r rest) *storm {
	t.Helper()
	s := &storm{enough: make(chan struct{}), killed: make(chan struct{})}
	for i := range stormy {
		s.members = append(s.members, member(t, p, fmt.Sprintf("member-%d", i+1)))
	}
	for i, m := range s.members {
		s.all.Go(func() { s.save(m, i, r) })
	}
	return s
}

// save answers the same questions again and again. What fails is tried again
// after a short while, as the page's script does.
func (s *storm) save(m *boardMember, who int, r rest) {
	after, failed := 0, false
	for n := 0; !r(after, failed); n++ {
		question := stormyQuestions[n%len(stormyQuestions)]
		a, err := m.tryAnswer(question, text(n%5+1), fmt.Sprintf("member %d, save %d", who, n))
		switch {
		case err == nil && a.status == http.StatusOK:
			after += s.acknowledged()
		case err == nil && a.status == http.StatusConflict:
			delete(m.revision, question) // an earlier attempt was kept after all
		default:
			failed = true
			select {
			case <-time.After(20 * time.Millisecond):
			case <-m.tb.Context().Done():
				return
			}
		}
	}
}

// acknowledged counts one save, and answers 1 if it came after the kill.
func (s *storm) acknowledged() int {
	if s.acks.Add(1) == beforeAKill {
		close(s.enough)
	}
	select {
	case <-s.killed:
		return 1
	default:
		return 0
	}
}

// kill ends something when so much was acknowledged that it meets many saves,
// and waits until every member rests.
func (s *storm) kill(t *testing.T, do func()) {
	t.Helper()
	select {
	case <-s.enough:
	case <-time.After(time.Minute):
		t.Fatalf("only %d answers were acknowledged in a minute", s.acks.Load())
	}
	do()
	close(s.killed)
	s.all.Wait()
}

// compare reads back what every member remembers.
func (s *storm) compare(t *testing.T) {
	t.Helper()
	n := 0
	for _, m := range s.members {
		m.compare()
		n += len(m.kept)
	}
	t.Logf("%d saves were acknowledged; the last of %d answers compared", s.acks.Load(), n)
}

func TestKilledInAStormOfSavesItLosesNoneAcknowledged(t *testing.T) {
	t.Parallel()
	environ := []string{"OCTANT_DATA=" + program.DataFolder(t)}
	p := program.Serve(t, octant(t), environ, "--demo")
	s := blow(t, p, func(_ int, failed bool) bool { return failed })
	s.kill(t, p.Kill)
	p.Wait()

	p = program.Serve(t, octant(t), environ, "--demo")
	for _, m := range s.members {
		m.at(p)
	}
	s.compare(t)
}

func TestPostgresKilledInAStormOfSavesLosesNoneAcknowledged(t *testing.T) {
	t.Parallel()
	data := program.DataFolder(t)
	p := program.Serve(t, octant(t), []string{"OCTANT_DATA=" + data}, "--demo")
	s := blow(t, p, func(after int, _ bool) bool { return after >= afterwards })
	s.kill(t, func() {
		if err := syscall.Kill(program.Postgres(t, data), syscall.SIGKILL); err != nil {
			t.Error(err)
		}
	})
	s.compare(t) // each has been served again, by the same program
}
