package store

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"octant/internal/access"
	"octant/internal/action"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/workshop"
)

// LetterState is what became of a letter.
type LetterState string

// The states. A letter is taken when its turn comes and then either not needed
// any more, or handed to the mail server, which takes it or not. What a server
// takes and returns later goes to the address it came from, which the program
// does not read: no letter becomes "bounced" yet.
const (
	LetterQueued   LetterState = "queued"
	LetterSending  LetterState = "sending"  // it is being handed over, or the program died while it was
	LetterAccepted LetterState = "accepted" // the server has answered for it
	LetterRefused  LetterState = "refused"
	LetterDropped  LetterState = "dropped" // not needed any more when its turn came
)

// waits says whether the letter's job is still to be done.
func (s LetterState) waits() bool { return s == LetterQueued || s == LetterSending }

// Outgoing is a letter whose turn has come, with all that it says.
type Outgoing struct {
	ID      uuid.UUID
	Kind    assessment.Letter
	State   LetterState
	MadeAt  time.Time
	ODS     string
	Trust   string
	To      access.Person
	Round   assessment.Round
	LastDay time.Time // for this person
	Minutes string    // that the questions take
	Token   string    // of the personal link, "" where the letter carries none
	Advice  *Advice   // in a letter about a request for advice, which is about no round

	Workshop *workshop.Workshop // in a letter about its outcome: its id and title
	Action   *action.Action     // in a letter about an action that is due
}

// queueLetters writes a letter of one kind to these people and queues them, in a
// transaction of the trust's: they go if and only if its changes were kept.
// Nobody gets one who has no email address.
func (t *Trust) queueLetters(ctx context.Context, tx pgx.Tx, round uuid.UUID, kind assessment.Letter, people []uuid.UUID, now time.Time) error {
	reached, err := t.reachable(ctx, tx, people)
	if err != nil || len(reached) == 0 {
		return err
	}
	ids, jobs := make([]uuid.UUID, len(reached)), make([]river.JobArgs, len(reached))
	for i := range reached {
		if ids[i], err = uuid.NewV7(); err != nil {
			return err
		}
		jobs[i] = LetterJob{ODS: t.ODS, Letter: ids[i]}
	}
	_, err = tx.Exec(ctx, `
		INSERT INTO letters (ods, id, round_id, person_id, kind, state, made_at)
		SELECT $1, l.id, $2, l.person, $3, $4, $5 FROM unnest($6::uuid[], $7::uuid[]) AS l (id, person)`,
		t.ODS, round, kind, LetterQueued, now, ids, reached)
	if err != nil {
		return err
	}
	return t.enqueueAt(ctx, tx, t.postAt(now), jobs...)
}

// postAt is when a letter written now leaves. What somebody sends leaves at once:
// they know what hour it is. What the clock writes waits for the next hour at
// which letters go.
func (t *Trust) postAt(now time.Time) time.Time {
	if t.Person != uuid.Nil || assessment.MayWrite(now) {
		return time.Time{}
	}
	return assessment.NextWriting(now)
}

// reachable is those of the people who have an email address. Only the front
// desk can tell.
func (t *Trust) reachable(ctx context.Context, tx pgx.Tx, people []uuid.UUID) (reached []uuid.UUID, err error) {
	if len(people) == 0 {
		return nil, nil
	}
	err = t.asDesk(ctx, tx, func() error {
		rows, err := tx.Query(ctx, `SELECT id FROM people WHERE id = ANY ($1) AND email IS NOT NULL ORDER BY id`, people)
		if err != nil {
			return err
		}
		reached, err = pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
		return err
	})
	return reached, err
}

// queueToAsked writes to everybody who is asked in a round. Invitations leave
// out those who answer on paper or are away.
func (t *Trust) queueToAsked(ctx context.Context, tx pgx.Tx, round uuid.UUID, kind assessment.Letter, now time.Time) error {
	rows, err := tx.Query(ctx, `
		SELECT person_id FROM invitations
		WHERE ods = $1 AND round_id = $2 AND ($3 OR NOT on_paper AND NOT away) ORDER BY person_id`,
		t.ODS, round, kind == assessment.Released)
	if err != nil {
		return err
	}
	people, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return err
	}
	return t.queueLetters(ctx, tx, round, kind, people, now)
}

// TakeLetter gives a letter to whoever hands it over. It says false for one that
// nobody needs any more, or that was dealt with before.
//
// A program that dies after the mail server took the letter and before
// [Trust.RecordLetter] leaves it in the state "sending", and it is taken again:
// no mail server can be asked whether it has a letter. Both copies have the same
// name (Message-ID), by which mailboxes know them for one.
func (t *Trust) TakeLetter(ctx context.Context, id uuid.UUID, now time.Time) (out Outgoing, ok bool, err error) {
	err = t.tx(ctx, access.KeepTime, func(ctx context.Context, tx pgx.Tx) error {
		out, ok, err = t.letter(ctx, tx, id, now)
		if errors.Is(err, pgx.ErrNoRows) || err == nil && !out.State.waits() {
			ok = false
			return nil
		}
		if err != nil {
			return err
		}
		state := LetterSending
		if !ok {
			state = LetterDropped
		}
		return t.recordLetter(ctx, tx, id, state, "", now)
	})
	return out, ok, fault("take letter", err)
}

// RecordLetter keeps what became of a letter that was taken, with the mail
// server's words, in which no address may stand. "queued" sends it back to wait.
func (t *Trust) RecordLetter(ctx context.Context, id uuid.UUID, state LetterState, said string, now time.Time) error {
	return fault("record letter", t.tx(ctx, access.KeepTime, func(ctx context.Context, tx pgx.Tx) error {
		return t.recordLetter(ctx, tx, id, state, said, now)
	}))
}

func (t *Trust) recordLetter(ctx context.Context, tx pgx.Tx, id uuid.UUID, state LetterState, said string, now time.Time) error {
	var done *time.Time
	if !state.waits() {
		done = &now
	}
	_, err := tx.Exec(ctx, `
		UPDATE letters SET state = $3, said = CASE WHEN $3 = 'sending' THEN said ELSE $4 END, done_at = $5
		WHERE ods = $1 AND id = $2 AND state IN ('queued', 'sending')`, t.ODS, id, state, said, done)
	return err
}

// letter reads one letter with all that it says, and keeps it from others until
// the transaction ends. ok is whether anybody needs it.
func (t *Trust) letter(ctx context.Context, tx pgx.Tx, id uuid.UUID, now time.Time) (out Outgoing, ok bool, err error) {
	out = Outgoing{ID: id, ODS: t.ODS, Trust: t.Name}
	var finished, away, asked, back bool
	r := &out.Round
	err = tx.QueryRow(ctx, `
		SELECT l.kind, l.state, l.made_at, l.person_id, r.id, r.title, r.questionnaire, r.form, r.state, r.closes_on,
		       greatest(r.closes_on, i.extended_to), coalesce(i.finished, false), coalesce(i.away, false), i.person_id IS NOT NULL,
		       `+lookedBackOn+` IS NOT NULL
		FROM letters l
		JOIN rounds r ON r.ods = l.ods AND r.id = l.round_id
		LEFT JOIN invitations i ON i.ods = l.ods AND i.round_id = l.round_id AND i.person_id = l.person_id
		WHERE l.ods = $1 AND l.id = $2 FOR UPDATE OF l`, t.ODS, id).
		Scan(&out.Kind, &out.State, &out.MadeAt, &out.To.ID, &r.ID, &r.Title, &r.Questionnaire, &r.Form, &r.State, &r.ClosesOn,
			&out.LastDay, &finished, &away, &asked, &back)
	if errors.Is(err, pgx.ErrNoRows) {
		return t.letterOfNoRound(ctx, tx, id) // or there is no such letter
	}
	if err != nil {
		return out, false, err
	}
	out.MadeAt = out.MadeAt.UTC()
	if ok = asked && out.needed(finished, away); !ok {
		return out, false, nil
	}
	if ok, err = t.addressed(ctx, tx, &out); err != nil || !ok {
		return out, false, err
	}
	return t.complete(ctx, tx, out, back, now)
}

// needed says whether the letter still tells its reader something to do.
func (o *Outgoing) needed(finished, away bool) bool {
	switch o.Kind {
	case assessment.Released:
		return o.Round.State == assessment.Closed
	case assessment.Invitation:
		return o.Round.State == assessment.Open && !finished
	}
	return o.Round.State == assessment.Open && !finished && !away
}

// addressed adds whom the letter is for, which only the front desk knows. It says
// false for somebody whose address has gone meanwhile.
func (t *Trust) addressed(ctx context.Context, tx pgx.Tx, out *Outgoing) (ok bool, err error) {
	err = t.asDesk(ctx, tx, func() error {
		return tx.QueryRow(ctx, `SELECT name, coalesce(email, '') FROM people WHERE id = $1`, out.To.ID).
			Scan(&out.To.Name, &out.To.Email)
	})
	return err == nil && out.To.Email != "", err
}

// complete adds the personal link and how long the questions take, with the page
// that looks back or without. A letter whose link was revoked says nothing that
// anybody could use.
func (t *Trust) complete(ctx context.Context, tx pgx.Tx, out Outgoing, back bool, now time.Time) (Outgoing, bool, error) {
	if out.Kind == assessment.Released {
		return out, true, nil
	}
	v, err := questionnaire.Load(out.Round.Questionnaire)
	if err != nil {
		return out, false, err
	}
	out.Minutes = v.Minutes(out.Round.Form, back)
	out.Token, err = t.linkFor(ctx, tx, out.Round.ID, out.To.ID, string(access.ByLink), now)
	if errors.Is(err, ErrRevoked) || errors.Is(err, assessment.ErrOnPaper) {
		return out, false, nil
	}
	return out, err == nil, err
}
