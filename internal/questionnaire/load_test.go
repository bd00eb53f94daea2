package questionnaire

import "testing"

func TestEveryPublishedVersionLoads(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		v, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if full, core := len(v.Questions(Full)), len(v.Questions(Core)); full != 44 || core != 24 {
			t.Errorf("%s asks %d and %d questions, want 44 and 24", name, full, core)
		}
	}
}
