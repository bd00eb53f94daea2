package page

import (
	"testing"

	"octant/internal/maturity"
	"octant/internal/questionnaire"
)

func TestLettersFitTheirPlaceInASentence(t *testing.T) {
	t.Parallel()
	for phrase, want := range map[string]string{"Chief executive": "chief executive", "CIO": "CIO", "NHS lead": "NHS lead", "": "", "A": "a", "Éire": "éire"} {
		if got := lowerFirst(phrase); got != want {
			t.Errorf("lowerFirst(%q) = %q, want %q", phrase, got, want)
		}
	}
	if got := upperFirst("everyone answered"); got != "Everyone answered" {
		t.Errorf("upperFirst gives %q", got)
	}
}

func TestFindingTitleSaysWhatIsHighestAndLowest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want string
		all  []scored
	}{
		{"Highest: “A”. Lowest: “B”.", []scored{{"A", 3.2}, {"B", 1.5}, {"C", 2}}},
		{"Highest: “A”. Lowest: “B” and “C”.", []scored{{"A", 3.2}, {"B", 1.5}, {"C", 1.5}}},
		{"All score 2.0", []scored{{"A", 2}, {"B", 2}}},
		{"Lowest: “D”", []scored{{"A", 4}, {"B", 4}, {"C", 4}, {"D", 2}}},
		{"Highest: “D”", []scored{{"A", 2}, {"B", 2}, {"C", 2}, {"D", 4}}},
		{"Lowest: “one two three four five six”", []scored{{"a b c d e f", 4}, {"one two three four five six", 2}}},
		{"", []scored{{"A", 4}}},
		{"", nil},
	} {
		if got := findingTitle(c.all); got != c.want {
			t.Errorf("findingTitle(%v) = %q, want %q", c.all, got, c.want)
		}
	}
}

func TestAgreementTallyLeavesOutWhatThereIsNoneOf(t *testing.T) {
	t.Parallel()
	for want, in := range map[string]tally{
		"Of 4 questions, people agree closely on 3 and form two camps on 1.":                                                           {close: 3, split: 1},
		"Of 5 questions, people agree closely on 1, agree fairly well on 1 and are far apart on 1. For 2 questions this is not shown.": {close: 1, fair: 1, wide: 1, hidden: 2},
		"How far people agree is not shown for any question.":                                                                          {hidden: 3},
	} {
		if got := in.words(); got != want {
			t.Errorf("words are %q, want %q", got, want)
		}
	}
}

func TestHiddenAndZeroAreToldApart(t *testing.T) {
	t.Parallel()
	none := 0
	if got := unknownWords(maturity.Item{DontKnow: &none}, 9); got != "Nobody said that they do not know." {
		t.Errorf("nobody is told as %q", got)
	}
	if got := unknownWords(maturity.Item{Hidden: "fewer than 5 people answered"}, 9); got != "How many do not know is not shown: fewer than 5 people answered." {
		t.Errorf("hidden is told as %q", got)
	}
	if got := levelNumber(&questionnaire.Version{LevelNames: [5]string{"a", "b", "c", "d", "e"}}, ""); got != 0 {
		t.Errorf("a hidden level is number %d", got)
	}
}
