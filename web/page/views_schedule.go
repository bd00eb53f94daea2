package page

import (
	"time"

	"octant/internal/assessment"
	"octant/web/nhsuk"
)

// ClosingDayView puts the last day of an open round off.
type ClosingDayView struct {
	Frame
	Round assessment.Round
	Path  string
	Day   nhsuk.DateField
}

// MoreTimeView is one person who is asked in an open round: a last day of their
// own, and whether they are away.
type MoreTimeView struct {
	Frame
	Round  assessment.Round
	Path   string
	Person AskedPerson
	Day    nhsuk.DateField
}

// hour is an hour of the day as people say it, "8am".
func hour(h int) string { return time.Date(2000, 1, 1, h, 0, 0, 0, time.UTC).Format("3pm") }

// opening is when a round opens itself, "3 November 2026 at 8am".
func opening(r assessment.Round) string {
	return Day(r.OpensOn) + " at " + hour(assessment.OpeningHour)
}

// mayStillTime says whether a draft's opening hour is yet to come.
func (v ManageView) mayStillTime() bool { return v.Now.Before(v.Round.OpensAt()) }

// over says whether a draft's last day is over, so that it cannot open at all.
func (v ManageView) over() bool { return assessment.Today(v.Now).After(v.Round.ClosesOn) }

// mayOpen says whether a draft can open at all.
func (v ManageView) mayOpen() bool { return v.Round.Asked >= assessment.MinAsked && !v.over() }

// morning is when invitations leave that are written as the round opens itself,
// "" for at once.
func morning(r assessment.Round) string {
	if opens := r.OpensAt(); !assessment.MayWrite(opens) {
		return Day(assessment.NextWriting(opens))
	}
	return ""
}

// until says how long somebody can answer; the round's last day is theirs.
func until(r assessment.Round) string {
	if r.ByClock {
		return "You can answer until the end of " + Day(r.ClosesOn) + "."
	}
	return "The round is planned to close on " + Day(r.ClosesOn) + "."
}

// openingRow says when the round opens or has opened.
func openingRow(r assessment.Round) nhsuk.SummaryRow {
	switch {
	case !r.OpenedAt.IsZero():
		return nhsuk.SummaryRow{Key: "Opened", Value: Day(r.OpenedAt)}
	case r.ByClock:
		return nhsuk.SummaryRow{Key: "Opens by itself", Value: opening(r)}
	}
	return nhsuk.SummaryRow{Key: "Planned to open", Value: Day(r.OpensOn)}
}

// closingRow says when the round closes or has closed.
func closingRow(r assessment.Round) nhsuk.SummaryRow {
	switch {
	case !r.ClosedAt.IsZero():
		return nhsuk.SummaryRow{Key: "Closed", Value: Day(r.ClosedAt)}
	case r.ByClock:
		return nhsuk.SummaryRow{Key: "Closes by itself", Value: "At the end of " + Day(assessment.Later(r.ClosesOn, r.ExtendedTo))}
	}
	return nhsuk.SummaryRow{Key: "Planned to close", Value: Day(r.ClosesOn)}
}

// waitingRows are those still to finish, each with what the lead can do for them.
func (v ManageView) waitingRows() []nhsuk.SummaryRow {
	var rows []nhsuk.SummaryRow
	for _, p := range v.waiting() {
		row := nhsuk.SummaryRow{Key: p.Name, Content: waitingValue(p)}
		if v.MayManage {
			row.Actions = []nhsuk.Action{{Text: "Change", Hidden: "the time that " + p.Name + " has", Href: v.Path + "/asked/" + p.ID}}
		}
		rows = append(rows, row)
	}
	return rows
}
