package questionnaire

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The rules of this file hold every text to how a board should be written to:
// short sentences, plain British words, nothing that only an expert follows.

// passage is one text of a version and where it stands.
type passage struct{ where, text string }

// prose lists every text that consists of whole sentences.
func prose(v *Version) []passage {
	all := []passage{{"credit", v.Credit}}
	for _, tag := range slices.Concat(v.Factors, v.Lenses) {
		all = append(all, passage{tag.Key, tag.About})
	}
	for _, e := range v.Elements {
		all = append(all, passage{"element " + e.Key, e.Paraphrase})
		for n, level := range e.Levels {
			where := "element " + e.Key + " level " + string('1'+rune(n))
			all = append(all, passage{where + " looks", level.Looks}, passage{where + " up", level.Up})
		}
		for _, q := range e.Questions {
			all = append(all, passage{q.Key + " text", q.Text}, passage{q.Key + " prompt", q.Prompt}, passage{q.Key + " next step", q.NextStep})
			for _, a := range q.Anchors {
				all = append(all, passage{q.Key + " anchor", a})
			}
		}
	}
	return all
}

// everything lists the sentences and the labels.
func everything(v *Version) []passage {
	all := prose(v)
	for _, e := range v.Elements {
		all = append(all, passage{"element " + e.Key, e.Title})
		for _, q := range e.Questions {
			all = append(all, passage{q.Key + " topic", q.Topic})
			for _, s := range q.Evidence {
				all = append(all, passage{q.Key + " evidence", s})
			}
		}
	}
	return all
}

var sentenceEnd = regexp.MustCompile(`[.?!]['"]?(?: |$)`)

func sentences(text string) []string {
	var all []string
	for _, s := range sentenceEnd.Split(text, -1) {
		if s != "" {
			all = append(all, s)
		}
	}
	return all
}

func TestSentencesAreShort(t *testing.T) {
	t.Parallel()
	for _, p := range prose(latest(t)) {
		if !regexp.MustCompile(`[.?]$`).MatchString(p.text) {
			t.Errorf("%s does not end as a sentence: %q", p.where, p.text)
		}
		for _, s := range sentences(p.text) {
			if n := len(strings.Fields(s)); n > 20 {
				t.Errorf("%s has a sentence of %d words: %q", p.where, n, s)
			}
		}
	}
}

func TestTextsHaveTheirLength(t *testing.T) {
	t.Parallel()
	within := func(where, text string, low, high int) {
		if n := len(sentences(text)); n < low || n > high {
			t.Errorf("%s has %d sentences, want %d to %d: %q", where, n, low, high, text)
		}
	}
	for _, e := range latest(t).Elements {
		within("paraphrase of "+e.Key, e.Paraphrase, 1, 1)
		for _, level := range e.Levels {
			within("looks of "+e.Key, level.Looks, 2, 3)
			within("up of "+e.Key, level.Up, 1, 3)
		}
		for _, q := range e.Questions {
			within(q.Key, q.Text, 1, 1)
			within(q.Key+" prompt", q.Prompt, 1, 2)
			within(q.Key+" next step", q.NextStep, 1, 1)
			if n := len(strings.Fields(q.Topic)); n < 2 || n > 5 {
				t.Errorf("%s: topic has %d words: %q", q.Key, n, q.Topic)
			}
			if len(q.Evidence) > 4 {
				t.Errorf("%s lists %d kinds of evidence", q.Key, len(q.Evidence))
			}
		}
	}
}

func TestAnchorsAreLabels(t *testing.T) {
	t.Parallel()
	for _, q := range latest(t).Questions(Full) {
		seen := make(map[string]bool, Levels)
		for _, a := range q.Anchors {
			if n := len(strings.Fields(a)); n > 15 || len(sentences(a)) != 1 || len(a) > 90 {
				t.Errorf("%s: anchor is too long for a label: %q", q.Key, a)
			}
			if plain := strings.ToLower(strings.Trim(a, ".")); seen[plain] {
				t.Errorf("%s: two anchors say %q", q.Key, plain)
			} else {
				seen[plain] = true
			}
			if regexp.MustCompile(`(?i)\b(don't|do not|does not|cannot) (know|say)\b|prefer not`).MatchString(a) {
				t.Errorf("%s: anchor %q overlaps the answer 'I do not know'", q.Key, a)
			}
		}
	}
}

func TestNoWordsThatABoardWouldStumbleOver(t *testing.T) {
	t.Parallel()
	banned := regexp.MustCompile(`(?i)\b(please|stakeholders?|leverag\w+|synerg\w+|holistic\w*|robust\w*|empower\w*|` +
		`deliver\w*|driv(e|es|en|ing)|embed\w*|foster\w*|tackl\w+|transform(s|ed|ing)?|facilitat\w+|utili[sz]\w+|` +
		`seamless\w*|journeys?|landscapes?|roadmaps?|ecosystems?|paradigms?|agile|best practice|deep dive|going forward|` +
		`key (post|step|risk|choice|system|area|role)s?|world.class|cutting.edge|innovati\w+|digitali[sz]\w+|KPIs?|SMEs?|` +
		`impactful|actionable|alignment|buy-in|low.hanging|granular|e\.g|i\.e|etc)\b`)
	foreign := regexp.MustCompile(`(?i)\b(\w+(iz(e|es|ed|ing|ation|ations))|center|color|behavior|favor|labor|program|fulfill|analyz\w+|judgment|licens(e|es) to)\b`)
	innocent := regexp.MustCompile(`(?i)^(size|sizes|sized|prize|seize|citizen)$`)
	for _, p := range everything(latest(t)) {
		if word := banned.FindString(p.text); word != "" {
			t.Errorf("%s says %q: %q", p.where, word, p.text)
		}
		if word := foreign.FindString(p.text); word != "" && !innocent.MatchString(word) {
			t.Errorf("%s is not British English, %q: %q", p.where, word, p.text)
		}
		if strings.ContainsAny(p.text, ";()*!—–&/") {
			t.Errorf("%s has a mark that plain sentences do without: %q", p.where, p.text)
		}
	}
}

func TestNothingIsSaidTwice(t *testing.T) {
	t.Parallel()
	seen := make(map[string]string)
	for _, p := range prose(latest(t)) {
		if strings.HasSuffix(p.where, "anchor") {
			continue // the same answer may fit two questions
		}
		if first, twice := seen[p.text]; twice {
			t.Errorf("%s repeats %s: %q", p.where, first, p.text)
		}
		seen[p.text] = p.where
	}
}

// TestAdviceIsNotGivenTwice: the report prints both what would move a board up
// and the next steps of an element, one under the other.
func TestAdviceIsNotGivenTwice(t *testing.T) {
	t.Parallel()
	for _, e := range latest(t).Elements {
		for _, level := range e.Levels {
			for _, move := range sentences(level.Up) {
				for _, q := range e.Questions {
					if overlap(move, q.NextStep) > 0.6 {
						t.Errorf("element %s says %q, and the next step of %s %q", e.Key, move, q.Key, q.NextStep)
					}
				}
			}
		}
	}
}

// overlap is the share of the words of one sentence that are in the other.
func overlap(a, b string) float64 {
	words, other := strings.Fields(strings.ToLower(a)), strings.Fields(strings.ToLower(b))
	both := 0
	for _, w := range words {
		if slices.Contains(other, w) {
			both++
		}
	}
	return float64(both) / float64(min(len(words), len(other)))
}

// TestReadingAge holds the Flesch-Kincaid grade (American school years; five
// more is the age) of what is read together to ages 11 to 14 at most.
func TestReadingAge(t *testing.T) {
	t.Parallel()
	together := make(map[string]string)
	for _, e := range latest(t).Elements {
		for n, level := range e.Levels {
			together["element "+e.Key+" level "+string('1'+rune(n))] = level.Looks + " " + level.Up
		}
		for _, q := range e.Questions {
			together["questions of "+e.Key] += " " + q.Text + " " + strings.Join(q.Anchors[:], " ")
			together["help of "+e.Key] += " " + q.Prompt + " " + q.NextStep
		}
	}
	for where, text := range together {
		if got := grade(text); got > 9 {
			t.Errorf("%s reads at age %.1f, want 14 at most", where, got+5)
		}
	}
}

func grade(text string) float64 {
	words, syllables := 0, 0
	for _, word := range strings.Fields(text) {
		words++
		syllables += syllablesOf(word)
	}
	n := float64(words)
	return 0.39*n/float64(len(sentences(text))) + 11.8*float64(syllables)/n - 15.59
}

var (
	vowels = regexp.MustCompile(`[aeiouy]+`)
	silent = regexp.MustCompile(`([^l]e|[^td]ed|[^aeiou]es)$`)
)

// syllablesOf counts groups of vowels, less a silent ending: near enough.
func syllablesOf(word string) int {
	word = strings.Trim(strings.ToLower(word), ".,?':")
	return max(1, len(vowels.FindAllString(silent.ReplaceAllStringFunc(word, func(end string) string { return end[:1] }), -1)))
}

func TestGradeTellsPlainFromHard(t *testing.T) {
	t.Parallel()
	plain, hard := "We see them in use. We act on what we find.", "Organisational accountability necessitates comprehensive interoperability considerations."
	if grade(plain) > 3 || grade(hard) < 15 {
		t.Errorf("grades are %.1f and %.1f", grade(plain), grade(hard))
	}
}

func TestEveryCutHasEnoughQuestions(t *testing.T) {
	t.Parallel()
	v := latest(t)
	count := func(form Form, has func(*Question) bool) (n int) {
		for _, q := range v.Questions(form) {
			if has(q) {
				n++
			}
		}
		return n
	}
	for _, f := range v.Factors {
		primary := func(q *Question) bool { return q.Factors[0] == f.Key }
		touches := func(q *Question) bool { return slices.Contains(q.Factors, f.Key) }
		if full, core := count(Full, primary), count(Core, primary); full < 4 || core < 2 {
			t.Errorf("factor %s is primary for %d questions, %d of them core", f.Key, full, core)
		}
		if full, core := count(Full, touches), count(Core, touches); full < 11 || core < 4 {
			t.Errorf("factor %s touches %d questions, %d of them core", f.Key, full, core)
		}
	}
	for _, l := range v.Lenses {
		through := func(q *Question) bool { return slices.Contains(q.Lenses, l.Key) }
		if full, core := count(Full, through), count(Core, through); full < 8 || core < 5 {
			t.Errorf("lens %s sees %d questions, %d of them core", l.Key, full, core)
		}
	}
}

func TestElementsAreCreditedWithoutClaimingEndorsement(t *testing.T) {
	t.Parallel()
	v := latest(t)
	for _, want := range []string{"Health Education England", "as published by NHS Providers in 2020", "our own", "endorsed"} {
		if !strings.Contains(v.Credit, want) {
			t.Errorf("credit lacks %q: %q", want, v.Credit)
		}
	}
	if want := [Levels]string{"Not yet", "Starting", "In place", "Working well", "Second nature"}; v.LevelNames != want {
		t.Errorf("levels are named %q", v.LevelNames)
	}
}
