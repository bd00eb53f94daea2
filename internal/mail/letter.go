// Package mail writes letters and hands them to a mail server. It knows neither
// who gets one nor why: it is given the facts. Its one rule: nothing that it
// says of a failure holds an address, a link or a code, and nothing that
// somebody typed can become a header or markup.
package mail

import (
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
)

// Kind is what a letter is for.
type Kind string

// The kinds.
const (
	Invitation Kind = "invitation"
	Reminder   Kind = "reminder"
	Closing    Kind = "closing"
	Released   Kind = "released"
	Code       Kind = "code"
	Request    Kind = "request" // another trust asks for advice
	Reply      Kind = "reply"   // and is answered

	Outcome    Kind = "outcome"     // what came of a workshop
	ActionWeek Kind = "action-week" // an action is due in a week
	ActionDay  Kind = "action-day"  // and today
)

// Letter is the facts of one letter to one person.
type Letter struct {
	ID      uuid.UUID // stays the same however often it is tried
	Kind    Kind
	Name    string
	Address string
	Trust   string
	Round   string    // the round's title, or the element's that advice is asked on
	Day     time.Time // the last day to answer
	Minutes string    // how long the questions take, such as "10 to 12"
	Link    string    // a personal link, or the report's address
	Code    string    // six digits
	From    string    // the other trust, in a letter about advice
	By      string    // who wrote for it
	Words   string    // what they wrote
}

// Written is a letter in words. Both forms say the same.
type Written struct {
	Subject string
	Text    string
	HTML    string
}

// words is what a letter says, in the order in which it says it.
type words struct {
	Subject string
	Hello   string
	Before  []string // paragraphs before what there is to do
	Button  string   // words of the link
	Link    string
	Code    string
	After   []string // paragraphs after it
	Foot    string
}

// Write puts the letter in words.
func (l Letter) Write() (Written, error) {
	w := l.words()
	html, err := w.html()
	return Written{Subject: w.Subject, Text: w.text(), HTML: html}, err
}

func (l Letter) words() words {
	trust, round, day := plain(l.Trust), plain(l.Round), l.day()
	w := words{
		Hello: "Hello " + plain(l.Name) + ",", Link: l.Link,
		Foot: "Octant sent this because " + trust + " asks its board about digital leadership. If you have a question, ask the person at " + trust + " who runs this.",
	}
	yours := "This link is yours alone. Do not pass it on: whoever has it can answer as you. It works until the round closes, on any device."
	unseen := "Nobody at your trust can see who said what. No result shows before the round has closed."
	switch l.Kind {
	case Invitation:
		w.Subject = "Digital leadership at " + trust + ": answer by " + day
		w.Before = []string{
			trust + " asks everybody on its board how well the board leads on digital. This round is called ‘" + round + "’.",
			"The questions take about " + l.Minutes + " minutes. You can stop at any time and come back. What you have answered is kept.",
			"You can answer until the end of " + day + ".",
		}
		w.Button, w.After = "Answer the questions", []string{yours, unseen}
	case Reminder:
		w.Subject = "Reminder: " + round + " at " + trust + " is open until " + day
		w.Before = []string{
			"You have not sent your answers to ‘" + round + "’ yet. " + trust + " asks everybody on its board, so that nobody’s view is missing.",
			"The questions take about " + l.Minutes + " minutes. What you have answered so far is kept.",
			"You can answer until the end of " + day + ".",
		}
		w.Button, w.After = "Go on with the questions", []string{"If you have just sent your answers, there is nothing left to do.", yours, unseen}
	case Closing:
		w.Subject = "Last day soon: " + round + " at " + trust + " closes on " + day
		w.Before = []string{
			"‘" + round + "’ at " + trust + " closes at the end of " + day + ", and you have not sent your answers yet.",
			"Answers that you have not sent by then do not count.",
		}
		w.Button, w.After = "Finish and send your answers", []string{"If you have just sent your answers, there is nothing left to do.", yours, unseen}
	case Released:
		w.Subject = "The report on " + round + " at " + trust + " is ready"
		w.Before = []string{
			"‘" + round + "’ has closed and its report is ready. It shows what the board as a whole thinks, and never who said what.",
		}
		w.Button, w.After = "Read the report", []string{"You may have to sign in first. Enter this email address there, and we send you a code."}
	case Request, Reply:
		l.advise(&w)
	case Outcome, ActionWeek, ActionDay:
		l.follow(&w)
	case Code:
		w.Subject, w.Link, w.Code = "Your sign-in code for Octant", "", l.Code
		w.Before = []string{"Your sign-in code is:"}
		w.After = []string{
			"Type it, or paste it, on the page where you asked for it. It works once, for ten minutes.",
			"Nobody will ever ask you for this code. If you did not ask for it yourself, there is nothing to do: without the code nobody can sign in as you.",
		}
		w.Foot = "Octant sent this because somebody entered your email address to sign in."
	}
	w.Subject = plain(w.Subject)
	return w
}

// advise puts a letter in words that passes on what another trust wrote. Neither
// trust learns an address of the other's unless somebody writes one.
func (l Letter) advise(w *words) {
	from, by, about := plain(l.From), plain(l.By), plain(l.Round)
	w.Subject, w.Button = from+" asks for your advice on ‘"+about+"’", "Read and answer the request"
	w.Before = []string{"Your trust agreed to be asked for advice by other trusts. " + by + " at " + from + " asks about ‘" + about + "’:"}
	w.After = []string{"You decide whether to answer. Your answer goes through Octant, and your e-mail address is not shown."}
	if l.Kind == Reply {
		w.Subject, w.Button = from+" has answered you on ‘"+about+"’", "See the answer in Octant"
		w.Before = []string{"You asked " + from + " about ‘" + about + "’. " + by + " answers:"}
		w.After = []string{"Octant passed this on without showing an e-mail address."}
	}
	for paragraph := range strings.SplitSeq(l.Words, "\n") {
		if paragraph = plain(paragraph); paragraph != "" {
			w.Before = append(w.Before, "“"+paragraph+"”")
		}
	}
	w.Foot = "Octant sent this because you lead the assessment at " + plain(l.Trust) + ". Its sharing page is where you can stop such requests."
}

// london is the time zone of every day that is named.
var london = func() *time.Location {
	l, err := time.LoadLocation("Europe/London")
	if err != nil {
		return time.UTC
	}
	return l
}()

func (l Letter) day() string { return l.Day.In(london).Format("Monday 2 January 2006") }

// plain is what somebody typed, as one line without anything that is not seen.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
