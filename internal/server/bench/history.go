package main

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/questionnaire"
	"octant/internal/store"

	"octant/internal/access"
)

// history makes trusts with many closed rounds, one a quarter, up to five weeks
// ago: what people answered, and all that closing a round keeps of it, worked out
// by the same code. The same seed makes the same trusts; and whatever the number
// of rounds, a trust's newest ones are the same.
type history struct {
	seed    uint64
	version *questionnaire.Version
	keys    []string
	within  map[string][]string // keys by element
	secret  []byte
	trusts  int
	rounds  int // closed ones of each trust
	waiting int // rounds in all that everybody has answered and nobody has closed
	today   time.Time
}

// historyTables are the tables that are filled, in the order their rows stand on
// each other, with their columns.
var historyTables = [...]struct{ name, columns string }{
	{"trusts", "ods, name, kind"},
	{"organisations", "code, opened, seen_on"},
	{"organisation_names", "code, name, from_on, seen_from, seen_to"},
	{"organisation_places", "code, region, icb, from_on, seen_from, seen_to"},
	{"organisation_types", "code, type, source, from_on"},
	{"people", "id, email, name"},
	{"memberships", "ods, person_id, role, title, side, from_on, to_on"},
	{"rounds", "ods, id, title, form, questionnaire, state, opens_on, closes_on, opened_at, closed_at, created_at, unlinked_at, comments_erased_at"},
	{"invitations", "ods, round_id, person_id, side, title, finished"},
	{"letters", "ods, id, round_id, person_id, kind, state, made_at, done_at"},
	{"responses", "ods, round_id, respondent, side, submitted"},
	{"answers", "ods, round_id, respondent, question, choice, comment, revision"},
	{"comments", "ods, round_id, id, question, kind, words"},
	{"reports", "ods, round_id, schema, digest, document, created_at"},
	{"summaries", "ods, round_id, closed_on, title, form, questionnaire, invited, respondents, overall, elements"},
	{"moments", "ods, round_id, element, n, mean, variance"},
	{"changes", "ods, round_id, earlier_id, schema, digest, document"},
	{"milestones", "ods, id, on_date, text, written_by, written_at"},
	{"consents", "ods, rung, from_on, set_by, set_at"},
	{"audit", "ods, seq, at, actor, deed, round_id, detail, digest"},
}

const (
	quarter   = 91 // days
	roundDays = 14
	sinceLast = 50 // days since the last closed round opened
	regions   = 7
	boards    = 42 // integrated care boards
)

func (s *stage) history(trusts, rounds int, today time.Time) (*history, error) {
	v, err := questionnaire.Load(questionnaire.Latest())
	if err != nil {
		return nil, err
	}
	h := &history{
		seed: s.seed, version: v, within: map[string][]string{}, secret: []byte(s.secret),
		trusts: trusts, rounds: rounds, waiting: toClose, today: today,
	}
	for _, q := range v.Questions(questionnaire.Full) {
		h.keys, h.within[q.Element] = append(h.keys, q.Key), append(h.within[q.Element], q.Key)
	}
	return h, nil
}

// random is chance for one purpose, the same whatever else is made.
func (h *history) random(trust int, purpose ...int) *rand.Rand {
	place := uint64(trust + 1)
	for _, p := range purpose {
		place = place<<16 | uint64(uint16(p))
	}
	return rand.New(rand.NewPCG(h.seed, place))
}

// opens is when a round opens: age 0 is the last closed one, 1 the one before it,
// and those that wait to be closed are younger.
func (h *history) opens(age int) time.Time {
	if age < 0 {
		return h.today.AddDate(0, 0, -roundDays/2).Add(9 * time.Hour)
	}
	return h.today.AddDate(0, 0, -sinceLast-quarter*age).Add(9 * time.Hour)
}

func (h *history) closes(age int) time.Time { return h.opens(age).AddDate(0, 0, roundDays) }

// waitingOf is how many rounds of a trust wait to be closed.
func (h *history) waitingOf(trust int) int {
	with := min(h.trusts, h.waiting) // trusts that have one at least
	n := h.waiting / with
	if trust < h.waiting%with {
		n++
	}
	if trust >= with {
		n = 0
	}
	return n
}

// fill makes the trusts and copies them in, one after the other as they are made.
// No more than a few are in memory.
func (h *history) fill(ctx context.Context, w *world) error {
	conn, err := pgx.Connect(ctx, w.ownerURL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	// Checking foreign keys row by row would take longer than all the rest.
	if _, err := conn.Exec(ctx, `SET session_replication_role = replica`); err != nil {
		return err
	}
	began := time.Now()
	if err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error { return h.copyTrusts(ctx, tx.Conn(), w) }); err != nil {
		return err
	}
	w.copying = time.Since(began)
	if err := h.addPlaces(ctx, conn); err != nil {
		return err
	}
	began = time.Now()
	_, err = conn.Exec(ctx, `VACUUM ANALYZE`)
	w.vacuum = time.Since(began)
	return err
}

func (h *history) copyTrusts(ctx context.Context, conn *pgx.Conn, w *world) error {
	names := make([]string, len(historyTables))
	for i, t := range historyTables {
		names[i] = t.name
	}
	if _, err := conn.Exec(ctx, `TRUNCATE `+strings.Join(names, ", ")+` CASCADE`); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for made := range h.make(ctx) {
		c := <-made
		if c.fault != nil {
			return c.fault
		}
		for _, t := range historyTables {
			if err := c.rows[t.name].copyInto(ctx, conn.PgConn(), t.name, t.columns); err != nil {
				return err
			}
		}
		w.trusts = append(w.trusts, c.trust)
	}
	return ctx.Err()
}

// make makes the trusts in their order, as many at once as there are cores.
func (h *history) make(ctx context.Context) <-chan chan *chronicle {
	line := make(chan chan *chronicle, runtime.NumCPU())
	go func() {
		defer close(line)
		for n := range h.trusts {
			made := make(chan *chronicle, 1)
			select {
			case line <- made:
			case <-ctx.Done():
				return
			}
			go func() { made <- h.chronicle(n) }()
		}
	}()
	return line
}

// addPlaces adds what the register calls regions and boards, and somebody who
// sees several trusts and somebody who administers.
func (h *history) addPlaces(ctx context.Context, conn *pgx.Conn) error {
	b := &pgx.Batch{}
	for i := range regions {
		b.Queue(`INSERT INTO regions (code, name) VALUES ($1, $2)`, fmt.Sprintf("R%d", i), fmt.Sprintf("Generated Region %d", i))
	}
	for i := range boards {
		b.Queue(`INSERT INTO icbs (code, name, region, opened) VALUES ($1, $2, $3, $4)`,
			fmt.Sprintf("I%d", i), fmt.Sprintf("Generated Board %d", i), fmt.Sprintf("R%d", i%regions), h.opens(h.rounds))
	}
	for place, name := range onlookers {
		p := h.onlooker(place)
		b.Queue(`INSERT INTO people (id, email, name, admin) VALUES ($1, $2, $3, $4)`, p.id, p.id.String()+"@example.org", p.name, name == administrator)
		b.Queue(`
			INSERT INTO memberships (ods, person_id, role, title, from_on)
			SELECT ods, $1, 'viewer', 'Regional lead', $2 FROM trusts ORDER BY ods LIMIT $3`, p.id, h.opens(h.rounds), seenBy[name])
	}
	return conn.SendBatch(ctx, b).Close()
}

// onlookers are people of no trust, by their place in this list.
var onlookers = [...]string{administrator, viewerOfFew, viewerOfMany}

const (
	administrator = "Administrator"
	viewerOfFew   = "Viewer of few"
	viewerOfMany  = "Viewer of many"
)

// seenBy is how many trusts each of them sees.
var seenBy = map[string]int{viewerOfFew: few, viewerOfMany: manySeen}

func (h *history) onlooker(place int) person {
	return person{idAt(h.random(-1, place), h.today), onlookers[place]}
}

// editions makes the benchmark editions that the past quarters would have had, as
// far as a new one looks back, and answers how long each took.
func (h *history) editions(ctx context.Context, w *world) error {
	admin := access.Person{ID: h.onlooker(0).id, Admin: true}
	for age := min(8, h.rounds-1); age >= 1; age-- {
		began := time.Now()
		if _, err := w.db.MakeEdition(ctx, admin, h.closes(age).AddDate(0, 0, quarter/2)); err != nil && !errors.Is(err, store.ErrMade) {
			return fmt.Errorf("edition of %d quarters ago: %w", age, err)
		}
		w.editions = append(w.editions, time.Since(began))
	}
	return nil
}

// idAt is an identifier as the program makes them, with the time in front.
func idAt(random *rand.Rand, at time.Time) (id uuid.UUID) {
	binary.BigEndian.PutUint64(id[:], uint64(at.UnixMilli())<<16|random.Uint64()&0xFFFF)
	binary.BigEndian.PutUint64(id[8:], random.Uint64())
	id[6], id[8] = id[6]&0x0F|0x70, id[8]&0x3F|0x80
	return id
}

// placed sorts by what bytes come first.
func placed[T any](key func(T) []byte) func(a, b T) int {
	return func(a, b T) int { return cmp.Compare(string(key(a)), string(key(b))) }
}
