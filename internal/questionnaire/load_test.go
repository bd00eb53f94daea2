package questionnaire

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

// latest is the newest version, for the tests that read its content.
func latest(t testing.TB) *Version {
	t.Helper()
	v, err := Load(Latest())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// source is the newest version's file.
func source(t testing.TB) string {
	t.Helper()
	data, err := content.ReadFile("content/" + Latest() + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestEveryPublishedVersionLoads(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		v, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if v.Name != name || v.Digest != pinned[name] {
			t.Errorf("Load(%q) gave %q with digest %s", name, v.Name, v.Digest)
		}
		invariants(t, v)
	}
}

func TestEveryFileIsPublished(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(content, "content/*")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, name := range Names() {
		want = append(want, "content/"+name+".yaml")
	}
	slices.Sort(want)
	if !slices.Equal(files, want) {
		t.Errorf("files are %q, pinned are %q: pin each published file in load.go, and only those", files, want)
	}
}

func TestPublishedFileMayNotChange(t *testing.T) {
	t.Parallel()
	altered := strings.Replace(source(t), "We go by our own views.", "We go by our views.", 1)
	if _, err := Parse(Latest(), []byte(altered)); err != nil {
		t.Fatalf("the altered file must be sound, or this test proves nothing: %v", err)
	}
	_, err := verify(Latest(), []byte(altered), pinned[Latest()])
	if !errors.Is(err, ErrAltered) {
		t.Errorf("got %v, want ErrAltered; a published version never changes, so add a new one", err)
	}
}

func TestUnknownVersionIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "1999-1", "../2026-1", "2026-1.yaml", strings.Repeat("9", 1000)} {
		v, err := Load(name)
		if !errors.Is(err, ErrNoVersion) || v != nil {
			t.Errorf("Load(%.20q) = %v, %v; want ErrNoVersion", name, v, err)
		}
		if len(err.Error()) > 100 {
			t.Errorf("Load repeats %d bytes of what it was given", len(err.Error()))
		}
	}
}

func TestVersionIsReadOnce(t *testing.T) {
	t.Parallel()
	if a, b := latest(t), latest(t); a != b {
		t.Error("Load read the same version twice")
	}
}

func TestVersionsAreOrderedByAge(t *testing.T) {
	t.Parallel()
	names := []string{"2027-1", "2026-10", "2026-2", "2026-1"}
	slices.SortFunc(names, byAge)
	if want := []string{"2026-1", "2026-2", "2026-10", "2027-1"}; !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	if all := Names(); Latest() != all[len(all)-1] {
		t.Errorf("latest is %q of %q", Latest(), all)
	}
}

func TestFormsAskWhatTheyShould(t *testing.T) {
	t.Parallel()
	v := latest(t)
	for form, want := range map[Form]int{Full: 44, Core: 24, "other": 0} {
		asked := v.Questions(form)
		if len(asked) != want {
			t.Errorf("%s asks %d questions, want %d", form, len(asked), want)
		}
		for _, q := range v.Questions(Full) {
			if in := slices.Contains(asked, q); in != v.Asks(form, q.Key) {
				t.Errorf("%s: Asks(%s) is %v, but the list says %v", form, q.Key, !in, in)
			}
		}
		if v.Asks(form, "9.9") {
			t.Errorf("%s asks a question that there is not", form)
		}
	}
}

func TestLookingUpByKey(t *testing.T) {
	t.Parallel()
	v := latest(t)
	if q, ok := v.Question("5.1"); !ok || q.Topic != "Owning the change in work" {
		t.Errorf("question 5.1 is %+v", q)
	}
	if e, ok := v.Element("8"); !ok || e.Title != "Technology we can rely on" {
		t.Errorf("element 8 is %+v", e)
	}
	if _, ok := v.Question("5.7"); ok {
		t.Error("found question 5.7")
	}
	if _, ok := v.Element("9"); ok {
		t.Error("found element 9")
	}
}
