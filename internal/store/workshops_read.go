package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/action"
	"octant/internal/maturity"
	"octant/internal/workshop"
)

const (
	noID   = `'00000000-0000-0000-0000-000000000000'`
	noTime = `'0001-01-01 00:00:00Z'`
)

const workshopColumns = `w.id, w.title, coalesce(w.round_id, ` + noID + `), w.questionnaire, w.length, w.rehearsal, w.state, w.step,
	w.version, coalesce(w.current_item, ` + noID + `), coalesce(w.timer_ends, ` + noTime + `), w.made_at,
	coalesce(w.begun_at, ` + noTime + `), coalesce(w.ended_at, ` + noTime + `)`

func workshopFields(w *workshop.Workshop) []any {
	return []any{
		&w.ID, &w.Title, &w.Round, &w.Questionnaire, &w.Length, &w.Rehearsal, &w.State, &w.Step,
		&w.Version, &w.Current, &w.TimerEnds, &w.MadeAt, &w.BegunAt, &w.EndedAt,
	}
}

func scanWorkshop(row pgx.CollectableRow) (w workshop.Workshop, err error) {
	err = row.Scan(workshopFields(&w)...)
	workshopInUTC(&w)
	return w, err
}

func workshopInUTC(w *workshop.Workshop) {
	for _, at := range []*time.Time{&w.TimerEnds, &w.MadeAt, &w.BegunAt, &w.EndedAt} {
		*at = at.UTC()
	}
}

// itemColumns are what everybody in the room may see of an item.
const itemColumns = `i.id, i.kind, coalesce(i.question, ''), i.title, i.minutes, i.sitting, i.prompt, i.stage,
	coalesce(i.shown_at, ` + noTime + `), coalesce(i.done_at, ` + noTime + `), i.first_cards, i.second_cards,
	i.first_told, i.second_told, coalesce(i.agreed_level, 0), i.agreed_reason, i.dissent`

func scanItem(row pgx.CollectableRow) (it workshop.Item, err error) {
	var first, second []byte
	var a workshop.Agreement
	err = row.Scan(&it.ID, &it.Kind, &it.Question, &it.Title, &it.Minutes, &it.Sitting, &it.Prompt, &it.Stage,
		&it.ShownAt, &it.DoneAt, &it.ByCards[0], &it.ByCards[1], &first, &second, &a.Level, &a.Reason, &a.Dissent)
	if err != nil {
		return it, err
	}
	it.ShownAt, it.DoneAt = it.ShownAt.UTC(), it.DoneAt.UTC()
	if a.Level > 0 {
		it.Agreement = &a
	}
	return it, errors.Join(told(first, &it.First), told(second, &it.Second))
}

// told reads what a reveal kept, if there was one.
func told(document []byte, to **maturity.Item) error {
	if document == nil {
		return nil
	}
	return json.Unmarshal(document, to)
}

// queueWorkshop reads a workshop with what everybody may see of its items.
func queueWorkshop(b *pgx.Batch, ods string, id uuid.UUID, w *workshop.Workshop) {
	b.Queue(`SELECT `+workshopColumns+` FROM workshops w WHERE w.ods = $1 AND w.id = $2`, ods, id).
		QueryRow(func(row pgx.Row) error {
			err := row.Scan(workshopFields(w)...)
			workshopInUTC(w)
			return err
		})
	b.Queue(`SELECT `+itemColumns+` FROM workshop_items i WHERE i.ods = $1 AND i.workshop_id = $2 ORDER BY i.place, i.id`, ods, id).
		Query(func(rows pgx.Rows) (err error) {
			w.Items, err = pgx.CollectRows(rows, scanItem)
			return err
		})
}

// queueBoard reads what everybody in the room sees. A device reads it with rights
// on nothing else.
func queueBoard(b *pgx.Batch, ods string, id uuid.UUID, board *Board) {
	queueWorkshop(b, ods, id, &board.Workshop)
	b.Queue(`SELECT name FROM trusts WHERE ods = $1`, ods).
		QueryRow(func(row pgx.Row) error { return row.Scan(&board.Trust) })
	b.Queue(`
		SELECT c.words FROM workshop_cards c JOIN workshops w ON w.ods = c.ods AND w.id = c.workshop_id AND w.current_item = c.item_id
		WHERE c.ods = $1 AND c.workshop_id = $2 AND c.participant IS NULL ORDER BY c.id`, ods, id).
		Query(func(rows pgx.Rows) (err error) {
			board.Cards, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		})
	b.Queue(`SELECT id, words, ups, done FROM workshop_parked WHERE ods = $1 AND workshop_id = $2 ORDER BY ups DESC, id`, ods, id).
		Query(func(rows pgx.Rows) (err error) {
			board.Parked, err = pgx.CollectRows(rows, pgx.RowToStructByPos[workshop.Parked])
			return err
		})
	b.Queue(`SELECT `+actionColumns+` WHERE a.ods = $1 AND a.workshop_id = $2 ORDER BY a.id`, ods, id).
		Query(func(rows pgx.Rows) (err error) {
			board.Actions, err = pgx.CollectRows(rows, scanAction)
			return err
		})
}

// hush keeps from the room what it is not to see yet: the prompts of items to come.
func (b *Board) hush() {
	for i := range b.Workshop.Items {
		if it := &b.Workshop.Items[i]; it.Stage == workshop.Waiting {
			it.Prompt = ""
		}
	}
}

// WorkshopBoard is what the projector shows, and the join code, "" while nobody
// can join.
func (t *Trust) WorkshopBoard(ctx context.Context, id uuid.UUID, now time.Time) (board Board, code string, err error) {
	err = t.read(ctx, access.RunWorkshop, func(b *pgx.Batch) {
		b.Queue(`SELECT ` + byKeys)
		queueBoard(b, t.ODS, id, &board)
		t.queueCode(b, id, now, &code)
	})
	board.hush()
	return board, code, fault("workshop board", err)
}

// queueCode makes the join code again, if it still works.
func (t *Trust) queueCode(b *pgx.Batch, id uuid.UUID, now time.Time, code *string) {
	b.Queue(`SELECT code_serial, coalesce(code_until, `+noTime+`) FROM workshops WHERE ods = $1 AND id = $2 AND state = 'running'`, t.ODS, id).
		Query(func(rows pgx.Rows) error {
			var serial int
			var until time.Time
			_, err := pgx.ForEachRow(rows, []any{&serial, &until}, func() error {
				if until.After(now) {
					*code = access.JoinCode(t.db.secret, t.ODS, id, serial)
				}
				return nil
			})
			return err
		})
}

// Console is a workshop for whoever runs it, in one round trip.
func (t *Trust) Console(ctx context.Context, id uuid.UUID, now time.Time) (c Console, err error) {
	var board Board
	private := make(map[uuid.UUID][2]string)
	err = t.read(ctx, access.RunWorkshop, func(b *pgx.Batch) {
		queueBoard(b, t.ODS, id, &board)
		t.queueCode(b, id, now, &c.Code)
		b.Queue(`SELECT id, why, notes FROM workshop_items WHERE ods = $1 AND workshop_id = $2`, t.ODS, id).
			Query(func(rows pgx.Rows) error {
				var item uuid.UUID
				var both [2]string
				_, err := pgx.ForEachRow(rows, []any{&item, &both[0], &both[1]}, func() error {
					private[item] = both
					return nil
				})
				return err
			})
		t.queueDone(b, id, &c)
		queueResets(b, t.ODS, id, &c.Resets)
		b.Queue(`SELECT `+actionColumns+`
			LEFT JOIN workshops w ON w.ods = a.ods AND w.id = a.workshop_id
			WHERE a.ods = $1 AND a.workshop_id IS DISTINCT FROM $2 AND a.state = 'open' AND NOT coalesce(w.rehearsal, false)
			ORDER BY a.due_on, a.id`, t.ODS, id).
			Query(func(rows pgx.Rows) (err error) {
				c.Carried, err = pgx.CollectRows(rows, scanAction)
				return err
			})
	})
	c.Workshop, c.Trust, c.Shown, c.Parked, c.Actions = board.Workshop, board.Trust, board.Cards, board.Parked, board.Actions
	for i := range c.Workshop.Items {
		it := &c.Workshop.Items[i]
		it.Why, it.Notes = private[it.ID][0], private[it.ID][1]
	}
	return c, fault("console", err)
}

// queueDone counts who takes part and who has voted, and never what.
func (t *Trust) queueDone(b *pgx.Batch, id uuid.UUID, c *Console) {
	b.Queue(`
		WITH under_way AS (
			SELECT i.id, CASE WHEN i.stage IN ('voting', 'voted') THEN 1 WHEN i.stage IN ('voting again', 'voted again') THEN 2 END AS vote
			FROM workshops w JOIN workshop_items i ON i.ods = w.ods AND i.workshop_id = w.id AND i.id = w.current_item
			WHERE w.ods = $1 AND w.id = $2
		), sent AS (
			SELECT v.vote, v.participant FROM workshop_votes v JOIN under_way u ON u.id = v.item_id
			WHERE v.ods = $1 AND v.workshop_id = $2 AND (v.vote = u.vote OR v.vote = 1)
		), people AS (
			SELECT count(*) FILTER (WHERE kind IN ('voter', 'simulated')) AS joined, count(*) FILTER (WHERE kind = 'observer') AS watching
			FROM workshop_participants WHERE ods = $1 AND workshop_id = $2
		), gone AS MATERIALIZED (
			SELECT participant FROM workshop_participants WHERE ods = $1 AND workshop_id = $2 AND kind = 'removed'
		), lost AS (
			SELECT count(*) FILTER (WHERE s.vote = 1) AS first,
			       count(*) FILTER (WHERE s.vote = u.vote) AS present
			FROM sent s JOIN gone USING (participant) CROSS JOIN under_way u
		)
		SELECT (SELECT expected FROM workshops WHERE ods = $1 AND id = $2), p.joined, p.watching,
		       CASE WHEN u.vote = 2 THEN (SELECT count(*) FROM sent s WHERE s.vote = 1) - l.first ELSE p.joined END + l.present,
		       (SELECT count(*) FROM sent WHERE vote = u.vote)
		       + coalesce((SELECT sum(n) FROM workshop_tallies y, unnest(y.counts) AS n
		                   WHERE y.ods = $1 AND y.workshop_id = $2 AND y.item_id = u.id AND y.vote = u.vote), 0),
		       (SELECT count(*) FROM workshop_cards k WHERE k.ods = $1 AND k.workshop_id = $2 AND k.item_id = u.id)
		FROM people p CROSS JOIN lost l LEFT JOIN under_way u ON true`, t.ODS, id).
		QueryRow(func(row pgx.Row) error {
			return row.Scan(&c.Expected, &c.Joined, &c.Watching, &c.Voters, &c.Voted, &c.Cards)
		})
}

func queueResets(b *pgx.Batch, ods string, id uuid.UUID, resets *[]workshop.Reset) {
	b.Queue(`SELECT item_id, vote, reason, at FROM workshop_resets WHERE ods = $1 AND workshop_id = $2 ORDER BY at, id`, ods, id).
		Query(func(rows pgx.Rows) (err error) {
			*resets, err = pgx.CollectRows(rows, pgx.RowToStructByPos[workshop.Reset])
			return err
		})
}

// WorkshopRecord is what is kept of a workshop that has ended.
type WorkshopRecord struct {
	Board
	Resets []workshop.Reset
	Joined int // people and devices that could vote
}

// WorkshopRecord reads the record of a workshop. That of a rehearsal is for those
// who run workshops.
func (t *Trust) WorkshopRecord(ctx context.Context, id uuid.UUID) (r WorkshopRecord, err error) {
	err = t.read(ctx, access.ViewReport, func(b *pgx.Batch) {
		queueBoard(b, t.ODS, id, &r.Board)
		queueResets(b, t.ODS, id, &r.Resets)
		b.Queue(`SELECT joined FROM workshops WHERE ods = $1 AND id = $2 AND state = 'ended' AND (NOT rehearsal OR $3)`,
			t.ODS, id, t.May(access.RunWorkshop)).
			QueryRow(func(row pgx.Row) error { return row.Scan(&r.Joined) })
	})
	if err != nil {
		return WorkshopRecord{}, fault("workshop record", err)
	}
	return r, nil
}

// AgreedLevel is what a workshop settled on for one question.
type AgreedLevel struct {
	Workshop  uuid.UUID
	Held      time.Time // when the workshop ended
	Question  string
	Agreement workshop.Agreement
}

// AgreedLevels is what the workshops on a round's report agreed, the latest
// first: an addendum to the report, which never changes.
func (t *Trust) AgreedLevels(ctx context.Context, round uuid.UUID) (levels []AgreedLevel, err error) {
	err = t.read(ctx, access.ViewReport, func(b *pgx.Batch) {
		b.Queue(`
			SELECT w.id, w.ended_at, i.question, i.agreed_level, i.agreed_reason, i.dissent
			FROM workshops w JOIN workshop_items i ON i.ods = w.ods AND i.workshop_id = w.id
			WHERE w.ods = $1 AND w.round_id = $2 AND w.state = 'ended' AND NOT w.rehearsal AND i.agreed_level IS NOT NULL
			ORDER BY w.ended_at DESC, i.question`, t.ODS, round).
			Query(func(rows pgx.Rows) (err error) {
				levels, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (l AgreedLevel, err error) {
					err = row.Scan(&l.Workshop, &l.Held, &l.Question, &l.Agreement.Level, &l.Agreement.Reason, &l.Agreement.Dissent)
					l.Held = l.Held.UTC()
					return l, err
				})
				return err
			})
	})
	return levels, fault("agreed levels", err)
}

const actionColumns = `a.id, coalesce(a.workshop_id, ` + noID + `), coalesce(a.item_id, ` + noID + `), a.element, a.what,
	coalesce(a.owner_id, ` + noID + `), coalesce(p.name, a.owner_name), a.due_on, a.state, a.became, a.made_at,
	coalesce(a.settled_at, ` + noTime + `)
	FROM actions a LEFT JOIN people p ON p.id = a.owner_id`

func actionFields(a *action.Action) []any {
	return []any{
		&a.ID, &a.Workshop, &a.Item, &a.Element, &a.What, &a.Owner, &a.OwnerName, &a.Due, &a.State, &a.Became,
		&a.MadeAt, &a.SettledAt,
	}
}

func scanAction(row pgx.CollectableRow) (a action.Action, err error) {
	err = row.Scan(actionFields(&a)...)
	a.MadeAt, a.SettledAt = a.MadeAt.UTC(), a.SettledAt.UTC()
	return a, err
}
