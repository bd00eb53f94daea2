package store

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/workshop"
)

// MostParked is how much a parking lot holds.
const MostParked = 60

// WriteCard keeps what the seat writes on its card, in place of what it wrote
// before, while cards are being written.
func (s *Seat) WriteCard(ctx context.Context, item uuid.UUID, words string) error {
	words = strings.TrimSpace(words)
	if err := workshop.Words(words, workshop.MaxCard); err != nil {
		return err
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return fault("write card", err)
	}
	kept := false
	err = s.send(ctx, func(b *pgx.Batch) {
		b.Queue(shareRound, lockKey(s.Workshop))
		b.Queue(`
			INSERT INTO workshop_cards (ods, workshop_id, item_id, id, participant, words)
			SELECT w.ods, w.id, i.id, $4, p.participant, $5
			FROM workshops w
			JOIN workshop_items i ON i.ods = w.ods AND i.workshop_id = w.id AND i.id = w.current_item
			JOIN workshop_participants p ON p.ods = w.ods AND p.workshop_id = w.id AND p.participant = $6
			WHERE w.ods = $1 AND w.id = $2 AND i.id = $3 AND w.state = 'running'
			  AND i.kind = 'cards' AND i.stage = 'voting' AND p.kind = 'voter'
			ON CONFLICT (ods, workshop_id, item_id, participant) DO UPDATE SET words = excluded.words
			RETURNING true`, s.ODS, s.Workshop, item, id, words, s.participant).
			Query(func(rows pgx.Rows) error {
				kept = rows.Next()
				rows.Close()
				return rows.Err()
			})
	})
	if err != nil || kept {
		return fault("write card", err)
	}
	return fault("write card", s.refusal(ctx, item, 1))
}

// Park puts something in the parking lot. What waits there word for word stays
// there once, so that words whose answer was lost can be sent again.
func (s *Seat) Park(ctx context.Context, words string) error {
	words, id, err := toPark(words)
	if err != nil {
		return err
	}
	kept := false
	err = s.send(ctx, func(b *pgx.Batch) {
		b.Queue(shareRound, lockKey(s.Workshop))
		queuePark(b, s.ODS, s.Workshop, id, words, &kept)
		b.Queue(`UPDATE workshops SET version = version + 1 WHERE ods = $1 AND id = $2`, s.ODS, s.Workshop)
	})
	if err == nil && !kept {
		err = workshop.ErrFull
	}
	return fault("park", err)
}

// Park is the same for whoever runs the workshop.
func (t *Trust) Park(ctx context.Context, id uuid.UUID, words string) error {
	words, parked, err := toPark(words)
	if err != nil {
		return err
	}
	kept := false
	err = t.tx(ctx, access.RunWorkshop, func(ctx context.Context, tx pgx.Tx) error {
		b := &pgx.Batch{}
		queuePark(b, t.ODS, id, parked, words, &kept)
		t.queueShown(b, id)
		return tx.SendBatch(ctx, b).Close()
	})
	if err == nil && !kept {
		err = workshop.ErrFull
	}
	return fault("park", err)
}

func toPark(words string) (string, uuid.UUID, error) {
	words = strings.TrimSpace(words)
	if err := workshop.Words(words, workshop.MaxParked); err != nil {
		return "", uuid.Nil, err
	}
	id, err := uuid.NewRandom()
	return words, id, fault("park", err)
}

// queuePark parks unless the lot is full or the workshop is not running, and says
// whether the words wait in the lot then. One device parks at a time.
func queuePark(b *pgx.Batch, ods string, of, id uuid.UUID, words string, kept *bool) {
	const waits = `EXISTS (SELECT FROM workshop_parked k WHERE k.ods = $1 AND k.workshop_id = $2 AND k.words = $3 AND NOT k.done)`
	b.Queue(`SELECT pg_advisory_xact_lock(hashtextextended('octant parked ' || $1::text, 0))`, of)
	b.Queue(`
		INSERT INTO workshop_parked (ods, workshop_id, id, words)
		SELECT w.ods, w.id, $4, $3 FROM workshops w
		WHERE w.ods = $1 AND w.id = $2 AND w.state = 'running' AND NOT `+waits+`
		  AND (SELECT count(*) FROM workshop_parked k WHERE k.ods = w.ods AND k.workshop_id = w.id) < $5`,
		ods, of, words, id, MostParked)
	b.Queue(`SELECT `+waits, ods, of, words).QueryRow(func(row pgx.Row) error { return row.Scan(kept) })
}

// VoteUp says that the seat wants to come back to something, or takes that back.
// Once is enough.
func (s *Seat) VoteUp(ctx context.Context, parked uuid.UUID, up bool) error {
	change := `
		WITH changed AS (
			INSERT INTO workshop_ups (ods, workshop_id, parked_id, participant)
			SELECT k.ods, k.workshop_id, k.id, p.participant
			FROM workshop_parked k JOIN workshop_participants p ON p.ods = k.ods AND p.workshop_id = k.workshop_id
			WHERE k.ods = $1 AND k.workshop_id = $2 AND k.id = $3 AND p.participant = $4 AND p.kind = 'voter'
			ON CONFLICT DO NOTHING RETURNING 1)
		UPDATE workshop_parked SET ups = ups + 1
		WHERE ods = $1 AND workshop_id = $2 AND id = $3 AND EXISTS (SELECT FROM changed)`
	if !up {
		change = `
			WITH changed AS (
				DELETE FROM workshop_ups WHERE ods = $1 AND workshop_id = $2 AND parked_id = $3 AND participant = $4 RETURNING 1)
			UPDATE workshop_parked SET ups = ups - 1
			WHERE ods = $1 AND workshop_id = $2 AND id = $3 AND EXISTS (SELECT FROM changed)`
	}
	return fault("vote up", s.send(ctx, func(b *pgx.Batch) {
		b.Queue(shareRound, lockKey(s.Workshop))
		b.Queue(change, s.ODS, s.Workshop, parked, s.participant)
		b.Queue(`UPDATE workshops SET version = version + 1 WHERE ods = $1 AND id = $2`, s.ODS, s.Workshop)
	}))
}

// SettleParked marks something parked as talked about, or not.
func (t *Trust) SettleParked(ctx context.Context, id, parked uuid.UUID, done bool) error {
	return fault("settle parked", t.tx(ctx, access.RunWorkshop, func(ctx context.Context, tx pgx.Tx) error {
		kept, err := tx.Exec(ctx, `UPDATE workshop_parked SET done = $4 WHERE ods = $1 AND workshop_id = $2 AND id = $3`,
			t.ODS, id, parked, done)
		if err != nil {
			return err
		}
		if kept.RowsAffected() == 0 {
			return ErrNotFound
		}
		b := &pgx.Batch{}
		t.queueShown(b, id)
		return tx.SendBatch(ctx, b).Close()
	}))
}
