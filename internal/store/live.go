package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// liveChannel is where rooms that changed are told. What is told is a room's name
// and nothing of what changed.
const liveChannel = "octant_live"

// Listen makes a connection of its own that hears which rooms changed. Whoever
// asks for it closes it.
func (db *DB) Listen(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, db.pool.Config().ConnConfig.Copy())
	if err != nil {
		return nil, fault("listen", err)
	}
	if _, err := conn.Exec(ctx, `LISTEN `+liveChannel); err != nil {
		conn.Close(ctx)
		return nil, fault("listen", err)
	}
	return conn, nil
}

// Tell tells every replica that a room changed. It is a statement of its own: in
// a transaction that is made often it would have all others wait.
func (db *DB) Tell(ctx context.Context, room string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := db.pool.Exec(ctx, tell, liveChannel, room)
	return fault("tell", err)
}

const tell = `SELECT pg_notify($1, $2)`

// queueTell tells of a room when the transaction is kept, and not otherwise.
func queueTell(b *pgx.Batch, room string) { b.Queue(tell, liveChannel, room) }
