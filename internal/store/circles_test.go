package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// TestCircle goes through a circle's life: made, joined, read, left.
func TestCircle(t *testing.T) {
	t.Parallel()
	db, ctx, now := storetest.New(t), t.Context(), storetest.Now
	one, two, three := storetest.Trust(t, db), storetest.Trust(t, db), storetest.Trust(t, db)
	for _, b := range []storetest.Board{one, two, three} {
		figures(t, db, b.ODS, now, 3)
	}
	founder, second := storetest.Enter(t, db, one.Lead, one.ODS), storetest.Enter(t, db, two.Lead, two.ODS)
	id, err := founder.MakeCircle(ctx, "Northern trusts", now)
	if err != nil {
		t.Fatal(err)
	}
	if err := founder.InviteToCircle(ctx, id, two.ODS, now); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"twice": founder.InviteToCircle(ctx, id, two.ODS, now), "itself": founder.InviteToCircle(ctx, id, one.ODS, now),
	} {
		if !errors.Is(err, store.ErrInCircle) {
			t.Errorf("invited %s: %v", what, err)
		}
	}
	if err := founder.InviteToCircle(ctx, id, "ZZZZZ", now); !errors.Is(err, store.ErrNoTrust) {
		t.Errorf("no such trust: %v", err)
	}
	if err := second.InviteToCircle(ctx, id, three.ODS, now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("not the founder invites: %v", err)
	}
	// The invited see who is in it, but no figures; strangers see nothing.
	if c, err := db.Circle(ctx, two.Lead, id, now); err != nil || len(c.Places) != 2 || c.Sees || c.Figures != nil {
		t.Errorf("invited: %+v, %v", c, err)
	}
	for who, person := range map[string]uuid.UUID{"lead elsewhere": three.Lead, "member": one.Members[0], "chair": one.Chair, "viewer": one.Viewer} {
		if _, err := db.Circle(ctx, person, id, now); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", who, err)
		}
	}
	if err := second.AnswerCircle(ctx, id, true, now); err != nil {
		t.Fatal(err)
	}
	if err := second.AnswerCircle(ctx, id, false, now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("answered twice: %v", err)
	}
	// Joined, but nobody has gone up to that rung; then one; then both.
	seen := func(person uuid.UUID) int {
		c, err := db.Circle(ctx, person, id, now)
		if err != nil {
			t.Fatal(err)
		}
		return len(c.Figures)
	}
	if a, b := seen(one.Lead), seen(two.Lead); a+b != 0 {
		t.Errorf("nobody shares, and %d and %d are seen", a, b)
	}
	share(t, db, one, access.InCircle, now)
	if a, b := seen(one.Lead), seen(two.Lead); a != 1 || b != 0 {
		t.Errorf("one shares: it sees %d, the other %d", a, b)
	}
	share(t, db, two, access.Public, now)
	if a, b := seen(one.Lead), seen(two.Lead); a != 2 || b != 2 {
		t.Errorf("both share: %d and %d are seen", a, b)
	}
	if led, cards, err := db.Circles(ctx, two.Lead); err != nil || len(led) != 1 || len(cards) != 1 || cards[0].Members != 2 || cards[0].State != store.CircleMember {
		t.Errorf("list: %+v, %+v, %v", led, cards, err)
	}
	if err := second.LeaveCircle(ctx, id, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Circle(ctx, two.Lead, id, now); !errors.Is(err, store.ErrNotFound) || seen(one.Lead) != 1 {
		t.Errorf("after leaving: %v", err)
	}
	if err := errors.Join(founder.InviteToCircle(ctx, id, two.ODS, now), second.AnswerCircle(ctx, id, false, now)); err != nil {
		t.Errorf("invited again and declined: %v", err)
	}
	deeds := deedsOf(t, db, two.ODS)
	for _, want := range []string{"circle joined: Northern trusts", "circle left: Northern trusts", "circle declined: Northern trusts"} {
		if !strings.Contains(deeds, want) {
			t.Errorf("not recorded: %s in %s", want, deeds)
		}
	}
	if deeds := deedsOf(t, db, one.ODS); !strings.Contains(deeds, "trust invited to circle: Northern trusts: "+two.ODS) {
		t.Errorf("invitation not recorded: %s", deeds)
	}
}

// TestAdvice asks a stronger trust that agreed to be asked, and is answered,
// through letters that show no address.
func TestAdvice(t *testing.T) {
	t.Parallel()
	db, ctx, now := storetest.New(t), t.Context(), storetest.Now
	asker, strong, shy, private, near := storetest.Trust(t, db), storetest.Trust(t, db), storetest.Trust(t, db), storetest.Trust(t, db), storetest.Trust(t, db)
	lead := storetest.Enter(t, db, asker.Lead, asker.ODS)
	if _, none, err := lead.Guides(ctx, "4", now); err != nil || !none {
		t.Errorf("without a score: %v, %v", none, err)
	}
	for b, score := range map[*storetest.Board]float64{&asker: 2.2, &strong: 4.3, &shy: 4.4, &private: 4.5, &near: 2.5} {
		figures(t, db, b.ODS, now, score)
		other := storetest.Enter(t, db, b.Lead, b.ODS)
		if b != &private {
			share(t, db, *b, access.Counted, now)
		}
		if err := other.SetWilling(ctx, b != &shy, now); err != nil {
			t.Fatal(err)
		}
	}
	guides, none, err := lead.Guides(ctx, "4", now)
	if err != nil || none || len(guides) != 1 || guides[0].ODS != strong.ODS {
		t.Fatalf("%+v, %v, %v", guides, none, err)
	}
	for _, ods := range []string{shy.ODS, private.ODS, near.ODS, asker.ODS, "ZZZZZ"} {
		if err := lead.AskAdvice(ctx, "4", ods, "How?", now); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("asked %s: %v", ods, err)
		}
	}
	if err := lead.AskAdvice(ctx, "4", strong.ODS, "How did you\nstart?", now); err != nil {
		t.Fatal(err)
	}
	if err := lead.AskAdvice(ctx, "4", strong.ODS, "And?", now); !errors.Is(err, store.ErrAskedThem) {
		t.Errorf("asked again: %v", err)
	}
	there := storetest.Enter(t, db, strong.Lead, strong.ODS)
	list, err := there.Requests(ctx)
	if err != nil || len(list) != 1 || list[0].Sent || list[0].Trust != asker.Name || list[0].Words != "How did you\nstart?" {
		t.Fatalf("%+v, %v", list, err)
	}
	id := list[0].ID
	if err := storetest.Enter(t, db, shy.Lead, shy.ODS).ReplyAdvice(ctx, id, "I say", now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("somebody else answers: %v", err)
	}
	letter := adviceLetter(t, db, strong.ODS, id, false)
	if letter.Kind != assessment.AdviceAsked || letter.To.ID != strong.Lead || letter.Advice.Trust != asker.Name || letter.Advice.Words != "How did you\nstart?" {
		t.Errorf("letter %+v, %+v", letter, letter.Advice)
	}
	if err := there.ReplyAdvice(ctx, id, "Slowly.", now); err != nil {
		t.Fatal(err)
	}
	if err := there.ReplyAdvice(ctx, id, "Again.", now); !errors.Is(err, store.ErrReplied) {
		t.Errorf("answered twice: %v", err)
	}
	letter = adviceLetter(t, db, asker.ODS, id, true)
	if letter.Kind != assessment.AdviceGiven || letter.To.ID != asker.Lead || letter.Advice.Trust != strong.Name || letter.Advice.Words != "Slowly." {
		t.Errorf("letter %+v, %+v", letter, letter.Advice)
	}
	if list, err := lead.Requests(ctx); err != nil || !list[0].Sent || list[0].Reply != "Slowly." || list[0].ReplyBy == "" {
		t.Errorf("%+v, %v", list, err)
	}
	if !strings.Contains(deedsOf(t, db, asker.ODS), "another trust asked for advice") || !strings.Contains(deedsOf(t, db, strong.ODS), "request for advice answered") {
		t.Error("not recorded")
	}
}

// adviceLetter does what the queue would do, twice, and gives the one letter.
func adviceLetter(t *testing.T, db *store.DB, ods string, request uuid.UUID, reply bool) store.Outgoing {
	t.Helper()
	clock, err := db.EnterByClock(t.Context(), ods)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := clock.WriteAdvice(t.Context(), request, reply, storetest.Now); err != nil {
			t.Fatal(err)
		}
	}
	var id uuid.UUID
	err = storetest.Owner(t, db).QueryRow(t.Context(), `SELECT (array_agg(id))[1] FROM letters WHERE ods = $1 AND request_id = $2 HAVING count(*) = 1`, ods, request).Scan(&id)
	if err != nil {
		t.Fatal(err)
	}
	out, ok, err := clock.TakeLetter(t.Context(), id, storetest.Now)
	if err != nil || !ok {
		t.Fatalf("take letter: %v, %v", ok, err)
	}
	return out
}

// TestAdviceIsLimited: a trust asks five others in a month and no more.
func TestAdviceIsLimited(t *testing.T) {
	t.Parallel()
	db, ctx, now := storetest.New(t), t.Context(), storetest.Now
	asker := storetest.Trust(t, db)
	figures(t, db, asker.ODS, now, 2)
	lead := storetest.Enter(t, db, asker.Lead, asker.ODS)
	for i := range 6 {
		b := storetest.Trust(t, db)
		figures(t, db, b.ODS, now, 4)
		share(t, db, b, access.Counted, now)
		if err := storetest.Enter(t, db, b.Lead, b.ODS).SetWilling(ctx, true, now); err != nil {
			t.Fatal(err)
		}
		err := lead.AskAdvice(ctx, "1", b.ODS, "How?", now)
		if i < 5 && err != nil || i == 5 && !errors.Is(err, store.ErrAskedEnough) {
			t.Errorf("trust %d: %v", i+1, err)
		}
		if i == 5 {
			if err := lead.AskAdvice(ctx, "1", b.ODS, "How?", now.AddDate(0, 0, 31)); err != nil {
				t.Errorf("a month later: %v", err)
			}
		}
	}
}
