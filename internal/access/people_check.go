package access

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// Check finds what is wrong with each line by itself and beside the others. A
// later line gives way to an earlier one.
func Check(lines []Line) { Settle(lines, nil) }

// Settle finds what is wrong with each line and what taking it would do, given
// whom the trust has on its list already. Somebody is known by their address,
// and without one by their name. It looks at nobody else: whether an address
// belongs to somebody elsewhere is not to be learnt here.
func Settle(lines []Line, known []Known) {
	here := newRegister(known)
	emails, names := map[string]int{}, map[string][]int{}
	for i := range lines {
		key := fold(lines[i].Name)
		names[key] = append(names[key], i)
	}
	taken := map[uuid.UUID]int{}
	for i := range lines {
		l := &lines[i]
		l.Faults = append([]LineFault(nil), l.read...)
		l.Known, l.Outcome, l.Note = Known{}, Add, ""
		here.find(l)
		l.check()
		l.twice(lines, emails, names[fold(l.Name)])
		switch other, found := taken[l.Known.Person]; {
		case l.Known.Person == uuid.Nil:
		case !found:
			taken[l.Known.Person] = l.Number
		case l.Fault(EmailField) == "":
			l.fault(NameField, fmt.Sprintf("Line %d is about this person too. Change one, or leave this line out", other))
		}
	}
}

// check finds what is wrong with a line by itself.
func (l *Line) check() {
	if l.Side == "" || l.Guessed {
		l.guess()
	}
	if says := NameFault(l.Name); says != "" {
		l.fault(NameField, says)
	}
	if says := EmailFault(l.Email); l.Email != "" && says != "" {
		l.fault(EmailField, says)
	}
	if says := TitleFault(l.Title); says != "" {
		l.fault(TitleField, says)
	}
	if !l.Side.Valid() {
		l.fault(SideField, "Select a side: the board role does not tell which")
	}
}

// guess takes the side from the board role, or from what the person is already.
func (l *Line) guess() {
	if l.Known.Side.Valid() && (l.Title == "" || strings.EqualFold(l.Title, l.Known.Title)) {
		l.Side, l.Guessed = l.Known.Side, false
		return
	}
	l.Side = GuessSide(l.Title)
	l.Guessed = l.Side != ""
	if l.Side == "" && l.Known.Side.Valid() {
		l.Side = l.Known.Side
	}
}

// twice finds what a line has in common with those before it.
func (l *Line) twice(lines []Line, emails map[string]int, alike []int) {
	if l.Email != "" {
		if other, found := emails[l.Email]; found {
			l.fault(EmailField, fmt.Sprintf("Line %d has this email address too. Change one, or leave this line out", other))
			return
		}
		emails[l.Email] = l.Number
		return
	}
	for _, i := range alike {
		other := &lines[i]
		if other.Number == l.Number || l.Name == "" || other.Email == "" && other.Number > l.Number {
			continue
		}
		l.fault(EmailField, fmt.Sprintf("Line %d has this name too. Enter an email address if this is somebody else, or leave this line out", other.Number))
		return
	}
}

// register finds people by address and by name.
type register struct {
	byEmail map[string]Known
	byName  map[string][]Known
}

func newRegister(known []Known) register {
	r := register{make(map[string]Known, len(known)), make(map[string][]Known, len(known))}
	for _, k := range known {
		if k.Email != "" {
			r.byEmail[k.Email] = k
		}
		r.byName[fold(k.Name)] = append(r.byName[fold(k.Name)], k)
	}
	return r
}

// find says who a line is about and what taking it would change. An empty board
// role takes nothing away.
func (r register) find(l *Line) {
	k, found := r.byEmail[l.Email]
	alike := r.byName[fold(l.Name)]
	switch {
	case found:
	case l.Name == "" || len(alike) == 0:
		return
	case l.Email != "":
		l.Note = "Somebody with this name is on your list already, with another email address or none. Check that this is somebody else."
		return
	case len(alike) > 1:
		l.fault(EmailField, "Several people on your list have this name. Enter an email address")
		return
	default:
		k = alike[0]
	}
	l.Known = k
	if l.Title == "" {
		l.Title = k.Title
	}
	if l.Side == "" || l.Guessed {
		l.guess()
	}
	switch {
	case !k.Sits:
		l.Outcome = Rejoin
	case l.Title != k.Title || l.Side != k.Side:
		l.Outcome = Change
	default:
		l.Outcome = Keep
	}
}

// fold is a name as names are compared.
func fold(name string) string { return strings.ToLower(name) }
