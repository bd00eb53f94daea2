package questionnaire

import "testing"

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
