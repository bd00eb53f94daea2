package access

import (
	"fmt"
	"net/mail"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How long what is kept of somebody may be.
const (
	MostName  = 100
	MostTitle = 100
	MostEmail = 254
)

const takenOut = "This had characters that cannot be kept. They have been taken out: check it."

func (l *Line) setName(cell string) {
	text, lost := tidy(cell)
	if lost {
		l.misread(NameField, takenOut)
	}
	l.Name = forwards(text)
}

// honours follow a name after a comma and are no first name.
var honours = regexp.MustCompile(`(?i)^(cb|obe|mbe|cbe|kbe|dbe|om|ch|kc|qc|dl|jp|phd|md|jr|sr|mp|qpm|qam|frcp|frcs|frcn|ma|ba|bsc|msc|mba|fca|aca|cipfa)\b`)

// forwards turns "Surname, First" round.
func forwards(name string) string {
	last, first, found := strings.Cut(name, ",")
	last, first = strings.TrimSpace(last), strings.TrimSpace(first)
	if !found || last == "" || first == "" || strings.Contains(first, ",") || honours.MatchString(first) {
		return name
	}
	return first + " " + last
}

func (l *Line) setTitle(cell string) {
	text, lost := tidy(cell)
	if lost {
		l.misread(TitleField, takenOut)
	}
	l.Title = text
}

// takeEmail reads a cell that holds an address and may hold a name as well.
func (l *Line) takeEmail(cell string) {
	text, _ := tidy(cell)
	if open, end := strings.LastIndexByte(text, '<'), strings.LastIndexByte(text, '>'); open >= 0 && end > open {
		l.setEmail(text[open+1 : end])
		l.nameBeside(text[:open] + text[end+1:])
		return
	}
	var beside []string
	address := ""
	for _, word := range strings.Fields(text) {
		if address == "" && strings.Contains(word, "@") {
			address = word
			continue
		}
		beside = append(beside, word)
	}
	if address == "" {
		address, beside = text, nil
	}
	l.setEmail(address)
	l.nameBeside(strings.Join(beside, " "))
}

// nameBeside takes what stood with an address for the name, if no other was seen.
func (l *Line) nameBeside(text string) {
	if name := strings.Trim(text, ` "'<>()[]-,;:`); l.Name == "" && name != "" {
		l.setName(name)
	}
}

func (l *Line) setEmail(cell string) {
	text, lost := tidy(cell)
	if lost {
		l.misread(EmailField, takenOut)
	}
	l.Email = CleanEmail(text)
}

// CleanEmail is an address as it is kept, without what is copied along with it.
func CleanEmail(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	text = strings.TrimPrefix(strings.Trim(text, "<>\"' "), "mailto:")
	return strings.TrimRight(text, ".,;:")
}

// EmailFault is what is wrong with an address, "" for nothing.
func EmailFault(address string) string {
	const shape = "Enter an email address in the correct form, like name@example.nhs.uk"
	if len(address) > MostEmail {
		return "Email address must be 254 characters or fewer"
	}
	parsed, err := mail.ParseAddress(address)
	if err != nil || parsed.Address != address || parsed.Name != "" {
		return shape
	}
	local, domain, _ := strings.Cut(address, "@")
	if len(local) > 64 || !localPart.MatchString(local) || len(domain) > 253 || !domainPart.MatchString(domain) {
		return shape
	}
	return ""
}

var (
	localPart  = regexp.MustCompile("^[a-z0-9!#$%&'*+/=?^_`{|}~.-]+$")
	domainPart = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{1,59})$`)
)

// NameFault is what is wrong with a name, "" for nothing.
func NameFault(name string) string {
	switch {
	case !strings.ContainsFunc(name, unicode.IsLetter):
		return "Enter a name"
	case utf8.RuneCountInString(name) > MostName:
		return "Name must be 100 characters or fewer"
	}
	return beginning("Name", name)
}

// TitleFault is what is wrong with a board role, "" for nothing.
func TitleFault(title string) string {
	if utf8.RuneCountInString(title) > MostTitle {
		return "Board role must be 100 characters or fewer"
	}
	return beginning("Board role", title)
}

// beginning refuses text that a spreadsheet would take for a formula.
func beginning(what, text string) string {
	if text != "" && strings.IndexByte("=+-@", text[0]) >= 0 {
		return fmt.Sprintf("%s must not begin with ‘%s’", what, text[:1])
	}
	return ""
}

func (l *Line) setSide(cell string) {
	text, lost := tidy(cell)
	side, _ := sideWord(text)
	switch {
	case lost:
		l.misread(SideField, takenOut)
	case text == "":
	case side == "":
		l.misread(SideField, fmt.Sprintf("Select a side: ‘%.40s’ is neither executive nor non-executive", strings.ToValidUTF8(text[:min(len(text), 120)], "")))
	}
	l.Side = side
}

// sideWord is the side that a word names. exact says that it can name nothing
// else, such as a board role.
func sideWord(text string) (side Side, exact bool) {
	switch w := letters(text); {
	case w == "":
		return "", false
	case w == "ned", w == "neds", w == "nonexec", w == "nonexecutive", w == "nonexecs", w == "anned":
		return NonExecutive, true
	case w == "exec", w == "executive", w == "execs":
		return Executive, true
	case w == "n", w == "ne", w == "no", w == "aned", strings.Contains(w, "nonexec"), w == "independent", w == "chair":
		return NonExecutive, false
	case w == "e", w == "ed", w == "x", w == "y", w == "yes", strings.Contains(w, "executive"), strings.HasPrefix(w, "exec"):
		return Executive, false
	}
	return "", false
}

// Word processors write several dashes.
var (
	nedTitle = regexp.MustCompile(`(?i)\bnon[ ‐‑–-]?exec|\bneds?\b|\bchair(man|woman|person)?\b|\bco-?chair\b|\bsenior independent director\b|\bsid\b`)
	// A director of something, or of a named trade, sits with the executives.
	execTitle = regexp.MustCompile(`(?i)\bchief\b|\bexecutive\b|\bmanaging director\b|\bdirector of\b|\b(medical|finance|nursing|clinical|operations|workforce|people|strategy|digital|nurse|commercial|estates) director\b|\bc(e|f|i|m|n|o|p|t|di|ni|mi)o\b`)
	nonExec   = regexp.MustCompile(`(?i)\bnon[ ‐‑–-]?executive( director)?( of)?\b`)
)

// GuessSide is the side that a board role belongs to where that is sure, and ""
// where somebody has to say.
func GuessSide(title string) Side {
	ned := nedTitle.MatchString(title)
	exec := execTitle.MatchString(nonExec.ReplaceAllString(title, ""))
	switch {
	case ned && !exec:
		return NonExecutive
	case exec && !ned:
		return Executive
	}
	return ""
}
