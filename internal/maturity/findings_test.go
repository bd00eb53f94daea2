package maturity_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"octant/internal/maturity"
)

// story is a board with something of every kind to find.
func story(t testing.TB) maturity.Report {
	t.Helper()
	v := version(t)
	b := uniform(v, 5, 3, 4, 2, 3, 4, 3, 2, 3, 4, 3, 2, 3)
	b.invited = 13
	for _, q := range v.Questions(b.form) {
		switch q.Element {
		case "1":
			b.set(q.Key, 4, 5, 4, 3, 4, 4, 5, 4, 4, 5, 4, 3)
		case "4":
			b.set(q.Key, 2, 1, 3, 2, 2, 1, 2, 3, 2, 1, 2, 2)
		case "7":
			b.set(q.Key, 5, 4, 4, 5, 3, 2, 3, 2, 3, 2, 1, 3)
		}
	}
	b.set("3.4", 1, 1, 2, 1, 1, 2, 5, 4, 5, 5, 4, 5)
	b.set("7.4", dk, dk, dk, dk, 3, 4, 2, 3, 5, 4, 3, 2)
	return maturity.Publish(b.input(), maturity.Meta{})
}

func says(t testing.TB, all []maturity.Finding) string {
	t.Helper()
	var words []string
	for _, f := range all {
		words = append(words, f.Words(version(t)))
	}
	return strings.Join(words, "\n")
}

func TestFindings(t *testing.T) {
	t.Parallel()
	r := story(t)
	for _, c := range []struct {
		name  string
		found []maturity.Finding
		want  string
	}{
		{"strengths", r.Strengths, "“Seeing what is changing” is a strength, at 4.1 out of 5: Working well."},
		{"gaps", r.Gaps, "“Skilled and confident people” is a gap, at 1.9 out of 5: Starting."},
		{"blind spots", r.BlindSpots, "4 of 12 people do not know about “Checking an AI tool”."},
		{"side gaps", r.SideGaps, "Executives place us about 1.9 levels higher than non-executives do on “Balanced risk and assurance”."},
	} {
		got := says(t, c.found)
		if strings.HasPrefix(c.want, "4 of 12") {
			got, c.want = got[:len("4 of 12 people do not know about “")], c.want[:len("4 of 12 people do not know about “")]
		}
		if got != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	if len(r.Splits) != 3 || r.Splits[0].Item != "3.4" || r.Splits[0].Label != maturity.Split {
		t.Errorf("splits: %s", says(t, r.Splits))
	}
	var kinds []maturity.Kind
	for _, f := range r.TalkAbout {
		kinds = append(kinds, f.Kind)
	}
	if len(kinds) != 3 || kinds[0] != maturity.SplitView || kinds[1] != maturity.BlindSpot || kinds[2] != maturity.Gap {
		t.Errorf("to talk about: %v", kinds) // the side gap is about the blind spot's element
	}
}

func TestFindingsOfTheMiddling(t *testing.T) {
	t.Parallel()
	v := version(t)
	b := uniform(v, 0, 3, 3, 3, 2, 4, 3, 3, 3, 3, 3)
	b.set("2.1", 4, 4, 4, 3, 4, 4, 4, 4, 5, 4)
	b.set("5.1", 2, 2, 2, 3, 2, 2, 1, 2, 2, 2)
	r := maturity.Publish(b.input(), maturity.Meta{})
	if len(r.Strengths) != 1 || r.Strengths[0].Element != "2" || len(r.Gaps) != 1 || r.Gaps[0].Element != "5" {
		t.Errorf("without a clear one, the highest and the lowest: %s\n%s", says(t, r.Strengths), says(t, r.Gaps))
	}
}

func TestBlindSpotThatHardlyAnybodyKnows(t *testing.T) {
	t.Parallel()
	b := uniform(version(t), 0, 3, 2, 4, 3, 3, 5, 1).set("1.4", dk, dk, dk, dk, dk, dk, 2)
	r := maturity.Publish(b.input(), maturity.Meta{})
	if got := says(t, r.BlindSpots); !strings.HasPrefix(got, "All, or all but one or two, of 7 people do not know about") {
		t.Error(got)
	}
	if title := r.DontKnowTitle(version(t)); !strings.HasPrefix(title, "Hardly") {
		t.Error(title)
	}
}

// Findings are at most three of a kind, speak in whole sentences and use no
// value that is not published.
func TestFindingsKeepTheirRules(t *testing.T) {
	t.Parallel()
	v := version(t)
	rapid.Check(t, func(t *rapid.T) {
		r := maturity.Publish(drawBoard(t, v, 0, 18).input(), maturity.Meta{})
		published := text(t, r.Result)
		for _, kind := range [][]maturity.Finding{r.Strengths, r.Gaps, r.Splits, r.BlindSpots, r.SideGaps, r.TalkAbout} {
			if kind == nil || len(kind) > 3 {
				t.Fatalf("%d findings", len(kind))
			}
			for _, f := range kind {
				if w := f.Words(v); !strings.HasSuffix(w, ".") || strings.Contains(w, "–") {
					t.Fatalf("%q", w)
				}
				if f.Value != nil && !strings.Contains(published, text(t, *f.Value)) {
					t.Fatalf("%v is not published", *f.Value)
				}
			}
		}
		for _, title := range []string{r.ProfileTitle(v), r.AgreementTitle(v), r.DontKnowTitle(v), r.SidesTitle(v)} {
			if n := len(strings.Fields(title)); n == 0 || n > 10 {
				t.Fatalf("%d words: %s", n, title)
			}
		}
		for _, note := range r.QualityNotes {
			if !strings.HasSuffix(note, ".") {
				t.Fatalf("%q", note)
			}
		}
	})
}

func TestTitles(t *testing.T) {
	t.Parallel()
	v, r := version(t), story(t)
	for got, want := range map[string]string{
		r.ProfileTitle(v):   "Highest: “Seeing what is changing”. Lowest: “Skilled and confident people”.",
		r.AgreementTitle(v): "We form two camps on “",
		r.DontKnowTitle(v):  "4 of 12 do not know: “",
		r.SidesTitle(v):     "Executives place us 1.9 levels higher: “Balanced risk and assurance”",
	} {
		if !strings.HasPrefix(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	r := story(t).Result
	it := itemOf(t, maturity.Hide(uniform(version(t), 0, 4, 4, 4, 4, 4, 3).input()), "1.1")
	for got, want := range map[string]string{
		r.Elements[0].Range():        "between 3.9 and 4.3 if all had answered",
		r.Elements[0].Standing():     "Working well, on the edge of two levels",
		maturity.Levels(1):           "one level",
		maturity.Levels(0.5):         "half a level",
		maturity.Levels(0.8):         "0.8 of a level",
		it.Words():                   "Close agreement at level 4: everybody chose it or the level beside it.",
		maturity.Reason("x").Words(): "Not shown: x.",
		maturity.Split.Words():       "People form two camps.",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestQualityNotes(t *testing.T) {
	t.Parallel()
	v := version(t)
	b := uniform(v, 3, 4, 4, 4, 4, 3, 4)
	b.invited = 12
	b.set("1.1", dk, dk)
	b.set("1.2", 1, 2, 3, 4, 5, 3)
	all := strings.Join(maturity.Publish(b.input(), maturity.Meta{}).QualityNotes, "\n")
	for _, want := range []string{
		"6 of the 12 people asked answered (50%). Read the scores with care",
		"1 question got fewer than 5 scores",
		"42 questions are told in words",
		"1 question is told in three bands",
		"Executives and non-executives are not set beside each other",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
}
