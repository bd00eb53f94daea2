package store_test

import (
	"fmt"
	"runtime"
	"testing"

	"octant/internal/access"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// manyRounds puts so many trusts with so many closed rounds in the database.
func manyRounds(b *testing.B, db *store.DB, trusts, rounds int) {
	b.Helper()
	pool, lead := storetest.Owner(b, db), storetest.Person(b, db, "Lead of many")
	for _, statement := range []string{
		fmt.Sprintf(`INSERT INTO trusts (ods, name, kind) SELECT 'M' || lpad(i::text, 4, '0'), 'Trust ' || i, 'Type ' || i %% 6 FROM generate_series(1, %d) i`, trusts),
		`INSERT INTO consents SELECT ods, 'counted', '2026-01-01', '` + lead.String() + `', '2026-01-01' FROM trusts WHERE ods LIKE 'M%'`,
		`INSERT INTO memberships (ods, person_id, role, from_on) SELECT ods, '` + lead.String() + `', 'viewer', '2020-01-01' FROM trusts WHERE ods LIKE 'M%'`,
		fmt.Sprintf(`
			INSERT INTO rounds (ods, id, title, form, questionnaire, state, opens_on, closes_on, opened_at, closed_at, created_at)
			SELECT t.ods, gen_random_uuid(), 'Round ' || n, 'core', '2026-1', 'closed', d, d, d, d, d
			FROM trusts t CROSS JOIN LATERAL (SELECT n, date '2026-10-01' - n * 91 AS d FROM generate_series(0, %d) n) r WHERE t.ods LIKE 'M%%'`, rounds-1),
		`INSERT INTO reports (ods, round_id, schema, digest, document, created_at)
			SELECT ods, id, 1, encode(sha256(convert_to(id::text, 'UTF8')), 'hex'), convert_to(id::text, 'UTF8'), closed_at FROM rounds`,
		`INSERT INTO summaries (ods, round_id, closed_on, title, form, questionnaire, invited, respondents, overall, elements)
			SELECT r.ods, r.id, r.closes_on, r.title, r.form, r.questionnaire, 14, 12, '{"score": 3}',
			       (SELECT jsonb_agg(jsonb_build_object('key', k::text, 'score', 1 + (abs(hashtext(r.ods || k)) % 35) / 10.0, 'low', 2, 'high', 4, 'level', 'In place', 'n', 12)) FROM generate_series(1, 8) k)
			FROM rounds r`,
		`INSERT INTO moments SELECT r.ods, r.id, k::text, 12, 1 + (abs(hashtext(r.ods || k)) % 35) / 10.0, 0.5 FROM rounds r CROSS JOIN generate_series(1, 8) k`,
		`ANALYZE`,
	} {
		if _, err := pool.Exec(b.Context(), statement); err != nil {
			b.Fatal(err, statement)
		}
	}
}

// BenchmarkEdition makes an edition of 300 trusts with 40 rounds each.
func BenchmarkEdition(b *testing.B) {
	db := storetest.New(b)
	manyRounds(b, db, 300, 40)
	admin := access.Person{ID: storetest.Person(b, db, "Admin"), Admin: true}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for b.Loop() {
		if _, err := db.MakeEdition(b.Context(), admin, storetest.Now); err != nil {
			b.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/float64(b.N)/1e6, "MB/op")
	b.ReportMetric(float64(after.Sys)/1e6, "MB-sys")
}

// BenchmarkMatrix reads the figures of 50 trusts, among few trusts with few
// rounds and among many with many.
func BenchmarkMatrix(b *testing.B) {
	for _, c := range []struct{ trusts, rounds int }{{50, 4}, {300, 40}} {
		b.Run(fmt.Sprintf("%d trusts, %d rounds", c.trusts, c.rounds), func(b *testing.B) {
			db := storetest.New(b)
			manyRounds(b, db, c.trusts, c.rounds)
			row := storetest.Owner(b, db).QueryRow(b.Context(), `SELECT person_id FROM memberships WHERE ods = 'M0001'`)
			var id [16]byte
			if err := row.Scan(&id); err != nil {
				b.Fatal(err)
			}
			o, err := db.Overlook(b.Context(), id)
			if err != nil {
				b.Fatal(err)
			}
			var codes []string
			for _, t := range o.Trusts[:50] {
				codes = append(codes, t.ODS)
			}
			for b.Loop() {
				if _, err := o.Latest(b.Context(), codes, 2); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
