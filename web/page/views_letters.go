package page

import (
	"time"

	"octant/internal/assessment"
)

// SentLettersView is who got which letter in a round and what became of it.
type SentLettersView struct {
	Frame
	Round   assessment.Round
	Path    string
	Readers []LetterReader
	Waits   bool   // there is no mail server, so that letters wait
	Notice  string // what has just been done
	Error   string // why the last thing asked for could not be done
}

// LetterReader is somebody who is asked.
type LetterReader struct {
	ID      string
	Name    string
	Note    string // why there is nothing to send, "" where a letter can be sent again
	Letters []LetterLine
}

// LetterLine is the newest letter of one kind to somebody.
type LetterLine struct {
	Kind  assessment.Letter
	State string // as store names it
	Said  string // the mail server's words
	At    time.Time
}

// DemoLettersView lists the letters of the demonstration that wait in their queue.
type DemoLettersView struct {
	Frame
	Letters []DemoLetterView
	Sent    bool // there is a mail server, so that they go there
}

// DemoLetterView is one letter of the demonstration, as its reader would see it.
type DemoLetterView struct {
	Frame
	Path       string
	To         string
	Address    string
	Subject    string
	Paragraphs []LetterParagraph
}

// LetterParagraph is a few lines of a letter, and the link that ends them.
type LetterParagraph struct {
	Text string
	Link string // "" where there is none
}
