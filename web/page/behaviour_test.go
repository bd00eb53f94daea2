package page_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/web/page"
)

func texts(s *goquery.Selection) []string {
	return s.Map(func(_ int, s *goquery.Selection) string { return flat(s.Text()) })
}

func values(s *goquery.Selection) []string {
	return s.Map(func(_ int, s *goquery.Selection) string { return s.AttrOr("value", "") })
}

func TestQuestionOffersFiveAnchorsAndTwoWaysOut(t *testing.T) {
	t.Parallel()
	v := question(t)
	doc := read(t, page.Question(v))
	radios := doc.Find("input[name=choice]")
	if got := values(radios); !slices.Equal(got, []string{"1", "2", "3", "4", "5", "dk", "rns"}) {
		t.Errorf("choices are %q", got)
	}
	want := append(slices.Clone(v.Question.Anchors[:]), "I do not know", "Rather not say")
	if got := texts(doc.Find(".nhsuk-radios__label")); !slices.Equal(got, want) {
		t.Errorf("labels are %q, want %q", got, want)
	}
	if got := flat(doc.Find("legend h1").Text()); got != "Seeing what is changing – Question 3 of 24 "+v.Question.Text {
		t.Errorf("heading is %q", got)
	}
	if n := doc.Find("details[open], input[checked]").Length(); n > 0 {
		t.Errorf("%d parts open or chosen before anything was answered", n)
	}
	if got := values(doc.Find("form[data-module=octant-answer] button")); !slices.Equal(got, []string{"continue", "later"}) {
		t.Errorf("actions are %q", got)
	}
}

func TestQuestionSaysWhenItWasSaved(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]page.QuestionView{
		"":                                  question(t),
		"Saved at 12:00":                    with(question(t), func(v *page.QuestionView) { v.Answer, v.LastSaved = given(3), noon.AddDate(0, 0, 1) }),
		"Last answer saved at 12:00":        with(question(t), func(v *page.QuestionView) { v.LastSaved = noon }),
		"Saved on 3 November 2026 at 12:00": with(question(t), func(v *page.QuestionView) { v.Answer, v.Now = given(3), noon.AddDate(0, 0, 10) }),
	} {
		if got := flat(read(t, page.Question(v)).Find("form [role=status][data-octant-status]").Text()); got != want {
			t.Errorf("status line says %q, want %q", got, want)
		}
	}
}

func TestQuestionGivesBackWhatWasTyped(t *testing.T) {
	t.Parallel()
	v := with(question(t), func(v *page.QuestionView) {
		v.Answer, v.Errors, v.Check = given(4), page.QuestionErrors{Comment: "Too long"}, true
	})
	doc := read(t, page.Question(v))
	if got := doc.Find("textarea[name=comment]").Text(); got != v.Answer.Comment {
		t.Errorf("comment is %q, want %q", got, v.Answer.Comment)
	}
	if got := doc.Find("input[name=choice][checked]").AttrOr("value", ""); got != "4" {
		t.Errorf("chosen is %q", got)
	}
	if doc.Find("details[open] textarea").Length() != 2 {
		t.Error("a text that was typed is folded away")
	}
	if doc.Find("input[name=check]").AttrOr("value", "") != "1" || doc.Find("input[name=revision]").AttrOr("value", "") != "2" {
		t.Error("the form forgets where it came from or which revision it changes")
	}
}

func TestClosedRoundTakesNothingAndShowsWhatWasRefused(t *testing.T) {
	t.Parallel()
	refused := assessment.Answer{Question: "1.3", Choice: 5, Comment: "Came too late"}
	doc := read(t, page.Question(with(question(t), func(v *page.QuestionView) { v.Closed, v.Answer, v.Refused = true, given(2), &refused })))
	if n := doc.Find("main form").Length(); n > 0 {
		t.Errorf("%d forms on a closed question", n)
	}
	for _, want := range []string{"Came too late", "Minutes of May", question(t).Question.Anchors[4], question(t).Question.Anchors[1]} {
		if !strings.Contains(flat(doc.Find("main").Text()), want) {
			t.Errorf("page does not say %q", want)
		}
	}
}

func TestStaleAnswerIsSentOverTheKeptRevision(t *testing.T) {
	t.Parallel()
	typed := assessment.Answer{Question: "1.3", Choice: assessment.DontKnow, Comment: "Second window", Revision: 1}
	doc := read(t, page.Stale(page.StaleView{Frame: frame(), Round: round(assessment.Open), Path: path, Question: question(t).Question, Kept: given(4), Typed: typed}))
	form := doc.Find("main form")
	for name, want := range map[string]string{"choice": "dk", "comment": "Second window", "evidence": "", "revision": "2"} {
		if got := form.Find("input[name="+name+"]").AttrOr("value", "?"); got != want {
			t.Errorf("%s is sent as %q, want %q", name, got, want)
		}
	}
	if doc.Find("a[href='"+path+"/questions/1.3']").Length() == 0 {
		t.Error("no way to keep the saved answer")
	}
}

func TestCheckAsksBeforeQuestionsAreLeftOut(t *testing.T) {
	t.Parallel()
	box := "input[name=missing][value=confirm]"
	if read(t, page.Check(check(t, 3))).Find(box).Length() != 1 {
		t.Error("nothing asks whether three questions may be left out")
	}
	if read(t, page.Check(check(t, 0))).Find(box).Length() != 0 {
		t.Error("a whole questionnaire is asked about questions left out")
	}
	sent := read(t, page.Check(with(check(t, 0), func(v *page.CheckView) { v.Sent = true })))
	if sent.Find("main form").Length() != 0 {
		t.Error("answers that were submitted can be submitted again")
	}
}

func TestManageNamesOnlyThoseStillToFinish(t *testing.T) {
	t.Parallel()
	v := manage(assessment.Open, 6)
	says := flat(read(t, page.Manage(v)).Find("main").Text())
	for _, p := range v.Asked {
		if strings.Contains(says, p.Name) == p.Finished {
			t.Errorf("%s, finished %v, is on the page: %v", p.Name, p.Finished, !p.Finished)
		}
	}
	if !strings.Contains(says, "3 of 6 have answered") {
		t.Error("page does not say how many have answered")
	}
}

func TestRoundOfFourCannotBeOpened(t *testing.T) {
	t.Parallel()
	if read(t, page.Manage(manage(assessment.Draft, 4))).Find("form[action$='/open']").Length() != 0 {
		t.Error("a round that asks four people has a button that opens it")
	}
	if read(t, page.Manage(manage(assessment.Draft, 5))).Find("form[action$='/open']").Length() != 1 {
		t.Error("a round that asks five people has no button that opens it")
	}
	watching := with(manage(assessment.Draft, 5), func(v *page.ManageView) { v.MayManage = false })
	if read(t, page.Manage(watching)).Find("main form").Length() != 0 {
		t.Error("somebody who may only look on is given a form")
	}
}

func TestLockedPersonIsStillPosted(t *testing.T) {
	t.Parallel()
	v := with(candidates(6), func(v *page.PeopleView) { v.People[0].Asked, v.People[0].Locked = true, true })
	doc := read(t, page.People(v))
	if doc.Find("input[type=hidden][name=person][value='"+v.People[0].ID+"']").Length() != 1 {
		t.Error("a person who cannot be taken out is left out by the form")
	}
	if doc.Find("input[type=checkbox][name=person]").Length() != 5 {
		t.Error("not all others can be chosen")
	}
	if !strings.Contains(doc.Find("main li").Text(), v.People[0].Name) {
		t.Error("the person who is asked already is not listed")
	}
}

func TestProblemKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	doc := read(t, page.Problem(unsent()))
	form := doc.Find("main form[action='" + path + "/questions/1.3']")
	if got := form.Find("textarea[name=comment]").Text(); got != "What I <typed>" {
		t.Errorf("comment is %q", got)
	}
	if got := form.Find("input[name=choice]").AttrOr("value", ""); got != "4" {
		t.Errorf("choice is %q", got)
	}
	if form.Find("[name=evidence]").Length() != 1 || !strings.Contains(doc.Find("main").Text(), "1A2B3C4D") {
		t.Error("a value or the reference is missing")
	}
}

// bare is a report of which every number is hidden.
func bare(t *testing.T) maturity.Report {
	t.Helper()
	r := report(t, questionnaire.Core, 12, 14, "spread")
	const why = maturity.Reason("fewer than 5 people gave a score")
	for i, e := range r.Result.Elements {
		kept := maturity.Element{Key: e.Key, Figure: maturity.Figure{Hidden: why}}
		for _, it := range e.Items {
			kept.Items = append(kept.Items, maturity.Item{Key: it.Key, Hidden: why})
		}
		r.Result.Elements[i] = kept
	}
	for i := range r.Result.Factors {
		r.Result.Factors[i] = maturity.Cut{Key: r.Result.Factors[i].Key, Figure: maturity.Figure{Hidden: why}}
	}
	for i := range r.Result.Lenses {
		r.Result.Lenses[i] = maturity.Cut{Key: r.Result.Lenses[i].Key, Figure: maturity.Figure{Hidden: why}}
	}
	r.Result.Overall, r.Result.Lowest = maturity.Figure{Hidden: why}, ""
	r.Result.Sides = maturity.Sides{Hidden: why}
	r.Strengths, r.Gaps, r.Splits, r.BlindSpots, r.SideGaps, r.TalkAbout = nil, nil, nil, nil, nil, nil
	return r
}

func TestHiddenValuesAreNeverANought(t *testing.T) {
	t.Parallel()
	r := bare(t)
	for name, doc := range map[string]*goquery.Document{
		"report": read(t, page.Report(reportView(t, r))),
		"mine":   read(t, page.Mine(mine(t, r))),
	} {
		main := doc.Find("main")
		if !strings.Contains(main.Text(), "Not shown: fewer than 5 people gave a score") {
			t.Errorf("%s does not say that and why values are hidden", name)
		}
		main.Find("td, dd, p, li").Each(func(_ int, s *goquery.Selection) {
			says := flat(s.Text())
			if says == "" && goquery.NodeName(s) != "p" || says == "0" || strings.Contains(says, "0.0") || strings.Contains(says, "0%") {
				t.Errorf("%s says %q in a %s for a hidden value", name, says, goquery.NodeName(s))
			}
		})
	}
}

func TestReportOfFourShowsNoNumberAndSaysWhatToDo(t *testing.T) {
	t.Parallel()
	doc := read(t, page.Report(reportView(t, report(t, questionnaire.Core, 4, 14, "spread"))))
	if n := doc.Find("figure, svg.app-chart__svg").Length(); n > 0 {
		t.Errorf("%d charts in a report that shows nothing", n)
	}
	if says := flat(doc.Find("main").Text()); !strings.Contains(says, "No results can be shown") || !strings.Contains(says, "What to do next") {
		t.Error("page does not say why, or what to do next")
	}
}

func TestReportHasItsPartsInOrder(t *testing.T) {
	t.Parallel()
	doc := read(t, page.Report(reportView(t, report(t, questionnaire.Core, 12, 14, "spread"))))
	var want []string
	doc.Find("main nav a").Each(func(_ int, s *goquery.Selection) { want = append(want, strings.TrimPrefix(s.AttrOr("href", ""), "#")) })
	var got []string
	doc.Find("main section > h2").Each(func(_ int, s *goquery.Selection) { got = append(got, s.AttrOr("id", "")) })
	if len(got) != 14 || !slices.Equal(got, want) {
		t.Errorf("parts are %q, the list at the top has %q", got, want)
	}
	for _, link := range []string{path + "/report.csv", path + "/report.json", path + "/mine", path + "/report/charts/profile.csv"} {
		if doc.Find("a[href='"+link+"']").Length() == 0 {
			t.Errorf("no link to %s", link)
		}
	}
	if n := doc.Find("section[aria-labelledby=summary] .app-chart").Length(); n != 1 {
		t.Errorf("%d charts in the summary, want the profile alone", n)
	}
}

func TestMineComparesOnlyWithPublishedScores(t *testing.T) {
	t.Parallel()
	v := mine(t, report(t, questionnaire.Core, 12, 14, "spread"))
	doc := read(t, page.Mine(v))
	questions := doc.Find("main h3").Length()
	if questions != len(v.Version.Questions(questionnaire.Core)) {
		t.Errorf("%d questions, want every one that was asked", questions)
	}
	if n := doc.Find("h2:contains('differ most') ~ ul").First().Find("li").Length(); n == 0 || n > 3 {
		t.Errorf("%d questions named as differing most, want one to three", n)
	}
	alike := read(t, page.Mine(mine(t, bare(t))))
	if strings.Contains(alike.Find("main").Text(), "the board's score is") {
		t.Error("a hidden score is compared with")
	}
}
