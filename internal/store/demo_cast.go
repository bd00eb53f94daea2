package store

import (
	"strconv"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
)

// The demonstration's trusts. The names are invented, and the codes have the
// shape of real ones but occur in no published list.
const (
	harrowmere  = "R9A"
	brackenvale = "R9M"
	eastmarch   = "D3M0X"

	// What Eastmarch was formed from.
	eastMarch     = "R9D"
	harrowvaleAmb = "R9F"
)

// demoTrust is one invented trust and how its story goes.
type demoTrust struct {
	ods, name, kind string
	leadKey         string
	start           [8]float64  // about where each element stands in the first round
	growth          float64     // levels a round
	leap            [8]float64  // and so many more at once, from the third round on
	silent          [4][]string // who does not finish, round by round; a "-" before a key: starts but never submits
	stillOpen       bool        // the fourth round has not closed
	held, prepared  int         // rounds on which a workshop was held and is prepared, 0 for none
	gone            bool        // closed before the others' first round, and had the two rounds before that
}

// Rounds of the story are counted from the first of the trusts that there are now.
const (
	firstGone = -2
	lastRound = 3
)

// first is the number of the trust's own first round.
func (d *demoTrust) first() int {
	if d.gone {
		return firstGone
	}
	return 0
}

// last is the number of its newest.
func (d *demoTrust) last() int {
	if d.gone {
		return -1
	}
	return lastRound
}

var demoTrusts = []demoTrust{
	{
		ods: harrowmere, name: "Harrowmere University Hospitals NHS Foundation Trust", kind: "Acute", leadKey: "cio",
		start: [8]float64{2.7, 2.6, 2.3, 2.2, 2.4, 2.3, 2.9, 3.1}, growth: 0.28, leap: [8]float64{7: 0.8}, stillOpen: true, held: 2,
		silent: [4][]string{{"-member-6", "member-11", "member-12"}, {"member-8", "-member-13"}, {"member-14"}, {"member-1"}},
	},
	{
		ods: brackenvale, name: "Brackenvale Partnership NHS Foundation Trust", kind: "Mental health and community", leadKey: "brackenvale-lead",
		start: [8]float64{2.9, 3.2, 3.0, 2.5, 2.8, 2.6, 2.4, 2.0}, growth: 0.2, prepared: 3,
		silent: [4][]string{{"brackenvale-3", "brackenvale-9"}, {"brackenvale-12"}, {"-brackenvale-5"}, {}},
	},
	{
		ods: eastmarch, name: "Eastmarch Ambulance Service NHS Trust", kind: "Ambulance", leadKey: "eastmarch-lead",
		start: [8]float64{2.4, 2.5, 2.8, 2.2, 2.1, 3.0, 2.9, 3.0}, growth: 0.22,
		silent: [4][]string{
			{"eastmarch-7"}, {"eastmarch-2", "eastmarch-5", "eastmarch-6", "-eastmarch-8"}, {}, {"eastmarch-4"},
		},
	},
	{
		ods: eastMarch, name: "East March Ambulance Service NHS Trust", kind: "Ambulance", leadKey: "east-march-lead", gone: true,
		start: [8]float64{2.6, 2.2, 2.5, 2.4, 1.9, 2.4, 3.0, 2.2}, growth: 0.25, silent: [4][]string{{"east-march-6"}, {}},
	},
	{
		ods: harrowvaleAmb, name: "Harrowvale Ambulance Service NHS Trust", kind: "Ambulance", leadKey: "harrowvale-lead", gone: true,
		start: [8]float64{1.9, 2.3, 2.6, 1.8, 2.2, 2.7, 2.4, 3.2}, growth: 0.1, silent: [4][]string{{}, {"harrowvale-2"}},
	},
}

func (d *demoTrust) lead() uuid.UUID { return demoID("person/" + d.leadKey) }

// castMember is one invented person. Those without a what cannot be signed in as.
type castMember struct {
	key, name, what string
	admin           bool
	places          []place
}

func (p castMember) id() uuid.UUID { return demoID("person/" + p.key) }

// place is what somebody is in one trust, and in which rounds.
type place struct {
	ods         string
	role        access.Role
	title       string
	side        assessment.Side
	first, last int // rounds in which they sit there
}

// always is what somebody was from before the first round and still is.
func always(ods string, role access.Role, title string) place {
	return place{ods: ods, role: role, title: title, last: lastRound}
}

// sits says whether the person could be asked in the round.
func (m place) sits(ods string, round int) bool {
	return m.ods == ods && m.role == access.Member && m.first <= round && round <= m.last
}

// dates turns rounds into days: people come and go half-way between two rounds.
func (m place) dates(now time.Time) (from time.Time, to *time.Time) {
	from = roundOpens(now, m.first).AddDate(0, -6, 0)
	if m.last < lastRound {
		to = new(roundOpens(now, m.last).AddDate(0, 6, -1))
	}
	return from, to
}

// demoCast is everybody in the demonstration, in the order they are offered.
func demoCast() []castMember {
	cast := []castMember{
		{
			key: "cio", name: "Priya Raman", what: "Chief digital and information officer at Harrowmere, who leads its rounds",
			places: []place{always(harrowmere, access.Lead, "Chief digital and information officer")},
		},
		{
			key: "secretary", name: "Gareth Pugh", what: "Company secretary at Harrowmere, who leads its rounds too",
			places: []place{always(harrowmere, access.Lead, "Company secretary")},
		},
		{
			key: "facilitator", name: "Miriam Adeyemi", what: "Facilitator of board workshops at Harrowmere and Brackenvale",
			places: []place{always(harrowmere, access.Facilitator, ""), always(brackenvale, access.Facilitator, "")},
		},
		{
			key: "observer", name: "Len Stubbs", what: "Lead governor at Harrowmere, who may read its reports",
			places: []place{always(harrowmere, access.Observer, "Lead governor")},
		},
		{
			key: "regional", name: "Farah Siddiqui", what: "Regional viewer, who may read the reports of all three trusts",
			places: []place{always(harrowmere, access.Viewer, ""), always(brackenvale, access.Viewer, ""), always(eastmarch, access.Viewer, "")},
		},
		{key: "admin", name: "Jo Lindqvist", what: "Platform administrator, who has no right in any trust", admin: true},
		{
			key: "brackenvale-lead", name: "Colm Brennan", what: "Company secretary at Brackenvale, who leads its rounds",
			places: []place{always(brackenvale, access.Lead, "Company secretary")},
		},
		{
			key: "eastmarch-lead", name: "Hester Vane", what: "Director of corporate governance at Eastmarch, who leads its rounds",
			places: []place{always(eastmarch, access.Lead, "Director of corporate governance")},
		},
		{key: "east-march-lead", name: "Rosalind Peake", places: []place{always(eastMarch, access.Lead, "Company secretary")}},
		{key: "harrowvale-lead", name: "Kofi Lindsay", places: []place{always(harrowvaleAmb, access.Lead, "Company secretary")}},
	}
	cast = append(cast, boardOf(harrowmere, "member-", "Harrowmere", harrowmereBoard)...)
	cast = append(cast, boardOf(brackenvale, "brackenvale-", "", brackenvaleBoard)...)
	cast = append(cast, boardOf(eastmarch, "eastmarch-", "", eastmarchBoard)...)
	cast = append(cast, boardOf(eastMarch, "east-march-", "", eastMarchBoard)...)
	return append(cast, boardOf(harrowvaleAmb, "harrowvale-", "", harrowvaleBoard)...)
}

// seat is one seat at a board's table and who has it; those who left come last.
type seat struct {
	name, title string
	side        assessment.Side
	first, last int
}

var harrowmereBoard = []seat{
	{"Ruth Castellane", "Non-executive director", assessment.NonExecutive, 0, 3},
	{"Sir Desmond Achebe", "Chair", assessment.NonExecutive, 2, 3},
	{"Alison Fairweather", "Chief executive", assessment.Executive, 0, 3},
	{"Tomasz Zielak", "Chief finance officer", assessment.Executive, 1, 3},
	{"Dr Nadia Haddad", "Chief medical officer", assessment.Executive, 0, 3},
	{"Bernadette Coyle", "Chief nurse", assessment.Executive, 0, 3},
	{"Marcus Thwaite", "Chief operating officer", assessment.Executive, 0, 3},
	{"Yvonne Brathwaite", "Chief people officer", assessment.Executive, 0, 3},
	{"Owen Llywarch", "Director of strategy and transformation", assessment.Executive, 0, 3},
	{"Margaret Eddowes", "Vice chair", assessment.NonExecutive, 0, 3},
	{"Harjit Sandhu", "Senior independent director", assessment.NonExecutive, 0, 3},
	{"Professor Ewan Galbraith", "Non-executive director", assessment.NonExecutive, 0, 3},
	{"Lucille Okonjo", "Non-executive director", assessment.NonExecutive, 0, 3},
	{"Daniel Weiss", "Associate non-executive director", assessment.NonExecutive, 2, 3},
	{"Dame Frances Hollin", "Chair", assessment.NonExecutive, 0, 1},
	{"Peter Garside", "Chief finance officer", assessment.Executive, 0, 0},
	{"Anne-Marie Duval", "Non-executive director", assessment.NonExecutive, 0, 1},
}

var brackenvaleBoard = []seat{
	{"Philippa Strang", "Chair", assessment.NonExecutive, 0, 3},
	{"Joseph Mbeki-Hart", "Vice chair", assessment.NonExecutive, 0, 3},
	{"Shirin Azadi", "Non-executive director", assessment.NonExecutive, 0, 3},
	{"Robert Penhale", "Non-executive director", assessment.NonExecutive, 0, 3},
	{"Catrin Vaughan", "Non-executive director", assessment.NonExecutive, 1, 3},
	{"Leonard Achterberg", "Non-executive director", assessment.NonExecutive, 0, 3},
	{"Delphine Marsh", "Chief executive", assessment.Executive, 0, 3},
	{"Suresh Pillai", "Chief finance officer", assessment.Executive, 0, 3},
	{"Dr Imogen Rusk", "Medical director", assessment.Executive, 0, 3},
	{"Grace Nakamura", "Chief nurse", assessment.Executive, 2, 3},
	{"Stuart Bellamy", "Chief operating officer", assessment.Executive, 0, 3},
	{"Noreen Keogh", "Director of people", assessment.Executive, 0, 3},
	{"Walter Inchbald", "Non-executive director", assessment.NonExecutive, 0, 0},
	{"Sandra Obi", "Chief nurse", assessment.Executive, 0, 1},
}

var eastmarchBoard = []seat{
	{"Trevor Aldous", "Chair", assessment.NonExecutive, 0, 3},
	{"Kamala Devi Rao", "Non-executive director", assessment.NonExecutive, 0, 3},
	{"Bridget Soames", "Non-executive director", assessment.NonExecutive, 0, 3},
	{"Idris Farouk", "Non-executive director", assessment.NonExecutive, 2, 3},
	{"Lorna Petrie", "Chief executive", assessment.Executive, 0, 3},
	{"Anthony Quayle-Booth", "Director of finance", assessment.Executive, 0, 3},
	{"Dr Sinead Mulvaney", "Medical director", assessment.Executive, 0, 3},
	{"Craig Dunmore", "Director of operations", assessment.Executive, 0, 3},
	{"Veronica Stile", "Non-executive director", assessment.NonExecutive, 0, 1},
}

// The boards of the trusts that are gone sat in their two rounds.
var eastMarchBoard = []seat{
	{"Geraldine Foss", "Chair", assessment.NonExecutive, firstGone, -1},
	{"Basil Onwuka", "Non-executive director", assessment.NonExecutive, firstGone, -1},
	{"Mary Tredwell", "Non-executive director", assessment.NonExecutive, firstGone, -1},
	{"Piers Alderton", "Non-executive director", assessment.NonExecutive, firstGone, -1},
	{"Gillian Shaw-Doyle", "Chief executive", assessment.Executive, firstGone, -1},
	{"Nikhil Bhatt", "Director of finance", assessment.Executive, firstGone, -1},
	{"Dr Hugh Pemberton", "Medical director", assessment.Executive, firstGone, -1},
	{"Sheila Rudge", "Director of operations", assessment.Executive, firstGone, -1},
}

var harrowvaleBoard = []seat{
	{"Clement Abara", "Chair", assessment.NonExecutive, firstGone, -1},
	{"Ursula Whitlock", "Non-executive director", assessment.NonExecutive, firstGone, -1},
	{"Dev Parmar", "Non-executive director", assessment.NonExecutive, firstGone, -1},
	{"Joan Escott", "Non-executive director", assessment.NonExecutive, firstGone, -1},
	{"Rhodri Bevan", "Chief executive", assessment.Executive, firstGone, -1},
	{"Teresa Maddox", "Director of finance", assessment.Executive, firstGone, -1},
	{"Dr Ayesha Latif", "Medical director", assessment.Executive, firstGone, -1},
	{"Colin Hathersage", "Director of operations", assessment.Executive, firstGone, -1},
}

// boardOf seats a board. Current members are offered for signing in if the
// board's name is given; a chair has the chair's role beside a member's.
func boardOf(ods, prefix, offered string, seats []seat) []castMember {
	var cast []castMember
	for i, s := range seats {
		p := castMember{key: prefix + strconv.Itoa(i+1), name: s.name}
		p.places = []place{{ods, access.Member, s.title, s.side, s.first, s.last}}
		if s.title == "Chair" {
			p.places = append(p.places, place{ods: ods, role: access.Chair, title: s.title, first: s.first, last: s.last})
		}
		if offered != "" && s.last == lastRound {
			p.what = s.title + " at " + offered
		}
		cast = append(cast, p)
	}
	return cast
}
