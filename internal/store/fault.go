package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"
)

var (
	// ErrNotFound means there is no such row, or none this person may know of.
	ErrNotFound = errors.New("store: not found")
	// ErrUnavailable means the database could not be reached, went away or took
	// too long. What was acknowledged before is safe; trying again may help.
	ErrUnavailable = errors.New("store: database is not available")
)

// fault names the place of an error, and says ErrNotFound or ErrUnavailable
// where it means that.
func fault(place string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("store: %s: %w", place, ErrNotFound)
	case lost(err), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("store: %s: %w: %w", place, ErrUnavailable, err)
	}
	return fmt.Errorf("store: %s: %w", place, err)
}

// lost says whether the connection was lost, could not be had, or turned out to
// lead to a server that takes no writes at the moment.
func lost(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return strings.HasPrefix(pg.Code, "57P0") || // shutting down, crashed, starting up
			strings.HasPrefix(pg.Code, "08") || // connection
			strings.HasPrefix(pg.Code, "53") || // too many connections, disk or memory full
			pg.Code == "25006" // read only: a standby, or a primary about to change
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, puddle.ErrClosedPool) || pgconn.SafeToRetry(err)
}
