package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/audit"
	"octant/internal/questionnaire"
	"octant/internal/store"
	"octant/internal/store/storetest"
)

// insider is one person as the lead of a trust finds them.
func insider(t *testing.T, db *store.DB, b storetest.Board, person uuid.UUID) store.Insider {
	t.Helper()
	in, _, err := storetest.Enter(t, db, b.Lead, b.ODS).Insider(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// named finds somebody on the trust's list by name.
func named(t *testing.T, db *store.DB, b storetest.Board, name string) store.Insider {
	t.Helper()
	people, err := storetest.Enter(t, db, b.Lead, b.ODS).People(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range people {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("nobody is called %q", name)
	return store.Insider{}
}

// recorded is the trust's record, deed and detail of each entry, without the
// round and the people in it.
func recorded(t *testing.T, db *store.DB, ods string) []string {
	t.Helper()
	rows, err := storetest.Owner(t, db).Query(t.Context(), `SELECT deed, detail FROM audit WHERE ods = $1 ORDER BY seq`, ods)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var said []string
	for rows.Next() {
		var deed, detail string
		if err := rows.Scan(&deed, &detail); err != nil {
			t.Fatal(err)
		}
		said = append(said, strings.TrimSuffix(deed+": "+detail, ": "))
	}
	return said
}

func list(text string) []access.Line { return access.ParseList([]byte(text)).Lines }

func TestPeopleOfATrust(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	storetest.Trust(t, db)
	storetest.Join(t, db, board.ODS, board.Lead, access.Member)
	people, err := storetest.Enter(t, db, board.Lead, board.ODS).People(t.Context())
	if err != nil || len(people) != storetest.BoardSize+5 {
		t.Fatalf("%d people, %v", len(people), err)
	}
	for _, p := range people {
		if !strings.HasSuffix(p.Name, board.ODS) || p.Email != p.Person.String()+"@example.org" || len(p.Terms) == 0 {
			t.Errorf("%+v", p)
		}
		if p.Person == board.Lead && (len(p.Terms) != 2 || p.Terms[0].Role != access.Lead || p.Terms[1].Role != access.Member) {
			t.Errorf("the lead is %+v", p.Terms)
		}
	}
}

func TestAddPeople(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board, other := storetest.Trust(t, db), storetest.Trust(t, db)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	elsewhere := insider(t, db, other, other.Members[0])
	here := insider(t, db, board, board.Members[0])
	left := insider(t, db, board, board.Members[1])
	if err := lead.EndRoles(t.Context(), left.Person, []access.Role{access.Member}, time.Now().AddDate(0, 0, -3), time.Now()); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	lines := list("name,email,role,side\nAda Okafor,ADA@a.org,Chief nurse,\nno good,,,\n" +
		"Wrong Name,b@b,Chair,ned\nAnother Name," + elsewhere.Email + ",Chair,ned\nX," + here.Email + ",Chair,\nY," + left.Email + ",Vice chair,ned\n" +
		"Bo Li,,NED,\n" + here.Name + ",,,\n")
	if err := lead.AddPeople(t.Context(), lines, now); err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, l := range lines {
		said = append(said, fmt.Sprint(l.Sound(), l.Outcome))
	}
	if got, want := strings.Join(said, " "), "true0 false0 false0 true0 true2 true1 true0 false3"; strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(want, " ", "") {
		t.Errorf("outcomes %s, want %s", got, want)
	}
	ada := named(t, db, board, "Ada Okafor")
	if term, sits := ada.Member(); ada.Email != "ada@a.org" || !sits || term.Title != "Chief nurse" || term.Side != access.Executive || !term.From.Equal(access.Today(now)) || !term.Until.IsZero() {
		t.Errorf("added %+v", ada)
	}
	if bo := named(t, db, board, "Bo Li"); bo.Email != "" {
		t.Errorf("added without an address: %+v", bo)
	}
	if p, err := db.Person(t.Context(), named(t, db, board, "Bo Li").Person); err != nil || p.Email != "" {
		t.Errorf("a person without an address: %+v, %v", p, err)
	}
	if in := insider(t, db, board, elsewhere.Person); in.Name != elsewhere.Name {
		t.Errorf("somebody of another trust is now called %q", in.Name)
	}
	if in := insider(t, db, other, elsewhere.Person); fmt.Sprint(in) != fmt.Sprint(elsewhere) {
		t.Errorf("at the other trust %+v, was %+v", in, elsewhere)
	}
	if term, _ := insider(t, db, board, here.Person).Member(); term.Title != "Chair" || term.Side != access.NonExecutive || insider(t, db, board, here.Person).Name != here.Name {
		t.Errorf("changed to %+v", term)
	}
	if term, _ := insider(t, db, board, left.Person).Member(); term.Title != "Vice chair" || !term.From.Equal(access.Today(now)) || !term.Until.IsZero() {
		t.Errorf("back on the board: %+v", term)
	}
	want := "person added: board member, person added: board member, person added: board member, person's details changed: board role or side, role granted: board member"
	if got := strings.Join(recorded(t, db, board.ODS)[1:], ", "); got != want {
		t.Errorf("recorded %s", got)
	}
	again := list("name,email,role,side\nAda Okafor,ada@a.org,Chief nurse,exec\nBo Li,,NED,ned\n")
	if err := lead.AddPeople(t.Context(), again, now); err != nil || again[0].Outcome != access.Keep || again[1].Outcome != access.Keep {
		t.Errorf("the same again: %v, %v, %v", again[0].Outcome, again[1].Outcome, err)
	}
	if n := len(recorded(t, db, board.ODS)); n != 6 {
		t.Errorf("%d entries after a list that changes nothing", n)
	}
}

// TestListsFromTwoTrustsAtOnce: the same people, in opposite orders.
func TestListsFromTwoTrustsAtOnce(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	var rows []string
	for i := range 40 {
		rows = append(rows, fmt.Sprintf("Person %02d,p%02d@a.org,Chair,ned", i, i))
	}
	done := make(chan error, 4)
	for range 2 {
		board := storetest.Trust(t, db)
		for range 2 {
			lines := list(strings.Join(rows, "\n"))
			lead := storetest.Enter(t, db, board.Lead, board.ODS)
			go func() { done <- lead.AddPeople(t.Context(), lines, storetest.Now) }()
		}
		for i, j := 0, len(rows)-1; i < j; i, j = i+1, j-1 {
			rows[i], rows[j] = rows[j], rows[i]
		}
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	var people, seats int
	err := storetest.Owner(t, db).QueryRow(t.Context(), `SELECT count(DISTINCT p.id), count(*) FROM people p JOIN memberships m ON m.person_id = p.id WHERE p.name LIKE 'Person %'`).Scan(&people, &seats)
	if err != nil || people != 40 || seats != 80 {
		t.Errorf("%d people in %d seats, %v", people, seats, err)
	}
}

func TestAddPerson(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	today := access.Today(time.Now())
	observer := access.Term{Role: access.Observer, From: today}
	seat := access.Term{Role: access.Member, Title: "Chair", Side: access.NonExecutive, From: today, Until: today.AddDate(1, 0, 0)}
	id, err := lead.AddPerson(t.Context(), access.Line{Name: "Ada Okafor", Email: "ada@a.org"}, []access.Term{observer, seat}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if in := insider(t, db, board, id); in.Name != "Ada Okafor" || fmt.Sprint(in.Terms) != fmt.Sprint([]access.Term{seat, observer}) {
		t.Errorf("added %+v", in)
	}
	storetest.Enter(t, db, id, board.ODS)
	for name, c := range map[string]struct {
		line  access.Line
		terms []access.Term
		want  error
	}{
		"here already":          {access.Line{Name: "X", Email: "ada@a.org"}, []access.Term{observer}, access.ErrTaken},
		"same name, no address": {access.Line{Name: "ada okafor"}, []access.Term{seat}, access.ErrTaken},
		"observer, no address":  {access.Line{Name: "Bo"}, []access.Term{observer}, access.ErrNoAddress},
		"bad address":           {access.Line{Name: "Bo", Email: "bo"}, []access.Term{observer}, access.ErrTerm},
		"no name":               {access.Line{Email: "bo@a.org"}, []access.Term{observer}, access.ErrTerm},
		"the clock":             {access.Line{Name: "Bo", Email: "bo@a.org"}, []access.Term{{Role: access.Clock, From: today}}, access.ErrTerm},
	} {
		if _, err := lead.AddPerson(t.Context(), c.line, c.terms, time.Now()); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	if got := len(recorded(t, db, board.ODS)); got != 3 {
		t.Errorf("%d entries, want 3", got)
	}
}

func TestChangePerson(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board := storetest.Trust(t, db)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	who := board.Members[0]
	draft := storetest.Draft(t, db, board, questionnaire.Core)
	open := storetest.OpenRound(t, db, board, questionnaire.Core)
	if err := lead.SetAsked(t.Context(), draft.ID, board.Members, storetest.Now); err != nil {
		t.Fatal(err)
	}
	if err := lead.NewLink(t.Context(), open.ID, who, storetest.Now); err != nil {
		t.Fatal(err)
	}
	before := len(recorded(t, db, board.ODS))
	d := store.Details{Name: "Ada Okafor", Email: "ada@a.org", Title: "Chair", Side: access.NonExecutive}
	if err := lead.ChangePerson(t.Context(), who, d, storetest.Now); err != nil {
		t.Fatal(err)
	}
	in := insider(t, db, board, who)
	if term, _ := in.Member(); in.Name != d.Name || in.Email != d.Email || term.Title != d.Title || term.Side != d.Side {
		t.Errorf("changed to %+v", in)
	}
	for round, want := range map[uuid.UUID]string{draft.ID: "ned Chair", open.ID: "exec Chief executive"} {
		var side, title string
		err := storetest.Owner(t, db).QueryRow(t.Context(), `SELECT side, title FROM invitations WHERE round_id = $1 AND person_id = $2`, round, who).Scan(&side, &title)
		if err != nil || side+" "+title != want {
			t.Errorf("asked as %s %s, want %s (%v)", side, title, want, err)
		}
	}
	want := "person's details changed: name, email address, board role, side|personal link revoked|personal link made"
	if got := recorded(t, db, board.ODS)[before:]; strings.Join(got, "|") != strings.NewReplacer("personal link made", string(audit.LinkMade)).Replace(want) {
		t.Errorf("recorded %q", got)
	}
	var working, revoked int
	err := storetest.Owner(t, db).QueryRow(t.Context(), `
		SELECT count(*) FILTER (WHERE revoked_at IS NULL), count(*) FILTER (WHERE revoked_at IS NOT NULL) FROM links WHERE person_id = $1`, who).Scan(&working, &revoked)
	if err != nil || working != 1 || revoked != 1 {
		t.Errorf("%d links work, %d are revoked, %v", working, revoked, err)
	}
	before = len(recorded(t, db, board.ODS))
	if err := lead.ChangePerson(t.Context(), who, d, storetest.Now); err != nil || len(recorded(t, db, board.ODS)) != before {
		t.Errorf("no change is recorded: %v", err)
	}
	if err := lead.ChangePerson(t.Context(), who, store.Details{Name: d.Name, Email: d.Email, Title: "Chair"}, storetest.Now); !errors.Is(err, access.ErrTerm) {
		t.Errorf("a member without a side: %v", err)
	}
	if err := lead.ChangePerson(t.Context(), board.Observer, store.Details{Name: "Ob"}, storetest.Now); !errors.Is(err, access.ErrNoAddress) {
		t.Errorf("an observer without an address: %v", err)
	}
}

// TestWhatIsNotTheTrustsToChange: a lead reaches nobody of another trust, and of
// somebody who is also elsewhere, or who has signed in, not what they sign in
// with.
func TestWhatIsNotTheTrustsToChange(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board, other := storetest.Trust(t, db), storetest.Trust(t, db)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	stranger, shared, answered, signedIn, admin := other.Members[0], board.Members[0], board.Members[1], board.Members[2], board.Members[3]
	storetest.Join(t, db, other.ODS, shared, access.Observer)
	round := storetest.OpenRound(t, db, board, questionnaire.Core)
	storetest.Answer(t, db, board, round, answered, 1)
	if _, _, err := db.RecordSignIn(t.Context(), store.SignIn{Person: signedIn, At: storetest.Now, Way: access.ByCode}); err != nil {
		t.Fatal(err)
	}
	storetest.Change(t, db, `UPDATE people SET admin = true WHERE id = $1`, admin)
	seat := access.Term{Role: access.Observer, From: access.Today(storetest.Now)}
	for what, err := range map[string]error{
		"change": lead.ChangePerson(t.Context(), stranger, store.Details{Name: "X", Email: "x@a.org"}, storetest.Now),
		"grant":  lead.GrantRoles(t.Context(), stranger, []access.Term{seat}, storetest.Now),
		"end":    lead.EndRoles(t.Context(), stranger, []access.Role{access.Member}, storetest.Now, storetest.Now),
		"nobody": lead.ChangePerson(t.Context(), uuid.Nil, store.Details{Name: "X"}, storetest.Now),
	} {
		if !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s somebody of another trust: %v, want ErrNotFound", what, err)
		}
	}
	if _, _, err := lead.Insider(t.Context(), stranger); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("somebody of another trust: %v", err)
	}
	for name, c := range map[string]struct {
		who               uuid.UUID
		renamed, readdess bool
	}{
		"nobody else's":        {board.Members[4], true, true},
		"also elsewhere":       {shared, false, false},
		"has answered":         {answered, true, false},
		"has signed in":        {signedIn, true, false},
		"is an administrator":  {admin, false, false},
		"was elsewhere before": {board.Members[5], false, false},
	} {
		if name == "was elsewhere before" {
			storetest.Join(t, db, other.ODS, c.who, access.Observer)
			storetest.Change(t, db, `UPDATE memberships SET to_on = '2020-01-02' WHERE person_id = $1 AND ods = $2`, c.who, other.ODS)
		}
		in, standing, err := lead.Insider(t.Context(), c.who)
		if err != nil || standing.MayRename() != c.renamed || standing.MayReaddress() != c.readdess {
			t.Errorf("%s: %+v, %v", name, standing, err)
		}
		term, _ := in.Member()
		d := store.Details{Name: in.Name, Email: uuid.NewString() + "@a.org", Title: term.Title, Side: term.Side}
		if err := lead.ChangePerson(t.Context(), c.who, d, storetest.Now); errors.Is(err, access.ErrNotOurs) == c.readdess {
			t.Errorf("%s: new address: %v", name, err)
		}
		d.Name, d.Email = "New "+name, insider(t, db, board, c.who).Email
		if err := lead.ChangePerson(t.Context(), c.who, d, storetest.Now); errors.Is(err, access.ErrNotOurs) == c.renamed {
			t.Errorf("%s: new name: %v", name, err)
		}
		d.Name, d.Title = in.Name, "Something else"
		if c.renamed {
			d.Name = "New " + name
		}
		if err := lead.ChangePerson(t.Context(), c.who, d, storetest.Now); err != nil {
			t.Errorf("%s: new board role: %v", name, err)
		}
	}
}

// TestAddressThatSomebodyHas: it stays theirs, and that it was tried is on record.
func TestAddressThatSomebodyHas(t *testing.T) {
	t.Parallel()
	db := storetest.New(t)
	board, other := storetest.Trust(t, db), storetest.Trust(t, db)
	lead := storetest.Enter(t, db, board.Lead, board.ODS)
	in := insider(t, db, board, board.Members[0])
	term, _ := in.Member()
	theirs := insider(t, db, other, other.Members[0])
	err := lead.ChangePerson(t.Context(), in.Person, store.Details{Name: "New", Email: theirs.Email, Title: term.Title, Side: term.Side}, storetest.Now)
	if !errors.Is(err, access.ErrTaken) {
		t.Errorf("an address that somebody has: %v", err)
	}
	if now := insider(t, db, board, in.Person); fmt.Sprint(now) != fmt.Sprint(in) {
		t.Errorf("changed to %+v", now)
	}
	if got := recorded(t, db, board.ODS); len(got) != 1 || !strings.Contains(got[0], "refused") || strings.Contains(got[0], "@") {
		t.Errorf("recorded %q", got)
	}
}
