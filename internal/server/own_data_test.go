package server

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"octant/internal/access"
	"octant/internal/assessment"
	"octant/internal/store/storetest"
)

// TestOwnDataIsExactlyOnesOwn has two people on the boards of two trusts, and
// searches what each is given for everything of the other's.
func TestOwnDataIsExactlyOnesOwn(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	one, two := storetest.Trust(t, s.db), storetest.Trust(t, s.db)
	shared := storetest.Person(t, s.db, "Shared Chair")
	for i, b := range []*storetest.Board{&one, &two} {
		storetest.Join(t, s.db, b.ODS, shared, access.Member)
		b.Members[0] = shared
		round, path := s.openRound(*b, "Round of "+b.ODS)
		for j, m := range b.Members {
			answer := assessment.Answer{Question: "1.1", Choice: assessment.Choice(1 + j%5), Comment: "by " + m.String() + " in " + b.ODS, Evidence: "proof"}
			if _, err := s.db.SaveAnswer(t.Context(), m, b.ODS, round, answer, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if i == 0 {
			s.handInAll(*b, round)
			s.as(b.Lead).post(path+"/close", "confirm", "yes").wants(http.StatusSeeOther)
			s.as(b.Lead).get(path + "/comments").wants(http.StatusOK)
		}
	}
	everybody := map[uuid.UUID]string{shared: "Shared Chair"}
	for _, b := range []storetest.Board{one, two} {
		for _, p := range append([]uuid.UUID{b.Lead, b.Chair, b.Facilitator, b.Observer, b.Viewer}, b.Members[1:]...) {
			everybody[p] = b.ODS
		}
	}
	for _, me := range []uuid.UUID{shared, one.Members[1], two.Members[2], one.Lead} {
		for _, address := range []string{"/me/data", "/me/data.json"} {
			got := s.as(me).get(address).wants(http.StatusOK)
			for other := range everybody {
				if other != me && strings.Contains(got.body, other.String()) {
					t.Errorf("%s of %s holds an id or a comment of %s", address, everybody[me], everybody[other])
				}
			}
			for _, word := range []string{"token", "hash", "Member 02", "Member 03", "lead of", "chair of"} {
				if me == shared && strings.Contains(got.body, word) {
					t.Errorf("%s says %q", address, word)
				}
			}
		}
	}
	var d ownData
	if err := json.Unmarshal([]byte(s.as(shared).get("/me/data.json").body), &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Trusts) != 2 || len(d.Roles) != 2 || d.Account.Name != "Shared Chair" || len(d.Not) == 0 {
		t.Fatalf("what is held: %+v", d)
	}
	for _, trust := range d.Trusts {
		if len(trust.Rounds) != 1 || len(trust.Rounds[0].Answers) == 0 ||
			trust.Rounds[0].Answers[0].Comment != "by "+shared.String()+" in "+trust.ODS || trust.Rounds[0].Answers[0].Answer == "" {
			t.Errorf("rounds of %s: %+v", trust.ODS, trust.Rounds)
		}
	}
}

// handInAll answers one question more for everybody, and submits.
func (s *site) handInAll(b storetest.Board, round uuid.UUID) {
	s.t.Helper()
	for _, m := range b.Members {
		path := "/trusts/" + b.ODS + "/rounds/" + round.String()
		s.as(m).post(path+"/questions/1.2", "choice", "3").wants(http.StatusSeeOther)
		s.as(m).post(path+"/answers", "missing", "confirm").wants(http.StatusSeeOther)
	}
}

func TestTakingOwnDataIsRecorded(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	me := s.as(b.Members[0])
	me.get("/me/data").wants(http.StatusOK).says("main", "Only you can see this page")
	got := me.get("/me/data.json").wants(http.StatusOK)
	if !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("sent with %v", got.header)
	}
	var n int
	err := storetest.Owner(t, s.db).QueryRow(t.Context(), `SELECT count(*) FROM audit WHERE ods = '-' AND deed = 'own data downloaded' AND actor = $1`, b.Members[0]).Scan(&n)
	if err != nil || n != 1 {
		t.Errorf("recorded %d times, %v", n, err)
	}
	me.get("/me/data").says("main", "own data downloaded, by you")
}

func TestOwnDataShowsWordsAsWords(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.openRound(b, "Autumn")
	me := s.as(b.Members[0])
	me.post(path+"/questions/1.1", "choice", "2", "comment", nasty).wants(http.StatusSeeOther)
	if d := me.get("/me/data").says("main", nasty).page(); d.Find("main img, main script").Length() > 0 {
		t.Error("a comment is taken for more than words")
	}
}

func TestDraftIsDeletedOnceConfirmed(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	_, path := s.openRound(b, "Autumn")
	me := s.as(b.Members[0])
	me.get(path + "/answers/delete").leads(path + "/questions") // there is nothing to delete
	me.post(path+"/questions/1.1", "choice", "2", "comment", "too rash").wants(http.StatusSeeOther)
	if n := me.get(path + "/questions").page().Find("a[href$='/answers/delete']").Length(); n != 1 {
		t.Errorf("%d ways to delete", n)
	}
	me.get(path+"/answers/delete").wants(http.StatusOK).says("main", "You have answered 1 question")
	me.post(path + "/answers/delete").leads(path + "/questions?deleted=1")
	me.get(path+"/questions?deleted=1").says("main", "Your draft is deleted").says("main", "0 of 24")
	stale := me.post(path+"/questions/1.1", "choice", "4", "revision", "1", "comment", "from another tab").wants(http.StatusConflict)
	stale.says("main", "You deleted your draft").says("main", "from another tab")
	revision, _ := stale.page().Find("input[name=revision]").Attr("value")
	me.post(path+"/questions/1.1", "choice", "4", "revision", revision, "comment", "from another tab").wants(http.StatusSeeOther)
	me.get(path+"/questions").says("main", "1 of 24")
	me.post(path+"/answers", "missing", "confirm").wants(http.StatusSeeOther)
	me.get(path+"/answers/delete").says("main", "cannot be deleted")
	me.post(path+"/answers/delete").wants(http.StatusConflict).says("main", "cannot be deleted")
	if n := me.get(path+"/questions").says("main", "cannot be deleted").page().Find("a[href$='/answers/delete']").Length(); n != 0 {
		t.Error("what was submitted is offered for deletion")
	}
	s.as(b.Observer).post(path + "/answers/delete").wants(http.StatusForbidden)
}

// TestUnlinkedAnswersAreSaidToBeGone cuts a round loose as the clock does.
func TestUnlinkedAnswersAreSaidToBeGone(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	path := s.wrote(b, "words")
	me := s.as(b.Members[0])
	me.get(path+"/mine").says("main", "words")
	storetest.Change(t, s.db, `
		WITH cut AS (UPDATE responses SET respondent = sha256(respondent)) UPDATE rounds SET unlinked_at = '2026-03-02 12:00Z'`)
	for _, address := range []string{"/mine", "/answers"} {
		got := me.get(path+address).wants(http.StatusOK).says("main", "On 2 March 2026 the link between your name and your answers was removed")
		if strings.Contains(got.body, "Not answered") {
			t.Errorf("%s says that nothing was answered", address)
		}
	}
	me.get(path + "/answers.csv").wants(http.StatusGone)
	me.get("/me/data").says("main", "cut loose from your name on 2 March 2026")
}

// TestOwnDataTellsAPersonalLinkToSignIn: who came by a link is known too little
// to be given everything.
func TestOwnDataTellsAPersonalLinkToSignIn(t *testing.T) {
	t.Parallel()
	s := startSite(t)
	b := storetest.Trust(t, s.db)
	path := s.wrote(b, "words")
	for _, address := range []string{"/me/data", "/me/data.json"} {
		s.arriveBy(b.Members[0], access.ByLink, b.ODS).get(address).wants(http.StatusForbidden)
	}
	storetest.Join(t, s.db, b.ODS, b.Chair, access.Member)
	s.arriveBy(b.Chair, access.ByLink, b.ODS).get(path + "/comments").wants(http.StatusForbidden)
	if n := s.arriveBy(b.Chair, access.ByLink, b.ODS).get(path + "/report").page().Find("a[href$='/comments']").Length(); n != 0 {
		t.Error("a personal link leads to the comments")
	}
	s.arriveBy(b.Members[1], access.ByLink, b.ODS).get(path + "/answers/delete").wants(http.StatusOK)
}
