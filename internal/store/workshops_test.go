package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/action"
	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/internal/workshop"
)

// room is a running workshop with devices in it.
type room struct {
	*testing.T
	db      *store.DB
	board   storetest.Board
	runner  *store.Trust
	id      uuid.UUID
	devices []string
}

// openRoom begins a workshop without a round and seats so many devices.
func openRoom(t *testing.T, devices int, rehearsal bool) *room {
	t.Helper()
	db := storetest.New(t)
	return openRoomIn(t, db, storetest.Trust(t, db), store.NewWorkshop{Title: "Away day", Length: workshop.Short, Rehearsal: rehearsal}, devices)
}

func openRoomIn(t *testing.T, db *store.DB, b storetest.Board, n store.NewWorkshop, devices int) *room {
	t.Helper()
	r := &room{T: t, db: db, board: b, runner: storetest.Enter(t, db, b.Facilitator, b.ODS)}
	id, err := r.runner.CreateWorkshop(t.Context(), n, storetest.Now)
	r.must(err)
	r.id = id
	r.must(r.runner.BeginWorkshop(t.Context(), id, 0, storetest.Now))
	for i := range devices {
		r.devices = append(r.devices, r.join(store.Joining{Device: fmt.Sprint("device ", i), Network: "home"}))
	}
	return r
}

func (r *room) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *room) console() store.Console {
	r.Helper()
	c, err := r.runner.Console(r.Context(), r.id, storetest.Now)
	r.must(err)
	return c
}

// join seats a device by the code on the wall.
func (r *room) join(j store.Joining) (token string) {
	r.Helper()
	if j.Code == "" {
		j.Code = r.console().Code
	}
	token, wait, err := r.db.JoinWorkshop(r.Context(), j, storetest.Now)
	if err != nil || wait > 0 {
		r.Fatalf("join: %v, wait %v", err, wait)
	}
	return token
}

func (r *room) seat(token string) *store.Seat {
	r.Helper()
	s, err := r.db.EnterWorkshop(r.Context(), token)
	r.must(err)
	return s
}

// question is the first question on the agenda.
func (r *room) question() workshop.Item {
	r.Helper()
	for _, it := range r.console().Workshop.Items {
		if it.Kind == workshop.Question {
			return it
		}
	}
	r.Fatal("no question on the agenda")
	return workshop.Item{}
}

// item is an item as it stands now.
func (r *room) item(id uuid.UUID) workshop.Item {
	r.Helper()
	w := r.console().Workshop
	it, ok := w.Item(id)
	if !ok {
		r.Fatal("no such item")
	}
	return *it
}

func (r *room) move(item uuid.UUID, moves ...workshop.Move) {
	r.Helper()
	for _, m := range moves {
		if err := r.runner.MoveOn(r.Context(), r.id, item, m, r.console().Workshop.Step, storetest.Now); err != nil {
			r.Fatalf("%s: %v", m, err)
		}
	}
}

// vote has each device choose in turn; a choice of nought is left out.
func (r *room) vote(item uuid.UUID, vote int, choices ...assessment.Choice) {
	r.Helper()
	for i, c := range choices {
		if c != assessment.NotAnswered {
			r.must(r.seat(r.devices[i]).Vote(r.Context(), item, vote, c))
		}
	}
}

func TestWorkshopGoesThroughItsCycle(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 8, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 1, 2, 2, 3, 4, 4, 5, assessment.DontKnow)
	r.vote(q.ID, 1, 2) // the first device thinks again: its vote takes the place of the one before
	if c := r.console(); c.Voted != 8 || c.Voters != 8 || c.Joined != 8 {
		t.Errorf("%d of %d voted, %d joined", c.Voted, c.Voters, c.Joined)
	}
	r.move(q.ID, workshop.CloseVote)
	if it := r.item(q.ID); it.First != nil || it.Stage != workshop.Voted {
		t.Errorf("before the reveal: %+v", it)
	}
	r.move(q.ID, workshop.Reveal)
	first := r.item(q.ID).First
	if first == nil || first.DontKnow == nil || *first.DontKnow != 1 || fmt.Sprint(first.Bands) != "[3 1 3]" {
		t.Fatalf("revealed %+v", first)
	}
	r.move(q.ID, workshop.Discuss, workshop.VoteAgain)
	late := r.join(store.Joining{Device: "late", Network: "home"})
	if err := r.seat(late).Vote(t.Context(), q.ID, 2, 5); !errors.Is(err, workshop.ErrLate) {
		t.Errorf("who came after the first vote votes in the second: %v, want ErrLate", err)
	}
	r.vote(q.ID, 2, 3, 3, 3, 4, 4, 4, 0, 3)
	if s := r.seat(r.devices[6]); s.Own.Vote != assessment.NotAnswered || s.Own.First != 5 {
		t.Errorf("who has not voted again yet: %+v", s.Own)
	}
	if c := r.console(); c.Voted != 7 || c.Voters != 8 || c.Joined != 9 {
		t.Errorf("%d of %d voted again, %d joined", c.Voted, c.Voters, c.Joined)
	}
	r.must(r.seat(r.devices[6]).Vote(t.Context(), q.ID, 2, 5))
	r.move(q.ID, workshop.EndAgain, workshop.ShowShift)
	it := r.item(q.ID)
	if it.Second == nil || fmt.Sprint(it.Second.Counts) != "[0 0 4 3 1]" {
		t.Fatalf("second %+v", it.Second)
	}
	if s, ok := it.Shift(); !ok || len(s.Words()) == 0 {
		t.Errorf("shift %+v, %v", s, ok)
	}
	step := r.console().Workshop.Step
	r.must(r.runner.AgreeLevel(t.Context(), r.id, q.ID, step, workshop.Agreement{Level: 3, Reason: "We have a plan.", Dissent: "Wards see little of it."}, storetest.Now))
	r.must(r.runner.AgreeLevel(t.Context(), r.id, q.ID, step+1, workshop.Agreement{Level: 4, Reason: "We use it."}, storetest.Now))
	if a := r.item(q.ID).Agreement; a == nil || a.Level != 4 || a.Reason != "We use it." || a.Dissent != "" {
		t.Errorf("agreed %+v", a)
	}
	r.move(q.ID, workshop.Finish)
	if w := r.console().Workshop; w.Now() != nil || !w.TimerEnds.IsZero() {
		t.Errorf("under way after its end: %v, timer %v", w.Current, w.TimerEnds)
	}
}

// TestWhoDoesNotVoteAgainKeepsTheirVote: the second vote has all who voted first,
// and is told only where it shows nobody's.
func TestWhoDoesNotVoteAgainKeepsTheirVote(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 10, false)
	for _, again := range []struct {
		choices []assessment.Choice
		counts  string
		hidden  bool
	}{
		{[]assessment.Choice{2, 2, 3, 3, 3, 3, 4, 4, 0, 0}, "[0 2 4 3 1]", false},
		{[]assessment.Choice{3, 3, 3, 3, 0, 0, 0, 0, 0, 0}, "[]", true}, // four only
		{[]assessment.Choice{5, 5, 5, 5, 5, 5, 5, 5, 5, 0}, "[]", true}, // who did not can only have said 5
	} {
		q := r.question()
		for _, it := range r.console().Workshop.Items {
			if it.Kind == workshop.Question && it.Stage == workshop.Waiting {
				q = it
				break
			}
		}
		r.move(q.ID, workshop.Show, workshop.OpenVote)
		r.vote(q.ID, 1, 1, 2, 2, 3, 3, 3, 4, 4, 4, 5)
		r.move(q.ID, workshop.CloseVote, workshop.Reveal, workshop.Discuss, workshop.VoteAgain)
		r.vote(q.ID, 2, again.choices...)
		r.move(q.ID, workshop.EndAgain, workshop.ShowShift)
		it := r.item(q.ID)
		if fmt.Sprint(it.Second.Counts) != again.counts || (it.Second.Hidden != "") != again.hidden {
			t.Errorf("%v: told %v, hidden %q", again.choices, it.Second.Counts, it.Second.Hidden)
		}
	}
}

// TestTwoWhoPressAtOnce: of two facilitators one wins, and the other is told that
// somebody has moved on.
func TestTwoWhoPressAtOnce(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 5, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 1, 2, 3, 4, 5)
	r.move(q.ID, workshop.CloseVote)
	other := storetest.Enter(t, r.db, r.board.Lead, r.board.ODS)
	step := r.console().Workshop.Step
	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		group.Go(func() {
			who := r.runner
			if i%2 == 1 {
				who = other
			}
			errs[i] = who.MoveOn(t.Context(), r.id, q.ID, workshop.Reveal, step, storetest.Now)
		})
	}
	group.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, workshop.ErrStep) {
			t.Errorf("%v, want ErrStep", err)
		}
	}
	if w := r.console().Workshop; won != 1 || w.Step != step+1 {
		t.Errorf("%d won, step %d after %d", won, w.Step, step)
	}
}

// TestVoteMeetsClosing: whatever a vote is told, it counts if and only if it was
// acknowledged.
func TestVoteMeetsClosing(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 40, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	seats := make([]*store.Seat, len(r.devices))
	for i, d := range r.devices {
		seats[i] = r.seat(d)
	}
	errs := make([]error, len(seats))
	var group sync.WaitGroup
	for i, s := range seats {
		group.Go(func() { errs[i] = s.Vote(t.Context(), q.ID, 1, assessment.Choice(1+i%5)) })
		if i == len(seats)/2 {
			group.Go(func() { r.move(q.ID, workshop.CloseVote, workshop.Reveal) })
		}
	}
	group.Wait()
	var kept maturity.Counts
	for i, err := range errs {
		switch {
		case err == nil:
			kept[i%5]++
		case !errors.Is(err, workshop.ErrClosed):
			t.Errorf("%v, want ErrClosed", err)
		}
	}
	told := r.item(q.ID).First
	if kept.N() >= 8 && fmt.Sprint(told.Counts) != fmt.Sprint(kept[:]) {
		t.Errorf("acknowledged %v, told %v", kept, told.Counts)
	}
	if err := seats[0].Vote(t.Context(), q.ID, 1, 5); !errors.Is(err, workshop.ErrClosed) {
		t.Errorf("a vote after the closing: %v, want ErrClosed", err)
	}
}

func TestVotesThatAreRefused(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 1, false)
	q := r.question()
	watching := r.join(store.Joining{Device: "gallery", Network: "home", Observer: true})
	vote := func(token string, item uuid.UUID, vote int, c assessment.Choice) error {
		return r.seat(token).Vote(t.Context(), item, vote, c)
	}
	if err := vote(r.devices[0], q.ID, 1, 3); !errors.Is(err, workshop.ErrClosed) {
		t.Errorf("before the vote: %v", err)
	}
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	for _, c := range []assessment.Choice{0, assessment.RatherNotSay, 8} {
		if err := vote(r.devices[0], q.ID, 1, c); !errors.Is(err, workshop.ErrChoice) {
			t.Errorf("choice %d: %v", c, err)
		}
	}
	if err := vote(watching, q.ID, 1, 3); !errors.Is(err, workshop.ErrObserver) {
		t.Errorf("an observer: %v", err)
	}
	if err := vote(r.devices[0], q.ID, 2, 3); !errors.Is(err, workshop.ErrClosed) {
		t.Errorf("in the second vote: %v", err)
	}
	if err := vote(r.devices[0], uuid.New(), 1, 3); !errors.Is(err, workshop.ErrClosed) {
		t.Errorf("on another item: %v", err)
	}
	if c := r.console(); c.Voted != 0 || c.Watching != 1 {
		t.Errorf("%d voted, %d watch", c.Voted, c.Watching)
	}
}

func TestRestartedVoteBeginsAnew(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 6, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 1, 1, 1, 1, 1, 1)
	step := r.console().Workshop.Step
	if err := r.runner.RestartVote(t.Context(), r.id, q.ID, step, " ", storetest.Now); !errors.Is(err, workshop.ErrReason) {
		t.Errorf("without a reason: %v", err)
	}
	r.must(r.runner.RestartVote(t.Context(), r.id, q.ID, step, "Half of us read another question.", storetest.Now))
	c := r.console()
	if c.Voted != 0 || r.item(q.ID).Stage != workshop.Shown || len(c.Resets) != 1 || c.Resets[0].Vote != 1 {
		t.Errorf("%d voted, %s, resets %v", c.Voted, r.item(q.ID).Stage, c.Resets)
	}
	r.move(q.ID, workshop.OpenVote, workshop.CloseVote, workshop.Reveal)
	err := r.runner.RestartVote(t.Context(), r.id, q.ID, r.console().Workshop.Step, "Again.", storetest.Now)
	if _, ok := errors.AsType[*workshop.MoveError](err); !ok {
		t.Errorf("after the reveal: %v, want a MoveError", err)
	}
}

// TestCardsOfPaperStandForTheWholeVote: what devices sent in it goes.
func TestCardsOfPaperStandForTheWholeVote(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 6, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 5, 5, 5)
	key := func(counts maturity.Counts, dontKnow int) error {
		return r.runner.KeyTally(t.Context(), r.id, q.ID, r.console().Workshop.Step, workshop.Tally{Counts: counts, DontKnow: dontKnow}, storetest.Now)
	}
	for _, wrong := range []maturity.Counts{{}, {-1, 9}, {501}} {
		if err := key(wrong, 0); !errors.Is(err, workshop.ErrTally) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
	r.must(key(maturity.Counts{1, 2, 3, 2, 1}, 1))
	if c := r.console(); c.Voted != 10 || r.item(q.ID).Stage != workshop.Voted {
		t.Errorf("%d voted, %s", c.Voted, r.item(q.ID).Stage)
	}
	r.move(q.ID, workshop.Reveal, workshop.Discuss, workshop.VoteAgain)
	if it := r.item(q.ID); !it.ByCards[0] || fmt.Sprint(it.First.Counts) != "[1 2 3 2 1]" || *it.First.DontKnow != 1 {
		t.Errorf("told %+v", it.First)
	}
	if err := r.seat(r.devices[0]).Vote(t.Context(), q.ID, 2, 5); !errors.Is(err, workshop.ErrByCards) {
		t.Errorf("a device after cards: %v, want ErrByCards", err)
	}
	r.must(key(maturity.Counts{0, 1, 5, 2, 1}, 0)) // one card fewer than the first time
	r.move(q.ID, workshop.ShowShift)
	if it := r.item(q.ID); it.Second.Hidden == "" || it.Second.Counts != nil || it.Second.N != nil {
		t.Errorf("the second vote of other people: %+v", it.Second)
	}
}

// TestDeviceSeesNothingOfAVote looks with a seat's rights at all there is.
func TestDeviceSeesNothingOfAVote(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 6, false)
	q := r.question()
	r.must(r.runner.WriteNotes(t.Context(), r.id, q.ID, "private"))
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

func TestCardsAreShownShuffledAndWithoutWriter(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 7, false)
	var cards workshop.Item
	for _, it := range r.console().Workshop.Items {
		if it.Kind == workshop.Cards {
			cards = it
		}
	}
	if !strings.Contains(cards.Prompt, "Digital, for us") {
		t.Errorf("prompt %q", cards.Prompt)
	}
	r.move(cards.ID, workshop.Show, workshop.OpenVote)
	for i, d := range r.devices {
		r.must(r.seat(d).WriteCard(t.Context(), cards.ID, "draft"))
		r.must(r.seat(d).WriteCard(t.Context(), cards.ID, fmt.Sprint("card ", i)))
	}
	if err := r.seat(r.devices[0]).WriteCard(t.Context(), cards.ID, " "); !errors.Is(err, workshop.ErrText) {
		t.Errorf("an empty card: %v", err)
	}
	if c := r.console(); c.Cards != 7 || len(c.Shown) != 0 || r.seat(r.devices[3]).Own.Card != "card 3" {
		t.Errorf("%d cards, shown %v, own %q", c.Cards, c.Shown, r.seat(r.devices[3]).Own.Card)
	}
	r.move(cards.ID, workshop.CloseVote)
	if err := r.seat(r.devices[0]).WriteCard(t.Context(), cards.ID, "late"); !errors.Is(err, workshop.ErrClosed) {
		t.Errorf("after the closing: %v", err)
	}
	if board, err := r.seat(r.devices[0]).Board(t.Context()); err != nil || len(board.Cards) != 0 {
		t.Errorf("before the reveal: %v, %v", board.Cards, err)
	}
	r.move(cards.ID, workshop.Reveal)
	board, err := r.seat(r.devices[0]).Board(t.Context())
	r.must(err)
	if len(board.Cards) != 7 {
		t.Errorf("shown %v", board.Cards)
	}
	var kept int
	err = storetest.Owner(t, r.db).QueryRow(t.Context(), `SELECT count(*) FROM workshop_cards WHERE participant IS NOT NULL`).Scan(&kept)
	if err != nil || kept != 0 {
		t.Errorf("%d cards are still their writers', %v", kept, err)
	}
}

func TestTooFewCardsAreNotShown(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 4, false)
	for _, it := range r.console().Workshop.Items {
		if it.Kind != workshop.Cards {
			continue
		}
		r.move(it.ID, workshop.Show, workshop.OpenVote)
		for _, d := range r.devices {
			r.must(r.seat(d).WriteCard(t.Context(), it.ID, "mine"))
		}
		r.move(it.ID, workshop.CloseVote, workshop.Reveal)
	}
	if c := r.console(); len(c.Shown) != 0 || c.Cards != 0 {
		t.Errorf("shown %v of four", c.Shown)
	}
}

func TestParkingLot(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 3, false)
	r.must(r.runner.Park(t.Context(), r.id, "Who pays for wifi?"))
	r.must(r.seat(r.devices[0]).Park(t.Context(), "Records at night"))
	parked := r.console().Parked
	second := parked[1].ID
	var group sync.WaitGroup
	for _, d := range r.devices {
		s := r.seat(d)
		for range 3 {
			group.Go(func() {
				if err := s.VoteUp(t.Context(), second, true); err != nil {
					t.Error(err)
				}
			})
		}
	}
	group.Wait()
	r.must(r.seat(r.devices[0]).VoteUp(t.Context(), second, false))
	r.must(r.runner.SettleParked(t.Context(), r.id, second, true))
	if p := r.console().Parked[0]; p.ID != second || p.Ups != 2 || !p.Done {
		t.Errorf("parked %+v", p)
	}
	if own := r.seat(r.devices[1]).Own; len(own.Ups) != 1 || own.Ups[0] != second {
		t.Errorf("own %+v", own)
	}
	for _, words := range []string{"", "  ", strings.Repeat("x", workshop.MaxParked+1)} {
		if err := r.seat(r.devices[0]).Park(t.Context(), words); !errors.Is(err, workshop.ErrText) {
			t.Errorf("%.5q: %v", words, err)
		}
	}
}

// TestEndLeavesNothingOfWhoVoted looks at every table afterwards.
func TestEndLeavesNothingOfWhoVoted(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 8, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 1, 2, 3, 4, 5, 1, 2, 3)
	step := r.console().Workshop.Step
	if err := r.runner.EndWorkshop(t.Context(), r.id, step, storetest.Now); !errors.Is(err, workshop.ErrBusy) {
		t.Errorf("with a vote under way: %v, want ErrBusy", err)
	}
	r.move(q.ID, workshop.CloseVote, workshop.Reveal)
	r.must(r.runner.EndWorkshop(t.Context(), r.id, r.console().Workshop.Step, storetest.Now))
	for _, table := range []string{"workshop_votes", "workshop_participants", "workshop_devices", "workshop_cards", "workshop_ups", "workshop_codes", "workshop_tallies"} {
		var left int
		if err := storetest.Owner(t, r.db).QueryRow(t.Context(), `SELECT count(*) FROM `+table).Scan(&left); err != nil || left != 0 {
			t.Errorf("%s: %d rows are left, %v", table, left, err)
		}
	}
	record, err := storetest.Enter(t, r.db, r.board.Observer, r.board.ODS).WorkshopRecord(t.Context(), r.id)
	r.must(err)
	it, _ := record.Workshop.Item(q.ID)
	if record.Joined != 8 || fmt.Sprint(it.First.Counts) != "[2 2 2 1 1]" {
		t.Errorf("record: %d joined, %+v", record.Joined, it.First)
	}
	if err := r.runner.DeleteWorkshop(t.Context(), r.id, storetest.Now); !errors.Is(err, workshop.ErrState) {
		t.Errorf("deleting what was held: %v, want ErrState", err)
	}
}

func TestRehearsalIsKeptOutOfEveryResult(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	round := storetest.ClosedRound(t, db, b, questionnaire.Core)
	r := openRoomIn(t, db, b, store.NewWorkshop{Title: "Trying it out", Round: round.ID, Length: workshop.Short, Rehearsal: true}, 1)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	if c := r.console(); c.Voted != workshop.SimulatedMembers || c.Joined != workshop.SimulatedMembers+1 {
		t.Errorf("%d of %d voted", c.Voted, c.Joined)
	}
	r.move(q.ID, workshop.CloseVote, workshop.Reveal, workshop.Discuss, workshop.VoteAgain, workshop.EndAgain, workshop.ShowShift)
	r.must(r.runner.AgreeLevel(t.Context(), r.id, q.ID, r.console().Workshop.Step, workshop.Agreement{Level: 2, Reason: "To try."}, storetest.Now))
	_, err := r.runner.AddAction(t.Context(), action.Action{Workshop: r.id, What: "Nothing", OwnerName: "Nobody", Due: storetest.Now.AddDate(0, 1, 0)}, storetest.Now)
	r.must(err)
	r.must(r.runner.EndWorkshop(t.Context(), r.id, r.console().Workshop.Step, storetest.Now))
	observer := storetest.Enter(t, db, b.Observer, b.ODS)
	if list, err := observer.Workshops(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("an observer sees %v, %v", list, err)
	}
	if _, err := observer.WorkshopRecord(t.Context(), r.id); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an observer reads it: %v", err)
	}
	if levels, err := r.runner.AgreedLevels(t.Context(), round.ID); err != nil || len(levels) != 0 {
		t.Errorf("agreed %v, %v", levels, err)
	}
	if list, err := r.runner.Actions(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("actions %v, %v", list, err)
	}
	if _, err := r.runner.WorkshopRecord(t.Context(), r.id); err != nil {
		t.Errorf("who ran it reads it: %v", err)
	}
	r.must(r.runner.DeleteWorkshop(t.Context(), r.id, storetest.Now))
	if list, err := r.runner.Workshops(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("left after deleting: %v, %v", list, err)
	}
}

func TestAgreedLevelsStandBesideTheReport(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	round := storetest.ClosedRound(t, db, b, questionnaire.Core)
	before, err := storetest.Enter(t, db, b.Lead, b.ODS).ReportDigest(t.Context(), round.ID)
	if err != nil {
		t.Fatal(err)
	}
	r := openRoomIn(t, db, b, store.NewWorkshop{Title: "Away day", Round: round.ID, Length: workshop.Short}, 0)
	q := r.question()
	if q.Why == "" {
		t.Error("the first question is not one that the report points at")
	}
	r.move(q.ID, workshop.Show, workshop.OpenVote, workshop.CloseVote, workshop.Reveal, workshop.Discuss)
	r.must(r.runner.AgreeLevel(t.Context(), r.id, q.ID, r.console().Workshop.Step, workshop.Agreement{Level: 3, Reason: "We said so."}, storetest.Now))
	observer := storetest.Enter(t, db, b.Observer, b.ODS)
	if levels, err := observer.AgreedLevels(t.Context(), round.ID); err != nil || len(levels) != 0 {
		t.Errorf("before the end: %v, %v", levels, err)
	}
	r.must(r.runner.EndWorkshop(t.Context(), r.id, r.console().Workshop.Step, storetest.Now))
	levels, err := observer.AgreedLevels(t.Context(), round.ID)
	if err != nil || len(levels) != 1 || levels[0].Question != q.Question || levels[0].Agreement.Level != 3 {
		t.Errorf("agreed %+v, %v", levels, err)
	}
	if after, err := observer.ReportDigest(t.Context(), round.ID); err != nil || after != before {
		t.Errorf("the report changed from %s to %s, %v", before, after, err)
	}
}

func TestAgendaIsChangedUntilAnItemBegins(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 0, false)
	items := r.console().Workshop.Items
	q := r.question()
	v, err := questionnaire.Load(r.console().Workshop.Questionnaire)
	r.must(err)
	more, err := workshop.QuestionItem(v, "8.1", 15)
	r.must(err)
	r.must(r.runner.AddItem(t.Context(), r.id, more))
	for it, want := range map[*workshop.Item]error{
		{Kind: workshop.Question, Question: "8.1", Title: "x", Sitting: 1}:  workshop.ErrTwice,
		{Kind: workshop.Question, Question: "99.1", Title: "x", Sitting: 1}: workshop.ErrNoItem,
		{Kind: workshop.Talk, Title: " ", Sitting: 1}:                       workshop.ErrText,
		{Kind: workshop.Talk, Title: "x", Sitting: 1, Minutes: 999}:         workshop.ErrMinutes,
		{Kind: "poll", Title: "x", Sitting: 1}:                              workshop.ErrNoItem,
	} {
		if err := r.runner.AddItem(t.Context(), r.id, *it); !errors.Is(err, want) {
			t.Errorf("%+v: %v, want %v", it, err, want)
		}
	}
	added := r.console().Workshop.Items[len(items)]
	r.must(r.runner.ShiftItem(t.Context(), r.id, added.ID, -2))
	if got := r.console().Workshop.Items; got[len(items)-2].ID != added.ID || len(got) != len(items)+1 {
		t.Errorf("moved up by two it is not there")
	}
	added.Title, added.Minutes = "The systems we have", 20
	r.must(r.runner.ChangeItem(t.Context(), r.id, added))
	if got := r.item(added.ID); got.Title != "The systems we have" || got.Minutes != 20 {
		t.Errorf("changed to %+v", got)
	}
	r.must(r.runner.DropItem(t.Context(), r.id, added.ID))
	r.move(q.ID, workshop.Show)
	for what, err := range map[string]error{
		"change": r.runner.ChangeItem(t.Context(), r.id, q),
		"drop":   r.runner.DropItem(t.Context(), r.id, q.ID),
		"shift":  r.runner.ShiftItem(t.Context(), r.id, q.ID, 1),
	} {
		if !errors.Is(err, workshop.ErrStarted) {
			t.Errorf("%s of what has begun: %v, want ErrStarted", what, err)
		}
	}
}

func TestActionsOpenTheNextWorkshop(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 0, false)
	due := assessment.Today(storetest.Now).AddDate(0, 1, 0)
	for _, wrong := range []struct {
		a    action.Action
		want error
	}{
		{action.Action{What: "", OwnerName: "x", Due: due}, action.ErrWhat},
		{action.Action{What: "x", Due: due}, action.ErrOwner},
		{action.Action{What: "x", OwnerName: "x"}, action.ErrDue},
		{action.Action{What: "x", OwnerName: "x", Due: due.AddDate(0, -2, 0)}, action.ErrDue},
		{action.Action{What: "x", Owner: storetest.Person(t, r.db, "of another trust"), Due: due}, action.ErrOwner},
		{action.Action{What: "x", OwnerName: "x", Due: due, Workshop: uuid.New()}, store.ErrNotFound},
	} {
		if _, err := r.runner.AddAction(t.Context(), wrong.a, storetest.Now); !errors.Is(err, wrong.want) {
			t.Errorf("%+v: %v, want %v", wrong.a, err, wrong.want)
		}
	}
	id, err := r.runner.AddAction(t.Context(), action.Action{Workshop: r.id, What: "Name an owner for each system", Owner: r.board.Members[1], Due: due, Element: "5"}, storetest.Now)
	r.must(err)
	next := openRoomIn(t, r.db, r.board, store.NewWorkshop{Title: "Next", Length: workshop.Short}, 0)
	c := next.console()
	if len(c.Carried) != 1 || c.Carried[0].ID != id || c.Carried[0].OwnerName == "" || c.Workshop.Items[1].Kind != workshop.Carried {
		t.Errorf("carried %+v, agenda %+v", c.Carried, c.Workshop.Items[1])
	}
	a := c.Carried[0]
	a.State, a.Became = action.Done, "The list is on the intranet."
	r.must(next.runner.ChangeAction(t.Context(), a, storetest.Now))
	list, err := storetest.Enter(t, r.db, r.board.Observer, r.board.ODS).Actions(t.Context())
	if err != nil || len(list) != 1 || list[0].State != action.Done || list[0].SettledAt.IsZero() || list[0].Workshop != "Away day" {
		t.Errorf("actions %+v, %v", list, err)
	}
	if owners, err := r.runner.ActionOwners(t.Context()); err != nil || len(owners) != storetest.BoardSize+3 {
		t.Errorf("%d owners, %v", len(owners), err)
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
		"ChangeItem":    {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error { return x.ChangeItem(ctx, none, workshop.Item{}) }},
		"WriteNotes":    {access.RunWorkshop, func(ctx context.Context, x *store.Trust) error { return x.WriteNotes(ctx, none, none, "x") }},
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
