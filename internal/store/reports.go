package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
)

// Frozen is a report as it was made when its round closed. It never changes, so
// whatever is made of it can be kept under its digest.
type Frozen struct {
	Digest   string // SHA-256 of Document, lower-case hex
	Document []byte // as maturity froze it
}

// Report is the frozen report of a closed round; ErrNotFound until it closes.
func (t *Trust) Report(ctx context.Context, round uuid.UUID) (f Frozen, err error) {
	err = t.read(ctx, access.ViewReport, func(b *pgx.Batch) {
		b.Queue(`SELECT digest, document FROM reports WHERE ods = $1 AND round_id = $2`, t.ODS, round).
			QueryRow(func(row pgx.Row) error { return row.Scan(&f.Digest, &f.Document) })
	})
	return f, fault("report", err)
}

// ReportDigest is the digest alone, for whoever keeps what was made of the report.
func (t *Trust) ReportDigest(ctx context.Context, round uuid.UUID) (digest string, err error) {
	err = t.read(ctx, access.ViewReport, func(b *pgx.Batch) {
		b.Queue(`SELECT digest FROM reports WHERE ods = $1 AND round_id = $2`, t.ODS, round).
			QueryRow(func(row pgx.Row) error { return row.Scan(&digest) })
	})
	return digest, fault("report digest", err)
}
