package page

import (
	"octant/internal/workshop"
	"octant/web/nhsuk"
)

// links lead to what is wrong, in the order of the page. What somebody else's move
// has taken off the page meanwhile is told without a way to it.
func (v ConsoleView) links() []nhsuk.ErrorLink {
	agree, item, begun := v.may(workshop.Agree), v.Workshop.Now() != nil, v.Workshop.State != workshop.Prepared
	return []nhsuk.ErrorLink{
		{Text: v.Error},
		reach(v.Agree.Level.ErrorLink(), agree), reach(v.Agree.Reason.ErrorLink(), agree),
		reach(v.Agree.Dissent.ErrorLink(), agree), reach(v.Notes.ErrorLink(), item), reach(v.Restart.ErrorLink(), v.may(workshop.Restart)),
		reach(v.Act.What.ErrorLink(), begun), reach(v.Act.Owner.ErrorLink(), begun), reach(v.Act.Name.ErrorLink(), begun),
		reach(v.Act.Due.ErrorLink(), begun), reach(v.Act.Element.ErrorLink(), begun), reach(v.Park.ErrorLink(), begun),
	}
}

func reach(link nhsuk.ErrorLink, there bool) nhsuk.ErrorLink {
	if !there {
		link.Href = ""
	}
	return link
}

func (v ConsoleView) wrong() bool {
	for _, link := range v.links() {
		if link.Text != "" {
			return true
		}
	}
	return false
}
