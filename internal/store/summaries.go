package store

import (
	"context"

	"github.com/jackc/pgx/v5"

	"octant/internal/assessment"
	"octant/internal/maturity"
)

// fillSummaries copies the published figures out of every report of the trust
// whose figures were not copied yet: that of the round that closes, and any that
// a program from before there were summaries froze meanwhile.
const fillSummaries = `
	INSERT INTO summaries (ods, round_id, closed_on, title, form, questionnaire, invited, respondents, overall, elements,
	                       looked_back, looked_back_on)
	SELECT r.ods, r.id, (r.closed_at AT TIME ZONE 'Europe/London')::date, r.title, r.form, r.questionnaire,
	       (d.result ->> 'invited')::integer, (d.result ->> 'respondents')::integer, d.result -> 'overall',
	       (SELECT jsonb_agg(e.figure - '{items,dontKnow,claimed,shown}'::text[] ORDER BY e.place)
	        FROM jsonb_array_elements(d.result -> 'elements') WITH ORDINALITY AS e (figure, place)),
	       d.back, (d.back -> 'round' ->> 'id')::uuid
	FROM rounds r
	JOIN reports p ON p.ods = r.ods AND p.round_id = r.id
	CROSS JOIN LATERAL (SELECT j.document -> 'result' AS result, j.document -> 'lookBack' AS back
	                    FROM (SELECT convert_from(p.document, 'UTF8')::jsonb AS document) j) d
	WHERE r.ods = $1 AND NOT EXISTS (SELECT FROM summaries s WHERE s.ods = r.ods AND s.round_id = r.id)`

// keepFigures keeps, of a round whose report and closing time are kept already,
// what is needed to set it beside others.
func (t *Trust) keepFigures(ctx context.Context, tx pgx.Tx, r assessment.Round, in maturity.Input) error {
	b := &pgx.Batch{}
	b.Queue(fillSummaries, t.ODS)
	for _, m := range maturity.Moments(in) {
		b.Queue(`INSERT INTO moments (ods, round_id, element, n, mean, variance) VALUES ($1, $2, $3, $4, $5, $6)`,
			t.ODS, r.ID, m.Element, m.N, m.Mean, m.Variance)
	}
	return tx.SendBatch(ctx, b).Close()
}
