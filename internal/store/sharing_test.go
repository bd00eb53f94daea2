package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// figures puts a closed round's published figures in the database, all elements
// with one score, as closing a round leaves them.
func figures(t testing.TB, db *store.DB, ods string, closed time.Time, score float64) uuid.UUID {
	t.Helper()
	id, pool := uuid.Must(uuid.NewV7()), storetest.Owner(t, db)
	figure := maturity.Figure{Score: new(score), Low: new(score - 0.2), High: new(score + 0.2), Level: "In place"}
	var elements []maturity.Element
	for key := 1; key <= 8; key++ {
		elements = append(elements, maturity.Element{Key: fmt.Sprint(key), Figure: figure, Respondents: new(12)})
	}
	document, digest, err := maturity.Freeze(maturity.Report{Schema: 1, Result: maturity.Result{
		Questionnaire: questionnaire.Latest(), Form: string(questionnaire.Core), Invited: 14, Respondents: 12, Overall: figure, Elements: elements,
	}})
	if err != nil {
		t.Fatal(err)
	}
	said, err := json.Marshal(elements)
	if err != nil {
		t.Fatal(err)
	}
	overall, err := json.Marshal(figure)
	if err != nil {
		t.Fatal(err)
	}
	b := &pgx.Batch{}
	b.Queue(`
		INSERT INTO rounds (ods, id, title, form, questionnaire, state, opens_on, closes_on, opened_at, closed_at, created_at)
		VALUES ($1, $2, 'Round', 'core', $3, 'closed', $4::date - 20, $4::date, $4::timestamptz - interval '20 days', $4, $4::timestamptz - interval '20 days')`,
		ods, id, questionnaire.Latest(), closed)
	b.Queue(`INSERT INTO reports (ods, round_id, schema, digest, document, created_at) VALUES ($1, $2, 1, $3, $4, $5)`, ods, id, digest, document, closed)
	b.Queue(`
		INSERT INTO summaries (ods, round_id, closed_on, title, form, questionnaire, invited, respondents, overall, elements)
		VALUES ($1, $2, $3, 'Round', 'core', $4, 14, 12, $5, $6)`, ods, id, closed, questionnaire.Latest(), overall, said)
	for key := 1; key <= 8; key++ {
		b.Queue(`INSERT INTO moments (ods, round_id, element, n, mean, variance) VALUES ($1, $2, $3, 12, $4, 0.3)`, ods, id, fmt.Sprint(key), score)
	}
	if err := pool.SendBatch(context.WithoutCancel(t.Context()), b).Close(); err != nil {
		t.Fatal(err)
	}
	return id
}

// share sets a trust's rung from today on.
func share(t testing.TB, db *store.DB, b storetest.Board, rung access.Rung, now time.Time) {
	t.Helper()
	if err := storetest.Enter(t, db, b.Lead, b.ODS).SetRung(t.Context(), rung, now, now); err != nil {
		t.Fatal(err)
	}
}

func TestRungHoldsFromItsDayAndIsReplacedByWhatIsSaidLater(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	lead, now := storetest.Enter(t, db, b.Lead, b.ODS), storetest.Now
	day := func(n int) time.Time { return access.Today(now).AddDate(0, 0, n) }
	for i, c := range []struct {
		rung access.Rung
		from int
	}{{access.Counted, 0}, {access.Public, 10}, {access.InCircle, 3}} {
		if err := lead.SetRung(t.Context(), c.rung, day(c.from), now.Add(time.Duration(i)*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := lead.Sharing(t.Context())
	if err != nil || len(s.Consents) != 3 || s.Consents[0].Rung != access.InCircle || s.Consents[0].By == "" {
		t.Fatalf("%+v, %v", s, err)
	}
	for n, want := range map[int]access.Rung{-1: access.Private, 0: access.Counted, 2: access.Counted, 3: access.InCircle, 10: access.InCircle} {
		if got := access.RungOn(s.Consents, day(n)); got != want {
			t.Errorf("day %d: %s, want %s", n, got, want)
		}
	}
	if ahead := access.Ahead(s.Consents, day(0)); len(ahead) != 1 || ahead[0].Rung != access.InCircle {
		t.Errorf("ahead: %+v", ahead)
	}
	for _, err := range []error{lead.SetRung(t.Context(), access.Public, day(-1), now), lead.SetRung(t.Context(), "all", now, now)} {
		if !errors.Is(err, access.ErrRung) {
			t.Errorf("a day that is over, or no rung: %v", err)
		}
	}
	err = store.Tx(t.Context(), lead, access.ShareResults, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE consents SET rung = 'public'`)
		return err
	})
	if !hasCode(err, "42501") {
		t.Errorf("history can be changed: %v", err)
	}
	if found := deedsOf(t, db, b.ODS); strings.Count(found, "sharing of results set") != 3 {
		t.Errorf("recorded: %s", found)
	}
}

// deedsOf lists what a trust's record says was done.
func deedsOf(t *testing.T, db *store.DB, ods string) (deeds string) {
	t.Helper()
	err := storetest.Owner(t, db).QueryRow(t.Context(), `SELECT coalesce(string_agg(deed || ': ' || detail, '; ' ORDER BY seq), '') FROM audit WHERE ods = $1`, ods).Scan(&deeds)
	if err != nil {
		t.Fatal(err)
	}
	return deeds
}

func TestPublicSummaryIsForThoseWhoMadeItPublic(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b, now := storetest.Trust(t, db), storetest.Now
	round := figures(t, db, b.ODS, now.AddDate(0, 0, -5), 3.1)
	for _, rung := range []access.Rung{"", access.Counted, access.InCircle} {
		if rung != "" {
			share(t, db, b, rung, now)
			now = now.Add(time.Second)
		}
		if _, err := db.PublicSummary(t.Context(), b.ODS, now); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%q: %v", rung, err)
		}
	}
	share(t, db, b, access.Public, now)
	p, err := db.PublicSummary(t.Context(), b.ODS, now)
	if err != nil || p.Name != b.Name || p.Latest.Round != round || len(p.Latest.Elements) != 8 || *p.Latest.Elements[0].Score != 3.1 {
		t.Errorf("%+v, %v", p, err)
	}
	share(t, db, b, access.Private, now.Add(time.Second))
	for _, ods := range []string{b.ODS, "ZZZZZ", "", "a,b"} {
		if _, err := db.PublicSummary(t.Context(), ods, now); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%q afterwards: %v", ods, err)
		}
	}
}

func TestOverlookShowsTrustsThatGaveTheRole(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	one, two, other := storetest.Trust(t, db), storetest.Trust(t, db), storetest.Trust(t, db)
	for i, b := range []storetest.Board{one, two, other} {
		figures(t, db, b.ODS, storetest.Now.AddDate(-1, 0, 0), 2+float64(i)/10)
		figures(t, db, b.ODS, storetest.Now, 3+float64(i)/10)
	}
	storetest.Join(t, db, two.ODS, one.Viewer, access.Viewer)
	storetest.Join(t, db, other.ODS, one.Viewer, access.Observer) // an observer does not overlook
	o, err := db.Overlook(t.Context(), one.Viewer)
	if err != nil || len(o.Trusts) != 2 {
		t.Fatalf("%+v, %v", o, err)
	}
	latest, err := o.Latest(t.Context(), []string{one.ODS, two.ODS}, 2)
	if err != nil || len(latest) != 2 || len(latest[two.ODS]) != 2 || *latest[two.ODS][0].Elements[0].Score != 3.1 || *latest[two.ODS][1].Elements[0].Score != 2.1 {
		t.Errorf("%+v, %v", latest, err)
	}
	if _, err := o.Latest(t.Context(), []string{one.ODS, other.ODS}, 1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a trust that gave no such role: %v", err)
	}
	for who, person := range map[string]uuid.UUID{"lead of one": one.Lead, "member": one.Members[0], "observer": one.Observer, "nobody": uuid.New()} {
		if _, err := db.Overlook(t.Context(), person); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", who, err)
		}
	}
	storetest.Join(t, db, two.ODS, one.Lead, access.Lead)
	if o, err := db.Overlook(t.Context(), one.Lead); err != nil || len(o.Trusts) != 2 {
		t.Errorf("lead of two: %v", err)
	}
	if err := o.NoteExport(t.Context(), []string{two.ODS, one.ODS}, storetest.Now); err != nil || !strings.Contains(deedsOf(t, db, two.ODS), "comparison of trusts downloaded") {
		t.Errorf("export not noted: %v", err)
	}
}

// TestListHoldsWithoutWhere leaves every condition out: whoever reads across
// trusts sees no row of a trust that is not on the list, and none at all of what
// is not for them.
func TestListHoldsWithoutWhere(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	var boards []storetest.Board
	for range 3 {
		b := storetest.Trust(t, db)
		storetest.ClosedRound(t, db, b, questionnaire.Core)
		boards = append(boards, b)
	}
	listed := boards[0].ODS + "," + boards[1].ODS
	see := func(role, list, table string) (n int, err error) {
		err = pgx.BeginFunc(t.Context(), store.Pool(db), func(tx pgx.Tx) error {
			if _, err := tx.Exec(t.Context(), `SELECT set_config('role', $1, true), set_config('octant.trusts', $2, true)`, role, list); err != nil {
				return err
			}
			return tx.QueryRow(t.Context(), `SELECT count(DISTINCT ods) FROM `+table).Scan(&n)
		})
		return n, err
	}
	for _, role := range []string{"octant_reader", "octant_census"} {
		for list, want := range map[string]int{
			listed: 2, "": 0, boards[2].ODS: 1, "%": 0, strings.ToLower(listed): 0,
			// A code is on the list as a whole or not at all.
			boards[2].ODS + "9": 0, "9" + boards[2].ODS: 0, boards[2].ODS[1:]: 0, boards[2].ODS[:2]: 0, ",": 0, ",,": 0,
			strings.Join([]string{boards[0].ODS, "9" + boards[2].ODS, boards[1].ODS}, ","): 2,
		} {
			if n, err := see(role, list, "summaries"); n != want || err != nil {
				t.Errorf("%s with %q sees %d trusts, want %d, %v", role, list, n, want, err)
			}
		}
		for _, table := range append([]string{"memberships", "consents", "audit", "comments", "changes"}, tenantTables...) {
			if table == "summaries" || table == "moments" {
				continue // above and below
			}
			if _, err := see(role, listed, table); !hasCode(err, "42501") {
				t.Errorf("%s reads %s: %v", role, table, err)
			}
		}
	}
	if n, err := see("octant_census", listed, "moments"); n != 2 || err != nil {
		t.Errorf("the census sees moments of %d, %v", n, err)
	}
	if _, err := see("octant_reader", listed, "moments"); !hasCode(err, "42501") {
		t.Errorf("a reader sees moments: %v", err)
	}
	if _, err := see("none", listed, "summaries"); !hasCode(err, "42501") {
		t.Errorf("the program's login sees summaries: %v", err)
	}
}

// TestSharingNamesItsPermission calls every method of sharing as every role.
func TestSharingNamesItsPermission(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	people := map[access.Role]uuid.UUID{
		access.Lead: b.Lead, access.Chair: b.Chair, access.Facilitator: b.Facilitator,
		access.Observer: b.Observer, access.Viewer: b.Viewer, access.Member: b.Members[0],
	}
	id := uuid.New()
	for name, m := range map[string]struct {
		needs access.Permission
		call  func(context.Context, *store.Trust) error
	}{
		"Sharing": {access.ShareResults, func(ctx context.Context, x *store.Trust) error { _, err := x.Sharing(ctx); return err }},
		"SetRung": {access.ShareResults, func(ctx context.Context, x *store.Trust) error {
			return x.SetRung(ctx, access.Counted, storetest.Now, storetest.Now)
		}},
		"SetWilling": {access.ShareResults, func(ctx context.Context, x *store.Trust) error { return x.SetWilling(ctx, true, storetest.Now) }},
		"MakeCircle": {access.ShareResults, func(ctx context.Context, x *store.Trust) error {
			_, err := x.MakeCircle(ctx, "North", storetest.Now)
			return err
		}},
		"InviteToCircle": {access.ShareResults, func(ctx context.Context, x *store.Trust) error {
			return x.InviteToCircle(ctx, id, "RXX", storetest.Now)
		}},
		"AnswerCircle": {access.ShareResults, func(ctx context.Context, x *store.Trust) error { return x.AnswerCircle(ctx, id, true, storetest.Now) }},
		"LeaveCircle":  {access.ShareResults, func(ctx context.Context, x *store.Trust) error { return x.LeaveCircle(ctx, id, storetest.Now) }},
		"Guides": {access.ShareResults, func(ctx context.Context, x *store.Trust) error {
			_, _, err := x.Guides(ctx, "1", storetest.Now)
			return err
		}},
		"AskAdvice": {access.ShareResults, func(ctx context.Context, x *store.Trust) error {
			return x.AskAdvice(ctx, "1", "RXX", "?", storetest.Now)
		}},
		"Requests":    {access.ShareResults, func(ctx context.Context, x *store.Trust) error { _, err := x.Requests(ctx); return err }},
		"ReplyAdvice": {access.ShareResults, func(ctx context.Context, x *store.Trust) error { return x.ReplyAdvice(ctx, id, "!", storetest.Now) }},
		"WriteAdvice": {access.KeepTime, func(ctx context.Context, x *store.Trust) error { return x.WriteAdvice(ctx, id, false, storetest.Now) }},
		"Peers":       {access.ComparePeers, func(ctx context.Context, x *store.Trust) error { _, err := x.Peers(ctx, 0, storetest.Now); return err }},
	} {
		for role, person := range people {
			may := access.Roles{role}.May(m.needs)
			if err := m.call(t.Context(), storetest.Enter(t, db, person, b.ODS)); errors.Is(err, access.ErrDenied) == may {
				t.Errorf("%s as %s: %v, want it permitted %v", name, role, err, may)
			}
		}
	}
}
