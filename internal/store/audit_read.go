package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
)

// AuditPerPage is how many entries [Trust.Audit] gives at a time.
const AuditPerPage = 50

// exportChunk is how many entries an export holds in memory at a time.
const exportChunk = 500

// AuditEntry is one entry with the names that go with it.
type AuditEntry struct {
	audit.Entry
	Names  audit.Names
	Digest audit.Digest
	Holds  bool // it follows from the entry before it, which is there
}

// AuditQuery says which entries are asked for. At most one of Before and After
// is set.
type AuditQuery struct {
	Before int64        // those before this number, newest first
	After  int64        // those right after this number, newest first all the same
	Deeds  []audit.Deed // these alone; all when empty
}

// AuditPage is a part of a trust's record, newest first.
type AuditPage struct {
	Entries []AuditEntry
	Older   bool         // there are entries before these
	Newer   bool         // there are entries after these
	Seq     int64        // number of the record's last entry, zero for none
	Head    audit.Digest // its digest
}

const auditColumns = `
	a.ods, a.seq, coalesce(CASE WHEN isfinite(a.at) THEN a.at END, 'epoch'), a.actor, a.deed, a.round_id, a.person_id, a.detail, a.digest`

// scanAudit reads auditColumns and what else stands after them.
func scanAudit(row pgx.CollectableRow, more ...any) (e audit.Entry, kept audit.Digest, err error) {
	var actor, round, person *uuid.UUID
	var digest []byte
	err = row.Scan(append([]any{&e.ODS, &e.Seq, &e.At, &actor, &e.Deed, &round, &person, &e.Detail, &digest}, more...)...)
	e.At = e.At.UTC()
	for to, from := range map[*uuid.UUID]*uuid.UUID{&e.Actor: actor, &e.Round: round, &e.Person: person} {
		if from != nil {
			*to = *from
		}
	}
	copy(kept[:], digest)
	return e, kept, err
}

// record is one chain, with how somebody who may read it does.
type record struct {
	chain  string
	titles string       // how an entry's round gets its title
	but    []audit.Deed // deeds that are left out; each entry is checked beside them all the same
	tx     func(ctx context.Context, fn func(context.Context, pgx.Tx) error) error
	asDesk func(ctx context.Context, tx pgx.Tx, fn func() error) error // runs fn with the front desk's rights
}

// record is the trust's own chain. Whoever acted need not belong to the trust, so
// that naming them takes the front desk's rights.
func (t *Trust) record() record {
	return record{
		chain: t.ODS, titles: `LEFT JOIN rounds r ON r.ods = a.ods AND r.id = a.round_id`, asDesk: t.asDesk,
		tx: func(ctx context.Context, fn func(context.Context, pgx.Tx) error) error {
			return t.tx(ctx, access.ReadAudit, fn)
		},
	}
}

// platformRecord is the chain of what was done for no single trust. It is about
// no round. Who took their own data away is nobody's business but theirs.
func (db *DB) platformRecord(admin access.Person) record {
	return record{
		chain: audit.Platform, titles: `CROSS JOIN (SELECT '' AS title) r`, but: []audit.Deed{audit.DataTaken},
		asDesk: func(_ context.Context, _ pgx.Tx, fn func() error) error { return fn() },
		tx: func(ctx context.Context, fn func(context.Context, pgx.Tx) error) error {
			return db.administer(ctx, admin, fn)
		},
	}
}

// Audit reads a page of the trust's record. Each entry is checked against the
// one before it, whether or not that one is on the page.
func (t *Trust) Audit(ctx context.Context, q AuditQuery) (AuditPage, error) {
	page, err := t.record().page(ctx, q)
	return page, fault("audit", err)
}

// PlatformAudit reads a page of what administrators and commands on the server
// did for no single trust.
func (db *DB) PlatformAudit(ctx context.Context, admin access.Person, q AuditQuery) (AuditPage, error) {
	page, err := db.platformRecord(admin).page(ctx, q)
	return page, fault("platform audit", err)
}

func (c record) page(ctx context.Context, q AuditQuery) (page AuditPage, err error) {
	err = c.tx(ctx, func(ctx context.Context, tx pgx.Tx) error {
		page, err = c.read(ctx, tx, q)
		return err
	})
	return page, err
}

func (c record) read(ctx context.Context, tx pgx.Tx, q AuditQuery) (page AuditPage, err error) {
	b := &pgx.Batch{}
	b.Queue(`SELECT seq, digest FROM audit WHERE ods = $1 ORDER BY seq DESC LIMIT 1`, c.chain).
		Query(func(rows pgx.Rows) error {
			raw := make([]byte, 0, len(page.Head))
			_, err := pgx.ForEachRow(rows, []any{&page.Seq, &raw}, func() error {
				copy(page.Head[:], raw)
				return nil
			})
			return err
		})
	c.queue(b, q, q.After > 0, AuditPerPage+1, &page.Entries)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return page, err
	}
	more := len(page.Entries) > AuditPerPage
	page.Entries = page.Entries[:min(len(page.Entries), AuditPerPage)]
	page.Older, page.Newer = more, q.Before > 0
	if q.After > 0 {
		slices.Reverse(page.Entries)
		page.Older, page.Newer = true, more
	}
	return page, c.name(ctx, tx, page.Entries)
}

// queue asks for the newest entries, or the oldest, with the titles of their
// rounds and the digest of the entry before each.
func (c record) queue(b *pgx.Batch, q AuditQuery, oldest bool, most int, entries *[]AuditEntry) {
	order := `a.seq DESC`
	if oldest {
		order = `a.seq`
	}
	b.Queue(`SELECT `+auditColumns+`, coalesce(r.title, ''), before.digest
		FROM audit a
		LEFT JOIN audit before ON before.ods = a.ods AND before.seq = a.seq - 1
		`+c.titles+`
		WHERE a.ods = $1 AND ($2 = 0 OR a.seq < $2) AND a.seq > $3 AND (cardinality($4::text[]) = 0 OR a.deed = ANY ($4))
		  AND a.deed <> ALL ($6)
		ORDER BY `+order+` LIMIT $5`, c.chain, q.Before, q.After, deedTexts(q.Deeds), most, deedTexts(c.but)).
		Query(func(rows pgx.Rows) (err error) {
			*entries, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e AuditEntry, err error) {
				var before []byte
				e.Entry, e.Digest, err = scanAudit(row, &e.Names.Round, &before)
				var head audit.Digest
				copy(head[:], before)
				e.Holds = (before != nil) == (e.Seq > 1) && e.After(head) == e.Digest
				return e, err
			})
			return err
		})
}

// deedTexts is never null, as a null array has no length.
func deedTexts(deeds []audit.Deed) []string {
	texts := make([]string, len(deeds))
	for i, d := range deeds {
		texts[i] = string(d)
	}
	return texts
}

// name puts the names of people in.
func (c record) name(ctx context.Context, tx pgx.Tx, entries []AuditEntry) error {
	ids := make(map[uuid.UUID]string)
	for _, e := range entries {
		ids[e.Actor], ids[e.Person] = "", ""
	}
	err := c.asDesk(ctx, tx, func() error {
		var id uuid.UUID
		var name string
		rows, err := tx.Query(ctx, `SELECT id, name FROM people WHERE id = ANY ($1)`, slices.Collect(maps.Keys(ids)))
		if err != nil {
			return err
		}
		_, err = pgx.ForEachRow(rows, []any{&id, &name}, func() error {
			ids[id] = name
			return nil
		})
		return err
	})
	for i := range entries {
		entries[i].Names.Actor, entries[i].Names.Person = ids[entries[i].Actor], ids[entries[i].Person]
	}
	return err
}

// ExportAudit gives the whole record, oldest first, a part at a time, and
// records that it was exported before the first part leaves.
func (t *Trust) ExportAudit(ctx context.Context, now time.Time, give func([]AuditEntry) error) error {
	return fault("export audit", t.record().export(ctx, t.Person, now, give))
}

// ExportPlatformAudit is [Trust.ExportAudit] for what was done for no single
// trust.
func (db *DB) ExportPlatformAudit(ctx context.Context, admin access.Person, now time.Time, give func([]AuditEntry) error) error {
	return fault("export platform audit", db.platformRecord(admin).export(ctx, admin.ID, now, give))
}

func (c record) export(ctx context.Context, person uuid.UUID, now time.Time, give func([]AuditEntry) error) error {
	err := c.tx(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return keepNotes(ctx, tx, now, c.chain, person, audit.Entry{Deed: audit.AuditExported})
	})
	var last int64
	for more := true; more && err == nil; {
		var part []AuditEntry
		err = c.tx(ctx, func(ctx context.Context, tx pgx.Tx) error {
			b := &pgx.Batch{}
			c.queue(b, AuditQuery{After: last}, true, exportChunk, &part)
			if err := tx.SendBatch(ctx, b).Close(); err != nil {
				return err
			}
			return c.name(ctx, tx, part)
		})
		if more = err == nil && len(part) > 0; more {
			last = part[len(part)-1].Seq
			err = give(part)
		}
	}
	return err
}

// ReportExported records that somebody took a report away, in one of its forms.
func (t *Trust) ReportExported(ctx context.Context, round uuid.UUID, form string, now time.Time) error {
	return fault("report exported", t.tx(ctx, access.ViewReport, func(ctx context.Context, tx pgx.Tx) error {
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.ReportExported, Round: round, Detail: form})
	}))
}
