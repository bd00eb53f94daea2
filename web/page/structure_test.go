package page_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/web/nhsuk"
	"octant/web/page"
)

// screens is every screen, plain and at its extremes.
func screens(t *testing.T) map[string]templ.Component {
	t.Helper()
	all := map[string]templ.Component{}
	for _, part := range []map[string]templ.Component{answerScreens(t), leadScreens(t), reportScreens(t), frontScreens(t), peopleScreens(t), commentScreens(t), providerScreens(t), sessionScreens(t), workshopScreens(t)} {
		for name, c := range part {
			all[name] = c
		}
	}
	return all
}

func answerScreens(t *testing.T) map[string]templ.Component {
	t.Helper()
	start := page.StartView{Frame: frame(), Round: round(assessment.Open), Version: version(t), Path: path, Minutes: "10 to 12", Total: 24, Resume: path + "/questions/1.1"}
	stale := page.StaleView{Frame: frame(), Round: round(assessment.Open), Path: path, Question: question(t).Question, Kept: given(4), Typed: given(assessment.DontKnow)}
	tooLong := strings.Repeat("word ", 500)
	refused := given(5)
	return map[string]templ.Component{
		"start":           page.Start(start),
		"start again":     page.Start(with(start, func(v *page.StartView) { v.Done = 9 })),
		"start all done":  page.Start(with(start, func(v *page.StartView) { v.Done, v.Resume = 24, "" })),
		"start sent":      page.Start(with(start, func(v *page.StartView) { v.Sent = true })),
		"start draft":     page.Start(with(start, func(v *page.StartView) { v.Round = round(assessment.Draft) })),
		"start closed":    page.Start(with(start, func(v *page.StartView) { v.Round = round(assessment.Closed) })),
		"tasks":           page.Tasks(tasks(4)),
		"tasks none":      page.Tasks(tasks(0)),
		"tasks saved":     page.Tasks(with(tasks(6), func(v *page.TasksView) { v.SavedNow, v.Sent = true, true })),
		"tasks closed":    page.Tasks(with(tasks(6), func(v *page.TasksView) { v.Closed = true })),
		"question":        page.Question(question(t)),
		"question again":  page.Question(with(question(t), func(v *page.QuestionView) { v.Answer, v.Check = given(assessment.RatherNotSay), true })),
		"question wrong":  page.Question(with(question(t), func(v *page.QuestionView) { v.Answer.Comment = tooLong; v.Errors = faults() })),
		"question closed": page.Question(with(question(t), func(v *page.QuestionView) { v.Closed, v.Answer, v.Refused = true, given(2), &refused })),
		"question empty":  page.Question(with(question(t), func(v *page.QuestionView) { v.Closed = true })),
		"stale":           page.Stale(stale),
		"stale check":     page.Stale(with(stale, func(v *page.StaleView) { v.Check = true })),
		"check":           page.Check(check(t, 0)),
		"check missing":   page.Check(with(check(t, 3), func(v *page.CheckView) { v.Error = "Answer the questions left" })),
		"check sent":      page.Check(with(check(t, 1), func(v *page.CheckView) { v.Sent = true })),
		"check ended":     page.Check(with(check(t, 1), func(v *page.CheckView) { v.Ended = noon.AddDate(0, 0, -1) })),
		"question ended": page.Question(with(question(t), func(v *page.QuestionView) {
			v.Closed, v.Ended, v.Answer, v.Refused = true, noon.AddDate(0, 0, -1), given(2), &refused
		})),
		"check closed":   page.Check(with(check(t, 1), func(v *page.CheckView) { v.Round = round(assessment.Closed) })),
		"sent":           page.Sent(page.SentView{Frame: frame(), Round: round(assessment.Open), Path: path}),
		"sent with time": page.Sent(page.SentView{Frame: frame(), Round: round(assessment.Open), Path: path, At: noon}),
		"mine":           page.Mine(mine(t, report(t, questionnaire.Core, 12, 14, "spread"))),
		"mine hidden":    page.Mine(mine(t, report(t, questionnaire.Core, 4, 14, "spread"))),
	}
}

func faults() page.QuestionErrors {
	return page.QuestionErrors{Choice: "Select an answer", Comment: "Your comment must be shorter", Evidence: "Your evidence must be shorter"}
}

func mine(t *testing.T, r maturity.Report) page.MineView {
	t.Helper()
	v := page.MineView{Frame: frame(), Round: round(assessment.Closed), Version: version(t), Path: path, Report: r, Mine: map[string]assessment.Answer{}}
	for i, q := range v.Version.Questions(questionnaire.Core) {
		v.Mine[q.Key] = given(assessment.Choice(i % 8))
	}
	return v
}

func leadScreens(t *testing.T) map[string]templ.Component {
	t.Helper()
	closing := page.CloseView{Frame: frame(), Round: round(assessment.Open), Path: path}
	return map[string]templ.Component{
		"round form":       page.RoundForm(roundForm(t, false)),
		"round form wrong": page.RoundForm(roundForm(t, true)),
		"round form old":   page.RoundForm(with(roundForm(t, false), func(v *page.RoundFormView) { v.New = false })),
		"manage draft":     page.Manage(manage(assessment.Draft, 13)),
		"manage too few":   page.Manage(with(manage(assessment.Draft, 1), func(v *page.ManageView) { v.Error = "Choose at least five people" })),
		"manage nobody":    page.Manage(manage(assessment.Draft, 0)),
		"manage open":      page.Manage(with(manage(assessment.Open, 13), func(v *page.ManageView) { v.Notice = "The round is open." })),
		"manage all done":  page.Manage(with(manage(assessment.Open, 6), func(v *page.ManageView) { v.Asked = v.Asked[:3] })),
		"manage timed": page.Manage(with(manage(assessment.Draft, 13), func(v *page.ManageView) {
			v.Round.ByClock, v.Round.OpensOn, v.Round.ClosesOn = true, noon.AddDate(0, 0, 4), noon.AddDate(0, 0, 14)
		})),
		"manage timed, too few": page.Manage(with(manage(assessment.Draft, 3), func(v *page.ManageView) {
			v.Round.ByClock, v.Round.OpensOn = true, noon.AddDate(0, 0, 4)
		})),
		"manage to be timed": page.Manage(with(manage(assessment.Draft, 13), func(v *page.ManageView) { v.Round.OpensOn = noon.AddDate(0, 0, 4) })),
		"manage over":        page.Manage(with(manage(assessment.Draft, 13), func(v *page.ManageView) { v.Round.ClosesOn = noon.AddDate(0, 0, -2) })),
		"manage by clock": page.Manage(with(manage(assessment.Open, 13), func(v *page.ManageView) {
			v.Round.ByClock, v.Round.ExtendedTo = true, v.Round.ClosesOn.AddDate(0, 0, 3)
			v.Asked[12].Away, v.Asked[11].Until = true, v.Round.ExtendedTo
		})),
		"closing day":       page.ClosingDay(page.ClosingDayView{Frame: frame(), Round: round(assessment.Open), Path: path, Day: newDay("")}),
		"closing day wrong": page.ClosingDay(page.ClosingDayView{Frame: frame(), Round: round(assessment.Open), Path: path, Day: newDay("Enter a day")}),
		"more time":         page.MoreTime(moreTime(func(*page.MoreTimeView) {})),
		"more time wrong":   page.MoreTime(moreTime(func(v *page.MoreTimeView) { v.Day = newDay("Enter a day") })),
		"more time given": page.MoreTime(moreTime(func(v *page.MoreTimeView) {
			v.Person.Until, v.Person.Away = v.Round.LatestExtension(), true
		})),
		"more time by hand":  page.MoreTime(moreTime(func(v *page.MoreTimeView) { v.Round.ByClock = false })),
		"manage closed":      page.Manage(manage(assessment.Closed, 13)),
		"manage, looking on": page.Manage(with(manage(assessment.Open, 13), func(v *page.ManageView) { v.MayManage = false })),
		"people":             page.People(candidates(12)),
		"people wrong":       page.People(with(candidates(12), func(v *page.PeopleView) { v.Error = "Select at least one person" })),
		"people none":        page.People(candidates(0)),
		"people one side":    page.People(candidates(1)),
		"people open": page.People(with(candidates(12), func(v *page.PeopleView) {
			v.Round = round(assessment.Open)
			v.People[0].Locked = true
		})),
		"close":       page.Close(closing),
		"close wrong": page.Close(with(closing, func(v *page.CloseView) { v.Error, v.Round.Finished = "Confirm it", 2 })),
	}
}

// newDay asks for a new last day.
func newDay(wrong string) nhsuk.DateField {
	return nhsuk.DateField{Name: "closes", Label: "New last day to answer", Error: wrong}
}

func moreTime(change func(*page.MoreTimeView)) page.MoreTimeView {
	v := page.MoreTimeView{Frame: frame(), Round: round(assessment.Open), Path: path, Day: newDay("")}
	v.Round.ByClock = true
	v.Person = page.AskedPerson{ID: "p", Name: "Bo Li", Title: "Chief nurse"}
	change(&v)
	return v
}

func reportScreens(t *testing.T) map[string]templ.Component {
	t.Helper()
	all := map[string]templ.Component{}
	for _, form := range []questionnaire.Form{questionnaire.Core, questionnaire.Full} {
		for _, pattern := range []string{"spread", "alike", "unknown"} {
			for _, answered := range []int{0, 4, 5, 7, 9, 14} {
				name := "report " + string(form) + " " + pattern + " " + strconv.Itoa(answered)
				all[name] = page.Report(reportView(t, report(t, form, answered, 14, pattern)))
			}
		}
	}
	return all
}

func frontScreens(t *testing.T) map[string]templ.Component {
	t.Helper()
	nobody := page.Frame{}
	card := page.TrustCard{Name: long, ODS: "RXX", Kind: "Acute trust", Href: "/trusts/RXX", Roles: "Board member, trust lead"}
	rows := []page.RoundRow{
		{Round: round(assessment.Draft), Manage: path + "/manage", Progress: true},
		{Round: round(assessment.Open), Answer: path, Manage: path + "/manage", Progress: true},
		{Round: round(assessment.Closed), Answer: path, Report: path + "/report"},
	}
	return map[string]templ.Component{
		"welcome":         page.Welcome(page.WelcomeView{Frame: nobody, Version: version(t)}),
		"welcome demo":    page.Welcome(page.WelcomeView{Frame: page.Frame{Demo: true}, Version: version(t)}),
		"demo":            page.Demo(page.DemoView{Frame: nobody, People: []page.DemoPerson{{"cio", "Ada Okafor", "Trust lead"}, {"member-1", "Bo Li", "Still to answer"}}}),
		"home":            page.Home(page.HomeView{Frame: frame(), Waiting: []page.Waiting{{long, "Autumn 2026", path, "13 November 2026"}}, Trusts: []page.TrustCard{card}}),
		"home empty":      page.Home(page.HomeView{Frame: frame()}),
		"home admin":      page.Home(page.HomeView{Frame: frame(), Admin: true, Trusts: []page.TrustCard{card, card}}),
		"trust":           page.Trust(page.TrustView{Frame: frame(), Kind: "Acute trust", Rounds: rows, MayManage: true}),
		"trust new":       page.Trust(page.TrustView{Frame: frame()}),
		"method":          page.Method(page.MethodView{Frame: nobody, Version: version(t)}),
		"privacy":         page.Privacy(page.PrivacyView{Frame: frame()}),
		"accessibility":   page.Accessibility(page.AccessibilityView{Frame: nobody}),
		"problem":         page.Problem(page.ProblemView{Frame: nobody, Status: 404, Title: "Page not found", Says: []string{"Check the address."}, Ways: []page.Link{{Href: "/", Text: "Home"}}}),
		"problem, resend": page.Problem(unsent()),
	}
}

func unsent() page.ProblemView {
	return page.ProblemView{
		Frame: frame(), Status: 503, Title: "The service cannot be reached just now", Reference: "1A2B3C4D", Action: path + "/questions/1.3",
		Says:  []string{"Answers already saved are safe."},
		Again: []page.Typed{{"choice", "", "4"}, {"comment", "Your comment", "What I <typed>"}, {"evidence", "Your evidence", ""}, {"revision", "", "2"}},
	}
}

func TestEveryScreen(t *testing.T) {
	t.Parallel()
	for name, screen := range screens(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc := read(t, screen)
			oneHeading(t, doc)
			headingsInOrder(t, doc)
			idsOnce(t, doc)
			namedControls(t, doc)
			linksLead(t, doc)
			nothingInline(t, doc)
		})
	}
}

func oneHeading(t *testing.T, doc *goquery.Document) {
	t.Helper()
	h1 := doc.Find("h1")
	if h1.Length() != 1 || flat(h1.Text()) == "" {
		t.Errorf("%d h1 in the page, want one with words: %q", h1.Length(), flat(h1.Text()))
	}
	title := doc.Find("head title").Text()
	if !strings.HasSuffix(title, " – Octant") || strings.HasPrefix(title, " ") {
		t.Errorf("title is %q", title)
	}
	if wrong := doc.Find(".nhsuk-error-summary").Length() > 0; wrong && !strings.HasPrefix(title, "Error: ") {
		t.Errorf("page with an error summary has the title %q", title)
	}
}

// headingsInOrder holds after the h1; a banner may stand before it.
func headingsInOrder(t *testing.T, doc *goquery.Document) {
	t.Helper()
	last := 0
	doc.Find("main h1, main h2, main h3, main h4, main h5, main h6").Each(func(_ int, h *goquery.Selection) {
		level := int(goquery.NodeName(h)[1] - '0')
		if level == 1 {
			last = 1
			return
		}
		if last > 0 && level > last+1 {
			t.Errorf("heading %q is an h%d after an h%d", flat(h.Text()), level, last)
		}
		if last > 0 {
			last = level
		}
		if flat(h.Text()) == "" {
			t.Errorf("an empty h%d", level)
		}
	})
}

func idsOnce(t *testing.T, doc *goquery.Document) {
	t.Helper()
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if id == "" || seen[id] {
			t.Errorf("id %q is empty or stands twice", id)
		}
		seen[id] = true
	})
	for _, attribute := range []string{"for", "aria-describedby", "aria-labelledby"} {
		doc.Find("[" + attribute + "]").Each(func(_ int, s *goquery.Selection) {
			for _, id := range strings.Fields(s.AttrOr(attribute, "")) {
				if !seen[id] {
					t.Errorf("%s names %q, which is not on the page", attribute, id)
				}
			}
		})
	}
}

func namedControls(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find("input:not([type=hidden]), textarea, select").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if flat(doc.Find("label[for='"+id+"']").Text()) == "" {
			t.Errorf("control %q has no label", id)
		}
	})
	doc.Find("button, a").Each(func(_ int, s *goquery.Selection) {
		if flat(s.Text()) == "" && s.AttrOr("aria-label", "") == "" {
			t.Error("a button or link has no words")
		}
	})
	doc.Find("form").Each(func(_ int, s *goquery.Selection) {
		if s.AttrOr("method", "") != "post" || !strings.HasPrefix(s.AttrOr("action", ""), "/") {
			t.Errorf("form posts by %q to %q", s.AttrOr("method", ""), s.AttrOr("action", ""))
		}
	})
}

func linksLead(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find("a").Each(func(_ int, s *goquery.Selection) {
		href := s.AttrOr("href", "")
		switch {
		case strings.HasPrefix(href, "#"):
			if doc.Find("[id='"+href[1:]+"']").Length() != 1 {
				t.Errorf("link %q leads to %q, which is not on the page", flat(s.Text()), href)
			}
		case !strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "https://"):
			t.Errorf("link %q leads to %q", flat(s.Text()), href)
		}
	})
}

func nothingInline(t *testing.T, doc *goquery.Document) {
	t.Helper()
	if n := doc.Find("[style], style, [onclick], main script").Length(); n > 0 {
		t.Errorf("%d inline styles or scripts", n)
	}
}

func TestFormsWrongNameTheirFieldsInPageOrder(t *testing.T) {
	t.Parallel()
	all := screens(t)
	for name, want := range map[string]int{"question wrong": 3, "check missing": 1, "round form wrong": 4, "people wrong": 1, "close wrong": 1, "closing day wrong": 1, "more time wrong": 1} {
		doc := read(t, all[name])
		links := doc.Find(".nhsuk-error-summary a")
		if links.Length() != want {
			t.Errorf("%s: %d links in the error summary, want %d", name, links.Length(), want)
		}
	}
}
