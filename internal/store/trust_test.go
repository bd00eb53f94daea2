package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

var tenantTables = []string{"rounds", "invitations", "responses", "answers", "reports", "summaries", "moments"}

func TestStrangerIsNotLetIn(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	home, other := storetest.Trust(t, db), storetest.Trust(t, db)
	round := storetest.ClosedRound(t, db, home, questionnaire.Core)
	for _, ods := range []string{home.ODS, "ZZZZZ", "", "a", "T\x00", "T'; DROP", "\xff\xfe\xfd"} {
		if _, err := db.Enter(t.Context(), other.Lead, ods); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("enter %q: %v, want ErrNotFound", ods, err)
		}
		if trust, digest, err := db.EnterReport(t.Context(), other.Lead, ods, round.ID); !errors.Is(err, store.ErrNotFound) || trust != nil || digest != "" {
			t.Errorf("enter report %q: %v, %q, %v, want ErrNotFound", ods, trust, digest, err)
		}
		if trust, stamp, err := db.EnterTrend(t.Context(), other.Lead, ods, storetest.Now); !errors.Is(err, store.ErrNotFound) || trust != nil || stamp != "" {
			t.Errorf("enter trend %q: %v, %q, %v, want ErrNotFound", ods, trust, stamp, err)
		}
		_, err := db.SaveAnswer(t.Context(), other.Lead, ods, round.ID, assessment.Answer{Question: "1.1", Choice: 1}, storetest.Now)
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("save in %q: %v, want ErrNotFound", ods, err)
		}
	}
}

func TestEnterTellsWhoThePersonIsHere(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	storetest.Join(t, db, board.ODS, board.Lead, access.Observer)
	trust := storetest.Enter(t, db, board.Lead, board.ODS)
	if got, want := fmt.Sprint(trust.Roles), "[lead observer]"; got != want {
		t.Errorf("roles %s, want %s", got, want)
	}
	if trust.Name != board.Name || trust.Kind != "Acute" || trust.Person != board.Lead {
		t.Errorf("entered %+v", trust)
	}
}

func TestMembershipHoldsFromItsFirstDayToItsLast(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	for dates, inside := range map[string]bool{
		"from_on = current_date, to_on = current_date":         true,
		"from_on = current_date + 1, to_on = NULL":             false,
		"from_on = current_date - 9, to_on = current_date - 1": false,
		"from_on = current_date - 9, to_on = NULL":             true,
	} {
		storetest.Change(t, db, `UPDATE memberships SET `+dates+` WHERE person_id = $1`, board.Observer)
		if _, err := db.Enter(t.Context(), board.Observer, board.ODS); errors.Is(err, store.ErrNotFound) == inside {
			t.Errorf("%s: %v, want inside %v", dates, err, inside)
		}
	}
}

// TestEveryMethodNamesItsPermission calls every method of a trust as every role.
func TestEveryMethodNamesItsPermission(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	round := storetest.ClosedRound(t, db, board, questionnaire.Core)
	people := map[access.Role]uuid.UUID{
		access.Lead: board.Lead, access.Chair: board.Chair, access.Facilitator: board.Facilitator,
		access.Observer: board.Observer, access.Viewer: board.Viewer, access.Member: board.Members[0],
	}
	methods := map[string]struct {
		needs access.Permission
		call  func(ctx context.Context, trust *store.Trust) error
	}{
		"Rounds":       {access.EnterTrust, func(ctx context.Context, x *store.Trust) error { _, _, err := x.Rounds(ctx, 1); return err }},
		"Round":        {access.EnterTrust, func(ctx context.Context, x *store.Trust) error { _, err := x.Round(ctx, round.ID); return err }},
		"ClosedRounds": {access.EnterTrust, func(ctx context.Context, x *store.Trust) error { _, err := x.ClosedRounds(ctx); return err }},
		"CreateRound": {access.ManageRounds, func(ctx context.Context, x *store.Trust) error {
			_, err := x.CreateRound(ctx, plan(), storetest.Now)
			return err
		}},
		"ChangeRound": {access.ManageRounds, func(ctx context.Context, x *store.Trust) error { return x.ChangeRound(ctx, plan(), storetest.Now) }},
		"Members":     {access.ManageRounds, func(ctx context.Context, x *store.Trust) error { _, err := x.Members(ctx); return err }},
		"Asked":       {access.ViewProgress, func(ctx context.Context, x *store.Trust) error { _, err := x.Asked(ctx, round.ID); return err }},
		"SetAsked":    {access.ManageRounds, func(ctx context.Context, x *store.Trust) error { return x.SetAsked(ctx, round.ID, nil, storetest.Now) }},
		"OpenRound":   {access.ManageRounds, func(ctx context.Context, x *store.Trust) error { return x.OpenRound(ctx, round.ID, storetest.Now) }},
		"CloseRound":  {access.ManageRounds, func(ctx context.Context, x *store.Trust) error { return x.CloseRound(ctx, round.ID, storetest.Now) }},
		"ScheduleRound": {access.ManageRounds, func(ctx context.Context, x *store.Trust) error {
			return x.ScheduleRound(ctx, round.ID, storetest.Now)
		}},
		"UnscheduleRound": {access.ManageRounds, func(ctx context.Context, x *store.Trust) error {
			return x.UnscheduleRound(ctx, round.ID, storetest.Now)
		}},
		"MoveClosing": {access.ManageRounds, func(ctx context.Context, x *store.Trust) error {
			return x.MoveClosing(ctx, round.ID, storetest.Now, storetest.Now)
		}},
		"ExtendFor": {access.ManageRounds, func(ctx context.Context, x *store.Trust) error {
			return x.ExtendFor(ctx, round.ID, board.Members[0], storetest.Now, storetest.Now)
		}},
		"MarkAway": {access.ManageRounds, func(ctx context.Context, x *store.Trust) error {
			return x.MarkAway(ctx, round.ID, board.Members[0], true, storetest.Now)
		}},
		"Sheet":        {access.Answer, func(ctx context.Context, x *store.Trust) error { _, err := x.Sheet(ctx, round.ID); return err }},
		"Submit":       {access.Answer, func(ctx context.Context, x *store.Trust) error { return x.Submit(ctx, round.ID, true, storetest.Now) }},
		"Report":       {access.ViewReport, func(ctx context.Context, x *store.Trust) error { _, err := x.Report(ctx, round.ID); return err }},
		"ReportDigest": {access.ViewReport, func(ctx context.Context, x *store.Trust) error { _, err := x.ReportDigest(ctx, round.ID); return err }},
		"Trend":        {access.ViewReport, func(ctx context.Context, x *store.Trust) error { _, err := x.Trend(ctx, 1); return err }},
		"Past":         {access.ViewReport, func(ctx context.Context, x *store.Trust) error { _, err := x.Past(ctx, storetest.Now); return err }},
		"TwoRounds": {access.ViewReport, func(ctx context.Context, x *store.Trust) error {
			_, err := x.TwoRounds(ctx, round.ID, round.ID)
			return err
		}},
		"Milestones": {access.ManageRounds, func(ctx context.Context, x *store.Trust) error { _, err := x.Milestones(ctx); return err }},
		"Milestone":  {access.ManageRounds, func(ctx context.Context, x *store.Trust) error { _, err := x.Milestone(ctx, round.ID); return err }},
		"AddMilestone": {access.ManageRounds, func(ctx context.Context, x *store.Trust) error {
			return x.AddMilestone(ctx, store.Milestone{On: storetest.Now, Text: "x"}, storetest.Now)
		}},
		"ChangeMilestone": {access.ManageRounds, func(ctx context.Context, x *store.Trust) error {
			return x.ChangeMilestone(ctx, store.Milestone{ID: round.ID, On: storetest.Now, Text: "x"}, storetest.Now)
		}},
		"RemoveMilestone": {access.ManageRounds, func(ctx context.Context, x *store.Trust) error {
			return x.RemoveMilestone(ctx, round.ID, storetest.Now)
		}},
		"EnterTrend": {access.ViewReport, func(ctx context.Context, x *store.Trust) error {
			in, stamp, err := db.EnterTrend(ctx, x.Person, x.ODS, storetest.Now)
			if err == nil && (stamp == "") == in.May(access.ViewReport) {
				return fmt.Errorf("stamp %q", stamp)
			}
			if err == nil {
				_, err = in.Trend(ctx, 1)
			}
			return err
		}},
		"EnterReport": {access.ViewReport, func(ctx context.Context, x *store.Trust) error {
			_, _, err := db.EnterReport(ctx, x.Person, x.ODS, round.ID)
			return err
		}},
		"SaveAnswer": {access.Answer, func(ctx context.Context, x *store.Trust) error {
			_, err := db.SaveAnswer(ctx, x.Person, x.ODS, round.ID, assessment.Answer{Question: "1.1", Choice: 1}, storetest.Now)
			return err
		}},
	}
	for role, person := range people {
		trust := storetest.Enter(t, db, person, board.ODS)
		for name, m := range methods {
			may := access.Roles{role}.May(m.needs)
			if err := m.call(t.Context(), trust); errors.Is(err, access.ErrDenied) == may {
				t.Errorf("%s as %s: %v, want it permitted %v", name, role, err, may)
			}
		}
	}
}

func plan() assessment.Round {
	return assessment.Round{
		Title: "Spring", Form: questionnaire.Core, Questionnaire: questionnaire.Latest(),
		OpensOn: storetest.Now, ClosesOn: storetest.Now,
	}
}

// TestPolicyHoldsWithoutWhere leaves every condition out: inside one trust there
// is nothing of another, to read, to change or to add to.
func TestPolicyHoldsWithoutWhere(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	home, other := storetest.Trust(t, db), storetest.Trust(t, db)
	storetest.ClosedRound(t, db, home, questionnaire.Core)
	storetest.ClosedRound(t, db, other, questionnaire.Core)
	lead := storetest.Enter(t, db, home.Lead, home.ODS)
	for _, table := range append([]string{"memberships", "trusts"}, tenantTables...) {
		err := store.Tx(t.Context(), lead, access.EnterTrust, func(tx pgx.Tx) error {
			var mine, all int
			err := tx.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE ods = $1), count(*) FROM `+table, home.ODS).Scan(&mine, &all)
			if err == nil && (mine == 0 || mine != all) {
				err = fmt.Errorf("sees %d rows, of which %d its own", all, mine)
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", table, err)
		}
	}
	for _, statement := range []string{
		`UPDATE answers SET choice = 1`, `UPDATE invitations SET finished = false`, `DELETE FROM invitations`,
	} {
		var reached int64
		err := store.Tx(t.Context(), lead, access.EnterTrust, func(tx pgx.Tx) error {
			done, err := tx.Exec(t.Context(), statement)
			reached = done.RowsAffected()
			return errors.Join(err, errors.New("take it back"))
		})
		if want := map[bool]int64{true: 24 * storetest.BoardSize, false: storetest.BoardSize}[statement[7] == 'a']; reached != want {
			t.Errorf("%s: reached %d rows (%v), want %d", statement, reached, err, want)
		}
	}
	err := store.Tx(t.Context(), lead, access.EnterTrust, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO rounds (ods, id, title, form, questionnaire, state, opens_on, closes_on, created_at)
			VALUES ($1, gen_random_uuid(), 'x', 'core', 'x', 'draft', now(), now(), now())`, other.ODS)
		return err
	})
	if !hasCode(err, "42501") {
		t.Errorf("a row for another trust: %v, want it refused", err)
	}
}

func TestPeopleOfOtherTrustsAreNotSeen(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	home := storetest.Trust(t, db)
	storetest.Trust(t, db)
	err := store.Tx(t.Context(), storetest.Enter(t, db, home.Lead, home.ODS), access.EnterTrust, func(tx pgx.Tx) error {
		var people int
		if err := tx.QueryRow(t.Context(), `SELECT count(id) FROM people`).Scan(&people); err != nil {
			return err
		}
		if want := storetest.BoardSize + 5; people != want {
			t.Errorf("sees %d people, want the trust's own %d", people, want)
		}
		_, err := tx.Exec(t.Context(), `SELECT email FROM people`)
		return err
	})
	if !hasCode(err, "42501") {
		t.Errorf("reading email addresses inside a trust: %v, want it refused", err)
	}
}

// TestLoginHasNoRightsOnTenantTables acts as the program does before it enters.
func TestLoginHasNoRightsOnTenantTables(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	storetest.ClosedRound(t, db, board, questionnaire.Core)
	for _, table := range tenantTables {
		for _, statement := range []string{`SELECT FROM ` + table, `DELETE FROM ` + table, `UPDATE ` + table + ` SET ods = ods`} {
			if _, err := store.Pool(db).Exec(t.Context(), statement); !hasCode(err, "42501") {
				t.Errorf("%s: %v, want it refused", statement, err)
			}
		}
	}
	for statement, what := range map[string]string{
		`SET ROLE octant_tenant; SELECT 1 / count(*) FROM rounds`: "22012", // bound to no trust there is nothing
		`SET ROLE octant_tenant; DELETE FROM rounds`:              "42501",
		`SET ROLE octant_tenant; DELETE FROM audit`:               "42501",
		`SET ROLE octant_tenant; UPDATE audit SET detail = ''`:    "42501",
		`UPDATE audit SET detail = ''`:                            "42501",
		`DELETE FROM audit`:                                       "42501",
		`SET ROLE octant_tenant; UPDATE reports SET digest = ''`:  "42501",
		`CREATE TABLE more ()`:                                    "42501",
	} {
		if _, err := store.Pool(db).Exec(t.Context(), statement); !hasCode(err, what) {
			t.Errorf("%s: %v, want %s", statement, err, what)
		}
	}
}

// TestBindingEndsWithItsTransaction takes the only connection again afterwards.
func TestBindingEndsWithItsTransaction(t *testing.T) {
	t.Parallel()
	made := storetest.New(t)
	board := storetest.Trust(t, made)
	round := storetest.OpenRound(t, made, board, questionnaire.Core)
	db, err := store.Open(t.Context(), storetest.AppURL(t, made), store.Options{Secret: storetest.Secret, MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.SaveAnswer(t.Context(), board.Members[0], board.ODS, round.ID, assessment.Answer{Question: "1.1", Choice: 2}, storetest.Now); err != nil {
		t.Fatal(err)
	}
	var role, bound string
	err = store.Pool(db).QueryRow(t.Context(), `SELECT current_user, coalesce(current_setting('octant.trust', true), '')`).Scan(&role, &bound)
	if err != nil || role != "octant_app" || bound != "" {
		t.Errorf("afterwards %q bound to %q (%v), want octant_app bound to nothing", role, bound, err)
	}
}

func hasCode(err error, code string) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.Code == code
}

// TestOnlyDraftsCanBeDeleted asks for everything to be deleted, bound to the
// trust and with no condition at all.
func TestOnlyDraftsCanBeDeleted(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	r := storetest.OpenRound(t, db, b, questionnaire.Core)
	storetest.Answer(t, db, b, r, b.Members[0], 1)
	if _, err := db.SaveAnswer(t.Context(), b.Members[1], b.ODS, r.ID, assessment.Answer{Question: "1.1", Choice: 2}, storetest.Now); err != nil {
		t.Fatal(err)
	}
	err := store.Tx(t.Context(), storetest.Enter(t, db, b.Members[1], b.ODS), access.Answer, func(tx pgx.Tx) error {
		for _, statement := range []string{`DELETE FROM answers`, `DELETE FROM responses`} {
			if gone, err := tx.Exec(t.Context(), statement); err != nil || gone.RowsAffected() != 1 {
				t.Errorf("%s took %d, want 1, %v", statement, gone.RowsAffected(), err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if s, err := storetest.Enter(t, db, b.Members[0], b.ODS).Sheet(t.Context(), r.ID); err != nil || len(s.Response.Answers) != 24 {
		t.Errorf("%d answers are left of what was handed in, %v", len(s.Response.Answers), err)
	}
}
