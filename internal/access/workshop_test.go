package access

import (
	"strings"
	"testing"

	"github.com/google/uuid"
)

func TestJoinCodesCanBeReadOffAWall(t *testing.T) {
	t.Parallel()
	secret, id := []byte("a secret for tests alone"), uuid.New()
	seen := make(map[string]bool)
	for serial := range 500 {
		code := JoinCode(secret, "R9A", id, serial)
		if len(code) != 7 || code[3] != '-' || strings.ContainsAny(code, "01ILOU") {
			t.Fatalf("code %q", code)
		}
		for _, typed := range []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""), " " + code[:3] + " – " + code[4:]} {
			if got := ReadJoinCode(typed); got != code {
				t.Errorf("%q is read as %q, want %q", typed, got, code)
			}
		}
		seen[code] = true
	}
	if len(seen) < 499 {
		t.Errorf("500 serials have %d codes", len(seen))
	}
}

func TestParticipantsAreStrangersInEachWorkshop(t *testing.T) {
	t.Parallel()
	secret, person, first := []byte("a secret for tests alone"), uuid.New(), uuid.New()
	p := Participant(secret, person, "R9A", first)
	if p != Participant(secret, person, "R9A", first) {
		t.Error("the same person in the same workshop is somebody else")
	}
	for what, other := range map[string]uuid.UUID{
		"another workshop": Participant(secret, person, "R9A", uuid.New()),
		"another trust":    Participant(secret, person, "R9B", first),
		"another secret":   Participant([]byte("another secret"), person, "R9A", first),
		"another person":   Participant(secret, uuid.New(), "R9A", first),
		"the person":       person,
	} {
		if p == other {
			t.Errorf("the same in %s", what)
		}
	}
}
