package page

import (
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"octant/internal/action"
	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/workshop"
)

// lengthText is how long a workshop is.
func lengthText(l workshop.Length) string {
	switch l {
	case workshop.Long:
		return "3 hours"
	case workshop.Sittings:
		return "2 sittings: 45 minutes online, then 90 minutes together"
	}
	return "90 minutes"
}

func lengthHint(l workshop.Length) string {
	switch l {
	case workshop.Long:
		return "4 questions, and a story from a patient or a member of staff first"
	case workshop.Sittings:
		return "The profile online, then 3 questions in the room 1 or 2 weeks later"
	}
	return "The 2 questions most worth talking about"
}

// kindText is what an item of the agenda is.
func kindText(k workshop.Kind) string {
	return map[workshop.Kind]string{
		workshop.Rules: "Welcome", workshop.Carried: "Actions from before", workshop.Cards: "Cards", workshop.Profile: "Profile",
		workshop.Question: "Question", workshop.Talk: "Talk", workshop.Parking: "Parking lot", workshop.Actions: "Actions",
	}[k]
}

// phase says in one sentence where the session stands, the same for everybody.
func (v RoomView) phase() string {
	it := v.Workshop.Now()
	switch {
	case v.Workshop.State == workshop.Ended:
		return "The session has ended."
	case it == nil && v.Workshop.Next() == nil:
		return "That was the last item."
	case it == nil:
		return "The next item begins in a moment."
	}
	if it.Kind == workshop.Cards && it.Stage == workshop.Revealed && len(v.Cards) == 0 {
		return "Too few wrote a card for any to be shown."
	}
	return stageText(it)
}

func stageText(it *workshop.Item) string {
	cards := it.Kind == workshop.Cards
	switch it.Stage {
	case workshop.Shown:
		if it.Kind == workshop.Question {
			return "Read the question. The vote opens in a moment."
		}
		return ""
	case workshop.Voting:
		if cards {
			return "Write your card. Nobody sees it before all are shown."
		}
		return "The vote is open. Nobody sees how anybody votes."
	case workshop.Voted:
		if cards {
			return "Writing is over. The cards show in a moment."
		}
		return "Voting is closed. The result shows in a moment."
	case workshop.Revealed:
		if cards {
			return "These are the cards, shuffled."
		}
		return "This is how the vote fell."
	case workshop.Discussing:
		return "Talk about it."
	case workshop.VotingAgain:
		return "The second vote is open. Nobody sees how anybody votes."
	case workshop.VotedAgain:
		return "The second vote is closed. The result shows in a moment."
	case workshop.Shifted:
		return "This is what has moved."
	case workshop.Agreed:
		return "This is what the board has agreed."
	}
	return ""
}

// question is what the item under way asks, nil where it asks nothing.
func (v RoomView) question() *questionnaire.Question {
	it := v.Workshop.Now()
	if it == nil || it.Kind != workshop.Question {
		return nil
	}
	q, ok := v.Version.Question(it.Question)
	if !ok {
		return nil
	}
	return q
}

// VoteDontKnow is how a device sends that it does not know: in as many bytes as
// any level, so that the length of what it sends tells nobody on the network.
const VoteDontKnow = "0"

// ownChoice is what a device chose, in words, and as long as any other answer.
// Blanks that no page shows follow it, so that the length of what the device is
// sent tells nobody on the network how it voted.
func ownChoice(q *questionnaire.Question, c assessment.Choice) string {
	words := ChoiceText(q, c)
	longest := len(templ.EscapeString(words))
	for other := assessment.Choice(1); other <= assessment.DontKnow; other++ {
		longest = max(longest, len(templ.EscapeString(ChoiceText(q, other))))
	}
	return words + strings.Repeat(" ", longest-len(templ.EscapeString(words)))
}

// heading is what a screen is about now.
func (v RoomView) heading() string {
	if q := v.question(); q != nil {
		return q.Text
	}
	if it := v.Workshop.Now(); it != nil {
		return it.Title
	}
	return v.Workshop.Title
}

// moveText is a button that makes a move.
func moveText(m workshop.Move, it *workshop.Item) string {
	cards := it.Kind == workshop.Cards
	switch m {
	case workshop.Show:
		return "Show: " + it.Title
	case workshop.OpenVote:
		if cards {
			return "Let people write"
		}
		return "Open the vote"
	case workshop.CloseVote:
		if cards {
			return "End the writing"
		}
		return "Close the vote"
	case workshop.Reveal:
		if cards {
			return "Show the cards"
		}
		return "Show the result"
	case workshop.Discuss:
		return "Talk about it"
	case workshop.VoteAgain:
		return "Open the second vote"
	case workshop.EndAgain:
		return "Close the second vote"
	case workshop.ShowShift:
		return "Show what has moved"
	case workshop.Finish:
		return "Finish this item"
	}
	return ""
}

// main is the one move that comes next: of the item under way, or to the item
// after it. What a board agrees on is a form of its own.
func (v ConsoleView) main() (workshop.Move, *workshop.Item) {
	it, next := v.Workshop.Now(), v.Workshop.Next()
	if it == nil {
		return workshop.Show, next
	}
	for _, m := range it.Moves() {
		switch m {
		case workshop.Agree, workshop.Finish, workshop.Restart:
		case workshop.VoteAgain:
			if it.Agreement == nil {
				return m, it
			}
		default:
			return m, it
		}
	}
	if next != nil {
		return workshop.Show, next
	}
	return workshop.Finish, it
}

// may says whether the item under way can be moved so.
func (v ConsoleView) may(m workshop.Move) bool {
	it := v.Workshop.Now()
	if it == nil {
		return false
	}
	for _, have := range it.Moves() {
		if have == m {
			return true
		}
	}
	return false
}

// A voteRow is one line of how a vote fell.
type voteRow struct {
	level string // "1" or "1–2", "" for "I do not know"
	text  string
	count int
	share string // of the bar, as "40%"
}

// voteRows are the counts that may be shown, none where they may not.
func voteRows(q *questionnaire.Question, it *maturity.Item) []voteRow {
	var rows []voteRow
	switch {
	case len(it.Bands) == 3:
		rows = []voteRow{
			{"1–2", q.Anchors[0] + " Or: " + q.Anchors[1], it.Bands[0], ""},
			{"3", q.Anchors[2], it.Bands[1], ""},
			{"4–5", q.Anchors[3] + " Or: " + q.Anchors[4], it.Bands[2], ""},
		}
	case len(it.Counts) == questionnaire.Levels:
		for i, n := range it.Counts {
			rows = append(rows, voteRow{strconv.Itoa(i + 1), q.Anchors[i], n, ""})
		}
	default:
		return nil
	}
	if it.DontKnow != nil {
		rows = append(rows, voteRow{"", ChoiceText(q, assessment.DontKnow), *it.DontKnow, ""})
	}
	most := 1
	for _, r := range rows {
		most = max(most, r.count)
	}
	for i := range rows {
		rows[i].share = strconv.Itoa(rows[i].count*100/most) + "%"
	}
	return rows
}

// voteWords are the sentences beside the counts, or in their place.
func voteWords(it *maturity.Item) []string {
	if it.N == nil && it.Label == "" && it.AgreedAt == 0 && it.NearlyAll == 0 && it.Mean == nil {
		return []string{hiddenWords(it.Hidden) + "."}
	}
	says := []string{itemScoreWords(*it), agreementWords(*it)}
	if it.NearlyAllDontKnow {
		says = append(says, unknownWords(*it, 0))
	} else if it.DontKnow != nil && *it.DontKnow > 0 {
		says = append(says, upperFirst(people(*it.DontKnow))+does(*it.DontKnow)+" not know.")
	}
	var out []string
	for _, s := range says {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func does(n int) string {
	if n == 1 {
		return " does"
	}
	return " do"
}

// actionOwner is who sees to an action.
func actionOwner(name string) string {
	if name == "" {
		return "Nobody yet"
	}
	return name
}

// actionState is what became of an action, in words.
func actionState(a ListedAction, now time.Time) string {
	state := ActionStateText(a.State)
	if a.Late(now.Truncate(24 * time.Hour)) {
		state = "Late"
	}
	if a.Became != "" {
		return state + ". " + a.Became
	}
	return state
}

// ActionStateText is a state of an action in a word.
func ActionStateText(s action.State) string {
	switch s {
	case action.Done:
		return "Done"
	case action.Dropped:
		return "Dropped"
	}
	return "Open"
}
