package server

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/web/page"
)

// ownData is what is held on a person, as a file.
type ownData struct {
	About string    `json:"about"`
	Made  time.Time `json:"made"`
	Not   []string  `json:"notIncluded"`
	store.OwnData
}

// notIncluded says in the file what the page says in its last part.
var notIncluded = []string{
	"Answers that have been cut loose from your name: nobody can tell any more which were yours.",
	"Answers on paper: a sheet has no name on it.",
	"The copies of comments that those who run a round may read: they were separated from your name when the round closed. Your own words stand with your answers.",
	"Reports: they are about the board and name nobody.",
	"The words of letters: they are made when they are sent, and not kept.",
	"Personal links, sign-in codes and session keys: they would let somebody in as you, and are not kept in a form that can be read.",
	"What other people wrote about you, and what the trust has copied elsewhere: ask your trust's data protection officer.",
}

// showOwnData shows a person what is held on them.
func (s *Server) showOwnData(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	d, err := s.db.OwnData(r.Context(), person)
	if err != nil {
		return err
	}
	fillAnswers(&d)
	return s.render(w, r, http.StatusOK, page.OwnData(ownDataView(s.frame(r), d)))
}

// takeOwnData gives it to them as a file.
func (s *Server) takeOwnData(w http.ResponseWriter, r *http.Request, person uuid.UUID) error {
	d, err := s.db.TakeOwnData(r.Context(), person, s.now())
	if err != nil {
		return err
	}
	fillAnswers(&d)
	attach(w, "application/json; charset=utf-8", "my-data-in-octant.json")
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(ownData{
		About: "What Octant keeps about " + d.Account.Name + " and can lead back to them. It names nobody else.",
		Made:  s.now().UTC(), Not: notIncluded, OwnData: d,
	})
}

// fillAnswers puts each answer in the words it was chosen from.
func fillAnswers(d *store.OwnData) {
	for i := range d.Trusts {
		for _, round := range d.Trusts[i].Rounds {
			v, err := questionnaire.Load(round.Questionnaire)
			if err != nil {
				continue // a version that this program does not have: keys and comments stand for themselves
			}
			for j := range round.Answers {
				a := &round.Answers[j]
				if q, ok := v.Question(a.Question); ok {
					a.Text, a.Answer = q.Text, page.ChoiceText(q, a.Choice)
				} else if q, ok := v.BackQuestion(a.Question); ok {
					a.Text, a.Answer = q.Topic+": "+q.Text, page.ChoiceText(q, a.Choice)
				}
			}
		}
	}
}

func ownDataView(f page.Frame, d store.OwnData) page.OwnDataView {
	v := page.OwnDataView{Frame: f, Account: []page.OwnFact{
		{Name: "Name", Value: d.Account.Name},
		{Name: "Email address", Value: orNone(d.Account.Email)},
		{Name: "Account made", Value: page.Day(d.Account.Made)},
	}}
	if d.Account.Admin {
		v.Account = append(v.Account, page.OwnFact{Name: "Platform administrator", Value: "Yes"})
	}
	v.Parts = []page.OwnPart{
		{Title: "Your roles", None: "None.", Items: eachSaid(d.Roles, roleSaid)},
		{Title: "When you signed in", None: "None is kept.", Items: eachSaid(d.SignIns, func(x store.OwnSignIn) string {
			return commas(moment(x.At), wayWords(store.Stay{Way: x.Way}), x.Device)
		})},
		{Title: "Where you are signed in", None: "Nowhere.", Items: eachSaid(d.Sessions, func(x store.OwnSession) string {
			return commas("Since "+moment(x.Started), "last used "+moment(x.Seen), "ends "+moment(x.Ends), wayWords(store.Stay{Way: x.Way, ODS: x.ODS}), x.Device)
		})},
		{Title: "Sign-in codes you asked for", None: "None is kept.", Items: eachSaid(d.Codes, func(x store.OwnCode) string {
			return commas(moment(x.Made), sinceDay("used", x.Used))
		})},
	}
	if len(d.Record) > 0 {
		v.Parts = append(v.Parts, page.OwnPart{Title: "On record, for no single trust", Items: eachSaid(d.Record, entrySaid)})
	}
	for _, t := range d.Trusts {
		v.Trusts = append(v.Trusts, ownTrustView(t))
	}
	return v
}

func ownTrustView(t store.OwnTrust) page.OwnTrust {
	o := page.OwnTrust{Name: t.Name, Parts: []page.OwnPart{
		{Title: "Letters to you", None: "None is kept.", Items: eachSaid(t.Letters, func(x store.OwnLetter) string {
			return commas(capitalised(x.Kind), x.Round, moment(x.Made), x.State, x.Said)
		})},
		{Title: "Personal links and printed letters", None: "None.", Items: eachSaid(t.Links, func(x store.OwnLink) string {
			return commas(capitalised(x.Kind), x.Round, "made "+moment(x.Made), sinceDay("cancelled", x.Revoked))
		})},
		{Title: "Actions of the board that you own", None: "None.", Items: eachSaid(t.Actions, func(x store.OwnAction) string {
			return commas(x.What, "due "+page.Day(x.Due), x.State, x.Became)
		})},
		{Title: "Workshops that go on, which you joined as yourself", None: "None. Who joins without their account cannot be found. When a workshop ends, single votes are erased.", Items: eachSaid(t.Workshops, workshopSaid)},
		{Title: "On record", None: "Nothing.", Items: eachSaid(t.Record, entrySaid)},
	}}
	for _, r := range t.Rounds {
		o.Rounds = append(o.Rounds, ownRoundView(r))
	}
	return o
}

// workshopSaid is a workshop that goes on, with what the person has sent in it.
func workshopSaid(w store.OwnWorkshop) string {
	devices := "on " + strconv.Itoa(w.Devices) + " devices"
	if w.Devices == 1 {
		devices = "on 1 device"
	}
	said := commas(w.Title, "began "+moment(w.Began), devices)
	for _, v := range w.Votes {
		said += ". " + v
	}
	for _, c := range w.Cards {
		said += ". Your card: " + c
	}
	return said
}

func ownRoundView(r store.OwnRound) page.OwnRound {
	o := page.OwnRound{Title: r.Title, None: "No answers of yours are kept here.", Facts: []page.OwnFact{
		{Name: "Asked as", Value: commas(r.BoardRole, map[assessment.Side]string{assessment.Executive: "executive", assessment.NonExecutive: "non-executive"}[r.Side])},
		{Name: "State of the round", Value: capitalised(string(r.State))},
		{Name: "Submitted", Value: yesNo(r.Submitted)},
	}}
	add := func(there bool, name, value string) {
		if there {
			o.Facts = append(o.Facts, page.OwnFact{Name: name, Value: value})
		}
	}
	add(r.ExtendedTo != nil, "Your time was extended to", dayOf(r.ExtendedTo))
	add(r.Away, "Marked as away", "Yes")
	add(r.OnPaper, "Answering on paper", "Yes")
	add(r.DraftsDeleted > 0, "You have deleted a draft", "Yes")
	if r.Unlinked != nil {
		o.None = "Your answers were cut loose from your name on " + page.Day(*r.Unlinked) + "."
	}
	for _, a := range r.Answers {
		o.None = ""
		o.Answers = append(o.Answers, page.OwnAnswer{Question: a.Question + " " + a.Text, Answer: a.Answer, Comment: a.Comment, Evidence: a.Evidence})
	}
	return o
}

// eachSaid puts each of a list in words.
func eachSaid[T any](all []T, words func(T) string) []string {
	out := make([]string, len(all))
	for i, x := range all {
		out[i] = words(x)
	}
	return out
}

func roleSaid(r store.OwnRole) string {
	role, title := strings.ToLower(roleWords(access.Roles{r.Role})), r.Title
	if strings.EqualFold(role, title) {
		title = ""
	}
	return commas(r.Trust, role, title, "from "+page.Day(r.From), sinceDay("to", r.To))
}

func entrySaid(e store.OwnEntry) string {
	about := ""
	if e.About != "" && e.About != e.By {
		about = "about " + e.About
	}
	return commas(moment(e.At), string(e.Deed), "by "+e.By, about, e.Round, e.Detail)
}

// commas joins what there is with commas.
func commas(parts ...string) string {
	var there []string
	for _, p := range parts {
		if p != "" {
			there = append(there, p)
		}
	}
	return strings.Join(there, ", ")
}

func moment(t time.Time) string { return page.Day(t) + " at " + page.Clock(t) }

func dayOf(t *time.Time) string {
	if t == nil {
		return ""
	}
	return page.Day(*t)
}

// sinceDay is a word with a day, "" where there is none.
func sinceDay(word string, t *time.Time) string {
	if t == nil {
		return ""
	}
	return word + " " + page.Day(*t)
}

func yesNo(is bool) string {
	if is {
		return "Yes"
	}
	return "No"
}

func orNone(s string) string {
	if s == "" {
		return "None"
	}
	return s
}

func capitalised(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
