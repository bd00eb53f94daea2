package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
)

// rows are rows of one table as Postgres copies them in, in its binary format. A
// row is begun, then gets its values in the order of the columns.
type rows struct {
	columns int
	raw     []byte
}

const (
	copyBegins = "PGCOPY\n\377\r\n\000\000\000\000\000\000\000\000\000"
	copyEnds   = "\377\377"
)

// postgresEpoch is when Postgres counts time from.
var postgresEpoch = time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)

func (r *rows) begin() { r.raw = binary.BigEndian.AppendUint16(r.raw, uint16(r.columns)) }

func (r *rows) size(n int) { r.raw = binary.BigEndian.AppendUint32(r.raw, uint32(n)) }

func (r *rows) null() { r.raw = append(r.raw, 0xFF, 0xFF, 0xFF, 0xFF) }

func (r *rows) text(s string) { r.size(len(s)); r.raw = append(r.raw, s...) }

func (r *rows) bytes(b []byte) { r.size(len(b)); r.raw = append(r.raw, b...) }

func (r *rows) json(b []byte) {
	r.size(len(b) + 1)
	r.raw = append(append(r.raw, 1), b...) // the format's version, then the text
}

func (r *rows) id(id uuid.UUID) { r.bytes(id[:]) }

func (r *rows) boolean(b bool) {
	r.size(1)
	if b {
		r.raw = append(r.raw, 1)
		return
	}
	r.raw = append(r.raw, 0)
}

func (r *rows) small(n int) { r.size(2); r.raw = binary.BigEndian.AppendUint16(r.raw, uint16(n)) }

func (r *rows) integer(n int) { r.size(4); r.raw = binary.BigEndian.AppendUint32(r.raw, uint32(n)) }

func (r *rows) big(n int64) { r.size(8); r.raw = binary.BigEndian.AppendUint64(r.raw, uint64(n)) }

func (r *rows) float(x float64) { r.big(int64(math.Float64bits(x))) }

func (r *rows) time(t time.Time) { r.big(t.Sub(postgresEpoch).Microseconds()) }

func (r *rows) timeOrNull(t time.Time) {
	if t.IsZero() {
		r.null()
		return
	}
	r.time(t)
}

func (r *rows) day(t time.Time) { r.integer(int(t.Sub(postgresEpoch) / (24 * time.Hour))) }

// copyInto sends the rows. The table was emptied in the same transaction, which
// lets Postgres mark them as old from the start.
func (r *rows) copyInto(ctx context.Context, conn *pgconn.PgConn, table, columns string) error {
	if len(r.raw) == 0 {
		return nil
	}
	whole := io.MultiReader(strings.NewReader(copyBegins), bytes.NewReader(r.raw), strings.NewReader(copyEnds))
	_, err := conn.CopyFrom(ctx, whole, "COPY "+table+" ("+columns+") FROM STDIN (FORMAT binary, FREEZE)")
	if err != nil {
		// What broke the connection off hides why: the run was told to stop, or the
		// database went away.
		return fmt.Errorf("copy %s: %w", table, errors.Join(context.Cause(ctx), err))
	}
	return nil
}
