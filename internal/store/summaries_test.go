package store_test

import (
	"encoding/json"
	"io/fs"
	"math"
	"strings"
	"testing"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/store/storetest"
	"octant/migrations"
)

// TestSummariesAreTheReportsOwnFigures compares a summary, as closing makes it and
// as the migration makes it of older reports, with the frozen report.
func TestSummariesAreTheReportsOwnFigures(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	round := storetest.ClosedRound(t, db, board, questionnaire.Core)
	frozen, err := storetest.Enter(t, db, board.Lead, board.ODS).Report(t.Context(), round.ID)
	if err != nil {
		t.Fatal(err)
	}
	report, err := maturity.Thaw(frozen.Document)
	if err != nil {
		t.Fatal(err)
	}
	owner := storetest.Owner(t, db)
	for _, how := range []string{"closing", "the migration"} {
		var closed, title, form, version string
		var invited, respondents int
		var overall, elements []byte
		err := owner.QueryRow(t.Context(), `
			SELECT closed_on::text, title, form, questionnaire, invited, respondents, overall, elements FROM summaries
			WHERE ods = $1 AND round_id = $2`, board.ODS, round.ID).
			Scan(&closed, &title, &form, &version, &invited, &respondents, &overall, &elements)
		if err != nil {
			t.Fatal(how, err)
		}
		if closed != round.ClosedAt.Format("2006-01-02") || title != round.Title || form != "core" || version != round.Questionnaire ||
			invited != storetest.BoardSize || respondents != storetest.BoardSize {
			t.Errorf("%s: %s %s %s %s %d %d", how, closed, title, form, version, invited, respondents)
		}
		var figure maturity.Figure
		var all []maturity.Element
		if err := json.Unmarshal(overall, &figure); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(elements, &all); err != nil {
			t.Fatal(err)
		}
		if *figure.Score != *report.Result.Overall.Score || len(all) != 8 || strings.Contains(string(elements), "items") {
			t.Errorf("%s: overall %s, elements %s", how, overall, elements)
		}
		for i, e := range all {
			if w := report.Result.Elements[i]; e.Key != w.Key || *e.Score != *w.Score || *e.Low != *w.Low || *e.High != *w.High || *e.Respondents != *w.Respondents {
				t.Errorf("%s: element %+v, want %+v", how, e, w)
			}
		}
		if _, err := owner.Exec(t.Context(), `DELETE FROM moments; DELETE FROM summaries; `+backFill(t)); err != nil {
			t.Fatal(err)
		}
	}
}

// backFill is the statement with which the migration summarises older reports.
func backFill(t *testing.T) string {
	t.Helper()
	up, err := fs.ReadFile(migrations.Files, "000009_change.up.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, from, _ := strings.Cut(string(up), "INSERT INTO summaries")
	statement, _, found := strings.Cut(from, ";")
	if !found {
		t.Fatal("the migration summarises nothing")
	}
	return "INSERT INTO summaries" + statement
}

func TestMomentsAreOfPeoplesOwnMeans(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	round := storetest.ClosedRound(t, db, board, questionnaire.Core)
	var elements int
	var apart float64
	err := storetest.Owner(t, db).QueryRow(t.Context(), `
		SELECT count(*), max(abs(m.mean - x.mean) + abs(m.variance - x.variance) + abs(m.n - x.n))
		FROM moments m JOIN (
			SELECT element, count(*) AS n, avg(own) AS mean, var_samp(own) AS variance
			FROM (SELECT left(question, 1) AS element, avg(choice) AS own FROM answers
			      WHERE ods = $1 AND choice BETWEEN 1 AND 5 GROUP BY left(question, 1), respondent) people
			GROUP BY element) x USING (element)
		WHERE m.ods = $1 AND m.round_id = $2`, board.ODS, round.ID).Scan(&elements, &apart)
	if err != nil || elements != 8 || apart > 1e-9 || math.IsNaN(apart) {
		t.Errorf("%d elements, up to %v from what the answers give, %v", elements, apart, err)
	}
}
