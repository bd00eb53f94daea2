package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/audit"
	"octant/internal/maturity"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// peers makes trusts that are counted, with scores from 2.0 in steps of 0.2.
func peers(t testing.TB, db *store.DB, n int, closed time.Time) []storetest.Board {
	t.Helper()
	var boards []storetest.Board
	for i := range n {
		b := storetest.Trust(t, db)
		figures(t, db, b.ODS, closed, 2+float64(i)/5)
		share(t, db, b, access.Counted, storetest.Now)
		boards = append(boards, b)
	}
	return boards
}

func TestEditionIsMadeOfThoseWhoAgreed(t *testing.T) {
	t.Parallel()
	db, ctx, now := storetest.New(t), t.Context(), storetest.Now
	admin := access.Person{ID: storetest.Person(t, db, "Admin"), Admin: true}
	boards := peers(t, db, 5, now)
	secret := storetest.Trust(t, db) // private
	figures(t, db, secret.ODS, now, 5)
	if _, err := db.MakeEdition(ctx, admin, now); !errors.Is(err, maturity.ErrTooFewTrusts) {
		t.Fatalf("five trusts: %v", err)
	}
	boards = append(boards, peers(t, db, 2, now)...)
	late := storetest.Trust(t, db) // its round is too old
	figures(t, db, late.ODS, now.AddDate(-3, 0, 0), 5)
	share(t, db, late, access.Counted, now)
	number, err := db.MakeEdition(ctx, admin, now)
	if err != nil || number != 1 {
		t.Fatal(number, err)
	}
	f, err := db.Edition(ctx, boards[0].Members[0], 1, now)
	if err != nil {
		t.Fatal(err)
	}
	e, err := maturity.ThawEdition(f.Document)
	if err != nil {
		t.Fatal(err)
	}
	part := e.Parts[0]
	group, found := part.Group(maturity.GroupKey{Kind: maturity.AllTrusts})
	if b := group.Band("1"); !found || !b.Shown() || *b.Trusts != 7 || *b.Middle != 2.2 {
		t.Errorf("%+v", group)
	}
	if _, found := part.Group(maturity.GroupKey{Kind: maturity.SameType, Code: "Acute"}); !found {
		t.Errorf("no group of the trusts' own kind: %+v", part.Groups)
	}
	for _, b := range append(boards, secret, late) {
		if strings.Contains(string(f.Document), b.ODS) || strings.Contains(string(f.Document), b.Name) {
			t.Errorf("%s is named", b.ODS)
		}
	}
	for who, person := range map[string]uuid.UUID{
		"viewer": boards[0].Viewer, "observer": boards[0].Observer, "facilitator": boards[0].Facilitator,
		"lead of a private trust": secret.Lead, "nobody": uuid.New(),
	} {
		if _, err := db.Edition(ctx, person, 1, now); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", who, err)
		}
	}
	if cards, counted, err := db.Editions(ctx, admin, now); err != nil || len(cards) != 1 || counted != 8 || cards[0].By != "Admin" {
		t.Errorf("%+v, %d, %v", cards, counted, err)
	}
	if _, _, err := db.Editions(ctx, access.Person{}, now); !errors.Is(err, access.ErrDenied) {
		t.Errorf("not an administrator: %v", err)
	}
	if deeds := deedsOf(t, db, audit.Platform); !strings.Contains(deeds, "benchmark edition made: edition 1") {
		t.Errorf("recorded: %s", deeds)
	}
}

// TestWithdrawingCountsFromTheNextEdition: the one that was made stays as it is,
// and who withdrew can read none.
func TestWithdrawingCountsFromTheNextEdition(t *testing.T) {
	t.Parallel()
	db, ctx, now := storetest.New(t), t.Context(), storetest.Now
	admin := access.Person{ID: storetest.Person(t, db, "Admin"), Admin: true}
	boards := peers(t, db, 14, now)
	if _, err := db.MakeEdition(ctx, admin, now); err != nil {
		t.Fatal(err)
	}
	before, err := db.Edition(ctx, boards[0].Lead, 1, now)
	if err != nil {
		t.Fatal(err)
	}
	share(t, db, boards[13], access.Private, now.Add(time.Minute))
	if _, err := db.MakeEdition(ctx, admin, now.AddDate(0, 0, 1)); !errors.Is(err, maturity.ErrNothingNew) {
		t.Errorf("one less: %v", err)
	}
	for i := 6; i < 13; i++ {
		share(t, db, boards[i], access.Private, now.Add(time.Minute))
	}
	if number, err := db.MakeEdition(ctx, admin, now.AddDate(0, 0, 1)); err != nil || number != 2 {
		t.Errorf("eight less: %d, %v", number, err)
	}
	if again, err := db.Edition(ctx, boards[0].Lead, 1, now); err != nil || again.Digest != before.Digest {
		t.Errorf("the first edition: %v", err)
	}
	p, err := storetest.Enter(t, db, boards[13].Lead, boards[13].ODS).Peers(ctx, 0, now.AddDate(0, 0, 1))
	if err != nil || p.Rung != access.Private || p.Edition != nil {
		t.Errorf("who withdrew sees %d bytes, %v", len(p.Edition), err)
	}
	p, err = storetest.Enter(t, db, boards[0].Lead, boards[0].ODS).Peers(ctx, 0, now.AddDate(0, 0, 1))
	if err != nil || fmt.Sprint(p.Numbers) != "[2 1]" || p.Report == nil || p.Place.Type != "Acute" {
		t.Errorf("%+v, %v", p.Numbers, err)
	}
	if _, err := storetest.Enter(t, db, boards[0].Lead, boards[0].ODS).Peers(ctx, 9, now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("no such edition: %v", err)
	}
}

func TestClockMakesOneEditionAQuarter(t *testing.T) {
	t.Parallel()
	db, ctx := storetest.New(t), t.Context()
	now := time.Date(2027, time.January, 1, 4, 0, 0, 0, time.UTC)
	if err := db.KeepEditions(ctx, now); err != nil {
		t.Fatal(err)
	}
	peers(t, db, 8, storetest.Now)
	made := func() (n int) {
		if err := storetest.Owner(t, db).QueryRow(ctx, `SELECT count(*) FROM editions WHERE made_by IS NULL`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, at := range []struct {
		now  time.Time
		want int
	}{{now.AddDate(0, 0, -2), 0}, {now.AddDate(0, 0, 8), 0}, {now.AddDate(0, 0, 2), 1}, {now.AddDate(0, 0, 3), 1}} {
		if err := db.KeepEditions(ctx, at.now); err != nil || made() != at.want {
			t.Errorf("%v: %d editions, %v", at.now, made(), err)
		}
	}
}

func TestEditionCannotBeChanged(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	peers(t, db, 8, storetest.Now)
	if _, err := db.MakeEdition(t.Context(), access.Person{ID: storetest.Person(t, db, "Admin"), Admin: true}, storetest.Now); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{`UPDATE editions SET number = 9`, `DELETE FROM editions`} {
		if _, err := store.Pool(db).Exec(t.Context(), statement); !hasCode(err, "42501") {
			t.Errorf("%s: %v", statement, err)
		}
	}
}
