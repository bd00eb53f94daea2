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
