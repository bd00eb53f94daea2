package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
)

// LinkFor makes sure of a person's link in a transaction of its own, as a
// letter's worker does within its.
func LinkFor(ctx context.Context, t *Trust, round, person uuid.UUID, kind access.Way, now time.Time) (token string, err error) {
	return token, fault("link for", t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		token, err = t.linkFor(ctx, tx, round, person, string(kind), now)
		return err
	}))
}
