package store

import (
	"context"
	"crypto/sha256"
	"sync"

	"github.com/jackc/pgx/v5"

	"octant/internal/access"
)

// After each change a whole room comes to the door at once. Then as many as wait
// are let in with one question to the database, in which each is bound to its own
// seat before anything of it is read.
const (
	doorways  = 4  // questions at a time
	mostOfOne = 32 // devices in one question
)

// door is where devices wait to be let in.
type door struct {
	mu      sync.Mutex
	waiting []*knock
	busy    int // doorways in use
}

// knock is one device that wants to be let in.
type knock struct {
	hash [sha256.Size]byte
	seat *Seat
	in   bool // it has a seat
	err  error
	done chan struct{}
}

// EnterWorkshop is the door for a device. In one round trip it finds its seat and
// what is its own there. A token that is wrong, or whose workshop has ended, is
// ErrNotFound.
func (db *DB) EnterWorkshop(ctx context.Context, token string) (*Seat, error) {
	ods := access.TrustOf(token)
	if !codeShape.MatchString(ods) {
		ods = nowhere
	}
	k := &knock{hash: access.TokenHash(db.secret, token), seat: &Seat{db: db, ODS: ods}, done: make(chan struct{})}
	if db.door.wait(k) {
		go db.letIn(context.WithoutCancel(ctx)) // who goes does not take it from the others
	}
	select {
	case <-k.done:
	case <-ctx.Done():
		return nil, fault("enter workshop", ctx.Err())
	}
	switch {
	case k.err != nil:
		return nil, fault("enter workshop", k.err)
	case !k.in:
		return nil, ErrNotFound
	}
	return k.seat, nil
}

// wait queues a device and says whether a doorway is free for it.
func (d *door) wait(k *knock) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting = append(d.waiting, k)
	if d.busy == doorways {
		return false
	}
	d.busy++
	return true
}

// next is who is let in next, at most so many; nobody any more frees the doorway.
func (d *door) next() []*knock {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := min(len(d.waiting), mostOfOne)
	if n == 0 {
		d.busy--
		return nil
	}
	some := d.waiting[:n:n]
	d.waiting = d.waiting[n:]
	return some
}

// letIn lets devices in until none waits.
func (db *DB) letIn(ctx context.Context) {
	for some := db.door.next(); some != nil; some = db.door.next() {
		b := &pgx.Batch{}
		for _, k := range some {
			k.queue(b)
		}
		err := db.send(ctx, b)
		for _, k := range some {
			k.err = err
			close(k.done)
		}
	}
}

// queue asks for one device's seat and what is its own there. The transaction is
// bound anew for each, so that one that has no seat finds none, whoever came
// before it.
func (k *knock) queue(b *pgx.Batch) {
	queueDevice(b, k.seat.ODS, k.hash)
	b.Queue(findSeat, k.seat.ODS, k.hash[:])
	b.Queue(ownState, k.seat.ODS).
		Query(func(rows pgx.Rows) error {
			defer rows.Close()
			if !rows.Next() {
				return rows.Err()
			}
			k.in = true
			s, own := k.seat, &k.seat.Own
			return rows.Scan(&s.Workshop, &s.participant, &s.State, &s.Version,
				&own.Device, &own.Observer, &own.Vote, &own.First, &own.Card, &own.Ups)
		})
}
