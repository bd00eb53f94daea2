package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
	"octant/internal/workshop"
)

// JoinLife is how long a join code works.
const JoinLife = 12 * time.Hour

// NewJoinCode gives a running workshop a new code to join by. The one before
// leads nowhere any more; who has joined stays.
func (t *Trust) NewJoinCode(ctx context.Context, id uuid.UUID, now time.Time) (code string, err error) {
	err = t.held(ctx, access.RunWorkshop, id, func(ctx context.Context, tx pgx.Tx, w *workshop.Workshop) error {
		if w.State != workshop.Running {
			return workshop.ErrNotRunning
		}
		if code, err = t.newCode(ctx, tx, id, now); err != nil {
			return err
		}
		b := &pgx.Batch{}
		t.queueShown(b, id)
		return tx.SendBatch(ctx, b).Close()
	})
	return code, fault("new join code", err)
}

// newCode makes the next code that no other workshop has at present.
func (t *Trust) newCode(ctx context.Context, tx pgx.Tx, id uuid.UUID, now time.Time) (code string, err error) {
	var serial int
	until := now.Add(JoinLife)
	if err := tx.QueryRow(ctx, `SELECT code_serial FROM workshops WHERE ods = $1 AND id = $2`, t.ODS, id).Scan(&serial); err != nil {
		return "", err
	}
	if err := t.endCodes(ctx, tx, id); err != nil {
		return "", err
	}
	for made := false; !made; {
		serial++
		code = access.JoinCode(t.db.secret, t.ODS, id, serial)
		hash := access.TokenHash(t.db.secret, code)
		err := t.asDesk(ctx, tx, func() error {
			if _, err := tx.Exec(ctx, `DELETE FROM workshop_codes WHERE expires_at <= $1`, now); err != nil {
				return err
			}
			done, err := tx.Exec(ctx, `
				INSERT INTO workshop_codes (hash, ods, workshop_id, expires_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
				hash[:], t.ODS, id, until)
			made = done.RowsAffected() == 1
			return err
		})
		if err != nil {
			return "", err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE workshops SET code_serial = $3, code_until = $4 WHERE ods = $1 AND id = $2`, t.ODS, id, serial, until)
	return code, err
}

// endCodes has the workshop's code lead nowhere.
func (t *Trust) endCodes(ctx context.Context, tx pgx.Tx, id uuid.UUID) error {
	return t.asDesk(ctx, tx, func() error {
		_, err := tx.Exec(ctx, `DELETE FROM workshop_codes WHERE ods = $1 AND workshop_id = $2`, t.ODS, id)
		return err
	})
}

// KeepWorkshops ends, in every trust, workshops that somebody began and nobody
// ended, so that who took part and how they voted is not kept any longer.
func (db *DB) KeepWorkshops(ctx context.Context, now time.Time) error {
	trusts, err := db.everyTrust(ctx)
	if err != nil {
		return fault("keep workshops", err)
	}
	lapsed := make(map[string][]uuid.UUID)
	b := &pgx.Batch{}
	for _, ods := range trusts {
		b.Queue(bind, ods)
		b.Queue(`SELECT id FROM workshops WHERE ods = $1 AND state = 'running' AND begun_at <= $2 ORDER BY id`,
			ods, now.Add(-workshop.LapseAfter)).
			Query(func(rows pgx.Rows) (err error) {
				lapsed[ods], err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
				return err
			})
	}
	if b.Len() > 0 {
		if err := db.send(ctx, b); err != nil {
			return fault("keep workshops", err)
		}
	}
	var faults []error
	for ods, ids := range lapsed {
		for _, id := range ids {
			faults = append(faults, named(db.endLapsed(ctx, ods, id, now), "end workshop %s of %s", id, ods))
		}
	}
	return errors.Join(faults...)
}

func (db *DB) endLapsed(ctx context.Context, ods string, id uuid.UUID, now time.Time) error {
	t, err := db.EnterByClock(ctx, ods)
	if err != nil {
		return err
	}
	err = t.moveAs(ctx, access.KeepTime, id, now, func(ctx context.Context, tx pgx.Tx, w *workshop.Workshop) (audit.Deed, error) {
		if err := w.Lapse(now); err != nil {
			return "", err
		}
		return audit.WorkshopEnded, t.forgetRoom(ctx, tx, id)
	})
	if errors.Is(err, workshop.ErrState) {
		return nil // somebody ended it just now
	}
	return err
}
