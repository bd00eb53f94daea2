package store

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"octant/internal/action"
	"octant/internal/assessment"
	"octant/internal/workshop"
)

// fillWorkshop has a trust's facilitator hold or prepare a workshop on a round
// that has just closed, by the methods that the pages use. A trust that had its
// workshop is not given another.
func (d *demoTrust) fillWorkshop(ctx context.Context, db *DB, n int, r assessment.Round, now time.Time) error {
	if n == 0 || d.held != n && d.prepared != n {
		return nil
	}
	t, err := db.Enter(ctx, demoID("person/facilitator"), d.ods)
	if err != nil {
		return err
	}
	if d.prepared == n {
		_, err := t.CreateWorkshop(ctx, NewWorkshop{Title: "Board workshop on " + r.Title, Round: r.ID, Length: workshop.Short}, now)
		return err
	}
	s := &demoSession{Trust: t, at: r.ClosesOn.AddDate(0, 0, 19).Add(9 * time.Hour), today: now}
	return s.hold(ctx, r)
}

// demoSession is a workshop while it is held, with a clock of its own.
type demoSession struct {
	*Trust
	id    uuid.UUID
	at    time.Time
	today time.Time
	seats []*Seat
	asked int // questions so far
}

// demoVotes are the first and the second votes on the questions of the workshop,
// device by device; 6 is "I do not know".
var demoVotes = [][2][]assessment.Choice{
	{{1, 2, 2, 2, 4, 4, 5, 4, 2, 1, 4, 3}, {2, 2, 3, 2, 3, 3, 4, 3, 2, 2, 3, 3}},
	{{2, 3, 6, 2, 3, 6, 3, 4, 2, 6, 3, 2}, {2, 3, 2, 2, 3, 3, 3, 3, 2, 6, 3, 2}},
}

// demoAgreed is what the board settles on after each of them.
var demoAgreed = []workshop.Agreement{
	{
		Level:   3,
		Reason:  "Every new system has somebody who signs it off. For those that we had before, nobody could say who does.",
		Dissent: "Some still say that we go by what suppliers tell us, because no report has reached the board.",
	},
	{Level: 2, Reason: "Those who did not know had never been shown. Managers decide today; the list of checks is a plan."},
}

// demoActions are what the board decides to do. days is when each is due after
// the workshop; from today on for those that are still open.
var demoActions = []struct {
	what, owner, element, became string
	days                         int
	state                        action.State
}{
	{"Name who signs off the safety of every system that patients depend on", "member-5", "7", "The list went to the board in its next meeting.", 40, action.Done},
	{"Bring every benefits case back to the board 12 months after go-live", "member-6", "6", "The first 2 came back in spring.", 90, action.Done},
	{"Spend an hour on a ward with the new record, in pairs", "member-9", "2", "", 45, action.Open},
	{"Keep a list of where the trust uses AI, and read it twice a year", "member-3", "7", "", 75, action.Open},
}

// hold goes through the whole agenda.
func (s *demoSession) hold(ctx context.Context, r assessment.Round) (err error) {
	s.id, err = s.CreateWorkshop(ctx, NewWorkshop{Title: "Board workshop on " + r.Title, Round: r.ID, Length: workshop.Short}, s.at.AddDate(0, 0, -6))
	if err != nil {
		return err
	}
	if err := s.BeginWorkshop(ctx, s.id, 0, s.at); err != nil {
		return err
	}
	if err := s.sit(ctx); err != nil {
		return err
	}
	c, err := s.Console(ctx, s.id, s.at)
	if err != nil {
		return err
	}
	for _, it := range c.Workshop.Items {
		if err := s.discuss(ctx, it); err != nil {
			return fmt.Errorf("%s: %w", it.Title, err)
		}
		s.at = s.at.Add(time.Duration(it.Minutes) * time.Minute)
	}
	step, err := s.step(ctx)
	if err != nil {
		return err
	}
	return s.EndWorkshop(ctx, s.id, step, s.at)
}

// sit lets the board's telephones in.
func (s *demoSession) sit(ctx context.Context) error {
	c, err := s.Console(ctx, s.id, s.at)
	if err != nil {
		return err
	}
	for i := range demoVotes[0][0] {
		token, _, err := s.db.JoinWorkshop(ctx, Joining{Code: c.Code, Device: fmt.Sprint("demonstration ", i), Network: "demonstration"}, s.at)
		if err != nil {
			return err
		}
		seat, err := s.db.EnterWorkshop(ctx, token)
		if err != nil {
			return err
		}
		s.seats = append(s.seats, seat)
	}
	return s.seats[4].Park(ctx, "How do we hear from patients who use no app?")
}

// discuss takes one item from its showing to its end.
func (s *demoSession) discuss(ctx context.Context, it workshop.Item) error {
	if err := s.press(ctx, it.ID, workshop.Show); err != nil {
		return err
	}
	switch it.Kind {
	case workshop.Cards:
		return s.cards(ctx, it.ID)
	case workshop.Question:
		return s.question(ctx, it.ID)
	case workshop.Actions:
		return s.actions(ctx)
	}
	return nil
}

func (s *demoSession) cards(ctx context.Context, item uuid.UUID) error {
	if err := s.press(ctx, item, workshop.OpenVote); err != nil {
		return err
	}
	for i, seat := range s.seats {
		if err := seat.WriteCard(ctx, item, workshop.SimulatedCard(demoID("cards"), i)); err != nil {
			return err
		}
	}
	return s.press(ctx, item, workshop.CloseVote, workshop.Reveal)
}

func (s *demoSession) question(ctx context.Context, item uuid.UUID) error {
	n := s.asked % len(demoVotes)
	s.asked++
	for vote, moves := range [2][2][]workshop.Move{
		{{workshop.OpenVote}, {workshop.CloseVote, workshop.Reveal, workshop.Discuss}},
		{{workshop.VoteAgain}, {workshop.EndAgain, workshop.ShowShift}},
	} {
		if err := s.press(ctx, item, moves[0]...); err != nil {
			return err
		}
		for i, seat := range s.seats {
			if err := seat.Vote(ctx, item, vote+1, demoVotes[n][vote][i]); err != nil {
				return err
			}
		}
		if err := s.press(ctx, item, moves[1]...); err != nil {
			return err
		}
	}
	step, err := s.step(ctx)
	if err != nil {
		return err
	}
	return s.AgreeLevel(ctx, s.id, item, step, demoAgreed[n], s.at)
}

func (s *demoSession) actions(ctx context.Context) error {
	for _, d := range demoActions {
		from := assessment.Today(s.at)
		if d.state == action.Open {
			from = assessment.Today(s.today)
		}
		a := action.Action{
			Workshop: s.id, Element: d.element, What: d.what, Owner: demoID("person/" + d.owner), Due: from.AddDate(0, 0, d.days),
		}
		var err error
		if a.ID, err = s.AddAction(ctx, a, s.at); err != nil {
			return err
		}
		if d.state == action.Open {
			continue
		}
		a.State, a.Became = d.state, d.became
		if err := s.ChangeAction(ctx, a, s.at.AddDate(0, 0, d.days)); err != nil {
			return err
		}
	}
	return nil
}

// press makes moves one after the other, as whoever sees the newest step.
func (s *demoSession) press(ctx context.Context, item uuid.UUID, moves ...workshop.Move) error {
	for _, m := range moves {
		step, err := s.step(ctx)
		if err != nil {
			return err
		}
		if err := s.MoveOn(ctx, s.id, item, m, step, s.at); err != nil {
			return err
		}
	}
	return nil
}

func (s *demoSession) step(ctx context.Context) (int, error) {
	board, _, err := s.WorkshopBoard(ctx, s.id, s.at)
	return board.Workshop.Step, err
}
