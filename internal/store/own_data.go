package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
)

// OwnData is all that is held on one person and can be led back to them. It
// names nobody else.
type OwnData struct {
	Account  OwnAccount   `json:"account"`
	Roles    []OwnRole    `json:"roles"`
	SignIns  []OwnSignIn  `json:"signIns"`
	Sessions []OwnSession `json:"sessions"`
	Codes    []OwnCode    `json:"signInCodes"`
	Trusts   []OwnTrust   `json:"trusts"`
	Record   []OwnEntry   `json:"record"` // what was done for no single trust
}

// OwnAccount is the account itself.
type OwnAccount struct {
	ID    uuid.UUID `json:"id"`
	Name  string    `json:"name"`
	Email string    `json:"email"`
	Admin bool      `json:"platformAdministrator"`
	Made  time.Time `json:"made"`
}

// OwnRole is a role in a trust, also one that has ended.
type OwnRole struct {
	ODS   string      `json:"ods"`
	Trust string      `json:"trust"`
	Role  access.Role `json:"role"`
	Title string      `json:"boardRole"`
	Side  string      `json:"side"`
	From  time.Time   `json:"from"`
	To    *time.Time  `json:"to"`
}

// OwnSignIn is one time the person signed in.
type OwnSignIn struct {
	At     time.Time  `json:"at"`
	Way    access.Way `json:"way"`
	Device string     `json:"device"`
}

// OwnSession is a browser in which the person is signed in.
type OwnSession struct {
	Started time.Time  `json:"started"`
	Seen    time.Time  `json:"lastUsed"`
	Ends    time.Time  `json:"ends"`
	Way     access.Way `json:"way"`
	Device  string     `json:"device"`
	ODS     string     `json:"onlyTrust"`
}

// OwnCode is a sign-in code that was asked for.
type OwnCode struct {
	Made    time.Time  `json:"made"`
	Expires time.Time  `json:"expires"`
	Used    *time.Time `json:"used"`
}

// OwnTrust is what one trust holds on the person.
type OwnTrust struct {
	ODS       string        `json:"ods"`
	Name      string        `json:"name"`
	Rounds    []OwnRound    `json:"rounds"`
	Letters   []OwnLetter   `json:"letters"`
	Links     []OwnLink     `json:"links"`
	Actions   []OwnAction   `json:"actions"`
	Record    []OwnEntry    `json:"record"`
	Workshops []OwnWorkshop `json:"workshops"`
}

// OwnRound is a round in which the person is or was asked.
type OwnRound struct {
	ID            uuid.UUID        `json:"id"`
	Title         string           `json:"title"`
	Questionnaire string           `json:"questionnaire"`
	State         assessment.State `json:"state"`
	Side          assessment.Side  `json:"side"`
	BoardRole     string           `json:"boardRole"`
	Submitted     bool             `json:"submitted"`
	ExtendedTo    *time.Time       `json:"extendedTo"`
	Away          bool             `json:"away"`
	OnPaper       bool             `json:"onPaper"`
	DraftsDeleted int              `json:"draftsDeleted"`
	Unlinked      *time.Time       `json:"answersCutLoose"`
	Answers       []OwnAnswer      `json:"answers" db:"-"`
}

// OwnAnswer is one answer as it was given. Text and Answer are for whoever shows
// it to fill in, from the questionnaire.
type OwnAnswer struct {
	Question string            `json:"question"`
	Text     string            `json:"text"`
	Choice   assessment.Choice `json:"-"`
	Answer   string            `json:"answer"`
	Comment  string            `json:"comment"`
	Evidence string            `json:"evidence"`
	Saved    *time.Time        `json:"saved"`
}

// OwnLetter is a letter to the person.
type OwnLetter struct {
	Round string     `json:"round"`
	Kind  string     `json:"kind"`
	State string     `json:"state"`
	Said  string     `json:"mailServerSaid"`
	Made  time.Time  `json:"made"`
	Done  *time.Time `json:"done"`
}

// OwnLink is a personal link or printed letter; what would let somebody in is
// not kept, so it is not here.
type OwnLink struct {
	Round   string     `json:"round"`
	Kind    string     `json:"kind"`
	Made    time.Time  `json:"made"`
	Revoked *time.Time `json:"revoked"`
}

// OwnAction is an action of the board that names the person as its owner.
type OwnAction struct {
	What   string    `json:"what"`
	Due    time.Time `json:"due"`
	State  string    `json:"state"`
	Became string    `json:"became"`
}

// OwnEntry is an entry of the record that the person did or that is about them.
type OwnEntry struct {
	At     time.Time  `json:"at"`
	Deed   audit.Deed `json:"deed"`
	By     string     `json:"by"`    // "you", "somebody else" or "the service"
	About  string     `json:"about"` // "you", "somebody else" or ""
	Round  string     `json:"round"`
	Detail string     `json:"detail"` // "" where it is about somebody else
}

// OwnData reads all that is held on one person, who is the one that asks. Each
// trust's rows are read bound to that trust, also one that they have left.
func (db *DB) OwnData(ctx context.Context, person uuid.UUID) (OwnData, error) {
	d, err := db.ownData(ctx, person, nil)
	return d, fault("own data", err)
}

// TakeOwnData is [DB.OwnData] for a download, which is recorded.
func (db *DB) TakeOwnData(ctx context.Context, person uuid.UUID, now time.Time) (OwnData, error) {
	d, err := db.ownData(ctx, person, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT set_config('role', 'none', true)`); err != nil {
			return err
		}
		return keepNote(ctx, tx, now, audit.Entry{ODS: audit.Platform, Actor: person, Person: person, Deed: audit.DataTaken})
	})
	return d, fault("take own data", err)
}

func (db *DB) ownData(ctx context.Context, person uuid.UUID, last func(pgx.Tx) error) (d OwnData, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err = pgx.BeginFunc(ctx, db.pool, func(tx pgx.Tx) error {
		desk := &pgx.Batch{}
		d.queueDesk(desk, person)
		if err := tx.SendBatch(ctx, desk).Close(); err != nil {
			return err
		}
		running := &pgx.Batch{}
		for i := range d.Trusts {
			d.Trusts[i].queueRunning(running)
		}
		if err := tx.SendBatch(ctx, running).Close(); err != nil {
			return err
		}
		trusts := &pgx.Batch{}
		for i := range d.Trusts {
			respondent := access.RespondentOf(db.secret, person, d.Trusts[i].ODS)
			d.Trusts[i].queue(trusts, person, respondent[:])
			d.Trusts[i].queueWorkshops(trusts, func(id uuid.UUID) uuid.UUID {
				return access.Participant(db.secret, person, d.Trusts[i].ODS, id)
			})
		}
		if err := tx.SendBatch(ctx, trusts).Close(); err != nil || last == nil {
			return err
		}
		return last(tx)
	})
	return d, err
}

// queueDesk asks what the front desk holds, and in which trusts there may be more.
func (d *OwnData) queueDesk(b *pgx.Batch, person uuid.UUID) {
	b.Queue(`SELECT id, name, coalesce(email, ''), admin, made_at FROM people WHERE id = $1`, person).
		QueryRow(func(row pgx.Row) error {
			return row.Scan(&d.Account.ID, &d.Account.Name, &d.Account.Email, &d.Account.Admin, &d.Account.Made)
		})
	into(b.Queue(`
		SELECT m.ods, t.name, m.role, m.title, coalesce(m.side, ''), m.from_on, m.to_on
		FROM memberships m JOIN trusts t ON t.ods = m.ods
		WHERE m.person_id = $1 ORDER BY t.name, m.from_on, m.role`, person), &d.Roles)
	into(b.Queue(`SELECT at, way, device FROM sign_ins WHERE person_id = $1 ORDER BY at DESC`, person), &d.SignIns)
	into(b.Queue(`
		SELECT started_at, seen_at, expiry, coalesce(way, ''), coalesce(device, ''), coalesce(ods, '')
		FROM sessions WHERE person_id = $1 ORDER BY started_at DESC`, person), &d.Sessions)
	into(b.Queue(`SELECT made_at, expires_at, used_at FROM sign_in_codes WHERE person_id = $1 ORDER BY made_at DESC`, person), &d.Codes)
	b.Queue(`
		SELECT t.ods, t.name FROM trusts t
		WHERE EXISTS (SELECT FROM memberships m WHERE m.ods = t.ods AND m.person_id = $1)
		   OR EXISTS (SELECT FROM audit a WHERE a.ods = t.ods AND (a.actor = $1 OR a.person_id = $1))
		ORDER BY t.name, t.ods`, person).
		Query(func(rows pgx.Rows) (err error) {
			d.Trusts, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (t OwnTrust, err error) {
				return t, row.Scan(&t.ODS, &t.Name)
			})
			return err
		})
	into(b.Queue(ownRecord(`''`), audit.Platform, person), &d.Record)
}

// ownRecord asks what the record of one chain says of what a person did and of
// what was done to them; round finds a round's title.
func ownRecord(round string) string {
	return `
	SELECT a.at, a.deed,
	       CASE WHEN a.actor = $2 THEN 'you' WHEN a.actor IS NULL THEN 'the service' ELSE 'somebody else' END,
	       CASE WHEN a.person_id = $2 THEN 'you' WHEN a.person_id IS NULL THEN '' ELSE 'somebody else' END,
	       ` + round + `, CASE WHEN a.person_id <> $2 THEN '' ELSE a.detail END
	FROM audit a
	WHERE a.ods = $1 AND (a.actor = $2 OR a.person_id = $2) ORDER BY a.seq DESC`
}

// queue asks what a trust holds, bound to that trust.
func (o *OwnTrust) queue(b *pgx.Batch, person uuid.UUID, respondent []byte) {
	b.Queue(bind, o.ODS)
	into(b.Queue(`
		SELECT r.id, r.title, r.questionnaire, r.state, i.side, i.title, i.finished, i.extended_to, i.away, i.on_paper,
		       i.drafts_deleted, r.unlinked_at
		FROM invitations i JOIN rounds r ON r.ods = i.ods AND r.id = i.round_id
		WHERE i.ods = $1 AND i.person_id = $2 ORDER BY r.opens_on DESC, r.id`, o.ODS, person), &o.Rounds)
	b.Queue(`
		SELECT round_id, question, choice, comment, evidence, saved_at
		FROM answers WHERE ods = $1 AND respondent = $2 ORDER BY round_id, question`, o.ODS, respondent).
		Query(o.collectAnswers)
	into(b.Queue(`
		SELECT coalesce(r.title, ''), l.kind, l.state, l.said, l.made_at, l.done_at
		FROM letters l LEFT JOIN rounds r ON r.ods = l.ods AND r.id = l.round_id
		WHERE l.ods = $1 AND l.person_id = $2 ORDER BY l.made_at DESC`, o.ODS, person), &o.Letters)
	into(b.Queue(`
		SELECT r.title, l.kind, l.made_at, l.revoked_at
		FROM links l JOIN rounds r ON r.ods = l.ods AND r.id = l.round_id
		WHERE l.ods = $1 AND l.person_id = $2 ORDER BY l.made_at DESC`, o.ODS, person), &o.Links)
	into(b.Queue(`SELECT what, due_on, state, became FROM actions WHERE ods = $1 AND owner_id = $2 ORDER BY due_on DESC, id`, o.ODS, person), &o.Actions)
	into(b.Queue(ownRecord(`coalesce((SELECT r.title FROM rounds r WHERE r.ods = a.ods AND r.id = a.round_id), '')`), o.ODS, person), &o.Record)
}

func (o *OwnTrust) collectAnswers(rows pgx.Rows) error {
	var round uuid.UUID
	var a OwnAnswer
	_, err := pgx.ForEachRow(rows, []any{&round, &a.Question, &a.Choice, &a.Comment, &a.Evidence, &a.Saved}, func() error {
		for i := range o.Rounds {
			if o.Rounds[i].ID == round {
				o.Rounds[i].Answers = append(o.Rounds[i].Answers, a)
			}
		}
		return nil
	})
	return err
}

// into collects a question's rows by position.
func into[T any](q *pgx.QueuedQuery, all *[]T) {
	q.Query(func(rows pgx.Rows) (err error) {
		*all, err = pgx.CollectRows(rows, pgx.RowToStructByPos[T])
		return err
	})
}

// UnlinkedAt is when the answers of a round were cut loose from people; zero
// while they are not.
func (t *Trust) UnlinkedAt(ctx context.Context, round uuid.UUID) (at time.Time, err error) {
	err = t.read(ctx, access.Answer, func(b *pgx.Batch) {
		b.Queue(`SELECT coalesce(unlinked_at, '0001-01-01 00:00:00Z') FROM rounds WHERE ods = $1 AND id = $2`, t.ODS, round).
			QueryRow(func(row pgx.Row) error { return row.Scan(&at) })
	})
	return at, fault("unlinked at", err)
}
