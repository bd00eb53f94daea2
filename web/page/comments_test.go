package page_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/web/page"
)

// commentScreens are the screens about what people wrote, what is held on them
// and what a release would show, plain and at their extremes.
func commentScreens(t *testing.T) map[string]templ.Component {
	t.Helper()
	draft := page.DeleteDraftView{Frame: frame(), Round: round(assessment.Open), Path: path, Done: 4}
	return map[string]templ.Component{
		"comments":             page.Comments(comments()),
		"comments of the lead": page.Comments(with(comments(), func(v *page.CommentsView) { v.MayHide, v.Done = true, "hidden" })),
		"comments none":        page.Comments(page.CommentsView{Frame: frame(), Title: "Autumn 2026", Path: path, Elements: []page.CommentedElement{{Title: "Working in the open"}}}),
		"comments erased":      page.Comments(page.CommentsView{Frame: frame(), Title: "Autumn 2026", Path: path, Erased: noon}),
		"own data":             page.OwnData(ownData(1)),
		"own data long":        page.OwnData(ownData(40)),
		"own data none":        page.OwnData(page.OwnDataView{Frame: frame(), Trusts: []page.OwnTrust{{Name: long}}}),
		"delete draft":         page.DeleteDraft(draft),
		"delete draft sent":    page.DeleteDraft(with(draft, func(v *page.DeleteDraftView) { v.Sent = true })),
		"delete draft closed":  page.DeleteDraft(with(draft, func(v *page.DeleteDraftView) { v.Round = round(assessment.Closed) })),
		"disclosure":           page.Disclosure(disclosure(t, 12, "spread")),
		"disclosure alike":     page.Disclosure(disclosure(t, 12, "alike")),
		"disclosure unknown":   page.Disclosure(disclosure(t, 12, "unknown")),
		"disclosure hidden":    page.Disclosure(disclosure(t, 4, "spread")),
		"mine unlinked":        page.Mine(with(mine(t, report(t, questionnaire.Core, 12, 14, "spread")), func(v *page.MineView) { v.Unlinked = noon })),
		"check unlinked":       page.Check(with(check(t, 3), func(v *page.CheckView) { v.Unlinked, v.Round = noon, round(assessment.Closed) })),
		"tasks draft":          page.Tasks(with(tasks(4), func(v *page.TasksView) { v.Draft = true })),
		"tasks deleted":        page.Tasks(with(tasks(0), func(v *page.TasksView) { v.Deleted = true })),
		"stale deleted": page.Stale(page.StaleView{
			Frame: frame(), Round: round(assessment.Open), Path: path, Question: question(t).Question, Typed: given(4),
		}),
	}
}

func comments() page.CommentsView {
	words := strings.Repeat("Some words in a row. ", 90) + strings.Repeat("unbreakable", 30)
	return page.CommentsView{
		Frame: frame(), Title: "Autumn 2026", Path: path, Hidden: 1,
		Elements: []page.CommentedElement{{
			Title: "Seeing what is changing", TooFew: []string{"What is new in AI", "The horizon"},
			Questions: []page.CommentedQuestion{{
				Key: "1.1", Text: "Who watches what is changing?", Topic: "Watching",
				Comments: []page.Comment{{ID: "c1", Words: words}, {ID: "c2", Words: "<b>not bold</b>\nsecond line"}, {ID: "c3", Hidden: true}},
				Evidence: []page.Comment{{ID: "c4", Words: "Minutes of May", Hidden: true}},
			}},
		}},
	}
}

func ownData(n int) page.OwnDataView {
	part := page.OwnPart{Title: "When you signed in", None: "None is kept."}
	trust := page.OwnTrust{Name: long, Parts: []page.OwnPart{{Title: "Letters to you", None: "None."}}}
	r := page.OwnRound{Title: "Autumn 2026", Facts: []page.OwnFact{{Name: "Submitted", Value: "Yes"}}}
	for range n {
		part.Items = append(part.Items, "3 November 2026 at 12:00, Code by email, Safari on iPad")
		r.Answers = append(r.Answers, page.OwnAnswer{Question: "1.1 Who?", Answer: "Nobody", Comment: "One\ntwo", Evidence: "Minutes"})
	}
	trust.Rounds = []page.OwnRound{r, {Title: "Spring 2026", None: "No answers of yours are kept here."}}
	return page.OwnDataView{
		Frame: frame(), Account: []page.OwnFact{{Name: "Name", Value: long}, {Name: "Email address", Value: strings.Repeat("a", 60) + "@example.org"}},
		Parts: []page.OwnPart{part}, Trusts: []page.OwnTrust{trust},
	}
}

func disclosure(t *testing.T, answered int, pattern string) page.DisclosureView {
	t.Helper()
	v := page.DisclosureView{Made: noon, ReportView: reportView(t, report(t, questionnaire.Core, answered, 14, pattern).Released())}
	v.Released, v.Mine = true, ""
	return v
}

// fewWords is how a report would count few people, or say what points at one.
var fewWords = regexp.MustCompile(`\b[1-4] (of 12|person|people|executives?)\b|but (one|1)|noted evidence|Asked:|Executives: |(?i)executives and \d`)

// TestDisclosureSaysNoCountOfFew reads all that the view for release says of
// people, for boards that answered in several ways.
func TestDisclosureSaysNoCountOfFew(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"spread", "alike", "unknown"} {
		says := flat(read(t, page.Disclosure(disclosure(t, 12, pattern))).Find("[aria-labelledby=released]").Text())
		if words := fewWords.FindString(says); words != "" {
			t.Errorf("%s: the view says %q", pattern, words)
		}
		if !strings.Contains(says, "12 of 14 people who were asked answered.") {
			t.Errorf("%s: the view does not say how many answered", pattern)
		}
	}
}

func TestHiddenCommentsAreCountedAndNotShown(t *testing.T) {
	t.Parallel()
	doc := read(t, page.Comments(comments()))
	if doc.Find("#comment-c3").Length() != 0 || !strings.Contains(flat(doc.Find("main").Text()), "1 hidden by the trust lead.") {
		t.Error("a hidden comment is shown, or not counted")
	}
	if doc.Find("main b, main form").Length() != 0 {
		t.Error("words are taken for markup, or somebody who may not is offered to hide")
	}
}
