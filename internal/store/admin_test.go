package store_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// admin makes a platform administrator.
func admin(t *testing.T, db *store.DB) access.Person {
	t.Helper()
	p, err := db.GrantAdmin(t.Context(), store.Operator, uuid.NewString()+"@example.org", "Root", storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// platform counts what is recorded for no single trust.
func platform(t *testing.T, db *store.DB) int64 {
	t.Helper()
	v := verdicts(t, db)["-"]
	if len(v.Faults) > 0 {
		t.Fatal(v.Faults)
	}
	return v.Entries
}

func TestAdministratorsComeAndGo(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	if _, err := db.GrantAdmin(t.Context(), store.Operator, "amina@example.org", "", storetest.Now); !errors.Is(err, store.ErrUnnamed) {
		t.Errorf("without a name: %v, want ErrUnnamed", err)
	}
	first, err := db.GrantAdmin(t.Context(), store.Operator, "amina@example.org", "Amina Yusuf", storetest.Now)
	if err != nil || first.Name != "Amina Yusuf" || !first.Admin {
		t.Fatalf("%+v, %v", first, err)
	}
	if n := platform(t, db); n != 2 {
		t.Errorf("%d entries, want one for the person and one for the right", n)
	}
	again, err := db.GrantAdmin(t.Context(), store.Operator, "amina@example.org", "Other Name", storetest.Now)
	if err != nil || again != first || platform(t, db) != 2 {
		t.Errorf("granted twice: %+v, %v, %d entries", again, err, platform(t, db))
	}
	found, err := db.Admin(t.Context(), first.ID)
	if err != nil || found != first {
		t.Errorf("the administrator is %+v, %v", found, err)
	}
	board := storetest.Trust(t, db)
	second, err := db.GrantAdmin(t.Context(), first, board.Lead.String()+"@example.org", "", storetest.Now)
	if err != nil || second.ID != board.Lead {
		t.Fatalf("%+v, %v", second, err)
	}
	if all, err := db.Admins(t.Context(), store.Operator); err != nil || len(all) != 2 || all[0] != first {
		t.Errorf("administrators %+v, %v", all, err)
	}
	if _, err := db.EndAdmin(t.Context(), first, first.Email, storetest.Now); !errors.Is(err, store.ErrSelf) {
		t.Errorf("one's own right: %v, want ErrSelf", err)
	}
	if _, err := db.EndAdmin(t.Context(), first, second.Email, storetest.Now); err != nil {
		t.Error(err)
	}
	if _, err := db.EndAdmin(t.Context(), first, second.Email, storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("ended twice: %v, want ErrNotFound", err)
	}
	if _, err := db.Admin(t.Context(), second.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("it has ended: %v, want ErrNotFound", err)
	}
	if n := platform(t, db); n != 4 {
		t.Errorf("%d entries, want 4", n)
	}
}

func TestTrustsAreAddedWithALead(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	by := admin(t, db)
	trust := store.ListedTrust{ODS: "RZZ", Name: "Northmere NHS Trust", Kind: "Acute"}
	if err := db.AddTrust(t.Context(), by, trust, "", "ben@example.org", storetest.Now); !errors.Is(err, store.ErrUnnamed) {
		t.Errorf("a lead without a name: %v, want ErrUnnamed", err)
	}
	if _, _, err := db.ListedTrust(t.Context(), by, "RZZ", storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what was refused is there: %v", err)
	}
	if err := db.AddTrust(t.Context(), by, trust, "Ben Okafor", "ben@example.org", storetest.Now); err != nil {
		t.Fatal(err)
	}
	if err := db.AddTrust(t.Context(), by, trust, "Eve", "eve@example.org", storetest.Now); !errors.Is(err, store.ErrTrustThere) {
		t.Errorf("added twice: %v, want ErrTrustThere", err)
	}
	got, leads, err := db.ListedTrust(t.Context(), by, "RZZ", storetest.Now)
	if err != nil || got != trust || len(leads) != 1 || leads[0].Name != "Ben Okafor" || leads[0].Email != "ben@example.org" || !leads[0].Until.IsZero() {
		t.Fatalf("%+v, %+v, %v", got, leads, err)
	}
	lead := storetest.Enter(t, db, leads[0].Person, "RZZ")
	trust.Name, trust.Kind = "Northmere Teaching NHS Trust", "Community"
	for range 2 { // the second changes nothing
		if err := db.ChangeTrust(t.Context(), by, trust, storetest.Now); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"Root added the trust (Northmere NHS Trust)", "Root added Ben Okafor", "Root granted a role to Ben Okafor (trust lead)",
		"Root changed the trust’s name or kind (Northmere Teaching NHS Trust, Community)",
	}
	if said := told(record(t, lead)); !slices.Equal(said, want) {
		t.Errorf("the trust's record says %q, want %q", said, want)
	}
	if got, _, err := db.ListedTrust(t.Context(), by, "RZZ", storetest.Now); err != nil || got != trust {
		t.Errorf("%+v, %v", got, err)
	}
	if err := db.ChangeTrust(t.Context(), by, store.ListedTrust{ODS: "NONE"}, storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a trust that there is not: %v", err)
	}
}

func TestLeadsComeAndGo(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	by, board := admin(t, db), storetest.Trust(t, db)
	address := board.Members[0].String() + "@example.org"
	if err := db.EndLead(t.Context(), by, board.ODS, board.Lead, storetest.Now); !errors.Is(err, access.ErrNoLead) {
		t.Errorf("the last lead: %v, want ErrNoLead", err)
	}
	for range 2 {
		if err := db.AddLead(t.Context(), by, board.ODS, "Not Their Name", address, storetest.Now); err != nil {
			t.Fatal(err)
		}
		if err := db.AddLead(t.Context(), by, board.ODS, "", address, storetest.Now); !errors.Is(err, store.ErrLeads) {
			t.Errorf("added twice: %v, want ErrLeads", err)
		}
		if roles := storetest.Enter(t, db, board.Members[0], board.ODS).Roles; !slices.Contains(roles, access.Lead) {
			t.Errorf("the new lead is %v", roles)
		}
		if err := db.EndLead(t.Context(), by, board.ODS, board.Members[0], storetest.Now); err != nil {
			t.Fatal(err)
		}
		if roles := storetest.Enter(t, db, board.Members[0], board.ODS).Roles; slices.Contains(roles, access.Lead) {
			t.Errorf("whose lead has ended is %v", roles)
		}
		if err := db.EndLead(t.Context(), by, board.ODS, board.Members[0], storetest.Now); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("ended twice: %v, want ErrNotFound", err)
		}
	}
	if err := db.AddLead(t.Context(), by, "NONE", "Eve", "eve@example.org", storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a trust that there is not: %v", err)
	}
	if _, err := db.FindPerson(t.Context(), by, "eve@example.org", storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("she was made all the same: %v", err)
	}
}

func TestPeopleAreFoundByTheirAddressAlone(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	by, board := admin(t, db), storetest.Trust(t, db)
	storetest.Join(t, db, board.ODS, board.Lead, access.Member)
	p, err := db.FindPerson(t.Context(), by, board.Lead.String()+"@example.org", storetest.Now)
	if err != nil || p.ID != board.Lead || p.Name == "" || len(p.Roles) != 2 || p.Roles[0].Role != access.Lead || p.Roles[1].Role != access.Member || p.Roles[0].Trust != board.Name {
		t.Errorf("%+v, %v", p, err)
	}
	for _, email := range []string{"", "%", board.Lead.String(), "nobody@example.org"} {
		if _, err := db.FindPerson(t.Context(), by, email, storetest.Now); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%q: %v, want ErrNotFound", email, err)
		}
	}
}

// TestAdministrationIsForAdministrators: nobody else may do any of it, and an
// administrator gets into no trust.
func TestAdministrationIsForAdministrators(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	by, board := admin(t, db), storetest.Trust(t, db)
	storetest.ClosedRound(t, db, board, questionnaire.Core)
	if _, err := db.Enter(t.Context(), by.ID, board.ODS); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an administrator enters a trust: %v", err)
	}
	lead := access.Person{ID: board.Lead}
	if _, err := db.Admin(t.Context(), board.Lead); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a lead is an administrator: %v", err)
	}
	ctx, now := t.Context(), storetest.Now
	trust := store.ListedTrust{ODS: "RZZ", Name: "Mine"}
	tries := map[string]error{
		"AddTrust": db.AddTrust(ctx, lead, trust, "Eve", "eve@example.org", now), "ChangeTrust": db.ChangeTrust(ctx, lead, trust, now),
		"AddLead": db.AddLead(ctx, lead, board.ODS, "Eve", "eve@example.org", now), "EndLead": db.EndLead(ctx, lead, board.ODS, board.Lead, now),
	}
	_, tries["GrantAdmin"] = db.GrantAdmin(ctx, lead, "eve@example.org", "Eve", now)
	_, tries["EndAdmin"] = db.EndAdmin(ctx, lead, by.Email, now)
	_, tries["Admins"] = db.Admins(ctx, lead)
	_, tries["FindPerson"] = db.FindPerson(ctx, lead, by.Email, now)
	_, _, tries["ListedTrust"] = db.ListedTrust(ctx, lead, board.ODS, now)
	for what, err := range tries {
		if !errors.Is(err, access.ErrDenied) {
			t.Errorf("%s: %v, want ErrDenied", what, err)
		}
	}
}
