package store

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
	"octant/internal/workshop"
)

// DeviceRoom is who is in a workshop's room, in devices and numbers.
type DeviceRoom struct {
	Title     string
	State     workshop.State
	Rehearsal bool
	Expected  int // people, 0 where nobody has said
	Joined    int // devices and people that vote, simulated ones included
	Devices   []WorkshopDevice
}

// WorkshopDevice is one device in the room. It is told apart by a number, which
// it shows too, and by nothing that it sent.
type WorkshopDevice struct {
	Number   int
	JoinedAt time.Time // to the minute
	Watching bool
}

// WorkshopDevices lists the devices in a workshop's room.
func (t *Trust) WorkshopDevices(ctx context.Context, id uuid.UUID) (r DeviceRoom, err error) {
	err = t.read(ctx, access.RunWorkshop, func(b *pgx.Batch) {
		b.Queue(`
			SELECT w.title, w.state, w.rehearsal, w.expected,
			       (SELECT count(*) FROM workshop_participants p
			        WHERE p.ods = w.ods AND p.workshop_id = w.id AND p.kind IN ('voter', 'simulated'))
			FROM workshops w WHERE w.ods = $1 AND w.id = $2`, t.ODS, id).
			QueryRow(func(row pgx.Row) error { return row.Scan(&r.Title, &r.State, &r.Rehearsal, &r.Expected, &r.Joined) })
		b.Queue(`
			SELECT d.number, d.joined_at, p.kind = 'observer'
			FROM workshop_devices d
			JOIN workshop_participants p ON p.ods = d.ods AND p.workshop_id = d.workshop_id AND p.participant = d.participant
			WHERE d.ods = $1 AND d.workshop_id = $2 ORDER BY d.number, d.joined_at`, t.ODS, id).
			Query(func(rows pgx.Rows) (err error) {
				r.Devices, err = pgx.CollectRows(rows, pgx.RowToStructByPos[WorkshopDevice])
				return err
			})
	})
	for i := range r.Devices {
		r.Devices[i].JoinedAt = r.Devices[i].JoinedAt.UTC()
	}
	return r, fault("workshop devices", err)
}

// ExpectPeople keeps how many people are expected in the room; 0 for nobody knows.
func (t *Trust) ExpectPeople(ctx context.Context, id uuid.UUID, people int) error {
	if people < 0 || people > workshop.MaxSeats {
		return workshop.ErrPeople
	}
	return fault("expect people", t.tx(ctx, access.RunWorkshop, func(ctx context.Context, tx pgx.Tx) error {
		kept, err := tx.Exec(ctx, `UPDATE workshops SET expected = $3 WHERE ods = $1 AND id = $2 AND state <> 'ended'`, t.ODS, id, people)
		if err != nil {
			return err
		}
		if kept.RowsAffected() == 0 {
			return workshop.ErrState
		}
		b := &pgx.Batch{}
		queueTell(b, workshop.DeskRoom(id))
		return tx.SendBatch(ctx, b).Close()
	}))
}

// RemoveDevice takes a device out of the room. What it sent in a vote that is
// open goes; votes that were closed stay, shown or not, so that no result can be
// told apart from the same one without it. It may join again by the code, as a
// device like any other. A result must be of at least half the room as it was with
// those who were taken out. It says ErrNotFound for one that is not in the room.
func (t *Trust) RemoveDevice(ctx context.Context, id uuid.UUID, number int, now time.Time) error {
	return fault("remove device", t.held(ctx, access.RunWorkshop, id, func(ctx context.Context, tx pgx.Tx, w *workshop.Workshop) error {
		if w.State != workshop.Running {
			return workshop.ErrNotRunning
		}
		var hash []byte
		var p uuid.UUID
		err := tx.QueryRow(ctx, `
			DELETE FROM workshop_devices WHERE ods = $1 AND workshop_id = $2 AND number = $3 AND number > 0
			RETURNING hash, participant`, t.ODS, id, number).Scan(&hash, &p)
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		b.Queue(`
			INSERT INTO workshop_removed (ods, hash, workshop_id, voted_until)
			SELECT $1, $2, $3, CASE WHEN p.kind = 'voter' AND NOT EXISTS (
				SELECT FROM workshop_devices d WHERE d.ods = $1 AND d.workshop_id = $3 AND d.participant = $4) THEN $5::timestamptz END
			FROM workshop_participants p WHERE p.ods = $1 AND p.workshop_id = $3 AND p.participant = $4`, t.ODS, hash, id, p, now)
		queueVacate(b, t.ODS, id, p)
		t.queueShown(b, id)
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{
			Deed: audit.DeviceRemoved, Round: w.Round, Detail: w.Title + ", device " + strconv.Itoa(number),
		})
	}))
}

// queueVacate takes a participant out of the room who has no device left in it:
// what they sent in a vote that is open goes, and so does the card they are
// writing.
func queueVacate(b *pgx.Batch, ods string, id, p uuid.UUID) {
	const alone = ` AND NOT EXISTS (SELECT FROM workshop_devices d WHERE d.ods = $1 AND d.workshop_id = $2 AND d.participant = $3)`
	b.Queue(`
		DELETE FROM workshop_votes v USING workshops w, workshop_items i
		WHERE v.ods = $1 AND v.workshop_id = $2 AND v.participant = $3
		  AND w.ods = v.ods AND w.id = v.workshop_id AND i.ods = w.ods AND i.workshop_id = w.id AND i.id = w.current_item
		  AND v.item_id = i.id AND v.vote = CASE i.stage WHEN 'voting' THEN 1 WHEN 'voting again' THEN 2 END`+alone, ods, id, p)
	b.Queue(`
		DELETE FROM workshop_cards c USING workshops w, workshop_items i
		WHERE c.ods = $1 AND c.workshop_id = $2 AND c.participant = $3
		  AND w.ods = c.ods AND w.id = c.workshop_id AND i.ods = w.ods AND i.workshop_id = w.id AND i.id = w.current_item
		  AND c.item_id = i.id AND i.stage = 'voting'`+alone, ods, id, p)
	b.Queue(`UPDATE workshop_participants SET kind = 'removed' WHERE ods = $1 AND workshop_id = $2 AND participant = $3`+alone, ods, id, p)
}

// WasRemoved says whether the device of this token was taken out of a workshop
// that goes on.
func (db *DB) WasRemoved(ctx context.Context, token string) (bool, error) {
	ods := access.TrustOf(token)
	if !codeShape.MatchString(ods) {
		return false, nil
	}
	hash := access.TokenHash(db.secret, token)
	b := &pgx.Batch{}
	queueDevice(b, ods, hash)
	b.Queue(`SELECT FROM workshop_removed WHERE ods = $1 AND hash = $2`, ods, hash[:]).
		QueryRow(func(row pgx.Row) error { return row.Scan() })
	err := db.send(ctx, b)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, fault("was removed", err)
}

// SeatLife is how long a device keeps its seat, from when it joined.
const SeatLife = 24 * time.Hour

// couldVote is how many could vote in a workshop of late: who has a seat, and who
// was taken out since the first item was shown. Before that a room is made ready,
// and whoever is taken out has time to come back.
func (t *Trust) couldVote(ctx context.Context, tx pgx.Tx, id uuid.UUID, now time.Time) (people int, err error) {
	err = tx.QueryRow(ctx, `
		SELECT (SELECT count(DISTINCT p.participant)
		        FROM workshop_participants p
		        JOIN workshop_devices d ON d.ods = p.ods AND d.workshop_id = p.workshop_id AND d.participant = p.participant
		        WHERE p.ods = $1 AND p.workshop_id = $2 AND p.kind = 'voter' AND d.joined_at > $3)
		     + (SELECT count(*) FROM workshop_removed r
		        WHERE r.ods = $1 AND r.workshop_id = $2 AND r.voted_until > $3
		          AND r.voted_until >= (SELECT min(i.shown_at) FROM workshop_items i WHERE i.ods = $1 AND i.workshop_id = $2))`,
		t.ODS, id, now.Add(-SeatLife)).Scan(&people)
	return people, err
}
