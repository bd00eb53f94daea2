package store_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// linked is an open round with its lead and a member's link and code.
type linked struct {
	t      *testing.T
	db     *store.DB
	board  storetest.Board
	round  assessment.Round
	lead   *store.Trust
	member uuid.UUID
	link   string
	code   string
}

func newLinked(t *testing.T) linked {
	t.Helper()
	db := storetest.New(t)
	l := linked{t: t, db: db, board: storetest.Trust(t, db)}
	l.round = storetest.OpenRound(t, db, l.board, questionnaire.Core)
	l.lead = storetest.Enter(t, db, l.board.Lead, l.board.ODS)
	l.member = l.board.Members[0]
	l.link, l.code = l.makes(access.ByLink), l.makes(access.ByLetter)
	return l
}

func (l linked) makes(kind access.Way) string {
	l.t.Helper()
	token, err := store.LinkFor(l.t.Context(), l.lead, l.round.ID, l.member, kind, storetest.Now)
	if err != nil {
		l.t.Fatal(err)
	}
	return token
}

// refused fails the test unless neither token leads anywhere.
func (l linked) refused(why string) {
	l.t.Helper()
	if in, err := l.db.EnterByLink(l.t.Context(), l.link); !errors.Is(err, store.ErrNotFound) || in.Trust != nil {
		l.t.Errorf("%s: link: %v", why, err)
	}
	if in, err := l.db.EnterByCode(l.t.Context(), l.code); !errors.Is(err, store.ErrNotFound) || in.Trust != nil {
		l.t.Errorf("%s: code: %v", why, err)
	}
}

func TestLinkLeadsIn(t *testing.T) {
	t.Parallel()
	l := newLinked(t)
	for range 5 { // a mail scanner, or the person on several devices
		in, err := l.db.EnterByLink(t.Context(), l.link)
		if err != nil {
			t.Fatal(err)
		}
		if in.Trust.Person != l.member || in.Trust.ODS != l.board.ODS || in.Name != "Member 01 of "+l.board.ODS ||
			in.Trust.Name != l.board.Name || in.Round.ID != l.round.ID || in.Round.Title != l.round.Title || !in.Round.ClosesOn.Equal(l.round.ClosesOn) {
			t.Fatalf("leads to %+v in %+v", in, in.Trust)
		}
		if _, err := in.Trust.Sheet(t.Context(), in.Round.ID); err != nil {
			t.Errorf("their own sheet: %v", err)
		}
	}
	for _, typed := range []string{l.code, strings.ToLower(l.code), strings.ReplaceAll(l.code, "-", " ")} {
		if in, err := l.db.EnterByCode(t.Context(), typed); err != nil || in.Trust.Person != l.member {
			t.Errorf("code as typed: %v", err)
		}
	}
	if again := l.makes(access.ByLink); again != l.link {
		t.Error("made again, the link differs")
	}
}

// TestLinkOfLeadIsNarrow: somebody who also leads the trust gets no more by their
// link than any member.
func TestLinkOfLeadIsNarrow(t *testing.T) {
	t.Parallel()
	l := newLinked(t)
	storetest.Join(t, l.db, l.board.ODS, l.member, access.Lead)
	in, err := l.db.EnterByLink(t.Context(), l.link)
	if err != nil {
		t.Fatal(err)
	}
	if in.Trust.May(access.ManageRounds) || !in.Trust.May(access.Answer) {
		t.Errorf("roles by link: %v", in.Trust.Roles)
	}
}

// TestWrongTokens: whatever is not exactly a link or a code leads nowhere.
func TestWrongTokens(t *testing.T) {
	t.Parallel()
	l := newLinked(t)
	other := storetest.Trust(t, l.db)
	_, secret, _ := strings.Cut(l.link, "-")
	last := l.link[len(l.link)-1:]
	changed := map[string]string{"A": "Q", "Q": "A"}[last]
	if changed == "" {
		changed = "A"
	}
	for _, token := range []string{
		"", "-", l.board.ODS, l.board.ODS + "-", other.ODS + "-" + secret, secret, strings.ToLower(l.link), l.link + "x", l.link[:len(l.link)-1] + changed,
		"--" + secret, l.code, "R9A-" + strings.Repeat("A", 43), "R'A-" + secret, strings.Repeat("x", 100_000), "\x00-\xff",
	} {
		if _, err := l.db.EnterByLink(t.Context(), token); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("link %.60q: %v", token, err)
		}
	}
	for _, typed := range []string{"", l.link, other.ODS + l.code[len(l.board.ODS):], l.code + "2", l.code[:len(l.code)-1], "----"} {
		if _, err := l.db.EnterByCode(t.Context(), typed); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("code %.60q: %v", typed, err)
		}
	}
}

// TestLinkEndsWithItsReasons: each reason alone is enough.
func TestLinkEndsWithItsReasons(t *testing.T) {
	t.Parallel()
	l := newLinked(t)
	owner := storetest.Owner(t, l.db)
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := owner.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`UPDATE memberships SET to_on = current_date - 1 WHERE ods = $1 AND person_id = $2`, l.board.ODS, l.member)
	l.refused("left the board")
	exec(`UPDATE memberships SET to_on = NULL WHERE ods = $1 AND person_id = $2`, l.board.ODS, l.member)
	if _, err := l.db.EnterByLink(t.Context(), l.link); err != nil {
		t.Fatalf("back on the board: %v", err)
	}
	exec(`UPDATE invitations SET on_paper = true WHERE ods = $1 AND person_id = $2`, l.board.ODS, l.member)
	l.refused("on paper")
	exec(`UPDATE invitations SET on_paper = false WHERE ods = $1 AND person_id = $2`, l.board.ODS, l.member)
	if err := l.lead.CloseRound(t.Context(), l.round.ID, storetest.Now.AddDate(0, 0, 14)); err != nil {
		t.Fatal(err)
	}
	l.refused("closed")
	for what, err := range map[string]error{
		"revoke": l.lead.RevokeLinks(t.Context(), l.round.ID, l.member, storetest.Now),
		"new":    l.lead.NewLink(t.Context(), l.round.ID, l.member, storetest.Now),
	} {
		if !errors.Is(err, assessment.ErrNotOpen) {
			t.Errorf("%s in a closed round: %v", what, err)
		}
	}
	if _, err := l.lead.CodeLetters(t.Context(), l.round.ID, []uuid.UUID{l.member}, storetest.Now); !errors.Is(err, assessment.ErrNotOpen) {
		t.Errorf("letters of a closed round: %v", err)
	}
}

// TestDraftHasNoWayIn: a letter may be printed before its round opens, and works
// from then on.
func TestDraftHasNoWayIn(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	b := storetest.Trust(t, db)
	lead := storetest.Enter(t, db, b.Lead, b.ODS)
	r := storetest.Draft(t, db, b, questionnaire.Core)
	if err := lead.SetAsked(t.Context(), r.ID, b.Members, storetest.Now); err != nil {
		t.Fatal(err)
	}
	letters, err := lead.CodeLetters(t.Context(), r.ID, b.Members[:1], storetest.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.EnterByCode(t.Context(), letters[0].Code); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("into a draft: %v", err)
	}
	if err := lead.OpenRound(t.Context(), r.ID, storetest.Now); err != nil {
		t.Fatal(err)
	}
	if _, err := db.EnterByCode(t.Context(), letters[0].Code); err != nil {
		t.Errorf("once open: %v", err)
	}
}

// TestLinkIsMadeOnce: two workers at once make the same link.
func TestLinkIsMadeOnce(t *testing.T) {
	t.Parallel()
	l := newLinked(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := make(map[string]bool)
	for range 8 {
		wg.Go(func() {
			token, err := store.LinkFor(t.Context(), l.lead, l.round.ID, l.board.Members[3], access.ByLink, storetest.Now)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			got[token] = true
		})
	}
	wg.Wait()
	if len(got) != 1 {
		t.Errorf("%d links were made", len(got))
	}
}

// TestNoTokenIsKept: neither a token nor what it can be guessed from is in the
// database.
func TestNoTokenIsKept(t *testing.T) {
	t.Parallel()
	l := newLinked(t)
	sheets := func() string {
		if err := l.lead.SetOnPaper(t.Context(), l.round.ID, l.board.Members[4:5], storetest.Now); err != nil {
			t.Fatal(err)
		}
		made, err := l.lead.MakeSheets(t.Context(), l.round.ID, storetest.Now)
		if err != nil || len(made) != 1 {
			t.Fatalf("%d sheets, %v", len(made), err)
		}
		return made[0].Code
	}()
	_, secret, _ := strings.Cut(l.link, "-")
	dump := everything(t, l.db)
	for _, kept := range []string{secret, l.code, strings.ReplaceAll(l.code, "-", ""), sheets} {
		if bytes.Contains(dump, []byte(kept)) {
			t.Errorf("%.6s… is in the database", kept)
		}
	}
}

// everything is the text of every row of every table.
func everything(t *testing.T, db *store.DB) []byte {
	t.Helper()
	pool := storetest.Owner(t, db)
	rows, err := pool.Query(t.Context(), `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname IN ('public', 'river')`)
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	var dump bytes.Buffer
	for _, table := range tables {
		var text *string
		if err := pool.QueryRow(t.Context(), `SELECT string_agg(x::text, E'\n') FROM `+table+` x`).Scan(&text); err != nil {
			t.Fatal(err)
		}
		if text != nil {
			dump.WriteString(*text)
		}
	}
	if !bytes.Contains(dump.Bytes(), []byte("Member 01")) {
		t.Fatal("the dump holds nothing")
	}
	return dump.Bytes()
}

// TestLinkAfterWeeks: a link works for as long as its round is open.
func TestLinkAfterWeeks(t *testing.T) {
	t.Parallel()
	l := newLinked(t)
	storetest.Change(t, l.db, `UPDATE links SET made_at = $1`, storetest.Now.Add(-90*24*time.Hour))
	if _, err := l.db.EnterByLink(t.Context(), l.link); err != nil {
		t.Error(err)
	}
}
