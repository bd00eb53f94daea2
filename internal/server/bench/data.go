package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
)

// What is generated for each trust.
const (
	boardSize = 14
	closed    = 8 // rounds with a report, beside one that is open
)

// firstDay is when the first round of every trust opens; one follows each half year.
var firstDay = time.Date(2022, time.October, 3, 9, 0, 0, 0, time.UTC)

// trust is one generated trust.
type trust struct {
	ods     string
	name    string
	lead    person
	members [boardSize]person
	rounds  []uuid.UUID // oldest first; those that are open come last
}

type person struct {
	id   uuid.UUID
	name string
}

func (t trust) round(n int) string { return "/trusts/" + t.ods + "/rounds/" + t.rounds[n].String() }

// generator makes the same trusts from the same seed.
type generator struct {
	random  *rand.Rand
	version *questionnaire.Version
	secret  []byte
	rows    map[string][][]any // by table
}

// columns of the tables that are filled, in the order their rows stand on each
// other.
var columns = []struct {
	table string
	names []string
}{
	{"trusts", []string{"ods", "name", "kind"}},
	{"people", []string{"id", "email", "name"}},
	{"memberships", []string{"ods", "person_id", "role", "title", "side", "from_on"}},
	{"rounds", []string{"ods", "id", "title", "form", "questionnaire", "state", "opens_on", "closes_on", "opened_at", "closed_at", "created_at"}},
	{"invitations", []string{"ods", "round_id", "person_id", "side", "title", "finished"}},
	{"responses", []string{"ods", "round_id", "respondent", "side", "submitted"}},
	{"answers", []string{"ods", "round_id", "respondent", "question", "choice", "comment", "revision"}},
}

// fill puts the trusts into a database. The first trust's rounds are closed by
// the store, which scores and freezes them; the other trusts, whose answers are
// as many, get copies of these reports.
func (s *stage) fill(ctx context.Context, w *world, trusts int) error {
	version, err := questionnaire.Load(questionnaire.Latest())
	if err != nil {
		return err
	}
	g := &generator{random: rand.New(rand.NewPCG(s.seed, 0)), version: version, secret: []byte(s.secret)}
	conn, err := pgx.Connect(ctx, w.ownerURL)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	// Checking foreign keys row by row would take longer than all the rest.
	if _, err := conn.Exec(ctx, `SET session_replication_role = replica`); err != nil {
		return err
	}
	for n := range trusts {
		w.trusts = append(w.trusts, g.trust(n))
		if n == 0 || n%25 == 0 || n == trusts-1 {
			if err := g.copyTo(ctx, conn); err != nil {
				return err
			}
		}
	}
	if err := s.closeRounds(ctx, w); err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `
		INSERT INTO reports (ods, round_id, schema, digest, document, created_at)
		SELECT r.ods, r.id, p.schema, p.digest, p.document, p.created_at
		FROM rounds r JOIN rounds f ON f.ods = $1 AND f.title = r.title JOIN reports p ON p.ods = f.ods AND p.round_id = f.id
		WHERE r.ods <> $1 AND r.state = 'closed'`, w.trusts[0].ods)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, `VACUUM ANALYZE`)
	return err
}

// copyTo sends what was generated so far.
func (g *generator) copyTo(ctx context.Context, conn *pgx.Conn) error {
	for _, c := range columns {
		if _, err := conn.CopyFrom(ctx, pgx.Identifier{c.table}, c.names, pgx.CopyFromRows(g.rows[c.table])); err != nil {
			return fmt.Errorf("copy %s: %w", c.table, err)
		}
	}
	g.rows = nil
	return nil
}

// closeRounds closes the first trust's rounds but the last, and keeps how long
// each took.
func (s *stage) closeRounds(ctx context.Context, w *world) error {
	first := w.trusts[0]
	t, err := w.db.Enter(ctx, first.lead.id, first.ods)
	if err != nil {
		return err
	}
	for n, id := range first.rounds[:closed] {
		began := time.Now()
		if err := t.CloseRound(ctx, id, opening(n).AddDate(0, 0, 14)); err != nil {
			return err
		}
		s.closings = append(s.closings, time.Since(began))
	}
	return nil
}

func opening(n int) time.Time { return firstDay.AddDate(0, 6*n, 0) }

func (g *generator) put(table string, row ...any) {
	if g.rows == nil {
		g.rows = make(map[string][][]any)
	}
	g.rows[table] = append(g.rows[table], row)
}

// id is an identifier of something made at a time.
func (g *generator) id(at time.Time) uuid.UUID { return idAt(g.random, at) }

func codeOf(trust int) string { return fmt.Sprintf("G%04d", trust) }

func nameOf(trust int) string { return fmt.Sprintf("Generated Trust %d", trust) }

func (g *generator) trust(n int) trust {
	t := trust{ods: codeOf(n), name: nameOf(n), rounds: make([]uuid.UUID, closed+1)}
	g.put("trusts", t.ods, t.name, "Acute")
	t.lead = g.person(t, access.Lead, "Company secretary", nil)
	for i := range t.members {
		t.members[i] = g.person(t, access.Member, "Director", sideOf(i))
	}
	for i := range t.rounds {
		t.rounds[i] = g.round(t, n, i)
	}
	return t
}

func sideOf(member int) *assessment.Side {
	if member%2 == 0 {
		return new(assessment.Executive)
	}
	return new(assessment.NonExecutive)
}

func (g *generator) person(t trust, role access.Role, title string, side *assessment.Side) person {
	p := person{id: g.id(firstDay)}
	p.name = "Person " + p.id.String()[28:]
	g.put("people", p.id, p.id.String()+"@example.org", p.name)
	g.put("memberships", t.ods, p.id, string(role), title, side, firstDay)
	return p
}

// round makes one round, whole but for its report. The rounds of the first
// trust are left open, for the store to close.
func (g *generator) round(t trust, trustNumber, n int) uuid.UUID {
	opens := opening(n)
	id, closes, state := g.id(opens), opens.AddDate(0, 0, 14), assessment.Closed
	closedAt := &closes
	if n == closed || trustNumber == 0 {
		state, closedAt = assessment.Open, nil
	}
	g.put("rounds", t.ods, id, fmt.Sprintf("Round %d", n+1), string(questionnaire.Full), g.version.Name, string(state),
		opens, closes, opens, closedAt, opens)
	for i, m := range t.members {
		g.put("invitations", t.ods, id, m.id, sideOf(i), "Director", n < closed)
		if n < closed {
			g.answers(t, id, m, *sideOf(i))
		}
	}
	return id
}

// answers makes one member's whole sheet: each person has a level of their own,
// and each answer lies about it.
func (g *generator) answers(t trust, round uuid.UUID, p person, side assessment.Side) {
	respondent := access.RespondentOf(g.secret, p.id, t.ods)
	g.put("responses", t.ods, round, respondent[:], string(side), true)
	level := 2 + g.random.IntN(3)
	for _, q := range g.version.Questions(questionnaire.Full) {
		choice := min(max(level+g.random.IntN(3)-1, 1), 5)
		if g.random.IntN(12) == 0 {
			choice = int(assessment.DontKnow)
		}
		comment := ""
		if g.random.IntN(10) == 0 {
			comment = "We have talked about this at the last two meetings and have not settled it."
		}
		g.put("answers", t.ods, round, respondent[:], q.Key, choice, comment, 1)
	}
}

// keys are the questions of the full form in the order they are asked.
func (g *generator) keys() []string {
	var keys []string
	for q := range slices.Values(g.version.Questions(questionnaire.Full)) {
		keys = append(keys, q.Key)
	}
	return keys
}
