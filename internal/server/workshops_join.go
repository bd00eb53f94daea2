package server

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/store"
	"octant/internal/workshop"
	"octant/web/nhsuk"
	"octant/web/page"
)

// joinRoutes is what devices reach that have a workshop's code, and no account.
func (s *Server) joinRoutes(r chi.Router) {
	r.Get("/", s.public(s.showJoin))
	r.Post("/", s.public(s.join))
	r.Get("/{code}", s.public(s.showPhone))
	r.Get("/{code}/now", s.public(s.phoneNow))
	r.Get("/{code}/events", s.public(s.phoneEvents))
	r.Post("/{code}/vote", s.public(s.sendVote))
	r.Post("/{code}/card", s.public(s.sendCard))
	r.Post("/{code}/park", s.public(s.parkFromSeat))
	r.Post("/{code}/park/{parked}", s.public(s.voteUp))
}

// A device has two cookies: one that only counts how often it tries codes, and
// one with the code it joined by and the token of its seat.
const (
	cookieDevice = "octant-device"
	cookieSeat   = "octant-seat"
	seatSeconds  = int(store.SeatLife / time.Second)
)

// cookieName is a cookie's name, marked for browsers that hold it to HTTPS.
func (s *Server) cookieName(name string) string {
	if s.secure {
		return "__Secure-" + name
	}
	return name
}

func (s *Server) setJoinCookie(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/join", MaxAge: seatSeconds,
		HttpOnly: true, Secure: s.secure, SameSite: http.SameSiteLaxMode,
	})
}

func (s *Server) joinCookie(r *http.Request, name string) string {
	c, err := r.Cookie(s.cookieName(name))
	if err != nil {
		return ""
	}
	return c.Value
}

// seatToken is the token of this device's seat, and the code it joined by.
func (s *Server) seatToken(r *http.Request) (code, token string) {
	code, token, _ = strings.Cut(s.joinCookie(r, cookieSeat), ".")
	return code, token
}

// joinField asks for the code.
func joinField(value string) nhsuk.Field {
	return nhsuk.Field{
		Name: "code", Label: "Code", Hint: "It stands on the screen in the room, for example K7Q-M4T", Value: value,
		Code: true, Verbatim: true, Width: 10, Autocomplete: "off",
	}
}

// What the page says of a code that does not fit, whatever the reason.
const (
	saysNoCode    = "Enter the 6 letters and figures of the code"
	saysWrongJoin = "This code is not right, or it no longer works. Check the screen in the room"
)

// showJoin asks for a code.
func (s *Server) showJoin(w http.ResponseWriter, r *http.Request) error {
	return s.renderJoin(w, r, http.StatusOK, page.JoinView{Code: joinField("")})
}

// renderJoin asks for a code. The device is given its counting cookie here, so
// that it has one when it sends a code.
func (s *Server) renderJoin(w http.ResponseWriter, r *http.Request, status int, v page.JoinView) error {
	v.Frame, v.Member = s.frame(r), s.sessions.GetString(r.Context(), sessionName)
	if s.joinCookie(r, cookieDevice) == "" {
		s.setJoinCookie(w, cookieDevice, rand.Text())
	}
	return s.render(w, r, status, page.Join(v))
}

// join seats a device, or says the same of every code that does not lead in.
func (s *Server) join(w http.ResponseWriter, r *http.Request) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	typed := strings.TrimSpace(f.get("code"))
	field := joinField(typed)
	if typed == "" || len(typed) > 40 || f.sound() != nil {
		field.Error = saysNoCode
		return s.renderJoin(w, r, http.StatusUnprocessableEntity, page.JoinView{Code: field})
	}
	_, token := s.seatToken(r)
	j := store.Joining{
		Code: typed, Observer: f.get("as") == "observer", Token: token,
		Device: s.joinCookie(r, cookieDevice), Network: s.network(r),
	}
	if j.Device == "" {
		j.Device = "none at " + j.Network // its browser keeps no cookies, or it is no browser
	}
	if f.get("as") == "member" {
		j.Person, _ = uuid.Parse(s.sessions.GetString(r.Context(), sessionPerson)) // signed out meanwhile: somebody like all others
	}
	token, wait, err := s.db.JoinWorkshop(r.Context(), j, s.now())
	switch {
	case wait > 0:
		return limitError{wait}
	case errors.Is(err, store.ErrNotFound):
		field.Error = saysWrongJoin
		return s.renderJoin(w, r, http.StatusUnprocessableEntity, page.JoinView{Code: field})
	case errors.Is(err, workshop.ErrFull):
		return refusal{http.StatusConflict, "This session is full", "Ask the person who runs it to let you watch on another screen."}
	case err != nil:
		return err
	}
	code := access.ReadJoinCode(typed)
	s.setJoinCookie(w, cookieSeat, code+"."+token)
	return see(w, r, "/join/"+code)
}

// seat is this device's place in the session that the address names.
func (s *Server) seat(r *http.Request) (*store.Seat, error) {
	code, token := s.seatToken(r)
	if token == "" || code != chi.URLParam(r, "code") {
		return nil, store.ErrNotFound
	}
	return s.db.EnterWorkshop(r.Context(), token)
}

// phone is what a device shows: what is the same for the whole room, and its own.
func (s *Server) phone(r *http.Request, seat *store.Seat) (page.PhoneView, *stage, error) {
	stage, err := s.stages.of(r.Context(), seat)
	if err != nil {
		return page.PhoneView{}, nil, err
	}
	path := "/join/" + chi.URLParam(r, "code")
	v := page.PhoneView{
		RoomView: stage.view, Device: seat.Own.Device, Observer: seat.Own.Observer, Vote: seat.Own.Vote, First: seat.Own.First,
		Card: seat.Own.Card, Ups: seat.Own.Ups,
	}
	v.Path, v.Events = path, path+"/events"
	return v, stage, nil
}

// showPhone is a device's page, or, without a seat, the way to one.
func (s *Server) showPhone(w http.ResponseWriter, r *http.Request) error {
	seat, err := s.seat(r)
	if errors.Is(err, store.ErrNotFound) {
		code, token := s.seatToken(r)
		known := chi.URLParam(r, "code")
		v := page.JoinView{Code: joinField(known), Over: token != "" && code == known}
		if v.Removed, err = s.db.WasRemoved(r.Context(), token); err != nil {
			return err
		}
		if len(known) > 40 {
			v.Code.Value = ""
		}
		return s.renderJoin(w, r, http.StatusOK, v)
	}
	if err != nil {
		return err
	}
	v, _, err := s.phone(r, seat)
	if err != nil {
		return err
	}
	return s.renderPhone(w, r, http.StatusOK, v)
}

func (s *Server) renderPhone(w http.ResponseWriter, r *http.Request, status int, v page.PhoneView) error {
	v.Frame = s.frame(r)
	return s.renderPlain(w, r, status, page.Phone(v))
}

// phoneNow is a device's pieces as they are now. One whose seat is no more is
// told so.
func (s *Server) phoneNow(w http.ResponseWriter, r *http.Request) error {
	seat, err := s.seat(r)
	if errors.Is(err, store.ErrNotFound) {
		_, token := s.seatToken(r)
		removed, err := s.db.WasRemoved(r.Context(), token)
		if err != nil {
			return err
		}
		return s.sendParts(w, r, []page.Part{{Name: "stage", Content: page.Gone(removed)}})
	}
	if err != nil {
		return err
	}
	v, stage, err := s.phone(r, seat)
	if err != nil {
		return err
	}
	sheet, err := stage.sheet(r.Context(), v.Path)
	if err != nil {
		return err
	}
	return s.sendPieces(w, r, func(ctx context.Context, to *bytes.Buffer) error { return sheet.Write(ctx, to, v) })
}

// phoneEvents says when something has changed that everybody may see. Votes are
// not among it, so that nobody can count them by listening.
func (s *Server) phoneEvents(w http.ResponseWriter, r *http.Request) error {
	seat, err := s.seat(r)
	if err != nil {
		return err
	}
	return s.follow(w, r, "device "+strconv.Itoa(seat.Own.Device), workshop.Room(seat.Workshop))
}

// fromSeat reads a form of a device. Without a seat it leads back to the page
// that says so.
func (s *Server) fromSeat(w http.ResponseWriter, r *http.Request) (*store.Seat, form, error) {
	f, err := readForm(r)
	if err != nil {
		return nil, f, err
	}
	seat, err := s.seat(r)
	if errors.Is(err, store.ErrNotFound) {
		return nil, f, see(w, r, "/join/"+chi.URLParam(r, "code"))
	}
	return seat, f, err
}

// kept goes back to the device's page after a change, or shows what was sent with
// why it was not kept.
func (s *Server) kept(w http.ResponseWriter, r *http.Request, seat *store.Seat, sent page.Refusal, err error) error {
	path := "/join/" + chi.URLParam(r, "code")
	if err == nil || errors.Is(err, store.ErrNotFound) { // its page says why there is no place for it any more
		return see(w, r, path)
	}
	says := saysSeat(err)
	if says == "" {
		return err
	}
	now, err := s.seat(r)
	if err != nil {
		now = seat
	}
	v, _, err := s.phone(r, now)
	if err != nil {
		return err
	}
	v.Refused = sent
	v.Refused.Says = says
	return s.renderPhone(w, r, http.StatusConflict, v)
}

// saysSeat is what a device is told of a refusal, "" for an error of another kind.
func saysSeat(err error) string {
	for _, known := range []struct {
		err  error
		says string
	}{
		{workshop.ErrClosed, "Voting had closed before this arrived, so it does not count."},
		{workshop.ErrLate, "Only those who voted the first time vote again. If your vote were counted now, it could be worked out."},
		{workshop.ErrObserver, "You are watching, so you have no vote."},
		{workshop.ErrByCards, "This vote is taken with cards. Hold up the card with your level."},
		{workshop.ErrChoice, "Select the answer that fits best."},
		{workshop.ErrText, "Write up to 200 characters."},
		{workshop.ErrFull, "The parking lot is full."},
	} {
		if errors.Is(err, known.err) {
			return known.says
		}
	}
	return ""
}

// sendVote keeps a device's vote. Only a vote that is kept is acknowledged.
func (s *Server) sendVote(w http.ResponseWriter, r *http.Request) error {
	seat, f, err := s.fromSeat(w, r)
	if seat == nil {
		return err
	}
	item, _ := uuid.Parse(f.get("item"))     // an item that is none has no open vote
	number, _ := strconv.Atoi(f.get("vote")) // nor has a vote that is none
	code := f.get("choice")
	if code == page.VoteDontKnow {
		code = assessment.DontKnow.Code()
	}
	choice, bad := assessment.ParseChoice(code) // what is no choice is refused as one
	if bad != nil || f.sound() != nil || number != 2 && number != 1 {
		choice = assessment.NotAnswered
	}
	err = seat.Vote(r.Context(), item, max(1, number), choice)
	if err == nil {
		s.nudge(workshop.DeskRoom(seat.Workshop))
	}
	return s.kept(w, r, seat, page.Refusal{Choice: choice, Field: "vote"}, err)
}

// sendCard keeps what a device writes on its card.
func (s *Server) sendCard(w http.ResponseWriter, r *http.Request) error {
	seat, f, err := s.fromSeat(w, r)
	if seat == nil {
		return err
	}
	item, _ := uuid.Parse(f.get("item")) // an item that is none takes no cards
	err = seat.WriteCard(r.Context(), item, f.get("card"))
	if err == nil {
		s.nudge(workshop.DeskRoom(seat.Workshop))
	}
	return s.kept(w, r, seat, page.Refusal{Words: f.get("card"), Field: "card"}, err)
}

// parkFromSeat parks something to come back to.
func (s *Server) parkFromSeat(w http.ResponseWriter, r *http.Request) error {
	seat, f, err := s.fromSeat(w, r)
	if seat == nil {
		return err
	}
	err = seat.Park(r.Context(), f.get("words"))
	if err == nil {
		s.nudge(workshop.Room(seat.Workshop))
	}
	return s.kept(w, r, seat, page.Refusal{Words: f.get("words"), Field: "park"}, err)
}

// voteUp says that a device's owner wants to come back to something, or not.
func (s *Server) voteUp(w http.ResponseWriter, r *http.Request) error {
	seat, f, err := s.fromSeat(w, r)
	if seat == nil {
		return err
	}
	parked, err := pathID(r, "parked")
	if err != nil {
		return err
	}
	err = seat.VoteUp(r.Context(), parked, f.get("up") == "yes")
	if err == nil {
		s.nudge(workshop.Room(seat.Workshop))
	}
	return s.kept(w, r, seat, page.Refusal{Field: "park"}, err)
}
