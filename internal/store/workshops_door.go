package store

import (
	"context"
	"crypto/sha256"
	"runtime"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
)

// After each change a whole room comes to the door at once. Then as many as wait
// are let in with one question to the database, which sees nothing but their own
// seats. Each is let in by a question that was put after it came, so that nobody
// is shown less than they have seen or sent already, here or on another replica.
// A question has a price of its own, so that there is a second one at a time only
// while more wait than one can let in.
const (
	doorways  = 4   // questions at a time
	mostOfOne = 128 // devices in one question
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
	ods  string
	seat *Seat // nil where it has none
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
	k := &knock{hash: access.TokenHash(db.secret, token), ods: ods, done: make(chan struct{})}
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
	case k.seat == nil:
		return nil, ErrNotFound
	}
	return k.seat, nil
}

// wait queues a device and says whether a doorway is free for it.
func (d *door) wait(k *knock) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting = append(d.waiting, k)
	if d.busy == doorways || len(d.waiting) <= d.busy*mostOfOne {
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
	runtime.Gosched() // who comes at the same moment comes along
	for some := db.door.next(); some != nil; some = db.door.next() {
		byTrust := make(map[string][]*knock, 1)
		for _, k := range some {
			byTrust[k.ods] = append(byTrust[k.ods], k)
		}
		b := &pgx.Batch{}
		for ods, knocks := range byTrust {
			db.queueSeats(b, ods, knocks)
		}
		err := db.send(ctx, b)
		for _, k := range some {
			k.err = err
			close(k.done)
		}
	}
}

// bindDevices makes the rest of a transaction see some devices of a trust, and of
// nothing else that is there; whoever it was bound to before, it is no more. All is
// to be found by its keys: see [byKeys].
const bindDevices = `SELECT ` + byKeys + `, set_config('plan_cache_mode', 'force_generic_plan', true),
	set_config('role', 'octant_door', true), set_config('octant.trust', $1, true), set_config('octant.devices', $2::bytea[]::text, true),
	set_config('octant.workshops', '', true), set_config('octant.seats', '', true)`

// findSeats makes it see their seats too.
const findSeats = `
	SELECT set_config('octant.workshops', coalesce(array_agg(DISTINCT d.workshop_id)::text, ''), true),
	       set_config('octant.seats', coalesce(array_agg(d.participant)::text, ''), true)
	FROM ` + cameDevices

// cameDevices are the devices of the transaction, each looked up by its key. Before
// anybody has counted the rows Postgres would go through all of the trust's.
const cameDevices = `unnest($2::bytea[]) AS came (hash)
	CROSS JOIN LATERAL (SELECT d.hash, d.workshop_id, d.participant, d.number FROM workshop_devices d
	                    WHERE d.ods = $1 AND d.hash = came.hash OFFSET 0) d`

// ownStates is what each seat may know of itself. Each vote is asked for by its
// whole key: joined, all votes of the room are gone through for it.
const ownStates = `
	SELECT d.hash, w.id, p.participant, w.state, w.version, d.number, p.kind = 'observer',
	       coalesce((SELECT v.choice FROM workshop_votes v
	                 WHERE v.ods = $1 AND v.workshop_id = w.id AND v.item_id = i.id AND v.participant = p.participant
	                   AND v.vote = CASE WHEN i.stage IN ('voting again', 'voted again') THEN 2 ELSE 1 END), 0),
	       coalesce((SELECT v.choice FROM workshop_votes v
	                 WHERE v.ods = $1 AND v.workshop_id = w.id AND v.item_id = i.id AND v.participant = p.participant AND v.vote = 1), 0),
	       coalesce((SELECT k.words FROM workshop_cards k
	                 WHERE k.ods = $1 AND k.workshop_id = w.id AND k.item_id = i.id AND k.participant = p.participant), ''),
	       ARRAY(SELECT u.parked_id FROM workshop_ups u
	             WHERE u.ods = $1 AND u.workshop_id = w.id AND u.participant = p.participant ORDER BY u.parked_id)
	FROM ` + cameDevices + `
	CROSS JOIN LATERAL (SELECT p.participant, p.kind FROM workshop_participants p
	                    WHERE p.ods = $1 AND p.workshop_id = d.workshop_id AND p.participant = d.participant OFFSET 0) p
	CROSS JOIN LATERAL (SELECT w.id, w.state, w.version, w.current_item FROM workshops w
	                    WHERE w.ods = $1 AND w.id = d.workshop_id OFFSET 0) w
	LEFT JOIN LATERAL (SELECT i.id, i.stage FROM workshop_items i
	                   WHERE i.ods = $1 AND i.workshop_id = w.id AND i.id = w.current_item OFFSET 0) i ON true`

// queueSeats asks for the seats of some devices of one trust, and what is their
// own there.
func (db *DB) queueSeats(b *pgx.Batch, ods string, knocks []*knock) {
	at := make(map[[sha256.Size]byte][]*knock, len(knocks)) // a device may knock twice
	hashes := make([][]byte, 0, len(knocks))
	for _, k := range knocks {
		if at[k.hash] == nil {
			hashes = append(hashes, k.hash[:])
		}
		at[k.hash] = append(at[k.hash], k)
	}
	b.Queue(bindDevices, ods, hashes)
	b.Queue(findSeats, ods, hashes)
	b.Queue(ownStates, ods, hashes).Query(func(rows pgx.Rows) error {
		var hash []byte
		var s Seat
		var ups []uuid.UUID
		_, err := pgx.ForEachRow(rows, []any{
			&hash, &s.Workshop, &s.participant, &s.State, &s.Version,
			&s.Own.Device, &s.Own.Observer, &s.Own.Vote, &s.Own.First, &s.Own.Card, &ups,
		}, func() error {
			s.db, s.ODS, s.Own.Ups = db, ods, ups
			for _, k := range at[[sha256.Size]byte(hash)] {
				k.seat = new(s)
			}
			ups = nil
			return nil
		})
		return err
	})
}
