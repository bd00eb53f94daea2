package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
)

// Sheet is one person's own sheet of answers, in a round in which they are asked.
type Sheet struct {
	Round    assessment.Round
	Response assessment.Response
	OnPaper  bool      // the person answers on paper, and so not here
	LastDay  time.Time // on which the person may answer, if the clock keeps the round
	Before   RoundName // on which the round looks back; zero in a first one
}

// LooksBack says whether the round asks where the board was at an earlier one.
func (s Sheet) LooksBack() bool { return !s.Before.ClosedOn.IsZero() }

// Sheet reads this person's own answers in a round that has opened. Somebody who
// is not asked in it gets ErrNotFound.
func (t *Trust) Sheet(ctx context.Context, round uuid.UUID) (Sheet, error) {
	s := Sheet{Response: assessment.Response{Answers: map[string]assessment.Answer{}}}
	err := t.read(ctx, access.Answer, func(b *pgx.Batch) {
		b.Queue(`
			SELECT `+roundColumns+`, i.side, i.finished, i.on_paper, greatest(i.extended_to, r.closes_on)
			FROM rounds r JOIN invitations i ON i.ods = r.ods AND i.round_id = r.id
			WHERE r.ods = $1 AND r.id = $2 AND r.state <> 'draft' AND i.person_id = $3`, t.ODS, round, t.Person).
			QueryRow(s.scan)
		b.Queue(`
			SELECT question, choice, comment, evidence, revision, coalesce(saved_at, '0001-01-01 00:00:00Z')
			FROM answers WHERE ods = $1 AND round_id = $2 AND respondent = $3`, t.ODS, round, t.respondent()).
			Query(s.collect)
		b.Queue(`
			SELECT e.id, e.title, (e.closed_at AT TIME ZONE 'Europe/London')::date
			FROM rounds r JOIN rounds e ON e.ods = r.ods AND e.id = `+lookedBackOn+`
			WHERE r.ods = $1 AND r.id = $2`, t.ODS, round).
			Query(func(rows pgx.Rows) error {
				_, err := pgx.ForEachRow(rows, []any{&s.Before.Round, &s.Before.Title, &s.Before.ClosedOn}, func() error { return nil })
				return err
			})
	})
	return s, fault("sheet", err)
}

func (s *Sheet) scan(row pgx.Row) error {
	r := &s.Round
	err := row.Scan(roundFields(r, &s.Response.Side, &s.Response.Submitted, &s.OnPaper, &s.LastDay)...)
	inUTC(r)
	return err
}

func (s *Sheet) collect(rows pgx.Rows) error {
	var a assessment.Answer
	_, err := pgx.ForEachRow(rows, []any{&a.Question, &a.Choice, &a.Comment, &a.Evidence, &a.Revision, &a.SavedAt}, func() error {
		a.SavedAt = a.SavedAt.UTC()
		s.Response.Answers[a.Question] = a
		return nil
	})
	return err
}

// MissingError is [assessment.ErrUndecided] with the questions for which nothing
// was chosen, in the order they are asked.
type MissingError struct{ Questions []string }

// Error says how many there are.
func (e *MissingError) Error() string {
	return fmt.Sprintf("%v: %d questions", assessment.ErrUndecided, len(e.Questions))
}

// Unwrap makes a MissingError count as [assessment.ErrUndecided].
func (e *MissingError) Unwrap() error { return assessment.ErrUndecided }

// Submit hands in this person's answers. Where nothing was chosen for some
// questions the error is a [*MissingError], unless allowMissing says that the
// person knows; a sheet on which nothing at all was chosen is always refused.
// Submitted answers may still be changed until the round closes. After the
// person's last day the error is an [*EndedError].
func (t *Trust) Submit(ctx context.Context, round uuid.UUID, allowMissing bool, now time.Time) error {
	return fault("submit", t.tx(ctx, access.Answer, func(ctx context.Context, tx pgx.Tx) error {
		s, err := t.shareSheet(ctx, tx, round)
		if err != nil {
			return err
		}
		if s.Round.State != assessment.Open {
			return assessment.ErrNotOpen
		}
		if !s.Round.TakesAnswers(s.LastDay, now) {
			return &EndedError{s.LastDay}
		}
		if s.OnPaper {
			return assessment.ErrOnPaper
		}
		missing, asked, err := missingFrom(s)
		if err != nil {
			return err
		}
		if len(missing) > 0 && (!allowMissing || len(missing) == asked) {
			return &MissingError{missing}
		}
		return t.finish(ctx, tx, round)
	}))
}

// shareSheet reads the round and which questions have a choice, once no closing
// can come between.
func (t *Trust) shareSheet(ctx context.Context, tx pgx.Tx, round uuid.UUID) (s Sheet, err error) {
	s.Response.Answers = map[string]assessment.Answer{}
	b := &pgx.Batch{}
	b.Queue(shareRound, lockKey(round))
	b.Queue(`
		SELECT `+roundColumns+`, i.side, i.finished, i.on_paper, greatest(i.extended_to, r.closes_on)
		FROM rounds r JOIN invitations i ON i.ods = r.ods AND i.round_id = r.id
		WHERE r.ods = $1 AND r.id = $2 AND r.state <> 'draft' AND i.person_id = $3`, t.ODS, round, t.Person).
		QueryRow(s.scan)
	b.Queue(`SELECT question FROM answers WHERE ods = $1 AND round_id = $2 AND respondent = $3 AND choice <> 0`,
		t.ODS, round, t.respondent()).
		Query(func(rows pgx.Rows) error {
			var question string
			_, err := pgx.ForEachRow(rows, []any{&question}, func() error {
				s.Response.Answers[question] = assessment.Answer{Question: question}
				return nil
			})
			return err
		})
	return s, tx.SendBatch(ctx, b).Close()
}

// missingFrom lists the questions that the round asks and the sheet leaves open.
func missingFrom(s Sheet) (missing []string, asked int, err error) {
	v, err := questionnaire.Load(s.Round.Questionnaire)
	if err != nil {
		return nil, 0, err
	}
	questions := v.Questions(s.Round.Form)
	for _, q := range questions {
		if _, ok := s.Response.Answers[q.Key]; !ok {
			missing = append(missing, q.Key)
		}
	}
	return missing, len(questions), nil
}

// finish marks the response, which knows no person, and the invitation, which
// knows no answer. Neither keeps the time.
func (t *Trust) finish(ctx context.Context, tx pgx.Tx, round uuid.UUID) error {
	handedIn, err := tx.Exec(ctx, `UPDATE responses SET submitted = true WHERE ods = $1 AND round_id = $2 AND respondent = $3`,
		t.ODS, round, t.respondent())
	if err == nil && handedIn.RowsAffected() != 1 {
		err = errors.New("there are answers but no response")
	}
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE invitations SET finished = true WHERE ods = $1 AND round_id = $2 AND person_id = $3`,
		t.ODS, round, t.Person)
	return err
}
