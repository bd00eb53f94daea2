package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

func TestSendAgain(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	draft := storetest.Draft(t, db, b, questionnaire.Core)
	r := storetest.OpenRound(t, db, b, questionnaire.Core)
	lead, c := storetest.Enter(t, db, b.Lead, b.ODS), clock(t, db, b.ODS)
	reader := b.Members[0]
	again := func(round, person uuid.UUID) error {
		t.Helper()
		return lead.SendAgain(t.Context(), round, person, storetest.Now.Add(time.Hour))
	}
	refuses := func(want error, round, person uuid.UUID) {
		t.Helper()
		before := len(queued(t, db, b.ODS))
		if err := again(round, person); !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
		if after := len(queued(t, db, b.ODS)); after != before {
			t.Errorf("a refusal (%v) wrote %d letters", want, after-before)
		}
	}
	refuses(store.ErrUnderWay, r.ID, reader)
	refuses(store.ErrNotFound, r.ID, b.Lead)
	refuses(store.ErrNotFound, uuid.New(), reader)
	refuses(store.ErrNotFound, draft.ID, reader)
	storetest.Change(t, db, `UPDATE letters SET state = 'accepted', done_at = made_at WHERE ods = $1`, b.ODS)
	if err := again(r.ID, reader); err != nil {
		t.Fatal(err)
	}
	refuses(store.ErrUnderWay, r.ID, reader)
	out, ok, err := c.TakeLetter(t.Context(), to(t, queued(t, db, b.ODS), reader), storetest.Now)
	if err != nil || !ok || out.Kind != assessment.Invitation || out.Token == "" {
		t.Errorf("again: %+v %v %v", out, ok, err)
	}
	storetest.Change(t, db, `UPDATE people SET email = NULL WHERE id = $1`, b.Members[1])
	refuses(store.ErrNoAddress, r.ID, b.Members[1])
	storetest.Change(t, db, `UPDATE invitations SET finished = true WHERE person_id = $1`, b.Members[2])
	refuses(store.ErrFinished, r.ID, b.Members[2])
	storetest.Change(t, db, `UPDATE invitations SET on_paper = true WHERE person_id = $1`, b.Members[3])
	refuses(assessment.ErrOnPaper, r.ID, b.Members[3])
	if err := lead.NewLink(t.Context(), r.ID, b.Members[4], storetest.Now); err != nil {
		t.Fatal(err)
	}
	if err := lead.RevokeLinks(t.Context(), r.ID, b.Members[4], storetest.Now); err != nil {
		t.Fatal(err)
	}
	refuses(store.ErrRevoked, r.ID, b.Members[4])
	for _, nobody := range []uuid.UUID{b.Chair, b.Facilitator, b.Members[5]} {
		if err := storetest.Enter(t, db, nobody, b.ODS).SendAgain(t.Context(), r.ID, reader, storetest.Now); !errors.Is(err, access.ErrDenied) {
			t.Errorf("somebody else: %v", err)
		}
		if _, err := storetest.Enter(t, db, nobody, b.ODS).Letters(t.Context(), r.ID); !errors.Is(err, access.ErrDenied) {
			t.Errorf("somebody else reads the list: %v", err)
		}
	}
	var deeds int
	if err := storetest.Owner(t, db).QueryRow(t.Context(), `
		SELECT count(*) FROM audit WHERE ods = $1 AND deed = 'letter sent again' AND actor = $2 AND person_id = $3`,
		b.ODS, b.Lead, reader).Scan(&deeds); err != nil || deeds != 1 {
		t.Errorf("the record has it %d times: %v", deeds, err)
	}
}

func TestLettersListEverybodyWithTheirNewest(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	storetest.Change(t, db, `UPDATE people SET email = NULL WHERE id = $1`, b.Members[3])
	r := storetest.OpenRound(t, db, b, questionnaire.Core)
	storetest.Change(t, db, `UPDATE letters SET state = 'refused', said = '550 no', done_at = made_at WHERE person_id = $1`, b.Members[0])
	lead := storetest.Enter(t, db, b.Lead, b.ODS)
	if err := lead.SendAgain(t.Context(), r.ID, b.Members[0], storetest.Now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	list, err := lead.Letters(t.Context(), r.ID)
	if err != nil || len(list) != len(b.Members) {
		t.Fatalf("%d people: %v", len(list), err)
	}
	if !slices.IsSortedFunc(list, func(a, b store.Correspondent) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("they are not in order")
	}
	if first := list[0]; len(first.Letters) != 1 || first.Letters[0].State != store.LetterQueued || !first.Reachable {
		t.Errorf("the newest of a kind counts: %+v", first)
	}
	if none := list[3]; len(none.Letters) != 0 || none.Reachable {
		t.Errorf("somebody without an address: %+v", none)
	}
	if list, err := lead.Letters(t.Context(), uuid.New()); err != nil || len(list) != 0 {
		t.Errorf("a round that there is not: %v %v", list, err)
	}
}

func TestLettersOfTheDemonstrationWait(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	if err := db.FillDemo(t.Context(), storetest.Now); err != nil {
		t.Fatal(err)
	}
	person, err := db.AskForCode(t.Context(), "member-1@octant.example", storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	letters, codes, err := db.WaitingLetters(t.Context(), storetest.Now)
	if err != nil || len(letters) == 0 || len(codes) != 1 || codes[0].ID != person || len(codes[0].Code) != 6 {
		t.Fatalf("%d letters, %d codes: %v", len(letters), len(codes), err)
	}
	for _, l := range letters {
		if l.Kind != assessment.Reminder || l.Token == "" || l.Round.State != assessment.Open {
			t.Errorf("%+v waits", l)
		}
	}
	if err := db.FillDemo(t.Context(), storetest.Now.AddDate(0, 0, 1)); err != nil {
		t.Fatal(err)
	}
	if again, _, err := db.WaitingLetters(t.Context(), storetest.Now); err != nil || len(again) != len(letters) {
		t.Errorf("filled twice, %d letters wait: %v", len(again), err)
	}
}
