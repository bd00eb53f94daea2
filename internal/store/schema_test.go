package store_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"octant/internal/store/storetest"
)

// distributionFaults lists what would keep a distributed Postgres from sharding
// by trust. A table with the trust's code is sharded; every other one must be
// named here as small enough to be everywhere. trusts is the root of both.
const distributionFaults = `
WITH everywhere (name) AS (VALUES ('trusts'), ('people'), ('sessions'), ('sign_ins'), ('sign_in_codes'), ('rate_limits'), ('workshop_codes'), ('schema_migrations'),
	('circles'), ('editions'), ('requests'),
	('organisations'), ('organisation_names'), ('organisation_places'), ('organisation_types'), ('organisation_words'),
	('successions'), ('icbs'), ('regions'), ('register_imports'), ('register_uploads')),
tables AS (
	SELECT oid, relname FROM pg_class
	WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND NOT relispartition
), sharded AS (
	SELECT t.oid, t.relname, a.attnum, a.attnotnull
	FROM tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'ods' AND NOT a.attisdropped
	WHERE t.relname NOT IN (SELECT name FROM everywhere)
)
SELECT 'neither sharded nor everywhere: ' || relname FROM tables
WHERE oid NOT IN (SELECT oid FROM sharded) AND relname NOT IN (SELECT name FROM everywhere)
UNION ALL
SELECT 'trust may be null: ' || relname FROM sharded WHERE NOT attnotnull
UNION ALL
SELECT 'primary key does not begin with the trust: ' || relname FROM sharded s
WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = s.oid AND i.indisprimary AND i.indkey[0] = s.attnum)
UNION ALL
SELECT 'unique without the trust: ' || i.indexrelid::regclass FROM pg_index i JOIN sharded s ON s.oid = i.indrelid
WHERE i.indisunique AND s.attnum <> ALL (i.indkey::int2[])
UNION ALL
SELECT 'foreign key does not begin with the trust on both sides: ' || k.conname
FROM pg_constraint k JOIN sharded a ON a.oid = k.conrelid JOIN sharded b ON b.oid = k.confrelid
WHERE k.contype = 'f' AND (k.conkey[1] <> a.attnum OR k.confkey[1] <> b.attnum)
UNION ALL
SELECT 'foreign key from everywhere to one shard: ' || k.conname
FROM pg_constraint k JOIN sharded b ON b.oid = k.confrelid
WHERE k.contype = 'f' AND k.conrelid NOT IN (SELECT oid FROM sharded)
UNION ALL
SELECT 'exclusion or deferrable constraint: ' || k.conname FROM pg_constraint k JOIN sharded s ON s.oid = k.conrelid
WHERE k.contype = 'x' OR k.condeferrable
UNION ALL
SELECT 'trigger: ' || t.tgname FROM pg_trigger t JOIN sharded s ON s.oid = t.tgrelid WHERE NOT t.tgisinternal
UNION ALL
SELECT 'no policy for one trust, or not for the owner: ' || s.relname FROM sharded s JOIN pg_class c USING (oid)
WHERE NOT c.relrowsecurity OR NOT c.relforcerowsecurity AND s.relname <> 'memberships'
   OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = s.oid AND p.polname = 'one_trust')
ORDER BY 1`

func faults(t *testing.T, plant string) []string {
	t.Helper()
	db := storetest.New(t)
	storetest.Change(t, db, plant)
	rows, err := storetest.Owner(t, db).Query(t.Context(), distributionFaults)
	if err != nil {
		t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestSchemaCanBeShardedByTrust(t *testing.T) {
	t.Parallel()
	for _, fault := range faults(t, "") {
		t.Error(fault)
	}
}

// TestShardingFaultsAreFound plants each fault and looks for it.
func TestShardingFaultsAreFound(t *testing.T) {
	t.Parallel()
	for plant, want := range map[string]string{
		`CREATE TABLE extra (id int PRIMARY KEY)`:                                                                      "neither sharded",
		`CREATE TABLE extra (ods text, id int)`:                                                                        "trust may be null",
		`CREATE TABLE extra (ods text NOT NULL, id int PRIMARY KEY)`:                                                   "primary key",
		`CREATE TABLE extra (ods text, id int, PRIMARY KEY (id, ods))`:                                                 "primary key",
		`CREATE TABLE extra (ods text, id int, PRIMARY KEY (ods, id), UNIQUE (id))`:                                    "unique without",
		`ALTER TABLE people ADD ods text, ADD round uuid, ADD FOREIGN KEY (ods, round) REFERENCES rounds`:              "from everywhere",
		`CREATE TABLE extra (ods text, r uuid, o text, PRIMARY KEY (ods, r), FOREIGN KEY (o, r) REFERENCES rounds)`:    "on both sides",
		`ALTER TABLE answers ADD UNIQUE (ods, round_id, respondent, question) DEFERRABLE`:                              "deferrable",
		`CREATE TRIGGER t BEFORE UPDATE ON answers FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`: "trigger",
		`ALTER TABLE answers NO FORCE ROW LEVEL SECURITY`:                                                              "no policy",
		`DROP POLICY one_trust ON reports`:                                                                             "no policy",
	} {
		if found := faults(t, plant); !slices.ContainsFunc(found, func(f string) bool { return strings.Contains(f, want) }) {
			t.Errorf("%s\nfound %q, want %q", plant, found, want)
		}
	}
}
