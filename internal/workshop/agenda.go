package workshop

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// CardQuestion is the question whose prompt the card exercise takes.
const CardQuestion = "1.3"

// Plan is what an agenda is proposed from.
type Plan struct {
	Length  Length
	Version *questionnaire.Version
	Report  *maturity.Report // nil without a round
	Carried int              // actions from before that are still open
}

// Propose makes an agenda that fills the time: from a report, the widest splits,
// the largest blind spots and the widest gaps between the sides in turn, and a
// strength to close on. It reads published findings and nothing else. Items have
// no ids yet.
func (p Plan) Propose() []Item {
	switch p.Length {
	case Long:
		return settled(p.long())
	case Sittings:
		return settled(p.sittings())
	}
	return settled(p.short())
}

// short is 90 minutes. Without a report its time goes to a third question.
func (p Plan) short() []Item {
	items := append(p.opening(10), p.cards(10))
	n := 2
	if p.Report == nil {
		n++
	} else {
		items = append(items, p.profile(15))
	}
	items = append(items, p.questions(n, 15)...)
	return append(items, p.actions(20), p.close(5))
}

// long is three hours.
func (p Plan) long() []Item {
	items := append(p.opening(10), Item{
		Kind: Talk, Title: "A patient’s or staff member’s story", Minutes: 15,
		Prompt: "What did digital make better for this person, and what did it make harder?",
	}, p.cards(15))
	n := 4
	if p.Report == nil {
		n++
	} else {
		items = append(items, p.profile(20))
	}
	items = append(items, p.questions(n, 20)...)
	return append(items, Item{Kind: Parking, Title: "What we parked", Minutes: 10}, p.actions(25), p.close(5))
}

// sittings is 45 minutes online and, a week or two later, 90 in the room.
func (p Plan) sittings() []Item {
	first := []Item{
		{Kind: Rules, Title: "Welcome and ground rules", Minutes: 10, Prompt: rulesPrompt},
		p.cards(10),
	}
	talk := 10
	if p.Report == nil {
		talk += 15
	} else {
		first = append(first, p.profile(15))
	}
	first = append(first, Item{
		Kind: Talk, Title: "What to talk about in the room", Minutes: talk,
		Prompt: "Which of these do we most need to talk through together?",
	})
	second := append(p.opening(10), p.questions(3, 15)...)
	second = append(second, Item{Kind: Parking, Title: "What we parked", Minutes: 10}, p.actions(20), p.close(5))
	for i := range second {
		second[i].Sitting = 2
	}
	return append(first, second...)
}

const rulesPrompt = "What do we need from each other to talk openly today?"

// opening is the welcome, with half its time for the actions from last time
// where there are any.
func (p Plan) opening(minutes int) []Item {
	welcome := Item{Kind: Rules, Title: "Welcome and ground rules", Minutes: minutes, Prompt: rulesPrompt}
	if p.Carried == 0 {
		return []Item{welcome}
	}
	welcome.Minutes = minutes / 2
	return []Item{welcome, {
		Kind: Carried, Title: "What became of our actions", Minutes: minutes - minutes/2,
		Prompt: "What is done, and what stands in the way of the rest?",
	}}
}

func (p Plan) cards(minutes int) Item {
	it := Item{Kind: Cards, Title: "What digital means to us", Minutes: minutes}
	if q, ok := p.Version.Question(CardQuestion); ok {
		it.Prompt = q.Prompt
	}
	return it
}

func (p Plan) profile(minutes int) Item {
	return Item{
		Kind: Profile, Title: "Our profile", Minutes: minutes,
		Prompt: "What surprises you, and what does not?",
	}
}

func (p Plan) actions(minutes int) Item {
	return Item{
		Kind: Actions, Title: "Three to five actions", Minutes: minutes,
		Prompt: "What will be different by the next round, who sees to it, and by when?",
	}
}

// close ends on a strength, where the report has one.
func (p Plan) close(minutes int) Item {
	it := Item{Kind: Talk, Title: "Close", Minutes: minutes, Prompt: "What do you take away from today?"}
	if p.Report == nil || len(p.Report.Strengths) == 0 {
		return it
	}
	strength := p.Report.Strengths[0]
	if e, ok := p.Version.Element(strength.Element); ok {
		it.Title = fitting("Close on a strength: " + e.Title)
		it.Prompt = "What makes us strong here, and how do we keep it?"
		it.Why = strength.Words(p.Version)
	}
	return it
}

// questions are those most worth talking about: what the findings point at, then
// questions that all boards can start from.
func (p Plan) questions(n, minutes int) []Item {
	var chosen []Item
	add := func(key, why string) {
		q, ok := p.Version.Question(key)
		if !ok || len(chosen) == n || slices.ContainsFunc(chosen, func(it Item) bool { return it.Question == key }) {
			return
		}
		chosen = append(chosen, Item{
			Kind: Question, Question: q.Key, Title: fitting(q.Topic), Minutes: minutes, Prompt: q.Prompt, Why: why,
		})
	}
	for _, f := range p.findings() {
		add(p.about(f), f.Words(p.Version))
	}
	for _, key := range p.starters() {
		add(key, "")
	}
	return chosen
}

// findings takes the first of each kind in turn, then the second of each.
func (p Plan) findings() (all []maturity.Finding) {
	if p.Report == nil {
		return nil
	}
	kinds := [][]maturity.Finding{p.Report.Splits, p.Report.BlindSpots, p.Report.SideGaps, p.Report.Gaps}
	for turn := range 3 {
		for _, kind := range kinds {
			if turn < len(kind) {
				all = append(all, kind[turn])
			}
		}
	}
	return all
}

// about is the question that stands for a finding. For one about a whole element
// it is that on which people are furthest apart, as far as the report says.
func (p Plan) about(f maturity.Finding) string {
	if f.Item != "" {
		return f.Item
	}
	rank := []maturity.Label{"", maturity.Close, maturity.Fair, maturity.Wide, maturity.Split}
	for _, e := range p.Report.Result.Elements {
		if e.Key == f.Element && len(e.Items) > 0 {
			return slices.MaxFunc(e.Items, func(a, b maturity.Item) int {
				return cmp.Compare(slices.Index(rank, a.Label), slices.Index(rank, b.Label))
			}).Key
		}
	}
	return ""
}

// starters are the first core question of each element, every other element
// first, so that few of them reach across all eight.
func (p Plan) starters() (keys []string) {
	first := func(e questionnaire.Element) {
		i := slices.IndexFunc(e.Questions, func(q *questionnaire.Question) bool { return q.Core && q.Key != CardQuestion })
		if i >= 0 {
			keys = append(keys, e.Questions[i].Key)
		}
	}
	for start := range 2 {
		for i := start; i < len(p.Version.Elements); i += 2 {
			first(p.Version.Elements[i])
		}
	}
	return keys
}

// settled gives items what all of them begin with.
func settled(items []Item) []Item {
	for i := range items {
		items[i].Sitting, items[i].Stage = max(items[i].Sitting, 1), Waiting
	}
	return items
}

// fitting is a title that fits.
func fitting(title string) string {
	if r := []rune(title); len(r) > MaxTitle {
		return string(r[:MaxTitle-1]) + "…"
	}
	return title
}

// QuestionItem is an item for a question of the questionnaire, with its prompt.
func QuestionItem(v *questionnaire.Version, key string, minutes int) (Item, error) {
	q, ok := v.Question(key)
	if !ok {
		return Item{}, fmt.Errorf("%w: no question %.10q", ErrNoItem, key)
	}
	return Item{Kind: Question, Question: q.Key, Title: fitting(q.Topic), Minutes: minutes, Sitting: 1, Stage: Waiting, Prompt: q.Prompt}, nil
}

// Check refuses an item that nobody could run, and trims what was typed.
func (it *Item) Check() error {
	it.Title, it.Prompt, it.Notes = strings.TrimSpace(it.Title), strings.TrimSpace(it.Prompt), strings.TrimSpace(it.Notes)
	switch {
	case !slices.Contains(Kinds(), it.Kind):
		return ErrNoItem
	case Words(it.Title, MaxTitle) != nil || tooLong(it.Prompt, MaxPrompt) || tooLong(it.Notes, MaxNotes):
		return ErrText
	case it.Minutes < 0 || it.Minutes > MaxMinutes || it.Sitting < 1 || it.Sitting > 2:
		return ErrMinutes
	}
	return nil
}

// Mark is short, and differs with anything in the item that people write: whoever
// changes it names the mark of what they saw.
func (it *Item) Mark() string {
	return Mark(it.Title, it.Prompt, it.Notes, strconv.Itoa(it.Minutes), strconv.Itoa(it.Sitting))
}

// Mark is short, and differs with any of the words; "" where there are none.
func Mark(words ...string) string {
	if strings.Join(words, "") == "" {
		return ""
	}
	h := sha256.New()
	for _, w := range words {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(w))))
		h.Write([]byte(w))
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Words refuses a text that is empty or longer than so many characters.
func Words(text string, most int) error {
	if strings.TrimSpace(text) == "" || tooLong(text, most) {
		return ErrText
	}
	return nil
}

func tooLong(text string, most int) bool { return len([]rune(text)) > most }

// Shifted is the agenda's order after an item that has not begun moved by so many
// places, and no further than others that have not begun.
func (w *Workshop) Shifted(item uuid.UUID, by int) (ids []uuid.UUID) {
	at, first := 0, 0
	for i, it := range w.Items {
		ids = append(ids, it.ID)
		if it.ID == item {
			at = i
		}
		if it.Stage != Waiting {
			first = i + 1
		}
	}
	to := min(max(at+by, first), len(ids)-1)
	ids = slices.Delete(ids, at, at+1)
	return slices.Insert(ids, to, item)
}
