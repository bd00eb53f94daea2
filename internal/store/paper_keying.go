package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
	"octant/internal/questionnaire"
)

// KeyIn keeps what stands on a sheet of paper as a submitted response of nobody's,
// in one transaction. Keyed in again, it replaces the whole sheet; what was there
// before is not shown to anybody. A question that is left out counts as not
// answered. A sheet on which nothing is chosen is a [*MissingError], whether or not
// it looks back, one more of a side than it has people on paper [ErrKeyed], a
// question that the round does not ask [assessment.ErrNotAsked].
func (t *Trust) KeyIn(ctx context.Context, round, sheet uuid.UUID, answers []assessment.Answer, now time.Time) error {
	return fault("key in", t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		r, err := t.holdRound(ctx, tx, round)
		if err != nil {
			return err
		}
		if r.State != assessment.Open {
			return assessment.ErrNotOpen
		}
		back, err := t.looksBack(ctx, tx, round)
		if err != nil {
			return err
		}
		whole, err := wholeSheet(r, back, answers)
		if err != nil {
			return err
		}
		side, err := t.claimSheet(ctx, tx, round, sheet)
		if err != nil {
			return err
		}
		if err := t.keepSheet(ctx, tx, round, sheet, side, whole); err != nil {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.PaperKeyed, Round: round, Detail: r.Title})
	}))
}

// wholeSheet is an answer to every question that the round asks, in its order, and
// last those that look back.
func wholeSheet(r assessment.Round, back bool, answers []assessment.Answer) ([]assessment.Answer, error) {
	v, err := questionnaire.Load(r.Questionnaire)
	if err != nil {
		return nil, err
	}
	given := make(map[string]assessment.Answer, len(answers))
	for _, a := range answers {
		if _, looks := v.BackQuestion(a.Question); !v.Asks(r.Form, a.Question) && (!back || !looks) {
			return nil, assessment.ErrNotAsked
		}
		if a.Choice > assessment.RatherNotSay {
			return nil, assessment.ErrChoice
		}
		given[a.Question] = a
	}
	var whole []assessment.Answer
	missing := &MissingError{}
	for _, q := range v.Questions(r.Form) {
		a := given[q.Key]
		a.Question = q.Key
		if a.Choice == assessment.NotAnswered {
			missing.Questions = append(missing.Questions, q.Key)
		}
		whole = append(whole, a)
	}
	if len(missing.Questions) == len(whole) {
		return nil, missing
	}
	if back {
		for _, q := range v.LookBack() {
			whole = append(whole, assessment.Answer{Question: q.Key, Choice: given[q.Key].Choice})
		}
	}
	return whole, nil
}

// claimSheet marks a sheet as keyed in, if its side has somebody left whose it
// can be.
func (t *Trust) claimSheet(ctx context.Context, tx pgx.Tx, round, sheet uuid.UUID) (side assessment.Side, err error) {
	var keyed bool
	err = tx.QueryRow(ctx, `SELECT side, keyed FROM paper_sheets WHERE ods = $1 AND round_id = $2 AND id = $3 FOR UPDATE`,
		t.ODS, round, sheet).Scan(&side, &keyed)
	if err != nil || keyed {
		return side, err
	}
	sides, err := t.sidesIn(ctx, tx, round)
	if err != nil {
		return side, err
	}
	if sides[side].Keyed >= sides[side].People {
		return side, ErrKeyed
	}
	_, err = tx.Exec(ctx, `UPDATE paper_sheets SET keyed = true WHERE ods = $1 AND round_id = $2 AND id = $3`, t.ODS, round, sheet)
	return side, err
}

// keepSheet writes the response and all its answers. It keeps no time: nothing
// needs to know when a sheet was keyed in.
func (t *Trust) keepSheet(ctx context.Context, tx pgx.Tx, round, sheet uuid.UUID, side assessment.Side, whole []assessment.Answer) error {
	respondent := access.PaperRespondent(t.db.secret, sheet, t.ODS)
	keys, choices, comments := make([]string, len(whole)), make([]int16, len(whole)), make([]string, len(whole))
	for i, a := range whole {
		keys[i], choices[i], comments[i] = a.Question, int16(a.Choice), a.Comment
	}
	b := &pgx.Batch{}
	b.Queue(`
		INSERT INTO responses (ods, round_id, respondent, side, submitted, paper) VALUES ($1, $2, $3, $4, true, true)
		ON CONFLICT (ods, round_id, respondent) DO NOTHING`, t.ODS, round, respondent[:], side)
	b.Queue(`
		INSERT INTO answers AS a (ods, round_id, respondent, question, choice, comment, revision)
		SELECT $1, $2, $3, x.question, x.choice, x.comment, 1
		FROM unnest($4::text[], $5::smallint[], $6::text[]) AS x (question, choice, comment)
		ON CONFLICT (ods, round_id, respondent, question) DO UPDATE
		SET choice = excluded.choice, comment = excluded.comment, revision = a.revision + 1`,
		t.ODS, round, respondent[:], keys, choices, comments)
	return tx.SendBatch(ctx, b).Close()
}
