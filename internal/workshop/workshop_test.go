package workshop

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

var noon = time.Date(2026, time.November, 3, 12, 0, 0, 0, time.UTC)

func version(t testing.TB) *questionnaire.Version {
	t.Helper()
	v, err := questionnaire.Load("2026-1")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// begun is a running workshop with an item of every kind.
func begun(t testing.TB) *Workshop {
	t.Helper()
	w := &Workshop{State: Prepared}
	for _, k := range Kinds() {
		w.Items = append(w.Items, Item{ID: uuid.New(), Kind: k, Title: string(k), Minutes: 10, Sitting: 1, Stage: Waiting})
	}
	if err := w.Begin(0, noon); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *Workshop) of(k Kind) *Item {
	return &w.Items[slices.IndexFunc(w.Items, func(it Item) bool { return it.Kind == k })]
}

func (w *Workshop) mustDo(t testing.TB, it *Item, moves ...Move) {
	t.Helper()
	for _, m := range moves {
		if err := w.Do(m, it.ID, w.Step, noon); err != nil {
			t.Fatalf("%s: %v", m, err)
		}
	}
}

func TestEveryKindCanBeGoneThrough(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds() {
		w := begun(t)
		it := w.of(k)
		switch k {
		case Question:
			w.mustDo(t, it, Show, OpenVote, CloseVote, Reveal, Discuss, VoteAgain, EndAgain, ShowShift, Finish)
		case Cards:
			w.mustDo(t, it, Show, OpenVote, CloseVote, Reveal, Discuss, Finish)
		default:
			w.mustDo(t, it, Show, Finish)
		}
		if it.Stage != Done || w.Now() != nil || !it.DoneAt.Equal(noon) {
			t.Errorf("%s: %s, %v", k, it.Stage, w.Now())
		}
	}
}

// TestOnlyTheTableMoves tries every move from every stage of every kind.
func TestOnlyTheTableMoves(t *testing.T) {
	t.Parallel()
	stages := []Stage{Waiting, Shown, Voting, Voted, Revealed, Discussing, VotingAgain, VotedAgain, Shifted, Agreed, Done}
	legal := map[Kind]string{
		Question: "show:waiting>shown open the vote:shown>voting close the vote:voting>voted reveal:voted>revealed discuss:revealed>discussing " +
			"vote again:discussing>voting again close the second vote:voting again>voted again show the shift:voted again>shifted " +
			"agree:discussing>agreed agree:shifted>agreed agree:agreed>agreed " +
			"finish:shown>done finish:revealed>done finish:discussing>done finish:shifted>done finish:agreed>done " +
			"start the vote again:voting>shown start the vote again:voted>shown start the vote again:voting again>discussing start the vote again:voted again>discussing",
		Cards: "show:waiting>shown open the vote:shown>voting close the vote:voting>voted reveal:voted>revealed discuss:revealed>discussing " +
			"finish:shown>done finish:revealed>done finish:discussing>done",
		Talk: "show:waiting>shown finish:shown>done",
	}
	for kind, want := range legal {
		var got []string
		for _, m := range order {
			for _, s := range stages {
				it := Item{Kind: kind, Stage: s}
				to, err := it.after(m)
				if err == nil {
					got = append(got, fmt.Sprintf("%s:%s>%s", m, s, to))
				} else if refused, ok := errors.AsType[*MoveError](err); !ok || refused.Stage != s || refused.Move != m {
					t.Errorf("%s from %s: %v", m, s, err)
				}
				if slices.Contains(it.Moves(), m) != (err == nil) {
					t.Errorf("%s from %s is offered: %v", m, s, it.Moves())
				}
			}
		}
		if said := strings.Join(got, " "); said != want {
			t.Errorf("%s\ngot  %s\nwant %s", kind, said, want)
		}
	}
}

// TestAnyWayThrough goes any way that buttons lead: one item is under way at most,
// every move counts one step, whoever saw an older step is told, and what is
// revealed once stays revealed.
func TestAnyWayThrough(t *testing.T) {
	t.Parallel()
	after := []Stage{Revealed, Discussing, VotingAgain, VotedAgain, Shifted, Agreed, Done}
	rapid.Check(t, func(r *rapid.T) {
		w := begun(t)
		told := make(map[uuid.UUID]bool)
		for range rapid.IntRange(1, 60).Draw(r, "moves") {
			it := &w.Items[rapid.IntRange(0, len(w.Items)-1).Draw(r, "item")]
			step := w.Step
			if rapid.IntRange(0, 9).Draw(r, "late") == 0 {
				if err := w.Do(Show, it.ID, step-1, noon); !errors.Is(err, ErrStep) {
					r.Fatalf("who saw the step before: %v", err)
				}
			}
			var err error
			switch m := rapid.SampledFrom(order).Draw(r, "move"); m {
			case Agree:
				err = w.Settle(it.ID, step, Agreement{Level: 3, Reason: "so"}, noon)
			case Restart:
				_, err = w.Again(it.ID, step, "misread", noon)
			default:
				err = w.Do(m, it.ID, step, noon)
			}
			if want := step + 1; err == nil && w.Step != want || err != nil && w.Step != step {
				r.Fatalf("step %d after %d: %v", w.Step, step, err)
			}
			under := 0
			for _, it := range w.Items {
				if it.Stage != Waiting && it.Stage != Done {
					under++
					if it.ID != w.Current {
						r.Fatalf("%s is %s and not under way", it.Kind, it.Stage)
					}
				}
				if told[it.ID] && !slices.Contains(after, it.Stage) {
					r.Fatalf("what was revealed is %s again", it.Stage)
				}
				told[it.ID] = told[it.ID] || it.Stage == Revealed
			}
			if under > 1 || (under == 0) != (w.Current == uuid.Nil) {
				r.Fatalf("%d items under way, current %v", under, w.Current)
			}
		}
	})
}

func TestAVoteThatIsNotRevealedCannotBeLeft(t *testing.T) {
	t.Parallel()
	w := begun(t)
	q := w.of(Question)
	w.mustDo(t, q, Show, OpenVote)
	if err := w.Do(Show, w.of(Talk).ID, w.Step, noon); !errors.Is(err, ErrBusy) {
		t.Errorf("showing another: %v", err)
	}
	if err := w.End(w.Step, noon); !errors.Is(err, ErrBusy) {
		t.Errorf("ending: %v", err)
	}
	w.mustDo(t, q, CloseVote, Reveal)
	w.mustDo(t, w.of(Talk), Show)
	if q.Stage != Done {
		t.Errorf("the item before is %s", q.Stage)
	}
	if err := w.End(w.Step, noon); err != nil || w.State != Ended {
		t.Errorf("ending: %v", err)
	}
	for what, err := range map[string]error{"move": w.Do(Show, q.ID, w.Step, noon), "end": w.End(w.Step, noon), "begin": w.Begin(w.Step, noon)} {
		if err == nil {
			t.Errorf("%s after the end", what)
		}
	}
}

func TestTimerMayOverrun(t *testing.T) {
	t.Parallel()
	w := begun(t)
	if err := w.Extend(time.Minute, noon); !errors.Is(err, ErrNotRunning) {
		t.Errorf("in the lobby: %v", err)
	}
	w.mustDo(t, w.of(Talk), Show)
	for _, c := range []struct {
		by   time.Duration
		at   time.Time
		ends time.Time
	}{
		{5 * time.Minute, noon, noon.Add(15 * time.Minute)},
		{2 * time.Minute, noon.Add(20 * time.Minute), noon.Add(22 * time.Minute)}, // it ran out: from now on
		{-time.Hour, noon.Add(21 * time.Minute), noon.Add(21 * time.Minute)},
	} {
		if err := w.Extend(c.by, c.at); err != nil || !w.TimerEnds.Equal(c.ends) {
			t.Errorf("by %v: ends %v, %v", c.by, w.TimerEnds, err)
		}
	}
	w.mustDo(t, w.of(Talk), Finish)
}

func TestAgreeingAndStartingAgainTakeWords(t *testing.T) {
	t.Parallel()
	w := begun(t)
	q := w.of(Question)
	w.mustDo(t, q, Show, OpenVote)
	if _, err := w.Again(q.ID, w.Step, "  ", noon); !errors.Is(err, ErrReason) {
		t.Errorf("a reset without a reason: %v", err)
	}
	if err := w.Do(Restart, q.ID, w.Step, noon); !errors.Is(err, ErrReason) {
		t.Errorf("a reset as a plain move: %v", err)
	}
	if _, err := w.KeyIn(q.ID, w.Step, Tally{Counts: maturity.Counts{1, 2}}); err != nil || !q.ByCards[0] || q.Stage != Voted {
		t.Errorf("keyed in: %v, %+v", err, q)
	}
	if r, err := w.Again(q.ID, w.Step, " misread ", noon); err != nil || r.Vote != 1 || r.Reason != "misread" || q.ByCards[0] {
		t.Errorf("reset %+v, %v", r, err)
	}
	w.mustDo(t, q, OpenVote, CloseVote, Reveal, Discuss)
	for _, a := range []Agreement{{0, "x", ""}, {6, "x", ""}, {3, "", ""}, {3, strings.Repeat("x", MaxReason+1), ""}, {3, "x", strings.Repeat("x", MaxReason+1)}} {
		if err := w.Settle(q.ID, w.Step, a, noon); err == nil {
			t.Errorf("agreed %d", a.Level)
		}
	}
}

func TestAgendaFitsItsTime(t *testing.T) {
	t.Parallel()
	v := version(t)
	reports := map[string]*maturity.Report{"without a round": nil, "from a report": report(), "from a hidden one": {}}
	for from, r := range reports {
		for length, minutes := range map[Length]int{Short: 90, Long: 180, Sittings: 135} {
			for _, carried := range []int{0, 3} {
				items := Plan{Length: length, Version: v, Report: r, Carried: carried}.Propose()
				w := Workshop{Items: items}
				if w.Minutes() != minutes {
					t.Errorf("%s, %s: %d minutes, want %d", length, from, w.Minutes(), minutes)
				}
				asked := make(map[string]bool)
				for _, it := range items {
					if err := it.Check(); err != nil || it.Stage != Waiting {
						t.Errorf("%s, %s: %+v: %v", length, from, it, err)
					}
					if it.Kind == Question && (asked[it.Question] || it.Prompt == "" || it.Question == CardQuestion) {
						t.Errorf("%s, %s: asks %s twice or without a prompt", length, from, it.Question)
					}
					asked[it.Question] = true
				}
				if has := slices.ContainsFunc(items, func(it Item) bool { return it.Kind == Carried }); has != (carried > 0) {
					t.Errorf("%s, %s: opens with the actions from last time: %v", length, from, has)
				}
			}
		}
	}
}

// report points at two splits, a blind spot, a gap between the sides and a strength.
func report() *maturity.Report {
	return &maturity.Report{
		Result: maturity.Result{Elements: []maturity.Element{{Key: "6", Items: []maturity.Item{{Key: "6.1", Label: maturity.Close}, {Key: "6.2", Label: maturity.Wide}}}}},
		Splits: []maturity.Finding{
			{Kind: maturity.SplitView, Element: "5", Item: "5.2", Label: maturity.Split},
			{Kind: maturity.SplitView, Element: "2", Item: "2.1", Label: maturity.Wide},
		},
		BlindSpots: []maturity.Finding{{Kind: maturity.BlindSpot, Element: "7", Item: "7.3", Count: new(4), Of: new(12)}},
		SideGaps:   []maturity.Finding{{Kind: maturity.SideGap, Element: "6", Value: new(0.8)}},
		Strengths:  []maturity.Finding{{Kind: maturity.Strength, Element: "3", Value: new(3.6)}},
	}
}

func TestAgendaFollowsTheFindings(t *testing.T) {
	t.Parallel()
	items := Plan{Length: Long, Version: version(t), Report: report()}.Propose()
	var asked []string
	for _, it := range items {
		if it.Kind == Question {
			asked = append(asked, it.Question)
			if it.Why == "" {
				t.Errorf("%s does not say why", it.Question)
			}
		}
	}
	if want := "[5.2 7.3 6.2 2.1]"; fmt.Sprint(asked) != want {
		t.Errorf("asks %v, want %v", asked, want)
	}
	if last := items[len(items)-1]; !strings.Contains(last.Title, "strength") || last.Why == "" {
		t.Errorf("closes on %+v", last)
	}
}

// TestWhoComesLateChangesNothing: neither vote tells of anybody who was not there
// for the first.
func TestWhoComesLateChangesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		level := rapid.IntRange(0, 6)
		var casts []Cast
		for range rapid.IntRange(0, 15).Draw(r, "people") {
			casts = append(casts, Cast{assessment.Choice(level.Draw(r, "first")), assessment.Choice(level.Draw(r, "second"))})
		}
		tell := func(casts []Cast) string {
			first := TallyFirst(casts)
			second, again := TallySecond(casts)
			if first.People() != second.People() {
				r.Fatalf("%d voted first and %d in all again", first.People(), second.People())
			}
			it := Item{First: new(maturity.Tell("1.1", first)), Second: new(maturity.TellAgain("1.1", first, second, again))}
			shift, _ := it.Shift()
			return fmt.Sprintf("%s %s %v", text(it.First), text(it.Second), shift.Words())
		}
		before := tell(casts)
		late := Cast{assessment.NotAnswered, assessment.Choice(level.Draw(r, "late"))}
		if after := tell(append(casts, late)); after != before {
			r.Fatalf("before %s\nafter  %s", before, after)
		}
	})
}

func text(it *maturity.Item) string {
	document, err := json.Marshal(it)
	return fmt.Sprint(string(document), err)
}

func TestShiftInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		first, second maturity.Item
		want          string
	}{
		{
			maturity.Item{Mean: new(2.5), Label: maturity.Split, DontKnow: new(3)},
			maturity.Item{Mean: new(3.5), Label: maturity.Close, DontKnow: new(1)},
			"The board's view moved up by one level. Before: people form two camps. Now: people agree closely. 2 fewer people do not know.",
		},
		{
			maturity.Item{Mean: new(3.0), DontKnow: new(0)},
			maturity.Item{Mean: new(2.8), DontKnow: new(1)},
			"The board's view moved down by 0.2 of a level. 1 more person does not know.",
		},
		{maturity.Item{Mean: new(3.0), Label: maturity.Wide}, maturity.Item{Mean: new(3.0), Label: maturity.Wide}, "The board's view as a whole stayed where it was."},
		{maturity.Item{Mean: new(3.0)}, maturity.Item{Hidden: "fewer than 5 people voted again"}, ""},
	} {
		it := Item{First: &c.first, Second: &c.second}
		s, ok := it.Shift()
		if got := strings.Join(s.Words(), " "); got != c.want || !ok {
			t.Errorf("says %q, want %q", got, c.want)
		}
	}
	if _, ok := (&Item{First: &maturity.Item{}}).Shift(); ok {
		t.Error("a shift without a second vote")
	}
}

func TestRehearsalIsTheSameEachTime(t *testing.T) {
	t.Parallel()
	spread := make(map[assessment.Choice]int)
	for range 200 {
		item := uuid.New()
		for member := range SimulatedMembers {
			cast := Simulated(item, member)
			if cast != Simulated(item, member) || CheckChoice(cast.First) != nil || CheckChoice(cast.Second) != nil {
				t.Fatalf("member %d votes %+v", member, cast)
			}
			if card := SimulatedCard(item, member); Words(card, MaxCard) != nil || card != SimulatedCard(item, member) {
				t.Fatalf("card %q", card)
			}
			spread[cast.First]++
		}
	}
	if len(spread) != 6 {
		t.Errorf("votes are spread over %v", spread)
	}
}
