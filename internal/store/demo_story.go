package store

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/register"
)

// The story that the demonstration's answers tell. Who makes sure that a new
// system changes how work is done: at first half the board thinks that somebody
// does and half that nobody does, a year later they differ less, and in the
// third year they agree. Where AI is used, nobody quite knows for long, the
// non-executives least. Executives see skills and ways of working brighter than
// non-executives do. Most things get better slowly, and at Harrowmere technology
// does at once, when a new system goes live; people come and go.

// contested are the questions about who owns adoption. parting is how far from
// the middle each camp stands, round by round.
var (
	contested = []string{"2.3", "3.4", "4.2", "5.1", "5.2", "6.1", "6.5"}
	parting   = [4]float64{1.35, 0.95, 0.25, 0.2}
)

// unknown are the questions that AI makes a blind spot, with how likely it is
// that somebody does not know, round by round.
var (
	unknown  = []string{"1.4", "2.5", "4.3", "7.4", "7.6", "8.5"}
	dontKnow = [4]float64{0.42, 0.4, 0.36, 0.3}
)

// brighter are the elements that executives see nearly a level better.
var brighter = []string{"4", "5", "6"}

// remarks are what some people write beside an answer.
var remarks = map[string]string{
	"1.1": "The away day in spring helped. We have not repeated it.",
	"1.4": "I know of the imaging tool. I could not name another.",
	"2.1": "We heard about the delay from a supplier before we heard it from ourselves.",
	"2.3": "Shadowing a ward round taught me more than any paper.",
	"3.2": "The telephone line for people without the app is busy, which says something.",
	"4.2": "Training came two weeks after go-live on my last visit.",
	"4.3": "Staff use these tools at home and ask us why they cannot at work.",
	"5.1": "Everybody points to the programme team, and the programme team has gone.",
	"6.5": "I do not recall a paper that came back to the promised savings.",
	"7.3": "The safety case is done well. We do not see what it changed.",
	"8.1": "Log-in has been much better since the summer.",
}

// proofs are notes of evidence that somebody gives.
var proofs = map[string]string{
	"1.2": "Patient panel notes, item 6",
	"2.2": "Small ideas fund, terms of reference",
	"3.3": "Integrated performance report, page 14",
	"5.3": "Scheme of delegation, section 4",
	"6.2": "Digital board minutes, March",
	"7.1": "Risk appetite statement",
	"7.2": "Report of the exercise in May",
	"8.1": "Availability figures in the performance report",
	"8.4": "Asset register summary",
}

// roundOpens is the day on which a round opens: number 3 ten days ago, each
// earlier one a year before the next.
func roundOpens(now time.Time, round int) time.Time {
	return now.UTC().Truncate(24*time.Hour).AddDate(round-3, 0, -10)
}

// rounds tells the trust's story in four rounds.
func (d *demoTrust) rounds(now time.Time) ([]demoRound, error) {
	name := questionnaire.Latest()
	v, err := questionnaire.Load(name)
	if err != nil {
		return nil, err
	}
	rounds := make([]demoRound, d.last()-d.first()+1)
	for n := range rounds {
		opens := roundOpens(now, d.first()+n)
		closes := opens.AddDate(0, 0, 14)
		if n == 3 && !d.stillOpen {
			opens, closes = opens.AddDate(0, 0, -14), opens.AddDate(0, 0, -3)
		}
		r := &rounds[n]
		r.round = assessment.Round{
			ID: demoID("round/" + d.ods + "/" + strconv.Itoa(n)), Title: season(opens), Form: demoForm(n),
			Questionnaire: name, OpensOn: opens, ClosesOn: closes, OpenedAt: opens.Add(9 * time.Hour),
		}
		if n < 3 || !d.stillOpen {
			r.ended = closes.Add(17 * time.Hour)
		}
		r.sheets = d.sheets(v, r.round, n)
	}
	return rounds, nil
}

// formed is the day on which Eastmarch was formed, between the last rounds of the
// two trusts before it and its own first.
func formed(now time.Time) time.Time {
	y, m, _ := roundOpens(now, 0).AddDate(0, -3, 0).Date()
	return register.Date(y, m, 1)
}

func season(t time.Time) string {
	names := [4]string{"Winter", "Spring", "Summer", "Autumn"}
	return names[int(t.Month())%12/3] + " " + strconv.Itoa(t.Year())
}

// sheets is who is asked in a round and what each of them does.
func (d *demoTrust) sheets(v *questionnaire.Version, r assessment.Round, n int) []demoSheet {
	var sheets []demoSheet
	for _, p := range demoCast() {
		i := slices.IndexFunc(p.places, func(m place) bool { return m.sits(d.ods, d.first()+n) })
		if i < 0 {
			continue
		}
		m := p.places[i]
		s := demoSheet{person: p.id(), side: m.side, title: m.title}
		draft := slices.Contains(d.silent[n], "-"+p.key)
		if !slices.Contains(d.silent[n], p.key) {
			s.submitted = !draft
			s.answers = append(d.answers(v, r.Form, n, p.key, m.side), d.lookBack(v, n, p.key, m)...)
		}
		if draft {
			s.answers = s.answers[:len(s.answers)/3]
		}
		sheets = append(sheets, s)
	}
	sayOnce(sheets)
	return sheets
}

// sayOnce lets nobody write what somebody before them wrote.
func sayOnce(sheets []demoSheet) {
	said := map[string]bool{}
	for _, s := range sheets {
		for i := range s.answers {
			a := &s.answers[i]
			if said[a.Comment] {
				a.Comment = ""
			}
			said[a.Comment] = a.Comment != ""
		}
	}
}

// answers is what one person says in one round, the same each time it is asked.
func (d *demoTrust) answers(v *questionnaire.Version, form questionnaire.Form, n int, key string, side assessment.Side) []assessment.Answer {
	temper := 0.35 * chance(d.ods, key).NormFloat64()
	var answers []assessment.Answer
	for _, q := range v.Questions(form) {
		rng := chance(d.ods, key, q.Key, strconv.Itoa(n))
		a := assessment.Answer{Question: q.Key, Choice: d.choice(rng, q, n, key, side, temper)}
		if rng.Float64() < 0.2 {
			a.Comment = remarks[q.Key]
		}
		if rng.Float64() < 0.3 {
			a.Evidence = proofs[q.Key]
		}
		answers = append(answers, a)
	}
	return answers
}

func (d *demoTrust) choice(rng *rand.Rand, q *questionnaire.Question, n int, key string, side assessment.Side, temper float64) assessment.Choice {
	ned := side == assessment.NonExecutive
	lost := 0.03
	if slices.Contains(unknown, q.Key) {
		lost = dontKnow[n]
	}
	if ned {
		lost *= 1.4
	}
	switch luck := rng.Float64(); {
	case luck < lost:
		return assessment.DontKnow
	case luck > 0.99:
		return assessment.RatherNotSay
	case luck > 0.98:
		return assessment.NotAnswered
	}
	if slices.Contains(contested, q.Key) {
		return clamp(3.1 + 0.15*float64(n) + camp(key)*parting[n] + 0.45*rng.NormFloat64())
	}
	return clamp(d.level(q, n, ned) + temper + 0.75*rng.NormFloat64())
}

// camp is 1 for those who think that somebody owns adoption and -1 for the
// others: every second seat at the table.
func camp(key string) float64 {
	if (key[len(key)-1]-'0')%2 == 0 {
		return 1
	}
	return -1
}

// level is about where the board stands on a question.
func (d *demoTrust) level(q *questionnaire.Question, n int, ned bool) float64 {
	element := int(q.Element[0] - '1')
	level := d.start[element] + d.growth*float64(n) + 0.5*(chance(d.ods, q.Key).Float64()-0.5)
	if n >= 2 {
		level += d.leap[element]
	}
	if slices.Contains(brighter, q.Element) && !ned {
		level += 0.9
	}
	return level
}

func clamp(level float64) assessment.Choice {
	return assessment.Choice(min(max(math.Round(level), 1), questionnaire.Levels))
}

// chance is a source of numbers that depend on the parts and on nothing else.
func chance(parts ...string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(strings.Join(parts, "\x00"))) // a hash takes whatever it is given
	return rand.New(rand.NewPCG(h.Sum64(), 8))
}
