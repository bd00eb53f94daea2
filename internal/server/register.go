package server

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/register"
	"octant/internal/store"
	"octant/web/nhsuk"
	"octant/web/page"
)

// longestQuery is how much of a search is looked for.
const longestQuery = 100

// showRegister searches the register.
func (s *Server) showRegister(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	query := strings.Join(strings.Fields(cleanText(r.URL.Query().Get("q"))), " ")
	if utf8.RuneCountInString(query) > longestQuery {
		query = string([]rune(query)[:longestQuery])
	}
	number, _ := strconv.Atoi(r.URL.Query().Get("page"))
	number = min(max(number, 1), 10_000)
	found, more, err := s.db.SearchRegister(r.Context(), query, number, access.Today(s.now()))
	if err != nil {
		return err
	}
	who, err := s.db.Person(r.Context(), person)
	if err != nil {
		return err
	}
	v := page.RegisterView{
		Frame: s.frame(r), Asked: query != "", Page: number, IsAdmin: who.Admin,
		Query: nhsuk.Field{
			Name: "q", Label: "Name or ODS code", Hint: "Names that a trust had before work too", Value: query, Type: "search", Autocomplete: "off", Verbatim: true,
		},
	}
	for _, f := range found {
		v.Found = append(v.Found, registerRow(f))
	}
	if number > 1 {
		v.Newer = registerPage(query, number-1)
	}
	if more {
		v.Older = registerPage(query, number+1)
	}
	return s.render(w, r, http.StatusOK, page.Register(v))
}

func registerPage(query string, number int) string {
	return "/register?" + url.Values{"q": {query}, "page": {strconv.Itoa(number)}}.Encode()
}

func registerRow(f store.FoundOrganisation) page.RegisterRow {
	row := page.RegisterRow{Code: f.Code, Name: register.Title(f.Name), Type: f.Place.Type}
	for _, name := range f.Earlier {
		row.Earlier = append(row.Earlier, register.Title(name))
	}
	row.Place = strings.Join(notEmpty(nameOrCode(f.Place.RegionName, f.Place.Region), nameOrCode(f.Place.ICBName, f.Place.ICB)), ", ")
	if !f.Closed.IsZero() {
		row.Closed = page.Day(f.Closed)
	}
	return row
}

// nameOrCode is a name, or the code where there is none.
func nameOrCode(name, code string) string {
	if name == "" {
		return code
	}
	return name
}

func notEmpty(words ...string) []string {
	var kept []string
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	return kept
}

// showOrganisation is one organisation's history.
func (s *Server) showOrganisation(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	e, err := s.db.RegisterEntry(r.Context(), chi.URLParam(r, "code"))
	if err != nil {
		return err
	}
	who, err := s.db.Person(r.Context(), person)
	if err != nil {
		return err
	}
	today := access.Today(s.now())
	v := page.OrganisationView{
		Frame: s.frame(r), Code: e.Code, Name: register.Title(e.Name()), Open: e.OpenOn(today), Facts: factsOf(e, today),
		Names: nameRows(e), Places: placeRows(e), Types: typeRows(e), Seen: page.Day(e.Seen), IsAdmin: who.Admin,
		Before: stepRows(e.Lineage.Names, e.Lineage.Before, true), After: stepRows(e.Lineage.Names, e.Lineage.After, false),
	}
	if !e.Closed.IsZero() && e.Closed.Before(today) {
		for _, code := range e.Lineage.Heirs() {
			v.Heirs = append(v.Heirs, organisationOf(e.Lineage.Names, code))
		}
	}
	return s.render(w, r, http.StatusOK, page.RegisterEntry(v))
}

// factsOf are the organisation as it is today, or last was.
func factsOf(e store.RegisterEntry, today time.Time) []nhsuk.SummaryRow {
	state := "Open"
	switch {
	case e.Opened.After(today):
		state = "Opens " + page.Day(e.Opened)
	case !e.Closed.IsZero() && e.Closed.Before(today):
		state = "Closed"
	}
	facts := []nhsuk.SummaryRow{{Key: "State", Value: state}, {Key: "Opened", Value: page.Day(e.Opened)}}
	if !e.Closed.IsZero() {
		facts = append(facts, nhsuk.SummaryRow{Key: "Last day", Value: page.Day(e.Closed)})
	}
	p := e.Place()
	region, board := nameOrCode(e.Regions[p.Region], p.Region), nameOrCode(e.ICBs[p.ICB].Name, p.ICB)
	if region == "" {
		region = "None in England"
	}
	facts = append(facts, nhsuk.SummaryRow{Key: "Region", Value: region})
	if b := e.ICBs[p.ICB]; board != "" && (e.Closed.IsZero() || !b.Opened.After(e.Closed)) {
		facts = append(facts, nhsuk.SummaryRow{Key: "Integrated care board", Value: board})
	}
	if n := len(e.Types); n > 0 {
		facts = append(facts, nhsuk.SummaryRow{Key: "Type", Value: e.Types[n-1].Type})
	}
	return facts
}

func nameRows(e store.RegisterEntry) []page.HistoryRow {
	var rows []page.HistoryRow
	for i, n := range e.Names {
		from := fromWords(e.Names, i, e.Closed, "the day on which another trust joined it")
		rows = append(rows, page.HistoryRow{What: []string{register.Title(n.Value)}, From: from, To: untilWords(e.Names, i, e.Closed)})
	}
	return rows
}

func placeRows(e store.RegisterEntry) []page.HistoryRow {
	var rows []page.HistoryRow
	for i, p := range e.Places {
		what := notEmpty(nameOrCode(e.Regions[p.Value.Region], p.Value.Region), boardWords(e.ICBs[p.Value.ICB], p.Value.ICB, p.From))
		if len(what) == 0 {
			what = []string{"None in England"}
		}
		from := fromWords(e.Places, i, e.Closed, "the day on which the board took over")
		rows = append(rows, page.HistoryRow{What: what, From: from, To: untilWords(e.Places, i, e.Closed)})
	}
	return rows
}

// boardWords names a board. Files give today's board to the time before it too.
func boardWords(b register.ICB, code string, from time.Time) string {
	if b.Opened.After(from) {
		return "Area of " + b.Name + ", which began on " + page.Day(b.Opened)
	}
	return nameOrCode(b.Name, code)
}

// fromWords says from when a spell held, and no more than is known of it. turn
// says what happened on a day that no file gave.
func fromWords[T comparable](spells []register.Spell[T], i int, closed time.Time, turn string) string {
	s := spells[i]
	switch {
	case i == 0 && !closed.IsZero() && s.SeenFrom.After(closed):
		return page.Day(s.From) + ", as far as is known"
	case i == 0 && s.SeenFrom.After(s.From):
		return page.Day(s.From) + ", as far as is known; certain from " + page.Day(s.SeenFrom)
	case i == 0:
		return page.Day(s.From)
	case s.SeenFrom.After(s.From):
		return page.Day(s.From) + ", " + turn
	case overnight(spells, i):
		return page.Day(s.From)
	}
	return betweenWords(spells, i)
}

// overnight says whether a spell began on the day after the last file that said
// otherwise, so that its day is known.
func overnight[T comparable](spells []register.Spell[T], i int) bool {
	return spells[i].From.Equal(spells[i-1].SeenTo.AddDate(0, 0, 1))
}

// betweenWords says when a spell began that only a file dates: after the last
// file that said otherwise.
func betweenWords[T comparable](spells []register.Spell[T], i int) string {
	return "Between " + page.Day(spells[i-1].SeenTo) + " and " + page.Day(spells[i].From)
}

// untilWords says until when a spell held.
func untilWords[T comparable](spells []register.Spell[T], i int, closed time.Time) string {
	switch s := spells[i]; {
	case s.To.IsZero():
		return "Now"
	case i+1 < len(spells) && !spells[i+1].SeenFrom.After(spells[i+1].From) && !overnight(spells, i+1):
		return betweenWords(spells, i+1)
	default:
		return lastWords(s.To, closed)
	}
}

// lastWords is the last day of what holds no more from a day on.
func lastWords(to, closed time.Time) string {
	last := to.AddDate(0, 0, -1)
	if last.Equal(closed) {
		return page.Day(last) + ", when it closed"
	}
	return page.Day(last)
}

func typeRows(e store.RegisterEntry) []page.HistoryRow {
	var rows []page.HistoryRow
	for _, t := range e.Types {
		row := page.HistoryRow{What: []string{t.Type}, From: page.Day(t.From), To: "Now", Source: t.Source}
		switch {
		case !t.To.IsZero():
			row.To = lastWords(t.To, e.Closed)
		case !e.Closed.IsZero():
			row.To = lastWords(e.Closed.AddDate(0, 0, 1), e.Closed)
		}
		rows = append(rows, row)
	}
	return rows
}

// howWords is what stands between the one that ended and the one that followed.
var howWords = map[register.Kind]string{
	register.Merger:      "became part of the new",
	register.Acquisition: "joined",
	register.Split:       "was split; part of it went to",
	register.Rename:      "was given a new code and became",
}

// stepRows are steps of a lineage, with names by code; beside adds where the other
// parts of a split went, which the list of what came after shows by itself.
func stepRows(names map[string]string, steps []register.Step, beside bool) []page.StepRow {
	var rows []page.StepRow
	for _, x := range steps {
		row := page.StepRow{
			On: page.Day(x.On), From: organisationOf(names, x.From), To: organisationOf(names, x.To), How: howWords[x.Kind],
			Note: x.Note, ByHand: x.Source == register.Manual,
		}
		for _, code := range x.Beside {
			if beside {
				row.Beside = append(row.Beside, organisationOf(names, code))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func organisationOf(names map[string]string, code string) page.Organisation {
	return page.Organisation{Code: code, Name: register.Title(names[code])}
}
