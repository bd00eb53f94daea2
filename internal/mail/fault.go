package mail

import (
	"errors"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"
)

// Verdict is what a failure means for the letter.
type Verdict int

// The verdicts.
const (
	// Unreachable: the server was not there, or takes no letters from this
	// program at all. It has said nothing about the letter, which waits.
	Unreachable Verdict = iota + 1
	// Later: the server would not take the letter now, or was lost before it
	// said that it has it.
	Later
	// Refused: the server will never take the letter.
	Refused
)

// SendError is a letter that a server did not take.
type SendError struct {
	Verdict Verdict
	Says    string // the server's words, or what happened to it, without addresses
}

// Error says what happened without naming anybody.
func (f *SendError) Error() string {
	return map[Verdict]string{
		Unreachable: "mail: no server takes letters: ",
		Later:       "mail: not taken now: ",
		Refused:     "mail: refused: ",
	}[f.Verdict] + f.Says
}

// faultOf is a fault with the words of an error. A server's reply has a code and
// words; anything else is a lost connection. Whom the letter was for is struck
// out of the words.
func faultOf(v Verdict, err error, address string) *SendError {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return &SendError{v, unnamed(strconv.Itoa(reply.Code)+" "+reply.Msg, address)}
	}
	return &SendError{v, unnamed(err.Error(), address)}
}

// codeOf is the code of a server's reply, 0 where there was none.
func codeOf(err error) int {
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		return reply.Code
	}
	return 0
}

// mostWords is how much of a server's words is kept.
const mostWords = 300

// addresses are what looks like an email address, or like an address of the web
// with whatever token stands in it.
var addresses = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://\S+|[^\s<>()",;:'\[\]]+@[^\s<>()",;:'\[\]]+`)

// unnamed is a server's words in one line, without the address that the letter
// was for, in whole or in part, and without any other.
func unnamed(words, address string) string {
	words = addresses.ReplaceAllString(plain(words), "[address]")
	local, domain, _ := strings.Cut(address, "@")
	if len(local) > 2 {
		part := `(?i)(^|[^\pL\pN])` + regexp.QuoteMeta(local) + `(=` + regexp.QuoteMeta(domain) + `)?($|[^\pL\pN])`
		words = regexp.MustCompile(part).ReplaceAllString(words, "${1}[address]${3}")
	}
	if runes := []rune(words); len(runes) > mostWords {
		words = string(runes[:mostWords]) + "…"
	}
	return words
}
