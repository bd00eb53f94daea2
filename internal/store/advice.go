package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
	"octant/internal/maturity"
)

// What asking for advice refuses.
var (
	ErrAskedEnough = errors.New("store: the trust has asked often enough for now")
	ErrAskedThem   = errors.New("store: the other trust was asked not long ago")
	ErrOverrun     = errors.New("store: the other trust has been asked often enough for now")
	ErrReplied     = errors.New("store: the request has been answered")
)

// How often advice may be asked for. A trust that agreed to be asked is not to
// regret it.
const (
	adviceDays     = 30
	mostAsked      = 5  // by one trust
	mostReceived   = 6  // by one trust
	sameTrustAfter = 90 // days
)

// Guide is a trust that agreed to be asked for advice.
type Guide struct{ ODS, Name, Kind string }

// Guides are the trusts that agreed to be asked and whose published level in the
// element is a level or more above this trust's own. They come in an order that
// says nothing of them. none says that the trust has no score of its own there.
func (t *Trust) Guides(ctx context.Context, element string, now time.Time) (guides []Guide, none bool, err error) {
	if !t.May(access.ShareResults) {
		return nil, false, access.ErrDenied
	}
	willing, err := t.db.willing(ctx, t.ODS, now)
	if err != nil {
		return nil, false, fault("guides", err)
	}
	codes := []string{t.ODS}
	for _, g := range willing {
		codes = append(codes, g.ODS)
	}
	latest, err := t.db.latest(ctx, codes, 1)
	if err != nil {
		return nil, false, fault("guides", err)
	}
	own := levelIn(latest[t.ODS], element)
	if own == 0 {
		return nil, true, nil
	}
	for _, g := range willing {
		if levelIn(latest[g.ODS], element) > own {
			guides = append(guides, g)
		}
	}
	slices.SortFunc(guides, func(a, b Guide) int { return slices.Compare(lot(t.ODS, element, a.ODS), lot(t.ODS, element, b.ODS)) })
	return guides, false, nil
}

// lot is what a trust draws for its place in a list: always the same, and without
// any tie to its score.
func lot(parts ...string) []byte {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return h.Sum(nil)
}

// levelIn is the published level of an element in the latest round, nought
// without one.
func levelIn(latest []Summary, element string) int {
	for _, s := range latest {
		for i := range s.Elements {
			if e := &s.Elements[i]; e.Key == element && e.Score != nil && e.Hidden == "" {
				return maturity.LevelOf(*e.Score)
			}
		}
	}
	return 0
}

// willing are the trusts but one that agreed to be asked and to be counted.
func (db *DB) willing(ctx context.Context, but string, now time.Time) ([]Guide, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := db.pool.Query(ctx, `
		SELECT t.ods, t.name, t.kind FROM trusts t
		JOIN `+rungsOn+` c ON c.ods = t.ods
		JOIN (SELECT DISTINCT ON (ods) ods, willing FROM guides ORDER BY ods, set_at DESC) g ON g.ods = t.ods
		WHERE g.willing AND c.rung = ANY ($2) AND t.ods <> $3`, access.Today(now), reaching(access.Counted), but)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[Guide])
}

// AskAdvice writes to the leads of another trust, one of [Trust.Guides] of that
// element; ErrNotFound for any other. No address is shown to anybody.
func (t *Trust) AskAdvice(ctx context.Context, element, ods, words string, now time.Time) error {
	guides, _, err := t.Guides(ctx, element, now)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(guides, func(g Guide) bool { return g.ODS == ods }) {
		return ErrNotFound
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fault("ask advice", err)
	}
	return fault("ask advice", t.circleTx(ctx, now, func(ctx context.Context, tx pgx.Tx) (audit.Entry, error) {
		entry := audit.Entry{Deed: audit.AdviceAsked, Detail: ods + ", element " + element}
		if err := t.mayAsk(ctx, tx, ods, now); err != nil {
			return entry, err
		}
		_, err := tx.Exec(ctx, `INSERT INTO requests (id, asker, asked, element, words, sent_by, sent_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			id, t.ODS, ods, element, words, t.Person, now)
		if err != nil {
			return entry, err
		}
		return entry, t.db.enqueue(ctx, tx, AdviceJob{ODS: ods, Request: id})
	}))
}

// mayAsk counts what was asked lately. Whoever asks the same trust waits for it.
func (t *Trust) mayAsk(ctx context.Context, tx pgx.Tx, ods string, now time.Time) error {
	pair := []string{t.ODS, ods}
	slices.Sort(pair) // always in the same order, so that two of them never wait for each other
	for _, code := range pair {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('octant advice ' || $1, 0))`, code); err != nil {
			return err
		}
	}
	var asked, same, received int
	err := tx.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE asker = $1 AND sent_at > $3), count(*) FILTER (WHERE asker = $1 AND asked = $2),
		       count(*) FILTER (WHERE asked = $2 AND sent_at > $3)
		FROM requests WHERE (asker = $1 OR asked = $2) AND sent_at > $4`,
		t.ODS, ods, now.AddDate(0, 0, -adviceDays), now.AddDate(0, 0, -sameTrustAfter)).Scan(&asked, &same, &received)
	switch {
	case err != nil:
		return err
	case same > 0:
		return ErrAskedThem
	case asked >= mostAsked:
		return ErrAskedEnough
	case received >= mostReceived:
		return ErrOverrun
	}
	return nil
}

// Request is one request for advice, as either of the two trusts sees it.
type Request struct {
	ID      uuid.UUID
	Sent    bool // this trust asked; the other way round it was asked
	ODS     string
	Trust   string // the other one
	Element string
	Words   string
	By      string
	At      time.Time
	Reply   string // "" for none yet
	ReplyBy string
	ReplyAt time.Time
}

// mostRequests is how many requests a page shows.
const mostRequests = 50

// Requests are the latest that the trust sent or received, the newest first.
func (t *Trust) Requests(ctx context.Context) (list []Request, err error) {
	err = t.tx(ctx, access.ShareResults, func(ctx context.Context, tx pgx.Tx) error {
		return t.asDesk(ctx, tx, func() error {
			rows, err := tx.Query(ctx, `
				SELECT q.id, q.asker = $1, o.ods, o.name, q.element, q.words, p.name, q.sent_at,
				       coalesce(q.reply, ''), coalesce(r.name, ''), coalesce(q.replied_at, '0001-01-01 00:00:00Z')
				FROM requests q
				JOIN trusts o ON o.ods = CASE WHEN q.asker = $1 THEN q.asked ELSE q.asker END
				JOIN people p ON p.id = q.sent_by
				LEFT JOIN people r ON r.id = q.replied_by
				WHERE q.asker = $1 OR q.asked = $1 ORDER BY q.sent_at DESC, q.id LIMIT $2`, t.ODS, mostRequests)
			if err != nil {
				return err
			}
			list, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Request])
			return err
		})
	})
	return list, fault("requests", err)
}

// ReplyAdvice answers a request that this trust received, once.
func (t *Trust) ReplyAdvice(ctx context.Context, id uuid.UUID, words string, now time.Time) error {
	return fault("reply advice", t.circleTx(ctx, now, func(ctx context.Context, tx pgx.Tx) (audit.Entry, error) {
		entry := audit.Entry{Deed: audit.AdviceGiven}
		var asker string
		var replied bool
		err := tx.QueryRow(ctx, `SELECT asker, reply IS NOT NULL FROM requests WHERE id = $1 AND asked = $2 FOR UPDATE`, id, t.ODS).Scan(&asker, &replied)
		switch {
		case err != nil:
			return entry, err
		case replied:
			return entry, ErrReplied
		}
		entry.Detail = asker
		_, err = tx.Exec(ctx, `UPDATE requests SET reply = $2, replied_by = $3, replied_at = $4 WHERE id = $1`, id, words, t.Person, now)
		if err != nil {
			return entry, err
		}
		return entry, t.db.enqueue(ctx, tx, AdviceJob{ODS: asker, Request: id, Reply: true})
	}))
}

// AdviceJob has the leads of one trust written to about a request. The letters
// are that trust's own, so that they are made by who has entered it.
type AdviceJob struct {
	ODS     string    `json:"ods"`
	Request uuid.UUID `json:"request"`
	Reply   bool      `json:"reply"`
}

// Kind names the job in the queue.
func (AdviceJob) Kind() string { return "advice" }

// InsertOpts lets it be done anywhere.
func (AdviceJob) InsertOpts() river.InsertOpts { return river.InsertOpts{} }

// WriteAdvice queues the letters about a request to this trust's leads, once.
func (t *Trust) WriteAdvice(ctx context.Context, request uuid.UUID, reply bool, now time.Time) error {
	kind := assessment.AdviceAsked
	if reply {
		kind = assessment.AdviceGiven
	}
	return fault("write advice", t.tx(ctx, access.KeepTime, func(ctx context.Context, tx pgx.Tx) error {
		var leads []uuid.UUID
		rows, err := tx.Query(ctx, `
			SELECT DISTINCT person_id FROM memberships
			WHERE ods = $1 AND role = ANY ($2) AND from_on <= $3 AND coalesce(to_on, 'infinity') >= $3
			  AND NOT EXISTS (SELECT FROM letters WHERE ods = $1 AND request_id = $4 AND kind = $5)`,
			t.ODS, access.With(access.ShareResults), access.Today(now), request, kind)
		if err == nil {
			leads, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		}
		if err == nil {
			leads, err = t.reachable(ctx, tx, leads)
		}
		if err != nil {
			return err
		}
		var jobs []river.JobArgs
		for _, person := range leads {
			id, err := uuid.NewV7()
			if err != nil {
				return err
			}
			_, err = tx.Exec(ctx, `INSERT INTO letters (ods, id, person_id, kind, state, made_at, request_id) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				t.ODS, id, person, kind, LetterQueued, now, request)
			if err != nil {
				return err
			}
			jobs = append(jobs, LetterJob{ODS: t.ODS, Letter: id})
		}
		return t.enqueueAt(ctx, tx, t.postAt(now), jobs...)
	}))
}

// adviceLetter reads a letter about a request, with all that it says; as
// [Trust.letter] reads the others.
func (t *Trust) adviceLetter(ctx context.Context, tx pgx.Tx, id uuid.UUID) (out Outgoing, ok bool, err error) {
	out = Outgoing{ID: id, ODS: t.ODS, Trust: t.Name}
	var request uuid.UUID
	err = tx.QueryRow(ctx, `
		SELECT kind, state, made_at, person_id, request_id FROM letters
		WHERE ods = $1 AND id = $2 AND request_id IS NOT NULL FOR UPDATE`, t.ODS, id).
		Scan(&out.Kind, &out.State, &out.MadeAt, &out.To.ID, &request)
	if err != nil {
		return out, false, err
	}
	out.MadeAt = out.MadeAt.UTC()
	if ok, err = t.addressed(ctx, tx, &out); err != nil || !ok {
		return out, false, err
	}
	err = t.asDesk(ctx, tx, func() error {
		a := &Advice{}
		out.Advice = a
		return tx.QueryRow(ctx, `
			SELECT o.name, p.name, q.element, CASE WHEN $2 THEN coalesce(q.reply, '') ELSE q.words END
			FROM requests q
			JOIN trusts o ON o.ods = CASE WHEN $2 THEN q.asked ELSE q.asker END
			JOIN people p ON p.id = CASE WHEN $2 THEN q.replied_by ELSE q.sent_by END
			WHERE q.id = $1`, request, out.Kind == assessment.AdviceGiven).Scan(&a.Trust, &a.By, &a.Element, &a.Words)
	})
	return out, err == nil, err
}

// Advice is what a letter about a request says.
type Advice struct {
	Trust   string // whose request or answer it is
	By      string
	Element string
	Words   string
}
