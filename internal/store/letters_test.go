package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// queued lists the letters whose jobs are in the queue, with who they are for.
func queued(t *testing.T, db *store.DB, ods string) map[uuid.UUID]uuid.UUID {
	t.Helper()
	rows, err := storetest.Owner(t, db).Query(t.Context(), `
		SELECT l.id, l.person_id FROM river.river_job j JOIN letters l ON l.id = (j.args ->> 'letter')::uuid AND l.ods = j.args ->> 'ods'
		WHERE j.kind = 'letter' AND j.queue = 'letters' AND l.ods = $1 AND l.state = 'queued'`, ods)
	if err != nil {
		t.Fatal(err)
	}
	letters := map[uuid.UUID]uuid.UUID{}
	var letter, person uuid.UUID
	if _, err := pgx.ForEachRow(rows, []any{&letter, &person}, func() error { letters[letter] = person; return nil }); err != nil {
		t.Fatal(err)
	}
	return letters
}

// clock is the program acting in a trust at its time.
func clock(t *testing.T, db *store.DB, ods string) *store.Trust {
	t.Helper()
	c, err := db.EnterByClock(t.Context(), ods)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// to is the letter in the queue for somebody.
func to(t *testing.T, letters map[uuid.UUID]uuid.UUID, person uuid.UUID) uuid.UUID {
	t.Helper()
	for letter, reader := range letters {
		if reader == person {
			return letter
		}
	}
	t.Fatalf("no letter for %v is queued", person)
	return uuid.Nil
}

func TestOpeningARoundInvitesThoseWhoCanBeReached(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	storetest.Change(t, db, `UPDATE people SET email = NULL WHERE id = $1`, b.Members[3])
	r := storetest.OpenRound(t, db, b, questionnaire.Core)
	letters := queued(t, db, b.ODS)
	if len(letters) != len(b.Members)-1 {
		t.Errorf("%d letters for %d people with an address", len(letters), len(b.Members)-1)
	}
	lead := storetest.Enter(t, db, b.Lead, b.ODS)
	if err := lead.OpenRound(t.Context(), r.ID, storetest.Now); !errors.Is(err, assessment.ErrNotDraft) {
		t.Errorf("opening again: %v", err)
	}
	if again := queued(t, db, b.ODS); len(again) != len(letters) {
		t.Errorf("opening again wrote %d letters", len(again)-len(letters))
	}
}

func TestOnlyThoseAddedToAnOpenRoundAreInvited(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	lead := storetest.Enter(t, db, b.Lead, b.ODS)
	r := storetest.Draft(t, db, b, questionnaire.Core)
	for _, step := range []struct{ people, letters int }{{4, 0}, {8, 0}} {
		if err := lead.SetAsked(t.Context(), r.ID, b.Members[:step.people], storetest.Now); err != nil {
			t.Fatal(err)
		}
		if got := len(queued(t, db, b.ODS)); got != step.letters {
			t.Errorf("a draft with %d people wrote %d letters", step.people, got)
		}
	}
	if err := lead.OpenRound(t.Context(), r.ID, storetest.Now); err != nil {
		t.Fatal(err)
	}
	if err := lead.SetAsked(t.Context(), r.ID, b.Members[:10], storetest.Now); err != nil {
		t.Fatal(err)
	}
	letters := queued(t, db, b.ODS)
	if len(letters) != 10 {
		t.Errorf("%d letters for 10 people", len(letters))
	}
	to(t, letters, b.Members[9])
	if err := lead.SetAsked(t.Context(), r.ID, append(slices.Clone(b.Members[:10]), b.Lead), storetest.Now); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("adding somebody not on the board: %v", err)
	}
	if got := len(queued(t, db, b.ODS)); got != 10 {
		t.Errorf("what was not kept wrote %d letters", got-10)
	}
}

func TestClosingARoundTellsEverybodyWhoWasAsked(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	r := storetest.ClosedRound(t, db, b, questionnaire.Core)
	c := clock(t, db, b.ODS)
	kinds := map[assessment.Letter]int{}
	for letter := range queued(t, db, b.ODS) {
		out, ok, err := c.TakeLetter(t.Context(), letter, storetest.Now)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			kinds[out.Kind]++
		}
		if ok && (out.Token != "" || out.Round.ID != r.ID) {
			t.Errorf("it carries %+v", out)
		}
	}
	if len(kinds) != 1 || kinds[assessment.Released] != len(b.Members) {
		t.Errorf("letters that go: %v; nobody needs an invitation any more", kinds)
	}
}

func TestLetterTakenHasAllThatItSays(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	r := storetest.OpenRound(t, db, b, questionnaire.Core)
	reader := b.Members[2]
	late := r.ClosesOn.AddDate(0, 0, 5)
	storetest.Change(t, db, `UPDATE invitations SET extended_to = $1 WHERE person_id = $2`, late, reader)
	c, letter := clock(t, db, b.ODS), to(t, queued(t, db, b.ODS), reader)
	out, ok, err := c.TakeLetter(t.Context(), letter, storetest.Now)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	want := store.Outgoing{
		ID: letter, Kind: assessment.Invitation, State: store.LetterQueued, MadeAt: storetest.Now, ODS: b.ODS, Trust: b.Name,
		To:      access.Person{ID: reader, Name: "Member 03 of " + b.ODS, Email: reader.String() + "@example.org"},
		LastDay: late, Minutes: "10 to 12", Token: out.Token,
		Round: assessment.Round{ID: r.ID, Title: r.Title, Questionnaire: r.Questionnaire, Form: r.Form, State: assessment.Open, ClosesOn: r.ClosesOn},
	}
	if out != want || out.Token == "" {
		t.Errorf("taken: %+v\nwant:  %+v", out, want)
	}
	again, ok, err := c.TakeLetter(t.Context(), letter, storetest.Now)
	if err != nil || !ok || again.State != store.LetterSending || again.Token != out.Token {
		t.Errorf("after the program died while sending: %+v %v %v, want the same letter", again, ok, err)
	}
}

func TestLetterIsTakenUntilItIsDealtWith(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	r := storetest.OpenRound(t, db, b, questionnaire.Core)
	c, letters := clock(t, db, b.ODS), queued(t, db, b.ODS)
	lead := storetest.Enter(t, db, b.Lead, b.ODS)
	for i, step := range []struct {
		state store.LetterState
		again bool
	}{{store.LetterQueued, true}, {store.LetterAccepted, false}, {store.LetterRefused, false}} {
		reader := b.Members[i]
		letter := to(t, letters, reader)
		take := func() bool {
			t.Helper()
			_, ok, err := c.TakeLetter(t.Context(), letter, storetest.Now)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		if !take() {
			t.Fatal("it is not taken")
		}
		if err := c.RecordLetter(t.Context(), letter, step.state, "451 later", storetest.Now); err != nil {
			t.Fatal(err)
		}
		if err := c.RecordLetter(t.Context(), letter, step.state, "451 later", storetest.Now.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		list, err := lead.Letters(t.Context(), r.ID)
		if err != nil {
			t.Fatal(err)
		}
		at := slices.IndexFunc(list, func(c store.Correspondent) bool { return c.Person == reader })
		want := store.SentLetter{Kind: assessment.Invitation, State: step.state, Said: "451 later", MadeAt: storetest.Now}
		if !step.again {
			want.DoneAt = storetest.Now
		}
		if got := list[at].Letters; len(got) != 1 || got[0] != want || list[at].UnderWay() != step.again {
			t.Errorf("the lead sees %+v, want %+v", got, want)
		}
		if got := take(); got != step.again {
			t.Errorf("%s: taken again is %v", step.state, got)
		}
	}
	if _, ok, err := c.TakeLetter(t.Context(), uuid.New(), storetest.Now); ok || err != nil {
		t.Errorf("a letter that there is not: %v %v", ok, err)
	}
	if _, _, err := lead.TakeLetter(t.Context(), to(t, letters, b.Members[5]), storetest.Now); !errors.Is(err, access.ErrDenied) {
		t.Errorf("the lead takes a letter, and with it somebody's link: %v", err)
	}
}

func TestLetterNobodyNeedsIsDropped(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	r := storetest.OpenRound(t, db, b, questionnaire.Core)
	other := storetest.Trust(t, db)
	lead, c, letters := storetest.Enter(t, db, b.Lead, b.ODS), clock(t, db, b.ODS), queued(t, db, b.ODS)
	set := `UPDATE invitations SET %s WHERE round_id = $1 AND person_id = $2`
	for i, why := range []string{"finished = true", "on_paper = true", "link revoked", "no address", "away = true"} {
		reader := b.Members[i]
		letter := to(t, letters, reader)
		switch why {
		case "link revoked":
			if err := lead.NewLink(t.Context(), r.ID, reader, storetest.Now); err != nil {
				t.Fatal(err)
			}
			if err := lead.RevokeLinks(t.Context(), r.ID, reader, storetest.Now); err != nil {
				t.Fatal(err)
			}
		case "no address":
			storetest.Change(t, db, `UPDATE people SET email = NULL WHERE id = $1`, reader)
		case "away = true":
			storetest.Change(t, db, `UPDATE letters SET kind = 'reminder' WHERE id = $1`, letter)
			fallthrough
		default:
			storetest.Change(t, db, strings.ReplaceAll(set, "%s", why), r.ID, reader)
		}
		if _, ok, err := c.TakeLetter(t.Context(), letter, storetest.Now); ok || err != nil {
			t.Errorf("%s: taken %v %v", why, ok, err)
		}
		var state store.LetterState
		if err := storetest.Owner(t, db).QueryRow(t.Context(), `SELECT state FROM letters WHERE id = $1`, letter).Scan(&state); err != nil {
			t.Fatal(err)
		}
		if state != store.LetterDropped {
			t.Errorf("%s: it is %s", why, state)
		}
	}
	if _, ok, err := clock(t, db, other.ODS).TakeLetter(t.Context(), to(t, letters, b.Members[7]), storetest.Now); ok || err != nil {
		t.Errorf("another trust takes it: %v %v", ok, err)
	}
}

func TestQueueHoldsNeitherAddressNorToken(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	storetest.OpenRound(t, db, b, questionnaire.Core)
	rows, err := storetest.Owner(t, db).Query(t.Context(), `SELECT to_jsonb(j)::text FROM river.river_job j`)
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil || len(jobs) != len(b.Members) {
		t.Fatalf("%d jobs: %v", len(jobs), err)
	}
	c, letters := clock(t, db, b.ODS), queued(t, db, b.ODS)
	for _, member := range b.Members {
		out, _, err := c.TakeLetter(t.Context(), to(t, letters, member), storetest.Now)
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{out.To.Email, out.To.Name, out.Token} {
			if all := strings.Join(jobs, "\n"); secret == "" || strings.Contains(all, secret) {
				t.Errorf("the queue holds %q", secret)
			}
		}
	}
}
