package page_test

import (
	"strconv"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/google/uuid"

	"octant/internal/action"
	"octant/internal/assessment"
	"octant/internal/maturity"
	"octant/internal/questionnaire"
	"octant/internal/workshop"
	"octant/web/nhsuk"
	"octant/web/page"
)

const session = "/trusts/RXX/workshops/w"

// agenda is a workshop with one item of every kind, none of which has begun.
func agenda(t *testing.T, state workshop.State) workshop.Workshop {
	t.Helper()
	w := workshop.Workshop{
		Title: "Board workshop on a long and windy day in November", Questionnaire: version(t).Name, Length: workshop.Sittings,
		State: state, MadeAt: noon, BegunAt: noon, EndedAt: noon.Add(90 * time.Minute),
	}
	for i, kind := range workshop.Kinds() {
		it := workshop.Item{
			ID: uuid.NewSHA1(uuid.Nil, []byte(kind)), Kind: kind, Title: "Item " + strconv.Itoa(i), Minutes: 10, Sitting: 1 + i%2,
			Prompt: "What do we see here?", Why: "Views are far apart", Notes: "Mind the time", Stage: workshop.Waiting,
		}
		if kind == workshop.Question {
			it.Question = "1.1"
		}
		w.Items = append(w.Items, it)
	}
	return w
}

// at is the room with the item of that kind at that stage.
func at(t *testing.T, kind workshop.Kind, stage workshop.Stage) page.RoomView {
	t.Helper()
	v := page.RoomView{
		Frame: frame(), Workshop: agenda(t, workshop.Running), Version: version(t), Board: "Harbour and Vale NHS Trust",
		Parked:  []workshop.Parked{{ID: uuid.NewSHA1(uuid.Nil, []byte("parked")), Words: "Who pays?", Ups: 2}, {ID: uuid.NewSHA1(uuid.Nil, []byte("done")), Words: "Tea", Done: true}},
		Actions: []action.Action{{What: "Ask patients twice a year", OwnerName: "Jo Bloggs", Due: noon, Element: "1"}},
		Path:    session, Events: session + "/events",
	}
	for i := range v.Workshop.Items {
		it := &v.Workshop.Items[i]
		if it.Kind != kind {
			continue
		}
		it.Stage, v.Workshop.Current, v.Workshop.TimerEnds = stage, it.ID, noon.Add(time.Hour)
		first := workshop.Tally{Counts: [5]int{3, 2, 0, 3, 4}, DontKnow: 1}
		second := workshop.Tally{Counts: [5]int{0, 3, 8, 2, 0}}
		switch stage {
		case workshop.Shifted, workshop.Agreed:
			it.Second = new(maturity.TellAgain("1.1", first, second, 13))
			fallthrough
		case workshop.Revealed, workshop.Discussing, workshop.VotingAgain, workshop.VotedAgain:
			it.First = new(maturity.Tell("1.1", first))
		}
		if stage == workshop.Agreed {
			it.Agreement = &workshop.Agreement{Level: 3, Reason: "We looked at it together", Dissent: "It is early"}
		}
	}
	switch kind {
	case workshop.Cards:
		v.Cards = []string{"too many passwords", "a way of working"}
	case workshop.Profile:
		v.Report = new(report(t, questionnaire.Core, 12, 14, "spread"))
	}
	return v
}

func asks(name string, wrong bool) nhsuk.Field {
	f := nhsuk.Field{Name: name, Label: "Label of " + name, Options: []nhsuk.Option{{Value: "1", Text: "One"}}}
	if wrong {
		f.Error = "Enter " + name
	}
	return f
}

func console(v page.RoomView, wrong bool) page.ConsoleView {
	due := nhsuk.DateField{Name: "due", Label: "By when?"}
	if wrong {
		due.Error = "Enter a day"
	}
	return page.ConsoleView{
		RoomView: v, Code: "K7Q-M4T", Address: "octant.example/join", Room: page.RoomCount{Expected: 12, Joined: 13}, Voters: 13, Voted: 9,
		Resets: []workshop.Reset{{Reason: "It was misread", At: noon}}, Carried: v.Actions,
		Agree:   page.AgreeForm{Level: asks("level", wrong), Reason: asks("reason", wrong), Dissent: asks("dissent", wrong)},
		Restart: asks("restart-reason", wrong), Park: asks("park", wrong), Notes: asks("notes", wrong),
		Act: page.ActionForm{What: asks("what", wrong), Owner: asks("owner", wrong), Name: asks("name", wrong), Due: due, Element: asks("element", wrong)},
	}
}

// sessionScreens are the three views and the phone at every stage of every kind.
func sessionScreens(t *testing.T) map[string]templ.Component {
	t.Helper()
	all := map[string]templ.Component{}
	add := func(name string, v page.RoomView) {
		all["console "+name] = page.Console(console(v, false))
		all["console wrong "+name] = page.Console(console(v, true))
		all["projector "+name] = page.Projector(page.ProjectorView{RoomView: v, Code: "K7Q-M4T", Address: "octant.example/join", Link: "https://octant.example/join/K7Q-M4T"})
		phone := page.PhoneView{RoomView: v, Device: 7}
		all["phone "+name] = page.Phone(phone)
		all["phone voted "+name] = page.Phone(with(phone, func(p *page.PhoneView) { p.Vote, p.First, p.Card = 3, 2, "too many passwords" }))
		all["phone watching "+name] = page.Phone(with(phone, func(p *page.PhoneView) { p.Observer = true }))
	}
	for _, kind := range workshop.Kinds() {
		add(string(kind), at(t, kind, workshop.Shown))
	}
	for _, stage := range []workshop.Stage{
		workshop.Voting, workshop.Voted, workshop.Revealed, workshop.Discussing, workshop.VotingAgain, workshop.VotedAgain,
		workshop.Shifted, workshop.Agreed,
	} {
		add("question "+string(stage), at(t, workshop.Question, stage))
		if stage == workshop.Voting || stage == workshop.Voted || stage == workshop.Revealed || stage == workshop.Discussing {
			add("cards "+string(stage), at(t, workshop.Cards, stage))
		}
	}
	for _, state := range []workshop.State{workshop.Prepared, workshop.Running, workshop.Ended} {
		v := at(t, "", workshop.Waiting)
		v.Workshop.State, v.Workshop.Rehearsal = state, true
		add("no item "+string(state), v)
	}
	late := page.PhoneView{RoomView: at(t, workshop.Question, workshop.Voted)}
	late.Refused = page.Refusal{Says: "Voting had closed before this arrived, so it does not count.", Choice: assessment.DontKnow, Field: "vote"}
	all["phone late"] = page.Phone(late)
	return all
}

// workshopScreens are the pages around a session.
func workshopScreens(t *testing.T) map[string]templ.Component {
	t.Helper()
	v := at(t, workshop.Question, workshop.Agreed)
	full := report(t, questionnaire.Core, 12, 14, "spread")
	devices := page.DevicesView{
		Frame: frame(), Title: v.Workshop.Title, Path: session, Running: true, Room: page.RoomCount{Expected: 2, Joined: 3}, Expected: asks("expected", false),
		Devices: []page.Device{{Number: 0, JoinedAt: noon}, {Number: 1, JoinedAt: noon}, {Number: 2, JoinedAt: noon, Watching: true}},
	}
	brief := page.BriefView{Frame: frame(), Workshop: v.Workshop, Version: v.Version, Report: &full, Path: session, Carried: v.Actions}
	record := page.RecordView{
		Frame: frame(), Workshop: v.Workshop, Version: v.Version, Path: session, Parked: v.Parked, Actions: v.Actions, Joined: 13, MaySend: true,
		Resets: []workshop.Reset{{Item: v.Workshop.Current, Reason: "It was misread", At: noon}},
	}
	return map[string]templ.Component{
		"devices":         page.Devices(devices),
		"devices none":    page.Devices(page.DevicesView{Frame: frame(), Title: "T", Path: session, Expected: asks("expected", false)}),
		"devices wrong":   page.Devices(with(devices, func(d *page.DevicesView) { d.Expected = asks("expected", true) })),
		"devices refused": page.Devices(with(devices, func(d *page.DevicesView) { d.Error = "Device 2 is not in the session now" })),
		"brief":           page.Brief(brief),
		"brief no round":  page.Brief(with(brief, func(b *page.BriefView) { b.Report, b.Carried = nil, nil })),
		"kit":             page.Kit(page.KitView{Frame: frame(), Workshop: v.Workshop, Version: v.Version, Path: session}),
		"record":          page.Record(record),
		"record empty":    page.Record(page.RecordView{Frame: frame(), Workshop: agenda(t, workshop.Ended), Version: v.Version, Path: session}),
		"workshops":       page.Workshops(page.WorkshopsView{Frame: frame(), Path: "/trusts/RXX/workshops", Workshops: []workshop.Workshop{v.Workshop}, MayRun: true, Notice: "Done"}),
		"agenda":          page.Agenda(page.AgendaView{Frame: frame(), Workshop: v.Workshop, Version: v.Version, Path: session}),
		"join":            page.Join(page.JoinView{Frame: frame(), Code: asks("code", false), Member: "Ada Okafor"}),
		"join over":       page.Join(page.JoinView{Code: asks("code", true), Over: true}),
		"join removed":    page.Join(page.JoinView{Code: asks("code", false), Removed: true}),
		"end":             page.EndWorkshop(page.EndWorkshopView{Frame: frame(), Workshop: v.Workshop, Path: session}),
	}
}

// TestConsoleLeadsToWhatIsWrong: one link for every field, in the page's order.
func TestConsoleLeadsToWhatIsWrong(t *testing.T) {
	t.Parallel()
	doc := read(t, page.Console(console(at(t, workshop.Question, workshop.Shifted), true)))
	links := doc.Find(".nhsuk-error-summary a")
	if links.Length() != 10 { // no vote is under way that could start again
		t.Errorf("%d links", links.Length())
	}
}
