package workshop

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"octant/internal/questionnaire"
)

// Stage is where an item of the agenda stands.
type Stage string

// The stages of a question, in their order. Cards go from shown through the vote,
// which is their writing, to discussing; talk is shown and then done.
const (
	Waiting     Stage = "waiting"
	Shown       Stage = "shown"
	Voting      Stage = "voting"
	Voted       Stage = "voted" // closed, and not yet revealed
	Revealed    Stage = "revealed"
	Discussing  Stage = "discussing"
	VotingAgain Stage = "voting again"
	VotedAgain  Stage = "voted again"
	Shifted     Stage = "shifted" // the shift between the two votes is shown
	Agreed      Stage = "agreed"
	Done        Stage = "done"
)

// Move takes an item from one stage to another.
type Move string

// The moves.
const (
	Show      Move = "show"
	OpenVote  Move = "open the vote"
	CloseVote Move = "close the vote"
	Reveal    Move = "reveal"
	Discuss   Move = "discuss"
	VoteAgain Move = "vote again"
	EndAgain  Move = "close the second vote"
	ShowShift Move = "show the shift"
	Agree     Move = "agree"
	Finish    Move = "finish"
	Restart   Move = "start the vote again" // a reset: only what was not revealed can be taken back
)

type step struct {
	from []Stage
	to   Stage
}

// moves is the table of all that can happen to an item. What was revealed can
// never be taken back and told anew: two tellings of nearly the same people's
// first thoughts would differ by one person. A misunderstanding that shows after
// the reveal is what the second vote is for.
var moves = map[Kind]map[Move]step{
	Question: {
		Show:      {[]Stage{Waiting}, Shown},
		OpenVote:  {[]Stage{Shown}, Voting},
		CloseVote: {[]Stage{Voting}, Voted},
		Reveal:    {[]Stage{Voted}, Revealed},
		Discuss:   {[]Stage{Revealed}, Discussing},
		VoteAgain: {[]Stage{Discussing}, VotingAgain},
		EndAgain:  {[]Stage{VotingAgain}, VotedAgain},
		ShowShift: {[]Stage{VotedAgain}, Shifted},
		Agree:     {[]Stage{Discussing, Shifted, Agreed}, Agreed},
		Finish:    {[]Stage{Shown, Revealed, Discussing, Shifted, Agreed}, Done},
	},
	Cards: {
		Show:      {[]Stage{Waiting}, Shown},
		OpenVote:  {[]Stage{Shown}, Voting},
		CloseVote: {[]Stage{Voting}, Voted},
		Reveal:    {[]Stage{Voted}, Revealed},
		Discuss:   {[]Stage{Revealed}, Discussing},
		Finish:    {[]Stage{Shown, Revealed, Discussing}, Done},
	},
	Talk: {
		Show:   {[]Stage{Waiting}, Shown},
		Finish: {[]Stage{Shown}, Done},
	},
}

// restarts is where a vote that is started again leads back to.
var restarts = map[Stage]Stage{Voting: Shown, Voted: Shown, VotingAgain: Discussing, VotedAgain: Discussing}

// moves is the part of the table for items of this kind.
func (k Kind) moves() map[Move]step {
	if k == Question || k == Cards {
		return moves[k]
	}
	return moves[Talk]
}

// order is the order in which buttons for moves stand.
var order = []Move{Show, OpenVote, CloseVote, Reveal, Discuss, VoteAgain, EndAgain, ShowShift, Agree, Finish, Restart}

// Moves lists what can be done with the item now.
func (it *Item) Moves() []Move {
	return slices.DeleteFunc(slices.Clone(order), func(m Move) bool {
		_, err := it.after(m)
		return err != nil
	})
}

// after is the stage that a move leads to.
func (it *Item) after(m Move) (Stage, error) {
	if m == Restart && it.Kind == Question {
		if to, ok := restarts[it.Stage]; ok {
			return to, nil
		}
	}
	s, ok := it.Kind.moves()[m]
	if !ok || !slices.Contains(s.from, it.Stage) {
		return it.Stage, &MoveError{Move: m, Stage: it.Stage}
	}
	return s.to, nil
}

// Vote is which vote is being taken, 1 or 2, or was closed and not revealed; 0
// for none.
func (it *Item) Vote() int {
	switch it.Stage {
	case Voting, Voted:
		return 1
	case VotingAgain, VotedAgain:
		return 2
	}
	return 0
}

// Open says whether votes, or cards, are taken now.
func (it *Item) Open() bool { return it.Stage == Voting || it.Stage == VotingAgain }

// Begin opens the lobby of a prepared workshop.
func (w *Workshop) Begin(step int, now time.Time) error {
	switch {
	case w.Step != step:
		return ErrStep
	case w.State != Prepared:
		return ErrState
	}
	w.State, w.BegunAt = Running, now
	w.moved()
	return nil
}

// End ends a running workshop for good. An item under way must be one that can be
// left: a vote that was not revealed has to be, or be started again, first.
func (w *Workshop) End(step int, now time.Time) error {
	if err := w.ready(step); err != nil {
		return err
	}
	if err := w.leave(now); err != nil {
		return err
	}
	w.State, w.EndedAt = Ended, now
	w.moved()
	return nil
}

// LapseAfter is how long a workshop may run. One that nobody ended by then is
// ended for them, so that votes are not kept for ever.
const LapseAfter = 60 * 24 * time.Hour

// Lapse ends a workshop that has run for too long. A vote that was not revealed
// never is.
func (w *Workshop) Lapse(now time.Time) error {
	if w.State != Running || now.Before(w.BegunAt.Add(LapseAfter)) {
		return ErrState
	}
	if it := w.Now(); it != nil {
		it.Stage, it.DoneAt = Done, now
	}
	w.Current, w.TimerEnds = uuid.Nil, time.Time{}
	w.State, w.EndedAt = Ended, now
	w.moved()
	return nil
}

// Do makes a move with an item, as whoever saw the given step. Of two who press
// at once the second is told [ErrStep]. Showing an item leaves the one before it,
// if that can be left. To agree and to start again take more than a press: see
// [Workshop.Settle] and [Workshop.Again].
func (w *Workshop) Do(m Move, item uuid.UUID, step int, now time.Time) error {
	if m == Agree || m == Restart {
		return ErrReason
	}
	return w.do(m, item, step, now)
}

func (w *Workshop) do(m Move, item uuid.UUID, step int, now time.Time) error {
	if err := w.ready(step); err != nil {
		return err
	}
	it, ok := w.Item(item)
	if !ok {
		return ErrNoItem
	}
	to, err := it.after(m)
	if err != nil {
		return err
	}
	switch {
	case m == Show:
		if err := w.leave(now); err != nil {
			return err
		}
		w.Current, it.ShownAt = it.ID, now
		w.TimerEnds = now.Add(time.Duration(it.Minutes) * time.Minute)
	case w.Current != item:
		return ErrBusy
	case m == Finish:
		w.Current, w.TimerEnds, it.DoneAt = uuid.Nil, time.Time{}, now
	}
	it.Stage = to
	w.moved()
	return nil
}

// Settle agrees a level, or corrects the one agreed before.
func (w *Workshop) Settle(item uuid.UUID, step int, a Agreement, now time.Time) error {
	a.Reason, a.Dissent = strings.TrimSpace(a.Reason), strings.TrimSpace(a.Dissent)
	switch {
	case a.Level < 1 || a.Level > questionnaire.Levels:
		return ErrLevel
	case Words(a.Reason, MaxReason) != nil || tooLong(a.Dissent, MaxReason):
		return ErrReason
	}
	if err := w.do(Agree, item, step, now); err != nil {
		return err
	}
	it, _ := w.Item(item)
	it.Agreement = &a
	return nil
}

// Again takes back a vote that was not revealed, for a reason, and says which of
// the two it was.
func (w *Workshop) Again(item uuid.UUID, step int, reason string, now time.Time) (Reset, error) {
	r := Reset{Item: item, Reason: strings.TrimSpace(reason), At: now}
	if Words(r.Reason, MaxReason) != nil {
		return r, ErrReason
	}
	if it, ok := w.Item(item); ok {
		r.Vote = it.Vote()
	}
	if err := w.do(Restart, item, step, now); err != nil {
		return r, err
	}
	it, _ := w.Item(item)
	it.ByCards[r.Vote-1] = false
	return r, nil
}

// KeyIn closes the vote under way with what was counted from cards. It stands for
// the whole vote, whatever devices sent in it, so that the two are never mixed.
func (w *Workshop) KeyIn(item uuid.UUID, step int, t Tally) (vote int, err error) {
	if err := CheckTally(t); err != nil {
		return 0, err
	}
	if err := w.ready(step); err != nil {
		return 0, err
	}
	it, ok := w.Item(item)
	if !ok || it.Kind != Question {
		return 0, ErrNoItem
	}
	switch vote = it.Vote(); vote {
	case 1:
		it.Stage = Voted
	case 2:
		it.Stage = VotedAgain
	default:
		return 0, ErrClosed
	}
	it.ByCards[vote-1] = true
	w.moved()
	return vote, nil
}

// ready says whether moves can be made by whoever saw that step.
func (w *Workshop) ready(step int) error {
	switch {
	case w.State != Running:
		return ErrNotRunning
	case w.Step != step:
		return ErrStep
	}
	return nil
}

// leave finishes the item under way, if there is one.
func (w *Workshop) leave(now time.Time) error {
	it := w.Now()
	if it == nil {
		return nil
	}
	to, err := it.after(Finish)
	if err != nil {
		return ErrBusy
	}
	it.Stage, it.DoneAt = to, now
	w.Current, w.TimerEnds = uuid.Nil, time.Time{}
	return nil
}

func (w *Workshop) moved() { w.Step++ }

// Extend gives the item under way more time, or less. From a timer that has run
// out, or none, it counts from now.
func (w *Workshop) Extend(by time.Duration, now time.Time) error {
	if w.State != Running || w.Now() == nil {
		return ErrNotRunning
	}
	from := w.TimerEnds
	if from.Before(now) {
		from = now
	}
	w.TimerEnds = from.Add(by)
	if w.TimerEnds.Before(now) {
		w.TimerEnds = now
	}
	return nil
}
