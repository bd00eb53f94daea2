package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/action"
	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/internal/workshop"
)

// TestDeviceSeesNothingOfAVote looks with a seat's rights at all there is.
func TestDeviceSeesNothingOfAVote(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 6, false)
	q := r.question()
	r.must(r.runner.WriteNotes(t.Context(), r.id, q.ID, "private", ""))
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 5, 4, 4, 4, 4, 4)
	seat := r.seat(r.devices[0])
	other := openRoomIn(t, r.db, r.board, store.NewWorkshop{Title: "Another", Length: workshop.Short}, 2)
	err := store.SeatTx(t.Context(), seat, func(tx pgx.Tx) error {
		for table, want := range map[string]int{
			"workshop_votes": 1, "workshop_participants": 1, "workshop_ups": 0, "workshops": 1, "workshop_cards": 0, "workshop_devices": 0,
		} {
			var n int
			if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&n); err != nil || n != want {
				t.Errorf("%s: sees %d rows, want %d, %v", table, n, want, err)
			}
		}
		var items int
		if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM workshop_items WHERE workshop_id <> $1`, r.id).Scan(&items); err != nil || items != 0 {
			t.Errorf("sees %d items of another workshop, %v", items, err)
		}
		return nil
	})
	r.must(err)
	for _, statement := range []string{
		`SELECT notes FROM workshop_items`, `SELECT why FROM workshop_items`, `SELECT FROM answers`, `SELECT FROM responses`,
		`SELECT FROM invitations`, `SELECT FROM memberships`, `SELECT FROM workshop_tallies`, `SELECT FROM workshop_resets`,
		`SELECT FROM workshop_codes`, `SELECT FROM reports`, `SELECT FROM audit`, `SELECT FROM sessions`, `SELECT email FROM people`,
		`UPDATE workshop_items SET stage = 'revealed'`, `UPDATE workshops SET step = 9`, `DELETE FROM workshop_votes`,
		`UPDATE workshop_votes SET participant = gen_random_uuid()`, `DELETE FROM workshop_cards`, `INSERT INTO actions (ods) VALUES ('X')`,
	} {
		err := store.SeatTx(t.Context(), seat, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), statement)
			return err
		})
		if !hasCode(err, "42501") {
			t.Errorf("%s: %v, want it refused", statement, err)
		}
	}
	for _, statement := range []string{
		fmt.Sprintf(`INSERT INTO workshop_votes (ods, workshop_id, item_id, vote, participant, choice) VALUES ('%s', '%s', '%s', 1, gen_random_uuid(), 1)`, r.board.ODS, r.id, q.ID),
		fmt.Sprintf(`INSERT INTO workshop_parked (ods, workshop_id, id, words) VALUES ('%s', '%s', gen_random_uuid(), 'x')`, r.board.ODS, other.id),
	} {
		err := store.SeatTx(t.Context(), seat, func(tx pgx.Tx) error {
			_, err := tx.Exec(t.Context(), statement)
			return err
		})
		if !hasCode(err, "42501") {
			t.Errorf("%s: %v, want it refused", statement, err)
		}
	}
	board, err := seat.Board(t.Context())
	r.must(err)
	if said := fmt.Sprintf("%+v", board); strings.Contains(said, "private") {
		t.Error("the board holds notes")
	}
	for _, it := range board.Workshop.Items {
		if it.First != nil || it.Second != nil || it.Notes != "" || it.Why != "" {
			t.Errorf("the board holds %+v", it)
		}
	}
}

func TestCodesThatLeadNowhere(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 0, false)
	code := r.console().Code
	if len(code) != 7 {
		t.Fatalf("code %q", code)
	}
	tries := 0
	join := func(code string, now time.Time) (string, error) {
		tries++
		token, _, err := r.db.JoinWorkshop(t.Context(), store.Joining{Code: code, Device: fmt.Sprint("try ", tries), Network: "elsewhere"}, now)
		return token, err
	}
	for _, typed := range []string{code, strings.ToLower(code), " " + strings.ReplaceAll(code, "-", " ") + " ", strings.ReplaceAll(code, "-", "")} {
		if _, err := join(typed, storetest.Now); err != nil {
			t.Errorf("%q: %v", typed, err)
		}
	}
	for _, typed := range []string{"", "222-222", code + "2", strings.Repeat("A", 500), "\x00", "‐‐‐"} {
		if _, err := join(typed, storetest.Now); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%q: %v, want ErrNotFound", typed, err)
		}
	}
	if _, err := join(code, storetest.Now.Add(store.JoinLife)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("expired: %v, want ErrNotFound", err)
	}
	token, err := join(code, storetest.Now)
	r.must(err)
	next, err := r.runner.NewJoinCode(t.Context(), r.id, storetest.Now)
	r.must(err)
	if _, err := join(code, storetest.Now); !errors.Is(err, store.ErrNotFound) || next == code {
		t.Errorf("the code before: %v, want ErrNotFound", err)
	}
	r.seat(token) // who is in stays in
	r.must(r.runner.EndWorkshop(t.Context(), r.id, r.console().Workshop.Step, storetest.Now))
	if _, err := join(next, storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("ended: %v, want ErrNotFound", err)
	}
	for _, gone := range []string{token, "", "x", "T0001-abc", r.board.ODS + "-" + strings.Repeat("A", 43)} {
		if _, err := r.db.EnterWorkshop(t.Context(), gone); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("token %.6q: %v, want ErrNotFound", gone, err)
		}
	}
}

func TestGuessersHaveToWait(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 0, false)
	code := r.console().Code
	for i := range 11 {
		_, wait, err := r.db.JoinWorkshop(t.Context(), store.Joining{Code: "222-222", Device: "guesser", Network: "n"}, storetest.Now)
		if i < 10 && (!errors.Is(err, store.ErrNotFound) || wait != 0) || i == 10 && (err != nil || wait <= 0) {
			t.Errorf("try %d: %v, wait %v", i+1, err, wait)
		}
	}
	if token, wait, err := r.db.JoinWorkshop(t.Context(), store.Joining{Code: code, Device: "guesser", Network: "n"}, storetest.Now); token != "" || wait <= 0 || err != nil {
		t.Errorf("the right code after too many tries: %v, wait %v", err, wait)
	}
	if _, wait, err := r.db.JoinWorkshop(t.Context(), store.Joining{Code: code, Device: "somebody", Network: "n"}, storetest.Now); wait != 0 || err != nil {
		t.Errorf("somebody else on the same network: %v, wait %v", err, wait)
	}
}

// TestMemberHasOneVoteOnAllDevices, and others of the trust watch.
func TestMemberHasOneVoteOnAllDevices(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 0, false)
	member := r.board.Members[0]
	phone := r.join(store.Joining{Device: "phone", Network: "n"})
	tablet := r.join(store.Joining{Device: "tablet", Network: "n", Person: member})
	phone = r.join(store.Joining{Device: "phone", Network: "n", Person: member, Token: phone}) // signs in later
	again := r.join(store.Joining{Device: "phone", Network: "n", Person: member, Token: phone})
	if again != phone {
		t.Error("a device that is in gets another token")
	}
	lead := r.join(store.Joining{Device: "lead", Network: "n", Person: r.board.Lead})
	stranger := r.join(store.Joining{Device: "stranger", Network: "n", Person: storetest.Person(t, r.db, "A guest")})
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.must(r.seat(phone).Vote(t.Context(), q.ID, 1, 2))
	r.must(r.seat(tablet).Vote(t.Context(), q.ID, 1, 4))
	if own := r.seat(phone).Own; own.Vote != 4 {
		t.Errorf("the phone sees %+v, want the tablet's vote", own)
	}
	if err := r.seat(lead).Vote(t.Context(), q.ID, 1, 4); !errors.Is(err, workshop.ErrObserver) {
		t.Errorf("a lead who is not on the board votes: %v", err)
	}
	r.must(r.seat(stranger).Vote(t.Context(), q.ID, 1, 1))
	if c := r.console(); c.Voted != 2 {
		t.Errorf("%d votes, want 2", c.Voted)
	}
	var known int
	err := storetest.Owner(t, r.db).QueryRow(t.Context(), `SELECT count(*) FROM workshop_participants WHERE participant = $1`, member).Scan(&known)
	if err != nil || known != 0 {
		t.Errorf("a participant is kept under the person's id, %v", err)
	}
}

// TestWorkshopMethodsNameTheirPermission calls every method as every role.
func TestWorkshopMethodsNameTheirPermission(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 0, false)
	b, none := r.board, uuid.New()
	due := storetest.Now.AddDate(0, 1, 0)
	methods := map[string]struct {
		needs access.Permission
		call  func(ctx context.Context, x *store.Trust) error
	}{
		"Workshops": {access.EnterTrust, func(ctx context.Context, x *store.Trust) error { _, err := x.Workshops(ctx); return err }},
		"CreateWorkshop": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error {
			_, err := x.CreateWorkshop(ctx, store.NewWorkshop{Title: "x", Length: workshop.Short}, storetest.Now)
			return err
		}},
		"DeleteWorkshop": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error { return x.DeleteWorkshop(ctx, none, storetest.Now) }},
		"Console": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error {
			_, err := x.Console(ctx, r.id, storetest.Now)
			return err
		}},
		"WorkshopBoard": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error {
			_, _, err := x.WorkshopBoard(ctx, r.id, storetest.Now)
			return err
		}},
		"AddItem": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error {
			return x.AddItem(ctx, none, workshop.Item{Kind: workshop.Talk, Title: "x", Sitting: 1})
		}},
		"ChangeItem":    {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error { return x.ChangeItem(ctx, none, workshop.Item{}, "") }},
		"WriteNotes":    {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error { return x.WriteNotes(ctx, none, none, "x", "") }},
		"ShiftItem":     {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error { return x.ShiftItem(ctx, none, none, 1) }},
		"DropItem":      {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error { return x.DropItem(ctx, none, none) }},
		"BeginWorkshop": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error { return x.BeginWorkshop(ctx, none, 0, storetest.Now) }},
		"EndWorkshop":   {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error { return x.EndWorkshop(ctx, none, 0, storetest.Now) }},
		"MoveOn": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error {
			return x.MoveOn(ctx, none, none, workshop.Show, 0, storetest.Now)
		}},
		"RestartVote": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error {
			return x.RestartVote(ctx, none, none, 0, "x", storetest.Now)
		}},
		"AgreeLevel": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error {
			return x.AgreeLevel(ctx, none, none, 0, workshop.Agreement{}, storetest.Now)
		}},
		"KeyTally": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error {
			return x.KeyTally(ctx, none, none, 0, workshop.Tally{}, storetest.Now)
		}},
		"ExtendTimer": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error {
			return x.ExtendTimer(ctx, none, time.Minute, storetest.Now)
		}},
		"NewJoinCode": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error {
			_, err := x.NewJoinCode(ctx, none, storetest.Now)
			return err
		}},
		"WorkshopDevices": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error {
			_, err := x.WorkshopDevices(ctx, r.id)
			return err
		}},
		"ExpectPeople": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error { return x.ExpectPeople(ctx, none, 14) }},
		"RemoveDevice": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error {
			return x.RemoveDevice(ctx, none, 1, storetest.Now)
		}},
		"Park":         {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error { return x.Park(ctx, none, "x") }},
		"SettleParked": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error { return x.SettleParked(ctx, none, none, true) }},
		"AddAction": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error {
			_, err := x.AddAction(ctx, action.Action{What: "x", OwnerName: "x", Due: due}, storetest.Now)
			return err
		}},
		"ChangeAction": {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error {
			return x.ChangeAction(ctx, action.Action{ID: none}, storetest.Now)
		}},
		"Actions":        {access.ViewReport, func(ctx context.Context, x *store.Trust) error { _, err := x.Actions(ctx); return err }},
		"ActionOwners":   {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error { _, err := x.ActionOwners(ctx); return err }},
		"WorkshopRecord": {access.ViewReport, func(ctx context.Context, x *store.Trust) error { _, err := x.WorkshopRecord(ctx, none); return err }},
		"SendOutcome": {access.ManageRounds, func(ctx context.Context, x *store.Trust) error {
			_, err := x.SendOutcome(ctx, none, storetest.Now)
			return err
		}},
		"AgreedLevels": {access.ViewReport, func(ctx context.Context, x *store.Trust) error { _, err := x.AgreedLevels(ctx, none); return err }},
	}
	for role, person := range map[access.Role]uuid.UUID{
		access.Lead: b.Lead, access.Chair: b.Chair, access.Facilitator: b.Facilitator,
		access.Observer: b.Observer, access.Viewer: b.Viewer, access.Member: b.Members[0],
	} {
		trust := storetest.Enter(t, r.db, person, b.ODS)
		for name, m := range methods {
			may := access.Roles{role}.May(m.needs)
			if err := m.call(t.Context(), trust); errors.Is(err, access.ErrDenied) == may {
				t.Errorf("%s as %s: %v, want it permitted %v", name, role, err, may)
			}
		}
	}
}

// TestWorkshopPoliciesHoldWithoutWhere leaves every condition out.
func TestWorkshopPoliciesHoldWithoutWhere(t *testing.T) {
	t.Parallel()
	home := openRoom(t, 5, false)
	other := openRoomIn(t, home.db, storetest.Trust(t, home.db), store.NewWorkshop{Title: "Theirs", Length: workshop.Short}, 5)
	for _, r := range []*room{home, other} {
		q := r.question()
		r.move(q.ID, workshop.Show, workshop.OpenVote)
		r.vote(q.ID, 1, 1, 2, 3, 4, 5)
		r.must(r.seat(r.devices[0]).Park(t.Context(), "later"))
		_, err := r.runner.AddAction(t.Context(), action.Action{What: "x", OwnerName: "x", Due: storetest.Now.AddDate(0, 1, 0)}, storetest.Now)
		r.must(err)
	}
	for _, table := range []string{"workshops", "workshop_items", "workshop_participants", "workshop_devices", "workshop_votes", "workshop_parked", "actions"} {
		err := store.Tx(t.Context(), home.runner, access.EnterTrust, func(tx pgx.Tx) error {
			var mine, all int
			err := tx.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE ods = $1), count(*) FROM `+table, home.board.ODS).Scan(&mine, &all)
			if err == nil && (mine == 0 || mine != all) {
				err = fmt.Errorf("sees %d rows, of which %d its own", all, mine)
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", table, err)
		}
		if _, err := store.Pool(home.db).Exec(t.Context(), `SELECT FROM `+table); !hasCode(err, "42501") {
			t.Errorf("%s outside any trust: %v, want it refused", table, err)
		}
	}
}
