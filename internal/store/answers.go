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

// Saved says which revision of an answer is kept, and since when.
type Saved struct {
	Revision int
	SavedAt  time.Time
}

// StaleError is [assessment.ErrStale] with the answer that is kept, so that the
// person can see both and choose. One of revision 0 was deleted with the draft
// that it was in.
type StaleError struct{ Current assessment.Answer }

// Error says what [assessment.ErrStale] says.
func (e *StaleError) Error() string { return assessment.ErrStale.Error() }

// Unwrap makes a StaleError count as [assessment.ErrStale].
func (e *StaleError) Unwrap() error { return assessment.ErrStale }

// enterAndShare binds to the trust like bind and takes the round's lock. It is a
// statement of its own, so that the next one sees what was there once the lock
// was had: a round that closed meanwhile is seen closed.
const enterAndShare = `SELECT set_config('role', 'octant_tenant', true), set_config('octant.trust', $1, true),
	pg_advisory_xact_lock_shared($2)`

// EndedError is [assessment.ErrNotOpen] for somebody whose last day is over,
// while the round is still open for others.
type EndedError struct{ LastDay time.Time }

// Error says that the person's time is over.
func (e *EndedError) Error() string { return "store: the person's last day to answer is over" }

// Unwrap makes an EndedError count as [assessment.ErrNotOpen].
func (e *EndedError) Unwrap() error { return assessment.ErrNotOpen }

// inTime holds in the statements that save an answer: the day it is in the UK,
// $13, is not after the person's last, if the clock keeps the round.
const inTime = `(NOT r.by_clock OR greatest(i.extended_to, r.closes_on) >= $13)`

// saving is how an answer is saved, in two statements.
//
// change writes if the door is open (membership, invitation, round), the person
// has answered something in the round before, and what is kept is what they saw
// and says something else. That is nearly always so. Otherwise it writes nothing
// and does not say why. explain does the same step by step, begins the person's
// response if there is none, and says what it found; kept is the answer as it was
// before.
//
// An answer that was seen and is kept no more went with a deleted draft: it is
// not brought back. Once a draft was deleted, revisions begin where none has
// been, so that none of the old draft is taken for one of the new.
type saving struct{ change, explain string }

var (
	saveAnswer   = saving{changeHead + asksQuestion + changeTail, explainHead + asksQuestion + explainTail}
	saveLookBack = saving{changeHead + asksLookBack + changeTail, explainHead + asksLookBack + explainTail}
)

const changeHead = `
	INSERT INTO answers AS a (ods, round_id, respondent, question, choice, comment, evidence, revision, saved_at)
	SELECT $1, $3, $6, $7, $8, $9, $10, CASE WHEN $11::integer = 0 THEN i.drafts_deleted * ` + revisionsADraft + ` ELSE $11 END + 1, $12
	FROM memberships m
	JOIN rounds r ON r.ods = m.ods AND r.id = $3
	JOIN invitations i ON i.ods = m.ods AND i.round_id = $3 AND i.person_id = m.person_id
	JOIN responses s ON s.ods = m.ods AND s.round_id = $3 AND s.respondent = $6
	WHERE m.ods = $1 AND m.person_id = $2 AND m.role = ANY ($4)
	  AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date
	  AND r.state = 'open' AND NOT i.on_paper AND `

const changeTail = `
	  AND ` + inTime + ` AND ` + seenOrNew + `
	LIMIT 1
	ON CONFLICT (ods, round_id, respondent, question) DO UPDATE
	SET choice = excluded.choice, comment = excluded.comment, evidence = excluded.evidence,
	    revision = excluded.revision, saved_at = excluded.saved_at
	WHERE a.revision = $11
	  AND (a.choice, a.comment, a.evidence) IS DISTINCT FROM (excluded.choice, excluded.comment, excluded.evidence)
	RETURNING revision, saved_at`

const explainHead = `
	WITH door AS (
		SELECT bool_or(m.role = ANY ($4)) AS may
		FROM memberships m
		WHERE m.ods = $1 AND m.person_id = $2
		  AND m.from_on <= current_date AND coalesce(m.to_on, 'infinity') >= current_date
	), sheet AS (
		SELECT r.state, `

const explainTail = ` AS asks, i.on_paper, i.side, i.drafts_deleted,
		       ` + inTime + ` AS in_time, greatest(i.extended_to, r.closes_on) AS last_day
		FROM rounds r JOIN invitations i ON i.ods = r.ods AND i.round_id = r.id
		WHERE r.ods = $1 AND r.id = $3 AND r.state <> 'draft' AND i.person_id = $2
	), allowed AS (
		SELECT sheet.side, sheet.drafts_deleted FROM door, sheet
		WHERE door.may AND sheet.asks AND NOT sheet.on_paper AND sheet.state = 'open' AND sheet.in_time AND ` + seenOrNew + `
	), response AS (
		INSERT INTO responses (ods, round_id, respondent, side)
		SELECT $1, $3, $6, side FROM allowed
		ON CONFLICT (ods, round_id, respondent) DO NOTHING
	), saved AS (
		INSERT INTO answers AS a (ods, round_id, respondent, question, choice, comment, evidence, revision, saved_at)
		SELECT $1, $3, $6, $7, $8, $9, $10, CASE WHEN $11::integer = 0 THEN drafts_deleted * ` + revisionsADraft + ` ELSE $11 END + 1, $12 FROM allowed
		ON CONFLICT (ods, round_id, respondent, question) DO UPDATE
		SET choice = excluded.choice, comment = excluded.comment, evidence = excluded.evidence,
		    revision = excluded.revision, saved_at = excluded.saved_at
		WHERE a.revision = $11
		  AND (a.choice, a.comment, a.evidence) IS DISTINCT FROM (excluded.choice, excluded.comment, excluded.evidence)
		RETURNING revision, saved_at
	)
	SELECT door.may, sheet.state, sheet.in_time, sheet.last_day, sheet.on_paper, sheet.asks, saved.revision, saved.saved_at,
	       kept.choice, kept.comment, kept.evidence, kept.revision, kept.saved_at
	FROM door LEFT JOIN sheet ON true LEFT JOIN saved ON true
	LEFT JOIN answers kept
	       ON kept.ods = $1 AND kept.round_id = $3 AND kept.respondent = $6 AND kept.question = $7`

// SaveAnswer keeps an answer of this person in an open round and returns once it
// is committed. a.Revision is the revision that the person saw when they chose;
// if another one is kept by now and says something else, the error is a
// [*StaleError]. Saving the same again is no change and no error, so that a save
// whose acknowledgement was lost can be repeated.
//
// It is the one thing done often, so it is its own door: it binds, checks and
// writes in one round trip, and leaves no gap between check and write. Only a
// person's first answer in a round, or one that changes nothing, takes a second.
// It tells nobody: a notification would make saves wait for each other.
func (db *DB) SaveAnswer(ctx context.Context, person uuid.UUID, ods string, round uuid.UUID, a assessment.Answer, now time.Time) (Saved, error) {
	if !codeShape.MatchString(ods) {
		return Saved{}, ErrNotFound
	}
	if a.Choice > assessment.RatherNotSay {
		return Saved{}, assessment.ErrChoice
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	respondent := access.RespondentOf(db.secret, person, ods)
	args := []any{
		ods, person, round, access.With(access.Answer), formsAsking(a.Question), respondent[:],
		a.Question, a.Choice, a.Comment, a.Evidence, a.Revision, now, assessment.Today(now),
	}
	way := saveAnswer
	if questionnaire.IsBackKey(a.Question) {
		way = saveLookBack
	}
	var kept Saved
	err := errAgain
	for try := 0; try < 2 && (errors.Is(err, errAgain) || lost(err)); try++ {
		if !errors.Is(err, errAgain) {
			db.pool.Reset() // the other connections lead to the same lost server
		}
		kept, err = way.once(ctx, db, ods, round, a, args)
	}
	return kept, fault("save answer", err)
}

// errAgain means that somebody else saved the same answer in the same moment:
// asked again, the database can say what.
var errAgain = fmt.Errorf("%w; the answer is being saved elsewhere", assessment.ErrStale)

// once saves if nothing speaks against it, and otherwise asks what does.
func (s saving) once(ctx context.Context, db *DB, ods string, round uuid.UUID, a assessment.Answer, args []any) (Saved, error) {
	var kept Saved
	err := db.inRound(ctx, ods, round, s.change, args, func(row pgx.Row) error {
		err := row.Scan(&kept.Revision, &kept.SavedAt)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil // an error here would have the driver forget its prepared statements
		}
		return err
	})
	if err != nil {
		return Saved{}, err
	}
	if kept.Revision > 0 {
		return Saved{kept.Revision, kept.SavedAt.UTC()}, nil
	}
	var found savedRow
	if err := db.inRound(ctx, ods, round, s.explain, args, found.scan); err != nil {
		return Saved{}, err
	}
	return found.outcome(a)
}

// inRound runs one statement while the round cannot close.
func (db *DB) inRound(ctx context.Context, ods string, round uuid.UUID, sql string, args []any, scan func(pgx.Row) error) error {
	b := &pgx.Batch{}
	b.Queue(enterAndShare, ods, lockKey(round))
	b.Queue(sql, args...).QueryRow(scan)
	return db.pool.SendBatch(ctx, b).Close()
}

// savedRow is what [saving.explain] found. Everything is null that was not there.
type savedRow struct {
	may       *bool
	state     *assessment.State
	inTime    *bool
	lastDay   *time.Time
	onPaper   *bool
	asks      *bool
	revision  *int
	savedAt   *time.Time
	choice    *assessment.Choice
	comment   *string
	evidence  *string
	keptAs    *int
	keptSince *time.Time
}

func (r *savedRow) scan(row pgx.Row) error {
	return row.Scan(&r.may, &r.state, &r.inTime, &r.lastDay, &r.onPaper, &r.asks, &r.revision, &r.savedAt,
		&r.choice, &r.comment, &r.evidence, &r.keptAs, &r.keptSince)
}

// outcome puts what was found in the domain's words.
func (r *savedRow) outcome(a assessment.Answer) (Saved, error) {
	switch {
	case r.may == nil:
		return Saved{}, ErrNotFound // a stranger
	case !*r.may:
		return Saved{}, access.ErrDenied
	case r.state == nil:
		return Saved{}, ErrNotFound // no such round, or not asked in it
	case *r.state != assessment.Open:
		return Saved{}, assessment.ErrNotOpen
	case !*r.inTime:
		return Saved{}, &EndedError{*r.lastDay}
	case *r.onPaper:
		return Saved{}, assessment.ErrOnPaper
	case !*r.asks:
		return Saved{}, assessment.ErrNotAsked
	case r.revision != nil:
		return Saved{*r.revision, r.savedAt.UTC()}, nil
	case r.keptAs == nil && a.Revision > 0:
		return Saved{}, &StaleError{assessment.Answer{Question: a.Question}} // it was deleted
	case r.keptAs == nil:
		return Saved{}, errAgain
	}
	kept := assessment.Answer{
		Question: a.Question, Choice: *r.choice, Comment: *r.comment, Evidence: *r.evidence,
		Revision: *r.keptAs, SavedAt: timeOf(r.keptSince),
	}
	switch {
	case kept.Choice == a.Choice && kept.Comment == a.Comment && kept.Evidence == a.Evidence:
		return Saved{kept.Revision, kept.SavedAt}, nil
	case kept.Revision == a.Revision:
		return Saved{}, errAgain
	}
	return Saved{}, &StaleError{kept}
}

// timeOf is the time, or zero if there is none.
func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

// formsAsking lists the versions and forms that ask the question, as the
// statements compare them.
func formsAsking(question string) []string {
	forms := []string{}
	for _, name := range questionnaire.Names() {
		v, err := questionnaire.Load(name)
		if err != nil {
			continue
		}
		_, back := v.BackQuestion(question)
		for _, f := range []questionnaire.Form{questionnaire.Full, questionnaire.Core} {
			if back || v.Asks(f, question) {
				forms = append(forms, name+"/"+string(f))
			}
		}
	}
	return forms
}
