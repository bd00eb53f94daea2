package store

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/maturity"
)

// RoundsPerTrend is how many rounds [Trust.Trend] gives at a time.
const RoundsPerTrend = 6

// Summary is the published figures of one closed round.
type Summary struct {
	Round         uuid.UUID
	ClosedOn      time.Time // the day, midnight UTC
	Title         string
	Form          string
	Questionnaire string
	Invited       int
	Respondents   int
	Overall       maturity.Figure
	Elements      []maturity.Element // key, figure and number of respondents; nothing else
	Turnover      *maturity.Turnover // since the round before; nil where it was not kept
	Since         *maturity.LookBack // how a later round looked back on this one; nil if none did
}

// RoundName is a closed round by its title and day.
type RoundName struct {
	Round    uuid.UUID
	Title    string
	ClosedOn time.Time
}

// None says that there is no such round.
func (n RoundName) None() bool { return n.Round == uuid.Nil }

// mostNames is how many rounds can be chosen from to set two beside each other.
const mostNames = 60

// Trend is a window on a trust's closed rounds, oldest first.
type Trend struct {
	Rounds     []Summary
	Names      []RoundName // of rounds inside the window and outside, newest first
	Milestones []Milestone // between the window's rounds, and up to now in the newest
	Earlier    bool        // there are rounds before the window
}

// Trend gives the trust's closed rounds, [RoundsPerTrend] at a time; page 1 has
// the newest. It reads neither answers nor reports, and as much whatever the
// number of years.
func (t *Trust) Trend(ctx context.Context, page int) (trend Trend, err error) {
	page = max(page, 1)
	err = t.read(ctx, access.ViewReport, func(b *pgx.Batch) {
		b.Queue(`
			SELECT s.round_id, s.closed_on, s.title, s.form, s.questionnaire, s.invited, s.respondents, s.overall, s.elements,
			       convert_from(c.document, 'UTF8')::jsonb -> 'turnover', x.looked_back
			FROM (SELECT ods, round_id, closed_on, title, form, questionnaire, invited, respondents, overall, elements
			      FROM summaries WHERE ods = $1 ORDER BY closed_on DESC, round_id DESC LIMIT $2 OFFSET $3) s
			LEFT JOIN changes c ON c.ods = s.ods AND c.round_id = s.round_id
			LEFT JOIN LATERAL (
				SELECT looked_back FROM summaries
				WHERE ods = s.ods AND looked_back_on = s.round_id ORDER BY closed_on DESC, round_id DESC LIMIT 1) x ON true
			ORDER BY s.closed_on, s.round_id`, t.ODS, RoundsPerTrend+1, (page-1)*RoundsPerTrend).
			Query(func(rows pgx.Rows) (err error) {
				trend.Rounds, err = pgx.CollectRows(rows, scanSummary)
				return err
			})
		b.Queue(`
			WITH days AS (SELECT closed_on FROM summaries WHERE ods = $1 ORDER BY closed_on DESC, round_id DESC LIMIT $2 OFFSET $3)
			SELECT m.id, m.on_date, m.text FROM milestones m
			WHERE m.ods = $1 AND m.on_date >= (SELECT min(closed_on) FROM days)
			  AND ($3 = 0 OR m.on_date <= (SELECT max(closed_on) FROM days))
			ORDER BY m.on_date, m.id LIMIT $4`, t.ODS, RoundsPerTrend, (page-1)*RoundsPerTrend, MilestonesShown).
			Query(func(rows pgx.Rows) (err error) {
				trend.Milestones, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Milestone])
				return err
			})
		b.Queue(`SELECT round_id, title, closed_on FROM summaries WHERE ods = $1 ORDER BY closed_on DESC, round_id DESC LIMIT $2`, t.ODS, mostNames).
			Query(func(rows pgx.Rows) (err error) {
				trend.Names, err = pgx.CollectRows(rows, pgx.RowToStructByPos[RoundName])
				return err
			})
	})
	if len(trend.Rounds) > RoundsPerTrend {
		trend.Rounds, trend.Earlier = trend.Rounds[1:], true
	}
	return trend, fault("trend", err)
}

func scanSummary(row pgx.CollectableRow) (s Summary, err error) {
	var overall, elements, turnover, back []byte
	err = row.Scan(&s.Round, &s.ClosedOn, &s.Title, &s.Form, &s.Questionnaire, &s.Invited, &s.Respondents, &overall, &elements, &turnover, &back)
	if err != nil {
		return s, err
	}
	s.ClosedOn = s.ClosedOn.UTC()
	if turnover != nil {
		s.Turnover = new(maturity.Turnover)
		err = json.Unmarshal(turnover, s.Turnover)
	}
	if back != nil {
		s.Since = new(maturity.LookBack)
		err = errors.Join(err, json.Unmarshal(back, s.Since))
	}
	return s, errors.Join(err, json.Unmarshal(overall, &s.Overall), json.Unmarshal(elements, &s.Elements))
}

// TwoRounds is what is kept of two closed rounds, to set them beside each other.
type TwoRounds struct {
	Earlier, Later []byte // frozen reports
	Change         []byte // the later round's frozen change; nil if there is none
	Next           bool   // no other round closed between the two
}

// TwoRounds gives two closed rounds of the trust, ErrNotFound unless the first
// closed before the second.
func (t *Trust) TwoRounds(ctx context.Context, earlier, later uuid.UUID) (two TwoRounds, err error) {
	err = t.read(ctx, access.ViewReport, func(b *pgx.Batch) {
		b.Queue(`
			SELECT a.document, b.document, c.document,
			       NOT EXISTS (SELECT FROM rounds m WHERE m.ods = $1 AND m.state = 'closed'
			                   AND (m.closed_at, m.id) > (x.closed_at, x.id) AND (m.closed_at, m.id) < (y.closed_at, y.id))
			FROM rounds x
			JOIN rounds y ON y.ods = x.ods AND y.id = $3 AND (x.closed_at, x.id) < (y.closed_at, y.id)
			JOIN reports a ON a.ods = x.ods AND a.round_id = x.id
			JOIN reports b ON b.ods = y.ods AND b.round_id = y.id
			LEFT JOIN changes c ON c.ods = y.ods AND c.round_id = y.id AND c.earlier_id = x.id
			WHERE x.ods = $1 AND x.id = $2`, t.ODS, earlier, later).
			QueryRow(func(row pgx.Row) error { return row.Scan(&two.Earlier, &two.Later, &two.Change, &two.Next) })
	})
	return two, fault("two rounds", err)
}
