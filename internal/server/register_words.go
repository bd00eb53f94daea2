package server

import (
	"strings"
	"time"

	"octant/internal/register"
	"octant/web/page"
)

// sectionsOf is a plan in words, each sort of difference by itself.
func sectionsOf(p register.Plan) []page.StagedSection {
	var all []page.StagedSection
	add := func(heading, hint string, lines []string) {
		if len(lines) > 0 {
			all = append(all, page.StagedSection{Heading: heading, Hint: hint, Lines: lines})
		}
	}
	add("New", "", each(p.New, organisationWords))
	add("Closed", "", each(p.Closed, datingWords))
	add("Reopened", "", each(p.Reopened, datingWords))
	add("Opened or closed on another day", "", each(p.Corrected, datingWords))
	add("Renamed", "", each(p.Renamed, func(c register.Change[string]) string {
		return changeWords(c, register.Title(c.Old), register.Title(c.New))
	}))
	add("Moved to another region or integrated care board", "", each(p.Moved, func(c register.Change[register.Place]) string {
		return changeWords(c, register.Title(c.Name)+", "+placeWords(c.Old), placeWords(c.New))
	}))
	add("Who followed whom", "", each(p.Followed, func(f register.Following) string {
		said := f.From + " to " + f.To + ", " + strings.ToLower(f.Kind.String()) + ", " + page.Day(f.On)
		if f.Old != nil {
			said += " (before: " + strings.ToLower(f.Old.Kind.String()) + ", " + page.Day(f.Old.On) + ")"
		}
		return said
	}))
	add("Types from Octant’s own table", "", each(p.Types, func(t register.Type) string {
		return t.Code + ": " + t.Type + " from " + page.Day(t.From)
	}))
	add("Open in the register but not in this file", "Nothing is done about these.", each(p.Missing, organisationWords))
	add("Closed, and nobody is known to have followed", "You can enter who did: find the trust in the register, then change it.", each(p.Orphans, organisationWords))
	add("Regions and boards that Octant does not know", "Their codes are kept, without a name.", p.Strange)
	return all
}

func each[T any](all []T, words func(T) string) []string {
	lines := make([]string, len(all))
	for i, x := range all {
		lines[i] = words(x)
	}
	return lines
}

func organisationWords(o register.Organisation) string {
	return o.Code + ": " + register.Title(o.Name()) + ", " + openWords(o.Opened, o.Closed)
}

func datingWords(r register.Redating) string {
	return r.Code + ": " + register.Title(r.Name) + ", " + openWords(r.Opened, r.Closed) + " (before: " + openWords(r.OldOpened, r.OldClosed) + ")"
}

func openWords(opened, closed time.Time) string {
	words := "opened " + page.Day(opened)
	if !closed.IsZero() {
		words += ", last day " + page.Day(closed)
	}
	return words
}

func changeWords[T comparable](c register.Change[T], before, after string) string {
	when := "from " + page.Day(c.On)
	if !c.After.IsZero() {
		when = "between " + page.Day(c.After) + " and " + page.Day(c.On)
	}
	return c.Code + ": " + before + " to " + after + ", " + when
}

func placeWords(p register.Place) string {
	if p == (register.Place{}) {
		return "none in England"
	}
	return strings.TrimSpace(p.Region + " " + p.ICB)
}
