package store

import "context"

// AtDesk says whether this login has the front desk's rights. Without them it
// would see no rows where there are some, and be told of no fault.
func (db *DB) AtDesk(ctx context.Context) (desk bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = db.pool.QueryRow(ctx, `SELECT pg_has_role('octant_desk', 'USAGE')`).Scan(&desk)
	return desk, fault("at desk", err)
}

// HoldsDemo says whether anything of the demonstration is in the database.
func (db *DB) HoldsDemo(ctx context.Context) (demo bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = db.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM trusts WHERE demo) OR EXISTS (SELECT FROM people WHERE demo)`).Scan(&demo)
	return demo, fault("holds demo", err)
}
