package chart

import (
	"cmp"
	"io"
	"strconv"
	"time"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

// ReportCSV writes every published value of a report as one long table, a
// value a row. A hidden value has an empty value and a reason; nothing that is
// hidden is left out, so that a reader can tell hidden from never asked.
func ReportCSV(w io.Writer, r maturity.Report, v *questionnaire.Version) error {
	t := tidy{why: r.Result.Hidden}
	t.report(r)
	t.figure(line{scope: "overall"}, r.Result.Overall)
	for _, e := range elements(r, v) {
		t.element(e, e.items(r))
	}
	t.sides(r.Result, v)
	t.lookBack(r.LookBack)
	for _, tag := range v.Factors {
		t.cut(line{scope: "factor", cut: tag.Key}, cutOf(r.Result.Factors, tag.Key, r.Result.Hidden))
	}
	for _, tag := range v.Lenses {
		t.cut(line{scope: "lens", cut: tag.Key}, cutOf(r.Result.Lenses, tag.Key, r.Result.Hidden))
	}
	return Table{Columns: []string{"scope", "element", "item", "cut", "measure", "value", "hidden"}, Rows: t.rows}.CSV(w)
}

// tidy gathers the rows of the long table.
type tidy struct {
	why  maturity.Reason // why nothing of the round is shown, "" when something is
	rows [][]Cell
}

// line says what a row is about.
type line struct{ scope, element, item, cut string }

// say adds a value that is published.
func (t *tidy) say(l line, measure, value string) {
	t.rows = append(t.rows, []Cell{words(l.scope), words(l.element), words(l.item), words(l.cut), words(measure), words(value), {}})
}

// hide adds a value that is not.
func (t *tidy) hide(l line, measure string, why maturity.Reason) {
	reason := cmp.Or(why, t.why, "not shown")
	t.rows = append(t.rows, []Cell{words(l.scope), words(l.element), words(l.item), words(l.cut), words(measure), {}, words(string(reason))})
}

func (t *tidy) text(l line, measure, text string, why maturity.Reason) {
	if text == "" {
		t.hide(l, measure, why)
		return
	}
	t.say(l, measure, text)
}

// score, exact and count add one number each: in levels, as a share or chance,
// and of people.
func (t *tidy) score(l line, measure string, p *float64, why maturity.Reason) {
	if v := score(p, why); v.shown {
		t.say(l, measure, v.text)
		return
	}
	t.hide(l, measure, why)
}

func (t *tidy) exact(l line, measure string, p *float64, why maturity.Reason) {
	if !published(p) {
		t.hide(l, measure, why)
		return
	}
	t.say(l, measure, strconv.FormatFloat(round(*p, 1000), 'f', -1, 64))
}

func (t *tidy) count(l line, measure string, p *int, why maturity.Reason) {
	if v := count(p, why); v.shown {
		t.say(l, measure, v.text)
		return
	}
	t.hide(l, measure, why)
}

func (t *tidy) report(r maturity.Report) {
	about := line{scope: "report"}
	t.say(about, "trust", r.Trust.ODS)
	t.say(about, "trust name", r.Trust.Name)
	t.say(about, "round", r.Round.Title)
	t.say(about, "closed", r.Round.Closed.In(london).Format(time.DateOnly))
	t.say(about, "questionnaire", r.Result.Questionnaire)
	t.say(about, "form", r.Result.Form)
	t.say(about, "invited", whole(r.Result.Invited))
	if r.Result.Hidden != "" {
		t.hide(about, "respondents", r.Result.Hidden)
		return
	}
	t.say(about, "respondents", whole(r.Result.Respondents))
}

func (t *tidy) figure(l line, f maturity.Figure) {
	t.score(l, "score", f.Score, f.Hidden)
	t.score(l, "range from", f.Low, f.Hidden)
	t.score(l, "range to", f.High, f.Hidden)
	t.text(l, "level", f.Level, f.Hidden)
	if f.Level != "" {
		t.say(l, "on the edge of two levels", yesNo(f.OnEdge))
	}
}

func (t *tidy) element(e element, all []item) {
	l := line{scope: "element", element: e.Key}
	t.figure(l, e.said.Figure)
	t.count(l, "people", e.said.Respondents, e.said.Hidden)
	t.exact(l, "I do not know, share", e.said.DontKnow, e.said.Hidden)
	t.count(l, "items claimed at 3 or above", e.said.Claimed, e.said.Hidden)
	t.count(l, "of those, items with evidence", e.said.Shown, e.said.Hidden)
	for _, i := range all {
		t.item(line{scope: "item", element: e.Key, item: i.Key}, i.said)
	}
}

func (t *tidy) item(l line, i maturity.Item) {
	t.count(l, "scored answers", i.N, whyNot(i, "n"))
	t.score(l, "mean", i.Mean, whyNot(i, "mean"))
	t.score(l, "median", i.Median, whyNot(i, "median"))
	t.spread(l, i)
	t.count(l, "I do not know", i.DontKnow, whyNot(i, "dontKnow"))
	if i.NoAnswer != nil {
		t.say(l, "rather not say or not answered", whole(*i.NoAnswer))
	}
	t.count(l, "rather not say", i.RatherNotSay, whyNot(i, "ratherNotSay"))
	t.count(l, "not answered", i.NotAnswered, whyNot(i, "notAnswered"))
	t.exact(l, "average deviation", i.AverageDeviation, whyNot(i, "averageDeviation"))
	t.exact(l, "agreement A", i.Agreement, whyNot(i, "agreement"))
	t.text(l, "agreement", string(i.Label), whyNot(i, "label"))
	t.score(l, "lowest possible mean", i.LowestPossible, whyNot(i, "lowestPossible"))
	t.score(l, "highest possible mean", i.HighestPossible, whyNot(i, "highestPossible"))
	if i.AgreedAt > 0 {
		t.say(l, "close agreement at level", whole(i.AgreedAt))
	}
	if i.NearlyAll > 0 {
		t.say(l, "all but one or two at level", whole(i.NearlyAll))
	}
	if i.Evidenced != nil {
		t.say(l, "evidence noted", yesNo(*i.Evidenced))
	}
}

// spread adds the people at each level, or in each band where levels are too
// fine to be published.
func (t *tidy) spread(l line, i maturity.Item) {
	counts := distribution(i)
	if len(counts) == len(threeKinds) {
		for band, name := range []string{"at levels 1 and 2", "at level 3", "at levels 4 and 5"} {
			t.say(l, name, whole(counts[band]))
		}
		return
	}
	for level := 1; level <= questionnaire.Levels; level++ {
		measure := "at level " + whole(level)
		if counts == nil {
			t.hide(l, measure, whyNot(i, "counts"))
			continue
		}
		t.say(l, measure, whole(counts[level-1]))
	}
}

func (t *tidy) sides(r maturity.Result, v *questionnaire.Version) {
	why := cmp.Or(r.Sides.Hidden, r.Hidden)
	l := line{scope: "sides"}
	t.turnout(l, "executives", r.Sides.Executive, why)
	t.turnout(l, "non-executives", r.Sides.NonExecutive, why)
	for i := range v.Elements {
		said := sideOf(r, v.Elements[i].Key)
		l.element = said.Key
		t.score(l, "executives' score", said.Executive, said.Hidden)
		t.score(l, "non-executives' score", said.NonExecutive, said.Hidden)
		t.score(l, "gap, executives less non-executives", said.Gap, said.Hidden)
		t.exact(l, "chance of such a gap", said.P, said.Hidden)
		t.text(l, "executives who do not know", string(said.ExecutiveDontKnow), said.Hidden)
		t.text(l, "non-executives who do not know", string(said.NonExecutiveDontKnow), said.Hidden)
	}
}

// lookBack adds where the round before stands as judged now, if anybody was asked.
func (t *tidy) lookBack(b *maturity.LookBack) {
	if b == nil {
		return
	}
	t.say(line{scope: "look back"}, "round", b.Round.Title)
	t.say(line{scope: "look back"}, "closed", b.Round.Closed.In(london).Format(time.DateOnly))
	for _, e := range b.Elements {
		l := line{scope: "look back", element: e.Key}
		t.score(l, "score as judged then", e.Then, "")
		t.score(l, "score as judged now", e.Score, e.Hidden)
		t.count(l, "people who looked back", e.N, e.Hidden)
	}
}

// turnout adds how many of a side were asked, where that is known, and how
// many answered.
func (t *tidy) turnout(l line, side string, of maturity.Turnout, why maturity.Reason) {
	if of.Invited > 0 {
		t.say(l, side+" invited", whole(of.Invited))
	}
	t.count(l, side+" who answered", of.Respondents, why)
}

func (t *tidy) cut(l line, c maturity.Cut) {
	t.figure(l, c.Figure)
	t.exact(l, "I do not know, share", c.DontKnow, c.Hidden)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
