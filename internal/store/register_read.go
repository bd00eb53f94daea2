package store

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"octant/internal/register"
)

// RegisterPerPage is how many organisations a search gives at a time.
const RegisterPerPage = 25

// FoundOrganisation is one organisation that a search found.
type FoundOrganisation struct {
	Code    string
	Name    string // as it is published, or was last
	Earlier []string
	Opened  time.Time
	Closed  time.Time // zero while it is open
	Place   PlaceAt
}

// dropped are words that nearly every name has. They count only when nothing else
// is looked for.
var dropped = []string{"nhs", "trust", "foundation", "the", "of", "and"}

// terms are the words to look for.
func terms(query string) []string {
	words := register.Words(query)
	telling := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return slices.Contains(dropped, w) })
	if len(telling) > 0 {
		words = telling
	}
	return words[:min(len(words), 10)]
}

// found are the organisations that a search for $1 finds: each word has to begin
// some word of some name the organisation has had, or its code. The last of all
// characters ends a range of beginnings.
const found = `
	WITH hits AS (
		SELECT w.code
		FROM unnest($1::text[]) AS t (beginning)
		CROSS JOIN LATERAL (
			SELECT DISTINCT x.code FROM organisation_words x
			WHERE x.word ~>=~ t.beginning AND x.word ~<~ (t.beginning || chr(1114111))) w
		GROUP BY w.code HAVING count(*) = cardinality($1::text[])
	)` + ofThese

// everything is what an empty search finds.
const everything = `WITH hits AS (SELECT o.code FROM organisations o WHERE cardinality($1::text[]) = 0)` + ofThese

// ofThese are a page of the hits: the code that was typed, then those that are
// open, by name.
const ofThese = `
	SELECT o.code, n.name, o.opened, coalesce(o.closed, '0001-01-01')
	FROM organisations o
	JOIN (SELECT DISTINCT ON (x.code) x.code, x.name FROM organisation_names x
	      WHERE x.code IN (SELECT code FROM hits) ORDER BY x.code, x.from_on DESC) n ON n.code = o.code
	ORDER BY o.code = $2 DESC, (o.closed IS NULL OR o.closed >= $3) DESC, n.name COLLATE "C", o.code
	LIMIT $4 OFFSET $5`

// SearchRegister finds organisations by their code or by words of any name they
// have had, a page at a time beginning with page 1; more says whether another
// follows. An empty query finds all of them. day is today.
func (db *DB) SearchRegister(ctx context.Context, query string, page int, day time.Time) (list []FoundOrganisation, more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	code := strings.ToUpper(strings.TrimSpace(query))
	sql, words := found, terms(query)
	switch {
	case code == "":
		sql, words = everything, []string{} // none, which is not the same as null
	case len(words) == 0:
		return nil, false, nil // nothing that a name could have
	}
	if !codeShape.MatchString(code) {
		code = ""
	}
	rows, err := db.pool.Query(ctx, sql, words, code, day, RegisterPerPage+1, (max(page, 1)-1)*RegisterPerPage)
	if err != nil {
		return nil, false, fault("search register", err)
	}
	list, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (f FoundOrganisation, err error) {
		return f, row.Scan(&f.Code, &f.Name, &f.Opened, &f.Closed)
	})
	if err != nil {
		return nil, false, fault("search register", err)
	}
	more = len(list) > RegisterPerPage
	list = list[:min(len(list), RegisterPerPage)]
	return list, more, fault("search register", db.addToFound(ctx, list, day))
}

// addToFound adds earlier names and places to what was found.
func (db *DB) addToFound(ctx context.Context, list []FoundOrganisation, day time.Time) error {
	at := make(map[string]*FoundOrganisation, len(list))
	for i := range list {
		at[list[i].Code] = &list[i]
	}
	codes := slices.Collect(maps.Keys(at))
	b := &pgx.Batch{}
	b.Queue(`SELECT code, name FROM organisation_names WHERE code = ANY ($1) ORDER BY code, from_on DESC`, codes).Query(func(rows pgx.Rows) error {
		var code, name string
		_, err := pgx.ForEachRow(rows, []any{&code, &name}, func() error {
			if f := at[code]; name != f.Name && !slices.Contains(f.Earlier, name) {
				f.Earlier = append(f.Earlier, name)
			}
			return nil
		})
		return err
	})
	places := map[string]PlaceAt{}
	queuePlaces(b, codes, day, places)
	if err := db.send(ctx, b); err != nil {
		return err
	}
	for code, p := range places {
		at[code].Place = p
	}
	return nil
}

// PlaceAt is where an organisation lies on a day and what type it is, with the
// names of both. What is not known is "".
type PlaceAt struct {
	Region     string // code
	RegionName string
	ICB        string // code
	ICBName    string
	Type       string
}

// PlacesAt says of codes where each lay on a day and what type it was. Codes of
// which the register knows nothing on that day are left out.
func (db *DB) PlacesAt(ctx context.Context, codes []string, day time.Time) (map[string]PlaceAt, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	places := make(map[string]PlaceAt, len(codes))
	b := &pgx.Batch{}
	queuePlaces(b, codes, day, places)
	return places, fault("places at", db.send(ctx, b))
}

// queuePlaces looks each code up by itself: what it costs depends on how many are
// asked for, not on how many organisations there are.
func queuePlaces(b *pgx.Batch, codes []string, day time.Time, places map[string]PlaceAt) {
	b.Queue(`
		SELECT o.code, coalesce(p.region, ''), coalesce(r.name, ''), coalesce(p.icb, ''), coalesce(i.name, ''), coalesce(t.type, '')
		FROM organisations o
		LEFT JOIN LATERAL (
			SELECT x.code, x.region, x.icb FROM organisation_places x
			WHERE x.code = o.code AND x.from_on <= $2 AND coalesce(x.to_on, 'infinity') > $2
			ORDER BY x.from_on DESC LIMIT 1) p ON true
		LEFT JOIN LATERAL (
			SELECT x.code, x.type FROM organisation_types x
			WHERE x.code = o.code AND x.from_on <= $2 AND coalesce(x.to_on, 'infinity') > $2
			ORDER BY x.from_on DESC LIMIT 1) t ON true
		LEFT JOIN regions r ON r.code = p.region
		LEFT JOIN icbs i ON i.code = p.icb
		WHERE o.code = ANY ($1) AND (p.code IS NOT NULL OR t.code IS NOT NULL)`, codes, day).
		Query(func(rows pgx.Rows) error {
			var code string
			var p PlaceAt
			_, err := pgx.ForEachRow(rows, []any{&code, &p.Region, &p.RegionName, &p.ICB, &p.ICBName, &p.Type}, func() error {
				places[code] = p
				return nil
			})
			return err
		})
}

// Lineage is who came before a code and who came after, with what they are
// called. Codes of which no file has a line have no name.
type Lineage struct {
	register.Lineage
	Names map[string]string
}

// Lineage follows the successions from a code to both ends. A code that nobody
// followed and that followed nobody has an empty one.
func (db *DB) Lineage(ctx context.Context, code string) (l Lineage, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := db.pool.Query(ctx, `
		WITH RECURSIVE earlier (code) AS (
			SELECT $1::text UNION SELECT s.from_code FROM successions s JOIN earlier e ON s.to_code = e.code
		), later (code) AS (
			SELECT $1::text UNION SELECT s.to_code FROM successions s JOIN later l ON s.from_code = l.code
		)
		SELECT `+successionColumns+` FROM successions s
		WHERE s.to_code IN (SELECT code FROM earlier) OR s.from_code IN (SELECT code FROM later)
		   OR s.from_code IN (SELECT code FROM earlier) -- the other parts of a split`, code)
	if err != nil {
		return l, fault("lineage", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[register.Succession])
	if err != nil {
		return l, fault("lineage", err)
	}
	codes := []string{code}
	for _, s := range all {
		codes = append(codes, s.From, s.To)
	}
	l = Lineage{register.Trace(code, all), map[string]string{}}
	rows, err = db.pool.Query(ctx, `
		SELECT DISTINCT ON (code) code, name FROM organisation_names WHERE code = ANY ($1) ORDER BY code, from_on DESC`, codes)
	if err != nil {
		return l, fault("lineage", err)
	}
	var name string
	_, err = pgx.ForEachRow(rows, []any{&code, &name}, func() error {
		l.Names[code] = name
		return nil
	})
	return l, fault("lineage", err)
}
