package store_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// TestRevoke ends links, codes and the sessions that came by them, and no letter
// brings a new one before the lead does.
func TestRevoke(t *testing.T) {
	t.Parallel()
	l := newLinked(t)
	ctx, now := t.Context(), storetest.Now
	owner := storetest.Owner(t, l.db)
	for token, way := range map[string]access.Way{"a": access.ByLink, "b": access.ByLetter, "c": access.ByCode} {
		_, err := owner.Exec(ctx, `INSERT INTO sessions (token, data, expiry, person_id, way, ods) VALUES ($1, '', now() + '1 hour', $2, $3, $4)`,
			token, l.member, way, l.board.ODS)
		if err != nil {
			t.Fatal(err)
		}
	}
	sessions := func() (left string) {
		if err := owner.QueryRow(ctx, `SELECT coalesce(string_agg(token, ''), '') FROM sessions`).Scan(&left); err != nil {
			t.Fatal(err)
		}
		return left
	}
	if err := l.lead.RevokeLinks(ctx, l.round.ID, l.board.Members[1], now); err != nil || sessions() != "abc" && len(sessions()) != 3 {
		t.Errorf("revoking another's: %v, sessions left %q", err, sessions())
	}
	if err := l.lead.RevokeLinks(ctx, l.round.ID, l.member, now); err != nil {
		t.Fatal(err)
	}
	l.refused("revoked")
	if left := sessions(); left != "c" {
		t.Errorf("sessions left: %q", left)
	}
	if _, err := store.LinkFor(ctx, l.lead, l.round.ID, l.member, access.ByLink, now); !errors.Is(err, store.ErrRevoked) {
		t.Errorf("link for the next letter: %v", err)
	}
	if err := l.lead.NewLink(ctx, l.round.ID, l.member, now); err != nil {
		t.Fatal(err)
	}
	l.refused("old ones after a new link")
	fresh := l.makes(access.ByLink)
	if in, err := l.db.EnterByLink(ctx, fresh); err != nil || in.Trust.Person != l.member {
		t.Errorf("the new link: %v", err)
	}
	if err := l.lead.NewLink(ctx, l.round.ID, l.member, now); err != nil {
		t.Fatal(err)
	}
	if _, err := l.db.EnterByLink(ctx, fresh); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the link before the newest: %v", err)
	}
	if got := deeds(t, l.db, l.board.ODS, "link"); got != "personal link revoked, new personal link made, personal link revoked, new personal link made" {
		t.Errorf("recorded: %s", got)
	}
	letters, err := l.lead.CodeLetters(ctx, l.round.ID, []uuid.UUID{l.member}, now)
	if err != nil || letters[0].Code == l.code {
		t.Fatalf("letter after revoking: same code, or %v", err)
	}
	if in, err := l.db.EnterByCode(ctx, letters[0].Code); err != nil || in.Trust.Person != l.member {
		t.Errorf("the new code: %v", err)
	}
}

// deeds are what was recorded in a trust about something, in order.
func deeds(t *testing.T, db *store.DB, ods, about string) (said string) {
	t.Helper()
	err := storetest.Owner(t, db).QueryRow(t.Context(),
		`SELECT coalesce(string_agg(deed, ', ' ORDER BY seq), '') FROM audit WHERE ods = $1 AND deed LIKE '%' || $2 || '%'`, ods, about).Scan(&said)
	if err != nil {
		t.Fatal(err)
	}
	return said
}

func TestCodeLetters(t *testing.T) {
	t.Parallel()
	l := newLinked(t)
	ctx, now := t.Context(), storetest.Now
	some := []uuid.UUID{l.board.Members[2], l.board.Members[1], l.board.Members[2]}
	letters, err := l.lead.CodeLetters(ctx, l.round.ID, some, now)
	if err != nil {
		t.Fatal(err)
	}
	if len(letters) != 2 || letters[0].Name != "Member 02 of "+l.board.ODS || letters[0].Title != "Chief finance officer" {
		t.Fatalf("letters: %+v", letters)
	}
	again, err := l.lead.CodeLetters(ctx, l.round.ID, some, now)
	if err != nil || again[0] != letters[0] || again[1] != letters[1] {
		t.Errorf("printed again they differ: %v", err)
	}
	if got := deeds(t, l.db, l.board.ODS, "letter"); strings.Count(got, "code letter printed") != 4 {
		t.Errorf("recorded: %s", got)
	}
	for _, stranger := range []uuid.UUID{l.board.Observer, uuid.New()} {
		if got, err := l.lead.CodeLetters(ctx, l.round.ID, []uuid.UUID{l.member, stranger}, now); !errors.Is(err, store.ErrNotFound) || got != nil {
			t.Errorf("for somebody who is not asked: %v", err)
		}
	}
	if _, err := l.lead.CodeLetters(ctx, uuid.New(), some, now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of no round: %v", err)
	}
}

func TestLinkStates(t *testing.T) {
	t.Parallel()
	l := newLinked(t)
	ctx := t.Context()
	storetest.Change(t, l.db, `UPDATE people SET email = NULL WHERE id = $1`, l.board.Members[1])
	people, err := l.lead.Links(ctx, l.round.ID)
	if err != nil || len(people) != storetest.BoardSize {
		t.Fatalf("%d people, %v", len(people), err)
	}
	if p := people[0]; p.Link != store.LinkWorks || p.Letter != store.LinkWorks || p.NoEmail || p.OnPaper {
		t.Errorf("somebody with both: %+v", p)
	}
	if p := people[1]; p.Link != store.NoLink || p.Letter != store.NoLink || !p.NoEmail {
		t.Errorf("somebody with none: %+v", p)
	}
	if err := l.lead.RevokeLinks(ctx, l.round.ID, l.member, storetest.Now); err != nil {
		t.Fatal(err)
	}
	if err := l.lead.NewLink(ctx, l.round.ID, l.member, storetest.Now); err != nil {
		t.Fatal(err)
	}
	people, err = l.lead.Links(ctx, l.round.ID)
	if p := people[0]; err != nil || p.Link != store.LinkWorks || p.Letter != store.LinkRevoked {
		t.Errorf("after a new link: %+v, %v", people[0], err)
	}
}

// TestLinksAreForThoseWhoManage: nobody else may touch or see them.
func TestLinksAreForThoseWhoManage(t *testing.T) {
	t.Parallel()
	l := newLinked(t)
	ctx, now := t.Context(), storetest.Now
	for _, person := range []uuid.UUID{l.board.Chair, l.board.Facilitator, l.member, l.board.Observer, l.board.Viewer} {
		in := storetest.Enter(t, l.db, person, l.board.ODS)
		_, listed := in.Links(ctx, l.round.ID)
		_, printed := in.CodeLetters(ctx, l.round.ID, []uuid.UUID{l.member}, now)
		for what, err := range map[string]error{
			"list": listed, "print": printed,
			"revoke": in.RevokeLinks(ctx, l.round.ID, l.member, now), "renew": in.NewLink(ctx, l.round.ID, l.member, now),
		} {
			if !errors.Is(err, access.ErrDenied) {
				t.Errorf("%s as %v: %v", what, in.Roles, err)
			}
		}
	}
}
