// Package store keeps everything in Postgres: all SQL and all transactions of
// the program are here. It decides nothing that the domain could decide. Its
// one rule: rows of a trust are reached through a [Trust], which only the doors
// make, after reading who the person is there; and every transaction on them
// names the permission it needs and is bound to that one trust, which the
// database enforces a second time by row-level security.
package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// ErrSecret means a secret too short to hide anybody behind a pseudonym.
var ErrSecret = errors.New("store: the secret is shorter than 16 bytes")

// Options are what a [DB] needs beside its address.
type Options struct {
	Secret   []byte // respondents' pseudonyms are made under it; never kept in the database
	MaxConns int    // 16 if zero
}

const (
	minSecret    = 16
	defaultConns = 16
	patience     = 5 * time.Second  // for one query or one short transaction
	longPatience = 60 * time.Second // for closing a round, which scores it
)

// DB is the front desk: who somebody is, where they belong, and the doors into
// a trust.
type DB struct {
	pool   *pgxpool.Pool
	secret []byte
	jobs   *river.Client[pgx.Tx] // puts jobs in the queue; does none
	stop   context.CancelFunc
	door   door // for devices
}

// Open makes ready to use the database at url. It does not wait for it to be
// reachable: [DB.Ready] says whether it is.
func Open(ctx context.Context, url string, o Options) (*DB, error) {
	if len(o.Secret) < minSecret {
		return nil, ErrSecret
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	config.MaxConns = int32(cmp.Or(o.MaxConns, defaultConns))
	config.ConnConfig.ConnectTimeout = patience
	config.ConnConfig.RuntimeParams["application_name"] = "octant"
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("store: open: %w", err)
	}
	jobs, err := river.NewClient(riverpgxv5.New(pool), &river.Config{Schema: jobSchema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("store: open: %w", err)
	}
	db := &DB{pool: pool, secret: o.Secret, jobs: jobs}
	cleaning, stop := context.WithCancel(context.WithoutCancel(ctx))
	db.stop = stop
	go db.clean(cleaning)
	return db, nil
}

// Close lets go of every connection.
func (db *DB) Close() {
	db.stop()
	db.pool.Close()
}

// Ready says nil if the database can be reached and its schema is at least the
// one this program was built with.
func (db *DB) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	s, err := schemaOf(ctx, db.pool)
	if err != nil {
		return fault("ready", err)
	}
	return s.fit()
}

// send runs a batch as one transaction in one round trip.
func (db *DB) send(ctx context.Context, b *pgx.Batch) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return db.pool.SendBatch(ctx, b).Close()
}
