package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
)

// Disclose is the frozen report for whoever prepares its release, which is
// recorded, once a day for each person and round.
func (t *Trust) Disclose(ctx context.Context, round uuid.UUID, now time.Time) (f Frozen, err error) {
	err = t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `SELECT digest, document FROM reports WHERE ods = $1 AND round_id = $2`, t.ODS, round).
			Scan(&f.Digest, &f.Document)
		if err != nil {
			return err
		}
		return t.noteDaily(ctx, tx, now, audit.Entry{Deed: audit.Disclosed, Round: round})
	})
	return f, fault("disclose", err)
}
