package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/audit"
	"octant/internal/maturity"
)

// ErrMade means that the clock made this quarter's edition already.
var ErrMade = errors.New("store: this quarter's edition is made")

// bindCensus makes the rest of a transaction see figures and moments of the
// listed trusts, and no other row of any trust.
const bindCensus = `SELECT set_config('role', 'octant_census', true), set_config('octant.trusts', array_to_string($1::text[], ','), true)`

// MakeEdition makes a benchmark edition of the trusts that agree to be counted
// today, and gives its number. It says [maturity.ErrTooFewTrusts] or
// [maturity.ErrNothingNew] where it could show nothing, and makes none.
func (db *DB) MakeEdition(ctx context.Context, admin access.Person, now time.Time) (number int, err error) {
	if !admin.Admin {
		return 0, access.ErrDenied
	}
	number, err = db.makeEdition(ctx, admin.ID, nil, now)
	return number, fault("make edition", err)
}

// quarterDays is how long into a quarter the clock still makes its edition.
const quarterDays = 7

// KeepEditions makes the edition of a quarter in its first days, unless the clock
// has made it. Where there is nothing to show, it makes none and says nothing.
func (db *DB) KeepEditions(ctx context.Context, now time.Time) error {
	day := access.Today(now)
	quarter := time.Date(day.Year(), (day.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
	if day.Sub(quarter) >= quarterDays*24*time.Hour {
		return nil
	}
	_, err := db.makeEdition(ctx, uuid.Nil, &quarter, now)
	if errors.Is(err, ErrMade) || errors.Is(err, maturity.ErrTooFewTrusts) || errors.Is(err, maturity.ErrNothingNew) {
		return nil
	}
	return fault("keep editions", err)
}

// makeEdition counts and keeps in one transaction; others that would make one
// wait for it.
func (db *DB) makeEdition(ctx context.Context, by uuid.UUID, quarter *time.Time, now time.Time) (number int, err error) {
	ctx, cancel := context.WithTimeout(ctx, longPatience)
	defer cancel()
	err = pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('octant edition'))`); err != nil {
			return err
		}
		if number, err = nextEdition(ctx, tx, quarter); err != nil {
			return err
		}
		edition, basis, err := db.count(ctx, tx, number, now)
		if err != nil {
			return err
		}
		if err := keepEdition(ctx, tx, edition, basis, by, quarter); err != nil {
			return err
		}
		return keepNotes(ctx, tx, now, audit.Platform, by, audit.Entry{Deed: audit.EditionMade, Detail: fmt.Sprintf("edition %d", number)})
	})
	return number, err
}

func nextEdition(ctx context.Context, tx pgx.Tx, quarter *time.Time) (number int, err error) {
	var made bool
	err = tx.QueryRow(ctx, `SELECT coalesce(max(number), 0) + 1, coalesce(bool_or(quarter = $1), false) FROM editions`, quarter).Scan(&number, &made)
	if err == nil && made {
		err = ErrMade
	}
	return number, err
}

func keepEdition(ctx context.Context, tx pgx.Tx, e maturity.Edition, basis maturity.Basis, by uuid.UUID, quarter *time.Time) error {
	document, digest, err := maturity.FreezeEdition(e)
	if err != nil {
		return err
	}
	of, err := json.Marshal(basis)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO editions (number, made_at, made_by, quarter, digest, document, basis) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		e.Number, e.Made, orNull(by), quarter, digest, document, of)
	return err
}

// count takes the census. Trusts' rows are read one after the other as they come
// from the database and are not kept.
func (db *DB) count(ctx context.Context, tx pgx.Tx, number int, now time.Time) (maturity.Edition, maturity.Basis, error) {
	window := maturity.WindowOf(now)
	kinds, err := countedTrusts(ctx, tx, now)
	if err != nil {
		return maturity.Edition{}, maturity.Basis{}, err
	}
	codes := make([]string, 0, len(kinds))
	for code := range kinds {
		codes = append(codes, code)
	}
	places, err := db.PlacesAt(ctx, codes, window.To)
	if err != nil {
		return maturity.Edition{}, maturity.Basis{}, err
	}
	past, err := pastEditions(ctx, tx, window)
	if err != nil {
		return maturity.Edition{}, maturity.Basis{}, err
	}
	known, err := knownScores(ctx, tx, now)
	if err != nil {
		return maturity.Edition{}, maturity.Basis{}, err
	}
	census := maturity.NewCensus(window, past, known)
	err = eachEntrant(ctx, tx, codes, window, func(e maturity.Entrant) {
		p := places[e.ODS]
		e.Type = category(p.Type, p.Type)
		if p.Type == "" {
			e.Type = category(kinds[e.ODS], kinds[e.ODS])
		}
		e.Region, e.ICB = category(p.Region, p.RegionName), category(p.ICB, p.ICBName)
		census.Add(e)
	})
	if err != nil {
		return maturity.Edition{}, maturity.Basis{}, err
	}
	return census.Edition(number, now)
}

func category(code, name string) maturity.Category { return maturity.Category{Code: code, Name: name} }

// countedTrusts are those that agree to be counted today, with their kind.
func countedTrusts(ctx context.Context, tx pgx.Tx, now time.Time) (map[string]string, error) {
	rows, err := tx.Query(ctx, `
		SELECT t.ods, t.kind FROM trusts t JOIN `+rungsOn+` c ON c.ods = t.ods WHERE c.rung = ANY ($2)`,
		access.Today(now), reaching(access.Counted))
	if err != nil {
		return nil, err
	}
	kinds := make(map[string]string)
	var code, kind string
	_, err = pgx.ForEachRow(rows, []any{&code, &kind}, func() error {
		kinds[code] = kind
		return nil
	})
	return kinds, err
}

// pastEditions are those that can have counted a round which counts now.
func pastEditions(ctx context.Context, tx pgx.Tx, window maturity.Window) ([]maturity.Past, error) {
	rows, err := tx.Query(ctx, `SELECT document, basis FROM editions WHERE made_at >= $1 ORDER BY number`, window.From)
	if err != nil {
		return nil, err
	}
	var past []maturity.Past
	var document, basis []byte
	_, err = pgx.ForEachRow(rows, []any{&document, &basis}, func() (err error) {
		var p maturity.Past
		if p.Edition, err = maturity.ThawEdition(document); err != nil {
			return err
		}
		past = append(past, p)
		return json.NewDecoder(bytes.NewReader(basis)).Decode(&past[len(past)-1].Basis)
	})
	return past, err
}

// knownScores is what readers of editions know of trusts besides: whatever was
// shown to everybody or in a circle, even if it is not any more.
func knownScores(ctx context.Context, tx pgx.Tx, now time.Time) (k maturity.Known, err error) {
	b := &pgx.Batch{}
	b.Queue(`SELECT DISTINCT ods FROM consents WHERE from_on <= $1 AND rung = $2 ORDER BY ods`, access.Today(now), access.Public).
		Query(func(rows pgx.Rows) (err error) {
			k.Public, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		})
	b.Queue(`SELECT array_agg(ods ORDER BY ods) FROM circle_places WHERE joined_at IS NOT NULL GROUP BY circle_id ORDER BY circle_id`).
		Query(func(rows pgx.Rows) (err error) {
			k.Circles, err = pgx.CollectRows(rows, pgx.RowTo[[]string])
			return err
		})
	return k, tx.SendBatch(ctx, b).Close()
}

// eachEntrant hands over the latest round of each listed trust that closed in the
// window, and gives the transaction the front desk's rights back.
func eachEntrant(ctx context.Context, tx pgx.Tx, codes []string, w maturity.Window, each func(maturity.Entrant)) error {
	if _, err := tx.Exec(ctx, bindCensus, codes); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `
		SELECT s.ods, s.round_id::text, s.questionnaire, s.form, s.elements, m.element, m.n, m.mean, m.variance
		FROM unnest($3::text[]) AS t (code)
		CROSS JOIN LATERAL (
			SELECT l.ods, l.round_id, l.questionnaire, l.form, l.elements FROM summaries l
			WHERE l.ods = t.code AND l.closed_on BETWEEN $1 AND $2 ORDER BY l.closed_on DESC, l.round_id DESC LIMIT 1) s
		CROSS JOIN LATERAL (
			SELECT coalesce(array_agg(x.element ORDER BY x.element), '{}') AS element, coalesce(array_agg(x.n ORDER BY x.element), '{}') AS n,
			       coalesce(array_agg(x.mean ORDER BY x.element), '{}') AS mean, coalesce(array_agg(x.variance ORDER BY x.element), '{}') AS variance
			FROM moments x WHERE x.ods = s.ods AND x.round_id = s.round_id) m
		ORDER BY s.ods`, w.From, w.To, codes)
	if err != nil {
		return err
	}
	var e maturity.Entrant
	var elements []byte
	var keys []string
	var n []int
	var mean, variance []float64
	_, err = pgx.ForEachRow(rows, []any{&e.ODS, &e.Round, &e.Questionnaire, &e.Form, &elements, &keys, &n, &mean, &variance}, func() error {
		e.Elements, e.Moments = nil, nil
		if err := json.Unmarshal(elements, &e.Elements); err != nil {
			return err
		}
		for i := range keys {
			e.Moments = append(e.Moments, maturity.Moment{Element: keys[i], N: n[i], Mean: mean[i], Variance: variance[i]})
		}
		each(e)
		return nil
	})
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `SELECT set_config('role', 'none', true), set_config('octant.trusts', '', true)`)
	return err
}

// EditionCard is one line of the list of editions.
type EditionCard struct {
	Number int
	Made   time.Time
	By     string // "" for the clock
	Digest string
}

const editionCards = `
	SELECT e.number, e.made_at, coalesce(p.name, ''), e.digest FROM editions e LEFT JOIN people p ON p.id = e.made_by
	ORDER BY e.number DESC`

// Editions lists the editions, the newest first, and how many trusts agree to be
// counted today, for an administrator.
func (db *DB) Editions(ctx context.Context, admin access.Person, now time.Time) (cards []EditionCard, counted int, err error) {
	err = db.administer(ctx, admin, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, editionCards)
		if err != nil {
			return err
		}
		if cards, err = pgx.CollectRows(rows, pgx.RowToStructByPos[EditionCard]); err != nil {
			return err
		}
		kinds, err := countedTrusts(ctx, tx, now)
		counted = len(kinds)
		return err
	})
	return cards, counted, fault("editions", err)
}

// Edition is a frozen edition for somebody of a trust that is counted today, or
// for an administrator; ErrNotFound for anybody else.
func (db *DB) Edition(ctx context.Context, person uuid.UUID, number int, now time.Time) (f Frozen, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = db.pool.QueryRow(ctx, `
		SELECT e.digest, e.document FROM editions e
		WHERE e.number = $2 AND (
			EXISTS (SELECT FROM people WHERE id = $3 AND admin)
			OR EXISTS (SELECT FROM memberships m JOIN `+rungsOn+` c ON c.ods = m.ods
			           WHERE m.person_id = $3 AND m.role = ANY ($4) AND c.rung = ANY ($5)
			             AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date))`,
		access.Today(now), number, person, access.With(access.ComparePeers), reaching(access.Counted)).Scan(&f.Digest, &f.Document)
	return f, fault("edition", err)
}

// Peers is what a trust needs to see where it stands: its own latest report, the
// editions, and the groups it belongs to.
type Peers struct {
	Rung    access.Rung
	Report  []byte    // frozen; nil where no round has closed
	Round   uuid.UUID // the report's
	Edition []byte    // the newest, or the one that was asked for; nil where there is none to see
	Numbers []int     // of all editions, the newest first
	Place   PlaceAt
}

// Peers sets the trust beside an edition, the newest for number 0. A trust that
// is not counted today sees none; who takes part, sees.
func (t *Trust) Peers(ctx context.Context, number int, now time.Time) (p Peers, err error) {
	err = t.tx(ctx, access.ComparePeers, func(ctx context.Context, tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue(`SELECT coalesce((SELECT rung FROM consents WHERE ods = $2 AND from_on <= $1 ORDER BY set_at DESC LIMIT 1), 'private')`,
			access.Today(now), t.ODS).QueryRow(func(row pgx.Row) error { return row.Scan(&p.Rung) })
		b.Queue(`
			SELECT r.round_id, r.document FROM summaries s JOIN reports r ON r.ods = s.ods AND r.round_id = s.round_id
			WHERE s.ods = $1 ORDER BY s.closed_on DESC, s.round_id DESC LIMIT 1`, t.ODS).
			Query(func(rows pgx.Rows) error {
				_, err := pgx.ForEachRow(rows, []any{&p.Round, &p.Report}, func() error { return nil })
				return err
			})
		if err := tx.SendBatch(ctx, b).Close(); err != nil || !p.Rung.Reaches(access.Counted) {
			return err
		}
		return t.asDesk(ctx, tx, func() error { return p.addEditions(ctx, tx, number) })
	})
	if err != nil {
		return p, fault("peers", err)
	}
	places, err := t.db.PlacesAt(ctx, []string{t.ODS}, access.Today(now))
	p.Place = places[t.ODS]
	if p.Place.Type == "" {
		p.Place.Type = t.Kind
	}
	return p, err
}

func (p *Peers) addEditions(ctx context.Context, tx pgx.Tx, number int) error {
	rows, err := tx.Query(ctx, `SELECT number FROM editions ORDER BY number DESC`)
	if err != nil {
		return err
	}
	if p.Numbers, err = pgx.CollectRows(rows, pgx.RowTo[int]); err != nil || len(p.Numbers) == 0 {
		return err
	}
	if number == 0 {
		number = p.Numbers[0]
	}
	return tx.QueryRow(ctx, `SELECT document FROM editions WHERE number = $1`, number).Scan(&p.Edition)
}
