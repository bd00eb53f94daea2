package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

func TestGrantAndEndRoles(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	now, today := time.Now(), access.Today(time.Now())
	who := board.Observer
	terms := []access.Term{
		{Role: access.Facilitator, From: today},
		{Role: access.Chair, From: today.AddDate(0, 0, 9)},
		{Role: access.Member, Title: "Chair", Side: access.NonExecutive, From: today, Until: today.AddDate(0, 0, 9)},
	}
	if err := lead.GrantRoles(t.Context(), who, terms, now); err != nil {
		t.Fatal(err)
	}
	if got := storetest.Enter(t, db, who, board.ODS).Roles; fmt.Sprint(got) != "[facilitator member observer]" {
		t.Errorf("roles today are %v", got)
	}
	if err := lead.EndRoles(t.Context(), who, []access.Role{access.Facilitator, access.Observer, access.Member}, today.AddDate(0, 0, -1), now); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Enter(t.Context(), who, board.ODS); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("somebody whose roles have ended: %v", err)
	}
	if err := lead.EndRoles(t.Context(), who, []access.Role{access.Observer}, today, now); !errors.Is(err, access.ErrTerm) {
		t.Errorf("a role that has ended, ended again: %v", err)
	}
	if err := lead.EndRoles(t.Context(), who, []access.Role{access.Viewer}, today, now); !errors.Is(err, access.ErrTerm) {
		t.Errorf("a role that was never held: %v", err)
	}
	if err := lead.GrantRoles(t.Context(), who, []access.Term{{Role: access.Observer, From: today}}, now); err != nil {
		t.Fatal(err)
	}
	storetest.Enter(t, db, who, board.ODS)
	got := strings.Join(recorded(t, db, board.ODS), "\n")
	for _, want := range []string{"role granted: facilitator, from ", "role granted: board member, from ", " to ", "role ended: observer, last day "} {
		if !strings.Contains(got, want) {
			t.Errorf("recorded %s\nwithout %q", got, want)
		}
	}
	storetest.Change(t, db, `UPDATE people SET email = NULL WHERE id = $1`, who)
	if err := lead.GrantRoles(t.Context(), who, terms[:1], now); !errors.Is(err, access.ErrNoAddress) {
		t.Errorf("a facilitator without an address: %v", err)
	}
}

// TestSomebodyAlwaysLeads: no change of roles leaves a day without a lead.
func TestSomebodyAlwaysLeads(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	now, today := time.Now(), access.Today(time.Now())
	leads := []access.Role{access.Lead}
	if err := lead.EndRoles(t.Context(), board.Lead, leads, today.AddDate(1, 0, 0), now); !errors.Is(err, access.ErrNoLead) {
		t.Errorf("the last lead, in a year: %v", err)
	}
	if err := lead.GrantRoles(t.Context(), board.Lead, []access.Term{{Role: access.Lead, From: today, Until: today}}, now); !errors.Is(err, access.ErrNoLead) {
		t.Errorf("the last lead, by new dates: %v", err)
	}
	next := access.Term{Role: access.Lead, From: today.AddDate(0, 0, 10)}
	if err := lead.GrantRoles(t.Context(), board.Chair, []access.Term{next}, now); err != nil {
		t.Fatal(err)
	}
	if err := lead.EndRoles(t.Context(), board.Lead, leads, today.AddDate(0, 0, 8), now); !errors.Is(err, access.ErrNoLead) {
		t.Errorf("a day between two leads: %v", err)
	}
	if err := lead.EndRoles(t.Context(), board.Lead, leads, today.AddDate(0, 0, 9), now); err != nil {
		t.Errorf("handed on without a day between: %v", err)
	}
	if err := lead.EndRoles(t.Context(), board.Chair, leads, today.AddDate(0, 0, 30), now); !errors.Is(err, access.ErrNoLead) {
		t.Errorf("whoever comes next: %v", err)
	}
	if err := lead.GrantRoles(t.Context(), board.Facilitator, []access.Term{{Role: access.Lead, From: today}}, now); err != nil {
		t.Fatal(err)
	}
	if err := lead.EndRoles(t.Context(), board.Lead, leads, today.AddDate(0, 0, -1), now); err != nil {
		t.Errorf("one of several: %v", err)
	}
	if _, err := db.Enter(t.Context(), board.Lead, board.ODS); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a lead whose role has ended: %v", err)
	}
}

// TestLeavingTheBoard: whoever leaves is off the lists of drafts, and stays on
// those of rounds that have opened.
func TestLeavingTheBoard(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	draft, open := storetest.Draft(t, db, board, questionnaire.Core), storetest.OpenRound(t, db, board, questionnaire.Core)
	if err := lead.SetAsked(t.Context(), draft.ID, board.Members, storetest.Now); err != nil {
		t.Fatal(err)
	}
	yesterday := access.Today(storetest.Now).AddDate(0, 0, -1)
	if err := lead.EndRoles(t.Context(), board.Members[3], []access.Role{access.Member}, yesterday, storetest.Now); err != nil {
		t.Fatal(err)
	}
	for round, want := range map[uuid.UUID]int{draft.ID: storetest.BoardSize - 1, open.ID: storetest.BoardSize} {
		if asked, err := lead.Asked(t.Context(), round); err != nil || len(asked) != want {
			t.Errorf("%d asked, %v, want %d", len(asked), err, want)
		}
	}
}

func TestHolders(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	storetest.Trust(t, db)
	storetest.Join(t, db, board.ODS, board.Lead, access.Member)
	storetest.Change(t, db, `UPDATE memberships SET to_on = '2020-02-01' WHERE person_id = $1`, board.Observer)
	holders, err := storetest.Enter(t, db, board.Viewer, board.ODS).Holders(t.Context())
	if err != nil || len(holders) != storetest.BoardSize+5 {
		t.Fatalf("%d holders, %v", len(holders), err)
	}
	for _, h := range holders {
		if !strings.HasSuffix(h.Name, board.ODS) || h.Person == board.Observer {
			t.Errorf("%+v", h)
		}
	}
}

func TestPeopleAreTheLeadsToManage(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	for role, person := range map[access.Role]uuid.UUID{
		access.Lead: board.Lead, access.Chair: board.Chair, access.Facilitator: board.Facilitator,
		access.Observer: board.Observer, access.Viewer: board.Viewer, access.Member: board.Members[0],
	} {
		x := storetest.Enter(t, db, person, board.ODS)
		_, peopleErr := x.People(t.Context())
		_, _, insiderErr := x.Insider(t.Context(), board.Members[1])
		_, addErr := x.AddPerson(t.Context(), access.Line{}, nil, storetest.Now)
		for name, err := range map[string]error{
			"People": peopleErr, "Insider": insiderErr, "AddPerson": addErr, "AddPeople": x.AddPeople(t.Context(), nil, storetest.Now),
			"ChangePerson": x.ChangePerson(t.Context(), uuid.New(), store.Details{}, storetest.Now),
			"GrantRoles":   x.GrantRoles(t.Context(), uuid.New(), nil, storetest.Now),
			"EndRoles":     x.EndRoles(t.Context(), uuid.New(), nil, storetest.Now, storetest.Now),
		} {
			if errors.Is(err, access.ErrDenied) == (role == access.Lead) {
				t.Errorf("%s as %s: %v", name, role, err)
			}
		}
	}
}

// TestSidesAreWrittenAlike: access may not know assessment, so both name the
// sides.
func TestSidesAreWrittenAlike(t *testing.T) {
	t.Parallel()
	if string(access.Executive) != string(assessment.Executive) || string(access.NonExecutive) != string(assessment.NonExecutive) {
		t.Error("the sides are not written alike")
	}
}
