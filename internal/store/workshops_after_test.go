package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/action"
	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
	"octant/internal/workshop"
)

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
	for _, room := range []struct{ devices, write int }{{4, 4}, {11, 5}} {
		r := openRoom(t, room.devices, false)
		for _, it := range r.console().Workshop.Items {
			if it.Kind != workshop.Cards {
				continue
			}
			r.move(it.ID, workshop.Show, workshop.OpenVote)
			for _, d := range r.devices[:room.write] {
				r.must(r.seat(d).WriteCard(t.Context(), it.ID, "mine"))
			}
			r.move(it.ID, workshop.CloseVote, workshop.Reveal)
		}
		if c := r.console(); len(c.Shown) != 0 || c.Cards != 0 {
			t.Errorf("shown %v of %d in a room of %d", c.Shown, room.write, room.devices)
		}
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

// TestSentAgainIsKeptOnce: whoever got no answer may send the same once more, from
// several devices at the same time too. Nothing is doubled, and nothing refused.
func TestSentAgainIsKeptOnce(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 3, false)
	due := storetest.Now.AddDate(0, 1, 0)
	act := action.Action{Workshop: r.id, What: "Name an owner for each system", Owner: r.board.Members[1], Due: due, Element: "5"}
	lead := storetest.Enter(t, r.db, r.board.Lead, r.board.ODS)
	note := store.Milestone{On: storetest.Now.Truncate(24 * time.Hour), Text: "New chair"}
	var group sync.WaitGroup
	for _, d := range r.devices {
		s := r.seat(d)
		group.Go(func() {
			_, err := r.runner.AddAction(t.Context(), act, storetest.Now)
			if err := errors.Join(err, s.Park(t.Context(), " Who pays for wifi?"), lead.AddMilestone(t.Context(), note, storetest.Now)); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	r.must(r.runner.Park(t.Context(), r.id, "Who pays for wifi?"))
	c := r.console()
	if len(c.Parked) != 1 || len(c.Actions) != 1 {
		t.Errorf("parked %+v, actions %+v", c.Parked, c.Actions)
	}
	if notes, err := lead.Milestones(t.Context()); err != nil || len(notes) != 1 {
		t.Errorf("notes %+v, %v", notes, err)
	}
	// What was talked about can be asked for once more, and what was done too.
	r.must(r.runner.SettleParked(t.Context(), r.id, c.Parked[0].ID, true))
	r.must(r.seat(r.devices[0]).Park(t.Context(), "Who pays for wifi?"))
	done := c.Actions[0]
	done.State, done.Became = action.Done, "There is a list."
	r.must(r.runner.ChangeAction(t.Context(), done, storetest.Now))
	for _, other := range []func(*action.Action){
		func(*action.Action) {},
		func(a *action.Action) { a.What += "s" },
		func(a *action.Action) { a.Owner, a.OwnerName = uuid.Nil, "The board" },
		func(a *action.Action) { a.Due = due.AddDate(0, 0, 1) },
		func(a *action.Action) { a.Element = "4" },
	} {
		a := act
		other(&a)
		_, err := r.runner.AddAction(t.Context(), a, storetest.Now)
		r.must(err)
	}
	if c = r.console(); len(c.Parked) != 2 || len(c.Actions) != 6 {
		t.Errorf("then parked %+v, actions %+v", c.Parked, c.Actions)
	}
}

// TestFullLotTakesWhatIsInItAlready and nothing else.
func TestFullLotTakesWhatIsInItAlready(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 1, false)
	for i := range store.MostParked {
		r.must(r.runner.Park(t.Context(), r.id, fmt.Sprint("Number ", i)))
	}
	s := r.seat(r.devices[0])
	r.must(s.Park(t.Context(), "Number 7"))
	if err := s.Park(t.Context(), "One more"); !errors.Is(err, workshop.ErrFull) {
		t.Errorf("%v, want ErrFull", err)
	}
	if n := len(r.console().Parked); n != store.MostParked {
		t.Errorf("%d are parked", n)
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
	var cards workshop.Item
	for _, it := range r.console().Workshop.Items {
		if it.Kind == workshop.Cards {
			cards = it
		}
	}
	r.move(cards.ID, workshop.Show, workshop.OpenVote)
	r.must(r.seat(r.devices[0]).WriteCard(t.Context(), cards.ID, "mine alone"))
	r.move(cards.ID, workshop.CloseVote, workshop.Reveal)
	if c := r.console(); len(c.Shown) != workshop.SimulatedMembers || slices.Contains(c.Shown, "mine alone") {
		t.Errorf("shows %q", c.Shown)
	}
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	if c := r.console(); c.Voted != workshop.SimulatedMembers || c.Joined != workshop.SimulatedMembers+1 {
		t.Errorf("%d of %d voted", c.Voted, c.Joined)
	}
	r.vote(q.ID, 1, 5)
	r.move(q.ID, workshop.CloseVote, workshop.Reveal)
	var simulated workshop.Tally // which anybody can make again, and take from a sum
	for member := range workshop.SimulatedMembers {
		if level, ok := workshop.Simulated(q.ID, member).First.Level(); ok {
			simulated.Counts[level-1]++
		} else {
			simulated.DontKnow++
		}
	}
	if got, want := r.item(q.ID).First, maturity.Tell(q.Question, simulated); fmt.Sprintf("%+v", got.Counts) != fmt.Sprintf("%+v", want.Counts) ||
		fmt.Sprint(got.Words()) != fmt.Sprint(want.Words()) {
		t.Errorf("told %+v, want the simulated members' %+v", got, want)
	}
	r.move(q.ID, workshop.Discuss, workshop.VoteAgain, workshop.EndAgain, workshop.ShowShift)
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

// TestOwnerFindsActionsAmongTheirData: what names somebody is theirs to see.
func TestOwnerFindsActionsAmongTheirData(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 0, false)
	owner := r.board.Members[2]
	_, err := r.runner.AddAction(t.Context(), action.Action{What: "Visit a ward", Owner: owner, Due: storetest.Now.AddDate(0, 1, 0)}, storetest.Now)
	r.must(err)
	for person, want := range map[uuid.UUID]int{owner: 1, r.board.Members[3]: 0} {
		data, err := r.db.OwnData(t.Context(), person)
		if err != nil || len(data.Trusts) != 1 || len(data.Trusts[0].Actions) != want {
			t.Errorf("%d trusts, actions %+v, %v", len(data.Trusts), data.Trusts[0].Actions, err)
		}
	}
}

// TestForgottenWorkshopIsEnded: votes are not kept because nobody pressed a button.
func TestForgottenWorkshopIsEnded(t *testing.T) {
	t.Parallel()
	r := openRoom(t, 6, false)
	q := r.question()
	r.move(q.ID, workshop.Show, workshop.OpenVote)
	r.vote(q.ID, 1, 1, 2, 3, 4, 5, 5)
	soon := storetest.Now.Add(workshop.LapseAfter - time.Minute)
	r.must(r.db.KeepWorkshops(t.Context(), soon))
	if c := r.console(); c.Workshop.State != workshop.Running || c.Voted != 6 {
		t.Errorf("before its time: %s, %d votes", c.Workshop.State, c.Voted)
	}
	for range 2 {
		r.must(r.db.KeepWorkshops(t.Context(), soon.Add(time.Minute)))
	}
	record, err := storetest.Enter(t, r.db, r.board.Observer, r.board.ODS).WorkshopRecord(t.Context(), r.id)
	r.must(err)
	if it, _ := record.Workshop.Item(q.ID); it.First != nil || it.Stage != workshop.Done || record.Joined != 6 {
		t.Errorf("record: %d joined, %+v", record.Joined, it)
	}
	var left int
	if err := storetest.Owner(t, r.db).QueryRow(t.Context(), `SELECT count(*) FROM workshop_votes`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d votes are left, %v", left, err)
	}
}
