package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
)

// Why a letter is not sent again.
var (
	ErrNoAddress = errors.New("store: person has no email address")
	ErrUnderWay  = errors.New("store: a letter to this person is under way")
	ErrFinished  = errors.New("store: person has finished")
)

// SentLetter is a letter as the lead sees it: what became of it, and never what
// somebody did with it.
type SentLetter struct {
	Kind   assessment.Letter
	State  LetterState
	Said   string // the mail server's words
	MadeAt time.Time
	DoneAt time.Time // zero while it waits
}

// Correspondent is somebody who is asked in a round, with the newest letter of
// each kind to them, the newest first.
type Correspondent struct {
	Person    uuid.UUID
	Name      string
	Reachable bool // has an email address
	OnPaper   bool
	Finished  bool
	Letters   []SentLetter
}

// UnderWay says whether a letter to the person still waits.
func (c *Correspondent) UnderWay() bool {
	return slices.ContainsFunc(c.Letters, func(l SentLetter) bool { return l.State.waits() })
}

// Letters lists who got what in a round, by name.
func (t *Trust) Letters(ctx context.Context, round uuid.UUID) (list []Correspondent, err error) {
	err = t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT p.id, p.name, i.on_paper, i.finished,
			       coalesce(l.kind, ''), coalesce(l.state, ''), coalesce(l.said, ''), l.made_at, l.done_at
			FROM invitations i
			JOIN people p ON p.id = i.person_id
			LEFT JOIN (SELECT DISTINCT ON (person_id, kind) person_id, kind, state, said, made_at, done_at, id
			           FROM letters WHERE ods = $1 AND round_id = $2 ORDER BY person_id, kind, made_at DESC, id DESC) l
			       ON l.person_id = i.person_id
			WHERE i.ods = $1 AND i.round_id = $2
			ORDER BY p.name, p.id, l.made_at DESC, l.id DESC`, t.ODS, round)
		if err != nil {
			return err
		}
		if list, err = collectLetters(rows); err != nil {
			return err
		}
		return t.markReachable(ctx, tx, list)
	})
	return list, fault("letters", err)
}

// collectLetters gathers letters, which come person by person.
func collectLetters(rows pgx.Rows) (list []Correspondent, err error) {
	var c Correspondent
	var l SentLetter
	var made, done *time.Time
	_, err = pgx.ForEachRow(rows, []any{&c.Person, &c.Name, &c.OnPaper, &c.Finished, &l.Kind, &l.State, &l.Said, &made, &done}, func() error {
		if n := len(list); n == 0 || list[n-1].Person != c.Person {
			list = append(list, c)
		}
		if made == nil {
			return nil
		}
		l.MadeAt, l.DoneAt = made.UTC(), time.Time{}
		if done != nil {
			l.DoneAt = done.UTC()
		}
		last := &list[len(list)-1]
		last.Letters = append(last.Letters, l)
		return nil
	})
	return list, err
}

func (t *Trust) markReachable(ctx context.Context, tx pgx.Tx, list []Correspondent) error {
	people := make([]uuid.UUID, len(list))
	for i, c := range list {
		people[i] = c.Person
	}
	reached, err := t.reachable(ctx, tx, people)
	if err != nil {
		return err
	}
	has := make(map[uuid.UUID]bool, len(reached))
	for _, id := range reached {
		has[id] = true
	}
	for i := range list {
		list[i].Reachable = has[list[i].Person]
	}
	return nil
}

// SendAgain writes to somebody who is asked once more: the invitation while the
// round is open, that the report is ready once it has closed. It says
// ErrNotFound for somebody who is not asked, [assessment.ErrNotOpen] for a
// draft, and otherwise why there is nothing to send.
func (t *Trust) SendAgain(ctx context.Context, round, person uuid.UUID, now time.Time) error {
	return fault("send again", t.tx(ctx, access.ManageRounds, func(ctx context.Context, tx pgx.Tx) error {
		var state assessment.State
		var finished, onPaper bool
		// The row is held so that of two requests at once the second sees the first's letter.
		err := tx.QueryRow(ctx, `
			SELECT r.state, i.finished, i.on_paper
			FROM invitations i JOIN rounds r ON r.ods = i.ods AND r.id = i.round_id
			WHERE i.ods = $1 AND i.round_id = $2 AND i.person_id = $3 FOR NO KEY UPDATE OF i`, t.ODS, round, person).
			Scan(&state, &finished, &onPaper)
		if err != nil {
			return err
		}
		kind, err := repeatable(state, finished, onPaper)
		if err != nil {
			return err
		}
		if kind == assessment.Invitation {
			if _, err := t.linkFor(ctx, tx, round, person, string(access.ByLink), now); err != nil {
				return err
			}
		}
		if err := t.free(ctx, tx, round, person); err != nil {
			return err
		}
		if err := t.queueLetters(ctx, tx, round, kind, []uuid.UUID{person}, now); err != nil {
			return err
		}
		return t.note(ctx, tx, now, audit.Entry{Deed: audit.LetterAgain, Round: round, Person: person, Detail: string(kind)})
	}))
}

// repeatable is the letter that tells somebody what to do now.
func repeatable(state assessment.State, finished, onPaper bool) (assessment.Letter, error) {
	switch {
	case state == assessment.Draft:
		return assessment.NoLetter, assessment.ErrNotOpen
	case state == assessment.Closed:
		return assessment.Released, nil
	case finished:
		return assessment.NoLetter, ErrFinished
	case onPaper:
		return assessment.NoLetter, assessment.ErrOnPaper
	}
	return assessment.Invitation, nil
}

// free refuses where the person cannot be reached or a letter is under way.
func (t *Trust) free(ctx context.Context, tx pgx.Tx, round, person uuid.UUID) error {
	var waiting bool
	err := tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM letters WHERE ods = $1 AND round_id = $2 AND person_id = $3 AND state IN ('queued', 'sending'))`,
		t.ODS, round, person).Scan(&waiting)
	if err != nil {
		return err
	}
	if waiting {
		return ErrUnderWay
	}
	reached, err := t.reachable(ctx, tx, []uuid.UUID{person})
	if err == nil && len(reached) == 0 {
		return ErrNoAddress
	}
	return err
}
