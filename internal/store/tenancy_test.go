package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"octant/internal/access"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// ofOneTrust is a table that has the trust's code, with a column that the tenant
// role may read, change and fill in: "" for none.
type ofOneTrust struct {
	Name                 string
	Read, Change, Insert string
	Delete               bool
}

// everyTenantTable reads what tables there are from the database, so that one
// made tomorrow is tried too.
func everyTenantTable(t *testing.T, owner *pgxpool.Pool) []ofOneTrust {
	t.Helper()
	column := func(right string) string {
		return `coalesce((SELECT quote_ident(a.attname) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			AND has_column_privilege('octant_tenant', c.oid, a.attnum, '` + right + `') ORDER BY a.attname <> 'ods' LIMIT 1), '')`
	}
	rows, err := owner.Query(t.Context(), `
		SELECT c.relname, `+column("SELECT")+`, `+column("UPDATE")+`, `+column("INSERT")+`, has_table_privilege('octant_tenant', c.oid, 'DELETE')
		FROM pg_class c
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
		  AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'ods' AND NOT a.attisdropped)
		ORDER BY c.relname`)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ofOneTrust])
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// strip takes from a table all that is not a policy or a right: keys, checks and
// what must be filled in. Then one row for each trust can stand in any of them.
func strip(t *testing.T, owner *pgxpool.Pool, table string, trusts ...string) {
	t.Helper()
	_, err := owner.Exec(t.Context(), `DO $$
		DECLARE one text;
		BEGIN
			FOR one IN SELECT conname FROM pg_constraint WHERE conrelid = '`+table+`'::regclass AND contype <> 'n' LOOP
				EXECUTE format('ALTER TABLE `+table+` DROP CONSTRAINT IF EXISTS %I CASCADE', one);
			END LOOP;
			FOR one IN SELECT attname FROM pg_attribute WHERE attrelid = '`+table+`'::regclass AND attnum > 0 AND NOT attisdropped AND attidentity = '' LOOP
				EXECUTE format('ALTER TABLE `+table+` ALTER COLUMN %I DROP NOT NULL', one);
			END LOOP;
		END $$`)
	for _, ods := range trusts {
		if err == nil {
			_, err = owner.Exec(t.Context(), `INSERT INTO `+table+` (ods) VALUES ($1)`, ods)
		}
	}
	if err != nil {
		t.Fatalf("%s: %v", table, err)
	}
}

var errTakenBack = errors.New("take it back")

// TestNoTableReachesAnotherTrust tries every table that holds anything of a
// trust: inside one there is nothing of another, to read, to change, to delete
// or to put in, however much is left out of a statement.
func TestNoTableReachesAnotherTrust(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	home, other := storetest.Trust(t, db), storetest.Trust(t, db)
	owner, lead := storetest.Owner(t, db), storetest.Enter(t, db, home.Lead, home.ODS)
	tables := everyTenantTable(t, owner)
	var names []string
	for _, table := range tables {
		names = append(names, table.Name)
		strip(t, owner, table.Name, home.ODS, other.ODS)
	}
	for _, must := range append([]string{"audit", "comments", "letters", "links", "memberships", "paper_sheets", "trusts"}, tenantTables...) {
		if !slices.Contains(names, must) {
			t.Errorf("%s is not among %v", must, names)
		}
	}
	tried := 0
	for _, table := range tables {
		var mine int64
		if err := owner.QueryRow(t.Context(), `SELECT count(*) FROM `+table.Name+` WHERE ods = $1`, home.ODS).Scan(&mine); err != nil || mine == 0 {
			t.Fatalf("%s: %d rows, %v", table.Name, mine, err)
		}
		for what, try := range table.tries(t.Context(), other.ODS, mine) {
			tried++
			err := store.Tx(t.Context(), lead, access.EnterTrust, func(tx pgx.Tx) error { return errors.Join(try(tx), errTakenBack) })
			if what != "insert" && err.Error() != errTakenBack.Error() || what == "insert" && !hasCode(err, "42501") {
				t.Errorf("%s %s: %v", what, table.Name, err)
			}
		}
	}
	if tried < 30 {
		t.Errorf("%d things tried", tried)
	}
}

// tries are what the tenant role may do to a table, with every condition left
// out. Each says what of another trust it reached.
func (x ofOneTrust) tries(ctx context.Context, other string, mine int64) map[string]func(pgx.Tx) error {
	reaches := func(statement string) func(pgx.Tx) error {
		return func(tx pgx.Tx) error {
			done, err := tx.Exec(ctx, statement)
			if err == nil && done.RowsAffected() > mine {
				err = fmt.Errorf("reached %d rows, of which %d its own", done.RowsAffected(), mine)
			}
			return err
		}
	}
	tries := map[string]func(pgx.Tx) error{
		"insert": func(tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO `+x.Name+` (ods) VALUES ($1)`, other)
			return err
		},
	}
	if x.Read != "" {
		tries["select"] = func(tx pgx.Tx) error {
			var all int64
			err := tx.QueryRow(ctx, `SELECT count(*) FROM (SELECT `+x.Read+` FROM `+x.Name+`) AS seen`).Scan(&all)
			if err == nil && all != mine {
				err = fmt.Errorf("sees %d rows, of which %d its own", all, mine)
			}
			return err
		}
	}
	if x.Change != "" {
		tries["update"] = reaches(`UPDATE ` + x.Name + ` SET ` + x.Change + ` = DEFAULT`)
		if x.Change == "ods" {
			tries["update"] = reaches(`UPDATE ` + x.Name + ` SET ods = ods`)
		}
	}
	if x.Delete {
		tries["delete"] = reaches(`DELETE FROM ` + x.Name)
	}
	return tries
}

// TestEveryPolicyNamesTheTrust reads the policies themselves: for the tenant
// role there is none but by the trust that its transaction is bound to, and where
// there is none, as in the public register, it may read and no more.
func TestEveryPolicyNamesTheTrust(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	rows, err := storetest.Owner(t, db).Query(t.Context(), `
		SELECT c.relname || ': ' || p.polname || ' asks for no trust' FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
		WHERE p.polpermissive AND (0 = ANY (p.polroles) OR 'octant_tenant'::regrole = ANY (p.polroles))
		  AND (coalesce(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) NOT LIKE '%octant.trust''%'
		    OR coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid)) NOT LIKE '%octant.trust''%')
		UNION ALL
		SELECT c.relname || ': the tenant role can write it without a policy' FROM pg_class c
		WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND NOT c.relrowsecurity
		  AND (has_any_column_privilege('octant_tenant', c.oid, 'INSERT, UPDATE') OR has_table_privilege('octant_tenant', c.oid, 'DELETE, TRUNCATE'))
		UNION ALL
		SELECT r.rolname || ' goes around policies' FROM pg_roles r
		WHERE r.rolname LIKE 'octant%' AND r.rolname <> 'octant_owner' AND (r.rolbypassrls OR r.rolsuper)`)
	if err != nil {
		t.Fatal(err)
	}
	faults, err := pgx.CollectRows(rows, pgx.RowTo[string])
	for _, fault := range faults {
		t.Error(fault)
	}
	if err != nil {
		t.Error(err)
	}
}
