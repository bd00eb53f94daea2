package access_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"octant/internal/access"
)

var secret = []byte("a secret for tests and for nothing else")

// TestTokensAreMadeAgain: the same id and serial give the same token, anything
// else another.
func TestTokensAreMadeAgain(t *testing.T) {
	t.Parallel()
	id, other := uuid.New(), uuid.New()
	for name, makes := range map[string]func(secret []byte, ods string, id uuid.UUID, serial int) string{
		"link": access.LinkToken, "letter": access.LetterCode,
	} {
		token := makes(secret, "R9A", id, 1)
		if token != makes(secret, "R9A", id, 1) {
			t.Errorf("%s: made again it differs", name)
		}
		for what, another := range map[string]string{
			"serial": makes(secret, "R9A", id, 2), "id": makes(secret, "R9A", other, 1), "trust": makes(secret, "R9B", id, 1),
			"secret": makes([]byte("another secret, as long as it"), "R9A", id, 1),
		} {
			if strings.TrimPrefix(token, "R9A") == strings.TrimPrefix(strings.TrimPrefix(another, "R9A"), "R9B") {
				t.Errorf("%s: another %s gives the same token", name, what)
			}
		}
	}
}

// TestTokenShapes: a link fits into an address as it is, and a code has no two
// signs that look alike.
func TestTokenShapes(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`^R9A-[A-Za-z0-9_-]{43}$`)
	letter := regexp.MustCompile(`^R9A(-[2-9A-HJKMNP-TV-Z]{4}){3}$`)
	sheet := regexp.MustCompile(`^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$`)
	seen := make(map[string]int)
	for range 500 {
		id := uuid.New()
		if got := access.LinkToken(secret, "R9A", id, 1); !link.MatchString(got) || access.TrustOf(got) != "R9A" {
			t.Fatalf("link %q of trust %q", got, access.TrustOf(got))
		}
		got := access.LetterCode(secret, "R9A", id, 1)
		if !letter.MatchString(got) {
			t.Fatalf("letter %q", got)
		}
		for _, sign := range strings.Split(strings.TrimPrefix(got, "R9A-"), "") {
			seen[sign]++
		}
		if got := access.SheetCode(secret, "R9A", id); !sheet.MatchString(got) {
			t.Fatalf("sheet %q", got)
		}
	}
	delete(seen, "-")
	for sign, n := range seen {
		if n < 100 || n > 320 { // 200 expected of each of 30
			t.Errorf("sign %s came %d times of 6000", sign, n)
		}
	}
	if len(seen) != 30 {
		t.Errorf("%d signs in use, want 30", len(seen))
	}
}

// TestLettersCodeIsForgiving: what people make of a code when they type it.
func TestLettersCodeIsForgiving(t *testing.T) {
	t.Parallel()
	for _, typed := range []string{
		"R0A-K7QM-4TXP-9RWD", "r0a-k7qm-4txp-9rwd", "R0AK7QM4TXP9RWD", " r0a k7qm 4txp 9rwd ", "R0A–K7QM—4TXP‑9RWD", "roa-k7qm-4txp-9rwd.",
		"R0A K7QM\t4TXP\n9RWD",
	} {
		readings := access.ReadLetterCode(typed)
		if readings[0] != "R0A-K7QM-4TXP-9RWD" && readings[1] != "R0A-K7QM-4TXP-9RWD" {
			t.Errorf("%q is read as %q", typed, readings)
		}
	}
	for _, typed := range []string{"", "R0A", "K7QM-4TXP-9RWD", "R0A-K7QM-4TXP-9RWD-9RWD", strings.Repeat("R0A-", 1000)} {
		if readings := access.ReadLetterCode(typed); readings != [2]string{"-", "-"} {
			t.Errorf("%.20q is read as %q", typed, readings)
		}
	}
	if got := access.ReadSheetCode(" k7qm 4txp"); got != "K7QM-4TXP" {
		t.Errorf("sheet is read as %q", got)
	}
}

// TestTrustOfNonsense: what is no token names no trust.
func TestTrustOfNonsense(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "-", "R9A", "R9", "ABCDEF-x", "AB-x"} {
		if got := access.TrustOf(token); got != "" {
			t.Errorf("%q names trust %q", token, got)
		}
	}
}

// TestHashIsKeyed: without the secret a hash cannot be made, and so none be tried.
func TestHashIsKeyed(t *testing.T) {
	t.Parallel()
	if access.TokenHash(secret, "x") == access.TokenHash([]byte("another"), "x") || access.TokenHash(secret, "x") == access.TokenHash(secret, "y") {
		t.Error("hash depends on only one of secret and token")
	}
}
