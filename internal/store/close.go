package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// CloseRound ends an open round for good. In one transaction, while nobody can
// save into the round, the submitted answers are scored, the report is frozen,
// and the times of all answers are erased. Sheets that were not submitted are
// not scored; their writers can still read them.
func (t *Trust) CloseRound(ctx context.Context, id uuid.UUID, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, longPatience)
	defer cancel()
	return fault("close round", t.close(ctx, id, now, (*assessment.Round).Close))
}

// close closes a round, if the domain agrees.
func (t *Trust) close(ctx context.Context, id uuid.UUID, now time.Time, agree func(*assessment.Round, time.Time) error) error {
	return t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		r, err := t.holdRound(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := agree(&r, now); err != nil {
			return err
		}
		sat, err := t.submitted(ctx, tx, r)
		if err != nil {
			return err
		}
		if sat.meta.Earlier, err = t.lookedBackOn(ctx, tx, id); err != nil {
			return err
		}
		report := maturity.Publish(sat.in, sat.meta)
		if err := t.keepComments(ctx, tx, r, report.Result); err != nil {
			return err
		}
		if err := t.keepClosed(ctx, tx, r, report); err != nil {
			return err
		}
		if err := t.keepFigures(ctx, tx, r, sat.in); err != nil {
			return err
		}
		if err := t.keepChange(ctx, tx, r, sat, report.Result); err != nil {
			return err
		}
		if err := t.queueToAsked(ctx, tx, id, assessment.Released, now); err != nil {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.RoundClosed, Round: id, Detail: r.Title})
	})
}

// sitting is what a round's report is made of. who holds the pseudonyms of the
// input's responses, place by place.
type sitting struct {
	in   maturity.Input
	meta maturity.Meta
	who  []access.Respondent
}

// submitted reads what was submitted in a round.
func (t *Trust) submitted(ctx context.Context, tx pgx.Tx, r assessment.Round) (s sitting, err error) {
	v, err := questionnaire.Load(r.Questionnaire)
	if err != nil {
		return s, err
	}
	s.in = maturity.Input{Version: v, Form: r.Form, Invited: r.Asked, InvitedBySide: map[assessment.Side]int{}}
	s.meta = maturity.Meta{
		Trust: maturity.Trust{ODS: t.ODS, Name: t.Name},
		Round: maturity.Round{ID: r.ID.String(), Title: r.Title, Opened: r.OpenedAt, Closed: r.ClosedAt},
	}
	b := &pgx.Batch{}
	b.Queue(`
		SELECT r.respondent, r.side, a.question, a.choice, a.comment, a.evidence
		FROM responses r LEFT JOIN answers a
		  ON a.ods = r.ods AND a.round_id = r.round_id AND a.respondent = r.respondent
		WHERE r.ods = $1 AND r.round_id = $2 AND r.submitted
		ORDER BY r.respondent, a.question`, t.ODS, r.ID).
		Query(s.collect)
	b.Queue(`SELECT side, count(*) FROM invitations WHERE ods = $1 AND round_id = $2 GROUP BY side`, t.ODS, r.ID).
		Query(func(rows pgx.Rows) error {
			var side assessment.Side
			var asked int
			_, err := pgx.ForEachRow(rows, []any{&side, &asked}, func() error {
				s.in.InvitedBySide[side] = asked
				return nil
			})
			return err
		})
	b.Queue(`SELECT title, count(*) FROM invitations WHERE ods = $1 AND round_id = $2 GROUP BY title ORDER BY title`, t.ODS, r.ID).
		Query(func(rows pgx.Rows) (err error) {
			s.meta.Roles, err = pgx.CollectRows(rows, pgx.RowToStructByPos[maturity.RoleCount])
			return err
		})
	err = tx.SendBatch(ctx, b).Close()
	return s, err
}

// collect gathers answers, which come respondent by respondent.
func (s *sitting) collect(rows pgx.Rows) error {
	var respondent access.Respondent
	var side assessment.Side
	var key, comment, evidence *string
	var choice *assessment.Choice
	raw := make([]byte, 0, len(respondent))
	_, err := pgx.ForEachRow(rows, []any{&raw, &side, &key, &choice, &comment, &evidence}, func() error {
		copy(respondent[:], raw)
		if n := len(s.who); n == 0 || respondent != s.who[n-1] {
			s.who = append(s.who, respondent)
			s.in.Responses = append(s.in.Responses, assessment.Response{Side: side, Submitted: true, Answers: map[string]assessment.Answer{}})
		}
		if key != nil {
			s.in.Responses[len(s.in.Responses)-1].Answers[*key] = assessment.Answer{
				Question: *key, Choice: *choice, Comment: *comment, Evidence: *evidence,
			}
		}
		return nil
	})
	return err
}

// keepClosed keeps the report and closes the round. It writes every response and
// every invitation once more, so that neither the database's own marks of which
// transaction wrote a row pair the two any more, nor the order they lie in.
func (t *Trust) keepClosed(ctx context.Context, tx pgx.Tx, r assessment.Round, report maturity.Report) error {
	document, digest, err := maturity.Freeze(report)
	if err != nil {
		return err
	}
	b := &pgx.Batch{}
	b.Queue(`INSERT INTO reports (ods, round_id, schema, digest, document, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		t.ODS, r.ID, report.Schema, digest, document, r.ClosedAt)
	b.Queue(`UPDATE answers SET saved_at = NULL WHERE ods = $1 AND round_id = $2`, t.ODS, r.ID)
	b.Queue(`UPDATE responses SET submitted = submitted WHERE ods = $1 AND round_id = $2`, t.ODS, r.ID)
	if err := t.shuffleInvitations(ctx, tx, b, r.ID); err != nil {
		return err
	}
	b.Queue(`UPDATE rounds SET state = $3, closed_at = $4 WHERE ods = $1 AND id = $2`, t.ODS, r.ID, r.State, r.ClosedAt)
	return tx.SendBatch(ctx, b).Close()
}
