package questionnaire

import "testing"

// TestLookBackAsksEachElementOnce also holds that no form asks a look-back
// question among its own, so that no score is ever made of one.
func TestLookBackAsksEachElementOnce(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		v, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		back := v.LookBack()
		if len(back) != len(v.Elements) {
			t.Fatalf("%s looks back on %d of %d elements", name, len(back), len(v.Elements))
		}
		for i, q := range back {
			found, ok := v.BackQuestion(q.Key)
			if !ok || found != q || !q.LooksBack() || q.Element != v.Elements[i].Key || q.Topic != v.Elements[i].Title || q.Anchors != v.LevelNames {
				t.Errorf("%s: %+v", name, q)
			}
			if _, asked := v.Question(q.Key); asked || v.Asks(Full, q.Key) || v.Asks(Core, q.Key) || len(q.Key) > 20 {
				t.Errorf("%s asks %s as one of its own", name, q.Key)
			}
		}
		if _, ok := v.BackQuestion("1.1"); ok || IsBackKey("1.1") {
			t.Error("1.1 looks back")
		}
	}
}

func TestMinutesOfForms(t *testing.T) {
	t.Parallel()
	v, err := Load("2026-1")
	if err != nil {
		t.Fatal(err)
	}
	for form, want := range map[Form][2]string{Core: {"10 to 12", "11 to 14"}, Full: {"18 to 22", "19 to 24"}} {
		if alone, back := v.Minutes(form, false), v.Minutes(form, true); alone != want[0] || back != want[1] {
			t.Errorf("%s takes %s minutes, with a look back %s, want %v", form, alone, back, want)
		}
	}
}
