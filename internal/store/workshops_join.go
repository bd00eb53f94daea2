package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/workshop"
)

// How often codes may be tried and a workshop joined. A device is let in again at
// once by its token, so that these are for codes alone; a whole trust may come
// from one network address.
const (
	joinWindow      = 10 * time.Minute
	joinsOfDevice   = 10
	joinsOfNetwork  = 300
	joinsOfWorkshop = 5000
)

// JoinWorkshop seats a device in the workshop that its code leads to, and gives
// the token by which it comes back. A board member who is signed in is seated as
// themselves, so that all their devices have one vote; others of the trust, who
// have no vote in its rounds, watch.
//
// It says ErrNotFound for a code that is wrong or has expired and for a workshop
// that has ended, without saying which, and how long to wait after too many tries.
func (db *DB) JoinWorkshop(ctx context.Context, j Joining, now time.Time) (token string, wait time.Duration, err error) {
	wait, err = db.Count(ctx, now,
		Limit{"workshop code", j.Device, joinsOfDevice, joinWindow},
		Limit{"workshop code from network", j.Network, joinsOfNetwork, joinWindow})
	if err != nil || wait > 0 {
		return "", wait, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	var ods string
	var id uuid.UUID
	hash := access.TokenHash(db.secret, access.ReadJoinCode(j.Code))
	err = db.pool.QueryRow(ctx, `SELECT ods, workshop_id FROM workshop_codes WHERE hash = $1 AND expires_at > $2`, hash[:], now).
		Scan(&ods, &id)
	if err != nil {
		return "", 0, fault("join workshop", err)
	}
	wait, err = db.Count(ctx, now, Limit{"workshop joined", id.String(), joinsOfWorkshop, joinWindow})
	if err != nil || wait > 0 {
		return "", wait, err
	}
	err = pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) (err error) {
		if _, err := tx.Exec(ctx, bind, ods); err != nil {
			return err
		}
		token, err = db.seat(ctx, tx, ods, id, j, now)
		return err
	})
	return token, 0, fault("join workshop", err)
}

// seat gives the device a place in a running workshop.
func (db *DB) seat(ctx context.Context, tx pgx.Tx, ods string, id uuid.UUID, j Joining, now time.Time) (token string, err error) {
	var state workshop.State
	var joined int
	b := &pgx.Batch{}
	b.Queue(shareRound, lockKey(id))
	b.Queue(`
		SELECT w.state, (SELECT count(*) FROM workshop_participants p WHERE p.ods = w.ods AND p.workshop_id = w.id)
		FROM workshops w WHERE w.ods = $1 AND w.id = $2`, ods, id).
		QueryRow(func(row pgx.Row) error { return row.Scan(&state, &joined) })
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return "", err
	}
	switch {
	case state != workshop.Running:
		return "", ErrNotFound
	case joined >= workshop.MaxSeats:
		return "", workshop.ErrFull
	}
	p, kind, err := db.participant(ctx, tx, ods, id, j)
	if err != nil {
		return "", err
	}
	if token, err = db.keptDevice(ctx, tx, ods, id, p, j); err != nil || token != "" {
		return token, err
	}
	if p == uuid.Nil {
		if p, err = uuid.NewRandom(); err != nil {
			return "", err
		}
	}
	token = access.NewDeviceToken(ods)
	hash := access.TokenHash(db.secret, token)
	b = &pgx.Batch{}
	b.Queue(`
		INSERT INTO workshop_participants AS had (ods, workshop_id, participant, kind) VALUES ($1, $2, $3, $4)
		ON CONFLICT (ods, workshop_id, participant) DO UPDATE SET kind = excluded.kind WHERE had.kind = 'removed'`, ods, id, p, kind)
	b.Queue(`
		WITH given AS (UPDATE workshops SET devices = devices + 1 WHERE ods = $1 AND id = $3 RETURNING devices)
		INSERT INTO workshop_devices (ods, hash, workshop_id, participant, number, joined_at)
		SELECT $1, $2, $3, $4, devices, $5 FROM given`, ods, hash[:], id, p, now.Truncate(time.Minute))
	queueTell(b, workshop.DeskRoom(id))
	return token, tx.SendBatch(ctx, b).Close()
}

// participant is whose seat it is to be: zero for one that chance makes.
func (db *DB) participant(ctx context.Context, tx pgx.Tx, ods string, id uuid.UUID, j Joining) (p uuid.UUID, kind string, err error) {
	kind = "voter"
	if j.Observer {
		kind = "observer"
	}
	if j.Person == uuid.Nil {
		return p, kind, nil
	}
	var roles access.Roles
	err = tx.QueryRow(ctx, `
		SELECT coalesce(array_agg(role), '{}') FROM memberships
		WHERE ods = $1 AND person_id = $2 AND from_on <= current_date AND coalesce(to_on, 'infinity') >= current_date`,
		ods, j.Person).Scan(&roles)
	switch {
	case err != nil || len(roles) == 0:
		return p, kind, err
	case !roles.May(access.Answer):
		kind = "observer"
	}
	return access.Participant(db.secret, j.Person, ods, id), kind, nil
}

// keptDevice is the token that the device has already, if it is one of this
// workshop and of this participant. The device of nobody in particular becomes a
// person's when they sign in on it: votes that were closed stay as they are, and
// in one that is open the person votes for it.
func (db *DB) keptDevice(ctx context.Context, tx pgx.Tx, ods string, id, p uuid.UUID, j Joining) (string, error) {
	if access.TrustOf(j.Token) != ods {
		return "", nil
	}
	hash := access.TokenHash(db.secret, j.Token)
	var was uuid.UUID
	err := tx.QueryRow(ctx, `SELECT participant FROM workshop_devices WHERE ods = $1 AND hash = $2 AND workshop_id = $3`, ods, hash[:], id).
		Scan(&was)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if p == uuid.Nil || p == was {
		return j.Token, nil
	}
	b := &pgx.Batch{}
	b.Queue(`DELETE FROM workshop_devices WHERE ods = $1 AND hash = $2`, ods, hash[:])
	queueVacate(b, ods, id, was)
	return "", tx.SendBatch(ctx, b).Close()
}

// Seat is one device inside one workshop. What it reads and writes is held by the
// database to that workshop and to that participant.
type Seat struct {
	db          *DB
	participant uuid.UUID

	ODS      string
	Workshop uuid.UUID
	State    workshop.State
	Version  int64 // of what everybody sees; the board is the same until it changes
	Own      Own
}

// byKeys has the rest of a transaction find rows by their keys. A room fills within
// seconds, and until somebody has counted its rows Postgres takes its tables for
// empty and reads them from end to end: for each device, each other device's rows.
const byKeys = `set_config('enable_seqscan', 'off', true)`

// bindSeat makes the rest of a transaction see what one seat may, and nothing
// else.
const bindSeat = `SELECT ` + byKeys + `, set_config('role', 'octant_seat', true), set_config('octant.trust', $1, true),
	set_config('octant.workshop', $2, true), set_config('octant.seat', $3, true)`

// queueDevice binds a transaction to a device, of which it sees no more than its
// own place in a workshop. Whatever seat it was bound to before, it is no more.
func queueDevice(b *pgx.Batch, ods string, hash [sha256.Size]byte) {
	b.Queue(`SELECT `+byKeys+`, set_config('role', 'octant_seat', true), set_config('octant.trust', $1, true), set_config('octant.device', $2, true),
		set_config('octant.workshop', '', true), set_config('octant.seat', '', true)`,
		ods, hex.EncodeToString(hash[:]))
}

// send runs a batch as one transaction of the seat's in one round trip.
func (s *Seat) send(ctx context.Context, queue func(*pgx.Batch)) error {
	b := &pgx.Batch{}
	b.Queue(bindSeat, s.ODS, s.Workshop.String(), s.participant.String())
	queue(b)
	return s.db.send(ctx, b)
}

// Board is what everybody in the room sees: the same for every device that found
// the same version.
func (s *Seat) Board(ctx context.Context) (board Board, err error) {
	err = s.send(ctx, func(b *pgx.Batch) { queueBoard(b, s.ODS, s.Workshop, &board) })
	board.hush()
	return board, fault("board", err)
}

// sendVote writes if the vote is open on that item and this seat may vote in it:
// in a second vote only who voted in the first, and nobody where that was taken
// by cards. Otherwise it writes nothing and does not say why: [Seat.refusal] does.
const sendVote = `
	INSERT INTO workshop_votes AS v (ods, workshop_id, item_id, vote, participant, choice)
	SELECT w.ods, w.id, i.id, $4::smallint, p.participant, $5
	FROM workshops w
	JOIN workshop_items i ON i.ods = w.ods AND i.workshop_id = w.id AND i.id = w.current_item
	JOIN workshop_participants p ON p.ods = w.ods AND p.workshop_id = w.id AND p.participant = $6
	WHERE w.ods = $1 AND w.id = $2 AND i.id = $3 AND w.state = 'running' AND i.kind = 'question'
	  AND i.stage = CASE $4 WHEN 1 THEN 'voting' ELSE 'voting again' END AND p.kind = 'voter'
	  AND ($4 = 1 OR EXISTS (SELECT FROM workshop_votes f WHERE f.ods = w.ods AND f.workshop_id = w.id AND f.item_id = i.id
	                         AND f.vote = 1 AND f.participant = p.participant))
	ON CONFLICT (ods, workshop_id, item_id, vote, participant) DO UPDATE SET choice = excluded.choice
	RETURNING choice`

// Vote keeps the seat's vote in the first or the second vote on an item, in place
// of its last one. It is kept when it returns, and not otherwise. A vote that
// comes after the closing is refused, however little after: the closing waits for
// those that came before.
func (s *Seat) Vote(ctx context.Context, item uuid.UUID, vote int, c assessment.Choice) error {
	if err := workshop.CheckChoice(c); err != nil {
		return err
	}
	kept := false
	err := s.send(ctx, func(b *pgx.Batch) {
		b.Queue(shareRound, lockKey(s.Workshop))
		b.Queue(sendVote, s.ODS, s.Workshop, item, vote, c, s.participant).
			Query(func(rows pgx.Rows) error {
				kept = rows.Next()
				rows.Close()
				return rows.Err()
			})
	})
	if err != nil || kept {
		return fault("vote", err)
	}
	return fault("vote", s.refusal(ctx, item, vote))
}

// refusal says why a vote or a card was not taken: ErrNotFound where the device
// has been taken out meanwhile, or the workshop has ended.
func (s *Seat) refusal(ctx context.Context, item uuid.UUID, vote int) error {
	var observer, open, byCards bool
	err := s.send(ctx, func(b *pgx.Batch) {
		b.Queue(`
			SELECT p.kind = 'observer', coalesce(i.id = $3 AND i.stage = CASE $4::smallint WHEN 1 THEN 'voting' ELSE 'voting again' END, false),
			       coalesce(i.first_cards, false)
			FROM workshops w
			JOIN workshop_participants p ON p.ods = w.ods AND p.workshop_id = w.id
			LEFT JOIN workshop_items i ON i.ods = w.ods AND i.workshop_id = w.id AND i.id = w.current_item
			WHERE w.ods = $1 AND w.id = $2 AND p.participant = $5 AND p.kind <> 'removed'`, s.ODS, s.Workshop, item, vote, s.participant).
			QueryRow(func(row pgx.Row) error { return row.Scan(&observer, &open, &byCards) })
	})
	switch {
	case err != nil:
		return err
	case observer:
		return workshop.ErrObserver
	case !open:
		return workshop.ErrClosed
	case byCards:
		return workshop.ErrByCards
	}
	return workshop.ErrLate
}
