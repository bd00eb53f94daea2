package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/audit"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// chronicle is one trust with all its rounds, on its way into the database.
type chronicle struct {
	*history
	trust trust
	place int // of the trust
	rows  map[string]*rows
	level map[string]float64 // of the board, by element, now
	drift map[string]float64 // by how much a quarter
	chain audit.Chain
	fault error
}

// Purposes of chance, beside a round's age and a seat.
const (
	ofTrust = 40_000
	ofSeat  = 50_000
	ofRound = 60_000
)

// titles are the seats of a board, executive and non-executive in turn.
var titles = [boardSize]string{
	"Chief executive", "Chair", "Chief finance officer", "Audit committee chair", "Chief nurse", "Quality committee chair", "Medical director",
	"Finance committee chair", "Chief operating officer", "People committee chair", "Chief people officer", "Digital committee chair",
	"Chief information officer", "Senior independent director",
}

var kinds = []string{"Acute", "Acute and community", "Ambulance", "Community", "Mental health"}

// sat is what one round gives the next one to be compared with.
type sat struct {
	in     maturity.Input
	result maturity.Result
	id     uuid.UUID
	who    []person // of the responses, in their order
	asked  []person
}

func (h *history) chronicle(n int) *chronicle {
	c := &chronicle{
		history: h, place: n, rows: make(map[string]*rows, len(historyTables)),
		level: map[string]float64{}, drift: map[string]float64{},
	}
	for _, t := range historyTables {
		c.rows[t.name] = &rows{columns: 1 + strings.Count(t.columns, ",")}
	}
	random := h.random(n, ofTrust)
	for i := range h.version.Elements {
		key := h.version.Elements[i].Key
		c.level[key] = min(max(3+0.7*random.NormFloat64(), 1.4), 4.6)
		c.drift[key] = 0.02 * random.NormFloat64()
	}
	c.trust = trust{ods: codeOf(n), name: nameOf(n)}
	first := h.opens(h.rounds - 1)
	c.trust.lead = person{idAt(random, first), fmt.Sprintf("Lead of %s", c.trust.ods)}
	c.addTrust(first)
	c.addPeople()
	var before *sat
	for age := h.rounds - 1; age >= -h.waitingOf(n) && c.fault == nil; age-- {
		before = c.round(age, before)
	}
	return c
}

// row begins a row of a table.
func (c *chronicle) row(table string) *rows {
	r := c.rows[table]
	r.begin()
	return r
}

func (c *chronicle) addTrust(first time.Time) {
	ods, kind := c.trust.ods, kinds[c.place%len(kinds)]
	r := c.row("trusts")
	r.text(ods)
	r.text(c.trust.name)
	r.text(kind)
	r = c.row("organisations")
	r.text(ods)
	r.day(midnight(first))
	r.day(midnight(c.today))
	r = c.row("organisation_names")
	r.text(ods)
	r.text(c.trust.name)
	r.day(midnight(first))
	r.day(midnight(first))
	r.day(midnight(c.today))
	r = c.row("organisation_places")
	r.text(ods)
	r.text(fmt.Sprintf("R%d", c.place%boards%regions))
	r.text(fmt.Sprintf("I%d", c.place%boards))
	r.day(midnight(first))
	r.day(midnight(first))
	r.day(midnight(c.today))
	r = c.row("organisation_types")
	r.text(ods)
	r.text(kind)
	r.text("generated")
	r.day(midnight(first))
	c.addPerson(c.trust.lead, access.Lead, "Company secretary", nil, first, time.Time{})
	r = c.row("consents")
	r.text(ods)
	r.text(string(rungOf(c.place)))
	r.day(midnight(first))
	r.id(c.trust.lead.id)
	r.time(first)
}

// rungOf is how far a trust shares: one in twenty not at all, one in ten with its
// circles too.
func rungOf(trust int) access.Rung {
	switch {
	case trust%20 == 19:
		return access.Private
	case trust%10 == 4:
		return access.InCircle
	}
	return access.Counted
}

func midnight(t time.Time) time.Time { return t.Truncate(24 * time.Hour) }

// holder is who sits in a seat: one seat changes hands each quarter.
func (c *chronicle) holder(seat, age int) (p person, tenure int) {
	tenure = (age + seat + boardSize) / boardSize
	p.id = idAt(c.random(c.place, ofSeat+seat, tenure), c.opens(boardSize*tenure-seat-1))
	p.name = fmt.Sprintf("Person %d in seat %d", tenure, seat)
	return p, tenure
}

// addPeople adds everybody who has ever had a seat.
func (c *chronicle) addPeople() {
	for seat := range boardSize {
		last := -1
		for age := c.rounds - 1; age >= -c.waitingOf(c.place); age-- {
			p, tenure := c.holder(seat, age)
			if tenure == last {
				continue
			}
			last = tenure
			left := time.Time{}
			if youngest := boardSize*tenure - boardSize - seat; youngest > 0 {
				left = c.opens(youngest - 1)
			} else {
				c.trust.members[seat] = p
			}
			c.addPerson(p, access.Member, titles[seat], sideOf(seat), c.opens(age), left)
		}
	}
}

func (c *chronicle) addPerson(p person, role access.Role, title string, side *assessment.Side, from, to time.Time) {
	r := c.row("people")
	r.id(p.id)
	r.text(p.id.String() + "@example.org")
	r.text(p.name)
	r = c.row("memberships")
	r.text(c.trust.ods)
	r.id(p.id)
	r.text(string(role))
	r.text(title)
	if side == nil {
		r.null()
	} else {
		r.text(string(*side))
	}
	r.day(midnight(from))
	if to.IsZero() {
		r.null()
		return
	}
	r.day(midnight(to))
}

// round makes one round: closed, with everything that is kept of it, or, if it is
// younger than the last closed one, open and answered by everybody.
func (c *chronicle) round(age int, before *sat) *sat {
	random := c.random(c.place, ofRound, age)
	now := &sat{id: idAt(random, c.opens(age)), in: maturity.Input{
		Version: c.version, Form: questionnaire.Full, Invited: boardSize,
		InvitedBySide: map[assessment.Side]int{assessment.Executive: boardSize / 2, assessment.NonExecutive: boardSize / 2},
	}}
	c.trust.rounds = append(c.trust.rounds, now.id)
	title := c.opens(age).Format("January 2006")
	if age < 0 {
		title = fmt.Sprintf("Open round %d", -age)
	}
	c.addRound(now.id, title, age)
	for seat := range boardSize {
		p, _ := c.holder(seat, age)
		now.asked = append(now.asked, p)
		c.addAsked(random, now.id, p, seat, age)
	}
	c.addSheets(random, now, age)
	if age >= 0 {
		c.close(random, now, before, title, age)
	}
	return now
}

func (c *chronicle) addRound(id uuid.UUID, title string, age int) {
	opens, closes := c.opens(age), c.closes(age)
	state, closed, unlinked, erased := assessment.Open, time.Time{}, time.Time{}, time.Time{}
	if age >= 0 {
		state, closed = assessment.Closed, closes
	}
	if age > 0 {
		unlinked = c.closes(age-1).AddDate(0, 0, assessment.LinkDaysAfterNext)
	}
	if c.commentsGone(age) {
		erased = closes.AddDate(0, assessment.CommentMonths, 0)
	}
	r := c.row("rounds")
	r.text(c.trust.ods)
	r.id(id)
	r.text(title)
	r.text(string(questionnaire.Full))
	r.text(c.version.Name)
	r.text(string(state))
	r.day(midnight(opens))
	r.day(midnight(closes))
	r.time(opens)
	r.timeOrNull(closed)
	r.time(opens)
	r.timeOrNull(unlinked)
	r.timeOrNull(erased)
}

// commentsGone says whether a round's comments have been kept for their time.
func (c *chronicle) commentsGone(age int) bool {
	return age >= 0 && assessment.CommentsDue(c.closes(age), c.today)
}

// addAsked adds that somebody was asked, and the letters that they got.
func (c *chronicle) addAsked(random *rand.Rand, round uuid.UUID, p person, seat, age int) {
	r := c.row("invitations")
	r.text(c.trust.ods)
	r.id(round)
	r.id(p.id)
	r.text(string(*sideOf(seat)))
	r.text(titles[seat])
	r.boolean(true)
	if age < 0 {
		return
	}
	for _, l := range []struct {
		kind assessment.Letter
		at   time.Time
	}{{assessment.Invitation, c.opens(age)}, {assessment.Released, c.closes(age)}} {
		r = c.row("letters")
		r.text(c.trust.ods)
		r.id(idAt(random, l.at))
		r.id(round)
		r.id(p.id)
		r.text(string(l.kind))
		r.text("accepted")
		r.time(l.at)
		r.time(l.at.Add(time.Minute))
	}
}

// addSheets makes what everybody answered. As long as a round is the last one, a
// respondent is known by a pseudonym; afterwards by chance.
func (c *chronicle) addSheets(random *rand.Rand, now *sat, age int) {
	type sheet struct {
		who       person
		key, kept []byte
		response  assessment.Response
	}
	var sheets []sheet
	for seat, p := range now.asked {
		key := access.RespondentOf(c.secret, p.id, c.trust.ods)
		s := sheet{who: p, key: key[:], kept: key[:], response: c.answers(random, p, seat, age)}
		if age > 0 {
			s.kept = make([]byte, len(key))
			for i := range s.kept {
				s.kept[i] = byte(random.Uint32())
			}
		}
		sheets = append(sheets, s)
	}
	slices.SortFunc(sheets, placed(func(s sheet) []byte { return s.kept }))
	for _, s := range sheets {
		c.keepSheet(now.id, s.kept, s.response)
	}
	slices.SortFunc(sheets, placed(func(s sheet) []byte { return s.key }))
	for _, s := range sheets {
		now.who = append(now.who, s.who)
		now.in.Responses = append(now.in.Responses, s.response)
	}
}

// answers makes one sheet. Each person lies about the board's level, each question
// about its element's, and each answer about both.
func (c *chronicle) answers(random *rand.Rand, p person, seat, age int) assessment.Response {
	own := 0.4 * c.random(c.place, ofSeat, seat, int(p.id[15])).NormFloat64()
	r := assessment.Response{Side: *sideOf(seat), Submitted: true, Answers: make(map[string]assessment.Answer, len(c.keys))}
	for i := range c.version.Elements {
		e := &c.version.Elements[i]
		level := c.level[e.Key] - c.drift[e.Key]*float64(age) + own
		for _, key := range c.within[e.Key] {
			a := assessment.Answer{Question: key}
			a.Choice = assessment.Choice(min(max(math.Round(level+0.6*random.NormFloat64()), 1), questionnaire.Levels))
			if random.IntN(15) == 0 {
				a.Choice = assessment.DontKnow
			}
			if random.IntN(10) == 0 && !c.commentsGone(age) {
				a.Comment = "We have talked about this at the last two meetings and have not settled it."
			}
			r.Answers[key] = a
		}
	}
	return r
}

func (c *chronicle) keepSheet(round uuid.UUID, respondent []byte, sheet assessment.Response) {
	r := c.row("responses")
	r.text(c.trust.ods)
	r.id(round)
	r.bytes(respondent)
	r.text(string(sheet.Side))
	r.boolean(true)
	for _, key := range c.keys {
		a := sheet.Answers[key]
		r = c.row("answers")
		r.text(c.trust.ods)
		r.id(round)
		r.bytes(respondent)
		r.text(key)
		r.small(int(a.Choice))
		r.text(a.Comment)
		r.integer(1)
	}
}
