package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/workshop"
	"octant/web/nhsuk"
	"octant/web/page"
)

// console is a workshop for whoever runs it, with its forms empty.
func (s *Server) console(r *http.Request, t *store.Trust, id uuid.UUID) (page.ConsoleView, error) {
	c, err := t.Console(r.Context(), id, s.now())
	if err != nil {
		return page.ConsoleView{}, err
	}
	v := page.ConsoleView{
		Code: c.Code, Address: s.shortAddress(r) + "/join",
		Room:   page.RoomCount{Expected: c.Expected, Joined: c.Joined, Rehearsal: c.Workshop.Rehearsal},
		Voters: c.Voters, Watching: c.Watching, Voted: c.Voted, Written: c.Cards,
		Resets: c.Resets, Carried: c.Carried, Park: parkField(""),
	}
	v.RoomView = page.RoomView{
		Frame: s.frame(r), Workshop: c.Workshop, Board: t.Name, Cards: c.Shown, Parked: c.Parked, Actions: c.Actions,
		Path: workshopPath(t, id), Events: workshopPath(t, id) + "/events",
	}
	if v.Version, err = versionOf(c.Workshop); err != nil {
		return v, err
	}
	if v.Report, err = shownReport(r, t, c.Workshop); err != nil {
		return v, err
	}
	owners, err := t.ActionOwners(r.Context())
	if err != nil {
		return v, err
	}
	v.Act = actionForm(owners, v.Version)
	if it := v.Workshop.Now(); it != nil {
		v.Agree, v.Restart = agreeForm(it, v.Version), restartField()
		v.Notes, v.NotesOver = notesField(it), workshop.Mark(it.Notes)
	}
	return v, nil
}

// The fields below have the item's id in theirs, so that what was typed about one
// item is never carried to another.
func agreeForm(it *workshop.Item, version *questionnaire.Version) page.AgreeForm {
	f := page.AgreeForm{
		Level:   nhsuk.Field{Name: "level", ID: "level-" + it.ID.String(), Label: "Level", Size: nhsuk.Small},
		Reason:  nhsuk.Field{Name: "reason", ID: "reason-" + it.ID.String(), Label: "Why", Rows: 3},
		Dissent: nhsuk.Field{Name: "dissent", ID: "dissent-" + it.ID.String(), Label: "What those say who do not agree (optional)", Hint: "Write what they say, not who they are", Rows: 3},
	}
	if q, ok := version.Question(it.Question); ok {
		for i, sentence := range q.Anchors {
			f.Level.Options = append(f.Level.Options, nhsuk.Option{Value: strconv.Itoa(i + 1), Text: strconv.Itoa(i+1) + ". " + sentence})
		}
	}
	if a := it.Agreement; a != nil {
		f.Level.Value, f.Reason.Value, f.Dissent.Value = strconv.Itoa(a.Level), a.Reason, a.Dissent
	}
	return f
}

func restartField() nhsuk.Field {
	return nhsuk.Field{Name: "reason", ID: "restart-reason", Label: "Why does this vote start again?", Hint: "The reason is kept in the record. All votes of this vote are erased"}
}

func parkField(value string) nhsuk.Field {
	return nhsuk.Field{Name: "words", ID: "park-words", Label: "Something to come back to", Hint: "It shows to everybody at once", Value: value}
}

// shortAddress is where the site is, as people write it.
func (s *Server) shortAddress(r *http.Request) string {
	_, host, found := strings.Cut(s.origin, "://")
	if !found {
		return r.Host
	}
	return host
}

// address is where the site is, for a camera.
func (s *Server) address(r *http.Request) string {
	if s.origin == "" {
		return "http://" + r.Host
	}
	return s.origin
}

// showConsole is the page of whoever runs a workshop. Others are led to its
// record.
func (s *Server) showConsole(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := runsWorkshop(r, t)
	if err != nil {
		return s.toRecord(w, r, t, err)
	}
	v, err := s.console(r, t, id)
	if err != nil {
		return err
	}
	if v.Workshop.State == workshop.Ended {
		return see(w, r, v.Path+"/record")
	}
	v.Notice = consoleNotices[r.URL.Query().Get("done")]
	return s.render(w, r, http.StatusOK, page.Console(v))
}

var consoleNotices = map[string]string{
	"code":   "There is a new code. The old one no longer works. Devices that have joined stay.",
	"notes":  "Your notes are kept.",
	"action": "The action is kept.",
	"tally":  "The votes from cards are kept.",
	"agreed": "The agreed level is kept.",
}

// toRecord leads somebody who does not run workshops to what they may read.
func (s *Server) toRecord(w http.ResponseWriter, r *http.Request, t *store.Trust, err error) error {
	id, bad := pathID(r, "workshop")
	if bad != nil {
		return bad
	}
	if _, none := t.WorkshopRecord(r.Context(), id); none != nil {
		return err
	}
	return see(w, r, workshopPath(t, id)+"/record")
}

// consoleNow is the console's pieces as they are now.
func (s *Server) consoleNow(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := runsWorkshop(r, t)
	if err != nil {
		return err
	}
	v, err := s.console(r, t, id)
	if err != nil {
		return err
	}
	return s.sendParts(w, r, page.ConsoleParts(v))
}

// consoleEvents says when something has changed, a vote included.
func (s *Server) consoleEvents(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := runsWorkshop(r, t)
	if err != nil {
		return err
	}
	return s.follow(w, r, t.Person.String(), workshop.Room(id), workshop.DeskRoom(id))
}

// moved goes back to the console after a change, or says why there was none.
func (s *Server) moved(w http.ResponseWriter, r *http.Request, t *store.Trust, id uuid.UUID, done string, err error) error {
	if says := saysWorkshop(err); says != "" {
		return s.refuseAtDesk(w, r, t, id, says)
	}
	if err != nil {
		return err
	}
	path := workshopPath(t, id)
	if done != "" {
		path += "?done=" + done
	}
	return see(w, r, path)
}

// pressed reads a form of the console: which item and which step it was about.
func pressed(r *http.Request, t *store.Trust) (id, item uuid.UUID, step int, f form, err error) {
	if id, err = runsWorkshop(r, t); err != nil {
		return id, item, 0, f, err
	}
	if f, err = readForm(r); err != nil {
		return id, item, 0, f, err
	}
	item, _ = uuid.Parse(f.get("item")) // an item that is none is refused as one that is not on the agenda
	step, err = strconv.Atoi(f.get("step"))
	if err != nil {
		step = -1 // nobody's step
	}
	return id, item, step, f, nil
}

// beginWorkshop opens the lobby.
func (s *Server) beginWorkshop(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, _, step, _, err := pressed(r, t)
	if err != nil {
		return err
	}
	return s.moved(w, r, t, id, "", t.BeginWorkshop(r.Context(), id, step, s.now()))
}

// moveOn makes a move with an item.
func (s *Server) moveOn(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, item, step, f, err := pressed(r, t)
	if err != nil {
		return err
	}
	return s.moved(w, r, t, id, "", t.MoveOn(r.Context(), id, item, workshop.Move(f.get("move")), step, s.now()))
}

// agreeLevel keeps what the board has agreed on.
func (s *Server) agreeLevel(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, item, step, f, err := pressed(r, t)
	if err != nil {
		return err
	}
	level, _ := strconv.Atoi(f.get("level")) // what is no number is no level
	fault := page.AgreeForm{}
	if level < 1 || level > questionnaire.Levels {
		fault.Level.Error = "Select the level that the board agrees on"
	}
	fault.Reason.Error = checkWords(f, "reason", "why the board agrees on this level", "The reason", workshop.MaxReason)
	fault.Dissent.Error = checkLength(f, "dissent", "What those say who do not agree", workshop.MaxReason)
	if fault.Level.Error+fault.Reason.Error+fault.Dissent.Error != "" {
		return s.unkept(w, r, http.StatusUnprocessableEntity, t, id, func(v *page.ConsoleView) { agreeAgain(v, item, f, fault) })
	}
	agreed := workshop.Agreement{Level: level, Reason: strings.TrimSpace(f.get("reason")), Dissent: strings.TrimSpace(f.get("dissent"))}
	err = t.AgreeLevel(r.Context(), id, item, step, agreed, s.now())
	if fault.Reason.Error = saysWorkshop(err); fault.Reason.Error != "" {
		return s.unkept(w, r, http.StatusConflict, t, id, func(v *page.ConsoleView) { agreeAgain(v, item, f, fault) })
	}
	return s.moved(w, r, t, id, "agreed", err)
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// moveTimer gives the item under way more time, or less.
func (s *Server) moveTimer(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, _, _, f, err := pressed(r, t)
	if err != nil {
		return err
	}
	minutes, err := strconv.Atoi(f.get("minutes"))
	if err != nil || minutes < -workshop.MaxMinutes || minutes > workshop.MaxMinutes {
		return s.refuseAtDesk(w, r, t, id, saysWorkshop(workshop.ErrMinutes))
	}
	return s.moved(w, r, t, id, "", t.ExtendTimer(r.Context(), id, time.Duration(minutes)*time.Minute, s.now()))
}

// newJoinCode gives the workshop a new code.
func (s *Server) newJoinCode(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, _, _, _, err := pressed(r, t)
	if err != nil {
		return err
	}
	_, err = t.NewJoinCode(r.Context(), id, s.now())
	return s.moved(w, r, t, id, "code", err)
}

// settleParked marks something as settled, or opens it again.
func (s *Server) settleParked(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, _, _, f, err := pressed(r, t)
	if err != nil {
		return err
	}
	parked, err := pathID(r, "parked")
	if err != nil {
		return err
	}
	return s.moved(w, r, t, id, "", t.SettleParked(r.Context(), id, parked, f.get("done") == "yes"))
}

// confirmEnd asks whether the session is to end.
func (s *Server) confirmEnd(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	return s.renderEnd(w, r, http.StatusOK, t, "")
}

func (s *Server) renderEnd(w http.ResponseWriter, r *http.Request, status int, t *store.Trust, says string) error {
	id, err := runsWorkshop(r, t)
	if err != nil {
		return err
	}
	c, err := t.Console(r.Context(), id, s.now())
	if err != nil {
		return err
	}
	return s.render(w, r, status, page.EndWorkshop(page.EndWorkshopView{Frame: s.frame(r), Workshop: c.Workshop, Path: workshopPath(t, id), Error: says}))
}

// endWorkshop ends the session for good.
func (s *Server) endWorkshop(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, _, step, _, err := pressed(r, t)
	if err != nil {
		return err
	}
	err = t.EndWorkshop(r.Context(), id, step, s.now())
	if errors.Is(err, workshop.ErrNotRunning) {
		return see(w, r, workshopPath(t, id)) // somebody else has just ended it, or it has not begun
	}
	if says := saysWorkshop(err); says != "" {
		return s.renderEnd(w, r, http.StatusConflict, t, says)
	}
	if err != nil {
		return err
	}
	return see(w, r, workshopPath(t, id)+"/record")
}
