package storetest

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
)

// Now is the time at which tests' rounds are made, opened and closed.
var Now = time.Date(2026, time.October, 5, 9, 30, 0, 0, time.UTC)

// Board is one trust and its people, one in every role and the board members.
type Board struct {
	ODS         string
	Name        string
	Lead        uuid.UUID
	Chair       uuid.UUID
	Facilitator uuid.UUID
	Observer    uuid.UUID
	Viewer      uuid.UUID
	Members     []uuid.UUID // six executives, then six non-executives
}

// BoardSize is how many members a [Board] has, half of them on each side.
const BoardSize = 12

var titles = [BoardSize]string{
	"Chief executive", "Chief finance officer", "Chief medical officer", "Chief nurse", "Chief operating officer", "Chief people officer",
	"Chair", "Vice chair", "Senior independent director", "Non-executive director", "Non-executive director", "Non-executive director",
}

var boards atomic.Int64

// Trust makes a trust that no other test has, with people of its own.
func Trust(tb testing.TB, db *store.DB) Board {
	tb.Helper()
	n := boards.Add(1)
	b := Board{ODS: fmt.Sprintf("T%04s", strings.ToUpper(strconv.FormatInt(n, 36)))}
	b.Name = "Test Trust " + b.ODS
	pool := Owner(tb, db)
	run(tb, pool, `INSERT INTO trusts (ods, name, kind) VALUES ($1, $2, 'Acute')`, b.ODS, b.Name)
	for role, person := range map[access.Role]*uuid.UUID{
		access.Lead: &b.Lead, access.Chair: &b.Chair, access.Facilitator: &b.Facilitator,
		access.Observer: &b.Observer, access.Viewer: &b.Viewer,
	} {
		*person = Person(tb, db, string(role)+" of "+b.ODS)
		join(tb, pool, b.ODS, *person, role, "", nil)
	}
	for i, title := range titles {
		member := Person(tb, db, fmt.Sprintf("Member %02d of %s", i+1, b.ODS))
		side := assessment.Executive
		if i >= BoardSize/2 {
			side = assessment.NonExecutive
		}
		join(tb, pool, b.ODS, member, access.Member, title, &side)
		b.Members = append(b.Members, member)
	}
	return b
}

// Person makes somebody who belongs nowhere yet.
func Person(tb testing.TB, db *store.DB, name string) uuid.UUID {
	tb.Helper()
	id := uuid.Must(uuid.NewV7())
	run(tb, Owner(tb, db), `INSERT INTO people (id, email, name) VALUES ($1, $2, $3)`, id, id.String()+"@example.org", name)
	return id
}

// Join gives somebody a role in a trust; a member sits with the executives.
func Join(tb testing.TB, db *store.DB, ods string, person uuid.UUID, role access.Role) {
	tb.Helper()
	var side *assessment.Side
	if role == access.Member {
		side = new(assessment.Executive)
	}
	join(tb, Owner(tb, db), ods, person, role, "", side)
}

func join(tb testing.TB, pool *pgxpool.Pool, ods string, person uuid.UUID, role access.Role, title string, side *assessment.Side) {
	tb.Helper()
	run(tb, pool, `INSERT INTO memberships (ods, person_id, role, title, side, from_on) VALUES ($1, $2, $3, $4, $5, '2020-01-01')`,
		ods, person, role, title, side)
}

// Enter lets somebody into a trust to which they belong.
func Enter(tb testing.TB, db *store.DB, person uuid.UUID, ods string) *store.Trust {
	tb.Helper()
	t, err := db.Enter(tb.Context(), person, ods)
	must(tb, err)
	return t
}

// Draft makes a draft that asks nobody yet.
func Draft(tb testing.TB, db *store.DB, b Board, form questionnaire.Form) assessment.Round {
	tb.Helper()
	r, err := Enter(tb, db, b.Lead, b.ODS).CreateRound(tb.Context(), assessment.Round{
		Title: "Autumn 2026", Form: form, Questionnaire: questionnaire.Latest(),
		OpensOn: Now.Truncate(24 * time.Hour), ClosesOn: Now.AddDate(0, 0, 14).Truncate(24 * time.Hour),
	}, Now)
	must(tb, err)
	return r
}

// OpenRound makes an open round that asks the board's members.
func OpenRound(tb testing.TB, db *store.DB, b Board, form questionnaire.Form) assessment.Round {
	tb.Helper()
	lead := Enter(tb, db, b.Lead, b.ODS)
	r := Draft(tb, db, b, form)
	must(tb, lead.SetAsked(tb.Context(), r.ID, b.Members, Now))
	must(tb, lead.OpenRound(tb.Context(), r.ID, Now))
	return reread(tb, lead, r.ID)
}

// ClosedRound makes a closed round to which every member answered; see [Answer].
func ClosedRound(tb testing.TB, db *store.DB, b Board, form questionnaire.Form) assessment.Round {
	tb.Helper()
	r := OpenRound(tb, db, b, form)
	for i, member := range b.Members {
		Answer(tb, db, b, r, member, i)
	}
	lead := Enter(tb, db, b.Lead, b.ODS)
	must(tb, lead.CloseRound(tb.Context(), r.ID, Now.AddDate(0, 0, 14)))
	return reread(tb, lead, r.ID)
}

// Answer answers every question of an open round for one member and submits.
// Which levels it takes depends on seed alone.
func Answer(tb testing.TB, db *store.DB, b Board, r assessment.Round, member uuid.UUID, seed int) {
	tb.Helper()
	v, err := questionnaire.Load(r.Questionnaire)
	must(tb, err)
	var keys []string
	var choices []int16
	for i, q := range v.Questions(r.Form) {
		keys, choices = append(keys, q.Key), append(choices, int16(1+(seed*7+i*3+seed*i)%5))
	}
	respondent := access.RespondentOf(Secret, member, b.ODS)
	pool := Owner(tb, db)
	run(tb, pool, `
		INSERT INTO responses (ods, round_id, respondent, side)
		SELECT ods, round_id, $4, side FROM invitations WHERE ods = $1 AND round_id = $2 AND person_id = $3`,
		b.ODS, r.ID, member, respondent[:])
	run(tb, pool, `
		INSERT INTO answers (ods, round_id, respondent, question, choice, revision, saved_at)
		SELECT $1, $2, $3, a.key, a.choice, 1, $6 FROM unnest($4::text[], $5::smallint[]) AS a (key, choice)`,
		b.ODS, r.ID, respondent[:], keys, choices, Now)
	must(tb, Enter(tb, db, member, b.ODS).Submit(tb.Context(), r.ID, false, Now))
}

func reread(tb testing.TB, t *store.Trust, id uuid.UUID) assessment.Round {
	tb.Helper()
	r, err := t.Round(tb.Context(), id)
	must(tb, err)
	return r
}

func run(tb testing.TB, pool *pgxpool.Pool, sql string, args ...any) {
	tb.Helper()
	_, err := pool.Exec(context.WithoutCancel(tb.Context()), sql, args...)
	must(tb, err)
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatalf("storetest: %v", err)
	}
}
