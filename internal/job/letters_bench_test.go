package job_test

import (
	"runtime"
	"strconv"
	"testing"
	"time"

	"octant/internal/mail/mailtest"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// many is how many letters a large list of people makes.
const many = 2000

// BenchmarkTwoThousandLetters opens a round that asks two thousand people and
// sends them their invitations. It says how many go in a second and how much the
// memory in use grew at most.
func BenchmarkTwoThousandLetters(b *testing.B) {
	for b.Loop() {
		o := newOffice(b, mailtest.Options{})
		crowd(b, o)
		stop := o.work()
		before, peak := inUse(), uint64(0)
		began := time.Now()
		if err := storetest.Enter(b, o.db, o.board.Lead, o.board.ODS).OpenRound(b.Context(), o.draft, storetest.Now); err != nil {
			b.Fatal(err)
		}
		opened := time.Since(began)
		o.until("all letters are accepted", func() bool {
			peak = max(peak, inUse())
			return o.states()[store.LetterAccepted] == many
		})
		took := time.Since(began)
		stop()
		o.onceEach(many)
		received := uint64(0)
		for _, l := range o.mail.Letters() { // the test's own server keeps them
			received += uint64(len(l.Bytes))
		}
		b.ReportMetric(many/took.Seconds(), "letters/s")
		b.ReportMetric(opened.Seconds()*1000, "ms/opening")
		b.ReportMetric((float64(peak)-float64(before)-float64(received))/(1<<20), "MB/grown")
	}
}

// inUse is the memory that is in use.
func inUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// crowd has the office's draft ask very many people.
func crowd(b *testing.B, o *office) {
	b.Helper()
	r := storetest.Draft(b, o.db, o.board, "core")
	owner := storetest.Owner(b, o.db)
	for _, sql := range []string{
		`INSERT INTO people (id, email, name) SELECT gen_random_uuid(), 'crowd-' || n || '@example.org', 'Somebody ' || n FROM generate_series(1, ` + strconv.Itoa(many) + `) n`,
		`INSERT INTO memberships (ods, person_id, role, title, side, from_on)
			SELECT '` + o.board.ODS + `', id, 'member', 'Governor', 'ned', '2020-01-01' FROM people WHERE email LIKE 'crowd-%'`,
		`INSERT INTO invitations (ods, round_id, person_id, side, title)
			SELECT '` + o.board.ODS + `', '` + r.ID.String() + `', id, 'ned', 'Governor' FROM people WHERE email LIKE 'crowd-%'`,
	} {
		if _, err := owner.Exec(b.Context(), sql); err != nil {
			b.Fatal(err)
		}
	}
	o.draft = r.ID
}
