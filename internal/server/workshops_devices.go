package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"octant/internal/store"
	"octant/internal/workshop"
	"octant/web/nhsuk"
	"octant/web/page"
)

// expectedField asks how many people are in the room.
func expectedField(people int) nhsuk.Field {
	f := nhsuk.Field{
		Name: "expected", Label: "How many people can vote in the room?", InputMode: "numeric", Width: 4,
		Hint: "You are warned if more can vote. Leave it empty if you do not know",
	}
	if people > 0 {
		f.Value = strconv.Itoa(people)
	}
	return f
}

// devices is the page of who is in the room.
func (s *Server) devices(r *http.Request, t *store.Trust, id uuid.UUID) (page.DevicesView, error) {
	in, err := t.WorkshopDevices(r.Context(), id)
	if err != nil {
		return page.DevicesView{}, err
	}
	v := page.DevicesView{
		Frame: s.frame(r), Title: in.Title, Path: workshopPath(t, id), Running: in.State == workshop.Running,
		Room: page.RoomCount{Expected: in.Expected, Joined: in.Joined, Rehearsal: in.Rehearsal}, Expected: expectedField(in.Expected),
	}
	for _, d := range in.Devices {
		v.Devices = append(v.Devices, page.Device{Number: d.Number, JoinedAt: d.JoinedAt, Watching: d.Watching})
	}
	return v, nil
}

// showDevices lists who is in the room, in devices.
func (s *Server) showDevices(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := runsWorkshop(r, t)
	if err != nil {
		return err
	}
	v, err := s.devices(r, t, id)
	if err != nil {
		return err
	}
	switch n, err := strconv.Atoi(r.URL.Query().Get("removed")); {
	case err == nil && n > 0:
		v.Notice = "Device " + strconv.Itoa(n) + " is out of the session. It can join again with the code."
	case r.URL.Query().Get("done") == "expected":
		v.Notice = "The number of people is kept."
	}
	return s.render(w, r, http.StatusOK, page.Devices(v))
}

// refuseDevices shows the devices as they are now, with why the last thing asked
// for was not done.
func (s *Server) refuseDevices(w http.ResponseWriter, r *http.Request, t *store.Trust, id uuid.UUID, says string) error {
	v, err := s.devices(r, t, id)
	if err != nil {
		return err
	}
	v.Error = says
	return s.render(w, r, http.StatusConflict, page.Devices(v))
}

// expectPeople keeps how many people are in the room.
func (s *Server) expectPeople(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, _, _, f, err := pressed(r, t)
	if err != nil {
		return err
	}
	typed := strings.TrimSpace(f.get("expected"))
	people, err := strconv.Atoi(orElse(typed, "0"))
	if err != nil || people < 0 || people > workshop.MaxSeats || f.sound() != nil {
		v, err := s.devices(r, t, id)
		if err != nil {
			return err
		}
		v.Expected.Value, v.Expected.Error = typed, "Enter how many people there are, as a number up to "+strconv.Itoa(workshop.MaxSeats)
		return s.render(w, r, http.StatusUnprocessableEntity, page.Devices(v))
	}
	err = t.ExpectPeople(r.Context(), id, people)
	if says := saysWorkshop(err); says != "" {
		return s.refuseDevices(w, r, t, id, says)
	}
	if err != nil {
		return err
	}
	return see(w, r, workshopPath(t, id)+"/devices?done=expected")
}

// removeDevice takes a device out of the session.
func (s *Server) removeDevice(w http.ResponseWriter, r *http.Request, t *store.Trust) error {
	id, err := runsWorkshop(r, t)
	if err != nil {
		return err
	}
	number, err := strconv.Atoi(chi.URLParam(r, "device"))
	if err != nil {
		return store.ErrNotFound
	}
	err = t.RemoveDevice(r.Context(), id, number, s.now())
	if errors.Is(err, store.ErrNotFound) {
		return s.refuseDevices(w, r, t, id, "Device "+strconv.Itoa(number)+" is not in the session now")
	}
	if says := saysWorkshop(err); says != "" {
		return s.refuseDevices(w, r, t, id, says)
	}
	if err != nil {
		return err
	}
	return see(w, r, workshopPath(t, id)+"/devices?removed="+strconv.Itoa(number))
}
