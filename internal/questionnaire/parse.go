package questionnaire

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/parser"
)

// What every version has. Boards compare rounds, so the frame stays the same.
const (
	elements       = 8
	questions      = 44
	corePerElement = 3
	factors        = 7
	lenses         = 3
	maxFile        = 256 << 10 // bytes; a version takes about a third
)

var (
	questionKey = regexp.MustCompile(`^([1-8])\.([1-9][0-9]?)$`)
	tagKey      = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
)

// Parse reads a questionnaire and refuses it unless it is whole and sound.
// The error joins every fault that was found, each with file and line.
func Parse(name string, data []byte) (*Version, error) {
	r := &reader{file: name + ".yaml"}
	root, ok := r.document(data)
	if !ok {
		return nil, r.err()
	}
	v := r.version(root, name)
	if err := r.err(); err != nil {
		return nil, err
	}
	v.Digest = digest(data)
	v.index()
	return v, nil
}

// document reads the bytes as the one YAML document they must be.
func (r *reader) document(data []byte) (root value, ok bool) {
	switch {
	case len(data) > maxFile:
		r.fault(1, "file is larger than %d KiB", maxFile>>10)
		return root, false
	case !utf8.Valid(data):
		r.fault(1, "file is not UTF-8")
		return root, false
	}
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return root, false
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		r.fault(1, "file must hold one YAML document")
		return root, false
	}
	return value{file.Docs[0].Body, 1}, true
}

func (r *reader) syntax(err error) {
	var at yaml.Error
	if errors.As(err, &at) && at.GetToken() != nil {
		r.fault(at.GetToken().Position.Line, "%s", at.GetMessage())
		return
	}
	r.fault(1, "file is not YAML")
}

func (r *reader) version(root value, name string) *Version {
	f := r.mapping(root, "the questionnaire", "name", "credit", "levelNames", "factors", "lenses", "elements")
	v := &Version{Name: r.text(f["name"], "name"), Credit: r.sentence(f["credit"], "credit", ".")}
	if v.Name != "" && v.Name != name {
		r.fault(f["name"].line, "name is %q, but the file is %q", v.Name, name)
	}
	v.LevelNames = r.five(f["levelNames"], "level names", r.text)
	v.Factors = r.tags(f["factors"], "factor", factors)
	v.Lenses = r.tags(f["lenses"], "lens", lenses)
	r.elements(v, f["elements"])
	return v
}

// five reads one text a level, all of them different.
func (r *reader) five(list value, what string, read func(value, string) string) (all [Levels]string) {
	items := r.list(list, what)
	if list.node != nil && len(items) != Levels {
		r.fault(list.line, "%s: must be %d, are %d", what, Levels, len(items))
	}
	for i, item := range items {
		s := read(item, fmt.Sprintf("%s: number %d", what, i+1))
		if s != "" && slices.Contains(all[:], s) {
			r.fault(item.line, "%s: number %d repeats another", what, i+1)
		}
		if i < Levels {
			all[i] = s
		}
	}
	return all
}

func (r *reader) tags(list value, what string, want int) []Tag {
	var all []Tag
	for _, item := range r.list(list, what) {
		f := r.mapping(item, "a "+what, "key", "title", "about")
		t := Tag{
			Key:   r.text(f["key"], what+" key"),
			Title: r.text(f["title"], what+" title"),
			About: r.sentence(f["about"], what+" about", "."),
		}
		if t.Key != "" && !tagKey.MatchString(t.Key) {
			r.fault(f["key"].line, "%s key %q must be lower-case words joined by hyphens", what, t.Key)
		}
		if t.Key != "" && hasTag(all, t.Key) {
			r.fault(f["key"].line, "%s key %q is there twice", what, t.Key)
		}
		all = append(all, t)
	}
	r.count(list, what, len(all), want)
	return all
}

func hasTag(tags []Tag, key string) bool {
	return slices.ContainsFunc(tags, func(t Tag) bool { return t.Key == key })
}

// count reports a number that is not the one wanted. A list that is missing
// was reported already.
func (r *reader) count(list value, what string, got, want int) {
	if list.node != nil && got != want {
		r.fault(list.line, "%s: must be %d, are %d", what, want, got)
	}
}

func (r *reader) elements(v *Version, list value) {
	asked := 0
	for i, item := range r.list(list, "elements") {
		e := r.element(v, item, fmt.Sprint(i+1))
		asked += len(e.Questions)
		v.Elements = append(v.Elements, e)
	}
	r.count(list, "elements", len(v.Elements), elements)
	r.count(list, "questions", asked, questions)
}

func (r *reader) element(v *Version, item value, place string) Element {
	what := "element " + place
	f := r.mapping(item, what, "key", "title", "paraphrase", "levels", "questions")
	e := Element{
		Key:        r.text(f["key"], what+": key"),
		Title:      r.text(f["title"], what+": title"),
		Paraphrase: r.sentence(f["paraphrase"], what+": paraphrase", "."),
		Levels:     r.levels(f["levels"], what+": levels"),
	}
	if e.Key != "" && e.Key != place {
		r.fault(f["key"].line, "%s: key is %q; elements are numbered in order", what, e.Key)
	}
	core := 0
	for _, item := range r.list(f["questions"], what+": questions") {
		q := r.question(v, item, &e)
		if q.Core {
			core++
		}
		e.Questions = append(e.Questions, q)
	}
	r.count(f["questions"], what+": core questions", core, corePerElement)
	return e
}

func (r *reader) levels(list value, what string) (all [Levels]LevelText) {
	items := r.list(list, what)
	r.count(list, what, len(items), Levels)
	for i, item := range items {
		at := fmt.Sprintf("%s: number %d", what, i+1)
		f := r.mapping(item, at, "looks", "up")
		text := LevelText{Looks: r.sentence(f["looks"], at+": looks", "."), Up: r.sentence(f["up"], at+": up", ".")}
		if i < Levels {
			all[i] = text
		}
	}
	return all
}

func (r *reader) question(v *Version, item value, e *Element) *Question {
	f := r.mapping(item, "a question of element "+e.Key,
		"key", "topic", "text", "core", "anchors", "evidence", "prompt", "nextStep", "factors", "lenses")
	q := &Question{Key: r.text(f["key"], "question key"), Element: e.Key}
	r.questionKey(f["key"], q.Key, e)
	what := "question " + q.Key
	sentence := func(v value, what string) string { return r.sentence(v, what, ".") }
	q.Topic = r.text(f["topic"], what+": topic")
	q.Text = r.sentence(f["text"], what+": text", "?")
	q.Core = r.yes(f["core"], what+": core")
	q.Anchors = r.five(f["anchors"], what+": anchors", sentence)
	q.Evidence = r.texts(f["evidence"], what+": evidence")
	r.some(f["evidence"], what+": evidence", q.Evidence)
	q.Prompt = r.text(f["prompt"], what+": prompt")
	q.NextStep = r.sentence(f["nextStep"], what+": nextStep", ".")
	q.Factors = r.tagged(f["factors"], what+": factors", v.Factors)
	r.some(f["factors"], what+": factors", q.Factors)
	q.Lenses = r.tagged(f["lenses"], what+": lenses", v.Lenses)
	return q
}

// questionKey checks that a key belongs to its element and comes after the
// ones before it. A gap is allowed: a later version may drop a question.
func (r *reader) questionKey(at value, key string, e *Element) {
	if key == "" {
		return
	}
	parts := questionKey.FindStringSubmatch(key)
	if parts == nil || parts[1] != e.Key {
		r.fault(at.line, "question key %q does not belong to element %s", key, e.Key)
		return
	}
	if slices.ContainsFunc(e.Questions, func(q *Question) bool { return q.Key == key }) {
		r.fault(at.line, "question key %q is there twice", key)
		return
	}
	if n := len(e.Questions); n > 0 && !before(e.Questions[n-1].Key, key) {
		r.fault(at.line, "question key %q is out of order", key)
	}
}

// before says whether key a of an element is asked before its key b.
func before(a, b string) bool {
	return len(a) < len(b) || len(a) == len(b) && strings.Compare(a, b) < 0
}

// some reports a list that has nothing in it.
func (r *reader) some(list value, what string, got []string) {
	if list.node != nil && len(got) == 0 {
		r.fault(list.line, "%s: must have at least one", what)
	}
}

// tagged reads tag keys, each of them one of the tags that the version knows.
func (r *reader) tagged(list value, what string, known []Tag) []string {
	keys := r.texts(list, what)
	for _, key := range keys {
		if key != "" && !hasTag(known, key) {
			r.fault(list.line, "%s: no such tag %q", what, key)
		}
	}
	return keys
}

// index fills what the version's methods look up.
func (v *Version) index() {
	v.questions = make(map[string]*Question, questions)
	v.questionsOf = make(map[Form][]*Question, 2)
	v.back = v.lookBack()
	for _, e := range v.Elements {
		for _, q := range e.Questions {
			v.questions[q.Key] = q
			v.questionsOf[Full] = append(v.questionsOf[Full], q)
			if q.Core {
				v.questionsOf[Core] = append(v.questionsOf[Core], q)
			}
		}
	}
}
