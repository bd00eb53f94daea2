package page_test

import (
	"bytes"
	"testing"

	"github.com/google/uuid"

	"octant/internal/assessment"
	"octant/internal/workshop"
	"octant/web/page"
)

// TestPhoneSheetSaysWhatThePhoneSays: whatever a device has sent, at every stage,
// the pieces that were written for all are those of its own page.
func TestPhoneSheetSaysWhatThePhoneSays(t *testing.T) {
	t.Parallel()
	rooms := []page.RoomView{at(t, workshop.Talk, workshop.Shown), at(t, "", workshop.Waiting)}
	for _, stage := range []workshop.Stage{
		workshop.Shown, workshop.Voting, workshop.Voted, workshop.Revealed, workshop.Discussing, workshop.VotingAgain,
		workshop.VotedAgain, workshop.Shifted, workshop.Agreed, workshop.Done,
	} {
		rooms = append(rooms, at(t, workshop.Question, stage), at(t, workshop.Cards, stage))
		cards := at(t, workshop.Question, stage)
		cards.Workshop.Now().ByCards = [2]bool{true, false}
		rooms = append(rooms, cards)
	}
	ended := at(t, workshop.Question, workshop.Voting)
	ended.Workshop.State = workshop.Ended
	for _, room := range append(rooms, ended) {
		room.Path = "/join/K7QM4T"
		sheet, err := page.NewPhoneSheet(t.Context(), room)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range phonesIn(room) {
			var got, want bytes.Buffer
			if err := sheet.Write(t.Context(), &got, v); err != nil {
				t.Fatal(err)
			}
			if err := page.Parts(page.PhoneParts(v)).Render(t.Context(), &want); err != nil {
				t.Fatal(err)
			}
			if got.String() != want.String() || want.Len() == 0 {
				t.Fatalf("%+v\nis sent %s\nwant %s", v, &got, &want)
			}
		}
	}
}

// phonesIn are all devices that there may be in a room.
func phonesIn(room page.RoomView) (all []page.PhoneView) {
	ups := []uuid.UUID{uuid.New()}
	for _, p := range room.Parked {
		ups = append(ups, p.ID)
	}
	for first := assessment.NotAnswered; first <= assessment.DontKnow; first++ {
		for vote := assessment.NotAnswered; vote <= assessment.DontKnow; vote++ {
			v := page.PhoneView{RoomView: room, Device: 12, Vote: vote, First: first}
			all = append(all, v)
			v.Observer, v.Device = true, 0
			all = append(all, v)
			v.Observer, v.Card, v.Ups = false, "too many passwords", ups
			all = append(all, v)
			v.Refused = page.Refusal{Says: "Voting had closed.", Choice: 2, Field: "vote"}
			all = append(all, v)
		}
	}
	return all
}
