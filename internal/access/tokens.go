package access

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"math/big"
	"strings"

	"github.com/google/uuid"
)

// Nobody keeps a token or a code: each is made again, whenever a letter needs
// it, from an id and a serial under the program's secret. What is kept is its
// [TokenHash]. All begin with the trust's ODS code, so that the row they belong
// to can be looked for inside that trust.

// codeAlphabet has no two signs that look alike in print: no 0 and O, no 1, I
// and L, and no U, which looks like V. Twelve of its signs are 58 bits.
const codeAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// How long codes are. Guessing one of a personal code's 58 bits is hopeless at
// the pace that is allowed; a sheet's code only finds a sheet for those who may
// have all of them.
const (
	codeLength  = 12
	sheetLength = 8
	groupLength = 4
	joinLength  = 6
)

// LinkToken is the token of a personal link, such as "R9A-" and 43 signs that
// an address can hold.
func LinkToken(secret []byte, ods string, id uuid.UUID, serial int) string {
	return ods + "-" + base64.RawURLEncoding.EncodeToString(derive(secret, "octant link", ods, id, serial))
}

// LetterCode is the code on a printed letter, such as "R9A-K7QM-4TXP-9RWD".
func LetterCode(secret []byte, ods string, id uuid.UUID, serial int) string {
	return ods + "-" + spell(derive(secret, "octant letter", ods, id, serial), codeLength)
}

// SheetCode is the code on a sheet of paper, such as "K7QM-4TXP". It means
// something only to those who are inside the trust already.
func SheetCode(secret []byte, ods string, sheet uuid.UUID) string {
	return spell(derive(secret, "octant sheet", ods, sheet, 1), sheetLength)
}

// JoinCode is the code by which a room joins a workshop, such as "K7Q-M4T". It is
// short because it is read off a wall; it lives for hours, and tries are counted.
func JoinCode(secret []byte, ods string, workshop uuid.UUID, serial int) string {
	return inHalves(plainly(derive(secret, "octant workshop", ods, workshop, serial), joinLength))
}

// ReadJoinCode is the code as it is shown, from what was typed.
func ReadJoinCode(typed string) string { return inHalves(bare(typed)) }

func inHalves(signs string) string {
	if len(signs) != joinLength {
		return signs
	}
	return signs[:joinLength/2] + "-" + signs[joinLength/2:]
}

// Participant is who a board member is in one workshop and nowhere else.
func Participant(secret []byte, person uuid.UUID, ods string, workshop uuid.UUID) uuid.UUID {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("octant participant\x00" + ods + "\x00"))
	mac.Write(workshop[:])
	mac.Write(person[:])
	return uuid.UUID(mac.Sum(nil)[:16])
}

// NewDeviceToken is the token of a device that joins a workshop. It is chance
// alone: nobody can make it again.
func NewDeviceToken(ods string) string {
	chance := make([]byte, sha256.Size)
	_, _ = rand.Read(chance) // it never fails
	return ods + "-" + base64.RawURLEncoding.EncodeToString(chance)
}

// TokenHash is what is kept of a token or a code. It is keyed, so that a stolen
// database is not enough to try codes against.
func TokenHash(secret []byte, token string) [sha256.Size]byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("octant token\x00" + token))
	return [sha256.Size]byte(mac.Sum(nil))
}

// TrustOf is the ODS code that a link's token begins with, or "" where there is
// none.
func TrustOf(token string) string {
	ods, _, found := strings.Cut(token, "-")
	if !found || len(ods) < 3 || len(ods) > 5 {
		return ""
	}
	return ods
}

// ReadLetterCode is what somebody may have meant by a code that they typed, with
// small letters, spaces and missing hyphens forgiven. No trust's ODS code has
// the letters O or I, which stand for nought and one when they are typed: the
// second reading says so. What cannot be a code has readings too, which no
// letter has, so that it takes as long as a wrong one.
func ReadLetterCode(typed string) (readings [2]string) {
	signs := bare(typed)
	if len(signs) < codeLength+3 || len(signs) > codeLength+5 {
		return [2]string{"-", "-"}
	}
	ods, code := signs[:len(signs)-codeLength], signs[len(signs)-codeLength:]
	readings[0] = ods + "-" + grouped(code)
	readings[1] = strings.NewReplacer("O", "0", "I", "1").Replace(ods) + "-" + grouped(code)
	return readings
}

// ReadSheetCode is the code of a sheet as it was printed, from what was typed.
func ReadSheetCode(typed string) string { return grouped(bare(typed)) }

// derive makes 32 bytes that cannot be told without the secret.
func derive(secret []byte, purpose, ods string, id uuid.UUID, serial int) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(purpose + "\x00" + ods + "\x00"))
	mac.Write(id[:])
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(serial)))
	return mac.Sum(nil)
}

// spell writes a large number in the codes' alphabet. The number is so much
// larger than what is taken of it that every sign is as likely as any other.
func spell(number []byte, length int) string { return grouped(plainly(number, length)) }

func plainly(number []byte, length int) string {
	n, base, digit := new(big.Int).SetBytes(number), big.NewInt(int64(len(codeAlphabet))), new(big.Int)
	signs := make([]byte, length)
	for i := range signs {
		n.DivMod(n, base, digit)
		signs[i] = codeAlphabet[digit.Int64()]
	}
	return string(signs)
}

// grouped sets hyphens between groups of four signs.
func grouped(signs string) string {
	var b strings.Builder
	for i := range len(signs) {
		if i > 0 && i%groupLength == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(signs[i])
	}
	return b.String()
}

// mostTyped is how much of what somebody types for a code is looked at.
const mostTyped = 100

// bare is what is left of a typed code without hyphens of any kind, spaces and
// other signs, in capitals.
func bare(typed string) string {
	if len(typed) > mostTyped {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, strings.ToUpper(typed))
}
