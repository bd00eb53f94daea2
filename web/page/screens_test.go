package page_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/web/nhsuk"
	"octant/web/page"
)

var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

const path = "/trusts/RXX/rounds/01930000-0000-7000-8000-000000000001"

// long is a name without a place to break, as the register really has them.
const long = "Hammersmithfieldshirewestmorlandandnorthumberlandpartnership NHS Foundation Trust"

func frame() page.Frame {
	return page.Frame{Person: "Ada Okafor", Trust: "Harbour and Vale NHS Trust", ODS: "RXX", Demo: true, Now: noon.Add(2 * time.Hour)}
}

func version(t *testing.T) *questionnaire.Version {
	t.Helper()
	v, err := questionnaire.Load(questionnaire.Latest())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func round(state assessment.State) assessment.Round {
	r := assessment.Round{
		ID: uuid.MustParse("01930000-0000-7000-8000-000000000001"), Title: "Autumn 2026", Questionnaire: questionnaire.Latest(),
		Form: questionnaire.Core, State: state, OpensOn: noon.AddDate(0, 0, -10), ClosesOn: noon.AddDate(0, 0, 10), Asked: 13, Finished: 9,
	}
	if state != assessment.Draft {
		r.OpenedAt = noon.AddDate(0, 0, -9)
	}
	if state == assessment.Closed {
		r.ClosedAt = noon
	}
	return r
}

// report is the published report of so many people, whose answers follow a
// pattern: spread, alike or unknown.
func report(t *testing.T, form questionnaire.Form, answered, invited int, pattern string) maturity.Report {
	t.Helper()
	v := version(t)
	in := maturity.Input{
		Version: v, Form: form, Invited: invited,
		InvitedBySide: map[assessment.Side]int{assessment.Executive: (invited + 1) / 2, assessment.NonExecutive: invited / 2},
	}
	dice := rand.New(rand.NewPCG(7, uint64(answered)))
	for person := range answered {
		side := assessment.Executive
		if person%2 == 1 {
			side = assessment.NonExecutive
		}
		resp := assessment.Response{Side: side, Submitted: true, Answers: map[string]assessment.Answer{}}
		for i, q := range v.Questions(form) {
			resp.Answers[q.Key] = assessment.Answer{Question: q.Key, Choice: choice(dice, pattern, person, i)}
		}
		in.Responses = append(in.Responses, resp)
	}
	return maturity.Publish(in, maturity.Meta{
		Trust: maturity.Trust{ODS: "RXX", Name: "Harbour and Vale NHS Trust"},
		Round: maturity.Round{ID: "01930000-0000-7000-8000-000000000001", Title: "Autumn 2026", Opened: noon.AddDate(0, 0, -9), Closed: noon},
		Roles: []maturity.RoleCount{{Role: "Non-executive director", Invited: invited / 2}, {Role: "Executive director", Invited: (invited + 1) / 2}},
	})
}

func choice(dice *rand.Rand, pattern string, person, item int) assessment.Choice {
	switch {
	case pattern == "alike":
		return 4
	case pattern == "unknown":
		return assessment.DontKnow
	case item%5 == 3 && person%2 == 0:
		return assessment.Choice(4 + dice.IntN(2)) // executives and non-executives part ways
	case item%5 == 3:
		return assessment.Choice(1 + dice.IntN(2))
	case dice.IntN(6) == 0:
		return assessment.DontKnow
	case dice.IntN(15) == 0:
		return assessment.RatherNotSay
	}
	return assessment.Choice(min(5, 1+item%4+dice.IntN(2)))
}

func reportView(t *testing.T, r maturity.Report) page.ReportView {
	t.Helper()
	return page.ReportView{Frame: frame(), Report: r, Version: version(t), Path: path, Digest: strings.Repeat("0123456789abcdef", 4), Mine: path + "/mine"}
}

func question(t *testing.T) page.QuestionView {
	t.Helper()
	v := version(t)
	q, _ := v.Question("1.3")
	e, _ := v.Element("1")
	return page.QuestionView{
		Frame: frame(), Round: round(assessment.Open), Path: path, Question: q, Element: e,
		Number: 3, Total: 24, Back: path + "/questions/1.2", Answer: assessment.Answer{Question: "1.3"},
	}
}

func given(choice assessment.Choice) assessment.Answer {
	return assessment.Answer{
		Question: "1.3", Choice: choice, Comment: "One line.\nAnother <b>line</b>.", Evidence: "Minutes of May",
		Revision: 2, SavedAt: noon,
	}
}

func tasks(done int) page.TasksView {
	v := page.TasksView{Frame: frame(), Round: round(assessment.Open), Path: path, Done: done, Total: 6}
	for i, title := range []string{"Seeing what is changing", "Working in the open"} {
		v.Tasks = append(v.Tasks, page.Task{Title: title, Paraphrase: "What it means.", Href: path + "/questions/1.1", Done: min(3, max(0, done-3*i)), Total: 3})
	}
	return v
}

func check(t *testing.T, missing int) page.CheckView {
	t.Helper()
	v := version(t)
	view := page.CheckView{Frame: frame(), Round: round(assessment.Open), Version: v, Path: path, Missing: missing}
	for _, e := range v.Elements {
		el := page.CheckElement{Title: e.Title}
		for _, q := range e.Questions {
			a := given(4)
			if missing > 0 {
				missing, a = missing-1, assessment.Answer{}
			}
			el.Rows = append(el.Rows, page.CheckRow{Question: q, Answer: a, AnswerText: page.ChoiceText(q, a.Choice), Change: path + "/questions/" + q.Key})
		}
		view.Elements = append(view.Elements, el)
	}
	return view
}

func manage(state assessment.State, asked int) page.ManageView {
	v := page.ManageView{Frame: frame(), Round: round(state), Path: path, MayManage: true}
	v.Round.Asked, v.Round.Finished = asked, asked/2
	for i := range asked {
		side := assessment.Executive
		if i%2 == 1 {
			side = assessment.NonExecutive
		}
		v.Asked = append(v.Asked, page.AskedPerson{Name: "Person " + string(rune('A'+i)), Title: "CIO", Side: side, Finished: i < asked/2})
	}
	return v
}

func candidates(n int) page.PeopleView {
	v := page.PeopleView{Frame: frame(), Round: round(assessment.Draft), Path: path}
	for i := range n {
		side := assessment.Executive
		if i%2 == 1 {
			side = assessment.NonExecutive
		}
		v.People = append(v.People, page.Candidate{ID: uuid.NewString(), Name: "Person", Title: "Medical director", Side: side, Asked: i%3 == 0})
	}
	return v
}

func roundForm(t *testing.T, faults bool) page.RoundFormView {
	t.Helper()
	v := page.RoundFormView{
		Frame: frame(), Action: "/trusts/RXX/rounds", New: true, Version: version(t), Cancel: "/trusts/RXX",
		Title: nhsuk.Field{Name: "title", Label: "Title"}, Form: nhsuk.Field{Name: "form", Label: "How many questions to ask", Value: "core"},
		Opens: nhsuk.DateField{Name: "opens", Label: "When you plan to open it"}, Closes: nhsuk.DateField{Name: "closes", Label: "When you plan to close it"},
	}
	if faults {
		v.Title.Error, v.Form.Error, v.Opens.Error, v.Closes.Error = "Enter a title", "Select how many", "Enter a day", "Enter a day"
	}
	return v
}

// read renders a screen and reads it back.
func read(t *testing.T, c templ.Component) *goquery.Document {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// with changes a copy of a view.
func with[V any](v V, change func(*V)) V {
	change(&v)
	return v
}

// flat is text with its white space as a browser shows it.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }
