package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// today is asked for once, so that midnight cannot come between two fillings.
var today = time.Now()

// demonstration is a filled database and its people by key.
func demonstration(t *testing.T) (*store.DB, map[string]uuid.UUID) {
	t.Helper()
	db := storetest.New(t)
	for range 2 { // what is there already stays as it is
		if err := db.FillDemo(t.Context(), today); err != nil {
			t.Fatal(err)
		}
	}
	people, err := db.DemoPeople(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]uuid.UUID{}
	for _, p := range people {
		ids[p.Key] = p.ID
	}
	return db, ids
}

func TestDemoHasThePeopleItPromises(t *testing.T) {
	t.Parallel()
	db, ids := demonstration(t)
	trusts := map[string]int{"admin": 0, "facilitator": 2, "regional": 3}
	keys := []string{"cio", "secretary", "facilitator", "regional", "admin"}
	for i := range 14 {
		keys = append(keys, fmt.Sprintf("member-%d", i+1))
	}
	roles := access.Roles{}
	for _, key := range keys {
		p, err := db.Person(t.Context(), ids[key])
		if err != nil || p.Name == "" || p.Admin != (key == "admin") {
			t.Errorf("%s is %+v, %v", key, p, err)
		}
		cards, err := db.Trusts(t.Context(), ids[key])
		want, more := trusts[key]
		if !more {
			want = 1
		}
		if err != nil || len(cards) != want {
			t.Errorf("%s belongs to %d trusts, %v", key, len(cards), err)
		}
		for _, c := range cards {
			roles = append(roles, c.Roles...)
		}
	}
	for _, role := range access.Granted() {
		if role != access.Observer && !slices.Contains(roles, role) {
			t.Errorf("nobody is %s", role)
		}
	}
	if only, err := db.HoldsOnlyDemo(t.Context()); err != nil || !only {
		t.Errorf("holds only demo: %v, %v", only, err)
	}
}

func TestDemoRoundWaitsForOneMember(t *testing.T) {
	t.Parallel()
	db, ids := demonstration(t)
	lead := storetest.Enter(t, db, ids["cio"], "R9A")
	rounds, more, err := lead.Rounds(t.Context(), 1)
	if err != nil || more || len(rounds) != 4 {
		t.Fatalf("%d rounds, %v", len(rounds), err)
	}
	open := rounds[0]
	if open.State != assessment.Open || open.Form != questionnaire.Core || open.Asked != 14 || open.Finished != 13 {
		t.Errorf("the open round is %+v", open)
	}
	for _, r := range rounds[1:] {
		if r.State != assessment.Closed || r.Form != questionnaire.Full || r.Asked != 14 {
			t.Errorf("an earlier round is %+v", r)
		}
	}
	frozen, err := lead.Report(t.Context(), rounds[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	if report, err := maturity.Thaw(frozen.Document); err != nil || !report.LookBack.Told() || report.LookBack.Round.ID != rounds[2].ID.String() {
		t.Errorf("the newest report looks back on %+v, %v", report.LookBack, err)
	}
	members, err := lead.Members(t.Context())
	sides := map[assessment.Side]int{}
	for _, m := range members {
		sides[m.Side]++
	}
	if err != nil || sides[assessment.Executive] != 7 || sides[assessment.NonExecutive] != 7 {
		t.Errorf("the board sits %v, %v", sides, err)
	}
	sheet, err := storetest.Enter(t, db, ids["member-1"], "R9A").Sheet(t.Context(), open.ID)
	if err != nil || sheet.Response.Submitted || len(sheet.Response.Answers) != 0 {
		t.Errorf("member-1 has %+v, %v", sheet.Response, err)
	}
	sheet, err = storetest.Enter(t, db, ids["member-2"], "R9A").Sheet(t.Context(), open.ID)
	if err != nil || !sheet.Response.Submitted || len(sheet.Response.Answers) != 24+8 { // and a look back on each element
		t.Errorf("member-2 has %d answers, %v", len(sheet.Response.Answers), err)
	}
	if err := lead.CloseRound(t.Context(), open.ID, time.Now()); err != nil {
		t.Errorf("closing it: %v", err)
	}
}

// TestDemoTellsItsStory reads the reports as the regional viewer may.
func TestDemoTellsItsStory(t *testing.T) {
	t.Parallel()
	db, ids := demonstration(t)
	first := reports(t, db, ids["regional"], "R9A")
	if len(first) != 3 {
		t.Fatalf("%d reports, want 3", len(first))
	}
	labels := []maturity.Label{maturity.Split, maturity.Wide, maturity.Close}
	for i, r := range first {
		if got := item(r, "5.1").Label; got != labels[i] {
			t.Errorf("round %d: who owns adoption is %q, want %q", i+1, got, labels[i])
		}
		ai := slices.ContainsFunc(r.BlindSpots, func(f maturity.Finding) bool {
			return slices.Contains([]string{"1.4", "2.5", "4.3", "7.4", "7.6", "8.5"}, f.Item)
		})
		if !ai {
			t.Errorf("round %d has no blind spot on AI: %+v", i+1, r.BlindSpots)
		}
	}
	if len(first[2].SideGaps) == 0 {
		t.Error("the sides see the same")
	}
	if a, b := first[0].Result.Overall.Score, first[2].Result.Overall.Score; a == nil || b == nil || *b <= *a {
		t.Errorf("the board got from %v to %v", a, b)
	}
	small := reports(t, db, ids["regional"], "D3M0X")
	if len(small) != 4 || small[1].Result.Hidden == "" || small[0].Result.Hidden != "" || small[0].Result.Sides.Hidden == "" {
		t.Error("the small trust does not show what is hidden of few")
	}
	if len(reports(t, db, ids["regional"], "R9M")) != 4 {
		t.Error("the second trust has not closed four rounds")
	}
}

// TestDemoHasATrustWithAPast: its lead sees the rounds of the two trusts before it,
// which had agreed to that, and somebody without a role there does not.
func TestDemoHasATrustWithAPast(t *testing.T) {
	t.Parallel()
	db, ids := demonstration(t)
	past, err := storetest.Enter(t, db, ids["eastmarch-lead"], "D3M0X").Past(t.Context(), access.Today(today))
	if err != nil || past.Known != 2 || len(past.Before) != 2 {
		t.Fatalf("the lead sees %+v, %v", past, err)
	}
	first := reports(t, db, ids["regional"], "D3M0X")[0].Round.Closed
	for _, f := range past.Before {
		if len(f.Rounds) != 2 || f.Apart || !f.On.Before(first) || !f.Rounds[1].ClosedOn.Before(f.On) || f.Rounds[0].Elements[0].Score == nil {
			t.Errorf("before it was %+v", f)
		}
	}
	if past, err := storetest.Enter(t, db, ids["regional"], "D3M0X").Past(t.Context(), access.Today(today)); err != nil || past.Known != 2 || len(past.Before) != 0 {
		t.Errorf("the regional viewer sees %+v, %v", past, err)
	}
}

// reports are those of a trust's closed rounds, oldest first.
func reports(t *testing.T, db *store.DB, person uuid.UUID, ods string) (all []maturity.Report) {
	t.Helper()
	trust := storetest.Enter(t, db, person, ods)
	rounds, _, err := trust.Rounds(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range slices.Backward(rounds) {
		frozen, err := trust.Report(t.Context(), r.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		var report maturity.Report
		if err := errors.Join(err, json.Unmarshal(frozen.Document, &report)); err != nil {
			t.Fatal(err)
		}
		all = append(all, report)
	}
	return all
}

func item(r maturity.Report, key string) maturity.Item {
	for _, e := range r.Result.Elements {
		for _, it := range e.Items {
			if it.Key == key {
				return it
			}
		}
	}
	return maturity.Item{}
}

func TestDemoKeepsOutOfOtherDatabases(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	if only, err := db.HoldsOnlyDemo(t.Context()); err != nil || !only {
		t.Errorf("an empty database holds only demo: %v, %v", only, err)
	}
	storetest.Person(t, db, "Somebody real")
	if only, err := db.HoldsOnlyDemo(t.Context()); err != nil || only {
		t.Errorf("with somebody real in it: %v, %v", only, err)
	}
	if err := db.FillDemo(t.Context(), storetest.Now); !errors.Is(err, store.ErrNotDemo) {
		t.Errorf("filling it: %v, want ErrNotDemo", err)
	}
	if people, err := db.DemoPeople(t.Context()); err != nil || len(people) != 0 {
		t.Errorf("demo people %v, %v", people, err)
	}
}

// TestDemoTakesWhoeverIsAddedToIt: what a visitor adds to a demonstration does
// not keep it from being served again.
func TestDemoTakesWhoeverIsAddedToIt(t *testing.T) {
	t.Parallel()
	db, ids := demonstration(t)
	lead := storetest.Enter(t, db, ids["cio"], "R9A")
	if err := lead.AddPeople(t.Context(), list("name,email,role\nAda Okafor,ada@example.org,Chair\n"), today); err != nil {
		t.Fatal(err)
	}
	admin := access.Person{ID: ids["admin"], Admin: true}
	err := db.AddTrust(t.Context(), admin, store.ListedTrust{ODS: "R9X", Name: "Added NHS Trust"}, "Bo Li", "bo@example.org", today)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.FillDemo(t.Context(), today); err != nil {
		t.Errorf("filling it again: %v", err)
	}
}

func TestDemoIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	one, ids := demonstration(t)
	two, _ := demonstration(t)
	a, b := reports(t, one, ids["regional"], "R9A"), reports(t, two, ids["regional"], "R9A")
	for i := range a {
		x, errX := json.Marshal(a[i])
		y, errY := json.Marshal(b[i])
		if err := errors.Join(errX, errY); err != nil || string(x) != string(y) {
			t.Errorf("report %d differs (%v)", i+1, err)
		}
	}
}
