package register_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"octant/internal/register"
)

func TestTitle(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"ST GEORGE'S UNIVERSITY HOSPITALS NHS FOUNDATION TRUST":                     "St George’s University Hospitals NHS Foundation Trust",
		"GUY'S AND ST THOMAS' NHS FOUNDATION TRUST":                                 "Guy’s and St Thomas’ NHS Foundation Trust",
		"BIRMINGHAM WOMEN'S AND CHILDREN'S NHS FOUNDATION TRUST":                    "Birmingham Women’s and Children’s NHS Foundation Trust",
		"THE QUEEN ELIZABETH HOSPITAL, KING'S LYNN, NHS FOUNDATION TRUST":           "The Queen Elizabeth Hospital, King’s Lynn, NHS Foundation Trust",
		"THE NEWCASTLE UPON TYNE HOSPITALS NHS FOUNDATION TRUST":                    "The Newcastle upon Tyne Hospitals NHS Foundation Trust",
		"ROYAL BROMPTON & HAREFIELD NHS FOUNDATION TRUST":                           "Royal Brompton & Harefield NHS Foundation Trust",
		"STAFFORDSHIRE AND STOKE-ON-TRENT PARTNERSHIP NHS TRUST":                    "Staffordshire and Stoke-on-Trent Partnership NHS Trust",
		"PORTSMOUTH HOSPITALS UNIVERSITY NATIONAL HEALTH SERVICE TRUST":             "Portsmouth Hospitals University National Health Service Trust",
		"THE ROBERT JONES AND AGNES HUNT ORTHOPAEDIC HOSPITAL NHS FOUNDATION TRUST": "The Robert Jones and Agnes Hunt Orthopaedic Hospital NHS Foundation Trust",
		"O'BRIEN TRUST (THE NORTH) OF THE WEST":                                     "O’Brien Trust (The North) of the West",
		"KEPT in its Own Spelling":                                                  "KEPT in its Own Spelling",
		"OF":                                                                        "Of",
		"":                                                                          "",
		"'S":                                                                        "’s",
		"NHS":                                                                       "NHS",
		"2GETHER NHS FOUNDATION TRUST":                                              "2gether NHS Foundation Trust",
	} {
		if got := register.Title(name); got != want {
			t.Errorf("%s is written %s, want %s", name, got, want)
		}
	}
}

// TestTitleChangesOnlyHowLettersAreWritten: capitals again, it is the same name.
func TestTitleChangesOnlyHowLettersAreWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-Z0-9 ',&().\-/]{0,60}`).Draw(t, "name")
		got := register.Title(name)
		if back := strings.ReplaceAll(strings.ToUpper(got), "’", "'"); back != name {
			t.Fatalf("%q became %q", name, got)
		}
		if again := register.Title(got); strings.ContainsAny(got, "abcdefghijklmnopqrstuvwxyz") && again != got {
			t.Fatalf("%q became %q and then %q", name, got, again)
		}
	})
}

func TestWordsAreWhatASearchLooksFor(t *testing.T) {
	t.Parallel()
	want := []string{"the", "queen", "elizabeth", "kings", "lynn", "nhs", "stoke", "on"}
	if got := register.Words("The QUEEN Elizabeth, King’s Lynn, NHS (Stoke-on the)"); !slices.Equal(got, want) {
		t.Errorf("words %q, want %q", got, want)
	}
}
