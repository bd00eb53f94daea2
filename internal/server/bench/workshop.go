package main

import (
	"context"
	"fmt"
	"syscall"
	"time"
)

// What a workshop may cost.
const (
	boardRoom    = 300 // devices
	boardGoal    = 250 * time.Millisecond
	hallGoal     = 1500 * time.Millisecond
	perStream    = 40e3
	rushed       = 500 // devices that vote at once, and that come back at once
	rush         = 2 * time.Second
	voteGoal     = 300 * time.Millisecond
	backGoal     = 5 * time.Second
	nchanGoal    = 1.5
	boardChanges = 150
	hallChanges  = 45
	kills        = 3
	rushes       = 3
)

// rooms is what the measurement stands on.
type rooms struct {
	*stage
	*table
	w     *world
	nchan *nchan
}

// measureHall, measureBoard and measureRushes have devices join a workshop by its
// code and follow it as the page's script does: as many as one workshop may have,
// a board and all who work for it, and a room that votes at once and comes back
// after the program was killed.
func measureHall(ctx context.Context, s *stage, t *table) error {
	return s.inRoom(ctx, t, 0, (*rooms).hall)
}

func measureBoard(ctx context.Context, s *stage, t *table) error {
	return s.inRoom(ctx, t, 1, (*rooms).boards)
}

func measureRushes(ctx context.Context, s *stage, t *table) error {
	return s.inRoom(ctx, t, 2, (*rooms).rushes)
}

// inRoom opens a room of the trust at that place and measures it.
func (s *stage) inRoom(ctx context.Context, t *table, place int, do func(*rooms, context.Context, *room) error) error {
	if short := tooFewFiles(s.phones); short != "" {
		t.notes = append(t.notes, "Workshop: not measured. "+short)
		return nil
	}
	m, err := s.openRooms(ctx, t)
	if err != nil {
		return err
	}
	r, err := s.openRoom(ctx, m.w, place)
	if err == nil {
		err = do(m, ctx, r)
	}
	r.close()
	if err != nil {
		said := m.w.octant.told()
		return fmt.Errorf("%w\n%s", err, said[max(0, len(said)-2000):])
	}
	return nil
}

// openRooms makes a world of trusts that hold workshops, and what they are
// measured beside. It does so once.
func (s *stage) openRooms(ctx context.Context, t *table) (m *rooms, err error) {
	if s.rooms != nil {
		return s.rooms, nil
	}
	m = &rooms{stage: s, table: t}
	m.w, err = s.makeWorld(ctx, "bench_workshop", func(ctx context.Context, w *world) error {
		w.settings = []string{"OCTANT_PROXY_HEADER=" + fromHeader}
		return s.fill(ctx, w, 3)
	})
	if err != nil {
		return nil, err
	}
	var missing string
	if m.nchan, missing, err = s.startNchan(ctx); err != nil {
		return nil, err
	}
	if missing != "" {
		t.notes = append(t.notes, "Workshop: nothing stands beside it, because this machine has no "+missing+
			" (Debian's packages nginx and libnginx-mod-nchan have it).")
	}
	s.rooms = m
	return m, nil
}

// tooFewFiles says that the system lets a process open too few connections, ""
// where it does not. Each device has two in the generator, one more beside nchan.
func tooFewFiles(devices int) string {
	var have syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &have); err != nil {
		return ""
	}
	if needs := uint64(3*devices + 500); have.Max < needs {
		return fmt.Sprintf("%d devices need %d open files, and the system allows a process %d: raise that with `ulimit -n %d`, or have fewer with -devices.",
			devices, needs, have.Max, needs)
	}
	return ""
}

// hall is a room with as many devices as are asked for: what they hold, and how
// fast they follow.
func (m *rooms) hall(ctx context.Context, r *room) error {
	before, err := m.held(ctx)
	if err != nil {
		return err
	}
	r.lean.Store(true)
	if err := r.join(ctx, m.phones); err != nil {
		return err
	}
	streams, err := m.held(ctx)
	if err != nil {
		return err
	}
	r.lean.Store(false)
	for _, d := range r.devices {
		d.refresh()
	}
	<-time.After(2 * time.Second)
	whole, err := m.held(ctx)
	if err != nil {
		return err
	}
	n := float64(m.phones)
	one := (streams.resident - before.resident) / n
	m.limit(fmt.Sprintf("memory of the server for a waiting stream, %d of them", m.phones), kilobytes(int(one)), "under "+kilobytes(perStream), one < perStream)
	m.limit("  of that after a collection: heap and stacks", kilobytes(int((streams.live-before.live)/n)), "", false)
	both := (whole.resident - before.resident) / n
	m.limit("  with the connection as well on which it fetched", kilobytes(int(both)), "under "+kilobytes(2*perStream), both < 2*perStream)
	return m.follow(ctx, r, hallChanges, hallGoal)
}

// boards is a room as large as the largest board and all who work for it.
func (m *rooms) boards(ctx context.Context, r *room) error {
	if err := r.join(ctx, boardRoom); err != nil {
		return err
	}
	return m.follow(ctx, r, boardChanges, boardGoal)
}

// breath is how long nothing happens between two measurements.
const breath = 60 * time.Millisecond

// follow makes changes and times how long it is until the last device shows each,
// in turn with nchan, which pushes a message of the same length, and one of a word.
func (m *rooms) follow(ctx context.Context, r *room, changes int, goal time.Duration) error {
	phones := len(r.phones)
	if m.nchan != nil {
		if err := m.nchan.join(ctx, phones); err != nil {
			return err
		}
		defer m.nchan.part()
	}
	var told, shown, each, pushed, said sample
	const unready = 4 // changes until connections, caches and plans are as they stay
	for n := range unready + changes {
		if err := r.someVote(ctx, n); err != nil {
			return err
		}
		<-time.After(breath)
		app, postgres, own := m.w.octant.cpu(), m.postgresCPU(), ownCPU()
		seen, err := r.next(ctx)
		if err != nil {
			return err
		}
		app, postgres, own = m.w.octant.cpu()-app, m.postgresCPU()-postgres, ownCPU()-own
		heard, done, _ := seen.times()
		if n < unready {
			continue
		}
		told.took, shown.took, each.took = append(told.took, sample{took: heard}.percentile(1)), append(shown.took, sample{took: done}.percentile(1)), append(each.took, done...)
		each.app, each.postgres, each.generator = each.app+app, each.postgres+postgres, each.generator+own
		if m.nchan == nil {
			continue
		}
		for _, kind := range []struct {
			to   *sample
			size int
		}{{&pushed, int(r.bytes.Load())}, {&said, len("changed")}} {
			<-time.After(breath)
			took, err := m.nchan.publish(ctx, n, kind.size)
			if err != nil {
				return err
			}
			kind.to.took = append(kind.to.took, took)
		}
	}
	m.tell(r, goal, told, shown, each, pushed, said)
	return nil
}

// tell puts into the table how fast a room followed.
func (m *rooms) tell(r *room, goal time.Duration, told, shown, each, pushed, said sample) {
	slowest := shown.percentile(0.99)
	m.limit(fmt.Sprintf("a change to the last of %d devices' own fragments: 99%% within", len(r.phones)), millis(slowest), "under "+millis(goal), slowest < goal)
	m.limit(fmt.Sprintf("  of %d changes half / 95%% / all within", len(shown.took)), inMillis(shown, 0.5, 0.95, 1), "", false)
	m.limit("  one device: half / 95% / 99% within", inMillis(each, 0.5, 0.95, 0.99), "", false)
	if m.nchan != nil {
		beside := pushed.percentile(0.99)
		m.atMost(fmt.Sprintf("  beside nchan, which pushes the same %d bytes to all: 99%% within", r.bytes.Load()), millis(slowest), millis(beside), ratio(slowest, beside), nchanGoal)
		m.plain("  half within", millis(shown.percentile(0.5)), millis(pushed.percentile(0.5)), ratio(shown.percentile(0.5), pushed.percentile(0.5)))
		m.plain("  only until the last has heard that something changed: 99% within", millis(told.percentile(0.99)), millis(said.percentile(0.99)), ratio(told.percentile(0.99), said.percentile(0.99)))
	}
	n := time.Duration(max(len(each.took), 1))
	m.notes = append(m.notes, fmt.Sprintf("Workshop of %d: a fragment takes %s of CPU in the server and %s in Postgres, and %s in the generator that fetches it; "+
		"%d fetches failed.", len(r.phones), micros(each.app/n), micros(each.postgres/n), micros(each.generator/n), r.faults.Load()))
}

// inMillis writes several percentiles.
func inMillis(s sample, percentiles ...float64) (text string) {
	for i, p := range percentiles {
		if i > 0 {
			text += " / "
		}
		text += fmt.Sprintf("%.0f", float64(s.percentile(p))/float64(time.Millisecond))
	}
	return text + " ms"
}
